"""Spreads that are not known: priors, where their posterior lies, and the few nodes that stand for it.

Half-normal priors for standard deviations (Gelman 2006): they leave a spread of 0 possible and let the data say more.
A prior may also rise from 0 (as Chung, Rabe-Hesketh, Dorie, Gelman, Liu 2013 advise where 0 is not believed).
Fixed coarse grids give wrong probabilities, so that nodes are laid where the posterior of the very town lies.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline

from analysis.statistics.binomial import Numbers, added

SMALLEST, GREATEST = 0.01, 3.0  # in units of the prior's scale
KNOTS = {1: 10, 2: 8, 3: 5}  # a spread, by how many there are
ROUGH_KNOTS = 4
NODES = {1: 8, 2: 4, 3: 3}
FINE = {1: 64, 2: 40, 3: 24}
NEGLIGIBLE = 8.0  # logarithm of the density below the greatest
ZOOMS, WORTH_IT = 12, {1: 0.9, 2: 0.9, 3: 0.7}

Evidence = Callable[[list[Numbers]], Numbers]


class Prior(NamedTuple):
    """What is known of a standard deviation t beforehand: density t^rising · exp(−(t / scale)² / 2).

    Attributes:
        scale: Of the half-normal distribution.
        rising: 0 for a half-normal distribution; 2 for Maxwell's, which rises from 0.
    """

    scale: float
    rising: int = 0


class Size(NamedTuple):
    """How many towns there are, and at how many values their evidence is asked for at once."""

    towns: int
    at_once: int


class Region(NamedTuple):
    """Where the posterior of the spreads of each town lies: (towns, spreads), in square roots of units of scale."""

    low: Numbers
    high: Numbers


def nodes(evidence: Evidence, priors: tuple[Prior, ...], size: Size, *, rough: bool = False) -> Numbers:
    """Values of the spreads that are all equally likely: (nodes, spreads, towns).

    Args:
        evidence: Takes values of each spread (values, towns), returns the logarithm of the likelihood: (values, towns).
        priors: Of each spread.
        size: Of the batch.
        rough: Whether a first idea will do.
    """
    number, knots = len(priors), ROUGH_KNOTS if rough else KNOTS[len(priors)]
    region = Region(np.full((size.towns, number), SMALLEST**0.5), np.full((size.towns, number), GREATEST**0.5))
    heights = _heights(evidence, priors, region, (knots, size.at_once))
    for _ in range(0 if rough else ZOOMS):
        narrower = _narrower(region, heights)
        if np.array_equal(narrower.low, region.low) and np.array_equal(narrower.high, region.high):
            break
        region = narrower
        heights = _heights(evidence, priors, region, (knots, size.at_once))
    return _bins(*_fine(heights, region), priors)


def _heights(evidence: Evidence, priors: tuple[Prior, ...], region: Region, knots: tuple[int, int]) -> Numbers:
    """Logarithm of the posterior (over the square roots) at the knots, so many at once: (towns, knots of each …)."""
    number, (each, at_once) = len(priors), knots
    places = np.indices([each] * number).reshape(number, -1) / (each - 1)
    found = []
    for first in range(0, places.shape[1], at_once):
        parts = places[:, first : first + at_once, None]
        roots = [low + (high - low) * part for low, high, part in zip(region.low.T, region.high.T, parts, strict=True)]
        known = [(1 + 2 * prior.rising) * np.log(root) - root**4 / 2 for prior, root in zip(priors, roots, strict=True)]
        values = [prior.scale * root**2 for prior, root in zip(priors, roots, strict=True)]
        found.append(evidence(values) + added(np.stack(known)))
    return np.ascontiguousarray(np.concatenate(found).T).reshape(-1, *[each] * number)


def _narrower(region: Region, heights: Numbers) -> Region:
    """The region without what does not matter, where leaving it out is worth the trouble."""
    number, knots = heights.ndim - 1, heights.shape[1]
    low, high = region.low.copy(), region.high.copy()
    for one in range(number):
        others = tuple(axis for axis in range(1, number + 1) if axis != one + 1)
        profile = heights.max(axis=others)
        matters = profile > profile.max(axis=1, keepdims=True) - NEGLIGIBLE
        first = np.maximum(matters.argmax(axis=1) - 1, 0)
        last = np.minimum(knots - matters[:, ::-1].argmax(axis=1), knots - 1)
        worth = last - first < WORTH_IT[number] * (knots - 1)
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
    matrix = _interpolation(heights.shape[1], FINE[number])
    heights = heights[:, None]  # each town its own product of matrices, so that its bits depend on no other
    for axis in range(2, number + 2):
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
    for one, prior in enumerate(priors):
        mass = mass.reshape(towns, mass.shape[1], FINE[number], -1)
        along = mass.sum(axis=3)
        along = along / along.sum(axis=2, keepdims=True)
        parts = _parts(along, NODES[number])
        value = (parts * (prior.scale * roots[:, None, None, one] ** 2)).sum(axis=3) / parts.sum(axis=3)
        found = np.concatenate([np.repeat(found, NODES[number], axis=1), value.reshape(towns, -1, 1)], axis=2)
        shares = np.divide(parts, along[:, :, None], out=np.zeros_like(parts), where=along[:, :, None] > 0)
        mass = np.matmul(shares, mass).reshape(towns, mass.shape[1] * NODES[number], -1)
    return np.ascontiguousarray(found.transpose(1, 2, 0))


def _parts(along: Numbers, number: int) -> Numbers:
    """How much of each fine part falls into each of `number` bins of equal probability: (…, bins, parts)."""
    upper = np.cumsum(along, axis=-1)
    lower = upper - along
    ends = np.arange(number + 1)[:, None] / number
    inside = np.minimum(upper[..., None, :], ends[1:]) - np.maximum(lower[..., None, :], ends[:-1])
    return np.asarray(np.maximum(inside, 0.0))
