"""The knowledge model: a procedure and its facts, as staff write them in YAML.

Each dataclass field names its key in the file (`yaml=...`); `decode.py` reads files by these declarations and
nothing else, so a key is declared once. A fact that is absent (None) is unknown; an empty tuple of `conditions` says that
there are none. The outline follows the fields that the national portal publishes for every procedure (Nghị định 63/2010).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any, Literal

UNIT_NAME = r"(Phường|Xã) \S.*"
FORMER_NAME = r"(Phường|Xã|Thị trấn) \S.*"
DISTRICT_NAME = r"(Quận|Huyện|Thị xã) \S.*"
LONGEST_NAME = 160  # characters of a name that a choice shows; official names run to a thousand

Aspect = Literal[
    "overview", "documents", "fee", "time", "place", "steps", "how", "online", "form", "conditions", "result",
    "agency", "legal_basis", "subjects",
]  # fmt: skip
ASPECTS: tuple[Aspect, ...] = Aspect.__args__  # type: ignore[attr-defined]

Level = Literal["trung_uong", "tinh", "huyen", "xa", "khac"]
Filing = Literal["truc_tiep", "truc_tuyen", "buu_chinh"]
TimeUnit = Literal["ngay_lam_viec", "ngay", "gio", "thang"]
FeeScope = Literal["quoc_gia", "ha_noi"]
OnlineKind = Literal["toan_trinh", "mot_phan", "thong_tin"]
UnitKind = Literal["phuong", "xa"]
LifeState = Literal["hieu_luc", "sua_doi", "thay_the", "bai_bo"]


def fact(name: str, **extra: Any) -> Any:
    """Declare a dataclass field read from the YAML key `name`; `default`, `pattern` and `minimum` as given."""
    default = extra.pop("default", ...)
    metadata = {"yaml": name, **extra}
    return field(metadata=metadata) if default is ... else field(default=default, metadata=metadata)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper of a dossier (giấy tờ), with how many originals and copies of it."""

    name: str = fact("ten")
    originals: int | None = fact("ban_chinh", default=None, minimum=0)
    copies: int | None = fact("ban_sao", default=None, minimum=0)
    form: str | None = fact("mau", default=None)
    note: str | None = fact("ghi_chu", default=None)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case (trường hợp) that needs papers of its own."""

    when: str = fact("khi")
    papers: tuple[Paper, ...] = fact("giay_to")


@dataclass(frozen=True, kw_only=True)
class Papers:
    """The dossier a citizen packs (thành phần hồ sơ): handed in, shown, and by case."""

    hand_in: tuple[Paper, ...] = fact("nop", default=())
    show: tuple[Paper, ...] = fact("xuat_trinh", default=())
    cases: tuple[Case, ...] = fact("theo_truong_hop", default=())
    notes: tuple[str, ...] = fact("ghi_chu", default=())


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A fee (phí, lệ phí): either an amount in đồng or a sentence, never both."""

    name: str | None = fact("ten", default=None)
    filing: tuple[Filing, ...] = fact("cach_thuc", default=())
    amount: int | None = fact("so_tien", default=None, minimum=0)
    unit: str | None = fact("don_vi", default=None)
    text: str | None = fact("mo_ta", default=None)
    note: str | None = fact("ghi_chu", default=None)
    scope: FeeScope = fact("muc", default="quoc_gia")


@dataclass(frozen=True, kw_only=True)
class Duration:
    """How long it takes (thời hạn giải quyết): either a number with its unit or a sentence, never both."""

    filing: tuple[Filing, ...] = fact("cach_thuc", default=())
    number: float | None = fact("so", default=None, above=0)
    unit: TimeUnit | None = fact("don_vi", default=None)
    text: str | None = fact("mo_ta", default=None)
    note: str | None = fact("ghi_chu", default=None)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form (mẫu đơn, tờ khai) that the procedure names."""

    name: str = fact("ten")
    code: str | None = fact("ky_hieu", default=None)
    url: str | None = fact("duong_dan", default=None, pattern=r"https?://\S+")


@dataclass(frozen=True, kw_only=True)
class Online:
    """The online service level: the 2020 scale (1-4) and that of Nghị định 42/2022; neither is derived from the other."""

    level_2020: int | None = fact("muc_do", default=None, minimum=1, maximum=4)
    kind: OnlineKind | None = fact("loai", default=None)
    since: dt.date | None = fact("tu_ngay", default=None)
    url: str | None = fact("duong_dan", default=None, pattern=r"https?://\S+")


@dataclass(frozen=True, kw_only=True)
class InternalStep:
    """A step of the internal process (quy trình nội bộ)."""

    name: str = fact("buoc")
    unit: str = fact("don_vi")
    time: str | None = fact("thoi_han", default=None)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What changes in a procedure from a day on, in a sentence."""

    since: dt.date = fact("tu_ngay")
    text: str = fact("noi_dung")


