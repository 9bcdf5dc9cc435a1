"""Shares of many small groups from one model over all results of a town, and rules over several shares."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.statistics.counts import (
    Batch,
    Line,
    Normal,
    Numbers,
    Rows,
    added,
    below,
    below_in_parts,
    coded,
    expit,
    hermite,
    line,
    of_batches,
    quantiles,
    share_mean,
)
from analysis.statistics.fitting import Fit, Node, fit, gathered
from analysis.statistics.gaussian import common_factor, of_first_year

# Rules over several shares of a school, judged jointly: «at or above the threshold in at least so many procedures».

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


# Shares of many small groups, each with its interval, from one model over all results of a town.

LOWER, UPPER = 0.025, 0.975
HALVINGS = 18


@dataclass(frozen=True)
class Effects:
    """The schools over all their results, sorted by town and school; log odds from the level of the town.

    Attributes:
        town: Of each school, as given; all 0 where no towns were given.
        school: As given.
        mean: How far the school is from the town, in logits; above 0 means more successes.
        low: Where the 95 % interval begins.
        high: Where it ends.
        above: The probability that the effect is above 0.
        meets_rule: The probability that the school has shares at or above the threshold in at least so many of its
            procedures, with unlimited pupils: a row a number in the rule's `least`, a column a school.
        converged: Whether the fit of its town did; the numbers are NaN where it did not.
    """

    town: NDArray[Any]
    school: NDArray[Any]
    mean: Numbers
    low: Numbers
    high: Numbers
    above: Numbers
    meets_rule: Numbers
    converged: NDArray[np.bool_]


@dataclass(frozen=True)
class PooledShares:
    """What is said of each row, in the order of the rows given.

    Attributes:
        mean: The mean share.
        low: Where the 95 % interval begins.
        high: Where it ends.
        over_threshold: The probability that the share is at or above its threshold; NaN where it has none.
        converged: Whether the fit of its town did; the numbers are NaN where it did not.
        schools: The schools over all their results.
    """

    mean: Numbers
    low: Numbers
    high: Numbers
    over_threshold: Numbers
    converged: NDArray[np.bool_]
    schools: Effects


def pooled_shares(
    successes: ArrayLike,
    totals: ArrayLike,
    school: ArrayLike,
    procedure: ArrayLike,
    *,
    threshold: ArrayLike | Rule | None = None,
    town: ArrayLike | None = None,
) -> PooledShares:
    """The share of each school in each procedure, pooled over all results of its town.

    The model stands in `fitting`. A row with a total of 0 gets what the other rows foresee for it.

    Args:
        successes: Whole numbers, at most the totals; one row a school and procedure.
        totals: Whole numbers.
        school: Of each row, an integer.
        procedure: Of each row, an integer.
        threshold: A share, or one of each row, NaN where it has none; or a rule over the shares of a school.
        town: Of each row, an integer; None where all are of one. A town's numbers are the same bits as alone.

    Raises:
        ValueError: Columns differ in length, counts are no counts, or a cell stands twice.
    """
    rows = coded(successes, totals, school, procedure, None, town)
    rule = threshold if isinstance(threshold, Rule) else Rule(np.nan if threshold is None else threshold)
    limits = np.broadcast_to(np.asarray(rule.threshold, np.float64), rows.totals.shape)
    counted = np.where(np.broadcast_to(np.asarray(rule.counted, bool), rows.totals.shape), limits, np.nan)
    firsts = np.unique(rows.pair, return_index=True)[1]
    cells, schools, converged = _fitted(rows, limits, counted, rule.least, len(firsts))
    towns = np.zeros(len(rows.totals), np.intp) if town is None else np.asarray(town)
    mean, low, high, above = schools[:4]
    of_schools = Effects(
        towns[firsts], np.asarray(school)[firsts], mean, low, high, above, schools[4:], converged[firsts]
    )
    mean, low, high, over = cells
    return PooledShares(mean, low, high, over, converged, of_schools)


def _fitted(
    rows: Rows, limits: Numbers, counted: Numbers, least: tuple[int, ...], pairs: int
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """`_cells` of each row; `_effects` and `_rule` of each pair of town and school; whether the town's fit is good."""
    cells, schools = np.full((4, len(rows.totals)), np.nan), np.full((4 + len(least), pairs), np.nan)
    converged = np.zeros(len(rows.totals), bool)
    for batch, found in of_batches(partial(_of_batch, least=least), rows, limits, counted):
        cells[:, batch.rows], schools[:, np.unique(rows.pair[batch.rows])], converged[batch.rows] = found
    return cells, schools, converged


