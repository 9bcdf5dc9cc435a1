"""Which procedures of a school are low by a rule, how often by chance, and which repeat over a break."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.effectiveness import LOW_WORDS, SelectionHits
from analysis.indicators.keyed import CITY, OTHERS, blank_where_unknown, joined
from analysis.indicators.stabilise import Regime, stabilised
from analysis.indicators.uncertainty import (
    PRIOR_COUNT,
    Numbers,
    at_least,
    chance_of_count_or_more,
    distinct_rows,
    fewest_reaching,
)
from analysis.rules.exam_calendar import Sitting
from analysis.rules.indicator_passport import Method
from analysis.rules.methods import PARTS_NOTHING, RuleSet

KEPT = ["calendar_year", "procedure", "subject", "programme_grade", "wave"]
TYPES = {"procedure": "str", "subject": "str", "wave": "str", "calendar_year": "int64", "programme_grade": "int64"}
NUMBERS = ["numerator", "denominator", "value", "interval_low", "interval_high", "city_value"]


@dataclass(frozen=True)
class Hits:
    """The procedures of a rule.

    Attributes:
        table: After contracts.effectiveness.SelectionHits.
        alpha: Posterior of the true share of each row: stabilised, else by its own counts; NaN without data.
        beta: Its second parameter.
        earlier_year: The latest comparable year of each row; 0 where there is none.
    """

    table: pd.DataFrame
    alpha: Numbers
    beta: Numbers
    earlier_year: NDArray[np.int64]


def rule_hits(indicators: pd.DataFrame, rule: RuleSet, method: Method) -> Hits:
    """Holds a rule against the shares of every school.

    Args:
        indicators: `effectiveness.school_indicators`.
        rule: The rule.
        method: When shares may be stabilised.
    """
    rows = _rows(indicators, rule)
    numbers = {name: rows[name].to_numpy("float64", na_value=np.nan) for name in NUMBERS}
    count, base, city = numbers["numerator"], numbers["denominator"], numbers["city_value"]
    known = (base > 0) & ~np.isnan(count)
    alpha, beta, steady = _posteriors(rows, count, base, known, rule, method)
    enough = known & (base >= rule.minimum_participants)
    reached = fewest_reaching(rule.threshold, np.where(known, base, np.nan))
    false_alarm, miss = _errors(reached, base, city, known, rule.threshold)
    low = np.where(enough & rule.parts_schools, np.where(count >= reached, "да", "нет"), "нет данных")
    over = at_least(np.where(known, alpha, 1.0), np.where(known, beta, 1.0), rule.threshold)
    flags = _flags(rule, method, base, known, steady, false_alarm)
    table = pd.DataFrame(
        {
            "rule_id": pd.Series(rule.id, index=rows.index, dtype="str"),
            "school_login": rows["school_login"].astype("str"),
            **{name: rows[name] for name in KEPT},
            **{name: rows[name] for name in NUMBERS[:5]},
            "is_low": pd.Series(low, index=rows.index, dtype="str"),
            "low_probability": blank_where_unknown(np.where(known & rule.parts_schools, over, np.nan)),
            "city_value": rows["city_value"],
            "false_alarm_probability": blank_where_unknown(false_alarm),
            "miss_probability": blank_where_unknown(miss),
            "flags": pd.Series(flags, index=rows.index, dtype="str"),
        }
    ).astype(TYPES)[list(SelectionHits.to_schema().columns)]
    earlier = rows["earlier_year"].to_numpy("int64", na_value=0)
    return Hits(table, np.where(known, alpha, np.nan), np.where(known, beta, np.nan), earlier)


def _flags(
    rule: RuleSet, method: Method, base: Numbers, known: NDArray[np.bool_], steady: NDArray[np.bool_], alarm: Numbers
) -> NDArray[np.object_]:
    few, parts = rule.minimum_participants, rule.parts_schools
    said = [
        ("нет данных", ~known),
        (f"участников меньше {few}: процедура не учитывается", known & (base < few)),
        (f"мало участников: меньше {method.small_base}", known & (base < method.small_base)),
        ("вероятность по своим данным, без стабилизации", known & ~steady),
        ("недостаточно данных: доля города сама не ниже порога", known & np.isnan(alarm) & parts),
        (f"недостаточно данных: {PARTS_NOTHING}", np.full(len(base), not parts)),
    ]
    return np.asarray(joined(said))


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


def _posteriors(
    rows: pd.DataFrame, count: Numbers, base: Numbers, known: NDArray[np.bool_], rule: RuleSet, method: Method
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """The posterior of each share and whether it is stabilised; else it rests on the school's own counts."""
    keys = ["indicator_id", "procedure", "subject", "programme_grade", "sitting_grade", "wave", "calendar_year"]
    groups, firsts = distinct_rows(*(pd.factorize(rows[key])[0] for key in keys))
    alpha, beta = count + PRIOR_COUNT, base - count + PRIOR_COUNT
    steady = np.zeros(len(rows), dtype=bool)
    at = np.flatnonzero(known)
    if len(at):
        regime = Regime(method.fewest_schools, method.largest_spread_error)
        found = stabilised(count[at], base[at], groups[at], np.full(len(firsts), rule.threshold), regime, len(firsts))
        steady[at] = ~np.isnan(found.alpha)
        alpha[at] = np.where(steady[at], found.alpha, alpha[at])
        beta[at] = np.where(steady[at], found.beta, beta[at])
    return alpha, beta, steady


def _errors(
    reached: Numbers, base: Numbers, city: Numbers, known: NDArray[np.bool_], threshold: float
) -> tuple[Numbers, Numbers]:
    """Exact binomial: a false alarm at the city's share, a miss at the share as far above the threshold as the city is
    below it; NaN where the city is not below the threshold, or that share would be no share."""
    usual = known & (city < threshold) & (0 < threshold < 1)
    n, c = np.where(known, base, 1.0), np.where(known, reached, 1.0)
    alarm = chance_of_count_or_more(c, n, np.where(usual, city, 0.5))
    mirrored = 2 * threshold - city
    truly_low = usual & (mirrored < 1)
    missed = 1 - chance_of_count_or_more(c, n, np.where(truly_low, mirrored, 0.5))
    return np.where(usual, alarm, np.nan), np.where(truly_low, missed, np.nan)


PROCEDURE = ["school_login", "procedure", "subject", "programme_grade"]
LOW = LOW_WORDS[0]


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
