"""What is done with a question in its conversation: answered, asked back, or said not to be known."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.knowledge.model import Aspect, Knowledge
from bot.understanding.dialogue import Context, Decision, Heard, decide, decide_aside
from tests.building import knowledge

BIRTH, LAND = "1.000001", "1.000002"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return knowledge(Path(tmp_path_factory.mktemp("k")))


def ask(text: str, *aspects: Aspect, birth: float = 0.0, land: float = 0.0, intent: str = "ask") -> Heard:
    """Return what was heard when the linker thought `birth` and `land` as likely as that."""
    candidates = tuple(sorted(((BIRTH, birth), (LAND, land)), key=lambda pair: -pair[1]))
    return Heard(text, intent, aspects, candidates, 1 - birth - land)


def test_a_likely_procedure_is_answered_with_all_aspects(known: Knowledge) -> None:
    decision = decide(ask("khai sinh cần gì, mấy ngày", "documents", "time", birth=0.9), Context(), known)
    assert (decision.kind, decision.codes[0], decision.aspects) == ("answer", BIRTH, ("documents", "time"))
    assert decision.context.procedure == BIRTH


def test_no_aspect_means_an_overview(known: Knowledge) -> None:
    assert decide(ask("khai sinh", birth=0.9), Context(), known).aspects == ("overview",)


def test_two_likely_procedures_are_asked_back(known: Knowledge) -> None:
    decision = decide(ask("xin lại giấy đã mất của cháu", "fee", birth=0.4, land=0.35), Context(), known)
    assert (decision.kind, decision.codes, decision.context.choices) == ("clarify", (BIRTH, LAND), (BIRTH, LAND))


@pytest.mark.parametrize(("said", "code"), [("2", LAND), ("cái đầu tiên", BIRTH), ("cai thu hai", LAND), ("cái cuối", LAND)])
def test_a_choice_is_taken_by_number_and_keeps_what_was_asked(known: Knowledge, said: str, code: str) -> None:
    waiting = Context(None, ("fee",), (BIRTH, LAND))
    decision = decide(ask(said, intent="choose"), waiting, known)
    assert (decision.kind, decision.codes[0], decision.aspects) == ("answer", code, ("fee",))


def test_a_choice_is_taken_by_words(known: Knowledge) -> None:
    waiting = Context(None, ("fee",), (BIRTH, LAND))
    assert decide(ask("sổ đất bị mất", birth=0.1, land=0.3), waiting, known).codes[0] == LAND


def test_a_tapped_choice_is_taken(known: Knowledge) -> None:
    waiting = Context(None, ("fee",), (BIRTH, LAND))
    heard = replace(ask("x"), named=(LAND,))
    decision = decide(heard, waiting, known)
    assert (decision.codes[0], decision.aspects) == (LAND, ("fee",))


def test_a_number_that_is_no_choice_is_not_guessed(known: Knowledge) -> None:
    waiting = Context(None, ("fee",), (BIRTH, LAND))
    decision = decide(ask("cái thứ 7", intent="choose"), waiting, known)
    assert (decision.kind, decision.context.choices) == ("unknown", (BIRTH, LAND))


def test_another_question_leaves_the_choices_behind(known: Knowledge) -> None:
    waiting = Context(None, (), (LAND,))
    decision = decide(ask("đăng ký khai sinh cần giấy tờ gì", "documents", birth=0.95), waiting, known)
    assert (decision.codes[0], decision.context.choices) == (BIRTH, ())


@pytest.mark.parametrize("said", ["thế lệ phí bao nhiêu?", "le phi bao nhieu a", "phí bn", "het bao nhieu tien"])
def test_a_follow_up_keeps_the_procedure(known: Knowledge, said: str) -> None:
    decision = decide(ask(said, "fee", land=0.4), Context(BIRTH, ("documents",)), known)
    assert (decision.kind, decision.codes[0], decision.aspects) == ("answer", BIRTH, ("fee",))


def test_a_follow_up_that_names_another_changes_it_and_keeps_the_aspect(known: Knowledge) -> None:
    decision = decide(ask("còn mất sổ đỏ thì sao", "overview", land=0.9), Context(BIRTH, ("fee",)), known)
    assert (decision.codes[0], decision.aspects) == (LAND, ("fee",))


def test_an_unlikely_procedure_is_said_not_to_be_known_with_the_nearest(known: Knowledge) -> None:
    decision = decide(ask("nuôi cá sấu", "conditions", birth=0.08, land=0.06), Context(), known)
    assert (decision.kind, decision.codes) == ("unknown", (BIRTH, LAND))


def test_after_a_question_that_failed_the_next_starts_clean(known: Knowledge) -> None:
    failed = decide(ask("nuôi cá sấu", "conditions", birth=0.05), Context(BIRTH, ("fee",), (LAND,)), known)
    assert failed.context == Context()


def test_a_procedure_that_is_not_published_is_passed_over(known: Knowledge) -> None:
    heard = Heard("gì đó", "ask", (), (("9.999999", 0.9), (BIRTH, 0.05)), 0.05)
    decision: Decision = decide(heard, Context(), known)
    assert "9.999999" not in decision.codes


def test_an_aspect_of_nothing_asks_which_procedure_and_keeps_the_aspect(known: Knowledge) -> None:
    decision = decide(ask("lệ phí bao nhiêu", "fee", land=0.3), Context(), known)
    assert decision.kind == "which"
    named = decide(ask("khai sinh", "overview", birth=0.9), decision.context, known)
    assert (named.kind, named.codes[0], named.aspects) == ("answer", BIRTH, ("fee",))


def test_an_aside_that_goes_on_about_the_procedure_is_a_question_after_all(known: Knowledge) -> None:
    heard = ask("thế sổ đất bị mất thì sao", land=0.9, intent="out_of_scope")
    decision = decide_aside(heard, Context(BIRTH, ("fee",)), known)
    assert decision is not None
    assert decision.codes[0] == LAND
    assert decide_aside(heard, Context(), known) is None


def test_an_aspect_asked_instead_of_a_choice_asks_for_the_choice_again(known: Knowledge) -> None:
    waiting = Context(None, ("documents",), (BIRTH, LAND))
    decision = decide(ask("thế lệ phí bao nhiêu", "fee"), waiting, known)
    assert (decision.kind, decision.codes, decision.context.aspects) == ("clarify", (BIRTH, LAND), ("fee",))


def test_more_told_of_the_case_belongs_to_the_procedure_spoken_of(known: Knowledge) -> None:
    heard = ask("cháu là con của em gái tôi", birth=0.03, land=0.01, intent="out_of_scope")
    decision = decide_aside(heard, Context(BIRTH, ("fee",)), known)
    assert decision is not None
    assert (decision.codes[0], decision.aspects) == (BIRTH, ("fee",))


def test_a_new_question_is_not_swallowed_by_the_choices_waiting(known: Knowledge) -> None:
    waiting = Context(None, ("documents",), (BIRTH, LAND))
    decision = decide(ask("làm bảo hiểm thất nghiệp ở đâu", "place", land=0.05, birth=0.01), waiting, known)
    assert decision.kind == "unknown"


def test_a_second_procedure_asked_about_is_kept_beside_the_answer(known: Knowledge) -> None:
    heard = replace(ask("khai sinh cần gì và mất sổ đỏ làm sao", "documents", birth=0.9, land=0.05), also=(LAND, "9.999999"))
    assert decide(heard, Context(), known).also == (LAND,)


def test_a_code_that_is_not_in_the_data_is_not_taken_for_the_procedure_spoken_of(known: Knowledge) -> None:
    heard = Heard(text="thủ tục 9.999999 cần giấy tờ gì", intent="ask", aspects=("documents",), named=("9.999999",))
    decision = decide(heard, Context(procedure=BIRTH), known)
    assert (decision.kind, decision.codes) == ("unknown", ())


def test_another_topic_put_like_a_follow_up_is_not_answered_with_the_procedure_spoken_of(known: Knowledge) -> None:
    heard = Heard(text="còn bitcoin thì sao", intent="out_of_scope", candidates=((LAND, 0.02), (BIRTH, 0.01)), none=0.97)
    assert decide_aside(heard, Context(procedure=BIRTH, aspects=("fee",)), known) is None


def test_an_aside_about_a_procedure_that_is_gone_is_no_answer(known: Knowledge) -> None:
    heard = Heard(text="cháu ở xa", intent="out_of_scope", candidates=(("9.999999", 0.2),), none=0.8)
    assert decide_aside(heard, Context(procedure="9.999999"), known) is None


def test_a_tapped_choice_asks_nothing_by_its_label() -> None:
    message = {
        "text": "Chia một thửa ra nhiều sổ",
        "metadata": {"choice": LAND, "aspects": []},
        "aspects": [{"name": "fee", "confidence": 0.9}],
    }
    assert Heard.from_message(message).aspects == ()


def test_a_follow_up_of_neither_subject_nor_aspect_stays_with_the_procedure_spoken_of(known: Knowledge) -> None:
    decision = decide(ask("là sao ạ"), Context(procedure=BIRTH, aspects=("fee",)), known)
    assert (decision.kind, decision.codes[0], decision.aspects) == ("answer", BIRTH, ("overview",))


def test_a_number_when_nothing_was_offered_asks_which_procedure_is_meant(known: Knowledge) -> None:
    decision = decide(ask("2 ạ", intent="choose"), Context(BIRTH, ("fee",)), known)
    assert (decision.kind, decision.context.procedure) == ("which", BIRTH)


@pytest.mark.parametrize(
    ("said", "sure", "kind"),
    [
        ("thành lập công ty tnhh hết bao nhiêu tiền", 0.85, "clarify"),  # both are called so, and more
        ("thanh lap cong ty tnhh", 0.85, "clarify"),
        ("thành lập công ty tnhh một thành viên", 0.85, "answer"),
        ("thành lập công ty tnhh nhiều tiền", 0.99, "answer"),  # so sure that no name is looked at
        ("mở công ty", 0.85, "answer"),  # one of them is called just that
    ],
)
def test_what_two_names_hold_alike_is_asked_back(known: Knowledge, said: str, sure: float, kind: str) -> None:
    one, two = known.procedures[BIRTH], known.procedures[LAND]
    named = {
        BIRTH: replace(one, name="Thành lập công ty TNHH một thành viên", difference=None, other_names=("mở công ty",)),
        LAND: replace(two, name="Thành lập công ty TNHH hai thành viên trở lên", difference=None, other_names=()),
    }
    decision = decide(ask(said, birth=sure, land=(1 - sure) / 2), Context(), replace(known, procedures={**known.procedures, **named}))
    assert (decision.kind, decision.codes[0]) == (kind, BIRTH)


def test_a_doubtful_question_is_not_answered_but_the_nearest_is_offered(known: Knowledge) -> None:
    doubtful = replace(ask("thuê luật sư kiện hàng xóm lấn đất", land=0.7), doubtful=True)
    decision = decide(doubtful, Context(), known)
    assert (decision.kind, decision.nearest) == ("unknown", (LAND,))
    assert decide(doubtful, Context(procedure=LAND), known).kind == "answer"  # it goes on about what was spoken of
