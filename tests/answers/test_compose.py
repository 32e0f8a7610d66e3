"""Replies say what their entry says: nothing more, nothing of what was asked left out, and what is lacking is said to be lacking."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answers import wording
from bot.answers.compose import SMALL_TALK, compose, small_talk
from bot.answers.reply import Reply
from bot.knowledge.files import load
from bot.knowledge.model import ASPECTS, Aspect, Knowledge
from bot.knowledge.publish import to_plain
from bot.text import syllables
from bot.understanding.dialogue import Context, Decision
from tests.building import knowledge

CURATED = load(Path(__file__).resolve().parents[2] / "knowledge").knowledge
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(tmp_path_factory.mktemp("k"))


def answer(known: Knowledge, code: str, *aspects: Aspect) -> Reply:
    """Return the answer about `aspects` of the procedure `code`."""
    return compose(Decision("answer", (code,), (1.0,), aspects, Context()), known)


def texts(reply: Reply) -> Iterator[str]:
    """Yield every text of `reply` that a citizen reads as a fact: blocks and source, not suggestions."""
    for block in reply.blocks:
        yield block.text
        for item in block.items:
            yield from filter(None, (item.text, item.count, item.note))
    yield from reply.sources


def strings(value: Any) -> Iterator[str]:
    """Yield everything written in a plain value, figures as people read them."""
    if isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, float):
        yield f"{value:g}".replace(".", ",")
    else:
        yield str(value)


def figures(text: str) -> set[str]:
    """Return the figures of `text`, without the dots between thousands and without leading zeros."""
    plain = re.sub(r"(?<=\d)\.(?=\d{3}(?!\d))", "", text)
    return {f.lstrip("0") or "0" for f in FIGURE.findall(plain)}


@pytest.mark.parametrize("code", sorted(CURATED.procedures))
def test_every_figure_and_word_of_an_answer_stands_in_its_entry(code: str) -> None:
    entry = CURATED.procedures[code]
    written = list(strings(to_plain(entry)))
    agencies = [CURATED.agencies[a].name for a in entry.agencies] + [CURATED.fields[entry.field].name]
    allowed_figures = set().union(*map(figures, written), *map(figures, CURATED.contact.hotlines))
    allowed_figures |= {part.lstrip("0") for part in entry.source.checked.split("-")}
    said_by_us = " ".join(strings([v for k, v in vars(wording).items() if k.isupper()]))
    allowed_words = {w.lower() for t in (*written, *agencies, said_by_us, *CURATED.contact.hotlines) for w in syllables(t)}
    for aspect in ASPECTS:
        for text in texts(answer(CURATED, code, aspect)):
            assert figures(text) <= allowed_figures, (aspect, text)
            # Amounts are written with dots between thousands, so figures are left to the line above.
            assert {w.lower() for w in syllables(text) if not w.isdigit()} <= allowed_words, (aspect, text)


@pytest.mark.parametrize("code", sorted(CURATED.procedures))
def test_every_paper_of_an_entry_is_in_its_answer_about_documents(code: str) -> None:
    papers = CURATED.procedures[code].papers
    said = set(texts(answer(CURATED, code, "documents")))
    if papers is None:
        assert wording.UNKNOWN_ASPECT["documents"] in said
        return
    wanted = [*papers.hand_in, *papers.show, *(p for case in papers.cases for p in case.papers)]
    assert {p.name for p in wanted} <= said
    assert all(any(case.when in text for text in said) for case in papers.cases)


def test_all_aspects_asked_are_answered_in_one_reply(known: Knowledge) -> None:
    reply = answer(known, "1.000001", "documents", "fee", "time")
    said = " ".join(texts(reply))
    assert "Tờ khai" in said
    assert "8.000 đồng/bản" in said
    assert "3 ngày làm việc" in said
    assert reply.aspects == reply.asked == ("documents", "fee", "time")


def test_an_overview_names_the_other_aspects_it_tells_of(known: Knowledge) -> None:
    reply = answer(known, "1.000001", "overview")
    assert reply.asked == ("overview",)
    assert {"overview", "documents", "fee", "time"} <= set(reply.aspects) == {"overview"} | {b.aspect for b in reply.blocks if b.aspect}


def test_cases_have_papers_of_their_own(known: Knowledge) -> None:
    case = next(b for b in answer(known, "1.000001", "documents").blocks if "Trẻ bị bỏ rơi" in b.text)
    assert [(i.text, i.count) for i in case.items] == [("Biên bản", "1 bản chính, 2 bản sao")]


@pytest.mark.parametrize("aspect", [a for a in ASPECTS if a not in ("overview", "subjects")])
def test_what_an_entry_lacks_is_said_to_be_lacking_with_where_to_ask(known: Knowledge, aspect: Aspect) -> None:
    said = " ".join(texts(answer(known, "1.000002", aspect)))
    assert wording.UNKNOWN_ASPECT[aspect] in said
    assert known.contact.hotlines[0] in said


def test_no_conditions_is_a_fact_not_a_gap(known: Knowledge) -> None:
    assert wording.NO_CONDITIONS in set(texts(answer(known, "1.000001", "conditions")))


def test_a_national_fee_is_labelled_as_one(known: Knowledge) -> None:
    assert wording.NATIONAL_FEE in set(texts(answer(known, "1.000001", "fee")))


def test_a_fee_of_the_city_is_not(known: Knowledge) -> None:
    entry = known.procedures["1.000001"]
    fees = (dataclasses.replace(entry.fees[0], scope="ha_noi"),)
    own = dataclasses.replace(known, procedures={"1.000001": dataclasses.replace(entry, fees=fees)})
    assert wording.NATIONAL_FEE not in set(texts(answer(own, "1.000001", "fee")))


def test_the_online_kind_is_not_derived_from_anything(known: Knowledge) -> None:
    said = set(texts(answer(known, "1.000001", "online")))
    assert {wording.ONLINE_YES, wording.ONLINE_KIND_UNKNOWN} <= said


def test_each_answer_ends_with_its_source(known: Knowledge) -> None:
    reply = answer(known, "1.000001", "fee")
    assert "1/QĐ-TEST" in reply.sources[0]
    assert "tháng 07/2026" in reply.sources[0]
    assert reply.links[-1].url == "https://example.vn/1"


def test_an_abolished_procedure_says_so_and_names_its_successor(known: Knowledge) -> None:
    entry = known.procedures["1.000001"]
    life = dataclasses.replace(entry.publication, state="thay_the", replaced_by="1.000002")
    gone = dataclasses.replace(entry, publication=life)
    replaced = dataclasses.replace(known, procedures={**known.procedures, "1.000001": gone})
    assert "Cấp lại sổ đất bị mất" in answer(replaced, "1.000001", "fee").blocks[1].text


def test_asking_back_shows_labels_never_codes(known: Knowledge) -> None:
    reply = compose(Decision("clarify", ("1.000001", "1.000002"), (0.4, 0.3), ("fee",), Context()), known)
    assert [b.text for b in reply.buttons] == ["Đăng ký khai sinh", "Cấp lại sổ đất bị mất"]
    assert not any(re.search(r"\d\.\d{6}", t) for t in texts(reply))


def test_what_is_not_known_is_said_with_the_nearest_and_the_hotline(known: Knowledge) -> None:
    reply = compose(Decision("unknown", ("1.000001",), (0.1,), (), Context(), nearest=("1.000001",)), known)
    assert reply.kind == "handoff"
    assert reply.buttons
    assert known.contact.hotlines[0] in " ".join(texts(reply))


@pytest.mark.parametrize("intent", [*SMALL_TALK, "help", "too_long", "something new"])
def test_small_talk_is_short_and_has_no_gap(known: Knowledge, intent: str) -> None:
    said = " ".join(texts(small_talk(intent, known.contact)))
    assert 0 < len(said) < 500
    assert "{" not in said


def test_the_assistant_says_that_it_is_a_machine(known: Knowledge) -> None:
    for intent in ("greet", "bot_challenge"):
        assert "tự động" in " ".join(texts(small_talk(intent, known.contact)))


def test_a_reply_comes_back_from_its_plain_form(known: Knowledge) -> None:
    reply = answer(known, "1.000001", "documents", "online")
    assert Reply.from_plain(reply.to_plain()) == reply
