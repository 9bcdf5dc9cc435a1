"""Counts laid out as towns of equal size, and what is said of counts: of one whose log odds are normal, and exactly."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial, reduce
from multiprocessing import current_process, get_context
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray

# A binomial count whose log odds are normal: its moments, and its posterior along one dimension.
#
# Nothing here is approximated by a normal distribution: all integrals are sums over nodes laid around the posterior.

Numbers = NDArray[np.float64]

HERMITE_NODES = 7
LINE_NODES = 41
BELOW, ABOVE = 5.5, 5.0  # where the line begins and ends, in standard deviations of the posterior
STEEPEST = 300.0  # the greatest logarithm of a node's weight relative to the centre
HALVINGS = 20
AT_ONCE = 512  # cells whose lines are worked out together, so that they fit into the cache


class Normal(NamedTuple):
    """Means and variances of normal distributions, of any one shape."""

    mean: Numbers
    variance: Numbers


class Counts(NamedTuple):
    """What was counted, of any one shape.

    Attributes:
        successes: Whole numbers, at most the totals.
        totals: Whole numbers; 0 where nothing was counted.
        level: Log odds from which all log odds are measured.
    """

    successes: Numbers
    totals: Numbers
    level: Numbers

    def log_likelihood(self, odds: Numbers) -> Numbers:
        """The logarithm of the likelihood at these log odds (from the level), up to a constant of the counts."""
        whole = odds + self.level
        return np.asarray(self.successes * whole - self.totals * softplus(whole))


class Tilted(NamedTuple):
    """A normal distribution times the likelihood of counts: logarithm of the integral, mean and variance."""

    log_integral: Numbers
    moments: Normal


def softplus(odds: Numbers) -> Numbers:
    """log(1 + e^odds): a logarithm of half the length, and one step of Newton's that makes it whole."""
    above = np.exp(-np.abs(odds)) + 1
    rough = np.log(above.astype(np.float32)).astype(np.float64)
    return np.asarray(np.maximum(odds, 0.0) + rough + (above * np.exp(-rough) - 1))


def expit(odds: Numbers) -> Numbers:
    """The share with these log odds."""
    smaller = np.exp(-np.abs(odds))
    return np.asarray(np.where(odds < 0, smaller, 1.0) / (1 + smaller))


def added(parts: Numbers) -> Numbers:
    """The sum over the first axis, in its order: numpy's own order depends on how many columns there are."""
    return np.asarray(reduce(np.add, parts))


