"""Snapshots: published whole or not at all, verified when opened, rolled back at will."""

import hashlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from bot.knowledge import publish
from bot.knowledge.files import load
from bot.knowledge.model import Knowledge
from bot.knowledge.publish import SnapshotError, from_plain, open_snapshot, rollback, to_plain
from bot.knowledge.served import Served
from bot.understanding import index
from tests.building import BIRTH, folder, knowledge

KILLS = 50


def changed(at: Path, summary: str) -> Knowledge:
    """Return the test knowledge with another summary of the birth entry."""
    text = BIRTH.replace("Ghi nhận việc sinh.", summary)
    return load(folder(at, **{"procedures/ho-tich/1.000001.yml": text})).knowledge


def test_what_is_published_is_opened_again_equal(tmp_path: Path) -> None:
    known = knowledge(tmp_path / "k")
    snapshot = publish.publish(known, tmp_path, index.write)
    assert open_snapshot(tmp_path).knowledge == known
    assert open_snapshot(tmp_path).version == snapshot.version


def test_plain_values_come_back_equal(tmp_path: Path) -> None:
    known = knowledge(tmp_path)
    assert from_plain(Knowledge, json.loads(json.dumps(to_plain(known)))) == known


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    known = knowledge(tmp_path / "k")
    first = publish.publish(known, tmp_path, index.write)
    assert publish.publish(known, tmp_path, index.write).version == first.version
    assert publish.versions(tmp_path) == [first.version]


def test_rollback_serves_the_one_before_and_publishing_goes_on(tmp_path: Path) -> None:
    first = publish.publish(changed(tmp_path / "k", "Một."), tmp_path, index.write)
    second = publish.publish(changed(tmp_path / "k", "Hai."), tmp_path, index.write)
    assert rollback(tmp_path) == first.version
    assert open_snapshot(tmp_path).knowledge.procedures["1.000001"].summary == "Một."
    assert rollback(tmp_path, second.version) == second.version


def test_there_is_nothing_before_the_first(tmp_path: Path) -> None:
    publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    with pytest.raises(SnapshotError, match="cũ hơn"):
        rollback(tmp_path)


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="Chưa công bố"):
        open_snapshot(tmp_path)


def test_a_damaged_snapshot_is_refused(tmp_path: Path) -> None:
    snapshot = publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    body = snapshot.folder / "knowledge.json"
    body.write_text(body.read_text(encoding="utf-8").replace("8000", "9000"), encoding="utf-8")
    with pytest.raises(SnapshotError, match="hỏng"):
        open_snapshot(tmp_path)


def test_two_at_once_one_wins_the_other_is_told(tmp_path: Path) -> None:
    known = knowledge(tmp_path / "k")
    with publish._lock(tmp_path), pytest.raises(SnapshotError, match="đang công bố"):
        publish.publish(known, tmp_path, index.write)


def test_the_deed_and_the_doer_are_logged(tmp_path: Path) -> None:
    snapshot = publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    entry = json.loads((tmp_path / "publications.jsonl").read_text(encoding="utf-8"))
    assert (entry["deed"], entry["version"]) == ("publish", snapshot.version)
    assert entry["by"]


def _publish(home: str, known: Knowledge) -> None:
    publish.publish(known, Path(home), index.write)


def test_a_publication_killed_at_any_moment_leaves_a_whole_snapshot_served(tmp_path: Path) -> None:
    first, next_ = changed(tmp_path / "k", "Một."), changed(tmp_path / "k", "Hai.")
    before = publish.publish(first, tmp_path, index.write)
    started = time.monotonic()
    publish.publish(next_, tmp_path / "elsewhere", index.write)
    lasts = time.monotonic() - started
    left_old = 0
    for kill in range(KILLS):
        process = multiprocessing.get_context("fork").Process(target=_publish, args=(str(tmp_path), next_))
        process.start()
        time.sleep(2 * lasts * kill / KILLS)  # the last ones come when it is over
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        served = open_snapshot(tmp_path)
        assert served.knowledge in (first, next_)
        left_old += served.version == before.version
        publish.publish(first, tmp_path, index.write)  # the next one starts from the old again
        before = open_snapshot(tmp_path)
    assert left_old > KILLS / 4, "the kills came too late to prove anything"
    assert not list(tmp_path.glob(".publishing-*"))


def test_who_is_serving_follows_publications(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.knowledge.served.CHECK_EVERY", 0.0)
    first = publish.publish(changed(tmp_path / "k", "Một."), tmp_path, index.write)
    served: Served[str] = Served(tmp_path, lambda s: s.knowledge.procedures["1.000001"].summary)
    assert served.get() == (first.version, "Một.")
    second = publish.publish(changed(tmp_path / "k", "Hai."), tmp_path, index.write)
    assert served.get() == (second.version, "Hai.")


def test_who_begins_beside_a_damaged_snapshot_serves_the_newest_whole_one(tmp_path: Path) -> None:
    for text in ("Một.", "Hai.", "Ba."):
        publish.publish(changed(tmp_path / "k", text), tmp_path, index.write)
    *_, whole, damaged = publish.versions(tmp_path)
    (tmp_path / "snapshots" / damaged / "knowledge.json").write_text("{}", encoding="utf-8")
    assert Served(tmp_path, lambda snapshot: snapshot.version).get() == (whole, whole)
    for version in publish.versions(tmp_path):
        (tmp_path / "snapshots" / version / "knowledge.json").write_text("{}", encoding="utf-8")
    with pytest.raises(SnapshotError):
        Served(tmp_path, lambda snapshot: snapshot.version).get()


def test_who_is_serving_keeps_the_old_when_the_new_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.knowledge.served.CHECK_EVERY", 0.0)
    publish.publish(changed(tmp_path / "k", "Một."), tmp_path, index.write)
    served: Served[str] = Served(tmp_path, lambda s: s.knowledge.procedures["1.000001"].summary)
    served.get()
    second = publish.publish(changed(tmp_path / "k", "Hai."), tmp_path, index.write)
    (second.folder / "manifest.json").write_text("{", encoding="utf-8")
    assert served.get()[1] == "Một."


def test_publishing_again_mends_a_damaged_snapshot(tmp_path: Path) -> None:
    known = knowledge(tmp_path / "k")
    first = publish.publish(known, tmp_path, index.write)
    (first.folder / "knowledge.json").write_text("{}", encoding="utf-8")
    publish.publish(known, tmp_path, index.write)
    assert publish.open_snapshot(tmp_path).knowledge == known


def test_a_snapshot_with_facts_of_another_program_is_refused(tmp_path: Path) -> None:
    snapshot = publish.publish(knowledge(tmp_path / "k"), tmp_path, index.write)
    path = snapshot.folder / "knowledge.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"summary"', '"abstract"'), encoding="utf-8")
    manifest = json.loads((snapshot.folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["knowledge.json"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (snapshot.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(publish.SnapshotError):
        publish.open_snapshot(tmp_path)
