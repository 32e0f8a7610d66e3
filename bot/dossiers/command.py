"""The `tthc dossiers` command: dossiers from files, dossiers made up, and what is kept."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from tqdm import tqdm

from bot.dossiers import connect
from bot.dossiers.figures import Asked, Figures, OnTime, month_number
from bot.dossiers.intake import BATCH, BadRow, take_in
from bot.dossiers.model import HANOI, Dossier
from bot.dossiers.proofs import DIGITS, key_of, proof
from bot.dossiers.record import Record
from bot.dossiers.sample import Drawn, World, draw
from bot.dossiers.sheet import HEADER
from bot.dossiers.store import Store
from bot.dossiers.tables import changes, imports
from bot.knowledge import publish
from bot.settings import Settings

BAD_ROWS_SHOWN = 20
EXAMPLES = 3  # made-up dossiers whose digits are told, to try
MONTHS_SHOWN = 12
SEED = 1
_SAMPLE_MARK = "có"


def add_to(verb: argparse.ArgumentParser) -> None:
    """Add the sub-commands to `verb`; which one is meant stands in `options.deed`."""
    deeds = verb.add_subparsers(required=True, metavar="DEED", dest="deed")
    importing = deeds.add_parser("import", help="dossiers from a file, .csv or .xlsx; a file that was cut short is gone on with")
    importing.add_argument("file", type=Path, metavar="FILE")
    importing.add_argument(
        "--as-of", type=dt.datetime.fromisoformat, metavar="TIME", help="when the file was true (default: when it was written)"
    )
    importing.add_argument("--bad-rows", type=Path, metavar="FILE", help="write every row left out there, as .csv")
    sampling = deeds.add_parser("sample", help="made-up dossiers, for demonstrations and benchmarks")
    sampling.add_argument("--count", type=int, required=True, metavar="N")
    sampling.add_argument("--seed", type=int, default=SEED)
    sampling.add_argument("--now", type=dt.datetime.fromisoformat, metavar="TIME", help="as they stand then (default: now)")
    sampling.add_argument("--out", type=Path, metavar="FILE", help="write them as .csv for `import` instead of keeping them")
    deeds.add_parser("stats", help="what is kept: figures of the last months, imports, changes")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Dossiers: take in a file, make up samples, or tell what is kept."""
    if not connect.is_database(settings):
        raise connect.NoDatabase("TTHC_DOSSIERS_URL trỏ tới hệ thống một cửa: hồ sơ được giữ ở đó, không nhập ở đây.")
    if options.deed == "sample" and options.out:
        return _write_out(settings, options)
    connect.prepare(settings)
    store = Store(settings.dossiers_url)
    try:
        return {"import": _import, "sample": _sample, "stats": _stats}[options.deed](settings, options, store)
    except sa.exc.SQLAlchemyError as error:  # what was written stays, and the same command goes on from there
        raise connect.NoDatabase.because(error) from None
    finally:
        store.close()


def _import(settings: Settings, options: argparse.Namespace, store: Store) -> int:
    bad: list[BadRow] = []
    with tqdm(unit=" hồ sơ", desc=options.file.name, disable=None) as bar:
        report = take_in(options.file, store, key_of(settings), as_of=_aware(options.as_of), on_bad=bad.append, on_rows=bar.update)
    for row in bad[:BAD_ROWS_SHOWN]:
        print(f"{options.file.name}:{row.line}: {row.fault}")
    if len(bad) > BAD_ROWS_SHOWN and not options.bad_rows:
        print(f"… và {len(bad) - BAD_ROWS_SHOWN} dòng lỗi nữa. Thêm --bad-rows FILE để ghi đủ.")
    if options.bad_rows:
        with options.bad_rows.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("dong", "loi"), *((row.line, str(row.fault)) for row in bad)])
    if report.before:
        print(f"Đã đọc {report.before} dòng từ lần trước, nay đọc tiếp.")
    print(f"Đọc {report.read} dòng: ghi {report.written}, đã có {report.passed_over}, lỗi {report.bad}.")
    return 1 if bad else 0


def _aware(moment: dt.datetime | None) -> dt.datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=HANOI)


