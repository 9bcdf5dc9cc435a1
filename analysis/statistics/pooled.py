"""Shares of many small groups from one model over all results of a town, and rules over several shares.

The model:

    successes of a cell ~ Binomial(totals, share)
    logit(share) = level of the procedure (in its year) + effect of the school (in its year) + effect of the cell

* Levels scatter about a common level: normal, standard deviation from the levels themselves, drawn towards 0.5; the
  common level is normal about the logit of the town's pooled share, standard deviation 1.
* Effects of schools are normal, their spread half-normal(1); with several years a school's effect has a part of its own
  each year, spread Maxwell(0.5): no year is as the last, and under a half-normal spread, which believes in 0, schools
  that nobody supported were called better too often. Effects of cells are normal, spread half-normal(0.5). With a
  single procedure a school's effect and its cell's are one: one spread, half-normal(1).
* What is not known of the spreads is averaged over: nothing is switched on or off.

Fit: expectation propagation (Minka 2001; for such models Rasmussen and Williams 2006, section 3.6) with a normal site a
cell, first at one guess of the spreads, then at a better one; with these sites the evidence is algebra, and says where
the posterior of the spreads lies; at nodes laid there the sites are made anew, and the nodes weighted by their own
evidence (as Rue, Martino, Chopin 2009 do). Nothing is random.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.statistics import gaussian as unknown
from analysis.statistics.counts import (
    Batch,
    Counts,
    Line,
    Normal,
    Numbers,
    Rows,
    Tilted,
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
    tilted,
)
from analysis.statistics.gaussian import (
    Joint,
    Levels,
    Sites,
    Spreads,
    common_factor,
    evidence,
    joint,
    levels_known_beforehand,
    of_first_year,
)

SCHOOL, YEAR, CELL = unknown.Prior(1.0), unknown.Prior(0.5, rising=2), unknown.Prior(0.5)
COMMON_LEVEL = 1.0
LEVELS_APART, AS_IF = 0.5, 2.0  # the guess of how far levels lie apart, and how many levels it is worth
FIRST_PASSES, CENTRE_PASSES, PASSES = 5, 2, 1
GUESS = 0.5  # of each spread, in units of its prior's scale
CALMER, CALM = 0.5, 0.1  # how much of the way cells may come back, and what hardly moves (standard deviations)
AT_ONCE = 16384  # cells that are computed at once, of towns at several values of the spreads
STILL_MOVING = 0.02  # how far a share may move in the last pass


@dataclass(frozen=True)
class Node:
    """The fit at one value of the spreads.

    Attributes:
        spreads: Of each town.
        sites: Of each cell.
        scales: Logarithms of the factors by which these sites must be taken to give what the counts give.
        joint: Of levels and effects.
        cavity: What all but a cell's own counts say of its log odds.
        posterior: With its own site.
        log_integral: Of each town: how well this value explains the counts.
        moved: Of each town: how far a share would move in one more pass, at most.
        step: Of each town: 1, or less where cells overshot.
    """

    spreads: Spreads
    sites: Sites
    scales: Numbers
    joint: Joint
    cavity: Normal
    posterior: Normal
    log_integral: Numbers
    moved: Numbers
    step: Numbers


@dataclass(frozen=True)
class Fit:
    """The fit of a batch of towns.

    Attributes:
        counts: (towns, schools, years, procedures).
        nodes: Values of the spreads.
        weights: Of the nodes: (nodes, towns).
        converged: Of each town.
    """

    counts: Counts
    nodes: tuple[Node, ...]
    weights: Numbers
    converged: NDArray[np.bool_]


def fit(counts: Counts) -> Fit:
    """Fits a batch of towns.

    Args:
        counts: (towns, schools, years, procedures); totals of 0 where there is nothing.
    """
    with np.errstate(all="ignore"):  # what cannot be computed is found below, as a number that is not finite
        levels = levels_known_beforehand(counts.totals[0, 0].size, COMMON_LEVEL, levels_apart(counts))
        priors = _priors(counts)
        guess = _spreads([np.full(len(counts.totals), GUESS * prior.scale) for prior in priors])
        first = _passes(counts, levels, guess, _start(counts, levels, guess), FIRST_PASSES)
        towns = len(counts.totals)
        rough = unknown.nodes(partial(_evidence, first.sites, levels), priors, towns, rough=True)
        centre = _spreads(list(added(rough) / len(rough)))
        held = _passes(counts, levels, centre, _begin(first.sites, levels, centre, first.step), CENTRE_PASSES)
        values = unknown.nodes(partial(_evidence, held.sites, levels), priors, towns)
        many = max(AT_ONCE // counts.totals.size, 1)
        found = [_nodes(counts, levels, some, held) for some in np.split(values, range(many, len(values), many))]
        return _weighted(
            counts, [node for nodes, _ in found for node in nodes], np.concatenate([gain for _, gain in found])
        )


def _evidence(sites: Sites, levels: Levels, towns: NDArray[np.intp], values: list[Numbers]) -> Numbers:
    """Of some towns at all combinations of some values of their spreads: (towns, values of each …)."""
    sites, levels = _each(sites, itemgetter(towns)), _each(levels, itemgetter(towns))
    school, year, cell = _spreads(values)
    if len(values) > 2:
        school, year = np.repeat(school, year.shape[1], axis=1), np.tile(year, school.shape[1])
    cell = cell if len(values) > 1 else cell[:, :1]
    some = max(AT_ONCE // sites.pull.size, 1)
    parts = [evidence(sites, levels, school, year, cell[:, at : at + some]) for at in range(0, cell.shape[1], some)]
    return np.concatenate(parts).transpose(1, 2, 0).reshape(len(towns), *(one.shape[1] for one in values))


def _each(part: Any, change: Callable[[Numbers], Numbers]) -> Any:
    """The same structure with all its arrays changed."""
    if isinstance(part, np.ndarray):
        return change(part)
    return type(part)(*(_each(one, change) for one in (part if isinstance(part, tuple) else vars(part).values())))


def _repeated(part: Numbers, times: int) -> Numbers:
    return part if times == 1 else np.tile(part, (times, *[1] * (part.ndim - 1)))


def _priors(counts: Counts) -> tuple[unknown.Prior, ...]:
    years, procedures = counts.totals.shape[2:]
    if years > 1:
        return SCHOOL, YEAR, CELL
    return (SCHOOL, CELL) if procedures > 1 else (SCHOOL,)


def _spreads(values: list[Numbers]) -> Spreads:
    none = np.zeros_like(values[0])
    return Spreads(values[0], values[1] if len(values) == 3 else none, values[-1] if len(values) > 1 else none)


def levels_apart(counts: Counts) -> Numbers:
    """How far levels of columns lie apart, of each town: their own scatter, with a guess that is worth two of them."""
    share = scipy.special.expit(counts.level[:, :, 0, 0])
    successes, totals = (part.sum(axis=1).reshape(len(share), -1) for part in counts[:2])
    more = np.log((successes + 1) / (totals * share + 1))
    fewer = np.log((totals - successes + 1) / (totals * (1 - share) + 1))
    number = np.maximum((totals > 0).sum(axis=1), 1)
    return np.asarray(np.sqrt((AS_IF * LEVELS_APART**2 + ((more - fewer) ** 2).sum(axis=1)) / (AS_IF + number - 1)))


class _Start(NamedTuple):
    """Where passes begin: sites, what follows from them, the guess of cells' posterior, and each town's steps."""

    sites: Sites
    joint: Joint
    cavity: Normal
    about: Normal
    step: Numbers


def _begin(sites: Sites, levels: Levels, value: Spreads, step: Numbers) -> _Start:
    found = joint(sites, levels, value)
    cavity = _cavity(found, sites, value)
    return _Start(sites, found, cavity, _combined(cavity, sites), step)


def _start(counts: Counts, levels: Levels, guess: Spreads) -> _Start:
    """The first sites, from shares drawn a little towards the town's."""
    share = (counts.successes + scipy.special.expit(counts.level)) / (counts.totals + 1)
    precision = counts.totals * share * (1 - share)
    sites = Sites(precision * (scipy.special.logit(share) - counts.level), precision)
    return _begin(sites, levels, guess, np.ones(len(share)))


