"""The normal part of the model: levels of columns, effects of schools and years, given a normal site a cell.

    log odds of a cell = level of its column + effect of its school in its year + effect of the cell

All effects are independent and normal. A site is what a cell's counts say of its log odds η, as exp(r·η − w·η²/2)
(Minka 2001). Effects of cells are integrated out by hand, those of schools by Sherman and Morrison's formula, and what
is left is one system of linear equations a town, as large as it has columns.

Arrays have the shape (towns, schools, years, procedures); a column is a procedure in a year, and there are
K = years × procedures of them. All log odds are measured from the town's own level.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from analysis.statistics.binomial import Normal, Numbers


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
    """What is known beforehand of the levels of columns: (towns, K, K) and the logarithm of its determinant."""

    precision: Numbers
    log_determinant: Numbers


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
    return Levels(precision, -(columns - 1) * np.log(own) - np.log(own + columns * shared))


@dataclass(frozen=True)
class _Schools:
    """What is left of the effects of each school once the levels are known: covariance diag(own) + own·sharedᵀ."""

    own: Numbers
    shared: Numbers
    log_integral: Numbers

    def times(self, effects: Numbers) -> Numbers:
        """The covariance times a vector of a number a year."""
        return np.asarray(self.own * effects + self.shared * (self.own * effects).sum(axis=2, keepdims=True))


@dataclass(frozen=True)
class _Solved:
    """The linear equations of a town, solved: (towns, schools × years, K) how an effect falls as a level rises."""

    schools: _Schools
    slopes: Numbers
    alone: Numbers
    system: Numbers
    mean: Numbers
    log_integral: Numbers


def evidence(sites: Sites, levels: Levels, spreads: Spreads) -> Numbers:
    """The logarithm of the integral of prior × sites, of each town."""
    return _solved(sites, levels, spreads).log_integral


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
    own = _schools(weight.sum(axis=3), spreads)
    slopes, system = _reduced(weight, own, levels)
    of_effects = pull.sum(axis=3)
    alone = own.times(of_effects)
    right = pull.sum(axis=1).reshape(towns, columns) - np.matmul(of_effects.reshape(towns, 1, -1), slopes)[:, 0]
    mean = np.asarray(np.linalg.solve(system, right[..., None])[..., 0], dtype=np.float64)
    log_integral = own.log_integral + 0.5 * (
        (np.log(left) + cell * sites.pull * pull).reshape(towns, -1).sum(axis=1)
        + (levels.log_determinant - np.linalg.slogdet(system)[1])
        + (of_effects * alone).reshape(towns, -1).sum(axis=1)
        + (right * mean).sum(axis=1)
    )
    return _Solved(own, slopes, alone, system, mean, log_integral)


def _schools(weight: Numbers, spreads: Spreads) -> _Schools:
    """Sherman and Morrison's formula for effects that share a part over the years."""
    years = weight.shape[2]
    apart = spreads.year if years > 1 else spreads.school
    common = spreads.school if years > 1 else np.zeros_like(spreads.school)
    apart, common = apart[:, None, None] ** 2, common[:, None, None] ** 2
    shrinking = common / (apart * (apart + years * common))
    own = 1 / (1 / apart + weight)
    rest = 1 - shrinking * own.sum(axis=2, keepdims=True)
    determinant = np.log1p(apart * weight).sum(axis=2, keepdims=True) + np.log(rest)
    log_integral = -0.5 * (determinant - np.log(apart / (apart + years * common))).sum(axis=(1, 2))
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
