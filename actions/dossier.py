"""The dossier form: which dossier, the proof that it is the citizen's own, where it stands; and leaving it.

The four digits never come here: the gateway checks them and sends a token, or why there is none, as the message's metadata
{"dossier": {"code", "token"}} or {"dossier": {"code", "refused"}}. Tokens that still hold are kept in the slot `dossier`, so that a
dossier proved a moment ago is shown again without digits.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import one_stop, turn
from bot.answers import dossier as say
from bot.dossiers.gateway import Unreachable
from bot.dossiers.model import HANOI, Dossier
from bot.text import fold
from bot.understanding.codes import Slip
from bot.understanding.dialogue import Context
from bot.understanding.statuses import status_asked

FORM = "dossier_form"
PROVED_KEPT = 5  # dossiers of one conversation whose tokens are kept
_ANOTHER = re.compile(r"\b(?:ho so|ma|cai|bo) khac\b|\bho so (?:nua|thu hai)\b")
log = logging.getLogger(__name__)
Events = list[dict[str, Any]]


def proved(tracker: Tracker) -> dict[str, str]:
    """Return the dossiers that the citizen has proved, each with its token, the latest last; those whose token is too old are left out."""
    kept = (tracker.get_slot("dossier") or {}).get("tokens") or {}
    return {code: token for code, token in kept.items() if one_stop.held().tokens.holds(token, tracker.sender_id, code)}


def latest(tracker: Tracker) -> str | None:
    """Return the code of the dossier spoken of, when it is still proved."""
    code = (tracker.get_slot("dossier") or {}).get("code")
    return code if code in proved(tracker) else None


def leave() -> Events:
    """Return the events that end the form, whatever it waited for."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("dossier_code", None), SlotSet("dossier_proof", None)]


def _metadata(tracker: Tracker) -> dict[str, Any]:
    return ((tracker.latest_message or {}).get("metadata") or {}).get("dossier") or {}


def _slips(tracker: Tracker) -> list[Slip]:
    return [Slip(**slip) for slip in ((tracker.latest_message or {}).get("codes") or {}).get("slips") or ()]


def _concerns_dossier(tracker: Tracker) -> bool:
    return bool(_metadata(tracker)) or turn.heard(tracker).intent == "dossier"


class ValidateDossierForm(Action):
    """Fills what the form asks for: the code from the message, the proof from the gateway's token."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return f"validate_{FORM}"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Return what is known now; nothing at all when the message is about something else, which the form then lets pass."""
        if not _concerns_dossier(tracker):
            return []
        told, heard = _metadata(tracker), turn.heard(tracker)
        code = told.get("code") or (heard.dossiers[0] if heard.dossiers else None)
        if code is None:
            elsewhere = _slips(tracker) or _ANOTHER.search(fold(heard.text))
            code = None if elsewhere else tracker.get_slot("dossier_code") or latest(tracker)
        token = told.get("token") or proved(tracker).get(code or "")
        holds = not told.get("refused") and one_stop.held().tokens.holds(token, tracker.sender_id, code or "")
        return [SlotSet("dossier_code", code), SlotSet("dossier_proof", token if holds else None)]


class ActionAskDossierCode(Action):
    """Asks for the code; tells what a status means when that was the question."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "action_ask_dossier_code"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Reply; stay silent under the answer to a question in between."""
        if not _concerns_dossier(tracker):
            return []
        known = turn.knowledge()
        slips = _slips(tracker)
        asked = status_asked(turn.heard(tracker).text, known.statuses)
        answer = say.slipped(slips[0]) if slips else say.meaning(asked) if asked else say.which(known.contact)
        return turn.reply(dispatcher, tracker, answer, _kept(tracker))


class ActionAskDossierProof(Action):
    """Asks for the four digits, says why the last ones were refused, or reminds that they are still waited for."""

    def name(self) -> str:
        """Return the name under which the form calls it."""
        return "action_ask_dossier_proof"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Reply."""
        code = str(tracker.get_slot("dossier_code"))
        if not _concerns_dossier(tracker):
            dispatcher.utter_message(json_message=say.still_waits(code).to_plain())
            return []
        why = _metadata(tracker).get("refused")
        answer = say.refused(code, why, turn.knowledge().contact) if why else say.prove(code)
        return turn.reply(dispatcher, tracker, answer, _kept(tracker))


class ActionDossier(Action):
    """Tells where the dossier stands that was just proved."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_dossier"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Read the dossier and reply; its procedure becomes the one spoken of."""
        code, token, known = tracker.get_slot("dossier_code") or "", tracker.get_slot("dossier_proof"), turn.knowledge()
        if not one_stop.held().tokens.holds(token, tracker.sender_id, code):
            answer = say.prove(code) if code else say.which(known.contact)
            return [*turn.reply(dispatcher, tracker, answer, _kept(tracker)), *leave()]
        found = await _read(code)
        if found is None:
            answer = say.refused(code, "unreachable", known.contact)
            return [*turn.reply(dispatcher, tracker, answer, _kept(tracker)), *leave()]
        procedure = found.procedure_code if found.procedure_code in known.procedures else None
        events = turn.reply(dispatcher, tracker, say.told(found, known, turn.calendar(), dt.datetime.now(HANOI)), Context(procedure))
        tokens = dict([*(pair for pair in proved(tracker).items() if pair[0] != code), (code, token)][-PROVED_KEPT:])
        return [*events, *leave(), SlotSet("dossier", {"code": code, "tokens": tokens})]


class ActionDossierCancel(Action):
    """Leaves the form: the citizen wants to look no further."""

    def name(self) -> str:
        """Return the name under which the rules call it."""
        return "action_dossier_cancel"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Reply."""
        return cancel(dispatcher, tracker)


def cancel(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Reply that the look-up is left, and return the events."""
    return [*turn.reply(dispatcher, tracker, say.cancelled(), _kept(tracker)), *leave()]


def in_form(tracker: Tracker) -> bool:
    """Tell whether the form is waiting for something."""
    return (tracker.active_loop or {}).get("name") == FORM


async def _read(code: str) -> Dossier | None:
    """Return the dossier `code`, or None when it cannot be read now."""
    try:
        return await one_stop.held().gateway.fetch(code)
    except Unreachable as error:
        log.warning("dossiers: not reachable: %s", error)
        return None


def _kept(tracker: Tracker) -> Context:
    before = turn.context(tracker)
    return Context(before.procedure, before.aspects)
