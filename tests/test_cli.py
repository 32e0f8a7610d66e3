"""The `tthc` command as staff and operators use it: what it prints, what it refuses, its exit status."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.cli import main
from bot.knowledge.publish import current_version, versions
from tests.building import BIRTH, folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder and a right knowledge folder, named to the command by its environment."""
    folder(tmp_path / "knowledge")
    monkeypatch.setenv("TTHC_KNOWLEDGE", str(tmp_path / "knowledge"))
    monkeypatch.setenv("TTHC_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def spoil(home: Path) -> None:
    """Put a fault into the birth entry."""
    (home.parent / "knowledge/procedures/ho-tich/1.000001.yml").write_text(BIRTH.replace("cap: [xa]", "cap: [xaa]"), encoding="utf-8")


def test_a_right_folder_is_checked_and_published_and_listed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert main(["publish"]) == 0
    assert main(["list"]) == 0
    assert "1.000001\tĐăng ký khai sinh\n" in capsys.readouterr().out


def test_a_fault_is_told_and_nothing_is_published(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(home)
    assert main(["publish"]) == 1
    assert "procedures/ho-tich/1.000001.yml:6 [cap[0]]" in capsys.readouterr().out
    assert current_version(home) is None


def test_check_reports_only_on_the_files_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(home)
    assert main(["check", "knowledge/procedures/dat-dai"]) == 0
    folder = home.parent / "knowledge"
    for named in ("procedures/ho-tich/1.000001.yml", "knowledge/procedures/ho-tich", "knowledge", str(folder), str(folder / "procedures")):
        assert main(["check", named]) == 1, named
        assert "cap[0]" in capsys.readouterr().out


def test_check_of_a_file_that_is_not_there_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "procedures/ho-tich/1.00000l.yml"]) == 2
    assert "1.00000l.yml" in capsys.readouterr().err


def test_rollback_goes_back_one(home: Path) -> None:
    main(["publish"])
    birth = home.parent / "knowledge/procedures/ho-tich/1.000001.yml"
    birth.write_text(BIRTH.replace("Ghi nhận việc sinh.", "Ghi việc sinh."), encoding="utf-8")
    main(["publish"])
    assert main(["rollback"]) == 0
    assert current_version(home) == versions(home)[0]


def test_what_cannot_be_done_is_said_in_one_line(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["list"]) == 2
    assert "tthc publish" in capsys.readouterr().err
    monkeypatch.setenv("TTHC_PORT", "x")
    assert main(["status"]) == 2
    assert "TTHC_PORT" in capsys.readouterr().err


