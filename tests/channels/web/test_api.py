"""The web API: an id is answered once, a session is nobody else's, what was missed is told again, and what is deleted is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.answers import wording as say
from bot.answers.compose import small_talk
from bot.channels.assistant import QUESTION
from bot.channels.web import store as store_module
from bot.channels.web.origins import Origins, SitesError
from bot.knowledge.model import Contact
from bot.questions.recorder import Recorder
from bot.questions.store import QuestionStore
from bot.serving.awaited import AwaitedHere
from bot.serving.recorded import Recorded
from tests.channels.web.conftest import OTHER_SITE, RATE, SITE, Desk, Echo, desk_at

PHONE = "0912 345 678"


def test_a_message_without_a_session_is_given_one_and_the_next_goes_on_in_it(desk: Desk) -> None:
    first = desk.client.post("/api/v1/messages", json={"text": "xin chào"}).json()
    second = desk.client.post("/api/v1/messages", json={"text": "tiếp", "session": first["session"]}).json()
    assert (first["seq"], second["seq"]) == (1, 2)
    assert len({sender for sender, _, _ in desk.echo.heard}) == 1


def test_an_id_is_answered_once_however_often_it_is_sent(desk: Desk) -> None:
    session = desk.begin()["session"]
    replies = [desk.say(session, "khai sinh", id="a-1").json() for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert len(desk.echo.heard) == 1


def test_an_id_sent_again_while_it_is_being_answered_waits_for_the_one_answer(desk: Desk) -> None:
    session = desk.begin()["session"]
    with ThreadPoolExecutor(4) as many:
        replies = list(many.map(lambda _: desk.say(session, "chậm thôi", id="b-1").json(), range(4)))
    assert all(reply == replies[0] for reply in replies)
    assert len(desk.echo.heard) == 1


def test_after_a_restart_an_answer_is_still_the_same_and_a_question_cut_off_is_asked_anew(
    desk: Desk, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.begin()["session"]
    told = desk.say(session, "một", id="one").json()
    desk.echo.down = True
    assert desk.say(session, "hai", id="two").status_code == 503
    echo = Echo()
    with TestClient(desk_at(url, tmp_path / "again", echo)[1]) as client:
        restarted = Desk(client, echo, desk.web)
        assert restarted.say(session, "một", id="one").json() == told
        assert restarted.say(session, "hai", id="two").json()["text"] == "Bạn nói: hai"
        assert [text for _, text, _ in echo.heard] == ["hai"]


def test_what_was_missed_is_told_in_its_order(desk: Desk) -> None:
    session = desk.begin()["session"]
    for text in ("một", "hai", "ba"):
        desk.say(session, text)
    assert [(m["seq"], m["said"]) for m in desk.after(session, 1)] == [(2, "hai"), (3, "ba")]


def test_numbers_of_persons_and_digits_of_proof_are_not_kept(desk: Desk, tmp_path: Path) -> None:
    session = desk.begin()["session"]
    desk.say(session, f"số tôi là {PHONE}")
    desk.say(session, "H26.19.1-250701-0042 số cuối 4821")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("web.sqlite3*"))
    assert b"345 678" not in kept.replace("Bạn nói: số tôi là 0912 345 678".encode(), b"")
    assert [m["said"] for m in desk.after(session)][1].count("4821") == 0


async def test_what_comes_unasked_is_told_once_and_heard_as_such(desk: Desk) -> None:
    contact = Contact(hotlines=("1900 0000",), portal="https://example.vn", source="bịa")
    session = desk.begin()["session"]
    sender = desk.web._sessions.read(session).sender
    for _ in range(2):
        assert await desk.web.deliver(sender, small_talk("greet", contact), "notice-1") == "delivered"
    [told] = desk.after(session)
    assert told["said"] is None and told["id"] is None


def test_deleting_leaves_nothing_and_ends_the_session(desk: Desk, tmp_path: Path) -> None:
    session = desk.begin()["session"]
    desk.say(session, "điều riêng của tôi")
    held = {"authorization": f"Bearer {session}"}
    assert desk.client.delete("/api/v1/session", headers=held).status_code == 204
    assert desk.echo.forgotten == [desk.echo.heard[0][0]]
    assert desk.say(session, "còn đó không").status_code == 401
    with store_module.sa.create_engine(f"sqlite:///{tmp_path / 'web.sqlite3'}").connect() as db:
        assert db.execute(store_module.sa.select(store_module._messages)).all() == []


def test_the_others_are_offered_when_the_answer_was_to_another_question(desk: Desk) -> None:
    session = desk.begin()["session"]
    desk.say(session, "khai sinh")
    other = desk.say(session, "Không đúng câu tôi hỏi").json()
    assert other["kind"] == "clarify"
    assert [button["choice"] for button in other["buttons"]] == ["1.000002"]


def test_the_unit_of_a_site_is_the_citizens_ward_until_told_otherwise(desk: Desk) -> None:
    begun = desk.begin(SITE, unit="phuong_trang")
    assert begun["unit"] == {"key": "phuong-trang", "name": "Phường Trắng"}
    desk.say(begun["session"], "nộp ở đâu", SITE)
    assert desk.echo.heard[0][2]["unit_else"] == "phuong-trang"
    assert desk.client.post("/api/v1/sessions", json={"unit": "nowhere"}).status_code == 422


def test_a_session_holds_on_its_own_site_only(desk: Desk) -> None:
    session = desk.begin(SITE)["session"]
    assert desk.say(session, "một", SITE).status_code == 200
    assert [desk.say(session, "hai", origin).status_code for origin in (OTHER_SITE, None, "https://evil.example")] == [401, 401, 403]


def test_a_site_speaks_for_its_own_units_only(desk: Desk) -> None:
    answer = desk.client.post("/api/v1/sessions", json={"unit": "xa-vang"}, headers={"origin": SITE})
    assert answer.status_code == 403
    assert desk.begin(OTHER_SITE, unit="xa-vang")["unit"]["name"] == "Xã Vàng"


@pytest.mark.parametrize("session", ["", "forged", "a.b.c", "WyJ4IiwiIixudWxsXQ.aaaa.bbbb"])
def test_a_session_nobody_issued_is_refused(desk: Desk, session: str) -> None:
    answer = desk.client.get("/api/v1/messages", headers={"authorization": f"Bearer {session}"})
    assert answer.status_code == 401


def test_too_many_messages_are_told_when_to_go_on(desk: Desk) -> None:
    session = desk.begin()["session"]
    statuses = [desk.say(session, str(n)).status_code for n in range(RATE + 1)]
    assert statuses[0] == 200 and statuses[-1] == 429
    assert int(desk.say(session, "nữa").headers["retry-after"]) >= 1


def test_thumbs_are_noted_for_replies_there_are(desk: Desk) -> None:
    session = desk.begin()["session"]
    desk.say(session, "khai sinh")
    held = {"authorization": f"Bearer {session}"}
    send = [
        {"seq": 1, "thumb": "up"},
        {"seq": 1, "thumb": "down", "comment": "thiếu lệ phí"},
        {"seq": 9, "thumb": "up"},
        {"seq": 1, "thumb": "?"},
    ]
    assert [desk.client.post("/api/v1/feedback", json=body, headers=held).status_code for body in send] == [204, 204, 422, 422]


def test_hoi_holds_a_conversation_without_a_script_and_shows_nothing_as_html(desk: Desk) -> None:
    page = desk.client.post("/hoi", data={"cau_hoi": "<script>alert(1)</script> khai sinh"}).text
    assert "Bạn nói: &lt;script&gt;" in page and "<script" not in page
    held = page.split('name="phien" value="')[1].split('"')[0]
    desk.client.post("/hoi", data={"cau_hoi": "còn lệ phí", "phien": held})
    assert len({sender for sender, _, _ in desk.echo.heard}) == 1


def test_the_line_for_a_site_names_its_unit_and_no_other(desk: Desk) -> None:
    assert "data-unit=&quot;phuong-trang&quot;" in desk.client.get("/nhung", params={"don_vi": "trang"}).text
    refused = desk.client.get("/nhung", params={"don_vi": '"><script>'}).text
    assert "<script>" not in refused


@pytest.mark.parametrize("content", ["- a", "https://a.vn/x: []", "a.vn: []", "https://a.vn: phuong", "{"])
def test_a_file_of_sites_that_cannot_be_read_says_how_to_mend_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sites.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SitesError, match="TTHC_SITES"):
        Origins.read(path)


def test_deleting_is_asked_for_once_more_and_then_everything_is_gone(desk: Desk) -> None:
    session = desk.begin()["session"]
    desk.say(session, "khai sinh")
    asked = desk.say(session, "xoa het thong tin cua toi di").json()
    assert (asked["text"].split("\n")[0], desk.echo.forgotten) == (say.DATA_DELETE_ASK, [])
    assert desk.say(session, asked["buttons"][0]["text"]).json()["text"] == say.DATA_DELETED
    assert len(desk.echo.forgotten) == 1
    assert desk.say(session, "tiếp").status_code == 401


@pytest.mark.parametrize("said", ["không xóa nữa", "đăng ký kết hôn cần gì"])
def test_without_a_yes_nothing_is_deleted_now_or_later(desk: Desk, said: str) -> None:
    session = desk.begin()["session"]
    desk.say(session, "xóa dữ liệu của tôi")
    desk.say(session, said)
    desk.say(session, "có")
    assert desk.echo.forgotten == [] and desk.say(session, "tiếp").status_code == 200


def test_when_not_all_can_be_deleted_the_citizen_is_told_so_and_the_session_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(sender: str) -> None:
        raise OSError

    session = desk.begin()["session"]
    desk.say(session, "xóa dữ liệu của tôi")
    monkeypatch.setattr(desk.web, "_forgetters", (fails,))
    assert desk.say(session, "có").json()["text"] == say.DATA_NOT_DELETED
    assert desk.say(session, "tiếp").status_code == 200


def test_what_is_kept_is_told_when_asked(desk: Desk) -> None:
    told = desk.say(desk.begin()["session"], "bot có lưu thông tin của tôi không").json()
    assert [item["text"] for item in told["blocks"][0]["items"]] == list(say.PRIVACY_ITEMS)
    assert desk.echo.heard == []


def test_a_thumb_lands_on_its_question_without_its_person_and_deleting_the_session_deletes_its_questions(url: str, tmp_path: Path) -> None:
    store = QuestionStore(f"sqlite:///{tmp_path / 'q.sqlite3'}")
    recorder = Recorder(store, AwaitedHere())
    echo = Echo()
    web, application = desk_at(url, tmp_path / "k2", echo, recorder)
    web._conversations = Recorded(echo, recorder)  # type: ignore[arg-type]
    with TestClient(application) as client:
        desk = Desk(client, echo, web)
        session, other = desk.begin()["session"], desk.begin()["session"]
        first = desk.say(session, f"khai sinh, gọi {PHONE}").json()
        desk.say(session, "lệ phí")
        desk.say(other, "hộ chiếu")
        body = {"seq": first["seq"], "thumb": "down", "comment": f"sai, gọi {PHONE}"}
        assert client.post("/api/v1/feedback", json=body, headers={"authorization": f"Bearer {session}"}).status_code == 204
        client.portal.call(recorder._write_all)  # type: ignore[union-attr]
        kept = {q.text: q for q in store.between(0, 2**40)}
        assert {text: q.thumb for text, q in kept.items()} == {"khai sinh, gọi …": "down", "lệ phí": None, "hộ chiếu": None}
        assert kept["khai sinh, gọi …"].comment == "sai, gọi …"
        assert all(QUESTION not in metadata for _, _, metadata in echo.heard)
        assert client.delete("/api/v1/session", headers={"authorization": f"Bearer {session}"}).status_code == 204
        assert [q.text for q in store.between(0, 2**40)] == ["hộ chiếu"]
