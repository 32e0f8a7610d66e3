"""Names of places found in text, as they are written: with diacritics where the text has them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.text import classic_tones, compose, fold, is_accented


def named_in(text: str, names: Iterable[str]) -> str | None:
    """Return the first of `names` that `text` holds as whole words, the longest first, or None.

    In accented text a name counts only as it is accented. "Người Việt Nam định cư ở nước ngoài" holds no Nam Định: what follows "Việt" is
    the country's name.
    """
    read = classic_tones(compose(text)).lower()
    marked = is_accented(read)
    found = _pattern(tuple(names), marked).search(read if marked else fold(read))
    return _names(tuple(names), marked)[" ".join(found.group().split())] if found else None


@lru_cache(maxsize=8)
def _names(names: tuple[str, ...], marked: bool) -> dict[str, str]:
    return {(classic_tones(n).lower() if marked else fold(n)): n for n in names}


@lru_cache(maxsize=8)
def _pattern(names: tuple[str, ...], marked: bool) -> re.Pattern[str]:
    known = sorted(_names(names, marked), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?<!viet )(?<!việt )(?:" + "|".join(map(re.escape, known)) + r")(?!\w)" if known else r"(?!)")
