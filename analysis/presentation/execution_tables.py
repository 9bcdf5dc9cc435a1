"""The tables and pictures about execution: by status, task, executor and reporter, to date, evidence, own measures."""

import pandas as pd

from analysis.contracts.execution import DONE, NO_REPORT, STATUS_COUNTS, UNDOCUMENTED
from analysis.presentation.chains import chain_link, chain_links
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_picture, printed_table
from analysis.presentation.figures import STATE_LOOKS, plan_fact_strips, stacked_bars
from analysis.presentation.russian import NO_BREAK_SPACE, counted, short_date
from analysis.presentation.words import NOT_STATED, Row, count_words, rows_of, state_words

NOBODY = "никто не назначен"
MADE_COUNTS = ["planned", "reported", "documented", "accepted"]


def statuses(edition: Edition) -> Exhibit:
    """How many measures are in which state."""
    data = edition.facts("statuses").drop(columns="calendar_year")
    cells = [[row["status"], str(row["measure_count"])] for row in rows_of(data) if row["measure_count"]]
    caption = f"Показатели {edition.calendar_year} года по состоянию на срок отчёта"
    return printed_table(edition, "statuses", caption, data, (["Состояние", "Показателей"], cells, [70, 30], "lc"))


def task_results_picture(edition: Edition) -> Exhibit:
    """Planned measures of each task: done, reported without documents, not done (yet), unknown."""
    rows = edition.facts("task_results")
    own = {state: rows[name] for name, state in STATUS_COUNTS.items() if state in (DONE, UNDOCUMENTED, NO_REPORT)}
    others = rows["planned_measure_count"] - sum(own.values())
    parts = {DONE: own[DONE], UNDOCUMENTED: own[UNDOCUMENTED], "ещё не выполнено": others, NO_REPORT: own[NO_REPORT]}
    said = "; ".join(
        f"задача {row['task_code']}: с планом {row['planned_measure_count']}, {states_words(row)}"
        for row in rows_of(rows)
    )
    caption = f"Состояние показателей {edition.calendar_year} года по задачам"
    alternative = f"Столбцы: показатели каждой задачи с планом больше нуля по состоянию. {said}."
    picture = stacked_bars(
        [f"Задача {code}" for code in rows["task_code"]],
        [(part, counts.tolist()) for part, counts in parts.items()],
        "показателей с планом больше нуля",
        STATE_LOOKS,
    )
    return printed_picture(edition, "task-results", caption, alternative, rows, picture)


def task_results(edition: Edition) -> Exhibit:
    """Totals by task, and of all tasks in the last row."""
    rows = edition.facts("task_results")
    cells = [[f"Задача {row['task_code']}", *_totals_words(row)] for row in rows_of(rows)]
    cells.append(["Всего", *_totals_words(rows_of(rows.sum(numeric_only=True).to_frame().T)[0])])
    caption = f"Исполнение {edition.calendar_year} года по задачам: число показателей"
    return _totals_table(edition, "task-results", caption, rows, "Задача", cells)


def by_executor(edition: Edition) -> Exhibit:
    """Totals by the executor named first."""
    rows = edition.facts("executor_results")
    rows = rows[rows["planned_measure_count"] > 0]
    cells = [[row["executor_name"], *_totals_words(row)] for row in rows_of(rows)]
    caption = f"Исполнение {edition.calendar_year} года по исполнителям: число показателей"
    return _totals_table(edition, "by-executor", caption, rows, "Отвечает (назван первым)", cells)


def states_words(row: Row) -> str:
    """«выполнено — 3, нет сведений — 1»: the states that occur."""
    said = [
        f"{state_words(state)}{NO_BREAK_SPACE}—{NO_BREAK_SPACE}{row[name]}"
        for name, state in STATUS_COUNTS.items()
        if row[name]
    ]
    return ", ".join(said) or "—"


def _totals_words(row: Row) -> list[str]:
    return [*(str(row[f"{name}_measure_count"]) for name in MADE_COUNTS), states_words(row)]


def _totals_table(
    edition: Edition, name: str, caption: str, rows: pd.DataFrame, first: str, cells: list[list[str]]
) -> Exhibit:
    header = [first, "С планом", "Сообщено", "Подтверждено", "Принято", "Состояние"]
    return printed_table(edition, name, caption, rows, (header, cells, [15, 11, 13, 17, 12, 32], "lccccl"))


def task_picture(edition: Edition, task: str, rows: pd.DataFrame) -> Exhibit:
    """The same as strips."""
    words = "; ".join(
        f"{row['measure_label']}: план {count_words(row['target_count'])}, сообщено {_reported_words(row)}, "
        f"принято {count_words(row['accepted_count'])}, {state_words(row['status'])}"
        for row in rows_of(rows)
    )
    caption = f"Задача {task}: план и факт {edition.calendar_year} года"
    alternative = f"Полосы: план и принятый факт каждого показателя. {words}."
    return printed_picture(edition, f"fact-{task}", caption, alternative, rows, plan_fact_strips(rows))


