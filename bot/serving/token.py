"""Tokens between services: the gateway proves itself to Rasa, and Rasa to the action server, also on loopback, where other programs may run too.

They are derived from TTHC_SECRET, so that there is no further secret to keep.
"""

from __future__ import annotations

import hmac

RASA, ACTIONS = "rasa-server", "action-server"  # what a token is for (Settings.secret_for)
_SCHEME = "Bearer "


def header(token: str) -> dict[str, str]:
    """Return the header that carries `token`."""
    return {"Authorization": f"{_SCHEME}{token}"}


def is_shown(authorization: str | None, token: str) -> bool:
    """Tell whether an Authorization header carries `token`; compared in constant time."""
    return hmac.compare_digest((authorization or "").encode(), f"{_SCHEME}{token}".encode())
