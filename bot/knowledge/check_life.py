"""What can be read of decisions.yml and legal.yml and is wrong all the same, and the entries that stand on a legal text that has expired."""

from __future__ import annotations

from collections.abc import Iterator

from bot.knowledge.files import DECISIONS_FILE, Loaded
from bot.knowledge.life import phase
from bot.knowledge.model import Decree
from bot.knowledge.problems import LineMap, Problem


def check_life(loaded: Loaded) -> Iterator[Problem]:
    """Yield every fault of the decisions of `loaded`, and every expired legal basis of an entry that is in force."""
    for i, decree in enumerate(loaded.decrees):
        yield from _decree(i, decree, loaded, loaded.lists[DECISIONS_FILE])
    yield from _expired_basis(loaded)


def _decree(i: int, decree: Decree, loaded: Loaded, where: LineMap) -> Iterator[Problem]:
    if decree.issued and decree.effective_from < decree.issued:
        yield where.problem(f"[{i}].hieu_luc_tu", "ngày hiệu lực trước ngày ban hành", "sửa lại một trong hai ngày")
    told = [(f"moi[{j}]", c) for j, c in enumerate(decree.new)]
    told += [(f"sua_doi[{j}]", c) for j, c in enumerate(decree.amended)]
    told += [(f"bai_bo[{j}]", c) for j, c in enumerate(decree.abolished)]
    ended = list(told[len(decree.new) + len(decree.amended) :])
    for j, pair in enumerate(decree.replaced):
        told += [(f"thay_the[{j}].cu", pair.old), (f"thay_the[{j}].moi", pair.new)]
        ended.append((f"thay_the[{j}].cu", pair.old))
    for path, code in told:
        if code not in loaded.knowledge.procedures:
            yield where.problem(f"[{i}].{path}", f"mã {code} không có trong kho", "sửa mã, hoặc thêm thủ tục vào kho")
    begun = {*decree.new, *(pair.new for pair in decree.replaced)}
    for path, code in ended:
        if code in begun:
            yield where.problem(f"[{i}].{path}", f"mã {code} vừa bắt đầu vừa hết hiệu lực trong một quyết định", "giữ một chỗ, bỏ một chỗ")


def _expired_basis(loaded: Loaded) -> Iterator[Problem]:
    today = loaded.knowledge.today
    gone = {e.number: e for e in loaded.expired if e.since <= today}
    for code, procedure in loaded.knowledge.procedures.items():
        if not procedure.in_full or phase(procedure, today) == "ended":
            continue
        for i, number in enumerate(procedure.legal_basis):
            expired = gone.get(number)
            if expired:
                mend = (
                    f"thay bằng {expired.replaced_by} sau khi đối chiếu lại"
                    if expired.replaced_by
                    else "bỏ, hoặc ghi văn bản đang có hiệu lực"
                )
                message = f"{number} hết hiệu lực từ {expired.since:%d/%m/%Y}"
                yield loaded.lines[code].problem(f"can_cu[{i}]", message, mend)
