"""How likely a school has really changed, given how much the schools of its group change at all.

From its own few pupils alone a school seems to have grown more surely than schools ever do: true shares move little
from year to year. So the spread of the true changes is learnt from all schools that have both years: each is taken as
drawn around zero with an unknown spread, and what the counts leave open about the spread is averaged over. Zero, not
the mean change of the group, because what the others did must not turn a school's own decline into growth.
"""

import numpy as np
from scipy import special

from analysis.indicators.stabilise import Codes
from analysis.indicators.uncertainty import Numbers

# Spreads that are thought of, as parts of the whole scale; all equally likely before the data.
SPREADS = (np.arange(32) + 0.5) / 100
ARCSINE_SPAN = np.pi / 2
NEGLIGIBLE = 1e-5


def arcsine(count: Numbers, base: Numbers) -> tuple[Numbers, Numbers]:
    """A share on the scale where chance spreads all shares alike (Anscombe 1948), and its variance there."""
    return np.arcsin(np.sqrt((count + 0.375) / (base + 0.75))), 1 / (4 * base + 2)


def likely_growth(
    change: Numbers, variance: Numbers, groups: Codes, fewest: int, span: float = ARCSINE_SPAN
) -> Numbers:
    """The probability that each school has grown; NaN where its group has too few schools to learn from.

    Args:
        change: Of each school, later minus earlier.
        variance: Of the change, by chance alone; above 0.
        groups: The group of each school, from 0.
        fewest: The fewest schools to learn the spread from.
        span: From the least to the greatest value of the scale.
    """
    schools = np.bincount(groups, minlength=groups.max(initial=-1) + 1)
    known = np.flatnonzero(schools[groups] >= fewest)
    found = np.full(len(change), np.nan)
    part = change[known], variance[known]
    weights = _weights(*part, groups[known], len(schools), SPREADS * span)
    found[known] = 0.0
    for place, spread in enumerate(SPREADS * span):
        matters = known[weights[groups[known], place] > 0]
        found[matters] += weights[groups[matters], place] * _grown_within(change[matters], variance[matters], spread)
    return found


def _weights(change: Numbers, variance: Numbers, groups: Codes, number: int, spreads: Numbers) -> Numbers:
    """A row a group, a column a spread: how likely it is after the changes were seen."""
    logs = np.empty((number, len(spreads)))
    for place, spread in enumerate(spreads):
        total = variance + spread**2
        logs[:, place] = np.bincount(groups, weights=-0.5 * (np.log(total) + change**2 / total), minlength=number)
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    likely = np.where(likely > NEGLIGIBLE, likely, 0.0)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _grown_within(change: Numbers, variance: Numbers, spread: float) -> Numbers:
    """Were the spread known: normal, drawn towards no change."""
    kept = spread**2 / (spread**2 + variance)
    return np.asarray(special.ndtr(change * np.sqrt(kept / variance)))
