"""What the report says about execution: tables and pictures, who owes what, and sentences."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd

from analysis.contracts.execution import (
    EXECUTION_STATUSES,
    NO_SHARE,
    STATUS_COUNTS,
    ExecutorResults,
    Owed,
    PlanFact,
    ReporterResults,
    Statuses,
    TaskResults,
)
from analysis.contracts.report import AcceptedEvidence, OwnMeasures, SchoolExecution
from analysis.indicators.execution import is_share
from analysis.indicators.plan import asked, planned
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import (
    Col,
    Condensed,
    Exhibit,
    Part,
    chain_link,
    chapter,
    internal_sections,
    linked,
    table,
)
from analysis.presentation.markdown import escape
from analysis.presentation.sentences import ALL_REPORTED, NO_FACTS, reported
from analysis.presentation.shares import HIDDEN, fact_words
from analysis.presentation.words import (
    GENITIVE,
    NO_BREAK_SPACE,
    NOBODY,
    NOT_STATED,
    Row,
    count_words,
    counted,
    date_words,
    in_order_of_codes,
    rows_of,
    state_words,
    target_words,
    task_heading,
)

# The tables and pictures about execution: by status, task, executor and reporter, to date, evidence, own measures.

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
    hidden = frozenset[object]().union(*(edition.of_year(year).untold_shares for year in set(rows["calendar_year"])))
    untold = np.array([key in hidden for key in keys], dtype=bool)
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
    data = data.assign(reporter=data["reporter"].map(edition.name_of).astype("str"))
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
    rows = edition.facts("evidence")
    rows = rows[rows["evidence_id"].isin(accepted)]
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
    rows = edition.facts("school_measures")
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


# What each school did against its share, and who owes what: the tables that name who is to act.

NOTHING_OWED = "Ни за исполнителями, ни за школами, ни за управлением на срок отчёта ничего не осталось."
NOTHING_OF_MEASURES = "По показателям на срок отчёта ни за кем ничего не осталось."
NOT_OVER = (
    "На день последнего полученного файла срок отчёта за {year} год не наступил: что за кем осталось, отчёт скажет "
    "после него."
)
SHOWN_DEBTORS = 6
REPORTED = ("reported_count", "documented_count", "accepted_count")


def schools(edition: Edition) -> Iterator[Exhibit]:
    """One table a school that answers for measures: its share, what it reported, documented, had accepted."""
    rows = edition.facts("school_results")
    names = rows["school_login"].map(edition.school_names).astype("str")
    shown = told(edition, rows.drop(columns="school_login").assign(school_name=names), REPORTED)
    schools = sorted(rows.groupby("school_login").indices.items())
    for number, (login, places) in enumerate(schools, start=1):
        mine = Condensed(shown.data.iloc[places], [shown.printed[place] for place in places])
        yield _school(edition, number, edition.school_names[str(login)], mine)


def owed(edition: Edition) -> Exhibit | None:
    """What is owed, those who owe in one block each; reasons and numbers of documents are for the office alone."""
    rows = edition.facts("owed")
    if rows.empty:
        return None
    data = rows.assign(debtor=_named(edition, rows))
    by = ["owed_kind", "since_date", *(["reason"] if edition.internal else [])]
    place = {debtor: number for number, debtor in enumerate(_debtors(edition))}
    gathered = [_gathered(rows_of(group)) for _, group in data.groupby(["debtor", *by], dropna=False, sort=False)]
    printed = sorted(gathered, key=lambda row: place[row["debtor"]])
    office = edition.internal
    columns = [
        Col("debtor", width=18 if office else 26),
        Col("owed_kind", width=20 if office else 28),
        Col("labels", "№ показателей", 19 if office else 30),
        Col("since_date", width=13 if office else 16, align="c", say=partial(date_words, otherwise="—")),
    ]
    if office:
        columns += [
            Col("pieces", "Документов", 12, "c", lambda pieces: str(pieces or "—")),
            Col("reason", width=18, say=partial(count_words, otherwise="—")),
        ]
    caption = f"Что за кем на срок отчёта за {edition.calendar_year} год"
    return table(edition, "owed", caption, Owed, Condensed(data, printed), columns)


def owed_words(edition: Edition) -> str:
    """Who owes how much; or that nothing is owed, or that it is too early to say."""
    if not edition.is_over:
        return NOT_OVER.format(year=edition.calendar_year)
    rows = edition.facts("owed")
    if rows.empty:
        return nothing_owed(edition)
    counts = _named(edition, rows).value_counts()
    debtors = _debtors(edition)
    parts = [f"{name} — {counts[name]}" for name in debtors[:SHOWN_DEBTORS]]
    rest = sum(int(counts[name]) for name in debtors[SHOWN_DEBTORS:])
    more = [f"остальные — {rest}"] if rest else []
    return f"Что за кем осталось на срок отчёта, позиций: {', '.join([*parts, *more])} (@tbl-owed)."


def nothing_owed(edition: Edition) -> str:
    """That nothing is owed; where not all have reported, of which measures alone that is true."""
    told = reported(edition)
    return NOTHING_OWED if told == ALL_REPORTED else f"{NOTHING_OF_MEASURES} {told}"


def bounds(edition: Edition) -> Exhibit | None:
    """The facts that lack a report, between nothing and all that was to be done."""
    rows = asked(edition.execution)
    rows = rows[(rows["missing_reporter_count"] > 0).fillna(False)]
    if rows.empty:
        return None
    columns = [
        Col("measure_label", "№", 10, "l", partial(chain_link, edition)),
        Col("missing_reporters", width=46, say=partial(_names, edition)),
        Col(None, "Факт, если не сделано ничего", 22, "c", _lower),
        Col("reported_upper_count", "Факт, если сделано всё", 22, "c", partial(count_words, otherwise=NO_SHARE)),
    ]
    caption = f"В каких границах факт {edition.calendar_year} года, пока отчитались не все"
    return table(edition, "bounds", caption, PlanFact, rows, columns)


def _lower(row: Row) -> str:
    """The least that was done; of a share nobody can say, the wholes of those who are missing are not known."""
    return "—" if is_share(row) else count_words(row["reported_lower_count"])


def _names(edition: Edition, reporters: str) -> str:
    return ", ".join(map(edition.name_of, reporters.split(", ")))


def _school(edition: Edition, number: int, name: str, shown: Condensed) -> Exhibit:
    columns = [
        Col("measure_label", "№", 7, "l", partial(chain_link, edition)),
        Col("measure_name", width=25),
        Col("share_count", width=14, align="c", say=partial(count_words, otherwise=NO_SHARE)),
        Col(None, "Сообщено", 12, "c", linked(edition, lambda row: count_words(row["reported_count"]))),
        Col(None, "Подтверждено", 16, "c", linked(edition, lambda row: count_words(row["documented_count"]))),
        Col(None, "Принято", 11, "c", linked(edition, lambda row: count_words(row["accepted_count"]))),
        Col("school_status", "Состояние", 15),
    ]
    caption = f"{name}: план и факт {edition.calendar_year} года"
    return table(edition, f"school-{number}", caption, SchoolExecution, shown, columns)


def _gathered(group: list[Row]) -> Row:
    """What one owes of one kind since one day, in one row."""
    pieces = sum(int(row["piece_count"]) for row in group if not pd.isna(row["piece_count"]))
    labels = ", ".join(in_order_of_codes(row["measure_label"] for row in group))
    return {**group[0], "labels": labels, "pieces": pieces}


def _named(edition: Edition, rows: pd.DataFrame) -> "pd.Series[str]":
    return rows["debtor"].map(edition.name_of).astype("str")


def _debtors(edition: Edition) -> list[str]:
    """Who owes something, in the order of those who report; the office comes last."""
    reporters = list(map(edition.name_of, edition.facts("reporter_results")["reporter"]))
    owing = set(_named(edition, edition.facts("owed")))
    return [name for name in dict.fromkeys(reporters) if name in owing] + sorted(owing - set(reporters))


# What the report says about execution: sentences, and the tables and pictures of plan against fact in order.

HOW_COUNTED = (
    "Сообщено — что названо в форме; подтверждено — к чему названы документы; принято — чьи документы приняло "
    "управление. Засчитывается факт того, кто отвечает за показатель; сообщения соисполнителей его лишь подтверждают. "
    "«Выполнено» ставится по принятому; сообщено всё, а документов нет — отдельное состояние. Нет сведений — не ноль. "
    "Состояние дано на срок отчёта."
)
HOW_TOTALLED = (
    "Здесь и по исполнителям считаются показатели с планом больше нуля: о скольких сообщено, по скольким "
    "подтверждено и принято всё, что сообщено."
)


def sections(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the Markdown about execution and the exhibits it shows; one sentence while there are no facts."""
    if edition.execution.empty:
        return NO_FACTS, []
    return chapter([*_sections(edition), *internal_sections(edition)])


