"""Words of talk: they carry a question but name no procedure. Language, not knowledge: staff's words are in knowledge/vocabulary.yml."""

from __future__ import annotations

import re

from bot.text import fold, is_accented, syllables

# Particles, pronouns and the verbs of asking: what an index should hardly listen to.
PARTICLES = frozenset(
    """à ạ ai anh ấy bác bạn bảo bây bị bởi cả các cái cậu chị chỉ cho chú chưa chứ có còn cô cũng cứ dạ đã đang đấy đây để đến đi đó được em
    gì giờ giúp giùm hả hay hãy hỏi hôm không kiểu là lại lắm lên lúc luôn mà mình mọi một mới muốn này nào nay nên nếu nhé nhỉ nhờ như nhưng
    những nữa ơi phải qua ra rằng rồi sao sau sẽ tại thế thì tôi từ tớ và vâng vào vậy vẫn về với vừa xin tui hông dzậy thưa ad cán bộ""".split()
)
# The words of aspects and of dealing with offices, on top: a question made of these and particles alone has no subject of its own.
TALK = PARTICLES | frozenset(
    """bao bằng bên bước cách căn cần cấp chuẩn con của dài dùng đâu điền điều đối đơn gian giá giải giấy gồm hạn hết hiện hình hoàn hồ hơn ích
    kèm kể khai khi kiện làm lâu lấy lệ loại luật mang mẫu mấy mạng mất miễn ngày nghỉ nghị nhận nhanh nhất nhiêu nhiều nộp nơi nói online ở phí
    phường quả quy quyết số sơ theo thể thích thiết thông thời thủ thuộc thúc thức tiền tiếp tình tính tờ tốn trả trình trong trực trước tục
    tượng tư tự tuyến vui xong yêu xã cứ định tải web tuần tháng""".split()
)
_FOLDED_PARTICLES = frozenset(map(fold, PARTICLES))
_FOLDED_TALK = frozenset(map(fold, TALK))

ABROAD = "abroad"
# What tells look-alikes apart: the turn a procedure takes on a paper or a status, and the words by which people mean it. Folded.
TURNS: dict[str, tuple[str, ...]] = {
    "again": ("lai", "mat", "hong", "rach", "roi mat", "that lac", "hu", "nhoe", "gay"),
    "change": ("doi", "sua", "sai", "dieu chinh", "cai chinh", "thay doi", "dinh chinh", "cap nhat", "bo sung", "nham"),
    "extend": ("gia han", "het han"),
    "end": ("cham dut", "xoa", "huy", "giai the", "thoi", "dep", "nghi", "thu hoi", "cat"),
    "pause": ("tam ngung", "tam nghi", "tam dung"),
    ABROAD: (
        "nuoc ngoai",
        "ngoai quoc",
        "viet kieu",
        "my",
        "han quoc",
        "nhat ban",
        "dai loan",
        "trung quoc",
        "tay",
        "dai su quan",
        "lanh su quan",
        "nguoi han",
        "nguoi nhat",
        "nguoi trung",
        "nguoi phap",
        "nguoi duc",
        "nguoi nga",
        "nguoi uc",
        "nguoi thai",
        "chong han",
        "chong nhat",
        "chong tay",
        "vo nhat",
        "vo han",
        "uc",
        "canada",
        "singapore",
        "malaysia",
        "campuchia",
        "hoa ky",
        "chau au",
        "quoc tich han",
        "quoc tich nhat",
        "quoc tich phap",
        "lai tay",
        "lai nga",
        "lai han",
    ),
    "copy": ("ban sao", "trich luc", "sao y", "photo"),
    "temporary": ("tam tru", "tam thoi", "o tro", "thue tro"),
    "split": ("tach", "hop thua", "chia"),
}
# A class, a grade or a rank with its number tells look-alikes apart as well: entering class 1 is not entering class 6.
_NUMBERED = re.compile(r"(?<= )(lop|hang|loai|cap do|muc) (\d+)(?= )")


def turns(text: str) -> frozenset[str]:
    """Return the turns that normalised `text` speaks of."""
    said = f" {' '.join(syllables(fold(text)))} "
    numbered = (f"{kind} {number}" for kind, number in _NUMBERED.findall(said))
    return frozenset((*(turn for turn, words in TURNS.items() if any(f" {w} " in said for w in words)), *numbered))


# "còn khai tử thì sao" asks of «khai tử»; without diacritics "con" alone may be a child.
_CARRIED_ON = re.compile(
    r"(?:(?:thế |vậy |rồi )?còn|(?:the |vay |roi )con) (.+?) (?:thì|thi) (?:sao|thế nào|the nao)\W*(?:ạ|a|nhỉ|nhi|vậy|vay)?\W*"
)


def carried_on(text: str) -> str:
    """Return what normalised `text` asks of when it carries a question on to something else, `text` itself when it does not."""
    found = _CARRIED_ON.fullmatch(text)
    return found[1] if found else text


def is_particle(syllable: str) -> bool:
    """Tell whether a lower-case `syllable`, folded or not, is a particle."""
    return syllable in PARTICLES or syllable in _FOLDED_PARTICLES


def subject(text: str) -> list[str]:
    """Return the syllables of normalised `text` that could name what it is about."""
    talk = TALK if is_accented(text) else _FOLDED_TALK
    return [w for w in syllables(text) if w not in talk and not w.isdigit()]
