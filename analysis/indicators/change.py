"""What changed between two comparable years, how sure that is, and why there is nothing to compare elsewhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.indicators.keyed import BROKEN, MERGED, NO_EARLIER, Keyed, blank_where_unknown, worded
from analysis.indicators.measurement import Measured
from analysis.indicators.stabilise import Codes
from analysis.indicators.uncertainty import (
    Numbers,
    chance_of_count_or_more,
    difference_interval,
    distinct_rows,
    probability_of_growth,
)
from analysis.rules.indicator_passport import JEFFREYS, SHARE, Indicator, Method

# Spreads that are thought of, as parts of the whole scale; all equally likely before the data.
SPREADS = (np.arange(32) + 0.5) / 100
ARCSINE_SPAN = np.pi / 2
NEGLIGIBLE = 1e-5


def arcsine(count: Numbers, base: Numbers) -> tuple[Numbers, Numbers]:
    """A share on the scale where chance spreads all shares alike (Anscombe 1948), and its variance there."""
    return np.arcsin(np.sqrt((count + 0.375) / (base + 0.75))), 1 / (4 * base + 2)


def likely_growth(
    change: Numbers, variance: Numbers, groups: Codes, fewest: int, span: float = ARCSINE_SPAN
) -> Numbers:
    """The probability that each school has grown; NaN where its group has too few schools to learn from.

    Args:
        change: Of each school, later minus earlier.
        variance: Of the change, by chance alone; above 0.
        groups: The group of each school, from 0.
        fewest: The fewest schools to learn the spread from.
        span: From the least to the greatest value of the scale.
    """
    schools = np.bincount(groups, minlength=groups.max(initial=-1) + 1)
    known = np.flatnonzero(schools[groups] >= fewest)
    found = np.full(len(change), np.nan)
    part = change[known], variance[known]
    weights = _weights(*part, groups[known], len(schools), SPREADS * span)
    found[known] = 0.0
    for place, spread in enumerate(SPREADS * span):
        matters = known[weights[groups[known], place] > 0]
        found[matters] += weights[groups[matters], place] * _grown_within(change[matters], variance[matters], spread)
    return found


def _weights(change: Numbers, variance: Numbers, groups: Codes, number: int, spreads: Numbers) -> Numbers:
    """A row a group, a column a spread: how likely it is after the changes were seen."""
    logs = np.empty((number, len(spreads)))
    for place, spread in enumerate(spreads):
        total = variance + spread**2
        logs[:, place] = np.bincount(groups, weights=-0.5 * (np.log(total) + change**2 / total), minlength=number)
    likely = np.exp(logs - logs.max(axis=1, keepdims=True))
    likely = np.where(likely > NEGLIGIBLE, likely, 0.0)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))


def _grown_within(change: Numbers, variance: Numbers, spread: float) -> Numbers:
    """Were the spread known: normal, drawn towards no change."""
    kept = spread**2 / (spread**2 + variance)
    return np.asarray(special.ndtr(change * np.sqrt(kept / variance)))


ONE_WAY_LEVEL = 0.995
CHANGE_COLUMNS = ("change", "change_low", "change_high", "growth_probability", "own_growth_probability")


def change_columns(found: Measured, keyed: Keyed, indicator: Indicator, method: Method) -> dict[str, object]:
    """The difference from the latest comparable year, how sure it is, or why there is none.

    Two years of a sum over schools are compared only where the same schools are in it: else who took part would pass
    for a change. The probability of growth rests on how much the schools of the group change where enough of them have
    both years, else, and for a sum over schools, on the row's own numbers alone.
    """
    link, earlier = keyed.earlier[found.rows], _earlier_places(found, keyed)
    regrouped = (earlier >= 0) & (found.members != found.members[earlier])
    now = np.flatnonzero((earlier >= 0) & ~regrouped & ~np.isnan(found.value) & ~np.isnan(found.value[earlier]))
    then = earlier[now]
    columns = {name: np.full(len(found.rows), np.nan) for name in CHANGE_COLUMNS}
    columns["change"][now] = found.value[now] - found.value[then]
    if indicator.interval == JEFFREYS and len(now):
        columns["change_low"][now], columns["change_high"][now] = difference_interval(
            found.value[now], found.low[now], found.high[now], found.value[then], found.low[then], found.high[then]
        )
        own = _grown(found, now, then, indicator)
        likely = _likely(found, now, then, indicator, method)
        columns["own_growth_probability"][now] = own
        columns["growth_probability"][now] = np.where(np.isnan(likely), own, likely)
    years = keyed.keys["calendar_year"].to_numpy("int64")[found.rows]
    compared = np.zeros(len(found.rows), dtype=bool)
    compared[now] = True
    with_year = pd.arrays.IntegerArray(np.where(compared, years[earlier], 0), ~compared)
    notes = _change_notes(found, keyed, link, compared, regrouped)
    return {
        "earlier_year": with_year,
        **{name: blank_where_unknown(column) for name, column in columns.items()},
        "change_note": notes.set_categories([word for word in notes.categories if word]),
    }


def one_way(found: Measured, keyed: Keyed, fewest: int) -> NDArray[np.bool_]:
    """The rows of the city in whose group nearly all schools changed in one direction, more than chance explains: an
    examination that was another one than the year before does that, and the calendar may not know."""
    earlier = _earlier_places(found, keyed)[: found.schools]
    change = np.where(earlier >= 0, found.value[: found.schools] - found.value[earlier], np.nan)
    groups = found.groups[: found.schools]
    up, down = (np.bincount(groups[way], minlength=keyed.group_count) for way in (change > 0, change < 0))
    moved, most = (up + down).astype(np.float64), np.maximum(up, down).astype(np.float64)
    by_chance = chance_of_count_or_more(most, moved, np.full(len(moved), 0.5))
    alike = (moved >= fewest) & (by_chance <= (1 - ONE_WAY_LEVEL) / 2)
    is_city = (found.rows >= keyed.schools) & (found.rows < keyed.schools + keyed.group_count)
    return np.asarray(alike[found.groups] & is_city)


def _earlier_places(found: Measured, keyed: Keyed) -> NDArray[np.intp]:
    """Of each row the place among the rows of what it is compared with; −1 where there is nothing."""
    place = np.full(len(keyed.keys), -1, dtype=np.intp)
    place[found.rows] = np.arange(len(found.rows))
    link = keyed.earlier[found.rows]
    return np.where(link >= 0, place[np.maximum(link, 0)], -1)


def _grown(found: Measured, now: NDArray[np.intp], then: NDArray[np.intp], indicator: Indicator) -> Numbers:
    if indicator.kind == SHARE:
        return probability_of_growth(
            found.numerator[now], found.denominator[now], found.numerator[then], found.denominator[then]
        )
    spread = np.sqrt(found.variance[now] + found.variance[then])
    return np.asarray(special.ndtr((found.value[now] - found.value[then]) / spread))


def _likely(
    found: Measured, now: NDArray[np.intp], then: NDArray[np.intp], indicator: Indicator, method: Method
) -> Numbers:
    """By the changes of the group's schools; NaN for sums over schools and where too few schools have both years."""
    likely = np.full(len(now), np.nan)
    of_schools = np.flatnonzero((now < found.schools) & (found.denominator[now] > 0) & (found.denominator[then] > 0))
    now, then = now[of_schools], then[of_schools]
    if indicator.kind == SHARE:
        later, earlier = (arcsine(found.numerator[at], found.denominator[at]) for at in (now, then))
        span = ARCSINE_SPAN
    else:
        later, earlier = ((found.value[at], found.variance[at]) for at in (now, then))
        span = max(indicator.weights) - min(indicator.weights)
    groups = distinct_rows(found.groups[now], found.groups[then])[0]
    change, variance = later[0] - earlier[0], later[1] + earlier[1]
    likely[of_schools] = likely_growth(change, variance, groups, method.fewest_schools, span)
    return likely


