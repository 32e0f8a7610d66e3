"""Which ward or commune a citizen names in free text: "em ở phường Cầu Giấy", "o p dich vong hau", "xã Yên Sở cũ". Pure functions.

Many names are everyday words ("Hợp Đồng", "Tự Nhiên") or a person's or a street's, so a name alone proves nothing. It counts behind the
word of its kind (phường, p., quận), behind a word of place ("ở", "UBND"), beside another place that counts, or as the whole message; and
anywhere in the answer of someone who was just asked for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.text import CHAT_SHORT_FORMS, fold, has_diacritics
from bot.understanding.gazetteer import (
    UNIT_KINDS,
    Became,
    District,
    Divided,
    Gazetteer,
    Now,
    Place,
    Words,
    districts_of,
    folded,
    spelled,
    units_of,
)
from bot.understanding.lexicon import is_particle
from bot.understanding.mentions import Mention, Said, mentions, said_in

_PLACE_WORDS: tuple[Words, ...] = tuple(
    tuple(words.split())
    for words in (
        "ở", "tại", "bên", "khu", "khu vực", "về", "thuộc", "quê", "thường trú", "tạm trú", "cư trú", "ubnd", "ủy ban", "ủy ban nhân dân",
        "một cửa", "công an",
    )
)  # fmt: skip
_STREET_WORDS = frozenset(
    "đường phố ngõ ngách hẻm số tỉnh phố chợ cầu ga hồ chùa đình đền trường học viện công ty tòa nhà ông bà anh chị tên họ nguyễn trần lê phạm".split()
)
# Words an answer to "which ward?" is made of, particles apart.
_BESIDE = frozenset(
    """ở nhà sống sinh trú thường tạm cư thuộc hà nội hn thành phố tp khu vực tại bên gần quanh trọ thuê đang hiện chung chỗ hộ khẩu quê ubnd
    ủy ban nhân dân cũ mới phường xã quận huyện thị trấn""".split()
)
_BESIDE_FOLDED = frozenset(map(fold, _BESIDE))
_OLD = (("cũ",), ("trước", "đây"), ("trước", "kia"), ("ngày", "trước"))
_BEFORE_DISTRICT = ("cũ", "thuộc")  # "phường Dịch Vọng cũ thuộc quận Cầu Giấy"
_NOT_OLD_BEFORE = frozenset({"tru", "dan", "the", "ngu"})  # "cu tru" is cư trú, not cũ
# Names that are everyday words as they stand, and those that are when diacritics are left out ("có bị", "văn hóa"): they count only behind
# the word of their kind, or as all that an answer says. Found by looking for every name in the texts of all procedures.
_EVERYDAY: frozenset[Words] = frozenset(
    tuple(map(spelled, name.split()))
    for name in "hợp đồng, liên quan, liên hiệp, cộng hòa, cổ đông, tự nhiên, song phương, thắng lợi".split(", ")
)
_EVERYDAY_FOLDED: frozenset[Words] = frozenset(map(folded, _EVERYDAY)) | {
    tuple(name.split())
    for name in (
        "van hoa", "van con", "lai thuong", "phong van", "co bi", "doi can", "dong la", "da phuc", "an tien", "hop thanh", "thanh van", "hoa xa", "do dong",
        "tam dong", "dong nhan", "tien duoc", "phuong tu", "phuong trung", "phuong dinh", "bo de", "dinh cong", "duc thuong", "tu lien",
    )
}  # fmt: skip
_BESIDE_GLUE = re.compile(r"[\s,.;:\-–()/]*")


@dataclass(frozen=True)
class Several:
    """More than one place can be meant: ask which."""

    places: tuple[Place, ...]


Found = Place | Several | None


def find(text: str, known: Gazetteer, *, in_answer: bool = False) -> Found:
    """Return the place of `known` that `text` names, Several when it must be asked which, or None when it names none.

    `in_answer`: the citizen was just asked for the ward, so a bare name counts.
    """
    said = said_in(text)
    return _settled(said, _counting(said, mentions(said, known, in_answer=in_answer), known, in_answer))


def _counting(said: Said, named: list[Mention], known: Gazetteer, in_answer: bool) -> list[Mention]:
    """Return those of `named` that count: there is more to show for them than words that are somebody's name."""
    marked = [m for m in named if m.marked and not _is_misread(said, m)]
    counting = [m for m in named if m in marked or _is_placed(said, m, known) or _is_said_alone(said, m, named, known, in_answer)]
    for _ in named:  # an address may be a row of names, each beside the next
        counting = [m for m in named if m in counting or (_may_be_bare(said, m) and any(_are_beside(said, m, c) for c in counting))]
    return counting


def _is_talk(said: Said, word: str) -> bool:
    word = CHAT_SHORT_FORMS.get(word, word)
    return is_particle(word) or word in _BESIDE or (not said.accented and word in _BESIDE_FOLDED)


def _is_everyday(said: Said, mention: Mention) -> bool:
    name = said.words[mention.name_at : mention.end]
    return name in _EVERYDAY or (not said.accented and folded(name) in _EVERYDAY_FOLDED)


def _is_misread(said: Said, mention: Mention) -> bool:
    """Tell whether everyday words, written with their own diacritics, only look like the name ("ở phường vẫn còn" is not Vân Côn)."""
    return not mention.accents and said.accented and folded(said.words[mention.name_at : mention.end]) in _EVERYDAY_FOLDED


def _is_short(said: Said, mention: Mention) -> bool:
    """Tell whether the name is one syllable without diacritics ("lang"), which says too little."""
    return mention.end - mention.name_at == 1 and not has_diacritics(said.words[mention.name_at])


