"""Dates decide: what is in force on a day, what ended it, what is to come, by the entry and by publication decisions."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from bot.answers.compose import compose
from bot.answers.reply import Reply
from bot.knowledge.files import load
from bot.knowledge.life import phase
from bot.knowledge.model import Change, Knowledge, Publication
from bot.knowledge.publish import open_snapshot, publish
from bot.understanding import index
from bot.understanding.dialogue import Context, Decision
from tests.building import folder, knowledge

BIRTH, LAND = "1.000001", "1.000002"
DAY = dt.date(2026, 1, 15)


def entry(known: Knowledge, **life: object) -> Knowledge:
    """Return `known`, read on DAY, with the birth entry's publication changed by `life`."""
    birth = known.procedures[BIRTH]
    changed = dataclasses.replace(birth, publication=dataclasses.replace(birth.publication, **life))  # type: ignore[arg-type]
    return dataclasses.replace(known, procedures=known.procedures | {BIRTH: changed}, as_of=DAY)


def notes(known: Knowledge) -> str:
    return " ".join(b.text for b in reply(known).blocks if b.type == "note")


def reply(known: Knowledge) -> Reply:
    return compose(Decision("answer", (BIRTH,), (1.0,), ("fee",), Context()), known)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(tmp_path_factory.mktemp("k"))


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (Publication(), "in_force"), (Publication(effective_from=DAY), "in_force"), (Publication(effective_from=dt.date(2026, 1, 16)), "coming"),
        (Publication(effective_to=DAY), "in_force"), (Publication(effective_to=dt.date(2026, 1, 14)), "ended"), (Publication(state="bai_bo"), "ended"),
        (Publication(state="bai_bo", effective_to=dt.date(2026, 2, 1)), "in_force"), (Publication(state="thay_the"), "ended"),
    ],
)  # fmt: skip
def test_dates_decide_what_is_in_force(known: Knowledge, life: Publication, expected: str) -> None:
    assert phase(dataclasses.replace(known.procedures[BIRTH], publication=life), DAY) == expected


def test_an_abolished_procedure_says_so_and_leads_to_its_successor(known: Knowledge) -> None:
    ended = entry(known, effective_to=dt.date(2025, 6, 30), state="thay_the", replaced_by=LAND)
    assert "30/06/2025" in notes(ended)
    assert "Cấp lại sổ đất bị mất" in notes(ended)
    assert reply(ended).buttons[0].choice == LAND


def test_a_change_to_come_is_announced_until_it_has_come(known: Knowledge) -> None:
    change = Change(since=dt.date(2026, 3, 1), text="miễn lệ phí.")
    assert "Từ ngày 01/03/2026 sẽ thay đổi: miễn lệ phí." in notes(entry(known, changes=(change,)))
    later = dataclasses.replace(entry(known, changes=(change,)), as_of=dt.date(2026, 3, 1))
    assert "01/03/2026" not in notes(later)


def test_an_end_to_come_is_announced(known: Knowledge) -> None:
    assert "Từ ngày 01/02/2026 thủ tục này sẽ bị bãi bỏ" in notes(entry(known, effective_to=dt.date(2026, 1, 31)))


def test_a_procedure_that_is_not_yet_in_force_says_from_when(known: Knowledge) -> None:
    assert "01/02/2026" in notes(entry(known, effective_from=dt.date(2026, 2, 1)))


DECISIONS = """\
- so: 9/QĐ-TEST
  hieu_luc_tu: 2026-02-01
  thay_the: [{cu: "1.000002", moi: "1.000001"}]
  moi: ["1.000001"]
  nguon: bịa ra để thử
"""


def test_a_decision_ends_the_old_and_begins_the_new_on_its_day(tmp_path: Path) -> None:
    known = load(folder(tmp_path, **{"decisions.yml": DECISIONS})).knowledge
    land, birth = known.procedures[LAND], known.procedures[BIRTH]
    assert (land.publication.effective_to, land.publication.replaced_by) == (dt.date(2026, 1, 31), BIRTH)
    assert [(phase(land, d), phase(birth, d)) for d in (dt.date(2026, 1, 31), dt.date(2026, 2, 1))] == [
        ("in_force", "coming"),
        ("ended", "in_force"),
    ]


def test_a_snapshot_as_of_a_day_keeps_that_day(tmp_path: Path) -> None:
    known = dataclasses.replace(knowledge(tmp_path / "k"), as_of=DAY)
    publish(known, tmp_path, index.write)
    assert open_snapshot(tmp_path).knowledge.today == DAY
