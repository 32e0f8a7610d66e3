"""The report: one page that holds everything it shows, and the same gaps as lines for the terminal. Every text in it is escaped."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from html import escape

from bot.answers import wording as say
from bot.knowledge.model import Knowledge
from bot.questions.figures import HANOI, PERCENTILES, Figures
from bot.questions.gaps import Gap

MOST_BARS = 15
MOST_GAPS = 200
_WIDTH, _HEIGHT, _ROW = 900, 200, 24  # of the plots, in units of the page
_LABEL = 430  # what a row's name takes of the width
_LONGEST_LABEL = 60  # characters of it
_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#222}
h1,h2{line-height:1.2}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:1rem}
dl div{background:#f4f4f4;padding:.75rem;border-radius:6px}dd{margin:0;font-size:1.4rem}
svg{width:100%;height:auto;font:12px system-ui,sans-serif}rect{fill:#8f1d1d}article{border-top:1px solid #ccc;padding:.5rem 0}
pre{background:#f4f4f4;padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}"""


def page(first: dt.date, last: dt.date, figures: Figures, found: Sequence[Gap], known: Knowledge) -> str:
    """Return the report of the days `first` to `last` as an HTML document that needs no other address."""
    title = say.REPORT_TITLE.format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    named = Counter({known.procedures[c].label if c in known.procedures else c: n for c, n in figures.procedures.most_common(MOST_BARS)})
    aspects = Counter({say.ASPECT_TITLE.get(a, a): n for a, n in figures.aspects.items()})
    channels = Counter({say.REPORT_CHANNELS.get(c, c): n for c, n in figures.channels.items()})
    parts = [
        f"<h1>{escape(title)}</h1><p>{escape(say.REPORT_PRIVACY)}</p>", _summary(figures),
        _section(say.REPORT_DAYS, _columns(first, last, figures.days)), _section(say.REPORT_PROCEDURES, _bars(named)),
        _section(say.REPORT_ASKED, _bars(aspects)), _section(say.REPORT_CHANNEL, _bars(channels)),
        _section(say.REPORT_GAPS, f"<p>{escape(say.REPORT_GAPS_INTRO)}</p>" + "".join(_gap(gap, known) for gap in found[:MOST_GAPS])),
    ]  # fmt: skip
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def lines_of(found: Sequence[Gap], known: Knowledge, most: int) -> list[str]:
    """Return the first `most` of `found` as lines for the terminal."""
    lines = []
    for gap in found[:most]:
        lines += [f"{gap.count} × {_printable(gap.texts[0])} ({_reasons(gap)})", *(f"    {_printable(text)}" for text in gap.texts[1:])]
        lines += [f"  {_where(gap, known)}", f"    {gap.field}:", f"    {_printable(gap.line)}"]
    return lines


def _printable(text: str) -> str:
    """Return `text` without what a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def _summary(figures: Figures) -> str:
    shares = [
        (say.REPORT_TOTAL, f"{figures.total:,}".replace(",", ".")), (say.REPORT_REFUSED, _percent(figures.rate("handoff", "out_of_scope"))),
        (say.REPORT_ASKED_BACK, _percent(figures.rate("clarify"))), (say.REPORT_LEFT, str(figures.left)),
        (say.REPORT_FAILED, _percent(figures.rate("error"))), (say.REPORT_UP, str(figures.thumbs["up"])),
        (say.REPORT_DOWN, str(figures.thumbs["down"])),
        *((say.REPORT_TIME.format(percent=percent), f"{figures.duration(percent)} ms") for percent in PERCENTILES),
    ]  # fmt: skip
    return f"<dl>{''.join(f'<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>' for name, value in shares)}</dl>"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%".replace(".", ",")


def _section(title: str, body: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{body}</section>"


def _columns(first: dt.date, last: dt.date, days: Counter[dt.date]) -> str:
    """Return a plot of one column a day."""
    shown = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    highest, wide = max([days[day] for day in shown], default=0) or 1, _WIDTH / max(1, len(shown))
    columns = []
    for at, day in enumerate(shown):
        high = days[day] / highest * _HEIGHT
        columns.append(
            f'<rect x="{at * wide:.1f}" y="{_HEIGHT - high:.1f}" width="{wide * 0.8:.1f}" height="{high:.1f}">'
            f"<title>{day:%d/%m/%Y}: {days[day]}</title></rect>"
        )
    ends = f'<text x="0" y="{_HEIGHT + 16}">{first:%d/%m/%Y}</text><text x="{_WIDTH}" y="{_HEIGHT + 16}" text-anchor="end">{last:%d/%m/%Y}</text>'
    label = escape(say.REPORT_HIGHEST.format(count=max(days.values(), default=0)))
    return f'<p>{label}</p><svg viewBox="0 0 {_WIDTH} {_HEIGHT + 20}" role="img" aria-label="{escape(say.REPORT_DAYS)}">{"".join(columns)}{ends}</svg>'


def _bars(counts: Counter[str]) -> str:
    """Return a plot of one row a name."""
    rows: list[str] = []
    shown = counts.most_common(MOST_BARS)
    highest = shown[0][1] if shown else 1
    for at, (name, count) in enumerate(shown):
        long, y = count / highest * (_WIDTH - _LABEL - 60), at * _ROW
        label = name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1] + "…"
        rows.append(
            f'<text x="0" y="{y + 16}">{escape(label)}<title>{escape(name)}</title></text><rect x="{_LABEL}" y="{y + 3}" width="{long:.1f}" height="16"/>'
            f'<text x="{_LABEL + long + 6:.1f}" y="{y + 16}">{count}</text>'
        )
    return f'<svg viewBox="0 0 {_WIDTH} {max(1, len(shown)) * _ROW}" role="img">{"".join(rows)}</svg>'


def _gap(gap: Gap, known: Knowledge) -> str:
    texts = "".join(f"<li>{escape(text)}</li>" for text in gap.texts)
    comments = "".join(f"<li><em>{escape(comment)}</em></li>" for comment in gap.comments)
    return (
        f"<article><h3>{gap.count} × {escape(gap.texts[0])}</h3><p>{escape(_reasons(gap))}. {escape(_where(gap, known))}</p>"
        f"<ul>{texts}{comments}</ul><pre><code>{escape(gap.field)}:\n{escape(gap.line)}</code></pre></article>"
    )


def _reasons(gap: Gap) -> str:
    return ", ".join(f"{say.REPORT_REASONS[reason]}: {count}" for reason, count in sorted(gap.reasons.items()))


def _where(gap: Gap, known: Knowledge) -> str:
    if gap.code is None:
        return say.REPORT_NO_ENTRY
    procedure = known.procedures[gap.code]
    wording = say.REPORT_ENTRY if procedure.in_full else say.REPORT_ROW
    return wording.format(code=gap.code, name=procedure.name)


def first_and_last(since: dt.date | None, until: dt.date | None, days: int) -> tuple[dt.date, dt.date]:
    """Return the days of a report: up to `until` (default: today), from `since` (default: `days` in all)."""
    last = until or dt.datetime.now(HANOI).date()
    return since or last - dt.timedelta(days=days - 1), last
