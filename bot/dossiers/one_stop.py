"""How a one-stop system's JSON is read: a YAML file that an operator writes once for each system, named by TTHC_ONE_STOP.

docs/one-stop.md tells every key. A dotted name such as `thuTuc.ma` leads into an object inside the record.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from bot.dossiers.model import HANOI, Apology, Dossier, Event, Status, Step, Supplement, masked
from bot.dossiers.proofs import last_digits
from bot.settings import SettingsError

Authentication = Literal["none", "bearer", "header", "basic"]
REQUIRED = ("code", "procedure_name", "unit", "received", "status")  # a record without one of these is not understood
LONGEST_TEXT = 2000  # characters of one value; longer ones are cut, as no citizen reads them


class NotUnderstood(Exception):
    """A record is not what the mapping says; the message names the field, never its value."""


@dataclass(frozen=True)
class OneStopSystem:
    """A one-stop system: its addresses, how it is asked, and what its fields and statuses are called there."""

    path: str
    fields: Mapping[str, str]  # a field of ours -> its name there
    proofs: tuple[str, ...]  # names of the telephone and identification number there
    statuses: Mapping[str, int] = field(default_factory=dict)  # as the system says it -> national number
    authentication: Authentication = "none"
    header: str = "Authorization"
    connect_within: float = 2.0  # seconds
    answer_within: float = 3.0  # seconds, one request
    in_all_within: float = 8.0  # seconds, all tries together; less than the gateway gives a whole answer (ADR 0013)
    tries: int = 3
    at_once: int = 32  # requests under way
    failures: int = 5  # in a row, after which the system is left alone
    left_alone: float = 15.0  # seconds
    sample: bool = False  # whether its dossiers are invented, for a demonstration

    @staticmethod
    def load(path: Path) -> OneStopSystem:
        """Read the file at `path`; raises SettingsError naming the file, the key and what is wrong."""
        try:
            plain = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise SettingsError(f"TTHC_ONE_STOP={path}: cannot be read: {type(error).__name__}") from error
        return OneStopSystem.from_plain(plain, str(path))

    @staticmethod
    def from_plain(plain: Any, file: str) -> OneStopSystem:
        """Return the system that `plain` describes; raises SettingsError."""
        if not isinstance(plain, dict):
            raise SettingsError(f"{file}: must be a mapping of keys, see docs/one-stop.md")
        known = {f.name: f for f in dataclasses.fields(OneStopSystem)}
        for key in plain:
            if key not in known:
                raise SettingsError(f"{file}: no key {key!r}; keys are {', '.join(known)}")
        try:
            system = OneStopSystem(**{**plain, "proofs": tuple(plain["proofs"])})
        except (KeyError, TypeError) as error:
            raise SettingsError(f"{file}: path, fields and proofs must be given: {error}") from error
        _check(system, file)
        return system


def _check(system: OneStopSystem, file: str) -> None:
    """Raise SettingsError when a value of `system` cannot be used."""
    wanted = [f for f in REQUIRED if f not in (system.fields or {})]
    faults = {
        "path": not isinstance(system.path, str) or "{code}" not in system.path or not system.path.startswith("/"),
        f"fields ({', '.join(wanted)} missing)": bool(wanted) or not all(isinstance(v, str) for v in system.fields.values()),
        "proofs": not system.proofs or not all(isinstance(p, str) for p in system.proofs),
        "statuses (numbers from 1 to 10)": not all(n in set(Status) for n in system.statuses.values()),
        f"authentication ({', '.join(get_args(Authentication))})": system.authentication not in get_args(Authentication),
    }
    faults |= {
        name: not _positive(getattr(system, name)) for name in ("connect_within", "answer_within", "in_all_within", "tries", "at_once")
    }
    faults |= {name: not _positive(getattr(system, name)) for name in ("failures", "left_alone")}
    for name, wrong in faults.items():
        if wrong:
            raise SettingsError(f"{file}: {name}: missing or not usable, see docs/one-stop.md")


def _positive(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


class Record:
    """One dossier as the system sent it, read strictly: a value of another type is not guessed at."""

    def __init__(self, plain: Any, system: OneStopSystem) -> None:
        if not isinstance(plain, dict):
            raise NotUnderstood("the record is no object")
        self._plain = plain
        self._system = system

    def last_digits(self) -> tuple[str, ...]:
        """Return the last four digits of each number that proves ownership; a number that is absent proves nothing."""
        numbers = [_at(self._plain, name) for name in self._system.proofs]
        return tuple(filter(None, (last_digits(n) for n in numbers if isinstance(n, str))))

    def dossier(self, code: str, now: dt.datetime) -> Dossier:
        """Return the dossier; raises NotUnderstood, also when the record is of another code."""
        if self._text("code").upper() != code.upper():
            raise NotUnderstood("code: of another dossier")
        raw = _at(self._plain, self._system.fields["status"])
        if not isinstance(raw, str | int) or isinstance(raw, bool) or not str(raw).strip():
            raise NotUnderstood("status: neither text nor number")
        number = self._system.statuses.get(str(raw))
        return Dossier(
            code=code, procedure_name=self._text("procedure_name"), unit=self._text("unit"), received=self._moment("received"),
            status=number, status_text=self._optional_text("status_text") or str(raw), as_of=now,
            procedure_code=self._optional_text("procedure_code") or None, due=self._optional_moment("due"),
            finished=self._optional_moment("finished"), step=self._step(), supplements=self._supplements(), fee_due=self._fee(),
            apology=self._apology(), history=self._history(), applicant_masked=masked(self._optional_text("applicant")),
            sample=self._system.sample,
        )  # fmt: skip

    def _value(self, name: str) -> Any:
        path = self._system.fields.get(name)
        return _at(self._plain, path) if path else None

    def _text(self, name: str) -> str:
        said = _read_text(self._value(name), name)
        if not said:
            raise NotUnderstood(f"{name}: absent")
        return said

    def _optional_text(self, name: str) -> str:
        return _read_text(self._value(name), name)

    def _moment(self, name: str) -> dt.datetime:
        moment = _read_moment(self._value(name), name)
        if moment is None:
            raise NotUnderstood(f"{name}: absent")
        return moment

    def _optional_moment(self, name: str) -> dt.datetime | None:
        return _read_moment(self._value(name), name)

    def _fee(self) -> int | None:
        fee = self._value("fee_due")
        if fee is None:
            return None
        if not isinstance(fee, int) or isinstance(fee, bool) or fee < 0:
            raise NotUnderstood("fee_due: no whole number of đồng")
        return fee

    def _step(self) -> Step | None:
        name = self._optional_text("step.name")
        return Step(name, self._optional_text("step.unit"), None, self._optional_moment("step.due")) if name else None

    def _apology(self) -> Apology | None:
        reason = self._optional_text("apology.reason")
        return Apology(reason, self._optional_moment("apology.new_due")) if reason else None

    def _supplements(self) -> tuple[Supplement, ...]:
        found = [self._of("supplements", item) for item in _items(self._value("supplements"), "supplements")]
        return tuple(
            Supplement(
                _read_text(s("what"), "supplements.what"),
                _read_moment(s("by"), "supplements.by"),
                _read_text(s("where"), "supplements.where"),
            )
            for s in found
        )

    def _history(self) -> tuple[Event, ...]:
        events = []
        for item in _items(self._value("history"), "history"):
            of = self._of("history", item)
            at = _read_moment(of("at"), "history.at")
            if at is None:
                raise NotUnderstood("history.at: absent")
            status, note = self._system.statuses.get(str(of("status"))), _read_text(of("note"), "history.note")
            events.append(Event(at, status, note if status or note else str(of("status"))[:LONGEST_TEXT]))
        return tuple(sorted(events, key=lambda event: event.at))

    def _of(self, group: str, item: Mapping[str, Any]) -> Any:
        """Return a reader of the fields of one `item` of a list."""
        return lambda name: _at(item, self._system.fields[f"{group}.{name}"]) if f"{group}.{name}" in self._system.fields else None


def _at(plain: Any, path: str) -> Any:
    """Return what stands at the dotted `path`, None when there is nothing."""
    for name in path.split("."):
        plain = plain.get(name) if isinstance(plain, dict) else None
    return plain


def _items(value: Any, name: str) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise NotUnderstood(f"{name}: no list of objects")
    return value


def _read_text(value: Any, name: str) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise NotUnderstood(f"{name}: no text")
    return " ".join(value.split())[:LONGEST_TEXT]


def _read_moment(value: Any, name: str) -> dt.datetime | None:
    """Return an ISO 8601 time; without a zone it is Hà Nội's."""
    if value is None or value == "":
        return None
    try:
        moment = dt.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError) as error:
        raise NotUnderstood(f"{name}: no time of ISO 8601") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=HANOI)).astimezone(HANOI)
