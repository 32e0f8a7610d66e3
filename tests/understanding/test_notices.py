"""What is wished of notices."""

import pytest

from bot.understanding.notices import wish


@pytest.mark.parametrize(
    ("said", "wished"),
    [
        ("báo cho tôi khi hồ sơ này thay đổi", "watch"), ("theo doi ho so nay giup toi", "watch"), ("hồ sơ xong nhắn mình với", "watch"),
        ("dừng báo hồ sơ", "stop"), ("khong can bao ho so nua", "stop"), ("tắt thông báo", "stop"), ("thôi báo hồ sơ nhé", "stop"),
        ("tôi đang theo dõi những hồ sơ nào", "list"), ("danh sach ho so dang theo doi", "list"),
    ],
)  # fmt: skip
def test_to_be_told_to_stop_or_to_see_the_list(said: str, wished: str) -> None:
    assert wish(said) == wished