@dataclass(frozen=True, kw_only=True)
class Publication:
    """The decision that published the procedure (quyết định công bố) and its dates."""

    decision: str | None = fact("quyet_dinh", default=None)
    effective_from: dt.date | None = fact("hieu_luc_tu", default=None)
    effective_to: dt.date | None = fact("hieu_luc_den", default=None)
    state: LifeState = fact("trang_thai", default="hieu_luc")
    replaced_by: str | None = fact("thay_the_boi", default=None, pattern=r"\d\.\d{6}")
    changes: tuple[Change, ...] = fact("thay_doi", default=())


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where the facts were read, and when they were last checked: a year, a month or a day."""

    checked: str = fact("kiem_tra_ngay", pattern=r"\d{4}(-\d{2}(-\d{2})?)?")
    province: str | None = fact("cua_tinh", default=None)  # the facts are another province's; unknown for Hà Nội
    url: str | None = fact("duong_dan", default=None, pattern=r"https?://\S+")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What tells a procedure from its look-alikes: a label for a choice, and when it is the right one."""

    label: str = fact("nhan")
    when: str | None = fact("khi", default=None)


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """A procedure (thủ tục hành chính): in full from a file of its own, or the facts of a row of the catalogue."""

    code: str = fact("ma", pattern=r"\d\.\d{6}")
    name: str = fact("ten")
    official_name: str = fact("ten_chinh_thuc")
    other_names: tuple[str, ...] = fact("ten_goi_khac", default=())
    covers: tuple[str, ...] = fact(
        "gom_ma", default=()
    )  # rows of the catalogue that this entry answers for: its own older or partial codes
    field: str = fact("linh_vuc")
    levels: tuple[Level, ...] = fact("cap")
    agencies: tuple[str, ...] = fact("co_quan", default=())
    subjects: tuple[str, ...] = fact("doi_tuong", default=())
    summary: str | None = fact("tom_tat", default=None)
    difference: Difference | None = fact("phan_biet", default=None)
    papers: Papers | None = fact("ho_so", default=None)
    fees: tuple[Fee, ...] = fact("phi", default=())
    durations: tuple[Duration, ...] = fact("thoi_han", default=())
    places: tuple[str, ...] = fact("noi_nop", default=())
    filing: tuple[Filing, ...] = fact("cach_thuc", default=())
    steps: tuple[str, ...] = fact("trinh_tu", default=())
    conditions: tuple[str, ...] | None = fact("dieu_kien", default=None)
    results: tuple[str, ...] = fact("ket_qua", default=())
    legal_basis: tuple[str, ...] = fact("can_cu", default=())
    forms: tuple[Form, ...] = fact("mau_don", default=())
    online: Online | None = fact("truc_tuyen", default=None)
    internal_process: tuple[InternalStep, ...] = fact("quy_trinh_noi_bo", default=())
    publication: Publication = fact("cong_bo")
    source: Source = fact("nguon")
    sample_questions: tuple[str, ...] = fact("cau_hoi_mau", default=())

    @property
    def in_full(self) -> bool:
        """Whether staff wrote it up; a row of the catalogue has neither summary nor sample questions."""
        return self.summary is not None

    @property
    def label(self) -> str:
        """What a choice button says: the label that tells it apart, else its plain name, shortened between words."""
        if self.difference:
            return self.difference.label
        return shorten(self.name, width=LONGEST_NAME, placeholder="…")


@dataclass(frozen=True, kw_only=True)
class Named:
    """A field (lĩnh vực) or an agency (cơ quan): a key and the name people read."""

    key: str = fact("khoa", pattern=r"[a-z0-9-]+")
    name: str = fact("ten")
    other_names: tuple[str, ...] = fact("ten_goi_khac", default=())
    source_names: tuple[str, ...] = fact("ten_nguon", default=())  # as the national lists write it, where that differs


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """One procedure that takes the place of another."""

    old: str = fact("cu", pattern=r"\d\.\d{6}")
    new: str = fact("moi", pattern=r"\d\.\d{6}")


@dataclass(frozen=True, kw_only=True)
class Decree:
    """A publication decision (quyết định công bố): which procedures begin, change, end or are replaced, and from which day."""

    number: str = fact("so")
    effective_from: dt.date = fact("hieu_luc_tu")
    issued: dt.date | None = fact("ngay_ban_hanh", default=None)
    new: tuple[str, ...] = fact("moi", default=())
    amended: tuple[str, ...] = fact("sua_doi", default=())
    abolished: tuple[str, ...] = fact("bai_bo", default=())
    replaced: tuple[Replacement, ...] = fact("thay_the", default=())
    source: str = fact("nguon")


