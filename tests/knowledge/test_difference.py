"""Differences between two states, told to staff fact by fact."""

from pathlib import Path

from bot.knowledge.difference import lines_of
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from tests.building import BIRTH, CONTACT, LAND, folder

ENTRY = "procedures/ho-tich/1.000001.yml"


def state(at: Path, **files: str) -> Knowledge:
    return load(folder(at, **files)).knowledge


def test_nothing_differs_from_itself(tmp_path: Path) -> None:
    assert lines_of(state(tmp_path), state(tmp_path)) == []


def test_a_changed_fact_is_told_with_what_it_was_and_is(tmp_path: Path) -> None:
    after = state(tmp_path / "b", **{ENTRY: BIRTH.replace("Ghi nhận việc sinh.", "Ghi việc sinh.")})
    lines = lines_of(state(tmp_path / "a"), after)
    assert lines == ["~ Thủ tục 1.000001: Đăng ký khai sinh", "    Tóm tắt: «Ghi nhận việc sinh.» → «Ghi việc sinh.»"]


def test_a_changed_item_of_a_list_goes_and_comes(tmp_path: Path) -> None:
    lines = lines_of(state(tmp_path / "a"), state(tmp_path / "b", **{ENTRY: BIRTH.replace("so_tien: 8000", "so_tien: 5000")}))
    assert lines[1:] == [
        "    Phí, lệ phí: bỏ số tiền 8000, đơn vị «đồng/bản», mức «mức chung cả nước»",
        "    Phí, lệ phí: thêm số tiền 5000, đơn vị «đồng/bản», mức «mức chung cả nước»",
    ]


def test_a_changed_group_names_its_own_keys(tmp_path: Path) -> None:
    lines = lines_of(
        state(tmp_path / "a"), state(tmp_path / "b", **{ENTRY: BIRTH.replace("trang_thai: hieu_luc", "hieu_luc_tu: 2026-01-01")})
    )
    assert lines[1:] == ["    Công bố › Hiệu lực từ: (chưa có) → 2026-01-01"]


def test_an_order_alone_is_told_too(tmp_path: Path) -> None:
    lines = lines_of(
        state(tmp_path / "a"), state(tmp_path / "b", **{ENTRY: BIRTH.replace("[truc_tiep, truc_tuyen]", "[truc_tuyen, truc_tiep]")})
    )
    assert lines[1:] == ["    Cách nộp: thứ tự khác đi"]


def test_what_is_new_and_what_is_gone_is_named(tmp_path: Path) -> None:
    more = state(tmp_path / "b", **{"procedures/dat-dai/1.000003.yml": LAND.replace("1.000002", "1.000003").replace("mất", "hỏng")})
    assert lines_of(state(tmp_path / "a"), more) == ["+ Thủ tục 1.000003: Cấp lại sổ đất bị hỏng"]
    assert lines_of(more, state(tmp_path / "a")) == ["- Thủ tục 1.000003: Cấp lại sổ đất bị hỏng"]


def test_what_is_no_procedure_is_told_under_its_own_name(tmp_path: Path) -> None:
    lines = lines_of(
        state(tmp_path / "a"),
        state(tmp_path / "b", **{"contact.yml": CONTACT.replace("1900 0000", "1900 0001"), "elsewhere.yml": "- Huế\n"}),
    )
    assert lines == ["~ Tổng đài", "    Tổng đài: bỏ «1900 0000»", "    Tổng đài: thêm «1900 0001»", "~ Tỉnh khác", "    bỏ «Nam Định»"] or lines == [
        "~ Tỉnh khác", "    bỏ «Nam Định»", "~ Tổng đài", "    Tổng đài: bỏ «1900 0000»", "    Tổng đài: thêm «1900 0001»",
    ]  # fmt: skip
