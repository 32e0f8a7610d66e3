"""The sites whose pages may speak with the assistant, and for which units: a file of the operator's, TTHC_SITES.

```yaml
https://phuongcaugiay.hanoi.gov.vn: [phuong-cau-giay]
https://hanoi.gov.vn: []          # every unit
```

Without the file only pages of the gateway itself may. A request that names no origin comes from a program, not from a page: it holds nobody's
session but its own, and is let in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from bot.channels.web.problems import BadRequest

_ORIGIN = re.compile(r"https?://[^/\s]+")


class SitesError(Exception):
    """The file of the sites cannot be used; the message says how to mend it."""


@dataclass(frozen=True)
class Origins:
    """The sites that are allowed, each with the keys of its units (none: every unit)."""

    sites: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @staticmethod
    def read(path: Path | None) -> Origins:
        """Read the file at `path`; raises SitesError."""
        if path is None:
            return Origins()
        try:
            plain = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SitesError(
                f"TTHC_SITES={path}: cannot be read ({type(error).__name__}); write lines such as «https://site.vn: [unit]»"
            ) from error
        if not isinstance(plain, dict):
            raise SitesError(f"TTHC_SITES={path}: must hold lines such as «https://site.vn: [unit]»")
        for origin, units in plain.items():
            if not isinstance(origin, str) or not _ORIGIN.fullmatch(origin):
                raise SitesError(f"TTHC_SITES={path}: «{origin}» is no origin; write https://site.vn, without a path")
            if not isinstance(units, list) or not all(isinstance(unit, str) for unit in units):
                raise SitesError(f"TTHC_SITES={path}: the units of {origin} must be a list, such as [phuong-cau-giay]; [] means all")
        return Origins({origin.lower(): frozenset(units) for origin, units in plain.items()})

    def check(self, origin: str | None, host: str, unit: str | None = None) -> str:
        """Return the origin a request counts as coming from; raises BadRequest when it may not speak here (for `unit`).

        "" stands for none and for the gateway's own: browsers name a page's own origin in some requests and leave it out of others.
        """
        if not origin:
            return ""
        origin = origin.lower()
        if origin.partition("://")[2] == host.lower():
            return ""
        units = self.sites.get(origin)
        if units is None or (unit and units and unit not in units):
            raise BadRequest(403, "origin: this site is not among those allowed; its operator adds it to TTHC_SITES")
        return origin
