"""deploy/Dockerfile takes along what the assistant needs, and hadolint finds nothing in it. Building it needs Docker, which tests have not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy/Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


def stages() -> list[str]:
    """Return the stages of the Dockerfile, the last one what is shipped."""
    return re.split(r"^FROM ", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


def taken(stage: str) -> list[str]:
    """Return what `stage` copies from the repository."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", stage, re.MULTILINE)
    return [name for names in copied for name in names.split()]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the last stage copies, and nothing else."""
    folder = tmp_path_factory.mktemp("image")
    for name in taken(stages()[-1]):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def run(folder: Path, home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TTHC_HOME": str(home), "PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True)


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([str(HADOLINT), str(DOCKERFILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_hadolint_would_find_something() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8").replace("WORKDIR /srv/tthc", "RUN cd /srv/tthc")
    done = subprocess.run([str(HADOLINT), "-"], input=text, capture_output=True, text=True)
    assert done.returncode != 0 and "DL3003" in done.stdout


def test_what_is_shipped_publishes_and_makes_its_tables(shipped: Path, tmp_path: Path) -> None:
    for command in (["publish", "--questions", "none"], ["migrate"]):
        done = run(shipped, tmp_path, "-m", "bot.cli", *command)
        assert done.returncode == 0, done.stderr


def test_what_is_shipped_serves(shipped: Path, tmp_path: Path) -> None:
    for module in ("bot.serving.application", "actions.server", "bot.serving.rasa_channel", "bot.serving.tracker_store"):
        done = run(shipped, tmp_path, "-c", f"import {module}; print({module}.__file__)")
        assert done.stdout.strip().startswith(str(shipped)), done.stderr
    assert (shipped / "bot/widget/dist/widget.js").is_file()
    assert {"config.yml", "domain.yml", "endpoints.yml", "credentials.yml"} <= {path.name for path in shipped.iterdir()}


def test_what_the_model_is_made_from_is_there_when_it_is_trained() -> None:
    sources = re.findall(r'"([^"]+)"', re.search(r"^MODEL_SOURCES = \[(.+)\]$", (ROOT / "tools/setup.py").read_text(), re.MULTILINE)[1])  # type: ignore[index]
    (training,) = (stage for stage in stages() if "rasa train" in stage)
    there = {*taken(training), *(name for stage in stages() for name in taken(stage) if name == "requirements.txt")}
    assert all(any(source == name or source.startswith(f"{name}/") for name in there) for source in sources)


def test_the_context_lets_in_what_is_copied_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[1] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == {name for stage in stages() for name in taken(stage)}


def test_the_image_listens_at_the_ports_it_tells_and_runs_as_nobody() -> None:
    text = stages()[-1]
    defaults = Settings.read({})
    assert f"EXPOSE {defaults.port} {defaults.rasa_port}\n" in text
    assert re.search(r"^USER (?!0\b|root)\d+$", text, re.MULTILINE)
    assert "--require-hashes" in stages()[0] and "--no-index" in stages()[1]
