"""Units and offices: what is right is read, what contradicts itself is told, and the files say what the reference data says."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.decode import read_list
from bot.knowledge.files import load
from bot.knowledge.model import Former, Knowledge, Office, Point, Unit
from bot.knowledge.publish import from_plain, to_plain
from bot.text import fold, slug, syllables
from tests.building import OFFICES, UNITS, folder
from tests.knowledge.test_files import faults

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


def units() -> dict[str, Unit]:
    """Return the units of the real units.yml, by key."""
    return {u.key: u for u in read_list(Unit, (ROOT / "knowledge/units.yml").read_text(encoding="utf-8"), "units.yml")[0]}


def offices() -> list[Office]:
    """Return the offices of the real offices.yml."""
    return read_list(Office, (ROOT / "knowledge/offices.yml").read_text(encoding="utf-8"), "offices.yml")[0]


def data(name: str) -> Any:
    """Return the reference data `name`, or skip the test where it is absent."""
    if not (DATA / name).exists():
        pytest.skip(f"no reference data at {DATA}")
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def test_units_are_read_as_written(tmp_path: Path) -> None:
    known = load(folder(tmp_path)).knowledge
    white = known.units["phuong-trang"]
    assert (white.kind, white.since, known.units["xa-vang"].kind) == ("phuong", dt.date(2025, 7, 1), "xa")
    black = Former(name="Phường Đen", district="Quận Xám", part=False)
    assert white.made_from == (black, Former(name="Phường Đỏ", district="Quận Xám", part=True))


def test_offices_are_read_and_what_nobody_says_is_unknown(tmp_path: Path) -> None:
    office = load(folder(tmp_path, **{"offices.yml": OFFICES.replace("  phuc_vu: [xa-vang]\n", "")})).knowledge.offices["chi-nhanh-01"]
    assert office.points[1] == Point(name="Điểm Vàng")
    assert (office.address, office.serves, office.phones) == (None, None, ("1900 0000",))


def test_a_folder_without_units_and_offices_is_read(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "units.yml").unlink()
    (tmp_path / "offices.yml").unlink()
    known = load(tmp_path).knowledge
    assert (known.units, known.offices) == ({}, {})


def test_a_snapshot_from_before_there_were_units_still_opens(tmp_path: Path) -> None:
    plain = to_plain(load(folder(tmp_path)).knowledge)
    del plain["units"], plain["offices"]
    assert from_plain(Knowledge, plain).units == {}


def test_units_and_offices_travel_in_the_snapshot(tmp_path: Path) -> None:
    known = load(folder(tmp_path)).knowledge
    back = from_plain(Knowledge, json.loads(json.dumps(to_plain(known))))
    assert (back.units, back.offices) == (known.units, known.offices)


BROKEN_UNITS = {
    "key twice": ("khoa: xa-vang", "khoa: phuong-trang", 7, "[1].khoa", "giữ một"),
    "key is not its name": ("khoa: xa-vang", "khoa: xa-vang-2", 7, "[1].khoa", "khoa: xa-vang"),
    "no kind in the name": ("ten: Xã Vàng", "ten: Vàng", 8, "[1].ten", "Phường hoặc Xã"),
    "no kind in the old name": ("ten: Phường Đen", "ten: Đen", 5, "[0].gop_tu[0].ten", "Thị trấn"),
    "no kind in the district": ("Đen, thuoc: Quận Xám", "Đen, thuoc: Xám", 5, "[0].gop_tu[0].thuoc", "Quận"),
    "impossible day": ("tu_ngay: 2025-07-01", "tu_ngay: 2025-06-31", 3, "[0].tu_ngay", "2026-07-20"),
    "a day to come": ("tu_ngay: 2025-07-01", "tu_ngay: 2999-07-01", 3, "[0].tu_ngay", "đã có hiệu lực"),
    "neither yes nor no": ("mot_phan: có", "mot_phan: ít", 6, "[0].gop_tu[1].mot_phan", "có hoặc không"),
    "half here, half nowhere": ("Đen, thuoc: Quận Xám", "Đen, thuoc: Quận Xám, mot_phan: có", 5, "[0].gop_tu[0]", "bỏ mot_phan"),
    "whole in one, part of another": ("Đỏ, thuoc: Quận Xám, mot_phan: có", "Đỏ, thuoc: Quận Xám", 11, "[1].gop_tu[0]", "mot_phan: có"),
    "twice in one": ("Phường Đen", "Phường Đỏ", 11, "[1].gop_tu[0]", "giữ một"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_UNITS)
def test_a_faulty_unit_is_told_with_its_line_field_and_mend(tmp_path: Path, name: str) -> None:
    old, new, line, field, mend = BROKEN_UNITS[name]
    assert old in UNITS
    found = faults(tmp_path, **{"units.yml": UNITS.replace(old, new, 1)})
    first = next(p for p in found if p.field == field)
    assert (first.file, first.line, mend in first.mend) == ("units.yml", line, True), first


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("dia_ban: phuong-trang", "dia_ban: phuong-tran", 5, "[0].diem_tiep_nhan[0].dia_ban"),
        ("phuc_vu: [xa-vang]", "phuc_vu: [xa-van]", 7, "[0].phuc_vu[0]"),
    ],
)
def test_an_office_of_an_unknown_unit_is_told(tmp_path: Path, old: str, new: str, line: int, field: str) -> None:
    (fault,) = faults(tmp_path, **{"offices.yml": OFFICES.replace(old, new)})
    assert (fault.file, fault.line, fault.field, "có phải là" in fault.mend) == ("offices.yml", line, field, True)


def test_the_units_are_the_126_of_the_reference_data() -> None:
    assert [u.name for u in units().values()] == [w["name"] for w in data("ha-noi-126-phuong-xa.json")["wards"]]


def test_each_old_unit_went_where_the_reference_data_says() -> None:
    merger = data("ha-noi-don-vi-cu-moi.json")
    told = {(new, old, False) for new, olds in merger["DICT_PROVINCE_WARD_NO_DIVIDED"].items() for old in olds}
    told |= {(n["newWardKey"], old, True) for old, news in merger["DICT_PROVINCE_WARD_DIVIDED"].items() for n in news}

    def key(name: str) -> str:
        return "".join(syllables(fold(name)))

    held = {
        (key(unit.name), f"thanhphohanoi_{key(former.district or '')}_{key(former.name)}", former.part)
        for unit in units().values()
        for former in unit.made_from
    }
    assert held == told
    assert (len(told), sum(part for *_, part in told)) == (794, 467)


def test_every_number_and_name_of_an_address_stands_in_the_handbook() -> None:
    handbook = set(syllables(" ".join(page["text"] for page in data("so-tay-tthc-ha-noi.json")).lower()))
    written = " ".join(p.address for o in offices() for p in o.points if p.address)
    assert set(syllables(written.lower())) - handbook <= {"quốc", "lộ", "23"}  # QL23 is written out


def test_there_are_the_headquarters_and_twelve_branches() -> None:
    centre, *branches = offices()
    assert centre.address and len(centre.phones) == 2
    assert [b.key for b in branches] == [f"chi-nhanh-{n:02}" for n in range(1, 13)]
    assert all(len(b.points) >= 2 for b in branches)


def test_the_unit_where_a_point_stands_is_named_in_its_address() -> None:
    for office in offices():
        for point in office.points:
            assert point.unit is None or point.unit in slug(point.address or ""), point
