"""What the report says about execution: sentences, tables and pictures of plan against fact."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.execution import EXECUTION_STATUSES
from analysis.presentation.chains import chain_link, internal_sections
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Exhibit, printed_picture, printed_table
from analysis.presentation.figures import plan_fact_strips
from analysis.presentation.russian import GENITIVE, NOUNS, counted, short_date
from analysis.presentation.sentences import NO_FACTS
from analysis.presentation.words import NOT_STATED, Row, count_words, rows_of

HOW_COUNTED = (
    "Сообщено — что названо в форме; подтверждено — к чему названы документы; принято — чьи документы приняло "
    "управление. Засчитывается факт того, кто отвечает за показатель; сообщения соисполнителей его лишь подтверждают. "
    "«Выполнено» ставится по принятому. Нет сведений — не ноль. Состояние дано на срок отчёта."
)
NOBODY = "никто не назначен"
ALL_REPORTED = "Все, кто должен был отчитаться, отчитались."


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about execution and the exhibits it shows; one sentence while there are no facts."""
    if edition.execution.empty:
        return NO_FACTS, []
    exhibits = list(_exhibits(edition))
    by_label = {exhibit.label: exhibit.markdown for exhibit in exhibits}
    parts = [said(edition), HOW_COUNTED, by_label.pop("tbl-statuses")]
    for task in dict.fromkeys(edition.execution["task_code"]):
        parts += [f"## Задача {task}: план и факт {{#sec-fact-{task}}}"]
        parts += [by_label.pop(label) for label in list(by_label) if label.endswith(f"-fact-{task}")]
    titles = {
        "tbl-to-date": "## С начала срока {#sec-to-date}",
        "tbl-by-executor": "## По исполнителям {#sec-by-executor}",
        "tbl-by-reporter": "## По тем, кто отчитывается {#sec-by-reporter}",
        "tbl-evidence": "## Подтверждения {#sec-evidence}",
        "tbl-own-measures": "## Собственные меры школ {#sec-own-measures}",
        "tbl-owed": "## Чего не хватает {#sec-owed}",
    }
    for label, title in titles.items():
        parts += [title, by_label.get(label, NOTHING[label])]
    only_office, more = internal_sections(edition)
    return "\n\n".join([*parts, only_office]), [*exhibits, *more]


NOTHING = {
    "tbl-to-date": "",
    "tbl-by-executor": "",
    "tbl-by-reporter": "",
    "tbl-evidence": "Ни одно подтверждение ещё не принято.",
    "tbl-own-measures": "Школы не сообщили о собственных мерах.",
    "tbl-owed": ALL_REPORTED,
}


def said(edition: Edition) -> str:
    """The sentences of the section: how many measures are in which state, and what is not known."""
    rows = edition.execution
    planned = rows[(rows["target_count"] > 0).fillna(False)]
    states = planned["status"].value_counts()
    parts = [f"{state} — {states[state]}" for state in EXECUTION_STATUSES if state in states]
    sentences = [
        f"Из {counted(len(planned), 'показатель', GENITIVE)} с планом на {edition.calendar_year} год: "
        f"{', '.join(parts)} (@tbl-statuses)."
    ]
    missing = planned[(planned["missing_reporter_count"] > 0).fillna(False)]
    nobody = planned[planned["expected_reporter_count"].isna()]
    if len(nobody):
        sentences.append(f"За {', '.join(nobody['measure_label'])} никто не отвечает: исполнитель форм не получает.")
    if len(missing):
        sentences.append(
            f"Не все сведения получены по {len(missing)} из них: факт там показан вместе с границами "
            "«если не сделано ничего» и «если сделано всё» (@tbl-owed)."
        )
    else:
        sentences.append(ALL_REPORTED)
    return " ".join(sentences)


