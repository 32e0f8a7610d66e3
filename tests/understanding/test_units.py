"""The ward a citizen names is found however it is typed, and nothing else is taken for one."""

import itertools
import json
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.decode import read_list
from bot.knowledge.model import Former, Unit
from bot.text import fold, slug
from bot.understanding.gazetteer import Became, District, Divided, Now, Place, gazetteer
from bot.understanding.units import Found, Several, find

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT = ROOT.parent / "shared" / "data" / "cau-hoi-dev.jsonl"
KNOWLEDGE = ROOT / "knowledge"
UNITS = {u.key: u for u in read_list(Unit, (KNOWLEDGE / "units.yml").read_text(encoding="utf-8"), "units.yml")[0]}
ELSEWHERE = yaml.safe_load((KNOWLEDGE / "elsewhere.yml").read_text(encoding="utf-8"))
KNOWN = gazetteer(UNITS, ELSEWHERE)
# Where each old unit went, read from the file anew.
WENT: dict[tuple[str, str], list[tuple[Former, Unit]]] = {}
for _unit in UNITS.values():
    for _former in _unit.made_from:
        WENT.setdefault((_former.name, str(_former.district)), []).append((_former, _unit))
WRITTEN = {"as it is": str, "unaccented": fold, "upper case": str.upper, "decomposed": lambda t: unicodedata.normalize("NFD", t)}


def places(found: Found) -> tuple[Place, ...]:
    """Return all that was `found`."""
    return found.places if isinstance(found, Several) else (found,) if found else ()


def told(found: Found) -> list[str]:
    """Return what was `found` as short words: "now KEY", "was NAME: KEYS", "district NAME"."""
    words = []
    for place in places(found):
        if isinstance(place, Now):
            words.append(f"now {place.unit.key}")
        elif isinstance(place, District):
            words.append(f"district {place.name}")
        else:
            units = (place.unit,) if isinstance(place, Became) else place.units
            words.append(f"was {place.former.name}: {' '.join(sorted(u.key for u in units))}")
    return words


def where(former: tuple[str, str]) -> Place:
    """Return the place that the old unit `former` is."""
    shares = WENT[former]
    return Became(*shares[0]) if len(shares) == 1 else Divided(shares[0][0], tuple(u for _, u in shares))


@pytest.mark.parametrize("written", WRITTEN)
def test_every_unit_of_today_is_found_behind_the_word_of_its_kind(written: str) -> None:
    for unit in UNITS.values():
        said = WRITTEN[written](f"dạ nhà em ở {unit.name} ạ")
        found = places(find(said, KNOWN))
        assert Now(unit) in found, said
        others = [p for p in found if p != Now(unit)]
        # Others of the very same name are asked about; without diacritics also those that are spelled alike.
        assert all(isinstance(p, (Now, Became, Divided)) for p in others), said
        assert written == "unaccented" or all(isinstance(p, (Became, Divided)) and p.former.name == unit.name for p in others), said


@pytest.mark.parametrize("written", WRITTEN)
def test_every_old_unit_leads_where_it_went_when_its_district_is_named(written: str) -> None:
    for name, district in WENT:
        for said in (f"em ở {name}, {district}", f"trước đây tôi ở {name} cũ thuộc {district} thì nộp ở đâu"):
            assert find(WRITTEN[written](said), KNOWN) == where((name, district)), said


@pytest.mark.parametrize("written", WRITTEN)
def test_every_old_unit_is_found_when_it_is_called_old(written: str) -> None:
    for former in WENT:
        assert where(former) in places(find(WRITTEN[written](f"nhà em ở {former[0]} cũ"), KNOWN)), former


@pytest.mark.parametrize("written", WRITTEN)
def test_every_old_name_that_no_unit_bears_today_is_found_behind_the_word_of_its_kind(written: str) -> None:
    for name in {n for n, _ in WENT if slug(n) not in UNITS}:
        found = places(find(WRITTEN[written](f"{name} thì nộp ở đâu"), KNOWN))
        assert {where(f) for f in WENT if f[0] == name} <= set(found), name
        assert written == "unaccented" or len(found) == sum(f[0] == name for f in WENT), name


