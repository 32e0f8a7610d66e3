"""Snapshots: published, immutable, versioned states of all knowledge, and which of them is served.

A snapshot is a folder of TTHC_HOME/snapshots: `knowledge.json` (all entries), the search index, and `manifest.json`, whose
checksums are verified when it is opened. The file `current` names the one that is served; it is replaced in one rename, so that a reader
sees the old snapshot or the new one, never half of either.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import fcntl
import getpass
import hashlib
import json
import os
import re
import shutil
import tempfile
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.knowledge.model import Knowledge

FORMAT = 3  # raised when a snapshot of an older program can no longer be read
_SCRATCH = ".publishing-"
_VERSION = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{10}")

IndexWriter = Callable[[Knowledge, Path], None]


class SnapshotError(Exception):
    """A snapshot is absent, damaged, or of another format; the message says which and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """An opened snapshot: its version, folder and knowledge."""

    version: str
    folder: Path
    knowledge: Knowledge


def to_plain(value: Any) -> Any:
    """Return a dataclass of the model as JSON-ready values, absent facts left out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: to_plain(v) for name, v in pairs if v is not None and v != ()} | (
            {"conditions": []} if getattr(value, "conditions", None) == () else {}
        )
    if isinstance(value, tuple):
        return [to_plain(v) for v in value]
    if isinstance(value, dict):
        return {k: to_plain(v) for k, v in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value


def from_plain(wanted: Any, plain: Any) -> Any:
    """Return the value of type `wanted` (a type of the model) that `to_plain` made into `plain`."""
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        return from_plain(next(a for a in arguments if a is not type(None)), plain)
    if origin is tuple:
        return tuple(from_plain(arguments[0], item) for item in plain)
    if origin is dict:
        return {name: from_plain(arguments[1], item) for name, item in plain.items()}
    if origin is Literal:
        return plain
    if dataclasses.is_dataclass(wanted):
        hints = _hints(wanted)
        return wanted(**{name: from_plain(hints[name], item) for name, item in plain.items()})  # type: ignore[operator]
    return dt.date.fromisoformat(plain) if wanted is dt.date else plain


_HINTS: dict[Any, dict[str, Any]] = {}


def _hints(wanted: Any) -> dict[str, Any]:
    if wanted not in _HINTS:
        _HINTS[wanted] = typing.get_type_hints(wanted)
    return _HINTS[wanted]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def _lock(home: Path) -> Iterator[None]:
    """Hold the right to publish; raises SnapshotError when someone else holds it."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "publish.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SnapshotError("Người khác đang công bố. Đợi họ xong rồi chạy lại.") from error
        for left_behind in home.glob(f"{_SCRATCH}*"):  # by a publication that was killed
            shutil.rmtree(left_behind, ignore_errors=True)
        yield


def publish(knowledge: Knowledge, home: Path, write_index: IndexWriter) -> Snapshot:
    """Publish `knowledge` under `home` and serve it; return the snapshot.

    Publishing what is already served changes nothing. Killed at any moment, the old snapshot stays served.
    Raises SnapshotError when someone else is publishing.
    """
    body = json.dumps(to_plain(knowledge), ensure_ascii=False, sort_keys=True)
    with _lock(home):
        shelf = home / "snapshots"
        shelf.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home, prefix=_SCRATCH) as scratch:
            folder = Path(scratch) / "snapshot"
            folder.mkdir()
            (folder / "knowledge.json").write_text(body, encoding="utf-8")
            write_index(knowledge, folder)
            files = {p.name: _digest(p) for p in sorted(folder.iterdir())}
            content = hashlib.sha256(json.dumps([FORMAT, files]).encode()).hexdigest()[:10]
            served = current_version(home)
            if served and served.endswith(content) and _is_whole(home, served):
                return Snapshot(served, shelf / served, knowledge)
            now = dt.datetime.now(dt.timezone.utc)
            version = f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{content}"
            manifest = {"format": FORMAT, "version": version, "procedures": len(knowledge.procedures), "files": files}
            (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
            for path in folder.iterdir():
                with path.open("rb") as handle:
                    os.fsync(handle.fileno())
            if (shelf / version).exists():
                shutil.rmtree(shelf / version)
            folder.rename(shelf / version)
        serve(home, version, "publish")
    return Snapshot(version, shelf / version, knowledge)


def _is_whole(home: Path, version: str) -> bool:
    try:
        open_snapshot(home, version)
    except SnapshotError:
        return False
    return True


def serve(home: Path, version: str, deed: str) -> None:
    """Serve `version` of `home` from now on, in one step, and keep in the log of publications that `deed` did so."""
    scratch = home / ".current.new"
    scratch.write_text(version + "\n", encoding="ascii")
    with scratch.open("rb") as handle:
        os.fsync(handle.fileno())
    scratch.replace(home / "current")
    now = dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds")
    entry = json.dumps({"at": now, "by": _who(), "deed": deed, "version": version})
    with (home / "publications.jsonl").open("a", encoding="utf-8") as log:
        log.write(entry + "\n")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a password file
        return str(os.getuid())


def rollback(home: Path, version: str | None = None) -> str:
    """Serve `version` again, or the one published before the one that is served; return it.

    Raises SnapshotError when there is no such snapshot, it is damaged, or someone else is publishing.
    """
    with _lock(home):
        known = versions(home)
        served = current_version(home)
        if version is None:
            earlier = [v for v in known if served is None or v < served]
            if not earlier:
                raise SnapshotError("Không có bản nào cũ hơn bản đang phục vụ.")
            version = earlier[-1]
        open_snapshot(home, version)
        serve(home, version, "rollback")
    return version


def versions(home: Path) -> list[str]:
    """Return the versions of the snapshots under `home`, oldest first."""
    return sorted(p.name for p in (home / "snapshots").glob("*") if _VERSION.fullmatch(p.name))


def current_version(home: Path) -> str | None:
    """Return the version that is served, or None when nothing was ever published."""
    try:
        return (home / "current").read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None


def open_snapshot(home: Path, version: str | None = None) -> Snapshot:
    """Open the snapshot `version` (default: the one that is served), its checksums verified.

    Raises SnapshotError when nothing was published, or the snapshot is absent, damaged or of another format.
    """
    version = version or current_version(home)
    if version is None:
        raise SnapshotError("Chưa công bố dữ liệu nào. Chạy «tthc publish».")
    folder = home / "snapshots" / version
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise SnapshotError(f"Bản {version} thuộc định dạng {manifest['format']}. Chạy «tthc publish» để tạo lại.")
        for name, digest in manifest["files"].items():
            if _digest(folder / name) != digest:
                raise SnapshotError(f"Bản {version} bị hỏng ở tệp {name}. Chạy «tthc rollback» hoặc «tthc publish».")
        knowledge = from_plain(Knowledge, json.loads((folder / "knowledge.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"Không mở được bản {version}. Chạy «tthc publish» để tạo lại.") from error
    return Snapshot(version, folder, knowledge)
