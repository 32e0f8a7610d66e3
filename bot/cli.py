"""The `tthc` command: what staff, operators and engineers type. Each verb is one function; `tthc VERB --help` tells its options."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime as dt
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bot.answers.compose import small_talk
from bot.answers.reply import Reply
from bot.channels.assistant import Unanswered
from bot.channels.plain import to_text
from bot.dossiers import command as dossiers
from bot.dossiers import connect
from bot.dossiers.notices import Notices
from bot.dossiers.sheet import SheetError
from bot.knowledge import catalogue, export, files, importer, publish
from bot.knowledge.check import check
from bot.knowledge.problems import KnowledgeError, Problem
from bot.serving import supervisor
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.settings import Settings, SettingsError
from bot.understanding import index

Verb = Callable[[Settings, argparse.Namespace], int]


def _report(problems: list[Problem]) -> int:
    for problem in problems:
        print(problem)
    print(f"{len(problems)} lỗi." if problems else "Không có lỗi.")
    return 1 if problems else 0


def _checked(folder: Path) -> files.Loaded:
    """Load `folder` and check it; raises KnowledgeError with every fault."""
    loaded, problems = _what_is_wrong(folder)
    if problems:
        raise KnowledgeError(problems)
    return loaded


def _what_is_wrong(folder: Path) -> tuple[files.Loaded, list[Problem]]:
    loaded, problems = files.load_what_can_be(folder)
    return loaded, sorted({*problems, *check(loaded)})


def check_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Check the knowledge files: every fault with its file, line, field and mend; with --questions also that samples reach their entry."""
    wanted = [_inside(settings.knowledge, path) for path in options.paths]
    loaded, problems = _what_is_wrong(settings.knowledge)
    print(f"{len(loaded.knowledge.procedures)} thủ tục.")
    if options.questions and not problems:
        problems = asyncio.run(_astray(settings, loaded))
    return _report([p for p in problems if not wanted or any(_holds(path, p.file) for path in wanted)])


def _inside(folder: Path, named: str) -> str:
    """Return the file or folder that staff `named`, as a path inside the knowledge `folder`; raises FileNotFoundError when there is none."""
    for path in (Path(named), folder.parent / named, folder / named):
        if path.exists() and path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
    raise FileNotFoundError(f"{named}: không có trong {folder}. Ghi tên tệp hoặc thư mục có thật.")


def _holds(path: str, file: str) -> bool:
    return path == "." or file == path or file.startswith(f"{path}/")


async def _astray(settings: Settings, loaded: files.Loaded) -> list[Problem]:
    """Return a fault for every sample question that the trained model leads to another entry, or to none."""
    publish.publish(loaded.knowledge, settings.home / "check", index.write)
    os.environ["TTHC_HOME"] = str(settings.home / "check")
    conversations = await InProcess.load(settings.model, Reception())
    problems = []
    for code, procedure in loaded.knowledge.procedures.items():
        for i, question in enumerate(procedure.sample_questions):
            reply = await conversations.reply(f"check-{code}-{i}", question, {}, loaded.knowledge.contact)
            if code in reply.codes[: 1 if reply.kind == "answer" else 5] and reply.kind in ("answer", "clarify"):
                continue
            where = f"{reply.kind}: {', '.join(reply.codes[:3]) or 'không thủ tục nào'}"
            mend = "viết câu rõ hơn, thêm ten_goi_khac, hoặc chuyển câu sang thủ tục kia"
            problems.append(loaded.lines[code].problem(f"cau_hoi_mau[{i}]", f"«{question}» dẫn tới {where}", mend))
    return sorted(problems)


