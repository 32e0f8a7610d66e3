"""Twenty thousand hostile inputs to the message API of the whole service: does anything fail, hang, or act as a command?

`python -m bench.hostile [MANY]`: the service runs as it does for citizens; every input goes over a connection of its own, as bytes, so that also
what no client library would send is sent. An input has statuses that are right for it; an answer of 5xx, none, or one that comes too late is a failure.
What is typed like a command of Rasa's must be answered like the same words without the slash.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from bench import report
from bot.serving.supervisor import ROOT
from tests.e2e.service import running

INPUTS = 20_000
AT_ONCE = 8  # connections
WITHIN = 5.0  # seconds
SEED = 11
SAID = {200}
REFUSED = frozenset({400, 401, 403, 404, 405, 413, 422, 431})
MESSAGES = "/api/v1/messages"
QUESTIONS = ("đăng ký khai sinh cần giấy tờ gì", "lệ phí cấp căn cước", "xin chào", "tra cứu hồ sơ", "mất bao lâu", "cấp lại sổ đỏ ở đâu")
INTENTS = tuple(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])
OF_RASA = (
    "restart",
    "session_start",
    "back",
    "slash_intents",
    "action_listen",
    "EXTERNAL: ask",
    "EXTERNAL: restart",
    "_mood",
    "out_of_scope",
)
_PAYLOADS = ("", '{"procedure": "1.001193"}', '{"a": {"b": []}}', "{", "{}{}", '@0.99{"unit": "x"}', '{"requested_slot": null}')
_BEFORE = (
    "",
    " ",
    "\n",
    "\u200b",
    "\ufeff",
    "\u3000",
    "\x00",
    "\x1f",
    "\x85",
    "\u2028",
    "\u202e",
    "\u2066",
    "//",
    "/ /",
    "\uff0f",
    "\x1c/\x1d",
    "\t\u200b\t",
)
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
_CONTROLS = "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
_STRANGE = "\ufffe\uffff\ufdd0\U000e0041\U0010ffff\u0301\u0489\ue000\U0001f469\u200d\U0001f680\ufe0f\u2029\ufffd\u1160\u3164"
_WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    ["fee", 1],
    2**63,
    float("nan"),
    float("inf"),
    "\x00",
    "1.000001",
)
_FIELDS = ("text", "id", "session", "choice", "aspects", "metadata", "sender")
_HEADERS = (
    b"Authorization: Bearer", b"Authorization: Bearer \xff\xfe", b"Authorization: Basic Og==", b"Authorization: Bearer a.b.c", b"Origin: null",
    b"Origin: https://evil.example", b"Origin: \xe1\xbb\x8b", b"Content-Type: text/plain", b"Content-Type: application/json; charset=utf-7",
    b"Content-Encoding: gzip", b"X-Forwarded-For: 1.2.3.4, \xff", b"X-Forwarded-For: ,,,", b"Cookie: a=b;;;=", b"Transfer-Encoding: chunked", b"Expect: x",
    b"Accept-Language: " + b"v" * 4000, b"X: " + b"a" * 70_000, b"Upgrade: websocket", b"Content-Length: -1", b"Content-Length: 99999999999", b"a b: c",
    b"Range: bytes=0-9999999999", b"Host: \xff", b": nameless", b"X\x00: 1",
)  # fmt: skip
_PROMISES = (
    b"Transfer-Encoding: chunked",
    b"Content-Length: 99999999999",
)  # of more than is sent; the client breaks off, and need not be answered
_ELSEWHERE = (
    b"GET /api/v1/messages?after=%s", b"GET /api/v1/events?after=%s", b"DELETE /api/v1/session?%s", b"GET /nhung?don_vi=%s", b"GET /page/%s", b"GET /%s",
    b"PATCH /api/v1/messages?%s", b"GET /api/v1/%s", b"POST /telegram?%s", b"GET /webhooks/gateway/message?%s", b"GET /conversations/%s/tracker",
)  # fmt: skip
_JUNK = (
    b"../../etc/passwd",
    b"%00",
    b"%ff%fe",
    b"..%2f..%2fsettings.py",
    b"9" * 5000,
    b"-1",
    b"'%20OR%201=1--",
    b"<script>",
    b"%0d%0aSet-Cookie:x",
    b"\xc0\xaf",
)


@dataclass(frozen=True)
class Hostile:
    """One input: its kind, the statuses that are right for it (empty: anything but 5xx), the request as bytes, and what it must be answered like."""

    kind: str
    right: frozenset[int]
    request: bytes
    like: bytes | None = None


def request(body: bytes, *headers: bytes, line: bytes = b"POST " + MESSAGES.encode()) -> bytes:
    """Return an HTTP request with `body`; a header given replaces our own of the same name."""
    given = {header.partition(b":")[0].lower() for header in headers}
    length = b"Content-Length: %d" % len(body)
    own = [h for h in (b"Host: a", b"Content-Type: application/json", length) if h.partition(b":")[0].lower() not in given]
    return b"\r\n".join([line + b" HTTP/1.1", *own, *headers, b"Connection: close", b"", body])


def said(text: str) -> bytes:
    """Return the request that says `text`."""
    return request(json.dumps({"text": text}).encode())


def command(draw: random.Random) -> Hostile:
    """Return a command of Rasa's as a citizen might type it, to be answered like the same words."""
    words = draw.choice((*INTENTS, *OF_RASA)) + draw.choice(_PAYLOADS)
    return Hostile("a command", frozenset(SAID), said(draw.choice(_BEFORE) + "/" + words), like=said(words))


