"""What citizens are told of their data: the page says what the assistant says, and both name the periods the code keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.answers import wording as say
from bot.channels.telegram import store as telegram
from bot.channels.web.sessions import SESSION_LASTS
from bot.dossiers.notices import FORGOTTEN_AFTER
from bot.questions.question import KEPT_DAYS

PAGE = Path(__file__).resolve().parents[2] / "docs/quyen-rieng-tu.md"
DAY = 24 * 3600
PERIODS = [
    f"{KEPT_DAYS} ngày", f"{SESSION_LASTS // 3600} giờ", f"{telegram.KEYBOARDS_FOR / DAY:.0f} ngày", f"{telegram.UNITS_FOR / DAY:.0f} ngày",
    f"{FORGOTTEN_AFTER.days} ngày",
]  # fmt: skip


def test_the_page_says_all_that_the_assistant_says() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"- {item}\n" in page for item in say.PRIVACY_ITEMS)


@pytest.mark.parametrize("period", PERIODS)
def test_each_period_of_the_code_is_told(period: str) -> None:
    assert period in " ".join(say.PRIVACY_ITEMS)
    assert period in PAGE.read_text(encoding="utf-8")
