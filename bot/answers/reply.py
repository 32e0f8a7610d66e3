"""The reply: one structured value that every channel renders. Nothing but this package decides what it says."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.knowledge.model import Aspect

Kind = Literal["answer", "clarify", "out_of_scope", "dossier", "statistics", "smalltalk", "handoff", "error"]
BlockType = Literal["title", "text", "checklist", "case", "bullets", "steps", "note"]  # case: a checklist for some people only


@dataclass(frozen=True)
class Item:
    """One line of a list: its text, what it counts or holds for ("2 bản sao", "nộp trực tuyến"), a remark, and where it is.

    `address` is said in the text or the remark as well: it is there for a map.
    """

    text: str
    count: str | None = None
    note: str | None = None
    address: str | None = None


@dataclass(frozen=True)
class Block:
    """One block of a reply. `text` is its sentence, or the heading of its `items`; `aspect` is what it answers."""

    type: BlockType
    text: str = ""
    items: tuple[Item, ...] = ()
    aspect: Aspect | None = None


@dataclass(frozen=True)
class Button:
    """A suggestion to tap: `text` is said in the citizen's name; `choice` is the procedure it takes, `aspects` what it asks."""

    text: str
    choice: str | None = None
    aspects: tuple[Aspect, ...] = ()


@dataclass(frozen=True)
class Link:
    """A page a reply points to."""

    text: str
    url: str


@dataclass(frozen=True)
class Reply:
    """What the assistant says: its kind, the procedures (best first) with their scores, the aspects it tells of, and what is shown."""

    kind: Kind
    blocks: tuple[Block, ...]
    codes: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    buttons: tuple[Button, ...] = ()
    sources: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    awaits: str | None = None  # the code of the dossier whose digits are waited for

    @property
    def asked(self) -> tuple[Aspect, ...]:
        """The aspects that were asked: an overview tells of others besides."""
        return ("overview",) if "overview" in self.aspects else self.aspects

    def to_plain(self) -> dict[str, Any]:
        """Return the reply as JSON-ready values: the `custom` payload of Rasa and the body of the web API."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_plain(plain: dict[str, Any]) -> Reply:
        """Return what `to_plain` made; raises KeyError or TypeError when `plain` is no reply."""
        blocks = tuple(Block(b["type"], b["text"], tuple(Item(**i) for i in b["items"]), b["aspect"]) for b in plain["blocks"])
        buttons = tuple(Button(b["text"], b["choice"], tuple(b["aspects"])) for b in plain["buttons"])
        links = tuple(Link(**link) for link in plain["links"])
        return Reply(
            plain["kind"], blocks, tuple(plain["codes"]), tuple(plain["scores"]), tuple(plain["aspects"]), buttons,
            tuple(plain["sources"]), links, plain.get("awaits"),
        )  # fmt: skip

    @staticmethod
    def joined(said: Sequence[Reply]) -> Reply:
        """Return what was `said` in one turn as one reply: the first, and under it the blocks of the others; the last tells what is waited for."""
        return dataclasses.replace(said[0], blocks=tuple(b for reply in said for b in reply.blocks), awaits=said[-1].awaits)
