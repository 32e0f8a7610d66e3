"""Scores of predictions against a gold file, by fixed definitions. Pure functions.

A gold turn says what a good assistant does: `answer` one of the accepted codes, `clarify` among them, or treat the turn as `out_of_scope`. Turns whose
accepted codes are all unknown to the assistant are left out. A prediction is a line of `tthc ask --jsonl`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

OFFERED = 6  # choices that count when the assistant asks back


def score(gold: Iterable[Mapping[str, Any]], predicted: Iterable[Mapping[str, Any]], known: frozenset[str]) -> dict[str, dict[str, float]]:
    """Return, for each of answer, clarify, out_of_scope, the number of turns `n` and the shares (0 to 1) of each outcome.

    answer: `first`, `first_three` (an accepted code stands there), `answered` (and it was an answer), `asked_back` (a choice that holds one),
    `wrong` (an answer about another procedure), `aspects` (all aspects asked are in it, of the right answers). clarify: `asked_back`,
    `acceptable` (asked back or answered with an accepted one), `wrong`. out_of_scope: `refused`, `wrong`. all: `first` over answer and clarify.
    """
    said = {(str(p["id"]), p.get("turn", 1)): p for p in predicted}
    tallies: dict[str, Counter[str]] = {want: Counter() for want in ("answer", "clarify", "out_of_scope", "all")}
    for turn in gold:
        want, accepted = turn["expect"], set(turn["codes"]) & known
        if want not in tallies or (want != "out_of_scope" and not accepted):
            continue
        prediction = said[str(turn["id"]), turn.get("turn", 1)]
        tallies[want].update(_outcome(want, accepted, turn, prediction))
        if want != "out_of_scope":
            tallies["all"].update({"n": 1, "first": _first(prediction, accepted)})
    return {want: _shares(tally) for want, tally in tallies.items() if tally["n"]}


def _first(prediction: Mapping[str, Any], accepted: set[str]) -> bool:
    return bool(prediction["codes"]) and prediction["codes"][0] in accepted


def _outcome(want: str, accepted: set[str], turn: Mapping[str, Any], prediction: Mapping[str, Any]) -> dict[str, int]:
    kind, codes, first = prediction["kind"], prediction["codes"], _first(prediction, accepted)
    offered = kind == "clarify" and bool(accepted & set(codes[:OFFERED]))
    wrong = kind == "answer" and not first
    if want == "out_of_scope":
        return {"n": 1, "refused": kind not in ("answer", "clarify", "dossier"), "wrong": kind == "answer"}
    if want == "clarify":
        acceptable = kind in ("clarify", "answer") and bool(accepted & set(codes[:OFFERED]))
        return {"n": 1, "asked_back": offered, "acceptable": acceptable, "wrong": wrong}
    right = kind == "answer" and first
    asked = right and bool(turn.get("aspects"))
    return {
        "n": 1,
        "first": first,
        "first_three": bool(accepted & set(codes[:3])),
        "answered": right,
        "asked_back": offered,
        "wrong": wrong,
        "aspects_asked": asked,
        "aspects": asked and set(turn["aspects"]) <= set(prediction["aspects"]),
    }


def _shares(tally: Counter[str]) -> dict[str, float]:
    whole = {name: (tally["aspects_asked"] if name == "aspects" else tally["n"]) or 1 for name in tally}
    return {name: tally[name] if name == "n" else tally[name] / whole[name] for name in tally if name != "aspects_asked"}