def summary(edition: Edition) -> str:
    """The one sentence about execution in the summary of the report."""
    if edition.execution.empty:
        return NO_FACTS
    planned = edition.execution[(edition.execution["target_count"] > 0).fillna(False)]
    done = int((planned["status"] == "выполнено").sum())
    unknown = int((planned["status"] == "нет сведений").sum())
    return (
        f"На срок отчёта выполнено {counted(done, 'показатель', NOUNS)} из {len(planned)} с планом больше нуля; "
        f"нет сведений по {unknown} (@tbl-statuses)."
    )


def _exhibits(edition: Edition) -> Iterator[Exhibit]:
    yield _statuses(edition)
    for task in dict.fromkeys(edition.execution["task_code"]):
        rows = edition.execution[edition.execution["task_code"] == task].reset_index(drop=True)
        yield _task_picture(edition, task, rows)
        yield _task_table(edition, task, rows)
    yield _to_date(edition)
    yield _by_executor(edition)
    yield _by_reporter(edition)
    for table in (_evidence(edition), _own_measures(edition), _owed(edition)):
        if table is not None:
            yield table


def _statuses(edition: Edition) -> Exhibit:
    counts = edition.execution["status"].value_counts()
    rows = [(state, int(counts.get(state, 0))) for state in EXECUTION_STATUSES]
    data = pd.DataFrame(rows, columns=["status", "measure_count"]).astype({"status": "str"})
    cells = [[state, str(count)] for state, count in rows if count]
    caption = f"Показатели {edition.calendar_year} года по состоянию на срок отчёта"
    return printed_table(edition, "statuses", caption, data, (["Состояние", "Показателей"], cells, [70, 30], "lc"))


