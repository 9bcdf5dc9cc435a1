"""The normal part of the model, given a normal site a cell, and its spreads that are not known."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.statistics.counts import Normal, Numbers

# The normal part of the model: levels of columns, effects of schools and years, given a normal site a cell.
#
#     log odds of a cell = level of its column + effect of its school in its year + effect of the cell
#
# All effects are independent and normal. A site is what a cell's counts say of its log odds η, as exp(r·η − w·η²/2)
# (Minka 2001). Effects of cells are integrated out by hand, those of schools by Sherman and Morrison's formula, and
# what is left is one system of linear equations a town, as large as it has columns.
#
# Arrays have the shape (towns, schools, years, procedures); a column is a procedure in a year, and there are
# K = years × procedures of them. All log odds are measured from the town's own level.

TOGETHER = 16  # numbers from 1e-5 to 1 whose product is far from nothing


class Sites(NamedTuple):
    """What the counts of each cell say of its log odds: r and w of exp(r·η − w·η²/2)."""

    pull: Numbers
    precision: Numbers


class Spreads(NamedTuple):
    """Standard deviations of each town: of schools, of a school between years (0 with one year), of cells."""

    school: Numbers
    year: Numbers
    cell: Numbers


class Levels(NamedTuple):
    """What is known beforehand of the levels of columns, of each town.

    Attributes:
        precision: (towns, K, K).
        log_determinant: Its logarithm.
        widest: The greatest variance of a sum of levels whose squared weights add up to 1.
    """

    precision: Numbers
    log_determinant: Numbers
    widest: Numbers


@dataclass(frozen=True)
class Joint:
    """The joint normal posterior of levels and effects of schools.

    Attributes:
        levels: Covariance of the levels, (towns, K, K).
        effect: Mean and variance of the effect of a school in a year, (towns, schools, years).
        with_levels: Minus the covariance of such an effect with each level, (towns, schools × years, K).
        fixed: Mean and variance of level + effect of each cell.
        log_integral: Of prior × sites, of each town.
    """

    levels: Numbers
    effect: Normal
    with_levels: Numbers
    fixed: Normal
    log_integral: Numbers


def levels_known_beforehand(columns: int, of_all: float, apart: Numbers) -> Levels:
    """Levels scatter about a common one: variance `of_all`² + `apart`² of each, covariance `of_all`².

    Args:
        columns: How many there are.
        of_all: The standard deviation of the common level, about the town's own.
        apart: The standard deviation of levels about the common one, of each town.
    """
    own, shared = apart**2, of_all**2
    common = shared / (own * (own + columns * shared))
    precision = np.eye(columns) / own[:, None, None] - common[:, None, None]
    widest = own + columns * shared
    return Levels(precision, -(columns - 1) * np.log(own) - np.log(widest), widest)


@dataclass(frozen=True)
class _Schools:
    """What is left of the effects of each school once the levels are known: covariance diag(own) + own·sharedᵀ."""

    own: Numbers
    shared: Numbers
    log_integral: Numbers

    def times(self, effects: Numbers) -> Numbers:
        """The covariance times a vector of a number a year."""
        return np.asarray(self.own * effects + self.shared * (self.own * effects).sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class _Solved:
    """The linear equations of a town, solved: (towns, schools × years, K) how an effect falls as a level rises."""

    schools: _Schools
    slopes: Numbers
    alone: Numbers
    system: Numbers
    mean: Numbers
    log_integral: Numbers


def evidence(sites: Sites, levels: Levels, school: Numbers, year: Numbers, cell: Numbers) -> Numbers:
    """The logarithm of the integral of prior × sites at all combinations of some values of the spreads.

    What hangs on the spread of cells alone is worked out once for each of its values; the equations at all values of
    the others are then products of matrices.

    Args:
        sites: Of each cell; zeros where there is none.
        levels: What is known of them beforehand.
        school: Values of the spread of schools: (towns, values).
        year: Of the same shape, of a school between years; zeros with one year.
        cell: Values of the spread of cells, as many as there are: (towns, others).

    Returns:
        (others, towns, values).
    """
    square = cell.T[:, :, None, None, None] ** 2
    left = 1 / (1 + sites.precision * square)
    weight, pull = sites.precision * left, sites.pull * left
    of_effects = pull.sum(axis=4)[:, :, None]
    own = _schools(weight.sum(axis=4)[:, :, None], school[..., None, None], year[..., None, None])
    alone = own.times(of_effects)
    system = _levels_left(weight, own, levels)
    falls = np.matmul(alone.transpose(0, 1, 4, 2, 3), weight.transpose(0, 1, 3, 2, 4))  # (…, years, values, procedures)
    right = pull.sum(axis=2)[:, :, None] - falls.swapaxes(2, 3)
    explained, log_determinant = _explained(system, right.reshape(*system.shape[:-2], -1), levels.widest[:, None])
    of_cells = _logarithms(left) + (square * sites.pull * pull).reshape(*square.shape[:2], -1).sum(axis=2)
    of_schools = (of_effects * alone).reshape(*explained.shape, -1).sum(axis=3)
    known = levels.log_determinant[:, None] - log_determinant
    return np.asarray(own.log_integral + 0.5 * (of_cells[..., None] + known + of_schools + explained))


def _levels_left(weight: Numbers, own: "_Schools", levels: Levels) -> Numbers:
    """The equations that are left for the levels, at all values, with room for a border: (…, values, K + 1, K + 1).

    Only the lower triangle is filled in.
    """
    others, towns, schools, years, procedures = weight.shape
    columns, values = years * procedures, own.own.shape[2]
    bordered = np.empty((others, towns, values, columns + 1, columns + 1))
    for one, other in zip(*np.tril_indices(years), strict=True):
        shared = own.own[..., one] * own.shared[..., other] + (own.own[..., one] if one == other else 0.0)
        products = weight[:, :, :, one, :, None] * weight[:, :, :, other, None, :]
        block = np.matmul(shared, products.reshape(others, towns, schools, -1))
        of_one, of_other = (slice(year * procedures, (year + 1) * procedures) for year in (one, other))
        np.subtract(
            levels.precision[:, None, of_one, of_other],
            block.reshape(others, towns, values, procedures, procedures),
            out=bordered[..., of_one, of_other],
        )
    bordered[..., np.arange(columns), np.arange(columns)] += weight.sum(axis=2).reshape(others, towns, 1, columns)
    return bordered


def _explained(bordered: Numbers, right: Numbers, widest: Numbers) -> tuple[Numbers, Numbers]:
    """Of equations: right · solution, and the logarithm of the determinant; by Cholesky, with `right` as the border.

    In the corner stands more than the answer can be, so that what is left there tells the answer.
    """
    most = 1 + widest * (right**2).sum(axis=-1)
    bordered[..., -1, :-1], bordered[..., -1, -1] = right, most
    diagonal = np.diagonal(_cholesky(bordered), axis1=-2, axis2=-1)
    return np.asarray(most - diagonal[..., -1] ** 2), np.asarray(2 * np.log(diagonal[..., :-1]).sum(axis=-1))


def _cholesky(matrices: Numbers) -> Numbers:
    """The factor of each matrix; one that has none (numbers that are not finite) gets NaN and hinders no other."""
    try:
        return np.asarray(np.linalg.cholesky(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        if matrices.ndim == 2:
            return np.full_like(matrices, np.nan)
        return np.stack([_cholesky(one) for one in matrices])


def joint(sites: Sites, levels: Levels, spreads: Spreads) -> Joint:
    """The joint posterior of levels and effects.

    Args:
        sites: Of each cell; zeros where there is none.
        levels: What is known of them beforehand.
        spreads: Of each town.
    """
    towns, schools, years, procedures = sites.pull.shape
    found = _solved(sites, levels, spreads)
    effect = found.alone - np.matmul(found.slopes, found.mean[:, :, None]).reshape(towns, schools, years)
    covariance = np.asarray(np.linalg.inv(found.system), dtype=np.float64)
    with_levels = np.matmul(found.slopes, covariance)
    explained = (with_levels * found.slopes).sum(axis=2).reshape(towns, schools, years)
    variance = found.schools.own * (1 + found.schools.shared) + explained
    by_year = with_levels.reshape(towns, schools, years, years, procedures)
    of_year = np.stack([by_year[:, :, year, year] for year in range(years)], axis=2)
    level = Normal(found.mean, np.diagonal(covariance, axis1=1, axis2=2))
    mean, apart = (part.reshape(towns, 1, years, procedures) for part in level)
    fixed = Normal(mean + effect[..., None], apart + variance[..., None] - 2 * of_year)
    return Joint(covariance, Normal(effect, variance), with_levels, fixed, found.log_integral)


def of_first_year(found: Joint, columns: int) -> Numbers:
    """Covariance of level + effect of the first cells of each school: (towns, schools, columns, columns)."""
    towns, schools, years = found.effect.mean.shape
    falls = found.with_levels.reshape(towns, schools, years, -1)[:, :, 0, :columns]
    effect = found.effect.variance[:, :, :1, None]
    return found.levels[:, None, :columns, :columns] - falls[..., None] - falls[:, :, None] + effect


def common_factor(covariance: Numbers, asked: Numbers) -> Numbers:
    """Loads of variables on the one factor that they share, from the covariances between them (centroid method).

    Args:
        covariance: (…, variables, variables).
        asked: 1 of each variable that takes part, 0 of the others: (…, variables).
    """
    between = covariance * asked[..., None] * asked[..., None, :] * (1 - np.eye(asked.shape[-1]))
    of_each = between.sum(axis=-1)
    number = asked.sum(axis=-1, keepdims=True)
    together = of_each.sum(axis=-1, keepdims=True) * (number - 1) / np.maximum(number, 1)
    shares = together > 0
    return np.asarray(np.where(shares, of_each / np.sqrt(np.where(shares, together, 1.0)), 0.0))


def _solved(sites: Sites, levels: Levels, spreads: Spreads) -> _Solved:
    towns, schools, years, procedures = sites.pull.shape
    columns = years * procedures
    cell = spreads.cell[:, None, None, None] ** 2
    left = 1 / (1 + sites.precision * cell)
    weight, pull = sites.precision * left, sites.pull * left
    own = _schools(weight.sum(axis=3), spreads.school[:, None, None], spreads.year[:, None, None])
    slopes, system = _reduced(weight, own, levels)
    of_effects = pull.sum(axis=3)
    alone = own.times(of_effects)
    right = pull.sum(axis=1).reshape(towns, columns) - np.matmul(of_effects.reshape(towns, 1, -1), slopes)[:, 0]
    mean = np.asarray(np.linalg.solve(system, right[..., None])[..., 0], dtype=np.float64)
    log_integral = own.log_integral + 0.5 * (
        (_logarithms(left) + (cell * sites.pull * pull).reshape(towns, -1).sum(axis=1))
        + (levels.log_determinant - np.linalg.slogdet(system)[1])
        + (of_effects * alone).reshape(towns, -1).sum(axis=1)
        + (right * mean).sum(axis=1)
    )
    return _Solved(own, slopes, alone, system, mean, log_integral)


def _logarithms(parts: Numbers) -> Numbers:
    """The sum of logarithms over schools, years and procedures: of products of some, which cost less."""
    products = np.multiply.reduceat(parts, range(0, parts.shape[-1], TOGETHER), axis=-1)
    return np.asarray(np.log(products).reshape(*parts.shape[:-3], -1).sum(axis=-1))


def _schools(weight: Numbers, school: Numbers, year: Numbers) -> _Schools:
    """Sherman and Morrison's formula for effects that share a part over the years, the last axis."""
    years = weight.shape[-1]
    apart, common = (year**2, school**2) if years > 1 else (school**2, np.zeros_like(school))
    shrinking = common / (apart * (apart + years * common))
    own = 1 / (1 / apart + weight)
    rest = 1 - shrinking * own.sum(axis=-1, keepdims=True)
    determinant = np.log1p(apart * weight).sum(axis=-1, keepdims=True) + np.log(rest)
    log_integral = -0.5 * (determinant - np.log(apart / (apart + years * common)))[..., 0].sum(axis=-1)
    return _Schools(own, shrinking / rest * own, log_integral)


