"""What a well-formed knowledge folder must still get right before it may reach a citizen.

`files.load` refuses what cannot be read; these checks refuse what can be read and is wrong: facts that contradict each other, names and
questions that two entries claim, dead references. Whether sample questions reach their entry is checked where the model is at hand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping

from bot.knowledge.check_life import check_life
from bot.knowledge.check_units import check_units
from bot.knowledge.files import STATUSES_FILE, Loaded
from bot.knowledge.model import Paper, Procedure
from bot.knowledge.plausible import HIGHEST_FEE, LONGEST_YEARS, MOST_PAPERS, checked_on, too_high, too_long
from bot.knowledge.problems import LineMap, Problem
from bot.text import fold, has_diacritics

MINIMUM_SAMPLE_QUESTIONS = 6
NATIONAL_STATUSES = 10
LONGEST_LABEL = 80  # characters a choice button shows on a phone in two lines


def check(loaded: Loaded) -> list[Problem]:
    """Return every fault of `loaded` that its files' form does not show, sorted by file and line."""
    problems: list[Problem] = []
    for code, procedure in loaded.knowledge.procedures.items():
        where = loaded.lines[code]
        for rule in _RULES if procedure.in_full else ():
            problems.extend(rule(procedure, where))
        problems.extend(_covered(procedure, where, loaded.knowledge.procedures))
        problems.extend(_successor(procedure, where, loaded.knowledge.procedures))
    problems.extend(_claimed_twice(loaded))
    problems.extend(check_units(loaded))
    problems.extend(check_life(loaded))
    problems.extend(_statuses(loaded))
    return sorted(set(problems))