def _nodes(counts: Counts, levels: Levels, values: Numbers, held: Node) -> tuple[list[Node], Numbers]:
    """The fit at some values at once, and the logarithm of how much more likely each is than the held sites say."""
    some, towns = partial(_repeated, times=len(values)), len(counts.totals)
    spreads = _spreads([value.ravel() for value in np.moveaxis(values, 1, 0)])
    counts, levels, sites = _each(counts, some), _each(levels, some), _each(held.sites, some)
    start = _begin(sites, levels, spreads, some(held.step))
    found = _passes(counts, levels, spreads, start, PASSES)
    gains = (found.log_integral - start.joint.log_integral).reshape(len(values), towns)
    return [_each(found, itemgetter(slice(first, first + towns))) for first in range(0, gains.size, towns)], gains


def _passes(counts: Counts, levels: Levels, value: Spreads, start: _Start, times: int) -> Node:
    """Passes over all cells at once. A town whose cells come back as far as they went takes half steps (damping).

    How well a value explains the counts is taken from the last pass: near the end it changes in the second order only.
    """
    sites, found, cavity, about, step = start
    before: Numbers = np.zeros((len(step), counts.totals[0].size))
    for _ in range(times):
        here = tilted(counts, cavity, about)
        change = ((here.moments.mean - about.mean) / np.sqrt(here.moments.variance)).reshape(len(step), -1)
        moving = np.abs(change).max(axis=1) > CALM
        back = -(change * before).sum(axis=1) > CALMER * (before**2).sum(axis=1)
        step = np.where(moving, np.where(back, 0.5, step), 1.0)
        before, about = change, here.moments
        sites = _site(counts, cavity, about, sites, step)
        scales = _scales_of(counts, sites, cavity, here)
        found = joint(sites, levels, value)
        cavity = _cavity(found, sites, value)
    log_integral = found.log_integral + scales.reshape(len(scales), -1).sum(axis=1)
    posterior = _combined(cavity, sites)
    by_share = _greatest(np.abs(_share(posterior, counts) - _share(about, counts)))
    return Node(value, sites, scales, found, cavity, posterior, log_integral, by_share, step)


