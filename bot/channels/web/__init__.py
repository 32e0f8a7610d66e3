"""The web: sessions, the API that the widget and others speak, and the pages. ADR 9 says why it is so."""

from bot.channels.web.api import Web
from bot.channels.web.guard import guarded
from bot.channels.web.origins import Origins
from bot.channels.web.sessions import Sessions
from bot.channels.web.store import WebStore

__all__ = ["Origins", "Sessions", "Web", "WebStore", "guarded"]