def strange(draw: random.Random) -> Hostile:
    """Return a question with control characters, bidirectional marks or other strange ones all through it."""
    letters = list(draw.choice(QUESTIONS))
    for _ in range(draw.choice((1, 5, 50))):
        letters.insert(draw.randrange(len(letters) + 1), draw.choice(draw.choice((_CONTROLS, _BIDI, _STRANGE))))
    return Hostile("strange characters", frozenset(SAID), said("".join(letters)))


def long(draw: random.Random) -> Hostile:
    """Return far too much: up to a megabyte, most of it just over a bound."""
    size = draw.choice((2_000, 2_001, 5_000, 16_000, 16_385, 100_000, 1_000_000))
    letter = draw.choice(("a", "ố", "\U0001f600", "0", " ", "\u0301"))
    body = json.dumps({"text": (letter * size)[:size]}, ensure_ascii=False).encode()
    return Hostile("too long", frozenset({413} if len(body) > 16 * 1024 else SAID), request(body))


def broken(draw: random.Random) -> Hostile:
    """Return a body that is no UTF-8, or half of a character, or no JSON."""
    body = bytearray(json.dumps({"text": draw.choice(QUESTIONS)}, ensure_ascii=False).encode())
    how = draw.randrange(4)
    if how == 0:  # within the text
        body[12:12] = bytes(draw.choices(range(0x80, 0x100), k=draw.randint(1, 30))) + b"\xff"
    elif how == 1:
        body = bytearray(b'{"text": "\\ud8%02x"}' % draw.randrange(256))
    elif how == 2:
        del body[draw.randrange(1, len(body)) :]
    else:
        body = bytearray(bytes(draw.choices(range(256), k=draw.randrange(200))) + b"}")
    return Hostile("broken text", REFUSED, request(bytes(body)))


def deep(draw: random.Random) -> Hostile:
    """Return JSON within JSON, hundreds or thousands deep."""
    depth, opening = draw.choice((50, 500, 900, 2500, 5000)), draw.choice(("[", '{"a":'))
    inner = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
    field_name = draw.choice(_FIELDS)
    if field_name in ("metadata", "sender"):  # fields there are not; whatever is in them is let lie
        return Hostile("deep JSON", frozenset(SAID) | REFUSED, request(f'{{"text": "xin chào", "{field_name}": {inner}}}'.encode()))
    return Hostile("deep JSON", REFUSED, request(f'{{"text": "xin chào", "{field_name}": {inner}}}'.encode()))


def wrong(draw: random.Random) -> Hostile:
    """Return a message whose fields are of any type."""
    body = {"text": draw.choice(QUESTIONS)} | {draw.choice(_FIELDS): draw.choice(_WRONG) for _ in range(draw.randint(1, 4))}
    return Hostile("wrong types", frozenset(SAID) | REFUSED, request(json.dumps(body).encode()))


def huge(draw: random.Random) -> Hostile:
    """Return numbers past every size."""
    number = draw.choice(("9" * 4000, "1e999", "-1e999", "0." + "9" * 4000, "9" * 15_000, "1e-999999999", "2147483648", "-0"))
    field_name = draw.choice(("seq", "text", "aspects", "id"))
    line = draw.choice((b"POST /api/v1/messages", b"POST /api/v1/feedback"))
    return Hostile("huge numbers", REFUSED, request(f'{{"{field_name}": {number}}}'.encode(), line=line))


def headed(draw: random.Random) -> Hostile:
    """Return a common message under uncommon headers."""
    headers = draw.sample(_HEADERS, draw.randint(1, 3))
    broken_off = any(promise in headers for promise in _PROMISES)
    return Hostile(
        "headers",
        frozenset({0, *SAID, *REFUSED}) if broken_off else frozenset(),
        request(json.dumps({"text": "xin chào"}).encode(), *headers),
    )


