"""The gateway as uvicorn starts it: settings from the environment."""

from bot.serving.gateway import create
from bot.settings import Settings

application = create(Settings.read())
