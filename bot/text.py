"""Vietnamese text as people type it, brought to one form.

Pure functions, no state: Unicode composition, the place of the tone mark, the folding of diacritics, leftovers
of the Telex keyboard, and the short forms of chat. Everything that compares Vietnamese text goes through here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Short forms of chat that mean one thing only. Short forms of the domain (cccd, gplx) are knowledge: vocabulary.yml.
CHAT_SHORT_FORMS: dict[str, str] = {
    "k": "không", "ko": "không", "kh": "không", "hok": "không", "hong": "không", "hem": "không", "khg": "không",
    "kg": "không", "kp": "không phải", "kbt": "không biết", "dc": "được", "đc": "được",
    "bn": "bao nhiêu", "bnhieu": "bao nhiêu", "bnh": "bao nhiêu", "bnhiu": "bao nhiêu", "nhiu": "nhiêu",
    "ntn": "như thế nào", "nnao": "như thế nào", "j": "gì", "z": "vậy", "zậy": "vậy",
    "zay": "vậy", "vs": "với", "e": "em", "mk": "mình", "mik": "mình", "ck": "chồng", "vk": "vợ",
    "lm": "làm", "r": "rồi", "rùi": "rồi", "ng": "người", "ngta": "người ta",
    "cx": "cũng", "trc": "trước", "nc": "nước", "đt": "điện thoại", "sdt": "số điện thoại", "thg": "tháng",
    "mn": "mọi người", "ib": "nhắn tin", "tks": "cảm ơn", "thks": "cảm ơn", "thanks": "cảm ơn", "thank": "cảm ơn",
    "onl": "online", "ol": "online", "oln": "online",
}  # fmt: skip

# Foreign words people use that have no Vietnamese shape.
FOREIGN_WORDS = frozenset(
    "hello hi hey helo alo ok oke okay bot ad admin hotline online offline visa passport vneid email facebook fb zalo app web link thanks "
    "photo photocopy karaoke video camera taxi logo menu robot radio casino bida pano homestay game data demo".split()
)

SHORTEST_GLUED, SHORTEST_PART, MOST_GLUED = 4, 2, 4  # letters of glued syllables and of each; syllables glued together
LONGEST_SYLLABLE, LONGEST_TYPED = 7, 12  # letters: "nghiêng"; the keys that type it ("nghieengz") and a few by mistake
LONGEST_GLUED = MOST_GLUED * LONGEST_SYLLABLE + 1  # what is longer is no word: neither is time spent on it nor is it kept in a cache
_LAST_CALLS = ("ạ", "à")  # syllables of one letter that are glued to the end of a sentence

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_TONE_OF_KEY = {key: mark for mark, key in _TONES.items()}
_LETTERS = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
_FOLDED = str.maketrans({"đ": "d"} | {letter: unicodedata.normalize("NFD", letter)[0] for letter in _LETTERS})  # the letters of Vietnamese
_SYLLABLE = re.compile(r"[^\W_]+")
# Onset, vowels, coda of a Vietnamese syllable without diacritics (Hoàng Phê, Từ điển vần).
_VALID_FOLDED = re.compile(
    r"(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
    r"(?:a|e|i|o|u|y|ai|ao|au|ay|eo|eu|ia|ie|ieu|iu|oa|oai|oao|oay|oe|oeo|oi|oo|ua|uay|ue|ui|uo|uoi|uou|uu|uy|uya|uye|uyu|"
    r"ye|yeu|u)(?:c|ch|m|n|ng|nh|p|t)?"
)
# An open "oa", "oe" or "uy": the classic style marks the first vowel (hòa), the reformed style the second (hoà).
_OPEN_PAIR = re.compile(r"(?<![qQ])([oO])([aAeE])([\u0300\u0301\u0303\u0309\u0323])(?![^\W\d_]|[\u0300-\u036f])")
_OPEN_UY = re.compile(r"(?<![qQ])([uU])([yY])([\u0300\u0301\u0303\u0309\u0323])(?![^\W\d_]|[\u0300-\u036f])")
# A closed pair carries its mark on the second vowel in either style (hoàn, never hòan).
_CLOSED_PAIR = re.compile(r"([oO])([\u0300\u0301\u0303\u0309\u0323])([aAeE])(?=[cnmptiyuoCNMPTIYUO])")


def compose(text: str) -> str:
    """Return `text` in NFC, without zero-width characters, with every run of white space as one space.

    >>> compose("a\u0301  b")
    'á b'
    """
    return " ".join(unicodedata.normalize("NFC", text.translate(_ZERO_WIDTH)).split())


def classic_tones(text: str) -> str:
    """Return `text` (any composition) in NFC with tone marks in the classic place: hoà and hòa both become hòa."""
    loose = unicodedata.normalize("NFD", text)
    loose = _OPEN_PAIR.sub(r"\1\3\2", loose)
    loose = _OPEN_UY.sub(r"\1\3\2", loose)
    loose = _CLOSED_PAIR.sub(r"\1\3\2", loose)
    return unicodedata.normalize("NFC", loose)


def fold(text: str) -> str:
    """Return `text` in lower case without any diacritic; đ becomes d although it is no combining mark.

    >>> fold("Đăng ký KHAI SINH")
    'dang ky khai sinh'
    """
    plain = unicodedata.normalize("NFC", text.lower()).translate(_FOLDED)
    if plain.isascii():  # ordinary Vietnamese; the rest is for letters of other languages
        return plain
    loose = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in loose if not unicodedata.combining(c))).replace("đ", "d")


def syllables(text: str) -> list[str]:
    """Return the syllables and numbers of `text`, in order, without punctuation."""
    return _SYLLABLE.findall(text)


def with_syllables(text: str, said: Iterable[str]) -> str:
    """Return `text` with its syllables replaced, in order, by those of `said`, which has as many; the punctuation stays."""
    following = iter(said)
    return _SYLLABLE.sub(lambda _: next(following), text)


def has_diacritics(text: str) -> bool:
    """Tell whether `text` holds any letter that folding would change, case apart."""
    return fold(text) != unicodedata.normalize("NFC", text.lower())


def is_accented(text: str) -> bool:
    """Tell whether `text` was typed with diacritics: at least three in ten of its syllables of letters carry one.

    Vietnamese prose marks about two syllables in three; one stray mark in a long line does not make it accented.
    """
    words = [s for s in syllables(text) if s.isalpha()]
    if not words:
        return False
    return 10 * sum(has_diacritics(w) for w in words) >= 3 * len(words)


def _telex_letters(typed: str) -> str:
    for keys, letter in (("dd", "đ"), ("uow", "ươ"), ("aa", "â"), ("aw", "ă"), ("ee", "ê"), ("oo", "ô"), ("ow", "ơ"), ("uw", "ư")):
        typed = typed.replace(keys, letter)
    return re.sub(r"uơ(?=[cnmpti])", "ươ", typed)


def _take_tone_key(typed: str) -> tuple[str, str]:
    """Return `typed` without the key of its tone, which stands anywhere behind a vowel ("bawfng", "kys"), and the tone's mark."""
    for at in range(len(typed) - 1, 0, -1):
        without = typed[:at] + typed[at + 1 :]
        if typed[at] in _TONE_OF_KEY and re.search("[aeiouy]", typed[:at]) and _VALID_FOLDED.fullmatch(fold(_telex_letters(without))):
            return without, _TONE_OF_KEY[typed[at]]
    return typed, ""


