"""Tokens: what the gateway hands to the actions instead of the digits that proved a dossier one's own.

A token says that one sender proved one dossier. It is signed, lasts minutes, and is worth nothing to another sender or for another code.
"""

from __future__ import annotations

import hashlib
import hmac
import time

from itsdangerous import BadData, URLSafeTimedSerializer

CLOCKS_DIFFER = 60  # seconds by which the clocks of two machines may differ
TOKEN_LASTS = 15 * 60  # seconds: long enough to read the answer and ask on


def derived_key(key: bytes, use: str) -> str:
    """Return a key for one `use`, derived from the dossiers' one: 64 hexadecimal characters."""
    return hmac.new(key, use.encode(), hashlib.sha256).hexdigest()


class Tokens:
    """Issues tokens and redeems them; both sides know the same `key`."""

    def __init__(self, key: bytes) -> None:
        self._serializer = URLSafeTimedSerializer(derived_key(key, "token"), salt="dossier")

    def issue(self, sender: str, code: str) -> str:
        """Return a token for `sender`, who has just proved the dossier `code`."""
        return str(self._serializer.dumps([sender, code]))

    def holds(self, token: object, sender: str, code: str) -> bool:
        """Tell whether `token` was issued to `sender` for `code` and is not too old."""
        if not isinstance(token, str):
            return False
        try:
            said, issued = self._serializer.loads(token, return_timestamp=True)
        except BadData:
            return False
        return bool(said == [sender, code] and -CLOCKS_DIFFER <= time.time() - issued.timestamp() <= TOKEN_LASTS)