def states(edition: Edition) -> str:
    """How many of the planned measures are in which state."""
    rows = planned(edition.execution)
    counts = rows["status"].value_counts()
    if rows.empty:
        return f"Плана больше нуля на {edition.calendar_year} год нет ни у одного показателя (@tbl-statuses)."
    parts = [f"{state_words(state)} — {counts[state]}" for state in EXECUTION_STATUSES if state in counts]
    return (
        f"Из {counted(len(rows), 'показатель', GENITIVE)} с планом на {edition.calendar_year} год: "
        f"{', '.join(parts)} (@tbl-statuses)."
    )


def said(edition: Edition) -> str:
    """The sentences of the section: how many measures are in which state, and what is not known."""
    rows = planned(edition.execution)
    sentences = [states(edition)]
    missing = rows[(rows["missing_reporter_count"] > 0).fillna(False)]
    nobody = rows[rows["expected_reporter_count"].isna()]
    if len(nobody):
        labels = escape(", ".join(nobody["measure_label"]))
        sentences.append(f"За {labels} никто не отвечает: исполнитель форм не получает.")
    if len(missing):
        sentences.append(
            f"Не все сведения получены по {len(missing)} из них: факт там показан вместе с границами "
            "«если не сделано ничего» и «если сделано всё» (@tbl-bounds)."
        )
    else:
        sentences.append(reported(edition))
    return " ".join(sentences)