@lru_cache(maxsize=65536)
def _undo_telex_syllable(word: str) -> str:
    lower = word.lower()
    if len(lower) < 3 or lower in FOREIGN_WORDS or not lower.isascii() or not lower.isalpha() or _VALID_FOLDED.fullmatch(lower):
        return word
    body, tone = _take_tone_key(lower)
    body = _telex_letters(body)
    if not _VALID_FOLDED.fullmatch(fold(body)) or (body == lower and not tone):
        return word
    if tone:
        vowels = [i for i, c in enumerate(body) if fold(c) in "aeiouy"]
        if body.startswith(("qu", "gi")) and len(vowels) > 1:
            vowels = vowels[1:]
        marked = [i for i in vowels if has_diacritics(body[i])]
        closed = vowels[-1] < len(body) - 1
        at = marked[-1] if marked else vowels[-1] if closed or len(vowels) == 1 else vowels[-2]
        body = unicodedata.normalize("NFC", body[: at + 1] + tone + body[at + 1 :])
    return body


def undo_telex(text: str) -> str:
    """Return `text` with syllables that the Telex keyboard left undone put right: "ddawng kys" becomes "đăng ký".

    Only a syllable that is none as it stands, and is one once put right, is changed.
    """
    return _SYLLABLE.sub(lambda m: _undo_telex_syllable(m.group()) if len(m.group()) <= LONGEST_TYPED else m.group(), text)


