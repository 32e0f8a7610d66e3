"""Every alert is raised by what it is for and by nothing less, as Prometheus itself works its rule out (Debian's package `prometheus`)."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.test_monitoring import ALERTS, alerts

AT = 'instance="a"'


@dataclass(frozen=True)
class Case:
    """Series (name and labels -> its first value and what it grows by each minute) that raise an alert, others that do not, and the alert's labels."""

    raised: dict[str, tuple[float, float]]
    quiet: dict[str, tuple[float, float]]
    labels: dict[str, str] = field(default_factory=dict)
    after: str = "30m"


def bucket(under: float) -> dict[str, tuple[float, float]]:
    """Return answers of which `under` of a hundred a minute take less than a second."""
    name = 'tthc_message_duration_seconds_bucket{channel="web",le="%s"}'
    return {name % "1.0": (0, under), name % "2.5": (0, 100), name % "+Inf": (0, 100)}


def outcomes(failed: float) -> dict[str, tuple[float, float]]:
    return {
        'tthc_messages_total{channel="web",outcome="failed"}': (0, failed),
        'tthc_messages_total{channel="web",outcome="answered"}': (0, 100 - failed),
    }


def kinds(asked_back: float) -> dict[str, tuple[float, float]]:
    return {
        'tthc_replies_total{channel="web",kind="clarify"}': (0, asked_back / 2),
        'tthc_replies_total{channel="telegram",kind="out_of_scope"}': (0, asked_back / 2),
        'tthc_replies_total{channel="web",kind="answer"}': (0, 100 - asked_back),
    }  # fmt: skip


def steady(name: str, value: float) -> dict[str, tuple[float, float]]:
    return {name: (value, 0)}


def memory(rasa: float) -> dict[str, tuple[float, float]]:
    return {
        f'tthc_process_memory_bytes{{{AT},process="rasa"}}': (rasa, 0),
        f'tthc_process_memory_bytes{{{AT},process="gateway"}}': (1e9, 0),
    }


def snapshots(other: str) -> dict[str, tuple[float, float]]:
    return {'tthc_snapshot_info{instance="a",version="one"}': (1, 0), f'tthc_snapshot_info{{instance="b",version="{other}"}}': (1, 0)}


HERE = {"instance": "a"}
UP = f'up{{{AT},job="tthc"}}'
TELEGRAM = f'tthc_queue_depth{{{AT},queue="telegram"}}'
DATABASE, DOSSIERS = 'tthc_database_errors_total{engine="postgresql"}', 'tthc_stage_errors_total{stage="dossiers"}'
PUBLISHED = f"tthc_snapshot_published_timestamp_seconds{{{AT}}}"  # the tests' clock begins at 0
DISK = {f"tthc_home_size_bytes{{{AT}}}": (100.0, 0.0)}
CASES = {
    "GatewayDown": Case(steady(UP, 0), steady(UP, 1), {**HERE, "job": "tthc"}),
    "RasaNotReady": Case(steady(f"tthc_rasa_ready{{{AT}}}", 0), steady(f"tthc_rasa_ready{{{AT}}}", 1), HERE),
    "MessagesFailing": Case(outcomes(3), outcomes(1)),
    "AnswersSlow": Case(bucket(94), bucket(96)),
    "TooManyBeingAnswered": Case(steady(f"tthc_messages_in_progress{{{AT}}}", 65), steady(f"tthc_messages_in_progress{{{AT}}}", 64), HERE),
    "TelegramQueueGrowing": Case(steady(TELEGRAM, 201), steady(TELEGRAM, 200), {**HERE, "queue": "telegram"}),
    "TelegramNotConnected": Case(steady(f"tthc_telegram_connected{{{AT}}}", 0), steady(f"tthc_telegram_connected{{{AT}}}", 1)),
    "DatabaseFailing": Case({DATABASE: (0, 1)}, {DATABASE: (7, 0)}, {"engine": "postgresql"}),
    "DossiersUnreachable": Case({DOSSIERS: (0, 1)}, {DOSSIERS: (0, 0.2)}),
    "DiskFull": Case(DISK | steady(f"tthc_home_free_bytes{{{AT}}}", 9), DISK | steady(f"tthc_home_free_bytes{{{AT}}}", 11), HERE),
    "MemoryHigh": Case(memory(1.6e9), memory(1.4e9), HERE),
    "SnapshotsDiffer": Case(snapshots("two"), snapshots("one")),
    "SnapshotOld": Case(steady(PUBLISHED, -31 * 86_400), steady(PUBLISHED, -29 * 86_400), HERE, after="2h"),
    "LinkerUnsure": Case(kinds(52), kinds(48), after="4h"),
    "AnsweringPaused": Case(steady(f"tthc_paused{{{AT}}}", 1), steady(f"tthc_paused{{{AT}}}", 0), HERE, after="1h"),
}
LONGEST = 300  # minutes the series go on


def test_every_alert_is_tried() -> None:
    assert set(CASES) == {rule["alert"] for rule in alerts()}


def tried(rule: dict[str, Any], series: dict[str, tuple[float, float]], case: Case, raised: bool) -> dict[str, Any]:
    """Return one test as promtool reads it."""
    told = {name: re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda m: case.labels[m[1]], text) for name, text in rule["annotations"].items()}
    expected = [{"exp_labels": {**rule["labels"], **case.labels}, "exp_annotations": told}] if raised else []
    return {
        "name": f"{rule['alert']} {'raised' if raised else 'quiet'}", "interval": "1m",
        "input_series": [{"series": name, "values": f"{first}+{more}x{LONGEST}"} for name, (first, more) in series.items()],
        "alert_rule_test": [{"eval_time": case.after, "alertname": rule["alert"], "exp_alerts": expected}],
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_is_raised_by_what_it_is_for_and_by_nothing_less(rule: dict[str, Any], tmp_path: Path) -> None:
    case = CASES[rule["alert"]]
    tests = [tried(rule, case.raised, case, raised=True), tried(rule, case.quiet, case, raised=False)]
    file = tmp_path / "test.yml"
    file.write_text(
        yaml.safe_dump({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": tests}, allow_unicode=True), encoding="utf-8"
    )
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
