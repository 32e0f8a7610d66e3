"""The action server on loopback: rasa_sdk's own application with our actions, bound to 127.0.0.1 only.

`python -m actions.server PORT`
"""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app

from actions import turn


def main() -> None:
    """Serve until told to stop."""
    turn.held()  # opened now, so that the first citizen does not wait for it
    application = create_app("actions")
    application.run(host="127.0.0.1", port=int(sys.argv[1]), access_log=False, workers=1)


if __name__ == "__main__":
    main()
