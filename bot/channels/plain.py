"""A reply as plain text: what `tthc ask` prints, and the `text` of the web API for clients that show no blocks."""

from __future__ import annotations

import re

from bot.answers.reply import Block, Item, Link, Reply

_BLANK_LINES = re.compile(r"\n\s*\n")


def to_text(reply: Reply) -> str:
    """Return `reply` as plain text: its blocks, the procedures offered, the links, and the sources last.

    Only choices that a number takes are numbered. The buttons of an answer that ask more of the same procedure are left out.

    Choices stand before the notes that close a reply: a note tells what to do when none of them fits.
    """
    blocks = list(reply.blocks)
    closing: list[Block] = []
    while blocks and blocks[-1].type == "note":
        closing.insert(0, blocks.pop())
    offered = [b for b in reply.buttons if reply.kind != "answer" or (b.choice and b.choice not in reply.codes[:1])]
    numbered = reply.kind in ("clarify", "statistics")
    paragraphs = [
        *map(_block, blocks),
        "\n".join(f"{n}. {b.text}" if numbered and b.choice else f"- {b.text}" for n, b in enumerate(offered, 1)),
        *map(_block, closing),
        "\n".join(map(_link, reply.links)),
        "\n".join(reply.sources),
    ]
    return _BLANK_LINES.sub("\n\n", "\n\n".join(p for p in paragraphs if p.strip())).strip()


def _block(block: Block) -> str:
    lines = [_mark(block, number) + _item(item) for number, item in enumerate(block.items, 1)]
    return "\n".join([block.text, *lines] if block.text else lines)


def _mark(block: Block, number: int) -> str:
    if block.type == "steps":
        return f"{number}. "
    return "- " if block.type in ("checklist", "case", "bullets") else ""


def _item(item: Item) -> str:
    count = f" ({item.count})" if item.count else ""
    note = f" — {item.note}" if item.note else ""
    return item.text + count + note


def _link(link: Link) -> str:
    return f"{link.text}: {link.url}" if link.text else link.url
