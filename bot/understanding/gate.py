"""Settling the intent of a message from all that was heard in it. Pure functions."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.text import fold, is_accented, is_readable, syllables
from bot.understanding.lexicon import subject

SURE_OF_PROCEDURE = 0.55  # letters that make no syllables are still a question when a procedure is this likely ("passport")
# What the classifier hears as no question is weighed by two voices, as log odds: the linker's (is any procedure meant?) and, at half its
# strength because it is over-sure of itself, the classifier's. Chosen on questions that neither had been trained on; another topic is heard in
# many a situation that is told without a question, small talk is not.
CLASSIFIER_VOICE, A_QUESTION_FROM = 0.5, 0.5
# The same where the classifier hears another topic, first or after a question; chosen on the validation split, the held-out questions and the
# other topics (tests/benchmark).
OTHER_TOPIC_VOICE, OTHER_TOPIC_QUESTION_FROM = 0.6, 3.0
TELLING = (
    3  # syllables of a subject from which a question is weighed against another topic: with fewer it may go on about what was spoken of
)
NEVER_OVERRULED = ("distress", "unlawful", "cancel", "notice")
SURE_OF_ASPECT = 0.5
NOTHING_BUT_AN_ASPECT = 0.9  # words this sure of an aspect, and of no subject, are a follow-up however sure another intent is ("lâu không")
OF_A_BUNDLE = ("documents", "form")  # what is asked of the papers to hand in, not of a dossier that was: both are called «hồ sơ»
LIKELIER_THAN_NOT = (
    0.90  # a procedure this likely is answered though it sounds like another topic; chosen on validation split and held-out set
)
SURE_OF_INTENT = 0.85
SURE_OF_SMALL_TALK = 0.60  # small talk less sure than this is a question (a follow-up names no procedure), if one can be imagined at all
IMAGINABLE = 0.15
NONSENSE_SHARE = 0.34  # at most this share of its syllables may look Vietnamese
MACHINE_SIGNS = frozenset("{}[]<>$\"'`=\\|/*;%&#@^~_-()")  # what programs are written in, and people's questions hardly
MACHINE_SHARE = 0.3  # of the characters, from which a message is no language

_NUMBERS = {
    "mot": 1, "nhat": 1, "dau": 1, "dau tien": 1, "hai": 2, "nhi": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "cuoi": -1, "cuoi cung": -1,
}  # fmt: skip
_ORDINAL = re.compile(
    r"(?:(?:em|toi|minh|chi|anh|cho|hoi|chon|lay|la|y|thi|da|vang)\s+){0,3}"
    r"(?:(?:cai|muc|so|y|truong hop|lua chon|phuong an|thu tuc|o)\s+)?(?:thu\s+|so\s+)?"
    r"(\d|mot|nhat|dau tien|dau|hai|nhi|ba|bon|tu|nam|sau|cuoi cung|cuoi)"
    r"(?:\s+(?:a|nhe|nha|di|day|do|ban|em|oi))*"
)
_NEEDS_ORDINAL_WORD = re.compile(r"\b(?:cai|muc|so|thu|truong hop|lua chon|phuong an|chon)\b|^\d(?:\s|$)")

# What makes a question one about many procedures; without it "nhận con nuôi tốn bao nhiêu" would be one.
_MANY = re.compile(
    r"\b(?:(?:bao nhieu|may|nhung|cac|moi|tat ca|so luong)(?: cai| loai)? (?:thu tuc|ho so|quyet dinh|quy trinh|phan tram)|thu tuc (?:nao|gi)\b|"
    r"danh sach|danh muc|liet ke|ke ten|tong so|thong ke|so lieu|t[iy] le|(?:dung|tre|qua) (?:han|hen)|xem them|muc do \d)"
)

# These intents are never overruled, so they must not be heard in "con tôi bị khuyết tật" or "mua nhà cần làm giấy gì": a word of theirs must be said.
_FOUNDED = {
    "unlawful": (
        "giả", "lót tay", "phong bì", "hối lộ", "đút lót", "chạy", "trốn", "khai gian", "khai man", "chui", "photoshop", "khống", "lách luật",
    ),
    "distress": (
        "tự tử", "tự sát", "muốn chết", "sắp chết", "chết mất", "chết đi", "chết quá", "cái chết", "muốn sống",
        "chán sống", "sống nữa", "cuộc đời", "đánh", "bạo hành", "bạo lực", "xâm hại", "hiếp", "đâm", "chém", "đuổi",
        "cứu", "cháy", "trộm", "cướp", "tai nạn", "bắt cóc", "ngất", "đột quỵ", "dọa", "giết", "khủng bố", "lừa", "trầm cảm", "máu", "nhảy lầu",
        "nguy hiểm", "tuyệt vọng", "buồn quá",
    ),
    "dossier": (
        "hồ sơ", "hs", "biên nhận", "giấy hẹn", "ngày hẹn", "hẹn trả", "kết quả", "kq", "nộp", "có chưa", "xong chưa", "chưa có", "chưa thấy", "duyệt",
        "tiến độ", "tra cứu", "tình trạng", "trạng thái", "thông báo",
    ),
    "cancel": ("thôi", "khỏi", "hủy", "huỷ", "dừng", "bỏ", "đừng", "không tra", "không xem", "ko tra"),
    "handoff": (
        "gặp", "nói chuyện", "người thật", "người hỗ trợ", "nhân viên", "tư vấn viên", "tổng đài", "hotline", "đường dây nóng", "gọi", "số điện thoại",
        "cán bộ", "chuyên viên", "alo", "liên lạc", "người trực", "ai đó",
    ),
    "complaint": (
        "phản ánh", "khiếu nại", "tố cáo", "tố", "bức xúc", "thái độ", "chậm", "hách dịch", "làm khó", "sách nhiễu", "vòi", "góp ý", "tệ", "dở",
        "không hài lòng", "trả lời sai", "sai bét", "kém", "hành", "đòi", "chán", "phàn nàn", "kiện", "quan liêu",
    ),
    "notice": ("báo", "nhắn", "nhắc", "theo dõi"),
}  # fmt: skip


def _unfounded(text: str) -> set[str]:
    """Return the intents of `_FOUNDED` of which normalised `text` says no word."""
    accented = is_accented(text)
    said = f" {' '.join(syllables(text if accented else fold(text)))} "
    return {i for i, words in _FOUNDED.items() if not any(f" {w if accented else fold(w)} " in said for w in words)}


_NEXT_PAGE = re.compile(r"trang \d{1,3}: ")  # what the button for more of a list says


def chosen_number(text: str) -> int | None:
    """Return which of several choices `text` names ("2", "cái thứ hai", "cai cuoi" = -1), or None when it names none."""
    words = " ".join(syllables(fold(text)))
    found = _ORDINAL.fullmatch(words)
    if not found or not _NEEDS_ORDINAL_WORD.search(words):
        return None
    return int(found[1]) if found[1].isdigit() else _NUMBERS[found[1]]


def settle(
    text: str,
    ranking: Sequence[Mapping[str, Any]],
    codes: Mapping[str, Any],
    procedures: Mapping[str, Any],
    aspects: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return the name of the intent of normalised `text`, given the classifier's `ranking` of intents, the codes, links and aspects found."""
    if codes.get("dossiers") or codes.get("slips"):
        return "dossier"
    if codes.get("procedures"):
        return "ask"
    if chosen_number(text) is not None:
        return "choose"
    if _NEXT_PAGE.match(fold(text)):
        return "statistics"
    best = _likeliest(procedures)
    words = syllables(text)
    if not words or (best < SURE_OF_PROCEDURE and _is_no_language(text, words)):
        return "nonsense"
    chances = {r["name"]: float(r["confidence"]) for r in ranking if r["name"] not in _unfounded(text)}
    name = str(max(chances, key=lambda n: chances[n], default="nonsense"))
    if name == "statistics":
        return name if _MANY.search(fold(text)) else "ask"
    asked = float(aspects[0]["confidence"]) if aspects else 0.0
    if name == "dossier" and asked >= SURE_OF_ASPECT and aspects[0]["name"] in OF_A_BUNDLE and chances["dossier"] < SURE_OF_INTENT:
        return "ask"
    if name in ("ask", "dossier", "choose", *NEVER_OVERRULED):
        return name
    # "mấy ngày", "phí?": a follow-up of a word or two sounds like anything; words of aspects and nothing else make it a question.
    if asked >= SURE_OF_ASPECT and not subject(text) and (chances.get(name, 1.0) < SURE_OF_INTENT or asked >= NOTHING_BUT_AN_ASPECT):
        return "ask"
    if name == "out_of_scope" and best >= LIKELIER_THAN_NOT:
        return "ask"
    if _is_asked(chances, name, procedures.get("none", 1.0)):
        return "ask"
    if name != "out_of_scope" and chances.get(name, 1.0) < SURE_OF_SMALL_TALK and chances.get("ask", 0.0) >= IMAGINABLE:
        return "ask"
    return name


