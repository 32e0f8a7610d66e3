"""Which gateway the settings ask for."""

from __future__ import annotations

import sqlalchemy as sa

from bot import database
from bot.dossiers.figures import Figures
from bot.dossiers.gateway import DossierGateway, Unreachable
from bot.dossiers.http import HttpGateway
from bot.dossiers.one_stop import OneStopSystem
from bot.dossiers.proofs import key_of
from bot.dossiers.sql import SqlGateway
from bot.settings import Settings, SettingsError


class NoDatabase(Exception):
    """The database of dossiers cannot be used, or there is none; the message tells an operator what to do and holds no password and no data."""

    @staticmethod
    def because(error: sa.exc.SQLAlchemyError, setting: str = "TTHC_DOSSIERS_URL") -> NoDatabase:
        """Return what to tell of `error`, whose own text may hold what was being written; `setting` names the database."""
        return NoDatabase(f"Nơi giữ hồ sơ không dùng được ({type(error).__name__}). Kiểm tra {setting} và máy chủ dữ liệu rồi chạy lại.")


def is_database(settings: Settings) -> bool:
    """Tell whether dossiers are kept in a database of our own, not in a one-stop system asked over HTTP."""
    return not settings.dossiers_url.startswith(("http://", "https://"))


def prepare(settings: Settings) -> None:
    """Bring the database, where there is one, up to date; done before anything asks it. Raises NoDatabase."""
    if not is_database(settings):
        return
    try:
        database.upgrade(settings.dossiers_url)
    except sa.exc.SQLAlchemyError as error:
        raise NoDatabase.because(error) from None


def prepare_notices(settings: Settings) -> None:
    """Bring the database of notices up to date. Raises NoDatabase."""
    try:
        database.upgrade(settings.notices_url, database.NOTICES)
    except sa.exc.SQLAlchemyError as error:
        raise NoDatabase.because(error, "TTHC_NOTICES_URL") from None


def connect(settings: Settings) -> DossierGateway:
    """Return the gateway of `settings`; nothing is asked yet. Raises SettingsError when a one-stop system is not described, or wrongly."""
    if not is_database(settings):
        if settings.one_stop is None:
            raise SettingsError("TTHC_ONE_STOP: must name the file that tells how the system of TTHC_DOSSIERS_URL is read")
        return HttpGateway(settings.dossiers_url, OneStopSystem.load(settings.one_stop), settings.one_stop_secret)
    return SqlGateway(settings.dossiers_url, key_of(settings))


def figures(settings: Settings) -> Figures:
    """Return the figures of the dossiers kept here; raises Unreachable where a one-stop system keeps them."""
    if not is_database(settings):
        raise Unreachable("a one-stop system keeps the dossiers and tells no figures")
    return Figures(settings.dossiers_url)