def _share(moments: Normal, counts: Counts) -> Numbers:
    return np.asarray(expit(moments.mean + counts.level))


def _greatest(cells: Numbers) -> Numbers:
    return np.asarray(cells.reshape(len(cells), -1).max(axis=1))


def _cavity(found: Joint, sites: Sites, value: Spreads) -> Normal:
    """Of the log odds of each cell, without its own site."""
    cell = value.cell[:, None, None, None] ** 2
    left = 1 / (1 + sites.precision * cell)
    mean, variance = found.fixed
    kept = 1 / (1 - variance * sites.precision * left)
    return Normal((mean - variance * sites.pull * left) * kept, variance * kept + cell)


def _combined(cavity: Normal, sites: Sites) -> Normal:
    variance = cavity.variance / (1 + cavity.variance * sites.precision)
    return Normal(variance * (cavity.mean / cavity.variance + sites.pull), variance)


def _site(counts: Counts, cavity: Normal, moments: Normal, before: Sites, step: Numbers) -> Sites:
    """The site that gives the cavity these moments, or half of the way to it."""
    precision = np.maximum(1 / moments.variance - 1 / cavity.variance, 0.0)
    pull = moments.mean * (precision + 1 / cavity.variance) - cavity.mean / cavity.variance
    seen, way = counts.totals > 0, step[:, None, None, None]
    return Sites(
        *(np.where(seen, way * new + (1 - way) * old, 0.0) for new, old in zip((pull, precision), before, strict=True))
    )


