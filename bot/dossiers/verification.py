"""Verification: only the owner hears of a dossier. A code and four digits in, a token or a refusal out.

The digits are seen here and in the gateway that compares them, nowhere else. No such code and wrong digits are one refusal, given at the
same moment: whatever the dossiers' system needed, a refusal waits for the next multiple of `REFUSED_AT`.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.dossiers.gateway import DossierGateway, Unreachable
from bot.dossiers.token import Tokens
from bot.dossiers.tries import Tries, Try

REFUSED_AT = 0.25  # seconds; longer than a look-up takes, so that its own time does not show
Refusal = Literal["wrong", "locked", "unreachable"]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Proof:
    """What came of a try: a token, or why there is none."""

    token: str | None = None
    refused: Refusal | None = None


class Verification:
    """Compares what citizens know of a dossier with what its gateway knows."""

    def __init__(self, gateway: DossierGateway, tokens: Tokens, tries: Tries) -> None:
        self._gateway = gateway
        self._tokens = tokens
        self._tries = tries

    async def prove(self, sender: str, address: str | None, code: str, digits: str) -> Proof:
        """Return the proof that `sender` at `address` owns the dossier `code`, or the refusal."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        proof = await self._tried(self._tries.named(sender, address, code), sender, code, digits)
        if proof.refused:
            spent = loop.time() - started
            await asyncio.sleep(started + REFUSED_AT * max(1, math.ceil(spent / REFUSED_AT)) - loop.time())
        return proof

    async def _tried(self, one: Try, sender: str, code: str, digits: str) -> Proof:
        try:
            if not await asyncio.to_thread(self._tries.allow, one):
                return Proof(refused="locked")
        except Exception as error:  # any error of the storage's client; without a count nobody may try
            log.error("dossiers: tries cannot be counted: %s", type(error).__name__)
            return Proof(refused="unreachable")
        try:
            found = await self._gateway.look_up(code, digits)
        except Unreachable as error:
            log.warning("dossiers: not reachable: %s", error)
            await self._note(self._tries.not_made, one)
            return Proof(refused="unreachable")
        if not await self._note(self._tries.right if found else self._tries.wrong, one):
            return Proof(refused="unreachable")
        return Proof(token=self._tokens.issue(sender, code)) if found else Proof(refused="wrong")

    async def _note(self, what: Callable[[Try], None], one: Try) -> bool:
        """Note what became of `one`; tells whether the count could be kept."""
        try:
            await asyncio.to_thread(what, one)
        except Exception as error:  # as above: it was counted, and the count went away since
            log.error("dossiers: tries cannot be counted: %s", type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        """Close the gateway's connections."""
        await self._gateway.close()
