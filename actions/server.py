"""The action server on loopback: rasa_sdk's own application with our actions, bound to 127.0.0.1 only, for who has the token.

`python -m actions.server PORT`
"""

from __future__ import annotations

import logging
import re
import sys
import time

from rasa_sdk.endpoint import create_app
from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse

from actions import turn
from bot import trace
from bot.serving import logs
from bot.serving.token import ACTIONS, is_shown
from bot.settings import Settings

HEALTH = "/health"  # tells that it runs, no more
log = logging.getLogger("actions.server")  # run as a program, this module's own name says nothing
_NAME = re.compile(r"[a-z_]{1,64}")  # as actions are called


def main() -> None:
    """Serve until told to stop."""
    logs.configure("actions", Settings.read().log)
    turn.held()  # opened now, so that the first citizen does not wait for it
    application = create_app("actions")
    token = Settings.read().secret_for(ACTIONS)

    @application.middleware("request")
    async def only_rasa(request: Request) -> HTTPResponse | None:
        open_to_all = request.path == HEALTH
        return None if open_to_all or is_shown(request.headers.get("authorization"), token) else response.empty(status=401)

    application.register_middleware(_take_up, "request")
    application.register_middleware(_note, "response")
    application.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, workers=1)


def _take_up(request: Request) -> None:
    """Go on with the id of the message that the action is asked for."""
    request.ctx.began = time.perf_counter()
    called = request.json if request.method == "POST" else None
    if not isinstance(called, dict):
        trace.take_up(None)
        return
    name = str(called.get("next_action"))
    request.ctx.action = name if _NAME.fullmatch(name) else "unknown"
    trace.take_up(((called.get("tracker") or {}).get("latest_message") or {}).get("metadata"))


def _note(request: Request, answer: HTTPResponse) -> None:
    """Log the action that was asked for, and how long it took."""
    action = getattr(request.ctx, "action", None)
    if action:
        took = round(time.perf_counter() - request.ctx.began, 4)
        log.info("action", extra={"action": action, "status": answer.status, "seconds": took})


if __name__ == "__main__":
    main()
