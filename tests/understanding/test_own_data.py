"""What people say of their own data is heard as such, with diacritics and without, and no procedure is mistaken for it."""

from __future__ import annotations

import pytest

from bot.text import fold
from bot.understanding.own_data import agrees, declines, wish

DELETE = [
    "Xóa dữ liệu của tôi", "xoá dữ liệu của tôi", "xóa hết thông tin của tôi đi", "xóa giúp mình cuộc trò chuyện này", "xóa toàn bộ lịch sử trò chuyện",
    "bạn xóa thông tin cá nhân của em nhé", "làm sao để xóa dữ liệu của tôi ạ", "xóa hết tin nhắn đi",
]  # fmt: skip
PRIVACY = [
    "bot có lưu thông tin của tôi không", "bạn có lưu số điện thoại của tôi không", "tin nhắn có bị lưu lại không", "quyền riêng tư",
    "dữ liệu của tôi được giữ bao lâu",
    "thông tin cá nhân của tôi có được bảo mật không", "chính sách bảo mật",
]  # fmt: skip
NEITHER = [
    "xóa đăng ký thường trú", "xóa đăng ký thế chấp của tôi", "xóa án tích", "xóa thông tin đăng ký xe của tôi", "hủy đăng ký kết hôn", "xóa nợ thuế",
    "thông tin của tôi trên căn cước sai", "cấp lại căn cước", "lưu trú cho khách", "xin xác nhận thông tin về cư trú", "", "?", "xóa tên trong hộ khẩu",
    "đăng ký biện pháp bảo đảm", "bảo mật nhà nước", "sửa thông tin cá nhân trong sổ bảo hiểm", "xóa dữ liệu đất đai của tôi",
]  # fmt: skip


@pytest.mark.parametrize("accents", [str, fold])
@pytest.mark.parametrize("text", DELETE)
def test_a_wish_to_delete_is_heard(text: str, accents: type[str]) -> None:
    assert wish(accents(text)) == "delete"


@pytest.mark.parametrize("accents", [str, fold])
@pytest.mark.parametrize("text", PRIVACY)
def test_a_question_about_what_is_kept_is_heard(text: str, accents: type[str]) -> None:
    assert wish(accents(text)) == "privacy"


@pytest.mark.parametrize("accents", [str, fold])
@pytest.mark.parametrize("text", NEITHER)
def test_anything_else_goes_to_the_assistant(text: str, accents: type[str]) -> None:
    assert wish(accents(text)) is None


@pytest.mark.parametrize(
    "text", ["Có, xóa hết", "có", "ok", "đồng ý", "vâng xóa đi", "xóa", "xoa het di", "xóa dữ liệu của tôi", "chắc chắn"]
)
def test_a_yes_is_a_yes(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text", ["Không xóa nữa", "không", "thôi", "khoan đã", "đừng xóa dữ liệu của tôi", "có cần giấy tờ gì", "không đồng ý", "", "hủy"]
)
def test_anything_else_is_no_yes(text: str) -> None:
    assert not agrees(text)


@pytest.mark.parametrize("text", ["Không xóa nữa", "thôi", "khong", "thôi giữ lại đi nhé", "hủy"])
def test_a_no_is_a_no(text: str) -> None:
    assert declines(text.replace(" đi", ""))
