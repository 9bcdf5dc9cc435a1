"""The indicators of schools and of the city: each value, how sure it is, and which are missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import pandas_types
from analysis.contracts.effectiveness import AGAINST_CITY, SchoolIndicators
from analysis.contracts.school_facts import are_asked
from analysis.indicators.change import change_columns, one_way
from analysis.indicators.indicator_links import indicator_links, part_of
from analysis.indicators.keyed import CITY, KEYS, OTHERS, Keyed, blank_where_unknown, joined, keyed_tables
from analysis.indicators.links import NONE, Links, pointing
from analysis.indicators.measurement import Measured, measured
from analysis.indicators.stabilise import REASONS, STABLE, Regime, Stabilised, stabilised
from analysis.indicators.uncertainty import (
    FUNNEL_LEVELS,
    Numbers,
    at_least,
    funnel_limits,
)
from analysis.rules.exam_calendar import Sitting
from analysis.rules.indicator_passport import GIVEN_MEAN, JEFFREYS, NO_INTERVAL, SHARE, Indicator, Method, Passport

COLUMNS = list(SchoolIndicators.to_schema().columns)
NO_DATA = "нет данных: школа этого не указала"
ZERO_BASE = "недостаточно данных: знаменатель равен нулю"
LOWER_BOUND = "нижняя граница: о части нет сведений"
CITY_BOUND = "значение города не меньше напечатанного: о части нет сведений"
ALONE = "недостаточно данных: сравнить не с кем, результат только у одной школы"
NOT_STABILISED = "не стабилизировано: "
SHIFTED = "почти все школы изменились в одну сторону: проверьте, можно ли сравнивать с прежним годом"
NO_THRESHOLD = "недостаточно данных: порог 0 или 1 ничего не отделяет"


def school_indicators(
    tables: Mapping[str, pd.DataFrame], passport: Passport, calendar: Sequence[Sitting]
) -> pd.DataFrame:
    """Returns every indicator of the passport for every school, the city and the schools that are not supported.

    Args:
        tables: Typed tables: results, context, staff, deficits, self_assessment, contests, school_measures and
            school_status; any may be missing.
        passport: What is computed.
        calendar: Which sittings may be compared.

    Returns:
        A table after contracts.effectiveness.SchoolIndicators: schools of a table first, then its whole groups. Where
        something cannot be said the cell is blank and `flags` or `change_note` give the reason.
    """
    return school_indicators_and_links(tables, passport, calendar)[0]


def school_indicators_and_links(
    tables: Mapping[str, pd.DataFrame], passport: Passport, calendar: Sequence[Sitting]
) -> tuple[pd.DataFrame, dict[str, Links]]:
    """Returns the same table and its edges: received rows, entry of the passport, earlier year, city."""
    keyed = keyed_tables(tables, calendar)
    wanted = [one for one in passport.indicators if one.table in keyed]
    names = pd.CategoricalDtype([one.id for one in passport.indicators])
    rows, parts = [], []
    for one in wanted:
        found = measured(keyed[one.table], one)
        if len(found.rows):
            rows.append(_of_indicator(found, keyed[one.table], one, passport.method, names))
            parts.append(part_of(one, keyed[one.table], found))
    table, links = _together(rows)[COLUMNS] if rows else _nothing(), indicator_links(parts, tables, passport)
    # Where a year was not compared after all (other schools in the sum), nothing stands behind the change.
    compared = np.where(table["earlier_year"].notna(), links["earlier"].nodes, NONE)
    return table, {**links, "earlier": pointing("school_indicators", compared)}


def _of_indicator(
    found: Measured, keyed: Keyed, indicator: Indicator, method: Method, names: pd.CategoricalDtype
) -> pd.DataFrame:
    steady = _stabilised(found, indicator, method, keyed.group_count)
    keys = keyed.keys.take(found.rows).reset_index(drop=True)
    place = names.categories.get_loc(indicator.id)
    numbers = {
        "numerator": found.numerator,
        "denominator": found.denominator,
        "value": found.value,
        "interval_low": found.low,
        "interval_high": found.high,
        "stabilised_value": steady.value,
        "stabilised_low": steady.low,
        "stabilised_high": steady.high,
        "threshold_probability": _over_threshold(found, steady, indicator),
        "city_value": found.city,
    }
    return pd.DataFrame(
        {
            "indicator_id": pd.Categorical.from_codes(np.full(len(keys), place), dtype=names),
            **{key: keys[key] for key in KEYS},
            **{name: blank_where_unknown(column) for name, column in numbers.items()},
            "against_city": _against_city(found, indicator),
            **change_columns(found, keyed, indicator, method),
            "flags": _flags(found, steady, indicator, method, one_way(found, keyed, method.fewest_schools)),
        }
    )  # fmt: skip


def _stabilised(found: Measured, indicator: Indicator, method: Method, groups: int) -> Stabilised:
    value, low, high, over, alpha, beta = (np.full(len(found.rows), np.nan) for _ in range(6))
    verdicts = np.full(len(found.rows), STABLE, dtype=np.int8)
    rows = np.flatnonzero((found.value[: found.schools] >= 0) & (found.denominator[: found.schools] > 0))
    if not indicator.stabilise or not len(rows):
        return Stabilised(value, low, high, over, verdicts, alpha, beta)
    regime = Regime(method.fewest_schools, method.largest_spread_error)
    threshold = np.full(groups, np.nan if indicator.threshold is None else indicator.threshold)
    of = stabilised(found.numerator[rows], found.denominator[rows], found.groups[rows], threshold, regime, groups)
    value[rows], low[rows], high[rows], over[rows] = of.value, of.low, of.high, of.over_threshold
    verdicts[rows] = of.verdicts
    return Stabilised(value, low, high, over, verdicts, alpha, beta)


def _over_threshold(found: Measured, steady: Stabilised, indicator: Indicator) -> Numbers:
    """By the stabilised share where there is one, else by the school's own counts."""
    if indicator.threshold is None or indicator.interval != JEFFREYS or not 0 < indicator.threshold < 1:
        return np.full(len(found.rows), np.nan)
    known = found.denominator > 0
    count, base = np.where(known, found.numerator, 0.0), np.where(known, found.denominator, 1.0)
    plain = np.where(known, at_least(count + 0.5, base - count + 0.5, indicator.threshold), np.nan)
    return np.where(np.isnan(steady.over_threshold), plain, steady.over_threshold)


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


