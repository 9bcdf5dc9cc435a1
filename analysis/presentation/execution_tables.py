"""The tables and pictures about execution: by status, task, executor and reporter, to date, evidence, own measures."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from analysis.contracts.execution import (
    STATUS_COUNTS,
    ExecutorResults,
    ReporterResults,
    Statuses,
    TaskResults,
)
from analysis.contracts.indicators import PlanFact
from analysis.contracts.report import AcceptedEvidence, OwnMeasures
from analysis.indicators.execution import is_share
from analysis.presentation.chains import chain_link, linked
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Condensed, Exhibit, table
from analysis.presentation.russian import NO_BREAK_SPACE, counted
from analysis.presentation.shares import HIDDEN, fact_words
from analysis.presentation.words import (
    NOT_STATED,
    Row,
    count_words,
    date_words,
    rows_of,
    state_words,
    target_words,
    task_heading,
)

NOBODY = "никто не назначен"
CONFIRMED = ("confirmed_count",)


def statuses(edition: Edition) -> Exhibit:
    """How many measures are in which state."""
    data = edition.facts("statuses").drop(columns="calendar_year")
    printed = Condensed(data, rows_of(data[data["measure_count"] > 0]))
    columns = [Col("status", "Состояние", 70), Col("measure_count", width=30, align="c")]
    caption = f"Показатели {edition.calendar_year} года по состоянию на срок отчёта"
    return table(edition, "statuses", caption, Statuses, printed, columns)


def task_results(edition: Edition) -> Exhibit:
    """Totals by task, and of all tasks in the last row."""
    rows = edition.facts("task_results")
    whole = {"task_code": "", **rows_of(rows.sum(numeric_only=True).to_frame().T)[0]}
    printed = Condensed(rows, [*rows_of(rows), whole])
    first = Col("task_code", "Задача", 15, "l", lambda code: task_heading(code) if code else "Всего")
    caption = f"Исполнение {edition.calendar_year} года по задачам: число показателей"
    return table(edition, "task-results", caption, TaskResults, printed, _totals(first))


def by_executor(edition: Edition) -> Exhibit:
    """Totals by the executor named first."""
    rows = edition.facts("executor_results")
    rows = rows[rows["planned_measure_count"] > 0]
    columns = _totals(Col("executor_name", "Отвечает (назван первым)", 15))
    caption = f"Исполнение {edition.calendar_year} года по исполнителям: число показателей"
    return table(edition, "by-executor", caption, ExecutorResults, rows, columns)


def _totals(first: Col) -> list[Col]:
    return [
        first,
        Col("planned_measure_count", width=11, align="c"),
        Col("reported_measure_count", "Сообщено", 13, "c"),
        Col("documented_measure_count", "Подтверждено", 17, "c"),
        Col("accepted_measure_count", "Принято", 12, "c"),
        Col(None, "Состояние", 32, "l", states_words),
    ]


def states_words(row: Row) -> str:
    """«выполнено — 3, нет сведений — 1»: the states that occur."""
    said = [
        f"{state_words(state)}{NO_BREAK_SPACE}—{NO_BREAK_SPACE}{row[name]}"
        for name, state in STATUS_COUNTS.items()
        if row[name]
    ]
    return ", ".join(said) or "—"


def task_table(edition: Edition, task: str, rows: pd.DataFrame) -> Exhibit:
    """Plan and fact of the measures of one task."""
    columns = [
        Col("measure_label", "№", 7, "l", partial(chain_link, edition)),
        Col("measure_name", width=26),
        Col(None, "План", 9, "c", linked(edition, target_words)),
        Col(None, "Сообщено", 14, "c", linked(edition, _reported_words)),
        Col(None, "Подтверждено", 16, "c", linked(edition, _count("documented_count"))),
        Col(None, "Принято", 11, "c", linked(edition, _count("accepted_count"))),
        Col("status", "Состояние", 17),
    ]
    caption = f"{task_heading(task)}: план и факт {edition.calendar_year} года"
    return table(edition, f"fact-{task}", caption, PlanFact, rows, columns)


def _count(name: str) -> Callable[[Row], str]:
    return partial(fact_words, name=name)


def told(edition: Edition, rows: pd.DataFrame, columns: Sequence[str]) -> Condensed:
    """Rows of what reporters did; parts of shares that the public may not see are blank, and «скрыто» in print.

    Args:
        edition: The edition.
        rows: With activity_code, measure_number and calendar_year.
        columns: What a reporter's part is counted in.
    """
    keys = zip(rows["activity_code"], rows["measure_number"], rows["calendar_year"], strict=True)
    untold = np.array([key in edition.untold_shares for key in keys], dtype=bool)
    data = rows.assign(**{name: rows[name].astype("Int64").mask(untold) for name in columns})
    printed = [
        {**row, **{name: HIDDEN for name in columns if gone and not pd.isna(row[name])}}
        for row, gone in zip(rows_of(rows), untold, strict=True)
    ]
    return Condensed(data, printed)


def to_date(edition: Edition) -> Exhibit:
    """Plan and accepted fact from the first year on."""
    columns = [
        Col("measure_label", "№", 7, "l", partial(chain_link, edition)),
        Col("measure_name", width=38),
        Col(None, "План с начала срока", 16, "c", linked(edition, lambda row: _to_date_words(row)[0])),
        Col(None, "Принято с начала срока", 16, "c", linked(edition, lambda row: _to_date_words(row)[1])),
        Col(None, "Состояние", 23, "l", linked(edition, lambda row: _to_date_words(row)[2])),
    ]
    caption = f"С начала срока по {edition.calendar_year} год"
    return table(edition, "to-date", caption, PlanFact, edition.execution, columns)


def by_reporter(edition: Edition) -> Exhibit:
    """Executors and schools that answer for measures; schools by their names."""
    data = edition.facts("reporter_results").drop(columns="calendar_year")
    names = edition.school_names
    data = data.assign(reporter=data["reporter"].map(lambda who: names.get(who, who)).astype("str"))
    columns = [
        Col("reporter", width=36),
        Col("expected_measure_count", width=16, align="c"),
        Col("reported_measure_count", "Сообщил о", 16, "c"),
        Col("documented_measure_count", "Подтвердил", 16, "c"),
        Col("accepted_measure_count", "Принято", 16, "c"),
    ]
    caption = f"Отчётность за {edition.calendar_year} год: число показателей"
    return table(edition, "by-reporter", caption, ReporterResults, data, columns)


def evidence(edition: Edition) -> Exhibit | None:
    """Evidence that the office has accepted; what waits or was returned is nobody's business but theirs."""
    verdicts = edition.tables["acceptance"]
    accepted = verdicts.loc[verdicts["verdict"] == "принято", "evidence_id"]
    rows = edition.tables["evidence"]
    rows = rows[rows["evidence_id"].isin(accepted) & (rows["calendar_year"] == edition.calendar_year)]
    if rows.empty:
        return None
    columns = [
        Col("measure_label", width=18),
        Col("evidence_kind", width=27),
        Col("evidence_number", width=20, say=count_words),
        Col("evidence_date", "Дата", 20, "c", date_words),
        Col("confirmed_count", width=15, align="c"),
    ]
    shown = told(edition, rows.assign(measure_label=[edition.label_of(row) for row in rows_of(rows)]), CONFIRMED)
    data = shown.data[[str(one.name) for one in columns]]
    caption = f"Принятые подтверждения {edition.calendar_year} года"
    return table(edition, "evidence", caption, AcceptedEvidence, Condensed(data, shown.printed), columns)