@pytest.mark.parametrize("written", WRITTEN)
def test_a_bare_name_is_an_answer(written: str) -> None:
    for unit in UNITS.values():
        bare = unit.name.split(" ", 1)[1]
        assert Now(unit) in places(find(WRITTEN[written](bare), KNOWN, in_answer=True)), bare
        assert Now(unit) in places(find(WRITTEN[written](f"dạ em ở {bare} ạ"), KNOWN, in_answer=True)), bare


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("em ở phường Cầu Giấy", ["now phuong-cau-giay"]),
        ("em ở p.Cầu Giấy ạ", ["now phuong-cau-giay"]),
        ("o p dich vong hau", ["was Phường Dịch Vọng Hậu: phuong-cau-giay phuong-nghia-do"]),
        ("p.Dịch Vọng,q.Cầu Giấy", ["was Phường Dịch Vọng: phuong-cau-giay phuong-nghia-do"]),
        ("em ở Dịch Vọng, Cầu Giấy", ["was Phường Dịch Vọng: phuong-cau-giay phuong-nghia-do"]),
        ("58 Láng Hạ, phường Thành Công, quận Ba Đình", ["was Phường Thành Công: phuong-giang-vo phuong-o-cho-dua"]),
        ("xã Yên Sở cũ", ["was Xã Yên Sở: xa-duong-hoa"]),
        ("xã Yên Sở", ["was Xã Yên Sở: xa-duong-hoa"]),
        ("phường Yên Sở", ["now phuong-yen-so"]),
        ("Yên Sở", ["now phuong-yen-so", "was Xã Yên Sở: xa-duong-hoa"]),
        ("nha o tay ho", ["now phuong-tay-ho", "district Quận Tây Hồ"]),
        ("Cầu Giấy", ["now phuong-cau-giay", "district Quận Cầu Giấy"]),
        ("quận Cầu Giấy", ["district Quận Cầu Giấy"]),
        ("q. bac tu liem", ["district Quận Bắc Từ Liêm"]),
        ("phường Từ Liêm", ["now phuong-tu-liem"]),
        ("phuong Yên Hoà", ["now phuong-yen-hoa"]),
        ("phường Yên Hoà", ["now phuong-yen-hoa"]),
        ("xã Mĩ Đức", ["now xa-my-duc"]),
        ("phường/xã Đông Anh", ["now xa-dong-anh"]),
        ("phường Đại Thanh", ["now xa-dai-thanh"]),
        ("phường Văn Miếu", ["now phuong-van-mieu-quoc-tu-giam"]),
        ("phường Mỹ Đình II", ["was Phường Mỹ Đình 2: phuong-cau-giay phuong-tu-liem"]),
        ("phường Dịch Vọng cũ, nay là phường Cầu Giấy", ["now phuong-cau-giay"]),
        ("phường Trần Phú", ["was Phường Trần Phú: phuong-hoang-mai phuong-linh-nam phuong-yen-so"]),
        ("xã Trần Phú", ["now xa-tran-phu"]),
        ("UBND Cầu Giấy làm việc mấy giờ", ["now phuong-cau-giay", "district Quận Cầu Giấy"]),
        ("em chuyển từ Nam Định về phường Cầu Giấy", ["now phuong-cau-giay"]),
        ("xã Hòa Bình, huyện Thường Tín", ["was Xã Hòa Bình: xa-thuong-tin"]),
        ("chuyển từ xã Bình Minh sang phường Hà Đông", ["now xa-binh-minh", "now phuong-ha-dong"]),
    ],
)
def test_a_place_is_found_as_people_name_it(said: str, found: list[str]) -> None:
    assert told(find(said, KNOWN)) == found


