"""What the two JSON-LD formats share: names of things, nodes, durations, and a document that holds its own context.

Things are named by URNs made of the codes and keys of the knowledge: they are the same in every export, and claim no web address that nobody
serves. The context stands in the document, so a processor expands it without a network.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.knowledge.importer import levels_of
from bot.knowledge.model import Duration

Node = dict[str, Any]
NAMESPACE = "urn:tthc:"
HOURS_A_DAY, MINUTES_AN_HOUR = 24, 60


def urn(kind: str, key: str) -> str:
    """Return the name of the thing `key` of a `kind` (thu-tuc, co-quan …)."""
    return f"{NAMESPACE}{kind}:{key}"


HA_NOI = urn("dia-ban", "ha-noi")


def node(name: str | None, type_: str, /, **facts: Any) -> Node:
    """Return a node of the graph; `facts` that are None, empty text or empty lists are unknown and left out."""
    made: Node = {"@id": name} if name else {}
    return made | {"@type": type_} | {key: value for key, value in facts.items() if value not in (None, "", [])}


def reference(name: str) -> Node:
    """Return a reference to the node `name`."""
    return {"@id": name}


def iso8601(duration: Duration) -> str | None:
    """Return `duration` as an ISO 8601 duration, or None when it has none.

    Days, hours and months have one, a fraction of a day in hours, of an hour in minutes. Working days have none: "P5D" would promise five
    days where a citizen waits seven, so they are told in words only. So is every time limit that is a sentence.
    """
    if duration.number is None:
        return None
    number, whole = duration.number, duration.number.is_integer()
    if duration.unit == "ngay":
        return f"P{number:.0f}D" if whole else _whole("PT{}H", number * HOURS_A_DAY)
    if duration.unit == "gio":
        return f"PT{number:.0f}H" if whole else _whole("PT{}M", number * MINUTES_AN_HOUR)
    return f"P{number:.0f}M" if duration.unit == "thang" and whole else None


def _whole(form: str, number: float) -> str | None:
    return form.format(round(number)) if number.is_integer() else None


def the_only(durations: Iterable[Duration]) -> str | None:
    """Return the ISO 8601 form of `durations` when there is exactly one; which of several is a citizen's depends on the case."""
    held = list(durations)
    return iso8601(held[0]) if len(held) == 1 else None


def within_the_city(agency: str) -> bool:
    """Return whether the words of an agency's name tell a body of a province or a commune, and none of the central government."""
    levels = levels_of(agency)
    return bool(levels) and "trung_uong" not in levels


def document(context: Mapping[str, Any], nodes: Iterable[Node]) -> Iterator[str]:
    """Yield the lines of a JSON-LD document of `nodes`, one node a line."""
    yield f'{{"@context": {json.dumps(context, ensure_ascii=False)}, "@graph": ['
    before = None
    for made in nodes:
        if before is not None:
            yield before + ","
        before = json.dumps(made, ensure_ascii=False)
    if before is not None:
        yield before
    yield "]}"
