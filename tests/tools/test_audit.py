"""The audit: a vulnerability is judged or the build fails, judgements end, and silence of the service is no good news."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tools import audit
from tools.audit import AuditError, Found, Judgement, complaints, judgements, read

TODAY = dt.date(2026, 11, 23)
LOCKED = frozenset({"a-package", "other"})
ENTRY = '[[finding]]\nid = "V-1"\npackage = "A_Package"\nseen = 2026-11-01\nuntil = 2027-02-01\nwhy = "not used"\n'
BORNE = Judgement("V-1", "A_Package", dt.date(2026, 11, 1), dt.date(2027, 2, 1), "not used")
REPORT = {"dependencies": [{"name": "A.package", "version": "1", "vulns": [{"id": "V-1"}]}, {"name": "other", "skip_reason": "not found"}]}


def test_what_the_service_told_and_did_not_is_read() -> None:
    assert read(json.dumps(REPORT)) == Found(frozenset({("a-package", "V-1")}), ("other",))


@pytest.mark.parametrize(
    ("vulnerable", "judged", "today", "wrong"),
    [
        ({("a-package", "V-1")}, [BORNE], TODAY, 0),
        ({("a-package", "V-1")}, [], TODAY, 1),
        ({("a-package", "V-2")}, [BORNE], TODAY, 1),
        ({("other", "V-1")}, [BORNE], TODAY, 1),
        (set(), [BORNE], BORNE.until, 0),
        (set(), [BORNE], BORNE.until + dt.timedelta(days=1), 1),
        (set(), [Judgement("V-1", "gone", BORNE.seen, BORNE.until, "not used")], TODAY, 1),
    ],
)
def test_a_vulnerability_is_borne_by_its_own_judgement_until_its_day(
    vulnerable: set[tuple[str, str]], judged: list[Judgement], today: dt.date, wrong: int
) -> None:
    assert len(complaints(Found(frozenset(vulnerable), ()), judged, LOCKED, today)) == wrong


def test_an_entry_is_read() -> None:
    assert judgements(ENTRY) == [BORNE]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('why = "not used"\n', ""),
        ('"not used"', '""'),
        ("2027-02-01", '"soon"'),
        ("2027-02-01", "2026-10-01"),
        ("2027-02-01", "2030-01-01"),
    ],
)
def test_an_entry_without_a_reason_or_an_end_is_refused(was: str, becomes: str) -> None:
    with pytest.raises(AuditError, match="finding 1"):
        judgements(ENTRY.replace(was, becomes))


@pytest.mark.parametrize(("arguments", "ends"), [([], audit.NOT_ASKED), (["--where-reachable"], 0)])
def test_a_silent_service_is_said_aloud(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], ends: int
) -> None:
    monkeypatch.setattr(audit, "asked", lambda: Found(frozenset(), ("a-package",)))
    assert audit.main(arguments) == ends
    assert "NOT AUDITED" in capsys.readouterr().err


def test_a_vulnerability_is_not_forgiven_with_a_silent_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "asked", lambda: Found(frozenset({("rasa", "V-9")}), ("other",)))
    assert audit.main(["--where-reachable"]) == audit.WRONG


def test_the_judgements_that_are_kept_can_be_read_and_name_locked_packages() -> None:
    kept, locked = judgements(audit.JUDGED.read_text(encoding="utf-8")), audit.locked_in(audit.LOCK.read_text(encoding="utf-8"))
    assert "rasa" in locked
    assert not [one for one in kept if one.package not in locked]
