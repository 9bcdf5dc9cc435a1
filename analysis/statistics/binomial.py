"""A binomial count whose log odds are normal: its moments, and its posterior along one dimension.

Nothing here is approximated by a normal distribution: all integrals are sums over nodes laid around the posterior.
"""

from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]

HERMITE_NODES = 9
LINE_NODES = 41
BELOW, ABOVE = 5.5, 5.0  # where the line begins and ends, in standard deviations of the posterior
STEEPEST = 300.0  # the greatest logarithm of a node's weight relative to the centre
HALVINGS = 30


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
        return np.asarray(
            self.successes * whole - self.totals * (np.maximum(whole, 0.0) + np.log1p(np.exp(-np.abs(whole))))
        )


class Tilted(NamedTuple):
    """A normal distribution times the likelihood of counts: logarithm of the integral, mean and variance."""

    log_integral: Numbers
    moments: Normal


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
    spread = np.sqrt(about.variance)
    half = 0.5 / prior.variance
    reference = counts.log_likelihood(about.mean) - half * (about.mean - prior.mean) ** 2
    total, first, second = (np.zeros_like(spread) for _ in range(3))
    for node, weight in zip(*hermite(HERMITE_NODES), strict=True):
        odds = about.mean + node * spread
        power = counts.log_likelihood(odds) - half * (odds - prior.mean) ** 2 - reference + 0.5 * node**2
        value = weight * np.exp(np.minimum(power, STEEPEST))
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
    spread = np.sqrt(about.variance)
    found = Line(about.mean - BELOW * spread, (BELOW + ABOVE) * spread / (LINE_NODES - 1), np.empty(0))
    odds = found.odds()
    likelihood = Counts(*(part[:, None] for part in counts)).log_likelihood(odds)
    density = np.zeros_like(odds)
    for mean, variance, weight in zip(*priors, weights, strict=True):
        power = likelihood - (0.5 / variance)[:, None] * (odds - mean[:, None]) ** 2
        part = np.exp(power - power.max(axis=1, keepdims=True))
        density += (weight / part.sum(axis=1))[:, None] * part
    return found._replace(density=density)


def below(found: Line, odds: Numbers) -> Numbers:
    """The probability that log odds (from the level) are below a value, of each cell."""
    place = np.clip((odds - found.start) / found.step, 0.0, LINE_NODES - 1.0)
    left = np.minimum(place.astype(np.intp), LINE_NODES - 2)
    reached, parabola = _cumulated(found.density)[np.arange(len(left)), left], _parabola(found.density, left)
    return np.asarray(np.clip(reached + _integral(parabola, place - left), 0.0, 1.0))


def quantile(found: Line, part: float) -> Numbers:
    """The log odds (from the level) below which this part of the posterior lies, of each cell."""
    cumulated = _cumulated(found.density)
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
    return np.asarray((found.density * special.expit(found.odds() + level[:, None])).sum(axis=1))


def _cumulated(density: Numbers) -> Numbers:
    """The probability below each node: the trapezoidal rule with the correction of its ends (Euler and Maclaurin)."""
    ahead, behind = np.zeros_like(density), np.zeros_like(density)
    ahead[:, :-1], behind[:, 1:] = density[:, 1:], density[:, :-1]
    return np.asarray(np.cumsum(density, axis=1) - density / 2 - (ahead - behind) / 24)


def _parabola(density: Numbers, left: NDArray[np.intp]) -> tuple[Numbers, Numbers, Numbers]:
    """Between a node and the next the density is here + slope·t + curve·t·(t − 1), t from 0 to 1."""
    wide = np.pad(density, ((0, 0), (1, 1)))
    rows = np.arange(len(left))
    before, here, after, beyond = (wide[rows, left + shift] for shift in range(4))
    return here, after - here, (before - here - after + beyond) / 4


def _integral(parabola: tuple[Numbers, Numbers, Numbers], end: Numbers) -> Numbers:
    here, slope, curve = parabola
    return np.asarray(end * (here + end * (slope / 2 + curve * (end / 3 - 0.5))))
