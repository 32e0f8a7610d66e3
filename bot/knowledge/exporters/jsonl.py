"""JSON Lines: one procedure a line, every fact under the key that staff write in YAML, absent facts left out.

A line without `ten_linh_vuc` and `ten_co_quan`, which name what the keys `linh_vuc` and `co_quan` stand for, is a file of staff's own: it can be
read back as one. A record of another province says so in `nguon.cua_tinh`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from bot.knowledge.model import Knowledge

FIELD_NAME, AGENCY_NAMES = "ten_linh_vuc", "ten_co_quan"


def lines(knowledge: Knowledge) -> Iterator[str]:
    """Yield a line for each procedure, by code."""
    for _, procedure in sorted(knowledge.procedures.items()):
        names: dict[str, Any] = {FIELD_NAME: knowledge.fields[procedure.field].name}
        if procedure.agencies:
            names |= {AGENCY_NAMES: [knowledge.agencies[a].name for a in procedure.agencies]}
        yield json.dumps(facts(procedure) | names, ensure_ascii=False)


def facts(value: Any) -> Any:
    """Return a value of the model as JSON-ready values under its YAML keys; `conditions` that are known to be none stay as []."""
    if dataclasses.is_dataclass(value):
        named = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {f.metadata["yaml"]: facts(held) for f, held in named if held is not None and (held != () or f.default is None)}
    if isinstance(value, tuple):
        return [facts(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
