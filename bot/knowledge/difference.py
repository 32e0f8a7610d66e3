"""What differs between two states of the knowledge, told to staff in Vietnamese: procedure by procedure, fact by fact."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from bot.knowledge.keys import VALUES, key_of
from bot.knowledge.model import Knowledge

ADDED, GONE, CHANGED = "+", "-", "~"
SECTIONS = {
    "procedures": "Thủ tục",
    "fields": "Lĩnh vực",
    "agencies": "Cơ quan",
    "units": "Phường, xã",
    "offices": "Nơi tiếp nhận",
    "vocabulary": "Từ đời thường",
    "figures": "Số liệu",
    "special_days": "Ngày nghỉ",
    "statuses": "Trạng thái hồ sơ",
    "elsewhere": "Tỉnh khác",
    "contact": "Tổng đài",
    "as_of": "Trả lời theo ngày",
}  # parts of `Knowledge`, in the order in which they are told


def lines_of(before: Knowledge, after: Knowledge) -> list[str]:
    """Return what differs between `before` and `after`, a line each; nothing when they are the same.

    A thing that is new starts with "+", one that is gone with "-", one that changed with "~" and has its facts under it, indented.
    """
    lines: list[str] = []
    for part in dataclasses.fields(Knowledge):
        old, new = getattr(before, part.name), getattr(after, part.name)
        if old == new:
            continue
        title = SECTIONS.get(part.name, part.name)
        if isinstance(old, Mapping):
            lines += _by_key(title, old, new)
        else:
            told = list(_facts(old, new)) if dataclasses.is_dataclass(old) and dataclasses.is_dataclass(new) else list(_change(old, new))
            lines += [f"{CHANGED} {title}", *(f"    {line}" for line in told)]
    return lines


def _by_key(title: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted({*old, *new}):
        if key not in old:
            yield f"{ADDED} {title} {key}: {new[key].name}"
        elif key not in new:
            yield f"{GONE} {title} {key}: {old[key].name}"
        elif old[key] != new[key]:
            yield f"{CHANGED} {title} {key}: {new[key].name}"
            yield from (f"    {line}" for line in _facts(old[key], new[key]))


def _facts(old: Any, new: Any) -> Iterator[str]:
    """Yield the facts that differ between two values of one dataclass."""
    for fact in dataclasses.fields(old):
        was, now = getattr(old, fact.name), getattr(new, fact.name)
        if was == now:
            continue
        label = key_of(type(old), fact).label
        if dataclasses.is_dataclass(was) and dataclasses.is_dataclass(now):
            yield from (f"{label} › {line}" for line in _facts(was, now))
        else:
            yield from (f"{label}: {line}" for line in _change(was, now))


def _change(was: Any, now: Any) -> Iterator[str]:
    if not (isinstance(was, tuple) and isinstance(now, tuple)):
        yield f"{_said(was)} → {_said(now)}"
        return
    gone, come = [i for i in was if i not in now], [i for i in now if i not in was]
    if not gone and not come:
        yield "thứ tự khác đi"
    yield from (f"bỏ {_said(item)}" for item in gone)
    yield from (f"thêm {_said(item)}" for item in come)


def _said(value: Any) -> str:
    """Return `value` as staff read it: on one line, with the names of its keys."""
    if value is None:
        return "(chưa có)"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return "; ".join(map(_said, value)) or "(không có)"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = [(f, getattr(value, f.name)) for f in dataclasses.fields(value)]
        return ", ".join(f"{key_of(type(value), f).label.lower()} {_said(v)}" for f, v in held if v is not None and v != ())
    return f"«{VALUES.get(value, value)}»" if isinstance(value, str) else f"{value}"
