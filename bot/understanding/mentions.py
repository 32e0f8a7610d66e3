"""Where a message may name a ward, commune or old district: every reading of its words as a name, whether or not it counts in the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.text import classic_tones, compose, fold, is_accented, undo_telex
from bot.understanding.gazetteer import DISTRICT_KINDS, Entry, Gazetteer, Words, agrees, folded, spelled

_MARKERS: dict[Words, str] = {
    ("phường",): "phường", ("p",): "phường", ("xã",): "xã", ("x",): "xã", ("thị", "trấn"): "thị trấn", ("tt",): "thị trấn",
    ("quận",): "quận", ("q",): "quận", ("huyện",): "huyện", ("h",): "huyện", ("thị", "xã"): "thị xã", ("tx",): "thị xã",
    ("phuong",): "phường", ("huyen",): "huyện",  # no words of their own, so they count in accented text too
}  # fmt: skip
# Words behind which an unaccented "quan", "xa", "phuong" is none of the above: cơ quan, hải quan, hợp tác xã, địa phương.
_NO_MARKER_BEHIND = frozenset(
    {("co", "quan"), ("hai", "quan"), ("bao", "quan"), ("lien", "quan"), ("tac", "xa"), ("dia", "phuong"), ("doi", "phuong")}
)
_FAITHFUL_MARKERS = frozenset({("tt",)})  # "tt" is thủ tục more often than thị trấn: the kind must be the right one
_DISTRICT_WORDS = frozenset({"huyen", "quan", "thi", "h", "q", "tx"})
_LONGEST_ADDRESS_TAIL = 6  # words between a commune and its province: "huyện Thanh Hà, tỉnh"
_IN_NAME = re.compile(r"[\s\-–]+")
_BEHIND_MARKER = re.compile(r"[\s.:/\-]*")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Said:
    """The words of a message in the spelling of names, the text before each, and whether it is accented."""

    words: Words
    gaps: Words
    accented: bool

    def is_word(self, at: int, word: str) -> bool:
        """Tell whether the word at `at` is `word`: as it is accented in an accented message, else folded."""
        return 0 <= at < len(self.words) and (self.words[at] == word or (not self.accented and self.words[at] == fold(word)))

    def are_words(self, at: int, words: Sequence[str]) -> bool:
        """Tell whether `words` begin at `at`."""
        return all(self.is_word(at + i, w) for i, w in enumerate(words))


@dataclass(frozen=True)
class Mention:
    """The words from `start` to `end` name one of `entries`.

    `name_at` is where the name begins behind its markers, `kinds` what they say; `accents` whether the name is accented as it should be.
    """

    start: int
    name_at: int
    end: int
    kinds: frozenset[str]
    entries: tuple[Entry, ...]
    accents: bool

    @property
    def marked(self) -> bool:
        """Whether the word of its kind stands before it."""
        return bool(self.kinds)


def said_in(text: str) -> Said:
    """Return the words of `text`."""
    read = undo_telex(classic_tones(compose(text))).lower()
    matches = list(_WORD.finditer(read))
    starts = [0, *(m.end() for m in matches)]
    gaps = tuple(read[start : m.start()] for start, m in zip(starts, matches, strict=False))
    return Said(tuple(spelled(m.group()) for m in matches), gaps, is_accented(read))


def mentions(said: Said, known: Gazetteer, *, in_answer: bool) -> list[Mention]:
    """Return what may be named, from left to right, the longest reading at each place."""
    found: list[Mention] = []
    at = 0
    while at < len(said.words):
        readings = [
            m for m in (_marked(said, at, known), _named(said, at, at, frozenset(), known)) if m and (m.accents or m.marked or in_answer)
        ]
        readings = [m for m in readings if not _is_elsewhere(said, m, known)]
        longest = max(readings, key=lambda m: m.end, default=None)
        if longest:
            found.append(longest)
        at = longest.end if longest else at + 1
    return found


def _marked(said: Said, start: int, known: Gazetteer) -> Mention | None:
    if start and said.gaps[start].isspace() and folded(said.words[start - 1 : start + 1]) in _NO_MARKER_BEHIND and not said.accented:
        return None
    at, kinds, faithful = start, frozenset[str](), False
    longest: Mention | None = None
    while marker := next((m for m in _MARKERS if said.are_words(at, m)), None):
        at, kinds, faithful = at + len(marker), kinds | {_MARKERS[marker]}, faithful or marker in _FAITHFUL_MARKERS
        if at == len(said.words) or not _BEHIND_MARKER.fullmatch(said.gaps[at]):
            break
        mention = _named(said, start, at, kinds, known)  # a name may begin like a marker: "xa phuong trung"
        # Without diacritics "phuong an phu hop" is no ward An Phú: there the kind must be the right one.
        fits = mention and (any(e.kind in kinds for e in mention.entries) or (said.accented and not faithful))
        if mention and fits and (longest is None or mention.end > longest.end):
            longest = mention
    return longest


def _named(said: Said, start: int, at: int, kinds: frozenset[str], known: Gazetteer) -> Mention | None:
    for length in range(min(known.longest, len(said.words) - at), 0, -1):
        words = said.words[at : at + length]
        if not all(_IN_NAME.fullmatch(gap) for gap in said.gaps[at + 1 : at + length]):
            continue
        entries = known.entries.get(folded(words), ())
        if kinds and kinds <= DISTRICT_KINDS:
            entries = tuple(e for e in entries if e.kind in DISTRICT_KINDS)
        exact = tuple(e for e in entries if e.words == words) if said.accented else ()
        as_typed = exact or tuple(e for e in entries if agrees(words, e.words))
        if entries:
            return Mention(start, at, at + length, kinds, as_typed or entries, bool(exact if said.accented else as_typed))
    return None


def _is_elsewhere(said: Said, mention: Mention, known: Gazetteer) -> bool:
    """Tell whether another province is named right behind `mention`, a district of it between them perhaps, or "tỉnh" stands before it."""
    if said.is_word(mention.start - 1, "tỉnh"):
        return True
    behind = folded(said.words[mention.end : mention.end + 2 * _LONGEST_ADDRESS_TAIL])
    if behind and behind[0] in _DISTRICT_WORDS and (_is_name(behind[1:], known) or _is_name(behind[2:], known)):
        return False  # a district of this city
    for at in range(min(_LONGEST_ADDRESS_TAIL, len(behind))):
        if at and behind[0] not in _DISTRICT_WORDS and behind[at - 1] != "tinh":
            return False
        if any(behind[at : at + n] in known.elsewhere for n in range(1, known.longest + 1)):
            return behind[at - 1 : at] == ("tinh",) or not _is_name(behind[at:], known)
    return False


def _is_name(words: Words, known: Gazetteer) -> bool:
    return any(words[:n] in known.entries for n in range(1, known.longest + 1))
