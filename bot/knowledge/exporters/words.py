"""Keys and values of the model in Vietnamese words, for people who read an export. What citizens are told is worded in `bot/answers`."""

from __future__ import annotations

from collections.abc import Iterable

from bot.knowledge.catalogue import FREE, UNITS
from bot.knowledge.model import Duration, Fee, Filing, Level, LifeState, Online, OnlineKind, Paper, Procedure, TimeUnit

LEVEL: dict[Level, str] = {"trung_uong": "Cấp Bộ", "tinh": "Cấp tỉnh", "huyen": "Cấp huyện", "xa": "Cấp xã", "khac": "Cơ quan khác"}
FILING: dict[Filing, str] = {"truc_tiep": "Trực tiếp", "truc_tuyen": "Trực tuyến", "buu_chinh": "Dịch vụ bưu chính"}
STATE: dict[LifeState, str] = {"hieu_luc": "Còn hiệu lực", "sua_doi": "Được sửa đổi", "thay_the": "Bị thay thế", "bai_bo": "Bị bãi bỏ"}
UNIT: dict[TimeUnit, str] = {key: word for word, key in UNITS.items()}
ONLINE_KIND: dict[OnlineKind, str] = {
    "toan_trinh": "Dịch vụ công trực tuyến toàn trình", "mot_phan": "Dịch vụ công trực tuyến một phần", "thong_tin": "Chỉ cung cấp thông tin",
}  # fmt: skip
ONLINE_LEVEL = "Mức độ {level} (thang năm 2020)"
ONLINE_SINCE = "từ ngày {date:%d/%m/%Y}"

CITY = "Hà Nội"
COUNTRY = "Việt Nam"
DONG = "đồng"
NATIONAL_FEE = "Mức ghi trong dữ liệu quốc gia, chưa có mức riêng của Hà Nội"
NO_SUMMARY = "Thủ tục hành chính thuộc lĩnh vực {field}; dữ liệu chưa có phần mô tả."
WHEN_RIGHT = "Dùng khi: {when}"
TIME = "Thời hạn giải quyết: {time}"
AGENCY_NOT_NAMED = "{level} thực hiện, dữ liệu chưa ghi tên cơ quan"
HAND_IN, SHOW, IN_CASE = "Phải nộp", "Chỉ xuất trình", "Trường hợp: {when}"
ORIGINALS, COPIES = "{n} bản chính", "{n} bản sao"
STEPS, PLACES, PAPER_NOTES = "Trình tự thực hiện", "Nơi nộp hồ sơ", "Lưu ý về giấy tờ"


def fee(said: Fee) -> str:
    """Return a fee as one line: its name, the filing methods it is for, the amount or the sentence, its note."""
    amount = f"{said.amount:,}".replace(",", ".") + f" {said.unit or DONG}" if said.amount else FREE
    return _line(said.name, said.filing, amount if said.text is None else said.text, said.note)


def cost(said: Fee, procedure: Procedure) -> list[str]:
    """Return a fee of `procedure` in words, and that it is a national level where an answer to a citizen says so too."""
    national = said.scope == "quoc_gia" and (said.amount or not procedure.in_full)
    return present(fee(said), NATIONAL_FEE if national else None)


def duration(said: Duration) -> str:
    """Return a time limit as one line: the filing methods it is for, number and unit or the sentence, its note."""
    number = f"{said.number:g}".replace(".", ",") + f" {UNIT[said.unit]}" if said.number and said.unit else said.text or ""
    return _line(None, said.filing, number, said.note)


def _line(name: str | None, filing: tuple[Filing, ...], value: str, note: str | None) -> str:
    ways = f"({', '.join(FILING[f] for f in filing)})" if filing else None
    head = " ".join(part for part in (name, ways) if part)
    return (f"{head}: {value}" if head else value) + (f" ({note})" if note else "")


def times(procedure: Procedure) -> str | None:
    """Return the time limits of `procedure` as one sentence, or None when they are unknown."""
    told = "; ".join(map(duration, procedure.durations))
    return TIME.format(time=told) if told else None


def online(level: Online) -> str:
    """Return the online level on either scale, each as the entry holds it, and since when; empty when it holds neither."""
    scales = [ONLINE_KIND[level.kind]] if level.kind else []
    scales += [ONLINE_LEVEL.format(level=level.level_2020)] if level.level_2020 else []
    since = [ONLINE_SINCE.format(date=level.since)] if level.since and scales else []
    return ", ".join(scales + since)


def paper(needed: Paper, role: str) -> str:
    """Return what is said of a paper besides its name: its `role` in the dossier, counts, form, note. A count of 0 is one not given."""
    counts = [ORIGINALS.format(n=needed.originals)] if needed.originals else []
    counts += [COPIES.format(n=needed.copies)] if needed.copies else []
    return "; ".join([role, *counts, *present(needed.form, needed.note)])


def present(*values: str | None) -> list[str]:
    """Return those of `values` that are there."""
    return [v for v in values if v]


def numbered(sentences: Iterable[str]) -> str:
    """Return `sentences` as numbered lines."""
    return "\n".join(f"{i}. {sentence}" for i, sentence in enumerate(sentences, 1))
