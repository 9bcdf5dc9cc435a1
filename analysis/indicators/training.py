"""From deficits to topics of training: how many teachers and schools each concerns and how sure its place is."""

import numpy as np
import pandas as pd
from scipy import special

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.effectiveness import TrainingNeeds
from analysis.indicators.keyed import blank_where_unknown
from analysis.indicators.uncertainty import PRIOR_COUNT, Numbers, jeffreys, number_of_hits

GRID_CELLS, TOP = 800, 3
NOBODY = "недостаточно данных: диагностику никто не прошёл"


def training_needs(deficits: pd.DataFrame, small_base: int) -> pd.DataFrame:
    """Returns the topics of each year, the most needed first, after contracts.effectiveness.TrainingNeeds.

    A topic's place is by its share among the teachers diagnosed, which has a Jeffreys posterior; the places of all
    topics of a year follow from these exactly, taking the topics as independent.

    Args:
        deficits: Typed deficits.
        small_base: Fewer teachers diagnosed are flagged.
    """
    years = sorted(deficits["calendar_year"].unique().tolist())
    parts = [_year(deficits[deficits["calendar_year"] == year], year, small_base) for year in years]
    return shaped(pd.concat(parts), TrainingNeeds) if parts else typed_table(TrainingNeeds)


def _year(rows: pd.DataFrame, year: int, small_base: int) -> pd.DataFrame:
    topics = _topics(rows)
    count, base = (topics[name].to_numpy("float64") for name in ("deficit_teacher_count", "diagnosed_teacher_count"))
    low, high = jeffreys(count, base)
    known = base > 0
    share = np.divide(count, base, out=np.full(len(base), np.nan), where=known)
    ranks = np.full((len(base), int(known.sum())), np.nan)
    ranks[known] = places(count[known], base[known])
    reached = np.cumsum(ranks, axis=1)
    few = [f"мало участников: меньше {small_base}" if 0 < one < small_base else "" for one in base]
    found = topics.assign(
        calendar_year=year,
        value=blank_where_unknown(share),
        interval_low=blank_where_unknown(low),
        interval_high=blank_where_unknown(high),
        expected_rank=blank_where_unknown(np.where(known, ranks @ np.arange(1, ranks.shape[1] + 1), np.nan)),
        rank_low=_place(reached > 0.025, known),
        rank_high=_place(reached >= 0.975 - 1e-12, known),
        top_probability=blank_where_unknown(np.where(known, np.clip(ranks[:, :TOP].sum(axis=1), 0, 1), np.nan)),
        flags=[said if some else NOBODY for said, some in zip(few, known, strict=True)],
    )
    return found.sort_values(["expected_rank", "competence"], na_position="last", ignore_index=True)


def _topics(rows: pd.DataFrame) -> pd.DataFrame:
    """Teachers and schools by competence."""
    with_deficit = rows["deficit_teacher_count"] > 0
    counted = rows.assign(
        diagnosed_school_count=(rows["diagnosed_teacher_count"] > 0).astype("int64"),
        deficit_school_count=with_deficit.astype("int64"),
    )
    sums = [name for name in counted.columns if name.endswith("_count")]
    found = counted.groupby("competence")[sums].sum()
    named = rows[with_deficit].groupby("competence")["school_login"].agg(lambda one: ", ".join(sorted(one)))
    return found.assign(deficit_schools=named.reindex(found.index).fillna("")).reset_index()


def places(count: Numbers, base: Numbers) -> Numbers:
    """The probability of each place of each topic: row i, column r is that topic i has exactly r greater ones.

    At every share that topic i may have, the others exceed it independently of each other.
    """
    topics = len(base)
    edges = np.sin(np.linspace(0, np.pi / 2, GRID_CELLS + 1)) ** 2
    reached = special.betainc((count + PRIOR_COUNT)[:, None], (base - count + PRIOR_COUNT)[:, None], edges)
    above = 1 - (reached[:, 1:] + reached[:, :-1]) / 2
    masses = np.diff(reached, axis=1)
    found = np.empty((topics, topics))
    for topic in range(topics):
        others = np.delete(above, topic, axis=0).T
        found[topic] = masses[topic] @ number_of_hits(others)
    return found


def _place(reached: np.ndarray, known: np.ndarray) -> pd.arrays.IntegerArray:
    first = reached.argmax(axis=1) + 1 if reached.size else np.ones(len(known))
    return pd.arrays.IntegerArray(first.astype(np.int64), ~known)
