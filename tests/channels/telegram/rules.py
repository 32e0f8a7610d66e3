"""What Telegram takes and what it refuses, in its own words: the rules of its Bot API, usable without a server."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024  # UTF-16 units after entities are parsed
TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "tg-spoiler", "blockquote"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}  # the only named entities Telegram knows
ACTIONS = {"typing", "upload_photo", "upload_document", "find_location", "choose_sticker", "record_voice", "upload_voice"}

_TAG = re.compile(r'<(/?)([a-zA-Z-]*)((?:\s+[a-z]+="[^"<>]*")*)\s*>')
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));")


class Refused(Exception):
    """A request the Bot API answers with 400 and this description."""


def visible_text(source: str, longest: int = LONGEST_TEXT) -> str:
    """Return the text of Telegram HTML as it is shown; raises Refused as sendMessage would."""
    text, entities = "", 0
    opened: list[str] = []
    at = 0
    while at < len(source):
        if source[at] != "<":
            end = source.find("<", at)
            end = len(source) if end < 0 else end
            text += _ENTITY.sub(_character, source[at:end])
            at = end
            continue
        tag = _TAG.match(source, at)
        byte = len(source[:at].encode())
        if not tag or tag[2] not in TAGS:
            raise Refused(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag[2] if tag else ""}" at byte offset {byte}')
        if not tag[1]:
            opened.append(tag[2])
            entities += 1
        elif not opened or opened.pop() != tag[2]:
            raise Refused(f"Bad Request: can't parse entities: Unexpected end tag at byte offset {byte}")
        at = tag.end()
    if opened:
        raise Refused(f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{opened[-1]}\"")
    if all(unicodedata.category(c)[0] == "Z" or unicodedata.category(c) in ("Cc", "Cf") for c in text):
        raise Refused("Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > longest:
        raise Refused("Bad Request: message is too long" if longest == LONGEST_TEXT else "Bad Request: message caption is too long")
    assert entities <= 100, "Telegram would silently ignore the rest"
    return text


def _character(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return NAMED.get(name, found[0])
    return chr(int(decimal or hexadecimal, 10 if decimal else 16))


def check_buttons(rows: list[list[dict[str, Any]]]) -> None:
    """Check an inline keyboard; raises Refused as sendMessage would."""
    if sum(map(len, rows)) > 100:
        raise Refused("Bad Request: REPLY_MARKUP_TOO_LONG")
    for button in (b for row in rows for b in row):
        if not button["text"].strip():
            raise Refused("Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "url" in button:
            if not re.match(r"https?://|tg://", button["url"]):
                raise Refused("Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
        elif not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused("Bad Request: BUTTON_DATA_INVALID")


def check_commands(commands: list[dict[str, str]]) -> None:
    """Check a list of commands; raises Refused as setMyCommands would."""
    if len(commands) > 100:
        raise Refused("Bad Request: BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
            raise Refused("Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"]) <= 256:
            raise Refused("Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")


def check_results(results: list[dict[str, Any]]) -> None:
    """Check the results of an inline query; raises Refused as answerInlineQuery would."""
    if len(results) > 50:
        raise Refused("Bad Request: RESULTS_TOO_MUCH")
    if len({r["id"] for r in results}) < len(results):
        raise Refused("Bad Request: RESULT_ID_DUPLICATE")
    for result in results:
        if not 1 <= len(result["id"].encode()) <= 64:
            raise Refused("Bad Request: RESULT_ID_INVALID")
        if not result["title"].strip():
            raise Refused("Bad Request: ARTICLE_TITLE_EMPTY")
        content = result["input_message_content"]
        visible_text(content["message_text"])
        check_buttons(result.get("reply_markup", {}).get("inline_keyboard", []))


def parse(text: str) -> Any:
    """Return the value of a JSON-encoded parameter; raises Refused when it is none."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refused("Bad Request: can't parse reply keyboard markup JSON object") from error
