"""Whether the level of a whole town has jumped: then earlier years foresee nothing, as after a break of comparability.

A move is how far the log odds of all pupils lie from those of the year before, over the schools that have both years
but the one that is asked about, procedure by procedure (with a half added: Haldane 1956, Anscombe 1956; procedures
weighted by precision: Woolf 1955).
How far levels usually move is taken from the moves of earlier years beyond their noise, with a guess of 0.15 logit that
is worth two of them. A jump is a move of more than three times that, if it is sure with 0.8.

Where a single earlier year shows no move the limit is 0.45 logit: 30 % become 21 % or 40 %. Beyond it the model errs: a
fall of the whole system moves the log odds of high and low shares by different amounts, and the highest seem better
than foreseen. A halving of failures is a move of 0.7 and more; a change of a rate by a tenth is one of 0.15.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.binomial import Counts, Normal, Numbers

USUAL, AS_IF = 0.15, 2.0  # how far levels are guessed to move, in logits, and how many moves the guess is worth
BEYOND, SURE = 3.0, 0.8  # a jump is so many times what is usual, and said when so likely
SCHOOLS, APART = 2, 0.25  # the least that show a level, and how far a school's cell moves beside it, in logits


class Moves(NamedTuple):
    """How far levels of the last year lie from the year before.

    Attributes:
        moved: In logits, above 0 where there are more successes; NaN where two others have not both years.
        jump: Whether it is a jump, of the town as a whole: whichever school is left out.
    """

    moved: Numbers
    jump: NDArray[np.bool_]


def moves(counts: Counts, *, alone: bool) -> Moves:
    """The move of each procedure, and last that of all of them together: (towns, schools, procedures + 1).

    Of each school it is the move of the others: what one school has achieved is no jump of the town.

    Args:
        counts: (towns, schools, years, procedures); the last year is the first.
        alone: Whether there is a single procedure, and years stand in the place of procedures.
    """
    successes, totals = (np.swapaxes(part, 2, 3) if alone else part for part in counts[:2])
    both = (totals[:, :, :-1] > 0) & (totals[:, :, 1:] > 0)
    schools = _others(both)
    now, before = (_log_odds(successes[:, :, part], totals[:, :, part], both) for part in (slice(-1), slice(1, None)))
    precision = np.where(schools >= SCHOOLS, 1 / (now.variance + before.variance), 0.0)
    together = precision.sum(axis=3, keepdims=True)
    precision = np.concatenate([precision, together], axis=3)
    known = precision > 0
    change = now.mean - before.mean
    weighted = (precision[..., :-1] * change).sum(axis=3, keepdims=True) / np.where(together > 0, together, 1.0)
    moved = np.concatenate([change, weighted], axis=3)
    of_schools = np.concatenate([schools, _others(np.asarray(both.any(axis=3)))[..., None]], axis=3)
    variance = 1 / np.where(known, precision, 1.0) + 2 * APART**2 / np.maximum(of_schools, 1)
    return _judged(np.where(known, moved, np.nan), variance)


def _others(part: NDArray[Any]) -> Numbers:
    """The sum over the other schools of the town, of each school."""
    return np.asarray(part.sum(axis=1, keepdims=True) - part, dtype=np.float64)


def _log_odds(successes: Numbers, totals: Numbers, counted: NDArray[np.bool_]) -> Normal:
    """Of all pupils of the other schools that count, and their variance: (towns, schools, years − 1, procedures)."""
    found, of_all = (_others(part * counted) + half for part, half in ((successes, 0.5), (totals, 1.0)))
    return Normal(np.log(found / (of_all - found)), 1 / found + 1 / (of_all - found))


def _judged(moved: Numbers, variance: Numbers) -> Moves:
    """The last of the moves (the first along the years) against the earlier ones."""
    if not moved.shape[2]:
        shape = (*moved.shape[:2], moved.shape[3])
        return Moves(np.full(shape, np.nan), np.zeros(shape, bool))
    now, earlier = moved[:, :, 0], np.maximum(moved[:, :, 1:] ** 2 - variance[:, :, 1:], 0.0)
    usual = (AS_IF * USUAL**2 + np.nansum(earlier, axis=2)) / (AS_IF + np.isfinite(earlier).sum(axis=2))
    beyond = special.ndtr((np.abs(now) - BEYOND * np.sqrt(usual)) / np.sqrt(variance[:, :, 0]))
    # A jump that is gone when one school is left out was that school's own doing.
    jump = (beyond >= SURE).all(axis=1, keepdims=True)
    return Moves(now, np.broadcast_to(jump, beyond.shape))
