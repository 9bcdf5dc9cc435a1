"""«План и факт»: a table a task with plan and fact of a measure in one row; below it what differs from the plan."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pandas as pd

from analysis.contracts.columns import UNREAD_MARK
from analysis.contracts.execution import (
    DONE,
    NO_PLAN,
    NO_REPORT,
    NOT_DONE,
    NOT_DUE,
    NOT_PLANNED,
    PARTLY,
    UNDER_REVIEW,
    UNDOCUMENTED,
    Plan,
    PlanFact,
)
from analysis.indicators.execution import is_share
from analysis.indicators.plan import NOTHING_PLANNED, not_stated, planned
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Condensed, Exhibit, Part, chain_link, table
from analysis.presentation.figures import plan_fact_bar
from analysis.presentation.markdown import escape, joined, whole
from analysis.presentation.plan_tables import sentence as plan_sentence
from analysis.presentation.shares import HIDDEN, fact_words, in_percent
from analysis.presentation.words import (
    NO_BREAK_SPACE,
    NOBODY,
    NOT_STATED,
    Row,
    counted,
    deadline_words,
    rows_of,
    short_date,
    target_words,
    task_heading,
    unit_words,
)

# A state by its sign as well: what differs in colour alone is lost on paper.
SIGNS = {
    DONE: "●",
    PARTLY: "◐",
    UNDER_REVIEW: "◇",
    UNDOCUMENTED: "△",
    NOT_DONE: "○",
    NOT_DUE: "…",
    NO_REPORT: "?",
    NOT_PLANNED: "–",
    NO_PLAN: "–",
}
# What is said of measures that are in a state, below their table.
DIFFERENCES = {
    NOT_DONE: "Не выполнено",
    PARTLY: "Принято меньше плана",
    UNDER_REVIEW: "Сделано, подтверждение рассматривает управление",
    UNDOCUMENTED: "Сообщено, а документов нет",
    NO_REPORT: "Сведений нет",
    NOT_DUE: "Срок не наступил",
}
OVERDUE = (NOT_DONE, PARTLY, NO_REPORT)  # in these a deadline that the document names has passed
LEGEND = (
    "Полоса: тёмное — принято управлением, полосатое — только сообщено, рамка — план; точки вместо рамки — сведений "
    "нет. У каждого показателя своя мера, поэтому полосы между собой не сравнивают."
)


def progress_tables(edition: Edition) -> Iterator[tuple[Exhibit, str]]:
    """A table a task and what is said under it; while there are no facts the plan alone."""
    has_facts = not edition.execution.empty
    rows = edition.execution if has_facts else edition.this_year
    for task in dict.fromkeys(rows["task_code"]):
        mine = rows[rows["task_code"] == task]
        yield (_with_facts if has_facts else _planned)(edition, str(task), mine)


def _with_facts(edition: Edition, task: str, rows: pd.DataFrame) -> tuple[Exhibit, str]:
    shown = rows_of(rows[(rows["target_count"] > 0).fillna(False) | (rows["reported_count"] > 0).fillna(False)])
    bars = {row["measure_label"]: plan_fact_bar(in_percent(row)) for row in shown}
    documents = _documents(edition)
    columns = [
        Col("measure_label", "№", 13, "l", partial(chain_link, edition)),
        Col(None, "Показатель", 50, "l", _named_once(shown)),
        Col(None, "Выполнение", 27, "l", lambda row: bars[row["measure_label"]].cell),
        Col(None, "Принято из плана", 26, "l", lambda row: "; ".join([_numbers(row), *documents.get(_key(row), [])])),
        Col(None, _years_title(edition), 16, "l", partial(_by_year, edition)),
        Col(None, "Срок", 22, "l", _deadline),
        Col(None, "Отвечает", 20, "l", partial(_answers, edition)),
        Col("status", "Состояние", 28, "l", lambda state: f"{SIGNS[state]}{NO_BREAK_SPACE}{state}"),
    ]
    caption = _caption(task, rows)
    made = table(edition, f"progress-{task}", caption, PlanFact, Condensed(rows, shown), columns)
    return replace(made, drawn={bar.name: bar.svg for bar in bars.values()}), " ".join(_differences(rows))


def _caption(task: str, rows: pd.DataFrame) -> str:
    """«Задача 1. Title»; a plan without tasks has no title."""
    return ". ".join(filter(None, [task_heading(task), str(rows_of(rows)[0]["task_title"] or "").rstrip(".")]))


def _planned(edition: Edition, task: str, rows: pd.DataFrame) -> tuple[Exhibit, str]:
    shown = rows_of(planned(rows))
    columns = [
        Col("measure_label", "№", 7),
        Col(None, "Показатель", 40, "l", _named_once(shown)),
        Col(None, f"План {edition.calendar_year}", 10, "c", target_words),
        Col(None, _years_title(edition), 14, "l", partial(_by_year, edition)),
        Col(None, "Срок", 13, "l", _deadline),
        Col(None, "Отвечает", 12, "l", partial(_first, edition)),
    ]
    caption = _caption(task, rows)
    return table(edition, f"progress-{task}", caption, Plan, Condensed(rows, shown), columns), _not_planned(rows)


def _named_once(rows: list[Row]) -> Callable[[Row], str]:
    """The words of the activity stand with its first measure; the others have those of their result alone."""
    first = {row["activity_code"]: row["measure_label"] for row in reversed(rows)}

    def say(row: Row) -> str:
        result = str(row["measure_name"])
        if first[row["activity_code"]] != row["measure_label"] or result == row["activity_title"]:
            return result
        return f"{str(row['activity_title']).rstrip('. ')}: {result[:1].lower() + result[1:]}"

    return say


def _key(row: Row) -> tuple[str, int]:
    return row["activity_code"], int(row["measure_number"])


def _documents(edition: Edition) -> dict[tuple[str, int], list[str]]:
    """The accepted documents of measures whose result is a document: «приказ «О штабе» № 5 от 12.03.2024»."""
    evidence, verdicts = edition.facts("evidence"), edition.tables.get("acceptance")
    if evidence.empty or verdicts is None:
        return {}
    kinds = edition.this_year[edition.this_year["measure_kind"] == "document"]
    accepted = verdicts.loc[verdicts["verdict"] == "принято", "evidence_id"]
    mine = evidence[evidence["evidence_id"].isin(accepted)]
    found: dict[tuple[str, int], list[str]] = {}
    for row in rows_of(mine.merge(kinds[["activity_code", "measure_number"]])):
        title: str = "" if pd.isna(row["evidence_title"]) else f" «{row['evidence_title']}»"
        number: str = "" if pd.isna(row["evidence_number"]) else f" № {row['evidence_number']}"
        day: str = "" if pd.isna(row["evidence_date"]) else f" от {short_date(row['evidence_date'])}"
        found.setdefault(_key(row), []).append(f"{row['evidence_kind']}{title}{number}{day}")
    return found


def _numbers(row: Row) -> str:
    """«1 из 2», and what was reported where it is another number."""
    said_plan, accepted = target_words(row), fact_words(row, "accepted_count")
    # «0 из 4 семинара» would be wrong, and no rule makes «семинаров» of any word that a document may hold.
    counted_up = said_plan[:1].isdigit() and row["better"] != "less" and not is_share(row) and not unit_words(row)
    plan: str = "" if pd.isna(row["target_count"]) else f" из {said_plan}" if counted_up else f" (план: {said_plan})"
    if pd.isna(row["reported_count"]):
        return f"{HIDDEN if is_share(row) else '—'}{plan}"
    if plan and counted_up and row["accepted_count"] > row["target_count"]:
        plan = f" при плане {said_plan}"
    said, reported = f"{accepted}{plan}", fact_words(row, "reported_count")
    more = f"; сообщено {reported}" if row["reported_count"] != row["accepted_count"] else ""
    return said + more


def _deadline(row: Row) -> str:
    return deadline_words(row).replace("в течение", f"в{NO_BREAK_SPACE}течение")


def _years_title(edition: Edition) -> str:
    years = sorted(set(edition.plan["calendar_year"]))
    return f"План {years[0]}–{years[-1] % 100}" if len(years) > 1 else "План"


def _by_year(edition: Edition, row: Row) -> str:
    """«2 · 2 · 4»: the plan of every year; a dash where the document names none."""
    return edition.plan_by_year[row["measure_label"]]


def _answers(edition: Edition, row: Row) -> str:
    return NOBODY if pd.isna(row["expected_reporter_count"]) else _first(edition, row)


def _first(edition: Edition, row: Row) -> str:
    """Who is named first; «школы» for the word by which the document calls them."""
    return edition.first_executors.get(row["activity_code"], NOT_STATED)


def _differences(rows: pd.DataFrame) -> Iterator[str]:
    """Sentences on what differs from the plan, by state; measures by their numbers."""
    of_plan = planned(rows)
    for state, words in DIFFERENCES.items():
        rows_in_state = rows_of(of_plan[of_plan["status"] == state])
        if rows_in_state:
            named = (_overdue(row) if state in OVERDUE else row["measure_label"] for row in rows_in_state)
            yield escape(f"{words}: {', '.join(named)}.")
    of_plan = of_plan[of_plan["measure_kind"] != "share"]
    above = (of_plan["accepted_count"] > of_plan["target_count"]).fillna(False) & of_plan["target_low"].notna()
    more = of_plan[above & (of_plan["better"] != "less")]
    if len(more):
        said = [
            f"{row['measure_label']} ({row['accepted_count']} при плане {row['target_count']})" for row in rows_of(more)
        ]
        yield escape(f"Принято больше плана: {', '.join(said)}.")
    if not_planned := _not_planned(rows):
        yield not_planned


def _overdue(row: Row) -> str:
    """«4.2 (срок — февраль)»; the number alone where the whole year was given."""
    due: str = "" if pd.isna(row["deadline_month"]) else f" (срок — {deadline_words(row)})"
    return f"{row['measure_label']}{due}"


def _not_planned(rows: pd.DataFrame) -> str:
    """Which measures the year has no target above zero for: a zero and a blank are two things."""
    zero = rows.loc[(rows["target_count"] == 0).fillna(False), "measure_label"]
    unstated = not_stated(rows)
    unread = unstated.loc[unstated["target_mark"] == UNREAD_MARK, "measure_label"]
    blank = unstated.loc[unstated["target_mark"] != UNREAD_MARK, "measure_label"]
    nothing = rows.loc[rows["target_mark"].isin(NOTHING_PLANNED), "measure_label"]
    said = [f"На этот год не запланированы: {', '.join(nothing)}."] if len(nothing) else []
    said += [f"На этот год запланирован ноль: {', '.join(zero)}."] if len(zero) else []
    said += [f"Значение года в документе не указано: {', '.join(blank)}; это не ноль."] if len(blank) else []
    said += [f"Значение года в документе не прочитано: {', '.join(unread)}; это не ноль."] if len(unread) else []
    return escape(" ".join(said))


def answer(edition: Edition) -> str:
    """The first sentence of the chapter: how far the programme is, and where it is furthest behind."""
    planned, everything = edition.planned, edition.this_year
    if edition.execution.empty:
        return (
            f"На {edition.calendar_year} год запланировано {counted(len(planned), 'показатель')} из {len(everything)}, "
            f"названных в документе."
        )
    results = [row for row in rows_of(edition.facts("task_results")) if row["planned_measure_count"]]
    done = sum(row["completed_measure_count"] for row in results)
    said = f"Выполнено {counted(done, 'показатель')} из {len(planned)}"
    behind = [row for row in results if row["completed_measure_count"] < row["planned_measure_count"]]
    if not behind or len(results) < 2:
        return f"{said}."
    worst = min(behind, key=lambda row: row["completed_measure_count"] / row["planned_measure_count"])
    return (
        f"{said}; меньше всего — по задаче {worst['task_code']}: {worst['completed_measure_count']} "
        f"из {worst['planned_measure_count']}."
    )


def plan_and_fact(edition: Edition) -> Part:
    """The chapter: a table a task, and before them what is done so far."""
    has_facts = not edition.execution.empty
    first = [answer(edition), plan_sentence(edition), *([LEGEND] if has_facts else [])]
    made = list(progress_tables(edition))
    blocks = [whole(*([] if number else first), one.markdown, said) for number, (one, said) in enumerate(made)]
    title = f"# {'План и факт' if has_facts else 'План'} {{#sec-progress}}"
    return joined([title, *(blocks or first)]), [exhibit for exhibit, _ in made]
