"""The indicators of schools and of the city: each value, how sure it is, what changed, and which are missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import columns_of, shaped, typed_table
from analysis.contracts.effectiveness import AGAINST_CITY, BREAK, SHIFTED, IndicatorGaps, SchoolIndicators
from analysis.contracts.facts import CITY, OTHERS, are_asked
from analysis.indicators.edges import indicator_links, part_of
from analysis.indicators.links import NONE, Links, pointing
from analysis.indicators.measurement import (
    BROKEN,
    KEYS,
    MERGED,
    NO_EARLIER,
    Keyed,
    Measured,
    blank_where_unknown,
    joined,
    keyed_tables,
    measured,
    worded,
)
from analysis.indicators.pooling import Asked, Pooled, pooled
from analysis.rules.methods import GIVEN_MEAN, JEFFREYS, NO_INTERVAL, SHARE, Indicator, Method, Passport
from analysis.rules.office_files import Sitting
from analysis.statistics.counts import (
    FUNNEL_LEVELS,
    chance_of_count_or_more,
    difference_interval,
    distinct_rows,
    funnel_limits,
)

COLUMNS = list(columns_of(SchoolIndicators))
NO_DATA = "нет данных: школа этого не указала"
ZERO_BASE = "недостаточно данных: знаменатель равен нулю"
LOWER_BOUND = "нижняя граница: о части нет сведений"
CITY_BOUND = "значение города не меньше напечатанного: о части нет сведений"
ALONE = "недостаточно данных: сравнить не с кем, результат только у одной школы"
NO_THRESHOLD = "недостаточно данных: порог 0 или 1 ничего не отделяет"


def school_indicators(
    tables: Mapping[str, pd.DataFrame], passport: Passport, calendar: Sequence[Sitting]
) -> pd.DataFrame:
    """Returns every indicator of the passport for every school, the city and the schools that are not supported.

    Args:
        tables: Typed tables: those of the passport's INPUTS, and school_status; any may be missing.
        passport: What is computed.
        calendar: Which sittings may be compared.

    Returns:
        A table after contracts.effectiveness.SchoolIndicators: schools of a table first, then its whole groups. Where
        something cannot be said the cell is blank and `flags` or `change_note` give the reason.
    """
    return effectiveness(tables, passport, calendar).indicators


class Effectiveness(NamedTuple):
    """The indicators of schools.

    Attributes:
        indicators: After contracts.effectiveness.SchoolIndicators.
        links: Its edges: received rows, entry of the passport, earlier year, city, what a pooled number rests on.
        effects: The schools over all their results, after contracts.effectiveness.SchoolEffects.
    """

    indicators: pd.DataFrame
    links: dict[str, Links]
    effects: pd.DataFrame


def effectiveness(tables: Mapping[str, pd.DataFrame], passport: Passport, calendar: Sequence[Sitting]) -> Effectiveness:
    """Returns the indicators (see `school_indicators`), their edges, and the schools over all their results."""
    keyed = keyed_tables(tables, calendar)
    found = [(measured(keyed[one.table], one), one) for one in passport.indicators if one.table in keyed]
    asked = [
        Asked(rows, keyed[one.table], one, earlier_places(rows, keyed[one.table]))
        for rows, one in found
        if len(rows.rows)
    ]
    told, effects = pooled(asked)
    rows = [_of_indicator(one, passport, model) for one, model in zip(asked, told, strict=True)]
    parts = [part_of(one.indicator, one.keyed, one.found) for one in asked]
    table = _together(rows)[COLUMNS] if rows else typed_table(SchoolIndicators)
    links = indicator_links(parts, tables, passport)
    # Where a year was not compared after all (other schools in the sum), nothing stands behind the change.
    compared = np.where(table["earlier_year"].notna(), links["earlier"].nodes, NONE)
    edges = {**links, "earlier": pointing("school_indicators", compared)}
    return Effectiveness(table, edges, effects)


def _of_indicator(asked: Asked, passport: Passport, model: Pooled) -> pd.DataFrame:
    found, keyed, indicator, earlier = asked
    keys = keyed.keys.take(found.rows).reset_index(drop=True)
    names = pd.CategoricalDtype([one.id for one in passport.indicators])
    place = names.categories.get_loc(indicator.id)
    numbers: dict[str, NDArray[np.float64]] = {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "value": found.value,
        "interval_low": found.low,
        "interval_high": found.high,
        "city_value": found.city,
        **{str(name): column.to_numpy("float64") for name, column in model.numbers.items()},
    }
    said = [*_said(found, indicator, passport.method, one_way(found, keyed, earlier)), *model.said]
    return pd.DataFrame(
        {
            "indicator_id": pd.Categorical.from_codes(np.full(len(keys), place), dtype=names),
            **{key: keys[key] for key in KEYS},
            **{name: blank_where_unknown(column) for name, column in numbers.items()},
            "against_city": _against_city(found, indicator),
            **change_columns(found, keyed, indicator, earlier),
            "flags": joined(said),
        }
    )  # fmt: skip


def _against_city(found: Measured, indicator: Indicator) -> pd.Categorical:
    """Where a school's count lies in the funnel around the city; blank for the city itself and without company."""
    dtype = pd.CategoricalDtype(AGAINST_CITY)
    codes = np.full(len(found.rows), -1)
    if indicator.kind == SHARE and indicator.interval == JEFFREYS:
        compared = np.zeros(len(found.rows), dtype=bool)
        compared[: found.schools] = (found.denominator > 0)[: found.schools]
        at = np.flatnonzero(compared & (found.known_schools > 1))
        codes[at] = 0
        for step, level in enumerate(FUNNEL_LEVELS):
            low, high = funnel_limits(found.denominator[at], found.city[at], level)
            codes[at[found.numerator[at] > high]] = 1 + step
            codes[at[found.numerator[at] < low]] = 3 + step
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _said(
    found: Measured, indicator: Indicator, method: Method, shifted: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.bool_]]]:
    """What must be said of the rows: a text, and where it is true."""
    unknown = np.isnan(found.numerator if indicator.kind != GIVEN_MEAN else found.value)
    zero = found.denominator == 0
    of_schools = np.arange(len(found.rows)) < found.schools
    degenerate = indicator.threshold is not None and not 0 < indicator.threshold < 1
    return [
        (NO_DATA, unknown & ~zero),
        (ZERO_BASE, zero),
        (f"мало участников: меньше {method.small_base}", _few(found, indicator, method.small_base)),
        (LOWER_BOUND, found.partial & ~np.isnan(found.value)),
        (CITY_BOUND, of_schools & found.city_partial),
        (f"без интервала: {indicator.interval_note}", ~unknown & (indicator.interval == NO_INTERVAL)),
        (ALONE, of_schools & ~unknown & ~zero & (found.known_schools == 1) & (indicator.interval == JEFFREYS)),
        (NO_THRESHOLD, ~unknown & degenerate),
        (SHIFTED, shifted & (indicator.interval == JEFFREYS)),
    ]


