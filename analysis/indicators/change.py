"""What changed between two comparable years, how sure that is, and why there is nothing to compare elsewhere."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.indicators.keyed import BROKEN, MERGED, NO_EARLIER, Keyed, blank_where_unknown, worded
from analysis.indicators.measurement import Measured
from analysis.indicators.uncertainty import (
    chance_of_count_or_more,
    difference_interval,
    distinct_rows,
)
from analysis.rules.indicator_passport import JEFFREYS, Indicator

# Fewer schools say nothing of a common direction.
ONE_WAY_LEVEL, ONE_WAY_FEWEST = 0.995, 10
CHANGE_COLUMNS = ("change", "change_low", "change_high")


def change_columns(found: Measured, keyed: Keyed, indicator: Indicator, earlier: NDArray[np.intp]) -> dict[str, object]:
    """The plain difference from the latest comparable year with its interval, or why there is none.

    Two years of a sum over schools are compared only where the same schools are in it: else who took part would pass
    for a change. Whether a change is more than chance and regression to the mean is another question (`pooling`).

    Args:
        found: The measured indicator.
        keyed: The rows it was measured over.
        indicator: Its entry of the passport.
        earlier: `earlier_places`.
    """
    link = keyed.earlier[found.rows]
    regrouped = (earlier >= 0) & (found.members != found.members[earlier])
    now = np.flatnonzero((earlier >= 0) & ~regrouped & ~np.isnan(found.value) & ~np.isnan(found.value[earlier]))
    then = earlier[now]
    columns = {name: np.full(len(found.rows), np.nan) for name in CHANGE_COLUMNS}
    columns["change"][now] = found.value[now] - found.value[then]
    if indicator.interval == JEFFREYS and len(now):
        columns["change_low"][now], columns["change_high"][now] = difference_interval(
            found.value[now], found.low[now], found.high[now], found.value[then], found.low[then], found.high[then]
        )
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


def one_way(found: Measured, keyed: Keyed, earlier: NDArray[np.intp]) -> NDArray[np.bool_]:
    """The rows of the city in whose group nearly all schools changed in one direction, more than chance explains: an
    examination that was another one than the year before does that, and the calendar may not know."""
    earlier = earlier[: found.schools]
    change = np.where(earlier >= 0, found.value[: found.schools] - found.value[earlier], np.nan)
    groups = found.groups[: found.schools]
    up, down = (np.bincount(groups[way], minlength=keyed.group_count) for way in (change > 0, change < 0))
    moved, most = (up + down).astype(np.float64), np.maximum(up, down).astype(np.float64)
    by_chance = chance_of_count_or_more(most, moved, np.full(len(moved), 0.5))
    alike = (moved >= ONE_WAY_FEWEST) & (by_chance <= (1 - ONE_WAY_LEVEL) / 2)
    is_city = (found.rows >= keyed.schools) & (found.rows < keyed.schools + keyed.group_count)
    return np.asarray(alike[found.groups] & is_city)


def earlier_places(found: Measured, keyed: Keyed) -> NDArray[np.intp]:
    """Of each row the place among the rows of what it is compared with; −1 where there is nothing."""
    place = np.full(len(keyed.keys), -1, dtype=np.intp)
    place[found.rows] = np.arange(len(found.rows))
    link = keyed.earlier[found.rows]
    return np.where(link >= 0, place[np.maximum(link, 0)], -1)


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
