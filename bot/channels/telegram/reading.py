"""What a Telegram message says, and whether it is said to the assistant. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

import telegram
from telegram import MessageEntity
from telegram.constants import ChatType
from telegram.ext.filters import StatusUpdate

EDIT_COUNTS_FOR = 600.0  # seconds after a message was written in which editing it asks anew

_COMMAND = re.compile(r"/(\w+)(?:@\w+)?\s*(.*)", re.DOTALL | re.ASCII)


@dataclass(frozen=True)
class Command:
    """A command (without "/", in lower case) and what is written after it."""

    name: str
    rest: str


def said_in(message: telegram.Message, bot: telegram.Bot) -> str:
    """Return the words of a message, or those under its picture, without mentions of the assistant itself."""
    text = message.text or message.caption or ""
    entities = message.parse_entities([MessageEntity.MENTION]) if message.text else message.parse_caption_entities([MessageEntity.MENTION])
    for words in entities.values():
        if _names(words, bot):
            text = text.replace(words, " ")
    return text.strip()


def command_in(message: telegram.Message, bot: telegram.Bot) -> Command | None:
    """Return the command a message begins with, or None."""
    if not any(e.type == MessageEntity.BOT_COMMAND and e.offset == 0 for e in message.entities):
        return None
    found = _COMMAND.match(said_in(message, bot))
    return Command(found[1].lower(), found[2].strip()) if found else None


def is_for_us(message: telegram.Message, bot: telegram.Bot) -> bool:
    """Tell whether a message speaks to the assistant: always in private, in a group when it is mentioned or replied to."""
    if message.from_user and message.from_user.is_bot:
        return False
    entities = message.parse_entities() if message.text else message.parse_caption_entities() if message.caption else {}
    for entity, words in entities.items():
        if entity.type == MessageEntity.BOT_COMMAND and "@" in words:
            return _names(words[words.index("@") :], bot)
        if entity.type == MessageEntity.MENTION and _names(words, bot):
            return True
        if entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == bot.id:
            return True
    replied = message.reply_to_message.from_user if message.reply_to_message else None
    return message.chat.type == ChatType.PRIVATE or (replied is not None and replied.id == bot.id)


def is_asked_anew(edited: telegram.Message) -> bool:
    """Tell whether an edited message is to be answered: it holds words, and was written a short while ago."""
    if edited.text is None or edited.edit_date is None:
        return False
    return (edited.edit_date - edited.date).total_seconds() <= EDIT_COUNTS_FOR


def is_service(message: telegram.Message) -> bool:
    """Tell whether a message was made by Telegram itself (someone joined, a message was pinned) and needs no answer."""
    return message.text is None and bool(StatusUpdate.ALL.check_update(telegram.Update(0, message=message)))


def _names(mention: str, bot: telegram.Bot) -> bool:
    return mention.lower() == f"@{bot.username}".lower()
