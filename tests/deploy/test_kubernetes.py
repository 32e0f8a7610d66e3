"""The manifests in deploy/kubernetes are such as Kubernetes takes, refer to what there is, run commands that there are, and let in whom they say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from bot.serving import probe, supervisor
from bot.settings import Settings
from tests.deploy.test_compose import draw, verb_of

ROOT = Path(__file__).parents[2]
FOLDER, RULES = ROOT / "deploy/kubernetes", ROOT / "deploy/prometheus/rules.yml"
VERSION = "1.28"  # of the schemas; all that is used here is stable since
NOT_APPLIED = {"kustomization.yaml", "secret-template.yaml", "adapter-rule.yaml"}
NAME = "app.kubernetes.io/name"
Manifest = dict[str, Any]


def read(file: Path) -> list[Manifest]:
    return [m for m in yaml.safe_load_all(file.read_text(encoding="utf-8")) if m]


BASE = [m for file in sorted(FOLDER.glob("*.yaml")) if file.name not in NOT_APPLIED for m in read(file)]
ALL = BASE + read(FOLDER / "telegram/telegram.yaml")
(TEMPLATE,) = read(FOLDER / "secret-template.yaml")


def called(manifest: Manifest) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def of_kind(kind: str) -> list[Manifest]:
    return [m for m in ALL if m["kind"] == kind]


def pods() -> Iterator[tuple[str, Manifest]]:
    """Yield the pod template of everything that runs pods, with its name."""
    for manifest in ALL:
        spec = manifest.get("spec", {})
        template = spec.get("jobTemplate", {}).get("spec", spec).get("template")
        if template:
            yield called(manifest), template


PODS = dict(pods())


def chosen(labels: dict[str, str]) -> list[str]:
    """Return the names of what runs pods that bear `labels`."""
    return [name for name, pod in PODS.items() if labels.items() <= pod["metadata"]["labels"].items()]


def containers(pod: Manifest) -> list[Manifest]:
    return list(pod["spec"]["containers"])


@pytest.mark.parametrize("manifest", [*ALL, TEMPLATE], ids=called)
def test_kubernetes_takes_it(manifest: Manifest) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_a_wrong_key_would_be_found() -> None:
    spoilt = json.loads(json.dumps(of_kind("Deployment")[0]))
    spoilt["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readynessProbe"):
        kubernetes_validate.validate(spoilt, VERSION, strict=True)


def test_every_manifest_is_applied_but_the_templates() -> None:
    (base,) = read(FOLDER / "kustomization.yaml")
    assert set(base["resources"]) == {file.name for file in FOLDER.glob("*.yaml")} - NOT_APPLIED
    (component,) = read(FOLDER / "telegram/kustomization.yaml")
    assert component["resources"] == ["telegram.yaml"]


def test_no_two_manifests_bear_the_same_name() -> None:
    names = [called(m) for m in ALL]
    assert len(names) == len(set(names))


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_itself_takes_the_folder() -> None:
    done = subprocess.run(["kubectl", "kustomize", str(FOLDER)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    built = [m for m in yaml.safe_load_all(done.stdout) if m]
    assert {called(m) for m in built} == {called(m) for m in BASE}
    images = set(re.findall(r"image: (\S+)", done.stdout))
    assert len(images) == 1 and images != {"tthc"}  # every one set in one place


@pytest.mark.parametrize("name", PODS)
def test_every_command_is_one_of_tthc(name: str) -> None:
    for container in containers(PODS[name]):
        assert verb_of(container["args"]) == container["args"][0]


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_bounded_and_may_do_nothing_it_need_not(name: str) -> None:
    spec = PODS[name]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] and spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(PODS[name]):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"]) & set(container["resources"]["limits"])
        locked = container["securityContext"]
        assert locked["readOnlyRootFilesystem"] and not locked["allowPrivilegeEscalation"] and locked["capabilities"]["drop"] == ["ALL"]
        written = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
        assert written == {"/var/lib/tthc", "/tmp"}  # TTHC_HOME of the image, and HOME


def test_the_user_is_the_one_of_the_image() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"^USER (\d+)$", dockerfile, re.MULTILINE)
    assert "TTHC_HOME=/var/lib/tthc" in dockerfile
    assert {pod["spec"]["securityContext"]["runAsUser"] for pod in PODS.values()} == {int(user)}


@pytest.mark.parametrize("name", ["Deployment/gateway", "Deployment/rasa", "Deployment/telegram"])
def test_what_listens_is_probed_where_it_answers(name: str) -> None:
    (container,) = containers(PODS[name])
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    part = container["args"][-1]
    for kind in ("startupProbe", "readinessProbe", "livenessProbe"):
        if part == "rasa":
            assert container[kind]["exec"]["command"] == ["python", "-m", probe.__name__, part]
            assert container[kind]["timeoutSeconds"] > probe.ASKED_WITHIN
        else:
            assert container[kind]["httpGet"]["path"] in ("/healthz", "/readyz")
            assert container[kind]["httpGet"]["port"] in ports
    defaults = Settings.read({})
    assert list(ports.values()) == [{"gateway": defaults.port, "rasa": defaults.rasa_port}[part]]


@pytest.mark.parametrize("name", ["Deployment/gateway", "Deployment/rasa", "Deployment/telegram"])
def test_a_pod_is_given_the_time_to_let_what_is_under_way_be_answered(name: str) -> None:
    spec = PODS[name]["spec"]
    (container,) = spec["containers"]
    inside = ("rasa", "actions") if container["args"][-1] == "rasa" else ("gateway",)
    before = int(container.get("lifecycle", {"preStop": {"exec": {"command": ["0"]}}})["preStop"]["exec"]["command"][-1])
    assert spec["terminationGracePeriodSeconds"] > before + sum(supervisor.STOP_WITHIN[part] for part in inside)


@pytest.mark.parametrize("manifest", [m for m in ALL if m["kind"] == "Deployment"], ids=called)
def test_a_deployment_finds_its_own_pods_and_no_others(manifest: Manifest) -> None:
    assert chosen(manifest["spec"]["selector"]["matchLabels"]) == [called(manifest)]


@pytest.mark.parametrize("manifest", of_kind("Service"), ids=called)
def test_a_service_leads_to_a_port_there_is(manifest: Manifest) -> None:
    (behind,) = chosen(manifest["spec"]["selector"])
    names = {port["name"] for container in containers(PODS[behind]) for port in container["ports"]}
    assert {port["targetPort"] for port in manifest["spec"]["ports"]} <= names


@pytest.mark.parametrize("manifest", of_kind("PodDisruptionBudget"), ids=called)
def test_a_budget_leaves_room_for_a_node_to_be_drained(manifest: Manifest) -> None:
    (held,) = chosen(manifest["spec"]["selector"]["matchLabels"])
    (scaled,) = (h for h in of_kind("HorizontalPodAutoscaler") if f"Deployment/{h['spec']['scaleTargetRef']['name']}" == held)
    assert manifest["spec"]["minAvailable"] < scaled["spec"]["minReplicas"]


@pytest.mark.parametrize("manifest", of_kind("HorizontalPodAutoscaler"), ids=called)
def test_what_is_scaled_is_there_and_leaves_its_number_to_the_autoscaler(manifest: Manifest) -> None:
    target = manifest["spec"]["scaleTargetRef"]
    (scaled,) = (m for m in ALL if called(m) == f"{target['kind']}/{target['name']}")
    assert "replicas" not in scaled["spec"]


def test_rasa_is_scaled_by_the_queue_that_prometheus_works_out() -> None:
    (scaler,) = (h for h in of_kind("HorizontalPodAutoscaler") if h["metadata"]["name"] == "rasa")
    (metric,) = (m["external"]["metric"]["name"] for m in scaler["spec"]["metrics"])
    (adapter,) = read(FOLDER / "adapter-rule.yaml")
    (rule,) = adapter["rules"]["external"]
    (recorded,) = (r for group in read(RULES)[0]["groups"] for r in group["rules"])
    assert rule["name"]["as"] == metric
    assert rule["seriesQuery"] == recorded["record"] and recorded["record"] in rule["metricsQuery"]
    assert "tthc_queue_seconds_bucket" in recorded["expr"]


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize(
    ("seconds", "series"),
    [
        (0.0, {}),  # nobody was ever asked
        (0.0, {"0.1": "7x10", "0.25": "7x10", "+Inf": "7x10"}),  # nobody asks now
        (0.09, {"0.1": "0+60x10", "0.25": "0+60x10", "+Inf": "0+60x10"}),
        (0.175, {"0.1": "0+48x10", "0.25": "0+60x10", "+Inf": "0+60x10"}),  # eight of ten had room within 0.1 s: halfway to 0.25
    ],
)
def test_the_queue_is_worked_out_right(tmp_path: Path, seconds: float, series: dict[str, str]) -> None:
    given = [{"series": f'tthc_queue_seconds_bucket{{le="{le}"}}', "values": values} for le, values in series.items()]
    test = {
        "rule_files": [str(RULES)], "evaluation_interval": "15s",
        "tests": [{
            "interval": "1m", "input_series": given,
            "promql_expr_test": [{
                "expr": "round(tthc:queue_seconds:p90, 0.001)", "eval_time": "8m",
                "exp_samples": [{"labels": "{}", "value": seconds}],
            }],
        }],
    }  # fmt: skip
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test))
    done = subprocess.run(["promtool", "test", "rules", str(tmp_path / "test.yml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("manifest", of_kind("Ingress"), ids=called)
def test_an_ingress_leads_to_a_service_there_is(manifest: Manifest) -> None:
    services = {m["metadata"]["name"]: {port["name"] for port in m["spec"]["ports"]} for m in of_kind("Service")}
    for rule in manifest["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            service = path["backend"]["service"]
            assert service["port"]["name"] in services[service["name"]]


def names_in(selector: Manifest) -> set[str]:
    """Return which values of NAME `selector` takes."""
    found = {selector["matchLabels"][NAME]} if "matchLabels" in selector else set()
    for expression in selector.get("matchExpressions", ()):
        assert (expression["key"], expression["operator"]) == (NAME, "In")
        found |= set(expression["values"])
    return found


def let_in(name: str) -> list[Manifest]:
    """Return who is let in to the pods called `name`, as the policies' `from`."""
    mine = [p for p in of_kind("NetworkPolicy") if "Ingress" in p["spec"]["policyTypes"] and p["spec"]["podSelector"]]
    rules = [rule for p in mine if name in names_in(p["spec"]["podSelector"]) for rule in p["spec"].get("ingress", ())]
    assert all(rule.get("from") and rule.get("ports") for rule in rules), "lets in everybody, or to every port"
    return [who for rule in rules for who in rule["from"]]