def expand_chat(text: str) -> str:
    """Return `text` with the short forms of chat written out, others left as they are: "ko" becomes "không"."""
    return _SYLLABLE.sub(lambda m: CHAT_SHORT_FORMS.get(m.group().lower(), m.group()), text)


@lru_cache(maxsize=65536)
def _parted(word: str) -> str:
    """Return `word` parted into syllables where it is none itself and they are; the first is as long as it can be."""
    lower = word.lower()
    plain = fold(lower)
    if len(plain) < SHORTEST_GLUED or lower in FOREIGN_WORDS or lower in CHAT_SHORT_FORMS or not (plain.isascii() and plain.isalpha()):
        return word
    if _VALID_FOLDED.fullmatch(plain) or len(plain) != len(lower):
        return word
    if lower.endswith(_LAST_CALLS) and (before := _parts(lower[:-1], MOST_GLUED)):
        return " ".join([*before, lower[-1]])
    return " ".join(_parts(lower, MOST_GLUED) or [word])


def _parts(lower: str, most: int) -> list[str] | None:
    """Return `lower` as at most `most` syllables, None when it cannot be read so."""
    if most and _is_syllable(lower):
        return [lower]
    for at in range(min(len(lower) - SHORTEST_PART, LONGEST_SYLLABLE), SHORTEST_PART - 1, -1) if most > 1 else ():
        rest = _parts(lower[at:], most - 1) if _is_syllable(lower[:at]) else None
        if rest:
            return [lower[:at], *rest]
    return None


def _is_syllable(lower: str) -> bool:
    """Tell whether `lower` reads as one syllable: of Vietnamese shape, with one tone mark at most."""
    tones = sum(mark in _TONES for mark in unicodedata.normalize("NFD", lower))
    return len(lower) >= SHORTEST_PART and tones <= 1 and bool(_VALID_FOLDED.fullmatch(fold(lower)))


@lru_cache(maxsize=65536)
def _unslipped(word: str) -> str:
    """Return `word` as the one syllable that it is with two neighbouring letters exchanged or a doubled one dropped, itself where there is none or more."""
    lower = word.lower()
    if not SHORTEST_GLUED <= len(lower) <= LONGEST_SYLLABLE + 1 or not lower.isalpha() or is_readable(lower) or lower in CHAT_SHORT_FORMS:
        return word
    places = range(1, len(lower))
    undoubled = {lower[:at] + lower[at + 1 :] for at in places if fold(lower[at - 1]) == fold(lower[at])}
    undoubled |= {lower[: at - 1] + lower[at:] for at in places if fold(lower[at - 1]) == fold(lower[at])}
    exchanged = {lower[: at - 1] + lower[at] + lower[at - 1] + lower[at + 1 :] for at in places}
    for meant in (undoubled, exchanged):
        read = {syllable for syllable in meant if _is_syllable(syllable) and "oo" not in syllable}
        marked = {syllable for syllable in read if has_diacritics(syllable)} or read
        if len(marked) == 1:
            return marked.pop()
    return word


def undo_slips(text: str) -> str:
    """Return `text` with syllables mended that a thumb left with two letters exchanged or one doubled: "đưcợ" becomes "được", "giiấy" "giấy".

    Only what is no syllable as it stands, and can be read as one other only, is changed.
    """
    return _SYLLABLE.sub(lambda m: _unslipped(m.group()) if len(m.group()) <= LONGEST_SYLLABLE + 1 else m.group(), text)


def part_glued(text: str) -> str:
    """Return `text` with syllables that were typed without a space between them set apart: "giấytờ" becomes "giấy tờ".

    Only what is no syllable as it stands, and can be read as several, is changed.
    """
    return _SYLLABLE.sub(lambda m: _parted(m.group()) if len(m.group()) <= LONGEST_GLUED else m.group(), text)


def normalise(text: str) -> str:
    """Return `text` as the understanding reads it: composed, classic tones, Telex and slips undone, glued syllables parted, chat written out, lower case."""
    return compose(expand_chat(part_glued(undo_slips(undo_telex(classic_tones(compose(text))))))).lower()


def is_readable(syllable: str) -> bool:
    """Tell whether a lower-case `syllable` can be read: of Vietnamese shape, with or without diacritics, a known foreign word, or a number."""
    return syllable.isdigit() or syllable in FOREIGN_WORDS or bool(_VALID_FOLDED.fullmatch(fold(syllable)))


def slug(text: str) -> str:
    """Return `text` as a key: folded, its words joined by hyphens.

    >>> slug("Sở Tư pháp")
    'so-tu-phap'
    """
    return "-".join(syllables(fold(text)))
