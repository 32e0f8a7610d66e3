"""The door every message comes through, whatever its channel: what is let in, and how. Pure functions."""

from __future__ import annotations

from bot.text import compose

LONGEST_MESSAGE = 2000  # characters; the longest real question seen had 400


def at_the_door(text: str) -> tuple[str | None, str]:
    """Return (refusal, text): the name of a refusal ("empty", "too_long") or None, and the text Rasa may see.

    A leading "/" would make Rasa take the text for a command (`/intent{...}`), so it is taken off.
    """
    if len(text) > LONGEST_MESSAGE:
        return "too_long", ""
    said = compose(text).lstrip("/ \uff0f")
    return (None, said) if said else ("empty", "")
