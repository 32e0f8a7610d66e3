"""JSON Schemas of staff's YAML files, made from the model: an editor shows what each key means and marks a fault while it is typed.

A schema knows the form of one file alone; `tthc check` stays the judge. The schemas take what `decode.py` takes, but for numbers in quotation
marks. Written by `tthc schema`, named to the editor by .vscode/settings.json.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from bot.knowledge.decode import type_hints
from bot.knowledge.keys import VALUES, key_of
from bot.knowledge.model import Contact, Decree, DossierStatus, Expired, Figure, Meaning, Named, Office, Procedure, SpecialDay, Unit

DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest that the YAML language server knows well
ALSO_REQUIRED = {Procedure: ("tom_tat", "cau_hoi_mau")}  # of a file of its own; a row of the catalogue goes without
DATE = r"^\d{4}-\d{2}-\d{2}$"

FILES: dict[str, tuple[Any, str]] = {
    "procedure": (Procedure, "Một thủ tục hành chính: knowledge/procedures/<lĩnh vực>/<mã>.yml"),
    "fields": (tuple[Named, ...], "Các lĩnh vực: knowledge/fields.yml"),
    "agencies": (tuple[Named, ...], "Các cơ quan: knowledge/agencies.yml"),
    "vocabulary": (tuple[Meaning, ...], "Từ đời thường và từ chính thức: knowledge/vocabulary.yml"),
    "elsewhere": (tuple[str, ...], "Tên các tỉnh, thành phố khác: knowledge/elsewhere.yml"),
    "decisions": (tuple[Decree, ...], "Quyết định công bố thủ tục: knowledge/decisions.yml"),
    "legal": (tuple[Expired, ...], "Văn bản đã hết hiệu lực: knowledge/legal.yml"),
    "figures": (tuple[Figure, ...], "Số liệu của thành phố: knowledge/figures.yml"),
    "calendar": (tuple[SpecialDay, ...], "Ngày nghỉ và ngày đi làm bù: knowledge/calendar.yml"),
    "statuses": (tuple[DossierStatus, ...], "Trạng thái hồ sơ: knowledge/statuses.yml"),
    "units": (tuple[Unit, ...], "Các phường, xã: knowledge/units.yml"),
    "offices": (tuple[Office, ...], "Các nơi tiếp nhận: knowledge/offices.yml"),
    "contact": (Contact, "Tổng đài và cổng dịch vụ công: knowledge/contact.yml"),
}


def texts() -> dict[str, str]:
    """Return the schemas as text, by file name."""
    return {f"{name}.schema.json": _text(wanted, title) for name, (wanted, title) in FILES.items()}


def write(folder: Path) -> list[Path]:
    """Write the schemas into `folder`, made if there is none; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts().items():
        paths.append(folder / name)
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def _text(wanted: Any, title: str) -> str:
    schema = {"$schema": DRAFT, "title": title, **_schema(wanted, {})}
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _schema(wanted: Any, rules: Mapping[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return _schema(next(a for a in arguments if a is not type(None)), rules)
    if origin is tuple:
        return {"type": "array", "items": _schema(arguments[0], rules)}
    if origin is Literal:
        return {"type": "string", "enum": list(arguments), "description": "; ".join(f"{a}: {VALUES[a]}" for a in arguments)}
    if dataclasses.is_dataclass(wanted):
        return _object(typing.cast("type[Any]", wanted))
    return _scalar(wanted, rules)


def _object(wanted: type[Any]) -> dict[str, Any]:
    facts = dataclasses.fields(wanted)
    required = [f.metadata["yaml"] for f in facts if f.default is dataclasses.MISSING]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [*required, *ALSO_REQUIRED.get(wanted, ())],
        "properties": {f.metadata["yaml"]: _fact(wanted, f) for f in facts},
    }


def _fact(owner: type[Any], fact: dataclasses.Field[Any]) -> dict[str, Any]:
    schema = _schema(type_hints(owner)[fact.name], fact.metadata)
    if schema["type"] == "array" and fact.default is dataclasses.MISSING:
        schema["minItems"] = 1
    key, values = key_of(owner, fact), schema.get("description")
    return {"title": key.label, **schema, "description": f"{key.says} ({values})" if values else key.says}


def _scalar(wanted: Any, rules: Mapping[str, Any]) -> dict[str, Any]:
    if wanted is bool:
        return {"type": ["boolean", "string"], "enum": ["có", "không", True, False]}
    if wanted is str:
        pattern = rules.get("pattern")
        if pattern is None:
            return {"type": ["string", "number"], "minLength": 1}  # a bare 2026 is a number to an editor and words to decode.py
        kinds = ["string", "integer"] if re.fullmatch(pattern, "2026") else "string"
        return {"type": kinds, "pattern": f"^(?:{pattern})$"}
    if wanted is dt.date:
        return {"type": "string", "format": "date", "pattern": DATE}
    limits = {"minimum": "minimum", "maximum": "maximum", "above": "exclusiveMinimum"}
    return {"type": "integer" if wanted is int else "number", **{limits[rule]: rules[rule] for rule in limits if rule in rules}}
