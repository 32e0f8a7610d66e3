"""Write knowledge/units.yml anew from the data of the merger of 2025-07-01: `python tools/units.py DATA_FOLDER > knowledge/units.yml`.

DATA_FOLDER holds ha-noi-126-phuong-xa.json (the units) and ha-noi-don-vi-cu-moi.json (which old unit went into which new one). The second
names old units by keys without diacritics; how those names are spelled is read from the address data that underthesea ships, and only
where it folds back to the very same key. Staff may edit what this wrote; running it again loses their edits.
"""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bot.text import fold, slug, syllables

CITY = "thanhphohanoi"
SINCE = "2025-07-01"
HEADER = f"""\
# 126 phường, xã của thành phố Hà Nội từ ngày {SINCE}, và mỗi đơn vị gộp từ những phường, xã, thị trấn nào trước đó.
# mot_phan: có nghĩa là đơn vị cũ bị chia cho nhiều đơn vị mới; không ghi nghĩa là nhập trọn. thuoc là quận, huyện, thị xã trước ngày ấy.
# Nguồn: ha-noi-126-phuong-xa.json và ha-noi-don-vi-cu-moi.json (dữ liệu sắp xếp đơn vị hành chính của Hà Nội); nguồn thứ hai ghi tên cũ không dấu,
# dấu của tên cũ lấy từ dữ liệu địa chỉ của underthesea 9.5 (vietnamadminunits 1.0.4).
# Tệp này do tools/units.py viết lần đầu; sau đó cán bộ sửa tay được, không cần chạy lại.
"""


def key_of(name: str) -> str:
    """Return `name` as the data writes keys: folded, letters and digits only."""
    return "".join(syllables(fold(name)))


def capital(name: str) -> str:
    """Return `name` with every syllable but those of a kind ("Thị trấn") begun with a capital: the spelling data has "Đại áng"."""
    head, body = name.split(" ", 1)
    kept, rest = (f"{head} {body.split(' ', 1)[0]}", body.split(" ", 1)[1]) if head == "Thị" else (head, body)
    return f"{kept} {' '.join(word[:1].upper() + word[1:] for word in rest.split())}"


def spellings() -> dict[str, tuple[str, str]]:
    """Return how each old unit of the city and its district are spelled, by the full key of the unit ("city_district_unit")."""
    package = find_spec("underthesea")
    assert package and package.origin
    records = json.loads((Path(package.origin).parent / "address" / "data" / "mapping.json").read_text(encoding="utf-8"))["ward_mapping"]
    here = [(capital(r["old_ward"]), capital(r["old_district"])) for r in records if r["old_province_key"] == CITY]
    return {f"{CITY}_{key_of(district)}_{key_of(ward)}": (ward, district) for ward, district in here}


def shares(data: dict[str, Any]) -> dict[str, list[tuple[str, bool]]]:
    """Return, for the key of each new unit, the full keys of what went into it and whether only a part did."""
    found = {new: [(old, False) for old in olds] for new, olds in data["DICT_PROVINCE_WARD_NO_DIVIDED"].items()}
    for old, news in data["DICT_PROVINCE_WARD_DIVIDED"].items():
        for new in news:
            found.setdefault(new["newWardKey"], []).append((old, True))
    return found


def main(folder: Path) -> None:
    """Print units.yml; KeyError when the data names what nothing spells."""
    units = [w["name"] for w in json.loads((folder / "ha-noi-126-phuong-xa.json").read_text(encoding="utf-8"))["wards"]]
    merged = shares(json.loads((folder / "ha-noi-don-vi-cu-moi.json").read_text(encoding="utf-8")))
    spelled = spellings()
    print(HEADER)
    for name in units:
        print(f"- khoa: {slug(name)}\n  ten: {name}\n  tu_ngay: {SINCE}\n  gop_tu:")
        for old, part in merged.pop(key_of(name)):
            ward, district = spelled[old]
            print(f"    - {{ten: {ward}, thuoc: {district}{', mot_phan: có' if part else ''}}}")
    assert not merged, merged


if __name__ == "__main__":
    main(Path(sys.argv[1]))