@dataclass(frozen=True, kw_only=True)
class Expired:
    """A legal text (văn bản quy phạm pháp luật) that is no longer in force from a day on, and what took its place."""

    number: str = fact("so")
    since: dt.date = fact("het_hieu_luc_tu")
    replaced_by: str | None = fact("thay_the_boi", default=None)
    source: str = fact("nguon")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the city with its day and source, and how people ask for it."""

    says: str = fact("noi_dung")
    value: int | None = fact("so", default=None)
    day: dt.date = fact("ngay")
    source: str = fact("nguon")
    questions: tuple[str, ...] = fact("cau_hoi_mau")


@dataclass(frozen=True, kw_only=True)
class SpecialDay:
    """A day off besides weekends, or a day of a weekend that is worked in exchange."""

    day: dt.date = fact("ngay")
    name: str = fact("ten")
    worked: bool = fact("di_lam", default=False)


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A line of the vocabulary: everyday words and the official words they stand for."""

    said: tuple[str, ...] = fact("noi")
    means: str = fact("nghia_la")


@dataclass(frozen=True, kw_only=True)
class Former:
    """A ward, commune or town that was merged into a unit: all of it, or a part (một phần) when it was divided among several."""

    name: str = fact("ten", pattern=FORMER_NAME)
    district: str | None = fact("thuoc", default=None, pattern=DISTRICT_NAME)
    part: bool = fact("mot_phan", default=False)


@dataclass(frozen=True, kw_only=True)
class Coordinates:
    """Where a place lies: degrees of latitude and longitude (WGS 84). The limits, those of the country, tell when the two were exchanged."""

    latitude: float = fact("vi_do", minimum=8, maximum=24)
    longitude: float = fact("kinh_do", minimum=102, maximum=110)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A ward or commune (phường, xã) of the city, since when it is, where its middle lies, and what it was made from."""

    key: str = fact("khoa", pattern=r"[a-z0-9-]+")
    name: str = fact("ten", pattern=UNIT_NAME)
    since: dt.date = fact("tu_ngay")
    coordinates: Coordinates | None = fact("toa_do", default=None)
    made_from: tuple[Former, ...] = fact("gop_tu", default=())

    @property
    def kind(self) -> UnitKind:
        """Whether it is a ward (phường) or a commune (xã), as its name says."""
        return "phuong" if self.name.startswith("Phường ") else "xa"


@dataclass(frozen=True, kw_only=True)
class Point:
    """A place where a branch receives people (điểm tiếp nhận), and the key of the unit in which it stands, where the source says so."""

    name: str = fact("ten")
    address: str | None = fact("dia_chi", default=None)
    unit: str | None = fact("dia_ban", default=None, pattern=r"[a-z0-9-]+")
    coordinates: Coordinates | None = fact("toa_do", default=None)


@dataclass(frozen=True, kw_only=True)
class Office:
    """The city's public service centre or a branch of it; `serves` holds keys of units and is None while nobody says which."""

    key: str = fact("khoa", pattern=r"[a-z0-9-]+")
    name: str = fact("ten")
    address: str | None = fact("dia_chi", default=None)
    phones: tuple[str, ...] = fact("dien_thoai", default=())
    website: str | None = fact("trang_web", default=None)
    coordinates: Coordinates | None = fact("toa_do", default=None)
    points: tuple[Point, ...] = fact("diem_tiep_nhan", default=())
    serves: tuple[str, ...] | None = fact("phuc_vu", default=None)
    source: str = fact("nguon")


@dataclass(frozen=True, kw_only=True)
class DossierStatus:
    """One of the ten national statuses of a dossier: what it means in plain words, and what its owner does next."""

    number: int = fact("so", minimum=1, maximum=10)
    name: str = fact("ten")
    other_names: tuple[str, ...] = fact("ten_goi_khac", default=())
    means: str = fact("nghia_la")
    next_step: str = fact("can_lam")


@dataclass(frozen=True)
class Knowledge:
    """All that staff wrote, as one value: procedures by code, fields and agencies by key, the vocabulary, contacts, other provinces, figures, units, offices,
    days off, the statuses of dossiers.

    `as_of` is the day by which answers decide what is in force; None means the day they are given.
    """

    procedures: dict[str, Procedure]
    fields: dict[str, Named]
    agencies: dict[str, Named]
    vocabulary: tuple[Meaning, ...]
    contact: Contact
    elsewhere: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    units: dict[str, Unit] = field(default_factory=dict)
    offices: dict[str, Office] = field(default_factory=dict)
    special_days: tuple[SpecialDay, ...] = ()
    statuses: tuple[DossierStatus, ...] = ()
    as_of: dt.date | None = None

    @property
    def today(self) -> dt.date:
        """The day by which answers decide what is in force."""
        return self.as_of or dt.date.today()


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The city's hotlines and office hours: where a person helps when the assistant cannot."""

    hotlines: tuple[str, ...] = fact("tong_dai")
    portal: str = fact("cong_dich_vu_cong", pattern=r"https?://\S+")
    source: str = fact("nguon")
