"""The door every message comes through, whatever its channel: what is let in, and how. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.text import compose

LONGEST_MESSAGE = 2000  # characters; the longest real question seen had 400
HIDDEN = "…"
# Phone numbers (0 or 84 and nine digits more or less, dots or spaces between) and identification numbers (9 or 12 digits). A dossier code is neither.
_PERSONAL_NUMBER = re.compile(r"(?<![\w.-])(?:(?:\+?84|0)(?:[ .]?\d){8,10}|\d{9}(?:\d{3})?)(?![\w-])")


@dataclass(frozen=True)
class LetIn:
    """What came through the door: a refusal ("empty", "too_long") or the text Rasa may see, and whether personal numbers were taken out of it."""

    text: str = ""
    refusal: str | None = None
    personal: bool = False


def at_the_door(text: str) -> LetIn:
    """Return what of `text` is let in.

    A leading "/" would make Rasa take the text for a command (`/intent{...}`), so it is taken off. Personal numbers are taken out, so that no
    tracker, log or event ever holds them.
    """
    if len(text) > LONGEST_MESSAGE:
        return LetIn(refusal="too_long")
    said, hidden = _PERSONAL_NUMBER.subn(HIDDEN, compose(text).lstrip("/ \uff0f"))
    return LetIn(said, personal=bool(hidden)) if said else LetIn(refusal="empty")
