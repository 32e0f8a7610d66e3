"""The scores mean what their definitions say."""

from typing import Any

import pytest

from bench.score import score

KNOWN = frozenset({"1.000001", "1.000002", "1.000003"})


def scored(expect: str, codes: list[str], kind: str, said: list[str], **more: Any) -> dict[str, float]:
    gold = [{"id": "a", "expect": expect, "codes": codes, "aspects": more.get("asked", [])}]
    predicted = [{"id": "a", "turn": 1, "kind": kind, "codes": said, "aspects": more.get("aspects", [])}]
    return score(gold, predicted, KNOWN).get(expect, {})


def test_a_right_answer_is_first_and_answered() -> None:
    shares = scored("answer", ["1.000001"], "answer", ["1.000001"], asked=["fee"], aspects=["fee", "time"])
    assert (shares["first"], shares["answered"], shares["wrong"], shares["aspects"]) == (1, 1, 0, 1)


def test_an_answer_about_another_procedure_is_wrong() -> None:
    assert scored("answer", ["1.000001"], "answer", ["1.000002", "1.000001"])["wrong"] == 1


def test_asking_back_counts_when_the_right_one_is_offered() -> None:
    assert scored("answer", ["1.000001"], "clarify", ["1.000002", "1.000001"])["asked_back"] == 1
    assert scored("clarify", ["1.000001"], "clarify", ["1.000002"])["asked_back"] == 0


@pytest.mark.parametrize(("kind", "refused"), [("out_of_scope", 1), ("handoff", 1), ("answer", 0), ("clarify", 0)])
def test_what_is_out_of_scope_must_be_refused(kind: str, refused: int) -> None:
    assert scored("out_of_scope", [], kind, ["1.000001"])["refused"] == refused


def test_turns_about_unknown_procedures_are_left_out() -> None:
    assert scored("answer", ["9.999999"], "answer", ["1.000001"]) == {}
