"""From a citizen's words to intents, aspects and procedures."""
