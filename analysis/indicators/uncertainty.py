"""How sure a share or a mean over few pupils can be: intervals and probabilities from counts, exact where they can be.

All functions take and return plain arrays; where a number cannot be said they return NaN, which the tables turn into a
blank with its reason.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

LEVEL = 0.95
FUNNEL_LEVELS = (0.95, 0.998)
PRIOR_COUNT = 0.5  # the Jeffreys prior of a share is Beta(½, ½)


def for_distinct(function: Callable[..., tuple[Numbers, ...]], *columns: Numbers) -> Any:
    """function(*columns), evaluated once for each distinct row: small counts repeat, and the functions are dear."""
    codes, firsts = distinct_rows(*columns)
    return tuple(found[codes] for found in function(*(column[firsts] for column in columns)))


def distinct_rows(*columns: NDArray[np.generic]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Returns for each row the number of its combination of values, and for each combination its first row."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        part, values = pd.factorize(column, use_na_sentinel=False)
        codes = pd.factorize(codes * max(len(values), 1) + part)[0].astype(np.int64)
    firsts = np.zeros(codes.max(initial=-1) + 1, dtype=np.intp)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    return codes.astype(np.intp), firsts


def jeffreys(count: Numbers, base: Numbers) -> tuple[Numbers, Numbers]:
    """The Jeffreys interval of count/base (Brown, Cai, DasGupta 2001): from 0 where nobody, up to 1 where everybody.

    Returns:
        Lower and upper bound; NaN where the base is 0 or unknown.
    """
    low, high = for_distinct(_jeffreys, count, base)
    return low, high


def _jeffreys(count: Numbers, base: Numbers) -> tuple[Numbers, Numbers]:
    low, high = beta_interval(count + PRIOR_COUNT, base - count + PRIOR_COUNT)
    known = base > 0
    return np.where(known, np.where(count == 0, 0.0, low), np.nan), np.where(
        known, np.where(count == base, 1.0, high), np.nan
    )


def beta_interval(alpha: Numbers, beta: Numbers, level: float = LEVEL) -> tuple[Numbers, Numbers]:
    """The central interval of Beta distributions."""
    tail = (1 - level) / 2
    return scipy.special.betaincinv(alpha, beta, tail), scipy.special.betaincinv(alpha, beta, 1 - tail)


def beta_of_moments(mean: Numbers, variance: Numbers) -> tuple[Numbers, Numbers]:
    """The Beta distribution of a given mean and variance."""
    size = mean * (1 - mean) / variance - 1
    return mean * size, (1 - mean) * size


def mean_of_marks(
    total: Numbers, squares: Numbers, base: Numbers, weights: tuple[float, ...]
) -> tuple[Numbers, Numbers, Numbers]:
    """Interval of a mean over categories, from how the marks are spread; for two categories it is the Jeffreys one.

    The shares of the categories have a Dirichlet posterior with 1/m added to each of the m categories (Berger,
    Bernardo, Sun 2015); its mean and variance give a Beta distribution between the least and the greatest weight.

    Args:
        total: Sum of weight × count.
        squares: Sum of weight² × count.
        base: Sum of counts.
        weights: Of each category.

    Returns:
        Lower and upper bound, and the variance of the mean; NaN where the base is 0 or unknown.
    """
    marks = np.array(weights)
    low, high, variance = for_distinct(lambda t, s, n: _mean_of_marks(t, s, n, marks), total, squares, base)
    return low, high, variance


def _mean_of_marks(
    total: Numbers, squares: Numbers, base: Numbers, weights: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    least, span = weights.min(), np.ptp(weights)
    known = base > 0
    size = np.where(known, base, np.nan) + 1
    mean = (total + weights.mean()) / size
    variance = ((squares + (weights**2).mean()) / size - mean**2) / (size + 1)
    low, high = beta_interval(*beta_of_moments((mean - least) / span, variance / span**2))
    seen = total / np.where(known, base, np.nan)
    low = np.where(seen <= least, least, np.minimum(least + span * low, seen))
    high = np.where(seen >= least + span, least + span, np.maximum(least + span * high, seen))
    return np.where(known, low, np.nan), np.where(known, high, np.nan), variance


def fewest_reaching(threshold: float, base: Numbers) -> Numbers:
    """The smallest count whose share of the base is the threshold or more."""
    return np.ceil(np.round(threshold * base, 9))


def chance_of_count_or_more(count: Numbers, base: Numbers, share: Numbers) -> Numbers:
    """The exact binomial probability of this count or a greater one."""
    inside = scipy.special.betainc(np.maximum(count, 1), np.maximum(base - count + 1, 1e-9), share)
    return np.asarray(np.where(count <= 0, 1.0, np.where(count > base, 0.0, inside)))


def funnel_limits(base: Numbers, share: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """Exact binomial limits around a share: the least and the greatest count that chance explains at this level.

    Outside means that a count so far out has a probability of no more than (1 − level)/2 on its side.
    """
    low, high = for_distinct(lambda n, p: _funnel_limits(n, p, level), base, share)
    return low, high


def _funnel_limits(base: Numbers, share: Numbers, level: float) -> tuple[Numbers, Numbers]:
    tail = (1 - level) / 2
    known = (base > 0) & (share >= 0)
    n, p = np.where(known, base, 1.0), np.where(known, share, 0.5)
    low, high = _quantile(tail, n, p), _quantile(1 - tail, n, p)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _quantile(probability: float, base: Numbers, share: Numbers) -> Numbers:
    """The smallest count whose cumulative binomial probability reaches this one; bisection over whole counts."""
    low, high = np.full(len(base), -1.0), base.copy()
    for _ in range(int(np.ceil(np.log2(base.max(initial=1) + 2))) + 1):
        middle = np.floor((low + high) / 2)
        reached = 1 - chance_of_count_or_more(middle + 1, base, share) >= probability - 1e-12
        searching = high - low > 1
        low, high = np.where(searching & ~reached, middle, low), np.where(searching & reached, middle, high)
    return high


def difference_interval(
    value: Numbers, low: Numbers, high: Numbers, earlier: Numbers, earlier_low: Numbers, earlier_high: Numbers
) -> tuple[Numbers, Numbers]:
    """The interval of value − earlier from the intervals of both (Newcombe's hybrid), of independent groups."""
    down = np.sqrt((value - low) ** 2 + (earlier_high - earlier) ** 2)
    up = np.sqrt((high - value) ** 2 + (earlier - earlier_low) ** 2)
    return value - earlier - down, value - earlier + up


def number_of_hits(probabilities: Numbers) -> Numbers:
    """Returns the distribution of how many of the events of each row happen, taken as independent.

    Args:
        probabilities: A row a case, a column an event; NaN is no event.

    Returns:
        A row a case; column j is the probability of j events.
    """
    rows, events = probabilities.shape
    distribution = np.zeros((rows, events + 1))
    distribution[:, 0] = 1.0
    for event in np.nan_to_num(probabilities).T:
        happened = distribution[:, :-1] * event[:, None]
        distribution = distribution * (1 - event[:, None])
        distribution[:, 1:] += happened
    return distribution