def _flags(
    found: Measured, steady: Stabilised, indicator: Indicator, method: Method, shifted: NDArray[np.bool_]
) -> "pd.Categorical[Any]":
    """What must be said of each row, joined; each combination is made once."""
    unknown = np.isnan(found.numerator if indicator.kind != GIVEN_MEAN else found.value)
    zero = found.denominator == 0
    of_schools = np.arange(len(found.rows)) < found.schools
    degenerate = indicator.threshold is not None and not 0 < indicator.threshold < 1
    said: list[tuple[str, NDArray[np.bool_]]] = [
        (NO_DATA, unknown & ~zero),
        (ZERO_BASE, zero),
        (f"мало участников: меньше {method.small_base}", _few(found, indicator, method.small_base)),
        (LOWER_BOUND, found.partial & ~np.isnan(found.value)),
        (CITY_BOUND, of_schools & found.city_partial),
        (f"без интервала: {indicator.interval_note}", ~unknown & (indicator.interval == NO_INTERVAL)),
        (ALONE, of_schools & ~unknown & ~zero & (found.known_schools == 1) & indicator.stabilise),
        (NO_THRESHOLD, ~unknown & degenerate),
        (SHIFTED, shifted & (indicator.interval == JEFFREYS)),
        *(
            (f"{NOT_STABILISED}{reason.format(schools=method.fewest_schools)}", steady.verdicts == verdict)
            for verdict, reason in REASONS.items()
        ),
    ]
    return joined(said)


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


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in pandas_types(SchoolIndicators).items()})


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
    return pd.DataFrame(rows, columns=columns).astype(
        {"indicator_id": "str", "reason": "str"} | dict.fromkeys(columns[1:4], "int64")
    )


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