def escaped_but_references(text: str) -> str:
    """Names of schools are data; the reference to a table at the end is not."""
    words, mark, reference = text.partition(" (@")
    return escape(words) + mark + reference


def _sections(edition: Edition) -> Iterator[Part]:
    """Words and exhibits of each section, in order."""
    yield f"{said(edition)}\n\n{HOW_COUNTED}", [statuses(edition)]
    yield f"## По задачам {{#sec-by-task}}\n\n{HOW_TOTALLED}", [task_results(edition)]
    for task in dict.fromkeys(edition.execution["task_code"]):
        rows = edition.execution[edition.execution["task_code"] == task]
        yield (
            f"## {task_heading(task)}: план и факт {{#sec-fact-{task}}}",
            [task_table(edition, task, rows)],
        )
    yield "## С начала срока {#sec-to-date}", [to_date(edition)]
    yield "## По исполнителям {#sec-by-executor}", [by_executor(edition)]
    yield "## По тем, кто отчитывается {#sec-by-reporter}", [by_reporter(edition)]
    yield _or_words("## По школам {#sec-by-school}", list(schools(edition)), "Школы ни за что не отвечают.")
    accepted, own = evidence(edition), own_measures(edition)
    yield _or_words("## Подтверждения {#sec-evidence}", accepted, "Ни одно подтверждение ещё не принято.")
    yield _or_words("## Собственные меры школ {#sec-own-measures}", own, "Школы не сообщили о собственных мерах.")
    shown = [one for one in (owed(edition), bounds(edition)) if one is not None]
    yield f"## Что за кем {{#sec-owed}}\n\n{escaped_but_references(owed_words(edition))}", shown


def _or_words(title: str, shown: list[Exhibit] | Exhibit | None, otherwise: str) -> Part:
    """A section with its exhibits, or the words that there are none."""
    exhibits = [shown] if isinstance(shown, Exhibit) else shown or []
    return (title, exhibits) if exhibits else (f"{title}\n\n{otherwise}", [])
