"""Replies to questions about many procedures: the count, a page of them, a way to see more, and figures of the city."""

from __future__ import annotations

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Item, Link, Reply
from bot.knowledge.model import Figure, Knowledge
from bot.understanding.survey import Survey, matching

ON_A_PAGE = 8  # procedures shown at once: what a phone shows without getting lost


def figure(asked: Figure) -> Reply:
    """Return the reply that tells a figure of the city with its day and source."""
    return Reply("statistics", (Block("text", asked.says),), sources=(_figure_source(asked),))


def _figure_source(figure: Figure) -> str:
    return say.FIGURE_SOURCE.format(source=figure.source, date=f"{figure.day:%d/%m/%Y}")


def survey(asked: Survey, knowledge: Knowledge, beside: Figure | None = None) -> Reply:
    """Return the count of the procedures that meet `asked`, one page of them as choices, the pages beside it as buttons, and a figure `beside` it."""
    found = matching(asked, knowledge)
    what = _what(asked, knowledge)
    blocks = [Block("text", (say.SURVEY_COUNT if found else say.SURVEY_NONE).format(count=f"{len(found):,}".replace(",", "."), what=what))]
    if asked.level_2020 is not None and not found:
        blocks.append(Block("note", say.SURVEY_LEVEL_UNKNOWN))
    elif asked.kind is not None:
        blocks.append(Block("note", say.SURVEY_KIND_RARE))
    if found and asked == Survey(page=asked.page):
        blocks.append(Block("bullets", say.SURVEY_BY, _breakdown(knowledge)))
    start = (asked.page - 1) * ON_A_PAGE
    page = found[start : start + ON_A_PAGE]
    if page:
        last = start + len(page)
        blocks.append(Block("text", say.SURVEY_PAGE.format(first=start + 1, last=last, count=len(found))))
    beyond = [n for n, there in ((asked.page - 1, start > 0), (asked.page + 1, start + len(page) < len(found))) if there and page]
    if beside:
        blocks.append(Block("note", f"{beside.says} {_figure_source(beside)}"))
    buttons = (*(Button(p.label, p.code) for p in page), *(Button(say.SURVEY_MORE.format(what=what, page=n)) for n in beyond))
    portal = (Link(say.PORTAL, knowledge.contact.portal),) if asked.online else ()
    return Reply("statistics", tuple(blocks), tuple(p.code for p in page), (), (), buttons, (say.SURVEY_SOURCE,), portal)


def _what(asked: Survey, knowledge: Knowledge) -> str:
    parts = [say.SURVEY_ALL]
    if asked.level_2020 is not None:
        parts.append(say.SURVEY_LEVEL_2020.format(level=asked.level_2020))
    elif asked.kind is not None:
        parts.append(say.SURVEY_KIND[asked.kind])
    elif asked.online:
        parts.append(say.SURVEY_ONLINE)
    if asked.field is not None:
        parts.append(say.SURVEY_FIELD.format(field=knowledge.fields[asked.field].name))
    if asked.level is not None:
        parts.append(say.LEVEL[asked.level])
    return " ".join(parts)


def _breakdown(knowledge: Knowledge) -> tuple[Item, ...]:
    wanted = (Survey(level="tinh"), Survey(level="xa"), Survey(online=True), Survey(kind="toan_trinh"))
    return tuple(Item(_what(s, knowledge)[:1].upper() + _what(s, knowledge)[1:], str(len(matching(s, knowledge)))) for s in wanted)
