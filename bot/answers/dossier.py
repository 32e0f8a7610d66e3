"""Replies about dossiers: asked for, refused, told. An answer holds only what the dossier holds and what staff wrote of its status."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from bot.answers import wording as say
from bot.answers.compose import day, hotlines, simple
from bot.answers.reply import Block, Button, Item, Link, Reply
from bot.dossiers.calendar import Calendar
from bot.dossiers.model import HANOI, Dossier, Event, Step, Supplement
from bot.knowledge.model import Contact, DossierStatus, Knowledge
from bot.understanding.codes import Slip

EVENTS_SHOWN = 5  # the latest
TAIL = 4  # last digits of a dossier's code that a notice shows: they tell one's own dossiers apart and nothing to others


def which(contact: Contact) -> Reply:
    """Return the reply that asks for the dossier's code."""
    note = Block("note", say.DOSSIER_NO_CODE.format(hotlines=hotlines(contact)))
    return Reply("dossier", (Block("text", say.DOSSIER_WHICH), note), links=(Link(say.PORTAL, contact.portal),))


def slipped(slip: Slip) -> Reply:
    """Return the reply to what is nearly a code: what is wrong in it, and the code that may be meant, which is not looked up unasked."""
    wrong = say.DOSSIER_SLIP[slip.kind].format(typed=slip.typed, part=slip.part)
    after = say.DOSSIER_SLIP_LIKELY.format(likely=slip.likely) if slip.likely else say.DOSSIER_SLIP_AGAIN
    return Reply("dossier", (Block("text", wrong), Block("text", after)), buttons=(Button(slip.likely),) if slip.likely else ())


def prove(code: str) -> Reply:
    """Return the reply that asks for the four digits of `code`."""
    return Reply("dossier", (Block("text", say.DOSSIER_PROVE.format(code=code)),), awaits=code)


def still_waits(code: str) -> Reply:
    """Return what stands under the answer to a question in between: the digits of `code` are still waited for."""
    return Reply("dossier", (Block("note", say.DOSSIER_STILL.format(code=code)),), awaits=code)


def refused(code: str, why: str, contact: Contact) -> Reply:
    """Return the reply to a try that was refused; `why` is a key of `DOSSIER_REFUSED`. The digits may be typed again."""
    return Reply("dossier", (Block("text", say.DOSSIER_REFUSED[why].format(code=code, hotlines=hotlines(contact))),), awaits=code)


def cancelled() -> Reply:
    """Return the reply to someone who wants to look no further."""
    return simple("dossier", say.DOSSIER_CANCELLED)


def meaning(status: DossierStatus) -> Reply:
    """Return what a status means and what to do next."""
    heading = say.DOSSIER_STATUS_MEANS.format(status=status.name)
    return Reply("dossier", (Block("bullets", heading, (Item(status.means), Item(status.next_step))),))


def told(dossier: Dossier, knowledge: Knowledge, calendar: Calendar, now: dt.datetime) -> Reply:
    """Return where `dossier` stands at `now`, what that means, and what its owner does next; `calendar` counts the working days."""
    known = next((s for s in knowledge.statuses if s.number == dossier.status), None)
    procedure = knowledge.procedures.get(dossier.procedure_code or "")
    blocks = [
        Block("title", procedure.name if procedure else dossier.procedure_name),
        *([Block("note", say.DOSSIER_SAMPLE)] if dossier.sample else []),
        Block(
            "text", say.DOSSIER_STATUS.format(status=known.name if known else dossier.status_text),
            (Item(known.means if known else say.DOSSIER_STATUS_UNKNOWN),),
        ),
        *_to_do(dossier, known),
        Block("bullets", say.DOSSIER_FACTS, tuple(Item(fact) for fact in _facts(dossier, calendar, now))),
        *_apology(dossier),
        *_history(dossier.history, knowledge),
    ]  # fmt: skip
    buttons = [Button(say.DOSSIER_TELL_ME)]
    if procedure:
        buttons.append(Button(say.DOSSIER_ITS_PAPERS, procedure.code, ("documents",)))
    source = say.DOSSIER_SOURCE.format(time=f"{dossier.as_of.astimezone(HANOI):%H:%M}", date=_day(dossier.as_of))
    return Reply("dossier", tuple(blocks), buttons=tuple(buttons), sources=(source,))


