"""Numbers that may be right but look odd beside enrolment, last year or other schools. All functions are pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.cleaning.school_sheet_rules import plain_number
from analysis.contracts.findings import Finding, Severity
from analysis.contracts.outcomes import ASKS
from analysis.contracts.school_facts import GRADES, LINED, MARK_COLUMNS

# Thresholds for questions to a person. They change no number: a row that is named stays as it is.
# The count of a school rarely triples in a year, but below ten a single class can do so.
MANY_TIMES, MORE_THAN = 3, 10
# One absent pupil in five means an illness or a forgotten class. Smaller enrolments are not judged.
COVERAGE_FALL, LEAST_ENROLLED = 0.2, 10
# Few pupils choose an optional exam, and their number says nothing. It never covered its grade.
LEAST_COVERED, WHOLE_GRADE = 0.75, 1.0
# Three equal distributions of ten or more pupils are hardly a coincidence.
EQUAL_ROWS, LEAST_IN_BLOCK, PLACES_NAMED = 3, 10, 20
LOOK = "Сверьте с первичными сведениями школы; если число верно, делать ничего не нужно."
SITTING = ["school_login", "procedure", "subject", "programme_grade", "sitting_grade", "wave"]
# What is compared with last year: the table, its key besides the year, its number.
COMPARED = (
    *((name, ["school_login", one.line], one.amount) for name, one in LINED.items()),
    ("results", SITTING, "participant_count"),
    ("deficits", ["school_login", "competence"], "diagnosed_teacher_count"),
)


def implausible(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns what a person should look at in the tables of school facts; all of it keeps its rows.

    Args:
        tables: Those of COMPARED, as contracts.school_facts describes them.
    """
    enrolled = with_enrolment(tables["results"], tables["context"])
    return [
        *above_enrolment(enrolled),
        *lower_coverage(enrolled),
        *(finding for name, key, column in COMPARED for finding in changed_much(tables[name], key, column)),
        *same_blocks(tables["results"]),
    ]


def with_enrolment(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Returns the results whose school has said how many pupils the participants' grade had in that school year.

    Adds `enrolled_count` and `enrolled_place`, the file and the cell that say so.
    """
    grades = context[context["pupil_group"].isin(list(GRADES))]
    enrolment = grades[["school_login", "school_year"]].assign(
        sitting_grade=grades["pupil_group"].map(GRADES).astype("int64"),
        enrolled_count=grades["group_pupil_count"],
        enrolled_place=grades["source_file"] + ": " + grades["place"],
    )
    return results.merge(enrolment, on=["school_login", "school_year", "sitting_grade"])


def above_enrolment(enrolled: pd.DataFrame) -> list[Finding]:
    """Returns the results with more participants than their grade had pupils."""
    both = "участников {participant_count}, обучающихся {enrolled_count} ({enrolled_place})"
    above = _records(enrolled[enrolled["participant_count"] > enrolled["enrolled_count"]])
    said = f"{ASKS['above_enrolment']}: {both}"
    return [_look(row, "participant_count", said.format_map(row)) for row in above]


def lower_coverage(enrolled: pd.DataFrame) -> list[Finding]:
    """Returns the results that cover markedly less of their grade than the same sitting, which covered it, did a year
    before."""
    large = enrolled[enrolled["enrolled_count"] >= LEAST_ENROLLED]
    coverage = (large["participant_count"] / large["enrolled_count"]).clip(upper=WHOLE_GRADE)
    pairs = _beside_last_year(large.assign(coverage=coverage), SITTING)
    pairs = pairs[pairs["coverage_before"] >= LEAST_COVERED]
    now, before = "{participant_count} из {enrolled_count}", "{participant_count_before} из {enrolled_count_before}"
    said = f"{ASKS['lower_coverage']}: {now}, а было {before}"
    fallen = _records(pairs[pairs["coverage_before"] - pairs["coverage"] >= COVERAGE_FALL])
    return [_look(row, "participant_count", said.format_map(row)) for row in fallen]


def changed_much(frame: pd.DataFrame, key: Sequence[str], column: str) -> list[Finding]:
    """Returns the rows whose number has become several times larger or smaller within a year."""
    pairs = _beside_last_year(frame, key)
    both = pairs[[column, f"{column}_before"]]
    least, most = both.min(axis=1), both.max(axis=1)
    found = []
    for row in _records(pairs[(most > MANY_TIMES * least) & (most - least > MORE_THAN)]):
        now, before = (plain_number(row[name]) for name in (column, f"{column}_before"))
        where = f"{row['source_file_before']}: {row['place_before']}"
        found.append(_look(row, column, f"{ASKS['magnitude']}: стало {now}, а было {before} ({where})"))
    return found


def same_blocks(results: pd.DataFrame) -> list[Finding]:
    """Returns a finding for each two schools or years that have the same distributions of marks in several rows."""
    marked = results[results[MARK_COLUMNS].notna().all(axis=1) & (results["participant_count"] >= LEAST_IN_BLOCK)]
    alike = ["procedure", "subject", "programme_grade", *MARK_COLUMNS]
    met = marked[marked.duplicated(alike, keep=False)].sort_values(["calendar_year", "school_login"], kind="stable")
    shared: dict[tuple[Any, Any], list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(list)
    for _, group in met.groupby(alike, sort=False):
        for before, after in combinations(_records(group), 2):
            sheets = [(row["school_login"], row["calendar_year"]) for row in (before, after)]
            if sheets[0] != sheets[1]:
                shared[(sheets[0], sheets[1])].append((before, after))
    return [_block(pairs) for pairs in shared.values() if len(pairs) >= EQUAL_ROWS]


def _block(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Finding:
    before, after = pairs[0]
    others = "; ".join(str(one["place"]) for one, _ in pairs[:EQUAL_ROWS])
    said = f"{ASKS['same_block']}. Строк с теми же числами: {len(pairs)} ({before['source_file']}: {others} …)."
    places = tuple(str(one["place"]) for _, one in pairs[:PLACES_NAMED])
    return Finding("plausibility", Severity.ATTENTION, str(after["source_file"]), places, "", said, LOOK)


def _beside_last_year(frame: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """The rows that have one with the same key in the year before; its columns end with _before."""
    before = frame.assign(calendar_year=frame["calendar_year"] + 1)
    return frame.merge(before, on=[*key, "calendar_year"], suffixes=("", "_before"))


def _look(row: Mapping[str, Any], column: str, said: str) -> Finding:
    file, place, value = str(row["source_file"]), (str(row["place"]),), plain_number(row[column])
    return Finding("plausibility", Severity.ATTENTION, file, place, value, f"{said}.", LOOK)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")
