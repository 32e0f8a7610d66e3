"""`make audit`: which published vulnerabilities do the locked packages have, and is each judged in docs/security-findings.toml?

    python tools/audit.py [--where-reachable]

pip-audit asks PyPI's service. It is put into a folder of its own, since Rasa holds packages below what it needs. Ends with 1 when a vulnerability is
not judged, a judgement is past its day or speaks of nothing that is locked; with 3 when the service did not tell of every package, which
`--where-reachable` forgives (not the rest): so `.ci/run` asks, since a change must be able to land while the service of others is away.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-dev.txt"  # holds all that requirements.txt does
JUDGED = ROOT / "docs/security-findings.toml"
FOLDER, TOOL = ROOT / ".audit", "pip-audit==2.10.1"
WITHIN = 600.0  # seconds
LONGEST = dt.timedelta(days=183)  # that a judgement may hold
WRONG, NOT_ASKED = 1, 3  # how the process ends
_LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


class AuditError(Exception):
    """The file of judgements cannot be used; the message says which entry and how to mend it."""


@dataclass(frozen=True)
class Judgement:
    """Why the vulnerability `id` of `package` is borne: seen when, until when, and why it cannot be reached here."""

    id: str
    package: str
    seen: dt.date
    until: dt.date
    why: str


@dataclass(frozen=True)
class Found:
    """What the service told: (package, id) of each vulnerability, and the packages it said nothing of."""

    vulnerable: frozenset[tuple[str, str]]
    unasked: tuple[str, ...]


def judgements(text: str) -> list[Judgement]:
    """Return the entries of docs/security-findings.toml; raises AuditError naming the entry."""
    found = []
    for number, plain in enumerate(tomli.loads(text).get("finding", []), 1):
        kinds = {"id": str, "package": str, "seen": dt.date, "until": dt.date, "why": str}
        if set(plain) != set(kinds) or not all(isinstance(plain[name], kind) and plain[name] for name, kind in kinds.items()):
            raise AuditError(f"finding {number}: must have {', '.join(kinds)}, the days as 2026-11-23")
        one = Judgement(**plain)
        if not dt.timedelta(0) < one.until - one.seen <= LONGEST:
            raise AuditError(f"finding {number} ({one.id}): until must come after seen, by {LONGEST.days} days at most")
        found.append(one)
    return found


def read(report: str) -> Found:
    """Return what pip-audit's JSON `report` tells."""
    plain: list[dict[str, Any]] = json.loads(report)["dependencies"]
    vulnerable = {(_named(one["name"]), vulnerability["id"]) for one in plain for vulnerability in one.get("vulns", ())}
    return Found(frozenset(vulnerable), tuple(one["name"] for one in plain if "skip_reason" in one))


def complaints(found: Found, judged: list[Judgement], locked: frozenset[str], today: dt.date) -> list[str]:
    """Return what is wrong: vulnerabilities nobody judged, judgements past their day or of packages that are not `locked`."""
    borne = {(_named(one.package), one.id) for one in judged}
    return [
        *(f"{package}: {ident} is not judged in {JUDGED.name}" for package, ident in sorted(found.vulnerable - borne)),
        *(f"{one.package}: {one.id} was judged until {one.until}; judge it anew" for one in judged if one.until < today),
        *(f"{one.package}: {one.id} is judged, yet no such package is locked" for one in judged if _named(one.package) not in locked),
    ]


def locked_in(text: str) -> frozenset[str]:
    """Return the names of the packages in the lock file `text`."""
    return frozenset(map(_named, _LOCKED.findall(text)))


def asked() -> Found:
    """Ask the service of every locked package; a service that cannot be reached at all has told of none."""
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    if not (FOLDER / "pip_audit").is_dir():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(FOLDER), TOOL]
        subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--no-deps", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    try:
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False).stdout
        return read(answer)
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return Found(frozenset(), tuple(sorted(locked_in(LOCK.read_text(encoding="utf-8")))))


def main(arguments: list[str]) -> int:
    """Audit, tell, and return how the process ends."""
    locked = locked_in(LOCK.read_text(encoding="utf-8"))
    try:
        judged = judgements(JUDGED.read_text(encoding="utf-8"))
        found = asked()
    except (AuditError, tomli.TOMLDecodeError, subprocess.CalledProcessError) as error:
        print(f"audit: {error}", file=sys.stderr)
        return WRONG
    wrong = complaints(found, judged, locked, dt.date.today())
    for line in wrong:
        print(f"audit: {line}", file=sys.stderr)
    if found.unasked:
        print(
            f"audit: NOT AUDITED: the service told nothing of {len(found.unasked)} packages; is there a way to the package index?",
            file=sys.stderr,
        )
    if wrong:
        return WRONG
    if found.unasked and "--where-reachable" not in arguments:
        return NOT_ASKED
    if not found.unasked:
        print(f"audit: {len(locked)} packages, {len(found.vulnerable)} vulnerabilities, each judged")
    return 0


def _named(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()  # PEP 503


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
