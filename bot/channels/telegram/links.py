"""Links that open the bot with something to say: `?start=ct_1_001193` a procedure, `?start=unit_cau_giay` a ward. Pure functions."""

from __future__ import annotations

from bot.knowledge.model import Knowledge, Procedure, Unit
from bot.understanding.codes import is_procedure_code

_PROCEDURE, _UNIT = "ct_", "unit_"
_KINDS = ("", "phuong-", "xa-")  # a link may leave the kind of a unit out


def to_procedure(code: str) -> str:
    """Return the start parameter of a procedure; Telegram takes letters, digits, _ and -, at most 64."""
    return _PROCEDURE + code.replace(".", "_")


def is_ours(parameter: str) -> bool:
    """Tell whether a start parameter has the form of our links, whatever it names."""
    return parameter.startswith((_PROCEDURE, _UNIT))


def procedure_of(parameter: str, knowledge: Knowledge) -> Procedure | None:
    """Return the procedure a start parameter means, or None."""
    code = parameter.removeprefix(_PROCEDURE).replace("_", ".")
    if not parameter.startswith(_PROCEDURE) or not is_procedure_code(code):
        return None
    return knowledge.procedures.get(code)


def unit_of(parameter: str, knowledge: Knowledge) -> Unit | None:
    """Return the ward or commune a start parameter means, or None when there is none or more than one."""
    if not parameter.startswith(_UNIT):
        return None
    key = parameter.removeprefix(_UNIT).replace("_", "-").lower()
    found = [knowledge.units[kind + key] for kind in _KINDS if kind + key in knowledge.units]
    return found[0] if len(found) == 1 else None
