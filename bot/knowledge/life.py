"""The life of a procedure: which day it is in force, what ended it, what is to come. Dates decide, not deletions."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Literal

from bot.knowledge.model import Decree, Procedure

Phase = Literal["coming", "in_force", "ended"]
ENDING = ("bai_bo", "thay_the")  # states that end a procedure


def phase(procedure: Procedure, on: dt.date) -> Phase:
    """Return the phase of `procedure` on the day `on`; the last day of force still counts as in force.

    A state that ends a procedure without saying when has ended it.
    """
    life = procedure.publication
    if life.effective_from and on < life.effective_from:
        return "coming"
    if life.effective_to:
        return "ended" if on > life.effective_to else "in_force"
    return "ended" if life.state in ENDING else "in_force"


def carried_out(procedures: Mapping[str, Procedure], decrees: Iterable[Decree]) -> dict[str, Procedure]:
    """Return `procedures` with what the publication decisions say of them: when each began, when it ended, what replaced it.

    What an entry says of itself stands. A code a decision names that is not held is passed over: `check` tells of it.
    """
    told = dict(procedures)

    def tell(code: str, **facts: object) -> None:
        if code in told:
            life = told[code].publication
            news = {name: value for name, value in facts.items() if getattr(life, name) in (None, "hieu_luc")}
            told[code] = dataclasses.replace(told[code], publication=dataclasses.replace(life, **news))  # type: ignore[arg-type]

    for decree in sorted(decrees, key=lambda d: d.effective_from):
        last_day = decree.effective_from - dt.timedelta(days=1)
        for code in decree.new:
            tell(code, effective_from=decree.effective_from, decision=decree.number)
        for code in decree.abolished:
            tell(code, effective_to=last_day, state="bai_bo")
        for change in decree.replaced:
            tell(change.old, effective_to=last_day, state="thay_the", replaced_by=change.new)
    return told
