"""A dossier as a citizen may see it. Times are aware, of Hà Nội; names are masked before they are put in here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import IntEnum
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_MASK = "*"


class Status(IntEnum):
    """The ten statuses of the national system; what each means to a citizen is in knowledge/statuses.yml."""

    REGISTERED = 1  # mới đăng ký
    ACCEPTED = 2  # được tiếp nhận
    NOT_ACCEPTED = 3  # không được tiếp nhận
    IN_PROGRESS = 4  # đang xử lý
    SUPPLEMENT_WANTED = 5  # yêu cầu bổ sung giấy tờ
    FEE_WANTED = 6  # yêu cầu thực hiện nghĩa vụ tài chính
    WITHDRAWN = 7  # công dân yêu cầu rút hồ sơ
    STOPPED = 8  # dừng xử lý
    DONE = 9  # đã xử lý xong
    HANDED_OVER = 10  # đã trả kết quả


@dataclass(frozen=True)
class Step:
    """The step of the internal process (quy trình nội bộ) that a dossier is at; `days` are working days, halves allowed."""

    name: str
    unit: str = ""
    days: float | None = None
    due: dt.datetime | None = None


@dataclass(frozen=True)
class Supplement:
    """Papers that are asked for in addition: what, until when, where to."""

    what: str
    by: dt.datetime | None = None
    where: str = ""


@dataclass(frozen=True)
class Apology:
    """A letter of apology for delay (phiếu xin lỗi và hẹn lại ngày trả kết quả)."""

    reason: str
    new_due: dt.datetime | None = None


@dataclass(frozen=True)
class Event:
    """One change of status in the past."""

    at: dt.datetime
    status: int | None
    note: str = ""


@dataclass(frozen=True)
class Dossier:
    """One dossier at the moment `as_of`.

    `status` is a national number or None when the one-stop system named one that is not known: `status_text` is then shown as it came.
    `fee_due` is in đồng. `sample`: invented for demonstration, which every answer must say.
    """

    code: str
    procedure_name: str
    unit: str
    received: dt.datetime
    status: int | None
    as_of: dt.datetime
    status_text: str = ""
    procedure_code: str | None = None
    due: dt.datetime | None = None
    finished: dt.datetime | None = None
    step: Step | None = None
    supplements: tuple[Supplement, ...] = ()
    fee_due: int | None = None
    apology: Apology | None = None
    history: tuple[Event, ...] = ()
    applicant_masked: str = ""
    sample: bool = False


def masked(name: str) -> str:
    """Return a person's `name` with all but the first and the last word hidden, and of those no more than is needed to know one's own.

    >>> masked("Nguyễn Văn A"), masked("Trần Bình"), masked("Lê")
    ('Nguyễn V** A', 'T*** Bình', 'L***')
    """
    words = name.split()
    if len(words) < 3:
        return " ".join([f"{words[0][0]}{_MASK * 3}", *words[1:]]) if words else ""
    return " ".join([words[0], *(f"{word[0]}{_MASK * 2}" for word in words[1:-1]), words[-1]])
