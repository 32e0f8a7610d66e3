"""The action server on loopback: rasa_sdk's own application with our actions, bound to 127.0.0.1 only, for who has the token.

`python -m actions.server PORT`
"""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import turn
from bot.serving.token import ACTIONS, is_shown
from bot.settings import Settings

HEALTH = "/health"  # tells that it runs, no more


def main() -> None:
    """Serve until told to stop."""
    turn.held()  # opened now, so that the first citizen does not wait for it
    application = create_app("actions")
    token = Settings.read().secret_for(ACTIONS)

    @application.middleware("request")
    async def only_rasa(request: Request) -> HTTPResponse | None:
        open_to_all = request.path == HEALTH
        return None if open_to_all or is_shown(request.headers.get("authorization"), token) else response.empty(status=401)

    application.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, workers=1)


if __name__ == "__main__":
    main()
