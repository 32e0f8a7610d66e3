"""`python -m bot.serving.probe gateway|rasa`: ends with 0 when that part, on this machine, answers, else with 1. For the health checks of containers.

No `tthc` verb: it is asked every few seconds, and the command takes longer to load than the question takes. The gateway is well as long as it
answers at all; whether it reaches Rasa is for /readyz to tell whoever sends it citizens. Rasa is well once it has its model.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping

from bot.serving.token import RASA, header
from bot.settings import Settings, SettingsError

ASKED_WITHIN = 2  # seconds
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own servers stand behind no proxy


def answers(url: str, headers: Mapping[str, str] = {}) -> bool:
    """Tell whether a GET of `url` is answered with success."""
    try:
        with _DIRECT.open(urllib.request.Request(url, headers=dict(headers)), timeout=ASKED_WITHIN) as response:
            return bool(response.status < 300)
    except (urllib.error.URLError, OSError):
        return False


def gateway_answers(settings: Settings) -> bool:
    """Tell whether the gateway of this machine answers."""
    return answers(f"http://{_reached(settings.host)}:{settings.port}/healthz")


def rasa_answers(settings: Settings) -> bool:
    """Tell whether the Rasa server of this machine has its model loaded."""
    url = f"http://{_reached(settings.rasa_host)}:{settings.rasa_port}/webhooks/gateway/ready"
    return answers(url, header(settings.secret_for(RASA)))


def _reached(host: str) -> str:
    """Return the address at which what listens at `host` is reached from this machine."""
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not listened at


PARTS = {"gateway": gateway_answers, "rasa": rasa_answers}


def main(arguments: list[str]) -> int:
    """Ask the part that `arguments` name; return the exit status."""
    if len(arguments) != 1 or arguments[0] not in PARTS:
        print(f"usage: python -m bot.serving.probe {'|'.join(PARTS)}", file=sys.stderr)
        return 2
    try:
        return 0 if PARTS[arguments[0]](Settings.read()) else 1
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