def publish_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Publish the knowledge files, if they are without fault; the running assistant changes over by itself."""
    try:
        loaded = _checked(settings.knowledge)
    except KnowledgeError as error:
        return _report(error.problems)
    known = dataclasses.replace(loaded.knowledge, as_of=options.as_of)
    snapshot = publish.publish(known, settings.home, index.write)
    print(f"Đang phục vụ bản {snapshot.version}: {len(loaded.knowledge.procedures)} thủ tục.")
    return 0


def import_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Report what official lists would change in the catalogue; with --apply also change it. Entries written up in full are never touched."""
    shelf = settings.knowledge / catalogue.FILE
    knowledge = files.load(settings.knowledge).knowledge
    reader = importer.Reader(knowledge.fields, knowledge.elsewhere, options.checked)
    for path in options.files:
        reader.read(Path(path))
    rows = [row for _, row in catalogue.read(shelf)]
    written_up = {code: p for code, p in knowledge.procedures.items() if p.in_full}
    report = importer.compare(reader.found, rows, written_up)
    for line in importer.lines_of(report, None if options.all else importer.SHOWN):
        print(line)
    if not options.apply:
        print("Chưa ghi gì. Thêm --apply để ghi vào danh mục.")
        return 0
    files.append_fields(settings.knowledge, reader.found.fields.values())
    catalogue.write(importer.after(report, rows, written_up), shelf)
    print(f"Đã ghi {shelf}. Chạy «tthc check» rồi «tthc publish».")
    return 0


def export_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Write the published procedures for others to read: JSON Lines, a sheet, or linked data (CPSV-AP, schema.org)."""
    out = Path(options.out) if options.out else None
    left_out = export.export(publish.open_snapshot(settings.home), options.format, out, sys.stdout)
    for record in left_out:
        print(f"Bỏ qua {record.code}: {record.reason}.", file=sys.stderr)
    return 0


def rollback_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Serve an earlier snapshot again."""
    print(f"Đang phục vụ bản {publish.rollback(settings.home, options.version)}.")
    return 0


def list_verb(settings: Settings, options: argparse.Namespace) -> int:
    """List the procedures that are served: code, tab, name; or the fields with how many are written up in full."""
    known = publish.open_snapshot(settings.home).knowledge
    if options.fields:
        for key, named in sorted(known.fields.items()):
            held = [p.in_full for p in known.procedures.values() if p.field == key]
            if held:
                print(f"{key}\t{named.name}\t{sum(held)}\t{len(held)}")
        return 0
    for code, procedure in sorted(known.procedures.items()):
        if procedure.in_full or not options.in_full:
            print(f"{code}\t{procedure.name}")
    return 0


def status_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Tell which snapshot and model are served, and whether the service answers."""
    served = publish.current_version(settings.home)
    count = len(publish.open_snapshot(settings.home).knowledge.procedures) if served else 0
    print(f"Dữ liệu: {served or 'chưa công bố'} ({count} thủ tục, {len(publish.versions(settings.home))} bản đã lưu)")
    print(f"Mô hình: {settings.model if settings.model.is_file() else 'chưa có, chạy «make setup»'}")
    address = f"http://{settings.host}:{settings.port}"
    ready = supervisor.answers(f"{address}/readyz")
    print(f"Dịch vụ: {'đang chạy tại ' + address if ready else 'không trả lời tại ' + address}")
    return 0 if ready else 1


def serve_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Run the whole assistant: action server, Rasa, gateway, Telegram."""
    connect.prepare(settings)
    supervisor.serve(settings)
    return 0


def ask_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Ask one question, or each line of a JSON Lines file (id, conv?, turn?, q), through the trained model, rules and actions."""
    if options.jsonl is None:
        if not options.question:
            print('Viết câu hỏi: tthc ask "làm giấy khai sinh cần gì"', file=sys.stderr)
            return 2
        asked: list[dict[str, Any]] = [{"id": "1", "q": " ".join(options.question)}]
    else:
        asked = list(_questions(options.jsonl))
    asyncio.run(_ask(settings, asked, plain=options.jsonl is None))
    return 0


class QuestionsError(Exception):
    """A file of questions cannot be read; the message names the line and the mend."""


def _questions(path: str) -> Iterator[dict[str, Any]]:
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                question = json.loads(line)
            except ValueError as error:
                raise QuestionsError(f"{path}:{number}: not JSON; write one object a line") from error
            if not isinstance(question, dict) or not isinstance(question.get("q"), str) or "id" not in question:
                raise QuestionsError(f'{path}:{number}: needs "id" and a string "q"')
            yield question


async def _ask(settings: Settings, asked: list[dict[str, Any]], plain: bool) -> None:
    contact = publish.open_snapshot(settings.home).knowledge.contact
    conversations = await InProcess.load(settings.model, _reception(settings))
    turns: dict[str, int] = {}
    for question in asked:
        conversation = str(question.get("conv", question["id"]))
        turns[conversation] = turns.get(conversation, 0) + 1
        turn = question.get("turn", turns[conversation])
        try:
            reply = await conversations.reply(f"ask-{conversation}", question["q"], {}, contact)
        except Unanswered:
            reply = Reply("error", ())
        if plain:
            print(to_text(reply))
            continue
        print(json.dumps(_predicted(question["id"], turn, reply), ensure_ascii=False), flush=True)


def _reception(settings: Settings) -> Reception:
    connect.prepare(settings)
    return Reception.open(settings, connect.connect(settings), Notices(settings.notices_url))


def _predicted(name: Any, turn: int, reply: Reply) -> dict[str, Any]:
    return {
        "id": name,
        "turn": turn,
        "kind": reply.kind,
        "codes": list(reply.codes[:10]),
        "scores": [round(s, 4) for s in reply.scores[:10]],
        "aspects": list(reply.aspects),
        "text": to_text(reply),
    }


def chat_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Talk with the assistant in the terminal; a number takes a choice, an empty line ends."""
    asyncio.run(_chat(settings))
    return 0


