"""Reception: between the door and Rasa. It knows whose dossier waits for its digits, and keeps them from Rasa.

The last reply said which dossier's digits it waits for (`Reply.awaits`). Digits that come next, or with the code itself, are cut out of the
message before anything else sees it and checked here; Rasa hears the code, and a token or why there is none.
"""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass, field

from bot.answers.dossier import noticed
from bot.answers.reply import Block, Reply
from bot.dossiers.gateway import DossierGateway
from bot.dossiers.notices import Notices, NoticesFailed
from bot.dossiers.proofs import key_of
from bot.dossiers.token import Tokens
from bot.dossiers.tries import Tries
from bot.dossiers.verification import Verification
from bot.serving.awaited import Awaited, AwaitedHere, awaited
from bot.serving.digits import take_digits
from bot.serving.door import HIDDEN, LetIn, at_the_door, without_accounts
from bot.settings import Settings
from bot.text import compose
from bot.understanding.codes import take_codes

LATE_SAYS = "tra cứu hồ sơ"  # what four digits say that no dossier waits for any more: its code is asked for again
DOSSIER = "dossier"  # of the metadata Rasa is handed
UNREAD = "unread"  # digits there were, but not which
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Received:
    """A message as Rasa may see it, and what was found out of a dossier: {code, token} or {code, refused}."""

    said: LetIn
    dossier: dict[str, str | None] = field(default_factory=dict)


class Reception:
    """Receives messages, and remembers what the replies wait for."""

    def __init__(self, verification: Verification | None = None, notices: Notices | None = None, waiting: Awaited | None = None) -> None:
        self._verification = verification
        self._notices = notices
        self._awaited = waiting or AwaitedHere()

    @staticmethod
    def open(settings: Settings, gateway: DossierGateway, notices: Notices) -> Reception:
        """Return the reception that asks `gateway`, its limits and tokens as `settings` say."""
        key = key_of(settings)
        return Reception(Verification(gateway, Tokens(key), Tries(key, settings.redis_url)), notices, awaited(settings.redis_url, key))

    async def receive(self, sender: str, address: str | None, text: str) -> Received:
        """Return `text`, said by `sender` at `address`, without its digits; when they come for a dossier, with the outcome."""
        said = at_the_door(text)
        if said.refusal:
            return Received(said)
        found = take_codes(without_accounts(compose(text)))
        digits = take_digits(found.rest)
        named = found.dossiers or tuple(slip.typed for slip in found.slips)
        if not digits.found:
            return Received(at_the_door(" ".join([*named, *found.procedures, found.rest])) if named else said)
        asked_for = None if named else await self._awaited.get(sender)
        if not named and asked_for is None:
            return Received(LetIn(LATE_SAYS) if digits.four and not digits.rest else said)
        spoken = LetIn(at_the_door(" ".join([*(named or [asked_for or ""]), *found.procedures, digits.rest])).text)
        code = found.dossiers[0] if found.dossiers else asked_for
        return Received(spoken, await self._proved(sender, address, code, digits.four) if code else {})

    async def _proved(self, sender: str, address: str | None, code: str, digits: str | None) -> dict[str, str | None]:
        if digits is None or self._verification is None:
            return {"code": code, "refused": UNREAD}
        proof = await self._verification.prove(sender, address, code, digits)
        return {"code": code, "token": proof.token} if proof.token else {"code": code, "refused": proof.refused}

    @staticmethod
    def masked(text: str) -> str:
        """Return `text` as a channel may keep it: without personal numbers, and without digits that prove a dossier one's own."""
        said = at_the_door(text)
        if said.refusal:
            return ""
        found = take_codes(without_accounts(compose(text)))
        digits = take_digits(found.rest)
        if not digits.found:
            return said.text
        named = [*found.dossiers, *(slip.typed for slip in found.slips), *found.procedures]
        return at_the_door(" ".join([*named, digits.rest, HIDDEN])).text

    async def forget(self, sender: str) -> None:
        """Forget what the last reply to `sender` waited for."""
        await self._awaited.put(sender, None)

    async def replied(self, sender: str, reply: Reply) -> Reply:
        """Remember whose digits `reply` waits for, none ending the waiting; return it with the notices that `sender` is still to be told."""
        await self._awaited.put(sender, reply.awaits)
        told = await self._still_to_tell(sender)
        return dataclasses.replace(reply, blocks=(*told, *reply.blocks)) if told else reply

    async def _still_to_tell(self, sender: str) -> tuple[Block, ...]:
        if self._notices is None:
            return ()
        try:
            changed = await self._notices.take_for(sender)
        except NoticesFailed as error:
            log.error("notices: not read: %s", error)
            return ()
        return tuple(dataclasses.replace(block, type="note") for code in changed for block in noticed(code).blocks)

    async def close(self) -> None:
        """Close what is held open."""
        await self._awaited.close()
        if self._verification:
            await self._verification.close()
        if self._notices:
            await self._notices.close()
