"""UndertheseaTokenizer: words as underthesea finds them, with no other treatment; what FAQ bots in Vietnamese put before Rasa's own parts."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from underthesea import word_tokenize


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class UndertheseaTokenizer(Tokenizer):  # type: ignore[misc]  # Rasa is untyped
    """Splits a message into words, those of several syllables held together."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options every Rasa tokenizer has."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the words of `attribute`."""
        text, tokens, end = message.get(attribute), [], 0
        for word in word_tokenize(text):
            start = max(text.find(word, end), end)  # underthesea may have written the word anew
            tokens.append(Token(word, start))
            end = start + len(word)
        return tokens