def _few(found: Measured, indicator: Indicator, least: int) -> NDArray[np.bool_]:
    sampled = indicator.interval == JEFFREYS or indicator.kind == GIVEN_MEAN
    return (found.denominator > 0) & (found.denominator < least) & sampled


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table; the words of the text columns that differ from part to part are united first."""
    for name in ("change_note", "flags"):
        words = sorted({word for part in parts for word in part[name].cat.categories})
        dtype = pd.CategoricalDtype(pd.Index(words, dtype="str"))
        parts = [part.assign(**{name: part[name].astype(dtype)}) for part in parts]
    return pd.concat(parts, ignore_index=True)


NOT_HELD = "нет данных: таких процедур в этом году не было (календарь процедур)"
NOT_ASKED = "нет данных: процедур этого года в календаре нет, о результатах не спрашивали"
NOBODY = "нет данных: никто не вернул этих сведений"
SOME = "нет данных по части школ: они ничего не сообщили"


def indicator_gaps(
    found: pd.DataFrame, passport: Passport, logins: Iterable[str], years: Sequence[int], calendar: Sequence[Sitting]
) -> pd.DataFrame:
    """Returns for each indicator and year how many schools have it, and why the others do not.

    Args:
        found: `effectiveness.school_indicators`.
        passport: The indicators.
        logins: All schools of the registry.
        years: The years that must be accounted for.
        calendar: Which procedures were held.

    Returns:
        A table after contracts.effectiveness.IndicatorGaps; nothing of a year whose form did not ask for the lines that
        an indicator is made of.
    """
    schools = set(logins)
    known = found[found["value"].notna() & ~found["school_login"].isin([CITY, OTHERS])]
    pairs = known[["indicator_id", "calendar_year", "school_login"]].drop_duplicates().astype({"school_login": "str"})
    present = pairs.groupby(["indicator_id", "calendar_year"], observed=True)["school_login"].agg(set).to_dict()
    rows = []
    for indicator in passport.indicators:
        made_of = (*indicator.numerator, *indicator.denominator)
        for year in (one for one in years if are_asked(indicator.table, made_of, int(one))):
            having = present.get((indicator.id, year), set())
            missing = len(schools - having)
            rows.append(
                (indicator.id, int(year), len(having), missing, _reason(indicator, year, having, missing, calendar))
            )
    columns = ["indicator_id", "calendar_year", "school_count", "missing_school_count", "reason"]
    return shaped(pd.DataFrame(rows, columns=columns), IndicatorGaps)


def _reason(indicator: Indicator, year: int, having: set[str], missing: int, calendar: Sequence[Sitting]) -> str:
    if having:
        return SOME if missing else ""
    of_year = [one for one in calendar if one.calendar_year == year]
    held = any(
        one.scale == indicator.scale and (not indicator.procedures or one.procedure in indicator.procedures)
        for one in of_year
    )
    if held or indicator.table != "results":
        return NOBODY
    return NOT_HELD if of_year else NOT_ASKED


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
        return f"{BREAK}: {last} год — {before}; {now} год — {after}"
    if kind == 6:
        return f"{BREAK}: после {last} года в школу вошла другая"
    if kind == 5:
        return f"состав школ с результатом не тот, что за {last} год"
    return "недостаточно данных: прежних результатов нет" if kind == 3 else f"нет данных за {last} год"
