"""Where to file, for the citizen's own ward or commune: its service points, the ward an old one went into, or the question which it is.

What nobody gave, an address say, is said not to be known.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Item, Reply
from bot.knowledge.model import Knowledge, Procedure, Unit
from bot.text import fold
from bot.understanding.gazetteer import Became, District, Place, units_of
from bot.understanding.units import Found, Several

COMMITTEE = ("uy ban nhan dan", "ubnd", "dang ky kinh doanh")  # what the names of those agencies hold
MOST_WARDS = 10  # wards offered to choose from at once; an old district lies in as many as that


@dataclass(frozen=True)
class Where:
    """A reply with what is known of the citizen's ward, that ward (its key) if it is settled, and whether the reply asks for it."""

    reply: Reply
    unit: str | None
    asks: bool


def concerns_wards(procedure: Procedure, knowledge: Knowledge) -> bool:
    """Tell whether the service points of a ward are where to file: its people's committee decides, as far as it is known who does.

    The police, the army, tax, customs and social insurance receive people at their own desks.
    """
    names = [fold(knowledge.agencies[a].name) for a in procedure.agencies]
    return "xa" in procedure.levels and (not names or any(word in name for name in names for word in COMMITTEE))


def with_where(reply: Reply, found: Found, remembered: str | None, knowledge: Knowledge) -> Where:
    """Return `reply` with where to file: in the ward just `found` in the citizen's words, else the one `remembered`, else a question for it."""
    if found is not None:
        return _told(reply, found, knowledge)
    if remembered in knowledge.units:
        return Where(_with(reply, *_points(knowledge.units[remembered], knowledge)), remembered, asks=False)
    return Where(_with(reply, Block("note", say.WHICH_WARD, (), "place")), None, asks=True)


def noted(where: Where, knowledge: Knowledge) -> Reply:
    """Return the reply of `where`, which speaks of no procedure, with a word on the ward that was noted first."""
    unit = knowledge.units.get(where.unit or "")
    if unit is None:
        return dataclasses.replace(where.reply, kind="clarify")
    return dataclasses.replace(where.reply, blocks=(Block("text", say.WARD_NOTED.format(ward=unit.name)), *where.reply.blocks))


def _told(reply: Reply, found: Place | Several, knowledge: Knowledge) -> Where:
    places = found.places if isinstance(found, Several) else (found,)
    units = tuple(dict.fromkeys(u for place in places for u in units_of(place)))
    if len(units) == 1:
        became = next((p for p in places if isinstance(p, Became)), None)
        change = [Block("note", say.WARD_BECAME.format(old=became.former.name, new=units[0].name), (), "place")] if became else []
        return Where(_with(reply, *change, *_points(units[0], knowledge)), units[0].key, asks=False)
    sentence = say.WHICH_OF_WARDS if isinstance(found, Several) else _why(places[0])
    buttons = tuple(Button(u.name) for u in units[:MOST_WARDS])
    asked = _with(reply, Block("text", sentence, (), None))
    return Where(dataclasses.replace(asked, buttons=buttons), None, asks=True)


def _why(place: Place) -> str:
    if isinstance(place, District):
        return say.DISTRICT_IS_NO_MORE.format(name=place.name)
    former = getattr(place, "former", None)
    return say.WARD_DIVIDED.format(old=former.name if former else "")


def _points(unit: Unit, knowledge: Knowledge) -> list[Block]:
    points = [(office, point) for office in knowledge.offices.values() for point in office.points if point.unit == unit.key]
    if not points:
        return [
            Block("note", say.WARD_WITHOUT_POINT.format(ward=unit.name, hotlines=" hoặc ".join(knowledge.contact.hotlines)), (), "place")
        ]
    items = tuple(Item(f"{point.name} ({office.name})", None, point.address or say.NO_ADDRESS, point.address) for office, point in points)
    return [Block("bullets", say.POINTS_IN_WARD.format(ward=unit.name), items, "place")]


def _with(reply: Reply, *blocks: Block) -> Reply:
    return dataclasses.replace(reply, blocks=(*reply.blocks, *blocks))
