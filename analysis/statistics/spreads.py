"""Spreads that are not known: priors, where their posterior lies, and the few nodes that stand for it.

Half-normal priors for standard deviations (Gelman 2006): they leave a spread of 0 possible and let the data say more.
A prior may also rise from 0 (as Chung, Rabe-Hesketh, Dorie, Gelman, Liu 2013 advise where 0 is not believed).
Fixed coarse grids give wrong probabilities, so that nodes are laid where the posterior of the very town lies.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from analysis.statistics.binomial import Numbers

SMALLEST, GREATEST = 0.01, 3.0  # in units of the prior's scale
# Of each spread, by how many there are:
KNOTS = {1: (10,), 2: (8, 8), 3: (9, 7, 5)}
NODES = {1: (8,), 2: (3, 4), 3: (3, 3, 2)}
FINE = {1: 64, 2: 40, 3: 24}
ROUGH_KNOTS = 4
NEGLIGIBLE = 8.0  # logarithm of the density below the greatest
ZOOMS, WORTH_IT = 12, 0.75

Evidence = Callable[[NDArray[np.intp], list[Numbers]], Numbers]


class Prior(NamedTuple):
    """What is known of a standard deviation t beforehand: density t^rising · exp(−(t / scale)² / 2).

    Attributes:
        scale: Of the half-normal distribution.
        rising: 0 for a half-normal distribution; 2 for Maxwell's, which rises from 0.
    """

    scale: float
    rising: int = 0


class Region(NamedTuple):
    """Where the posterior of the spreads of each town lies: (towns, spreads), in square roots of units of scale."""

    low: Numbers
    high: Numbers


def nodes(evidence: Evidence, priors: tuple[Prior, ...], towns: int, *, rough: bool = False) -> Numbers:
    """Values of the spreads that are all equally likely: (nodes, spreads, towns).

    Args:
        evidence: Takes which towns are meant and values of each spread (towns, values), returns the logarithm of the
            likelihood at all combinations: (towns, values of each …).
        priors: Of each spread.
        towns: How many there are.
        rough: Whether a first idea will do.
    """
    number = len(priors)
    few, knots = (ROUGH_KNOTS,) * number, KNOTS[number]
    region = Region(np.full((towns, number), SMALLEST**0.5), np.full((towns, number), GREATEST**0.5))
    if rough:
        return _bins(*_fine(_heights(evidence, priors, region, np.arange(towns), few), region), priors)
    region, _ = _zoomed(evidence, priors, region, few)
    region, heights = _zoomed(evidence, priors, region, knots)
    return _bins(*_fine(heights, region), priors)


def _zoomed(
    evidence: Evidence, priors: tuple[Prior, ...], region: Region, knots: tuple[int, ...]
) -> tuple[Region, Numbers]:
    """The region narrowed down to what matters of each town, and the heights there."""
    some = np.arange(len(region.low))
    heights = _heights(evidence, priors, region, some, knots)
    for _ in range(ZOOMS):
        narrower = _narrower(region, heights)
        some = np.flatnonzero((narrower.low != region.low).any(axis=1) | (narrower.high != region.high).any(axis=1))
        if not len(some):
            break
        region = narrower
        heights[some] = _heights(evidence, priors, region, some, knots)
    return region, heights


def _heights(
    evidence: Evidence, priors: tuple[Prior, ...], region: Region, towns: NDArray[np.intp], knots: tuple[int, ...]
) -> Numbers:
    """Logarithm of the posterior (over the square roots) of some towns at the knots: (towns, knots of each …)."""
    low, wide = region.low[towns, :, None], (region.high - region.low)[towns, :, None]
    roots = [low[:, one] + wide[:, one] * (np.arange(each) / (each - 1)) for one, each in enumerate(knots)]
    found = evidence(towns, [prior.scale * root**2 for prior, root in zip(priors, roots, strict=True)])
    for axis, (prior, root) in enumerate(zip(priors, roots, strict=True)):
        known = (1 + 2 * prior.rising) * np.log(root) - root**4 / 2
        found = found + np.expand_dims(known, [one + 1 for one in range(len(knots)) if one != axis])
    return found


def _narrower(region: Region, heights: Numbers) -> Region:
    """The region without what does not matter, where leaving it out is worth the trouble."""
    number = heights.ndim - 1
    low, high = region.low.copy(), region.high.copy()
    for one, knots in enumerate(heights.shape[1:]):
        others = tuple(axis for axis in range(1, number + 1) if axis != one + 1)
        profile = heights.max(axis=others)
        matters = profile > profile.max(axis=1, keepdims=True) - NEGLIGIBLE
        first = np.maximum(matters.argmax(axis=1) - 1, 0)
        last = np.minimum(knots - matters[:, ::-1].argmax(axis=1), knots - 1)
        worth = last - first < WORTH_IT * (knots - 1)
        step = (region.high - region.low)[:, one] / (knots - 1)
        low[:, one] = np.where(worth, region.low[:, one] + first * step, low[:, one])
        high[:, one] = np.where(worth, region.low[:, one] + last * step, high[:, one])
    return Region(low, high)


@lru_cache
def _interpolation(knots: int, fine: int) -> Numbers:
    """The matrix that takes values at knots to the middles of fine parts, by cubic splines."""
    middles = (np.arange(fine) + 0.5) / fine
    return np.asarray(CubicSpline(np.linspace(0.0, 1.0, knots), np.eye(knots))(middles))


def _fine(heights: Numbers, region: Region) -> tuple[Numbers, Numbers]:
    """Probabilities of fine parts (towns, parts of each spread …) and their roots (towns, spreads, parts)."""
    number = heights.ndim - 1
    heights = heights[:, None]  # each town its own product of matrices, so that its bits depend on no other
    for axis in range(2, number + 2):
        matrix = _interpolation(heights.shape[axis], FINE[number])
        heights = np.moveaxis(np.matmul(np.ascontiguousarray(np.moveaxis(heights, axis, -1)), matrix.T), -1, axis)
    heights = heights[:, 0]
    likely = np.exp(heights - heights.max(axis=tuple(range(1, number + 1)), keepdims=True))
    middles = (np.arange(FINE[number]) + 0.5) / FINE[number]
    return likely, region.low[..., None] + (region.high - region.low)[..., None] * middles


def _bins(likely: Numbers, roots: Numbers, priors: tuple[Prior, ...]) -> Numbers:
    """Means of parts of equal probability: of the first spread, within each of the second, and so on."""
    towns, number = len(likely), len(priors)
    mass: Numbers = np.ascontiguousarray(likely).reshape(towns, 1, -1)
    found: Numbers = np.empty((towns, 1, 0))
    for one, (prior, bins) in enumerate(zip(priors, NODES[number], strict=True)):
        mass = mass.reshape(towns, mass.shape[1], FINE[number], -1)
        along = mass.sum(axis=3)
        along = along / along.sum(axis=2, keepdims=True)
        parts = _parts(along, bins)
        value = (parts * (prior.scale * roots[:, None, None, one] ** 2)).sum(axis=3) / parts.sum(axis=3)
        found = np.concatenate([np.repeat(found, bins, axis=1), value.reshape(towns, -1, 1)], axis=2)
        shares = np.divide(parts, along[:, :, None], out=np.zeros_like(parts), where=along[:, :, None] > 0)
        mass = np.matmul(shares, mass).reshape(towns, mass.shape[1] * bins, -1)
    return np.ascontiguousarray(found.transpose(1, 2, 0))


def _parts(along: Numbers, number: int) -> Numbers:
    """How much of each fine part falls into each of `number` bins of equal probability: (…, bins, parts)."""
    upper = np.cumsum(along, axis=-1)
    lower = upper - along
    ends = np.arange(number + 1)[:, None] / number
    inside = np.minimum(upper[..., None, :], ends[1:]) - np.maximum(lower[..., None, :], ends[:-1])
    return np.asarray(np.maximum(inside, 0.0))
