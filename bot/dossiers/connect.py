"""Which gateway the settings ask for."""

from __future__ import annotations

from bot.dossiers import database
from bot.dossiers.figures import Figures
from bot.dossiers.gateway import DossierGateway, Unreachable
from bot.dossiers.http import HttpGateway
from bot.dossiers.one_stop import OneStopSystem
from bot.dossiers.proofs import key_of
from bot.dossiers.sql import SqlGateway
from bot.settings import Settings, SettingsError


def is_database(settings: Settings) -> bool:
    """Tell whether dossiers are kept in a database of our own, not in a one-stop system asked over HTTP."""
    return not settings.dossiers_url.startswith(("http://", "https://"))


def prepare(settings: Settings) -> None:
    """Bring the database, where there is one, up to date; done before anything asks it."""
    if is_database(settings):
        database.upgrade(settings.dossiers_url)


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