def task_table(edition: Edition, task: str, rows: pd.DataFrame) -> Exhibit:
    """Plan and fact of the measures of one task."""
    cells = [
        [
            chain_link(edition, row["measure_label"]),
            row["measure_name"],
            *chain_links(edition, row["measure_label"], _counts(row)),
            row["status"],
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Показатель", "План", "Сообщено", "Подтверждено", "Принято", "Состояние"]
    caption = f"Задача {task}: план и факт {edition.calendar_year} года"
    return printed_table(edition, f"fact-{task}", caption, rows, (header, cells, [7, 26, 9, 14, 16, 11, 17], "llccccl"))


def _counts(row: Row) -> list[str]:
    """Plan, reported, documented and accepted."""
    documented, accepted = count_words(row["documented_count"]), count_words(row["accepted_count"])
    return [count_words(row["target_count"]), _reported_words(row), documented, accepted]


def to_date(edition: Edition) -> Exhibit:
    """Plan and accepted fact from the first year on."""
    rows = edition.execution
    cells = [
        [
            chain_link(edition, row["measure_label"]),
            row["measure_name"],
            *chain_links(edition, row["measure_label"], _to_date_words(row)),
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Показатель", "План с начала срока", "Принято с начала срока", "Состояние"]
    caption = f"С начала срока по {edition.calendar_year} год"
    return printed_table(edition, "to-date", caption, rows, (header, cells, [7, 38, 16, 16, 23], "llccl"))


def by_reporter(edition: Edition) -> Exhibit:
    """Executors and schools that answer for measures; schools by their names."""
    data = edition.facts("reporter_results").drop(columns="calendar_year")
    names = edition.school_names
    data = data.assign(reporter=data["reporter"].map(lambda who: names.get(who, who)).astype("str"))
    cells = [[str(value) for value in row.values()] for row in rows_of(data)]
    header = ["Кто отчитывается", "Отвечает за", "Сообщил о", "Подтвердил", "Принято"]
    caption = f"Отчётность за {edition.calendar_year} год: число показателей"
    return printed_table(edition, "by-reporter", caption, data, (header, cells, [36, 16, 16, 16, 16], "lcccc"))


def evidence(edition: Edition) -> Exhibit | None:
    """Evidence that the office has accepted; what waits or was returned is nobody's business but theirs."""
    verdicts, rows = edition.tables["acceptance"], edition.facts("evidence")
    rows = rows[rows["evidence_id"].isin(verdicts.loc[verdicts["verdict"] == "принято", "evidence_id"])]
    if rows.empty:
        return None
    columns = ["measure_label", "evidence_kind", "evidence_number", "evidence_date", "confirmed_count"]
    data = rows.assign(measure_label=edition.labels_of(rows))[columns]
    cells = [
        [
            row["measure_label"],
            row["evidence_kind"],
            NOT_STATED if pd.isna(row["evidence_number"]) else row["evidence_number"],
            NOT_STATED if pd.isna(row["evidence_date"]) else short_date(row["evidence_date"]),
            str(row["confirmed_count"]),
        ]
        for row in rows_of(data)
    ]
    header = ["№ показателя", "Вид документа", "Номер", "Дата", "Подтверждает"]
    caption = f"Принятые подтверждения {edition.calendar_year} года"
    return printed_table(edition, "evidence", caption, data, (header, cells, [18, 27, 20, 20, 15], "lllcc"))


def own_measures(edition: Edition) -> Exhibit | None:
    """What schools do beside the roadmap."""
    rows = edition.facts("school_measures")
    if rows.empty:
        return None
    data = rows.assign(school_name=rows["school_login"].map(edition.school_names).astype("str"))
    data = data[["school_name", "own_measure", "planned_count", "done_count", "done_date"]]
    cells = [
        [
            row["school_name"],
            row["own_measure"],
            count_words(row["planned_count"]),
            count_words(row["done_count"]),
            NOT_STATED if pd.isna(row["done_date"]) else short_date(row["done_date"]),
        ]
        for row in rows_of(data)
    ]
    caption = f"Собственные меры школ в {edition.calendar_year} году"
    header = ["Школа", "Мера", "План", "Сделано", "Дата"]
    return printed_table(edition, "own-measures", caption, data, (header, cells, [22, 42, 11, 11, 14], "llccc"))


def _to_date_words(row: Row) -> list[str]:
    """Plan, accepted count and status to date; where the reading is open, both of each that differ."""
    flow = [count_words(row["cumulative_flow_count"]), _added_words(row), row["status_flow"]]
    annual = [count_words(row["cumulative_annual_count"]), count_words(row["accepted_count"]), row["status_annual"]]
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
        return count_words(row["reported_count"])
    upper = "?" if pd.isna(row["reported_upper_count"]) else row["reported_upper_count"]
    return f"{row['reported_count']} (от {row['reported_lower_count']} до {upper})"
