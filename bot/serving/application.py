"""The gateway as uvicorn starts it: settings from the environment."""

from bot.serving import logs
from bot.serving.gateway import create
from bot.settings import Settings

settings = Settings.read()
logs.configure("gateway", settings.log)
application = create(settings)
