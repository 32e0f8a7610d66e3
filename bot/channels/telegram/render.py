"""A reply as Telegram messages: HTML short enough to be sent, and the buttons under the last one. Pure functions.

A line is a tuple of runs, a run is text in one style. Lines are laid on pages before they become HTML, so that a page never ends inside a
tag or an entity.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.answers import wording as say
from bot.answers.reply import Block, Button, Item, Link, Reply

# Limits of the Bot API (core.telegram.org/bots/api; the last two stand in no document but in `telegram.constants`).
LONGEST_TEXT = 4096  # UTF-16 units after entities are parsed (sendMessage, text)
MOST_ENTITIES = 100  # in a message; what is beyond loses its style and its link (MessageLimit.MESSAGE_ENTITIES)
MOST_BUTTONS = (
    90  # of a reply; Telegram takes 100 under a message (InlineKeyboardMarkupLimit.TOTAL_BUTTON_NUMBER), and the channel adds its own
)

LONGEST_LABEL = 64  # characters; ours: a telephone shows no more in one row


@dataclass(frozen=True)
class Message:
    """A message to send with parse mode HTML, and its buttons from top to bottom: the label there is room for, and what the button says."""

    html: str
    buttons: tuple[tuple[str, Button], ...] = ()


@dataclass(frozen=True)
class Run:
    """Text in one style: `tag` is "b", "i", "a" (to `url`) or empty."""

    text: str
    tag: str = ""
    url: str = ""


Line = tuple[Run, ...]


def render(reply: Reply) -> list[Message]:
    """Return the messages that say `reply`, in order; none when there is nothing in it to see."""
    buttons = [b for b in reply.buttons if _visible(b.text)]
    shown = tuple((_label(b.text), b) for b in buttons[:MOST_BUTTONS])
    paragraphs = [*map(_block, reply.blocks), *_ends(reply)]
    if [label for label, _ in shown] != [_one_line(b.text) for b in buttons]:
        # What a button has no room for is said in full above it.
        paragraphs.insert(len(reply.blocks), [(Run(f"{n}. {b.text}"),) for n, b in enumerate(buttons, 1)])
    pages = [page for page in _pages(paragraphs) if _visible_page(page)]
    if shown and not pages:
        pages = [[(Run(say.TELEGRAM_CHOOSE),)]]
    messages = [Message("\n".join("".join(map(_html, line)) for line in page).strip()) for page in pages]
    return [*messages[:-1], Message(messages[-1].html, shown)] if messages else []


def utf16_length(text: str) -> int:
    """Return the length of `text` as Telegram counts it, in UTF-16 units."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def _block(block: Block) -> list[Line]:
    # The text of a block that answers an aspect is a heading; any other is a sentence.
    tag = "i" if block.type == "note" else "b" if block.type == "title" or block.aspect else ""
    head: list[Line] = [(Run(block.text, tag),)] if block.text else []
    return head + [_item(_mark(block, n), item, "i" if block.type == "note" else "") for n, item in enumerate(block.items, 1)]


def _mark(block: Block, number: int) -> str:
    return {"checklist": "☐ ", "case": "☐ ", "bullets": "• ", "steps": f"{number}. "}.get(block.type, "")


def _item(mark: str, item: Item, tag: str) -> Line:
    count = f" ({item.count})" if item.count else ""
    said = Run(mark + item.text + count, tag)
    return (said, Run(" — "), Run(item.note, "i")) if item.note else (said,)


def _ends(reply: Reply) -> list[list[Line]]:
    return [[(Run(source),) for source in reply.sources], [_link(link) for link in reply.links]]


def _link(link: Link) -> Line:
    if link.url.startswith(("https://", "http://")):
        return (Run(link.text if _visible(link.text) else link.url, "a", link.url),)
    return (Run(f"{link.text}: {link.url}"),)  # Telegram would drop a link to anything else


def _pages(paragraphs: Iterable[list[Line]]) -> list[list[Line]]:
    """Lay paragraphs on pages, an empty line between two; one is broken between its lines only if a whole page cannot hold it."""
    pages: list[list[Line]] = [[]]
    for paragraph in filter(_visible_page, paragraphs):
        gap: list[Line] = [()] if pages[-1] else []
        if pages[-1] and _fits(paragraph) and not _fits([*pages[-1], *gap, *paragraph]):
            pages.append([])
            gap = []
        for piece in [*gap, *(piece for line in paragraph for piece in _pieces(line))]:
            if not _fits([*pages[-1], piece]):
                pages.append([])
            pages[-1].append(piece)
    return pages


def _fits(lines: list[Line]) -> bool:
    length = sum(utf16_length(run.text) for line in lines for run in line) + len(lines) - 1
    entities = sum(run.tag != "" for line in lines for run in line)
    return length <= LONGEST_TEXT and entities <= MOST_ENTITIES


def _pieces(line: Line) -> Iterator[Line]:
    """Yield `line`, or when no page can hold it, its runs cut into lines that fit."""
    if _fits([line]):
        yield line
        return
    for run in line:
        rest = run.text
        while rest:
            piece = _first_piece(rest)
            yield (Run(piece, run.tag, run.url),)
            rest = rest[len(piece) :]


def _first_piece(text: str) -> str:
    """Return the longest start of `text` that fits a page alone, up to a space if there is one."""
    if utf16_length(text) <= LONGEST_TEXT:
        return text
    piece = text.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")  # half a character at the end is left to the next
    space = max(piece.rfind(" "), piece.rfind("\n"))
    return piece[: space + 1] if space > 0 else piece


def _html(run: Run) -> str:
    text = html.escape(run.text, quote=False)
    if run.tag == "a":
        return f'<a href="{html.escape(run.url)}">{text}</a>'
    return f"<{run.tag}>{text}</{run.tag}>" if run.tag else text


def _label(text: str) -> str:
    """Return `text` on one line, shortened between words to what a button shows."""
    text = _one_line(text)
    if len(text) <= LONGEST_LABEL:
        return text
    start = text[: LONGEST_LABEL - 1]
    return (start.rpartition(" ")[0] or start) + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _visible(text: str) -> bool:
    """Tell whether there is anything to see in `text`: Telegram refuses messages of spaces and control characters."""
    return any(unicodedata.category(c) not in ("Zs", "Zl", "Zp", "Cc", "Cf") for c in text)


def _visible_page(lines: list[Line]) -> bool:
    return any(_visible(run.text) for line in lines for run in line)
