"""What the sparse featurizers made of a message as a whole, in one row: what the classifiers read.

Rasa's `Message.get_sparse_features` joins the rows of the single words too, pair by pair, which no component here reads, and does so for each classifier.
"""

from __future__ import annotations

import numpy as np
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import csr_matrix


def sentence_row(message: Message) -> csr_matrix:
    """Return the features of the text of `message`, shape (1, features of all featurizers, in their order), as float64.

    Raises ValueError when no sparse featurizer stands before in config.yml.
    """
    parts = [f.features for f in message.features if f.is_sparse() and f.attribute == TEXT and f.type == FEATURE_TYPE_SENTENCE]
    if not parts:
        raise ValueError("the classifiers need a sparse featurizer before them in config.yml")
    parts = [part.tocoo() for part in parts]
    starts = np.cumsum([0, *(part.shape[1] for part in parts)])
    columns = np.concatenate([part.col + start for part, start in zip(parts, starts)])
    counts = np.concatenate([part.data for part in parts]).astype(np.float64)
    return csr_matrix((counts, columns, [0, len(columns)]), shape=(1, starts[-1]))
