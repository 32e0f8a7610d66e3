"""The `tthc` command: what staff, operators and engineers type. Each verb is one function; `tthc VERB --help` tells its options."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime as dt
import difflib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from bot.answers import wording as say
from bot.answers.compose import small_talk
from bot.answers.reply import Reply
from bot.channels import preview
from bot.channels.assistant import Unanswered
from bot.channels.plain import to_text
from bot.channels.web.store import WebStore
from bot.dossiers import command as dossiers
from bot.dossiers import connect
from bot.dossiers.notices import Notices
from bot.dossiers.sheet import SheetError
from bot.knowledge import catalogue, difference, export, files, importer, publish, schema, shared
from bot.knowledge.check import check
from bot.knowledge.model import ASPECTS, Knowledge
from bot.knowledge.problems import KnowledgeError, Problem
from bot.questions import command as questions
from bot.questions.store import QuestionsFailed, QuestionStore
from bot.serving import astray, pause, status, supervisor
from bot.serving.conversations import InProcess
from bot.serving.reception import Reception
from bot.serving.tidying import Job, Tidying, logs_tidied
from bot.settings import Settings, SettingsError
from bot.understanding import index

Verb = Callable[[Settings, argparse.Namespace], int]


def _report(problems: list[Problem]) -> int:
    for problem in problems:
        print(problem)
    print(f"{len(problems)} lỗi." if problems else "Không có lỗi.")
    return 1 if problems else 0


def _what_is_wrong(settings: Settings, questions: str) -> tuple[files.Loaded, list[Problem]]:
    """Return what can be read of the knowledge folder and every fault; of sample questions those of `questions`: "all", "changed" or "none"."""
    loaded, problems = files.load_what_can_be(settings.knowledge)
    problems = sorted({*problems, *check(loaded)})
    if not problems and questions != "none":
        codes = _asked_in_other_words(settings, loaded.knowledge) if questions == "changed" else list(loaded.knowledge.procedures)
        if codes:
            problems = asyncio.run(astray.astray(loaded, codes, settings.home, settings.model))
    return loaded, problems


def _asked_in_other_words(settings: Settings, known: Knowledge) -> list[str]:
    """Return the procedures to be asked for: none as long as there is no model, or nothing was ever published."""
    if not settings.model.is_file() or publish.current_version(settings.home) is None:
        return []
    return astray.changed(publish.open_snapshot(settings.home).knowledge, known)


def check_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Check the knowledge files: every fault with its file, line, field and mend; sample questions that changed are put to the trained model."""
    wanted = [_inside(settings.knowledge, path) for path in options.paths]
    loaded, problems = _what_is_wrong(settings, options.questions)
    problems = [p for p in problems if not wanted or any(_holds(path, p.file) for path in wanted)]
    if options.format == "json":
        print(json.dumps([p.to_plain() for p in problems], ensure_ascii=False, indent=1))
        return 1 if problems else 0
    print(f"{len(loaded.knowledge.procedures)} thủ tục.")
    return _report(problems)


def _inside(folder: Path, named: str) -> str:
    """Return the file or folder that staff `named`, as a path inside the knowledge `folder`; raises FileNotFoundError when there is none."""
    for path in (Path(named), folder.parent / named, folder / named):
        if path.exists() and path.resolve().is_relative_to(folder):
            return path.resolve().relative_to(folder).as_posix()
    raise FileNotFoundError(f"{named}: không có trong {folder}. Ghi tên tệp hoặc thư mục có thật.")


def _holds(path: str, file: str) -> bool:
    return path == "." or file == path or file.startswith(f"{path}/")


