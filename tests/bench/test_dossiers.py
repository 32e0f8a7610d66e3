"""A small slice of the benchmark of dossiers: what it measures is looked up, counted and taken in without a fault."""

from pathlib import Path

from bench.dossiers import importing, measure
from bot.dossiers.calendar import Calendar
from bot.dossiers.sample import Kind, World

WORLD = World(("Phường Trắng", "Xã Vàng"), (Kind("1.000001", "Đăng ký khai sinh", "Hộ tịch", 2),), Calendar())


def test_a_thousand_dossiers_are_measured(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.sqlite3'}"
    measured = measure(url, 1000, WORLD, look_ups=50, figures=5)
    assert measured.count == 1000
    assert measured.look_up_p50 <= measured.look_up_p95 <= measured.look_up_p99
    rate, worked = importing(url, 500, WORLD, tmp_path)
    assert rate > 0 and worked > 0
