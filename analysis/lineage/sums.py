"""Counts over several measures: a task, a reporter, an executor, a state; each added row with its own short chain."""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.lineage.facts import counts_words, facts_in_short, forms_of
from analysis.lineage.ground import Ground, asked_as, key_of, known, row_place
from analysis.lineage.measures import target_line
from analysis.lineage.school_history import history
from analysis.presentation.words import Row, count_words, rows_of
from analysis.rules.config import PROJECT_FILE
from analysis.rules.exam_calendar import school_years_of
from analysis.rules.school_mergers import SCHOOLS_FILE

REPORTER_RULE = (
    "«подтвердил» и «принято» — показатели, по которым подтверждено и принято всё сообщённое, и оно больше нуля"
)


def task_chain(code: str, year: int, ground: Ground) -> Iterator[str]:
    """How many measures of a task are planned, zero or blank in a year, and in which state; and which they are."""
    rows = [row for row in ground.plan.values() if (row["task_code"], row["calendar_year"]) == (code, year)]
    yield f"Задача {code}@{year} «{rows[0]['task_title']}»: показателей {len(rows)}"
    parts = (
        ("запланировано (план больше нуля)", [row for row in rows if not _blank(row) and row["target_count"] > 0]),
        ("план — ноль", [row for row in rows if not _blank(row) and row["target_count"] == 0]),
        ("план не указан", [row for row in rows if _blank(row)]),
    )
    for name, members in parts:
        yield f"  {name}: {len(members)}"
        yield from (f"    {target_line(row, ground)}" for row in members)
    if "plan_fact" in ground.tables:
        yield from _task_totals(code, year, ground)
        for state in dict.fromkeys(row["status"] for row in rows):
            yield from state_chain(str(state), [row for row in rows if row["status"] == state], ground)


def _task_totals(code: str, year: int, ground: Ground) -> Iterator[str]:
    """The totals of a task as its table prints them, and what they count."""
    results = ground.tables["task_results"]
    for row in rows_of(results[(results["task_code"] == code) & (results["calendar_year"] == year)]):
        yield (
            f"  из показателей с планом больше нуля: сообщено о {row['reported_measure_count']}, "
            f"подтверждено {row['documented_measure_count']}, принято {row['accepted_measure_count']}"
        )
        yield f"    правило: {REPORTER_RULE}"


def state_chain(state: str, rows: Sequence[Row], ground: Ground) -> Iterator[str]:
    """The measures in one state, each with whose facts it rests on."""
    yield f"  состояние «{state}»: {len(rows)}"
    for row in rows:
        yield f"    {asked_as(row)}: план {count_words(row['target_count'])}, {counts_words(row)}"
        yield from (f"      {line}" for line in facts_in_short(row, ground))


def executor_chain(name: str, year: int, ground: Ground) -> Iterator[str]:
    """The planned measures of a year that name an executor: first, or after another."""
    executors = ground.tables["executors"]
    named = rows_of(executors[executors["executor_name"] == name])
    first = {row["activity_code"]: row["executor_number"] == 1 for row in named}
    rows = [
        row
        for row in ground.plan.values()
        if row["activity_code"] in first and row["calendar_year"] == year and not _blank(row) and row["target_count"]
    ]
    yield f"{name}, {year} год: назван в показателях с планом больше нуля: {len(rows)}"
    yield from _joined_names(named, ground)
    for is_first, word in ((True, "назван первым"), (False, "соисполнитель")):
        members = [row for row in rows if first[row["activity_code"]] == is_first]
        yield f"  {word}: {len(members)}"
        for row in members:
            state = f"; состояние: {row['status']}" if "status" in row else ""
            yield f"    {target_line(row, ground)}{state}"


def _joined_names(rows: Sequence[Row], ground: Ground) -> Iterator[str]:
    """The other words of the document for an executor, and the entry that says they mean one."""
    for row in rows:
        if row["executor_text"] != row["executor_name"]:
            yield f"  в документе: «{row['executor_text']}» ← {ground.cell(row)}"
    for one in ground.collection.executors if ground.collection else ():
        if rows and one.name == rows[0]["executor_name"]:
            yield f"    ← {PROJECT_FILE}, [[collection.executor]]: это один исполнитель: {one.basis}"


