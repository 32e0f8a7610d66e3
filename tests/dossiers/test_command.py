"""`tthc dossiers`, as staff type it."""

import sys
from pathlib import Path

import pytest

from bot.cli import main
from bot.dossiers.sql import SqlGateway
from bot.knowledge import publish
from bot.understanding import index
from tests.building import knowledge
from tests.dossiers.making import KEY


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with something published."""
    monkeypatch.setenv("TTHC_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TTHC_DOSSIERS_KEY", KEY.decode())
    monkeypatch.setattr(sys, "warnoptions", ["default"])
    monkeypatch.delenv("TTHC_DOSSIERS_URL", raising=False)
    publish.publish(knowledge(tmp_path / "k"), tmp_path / "home", index.write)
    return tmp_path / "home"


async def test_a_sample_can_be_looked_up_with_the_digits_that_are_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossiers", "sample", "--count", "30", "--now", "2025-07-04T10:00"]) == 0
    code, digits = capsys.readouterr().out.splitlines()[-1].strip().split(", bốn số cuối điện thoại ")
    gateway = SqlGateway(f"sqlite:///{home / 'dossiers.sqlite3'}", KEY)
    found = await gateway.look_up(code, digits)
    assert found is not None and found.sample
    await gateway.close()


def test_a_sample_written_out_comes_in_as_a_sample(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "a.csv")
    assert main(["dossiers", "sample", "--count", "30", "--out", out]) == 0
    assert main(["dossiers", "import", out]) == 0
    assert "Đọc 30 dòng: ghi 30, đã có 0, lỗi 0." in capsys.readouterr().out
    assert main(["dossiers", "stats"]) == 0
    told = capsys.readouterr().out
    assert "tiếp nhận 30" in told and "DỮ LIỆU MẪU" in told and "a.csv: 30 dòng, 0 lỗi, xong" in told


def test_bad_rows_are_told_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("ma_ho_so,ten_thu_tuc,don_vi,ngay_tiep_nhan,trang_thai\nx,y,z,2025-07-01,4\n", encoding="utf-8")
    assert main(["dossiers", "import", str(tmp_path / "a.csv"), "--bad-rows", str(tmp_path / "bad.csv")]) == 1
    assert "a.csv:2: ma_ho_so: không đúng dạng mã hồ sơ" in capsys.readouterr().out
    assert "2,ma_ho_so: không đúng dạng" in (tmp_path / "bad.csv").read_text(encoding="utf-8")


def test_a_file_that_is_not_there_is_told_without_a_trace(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dossiers", "import", "none.csv"]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_where_a_one_stop_system_keeps_them_nothing_comes_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TTHC_DOSSIERS_URL", "https://one-stop.example.vn")
    assert main(["dossiers", "stats"]) == 2
    assert "một cửa" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["dossiers", "stats"], ["serve"]])
def test_a_database_that_is_away_is_told_without_its_password(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTHC_DOSSIERS_URL", "postgresql://someone:hidden@127.0.0.1:1/none")
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "TTHC_DOSSIERS_URL" in said and "hidden" not in said