def test_nobody_is_let_in_or_out_who_is_not_named() -> None:
    (default,) = (p["spec"] for p in of_kind("NetworkPolicy") if p["metadata"]["name"] == "nobody")
    assert default == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_rasa_is_reached_by_gateways_alone() -> None:
    assert [set(who) for who in let_in("rasa")] == [{"podSelector"}]  # no namespace: ours alone
    assert names_in(let_in("rasa")[0]["podSelector"]) == {"gateway", "telegram"}


def test_gateways_are_reached_by_the_ingress_and_prometheus_alone() -> None:
    for name in ("gateway", "telegram"):
        spaces = [who["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"] for who in let_in(name)]
        assert spaces == ["ingress-nginx", "monitoring"]


def test_nothing_else_is_reached_by_anybody() -> None:
    others = {pod["metadata"]["labels"][NAME] for pod in PODS.values()} - {"gateway", "telegram", "rasa"}
    assert others == {"events", "migrate", "tidy", "publish"}
    assert all(not let_in(name) for name in others)


def test_policies_name_ports_and_pods_there_are() -> None:
    ports = {port["name"] for pod in PODS.values() for container in containers(pod) for port in container.get("ports", ())}
    for policy in of_kind("NetworkPolicy"):
        assert names_in(policy["spec"]["podSelector"]) <= {pod["metadata"]["labels"][NAME] for pod in PODS.values()}
        for rule in [*policy["spec"].get("ingress", ()), *policy["spec"].get("egress", ())]:
            assert {p["port"] for p in rule["ports"] if isinstance(p["port"], str)} <= ports


