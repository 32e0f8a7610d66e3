"""Settings, each read once and here, from `TTHC_*` environment variables.

| variable | default | what |
|---|---|---|
| TTHC_KNOWLEDGE | ./knowledge | staff's knowledge folder |
| TTHC_HOME | ./.tthc | state: snapshots, logs |
| TTHC_MODEL | ./models/tthc.tar.gz | the trained Rasa model |
| TTHC_HOST, TTHC_PORT | 127.0.0.1, 8080 | where the gateway listens |
| TTHC_RASA_PORT, TTHC_ACTION_PORT | 8081, 8082 | loopback ports of the Rasa and the action server |
| TTHC_RASA_URL | | a Rasa server already running, which the gateway then asks instead of `serve`'s own; both need the same TTHC_SECRET |
| TTHC_RASA_HOST | 127.0.0.1 | where the Rasa server listens; another address only for gateways on other machines, inside a closed network |
| TTHC_SECRET | drawn once, kept in TTHC_HOME/secret | signs sessions, lets services in to each other, seals what is kept of Telegram chats |
| TTHC_TELEGRAM_TOKEN | | the bot's token; without it Telegram is off |
| TTHC_TELEGRAM_API | Telegram's own | another Bot API server (tests) |
| TTHC_TELEGRAM_RATE | 30 | messages a second that Telegram allows the bot; more for a bot that pays for it |
| TTHC_TELEGRAM_URL | TTHC_HOME/telegram.db | where Telegram's side keeps what waits: sqlite:///, or postgresql:// that several gateways share |
| TTHC_DOSSIERS_URL | TTHC_HOME/dossiers.sqlite3 | where dossiers are kept: sqlite:///, postgresql://, or https:// of a one-stop system |
| TTHC_DOSSIERS_KEY | drawn once into TTHC_HOME/dossiers.key | keys the hashes of owners' digits; with another key nobody proves anything any more |
| TTHC_ONE_STOP | | the file that tells how the one-stop system of an https TTHC_DOSSIERS_URL is read (docs/one-stop.md) |
| TTHC_ONE_STOP_SECRET | | its token, or user:password |
| TTHC_NOTICES_URL | TTHC_HOME/notices.sqlite3 | where wishes to be told of changes are kept: sqlite:/// or postgresql:// |
| TTHC_WEB_URL | TTHC_HOME/web.sqlite3 | where the web's sessions are kept: sqlite:/// or postgresql:// |
| TTHC_SITES | | the file of the sites whose pages may hold the widget (bot/channels/web/origins.py); without it, the gateway's own alone |
| TTHC_SESSION_RATE, TTHC_ADDRESS_RATE | 30, 300 | messages a minute of one web session, and from one address |
| TTHC_PROXIES | those of this machine | addresses or networks, with commas between, of the proxies before the gateway whose X-Forwarded-For is believed |
| TTHC_REDIS_URL | | what several gateways and Rasa servers count, lock and wait for together; without it each does so alone |
| TTHC_TRACKERS_URL | | where several Rasa servers keep the last turns of conversations: postgresql://; without it each keeps its own |
| TTHC_SNAPSHOTS_URL | | where published knowledge reaches other machines: postgresql://; without it TTHC_HOME alone |
| TTHC_RABBITMQ_URL | | amqp:// of the RabbitMQ that is told what happens in conversations, without what is said; without it nobody is |
| TTHC_TALLY_URL | TTHC_HOME/tally.sqlite3 | where `tthc events` keeps how often what happens: sqlite:/// or postgresql:// |
| TTHC_METRICS_TOKEN | | whoever brings it may read GET /metrics; without it, only callers on this machine that came through no proxy |
| TTHC_LOG | json | how the processes write their logs: json, one object a line, or console, for reading along |
| TTHC_LOG_TO | files | where `tthc serve` has its processes write: files, in TTHC_HOME/logs, or stdout, as containers want |
| TTHC_QUESTIONS_URL | TTHC_HOME/questions.sqlite3 | where questions are kept, without who asked, for 90 days: sqlite:/// or postgresql:// |
| TTHC_PUBLIC_URL | | https address of the gateway; with it Telegram uses a webhook, else polling |

Each may also come from a file: TTHC_X_FILE names the file whose text is TTHC_X, as containers are given their secrets. Only one of the two may be set.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

_DATABASES = ("sqlite:///", "postgresql://")
_OURS, _FILE = "TTHC_", "_FILE"  # how settings begin, and how the names of files that hold one end
_DOSSIER_PLACES = (*_DATABASES, "https://", "http://")
LogForm = Literal["json", "console"]
LogPlace = Literal["files", "stdout"]


class SettingsError(Exception):
    """A setting cannot be used; the message names the variable and a right value."""


@dataclass(frozen=True)
class Settings:
    """What the environment asks for; see the table above. Ports are TCP ports, paths are absolute."""

    knowledge: Path
    home: Path
    model: Path
    host: str
    port: int
    rasa_port: int
    action_port: int
    rasa_url: str | None
    rasa_host: str
    given_secret: str | None
    telegram_token: str | None
    telegram_api: str | None
    telegram_rate: int
    telegram_url: str
    public_url: str | None
    dossiers_url: str
    dossiers_key: str | None
    one_stop: Path | None
    one_stop_secret: str | None
    notices_url: str
    web_url: str
    sites: Path | None
    session_rate: int
    address_rate: int
    proxies: tuple[str, ...]
    redis_url: str | None
    trackers_url: str | None
    snapshots_url: str | None
    rabbitmq_url: str | None
    tally_url: str
    metrics_token: str | None
    log: LogForm
    log_to: LogPlace
    questions_url: str

    @property
    def logs(self) -> Path:
        """The folder of the child processes' logs."""
        return self.home / "logs"

    @cached_property
    def secret(self) -> str:
        """The secret given, or else the one kept in `home`, drawn at first; raises SettingsError when it can neither be read nor written."""
        return self.given_secret or _kept_secret(self.home / "secret")

    def secret_for(self, use: str) -> str:
        """Return a secret for one `use`, derived from `secret`: 64 hexadecimal characters. Raises SettingsError as `secret` does."""
        return hmac.new(self.secret.encode(), use.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def read(environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `environment` (default: the process's own); raises SettingsError naming the variable."""
        env = _with_files(os.environ if environment is None else environment)

        def port(name: str, default: int) -> int:
            text = env.get(name, "") or str(default)
            if not text.isdigit() or not 0 < int(text) < 65536:
                raise SettingsError(f"{name}={text!r}: must be a port number from 1 to 65535")
            return int(text)

        def whole_number(name: str, default: int) -> int:
            text = env.get(name, "") or str(default)
            if not text.isdigit() or int(text) < 1:
                raise SettingsError(f"{name}={text!r}: must be a whole number from 1")
            return int(text)

        def url(name: str) -> str | None:
            text = env.get(name, "").rstrip("/")
            if text and not text.startswith(("http://", "https://")):
                raise SettingsError(f"{name}={text!r}: must start with https:// (or http:// in tests)")
            return text or None

        def database(name: str) -> str | None:
            text = env.get(name, "")
            if text and not text.startswith(_DATABASES):
                raise SettingsError(f"{name}: must start with one of {', '.join(_DATABASES)}")  # may hold a password: not shown
            return text or None

        def log_form(name: str) -> LogForm:
            text = env.get(name) or "json"
            if text == "json" or text == "console":
                return text  # type: ignore[return-value]
            raise SettingsError(f"{name}={text!r}: must be json or console")

        def log_place(name: str) -> LogPlace:
            text = env.get(name) or "files"
            if text == "files" or text == "stdout":
                return text  # type: ignore[return-value]
            raise SettingsError(f"{name}={text!r}: must be files or stdout")

        home = Path(env.get("TTHC_HOME") or ".tthc").resolve()
        dossiers_url = env.get("TTHC_DOSSIERS_URL") or f"sqlite:///{home / 'dossiers.sqlite3'}"
        if not dossiers_url.startswith(_DOSSIER_PLACES):
            raise SettingsError(f"TTHC_DOSSIERS_URL: must start with one of {', '.join(_DOSSIER_PLACES)}")  # may hold a password: not shown
        return Settings(
            knowledge=Path(env.get("TTHC_KNOWLEDGE") or "knowledge").resolve(),
            home=home,
            model=Path(env.get("TTHC_MODEL") or "models/tthc.tar.gz").resolve(),
            host=env.get("TTHC_HOST") or "127.0.0.1",
            port=port("TTHC_PORT", 8080),
            rasa_port=port("TTHC_RASA_PORT", 8081),
            action_port=port("TTHC_ACTION_PORT", 8082),
            rasa_url=url("TTHC_RASA_URL"),
            rasa_host=env.get("TTHC_RASA_HOST") or "127.0.0.1",
            given_secret=env.get("TTHC_SECRET") or None,
            telegram_token=env.get("TTHC_TELEGRAM_TOKEN") or None,
            telegram_api=url("TTHC_TELEGRAM_API"),
            telegram_rate=whole_number("TTHC_TELEGRAM_RATE", 30),
            telegram_url=database("TTHC_TELEGRAM_URL") or f"sqlite:///{home / 'telegram.db'}",
            public_url=url("TTHC_PUBLIC_URL"),
            dossiers_url=dossiers_url,
            dossiers_key=env.get("TTHC_DOSSIERS_KEY") or None,
            one_stop=Path(env["TTHC_ONE_STOP"]).resolve() if env.get("TTHC_ONE_STOP") else None,
            one_stop_secret=env.get("TTHC_ONE_STOP_SECRET") or None,
            notices_url=env.get("TTHC_NOTICES_URL") or f"sqlite:///{home / 'notices.sqlite3'}",
            web_url=env.get("TTHC_WEB_URL") or f"sqlite:///{home / 'web.sqlite3'}",
            sites=Path(env["TTHC_SITES"]).resolve() if env.get("TTHC_SITES") else None,
            session_rate=whole_number("TTHC_SESSION_RATE", 30),
            address_rate=whole_number("TTHC_ADDRESS_RATE", 300),
            proxies=_networks("TTHC_PROXIES", env.get("TTHC_PROXIES", "")),
            redis_url=env.get("TTHC_REDIS_URL") or None,
            trackers_url=database("TTHC_TRACKERS_URL"),
            snapshots_url=database("TTHC_SNAPSHOTS_URL"),
            rabbitmq_url=env.get("TTHC_RABBITMQ_URL") or None,
            tally_url=database("TTHC_TALLY_URL") or f"sqlite:///{home / 'tally.sqlite3'}",
            metrics_token=env.get("TTHC_METRICS_TOKEN") or None,
            log=log_form("TTHC_LOG"),
            log_to=log_place("TTHC_LOG_TO"),
            questions_url=database("TTHC_QUESTIONS_URL") or f"sqlite:///{home / 'questions.sqlite3'}",
        )


def _with_files(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return `environment` with each TTHC_X whose TTHC_X_FILE names a file; raises SettingsError when it cannot be read, or both are set."""
    found = dict(environment)
    for name, path in environment.items():
        setting = name.removesuffix(_FILE)
        if setting == name or not path or not name.startswith(_OURS):
            continue
        if environment.get(setting):
            raise SettingsError(f"{setting} and {name} are both set: leave one of them out")
        found[setting] = _text_of(name, Path(path))
    return found


def _text_of(name: str, path: Path) -> str:
    """Return what stands in the file `path` that the variable `name` names, without the space around it; raises SettingsError."""
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise SettingsError(f"{name}={path}: cannot be read ({why}); name a file that this process may read") from error
    if not text:
        raise SettingsError(f"{name}={path}: is empty; write the value into it, or leave {name} out")
    return text


def _networks(name: str, text: str) -> tuple[str, ...]:
    """Return the addresses and networks in `text`; raises SettingsError for anything else, names and "*" among it."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in found:
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise SettingsError(f"{name}={text!r}: «{part}» is no address and no network; write such as 10.0.0.5,10.1.0.0/16") from error
    return found


def _kept_secret(path: Path) -> str:
    """Return the secret in the file `path`; when there is none, one is drawn and put there, for its owner's eyes only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".secret-{secrets.token_hex(8)}")
        if not path.exists():
            scratch.touch(mode=0o600)
            scratch.write_text(secrets.token_hex(32), encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
                os.link(scratch, path)
            scratch.unlink()
        kept = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingsError(f"TTHC_SECRET is not set and {path} cannot be used ({error.strerror}); set TTHC_SECRET") from error
    if not kept:
        raise SettingsError(f"{path} is empty; delete it, or set TTHC_SECRET")
    return kept
