"""What is known of a school — pupils, staff, results, deficits, contests — row by row, each with its address."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import pandera.pandas as pa

from analysis.cleaning.exam_results import COUNTED
from analysis.contracts.facts import SchoolMeasures
from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.school_facts import RESULT_KEY, RESULT_ORIGINS, SCHOOL_FACT_TABLES
from analysis.lineage.ground import Ground, row_place
from analysis.presentation.russian import decimal
from analysis.presentation.words import NOT_STATED, Row, rows_of

TITLES = {
    "context": "Контингент и социальный паспорт",
    "staff": "Кадры",
    "results": "Результаты",
    "deficits": "Профессиональные дефициты",
    "self_assessment": "Самооценка",
    "contests": "Конкурсы",
}
# What a row is about, and what it counts.
ABOUT: Mapping[str, tuple[str, ...]] = {
    "context": ("pupil_group",),
    "staff": ("staff_group", "staff_unit"),
    "results": ("procedure", "subject", "programme_grade", "sitting_grade", "wave", "school_year"),
    "deficits": ("competence",),
    "self_assessment": ("criterion",),
    "contests": ("contest_name", "contest_level", "contestants"),
    "school_measures": ("own_measure",),
}
VALUES: Mapping[str, tuple[str, ...]] = {
    "context": ("group_pupil_count",),
    "staff": ("staff_amount",),
    "results": ("participant_count", "not_attested_count", *COUNTED[1:]),
    "deficits": ("diagnosed_teacher_count", "deficit_teacher_count"),
    "self_assessment": ("assessment_score", "publication_link"),
    "contests": ("contestant_count", "winner_count"),
    "school_measures": ("planned_count", "done_count"),
}
CONTRACTS: Mapping[str, type[pa.DataFrameModel]] = {**SCHOOL_FACT_TABLES, "school_measures": SchoolMeasures}
EXPORT = RESULT_ORIGINS[1]


def facts_of_school(login: str, ground: Ground, year: int | None) -> Iterator[str]:
    """Everything that is known of a school and what was set aside, of one year or of all, table by table."""
    for table, title in TITLES.items():
        rows, aside = _rows(table, login, year, ground), _set_aside(table, login, year, ground)
        if rows or aside:
            yield f"{title}: строк {len(rows)}, отложено {len(aside)}"
        for row in rows:
            yield f"  {row['calendar_year']}: {about_words(table, row)}: {value_words(table, row)}"
            yield from (f"    {line}" for line in row_chain(row, ground))
        for row in aside:
            yield f"  {row['calendar_year']}: отложено, в счёт не идёт: {row['why']} ← {ground.address(row)}"


def row_chain(row: Row, ground: Ground) -> Iterator[str]:
    """Where a row stands, what was said of it, and for a result which of two sources counted."""
    yield f"← {ground.cell(row)}"
    if row.get("origin") == EXPORT:
        yield from _displaced(row, ground)
    yield from _findings(row, ground)


def about_words(table: str, row: Row) -> str:
    """«ВПР, Математика, 6 класс, весна, 2020/21»: what a row of a table is about."""
    if table == "results":
        programme, sitting = row["programme_grade"], row["sitting_grade"]
        grade = f"{sitting} класс" if programme == sitting else f"{sitting} класс по программе {programme} класса"
        return ", ".join([row["procedure"], row["subject"], grade, row["wave"], row["school_year"]])
    return ", ".join(str(row[name]) for name in ABOUT[table])


def value_words(table: str, row: Row) -> str:
    """«41», or where a row holds several numbers «Участников — 41, Отметок «2» — 5»; what is blank is left out."""
    names = [name for name in VALUES[table] if not pd.isna(row.get(name))]
    if len(VALUES[table]) == 1:
        return number_words(row[names[0]]) if names else NOT_STATED
    fields = CONTRACTS[table].to_schema().columns
    return ", ".join(f"{fields[name].title} — {number_words(row[name])}" for name in names) or NOT_STATED


def number_words(value: Any) -> str:
    """«12,5», «12», «не указано»; a text stands for itself."""
    if isinstance(value, str):
        return value
    return NOT_STATED if pd.isna(value) else decimal(value)


def _rows(table: str, login: str, year: int | None, ground: Ground) -> list[Row]:
    frame = ground.tables.get(table)
    if frame is None:
        return []
    mine = frame["school_login"] == login
    return rows_of(frame[mine if year is None else mine & (frame["calendar_year"] == year)])


def _set_aside(table: str, login: str, year: int | None, ground: Ground) -> list[Row]:
    return [row for row in _rows("quarantine", login, year, ground) if row["table_name"] == table]


def _displaced(row: Row, ground: Ground) -> Iterator[str]:
    """The same result in the form of the school: it is not counted, the export is."""
    other = ground.displaced.get(tuple(row[name] for name in RESULT_KEY))
    if other is None:
        return
    said, here = value_words("results", other), value_words("results", row)
    told = "форма школы говорит то же" if said == here else f"в форме школы: {said}"
    yield f"засчитана выгрузка; {told}, в счёт не идёт ← {ground.address(other)}"
    yield from (f"  {line}" for line in _findings(other, ground))


def _findings(row: Row, ground: Ground) -> Iterator[str]:
    """Findings about the row or a cell of it; of a row that holds several facts only those about this one's cell."""
    here = {row["place"], row_place(row["place"])}
    for finding in ground.findings[row["source_file"]]:
        if any(one in here or row_place(one) == row["place"] for one in finding["place"].split("; ")):
            yield f"замечание «{RULE_TITLES[finding['rule']]}»: {finding['place']}: {finding['explanation']}"