def is_doubtful(text: str, ranking: Sequence[Mapping[str, Any]], procedures: Mapping[str, Any]) -> bool:
    """Tell whether normalised `text`, though it sounds like a question about a procedure, is as well about something else."""
    chances = {r["name"]: float(r["confidence"]) for r in ranking}
    may_be_another = len(subject(text)) >= TELLING and _likeliest(procedures) < LIKELIER_THAN_NOT
    return may_be_another and not _is_asked(chances, "out_of_scope", procedures.get("none", 1.0))


def _likeliest(procedures: Mapping[str, Any]) -> float:
    """Return how likely the likeliest of the linked `procedures` is."""
    candidates = procedures.get("candidates") or []
    return float(candidates[0]["probability"]) if candidates else 0.0


def _is_asked(chances: Mapping[str, float], other: str, none: float) -> bool:
    """Tell whether a question about a procedure is likelier than the intent `other`, both voices heard."""
    voice, enough = (OTHER_TOPIC_VOICE, OTHER_TOPIC_QUESTION_FROM) if other == "out_of_scope" else (CLASSIFIER_VOICE, A_QUESTION_FROM)
    return voice * _log_odds(chances.get("ask", 0.0), chances.get(other, 0.0)) + _log_odds(1 - none, none) > enough


def _is_no_language(text: str, words: Sequence[str]) -> bool:
    """Tell whether `text` is mashed keys or a piece of a program rather than somebody's words."""
    signs = sum(character in MACHINE_SIGNS for character in text)
    return sum(map(is_readable, words)) <= NONSENSE_SHARE * len(words) or signs >= MACHINE_SHARE * len(text)


def _log_odds(for_it: float, against: float) -> float:
    return math.log(max(for_it, 1e-6) / max(against, 1e-6))
