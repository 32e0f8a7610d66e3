"""Questions about many procedures: counted from the data, a page at a time, with a way to see more, and figures of the city."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from bot.answers.survey import ON_A_PAGE, figure, survey
from bot.knowledge.files import load
from bot.knowledge.model import Figure, Knowledge
from bot.understanding.survey import Survey, figure_asked, matching, read_survey
from tests.building import folder, knowledge

FIGURE = """\
- noi_dung: Năm 2001 có 77 thủ tục.
  so: 77
  ngay: 2001-02-03
  nguon: bịa ra để thử
  cau_hoi_mau: [năm 2001 có bao nhiêu thủ tục]
"""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return load(folder(tmp_path_factory.mktemp("k"), **{"figures.yml": FIGURE})).knowledge


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("có bao nhiêu thủ tục", Survey()), ("lĩnh vực hộ tịch có những thủ tục nào làm qua mạng", Survey(field="ho-tich", online=True)),
        ("linh vuc dat dai co may thu tuc", Survey(field="dat-dai")), ("bao nhiêu thủ tục trực tuyến toàn trình", Survey(online=True, kind="toan_trinh")),
        ("thu tuc nao muc do 4", Survey(online=True, level_2020=4)), ("phường giải quyết những gì cấp xã", Survey(level="xa")),
        ("Trang 3: thủ tục lĩnh vực Hộ tịch", Survey(field="ho-tich", page=3)), ("trang 0", Survey()),
    ],
)  # fmt: skip
def test_what_is_asked_of_all_procedures_is_read(known: Knowledge, said: str, asked: Survey) -> None:
    assert read_survey(said, known) == asked


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        (Survey(), {"1.000001", "1.000002"}),
        (Survey(online=True), {"1.000001"}),
        (Survey(level="tinh"), {"1.000002"}),
        (Survey(level_2020=4), set()),
    ],
)
def test_only_procedures_that_meet_every_condition_are_found(known: Knowledge, asked: Survey, codes: set[str]) -> None:
    assert {p.code for p in matching(asked, known)} == codes


def test_a_procedure_that_has_ended_is_not_counted(known: Knowledge) -> None:
    land = known.procedures["1.000002"]
    ended = dataclasses.replace(land, publication=dataclasses.replace(land.publication, effective_to=dt.date(2020, 1, 1)))
    assert [p.code for p in matching(Survey(), dataclasses.replace(known, procedures=known.procedures | {land.code: ended}))] == [
        "1.000001"
    ]


def many(known: Knowledge, count: int) -> Knowledge:
    land = known.procedures["1.000002"]
    copies = {f"2.{n:06d}": dataclasses.replace(land, code=f"2.{n:06d}", name=f"Thủ tục {n:03d}") for n in range(count)}
    return dataclasses.replace(known, procedures=copies)


def test_a_long_list_is_told_a_page_at_a_time_and_the_button_asks_for_the_next(known: Knowledge) -> None:
    full = many(known, 2 * ON_A_PAGE + 1)
    asked, seen = read_survey("liệt kê thủ tục lĩnh vực đất đai", full), []
    for _ in range(3):
        reply = survey(asked, full)
        seen += reply.codes
        asked = read_survey(reply.buttons[-1].text, full)
    assert seen == sorted(full.procedures)
    assert read_survey(reply.buttons[-1].text, full).page == 2  # the last page has no button for more, and leads back


def test_the_count_is_said(known: Knowledge) -> None:
    assert "có 1 thủ tục lĩnh vực Hộ tịch" in survey(Survey(field="ho-tich"), known).blocks[0].text


def test_a_level_that_no_entry_holds_is_said_not_to_be_recorded(known: Knowledge) -> None:
    reply = survey(Survey(online=True, level_2020=4), known)
    assert reply.codes == ()
    assert "không ghi" in reply.blocks[0].text


@pytest.mark.parametrize("said", ["năm 2001 có bao nhiêu thủ tục", "nam 2001 co bao nhieu thu tuc vay"])
def test_a_figure_is_told_with_its_day_and_source(known: Knowledge, said: str) -> None:
    asked = figure_asked(said, known)
    assert asked is not None
    reply = figure(asked)
    assert "77" in reply.blocks[0].text
    assert ("bịa ra để thử" in reply.sources[0], "03/02/2001" in reply.sources[0]) == (True, True)


def test_another_question_asks_for_no_figure(known: Knowledge) -> None:
    assert figure_asked("lĩnh vực hộ tịch có những thủ tục nào", known) is None


def test_without_figures_none_is_found(tmp_path: Path) -> None:
    assert figure_asked("năm 2001 có bao nhiêu thủ tục", knowledge(tmp_path)) is None


def test_every_figure_of_ours_is_found_by_its_own_questions() -> None:
    ours = load(Path(__file__).resolve().parents[2] / "knowledge").knowledge
    for wanted in ours.figures:
        for question in wanted.questions:
            found: Figure | None = figure_asked(question, ours)
            assert found == wanted, question
