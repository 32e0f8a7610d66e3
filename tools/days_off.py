"""Write knowledge/calendar.yml anew, with the library `holidays`: `PYTHONPATH=FOLDER python tools/days_off.py > knowledge/calendar.yml`.

FOLDER is where `pip install --target FOLDER holidays` put the library. It follows the State's decisions year by year; its latest versions want a
python-dateutil that Rasa refuses, so it is no dependency of ours and runs apart. When a new year's days are announced, run this again or add the lines by hand.
"""

from __future__ import annotations

import holidays

FIRST, LAST = 2015, 2027
HEADER = f"""\
# Ngày nghỉ lễ, Tết và ngày nghỉ hoán đổi; di_lam: có là thứ Bảy, Chủ nhật phải đi làm bù. Thứ Bảy, Chủ nhật khác không cần ghi.
# Nguồn: thư viện holidays {holidays.__version__} (dữ liệu Việt Nam), viết bằng tools/days_off.py. Khi Nhà nước công bố lịch nghỉ năm mới
# hoặc hoán đổi ngày làm việc, cán bộ thêm hoặc sửa dòng ở đây rồi công bố lại.
"""


def main() -> None:
    """Print the file."""
    known = holidays.country_holidays("VN", years=range(FIRST, LAST + 1), language="vi")
    lines = {day: f'- {{ngay: {day}, ten: "{name}"}}' for day, name in known.items()}
    worked = {day: f'- {{ngay: {day}, ten: "Đi làm bù", di_lam: có}}' for day in known.weekend_workdays if FIRST <= day.year <= LAST}
    print(HEADER + "\n".join(line for _, line in sorted({**lines, **worked}.items())))


if __name__ == "__main__":
    main()
