"""A benchmark writes its own chapter and leaves the others as they are."""

from pathlib import Path

from bench.report import write


def test_a_chapter_takes_the_place_of_its_old_self(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.md"
    write("One", "first\n\n## part\n\n#1", file)
    write("Two", "second", file)
    write("One", "third", file)
    assert file.read_text(encoding="utf-8") == "# One\n\nthird\n\n# Two\n\nsecond\n"
