"""The report: its figures are those of the questions, and the page is valid, needs no other address, and shows texts as texts."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.questions.figures import Figures, counted, moments
from bot.questions.gaps import gaps
from bot.questions.question import Question
from bot.questions.report import lines_of, page
from bot.understanding.search import Search
from tests.building import knowledge
from tests.channels.telegram.desk import search_over
from tests.questions.building import NOON, asked, many

FIRST, LAST = dt.date(2025, 10, 4), dt.date(2025, 11, 2)
VOID = {"meta"}


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Search:
    return search_over(knowledge(tmp_path_factory.mktemp("k")))


def made(questions: list[Question], search: Search) -> str:
    figures = Figures()
    found = gaps(counted(questions, figures), search)
    return page(FIRST, LAST, figures, found, search.knowledge)


class Opened(HTMLParser):
    """Reads a page as strictly as it was written: every tag is closed in its turn; remembers tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def opened(html: str) -> Opened:
    """Return `html` as read; fails when it is not well formed or would ask another address for anything."""
    read = Opened()
    read.feed(html)
    read.close()
    assert read.open == []
    for tag, attributes in read.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base", "image", "use"}, tag
        assert not {"src", "href", "srcset", "action", "xlink:href", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import", html[: html.index("</style>")])
    for drawing in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        ElementTree.fromstring(drawing)
    return read


def test_the_page_shows_the_figures_and_the_gaps(search: Search) -> None:
    told = [asked(duration=10), asked(duration=20, thumb="up"), asked("sổ đỏ", kind="handoff", codes=()), asked("lạ", kind="out_of_scope")]
    read = opened(made(told, search))
    assert "50,0%" in read.text  # two of four were refused
    assert "cau_hoi_mau" in read.text or "ten_goi_khac" in read.text
    assert any(tag == "rect" for tag, _ in read.tags)


def test_the_figures_of_many_questions_are_theirs(search: Search) -> None:
    questions, figures = many(2_000), Figures()
    assert list(counted(questions, figures)) == questions
    assert figures.total == sum(figures.days.values()) == sum(figures.kinds.values()) == 2_000
    assert figures.rate("handoff") == sum(q.kind == "handoff" for q in questions) / 2_000
    ordered = sorted(q.duration for q in questions)
    assert (figures.duration(50), figures.duration(99)) == (ordered[999], ordered[1979])
    opened(made(questions, search))


def test_a_report_of_no_questions_opens_too(search: Search) -> None:
    opened(made([], search))


def test_days_are_those_of_ha_noi() -> None:
    begins, ends = moments(dt.date(2025, 11, 2), dt.date(2025, 11, 2))
    assert (NOON - begins, ends - NOON) == (12 * 3600, 12 * 3600)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=60), max_size=5), st.text(max_size=40))
def test_whatever_was_asked_the_page_stays_valid_and_offline(search: Search, texts: list[str], comment: str) -> None:
    hostile = ["<script>alert(1)</script>", "</style><img src=x onerror=y>", "&amp;\"'>", *texts]
    told = [asked(text, kind="handoff", codes=()) for text in hostile] + [
        asked(thumb="down", comment=comment, codes=("<b>",), aspects=("<i>",))
    ]
    opened(made(told, search))


def test_the_terminal_is_shown_nothing_it_would_obey(search: Search) -> None:
    told = [asked("xóa\x1b[2Jmàn hình", kind="handoff", codes=())]
    lines = lines_of(gaps(told, search), search.knowledge, 10)
    assert lines and all(line.isprintable() for line in lines)


def test_no_more_gaps_are_listed_than_wanted(search: Search) -> None:
    found = gaps(many(500), search)
    assert len(found) > 2
    assert sum(line[0] != " " for line in lines_of(found, search.knowledge, 2)) == 2


def test_an_entry_of_the_catalogue_is_told_from_one_in_full(search: Search, tmp_path: Path) -> None:
    assert "1.000001" in "\n".join(lines_of(gaps([asked(kind="handoff")], search), search.knowledge, 1))