def _reduced(weight: Numbers, own: _Schools, levels: Levels) -> tuple[Numbers, Numbers]:
    """How each effect falls as a level rises, and the equations that are left for the levels."""
    towns, schools, years, procedures = weight.shape
    columns = years * procedures
    falls, flat = (part.reshape(towns, schools, 1, columns) for part in (own.own[..., None] * weight, weight))
    if years > 1:
        same = _same_year(years, procedures)
        falls, flat = falls * same + own.shared[..., None] * falls, flat * same
    slopes, weights = (part.reshape(towns, -1, columns) for part in (falls, flat))
    system = levels.precision - np.matmul(weights.transpose(0, 2, 1), slopes)
    system = (system + system.transpose(0, 2, 1)) / 2
    system[:, np.arange(columns), np.arange(columns)] += weight.sum(axis=1).reshape(towns, columns)
    return slopes, system


@lru_cache
def _same_year(years: int, procedures: int) -> Numbers:
    """A row a year, a column a column: 1 where it is of that year."""
    return np.asarray(np.kron(np.eye(years), np.ones(procedures)), dtype=np.float64)


# Spreads that are not known: priors, where their posterior lies, and the few nodes that stand for it.
#
# Half-normal priors for standard deviations (Gelman 2006): they leave a spread of 0 possible and let the data say more.
# A prior may also rise from 0 (as Chung, Rabe-Hesketh, Dorie, Gelman, Liu 2013 advise where 0 is not believed).
# Fixed coarse grids give wrong probabilities, so that nodes are laid where the posterior of the very town lies.

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
    return np.asarray(scipy.interpolate.CubicSpline(np.linspace(0.0, 1.0, knots), np.eye(knots))(middles))


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
