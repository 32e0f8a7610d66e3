"""Variants of a question: the same words as people's keyboards, habits and hurry leave them. Pure; the same question and seed give the same variant.

A variant asks what the question asks: every generator keeps its words in their order, and slips of the keyboard spare short words, which would
become others.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from bot.text import fold

SLIPS = 2  # of the keyboard, at most, in a question
SLIP_EVERY = 6  # words: a question of that many has one slip
LONG_ENOUGH = 4  # letters of a word that may slip
PARTLY = 0.5  # share of the words that lose their diacritics when only some do
SHORTENED = 0.6  # share of the words with a short form that are written short
_TONE_KEYS = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
_SHAPE_KEYS = {"\u0302": None, "\u0306": "w", "\u031b": "w"}  # a circumflex is typed by doubling the letter
_NEIGHBOURS = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol", "a": "qsz", "s": "adw",
    "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy", "j": "hku", "k": "jli", "l": "ko", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng",
    "n": "bmh", "m": "nj",
}  # fmt: skip
_CHAT = {
    "không": "ko", "gì": "j", "được": "dc", "vợ": "vk", "chồng": "ck", "em": "e", "rồi": "r", "với": "vs", "bao nhiêu": "bn", "như thế nào": "ntn",
    "làm": "lm", "người": "ng", "cũng": "cx", "nước": "nc", "mình": "mk", "vậy": "z", "thế nào": "tn",
}  # fmt: skip
_SHORT = {
    "giấy tờ": "gt", "thủ tục": "tt", "đăng ký": "đk", "căn cước công dân": "cccd", "căn cước": "cc", "giấy phép lái xe": "gplx", "hồ sơ": "hs",
    "bảo hiểm xã hội": "bhxh", "bảo hiểm y tế": "bhyt", "doanh nghiệp": "dn", "hộ kinh doanh": "hkd", "ủy ban": "ub", "công an": "ca",
    "giấy chứng nhận": "gcn", "hộ khẩu": "hk",
}  # fmt: skip
_BEFORE = ("ad ơi cho mình hỏi ", "dạ em chào anh chị, ", "alo ", "cho hỏi xíu nha, ", "mình ở quê mới lên, ")
_AFTER = (" với ạ", " em cảm ơn nhiều", " gấp lắm rồi", " giúp mình nhé", " mong ad trả lời sớm")
_EMOJI = (" 😥", " 🙏🙏", " 😭", " ❤️", " ???", "...")


def unaccented(question: str, draw: random.Random) -> str:
    """Return `question` without any diacritic."""
    return fold(unicodedata.normalize("NFC", question))


def partly_accented(question: str, draw: random.Random) -> str:
    """Return `question` with about half of its words without diacritics."""
    return " ".join(fold(word) if draw.random() < PARTLY else word for word in question.split())


def telex(question: str, draw: random.Random) -> str:
    """Return `question` with slips of the Telex keyboard: the keys of a word's diacritics left as letters ("ddăng kys")."""
    return _slip(question, draw, lambda word: fold(word) != word.lower(), _as_keys)


def phone(question: str, draw: random.Random) -> str:
    """Return `question` with slips of a thumb: a letter missed, doubled, exchanged with the next, or its neighbour hit."""
    return _slip(question, draw, lambda word: len(word) >= LONG_ENOUGH and word.isalpha(), lambda word: _thumbed(word, draw))


def unaccented_phone(question: str, draw: random.Random) -> str:
    """Return `question` without diacritics and with slips of a thumb."""
    return phone(unaccented(question, draw), draw)


def chat(question: str, draw: random.Random) -> str:
    """Return `question` with short forms of chat."""
    return _shortened(question, _CHAT, draw)


def abbreviated(question: str, draw: random.Random) -> str:
    """Return `question` with short forms of the field ("gt" is giấy tờ, "tt" thủ tục)."""
    return _shortened(question, _SHORT, draw)


def upper(question: str, draw: random.Random) -> str:
    """Return `question` in capitals."""
    return question.upper()


def unspaced(question: str, draw: random.Random) -> str:
    """Return `question` with one or two spaces missing."""
    words = question.split(" ")
    for _ in range(min(SLIPS, len(words) // SLIP_EVERY)):
        at = draw.randrange(len(words) - 1)
        words[at : at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def decomposed(question: str, draw: random.Random) -> str:
    """Return `question` with its diacritics as characters of their own (NFD), as some phones send them."""
    return unicodedata.normalize("NFD", question)


def noisy(question: str, draw: random.Random) -> str:
    """Return `question` with talk before and after it, and an emoji."""
    return draw.choice(_BEFORE) + question + draw.choice(_AFTER) + draw.choice(_EMOJI)


Variant = Callable[[str, random.Random], str]
VARIANTS: dict[str, Variant] = {
    "as typed": lambda question, draw: question,
    "no diacritics": unaccented,
    "some diacritics": partly_accented,
    "Telex slips": telex,
    "thumb slips": phone,
    "no diacritics, thumb slips": unaccented_phone,
    "chat": chat,
    "short forms": abbreviated,
    "capitals": upper,
    "spaces missing": unspaced,
    "NFD": decomposed,
    "talk around it": noisy,
}


def varied(question: str, variant: str) -> str:
    """Return `question` as the variant of that name has it; raises KeyError for a name that is none."""
    return VARIANTS[variant](question, random.Random(f"{variant}:{question}"))  # noqa: S311 - a draw that can be repeated


def _slip(question: str, draw: random.Random, may: Callable[[str], bool], slip: Callable[[str], str]) -> str:
    words = question.split(" ")
    able = [at for at, word in enumerate(words) if may(word)]
    for at in draw.sample(able, min(SLIPS, max(1, len(words) // SLIP_EVERY), len(able))):
        words[at] = slip(words[at])
    return " ".join(words)


def _as_keys(word: str) -> str:
    """Return `word` as its Telex keys: shapes behind their letters, the tone at the end."""
    typed, tone = "", ""
    for mark in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "DD")):
        if mark in _TONE_KEYS:
            tone = _TONE_KEYS[mark]
        elif mark in _SHAPE_KEYS:
            typed += _SHAPE_KEYS[mark] or typed[-1]
        else:
            typed += mark
    return typed + tone


def _thumbed(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    slip = draw.choice(("missed", "doubled", "exchanged", "neighbour"))
    if slip == "missed":
        return word[:at] + word[at + 1 :]
    if slip == "doubled":
        return word[:at] + word[at] + word[at:]
    if slip == "exchanged":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + draw.choice(_NEIGHBOURS.get(fold(word[at]), word[at])) + word[at + 1 :]


def _shortened(question: str, forms: dict[str, str], draw: random.Random) -> str:
    said = f" {question} "
    for form, short in sorted(forms.items(), key=lambda pair: -len(pair[0])):
        if f" {form} " in said.lower() and draw.random() < SHORTENED:
            at = said.lower().index(f" {form} ")
            said = f"{said[:at]} {short} {said[at + len(form) + 2 :]}"
    return said.strip()
