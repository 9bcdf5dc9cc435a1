"""Rules over several shares of a school, judged jointly: «at or above the threshold in at least so many procedures»."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.statistics.binomial import Numbers, below_in_parts, hermite
from analysis.statistics.fitting import Fit, Node, gathered
from analysis.statistics.gaussian import common_factor, of_first_year

FACTOR_NODES = 15
CERTAIN = 8.0  # standard deviations beyond which nothing is asked
MOST_SHARED = 0.98  # the greatest correlation of a cell with what its school's cells share


@dataclass(frozen=True)
class Rule:
    """«At or above the threshold in at least so many procedures».

    Attributes:
        threshold: A share, or one of each row, NaN where it has none.
        least: One or several numbers of procedures.
        counted: Which rows the rule counts; all if True.
    """

    threshold: ArrayLike
    least: tuple[int, ...] = ()
    counted: ArrayLike = True


def rule_probability(found: Fit, thresholds: Numbers, least: tuple[int, ...]) -> Numbers:
    """The probability that a school would meet a rule with unlimited pupils: (numbers in `least`, towns, schools).

    For each value of the spreads each share has its exact probability, and the shares of a school depend on each other
    through one common factor, from their joint posterior (a one-factor normal copula). Over the factor it is summed by
    Gauss and Hermite; given the factor the number of shares over the threshold is Poisson-binomial.

    Args:
        found: The fit of a batch, with a single year.
        thresholds: Shares of each cell (towns, schools, 1, procedures); NaN where a cell counts in no rule.
        least: In how many procedures the threshold must be reached; several are answered at once.
    """
    asked = ~np.isnan(thresholds)
    place = np.nonzero(asked)
    odds = special.logit(thresholds[place]) - found.counts.level[place[0], 0, 0, 0]
    result = np.zeros((len(least), *asked.shape[:2]))
    cells = gathered(found, place)
    over = 1 - below_in_parts(cells.counts, cells.priors, cells.about, odds)
    for node, weight, chance in zip(found.nodes, found.weights, over, strict=True):
        normal_score = np.full(asked.shape, -np.inf)
        normal_score[place] = np.clip(special.ndtri(chance), -CERTAIN, CERTAIN)
        result += weight[:, None] * _at_least(normal_score[:, :, 0], _shared(node, asked[:, :, 0]), least)
    return np.asarray(np.clip(result, 0.0, 1.0))


def _shared(node: Node, asked: NDArray[np.bool_]) -> Numbers:
    """Correlation of the log odds of each cell with what those of its school share: (towns, schools, procedures)."""
    left = (1 / (1 + node.sites.precision * node.spreads.cell[:, None, None, None] ** 2))[:, :, 0]
    covariance = of_first_year(node.joint, asked.shape[2]) * left[..., None] * left[:, :, None]
    load = common_factor(covariance, asked.astype(np.float64))
    return np.asarray(np.clip(load / np.sqrt(node.posterior.variance[:, :, 0]), -MOST_SHARED, MOST_SHARED))


def _at_least(normal_score: Numbers, shared: Numbers, least: tuple[int, ...]) -> Numbers:
    """The probability of at least so many, over the common factor: (numbers, towns, schools)."""
    result = np.zeros((len(least), *normal_score.shape[:2]))
    apart = np.sqrt(1 - shared**2)
    for factor, weight in zip(*hermite(FACTOR_NODES), strict=True):
        chances = special.ndtr((normal_score + shared * factor) / apart)
        result += weight * np.stack([poisson_binomial_at_least(chances, number) for number in least])
    return result


def poisson_binomial_at_least(chances: Numbers, least: int) -> Numbers:
    """The probability that at least so many of independent events come, along the last axis."""
    fewer = np.zeros((max(least, 0), *chances.shape[:-1]))
    fewer[:1] = 1.0
    for place in range(chances.shape[-1]):
        chance = chances[..., place]
        risen = fewer[:-1] * chance
        fewer = fewer * (1 - chance)
        fewer[1:] += risen
    return np.asarray(1 - fewer.sum(axis=0))
