"""The report: each benchmark writes its own part and leaves the others as they are."""

from pathlib import Path

from bench.report import write


def test_a_part_takes_the_place_of_the_one_before_and_leaves_the_others(tmp_path: Path) -> None:
    report = tmp_path / "benchmarks.md"
    write("a", "# A\n1 \\1", report)
    write("b", "# B\n1", report)
    write("a", "# A\n2 \\2", report)
    assert report.read_text(encoding="utf-8") == ("<!-- a -->\n# A\n2 \\2\n<!-- end of a -->\n\n<!-- b -->\n# B\n1\n<!-- end of b -->\n")
