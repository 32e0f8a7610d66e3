"""VietnameseTokenizer: underthesea words for accented text, syllables for text without diacritics.

On unaccented text underthesea joins wrong words ("can_giay" for "cần giấy"), so such text is split at syllables. A token's
text is the accented word with its syllables joined by "_"; its lemma is the folded word with the syllables apart, so that
featurizers on lemmas see the same stream whether or not the citizen typed diacritics.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from underthesea import word_tokenize

from bot.text import fold, is_accented, normalise, syllables
from bot.understanding.components.codes import READING

NO_WORDS = "-"


def words_of(text: str) -> list[str]:
    """Return the words of normalised `text` without punctuation, syllables of a word joined by a space."""
    if not is_accented(text):
        return syllables(text)
    return [" ".join(parts) for parts in map(syllables, word_tokenize(text)) if parts]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):
    """Splits Vietnamese text; options are those of Rasa's Tokenizer."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options Rasa expects of a tokenizer."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    @staticmethod
    def required_packages() -> list[str]:
        """Name the package this component stands on."""
        return ["underthesea"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of `attribute`; offsets run over the normalised reading."""
        text = message.get(READING) if attribute == TEXT else None
        text = normalise(message.get(attribute)) if text is None else text
        tokens, end = [], 0
        for word in words_of(text):
            start = text.find(word, end)
            start = end if start < 0 else start
            end = start + len(word)
            tokens.append(Token(word.replace(" ", "_"), start, end, lemma=fold(word)))
        # A message of codes or signs alone has no words; the classifiers still need a row of (empty) features.
        return tokens or [Token(NO_WORDS, 0)]