def own_measures(edition: Edition) -> Exhibit | None:
    """What schools do beside the roadmap."""
    rows = edition.tables["school_measures"]
    rows = rows[rows["calendar_year"] == edition.calendar_year]
    if rows.empty:
        return None
    columns = [
        Col("school_name", width=22),
        Col("own_measure", width=42),
        Col("planned_count", width=11, align="c", say=count_words),
        Col("done_count", width=11, align="c", say=count_words),
        Col("done_date", width=14, align="c", say=date_words),
    ]
    names = rows["school_login"].map(edition.school_names).astype("str")
    data = rows.assign(school_name=names)[[str(one.name) for one in columns]]
    caption = f"Собственные меры школ в {edition.calendar_year} году"
    return table(edition, "own-measures", caption, OwnMeasures, data, columns)


def _to_date_words(row: Row) -> list[str]:
    """Plan, accepted count and status to date; where the reading is open, both of each that differ."""
    flow = [count_words(row["cumulative_flow_count"]), _added_words(row), row["status_flow"]]
    annual = [count_words(row["cumulative_annual_count"]), fact_words(row, "accepted_count"), row["status_annual"]]
    if row["reading"] in ("flow", "annual"):
        return flow if row["reading"] == "flow" else annual
    return [_both(added, level) for added, level in zip(flow, annual, strict=True)]


def _added_words(row: Row) -> str:
    """The accepted sum; a lower bound where some year has no report."""
    added = count_words(row["accepted_flow_count"])
    unknown = int(row["unknown_year_count"])
    return f"не менее {added}; нет сведений за {counted(unknown, 'год')}" if unknown and added != NOT_STATED else added


def _both(added: str, level: str) -> str:
    return added if added == level else f"сумма: {added}; уровень: {level}"


def _reported_words(row: Row) -> str:
    """The reported count; with its bounds where somebody has not reported."""
    if pd.isna(row["expected_reporter_count"]):
        return NOBODY
    if pd.isna(row["reported_count"]) or not row["missing_reporter_count"]:
        return fact_words(row, "reported_count")
    if is_share(row):
        return f"{fact_words(row, 'reported_count')}, отчитались не все"
    upper = "?" if pd.isna(row["reported_upper_count"]) else row["reported_upper_count"]
    return f"{row['reported_count']} (от {row['reported_lower_count']} до {upper})"
