"""What the actions hold of the dossiers' side: the gateway, the tokens they redeem, the notices. Opened at the first use."""

from __future__ import annotations

from dataclasses import dataclass

from bot.dossiers.connect import connect
from bot.dossiers.gateway import DossierGateway
from bot.dossiers.notices import Notices
from bot.dossiers.proofs import key_of
from bot.dossiers.token import Tokens
from bot.settings import Settings


@dataclass(frozen=True)
class OneStop:
    """The dossiers' side as the actions see it."""

    gateway: DossierGateway
    tokens: Tokens
    notices: Notices


_held: OneStop | None = None


def held() -> OneStop:
    """Return the dossiers' side, opened when it is not yet; raises SettingsError when a setting cannot be used."""
    global _held
    if _held is None:
        settings = Settings.read()
        _held = OneStop(connect(settings), Tokens(key_of(settings)), Notices(settings.notices_url))
    return _held
