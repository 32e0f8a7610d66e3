"""Replies about how many dossiers were received, finished and in time."""

from __future__ import annotations

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Reply
from bot.dossiers.figures import OnTime
from bot.knowledge.model import Contact, Knowledge, Unit
from bot.understanding.on_time import OnTimeAsked, Period

_MOST_BUTTONS = 8


def on_time(asked: OnTimeAsked, unit: Unit | None, told: OnTime, knowledge: Knowledge) -> Reply:
    """Return the figures `told` of what was asked, those made up said to be so."""
    what = _what(asked, unit, knowledge)
    if not told.received and not told.finished:
        return Reply("statistics", (Block("text", say.ON_TIME_NONE.format(what=what, hotlines=", ".join(knowledge.contact.hotlines))),))
    blocks = [Block("note", say.SAMPLE_DATA)] if told.sample else []
    blocks.append(Block("text", say.ON_TIME_COUNTS.format(what=what, received=_number(told.received), finished=_number(told.finished))))
    if told.share is not None:
        share = f"{100 * told.share:.2f}".replace(".", ",")
        blocks.append(Block("text", say.ON_TIME_SHARE.format(judged=_number(told.judged), on_time=_number(told.on_time), share=share)))
    return Reply("statistics", tuple(blocks), sources=(say.ON_TIME_SOURCE,))


def which_ward(units: tuple[Unit, ...]) -> Reply:
    """Return the question of which ward's figures are wanted."""
    buttons = tuple(Button(say.ON_TIME_OF.format(unit=unit.name)) for unit in units[:_MOST_BUTTONS])
    return Reply("statistics", (Block("text", say.ON_TIME_WHICH_WARD),), buttons=buttons)


def unreachable(contact: Contact) -> Reply:
    """Return that the figures cannot be had now."""
    return Reply("statistics", (Block("text", say.ON_TIME_UNREACHABLE.format(hotlines=", ".join(contact.hotlines))),))


def _what(asked: OnTimeAsked, unit: Unit | None, knowledge: Knowledge) -> str:
    parts = [unit.name if unit else say.ON_TIME_CITY]
    if asked.field is not None:
        parts.append(say.SURVEY_FIELD.format(field=knowledge.fields[asked.field].name))
    return f"{_months(asked.period)}, {', '.join(parts)}"


def _months(period: Period) -> str:
    first, last = (say.ON_TIME_MONTH.format(month=m % 100, year=m // 100) for m in (period.first, period.last))
    return say.ON_TIME_ONE_MONTH.format(month=first) if first == last else say.ON_TIME_MONTHS.format(first=first, last=last)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
