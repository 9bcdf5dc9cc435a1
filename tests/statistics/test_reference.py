"""A full Bayesian sampling of the same model, made once by `benchmarks/pooled_reference.py`, says the same."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.statistics.pooled import pooled_shares

NUMBERS = ("mean", "low", "high", "over_threshold")
REFERENCE = Path(__file__).parent / "data" / "reference.csv"


def reference():
    with REFERENCE.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row for row in rows if row["town"] == name] for name in dict.fromkeys(row["town"] for row in rows)}


@pytest.mark.parametrize(
    ("name", "of_mean", "of_ends"),
    [
        ("usual", 0.002, 0.01),
        ("large", 0.002, 0.01),
        ("four schools", 0.002, 0.01),
        ("all zeros", 0.002, 0.01),
        ("one to eight pupils", 0.002, 0.015),
        ("one procedure", 0.002, 0.01),
    ],
)
def test_full_sampling_of_the_model_says_the_same(name, of_mean, of_ends):
    rows = reference()[name]
    whole = [[int(row[column]) for row in rows] for column in ("successes", "totals", "school", "procedure")]
    found = pooled_shares(*whole, threshold=0.3)
    sampled = {column: np.array([float(row[column]) for row in rows]) for column in NUMBERS}
    assert_allclose(found.mean, sampled["mean"], atol=of_mean, rtol=0)
    for column in NUMBERS[1:]:
        assert_allclose(getattr(found, column), sampled[column], atol=of_ends, rtol=0)
