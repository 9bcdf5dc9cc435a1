"""Low procedures of a school by a rule, which schools the rule lists, and who leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import columns_of, shaped, typed_table
from analysis.contracts.effectiveness import LISTED_WORDS, LOW_WORDS, Selection, SelectionHits, SelectionThresholds
from analysis.contracts.facts import CITY, OTHERS
from analysis.indicators.measurement import blank_where_unknown, joined
from analysis.rules.methods import NO_REPETITION, PARTS_NOTHING, SAME_LIST, RuleSet
from analysis.rules.office_files import Sitting
from analysis.statistics.counts import Numbers, distinct_rows, fewest_reaching
from analysis.statistics.pooled import Rule, pooled_shares

# Which procedures of a school are low by a rule, how sure that is, and which repeat over a break.

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
    ).astype(TYPES)[list(columns_of(SelectionHits))]
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
        wanted |= one.among(indicators)
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


# Which schools a rule of low results lists, whom missing data or another threshold would change, and who leaves.
#
# «Да», «нет» and «нельзя сказать» are told apart everywhere: a procedure without a result could be low or not.

YES, NO, OPEN = 1, 0, -1
LISTED, UNLISTED, UNDECIDED = LISTED_WORDS
TELLABLE = 0.05  # as presentation.shares.UNSURE; a test holds them together
Answers = NDArray[np.int8]


@dataclass(frozen=True)
class RuleAtWork:
    """A rule and what decides whom it lists.

    Attributes:
        rule: The rule.
        hits: `selection_hits.rule_hits`.
        calendar: Which procedures were held.
        grades: school_login and programme_grade in which a school has ever had a result: a school without a grade 11
            owes no ЕГЭ. Of a school without any result everything is expected.
        logins: All schools of the registry.
    """

    rule: RuleSet
    hits: Hits
    calendar: Sequence[Sitting]
    grades: pd.DataFrame
    logins: Sequence[str]

    @property
    def years(self) -> list[int]:
        """The years of the hits."""
        return sorted(self.hits.table["calendar_year"].unique().tolist())


class _Answer(NamedTuple):
    """Whether each school is listed, over how many procedures it was low twice, and what decided it."""

    listed: Answers
    repeated: NDArray[np.int64]
    reasons: list[str]


@dataclass(frozen=True)
class _Year:
    """One year of a rule, a row a school and a column a procedure.

    Attributes:
        calendar_year: The year.
        low: 1 low, 0 not, NaN without a result.
        expected: Where a result was to be expected.
        truly: Of each school the probability that the condition of the year would be met with unlimited pupils.
        still_low: Of each school the probability that more procedures would be low than it may leave the list with.
    """

    calendar_year: int
    low: Numbers
    expected: NDArray[np.bool_]
    truly: Numbers
    still_low: Numbers

    @property
    def count(self) -> Numbers:
        """How many procedures are low."""
        return np.asarray(np.nansum(self.low, axis=1))

    @property
    def missing(self) -> Numbers:
        """How many expected procedures have no result."""
        return np.asarray((self.expected & np.isnan(self.low)).sum(axis=1))


def selection(work: RuleAtWork) -> pd.DataFrame:
    """Returns who is listed by a rule in each year of the hits, after contracts.effectiveness.Selection."""
    made = {year: _year(work, year) for year in work.years}
    parts, before = [], None
    for number, year in made.items():
        last = made.get(number - 1)
        answer = _listed(year, last, work.rule)
        parts.append(_page(work, year, answer, before if last else None))
        before = answer.listed
    columns = list(columns_of(Selection))
    return pd.concat(parts, ignore_index=True)[columns] if parts else typed_table(Selection)


def selection_thresholds(work: RuleAtWork) -> pd.DataFrame:
    """Returns who would be listed in each year at each threshold: contracts.effectiveness.SelectionThresholds."""
    rule, names, rows = work.rule, np.array(work.logins, dtype=object), []
    answers: dict[tuple[float, int], Answers] = {}
    thresholds = sorted({rule.threshold, *rule.alternative_thresholds})
    for threshold in thresholds:
        made = {year: _year(work, year, threshold) for year in work.years}
        answers |= {(threshold, year): _listed(one, made.get(year - 1), rule).listed for year, one in made.items()}
    for (threshold, year), listed in answers.items():
        own = answers[(rule.threshold, year)]
        entering, leaving = names[(listed == YES) & (own != YES)], names[(listed != YES) & (own == YES)]
        numbers = (int((listed == YES).sum()), int((listed == OPEN).sum()))
        rows.append(
            (rule.id, year, threshold, threshold == rule.threshold, *numbers, ", ".join(entering), ", ".join(leaving))
        )
    columns = list(columns_of(SelectionThresholds))
    frame = pd.DataFrame(rows, columns=columns).sort_values(columns[1:3], ignore_index=True)
    return shaped(frame, SelectionThresholds)


def _year(work: RuleAtWork, year: int, threshold: float | None = None) -> _Year:
    """The hits of a year as tables of schools and procedures; of two waves the low one counts."""
    rule, hits, logins = work.rule, work.hits, work.logins
    procedures = {one: place for place, one in enumerate(_procedures(rule))}
    table = hits.table
    school, procedure = _places(table, procedures, logins)
    at = np.flatnonzero((table["calendar_year"] == year).to_numpy() & (school >= 0))
    rows, where = table.iloc[at], (school[at], procedure[at])
    low = _low(rows, rule, threshold)
    order = np.argsort(np.nan_to_num(low, nan=-1), kind="stable")  # the low wave is written last and stays
    filled = np.full((len(logins), len(procedures)), np.nan)
    filled[where[0][order], where[1][order]] = low[order]
    expected = _held(procedures, work.calendar, year)[None, :] & _taught(procedures, work.grades, logins)
    truly = hits.truly.reindex(pd.MultiIndex.from_product([[year], logins])).to_numpy("float64")
    return _Year(year, filled, expected | ~np.isnan(filled), truly[:, 0], truly[:, 1])


def _places(
    table: pd.DataFrame, procedures: Mapping[tuple[str, str, int], int], logins: Sequence[str]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each hit the place of its school (−1: not in the registry) and of its procedure; each is looked up once."""
    numbers, names = pd.factorize(table["school_login"])
    school = pd.Index(logins).get_indexer(pd.Index(names))[numbers]
    keys = ["procedure", "subject", "programme_grade"]
    codes, firsts = distinct_rows(*(pd.factorize(table[key])[0] for key in keys))
    named = table.iloc[firsts][keys].itertuples(index=False, name=None)
    return school, np.array([procedures[one] for one in named], dtype=np.intp)[codes]


