"""How long Rasa waits for its action server: seconds, not the five minutes that are written into Rasa.

Rasa 3.6.21 gives every call of an action `DEFAULT_REQUEST_TIMEOUT` and has no setting for it. The gateway has long given up by then, and the conversation
would stay locked. Another version of Rasa is left as it is.
"""

from __future__ import annotations

import logging

import rasa
from rasa.core.actions import action

RASA_KNOWN = "3.6.21"  # the version whose RemoteAction was read
ACTION_WITHIN = 8.0  # seconds for one call; the action itself waits for nothing but the figures' database, which takes less (ADR 0013)
log = logging.getLogger(__name__)


def wait_no_longer() -> bool:
    """Let a call of the action server fail after `ACTION_WITHIN`; return False, and say so in the log, when this is not the Rasa that was read."""
    if rasa.__version__ != RASA_KNOWN:
        log.warning("Rasa %s is not %s: it may wait for its action server for minutes", rasa.__version__, RASA_KNOWN)
        return False
    action.DEFAULT_REQUEST_TIMEOUT = ACTION_WITHIN
    return True
