"""The model and its fit.

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
from numpy.typing import NDArray
from scipy import special

from analysis.statistics import gaussian as unknown
from analysis.statistics.counts import Counts, Normal, Numbers, Tilted, added, expit, tilted
from analysis.statistics.gaussian import Joint, Levels, Sites, Spreads, evidence, joint, levels_known_beforehand

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
    share = special.expit(counts.level[:, :, 0, 0])
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
    share = (counts.successes + special.expit(counts.level)) / (counts.totals + 1)
    precision = counts.totals * share * (1 - share)
    sites = Sites(precision * (special.logit(share) - counts.level), precision)
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
