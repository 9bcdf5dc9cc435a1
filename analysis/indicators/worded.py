"""Columns for large tables: numbers with blanks, and texts of which each stands once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.indicators.uncertainty import Numbers


def blank_where_unknown(column: Numbers) -> pd.arrays.FloatingArray:
    """Numbers with a blank where there is NaN."""
    return pd.arrays.FloatingArray(np.nan_to_num(column), np.isnan(column))


def worded(numbers: NDArray[np.intp], texts: Sequence[str]) -> "pd.Categorical[Any]":
    """The text of each number, as a column of repeated words; each text stands once."""
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    words = pd.CategoricalDtype(pd.Index(distinct, dtype="str"))
    return pd.Categorical.from_codes(codes[numbers], dtype=words)


def joined(said: Sequence[tuple[str, NDArray[np.bool_]]]) -> "pd.Categorical[Any]":
    """What must be said of each row, «; » between; each combination is put together once.

    Args:
        said: A text, and the rows of which it is true.
    """
    masks = np.zeros(len(said[0][1]), dtype=np.int64)
    for bit, (_, where) in enumerate(said):
        masks |= where.astype(np.int64) << bit
    numbers, distinct = pd.factorize(masks)
    texts = ["; ".join(text for bit, (text, _) in enumerate(said) if mask >> bit & 1) for mask in distinct.tolist()]
    return worded(numbers, texts)
