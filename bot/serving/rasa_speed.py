"""What Rasa does anew for every reply of the action server, done once.

Rasa 3.6.21 checks each reply with `jsonschema.validate`, which first checks Rasa's own, unchanging schema and builds a validator of it. Here that
validator is built once; replies are checked against the same schema, and refused with the same error. Another version of Rasa is left as it is.
"""

from __future__ import annotations

import logging
from typing import Any

import rasa
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.constants import DOCS_BASE_URL

RASA_KNOWN = "3.6.21"  # the version whose RemoteAction was read

logger = logging.getLogger(__name__)


def check_replies_quickly() -> bool:
    """Let RemoteAction keep its validator; return False, and say so in the log, when this is not the Rasa that was read.

    Raises jsonschema's SchemaError when Rasa's own schema is wrong.
    """
    if rasa.__version__ != RASA_KNOWN:
        logger.warning(
            "Rasa %s is not %s: replies of the action server are checked in Rasa's own, slower way", rasa.__version__, RASA_KNOWN
        )
        return False
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator.iter_errors(result))
        if error is None:
            return True
        error.message += f". Failed to validate the action server's reply; its format: {DOCS_BASE_URL}/custom-actions"
        raise error

    RemoteAction._validate_action_result = validate
    return True
