"""Questions about many procedures at once: how many there are, which of them, in which field, at which level, online or not.

"Lĩnh vực hộ tịch có những thủ tục nào làm qua mạng" is a survey; "đăng ký khai sinh làm qua mạng được không" is not. Pure functions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.knowledge.life import phase
from bot.knowledge.model import Figure, Knowledge, Level, OnlineKind, Procedure
from bot.text import fold, normalise

SAME_FIGURE = 88.0  # token-set ratio with a way of asking for a figure from which it is taken to be asked

_ONLINE = re.compile(r"\b(?:truc tuyen|qua mang|tren mang|online|dich vu cong|toan trinh|mot phan|tai nha)\b")
_KINDS: tuple[tuple[OnlineKind, str], ...] = (("toan_trinh", "toan trinh"), ("mot_phan", "mot phan"))
_LEVEL_2020 = re.compile(r"\bmuc(?: do)? ?([1-4])\b")
_LEVELS: tuple[tuple[Level, re.Pattern[str]], ...] = (
    ("xa", re.compile(r"\b(?:cap xa|cap phuong|o xa|o phuong|tai xa|tai phuong|xa phuong|phuong xa)\b")),
    ("tinh", re.compile(r"\b(?:cap tinh|cap thanh pho|o so|cac so|cap so)\b")),
)
_PAGE = re.compile(r"\btrang (\d{1,3})\b")


@dataclass(frozen=True)
class Survey:
    """What is asked of all procedures: every condition that is not None must hold; `page` counts from 1."""

    field: str | None = None
    level: Level | None = None
    online: bool = False
    kind: OnlineKind | None = None
    level_2020: int | None = None
    page: int = 1


def read_survey(text: str, knowledge: Knowledge) -> Survey:
    """Return what `text` (as typed) asks of all procedures."""
    said = fold(normalise(text))
    kind = next((k for k, words in _KINDS if words in said), None)
    level_2020 = _LEVEL_2020.search(said)
    page = _PAGE.search(said)
    return Survey(
        field=field_in(said, knowledge),
        level=next((level for level, words in _LEVELS if words.search(said)), None),
        online=bool(_ONLINE.search(said)) or level_2020 is not None,
        kind=kind,
        level_2020=int(level_2020[1]) if level_2020 else None,
        page=max(1, int(page[1])) if page else 1,
    )


def field_in(said: str, knowledge: Knowledge) -> str | None:
    """Return the field whose name, the longest first, `said` holds as whole words."""
    named = [(fold(n), f.key) for f in knowledge.fields.values() for n in (f.name, *f.other_names, *f.source_names)]
    held = [(name, key) for name, key in named if re.search(rf"\b{re.escape(name)}\b", said)]
    return max(held, key=lambda pair: len(pair[0]))[1] if held else None


def matching(survey: Survey, knowledge: Knowledge) -> list[Procedure]:
    """Return the procedures in force that meet `survey`, those written up in full first, then by name."""
    found = [p for p in knowledge.procedures.values() if phase(p, knowledge.today) == "in_force" and _meets(p, survey)]
    return sorted(found, key=lambda p: (not p.in_full, p.name))


def _meets(procedure: Procedure, survey: Survey) -> bool:
    online = procedure.online
    return (
        survey.field in (None, procedure.field)
        and (survey.level is None or survey.level in procedure.levels)
        and (not survey.online or "truc_tuyen" in procedure.filing or bool(online and online.kind in ("toan_trinh", "mot_phan")))
        and (survey.kind is None or bool(online and online.kind == survey.kind))
        and (survey.level_2020 is None or bool(online and online.level_2020 == survey.level_2020))
    )


def figure_asked(text: str, knowledge: Knowledge) -> Figure | None:
    """Return the figure of the city that `text` asks for, among other words too, or None."""
    said = fold(normalise(text))
    asked = [(fold(normalise(q)), figure) for figure in knowledge.figures for q in figure.questions]
    ranked = [(fuzz.token_set_ratio(said, q), fuzz.token_sort_ratio(said, q), at) for at, (q, _) in enumerate(asked)]
    best, _, at = max(ranked, default=(0.0, 0.0, 0))
    return asked[at][1] if best >= SAME_FIGURE else None