def test_the_secret_holds_what_the_settings_read_and_nothing_is_filled_in(tmp_path: Path) -> None:
    (config,) = (m["data"] for m in of_kind("ConfigMap"))
    read_from = {value for name, value in config.items() if name.endswith("_FILE")}
    assert {f"/run/secrets/tthc/{key}" for key in TEMPLATE["stringData"]} == read_from
    assert set(TEMPLATE["stringData"].values()) == {""}
    assert not of_kind("Secret")
    draw(tmp_path)
    given = {name: str(tmp_path / Path(value).name) if name.endswith("_FILE") else value for name, value in config.items()}
    assert Settings.read(given).trackers_url == (tmp_path / "database_url").read_text()


@pytest.mark.parametrize("name", PODS)
def test_every_pod_mounts_what_its_settings_read(name: str) -> None:
    volumes = {volume["name"]: volume for volume in PODS[name]["spec"]["volumes"]}
    for container in containers(PODS[name]):
        mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}
        assert mounts["/run/secrets/tthc"]["secret"]["secretName"] == TEMPLATE["metadata"]["name"]
        assert container["envFrom"] == [{"configMapRef": {"name": "tthc"}}]
        for variable in container.get("env", ()):
            assert str(Path(variable["value"]).parent) in mounts


def test_gateways_ask_rasa_by_its_service() -> None:
    (config,) = (m["data"] for m in of_kind("ConfigMap"))
    (service,) = (m for m in of_kind("Service") if m["metadata"]["name"] == "rasa")
    assert config["TTHC_RASA_URL"] == f"http://rasa:{service['spec']['ports'][0]['port']}"
