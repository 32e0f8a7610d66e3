"""Composing replies: a decision and an entry in, a `Reply` out. An answer holds only what its entry holds."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Item, Kind, Link, Reply
from bot.knowledge.life import phase
from bot.knowledge.model import ASPECTS, Aspect, Contact, Duration, Fee, Filing, Knowledge, Paper, Procedure
from bot.understanding.dialogue import Decision

OVERVIEW_BUTTONS: tuple[Aspect, ...] = ("documents", "fee", "time", "place", "steps", "online")
MOST_BUTTONS = 4
ROW_ASPECTS: tuple[Aspect, ...] = ("time", "fee", "how", "agency")  # what the overview of a row of the catalogue tells


def compose(decision: Decision, knowledge: Knowledge) -> Reply:
    """Return the reply to `decision`."""
    if decision.kind == "answer":
        return answer(knowledge.procedures[decision.codes[0]], decision, knowledge)
    if decision.kind == "clarify":
        return _clarify(decision, knowledge)
    if decision.kind == "which":
        return Reply("clarify", (Block("text", say.WHICH_PROCEDURE),), aspects=decision.aspects)
    return _unknown(decision, knowledge)


def answer(procedure: Procedure, decision: Decision, knowledge: Knowledge) -> Reply:
    """Return what `procedure` holds on each aspect asked, then its source."""
    blocks = [Block("title", procedure.name), *_life(procedure, knowledge)]
    if procedure.source.province:
        blocks.append(Block("note", say.OF_ANOTHER_PROVINCE.format(province=procedure.source.province)))
    unknown = False
    for aspect in decision.aspects:
        found = _ASPECTS[aspect](procedure, knowledge)
        if found:
            blocks += found
        else:
            blocks += _heading(aspect, say.UNKNOWN_ASPECT[aspect])
            unknown = True
    if unknown:
        blocks.append(Block("note", say.ASK_THE_HOTLINE.format(hotlines=hotlines(knowledge.contact))))
    also = _choices_of(decision.also, decision.aspects, knowledge)
    if also:
        blocks.append(Block("text", say.ALSO_ASKED))
    wanted = [a for a in OVERVIEW_BUTTONS if a not in decision.aspects and _ASPECTS[a](procedure, knowledge)]
    return Reply(
        "answer", tuple(blocks), decision.codes, decision.scores, _told(decision.aspects, blocks),
        (*_successor(procedure, decision, knowledge), *also, *(Button(say.ASPECT_BUTTON[a], procedure.code, (a,)) for a in wanted[:MOST_BUTTONS])),
        (_source(procedure),), tuple(_links(procedure, decision.aspects)),
    )  # fmt: skip


def _told(asked: tuple[Aspect, ...], blocks: Sequence[Block]) -> tuple[Aspect, ...]:
    """Return the aspects that `blocks` tell of: those `asked`, and what an overview tells besides."""
    besides = {block.aspect for block in blocks} if "overview" in asked else set()
    return (*asked, *(aspect for aspect in ASPECTS if aspect in besides and aspect not in asked))


def _clarify(decision: Decision, knowledge: Knowledge) -> Reply:
    return Reply(
        "clarify", (Block("text", say.WHICH_ONE),), decision.codes, decision.scores, decision.aspects,
        _choices(decision, knowledge),
    )  # fmt: skip


def _unknown(decision: Decision, knowledge: Knowledge) -> Reply:
    if not decision.codes and decision.context.choices:
        return offered_again(decision.context.choices, knowledge)
    near = decision.nearest
    ask = (say.ASK_A_PERSON_INSTEAD if near else say.ASK_A_PERSON).format(hotlines=hotlines(knowledge.contact))
    blocks = [Block("text", say.NOT_KNOWN), *([Block("text", say.NEAREST)] if near else []), Block("note", ask)]
    return Reply(
        "handoff", tuple(blocks), decision.codes, decision.scores, decision.aspects,
        _choices_of(near, decision.aspects, knowledge), links=(Link(say.PORTAL, knowledge.contact.portal),),
    )  # fmt: skip


def offered_again(choices: Iterable[str], knowledge: Knowledge) -> Reply:
    """Return the choices that still wait for one to be taken."""
    return simple("clarify", say.CHOICE_NOT_THERE, buttons=_choices_of(choices, (), knowledge))


def _choices(decision: Decision, knowledge: Knowledge) -> tuple[Button, ...]:
    return _choices_of(decision.codes, decision.aspects, knowledge)


def _choices_of(codes: Iterable[str], aspects: tuple[Aspect, ...], knowledge: Knowledge) -> tuple[Button, ...]:
    return tuple(Button(knowledge.procedures[c].label, c, aspects) for c in codes if c in knowledge.procedures)


def simple(kind: Kind, text: str, *, items: Iterable[str] = (), buttons: tuple[Button, ...] = ()) -> Reply:
    """Return a reply of one sentence, with a list under it when there are `items`."""
    lines = tuple(Item(i) for i in items)
    return Reply(kind, (Block("bullets" if lines else "text", text, lines),), buttons=buttons)


SMALL_TALK: dict[str, tuple[Kind, str]] = {
    "greet": ("smalltalk", say.GREETING),
    "thanks": ("smalltalk", say.THANKS),
    "goodbye": ("smalltalk", say.GOODBYE),
    "insult": ("smalltalk", say.INSULT),
    "bot_challenge": ("smalltalk", say.BOT),
    "affirm": ("smalltalk", say.AFFIRM),
    "deny": ("smalltalk", say.DENY),
    "start_over": ("smalltalk", say.RESTART),
    "handoff": ("handoff", say.HANDOFF),
    "complaint": ("handoff", say.COMPLAINT),
    "distress": ("handoff", say.DISTRESS),
    "unlawful": ("out_of_scope", say.UNLAWFUL),
    "out_of_scope": ("out_of_scope", say.OUT_OF_SCOPE),
    "nonsense": ("out_of_scope", say.NONSENSE),
    "empty": ("out_of_scope", say.EMPTY),
    "error": ("error", say.ERROR),
    "busy": ("error", say.BUSY),
}


def small_talk(intent: str, contact: Contact) -> Reply:
    """Return the short reply to an intent that asks for no procedure; an intent without one counts as nonsense."""
    if intent == "help":
        return simple("smalltalk", say.HELP, items=say.HELP_EXAMPLES)
    if intent == "too_long":
        return simple("out_of_scope", say.TOO_LONG)
    kind, text = SMALL_TALK.get(intent, SMALL_TALK["nonsense"])
    reply = simple(kind, text.format(hotlines=hotlines(contact)))
    if intent != "complaint":
        return reply
    return Reply(reply.kind, reply.blocks, links=(Link(say.PORTAL, contact.portal),))


def paused(notice: str, contact: Contact) -> Reply:
    """Return what everybody is told while answering is turned off: the operator's `notice`, or the usual sentence, and whom to call."""
    urgent = Block("note", say.PAUSED_URGENT.format(hotlines=hotlines(contact)))
    return Reply("handoff", (Block("text", notice or say.PAUSED), urgent))


