"""A bot in a process of its own, to be killed: `python -m tests.channels.telegram.one_of_two ADDRESS_OF_THE_API DATABASE FOLDER`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.channels.telegram.bot_api import BotApi
from tests.channels.telegram.desk import Echo, make


async def main(address: str, database: str, folder: str) -> None:
    """Poll and answer until killed."""
    api = BotApi()
    api.url = address
    await make(api, Path(folder), Echo(), webhook=False, url=database).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
