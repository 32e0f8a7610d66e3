"""Keyboards: what a button carries comes back whatever it holds, in 64 bytes, a page at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.answers.reply import Button
from bot.channels.telegram.keyboards import ON_A_PAGE, Key, Keyboard, Tap
from bot.knowledge.model import ASPECTS
from tests.channels.telegram.rules import check_buttons

BUTTONS = st.builds(Button, st.text(min_size=1), st.none() | st.text(), st.lists(st.sampled_from(ASPECTS), unique=True).map(tuple))


def board(buttons: list[Button]) -> Keyboard:
    return Keyboard.make("clarify", [Key.of("nhãn", button) for button in buttons])


@given(st.lists(BUTTONS, min_size=1, max_size=3 * ON_A_PAGE))
def test_every_key_is_reached_by_leafing_and_says_what_its_button_says(buttons: list[Button]) -> None:
    keyboard = board(buttons)
    reached, page = [], 0
    while True:
        rows = keyboard.rows(page)
        check_buttons([[{"text": label, "callback_data": data}] for label, data in rows])
        taps = [Tap.read(data) for _, data in rows]
        assert all(tap is not None and tap.keyboard == keyboard.id for tap in taps)
        reached += [tap.key for tap in taps if tap and tap.key is not None]
        following = [tap.page for tap in taps if tap and tap.page is not None and tap.page > page]
        if not following:
            break
        [page] = following
    said = [keyboard.keys[n] for n in reached]
    assert [(k.text, k.choice, k.aspects) for k in said] == [(b.text, b.choice, b.aspects) for b in buttons]


@given(st.lists(BUTTONS, max_size=12))
def test_a_keyboard_comes_back_from_plain_values(buttons: list[Button]) -> None:
    keyboard = board(buttons)
    assert Keyboard.from_plain(keyboard.to_plain()) == keyboard


def test_a_chosen_key_is_marked_and_the_others_are_not() -> None:
    rows = board([Button("a"), Button("b")]).rows(chosen=1)
    assert [label for label, _ in rows] == ["nhãn", "✓ nhãn"]


def test_a_later_page_leads_back() -> None:
    rows = board([Button("x")] * (ON_A_PAGE + 1)).rows(1)
    assert [Tap.read(data).page for _, data in rows if Tap.read(data).page is not None] == [0]  # type: ignore[union-attr]


@given(st.text())
def test_foreign_callback_data_is_told_from_our_own(data: str) -> None:
    assert Tap.read(data) is None or data.count(":") == 1


def test_ids_differ() -> None:
    assert len({board([]).id for _ in range(100)}) == 100
