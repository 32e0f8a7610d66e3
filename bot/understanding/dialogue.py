"""What to do with a question in its conversation: answer, ask back, or say what is not known. Pure functions.

The linker says how likely each procedure is, the classifier which aspects are asked; here both meet what was said before. All
thresholds of the dialogue stand in this file.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from rapidfuzz import fuzz

from bot.knowledge.model import Aspect, Knowledge, Procedure
from bot.text import fold, normalise
from bot.understanding.gate import chosen_number, is_doubtful
from bot.understanding.lexicon import subject as subject_of

# These were first chosen on one half of tests/benchmark/held_out.jsonl and the development questions, the other half left alone.
ANSWER_FROM = (
    0.60  # the first candidate is answered from this probability on; chosen anew on the validation split and the held-out questions
)
SURE_THOUGH_ALIKE = 0.95  # what the names of several procedures hold alike is asked back unless one is surer than this
CLEAR_LEAD = 6.0  # and when it is this many times as likely as the second; chosen as ANSWER_FROM was
CLARIFY_UP_TO_NONE = 0.60  # asked back while «no procedure» is at most this likely
ANSWER_ALONE_FROM = 0.50  # when no second candidate is worth offering, the first is answered from here on
CHOICE_SHARE = 0.16  # a choice is offered when at least this share as likely as the first
MOST_CHOICES = 5
MOST_NEAREST = 3
NEAREST_FROM = 0.05  # when nothing is likely enough, procedures at least this likely are named as the nearest
ASPECT_FROM = 0.4
ASPECT_ALONE_FROM = 0.3  # when none is that likely, the likeliest counts from here on
SURE_WITHOUT_SUBJECT = 0.75  # a question without a subject of its own changes the procedure only when the linker is this sure
ASIDES = 2  # syllables of a follow-up that may be new ("hai đứa khác tỉnh thì nộp ở đâu") before it counts as another topic
CHOICE_BY_WORDS = 55.0  # token-set ratio from which words are taken to name a choice
WORDS_LEAD = 1.15  # when that choice is this many times as alike as the second
CHOICE_ASKED_FROM = 0.2
TOLD_OF = 3  # candidates among which the procedure spoken of must be for a remark to belong to it
CHOICE_LEAD = 2.0  # else the choice is taken that the linker finds this many times as likely as the second
NONE_IN_FOLLOW_UP = 0.15  # what «no procedure» keeps of its likelihood when the words go on about what was spoken of ("lỡ bị mất thì sao")
SAME_TOPIC_BOOST = 1.5  # how much a candidate alike in name to the procedure spoken of gains in a follow-up

Kind = Literal["answer", "clarify", "which", "unknown"]

UNSURE_OF_TOPIC = 0.75  # what sounds like another topic less surely than this, and asks for an aspect, may be about the procedure spoken of
FOLLOW_UP_SUBJECT = 3  # syllables such a follow-up may have of its own ("cần học bạ hay gì")
SAID_ALL = ("distress", "unlawful", "insult", "handoff", "complaint", "start_over")  # intents that are no way of asking on

_GOES_ON = re.compile(
    r"^(?:the con|con|the|vay con|vay the|a luon|a|roi|sau nay|sau do|xong roi|xong|lo|nho|neu|gia su|mai mot|the neu|the lo|vay neu|con neu)\b|\bthi sao\b"
)
_CARRIES_ASPECT = re.compile(r"^(?:the|vay|roi|a)?\s*con\b.*\bthi sao\b")


@dataclass(frozen=True)
class Heard:
    """What was understood of one message, as the NLU pipeline hands it on."""

    text: str = ""
    intent: str = "nonsense"
    aspects: tuple[Aspect, ...] = ()
    candidates: tuple[tuple[str, float], ...] = ()  # (code, probability), best first
    none: float = 1.0
    also: tuple[str, ...] = ()  # other procedures that clauses of the message surely name
    named: tuple[str, ...] = ()  # procedure codes typed or tapped
    dossiers: tuple[str, ...] = ()
    sureness: float = 1.0  # of the intent, as the classifier heard it
    doubtful: bool = False  # whether what sounds like a question may as well be about something that is no procedure

    @staticmethod
    def from_message(message: Mapping[str, Any]) -> Heard:
        """Read Rasa's parse data (`tracker.latest_message`)."""
        found = message.get("procedures") or {}
        codes = message.get("codes") or {}
        asked_by_button = (message.get("metadata") or {}).get("aspects") or ()
        ranked = message.get("aspects") or ()
        aspects = tuple(a["name"] for a in ranked if a["confidence"] >= ASPECT_FROM)
        aspects = aspects or tuple(a["name"] for a in ranked[:1] if a["confidence"] >= ASPECT_ALONE_FROM)
        if (message.get("metadata") or {}).get("choice"):
            aspects = ()  # the words are a button's label, which asks nothing
        text, none = message.get("text") or "", float(found.get("none", 1.0))
        return Heard(
            text=text,
            intent=(message.get("intent") or {}).get("name") or "nonsense",
            sureness=float((message.get("intent") or {}).get("confidence") or 0.0),
            aspects=tuple(asked_by_button) or aspects,
            candidates=tuple((c["code"], float(c["probability"])) for c in found.get("candidates") or ()),
            none=none,
            doubtful=is_doubtful(normalise(text), message.get("intent_ranking") or (), found),
            also=tuple(found.get("also") or ()),
            named=tuple(codes.get("procedures") or ()),
            dossiers=tuple(codes.get("dossiers") or ()),
        )