def _is_placed(said: Said, mention: Mention, known: Gazetteer) -> bool:
    """Tell whether a word of place stands before the bare `mention`."""
    if _is_everyday(said, mention) or _is_short(said, mention) or not mention.accents or _is_province(said, mention, known):
        return False
    return _is_behind_place_word(said, mention)


def _is_behind_place_word(said: Said, mention: Mention) -> bool:
    return any(said.are_words(mention.start - len(words), words) for words in _PLACE_WORDS) and said.gaps[mention.start].isspace()


def _is_province(said: Said, mention: Mention, known: Gazetteer) -> bool:
    return folded(said.words[mention.name_at : mention.end]) in known.elsewhere


def _may_be_bare(said: Said, mention: Mention) -> bool:
    """Tell whether no word before `mention` makes it a street, a number's street, or a person."""
    if not mention.start or not said.gaps[mention.start].isspace():
        return True
    before = said.words[mention.start - 1]
    return not (before[0].isdigit() or any(said.is_word(mention.start - 1, w) for w in _STREET_WORDS))


def _is_said_alone(said: Said, mention: Mention, named: list[Mention], known: Gazetteer, in_answer: bool) -> bool:
    """Tell whether nothing but names and words of talk stands beside the bare `mention`: in the message, or between the commas of an answer."""
    first, last = _clause(said, mention.start) if in_answer else (0, len(said.words))
    covered = {i for m in named for i in range(m.start, m.end)}
    if not all(i in covered or _is_talk(said, said.words[i]) for i in range(first, last)):
        return False
    if not in_answer:
        return mention.accents and not (_is_everyday(said, mention) or _is_short(said, mention) or _is_province(said, mention, known))
    whole = (mention.start, mention.end) == (0, len(said.words)) or _is_behind_place_word(said, mention)
    written_so = mention.accents or not said.accented  # "có được tiền tháng không" is not Tiến Thắng
    return _may_be_bare(said, mention) and (whole or (written_so and not _is_everyday(said, mention)))


def _clause(said: Said, at: int) -> tuple[int, int]:
    """Return where the words between commas around the word `at` begin and end."""
    breaks = [i for i, gap in enumerate(said.gaps) if set(gap) & set(",;.")]
    return max([0, *(i for i in breaks if i <= at)]), min([len(said.words), *(i for i in breaks if i > at)])


def _are_beside(said: Said, one: Mention, other: Mention) -> bool:
    first, second = sorted((one, other), key=lambda m: m.start)
    between = range(first.end, second.start)
    glued = all(_BESIDE_GLUE.fullmatch(said.gaps[i]) for i in (*between, second.start))
    return glued and all(any(said.is_word(i, w) for w in _BEFORE_DISTRICT) for i in between)


def _settled(said: Said, named: list[Mention]) -> Found:
    """Return what the counting mentions `named` come to: a district narrows the ward before it, an old name and its new one are the new one."""
    meant: list[tuple[Place, ...]] = []
    skip = False
    for mention, following in zip(named, [*named[1:], None]):
        if skip:
            skip = False
            continue
        district = following if following and _are_beside(said, mention, following) else None
        places, skip = _meant(said, mention, district)
        meant.append(places)
    places = tuple(dict.fromkeys(_all_one(meant)))
    return None if not places else places[0] if len(places) == 1 else Several(places)


def _meant(said: Said, mention: Mention, following: Mention | None) -> tuple[tuple[Place, ...], bool]:
    """Return what `mention` can mean, and whether the mention `following` was the district that it lies in."""
    entries = [e for e in mention.entries if e.kind in mention.kinds]
    entries = entries or [e for e in mention.entries if e.kind in UNIT_KINDS and mention.marked] or list(mention.entries)
    places = [e.place for e in entries]
    wards = [p for p in places if not isinstance(p, District)]
    named = {e.place.name for e in following.entries if isinstance(e.place, District)} if following else set()
    inside = [p for p in wards if districts_of(p) & named]
    if inside:
        # Who names the district speaks of the map before the merger, where the old wards stand.
        return tuple([p for p in inside if isinstance(p, (Became, Divided))] or inside), True
    if _is_called_old(said, mention):
        old = [p for p in places if not isinstance(p, Now)]
        return tuple(old or [e.place for e in mention.entries if not isinstance(e.place, Now)] or places), False
    # An old ward is not asked about when the unit that bears its name today holds some of it.
    today = {p.unit.key for p in places if isinstance(p, Now)}
    return tuple(p for p in places if not (isinstance(p, (Became, Divided)) and today & {u.key for u in units_of(p)})), False


def _is_called_old(said: Said, mention: Mention) -> bool:
    behind = folded(said.words[mention.end : mention.end + 2])
    return any(said.are_words(mention.end, w) for w in _OLD) and not (behind[:1] == ("cu",) and behind[-1] in _NOT_OLD_BEFORE)


def _all_one(meant: Iterable[tuple[Place, ...]]) -> list[Place]:
    """Return all that is `meant`, without what a unit of today that was named as well makes plain ("phường Dịch Vọng cũ, nay là Cầu Giấy")."""
    sets = list(meant)
    today = {p.unit.key for places in sets if len(places) == 1 for p in places if isinstance(p, Now)}
    kept: list[Place] = []
    for places in sets:
        explained = [p for p in places if not isinstance(p, Now) and today & {u.key for u in units_of(p)}]
        kept.extend([] if explained and len(sets) > 1 else places)
    return kept