@lru_cache
def hermite(number: int) -> tuple[Numbers, Numbers]:
    """Nodes and weights for the mean of a function of a standard normal variable (Gauss and Hermite)."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(number)
    return nodes, weights / weights.sum()


def tilted(counts: Counts, prior: Normal, about: Normal) -> Tilted:
    """Integral, mean and variance of `prior` × likelihood, by Gauss and Hermite's nodes laid about a guess.

    The nodes are adaptive (Naylor and Smith 1982; Liu and Pierce 1994): a guess close to the true moments makes nine
    of them enough; whoever iterates gives the last moments as the next guess.

    Args:
        counts: The counts.
        prior: What is known of the log odds without these counts; same shape.
        about: The guess of mean and variance; same shape.
    """
    spread, ahead = np.sqrt(about.variance), about.mean - prior.mean
    half = 0.5 / prior.variance
    reference = counts.log_likelihood(about.mean) - half * ahead**2
    total, first, second = (np.zeros_like(spread) for _ in range(3))
    for node, weight in zip(*hermite(HERMITE_NODES), strict=True):
        away = node * spread
        power = counts.log_likelihood(about.mean + away)
        power -= half * (ahead + away) ** 2
        power -= reference
        value = weight * np.exp(np.minimum(power + 0.5 * node**2, STEEPEST))
        total += value
        first += node * value
        second += node**2 * value
    shift = first / total
    moments = Normal(about.mean + spread * shift, about.variance * np.maximum(second / total - shift**2, 1e-3))
    return Tilted(np.log(total * spread / np.sqrt(prior.variance)) + reference, moments)


class Line(NamedTuple):
    """Posterior densities along evenly spaced log odds: a row a cell, a column a node.

    Attributes:
        start: The first node of each cell, from the cell's level.
        step: The distance of nodes of each cell.
        density: Of each node, times the step; the sum of a row is 1.
    """

    start: Numbers
    step: Numbers
    density: Numbers

    def odds(self) -> Numbers:
        """The log odds of all nodes, from the level."""
        return np.asarray(self.start[:, None] + self.step[:, None] * np.arange(LINE_NODES))


def line(counts: Counts, priors: Normal, weights: Numbers, about: Normal) -> Line:
    """The posterior of cells, a mixture: of each part, a normal prior times the likelihood.

    Args:
        counts: Of each cell.
        priors: Of the parts of the mixture: a row a part, a column a cell.
        weights: Of the parts after all was seen; same shape, their sum 1.
        about: Mean and variance of each cell's posterior, to lay the nodes about.
    """
    found = _laid(about)
    for some, parts in _parts(counts, priors, found):
        found.density[some] = 0.0
        for part, weight in zip(parts, weights[:, some], strict=True):
            part *= weight[:, None]
            found.density[some] += part
    return found


def below_in_parts(counts: Counts, priors: Normal, about: Normal, odds: Numbers) -> Numbers:
    """The probability that log odds (from the level) are below a value: of each part of a mixture, a column a cell."""
    laid, found = _laid(about), np.empty_like(priors.mean)
    for some, parts in _parts(counts, priors, laid):
        for row, part in enumerate(parts):
            found[row, some] = below(Line(laid.start[some], laid.step[some], part), odds[some])
    return found


def _laid(about: Normal) -> Line:
    spread = np.sqrt(about.variance)
    step = (BELOW + ABOVE) * spread / (LINE_NODES - 1)
    return Line(about.mean - BELOW * spread, step, np.empty((len(spread), LINE_NODES)))


def _parts(counts: Counts, priors: Normal, laid: Line) -> Iterator[tuple[slice, Iterator[Numbers]]]:
    """Which cells are worked out together, and their densities: a part of the mixture after another."""
    for first in range(0, len(laid.start), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        odds = Line(*(part[some] for part in laid)).odds()
        likelihood = Counts(*(part[some, None] for part in counts)).log_likelihood(odds)
        own = zip(priors.mean[:, some], priors.variance[:, some], strict=True)
        yield some, (_density(odds - mean[:, None], variance, likelihood) for mean, variance in own)


def _density(away: Numbers, variance: Numbers, likelihood: Numbers) -> Numbers:
    away *= away
    away *= (-0.5 / variance)[:, None]
    away += likelihood
    away -= away.max(axis=1, keepdims=True)
    np.exp(away, out=away)
    away /= away.sum(axis=1, keepdims=True)
    return away


def below(found: Line, odds: Numbers) -> Numbers:
    """The probability that log odds (from the level) are below a value, of each cell."""
    place = np.nan_to_num(np.clip((odds - found.start) / found.step, 0.0, LINE_NODES - 1.0))
    left = np.minimum(place.astype(np.intp), LINE_NODES - 2)
    reached, parabola = _cumulated(found.density)[np.arange(len(left)), left], _parabola(found.density, left)
    return np.asarray(np.clip(reached + _integral(parabola, place - left), 0.0, 1.0))


def quantiles(found: Line, parts: tuple[float, ...]) -> list[Numbers]:
    """The log odds (from the level) below which these parts of the posterior lie, of each cell."""
    cumulated = _cumulated(found.density)
    return [_quantile(found, cumulated, part) for part in parts]


def _quantile(found: Line, cumulated: Numbers, part: float) -> Numbers:
    left = np.clip((cumulated < part).sum(axis=1) - 1, 0, LINE_NODES - 2)
    parabola, wanted = _parabola(found.density, left), part - cumulated[np.arange(len(left)), left]
    low, high = np.zeros_like(wanted), np.ones_like(wanted)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = _integral(parabola, middle) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(found.start + found.step * (left + (low + high) / 2))


def share_mean(found: Line, level: Numbers) -> Numbers:
    """The mean share of each cell."""
    return np.asarray((found.density * expit(found.odds() + level[:, None])).sum(axis=1))


def _cumulated(density: Numbers) -> Numbers:
    """The probability below each node: the trapezoidal rule with the correction of its ends (Euler and Maclaurin)."""
    found = np.cumsum(density, axis=1)
    found -= density / 2
    found[:, :-1] -= density[:, 1:] / 24
    found[:, 1:] += density[:, :-1] / 24
    return np.asarray(found)


def _parabola(density: Numbers, left: NDArray[np.intp]) -> tuple[Numbers, Numbers, Numbers]:
    """Between a node and the next the density is here + slope·t + curve·t·(t − 1), t from 0 to 1."""
    rows, last = np.arange(len(left)), LINE_NODES - 1
    here, after = density[rows, left], density[rows, left + 1]
    before = np.where(left > 0, density[rows, np.maximum(left - 1, 0)], 0.0)
    beyond = np.where(left + 1 < last, density[rows, np.minimum(left + 2, last)], 0.0)
    return here, after - here, (before - here - after + beyond) / 4


def _integral(parabola: tuple[Numbers, Numbers, Numbers], end: Numbers) -> Numbers:
    here, slope, curve = parabola
    return np.asarray(end * (here + end * (slope / 2 + curve * (end / 3 - 0.5))))


# Rows of counts laid out as towns of equal size, so that many are fitted at once and each to the same bits as alone.
#
# A town is padded to one of few sizes that depend on nothing but itself; towns of one size make a batch. Every
# operation on a batch works town by town, so a town's numbers do not depend on its neighbours.

Codes = NDArray[np.intp]

BATCH = 16384  # cells of a batch, padding counted
MANY = 250_000  # rows that are worth the start of other processes; a city has a hundredth of them
Answer = TypeVar("Answer")
_AT_MOST = ContextVar("processes", default=0)  # 0 means as many as there are processors


@contextmanager
def _setting(variable: ContextVar[Answer], value: Answer) -> Iterator[None]:
    before = variable.set(value)
    try:
        yield
    finally:
        variable.reset(before)


def processes(at_most: int) -> AbstractContextManager[None]:
    """Within it very many rows are worked on by no more processes than these; 1 means this one."""
    return _setting(_AT_MOST, at_most)


# Takes the name of a step, all that it depends on, and what does it.
Remember = Callable[[str, Sequence[object], Callable[[], Any]], Any]


def _anew(_step: str, _given: Sequence[object], make: Callable[[], Any]) -> Any:
    return make()


_REMEMBER: ContextVar[Remember] = ContextVar("remember", default=_anew)


def remembering(remember: Remember) -> AbstractContextManager[None]:
    """Within it whoever knows what was worked out of the same towns says so."""
    return _setting(_REMEMBER, remember)


class Rows(NamedTuple):
    """Rows as codes from 0, each code within its town.

    Attributes:
        successes: Whole numbers, at most the totals.
        totals: Whole numbers.
        town: Of each row.
        school: Of each row, within its town.
        year: Of each row, within its town.
        procedure: Of each row, within its town.
        pair: Of each row, its school among all schools of all towns.
    """

    successes: Numbers
    totals: Numbers
    town: Codes
    school: Codes
    year: Codes
    procedure: Codes
    pair: Codes


class Batch(NamedTuple):
    """Towns of one size.

    Attributes:
        counts: (towns, schools, years, procedures); the level has one number a town.
        rows: Which rows stand here.
        place: Where each stands: four codes.
    """

    counts: Counts
    rows: Codes
    place: tuple[Codes, Codes, Codes, Codes]


def coded(
    successes: ArrayLike, totals: ArrayLike, school: ArrayLike, procedure: ArrayLike, year: Any, town: Any
) -> Rows:
    """Codes the columns.

    Args:
        successes: Whole numbers.
        totals: Whole numbers.
        school: Integers.
        procedure: Integers.
        year: Integers, or None for a single year.
        town: Integers, or None for a single town.

    Raises:
        ValueError: The columns differ in length, counts are no counts, or a cell stands twice.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    keys = [np.zeros(len(k), np.intp) if one is None else np.asarray(one) for one in (town, school, year, procedure)]
    if any(one.shape != k.shape for one in (n, *keys)) or k.ndim != 1:
        raise ValueError("all columns must be one-dimensional and of one length")
    if not ((k >= 0) & (k <= n) & (k == np.floor(k)) & (n == np.floor(n)) & np.isfinite(n)).all():
        raise ValueError("counts must be whole numbers from 0 to their totals")
    towns = np.unique(keys[0], return_inverse=True)[1].astype(np.intp)
    within = [_within(towns, np.unique(key, return_inverse=True)[1]) for key in keys[1:]]
    (school_code, pair), (year_code, _), (procedure_code, _) = within
    rows = Rows(k, n, towns, school_code, year_code, procedure_code, pair)
    if _stands_twice(rows):
        raise ValueError("a school has two rows of one procedure and year")
    return rows


