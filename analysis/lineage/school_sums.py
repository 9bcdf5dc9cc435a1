"""A cell of a table about schools: by which rule it is added up, from which rows; what is hidden stays hidden."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.contracts.school_facts import GRADES, JOURNAL_COLUMNS, POSTS, PUPIL_TOTAL, TEACHERS, VACANCIES
from analysis.contracts.school_groups import (
    GRADE_GROUPS,
    JOURNAL_SHARES,
    MARK_SHARES,
    OTHERS,
    SCHOOL,
    SCORE_SHARES,
    column_title,
)
from analysis.indicators.duties import supported_schools
from analysis.indicators.school_facts import SITTING
from analysis.indicators.school_tables import PARTS
from analysis.lineage.ground import Ground
from analysis.lineage.school_rows import number_words
from analysis.presentation.words import NOT_STATED, Row, rows_of
from analysis.rules.disclosure_policy import DISCLOSURE_FILE
from analysis.rules.exam_calendar import MARK_SCALE, SCORE_SCALE

Cells = Mapping[str, str]
# The first of these columns that a printed row has says which typed table it adds up.
TABLES = {
    "pupil_group": "context",
    "staff_group": "staff",
    "competence": "deficits",
    "contest_level": "contests",
    "criterion": "self_assessment",
    "procedure": "results",
}
# Part and base of the shares of results.
RESULT_SHARES = {
    **{share: (count, "participant_count") for count, share in (*MARK_SHARES.items(), *SCORE_SHARES.items())},
    **{share: (count, "compared_count") for count, share in JOURNAL_SHARES.items()},
}
MEANS = {"assessment_score": "балл школы; у групп школ — среднее по школам, до 0,01"}
MISSING = f"{NOT_STATED}: хотя бы одна школа этого не сообщила, поэтому общего числа нет; это не ноль"


@dataclass(frozen=True)
class Term:
    """One number that a cell is made of.

    Attributes:
        title: What it is called.
        column: The column of the printed table that shows it; empty where none does.
        rows: The typed rows that are added.
        adds: What each of them adds.
    """

    title: str
    column: str
    rows: Sequence[Row]
    adds: Callable[[Row], Any]


def is_by_group(cells: Cells) -> bool:
    """Whether a printed row is about a group of schools (contracts.school_groups)."""
    return {"scope", "group_name"} <= cells.keys() and bool(TABLES.keys() & cells.keys())


def is_hidden(column: str, cells: Cells) -> bool:
    """Whether the public may not see this cell."""
    titles = cells.get("hidden_columns", "").split("; ")
    return not cells.get(column) and column != "hidden_columns" and column_title(column) in titles


def policy_words(ground: Ground) -> str:
    """Which rule hides, and on what ground."""
    policy = ground.policy
    return (
        f"{DISCLOSURE_FILE}, версия {policy.version}: скрыты числа людей меньше {policy.smallest_count}, доли и "
        f"средние меньше чем по {policy.smallest_base} и то, из чего скрытое можно вычислить; {policy.ground}"
    )


def group_chain(column: str, cells: Cells, internal_id: str, ground: Ground) -> Iterator[str]:
    """The rule of a cell and the rows behind it.

    Args:
        column: The column that is asked for.
        cells: The printed row, as text.
        internal_id: The id of the same cell in the report for the office; empty where that is the one asked for. A
            public cell shows no value of a row, because from them a hidden number could be told.
        ground: What chains stand on.
    """
    terms = list(_terms(column, cells, ground))
    if not terms:
        return
    yield f"правило: {_rule(column, terms)}"
    if is_hidden(column, cells):
        yield f"откуда скрытое число — в служебном отчёте: analysis explain '{internal_id}'"
        return
    for term in terms:
        yield from _public(term, cells, ground) if internal_id else _whole(term, ground)
    if internal_id:
        yield f"значения строк — в служебном отчёте: analysis explain '{internal_id}'"


def _whole(term: Term, ground: Ground) -> Iterator[str]:
    values = [term.adds(row) for row in term.rows]
    total = _added(values)
    yield f"{term.title}: {MISSING if total is pd.NA else number_words(total)} ← строк {len(values)}"
    for row, value in zip(term.rows, values, strict=True):
        yield f"  {_school(row, ground)}: {number_words(value)} ← {ground.cell(row)}"


def _public(term: Term, cells: Cells, ground: Ground) -> Iterator[str]:
    shown = f": {cells[term.column].replace('.', ',')}" if cells.get(term.column) else ""
    yield f"{term.title}{shown} ← строк {len(term.rows)}"
    yield from (f"  {_school(row, ground)} ← {ground.address(row)}" for row in term.rows)


def _school(row: Row, ground: Ground) -> str:
    name = ground.school_names.get(row["school_login"], row["school_login"])
    return f"{name}, {row['pupil_group']}" if row.get("pupil_group") in GRADES else str(name)


def _rule(column: str, terms: Sequence[Term]) -> str:
    if column in MEANS:
        return MEANS[column]
    if column == "school_count":
        return "сколько школ дали сведения для этой строки"
    if len(terms) == 1:
        return f"{'число школы' if len(terms[0].rows) == 1 else 'сумма строк'}: {terms[0].title}"
    digits = "до 0,1" if column == "mean_score" else "× 100, до 0,1"
    return f"{terms[0].title} / {terms[1].title}, {digits}".replace(", ×", " ×")


def _terms(column: str, cells: Cells, ground: Ground) -> Iterator[Term]:
    """What a cell is made of: one sum, or part and base; nothing for a column that only names the row."""
    table = next(name for key, name in TABLES.items() if key in cells)
    make = {"results": _of_results, "context": _of_lines, "staff": _of_lines, "self_assessment": _of_scores}
    if table in ground.tables:
        yield from make.get(table, _of_parts)(table, column, cells, ground)


def _of_results(table: str, column: str, cells: Cells, ground: Ground) -> Iterator[Term]:
    rows = _rows(table, SITTING, cells, ground)
    scale = SCORE_SCALE if "mean_score" in cells else MARK_SCALE
    rows = [row for row in rows if row["scale"] == scale]
    if column == "mean_score":
        yield Term("Сумма баллов (средний × участников, до целого)", "", rows, _score_sum)
        yield _sum("participant_count", rows)
    elif column == "school_count":
        yield _schools(rows)
    elif column in cells and (column in RESULT_SHARES or column.endswith("_count")):
        yield from (_sum(name, rows) for name in RESULT_SHARES.get(column, (column,)))


def _of_parts(table: str, column: str, cells: Cells, ground: Ground) -> Iterator[Term]:
    part, base, share, key, _ = PARTS[table]
    rows = _rows(table, ["calendar_year", *key], cells, ground)
    if column == "school_count":
        yield _schools(rows)
    elif column == "contest_count":
        yield Term("Строк о конкурсах", column, rows, lambda row: 1)
    elif column in (part, base, share):
        yield from (_sum(name, rows) for name in ((part, base) if column == share else (column,)))


def _of_lines(table: str, column: str, cells: Cells, ground: Ground) -> Iterator[Term]:
    """Groups of «Контингент» and lines of «Кадры»: part and base stand in rows of their own."""
    part, base, share, (key,), _ = PARTS[table]
    group = cells[key]
    amount = "group_pupil_count" if table == "context" else "staff_amount"
    whole = PUPIL_TOTAL if table == "context" else POSTS if group in (POSTS, VACANCIES) else TEACHERS
    groups = [name for name, grade in GRADES.items() if grade in GRADE_GROUPS.get(group, ())] or [group]
    if column not in (part, base, share, "school_count") or (column == share and group == whole):
        return
    frame = ground.tables[table]
    frame = frame[frame["calendar_year"] == int(cells["calendar_year"])]
    members = _of_group(_with_base(frame, key, groups, whole, amount), cells, ground)
    mine = frame[frame["school_login"].isin(members)]
    of_part = Term(group, part, rows_of(mine[mine[key].isin(groups)]), lambda row: row[amount])
    of_base = Term(whole, base, rows_of(mine[mine[key] == whole]), lambda row: row[amount])
    told = {part: (of_part,), base: (of_base,), share: (of_part, of_base), "school_count": (_schools(of_base.rows),)}
    yield from told[column]


def _of_scores(table: str, column: str, cells: Cells, ground: Ground) -> Iterator[Term]:
    rows = _rows(table, ["calendar_year", "criterion"], cells, ground)
    if column == "assessment_score":
        yield Term("Сумма баллов школ", "", rows, lambda row: row[column])
    if column in ("assessment_score", "school_count"):
        yield _schools(rows)


def _sum(column: str, rows: Sequence[Row]) -> Term:
    added = JOURNAL_COLUMNS if column == "compared_count" else [column]
    return Term(column_title(column), column, rows, lambda row: _added([_number(name, row) for name in added]))


def _added(values: Sequence[Any]) -> Any:
    """The sum; with a missing part there is none."""
    return pd.NA if any(map(pd.isna, values)) else sum(values)


def _number(column: str, row: Row) -> Any:
    # In a journal nobody not attested may be left blank; the contract makes the marks add up without them.
    blank_is_none = column == "not_attested_count" and row["procedure"] == "Журнал" and pd.isna(row[column])
    return 0 if blank_is_none else row[column]


def _schools(rows: Sequence[Row]) -> Term:
    """Every school once, by its first row."""
    first = {row["school_login"]: row for row in reversed(rows)}
    return Term("Школ", "school_count", [row for row in rows if first[row["school_login"]] is row], lambda row: 1)


def _score_sum(row: Row) -> Any:
    if not row["participant_count"]:
        return 0
    return pd.NA if pd.isna(row["mean_score"]) else round(row["mean_score"] * row["participant_count"])


def _rows(table: str, key: Sequence[str], cells: Cells, ground: Ground) -> list[Row]:
    """The typed rows of the same key, of the schools that the printed row is about."""
    frame = ground.tables[table]
    for name in key:
        frame = frame[frame[name].astype("str") == cells[name]]
    return rows_of(frame[frame["school_login"].isin(_of_group(set(frame["school_login"]), cells, ground))])


def _with_base(frame: pd.DataFrame, key: str, parts: Sequence[str], whole: str, amount: str) -> set[str]:
    """The schools behind a row of part and base: those that gave both, the part no greater than its base."""
    by_school = frame[frame[key].isin(parts)].groupby("school_login")[amount].agg(["sum", "count"])
    base = frame[frame[key] == whole].set_index("school_login")[amount].reindex(by_school.index)
    return set(by_school.index[(by_school["count"] == len(parts)) & (by_school["sum"] <= base)])


def _of_group(logins: set[str], cells: Cells, ground: Ground) -> set[str]:
    supported = set(supported_schools(ground.tables["school_status"], int(cells["calendar_year"])))
    if cells["scope"] == SCHOOL:
        names = ground.school_names
        return {login for login in logins & supported if names.get(login, login) == cells["group_name"]}
    return logins - supported if cells["scope"] == OTHERS else logins
