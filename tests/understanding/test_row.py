"""The classifiers read what Rasa would have handed them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, FEATURE_TYPE_SEQUENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from scipy.sparse import coo_matrix

from bot.understanding.components.row import sentence_row

_ROW = st.lists(st.integers(0, 3), min_size=1, max_size=6)


def said(rows: Sequence[list[int]]) -> Message:
    """Return a message of two words to which each featurizer gave one of `rows`, as for each of its words."""
    message = Message({TEXT: "xin chào"})
    for number, row in enumerate(rows):
        message.add_features(Features(coo_matrix([row, row]), FEATURE_TYPE_SEQUENCE, TEXT, f"featurizer {number}"))
        message.add_features(Features(coo_matrix([row]), FEATURE_TYPE_SENTENCE, TEXT, f"featurizer {number}"))
    return message


@given(st.lists(_ROW, min_size=1, max_size=4))
def test_the_row_is_the_one_rasa_joins(rows: list[list[int]]) -> None:
    message = said(rows)
    _, theirs = message.get_sparse_features(TEXT)
    assert theirs is not None
    ours = sentence_row(message)
    assert ours.dtype == np.float64
    assert ours.has_sorted_indices
    np.testing.assert_array_equal(ours.toarray(), theirs.features.toarray())


def test_a_pipeline_without_sparse_features_is_refused() -> None:
    with pytest.raises(ValueError, match="sparse featurizer"):
        sentence_row(Message({TEXT: "xin chào"}))
