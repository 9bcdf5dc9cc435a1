"""Which procedures of a school are low by a rule, how sure that is, and which repeat over a break."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.effectiveness import LOW_WORDS, SelectionHits
from analysis.contracts.school_groups import CITY, OTHERS
from analysis.indicators.keyed import blank_where_unknown, joined
from analysis.indicators.uncertainty import Numbers, distinct_rows, fewest_reaching
from analysis.rules.exam_calendar import Sitting
from analysis.rules.methods import PARTS_NOTHING, RuleSet
from analysis.statistics.pooled import pooled_shares
from analysis.statistics.rules import Rule

KEPT = ["calendar_year", "procedure", "subject", "programme_grade", "wave"]
TYPES = {"procedure": "str", "subject": "str", "wave": "str", "calendar_year": "int64", "programme_grade": "int64"}
NUMBERS = ["numerator", "denominator", "value", "interval_low", "interval_high", "city_value"]
PROCEDURE = ["school_login", "procedure", "subject", "programme_grade"]
LOW = LOW_WORDS[0]


@dataclass(frozen=True)
class Hits:
    """The procedures of a rule.

    Attributes:
        table: After contracts.effectiveness.SelectionHits.
        truly: By calendar_year and school_login: `low_probability`, that the condition of the year would be met with
            unlimited pupils, all procedures together; and `still_low_probability`, that more procedures would be low
            than the rule lets a school leave with.
    """

    table: pd.DataFrame
    truly: pd.DataFrame


def rule_hits(indicators: pd.DataFrame, rule: RuleSet, small_base: int) -> Hits:
    """Holds a rule against the shares of every school.

    Args:
        indicators: `effectiveness.school_indicators`.
        rule: The rule.
        small_base: Fewer participants are flagged.
    """
    rows = _rows(indicators, rule)
    numbers = {name: rows[name].to_numpy("float64", na_value=np.nan) for name in NUMBERS}
    count, base = numbers["numerator"], numbers["denominator"]
    known = (base > 0) & ~np.isnan(count)
    reached = fewest_reaching(rule.threshold, np.where(known, base, np.nan))
    counted = known & (base >= rule.minimum_participants) & rule.parts_schools
    low = np.where(counted, np.where(count >= reached, *LOW_WORDS[:2]), LOW_WORDS[2])
    over, truly = _truly(rows, known & rule.parts_schools, counted & _decides(rows, low), rule)
    table = pd.DataFrame(
        {
            "rule_id": pd.Series(rule.id, index=rows.index, dtype="str"),
            "school_login": rows["school_login"].astype("str"),
            **{name: rows[name] for name in KEPT},
            **{name: rows[name] for name in NUMBERS[:5]},
            "is_low": pd.Series(low, index=rows.index, dtype="str"),
            "low_probability": blank_where_unknown(over),
            "city_value": rows["city_value"],
            "flags": pd.Series(_flags(rule, small_base, base, known), index=rows.index, dtype="str"),
        }
    ).astype(TYPES)[list(SelectionHits.to_schema().columns)]
    return Hits(table, truly)


def _flags(rule: RuleSet, small_base: int, base: Numbers, known: NDArray[np.bool_]) -> NDArray[np.object_]:
    few, parts = rule.minimum_participants, rule.parts_schools
    said = [
        ("нет данных", ~known),
        (f"участников меньше {few}: процедура не учитывается", known & (base < few)),
        (f"мало участников: меньше {small_base}", known & (base < small_base)),
        (f"недостаточно данных: {PARTS_NOTHING}", np.full(len(base), not parts)),
    ]
    return np.asarray(joined(said))


def _decides(rows: pd.DataFrame, low: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Of several waves of one procedure the first low one decides, or where none is low the first."""
    order = rows[[*PROCEDURE, "calendar_year"]].assign(low=low != LOW).sort_values("low", kind="stable")
    return np.asarray(~order.duplicated([*PROCEDURE, "calendar_year"]).reindex(rows.index), dtype=bool)


def _truly(
    rows: pd.DataFrame, known: NDArray[np.bool_], counted: NDArray[np.bool_], rule: RuleSet
) -> tuple[Numbers, pd.DataFrame]:
    """Of each known share the probability that it would not be below the threshold; and of each school and year those
    of `Hits.truly`, over the procedures that are counted."""
    keys = ["indicator_id", "procedure", "subject", "programme_grade", "sitting_grade", "wave"]
    school, names = pd.factorize(rows["school_login"].astype("str"))
    columns = [rows["numerator"], rows["denominator"], pd.Series(school), pd.Series(distinct_rows(
        *(pd.factorize(rows[key])[0] for key in keys))[0])]  # fmt: skip
    over = np.full(len(rows), np.nan)
    years = rows["calendar_year"].to_numpy("int64")
    least = {"low_probability": rule.minimum_low_procedures, "still_low_probability": rule.leave_low_count + 1}
    whole = Rule(rule.threshold, tuple(least.values()), counted[known])
    shares = pooled_shares(*(one[known] for one in columns), threshold=whole, town=years[known])
    over[known] = shares.over_threshold
    at = {"calendar_year": shares.schools.town, "school_login": names[shares.schools.school]}
    truly = pd.DataFrame({**at, **dict(zip(least, shares.schools.meets_rule, strict=True))})
    return over, truly.set_index(["calendar_year", "school_login"])


def _rows(indicators: pd.DataFrame, rule: RuleSet) -> pd.DataFrame:
    return indicators[ruled(indicators, rule)].reset_index(drop=True)


def ruled(indicators: pd.DataFrame, rule: RuleSet) -> "pd.Series[bool]":
    """Which indicators of schools a rule looks at."""
    schools = ~indicators["school_login"].isin([CITY, OTHERS])
    wanted = pd.Series(False, index=indicators.index)
    for one in rule.procedures:
        wanted |= (
            (indicators["indicator_id"] == one.indicator)
            & (indicators["procedure"] == one.procedure)
            & indicators["subject"].isin(one.subjects)
            & indicators["programme_grade"].isin(one.programme_grades)
        )
    return schools & wanted


def repeated_over_breaks(hits: pd.DataFrame, calendar: Sequence[Sitting], rule_id: str, year: int) -> pd.DataFrame:
    """Returns the procedures that were low in a year and the year before though the calendar forbids to compare them.

    Args:
        hits: After contracts.effectiveness.SelectionHits.
        calendar: Its word of comparability decides; of several waves it is enough that two low ones compare.
        rule_id: The rule.
        year: The later year.

    Returns:
        A row a school and procedure: `PROCEDURE` and the two words, comparability_before and comparability.
    """
    words = {(one.procedure, one.calendar_year, one.wave): one.comparability for one in calendar}
    low = hits[(hits["rule_id"] == rule_id) & (hits["is_low"] == LOW) & hits["calendar_year"].isin([year - 1, year])]
    sittings = zip(low["procedure"], low["calendar_year"], low["wave"], strict=True)
    found = low[PROCEDURE].assign(comparability=[words.get(one, "") for one in sittings])
    is_now = low["calendar_year"] == year
    pairs = found[is_now].merge(found[~is_now], on=PROCEDURE, suffixes=("", "_before"))
    pairs = pairs.assign(compares=pairs["comparability"] == pairs["comparability_before"])
    compares = pairs.groupby(PROCEDURE, sort=False)["compares"].transform("any").astype(bool)
    columns = [*PROCEDURE, "comparability_before", "comparability"]
    return pairs.loc[~compares, columns].drop_duplicates(PROCEDURE, ignore_index=True)
