"""Which schools a rule of low results lists, whom missing data or another threshold would change, and who leaves.

«Да», «нет» and «нельзя сказать» are told apart everywhere: a procedure without a result could be low or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.effectiveness import LISTED_WORDS, Selection, SelectionThresholds
from analysis.indicators.keyed import blank_where_unknown
from analysis.indicators.selection_hits import Hits
from analysis.indicators.uncertainty import Numbers, distinct_rows, fewest_reaching
from analysis.rules.exam_calendar import Sitting
from analysis.rules.methods import NO_REPETITION, PARTS_NOTHING, SAME_LIST, RuleSet

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
    columns = list(Selection.to_schema().columns)
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
    columns = list(SelectionThresholds.to_schema().columns)
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
