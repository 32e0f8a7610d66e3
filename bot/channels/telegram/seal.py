"""What keeps chats private in every store and log: a keyed hash instead of a chat's id, and sealed bodies that only this secret opens."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12  # bytes (NIST SP 800-38D, 8.2); drawn at random, which is safe for 2**32 bodies under one secret
_NAME = 32  # hexadecimal characters of a hash kept in a name: 128 bits


class Unsealed(Exception):
    """A body was sealed with another secret, or changed since."""


CONVERSATIONS = "telegram-"  # what the names of all Telegram conversations begin with


class Seal:
    """Names and seals under keys derived from `secret`."""

    def __init__(self, secret: str) -> None:
        self._naming = hmac.digest(secret.encode(), b"names", hashlib.sha256)
        self._cipher = AESGCM(hmac.digest(secret.encode(), b"bodies", hashlib.sha256))

    def chat(self, chat_id: int) -> str:
        """Return the name under which a chat is known everywhere: `telegram-` and a keyed hash of its id."""
        return f"{CONVERSATIONS}{self.digest(str(chat_id))}"

    def digest(self, text: str) -> str:
        """Return a keyed hash of `text`, 32 hexadecimal characters."""
        return hmac.new(self._naming, text.encode(), hashlib.sha256).hexdigest()[:_NAME]

    def close(self, body: Any) -> bytes:
        """Return JSON-ready `body` sealed (AES-256-GCM)."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, json.dumps(body, ensure_ascii=False).encode(), None)

    def open(self, sealed: bytes) -> Any:
        """Return what `close` sealed; raises Unsealed."""
        try:
            return json.loads(self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None))
        except (InvalidTag, ValueError) as error:
            raise Unsealed from error
