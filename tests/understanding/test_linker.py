"""The linker finds procedures by their names, by everyday words, without diacritics and with typos, and knows when none is meant."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from bot.text import fold, normalise
from bot.understanding import index
from bot.understanding.learning import examples_of, fit, lessons, name_examples
from bot.understanding.lexicon import ABROAD, turns
from bot.understanding.linker import Linker, Weights
from bot.understanding.shelf import FEATURES, Shelf, readings
from tests.building import BIRTH, folder, knowledge

ELSEWHERE = [
    "hôm nay trời có mưa không",
    "giá vàng bao nhiêu",
    "thế lệ phí bao nhiêu",
    "bao lâu thì xong",
    "ke chuyen cuoi di",
    "nop o dau",
]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(tmp_path_factory.mktemp("k"))


@pytest.fixture(scope="module")
def linker(known: Knowledge) -> Linker:
    return taught(known)


def taught(known: Knowledge) -> Linker:
    """Return the linker of `known` with weights learnt from it."""
    entries, rows = shelves(known)
    examples = [*examples_of(entries.index), *name_examples(entries.index), *name_examples(rows.index)]
    return Linker(entries, rows, fit(lessons(entries, rows, examples, ELSEWHERE)))


def shelves(known: Knowledge) -> tuple[Shelf, Shelf]:
    return Shelf(index.build(known)), Shelf(index.build(known, in_full=False))


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Đăng ký khai sinh", "1.000001"), ("dang ky khai sinh", "1.000001"), ("đăng kí khai shinh", "1.000001"), ("làm giấy khai sinh", "1.000001"),
        ("cấp lại sổ đất bị mất", "1.000002"), ("mất sổ đỏ rồi", "1.000002"), ("mat so do roi", "1.000002"),
        ("giấy chứng nhận quyền sử dụng đất bị mất", "1.000002"),
    ],
)  # fmt: skip
def test_a_procedure_is_found_however_it_is_called(linker: Linker, said: str, code: str) -> None:
    assert linker.link(said).candidates[0].code == code


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("còn khai tử thì sao", "khai tử"), ("thế còn khai tử thì sao ạ?", "khai tử"), ("the con khai tu thi sao", "khai tu"),
        ("con toi bi om thi sao", "con toi bi om thi sao"), ("khai tử thì sao", "khai tử thì sao"),
    ],
)  # fmt: skip
def test_what_a_question_is_carried_on_to_is_looked_up_without_the_words_that_carry_it(linker: Linker, said: str, asked: str) -> None:
    assert linker.link(said) == linker.link(asked)


def test_probabilities_are_probabilities(linker: Linker) -> None:
    links = linker.link("đăng ký khai sinh")
    assert links.none + sum(c.probability for c in links.candidates) == pytest.approx(1)


@pytest.mark.parametrize("said", ["giá vàng hôm nay", "", "???", "qqq www"])
def test_nothing_is_found_where_nothing_is_meant(linker: Linker, said: str) -> None:
    links = linker.link(said)
    assert links.none > max((c.probability for c in links.candidates), default=0)


def test_a_new_entry_is_found_without_training_again(tmp_path: Path, linker: Linker) -> None:
    text = BIRTH.replace("1.000001", "1.000009").replace("khai sinh", "kết hôn").replace("Đăng ký khai sinh", "Đăng ký kết hôn")
    text = text.replace("mới sinh", "sắp cưới")
    more = load(folder(tmp_path, **{"procedures/ho-tich/1.000009.yml": text})).knowledge
    assert Linker(*shelves(more), linker.weights).link("dang ky ket hon").candidates[0].code == "1.000009"


def test_an_index_is_read_back_as_it_was_written(tmp_path: Path, known: Knowledge, linker: Linker) -> None:
    index.write(known, tmp_path)
    again = Linker(Shelf(index.load(tmp_path)), Shelf(index.load(tmp_path, index.ROWS)), linker.weights)
    assert again.link("mat so do") == linker.link("mat so do")


def test_the_same_knowledge_gives_the_same_bytes(tmp_path: Path, known: Knowledge) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        index.write(known, tmp_path / name)
    for file in ("index.json", "index.npz"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_everyday_words_are_rewritten_as_whole_words(known: Knowledge) -> None:
    built = index.build(known)
    assert built.rewrite("mất sổ đỏ") == "mất giấy chứng nhận quyền sử dụng đất"
    assert built.rewrite("mat so do") == "mat giay chung nhan quyen su dung dat"
    assert built.rewrite("sổ độ") is None
    assert replace(built, restorer=None).rewrite("mat so do") == "mat giay chung nhan quyen su dung dat"


def test_weights_come_back_from_their_plain_form(linker: Linker) -> None:
    weights = linker.weights
    assert Weights.from_plain(weights.to_plain()) == weights


def test_one_procedure_alone_teaches_nothing(tmp_path: Path) -> None:
    at = folder(tmp_path)
    (at / "procedures/dat-dai/1.000002.yml").unlink()
    with pytest.raises(ValueError, match="fewer than two"):
        taught(load(at).knowledge)


def test_every_sample_question_is_an_example_and_is_left_out_of_its_own_look_up(known: Knowledge) -> None:
    entries, _ = shelves(known)
    examples = examples_of(entries.index)
    for code, procedure in known.procedures.items():
        for question in map(normalise, procedure.sample_questions):
            example = next(e for e in examples if e.code == code and fold(question) in fold(e.text))
            assert example.surface is not None
            asked = readings(question, entries.index)
            row = list(entries.index.codes).index(code)
            exact = [entries.likeness(asked, left_out) for left_out in (None, example.surface)]
            best = [dict(zip(found.rows, found.table[:, FEATURES.index("words")])).get(row, 0.0) for found in exact]
            assert best[0] > 0.9 and best[1] < best[0]


def test_a_question_that_names_the_turn_finds_the_look_alike_that_takes_it() -> None:
    assert turns("cấp lại sổ đỏ bị mất") == turns("so do that lac lam lai") == {"again"}
    assert turns("ket hon voi nguoi han quoc") == {ABROAD}
    assert turns("đăng ký khai sinh") == frozenset()


ROWS = (
    "ma,ten,linh_vuc,cap,kiem_tra_ngay\n"
    "1.000011,Cấp giấy phép chặt hạ cây xanh đô thị,dat-dai,xa,2026-07\n"
    "1.000012,Thủ tục công nhận hòa giải viên,ho-tich,xa,2026-07\n"
    "1.000013,Cấp giấy phép khai thác nước dưới đất,dat-dai,tinh,2026-07\n"
)


@pytest.fixture(scope="module")
def with_rows(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    return taught(load(folder(tmp_path_factory.mktemp("k"), **{"catalogue.csv": ROWS})).knowledge)


@pytest.mark.parametrize(
    ("said", "code"),
    [("xin giấy phép chặt hạ cây xanh", "1.000011"), ("cong nhan hoa giai vien can gi", "1.000012"), ("đăng ký khai sinh", "1.000001")],
)
def test_a_row_of_the_catalogue_is_found_by_its_name_and_entries_keep_theirs(with_rows: Linker, said: str, code: str) -> None:
    assert with_rows.link(said).candidates[0].code == code


def test_probabilities_over_both_shelves_are_probabilities(with_rows: Linker) -> None:
    links = with_rows.link("giấy phép khai thác nước")
    assert links.none + sum(c.probability for c in links.candidates) == pytest.approx(1)


def test_names_are_learnt_from_as_people_ask_by_them(with_rows: Linker) -> None:
    examples = name_examples(with_rows.rows.index)
    assert {e.code for e in examples} == {"1.000011", "1.000012", "1.000013"}
    assert len({e.text for e in examples}) == len(examples)
    assert examples == name_examples(with_rows.rows.index)