def _scales_of(counts: Counts, sites: Sites, cavity: Normal, here: Tilted) -> Numbers:
    """What sites are short of (logarithms): scaled so, the integral of prior × sites is the evidence (Minka 2001)."""
    (pull, precision), (mean, variance) = sites, cavity
    wider = 1 + precision * variance
    of_site = 0.5 * (((2 * mean + variance * pull) * pull - precision * mean**2) / wider - np.log(wider))
    return np.where(counts.totals > 0, here.log_integral - of_site, 0.0)


def _weighted(counts: Counts, nodes: list[Node], gains: Numbers) -> Fit:
    likely = np.exp(gains - gains.max(axis=0))
    moved = np.max([node.moved for node in nodes], axis=0)
    weights = likely / added(likely)
    converged = np.isfinite(weights).all(axis=0) & (moved < STILL_MOVING)
    return Fit(counts, tuple(nodes), weights, converged)


class Gathered(NamedTuple):
    """Some cells of a fit, a column each, a row a node where there is one: what their posterior is made of.

    Attributes:
        counts: Of each cell.
        priors: What all but its own counts say of it.
        weights: Of the nodes.
        about: Mean and variance of its posterior.
    """

    counts: Counts
    priors: Normal
    weights: Numbers
    about: Normal


def gathered(found: Fit, place: tuple[NDArray[np.intp], ...]) -> Gathered:
    """Gathers the cells at four codes each."""
    town, flat = place[0], np.ravel_multi_index(place, found.counts.totals.shape)
    successes, totals = (part.ravel()[flat] for part in found.counts[:2])
    counts = Counts(successes, totals, found.counts.level[town, 0, 0, 0])
    weights = found.weights[:, town]
    priors, each = (
        Normal(*(np.stack([normal[part].ravel()[flat] for normal in normals]) for part in (0, 1)))
        for normals in ([node.cavity for node in found.nodes], [node.posterior for node in found.nodes])
    )
    mean = added(weights * each.mean)
    return Gathered(counts, priors, weights, Normal(mean, added(weights * (each.variance + (each.mean - mean) ** 2))))


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
    odds = scipy.special.logit(thresholds[place]) - found.counts.level[place[0], 0, 0, 0]
    result = np.zeros((len(least), *asked.shape[:2]))
    cells = gathered(found, place)
    over = 1 - below_in_parts(cells.counts, cells.priors, cells.about, odds)
    for node, weight, chance in zip(found.nodes, found.weights, over, strict=True):
        normal_score = np.full(asked.shape, -np.inf)
        normal_score[place] = np.clip(scipy.special.ndtri(chance), -CERTAIN, CERTAIN)
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
        chances = scipy.special.ndtr((normal_score + shared * factor) / apart)
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

    A row with a total of 0 gets what the other rows foresee for it.

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
        over[asked] = 1 - below(part, scipy.special.logit(limits[asked]) - level[asked])
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
        np.clip(added(weights * scipy.special.ndtr((value - mixture.mean) / np.sqrt(mixture.variance))), 0.0, 1.0)
    )


def mixture_ends(mixture: Normal, weights: Numbers) -> tuple[Numbers, Numbers]:
    """Where the 95 % interval of a mixture begins and ends."""
    return _mixture_quantile(mixture, weights, LOWER), _mixture_quantile(mixture, weights, UPPER)


def _mixture_quantile(mixture: Normal, weights: Numbers, part: float) -> Numbers:
    each = mixture.mean + scipy.special.ndtri(part) * np.sqrt(mixture.variance)
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