def _within(towns: Codes, key: Codes) -> tuple[Codes, Codes]:
    """The code of each key among those of its town, and among those of all towns."""
    both, pair = np.unique(towns * (key.max(initial=0) + 1) + key, return_inverse=True)
    of_town = both // (key.max(initial=0) + 1)
    return pair - np.searchsorted(of_town, towns), pair


def _stands_twice(rows: Rows) -> bool:
    years, procedures = rows.year.max(initial=0) + 1, rows.procedure.max(initial=0) + 1
    cells = (rows.pair * years + rows.year) * procedures + rows.procedure
    return len(np.unique(cells)) < len(cells)


def batches(rows: Rows) -> Iterator[Batch]:
    """The towns, some at a time."""
    if not len(rows.town):
        return
    sizes = np.stack([_padded(_greatest(key, rows.town)) for key in (rows.school, rows.procedure)])
    sizes = np.stack([sizes[0], _greatest(rows.year, rows.town), sizes[1]])
    shapes, shape_of = np.unique(sizes, axis=1, return_inverse=True)
    order = np.argsort(rows.town, kind="stable")
    begins = np.searchsorted(rows.town[order], np.arange(sizes.shape[1] + 1))
    for number, shape in enumerate(shapes.T):
        members = np.flatnonzero(shape_of == number)
        many = max(BATCH // int(shape.prod()), 1)
        for first in range(0, len(members), many):
            towns = members[first : first + many]
            found = np.concatenate([order[begins[town] : begins[town + 1]] for town in towns])
            yield _batch(rows, found, towns, tuple(int(size) for size in shape))


def of_batches(work: Callable[..., Answer], rows: Rows, *columns: NDArray[Any]) -> Iterator[tuple[Batch, Answer]]:
    """What some work says of each batch and the columns of its rows, in their order.

    Very many rows are worked on by all processors, or as many as `processes` allows; the bits are the same.
    """
    waiting = list(batches(rows))
    about = [[column[batch.rows] for batch in waiting] for column in columns]
    several = _AT_MOST.get() or os.cpu_count() or 1
    if len(rows.town) >= MANY and several > 1 and not current_process().daemon:
        try:
            with ProcessPoolExecutor(several, get_context("spawn")) as pool:
                return zip(waiting, list(pool.map(work, waiting, *about)), strict=True)
        except BrokenProcessPool:  # a process was killed, or none could be started from here
            pass
    return zip(waiting, map(partial(_known, work), waiting, *about), strict=True)


def _known(work: Callable[..., Answer], *given: Any) -> Answer:
    known: Answer = _REMEMBER.get()("towns", [work, *given], partial(work, *given))
    return known


def _greatest(key: Codes, towns: Codes) -> Codes:
    found = np.zeros(towns.max() + 1, dtype=np.intp)
    np.maximum.at(found, towns, key + 1)
    return found


def _padded(number: Codes) -> Codes:
    """The next larger of the sizes 1…8, 10, 12, 14, 16, 20, 24, 28, 32, 40 …"""
    step = 2 ** np.maximum(np.ceil(np.log2(np.maximum(number, 1))).astype(np.intp) - 3, 0)
    return np.asarray(-(-number // step) * step)


def _batch(rows: Rows, found: Codes, towns: Codes, shape: tuple[int, ...]) -> Batch:
    place = (np.searchsorted(towns, rows.town[found]), rows.school[found], rows.year[found], rows.procedure[found])
    successes, totals = np.zeros((len(towns), *shape)), np.zeros((len(towns), *shape))
    successes[place], totals[place] = rows.successes[found], rows.totals[found]
    level = scipy.special.logit((_sum(successes) + 0.5) / (_sum(totals) + 1))
    return Batch(Counts(successes, totals, level[:, None, None, None]), found, place)


def _sum(counts: Numbers) -> Numbers:
    return np.asarray(counts.reshape(len(counts), -1).sum(axis=1))


# How sure a share or a mean over few pupils can be: intervals and probabilities from counts, exact where they can be.


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
    low, high = _count_quantile(tail, n, p), _count_quantile(1 - tail, n, p)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _count_quantile(probability: float, base: Numbers, share: Numbers) -> Numbers:
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