def reporter_chain(reporter: str, year: int, ground: Ground) -> Iterator[str]:
    """What a reporter answers for in a year, what it reported, what only confirms, and which of its forms stands."""
    owed = [key for key, found in ground.owed.items() if key[2] == year and any(d.reporter == reporter for d in found)]
    mine = [
        row for key, rows in ground.reports.items() if key[2] == year for row in rows if row["reporter"] == reporter
    ]
    yield f"{reporter}, {year} год: {_totals(reporter, year, ground)}"
    yield f"  правило: {REPORTER_RULE}"
    yield f"  отвечает за показатели: {len(owed)}"
    reports = {key_of(row): row for row in mine}
    for key in owed:
        asked = asked_as(ground.plan[key])
        if key in reports:
            yield f"    {asked}: {counts_words(ground.facts[(key, reporter)])} ← {ground.cell(reports[key])}"
        else:
            yield f"    {asked}: нет сведений"
    only_confirms = [row for key, row in reports.items() if key not in owed]
    yield f"  лишь подтверждает, в счёт не идёт: {len(only_confirms)}"
    for row in only_confirms:
        yield f"    {asked_as(ground.plan[key_of(row)])}: {count_words(row['fact_count'])} ← {ground.cell(row)}"
    yield from (f"  {line}" for line in forms_of(reporter, year, ground))
    if not mine:
        yield "  ничего не сообщено"


def school_chain(login: str, ground: Ground, year: int | None) -> Iterator[str]:
    """A school: its entry in the registry, its status, what it reported and its own measures; of one year or of all."""
    schools = ground.tables["schools"]
    school = rows_of(schools[schools["school_login"] == login])[0]
    yield f"{login} «{school['school_name']}» ← {ground.cell(school)}"
    for said, row in history(login, ground.tables):
        recorded = row["source_file"] == SCHOOLS_FILE
        yield f"  {said} ← {SCHOOLS_FILE}, {row['place']}" if recorded else f"  {said} ← {ground.cell(row)}"
    status = ground.tables["school_status"]
    for row in rows_of(status[status["school_login"] == login]):
        if year is None or row["school_year"] in school_years_of(year):
            yield f"  {row['school_year']}: {row['status']} ← {ground.cell(row)}"
    for one in [year] if year is not None else _years(login, ground):
        yield from (f"  {line}" for line in reporter_chain(login, one, ground))
    own = ground.tables["school_measures"]
    for row in rows_of(own[own["school_login"] == login]):
        if year is None or row["calendar_year"] == year:
            yield from (f"  {line}" for line in own_measure_chain(row, ground))


def own_measure_chain(row: Row, ground: Ground) -> Iterator[str]:
    """One of a school's own measures and the row it stands in."""
    planned, done = count_words(row["planned_count"]), count_words(row["done_count"])
    yield (
        f"собственная мера, {row['calendar_year']} год: «{row['own_measure']}»: план {planned}, сделано {done}"
        f"{known(', ', row['done_date'])}"
    )
    yield f"  ← {ground.cell(row)}{_row_texts(row, ground)}"


def _row_texts(row: Row, ground: Ground) -> str:
    line = ground.lines.get((row["source_file"], row_place(row["place"])))
    return ": " + " · ".join(f"«{text}»" for text in line.texts.values()) if line else ""


def _totals(reporter: str, year: int, ground: Ground) -> str:
    results = ground.tables["reporter_results"]
    rows = rows_of(results[(results["reporter"] == reporter) & (results["calendar_year"] == year)])
    if not rows:
        return "ни за один показатель не отвечает"
    (row,) = rows
    return (
        f"отвечает за {row['expected_measure_count']}, сообщено о {row['reported_measure_count']}, "
        f"подтверждено {row['documented_measure_count']}, принято {row['accepted_measure_count']}"
    )


def _years(reporter: str, ground: Ground) -> list[int]:
    """The years in which a reporter owes something or has reported it."""
    owed = {key[2] for key, found in ground.owed.items() if any(duty.reporter == reporter for duty in found)}
    told = {key[2] for key, rows in ground.reports.items() if any(row["reporter"] == reporter for row in rows)}
    return sorted(owed | told)


def _blank(row: Row) -> bool:
    return bool(pd.isna(row["target_count"]))
