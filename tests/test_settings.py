"""Settings come from the environment; a wrong one is told with its name and a right value."""

from pathlib import Path

import pytest

from bot.settings import Settings, SettingsError


def test_nothing_set_gives_the_defaults() -> None:
    settings = Settings.read({})
    assert (settings.host, settings.port, settings.telegram_token) == ("127.0.0.1", 8080, None)
    assert settings.knowledge == Path("knowledge").resolve()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.read({"TTHC_PORT": "", "TTHC_TELEGRAM_TOKEN": ""}).port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TTHC_PORT", "http"),
        ("TTHC_PORT", "0"),
        ("TTHC_PORT", "70000"),
        ("TTHC_PUBLIC_URL", "chat.example.vn"),
        ("TTHC_TELEGRAM_RATE", "0"),
        ("TTHC_DOSSIERS_URL", "mysql://x"),
        ("TTHC_LOG", "xml"),
        ("TTHC_LOG_TO", "/var/log"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read({name: value})


def test_a_secret_is_drawn_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    home = {"TTHC_HOME": str(tmp_path / "home")}
    first = Settings.read(home).secret
    assert len(first) == 64
    assert Settings.read(home).secret == first
    assert (tmp_path / "home/secret").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["secret"]


def test_another_home_has_another_secret(tmp_path: Path) -> None:
    assert Settings.read({"TTHC_HOME": str(tmp_path / "a")}).secret != Settings.read({"TTHC_HOME": str(tmp_path / "b")}).secret


def test_a_secret_that_is_given_is_taken_and_nothing_written(tmp_path: Path) -> None:
    assert Settings.read({"TTHC_HOME": str(tmp_path / "home"), "TTHC_SECRET": "given"}).secret == "given"
    assert not (tmp_path / "home").exists()


def test_a_secret_that_cannot_be_kept_is_told_with_the_setting_that_helps(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be")
    with pytest.raises(SettingsError, match="TTHC_SECRET"):
        _ = Settings.read({"TTHC_HOME": str(tmp_path / "home")}).secret


def test_dossiers_are_kept_at_home_where_nothing_is_set() -> None:
    assert Settings.read({"TTHC_HOME": "/home/x"}).dossiers_url == "sqlite:////home/x/dossiers.sqlite3"


def test_a_setting_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://tthc:s@db/tthc\n")
    settings = Settings.read({"TTHC_TRACKERS_URL_FILE": str(tmp_path / "url"), "TTHC_WEB_URL_FILE": ""})
    assert settings.trackers_url == "postgresql://tthc:s@db/tthc"
    assert settings.web_url.startswith("sqlite:///")


def test_what_a_file_holds_is_checked_as_the_setting_itself_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("mysql://tthc:hidden@db")
    with pytest.raises(SettingsError, match="TTHC_TRACKERS_URL") as told:
        Settings.read({"TTHC_TRACKERS_URL_FILE": str(tmp_path / "url")})
    assert "hidden" not in str(told.value)


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_no_setting_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SettingsError, match=f"TTHC_SECRET_FILE={tmp_path}/secret"):
        Settings.read({"TTHC_SECRET_FILE": str(tmp_path / "secret")})


def test_a_setting_and_its_file_may_not_both_be_set(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("one")
    with pytest.raises(SettingsError, match="TTHC_SECRET and TTHC_SECRET_FILE"):
        Settings.read({"TTHC_SECRET": "another", "TTHC_SECRET_FILE": str(tmp_path / "secret")})


def test_a_folder_is_no_setting(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TTHC_SECRET_FILE"):
        Settings.read({"TTHC_SECRET_FILE": str(tmp_path)})
