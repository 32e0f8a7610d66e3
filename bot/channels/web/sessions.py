"""Sessions: issued and signed by the server, so that nobody can speak in another's conversation by naming it, and bound to a site's origin."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from bot.channels.web.problems import BadRequest

SESSION_LASTS = 24 * 3600  # seconds
CLOCK_STEPS = 2 * 3600  # seconds a clock may be put back without ending the sessions that were begun before
SENDER = "web-"  # what the names of the web's conversations begin with


@dataclass(frozen=True)
class Session:
    """Whose conversation it is, on the pages of which origin ("" for the gateway's own, and for a program), and the key of the unit whose site it is."""

    sender: str
    origin: str
    unit: str | None


class Sessions:
    """Issues sessions and tells the server's own from others'."""

    def __init__(self, secret: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="web-session")

    def issue(self, origin: str = "", unit: str | None = None) -> str:
        """Return a new session for pages of `origin` and a site of `unit`."""
        return str(self._signer.dumps([secrets.token_urlsafe(16), origin, unit]))

    def read(self, session: str, origin: str = "") -> Session:
        """Return what `session` stands for; raises BadRequest when it is forged, too old or another origin's."""
        try:
            (name, bound, unit), issued = self._signer.loads(session, return_timestamp=True)
            if not -CLOCK_STEPS <= time.time() - issued.timestamp() <= SESSION_LASTS:
                raise ValueError("too old, or of a day that has not come")
        except (BadData, ValueError, TypeError) as error:
            raise BadRequest(401, "session: not known here or too old; leave it out to be given a new one") from error
        if bound != origin:
            raise BadRequest(401, "session: begun on another site; leave it out to be given a new one")
        return Session(SENDER + name, bound, unit)


def expiry() -> str:
    """Return when a session issued now is too old, in ISO 8601."""
    return (dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=SESSION_LASTS)).isoformat(timespec="seconds")
