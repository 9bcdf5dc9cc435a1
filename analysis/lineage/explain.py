"""`analysis explain`: printed value ← rule ← rows ← file, sheet, cell, raw text ← evidence ← acceptance."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.config import Source
from analysis.contracts.columns import READING_WORDS
from analysis.errors import AnalysisError
from analysis.presentation.words import Row, bounded, count_words, rows_of

MEASURE_AND_YEAR = re.compile(r"^(\d+(?:\.\d+)+)(?:/(\d+))?@(\d{4})$")
READING_RULES = {
    "sum": "сумма заполненных лет равна итогу",
    "annual": "каждый заполненный год равен итогу",
    "yearly_words": "слова «раз в год», и каждый заполненный год равен итогу",
    "decision": "записанное решение",
    "unsettled": "ни одно правило не подошло, показаны оба прочтения",
}


def explain(asked: str, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source]) -> list[str]:
    """Returns the chain of what is asked, line by line.

    Args:
        asked: A measure and year («4.12@2021», «4.1/2@2021»; «4.1@2021» means all measures of the activity), a task
            («4»), or a school (its login).
        tables: The processed tables.
        sources: Received files with their hashes.

    Raises:
        AnalysisError: Nothing of that name.
    """
    plan = tables["plan"]
    match = MEASURE_AND_YEAR.match(asked)
    if match:
        rows = _measure_rows(plan, match.group(1), match.group(2), int(match.group(3)))
    elif asked in set(plan["task_code"]):
        rows = plan[plan["task_code"] == asked]
    elif "schools" in tables and asked in set(tables["schools"]["school_login"]):
        return list(_school(asked, tables, sources))
    else:
        rows = plan.iloc[:0]
    if rows.empty:
        raise AnalysisError(
            f"«{asked}»: нет такого. Можно спросить показатель и год (4.12@2021, 4.1/2@2021), задачу (4) "
            "или логин школы."
        )
    return [line for row in rows_of(rows) for line in _measure(row, tables, sources)]


def _measure_rows(plan: pd.DataFrame, code: str, number: str | None, year: int) -> pd.DataFrame:
    rows = plan[(plan["activity_code"] == code) & (plan["calendar_year"] == year)]
    return rows if number is None else rows[rows["measure_number"] == int(number)]


def _measure(row: Row, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source]) -> Iterator[str]:
    year = row["calendar_year"]
    yield f"{row['measure_label']}@{year} «{row['measure_name']}»"
    target = rows_of(_same(tables["targets"], row, "calendar_year"))[0]
    yield f"  план на {year} год: {count_words(row['target_count'])}"
    yield f"    ← {_cell(target, sources)}: «{target['target_text']}»"
    measure = rows_of(_same(tables["measures"], row))[0]
    total = bounded(row["planned_total_count"], row["comparator"])
    yield f"  план за срок: {total}; {READING_WORDS[row['reading']]} ({READING_RULES[measure['reading_basis']]})"
    yield f"    ← {_cell(measure, sources)}: «{measure['planned_total_text']}»"
    if not pd.isna(measure["decision_document"]):
        yield f"    ← решение: {measure['decision_document']}"
    if "plan_fact" in tables:
        yield from _fact(row, tables, sources)


def _fact(row: Row, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source]) -> Iterator[str]:
    fact = rows_of(_same(tables["plan_fact"], row, "calendar_year"))[0]
    counts = ", ".join(
        f"{word} {count_words(fact[name])}"
        for word, name in (
            ("сообщено", "reported_count"),
            ("подтверждено", "documented_count"),
            ("принято", "accepted_count"),
        )
    )
    yield f"  факт: {counts}; состояние: {fact['status']}"
    if fact["missing_reporters"]:
        lower, upper = count_words(fact["reported_lower_count"]), count_words(fact["reported_upper_count"])
        yield f"    не отчитались: {fact['missing_reporters']} (от {lower} до {upper})"
    for report in rows_of(_same(tables["reports"], row, "calendar_year")):
        yield f"    {report['reporter']}: {count_words(report['fact_count'])} ← {_cell(report, sources)}"
        yield from _corrections(report, tables)
        evidence = _same(tables["evidence"], row, "calendar_year")
        for piece in rows_of(evidence[evidence["reporter"] == report["reporter"]]):
            yield from _evidence(piece, tables, sources)


def _corrections(row: Row, tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Corrections of the sheet that a row stands on: a recorded correction is part of the chain."""
    sheet = row["place"].split(", ")[0]
    found = tables["findings"]
    found = found[(found["rule"] == "correction") & (found["source_file"] == row["source_file"])]
    for correction in rows_of(found[found["place"].str.startswith(f"{sheet}, ")]):
        yield f"      исправление на этом листе: {correction['place']}: {correction['explanation']}"


def _evidence(piece: Row, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source]) -> Iterator[str]:
    number, day = _known(" № ", piece["evidence_number"]), _known(" от ", piece["evidence_date"])
    link = _known(", ", piece["evidence_link"])
    yield f"      подтверждение: {piece['evidence_kind']}{number}{day}{link}, единиц: {piece['confirmed_count']}"
    yield f"        ← {_cell(piece, sources)}; код {piece['evidence_id']}"
    verdicts = rows_of(tables["acceptance"][tables["acceptance"]["evidence_id"] == piece["evidence_id"]])
    for verdict in verdicts:
        who, when = _known(", ", verdict["verdict_by"]), _known(", ", verdict["verdict_date"])
        said = f"{verdict['verdict']}{who}{when}{_known(': ', verdict['reason'])}"
        yield f"        {said} ← {_cell(verdict, sources)}"
    if not verdicts:
        yield "        не рассмотрено"


def _known(before: str, value: Any) -> str:  # noqa: ANN401
    """The value after a mark, or nothing where it is blank."""
    if pd.isna(value):
        return ""
    return f"{before}{value:%d.%m.%Y}" if isinstance(value, pd.Timestamp) else f"{before}{value}"


def _school(login: str, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source]) -> Iterator[str]:
    school = rows_of(tables["schools"][tables["schools"]["school_login"] == login])[0]
    yield f"{login} «{school['school_name']}» ← {_cell(school, sources)}"
    for status in rows_of(tables["school_status"][tables["school_status"]["school_login"] == login]):
        yield f"  {status['school_year']}: {status['status']} ← {_cell(status, sources)}"
    reports = tables["reports"][tables["reports"]["reporter"] == login]
    for report in rows_of(reports):
        measure = f"{report['activity_code']}/{report['measure_number']}@{report['calendar_year']}"
        yield f"  {measure}: сообщено {count_words(report['fact_count'])} ← {_cell(report, sources)}"
    if reports.empty:
        yield "  школа ещё ничего не сообщила"


def _same(table: pd.DataFrame, row: Row, *more: str) -> pd.DataFrame:
    """The rows of a table about the same measure (and year)."""
    same = pd.Series(True, index=table.index)
    for name in ("activity_code", "measure_number", *more):
        same &= table[name] == row[name]
    return table[same]


def _cell(row: Row, sources: Sequence[Source]) -> str:
    digest = next((source.sha256[:12] for source in sources if source.file == row["source_file"]), "?")
    return f"{row['source_file']} (sha256 {digest}…), {row['place']}"