def with_privacy_note(reply: Reply) -> Reply:
    """Return `reply` with a word on personal numbers: the citizen typed one, and it was not kept."""
    return dataclasses.replace(reply, blocks=(*reply.blocks, Block("note", say.PRIVACY)))


def with_place_note(reply: Reply, place: str) -> Reply:
    """Return `reply` with a word on `place`, another province: what is said here is the country's and Hà Nội's."""
    if reply.kind not in ("answer", "clarify"):
        return reply
    return dataclasses.replace(reply, blocks=(*reply.blocks, Block("note", say.ELSEWHERE.format(place=place))))


def hotlines(contact: Contact) -> str:
    """Return the hotlines as a sentence names them."""
    return " hoặc ".join(contact.hotlines)


def _heading(aspect: Aspect, *sentences: str) -> list[Block]:
    return [Block("text", say.ASPECT_TITLE[aspect], tuple(Item(s) for s in sentences), aspect)]


def _listing(aspect: Aspect, items: Iterable[str | Item], style: str = "bullets") -> list[Block]:
    lines = tuple(i if isinstance(i, Item) else Item(i) for i in items)
    return [Block("steps" if style == "steps" else "bullets", say.ASPECT_TITLE[aspect], lines, aspect)] if lines else []


def _life(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    """Return what the citizen must know of the procedure's dates: not yet in force, ended, about to end or to change."""
    life, today = procedure.publication, knowledge.today
    now = phase(procedure, today)
    successor = knowledge.procedures.get(life.replaced_by or "")
    ended = say.REPLACED.format(name=successor.name) if successor else say.ABOLISHED
    notes = []
    if now == "coming" and life.effective_from:
        notes.append(say.COMING.format(date=day(life.effective_from)))
    elif now == "ended":
        notes.append(say.ENDED_SINCE.format(date=day(life.effective_to), ended=ended) if life.effective_to else ended)
    elif life.effective_to:
        after = day(life.effective_to + dt.timedelta(days=1))
        notes.append((say.TO_BE_REPLACED if successor else say.TO_END).format(date=after, name=successor.name if successor else ""))
    notes += [say.TO_CHANGE.format(date=day(c.since), text=c.text) for c in life.changes if c.since > today]
    return [Block("note", note) for note in notes]


def _successor(procedure: Procedure, decision: Decision, knowledge: Knowledge) -> tuple[Button, ...]:
    return _choices_of(filter(None, [procedure.publication.replaced_by]), decision.aspects, knowledge)


def day(day: dt.date) -> str:
    """Return a day as people write it."""
    return f"{day:%d/%m/%Y}"


def _overview(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    if procedure.summary is None:
        return _row(procedure, knowledge)
    when = procedure.difference.when if procedure.difference else None
    lines = [procedure.summary, *([say.WHEN_RIGHT.format(when=when)] if when else [])]
    blocks = [*_heading("overview", *lines), *_time(procedure, knowledge), *_fees(procedure, knowledge)]
    blocks += _how(procedure, knowledge)
    if procedure.papers and procedure.papers.hand_in:
        blocks.append(Block("checklist", say.OVERVIEW_PAPERS, tuple(map(_paper, procedure.papers.hand_in)), "documents"))
        if procedure.papers.show or procedure.papers.cases:
            blocks.append(Block("note", say.OVERVIEW_MORE_PAPERS, (), "documents"))
    return blocks


def _row(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    """Return all that a row of the catalogue holds, and the names of what it lacks."""
    told: dict[Aspect, list[Block]] = {a: _ASPECTS[a](procedure, knowledge) for a in ASPECTS if a != "overview"}
    lines = [say.ROW_FIELD.format(field=knowledge.fields[procedure.field].name)]
    blocks = [*_heading("overview", *lines), *(b for aspect in ROW_ASPECTS for b in told[aspect])]
    lacking = [say.ASPECT_TITLE[aspect].lower() for aspect in ASPECTS if aspect in told and not told[aspect]]
    return [*blocks, Block("note", say.ROW_LACKS.format(lacking=", ".join(lacking)), (), "overview")] if lacking else blocks


def _documents(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    papers = procedure.papers
    if papers is None:
        return []
    blocks = [Block("text", say.ASPECT_TITLE["documents"], (), "documents")]
    if papers.hand_in:
        blocks.append(Block("checklist", say.HAND_IN, tuple(map(_paper, papers.hand_in)), "documents"))
    if papers.show:
        blocks.append(Block("checklist", say.SHOW, tuple(map(_paper, papers.show)), "documents"))
    for case in papers.cases:
        heading = say.IN_CASE.format(when=case.when)
        blocks.append(Block("case", heading, tuple(map(_paper, case.papers)), "documents"))
    if papers.notes:
        blocks.append(Block("bullets", say.PAPER_NOTES, tuple(map(Item, papers.notes)), "documents"))
    return blocks


def _paper(paper: Paper) -> Item:
    counts = [say.ORIGINALS.format(n=paper.originals)] if paper.originals else []
    counts += [say.COPIES.format(n=paper.copies)] if paper.copies else []
    counts += [say.FORM_CODE.format(code=_lower_first(paper.form))] if paper.form else []
    return Item(paper.name, ", ".join(counts) or None, paper.note)


def _lower_first(form: str) -> str:
    """Return a form's code without a «Mẫu» of its own: the wording says it already."""
    return form[4:].lstrip() if form.lower().startswith("mẫu ") else form


def _fee(fee: Fee) -> Item:
    if fee.text is not None:
        amount = fee.text
    elif fee.amount == 0:
        amount = say.FREE
    else:
        amount = say.AMOUNT.format(amount=f"{fee.amount:,}".replace(",", "."), unit=fee.unit or say.DONG)
    return Item(f"{fee.name}: {amount}" if fee.name else amount, _filing(fee.filing), fee.note)


def _duration(duration: Duration) -> Item:
    if duration.text is not None or duration.number is None or duration.unit is None:
        said = duration.text or ""
    else:
        said = f"{duration.number:g}".replace(".", ",") + f" {say.TIME_UNIT[duration.unit]}"
    return Item(said, _filing(duration.filing), duration.note)


def _filing(filing: tuple[Filing, ...]) -> str | None:
    """Return the filing methods a fee or a time is for, or None when it is for all."""
    return ", ".join(say.FILING[f] for f in filing) or None


def _fees(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    blocks = _listing("fee", map(_fee, procedure.fees))
    national = any(f.scope == "quoc_gia" and (f.amount or not procedure.in_full) for f in procedure.fees)
    if national and not any(f.scope == "ha_noi" for f in procedure.fees):
        blocks.append(Block("note", say.NATIONAL_FEE, (), "fee"))
    return blocks


def _time(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("time", map(_duration, procedure.durations))


def _place(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("place", procedure.places)


def _steps(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("steps", procedure.steps, "steps")


def _how(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("how", (_capital(say.FILING[f]) for f in procedure.filing))


def _online(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    if not procedure.filing and procedure.online is None:
        return []
    online = procedure.online
    if "truc_tuyen" not in procedure.filing and not (online and online.kind in ("toan_trinh", "mot_phan")):
        return _heading("online", say.ONLINE_KIND["thong_tin"] if online and online.kind == "thong_tin" else say.ONLINE_NO)
    lines = [say.ONLINE_YES, say.ONLINE_KIND[online.kind] if online and online.kind else say.ONLINE_KIND_UNKNOWN]
    if online and online.level_2020:
        lines.append(say.ONLINE_LEVEL_2020.format(level=online.level_2020))
    if online and online.since:
        lines.append(say.ONLINE_SINCE.format(date=day(online.since)))
    return _heading("online", *lines)


def _form(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    named = [f.name + (f" ({f.code})" if f.code else "") for f in procedure.forms]
    return _listing("form", named)


def _conditions(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    if procedure.conditions == ():
        return _heading("conditions", say.NO_CONDITIONS)
    return _listing("conditions", procedure.conditions or ())


def _result(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("result", procedure.results)


def _agency(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    named = [knowledge.agencies[a].name for a in procedure.agencies]
    levels = say.AGENCY_LEVELS.format(levels=", ".join(say.LEVEL[level] for level in procedure.levels))
    if not procedure.in_full and named:
        return _listing("agency", named)  # the portal puts regional customs at commune level: of a row, the name alone can be relied on
    return _listing("agency", [*named, levels]) if named else []


def _legal_basis(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("legal_basis", procedure.legal_basis)


def _subjects(procedure: Procedure, knowledge: Knowledge) -> list[Block]:
    return _listing("subjects", procedure.subjects)


_ASPECTS: dict[Aspect, Callable[[Procedure, Knowledge], list[Block]]] = {
    "overview": _overview,
    "documents": _documents,
    "fee": _fees,
    "time": _time,
    "place": _place,
    "steps": _steps,
    "how": _how,
    "online": _online,
    "form": _form,
    "conditions": _conditions,
    "result": _result,
    "agency": _agency,
    "legal_basis": _legal_basis,
    "subjects": _subjects,
}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _source(procedure: Procedure) -> str:
    year, *rest = procedure.source.checked.split("-")
    checked = (
        say.CHECKED_DAY.format(day=rest[1], month=rest[0], year=year) if len(rest) == 2
        else say.CHECKED_MONTH.format(month=rest[0], year=year) if rest
        else say.CHECKED_YEAR.format(year=year)
    )  # fmt: skip
    decision = procedure.publication.decision
    published = say.SOURCE_DECISION.format(decision=decision) if decision else ""
    return say.SOURCE.format(code=procedure.code, decision=published, checked=checked)


def _links(procedure: Procedure, aspects: tuple[Aspect, ...]) -> list[Link]:
    links = []
    online = procedure.online.url if procedure.online else None
    if online and "online" in aspects:
        links.append(Link(say.FILE_ONLINE, online))
    if "form" in aspects:
        links += [Link(say.FORM_PAGE.format(name=f.name), f.url) for f in procedure.forms if f.url]
    page = procedure.source.url
    if page and page not in [link.url for link in links]:
        links.append(Link(say.SOURCE_PAGE, page))
    return links
