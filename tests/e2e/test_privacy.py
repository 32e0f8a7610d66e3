"""A citizen's whole visit through the real service, full of made-up personal numbers: no file, table or log of it holds one afterwards."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import httpx

from bot.questions.store import QuestionStore
from tests.e2e.one_stop_counter import CODE, DIGITS, kept_in
from tests.e2e.service import Citizen, running
from tests.e2e.test_service import home_of_its_own

PHONE, IDENTITY, ACCOUNT, PASSPORT, EMAIL = "0912 345 678", "001099012345", "19034567890123", "B1234567", "an.bia@example.vn"
NAME = "Nguyễn Thị Bịa"
NUMBERS = [PHONE, PHONE.replace(" ", ""), IDENTITY, ACCOUNT, PASSPORT, EMAIL, "an.bia"]
SAID = [
    f"làm giấy khai sinh cần gì, sđt em là {PHONE}", f"căn cước {IDENTITY} của tôi hết hạn", f"nộp lệ phí vào stk {ACCOUNT} được không",
    f"hộ chiếu {PASSPORT} mất thì sao", f"gửi kết quả vào {EMAIL} nhé", f"tôi là {NAME}, muốn đăng ký kết hôn", f"hồ sơ {CODE} đến đâu rồi", DIGITS,
    "bot có lưu thông tin của tôi không", PHONE, "đổi giấy phép lái xe ở đâu",
]  # fmt: skip
DIGITS_ALONE = re.compile(rf"(?<![0-9a-fA-F.]){DIGITS}(?![0-9a-fA-F])")  # not inside a time, a hash or an id


def test_after_a_visit_no_personal_number_is_written_anywhere(tmp_path: Path) -> None:
    at_hand, home = tmp_path / "at-hand", tmp_path / "home"
    at_hand.mkdir()
    home.mkdir()
    with running(TTHC_HOME=str(home_of_its_own(home)), **kept_in(at_hand)) as address:
        visitor = Citizen(address)
        for said in SAID:
            visitor.say(said)
        body = {"seq": visitor.replies[0]["seq"], "thumb": "down", "comment": f"gọi lại {PHONE}"}
        held = {"authorization": f"Bearer {visitor.session}"}
        assert httpx.post(f"{address}/api/v1/feedback", json=body, headers=held, trust_env=False).status_code == 204
        leaving = Citizen(address)
        leaving.say("xác nhận độc thân để đi xa")
        leaving.say("xóa dữ liệu của tôi")
        leaving.say("có, xóa hết")
    store = QuestionStore(f"sqlite:///{home / 'questions.sqlite3'}")
    kept = list(store.between(0, 2**40))
    store.close()
    assert len(kept) == len(SAID) - 1  # all but the question about what is kept; nothing of the visit that was deleted
    assert [q.comment for q in kept if q.thumb == "down"] == ["gọi lại …"]
    assert not any(CODE in q.text or NAME in q.text or DIGITS in q.text for q in kept)
    files = [path for folder in (at_hand, home) for path in folder.rglob("*") if path.is_file() and "snapshots" not in path.parts]
    assert {"questions.sqlite3", "web.sqlite3", "notices.sqlite3"} <= {path.name for path in files}
    assert any(path.suffix == ".log" for path in files)
    for path in files:
        held_in = path.read_bytes().decode("utf-8", "replace")
        assert not [number for number in NUMBERS if number in held_in], path.name
        assert not DIGITS_ALONE.search(_in_words(path, held_in)), path.name


def _in_words(path: Path, text: str) -> str:
    """Return `text`, or what the tables of a database hold as words: between the bytes of its pages four digits may stand by chance."""
    if path.suffix != ".sqlite3":
        return "" if path.suffix in (".sqlite3-wal", ".sqlite3-shm") or path.name.endswith(("-wal", "-shm")) else text
    with sqlite3.connect(path) as base:
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = (cell for table in tables for row in base.execute(f'SELECT * FROM "{table}"') for cell in row)
        return "\n".join(cell for cell in cells if isinstance(cell, str))
