"""Questions about what a dossier's status means ("trạng thái đang xử lý là sao"). Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.knowledge.model import DossierStatus
from bot.text import fold, syllables

_MEANS = re.compile(r"\b(?:la sao|la gi|nghia la|co nghia|y nghia|la the nao|tuc la|la j|hieu the nao)\b")


def status_asked(text: str, statuses: Iterable[DossierStatus]) -> DossierStatus | None:
    """Return the status whose meaning `text` asks for; the longest name said counts."""
    said = " ".join(syllables(fold(text)))
    if not _MEANS.search(said):
        return None
    named = [
        (len(name), status) for status in statuses for name in map(_plain, (status.name, *status.other_names)) if f" {name} " in f" {said} "
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


def _plain(name: str) -> str:
    return " ".join(syllables(fold(name)))