def elsewhere(draw: random.Random) -> Hostile:
    """Return junk at the other doors, those of Rasa that must not be here among them."""
    line = draw.choice(_ELSEWHERE) % draw.choice(_JUNK)
    return Hostile("other doors", frozenset(), request(b"", line=line))


def forged(draw: random.Random) -> Hostile:
    """Return a session that nobody issued."""
    name = json.dumps(draw.choice((["x", "", None], ["telegram-1"], [1, 2, 3], {"a": 1}, "web-1", None)))
    parts = (name, "aQ", "".join(draw.choices("abcABC_-.", k=27)))
    session = draw.choice((".".join(parts), "..", "web-1", "e30.e30.e30", ".eJw.AAAA.x", "\u202e", "a" * 8000))
    return Hostile("forged sessions", REFUSED, request(json.dumps({"text": "xin chào", "session": session}).encode()))


KINDS: tuple[Callable[[random.Random], Hostile], ...] = (command, strange, long, broken, deep, wrong, huge, headed, elsewhere, forged)


def inputs(many: int, seed: int = SEED) -> list[Hostile]:
    """Return `many` inputs, as many of each kind, the same for the same `seed`."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    return [KINDS[n % len(KINDS)](draw) for n in range(many)]


@dataclass
class Outcome:
    """What became of the inputs: statuses by kind, how long each took (seconds), and what went wrong."""

    statuses: dict[str, Counter[int]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def attack(address: str, hostile: list[Hostile]) -> Outcome:
    """Send every input to the service at `address`; return what became of them."""
    host, _, port = address.removeprefix("http://").partition(":")
    outcome, waiting = Outcome(), iter(hostile)

    async def one_after_the_other() -> None:
        for one in waiting:
            started = time.perf_counter()
            status, answer = await _sent(host, int(port), one.request)
            outcome.seconds.setdefault(one.kind, []).append(time.perf_counter() - started)
            outcome.statuses.setdefault(one.kind, Counter())[status] += 1
            if status >= 500 or status not in (one.right or range(100, 500)):
                outcome.wrong.append(f"{one.kind}: {status} to {one.request[:300]!r}")
            elif one.like and _said_in(answer) != _said_in((await _sent(host, int(port), one.like))[1]):
                outcome.wrong.append(f"acted as a command: {one.request[-200:]!r}")

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
    return outcome


async def _sent(host: str, port: int, what: bytes) -> tuple[int, bytes]:
    """Return the status and the body of the answer; 0 when there is none within `WITHIN`."""
    try:
        return await asyncio.wait_for(_exchanged(host, port, what), WITHIN)
    except (asyncio.TimeoutError, OSError):
        return 0, b""


async def _exchanged(host: str, port: int, what: bytes) -> tuple[int, bytes]:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(what)
        if any(promise in what for promise in _PROMISES):
            writer.write_eof()
        head = await _until_blank(reader)
        body = await reader.read(-1) if b"event-stream" not in head else b""
        return int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else 0, body
    finally:
        writer.close()


async def _until_blank(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        return error.partial


def _said_in(answer: bytes) -> tuple[Any, ...]:
    plain = json.loads(answer)
    return plain["kind"], plain["codes"], plain["aspects"], plain["text"]


def lines(outcome: Outcome, took: float) -> list[str]:
    """Return the section of docs/benchmarks.md."""
    times = sorted(t for of_kind in outcome.seconds.values() for t in of_kind)
    told = [f"{report.machine()}; {len(times):,} inputs over {AT_ONCE} connections at once, {took:.0f} s.", ""]
    told += ["| kind | inputs | answers | slowest |", "|---|---|---|---|"]
    for kind, statuses in sorted(outcome.statuses.items()):
        answers = ", ".join(f"{n:,} × {status or 'none, broken off by the client'}" for status, n in sorted(statuses.items()))
        told.append(f"| {kind} | {statuses.total():,} | {answers} | {max(outcome.seconds[kind]):.2f} s |")
    told += ["", f"Answered with 5xx, left unanswered, wrongly let in or obeyed: {len(outcome.wrong)}."]
    return [
        *told,
        f"Time: median {times[len(times) // 2] * 1000:.0f} ms, p99 {times[len(times) * 99 // 100] * 1000:.0f} ms, most {times[-1]:.2f} s.",
    ]


def main() -> None:
    """Run the benchmark; the process ends with 1 when an input did what it should not."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else INPUTS
    with running(TTHC_ADDRESS_RATE="1000000") as address:
        started = time.perf_counter()
        outcome = asyncio.run(attack(address, inputs(many)))
        report.write("Hostile inputs", lines(outcome, time.perf_counter() - started))
    print("\n".join(outcome.wrong[:50]))
    sys.exit(1 if outcome.wrong else 0)


if __name__ == "__main__":
    main()