def schema_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Write the JSON Schemas by which editors complete keys and mark faults while staff type."""
    for path in schema.write(Path(options.out)):
        print(path)
    return 0


def preview_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Show the answers of a procedure, aspect by aspect, as the web and Telegram would show them, from the files as they are now."""
    loaded, problems = files.load_what_can_be(settings.knowledge)
    mine = [p for p in problems if Path(p.file).stem == options.code]
    if mine:
        return _report(mine)
    if options.code not in loaded.knowledge.procedures:
        near = difflib.get_close_matches(options.code, loaded.knowledge.procedures, 1)
        raise FileNotFoundError(f"{options.code}: không có thủ tục nào mang mã này." + (f" Có phải là {near[0]}?" if near else ""))
    known = dataclasses.replace(loaded.knowledge, as_of=options.as_of)
    shown = preview.previews(options.code, known, options.aspect or ASPECTS)
    if not options.page:
        print(preview.to_terminal(shown))
        return 0
    title = say.PREVIEW_TITLE.format(name=known.procedures[options.code].name, code=options.code)
    Path(options.page).write_text(preview.to_page(title, shown), encoding="utf-8")
    print(f"Đã ghi {options.page}. Mở bằng trình duyệt.")
    return 0


def diff_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Tell what differs between two snapshots, or between the one that is served and the files as they are now."""
    before = publish.open_snapshot(settings.home, options.before).knowledge
    after = publish.open_snapshot(settings.home, options.after).knowledge if options.after else files.load(settings.knowledge).knowledge
    lines = difference.lines_of(before, after)
    print("\n".join(lines) if lines else "Không có gì khác.")
    return 0


def publish_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Publish the knowledge files, if they are without fault; the running assistant changes over by itself."""
    loaded, problems = _what_is_wrong(settings, options.questions)
    if problems:
        return _report(problems)
    known = dataclasses.replace(loaded.knowledge, as_of=options.as_of)
    with _other_machines(settings) as tell:
        snapshot = publish.publish(known, settings.home, index.write)
        tell(snapshot.version)
    print(f"Đang phục vụ bản {snapshot.version}: {len(loaded.knowledge.procedures)} thủ tục.")
    return 0


@contextmanager
def _other_machines(settings: Settings) -> Iterator[Callable[[str], None]]:
    """Yield what tells other machines which version to serve; raises SnapshotError at once when they could not be told, before anything is changed."""
    if settings.snapshots_url is None:
        yield lambda version: None
        return
    with closing(shared.Shelf(settings.snapshots_url)) as shelf:
        shelf.served()
        yield lambda version: shelf.put(settings.home, version)


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
    with _other_machines(settings) as tell:
        version = publish.rollback(settings.home, options.version)
        tell(version)
    print(f"Đang phục vụ bản {version}.")
    return 0


def events_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Count what happens in conversations, read from RabbitMQ, until told to stop; with --show tell what was counted."""
    from bot.serving import events, tally

    with closing(tally.Tally(settings.tally_url)) as counts:
        if options.show:
            print("\n".join(tally.lines_of(counts)))
            return 0
        if settings.rabbitmq_url is None:
            raise SettingsError("TTHC_RABBITMQ_URL: must name the RabbitMQ to read from, as amqp://user:password@host/")
        with suppress(KeyboardInterrupt):
            asyncio.run(tally.keep_counting(settings.rabbitmq_url, events.EXCHANGE, events.QUEUE, counts))
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
    """Tell at a glance how the service is: up or not, answering or paused, what it serves, how much it is asked and fails, what it needs."""
    seen = status.look(settings)
    print("\n".join(status.lines(settings, seen, dt.datetime.now(dt.timezone.utc))))
    return 0 if seen.ready in ("ok", "paused") else 1


def pause_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Turn answering off at once on this machine: every channel gives the notice as its reply, until `tthc resume`."""
    made = pause.pause(settings.home, options.notice)
    print(f"Đã tắt trả lời: «{made.notice or say.PAUSED}». Có hiệu lực trong vòng một giây. Bật lại: «tthc resume».")
    return 0


