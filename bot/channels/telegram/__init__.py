"""The assistant on Telegram. An update is stored, answered in its turn, and its letters are delivered once; `bot.py` is where it all meets."""

from bot.channels.telegram.bot import TelegramBot

__all__ = ["TelegramBot"]