def test_status_tells_what_is_there(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_PORT", "1")
    monkeypatch.setenv("TTHC_MODEL", str(home / "none.tar.gz"))
    main(["publish"])
    assert main(["status"]) == 1
    said = capsys.readouterr().out
    assert "2 thủ tục" in said
    assert "make setup" in said


@pytest.mark.parametrize(("lines", "mend"), [("{", "not JSON"), ('{"q": "a"}', '"id"'), ('{"id": 1, "q": 2}', "string")])
def test_a_broken_file_of_questions_is_told_with_its_line(home: Path, capsys: pytest.CaptureFixture[str], lines: str, mend: str) -> None:
    main(["publish"])
    questions = home.parent / "questions.jsonl"
    questions.write_text(json.dumps({"id": "1", "q": "a"}) + "\n" + lines, encoding="utf-8")
    assert main(["ask", "--jsonl", str(questions)]) == 2
    captured = capsys.readouterr().err
    assert "questions.jsonl:2" in captured
    assert mend in captured


def test_the_fields_are_listed_with_how_many_are_written_up(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "ma,ten,linh_vuc,cap,kiem_tra_ngay\n1.000011,Chặt cây,dat-dai,xa,2026\n"
    (home.parent / "knowledge/catalogue.csv").write_text(rows, encoding="utf-8")
    main(["publish"])
    capsys.readouterr()
    assert main(["list", "--fields"]) == 0
    assert "dat-dai\tĐất đai\t1\t2" in capsys.readouterr().out
    assert main(["list", "--in-full"]) == 0
    assert "1.000011" not in capsys.readouterr().out


def test_an_import_reports_and_writes_only_when_told(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = {
        "ma_thu_tuc": "1.000011",
        "ten_thu_tuc": "Chặt cây xanh",
        "cap_thuc_hien": ["Cấp xã"],
        "linh_vuc": "Cây xanh",
        "co_quan_thuc_hien": [],
    }
    records = tmp_path / "r.jsonl"
    records.write_text(json.dumps(record), encoding="utf-8")
    folder = home.parent / "knowledge"
    assert main(["import", str(records), "--checked", "2026-07"]) == 0
    assert "Mới: 1" in capsys.readouterr().out
    assert not (folder / "catalogue.csv").exists()
    assert main(["import", str(records), "--checked", "2026-07", "--apply"]) == 0
    assert "cay-xanh" in (folder / "fields.yml").read_text(encoding="utf-8")
    assert main(["check"]) == 0
    assert main(["import", str(tmp_path / "none.jsonl")]) == 2


def test_check_for_editors_prints_every_fault_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    spoil(home)
    assert main(["check", "--format", "json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)
    assert (fault["file"], fault["line"], fault["field"]) == ("procedures/ho-tich/1.000001.yml", 6, "cap[0]")
    assert set(fault) == {"file", "line", "field", "message", "mend"}


def test_preview_shows_the_files_as_they_are_without_publishing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "1.000001", "--aspect", "fee"]) == 0
    assert "8.000 đồng/bản" in capsys.readouterr().out
    assert main(["preview", "1.000001", "--page", str(home.parent / "xem.html")]) == 0
    assert "8.000 đồng/bản" in (home.parent / "xem.html").read_text(encoding="utf-8")
    assert current_version(home) is None


def test_preview_of_a_broken_entry_tells_what_to_mend(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(home)
    assert main(["preview", "1.000001"]) == 1
    assert "cap[0]" in capsys.readouterr().out
    assert main(["preview", "1.000003"]) == 2
    assert "Có phải là 1.00000" in capsys.readouterr().err


def test_diff_tells_what_publishing_would_change_and_what_a_publication_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["publish"])
    (home.parent / "knowledge/procedures/ho-tich/1.000001.yml").write_text(
        BIRTH.replace("so_tien: 8000", "so_tien: 5000"), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["diff"]) == 0
    assert "thêm số tiền 5000" in capsys.readouterr().out
    main(["publish"])
    capsys.readouterr()
    assert main(["diff"]) == 0
    assert "Không có gì khác." in capsys.readouterr().out
    assert main(["diff", *versions(home)]) == 0
    assert "bỏ số tiền 8000" in capsys.readouterr().out
    assert main(["diff", "20260101T000000000Z-0123456789"]) == 2


def test_answering_is_paused_and_resumed_from_the_command_line(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTHC_PORT", "1")
    assert main(["pause", "Bảo trì đến 18 giờ."]) == 0
    assert "Bảo trì đến 18 giờ." in capsys.readouterr().out
    assert main(["status"]) == 1
    assert "TẮT" in capsys.readouterr().out
    assert main(["resume"]) == 0
    assert main(["resume"]) == 0
    assert "vẫn đang bật" in capsys.readouterr().out
    assert main(["pause", "a" * 1000]) == 2
    assert "ký tự" in capsys.readouterr().err


def test_migrate_makes_the_tables_of_dossiers_and_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTHC_HOME", str(tmp_path))
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0  # done again it changes nothing
    made = {
        name: set(sa.inspect(database.engine(f"sqlite:///{tmp_path}/{name}.sqlite3")).get_table_names()) for name in ("dossiers", "notices")
    }
    assert "dossiers" in made["dossiers"]
    assert "watches" in made["notices"]


def test_migrate_names_the_database_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TTHC_HOME", str(tmp_path))
    monkeypatch.setenv("TTHC_NOTICES_URL", "postgresql://tthc:hidden@127.0.0.1:1/tthc")
    assert main(["migrate"]) == 2
    told = capsys.readouterr().err
    assert "TTHC_NOTICES_URL" in told and "hidden" not in told
