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
    ("name", "value"), [("TTHC_PORT", "http"), ("TTHC_PORT", "0"), ("TTHC_PORT", "70000"), ("TTHC_PUBLIC_URL", "chat.example.vn")]
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.read({name: value})


def test_a_secret_is_drawn_when_none_is_set() -> None:
    assert Settings.read({}).secret != Settings.read({}).secret