def resume_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Turn answering on again."""
    print("Đã bật trả lời." if pause.resume(settings.home) else "Trả lời vẫn đang bật, không có gì phải làm.")
    return 0


def tidy_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Delete what is older than it may be kept; a running gateway does so by itself once a day."""
    done = asyncio.run(_tidy(settings))
    for name, count in done.items():
        print(f"{name}\t{'không làm được' if count == -1 else 'xong' if count is None else count}")
    return 1 if -1 in done.values() else 0


async def _tidy(settings: Settings) -> dict[str, int | None]:
    asked, web, notices = QuestionStore(settings.questions_url), WebStore(settings.web_url), Notices(settings.notices_url)
    try:
        jobs: dict[str, Job] = {
            "questions": lambda: asyncio.to_thread(asked.tidy), "web": web.tidy, "notices": notices.tidy, "logs": logs_tidied(settings.logs),
        }  # fmt: skip
        return await Tidying(jobs).tidy()
    finally:
        asked.close()
        await web.close()
        await notices.close()


def migrate_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Bring the tables of dossiers and notices up to date; several machines are updated after it. Tables that never changed make themselves."""
    connect.prepare(settings)
    connect.prepare_notices(settings)
    print("Các bảng dữ liệu đã ở bản mới nhất.")
    return 0


def serve_verb(settings: Settings, options: argparse.Namespace) -> int:
    """Run the whole assistant, or a part of it: action server, Rasa, gateway, Telegram."""
    connect.prepare(settings)
    supervisor.serve(settings, options.only)
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
    KnowledgeError, connect.NoDatabase, SheetError, QuestionsFailed, pause.PauseError,
)  # fmt: skip


def _sample_questions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--questions", choices=("changed", "all", "none"), default="changed",
        help="which sample questions to put to the trained model (default: those of entries asked for in other words than what is served)",
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
    checking.add_argument("--format", choices=("text", "json"), default="text", help="json: for editors")
    _sample_questions(checking)
    previewing = verb("preview", preview_verb)
    previewing.add_argument("code", help="code of the procedure")
    previewing.add_argument(
        "--aspect", action="append", choices=ASPECTS, metavar="ASPECT", help=f"only this one (may be repeated): {', '.join(ASPECTS)}"
    )
    previewing.add_argument("--page", metavar="FILE", help="write a page for the browser instead")
    previewing.add_argument("--as-of", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="as it would be answered on that day")
    differing = verb("diff", diff_verb)
    differing.add_argument("before", nargs="?", help="version of a snapshot; default: the one that is served")
    differing.add_argument("after", nargs="?", help="version of another; default: the files as they are now")
    publishing = verb("publish", publish_verb)
    publishing.add_argument(
        "--as-of", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="answer as on that day (default: each day as it comes)"
    )
    _sample_questions(publishing)
    verb("schema", schema_verb).add_argument("--out", default=".vscode/schemas", metavar="FOLDER", help="default: .vscode/schemas")
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
    verb("events", events_verb).add_argument("--show", action="store_true", help="tell what was counted, and stop")
    verb("rollback", rollback_verb).add_argument("version", nargs="?", help="default: the one before")
    reporting = verb("report", questions.report)
    questions.add_days(reporting)
    reporting.add_argument("--out", default="report.html", metavar="FILE", help="default: report.html")
    gapping = verb("gaps", questions.print_gaps)
    questions.add_days(gapping)
    gapping.add_argument("--most", type=int, default=questions.SHOWN, metavar="N", help=f"default: {questions.SHOWN}")
    verb("tidy", tidy_verb)
    verb("migrate", migrate_verb)
    dossiers.add_to(verb("dossiers", dossiers.run))
    verb("serve", serve_verb).add_argument("--only", choices=["gateway", "rasa"], help="this part alone, the other runs on other machines")
    verb("status", status_verb)
    pausing = verb("pause", pause_verb)
    pausing.add_argument("notice", nargs="?", default="", help="what citizens are told (Vietnamese); default: that answering is paused")
    verb("resume", resume_verb)
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
