"""The report: a benchmark writes its own section and leaves the others alone."""

from bench.report import with_section


def test_a_section_is_written_anew_and_the_others_stay() -> None:
    document = with_section(with_section("", "One", ["a", "", "### within", "b"]), "Two", ["c"])
    again = with_section(document, "One", ["d"])
    assert again == with_section(with_section("", "One", ["d"]), "Two", ["c"])
    assert "## Two\n\nc\n" in again
    assert "within" not in again
