"""The city's wards and communes by the names people call them: today's units, the old ones that went into them, the old districts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.knowledge.model import Former, Unit
from bot.text import classic_tones, fold, has_diacritics, syllables

Words = tuple[str, ...]

KINDS = ("phường", "xã", "thị trấn", "quận", "huyện", "thị xã")
DISTRICT_KINDS = frozenset({"quận", "huyện", "thị xã"})
UNIT_KINDS = frozenset(KINDS) - DISTRICT_KINDS
_ROMAN = {"1": "i", "2": "ii"}  # Mỹ Đình II, Cổ Nhuế I
_OPEN_Y = re.compile(r"(?<=[bcdđghklmnprstvx])[yýỳỷỹỵ]$")
_I_FOR_Y = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")


@dataclass(frozen=True)
class Now:
    """A ward or commune of today."""

    unit: Unit


@dataclass(frozen=True)
class Became:
    """An old ward or commune all of which went into one unit of today."""

    former: Former
    unit: Unit


@dataclass(frozen=True)
class Divided:
    """An old ward or commune that was divided among several units of today."""

    former: Former
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class District:
    """An old district (quận, huyện, thị xã), which is no unit any more, and the units of today that hold some of its wards."""

    name: str
    units: tuple[Unit, ...]


Place = Now | Became | Divided | District


def units_of(place: Place) -> tuple[Unit, ...]:
    """Return the units of today that `place` is or may lie in."""
    return (place.unit,) if isinstance(place, (Now, Became)) else place.units


def districts_of(place: Place) -> frozenset[str]:
    """Return the names of the old districts in which `place` lies."""
    if isinstance(place, District):
        return frozenset((place.name,))
    formers = place.unit.made_from if isinstance(place, Now) else (place.former,)
    return frozenset(f.district for f in formers if f.district)


@dataclass(frozen=True)
class Entry:
    """A place under one of its names: the words of the name without its kind, and the kind ("phường")."""

    words: Words
    kind: str
    place: Place


@dataclass(frozen=True)
class Gazetteer:
    """All entries by the folded words of their names, the most words a name has, and the folded names of other provinces."""

    entries: Mapping[Words, tuple[Entry, ...]]
    longest: int
    elsewhere: frozenset[Words] = field(default_factory=frozenset)


def spelled(word: str) -> str:
    """Return the lower-case `word` in the one spelling that names are compared in: classic tones, i for y (mỹ and mĩ are one)."""
    return _OPEN_Y.sub(lambda m: m.group().translate(_I_FOR_Y), classic_tones(word))


def folded(words: Iterable[str]) -> Words:
    """Return `words` without diacritics."""
    return tuple(map(fold, words))


def agrees(said: Sequence[str], name: Sequence[str]) -> bool:
    """Tell whether `said` can be `name` as typed: each word as it is written, or without any diacritic."""
    return all(s == n or (not has_diacritics(s) and s == fold(n)) for s, n in zip(said, name, strict=True))


def gazetteer(units: Mapping[str, Unit], elsewhere: Iterable[str] = ()) -> Gazetteer:
    """Return the names of `units`, of what they were made from and of the old districts; `elsewhere` names other provinces."""
    found: dict[Words, list[Entry]] = defaultdict(list)
    for name, place in _places(units):
        kind = next(k for k in sorted(KINDS, key=len, reverse=True) if name.lower().startswith(k + " "))
        for words in _said_as(name[len(kind) + 1 :]):
            found[folded(words)].append(Entry(words, kind, place))
    entries = {words: tuple(es) for words, es in found.items()}
    return Gazetteer(entries, max(map(len, entries), default=0), frozenset(folded(_words(p)) for p in elsewhere))


def _places(units: Mapping[str, Unit]) -> Iterable[tuple[str, Place]]:
    went: dict[tuple[str, str | None], list[tuple[Former, Unit]]] = defaultdict(list)
    districts: dict[str, dict[str, Unit]] = defaultdict(dict)
    for unit in units.values():
        yield unit.name, Now(unit)
        for former in unit.made_from:
            went[former.name, former.district].append((former, unit))
            if former.district:
                districts[former.district][unit.key] = unit
    for (name, _), shares in went.items():
        former, unit = shares[0]
        yield name, Became(former, unit) if len(shares) == 1 else Divided(former, tuple(u for _, u in shares))
    for name, held in districts.items():
        yield name, District(name, tuple(held.values()))


def _words(name: str) -> Words:
    return tuple(map(spelled, syllables(name.lower())))


def _said_as(name: str) -> set[Words]:
    """Return the ways a name is said: as it is, one side of its hyphen, its number in Roman figures or left out."""
    ways = {_words(name)} | ({_words(side) for side in name.split(" - ")} if " - " in name else set())
    return ways | {w[:-1] for w in ways if w[-1] in _ROMAN} | {(*w[:-1], _ROMAN[w[-1]]) for w in ways if w[-1] in _ROMAN}
