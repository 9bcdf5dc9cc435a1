"""What earlier years foresee for this one, against what came, and whether a whole town has jumped."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.statistics.counts import (
    Batch,
    Codes,
    Counts,
    Normal,
    Numbers,
    added,
    coded,
    expit,
    hermite,
    line,
    of_batches,
    share_mean,
)
from analysis.statistics.gaussian import common_factor, of_first_year
from analysis.statistics.pooled import Fit, Node, fit

# Whether the level of a whole town has jumped: then earlier years foresee nothing, as after a break of comparability.
#
# A move is how far the log odds of all pupils lie from those of the year before, over the schools that have both years
# but the one that is asked about, procedure by procedure (with a half added: Haldane 1956, Anscombe 1956; procedures
# weighted by precision: Woolf 1955). How far levels usually move is taken from the moves of earlier years beyond their
# noise, with a guess of 0.15 logit that is worth two of them. A jump is a move of more than three times that, if it is
# sure with 0.8.
#
# Where a single earlier year shows no move the limit is 0.45 logit: 30 % become 21 % or 40 %. Beyond it the model errs:
# a fall of the whole system moves the log odds of high and low shares by different amounts, and the highest seem better
# than foreseen. A halving of failures is a move of 0.7 and more; a change of a rate by a tenth is one of 0.15.

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
    beyond = scipy.special.ndtr((np.abs(now) - BEYOND * np.sqrt(usual)) / np.sqrt(variance[:, :, 0]))
    # A jump that is gone when one school is left out was that school's own doing.
    jump = (beyond >= SURE).all(axis=1, keepdims=True)
    return Moves(now, np.broadcast_to(jump, beyond.shape))


# What earlier years foresee for this one, against what came: change beyond regression to the mean.
#
# Schools are chosen because their results were low, and the next year is better even if nobody helps. So a school's
# results of this year are held against what the model foresees for them from its earlier years, and from what came this
# year in the other schools; its own results of this year are taken out of the fit (as in leave-one-out by expectation
# propagation, Opper and Winther 2000), from the weights of the spreads too.
#
# With several procedures a school's effect has a part of its own each year. With a single one the years take the place
# of procedures: there the part of the year and that of the cell are one.

PARTS = {"low_95": 0.025, "low_80": 0.1, "high_80": 0.9, "high_95": 0.975}
SAID, POWER = 0.9, 0.8  # how sure one must be to notice a change, and how often a true change is noticed
UNSURE = 0.4
FACTOR_NODES, CELL_NODES, SHARE_NODES = 9, 4, 15
FEW = 128  # so many pupils are as well foreseen on every second node of a line
FAR = 10.0  # standard deviations beyond which no count is thought of
BELOW_ONE = 1 - 2.0**-53
TINY = 1e-300
AT_ONCE = 2**17  # logarithms of chances that are worked out together
ROWS_AT_ONCE = 4096
ALMOST = 1e-9  # a share of 0 or 1 has no log odds


@dataclass(frozen=True)
class Foreseen:
    """Counts foreseen for the last year of each town, in the order of the rows (or schools) that have it.

    Counts are thought of as something unwanted: «better» is fewer. Intervals hold at least what they say, counts being
    whole. All numbers are NaN where the fit did not converge.

    Attributes:
        row: The place of each among the rows given; of a school, of the first of its rows of that year.
        mean: Foreseen mean share.
        low_80: Least count of the 80 % interval.
        high_80: Greatest.
        low_95: Least count of the 95 % interval.
        high_95: Greatest.
        fewer: The probability that by itself the count would have been less than what came.
        more: That it would have been more: «better than foreseen».
        smallest_change: The smallest true fall of the share that would be noticed (said with 0.9) in four of five
            cases, from the foreseen mean; infinite where none would be («never»). Of a school the fall of its share
            over all its procedures.
        moved: How far the level of the procedure (of schools: of all the town's procedures) lies from that of the year
            before, in logits; of the other schools; NaN where fewer than two of them have both years.
        jump: Whether it has jumped (`jumps`): then what is foreseen means nothing.
        converged: Whether the fit did.
    """

    row: Codes
    mean: Numbers
    low_80: Numbers
    high_80: Numbers
    low_95: Numbers
    high_95: Numbers
    fewer: Numbers
    more: Numbers
    smallest_change: Numbers
    moved: Numbers
    jump: NDArray[np.bool_]
    converged: NDArray[np.bool_]


class YearToCome(NamedTuple):
    """What was foreseen for each row of the last year, and for each school over all its procedures."""

    rows: Foreseen
    schools: Foreseen


class _Ahead(NamedTuple):
    """What is foreseen for the cells of each school: (nodes, towns, schools, procedures), weights without the last."""

    mean: Numbers
    covariance: Numbers
    cell: Numbers
    weights: Numbers


def year_to_come(
    successes: ArrayLike,
    totals: ArrayLike,
    school: ArrayLike,
    procedure: ArrayLike,
    year: ArrayLike,
    *,
    town: ArrayLike | None = None,
) -> YearToCome:
    """What the earlier years foresee for the last year of each town.

    All years must be comparable. A school without earlier years is foreseen from the others alone.

    Args:
        successes: Whole numbers, at most the totals; one row a school, procedure and year.
        totals: Whole numbers.
        school: Of each row, an integer.
        procedure: Of each row, an integer.
        year: Of each row, an integer.
        town: Of each row, an integer; None where all are of one.

    Raises:
        ValueError: Columns differ in length, counts are no counts, or a cell stands twice.
    """
    rows = coded(successes, totals, school, procedure, -np.asarray(year), town)  # the last year is year 0
    single = np.zeros(rows.town.max(initial=-1) + 1, dtype=bool)
    single[rows.town] = True
    single[rows.town[rows.procedure > 0]] = False
    alone = single[rows.town]
    now = rows.year == 0
    laid = rows._replace(procedure=np.where(alone, rows.year, rows.procedure), year=np.where(alone, 0, rows.year))
    found = [answer for _, answer in of_batches(_of_batch, laid, now, alone)]
    return YearToCome(*(_joined([part[one] for part in found]) for one in (0, 1)))


def _of_batch(batch: Batch, now: NDArray[np.bool_], alone: NDArray[np.bool_]) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.errstate(all="ignore"):  # what did not converge is marked
        return _foreseen(fit(batch.counts), batch, now, bool(alone[0]))


def _joined(parts: list[dict[str, Any]]) -> Foreseen:
    kinds = {"row": np.intp, "jump": np.bool_, "converged": np.bool_}
    empty: dict[str, Any] = {name: np.empty(0, kinds.get(name, np.float64)) for name in Foreseen.__dataclass_fields__}
    columns = {name: np.concatenate([part[name] for part in parts] or [empty[name]]) for name in empty}
    order = np.argsort(columns["row"], kind="stable")
    return Foreseen(**{name: column[order] for name, column in columns.items()})


def _foreseen(found: Fit, batch: Batch, now: NDArray[np.bool_], alone: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is foreseen for the rows and schools of a batch that have the last year."""
    columns = 1 if alone else found.counts.totals.shape[3]
    ahead, moved = _ahead(found, columns), moves(found.counts, alone=alone)
    place = tuple(part[now] for part in batch.place)
    town, school, column = place[0], place[1], place[3]
    counts = Counts(found.counts.successes[place], found.counts.totals[place], found.counts.level[town, 0, 0, 0])
    chances, mean = _of_cells(ahead, (town, school, column), counts)
    cells = _said(chances, counts, mean) | {"row": batch.rows[now]} | _of(moved, (town, school, column))
    pairs, first, of_pair = np.unique(
        town * found.counts.totals.shape[1] + school, return_index=True, return_inverse=True
    )
    sums = _of_schools(ahead, found.counts, columns, (town[first], school[first]))
    several = np.bincount(of_pair, minlength=len(pairs)) > 1
    whole = {name: np.where(several, sums[name], cells[name][first]) for name in sums}
    whole |= {"row": batch.rows[now][first]} | _of(moved, (town[first], school[first], np.full(len(first), -1)))
    return _marked(cells, found.converged[town]), _marked(whole, found.converged[town[first]])


def _marked(columns: dict[str, Any], converged: NDArray[np.bool_]) -> dict[str, Any]:
    marked = {
        name: column if name in ("row", "jump") else np.where(converged, column, np.nan)
        for name, column in columns.items()
    }
    return marked | {"converged": converged}


def _ahead(found: Fit, columns: int) -> _Ahead:
    """The cells of each school in the last year, were its own results of that year unknown."""
    parts = [_without_own(node, columns) for node in found.nodes]
    mean, covariance, own = (np.stack(part) for part in zip(*parts, strict=True))
    power = np.log(found.weights)[:, :, None] - own
    likely = np.exp(power - power.max(axis=0))
    cell = np.stack([node.spreads.cell for node in found.nodes]) ** 2
    return _Ahead(mean, covariance, cell, likely / added(likely))


def _without_own(node: Node, columns: int) -> tuple[Numbers, Numbers, Numbers]:
    """Mean and covariance of level + effect of the cells, and the logarithm of how well their counts were foreseen."""
    covariance = of_first_year(node.joint, columns)
    mean = node.joint.fixed.mean[:, :, 0, :columns]
    cell = node.spreads.cell[:, None, None] ** 2
    pull, precision = (part[:, :, 0, :columns] for part in node.sites)
    left = 1 / (1 + precision * cell)
    weight, moved = precision * left, pull * left
    system = np.eye(columns) - covariance * weight[:, :, None]
    outside = np.linalg.solve(
        system, np.concatenate([covariance, (mean - _times(covariance, moved))[..., None]], axis=3)
    )
    without, middle = outside[..., :columns], outside[..., columns]
    surprise = moved - weight * mean
    of_cells = node.scales[:, :, 0, :columns] + 0.5 * (np.log(left) + cell * pull * moved)
    of_cells = of_cells + moved * mean - 0.5 * weight * mean**2 - 0.5 * surprise * _times(without, surprise)
    return middle, without, of_cells.sum(axis=2) + 0.5 * np.linalg.slogdet(system)[1]


def _times(matrix: Numbers, vector: Numbers) -> Numbers:
    return np.asarray(np.matmul(matrix, vector[..., None])[..., 0])


def _of_cells(ahead: _Ahead, place: tuple[Codes, Codes, Codes], counts: Counts) -> tuple[Numbers, Numbers]:
    """Chances of each count of each cell, and its mean share, over the whole mixture of spreads."""
    town, school, column = place
    mean = ahead.mean[:, town, school, column]
    variance = ahead.covariance[:, town, school, column, column] + ahead.cell[:, town]
    weights = ahead.weights[:, town, school]
    middle = added(weights * mean)
    about = Normal(middle, added(weights * (variance + (mean - middle) ** 2)))
    nothing = Counts(np.zeros_like(middle), np.zeros_like(middle), counts.level)
    along = line(nothing, Normal(mean, variance), weights, about)
    shares = expit(along.odds() + counts.level[:, None])
    return _few_and_many(counts.totals, shares, along.density), share_mean(along, counts.level)


def _few_and_many(totals: Numbers, shares: Numbers, weights: Numbers) -> Numbers:
    """`_count_chances`; for few pupils every second node says the same."""
    found = np.zeros((len(totals), int(totals.max(initial=0)) + 1))
    for rows, step in ((np.flatnonzero(totals <= FEW), 2), (np.flatnonzero(totals > FEW), 1)):
        some = _count_chances(totals[rows], shares[rows, ::step], step * weights[rows, ::step])
        found[rows, : some.shape[1]] = some
    return found


def _count_chances(totals: Numbers, shares: Numbers, weights: Numbers, most: Numbers | None = None) -> Numbers:
    """Chances of 0, 1, 2 … of a mixture of binomials, a row a cell, a column a node; 0 beyond its total.

    Rows of like totals are worked out together, so many at a time as their logarithms fit into the cache. Where only
    counts up to `most` are asked about, those beyond may be left at 0.
    """
    most = totals if most is None else np.minimum(most, totals)
    found = np.zeros((len(totals), int(most.max(initial=0)) + 1))
    shares = np.clip(shares, TINY, BELOW_ONE)
    nobody = np.log1p(-shares)
    odds, nobody = np.log(shares) - nobody, totals[:, None] * nobody
    ways = scipy.special.gammaln(np.arange(totals.max(initial=0) + 1) + 1)
    order = np.argsort(most, kind="stable")
    many = max(AT_ONCE // (shares.shape[1] * found.shape[1]), 1)
    for first in range(0, len(order), many):
        rows = order[first : first + many]
        count = np.arange(int(most[rows[-1]]) + 1)
        whole = totals[rows, None].astype(np.intp)
        others = whole - count
        power: Numbers = odds[rows][..., None] * count.astype(np.float64)
        power += nobody[rows][..., None]
        power += np.where(others >= 0, ways[whole] - ways[count] - ways[others], -np.inf)[:, None]
        np.exp(power, out=power)
        power *= weights[rows][..., None]
        found[rows, : len(count)] = power.sum(axis=1)
    return found


def _of_schools(ahead: _Ahead, counts: Counts, columns: int, place: tuple[Codes, Codes]) -> dict[str, Numbers]:
    """The sum over the procedures of each school: its cells depend on each other through one common factor.

    The mixture over the spreads is taken as one normal distribution (a node at a time says the same to 0.005); given
    the factor, counts are added up exactly.
    """
    town, school = place
    totals = counts.totals[town, school, 0, :columns]
    mean, covariance = _as_one(ahead, place)
    load = common_factor(covariance, (totals > 0).astype(np.float64))
    apart = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2) - load**2, 1e-9))
    nodes, parts = hermite(CELL_NODES)
    whole = Counts(
        counts.successes[town, school, 0, :columns].sum(axis=1), totals.sum(axis=1), counts.level[town, 0, 0, 0]
    )
    factors, of_factor = hermite(FACTOR_NODES)
    middle = mean + load * factors[:, None, None] + whole.level[:, None]
    shares = expit(middle[..., None] + apart[..., None] * nodes)
    flat = shares.reshape(-1, CELL_NODES)
    cells = _count_chances(np.tile(totals.ravel(), FACTOR_NODES), flat, np.broadcast_to(parts, flat.shape))
    expected = totals[..., None] * shares
    of_cells = (expected * parts).sum(axis=3)
    inside = ((expected**2 + expected * (1 - shares)) * parts).sum(axis=3) - of_cells**2
    of_sum, weight = of_cells.sum(axis=2), of_factor[:, None]
    middle_count = added(weight * of_sum)
    spread = np.sqrt(added(weight * (inside.sum(axis=2) + (of_sum - middle_count) ** 2)))
    first = np.floor(np.maximum(middle_count - FAR * spread, 0.0))
    length = np.maximum(np.minimum(middle_count + FAR * spread, whole.totals) - first, totals.max(axis=1)) + 2
    chances = _sums(cells.reshape(*middle.shape, -1), of_factor, whole.totals, (first, length))
    return _said(np.maximum(chances, 0.0), whole, middle_count / np.maximum(whole.totals, 1))


