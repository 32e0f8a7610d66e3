"""What Telegram's commands say in the citizen's name is understood as it is meant, through the trained model."""

from __future__ import annotations

import pytest

from bot.answers import wording as say
from tests.e2e.service import Citizen


@pytest.mark.parametrize(
    ("command", "kind", "begins"),
    [
        ("start", "smalltalk", say.GREETING),
        ("trogiup", "smalltalk", say.HELP),
        ("help", "smalltalk", say.HELP),
        ("thutuc", "statistics", ""),
        ("hoso", "dossier", ""),
        ("thongbao", "dossier", ""),
    ],
)
def test_a_command_is_understood_as_it_is_meant(citizen: Citizen, command: str, kind: str, begins: str) -> None:
    reply = citizen.say(say.TELEGRAM_COMMAND_SAYS[command][0])
    assert (reply["kind"], reply["text"].startswith(begins)) == (kind, True)


def test_a_command_with_words_of_ones_own_says_these(citizen: Citizen) -> None:
    assert citizen.say(say.TELEGRAM_COMMAND_SAYS["thutuc"][1].format(rest="đăng ký khai sinh"))["codes"][0] == "1.001193"