@dataclass(frozen=True)
class Context:
    """What a conversation remembers: the procedure and aspects spoken of, and the choices waiting for one to be taken."""

    procedure: str | None = None
    aspects: tuple[Aspect, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What to do: answer the first of `codes`, offer them as choices, ask which procedure is meant, or say that it is not known.

    `codes` are the procedures it may be, best first, each with its score, whatever is done with them.
    """

    kind: Kind
    codes: tuple[str, ...]
    scores: tuple[float, ...]
    aspects: tuple[Aspect, ...]
    context: Context = field(default_factory=Context)
    also: tuple[str, ...] = ()  # other procedures asked about in the same message
    nearest: tuple[str, ...] = ()  # of an unknown procedure: those near enough to be offered


def decide(heard: Heard, context: Context, knowledge: Knowledge) -> Decision:
    """Decide what to do with `heard` said in `context`; codes that are not in `knowledge` are passed over."""
    known = [(c, p) for c, p in heard.candidates if c in knowledge.procedures]
    decision = _decide(heard, context, knowledge, known)
    if decision.kind != "answer" or not heard.also:
        return decision
    others = tuple(c for c in heard.also if c in knowledge.procedures and c != decision.codes[0])
    return dataclasses.replace(decision, also=others)


def _decide(heard: Heard, context: Context, knowledge: Knowledge, known: list[tuple[str, float]]) -> Decision:
    named = [c for c in heard.named if c in knowledge.procedures]
    if heard.named and not named:
        return Decision("unknown", (), (), heard.aspects)  # a code that is not in the data is not the procedure spoken of
    if named:
        aspects = heard.aspects or (context.aspects if named[0] in context.choices else ())
        return _answer(named[0], 1.0, known, aspects)
    if context.choices:
        taken = _taken(heard, context, knowledge, dict(known))
        if taken:
            return _answer(taken, 1.0, known, heard.aspects or context.aspects)
    if heard.intent == "choose":
        return Decision("unknown" if context.choices else "which", (), (), (), context)
    return _by_likelihood(heard, context, knowledge, known)


def _by_likelihood(heard: Heard, context: Context, knowledge: Knowledge, known: list[tuple[str, float]]) -> Decision:
    spoken_of = context.procedure if context.procedure in knowledge.procedures else None
    text = normalise(heard.text)
    folded, named = fold(text), subject_of(text)
    likeliest = known[0][1] if known else 0.0
    aside = not named or (len(named) <= ASIDES and heard.none > likeliest)
    if aside and heard.aspects and context.choices and likeliest < SURE_WITHOUT_SUBJECT:
        still_there = [c for c in context.choices if c in knowledge.procedures]
        shares = dict(known)
        asked_again = dataclasses.replace(context, aspects=heard.aspects)
        scores = tuple(shares.get(c, 0.0) for c in still_there)
        return Decision("clarify", tuple(still_there), scores, heard.aspects, asked_again)
    if not spoken_of and heard.aspects and not named and likeliest < SURE_WITHOUT_SUBJECT:
        return Decision("which", (), (), heard.aspects, Context(aspects=heard.aspects))
    if spoken_of and not named and likeliest < SURE_WITHOUT_SUBJECT:
        return _answer(spoken_of, 1.0, known, heard.aspects)  # no aspect either ("sao ạ"): all there is to say of it
    none = heard.none
    if spoken_of and _GOES_ON.search(folded):
        known, none = _nearer(known, none, knowledge, spoken_of)
    aspects = heard.aspects
    # "còn khai tử thì sao" asks the same of another procedure; so does the bare name of the procedure that was asked for.
    if set(aspects) <= {"overview"} and (not context.procedure or _CARRIES_ASPECT.search(folded)):
        aspects = context.aspects or aspects
    if not known:
        return Decision("unknown", (), (), aspects)
    (best, likely), second = known[0], known[1][1] if len(known) > 1 else 0.0
    if heard.doubtful and best != spoken_of:
        return _unknown(known, aspects)
    if likely >= ANSWER_FROM and likely >= CLEAR_LEAD * second and likely > none:
        alike = _named_alike(named, known, knowledge) if likely < SURE_THOUGH_ALIKE else []
        if len(alike) > 1 and best in alike:
            return _ask_back([(c, p) for c, p in known if c in alike][:MOST_CHOICES], aspects, context)
        return _answer(best, likely, known, aspects)
    if spoken_of and none > likely and aside:
        return _answer(spoken_of, none, known, heard.aspects or context.aspects)
    if none <= CLARIFY_UP_TO_NONE:
        offered = [(c, p) for c, p in known if p >= CHOICE_SHARE * likely][:MOST_CHOICES]
        if len(offered) == 1 and likely >= ANSWER_ALONE_FROM:
            return _answer(best, likely, known, aspects)
        return _ask_back(offered if len(offered) > 1 else known[:2], aspects, context)
    return _unknown(known, aspects)


def _unknown(known: list[tuple[str, float]], aspects: tuple[Aspect, ...]) -> Decision:
    nearest = tuple(c for c, p in known[:MOST_NEAREST] if p >= NEAREST_FROM)
    return Decision("unknown", tuple(c for c, _ in known), tuple(p for _, p in known), aspects, nearest=nearest)


def _ask_back(offered: list[tuple[str, float]], aspects: tuple[Aspect, ...], context: Context) -> Decision:
    codes = tuple(c for c, _ in offered)
    return Decision("clarify", codes, tuple(p for _, p in offered), aspects, Context(context.procedure, aspects, codes))


def _named_alike(subject: Sequence[str], known: list[tuple[str, float]], knowledge: Knowledge) -> list[str]:
    """Return the candidates whose names hold all of what is asked about and more; none when it is just what the first of them is called.

    "thành lập công ty tnhh" is either of two procedures, whatever the linker makes of it; "khai tử" is called so.
    """
    asked = frozenset(map(fold, subject))
    held = {code: [frozenset(map(fold, subject_of(normalise(n)))) for n in _names(knowledge.procedures[code])] for code, _ in known}
    if not asked or any(name and name <= asked for name in held[known[0][0]]):
        return []
    return [code for code, names in held.items() if any(asked < name for name in names)]


def _names(procedure: Procedure) -> tuple[str, ...]:
    return (procedure.name, procedure.label, *procedure.other_names)


def _nearer(known: list[tuple[str, float]], none: float, knowledge: Knowledge, spoken_of: str) -> tuple[list[tuple[str, float]], float]:
    """Return the candidates, best first, and the probability of «none» as a follow-up has them: procedures akin gain, «none» loses."""
    here = fold(knowledge.procedures[spoken_of].name)
    field_here = knowledge.procedures[spoken_of].field
    boosted = []
    for code, likely in known:
        other = knowledge.procedures[code]
        kin = fuzz.token_set_ratio(here, fold(other.name)) / 100 + (other.field == field_here)
        boosted.append((code, likely * (1 + SAME_TOPIC_BOOST * kin / 2)))
    none *= NONE_IN_FOLLOW_UP
    total = sum(p for _, p in boosted) + none
    return sorted(((c, p / total) for c, p in boosted), key=lambda pair: -pair[1]), none / total


def _answer(code: str, likely: float, known: list[tuple[str, float]], aspects: tuple[Aspect, ...]) -> Decision:
    others = [(c, p) for c, p in known if c != code]
    codes = (code, *(c for c, _ in others))
    scores = (likely, *(p for _, p in others))
    asked: tuple[Aspect, ...] = tuple(a for a in aspects if a != "overview" or len(aspects) == 1) or ("overview",)
    return Decision("answer", codes, scores, asked, Context(code, asked))


def _taken(heard: Heard, context: Context, knowledge: Knowledge, likely: Mapping[str, float]) -> str | None:
    """Return the waiting choice that `heard` takes: by its number, by its words, or by saying yes to the only one."""
    waiting = [c for c in context.choices if c in knowledge.procedures]
    number = chosen_number(normalise(heard.text))
    if number is not None:
        return waiting[number - 1 if number > 0 else number] if waiting and -1 <= number <= len(waiting) and number else None
    if heard.intent == "affirm" and len(waiting) == 1:
        return waiting[0]
    if not waiting or heard.intent in ("greet", "thanks", "goodbye", "help", "insult", "deny", "handoff", "dossier", "start_over"):
        return None
    if max((p for c, p in likely.items() if c not in waiting), default=0.0) >= ANSWER_FROM:
        return None  # another procedure was named
    said = fold(normalise(heard.text))
    by_words = sorted(((_alike(said, knowledge, c) * (0.5 + likely.get(c, 0.0)), c) for c in waiting), reverse=True)
    (best, code), second = by_words[0], by_words[1][0] if len(by_words) > 1 else 0.0
    if _alike(said, knowledge, code) >= CHOICE_BY_WORDS and best > WORDS_LEAD * second:
        return code
    by_link = sorted(((likely.get(c, 0.0), c) for c in waiting), reverse=True)
    (best, code), second = by_link[0], by_link[1][0] if len(by_link) > 1 else 0.0
    # A remark takes a choice on a faint likeness ("cháu là con của em gái"); a question with aspects of its own must be clearer.
    asks = bool(set(heard.aspects) - {"overview"})
    return code if best > CHOICE_LEAD * second and (best >= CHOICE_ASKED_FROM or not asks) else None


def _alike(said: str, knowledge: Knowledge, code: str) -> float:
    procedure = knowledge.procedures[code]
    when = procedure.difference.when if procedure.difference and procedure.difference.when else ""
    return max(fuzz.token_set_ratio(said, fold(t)) for t in (procedure.label, procedure.name, when) if t)


def _may_go_on(heard: Heard) -> bool:
    """Tell whether words that ask for an aspect, whatever they sounded like, may be about the procedure spoken of."""
    unsure = heard.intent != "out_of_scope" or heard.sureness < UNSURE_OF_TOPIC
    return unsure and heard.intent not in SAID_ALL and len(subject_of(normalise(heard.text))) <= FOLLOW_UP_SUBJECT


def decide_aside(heard: Heard, context: Context, knowledge: Knowledge) -> Decision | None:
    """Return the decision when what sounded like no question is one after all, in its conversation, else None.

    It may take one of the choices offered, go on about the procedure spoken of ("gia hạn thì sao"), or tell more of the case ("cháu là con
    của em gái tôi"): what is told is taken to belong to the procedure spoken of when that is among the likeliest of all.
    """
    if context.procedure in knowledge.procedures and heard.aspects and _may_go_on(heard):
        return decide(heard, context, knowledge)
    if heard.intent == "out_of_scope" and context.procedure in knowledge.procedures:
        if _GOES_ON.search(fold(normalise(heard.text))):
            gone_on = decide(heard, context, knowledge)
            stayed = gone_on.codes[:1] == (context.procedure,) and gone_on.codes[:1] != tuple(c for c, _ in heard.candidates[:1])
            return gone_on if gone_on.kind in ("answer", "clarify") and not stayed else None
        if context.procedure in [code for code, _ in heard.candidates[:TOLD_OF]]:
            return _answer(context.procedure, 1.0, list(heard.candidates), heard.aspects or context.aspects)
    if not context.choices:
        return None
    known = [(c, p) for c, p in heard.candidates if c in knowledge.procedures]
    taken = _taken(heard, context, knowledge, dict(known))
    return _answer(taken, 1.0, known, heard.aspects or context.aspects) if taken else None
