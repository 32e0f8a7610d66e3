"""The splits: fixed, apart, and the training data made from the training split alone."""

from bench.splits import QUESTIONS, TRAINING_DATA, read, split_of, training_data
from bot.text import fold


def test_the_training_data_is_the_training_split() -> None:
    assert TRAINING_DATA.read_text(encoding="utf-8") == training_data(read()), "run `python -m bench.splits`"


def test_no_procedure_of_the_test_is_trained_on() -> None:
    turns = read()
    trained = {fold(t["q"]) for t in turns if split_of(t) == "train"}
    tested = {fold(t["q"]) for t in turns if split_of(t) == "test"}
    assert not trained & tested
    procedures = {split: {t["codes"][0] for t in turns if t["codes"] and split_of(t) == split} for split in ("train", "validation", "test")}
    assert not procedures["train"] & procedures["test"]
    assert not procedures["train"] & procedures["validation"]
    assert all(len(p) >= 30 for p in procedures.values())


def test_every_question_has_an_id_of_its_own() -> None:
    ids = [t["id"] for t in read(QUESTIONS)]
    assert len(ids) == len(set(ids))