def _procedures(rule: RuleSet) -> list[tuple[str, str, int]]:
    """Every subject and programme grade of the rule is a procedure of its own."""
    named = [
        (one.procedure, s, grade) for one in rule.procedures for s in one.subjects for grade in one.programme_grades
    ]
    return list(dict.fromkeys(named))


def _low(rows: pd.DataFrame, rule: RuleSet, threshold: float | None) -> Numbers:
    base = rows["denominator"].to_numpy("float64", na_value=np.nan)
    count = rows["numerator"].to_numpy("float64", na_value=np.nan)
    limit = rule.threshold if threshold is None else threshold
    reached = fewest_reaching(limit, base)
    counted = (base >= rule.minimum_participants) & ~np.isnan(count) & (0 < limit < 1)
    return np.where(counted, (count >= reached).astype(np.float64), np.nan)


def _held(procedures: dict[tuple[str, str, int], int], calendar: Sequence[Sitting], year: int) -> NDArray[np.bool_]:
    held = [
        any(one.calendar_year == year and one.procedure == name and one.holds(subject, grade) for one in calendar)
        for name, subject, grade in procedures
    ]
    return np.array(held, dtype=bool)


def _taught(
    procedures: dict[tuple[str, str, int], int], grades: pd.DataFrame, logins: Sequence[str]
) -> NDArray[np.bool_]:
    shown = np.zeros((len(logins), 12), dtype=bool)
    at = pd.Index(logins).get_indexer(pd.Index(grades["school_login"]))
    known = at >= 0
    shown[at[known], grades["programme_grade"].to_numpy("int64")[known]] = True
    shown |= ~shown.any(axis=1, keepdims=True)
    return shown[:, [grade for _, _, grade in procedures]]


def _fires(year: _Year, rule: RuleSet) -> Answers:
    enough = year.count >= rule.minimum_low_procedures
    possible = year.count + year.missing >= rule.minimum_low_procedures
    return np.select([enough, possible], [YES, OPEN], NO).astype(np.int8)