def noticed(code: str) -> Reply:
    """Return the notice that a dossier has changed; it says nothing that a passer-by should not read."""
    return simple("dossier", say.NOTICE_CHANGED.format(tail=code[-TAIL:]))


def watching(codes: Iterable[str]) -> Reply:
    """Return the list of the dossiers of which someone wants to be told."""
    listed = tuple(codes)
    return simple("dossier", say.NOTICE_LIST, items=listed) if listed else simple("dossier", say.NOTICE_NONE)


def _to_do(dossier: Dossier, known: DossierStatus | None) -> list[Block]:
    lines = [_supplement(s) for s in dossier.supplements]
    lines += [say.DOSSIER_FEE.format(amount=f"{dossier.fee_due:,}".replace(",", "."))] if dossier.fee_due else []
    lines += [known.next_step] if known else []
    return [Block("bullets", say.DOSSIER_TO_DO, tuple(map(Item, lines)))] if lines else []


def _supplement(asked: Supplement) -> str:
    said = say.DOSSIER_SUPPLEMENT.format(what=asked.what)
    said += say.DOSSIER_SUPPLEMENT_BY.format(date=_day(asked.by)) if asked.by else ""
    return said + (say.DOSSIER_SUPPLEMENT_WHERE.format(where=asked.where) if asked.where else "")


def _facts(dossier: Dossier, calendar: Calendar, now: dt.datetime) -> Iterable[str]:
    yield say.DOSSIER_CODE.format(code=dossier.code)
    if dossier.applicant_masked:
        yield say.DOSSIER_APPLICANT.format(name=dossier.applicant_masked)
    yield say.DOSSIER_UNIT.format(unit=dossier.unit)
    yield say.DOSSIER_RECEIVED.format(date=_day(dossier.received))
    if dossier.finished:
        late = _late(dossier.due, dossier.finished, calendar) if dossier.due else ""
        yield say.DOSSIER_FINISHED.format(date=_day(dossier.finished), late=late)
    elif dossier.due:
        yield say.DOSSIER_DUE.format(date=_day(dossier.due), left=_left(dossier.due, calendar, now))
    if dossier.step and not dossier.finished:
        yield _step(dossier.step)


def _step(step: Step) -> str:
    due = say.DOSSIER_STEP_DUE.format(date=_day(step.due)) if step.due else ""
    return say.DOSSIER_STEP.format(name=step.name, unit=say.DOSSIER_STEP_UNIT.format(unit=step.unit) if step.unit else "", due=due)


def _left(due: dt.datetime, calendar: Calendar, now: dt.datetime) -> str:
    """Return how many working days are left; beyond the years whose days off are known, nothing."""
    if not calendar.knows(due.astimezone(HANOI).date()):
        return ""
    days = calendar.working_days_between(now, due)
    if days > 0:
        return say.DOSSIER_LEFT.format(days=days)
    return say.DOSSIER_TODAY if _day(now) == _day(due) else _late(due, now, calendar)


def _late(due: dt.datetime, at: dt.datetime, calendar: Calendar) -> str:
    """Return by how many working days `at` is later than `due`; nothing when it is not, or when only days off lie between."""
    days = calendar.working_days_between(due, at) if calendar.knows(due.astimezone(HANOI).date()) else 0
    return say.DOSSIER_LATE.format(days=days) if days > 0 else ""


def _apology(dossier: Dossier) -> list[Block]:
    if not dossier.apology:
        return []
    again = dossier.apology.new_due
    lines = (Item(say.DOSSIER_NEW_DUE.format(date=_day(again))),) if again else ()
    return [Block("text", say.DOSSIER_APOLOGY.format(reason=dossier.apology.reason), lines)]


def _history(history: tuple[Event, ...], knowledge: Knowledge) -> list[Block]:
    named = {s.number: s.name for s in knowledge.statuses}
    lines = [
        Item(say.DOSSIER_EVENT.format(date=_day(e.at), what=". ".join(filter(None, [named.get(e.status or 0), e.note]))))
        for e in history[-EVENTS_SHOWN:]
    ]
    return [Block("bullets", say.DOSSIER_HISTORY, tuple(lines))] if lines else []


def _day(moment: dt.datetime) -> str:
    return day(moment.astimezone(HANOI).date())
