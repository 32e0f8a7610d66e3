"""The handbook for staff explains every message that `tthc check` can give, and every command it names exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import main

ROOT = Path(__file__).resolve().parents[2]
HANDBOOK = ROOT / "docs/so-tay-can-bo.md"
PLACE_OF_MESSAGE = {"problem": 1, "fault": 2, "Problem": 3}  # which argument it is
GAP = "…"


def _literal(node: ast.expr, names: dict[str, ast.expr]) -> str | None:
    """Return the text of a string in the program, with a gap where it is filled in at run time."""
    if isinstance(node, ast.Name) and node.id in names:
        return _literal(names[node.id], names)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else GAP for v in node.values)
    return None


def messages() -> Iterator[str]:
    """Yield every message that `tthc check` gives staff."""
    for path in [*sorted((ROOT / "bot/knowledge").glob("*.py")), ROOT / "bot/serving/astray.py"]:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            names = {
                a.targets[0].id: a.value for a in ast.walk(function) if isinstance(a, ast.Assign) and isinstance(a.targets[0], ast.Name)
            }
            for call in ast.walk(function):
                if not isinstance(call, ast.Call):
                    continue
                called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
                at = PLACE_OF_MESSAGE.get(called)
                message = _literal(call.args[at], names) if at is not None and len(call.args) > at else None
                if message:
                    yield message


@pytest.mark.parametrize("message", sorted(set(messages())))
def test_every_message_of_check_is_explained(message: str) -> None:
    assert f"| {message} |" in HANDBOOK.read_text(encoding="utf-8")


def test_the_messages_are_found_at_all() -> None:
    assert len(set(messages())) >= 40


@pytest.mark.parametrize(
    "verb", sorted(set(re.findall(r"\btthc ([a-z]+)", HANDBOOK.read_text(encoding="utf-8") if HANDBOOK.exists() else "")))
)
def test_every_command_named_exists(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", HANDBOOK.read_text(encoding="utf-8"))
    assert pictures
    assert all((HANDBOOK.parent / p).is_file() for p in pictures)