def _change_notes(
    found: Measured,
    keyed: Keyed,
    link: NDArray[np.intp],
    compared: NDArray[np.bool_],
    regrouped: NDArray[np.bool_],
) -> "pd.Categorical[Any]":
    """Why there is no change; each text is made once."""
    stood = keyed.broken[found.rows]
    years, words = keyed.keys["calendar_year"].to_numpy("int64"), keyed.keys["comparability"].cat
    now, last = years[found.rows], np.where(link >= 0, link, stood)
    last_year = np.where(last >= 0, years[np.maximum(last, 0)], 0)
    word, last_word = words.codes.to_numpy()[found.rows], words.codes.to_numpy()[np.maximum(last, 0)]
    reasons = [compared, np.isnan(found.value), link == BROKEN, link == NO_EARLIER, link == MERGED, regrouped]
    kind = np.select(reasons, [0, 1, 2, 3, 6, 5], 4)
    broken, dated = kind == 2, kind >= 2
    cases = [kind, *(np.where(broken, one, -1) for one in (now, word, last_word)), np.where(dated, last_year, -1)]
    numbers, firsts = distinct_rows(*cases)
    named = ["", *words.categories]
    texts = [_change_note([int(one[row]) for one in cases], named) for row in firsts]
    return worded(numbers, texts)


def _change_note(case: Sequence[int], words: Sequence[str]) -> str:
    kind, now, word, last_word, last = case
    if kind == 0:
        return ""
    if kind == 1:
        return "нет данных за этот год"
    if kind == 2:
        before, after = words[last_word + 1] or "без календаря", words[word + 1] or "без календаря"
        return f"разрыв сопоставимости: {last} год — {before}; {now} год — {after}"
    if kind == 6:
        return f"разрыв сопоставимости: после {last} года в школу вошла другая"
    if kind == 5:
        return f"состав школ с результатом не тот, что за {last} год"
    return "недостаточно данных: прежних результатов нет" if kind == 3 else f"нет данных за {last} год"