def _of_batch(
    batch: Batch, limits: Numbers, counted: Numbers, least: tuple[int, ...]
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """`_cells` of its rows; `_effects` and `_rule` of its towns' schools; of each row whether the fit is good."""
    found = fit(batch.counts)
    town, school = batch.place[:2]
    first = np.unique(town * found.counts.totals.shape[1] + school, return_index=True)[1]
    at, fits = (town[first], school[first]), found.converged[town]
    with np.errstate(all="ignore"):  # what did not converge is left out
        effects = np.stack([*_effects(found, at), *_rule(found, batch, counted, least)[:, *at]])
        return np.where(fits, _cells(found, batch, limits), np.nan), np.where(fits[first], effects, np.nan), fits


def _cells(found: Fit, batch: Batch, limits: Numbers) -> Numbers:
    """Mean, low, high and probability over the threshold of the rows of a batch: the exact posterior of each."""
    cells = gathered(found, batch.place)
    posterior, level = line(*cells), cells.counts.level
    low, high = (expit(end + level) for end in quantiles(posterior, (LOWER, UPPER)))
    over = np.full(len(low), np.nan)
    asked = np.flatnonzero(~np.isnan(limits))
    if len(asked):
        part = Line(*(piece[asked] for piece in posterior))
        over[asked] = 1 - below(part, special.logit(limits[asked]) - level[asked])
    return np.stack([share_mean(posterior, level), low, high, over])


def _effects(found: Fit, at: tuple[NDArray[np.intp], NDArray[np.intp]]) -> list[Numbers]:
    """Mean, low, high and probability above 0 of the effects of schools: a mixture of normals each."""
    town, school = at
    weights = found.weights[:, town]
    mean, variance = (np.stack([node.joint.effect[part][town, school, 0] for node in found.nodes]) for part in (0, 1))
    mixture = Normal(mean, variance)
    return [
        added(weights * mean),
        *mixture_ends(mixture, weights),
        1 - mixture_below(mixture, weights, np.zeros(len(town))),
    ]


def mixture_below(mixture: Normal, weights: Numbers, value: Numbers) -> Numbers:
    """The probability below a value: a row a part of the mixture, a column each one asked about."""
    return np.asarray(
        np.clip(added(weights * special.ndtr((value - mixture.mean) / np.sqrt(mixture.variance))), 0.0, 1.0)
    )


def mixture_ends(mixture: Normal, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Where the 95 % interval of a mixture begins and ends."""
    return _mixture_quantile(mixture, weights, LOWER), _mixture_quantile(mixture, weights, UPPER)


def _mixture_quantile(mixture: Normal, weights: Numbers, part: float) -> Numbers:
    each = mixture.mean + special.ndtri(part) * np.sqrt(mixture.variance)
    low, high = each.min(axis=0), each.max(axis=0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        short = mixture_below(mixture, weights, middle) < part
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray((low + high) / 2)


def _rule(found: Fit, batch: Batch, limits: Numbers, least: tuple[int, ...]) -> Numbers:
    """Of each school of each town of a batch: (numbers in `least`, towns, schools)."""
    thresholds = np.full(found.counts.totals.shape, np.nan)
    thresholds[batch.place] = limits
    return rule_probability(found, thresholds, least) if least else np.empty((0, *thresholds.shape[:2]))
