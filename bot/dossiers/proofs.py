"""How an owner proves to be one: the last four digits of the phone or of the identification number given with the dossier.

The digits themselves are kept nowhere, only hashes of them with a secret key and the code of the dossier: the same digits of two dossiers have
nothing in common, and a copy of the database without the key can be searched for nobody's digits.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from hashlib import blake2b
from pathlib import Path

from bot.settings import Settings

DIGITS = 4  # asked of the citizen
_KEY_FILE = "dossiers.key"
_PROOF_BYTES = 16
_OWNER_ONLY = 0o600
_NO_DIGITS = re.compile("[^0-9]+")


def last_digits(number: str) -> str | None:
    """Return the last four digits of a phone or identification `number` however it is set apart, None when it has fewer."""
    digits = _NO_DIGITS.sub("", number)
    return digits[-DIGITS:] if len(digits) >= DIGITS else None


def proof(key: bytes, code: str, digits: str) -> bytes:
    """Return the keyed hash (BLAKE2b) that is kept of the `digits` of dossier `code`: 16 bytes."""
    short = key if len(key) <= blake2b.MAX_KEY_SIZE else blake2b(key).digest()
    return blake2b(f"{code}:{digits}".encode(), key=short, digest_size=_PROOF_BYTES).digest()


def proves(key: bytes, code: str, digits: str, *kept: bytes | None) -> bool:
    """Tell whether `digits` are those of one of the proofs that are `kept`; every one is compared, in constant time, also those that are None."""
    given = proof(key, code, digits)
    nothing = bytes(_PROOF_BYTES)
    same = [hmac.compare_digest(given, one or nothing) for one in kept]
    return any(same)


def key_of(settings: Settings) -> bytes:
    """Return the key of the proofs: the one that is set, else the one in TTHC_HOME, drawn on first use into a file only its owner may read."""
    if settings.dossiers_key:
        return settings.dossiers_key.encode()
    path = settings.home / _KEY_FILE
    if not path.exists():
        settings.home.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_hex(32))
    return path.read_bytes()


def _write_once(path: Path, text: str) -> None:
    """Write `text` whole into `path` unless another process was first."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