def _listed(year: _Year, last: _Year | None, rule: RuleSet) -> _Answer:
    fires, calendar_year = _fires(year, rule), year.calendar_year
    twice = np.zeros(len(fires), dtype=np.int64) if last is None else np.nansum(year.low * last.low, axis=1).astype(int)
    again = _again(year, last, rule, twice)
    listed = np.where((fires == NO) | (again == NO), NO, np.where((fires == YES) & (again == YES), YES, OPEN))
    said = np.select([fires == NO, fires == OPEN, again == NO, again == OPEN], [0, 1, 2, 3 if last else 4], 5)
    if not rule.parts_schools:
        return _Answer(np.full(len(fires), OPEN, dtype=np.int8), twice, [PARTS_NOTHING] * len(fires))
    met = f"за {calendar_year} год условие выполнено"
    texts = [
        f"низких процедур меньше {rule.minimum_low_procedures}, даже если недостающие окажутся низкими",
        f"низких процедур меньше {rule.minimum_low_procedures}, но недостающие могут это изменить",
        f"{met}, повторения нет",
        f"{met}, о повторении нельзя сказать: за {calendar_year - 1} год данных мало",
        f"{met}, о повторении нельзя сказать: данных за {calendar_year - 1} год нет",
        "условие правила выполнено",
    ]
    return _Answer(listed.astype(np.int8), twice, [texts[number] for number in said])


def _again(year: _Year, last: _Year | None, rule: RuleSet, twice: NDArray[np.int64]) -> Answers:
    """Whether the rule's clause of repetition holds."""
    if rule.repetition == NO_REPETITION:
        return np.full(len(twice), YES, dtype=np.int8)
    if last is None:
        return np.full(len(twice), OPEN, dtype=np.int8)
    if rule.repetition == SAME_LIST:
        return _fires(last, rule)
    could_be = [np.where(one.expected & np.isnan(one.low), 1.0, np.nan_to_num(one.low)) for one in (year, last)]
    possible = (could_be[0] * could_be[1]).any(axis=1)
    return np.select([twice > 0, possible], [YES, OPEN], NO).astype(np.int8)


def _page(work: RuleAtWork, year: _Year, answer: _Answer, before: Answers | None) -> pd.DataFrame:
    rule, logins = work.rule, work.logins
    known = ~np.isnan(year.low)
    leaving, still_low, note = _leaving(year, before, rule)
    index = pd.RangeIndex(len(logins))
    words = np.array([UNLISTED, LISTED, UNDECIDED], dtype=object)  # by NO, YES and OPEN as the last
    return pd.DataFrame(
        {
            "rule_id": pd.Series(rule.id, index=index, dtype="str"),
            "school_login": pd.Series(list(logins), index=index, dtype="str"),
            "calendar_year": pd.Series(year.calendar_year, index=index, dtype="int64"),
            "expected_procedure_count": year.expected.sum(axis=1).astype("int64"),
            "known_procedure_count": known.sum(axis=1).astype("int64"),
            "low_procedure_count": year.count.astype("int64"),
            "repeated_low_count": answer.repeated.astype("int64"),
            "listed": pd.Series(words[answer.listed], index=index, dtype="str"),
            "reason": pd.Series(answer.reasons, index=index, dtype="str"),
            "low_probability": blank_where_unknown(year.truly),
            "leaving": pd.Series(leaving, index=index, dtype="str"),
            "still_low_probability": blank_where_unknown(still_low),
            "leaving_note": pd.Series(note, index=index, dtype="str"),
        }
    )


def _leaving(
    year: _Year, before: Answers | None, rule: RuleSet
) -> tuple[NDArray[np.object_], Numbers, NDArray[np.object_]]:
    """Of the schools listed the year before: who leaves, and whether as few low procedures may be chance."""
    size = len(year.low)
    was = np.zeros(size, dtype=bool) if before is None else before == YES
    stays, unsure = year.count > rule.leave_low_count, year.count + year.missing > rule.leave_low_count
    words = np.select([~was, stays, unsure], ["", "остаётся", "нельзя сказать"], "выходит")
    leaves = words == "выходит"
    still_low = np.where(leaves, year.still_low, np.nan)
    known = [~leaves, np.isnan(still_low), still_low > TELLABLE]
    note = np.select(known, ["", "оценить не удалось", "неотличимо от случая"], "отличимо от случая")
    return words.astype(object), still_low, note.astype(object)