async def _chat(settings: Settings) -> None:
    contact = publish.open_snapshot(settings.home).knowledge.contact
    conversations = await InProcess.load(settings.model, _reception(settings))
    while True:
        try:
            said = input("> ")
        except (EOFError, KeyboardInterrupt):
            break
        if not said.strip():
            break
        try:
            reply = await conversations.reply("chat", said, {}, contact)
        except Unanswered:
            reply = small_talk("error", contact)
        print(to_text(reply), end="\n\n")


def _quieten() -> None:
    """Keep the libraries' remarks to their developers away from people: TensorFlow's and every deprecation."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if not sys.warnoptions:
        warnings.showwarning = lambda *_, **__: None  # a filter would not do: the libraries set their own


_REFUSALS = (
    SettingsError, publish.SnapshotError, supervisor.ServeError, QuestionsError, importer.ImportFailed, export.ExportFailed, FileNotFoundError,
    dossiers.NoDatabase, SheetError,
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Run the `tthc` command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="tthc", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, run: Verb) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=run.__doc__, description=run.__doc__)
        added.set_defaults(run=run)
        return added

    asking = verb("ask", ask_verb)
    asking.add_argument("question", nargs="*")
    asking.add_argument("--jsonl", metavar="FILE", help="a JSON Lines file of questions; - for standard input")
    verb("chat", chat_verb)
    listing = verb("list", list_verb)
    listing.add_argument("--in-full", action="store_true", help="only those written up in full")
    listing.add_argument("--fields", action="store_true", help="the fields instead: key, name, how many in full, how many in all")
    checking = verb("check", check_verb)
    checking.add_argument("paths", nargs="*", help="report only on these files or folders")
    checking.add_argument("--questions", action="store_true", help="also run every sample question through the trained model")
    publishing = verb("publish", publish_verb)
    publishing.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="answer as on that day (default: each day as it comes)"
    )
    importing = verb("import", import_verb)
    importing.add_argument("files", nargs="+", metavar="FILE", help="official records: .xlsx, .jsonl or .jsonl.gz; a later file wins")
    importing.add_argument("--apply", action="store_true", help="write the catalogue; without it only report")
    importing.add_argument("--all", action="store_true", help="report every row, not the first of each kind")
    importing.add_argument(
        "--checked", default=f"{dt.date.today():%Y-%m}", metavar="YYYY-MM", help="when the records were fetched (default: this month)"
    )
    exporting = verb("export", export_verb)
    exporting.add_argument("--format", default="", metavar="|".join(export.FORMATS))
    exporting.add_argument("--out", metavar="FILE", help="default: standard output; xlsx needs a file")
    verb("rollback", rollback_verb).add_argument("version", nargs="?", help="default: the one before")
    dossiers.add_to(verb("dossiers", dossiers.run))
    verb("serve", serve_verb)
    verb("status", status_verb)
    options = parser.parse_args(arguments)
    _quieten()
    try:
        return int(options.run(Settings.read(), options))
    except BrokenPipeError:  # the reader had enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _REFUSALS as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
