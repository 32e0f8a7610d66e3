"""What `tthc report` and `tthc gaps` do."""

from __future__ import annotations

import argparse
import datetime as dt
from contextlib import closing
from pathlib import Path

from bot.answers import wording as say
from bot.knowledge.publish import open_snapshot
from bot.questions.figures import Figures, counted, moments
from bot.questions.gaps import Gap, gaps
from bot.questions.report import first_and_last, lines_of, page
from bot.questions.store import QuestionStore
from bot.settings import Settings
from bot.understanding.search import Search

DAYS = 30  # of a report, when none are named
SHOWN = 30  # gaps in the terminal


def add_days(parser: argparse.ArgumentParser) -> None:
    """Add the options that name the days."""
    parser.add_argument("--from", dest="since", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help=f"default: {DAYS} days in all")
    parser.add_argument("--to", dest="until", type=dt.date.fromisoformat, metavar="YYYY-MM-DD", help="default: today")


def report(settings: Settings, options: argparse.Namespace) -> int:
    """Write what was asked, how it was answered and where the gaps are, as one page to open in a browser."""
    first, last = first_and_last(options.since, options.until, DAYS)
    figures, found, search = _looked_at(settings, first, last)
    Path(options.out).write_text(page(first, last, figures, found, search.knowledge), encoding="utf-8")
    print(say.REPORT_WRITTEN.format(file=options.out, count=figures.total, gaps=len(found)))
    return 0


def print_gaps(settings: Settings, options: argparse.Namespace) -> int:
    """List the questions that were left without a good answer, alike ones together, each with the entry it nearly reached and a line to paste."""
    first, last = first_and_last(options.since, options.until, DAYS)
    _, found, search = _looked_at(settings, first, last)
    print("\n".join(lines_of(found, search.knowledge, options.most)) or say.REPORT_NO_GAPS)
    return 0


def _looked_at(settings: Settings, first: dt.date, last: dt.date) -> tuple[Figures, list[Gap], Search]:
    search, figures = Search.open(open_snapshot(settings.home)), Figures()
    with closing(QuestionStore(settings.questions_url)) as store:
        return figures, gaps(counted(store.between(*moments(first, last)), figures), search), search
