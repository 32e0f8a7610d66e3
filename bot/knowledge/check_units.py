"""What can be read of units.yml and offices.yml and is wrong all the same: keys, dates, and shares that contradict each other."""

from __future__ import annotations

import datetime as dt
import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.knowledge.files import OFFICES_FILE, UNITS_FILE, Loaded
from bot.knowledge.model import Unit
from bot.knowledge.problems import LineMap, Problem
from bot.text import slug


def check_units(loaded: Loaded) -> Iterator[Problem]:
    """Yield every fault of the units and the offices of `loaded`."""
    units = loaded.knowledge.units
    if UNITS_FILE in loaded.lists:
        yield from _names_and_dates(units, loaded.lists[UNITS_FILE])
        yield from _shares(units, loaded.lists[UNITS_FILE])
    if OFFICES_FILE in loaded.lists:
        yield from _references(loaded, loaded.lists[OFFICES_FILE])


def _names_and_dates(units: Mapping[str, Unit], where: LineMap) -> Iterator[Problem]:
    for i, unit in enumerate(units.values()):
        if unit.key != slug(unit.name):
            mend = f"ghi khoa: {slug(unit.name)}, hoặc sửa ten"
            yield where.problem(f"[{i}].khoa", f"khóa «{unit.key}» không khớp tên «{unit.name}»", mend)
        if unit.since > dt.date.today():
            yield where.problem(
                f"[{i}].tu_ngay", "ngày bắt đầu ở tương lai", "ghi ngày đã có hiệu lực; đơn vị chưa thành lập thì chưa ghi vào đây"
            )


def _shares(units: Mapping[str, Unit], where: LineMap) -> Iterator[Problem]:
    """An old unit goes whole into one new unit, or in parts into several."""
    shares: dict[tuple[str, str | None], list[tuple[str, bool, str]]] = defaultdict(list)
    for i, unit in enumerate(units.values()):
        for j, former in enumerate(unit.made_from):
            shares[former.name, former.district].append((f"[{i}].gop_tu[{j}]", former.part, unit.key))
    for (name, _), found in shares.items():
        path, part, key = found[-1]
        if len(found) != len({k for _, _, k in found}):
            yield where.problem(path, f"«{name}» ghi hai lần trong {key}", "giữ một dòng, bỏ một dòng")
        elif len(found) > 1 and not all(p for _, p, _ in found):
            mend = f"ghi mot_phan: có ở mọi nơi có «{name}», hoặc để ở một đơn vị"
            yield where.problem(path, f"«{name}» nhập vào nhiều đơn vị mà có nơi ghi là nhập trọn", mend)
        elif len(found) == 1 and part:
            mend = "ghi thêm vào gop_tu của đơn vị nhận phần còn lại, hoặc bỏ mot_phan"
            yield where.problem(path, f"«{name}» chỉ có một phần ở đây, phần còn lại không thấy đâu", mend)


def _references(loaded: Loaded, where: LineMap) -> Iterator[Problem]:
    units = loaded.knowledge.units
    for i, office in enumerate(loaded.knowledge.offices.values()):
        named = [(f"[{i}].diem_tiep_nhan[{j}].dia_ban", point.unit) for j, point in enumerate(office.points) if point.unit]
        named += [(f"[{i}].phuc_vu[{j}]", key) for j, key in enumerate(office.serves or ())]
        for path, key in named:
            if key not in units:
                near = difflib.get_close_matches(key, units, 1)
                mend = f"có phải là «{near[0]}»?" if near else f"ghi khóa có trong {UNITS_FILE}, hoặc bỏ dòng này"
                yield where.problem(path, f"không có phường, xã nào mang khóa «{key}»", mend)