def _task_table(edition: Edition, task: str, rows: pd.DataFrame) -> Exhibit:
    cells = [
        [
            chain_link(edition, row["measure_label"]),
            row["measure_name"],
            count_words(row["target_count"]),
            _reported_words(row),
            count_words(row["documented_count"]),
            count_words(row["accepted_count"]),
            row["status"],
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Показатель", "План", "Сообщено", "Подтверждено", "Принято", "Состояние"]
    caption = f"Задача {task}: план и факт {edition.calendar_year} года"
    return printed_table(edition, f"fact-{task}", caption, rows, (header, cells, [7, 26, 9, 14, 16, 11, 17], "llccccl"))


def _task_picture(edition: Edition, task: str, rows: pd.DataFrame) -> Exhibit:
    words = "; ".join(
        f"{row['measure_label']}: план {count_words(row['target_count'])}, сообщено {_reported_words(row)}, "
        f"принято {count_words(row['accepted_count'])}, {row['status']}"
        for row in rows_of(rows)
    )
    caption = f"Задача {task}: план и факт {edition.calendar_year} года"
    alternative = f"Полосы: план и принятый факт каждого показателя. {words}."
    return printed_picture(edition, f"fact-{task}", caption, alternative, rows, plan_fact_strips(rows))


def _to_date(edition: Edition) -> Exhibit:
    rows = edition.execution
    cells = [
        [chain_link(edition, row["measure_label"]), row["measure_name"], *_to_date_words(row)] for row in rows_of(rows)
    ]
    header = ["№", "Показатель", "План с начала срока", "Принято с начала срока", "Состояние"]
    caption = f"С начала срока по {edition.calendar_year} год"
    return printed_table(edition, "to-date", caption, rows, (header, cells, [7, 38, 16, 16, 23], "llccl"))


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


def _by_executor(edition: Edition) -> Exhibit:
    executors = edition.tables["executors"]
    first = executors[executors["executor_number"] == 1][["activity_code", "executor_name"]]
    rows = edition.execution.merge(first, on="activity_code")
    planned = rows[(rows["target_count"] > 0).fillna(False)]
    data = (
        planned.assign(
            measure_count=1,
            completed_measure_count=(planned["status"] == "выполнено").astype("int64"),
            unknown_measure_count=(planned["status"] == "нет сведений").astype("int64"),
        )
        .groupby("executor_name")[["measure_count", "completed_measure_count", "unknown_measure_count"]]
        .sum()
        .reset_index()
    )
    cells = [[str(value) for value in row.values()] for row in rows_of(data)]
    header = ["Отвечает (назван первым)", "Показателей с планом", "Выполнено", "Нет сведений"]
    caption = f"Исполнение {edition.calendar_year} года по исполнителям"
    return printed_table(edition, "by-executor", caption, data, (header, cells, [40, 20, 20, 20], "lccc"))


def _by_reporter(edition: Edition) -> Exhibit:
    """Executors and schools that answer for measures; schools by their names."""
    rows = edition.tables["reporter_results"]
    data = rows[rows["calendar_year"] == edition.calendar_year].drop(columns="calendar_year").reset_index(drop=True)
    names = dict(zip(edition.tables["schools"]["school_login"], edition.tables["schools"]["school_name"], strict=True))
    data = data.assign(reporter=data["reporter"].map(lambda who: names.get(who, who)).astype("str"))
    cells = [[str(value) for value in row.values()] for row in rows_of(data)]
    header = ["Кто отчитывается", "Отвечает за", "Сообщил о", "Подтвердил", "Принято"]
    caption = f"Отчётность за {edition.calendar_year} год: число показателей"
    return printed_table(edition, "by-reporter", caption, data, (header, cells, [36, 16, 16, 16, 16], "lcccc"))


def _evidence(edition: Edition) -> Exhibit | None:
    """Evidence that the office has accepted; what waits or was returned is nobody's business but theirs."""
    accepted = edition.tables["acceptance"]
    accepted = accepted.loc[accepted["verdict"] == "принято", ["evidence_id"]]
    rows = edition.tables["evidence"].merge(accepted, on="evidence_id")
    rows = rows[rows["calendar_year"] == edition.calendar_year].reset_index(drop=True)
    if rows.empty:
        return None
    labels = edition.execution.set_index(["activity_code", "measure_number"])["measure_label"].to_dict()
    data = rows.assign(
        measure_label=[labels[key] for key in zip(rows["activity_code"], rows["measure_number"], strict=True)]
    )[["measure_label", "evidence_kind", "evidence_number", "evidence_date", "confirmed_count"]]
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


def _own_measures(edition: Edition) -> Exhibit | None:
    rows = edition.tables["school_measures"]
    rows = rows[rows["calendar_year"] == edition.calendar_year]
    if rows.empty:
        return None
    data = rows.merge(edition.tables["schools"][["school_login", "school_name"]], on="school_login")
    data = data[["school_name", "own_measure", "planned_count", "done_count", "done_date"]].reset_index(drop=True)
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


def _owed(edition: Edition) -> Exhibit | None:
    rows = edition.execution[(edition.execution["missing_reporter_count"] > 0).fillna(False)].reset_index(drop=True)
    if rows.empty:
        return None
    names = dict(zip(edition.tables["schools"]["school_login"], edition.tables["schools"]["school_name"], strict=True))
    cells = [
        [
            row["measure_label"],
            ", ".join(names.get(who, who) for who in row["missing_reporters"].split(", ")),
            count_words(row["reported_lower_count"]),
            "доля не установлена" if pd.isna(row["reported_upper_count"]) else str(row["reported_upper_count"]),
        ]
        for row in rows_of(rows)
    ]
    header = ["№", "Кто не отчитался", "Факт, если не сделано ничего", "Факт, если сделано всё"]
    caption = f"Чего не хватает за {edition.calendar_year} год"
    return printed_table(edition, "owed", caption, rows, (header, cells, [10, 46, 22, 22], "llcc"))


def _reported_words(row: Row) -> str:
    """The reported count; with its bounds where somebody has not reported."""
    if pd.isna(row["expected_reporter_count"]):
        return NOBODY
    if pd.isna(row["reported_count"]) or not row["missing_reporter_count"]:
        return count_words(row["reported_count"])
    upper = "?" if pd.isna(row["reported_upper_count"]) else row["reported_upper_count"]
    return f"{row['reported_count']} (от {row['reported_lower_count']} до {upper})"