@pytest.mark.parametrize(
    "said",
    [
        "ba vì lý do", "hợp đồng thuê nhà", "em nộp ở đường Láng", "nhà số 58 Trần Phú", "bố tên là Nguyễn Bình Minh", "chị Thanh Xuân hẹn em",
        "phuong an phu hop", "phuong tien di lai", "xa hoi hoa", "co quan nao giai quyet", "em ở Hòa Bình", "tỉnh Vĩnh Phúc", "nguồn gốc tự nhiên",
        "xã Minh Đức, tỉnh Hưng Yên", "xã Minh Đức, huyện Thanh Hà, tỉnh Hải Dương", "xin tách thửa thành công", "van con", "co bi phat khong",
        "doi can cuoc", "hop dong", "quyet dinh cong nhan", "ở phường nào cũng được", "xã", "p.", "",
    ],
)  # fmt: skip
def test_what_names_no_place_of_the_city_is_not_taken_for_one(said: str) -> None:
    assert find(said, KNOWN) is None


@pytest.mark.parametrize(
    "said",
    [
        "đổi căn cước", "hợp đồng thuê nhà cần công chứng không", "không liên quan", "ba vì lý do", "đường Láng", "số 58 Trần Phú",
        "thôi cho hỏi khai sinh", "phuong an phu hop", "em không biết phường nào",
    ],
)  # fmt: skip
def test_an_answer_that_is_none_names_no_place(said: str) -> None:
    assert find(said, KNOWN, in_answer=True) is None


def test_an_answer_may_end_in_the_ward() -> None:
    assert told(find("chung cư Goldmark, Phú Diễn", KNOWN, in_answer=True)) == ["now phuong-phu-dien"]
    assert told(find("58 Trần Phú, Văn Quán ạ", KNOWN, in_answer=True)) == told(find("phường Văn Quán", KNOWN))


NAMED_IN_SAMPLES = (
    "hà đông", "cầu giấy", "đông anh", "hoàng mai", "soc son", "my dinh", "dong da", "tay ho", "ba vì", "thanh xuân", "khương đình", "hoài đức",
    "chương mỹ", "long biên", "me tri", "phung khoang",
)  # fmt: skip
SAMPLES_READ = 400


def _samples() -> list[str]:
    """Return sample questions of all fields, spread evenly over them."""
    files = sorted((KNOWLEDGE / "procedures").glob("*/*.yml"))
    questions = [q for f in files for q in yaml.load(f.read_text(encoding="utf-8"), yaml.CSafeLoader)["cau_hoi_mau"]]
    return questions[:: len(questions) // SAMPLES_READ][:SAMPLES_READ]


def test_a_sample_question_is_not_taken_to_name_a_place_it_does_not_name() -> None:
    samples = _samples()
    assert len(samples) == SAMPLES_READ
    asked = [*itertools.product(samples, (False, True)), *((fold(question), False) for question in samples)]
    for question, in_answer in asked:
        named = any(fold(name) in fold(question.lower()) for name in NAMED_IN_SAMPLES)
        assert named or find(question, KNOWN, in_answer=in_answer) is None, question


@pytest.mark.parametrize("said", ["mất giấy khai sinh mà sổ gốc ở phường vẫn còn thì xin bản sao", "keu hai ben lai thuong luong o uy ban"])
def test_everyday_words_that_look_like_a_name_are_none(said: str) -> None:
    assert find(said, KNOWN) is None


@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="no development questions beside the repository")
def test_only_those_development_questions_that_name_a_place_are_taken_to() -> None:
    asked = [json.loads(line)["q"] for line in DEVELOPMENT.read_text(encoding="utf-8").splitlines()]
    named = [q for q in asked if find(q, KNOWN)]
    markers = ("phuong", "quan", "huyen", "xa ", " o ", " tai ")
    assert all(any(m in fold(q) for m in markers) for q in named), named
    assert len(named) <= len(asked) // 10


@given(st.text(max_size=120), st.booleans())
def test_no_text_breaks_it(said: str, in_answer: bool) -> None:
    find(said, KNOWN, in_answer=in_answer)


@given(
    st.lists(st.sampled_from(sorted({w for n, d in WENT for w in (n, d, *n.split())} | {"cũ", "p.", "xã", ",", "ở", "tỉnh"})), max_size=8)
)
def test_no_row_of_names_breaks_it(words: list[str]) -> None:
    find(" ".join(words), KNOWN)


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert find("phường Cầu Giấy", gazetteer({})) is None
