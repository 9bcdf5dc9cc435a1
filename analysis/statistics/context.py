"""What schools of like context reach: one covariate, fitted on the other schools of the town.

    effect of a school = common + slope · covariate + own effect

The covariate is taken from its mean in units of its standard deviation in the town; the slope is normal(0, 0.5), weak:
one such unit will hardly move log odds by more than one. Own effects are normal, their spread half-normal(1) and
averaged over. What the counts say of the effect of a school is a normal site, from the fit of the shared model
(`pooled`) at its levels; given the spread the rest is the linear model of Lindley and Smith (1972). A school's own
counts take no part in what is expected of it, but that they touch the levels of its procedures.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.statistics.counts import Normal, Numbers, added, batches, coded, hermite
from analysis.statistics.pooled import COMMON_LEVEL, SCHOOL, Fit, Node, fit, mixture_below, mixture_ends

SLOPE = 0.5
FEWEST = 4  # other schools that are needed
GRID, WIDEST = 48, 2.5  # values of the spread of own effects, and the greatest
SHARE_NODES = 9


@dataclass(frozen=True)
class LikeContext:
    """The schools against what schools of like context reach, sorted by town and school.

    All numbers are NaN where a school has no covariate or no pupils, fewer than four others of its town have both, or
    the fit did not converge.

    Attributes:
        town: Of each school, as given; all 0 where no towns were given.
        school: As given.
        expected: The mean share, over its procedures and pupils, of schools with its covariate.
        low: Where the 95 % interval of such schools begins.
        high: Where it ends.
        beyond: The school's own effect beyond what is expected, in logits; above 0 means more successes.
        beyond_low: Where its 95 % interval begins.
        beyond_high: Where it ends.
        above: The probability that it is above 0.
        converged: Whether the fit of its town did.
    """

    town: NDArray[Any]
    school: NDArray[Any]
    expected: Numbers
    low: Numbers
    high: Numbers
    beyond: Numbers
    beyond_low: Numbers
    beyond_high: Numbers
    above: Numbers
    converged: NDArray[np.bool_]


class _Seen(NamedTuple):
    """What counts say of the effects of schools: (towns, schools)."""

    effect: Numbers
    precision: Numbers


class _Others(NamedTuple):
    """What the others say of each school, at each value of the spread: (values, towns, schools).

    Attributes:
        expected: Mean and variance of common + slope · covariate.
        before: Weights of the values without the school's own counts.
        after: With them.
    """

    expected: Normal
    before: Numbers
    after: Numbers


def like_context(
    successes: ArrayLike,
    totals: ArrayLike,
    school: ArrayLike,
    procedure: ArrayLike,
    covariate: ArrayLike,
    *,
    town: ArrayLike | None = None,
) -> LikeContext:
    """Holds each school against what schools of like context reach.

    Args:
        successes: Whole numbers, at most the totals; one row a school and procedure.
        totals: Whole numbers.
        school: Of each row, an integer.
        procedure: Of each row, an integer.
        covariate: Of the school of each row, a number; NaN where it is not known.
        town: Of each row, an integer; None where all are of one.

    Raises:
        ValueError: As `pooled_shares` does, or a school has two covariates.
    """
    rows = coded(successes, totals, school, procedure, None, town)
    firsts, values = np.unique(rows.pair, return_index=True)[1], np.asarray(covariate, np.float64)
    if values.shape != rows.totals.shape or not np.array_equal(values, values[firsts][rows.pair], equal_nan=True):
        raise ValueError("a school must have one covariate")
    numbers, converged = np.full((7, len(firsts)), np.nan), np.zeros(len(firsts), bool)
    for batch in batches(rows):
        found = fit(batch.counts)
        context = np.full(batch.counts.totals.shape[:2], np.nan)
        context[batch.place[:2]] = values[batch.rows]
        pairs, at_first = np.unique(rows.pair[batch.rows], return_index=True)
        at = batch.place[0][at_first], batch.place[1][at_first]
        converged[pairs] = found.converged[at[0]]
        numbers[:, pairs] = np.where(converged[pairs], _of_batch(found, context)[:, *at], np.nan)
    towns = np.zeros(len(rows.totals), np.intp) if town is None else np.asarray(town)
    expected, low, high, beyond, first, last, above = numbers
    return LikeContext(
        towns[firsts], np.asarray(school)[firsts], expected, low, high, beyond, first, last, above, converged
    )


def _of_batch(found: Fit, context: Numbers) -> Numbers:
    """The seven numbers of each school: (7, towns, schools)."""
    with np.errstate(all="ignore"):  # towns that did not converge are marked by the caller
        seen = _seen(found)
        takes_part = np.isfinite(context) & (seen.precision > 0)
        others = _others(seen, _standard(context), takes_part)
        spread = _spreads()[:, None, None] ** 2
        mean, variance = others.expected
        like = Normal(mean, variance + spread)
        kept = spread * seen.precision / (1 + seen.precision * (spread + variance))
        own = Normal(kept * (seen.effect - mean), spread * (1 - kept))
        answers = [
            *_shares(found, like, others.before),
            added(others.after * own.mean),
            *mixture_ends(own, others.after),
        ]
        answers.append(1 - mixture_below(own, others.after, np.zeros_like(context)))
    others_known = takes_part.sum(axis=1, keepdims=True) - takes_part >= FEWEST
    return np.where(takes_part & others_known, np.stack(answers), np.nan)


def _seen(found: Fit) -> _Seen:
    """The normal site of each school at the levels of the fit, the mean over the nodes."""
    precision, pull = np.zeros(found.counts.totals.shape[:2]), np.zeros(found.counts.totals.shape[:2])
    for node, weight in zip(found.nodes, found.weights, strict=True):
        left = 1 / (1 + node.sites.precision * node.spreads.cell[:, None, None, None] ** 2)
        level = _levels(node)
        each = node.sites.precision * left
        precision += weight[:, None] * each[:, :, 0].sum(axis=2)
        pull += weight[:, None] * (node.sites.pull * left - each * level)[:, :, 0].sum(axis=2)
    return _Seen(pull / np.where(precision > 0, precision, 1.0), precision)


def _standard(context: Numbers) -> Numbers:
    """From the mean in units of the standard deviation; 0 where it is not known or all are equal."""
    known = np.isfinite(context)
    number = np.maximum(known.sum(axis=1, keepdims=True), 1)
    apart = np.where(known, context - np.where(known, context, 0.0).sum(axis=1, keepdims=True) / number, 0.0)
    spread = np.sqrt((apart**2).sum(axis=1, keepdims=True) / number)
    return np.asarray(np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0))


def _spreads() -> Numbers:
    """Values of the spread of own effects: squares, so that they lie close where they are small."""
    return np.asarray(WIDEST * ((np.arange(GRID) + 0.5) / GRID) ** 2)


def _others(seen: _Seen, covariate: Numbers, takes_part: NDArray[np.bool_]) -> _Others:
    """The linear model of all schools but each, at each value of the spread."""
    spread = _spreads()[:, None, None]
    noise = 1 / np.where(takes_part, seen.precision, 1.0) + spread**2
    weight = np.where(takes_part, 1 / noise, 0.0)
    design = np.stack([np.ones_like(covariate), covariate], axis=-1)
    precision = weight[..., None, None] * design[..., None] * design[..., None, :]
    pull = (weight * seen.effect)[..., None] * design
    whole, of_all = np.diag([COMMON_LEVEL**-2, SLOPE**-2]) + precision.sum(axis=2), pull.sum(axis=2)
    covariance = np.linalg.inv(whole[:, :, None] - precision)
    slopes = _times(covariance, of_all[:, :, None] - pull)
    expected = Normal((design * slopes).sum(axis=-1), (design * _times(covariance, design)).sum(axis=-1))
    surprise = noise + expected.variance
    own = -0.5 * np.where(takes_part, (seen.effect - expected.mean) ** 2 / surprise + np.log(surprise), 0.0)
    fits = np.where(takes_part, np.log(weight) - weight * seen.effect**2, 0.0).sum(axis=2, keepdims=True)
    explained = (of_all * _times(np.linalg.inv(whole), of_all)).sum(axis=2) - np.linalg.slogdet(whole)[1]
    power = 0.5 * (fits + explained[..., None]) + 0.5 * np.log(spread) - 0.5 * (spread / SCHOOL.scale) ** 2
    return _Others(expected, _weights(power - own), np.broadcast_to(_weights(power), own.shape))


def _times(matrix: Numbers, vector: Numbers) -> Numbers:
    return np.asarray((matrix * vector[..., None, :]).sum(axis=-1))


def _weights(power: Numbers) -> Numbers:
    likely = np.exp(power - power.max(axis=0))
    return np.asarray(likely / added(likely))


def _shares(found: Fit, like: Normal, weights: Numbers) -> list[Numbers]:
    """Mean, low and high of the shares of like schools, over the procedures and pupils of each: (towns, schools)."""
    level = added(found.weights[..., None] * np.stack([_levels(node)[:, 0, 0] for node in found.nodes]))
    totals = found.counts.totals[:, :, 0]

    def share(effect: Numbers) -> Numbers:
        each = scipy.special.expit(found.counts.level[:, :, 0] + level[:, None] + effect[..., None])
        return np.asarray((totals * each).sum(axis=2) / totals.sum(axis=2))

    middle = added(weights * like.mean)
    spread = np.sqrt(added(weights * (like.variance + (like.mean - middle) ** 2)))
    mean = added(
        np.stack([weight * share(middle + node * spread) for node, weight in zip(*hermite(SHARE_NODES), strict=True)])
    )
    return [mean, *(share(end) for end in mixture_ends(like, weights))]


def _levels(node: Node) -> Numbers:
    return np.asarray(node.joint.fixed.mean - node.joint.effect.mean[..., None])
