"""What a citizen meets on Telegram: commands, links, buttons, files, the map, outages, and being forgotten."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from pathlib import Path
from typing import Any

import pytest

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Item, Reply
from bot.channels.telegram import asking as asking_module
from bot.channels.telegram import store as store_module
from bot.knowledge.model import Coordinates, Knowledge
from tests.building import knowledge
from tests.channels.telegram.bot_api import running
from tests.channels.telegram.desk import QUESTION, SEAL, Echo, started

pytestmark = pytest.mark.asyncio
CODE = "000.00.19.H26-250701-0042"
PAPERS = Reply(
    "answer",
    (
        Block("title", "Đăng ký khai sinh"),
        Block("checklist", "Phải nộp", (Item("Tờ khai", "1 bản chính"), Item("Giấy chứng sinh")), "documents"),
        Block("note", "Hỏi thêm tổng đài."),
    ),
    codes=("1.000001",),
    sources=("Nguồn: bịa ra để thử.",),
)
PAGE_1 = Reply("statistics", (Block("text", "Từ 1 đến 8"),), buttons=(Button("Khai sinh", "1.000001"), Button("Trang 2: thủ tục")))
PAGE_2 = Reply("statistics", (Block("text", "Từ 9 đến 16"),), buttons=(Button("Kết hôn", "1.000002"), Button("Trang 1: thủ tục")))


def label_of(buttons: list[tuple[str, str]], label: str) -> int:
    """Return the place of the button that says `label`."""
    return [shown for shown, _ in buttons].index(label)


@pytest.mark.parametrize(
    ("written", "said", "beside"),
    [
        ("/thutuc", "liệt kê các thủ tục", {}),
        ("/thutuc khai sinh", "khai sinh", {}),
        ("/hoso", "tra cứu hồ sơ", {}),
        ("/thongbao", "thông báo hồ sơ của tôi", {}),
        ("/donvi", "nộp ở đâu", {"ward": "ask"}),
        ("/donvi Phường Trắng", "tôi ở Phường Trắng", {"ward": "told"}),
        ("/start ct_1_000001", "Đăng ký khai sinh", {"choice": "1.000001", "aspects": ["overview"]}),
        ("/start unit_trang", "xin chào", {"unit": "phuong-trang"}),
    ],
)
async def test_commands_and_links_are_said_in_the_citizens_name(tmp_path: Path, written: str, said: str, beside: dict[str, Any]) -> None:
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.text(written))
        await api.answers(1)
        assert echo.heard[0][1:] == (said, beside)


async def test_the_ward_of_a_link_is_remembered_until_the_citizen_names_another(tmp_path: Path) -> None:
    async with running() as api:
        async with started(api, tmp_path) as (bot, echo):
            await bot.feed(api.text("/start unit_trang"))
            assert "Phường Trắng" in (await api.answers(1))[0].text
        async with started(api, tmp_path) as (bot, echo):  # after a restart
            await bot.feed(api.text("nộp ở đâu"))
            await bot.feed(api.text("/donvi Vàng"))
            await bot.feed(api.text("còn nữa"))
            await api.answers(4)
            assert [beside for _, _, beside in echo.heard] == [{"unit_else": "phuong-trang"}, {"ward": "told"}, {}]


async def test_a_link_that_names_nothing_is_said_to_be_old(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.text("/start ct_9_999999"))
        assert say.TELEGRAM_LINK_UNKNOWN in (await api.answers(1))[0].text


async def test_every_command_of_the_menu_is_answered(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        for chat, name in enumerate(say.TELEGRAM_COMMANDS, 1):
            await bot.feed(api.text(f"/{name}", chat=chat))
        sent = await api.answers(len(say.TELEGRAM_COMMANDS))
        assert {s.chat for s in sent} == set(range(1, len(say.TELEGRAM_COMMANDS) + 1))
        assert {c["command"] for c in json.loads(api.calls("setMyCommands")[0]["commands"])} == set(say.TELEGRAM_COMMANDS)
        assert api.calls("setMyDescription") and api.calls("setMyShortDescription") and api.calls("setChatMenuButton")
        assert api.refused == []


async def test_a_chosen_button_is_marked(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.text(QUESTION))
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, 0))
        await api.answers(2)
        await api.until(lambda: sent.buttons[0][0] == "✓ Khai sinh")


async def test_buttons_survive_a_restart(tmp_path: Path) -> None:
    async with running() as api:
        async with started(api, tmp_path) as (bot, _):
            await bot.feed(api.text(QUESTION))
            [sent] = await api.answers(1)
        async with started(api, tmp_path) as (bot, echo):
            await bot.feed(api.tap(sent, 0))
            await api.answers(2)
            assert echo.heard[0][2]["choice"] == "1.000001"


async def test_a_button_that_has_expired_is_said_to_be_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as api:
        async with started(api, tmp_path) as (bot, _):
            await bot.feed(api.text(QUESTION))
            [sent] = await api.answers(1)
        monkeypatch.setattr(store_module, "KEYBOARDS_FOR", -1.0)
        async with started(api, tmp_path) as (bot, echo):
            await bot.feed(api.tap(sent, 0))
            assert (await api.answers(2))[1].text == say.TELEGRAM_BUTTON_OLD
            assert len(api.calls("answerCallbackQuery")) == 1 and echo.heard == []


async def test_a_long_list_is_leafed_through_in_place(tmp_path: Path) -> None:
    echo = Echo({"liệt kê": PAGE_1, "Trang 2: thủ tục": PAGE_2, "Trang 1: thủ tục": PAGE_1})
    async with running() as api, started(api, tmp_path, assistant=echo) as (bot, _):
        await bot.feed(api.text("liệt kê"))
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, 1))
        await api.until(lambda: sent.text == "Từ 9 đến 16")
        await bot.feed(api.tap(sent, 1))
        await api.until(lambda: sent.text == "Từ 1 đến 8")
        assert len(api.sent) == 1


async def test_many_buttons_are_leafed_through_in_place(tmp_path: Path) -> None:
    many = Reply("clarify", (Block("text", "Bạn chọn:"),), buttons=tuple(Button(f"mục {n}", f"1.{n:06}") for n in range(14)))
    async with running() as api, started(api, tmp_path, assistant=Echo({"nhiều": many})) as (bot, echo):
        await bot.feed(api.text("nhiều"))
        [sent] = await api.answers(1)
        assert sent.buttons[-1][0] == say.TELEGRAM_MORE.format(count=4)
        await bot.feed(api.tap(sent, len(sent.buttons) - 1))
        await api.until(lambda: sent.buttons[0][0] == "mục 10")
        await bot.feed(api.tap(sent, 0))
        await api.answers(2)
        assert echo.heard[-1][2]["choice"] == "1.000010"


async def test_the_papers_come_as_a_file_when_asked_for(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path, assistant=Echo({"giấy tờ": PAPERS})) as (bot, _):
        await bot.feed(api.text("giấy tờ"))
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, label_of(sent.buttons, say.TELEGRAM_CHECKLIST)))
        file = (await api.answers(2))[1]
        assert file.file == "Đăng ký khai sinh\n\nPhải nộp\n- Tờ khai (1 bản chính)\n- Giấy chứng sinh\n\nNguồn: bịa ra để thử."
        assert file.text == say.TELEGRAM_CHECKLIST_SENT


@pytest.mark.parametrize("said", [f"hồ sơ {CODE} đến đâu rồi", f"/hoso {CODE}", "0042"])
async def test_the_message_of_a_look_up_is_deleted_on_request_with_the_offer_made_at_once(tmp_path: Path, said: str) -> None:
    echo = Echo({"0042": Reply("dossier", (Block("text", "Hồ sơ đang xử lý."),))})
    async with running() as api, started(api, tmp_path, assistant=echo) as (bot, _):
        asked = api.text(said)
        await bot.feed(asked)
        [sent] = await api.answers(1)
        await bot.feed(api.tap(sent, label_of(sent.buttons, say.TELEGRAM_DELETE)))
        await api.until(lambda: (1, asked["message"]["message_id"]) not in api.messages)
        await api.until(lambda: say.TELEGRAM_DELETE not in [label for label, _ in sent.buttons])


async def test_a_message_telegram_no_longer_deletes_is_left_to_the_citizen(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        asked = api.text(CODE)
        await bot.feed(asked)
        [sent] = await api.answers(1)
        api.messages[1, asked["message"]["message_id"]]["at"] = time.time() - 49 * 3600
        await bot.feed(api.tap(sent, label_of(sent.buttons, say.TELEGRAM_DELETE)))
        assert (await api.answers(2))[1].text == say.TELEGRAM_NOT_DELETED


@pytest.mark.parametrize(("said", "chat"), [("0042", 1), (QUESTION, 1), (f"@thu_tuc_bot {CODE}", -5)])
async def test_no_offer_to_delete_where_there_is_nothing_to_delete(tmp_path: Path, said: str, chat: int) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.text(said, chat=chat))
        assert say.TELEGRAM_DELETE not in [label for label, _ in (await api.answers(1))[0].buttons]


def with_coordinates(at: Path) -> Knowledge:
    known = knowledge(at)
    [office] = known.offices.values()
    near, far = (dataclasses.replace(p, coordinates=Coordinates(latitude=21.0 + n, longitude=105.8)) for n, p in enumerate(office.points))
    return dataclasses.replace(known, offices={office.key: dataclasses.replace(office, points=(far, near))})


async def test_a_location_is_answered_with_the_nearest_point(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path, known=with_coordinates(tmp_path / "k")) as (bot, _):
        await bot.feed(api.other(location={"longitude": 105.81, "latitude": 21.0}))
        text = (await api.answers(1))[0].text
        assert text.index("Điểm Trắng") < text.index("Điểm Vàng")
        assert "cách 1,0 km" in text and "Số 1 phố Trắng" in text


async def test_while_answering_is_off_a_location_gets_the_notice_like_everything_else(tmp_path: Path) -> None:
    off = Reply("handoff", (Block("text", "Bảo trì."),))
    async with running() as api, started(api, tmp_path, known=with_coordinates(tmp_path / "k"), notice=lambda contact: off) as (bot, _):
        await bot.feed(api.other(location={"longitude": 105.81, "latitude": 21.0}))
        assert [sent.text for sent in await api.answers(1)] == ["Bảo trì."]


async def test_without_coordinates_the_ward_is_asked_for_and_nothing_invented(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.other(location={"longitude": 105.81, "latitude": 21.0}))
        assert (await api.answers(1))[0].text.startswith(say.NO_COORDINATES)
        assert echo.heard[0][2] == {"ward": "ask"}


async def test_a_caption_is_read_and_a_forwarded_question_answered(tmp_path: Path) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    origin = {"type": "hidden_user", "sender_user_name": "B", "date": 1}
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.other(photo=photo, caption="mẫu này điền sao"))
        await bot.feed(api.text("chuyển tiếp", chat=2, forward_origin=origin))
        await api.answers(2)
        assert sorted(text for _, text, _ in echo.heard) == ["chuyển tiếp", "mẫu này điền sao"]


async def test_a_question_mended_at_once_is_answered_anew_and_one_mended_late_is_not(tmp_path: Path) -> None:
    now = int(time.time())
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.other(kind="edited_message", text="cũ", date=now - 3600, edit_date=now))
        mended = api.other(kind="edited_message", text="sửa", edit_date=now + 1)
        await bot.feed(mended)
        [sent] = await api.answers(1)
        assert [text for _, text, _ in echo.heard] == ["sửa"]
        assert sent.quotes == mended["edited_message"]["message_id"]


async def test_while_an_answer_is_slow_the_chat_keeps_seeing_that_it_is_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking_module, "TYPING_AFTER", 0.1)
    monkeypatch.setattr(asking_module, "TYPING_EVERY", 0.2)
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.text("chậm"))
        await api.answers(1)
        shown = len(api.calls("sendChatAction"))
        assert shown >= 3
        await asyncio.sleep(0.5)
        assert len(api.calls("sendChatAction")) <= shown + 1  # not after the answer


async def test_an_outage_is_told_once_and_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "LOOK_EVERY", 0.05)
    echo = Echo(down=True)
    async with running() as api, started(api, tmp_path, assistant=echo) as (bot, _):
        await bot.feed(api.text("một"))
        [sorry] = await api.answers(1)
        assert "1900 0000" in sorry.text and "10 phút" in sorry.text
        await bot.feed(api.text("hai"))
        await asyncio.sleep(0.3)
        echo.down = False
        assert [s.text for s in (await api.answers(3))[1:]] == ["bạn nói: một", "bạn nói: hai"]


async def test_an_outage_is_told_once_even_over_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "LOOK_EVERY", 0.05)
    async with running() as api:
        async with started(api, tmp_path, assistant=Echo(down=True)) as (bot, _):
            await bot.feed(api.text("một"))
            await api.answers(1)
        echo = Echo(down=True)
        async with started(api, tmp_path, assistant=echo):
            await asyncio.sleep(0.3)
            echo.down = False
            assert (await api.answers(2))[1].text == "bạn nói: một"


async def test_a_question_older_than_ten_minutes_is_asked_for_again_once(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, echo):
        for text in ("một", "hai"):
            await bot.feed(api.text(text, date=time.time() - 700))
        await bot.feed(api.text("mới"))
        assert [s.text for s in await api.answers(2)] == [say.TELEGRAM_LATE, "bạn nói: mới"]
        assert len(echo.heard) == 1


async def test_during_an_outage_a_question_is_given_up_after_ten_minutes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_module, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(asking_module, "ANSWERED_WITHIN", 1.5)
    echo = Echo(down=True)
    async with running() as api, started(api, tmp_path, assistant=echo) as (bot, _):
        await bot.feed(api.text("một", date=time.time()))
        await api.answers(1)
        await asyncio.sleep(1.6)
        echo.down = False
        await bot.feed(api.text("hai"))
        assert (await api.answers(2))[1].text == "bạn nói: hai"


async def test_what_was_taken_before_a_restart_is_answered_after_it(tmp_path: Path) -> None:
    async with running() as api:
        api.down = True  # not connected, so nothing is answered
        async with running() as other, started(other, tmp_path) as (bot, _):
            bot._connected.clear()
            await bot.feed(api.text("một"))
            await bot.feed(api.text("hai"))
        api.down = False
        async with started(api, tmp_path):
            assert [s.text for s in await api.answers(2)] == ["bạn nói: một", "bạn nói: hai"]


async def test_inline_mode_offers_procedures_to_post_in_any_chat(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.inline("khai sinh"))
        await api.until(lambda: bool(api.calls("answerInlineQuery")))
        [first, *_] = json.loads(api.calls("answerInlineQuery")[0]["results"])
        assert (first["id"], first["title"]) == ("1.000001", "Đăng ký khai sinh")
        [[button]] = first["reply_markup"]["inline_keyboard"]
        assert button["url"] == "https://t.me/thu_tuc_bot?start=ct_1_000001"
        assert api.refused == []


@pytest.mark.parametrize("query", ["", "zzzz", "<b>&", "x" * 256])
async def test_inline_mode_takes_whatever_is_typed(tmp_path: Path, query: str) -> None:
    async with running() as api, started(api, tmp_path) as (bot, _):
        await bot.feed(api.inline(query))
        await api.until(lambda: bool(api.calls("answerInlineQuery")))
        assert api.refused == []


async def test_a_citizen_who_wants_to_be_forgotten_is_forgotten_everywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    elsewhere: list[str] = []

    async def forget_elsewhere(conversation: str) -> None:
        elsewhere.append(conversation)

    chat, name = 987654321, SEAL.chat(987654321)
    async with running() as api, started(api, tmp_path, forgetters=(forget_elsewhere,)) as (bot, echo):
        await bot.feed(api.text("/start unit_trang", chat=chat))
        await bot.feed(api.text("giấy tờ của tôi", chat=chat))
        await api.answers(2)
        assert name.encode() in stored(tmp_path)
        await bot.feed(api.text("/xoadulieu", chat=chat))
        assert (await api.answers(3))[2].text == say.DATA_DELETED
        for _ in range(100):
            if name.encode() not in stored(tmp_path):
                break
            await asyncio.sleep(0.02)
        assert echo.forgotten == [name] and elsewhere == [name]
        assert name.encode() not in stored(tmp_path)
        assert name not in caplog.text and str(chat) not in caplog.text


async def test_in_words_too_a_citizen_is_forgotten_after_a_yes(tmp_path: Path) -> None:
    async with running() as api, started(api, tmp_path) as (bot, echo):
        await bot.feed(api.text("xóa dữ liệu của tôi"))
        assert (await api.answers(1))[0].text == say.DATA_DELETE_ASK
        assert echo.forgotten == []
        await bot.feed(api.text("có, xóa hết"))
        assert (await api.answers(2))[1].text == say.DATA_DELETED
        assert len(echo.forgotten) == 1 and echo.heard == []


async def test_when_not_all_can_be_forgotten_the_citizen_is_told_so(tmp_path: Path) -> None:
    echo = Echo()
    async with running() as api, started(api, tmp_path, assistant=echo) as (bot, _):
        await bot.feed(api.text("/start unit_trang"))
        await api.answers(1)
        echo.down = True
        await bot.feed(api.text("/xoadulieu"))
        assert (await api.answers(2))[1].text == say.DATA_NOT_DELETED


def stored(at: Path) -> bytes:
    """Return all bytes of the store's files."""
    return b"".join(path.read_bytes() for path in at.glob("telegram.db*"))
