"""How sure a share or a mean over few pupils can be: intervals and probabilities from counts, exact where they can be.

All functions take and return plain arrays; where a number cannot be said they return NaN, which the tables turn into a
blank with its reason.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]

LEVEL = 0.95
FUNNEL_LEVELS = (0.95, 0.998)
PRIOR_COUNT = 0.5  # the Jeffreys prior of a share is Beta(½, ½)
GRID_CELLS, LARGEST_ON_GRID, PAIRS_AT_ONCE, QUANTILES = 256, 400.0, 4_096, 256
LARGEST_SUMMED = 2_000


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
    return special.betaincinv(alpha, beta, tail), special.betaincinv(alpha, beta, 1 - tail)


def at_least(alpha: Numbers, beta: Numbers, threshold: Numbers | float) -> Numbers:
    """The probability that a share with this Beta distribution is the threshold or more."""
    return np.asarray(1 - special.betainc(alpha, beta, threshold))


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
    inside = special.betainc(np.maximum(count, 1), np.maximum(base - count + 1, 1e-9), share)
    return np.asarray(np.where(count <= 0, 1.0, np.where(count > base, 0.0, inside)))


def foreseen_count_or_more(count: Numbers, base: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """The probability of this count or a greater one among others of the same true share, known only as a Beta."""
    found = np.empty(len(count))
    for rows, way in ((count <= LARGEST_SUMMED, _foreseen), (count > LARGEST_SUMMED, _foreseen_by_quantiles)):
        columns = (count[rows], base[rows], alpha[rows], beta[rows])
        (found[rows],) = for_distinct(lambda *row, way=way: (way(*row),), *columns)
    return found


def _foreseen(count: Numbers, base: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    below = np.zeros(len(count))
    for fewer in range(int(count.max(initial=0))):
        ways = -special.betaln(base - fewer + 1, fewer + 1) - np.log(base + 1)
        chance = np.exp(ways + special.betaln(alpha + fewer, beta + base - fewer) - special.betaln(alpha, beta))
        below += np.where((fewer < count) & (fewer <= base), chance, 0.0)
    return np.clip(1 - below, 0.0, 1.0)


def _foreseen_by_quantiles(count: Numbers, base: Numbers, alpha: Numbers, beta: Numbers) -> Numbers:
    """For numbers that no examination has, as a slip of the hand makes them: a sum over them would never end."""
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    shares = special.betaincinv(alpha[:, None], beta[:, None], levels)
    return np.asarray(chance_of_count_or_more(count[:, None], base[:, None], shares).mean(axis=1))


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


def probability_of_growth(count: Numbers, base: Numbers, earlier_count: Numbers, earlier_base: Numbers) -> Numbers:
    """The probability that a share has grown: that of two independent Jeffreys posteriors the later is the greater."""
    result = np.full(len(base), np.nan)
    known = (base > 0) & (earlier_base > 0)
    small = known & (np.maximum(base, earlier_base) <= LARGEST_ON_GRID)
    result[small] = _grown_on_grid(count[small], base[small], earlier_count[small], earlier_base[small])
    large = np.flatnonzero(known & ~small)
    result[large] = _grown_by_quantiles(count[large], base[large], earlier_count[large], earlier_base[large])
    return result


def _grown_on_grid(count: Numbers, base: Numbers, earlier_count: Numbers, earlier_base: Numbers) -> Numbers:
    """Exact to about 0.001: distribution functions on a grid even in arcsin √p, where all posteriors are as wide."""
    pairs = len(base)
    codes, firsts = distinct_rows(np.concatenate([count, earlier_count]), np.concatenate([base, earlier_base]))
    k, n = (np.concatenate(both)[firsts] for both in ((count, earlier_count), (base, earlier_base)))
    edges = np.sin(np.linspace(0, np.pi / 2, GRID_CELLS + 1)) ** 2
    reached = special.betainc((k + PRIOR_COUNT)[:, None], (n - k + PRIOR_COUNT)[:, None], edges)
    masses = np.diff(reached, axis=1).astype(np.float32)
    halfway = ((reached[:, 1:] + reached[:, :-1]) / 2).astype(np.float32)
    result = np.empty(pairs)
    for start in range(0, pairs, PAIRS_AT_ONCE):
        part = slice(start, min(start + PAIRS_AT_ONCE, pairs))
        later, earlier = codes[:pairs][part], codes[pairs:][part]
        result[part] = np.einsum("ij,ij->i", masses[later], halfway[earlier])
    return result


def _grown_by_quantiles(count: Numbers, base: Numbers, earlier_count: Numbers, earlier_base: Numbers) -> Numbers:
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    result = np.empty(len(base))
    for row, (k, n, k0, n0) in enumerate(zip(count, base, earlier_count, earlier_base, strict=True)):
        shares = special.betaincinv(k + PRIOR_COUNT, n - k + PRIOR_COUNT, levels)
        result[row] = special.betainc(k0 + PRIOR_COUNT, n0 - k0 + PRIOR_COUNT, shares).mean()
    return result


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
