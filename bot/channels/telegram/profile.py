"""What the bot shows of itself before anything is said: its commands, its menu, its description."""

from __future__ import annotations

import logging
from typing import Any

from telegram import MenuButtonCommands
from telegram.error import BadRequest, RetryAfter
from telegram.ext import ExtBot

from bot.answers import wording as say

log = logging.getLogger(__name__)


async def show(bot: ExtBot[Any]) -> None:
    """Set commands, menu and description; raises TelegramError when Telegram cannot be reached. What it refuses is logged and left as it was."""
    try:
        await bot.set_my_commands(list(say.TELEGRAM_COMMANDS.items()))
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        await bot.set_my_description(say.TELEGRAM_DESCRIPTION)
        await bot.set_my_short_description(say.TELEGRAM_ABOUT)
    except (BadRequest, RetryAfter) as error:
        log.warning("telegram: profile not set: %s", type(error).__name__)