def _amounts(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    for i, fee in enumerate(procedure.fees):
        if (fee.amount is None) == (fee.text is None):
            yield where.problem(f"phi[{i}]", "mỗi khoản ghi một trong hai: so_tien hoặc mo_ta", "giữ một, bỏ một")
        elif fee.amount is not None and too_high(fee.amount):
            mend = f"xem lại số chữ số 0; mức thật sự trên {HIGHEST_FEE // 1_000_000} triệu đồng thì viết bằng mo_ta"
            yield where.problem(f"phi[{i}].so_tien", "số tiền lớn khác thường", mend)
    for i, duration in enumerate(procedure.durations):
        if (duration.number is None) == (duration.text is None):
            yield where.problem(f"thoi_han[{i}]", "mỗi mục ghi một trong hai: so (kèm don_vi) hoặc mo_ta", "giữ một, bỏ một")
        elif duration.number is not None and duration.unit is None:
            mend = "thêm don_vi: ngay_lam_viec, ngay, gio hoặc thang"
            yield where.problem(f"thoi_han[{i}]", "có số mà không có đơn vị", mend)
        elif duration.number is not None and duration.unit is not None and too_long(duration.number, duration.unit):
            mend = f"xem lại so và don_vi; thời hạn thật sự trên {LONGEST_YEARS} năm thì viết bằng mo_ta"
            yield where.problem(f"thoi_han[{i}].so", "thời hạn dài khác thường", mend)


def _papers(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    papers = procedure.papers
    if papers is None:
        return
    if not (papers.hand_in or papers.show or papers.cases):
        yield where.problem("ho_so", "không có giấy tờ nào", "ghi giấy tờ, hoặc bỏ khóa ho_so nếu chưa biết")
    listed = [("ho_so.nop", papers.hand_in), ("ho_so.xuat_trinh", papers.show)]
    listed += [(f"ho_so.theo_truong_hop[{i}].giay_to", case.papers) for i, case in enumerate(papers.cases)]
    for path, held in listed:
        for i, paper in enumerate(held):
            yield from _counts(paper, f"{path}[{i}]", where)


def _counts(paper: Paper, path: str, where: LineMap) -> Iterator[Problem]:
    for key, count in (("ban_chinh", paper.originals), ("ban_sao", paper.copies)):
        if (count or 0) > MOST_PAPERS:
            yield where.problem(
                f"{path}.{key}", f"{count} bản là nhiều khác thường", f"xem lại số bản; quá {MOST_PAPERS} bản thì viết ở ghi_chu"
            )


def _online(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    if procedure.online and procedure.filing and "truc_tuyen" not in procedure.filing and procedure.online.kind != "thong_tin":
        yield where.problem("truc_tuyen", "có truc_tuyen nhưng cach_thuc không có truc_tuyen", "thêm vào cach_thuc hoặc bỏ khóa này")


def _dates(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    life = procedure.publication
    if life.effective_from and life.effective_to and life.effective_to < life.effective_from:
        yield where.problem("cong_bo.hieu_luc_den", "ngày hết hiệu lực trước ngày có hiệu lực", "sửa lại một trong hai ngày")
    if life.effective_to and procedure.online and procedure.online.since and procedure.online.since > life.effective_to:
        yield where.problem("truc_tuyen.tu_ngay", "nộp trực tuyến từ sau ngày hết hiệu lực", "sửa tu_ngay hoặc cong_bo.hieu_luc_den")
    checked = checked_on(procedure.source.checked)
    if checked is None:
        yield where.problem("nguon.kiem_tra_ngay", "không phải ngày có thật", "ghi 2026, 2026-07 hoặc 2026-07-20")
    elif checked > dt.date.today():
        yield where.problem("nguon.kiem_tra_ngay", "ngày kiểm tra ở tương lai", "ghi ngày đã kiểm tra")


def _covered(procedure: Procedure, where: LineMap, procedures: Mapping[str, Procedure]) -> Iterator[Problem]:
    for i, covered in enumerate(procedure.covers):
        held = procedures.get(covered)
        if held is None or held.in_full:
            mend = "chỉ ghi mã của hàng trong catalogue.csv"
            yield where.problem(f"gom_ma[{i}]", f"mã {covered} không phải một hàng của danh mục", mend)


def _successor(procedure: Procedure, where: LineMap, procedures: Mapping[str, Procedure]) -> Iterator[Problem]:
    path, successor = "cong_bo.thay_the_boi", procedure.publication.replaced_by
    if successor is None:
        if procedure.publication.state == "thay_the":
            mend = "thêm thay_the_boi, hoặc ghi trang_thai: bai_bo nếu không có thủ tục thay thế"
            yield where.problem("cong_bo.trang_thai", "bị thay thế mà không ghi thay thế bởi thủ tục nào", mend)
    elif successor not in procedures:
        yield where.problem(path, f"mã {successor} không có trong kho", "ghi mã thủ tục thay thế đang có trong kho")
    else:
        chain, step = [procedure.code], successor
        while step in procedures and step not in chain:
            chain.append(step)
            step = procedures[step].publication.replaced_by or ""
        if step == procedure.code:  # a loop further on is told at its own entries
            said = " → ".join([*chain, step])
            yield where.problem(path, f"các thủ tục thay thế nhau thành vòng: {said}", "giữ thay_the_boi ở thủ tục cũ, bỏ ở thủ tục mới")


def _samples(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    questions = procedure.sample_questions
    if len(questions) < MINIMUM_SAMPLE_QUESTIONS:
        message = f"mới có {len(questions)} câu hỏi mẫu"
        yield where.problem("cau_hoi_mau", message, f"viết ít nhất {MINIMUM_SAMPLE_QUESTIONS} câu, một nửa không dấu")
    elif 2 * sum(not has_diacritics(q) for q in questions) < len(questions) - 1:
        yield where.problem("cau_hoi_mau", "quá ít câu hỏi mẫu không dấu", "viết một nửa số câu không dấu")
    for path, words in (("cau_hoi_mau", questions), ("ten_goi_khac", procedure.other_names)):
        seen: dict[str, int] = {}
        for i, said in enumerate(words):
            first = seen.setdefault(_as_compared(fold(said)), i)
            if first != i:
                mend = f"bỏ dòng này, hoặc viết khác «{words[first]}»"
                yield where.problem(f"{path}[{i}]", f"«{said}» giống một dòng ở trên, không kể dấu", mend)


def _label(procedure: Procedure, where: LineMap) -> Iterator[Problem]:
    if len(procedure.label) > LONGEST_LABEL:
        path = "phan_biet.nhan" if procedure.difference else "ten"
        mend = f"viết gọn trong {LONGEST_LABEL} ký tự (thêm phan_biet.nhan nếu tên buộc phải dài)"
        yield where.problem(path, f"nhãn dài {len(procedure.label)} ký tự", mend)


_RULES: tuple[Callable[[Procedure, LineMap], Iterator[Problem]], ...] = (_amounts, _papers, _online, _dates, _samples, _label)


def _as_compared(text: str) -> str:
    return text.lower().rstrip(" ?.")


def _statuses(loaded: Loaded) -> Iterator[Problem]:
    """Every national status must be told of, once: a dossier may come in any of them."""
    told = [status.number for status in loaded.knowledge.statuses]
    if STATUSES_FILE not in loaded.lists:
        return
    for i, number in enumerate(told):
        if number in told[:i]:
            yield loaded.lists[STATUSES_FILE].problem(f"[{i}].so", f"trạng thái số {number} ghi hai lần", "giữ một mục, bỏ một mục")
    missing = sorted(set(range(1, NATIONAL_STATUSES + 1)) - set(told))
    if missing:
        message = f"thiếu trạng thái số {', '.join(map(str, missing))}"
        yield Problem(STATUSES_FILE, 0, "", message, f"ghi đủ {NATIONAL_STATUSES} trạng thái")


def _claimed_twice(loaded: Loaded) -> Iterator[Problem]:
    owners: dict[str, tuple[str, str]] = {}
    for code, procedure in loaded.knowledge.procedures.items():
        if not procedure.in_full:
            continue  # official names repeat one another: a choice shows them with what tells them apart
        claims = [("ten", procedure.name)]
        claims += [(f"ten_goi_khac[{i}]", n) for i, n in enumerate(procedure.other_names)]
        claims += [(f"cau_hoi_mau[{i}]", q) for i, q in enumerate(procedure.sample_questions)]
        if procedure.difference:
            claims.append(("phan_biet.nhan", procedure.difference.label))
        for path, text in claims:
            # Accents are kept: "mất" and "mặt" are different words to whoever reads the file.
            owner, _ = owners.setdefault(_as_compared(text), (code, path))
            if owner != code:
                other = loaded.lines[owner].file
                mend = f"xem {other}; để câu này cho một thủ tục, viết câu kia rõ hơn"
                yield loaded.lines[code].problem(path, f"«{text}» đã thuộc về thủ tục {owner}", mend)
