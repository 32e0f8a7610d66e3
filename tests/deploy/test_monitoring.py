"""What Prometheus and Grafana are told to ask exists, and every alert has its page in the operators' guide."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from bot.knowledge import publish
from bot.serving import gateway
from bot.serving.gateway import create
from bot.serving.metrics import Metrics
from bot.settings import Settings
from bot.understanding import index
from tests.building import knowledge
from tests.channels.telegram.bot_api import TOKEN

ROOT = Path(__file__).parents[2]
ALERTS, PROMETHEUS = ROOT / "deploy/prometheus/alerts.yml", ROOT / "deploy/prometheus/prometheus.yml"
RULES, CONFIGURATIONS = ROOT / "deploy/prometheus/rules.yml", (PROMETHEUS, ROOT / "deploy/prometheus/compose.yml")
DASHBOARD, GUIDE = ROOT / "deploy/grafana/tthc.json", ROOT / "docs/van-hanh.md"
PROMETHEUS_S_OWN = {"up": {"job"}}  # it makes these itself, and puts the labels below on everything
ADDED = {"job", "instance", "le"}
_FUNCTIONS = {"sum", "min", "max", "count", "by", "rate", "increase", "histogram_quantile", "time"}


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[tuple[str, str]]:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [(panel["title"], target["expr"]) for panel in board["panels"] for target in panel["targets"]]


EXPRESSIONS = [*((rule["alert"], rule["expr"]) for rule in alerts()), *panels()]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, set[str]]]:
    """The names that a gateway with Telegram tells, each with its labels, after everything that can be counted was counted once."""
    home = tmp_path_factory.mktemp("home")
    publish.publish(knowledge(home / "k"), home, index.write)
    made: list[Metrics] = []

    class Kept(Metrics):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    settings = Settings.read(
        {
            "TTHC_HOME": str(home), "TTHC_SECRET": "of a test", "TTHC_TELEGRAM_TOKEN": TOKEN, "TTHC_TELEGRAM_API": "http://127.0.0.1:9",
            "TTHC_PUBLIC_URL": "https://tthc.example.vn", "TTHC_RASA_URL": "http://127.0.0.1:9",
        }
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway, "Metrics", Kept)
        application = create(settings)
    with TestClient(application, client=("127.0.0.1", 9)) as client:
        client.post("/api/v1/messages", json={"text": "xin chào"})  # Rasa is out of reach: a stage fails
        from bot.answers.reply import Reply

        made[0].message("web", "answered", 0.01, Reply("answer", (), ("1.000001",), (0.9,)))
        with pytest.raises(sa.exc.OperationalError):
            sa.create_engine(f"sqlite:///{home}/none/none.sqlite3").connect()
        families = text_string_to_metric_families(client.get("/metrics").text)
        yield {sample.name: set(sample.labels) for family in families for sample in family.samples}


def asked(expression: str) -> list[tuple[str, set[str]]]:
    """Return the names in a PromQL expression, each with the labels it is chosen by."""
    bare = re.sub(r"by \([^)]*\)", "", expression)
    found = re.findall(r"\b([a-z_]+)\b(?:\{([^}]*)\})?(?!\()", re.sub(r"\[\w+\]", "", bare))
    return [
        (name, set(re.findall(r"(\w+)\s*(?:=~|!=|=)", chosen)))
        for name, chosen in found
        if (name not in _FUNCTIONS and "_" in name) or name == "up"
    ]


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_name_and_label_that_is_asked_for_is_told(told: dict[str, set[str]], where: str, expression: str) -> None:
    names = asked(expression)
    assert names, "asks for nothing"
    known = told | PROMETHEUS_S_OWN
    for name, labels in names:
        assert name in known, name
        assert labels <= known[name] | ADDED, name
    grouped = {label for by in re.findall(r"by \(([^)]*)\)", expression) for label in re.split(r",\s*", by)}
    assert grouped <= ADDED.union(*(known[name] for name, _ in names))


def test_a_name_that_is_not_told_would_be_found(told: dict[str, set[str]]) -> None:
    assert asked('sum by (le) (rate(tthc_none_total{kind="x"}[5m])) > 3') == [("tthc_none_total", {"kind"})]
    assert "tthc_none_total" not in told


def test_no_label_could_hold_a_person(told: dict[str, set[str]]) -> None:
    ours = {label for name, labels in told.items() if name.startswith("tthc_") for label in labels}
    assert ours == {"channel", "outcome", "kind", "stage", "le", "route", "status", "engine", "process", "version", "queue"}


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_every_alert_has_its_line_and_its_page(rule: dict[str, Any]) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert ROOT / file == GUIDE
    assert anchor in anchors(guide)
    assert re.search(rf"^\| {rule['alert']} \| .+ \| \[.+\]\(#{anchor}\) \|$", guide, re.MULTILINE)


def anchors(guide: str) -> set[str]:
    """Return the addresses of the headings of `guide`, made as GitHub makes them."""
    return {re.sub(r"[^\w\s-]", "", heading.lower()).strip().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", guide, re.MULTILINE)}


def test_every_link_inside_the_guide_leads_somewhere() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#([^)]+)\)", guide)) <= anchors(guide)
    alerted = {rule["alert"] for rule in alerts()}
    assert set(re.findall(r"^\| ([A-Z]\w+) \|", guide, re.MULTILINE)) == alerted


def test_the_configuration_reads_the_gateway_and_the_alerts() -> None:
    for configuration in CONFIGURATIONS:
        plain = yaml.safe_load(configuration.read_text(encoding="utf-8"))
        assert plain["rule_files"] == [ALERTS.name, RULES.name]
        (job,) = plain["scrape_configs"]
        assert (job["job_name"], job["metrics_path"]) == ("tthc", "/metrics")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_prometheus_itself_takes_the_files() -> None:
    done = subprocess.run(["promtool", "check", "config", "--syntax-only", *map(str, CONFIGURATIONS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    done = subprocess.run(["promtool", "check", "rules", str(ALERTS), str(RULES)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
