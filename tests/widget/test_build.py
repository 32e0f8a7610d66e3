"""The built file is the source's build, small, and asks nothing of anybody else."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDGET = Path(__file__).resolve().parents[2] / "bot/widget"
BUILT = WIDGET / "dist/widget.js"
LARGEST = 25 * 1024  # bytes, gzip
ADDRESSES = {"http://www.w3.org/1999/xlink", "https://www.openstreetmap.org/search?query="}  # a name, and what a tapped map link opens


def test_the_built_file_is_small() -> None:
    assert len(gzip.compress(BUILT.read_bytes(), 9)) <= LARGEST


@pytest.mark.parametrize("word", ["eval(", "Function(", "document.cookie", "innerHTML=`", "<script", "unsafeHTML", "@import", "@font-face"])
def test_the_built_file_holds_nothing_that_a_strict_policy_forbids(word: str) -> None:
    assert word not in BUILT.read_text(encoding="utf-8")


def test_the_built_file_names_no_address_but_that_of_the_map() -> None:
    assert set(re.findall(r"https?://[^\"'`\s\\]+", BUILT.read_text(encoding="utf-8"))) <= ADDRESSES


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (WIDGET / "package-lock.json").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of the build's tools, installed as locked."""
    if not shutil.which("npm"):
        pytest.skip("no npm here: apt-get install npm")
    modules = WIDGET / "node_modules"
    if not (modules / "esbuild").is_dir():
        done = subprocess.run(["npm", "ci"], cwd=WIDGET, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"npm ci does not reach its packages: {done.stderr[-300:]}")
    return modules


def test_the_built_file_is_the_build_of_the_source(tools: Path, tmp_path: Path) -> None:
    subprocess.run(["node", "build.mjs", str(tmp_path / "widget.js")], cwd=WIDGET, check=True, capture_output=True)
    assert (tmp_path / "widget.js").read_bytes() == BUILT.read_bytes(), "run `npm run build` in bot/widget and commit dist/widget.js"


def test_the_types_hold(tools: Path) -> None:
    done = subprocess.run(["node", str(tools / "typescript/bin/tsc"), "--noEmit"], cwd=WIDGET, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
