"""Schemas for editors: as committed, they take every right file and refuse the slips an editor can see."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.knowledge import keys, model, schema
from tests.building import BIRTH

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / ".vscode/schemas"
SLIPS = yaml.safe_load((Path(__file__).parent / "slips.yml").read_text(encoding="utf-8"))
SEEN_BY_SCHEMA = re.compile(
    r"không có khóa|thiếu khóa|không có trong danh mục|phải là danh sách|phải là nhóm|ngoài khoảng|sai dạng|lớn hơn 0"
)


class _Loader(yaml.SafeLoader):
    """Reads dates as text, as the YAML server of an editor does."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def validator(name: str) -> Any:
    return jsonschema.Draft7Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")))


def test_the_schemas_committed_are_those_of_the_model() -> None:
    assert {p.name: p.read_text(encoding="utf-8") for p in SCHEMAS.glob("*.json")} == schema.texts(), "run `tthc schema`"


def test_the_editor_is_told_which_schema_is_for_which_file() -> None:
    named = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert {Path(path).name for path in named} == set(schema.texts())
    assert all(list(ROOT.glob(pattern)) for pattern in named.values())


def test_every_key_of_the_model_is_explained_once() -> None:
    read = {c for c in vars(model).values() if dataclasses.is_dataclass(c) and any("yaml" in f.metadata for f in dataclasses.fields(c))}
    assert set(keys.KEYS) == read
    for owner, explained in keys.KEYS.items():
        assert list(explained) == [f.metadata["yaml"] for f in dataclasses.fields(owner)], owner


def test_every_fixed_value_is_explained() -> None:
    assert "«" not in "".join(schema.texts().values()).split("$schema")[0]
    for choice in (model.Level, model.Filing, model.TimeUnit, model.FeeScope, model.OnlineKind, model.LifeState):
        assert set(choice.__args__) <= set(keys.VALUES)


@pytest.mark.parametrize("name", ["procedure", *(n for n in schema.FILES if n != "procedure")])
def test_every_file_of_the_knowledge_passes_its_schema(name: str) -> None:
    check = validator(name)
    paths = sorted((ROOT / "knowledge/procedures").glob("*/*.yml")) if name == "procedure" else [ROOT / f"knowledge/{name}.yml"]
    for path in paths:
        found = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        assert [f"{path.name}: {e.json_path} {e.message}" for e in check.iter_errors(found)] == []


@pytest.mark.parametrize("slip", [s for s in SLIPS if SEEN_BY_SCHEMA.search(s["says"])], ids=lambda slip: slip["name"])
def test_a_slip_of_form_is_seen_while_it_is_typed(slip: dict[str, Any]) -> None:
    assert not validator("procedure").is_valid(yaml.load(BIRTH.replace(slip["replace"], slip["by"]), _Loader))