def _sums(cells: Numbers, weights: Numbers, totals: Numbers, part: tuple[Numbers, Numbers]) -> Numbers:
    """Chances of the sum of independent counts, a row a school, by waves no longer than what may come.

    Args:
        cells: Chances of the counts: (values of the factor, schools, procedures, counts).
        weights: Of the values of the factor.
        totals: Of the schools.
        part: Of the schools: the first count that may come, and how many after it.
    """
    first, least = (np.nan_to_num(one, nan=2.0).astype(np.intp) for one in part)
    lengths = 2 ** np.ceil(np.log2(least)).astype(np.intp)
    lengths = np.where(3 * lengths >= 4 * least, 3 * lengths // 4, lengths)
    found = np.zeros((len(totals), int(totals.max(initial=0)) + 1))
    for length in np.unique(lengths).tolist():
        schools = np.flatnonzero(lengths == length)
        waves = np.zeros((len(schools), length // 2 + 1), complex)
        for weight, some in zip(weights, cells[:, schools], strict=True):
            waves += weight * np.fft.rfft(some, n=length, axis=2).prod(axis=1)
        count = first[schools, None] + np.arange(length)  # counts that differ by `length` are one to the waves
        chances = np.take_along_axis(np.fft.irfft(waves, n=length, axis=1), count % length, axis=1)
        row, column = np.nonzero(count <= totals[schools, None])
        found[schools[row], count[row, column]] = chances[row, column]
    return found


def _as_one(ahead: _Ahead, place: tuple[Codes, Codes]) -> tuple[Numbers, Numbers]:
    """Mean and covariance of the log odds of the cells of schools, over the mixture of spreads."""
    town, school = place
    weights = ahead.weights[:, town, school]
    each = ahead.mean[:, town, school]
    mean = added(weights[..., None] * each)
    apart = each - mean
    inner = ahead.covariance[:, town, school] + ahead.cell[:, town, None, None] * np.eye(each.shape[2])
    return mean, added(weights[..., None, None] * (inner + apart[..., None] * apart[:, :, None]))


def _of(moved: Moves, place: tuple[Codes, Codes, Codes]) -> dict[str, Any]:
    return {name: part[place] for name, part in moved._asdict().items()}


def _said(chances: Numbers, counts: Counts, mean: Numbers) -> dict[str, Numbers]:
    """All that is said of counts whose chances and mean share are foreseen."""
    return _against(chances, counts) | {"mean": mean, "smallest_change": _smallest_change(chances, counts.totals, mean)}


def _against(chances: Numbers, counts: Counts) -> dict[str, Numbers]:
    """Intervals of the count foreseen, and the chances of fewer and of more than came."""
    up_to = np.cumsum(chances, axis=1)
    rows, came = np.arange(len(chances)), counts.successes.astype(np.intp)
    here = chances[rows, came] if len(rows) else np.empty(0)
    reached = up_to[rows, came] if len(rows) else np.empty(0)
    ends = {name: np.minimum((up_to < part).sum(axis=1), counts.totals) for name, part in PARTS.items()}
    return ends | {"fewer": np.clip(reached - here, 0.0, 1.0), "more": np.clip(1 - reached, 0.0, 1.0)}


def smallest_change(share: ArrayLike, pupils: ArrayLike, *, unsure: float = UNSURE) -> Numbers:
    """The smallest true fall of shares that would be noticed next year, where no earlier years say how sure one can be.

    Noticed means: said with 0.9, and in four of five cases. Infinite where no fall would be («never»).

    Args:
        share: What is foreseen, from 0 to 1.
        pupils: How many are foreseen; whole numbers.
        unsure: Standard deviation of what is foreseen, in logits; that of a school in one procedure after two years
            where schools differ as they usually do.
    """
    shares, totals = np.broadcast_arrays(np.asarray(share, np.float64), np.asarray(pupils, np.float64))
    found, (mean, number) = np.empty(shares.size), (shares.ravel(), totals.ravel())
    nodes, weights = hermite(SHARE_NODES)
    for first in range(0, len(mean), ROWS_AT_ONCE):
        some = slice(first, first + ROWS_AT_ONCE)
        about = expit(scipy.special.logit(np.clip(mean[some], ALMOST, 1 - ALMOST))[:, None] + unsure * nodes)
        half = np.ceil(number[some] * mean[some]) + 1  # half of the chances lie below: all that is asked about
        chances = _count_chances(number[some], about, np.broadcast_to(weights, about.shape), half)
        found[some] = _smallest_change(chances, number[some], mean[some])
    return found.reshape(shares.shape)


def _smallest_change(chances: Numbers, totals: Numbers, mean: Numbers) -> Numbers:
    """From the foreseen mean down to the share at which a count that is noticed comes in four of five cases."""
    noticed = (1 - np.cumsum(chances, axis=1) >= SAID).sum(axis=1) - 1  # the greatest count that is noticed
    never = noticed < 0
    count = np.where(never, 0, noticed)
    _, first, alike = np.unique(totals * (totals.max(initial=0) + 1) + count, return_index=True, return_inverse=True)
    share = (1 - scipy.special.betaincinv(np.maximum(totals - count, 1)[first], count[first] + 1, POWER))[alike]
    return np.where(never, np.inf, np.maximum(mean - share, 0.0))
