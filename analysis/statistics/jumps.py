"""Whether the level of a whole town has jumped: then earlier years foresee nothing, as after a break of comparability.

A move is how far the log odds of all pupils lie from those of the year before, over the schools that have both years,
procedure by procedure (with a half added: Haldane 1956, Anscombe 1956; procedures weighted by precision: Woolf 1955).
How far levels usually move is taken from the moves of earlier years beyond their noise, with a guess of 0.15 logit that
is worth two of them. A jump is a move of more than three times that, if it is sure with 0.8.

Where a single earlier year shows no move the limit is 0.45 logit: 30 % become 21 % or 40 %. Beyond it the model errs: a
fall of the whole system moves the log odds of high and low shares by different amounts, and the highest seem better
than foreseen. A halving of failures is a move of 0.7 and more; a change of a rate by a tenth is one of 0.15.
"""

from typing import NamedTuple

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
        moved: In logits, above 0 where there are more successes; NaN where two schools have not both years.
        jump: Whether that is a jump.
    """

    moved: Numbers
    jump: NDArray[np.bool_]


def moves(counts: Counts, *, alone: bool) -> Moves:
    """The move of each procedure, and last that of all of them together: (towns, procedures + 1).

    Args:
        counts: (towns, schools, years, procedures); the last year is the first.
        alone: Whether there is a single procedure, and years stand in the place of procedures.
    """
    successes, totals = (np.swapaxes(part, 2, 3) if alone else part for part in counts[:2])
    both = (totals[:, :, :-1] > 0) & (totals[:, :, 1:] > 0)
    schools = both.sum(axis=1)
    now, before = (_log_odds(successes[:, :, part], totals[:, :, part], both) for part in (slice(-1), slice(1, None)))
    precision = np.where(schools >= SCHOOLS, 1 / (now.variance + before.variance), 0.0)
    together = precision.sum(axis=2, keepdims=True)
    precision = np.concatenate([precision, together], axis=2)
    known = precision > 0
    change = now.mean - before.mean
    weighted = (precision[..., :-1] * change).sum(axis=2, keepdims=True) / np.where(together > 0, together, 1.0)
    moved = np.concatenate([change, weighted], axis=2)
    of_schools = np.concatenate([schools, both.any(axis=3).sum(axis=1)[..., None]], axis=2)
    variance = 1 / np.where(known, precision, 1.0) + 2 * APART**2 / np.maximum(of_schools, 1)
    return _judged(np.where(known, moved, np.nan), variance)


def _log_odds(successes: Numbers, totals: Numbers, counted: NDArray[np.bool_]) -> Normal:
    """Of all pupils of the schools that count, and their variance: (towns, years − 1, procedures)."""
    found, of_all = ((part * counted).sum(axis=1) + half for part, half in ((successes, 0.5), (totals, 1.0)))
    return Normal(np.log(found / (of_all - found)), 1 / found + 1 / (of_all - found))


def _judged(moved: Numbers, variance: Numbers) -> Moves:
    """The last of the moves (the first along the years) against the earlier ones."""
    if not moved.shape[1]:
        return Moves(np.full(moved.shape[::2], np.nan), np.zeros(moved.shape[::2], bool))
    earlier = np.maximum(moved[:, 1:] ** 2 - variance[:, 1:], 0.0)
    usual = (AS_IF * USUAL**2 + np.nansum(earlier, axis=1)) / (AS_IF + np.isfinite(earlier).sum(axis=1))
    beyond = special.ndtr((np.abs(moved[:, 0]) - BEYOND * np.sqrt(usual)) / np.sqrt(variance[:, 0]))
    return Moves(moved[:, 0], beyond >= SURE)