def _drawn(settings: Settings, options: argparse.Namespace) -> Iterator[Drawn]:
    world = World.of(publish.open_snapshot(settings.home).knowledge)
    now = _aware(options.now) or dt.datetime.now(HANOI)
    return draw(options.count, options.seed, world, now)


def record_of(drawn: Drawn, key: bytes) -> Record:
    """Return the record of a made-up dossier, with its proofs made with `key`."""
    code = drawn.dossier.code
    return Record(drawn.dossier, drawn.field, proof(key, code, drawn.phone[-DIGITS:]), proof(key, code, drawn.id_number[-DIGITS:]))


def _sample(settings: Settings, options: argparse.Namespace, store: Store) -> int:
    key, drawn = key_of(settings), _drawn(settings, options)
    last: list[Drawn] = []
    with tqdm(total=options.count, unit=" hồ sơ", disable=None) as bar:
        while batch := list(islice(drawn, BATCH)):
            store.write(record_of(one, key) for one in batch)
            bar.update(len(batch))
            last = batch[-EXAMPLES:]
    print(f"Đã ghi {options.count} hồ sơ mẫu. Thử tra:")
    for one in last:
        print(f"  {one.dossier.code}, bốn số cuối điện thoại {one.phone[-DIGITS:]}")
    return 0


def _write_out(settings: Settings, options: argparse.Namespace) -> int:
    """Write made-up dossiers as a file for `import`, each marked as a sample there too."""
    with options.out.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER)
        lines.writerows(cells_of(one) for one in tqdm(_drawn(settings, options), total=options.count, unit=" hồ sơ", disable=None))
    print(f"Đã ghi {options.count} hồ sơ mẫu vào {options.out}.", file=sys.stderr)
    return 0


def cells_of(one: Drawn) -> tuple[str, ...]:
    """Return the cells of a made-up dossier, in the order of sheet.HEADER."""
    d: Dossier = one.dossier
    step, wanted, apology = d.step, d.supplements[0] if d.supplements else None, d.apology
    return (
        d.code, d.procedure_code or "", d.procedure_name, d.unit, one.field, _written(d.received), _written(d.due), _written(d.finished), f"{d.status:d}",
        step.name if step else "", step.unit if step else "", f"{step.days:g}" if step and step.days else "", _written(step.due) if step else "",
        wanted.what if wanted else "", _written(wanted.by) if wanted else "", wanted.where if wanted else "",
        "" if d.fee_due is None else str(d.fee_due), apology.reason if apology else "", _written(apology.new_due) if apology else "",
        one.applicant, one.phone, one.id_number, _written(d.as_of), _SAMPLE_MARK,
    )  # fmt: skip


def _written(moment: dt.datetime | None) -> str:
    return moment.isoformat(" ", "seconds") if moment else ""


def _stats(settings: Settings, options: argparse.Namespace, store: Store) -> int:
    print(f"Nơi giữ: {sa.engine.make_url(settings.dossiers_url)!r}")  # without its password
    figures = Figures(settings.dossiers_url)
    today = dt.datetime.now(HANOI).date()
    try:
        everything = figures.tell(Asked(0, month_number(today)))
        print(f"Tổng cộng: {_told(everything)}{'  (DỮ LIỆU MẪU)' if everything.sample else ''}")
        first = month_number(today - dt.timedelta(days=MONTHS_SHOWN * 30))
        for month, told in figures.by_month(Asked(first, month_number(today))):
            print(f"  {month % 100:02}/{month // 100}: {_told(told)}")
    finally:
        figures.close()
    with store.engine.connect() as connection:
        print(f"Thay đổi trạng thái đã ghi: {connection.execute(sa.select(sa.func.count()).select_from(changes)).scalar_one()}")
        for row in connection.execute(sa.select(imports).order_by(imports.c.file)).mappings():
            state = "xong" if row["finished"] else "dở dang, chạy lại để tiếp"
            print(f"Tệp {row['file']}: {row['rows_done']} dòng, {row['bad_rows']} lỗi, {state}")
    return 0


def _told(told: OnTime) -> str:
    share = f"{100 * told.share:.2f}%" if told.share is not None else "chưa có"
    return f"tiếp nhận {told.received}, xong {told.finished}, đúng hạn {share}"
