"""The brief for the coordination meeting: execution, what is owed and by whom, the supported schools; two pages."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.columns import titles_of
from analysis.contracts.execution import (
    DONE,
    NO_REPORT,
    NO_SHARE,
    NOT_PLANNED,
    STATUS_COUNTS,
    UNDOCUMENTED,
    TaskResults,
)
from analysis.documents.material import (
    CONCLUSION,
    FACT,
    Material,
    asked_for,
    bullets,
    city_document,
    concluded,
    hypotheses_and_decisions,
)
from analysis.documents.settings import MEETING
from analysis.documents.staging import Document
from analysis.presentation import execution, outstanding
from analysis.presentation.brief_words import missing
from analysis.presentation.conclusions.school import low_rows, threshold_words
from analysis.presentation.conclusions.sentence import Case
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import escape, table_note
from analysis.presentation.russian import NO_BREAK_SPACE, form, long_date
from analysis.presentation.school_facts import VPR_NOTICE
from analysis.presentation.sentences import ended
from analysis.presentation.shares import NO_DATA, SURE
from analysis.presentation.words import Row, in_order_of_codes, rows_of, state_words, task_heading

NOT_JUDGED = (UNDOCUMENTED, NO_SHARE, NO_REPORT)
SHOWN_DEBTS, SHOWN_SCHOOLS = 8, 8


def meeting_brief(material: Material) -> Document:
    """The brief for the meeting about a year."""
    schools = list(_schools(material))
    body = [
        FACT,
        bullets([_without_reference(execution.states(material.edition))] if len(material.edition.execution) else []),
        _tasks(material),
        _school_table(material, schools),
        # In small letters under its table instead of a frame: the brief of a usual year fits one page so.
        table_note(VPR_NOTICE) if schools else "",
        _debts(material),
        CONCLUSION,
        concluded(MEETING, Case(material)),
        hypotheses_and_decisions(material, MEETING),
        _whence(material, bool(schools)),
    ]
    return city_document(material, MEETING, "meeting-brief", body)


def _whence(material: Material, with_schools: bool) -> str:
    """What asked for the brief, the day of its data and how to ask for its numbers; small, so it takes no page."""
    day = escape(f"{ended(f'Сведения на {long_date(material.edition.data_date)}')}")
    school = f", `{material.supported[0]}@{material.year}` (школа и год)" if with_schools else ""
    how = f"Откуда числа: `analysis explain 1@{material.year}` (задача и год){school}."
    said = " ".join(part for part in (asked_for(material, MEETING), day, how) if part)
    return f"::: {{.table-note}}\n{said}\n:::"


def _without_reference(text: str) -> str:
    """The sentences of the report refer to its tables; here they stand alone."""
    return f"{text.partition(' (@')[0].rstrip('.')}."


def _tasks(material: Material) -> str:
    rows = rows_of(material.rows("task_results"))
    names = ["planned_measure_count", *STATUS_COUNTS]
    widths = (9, 12, 11, 15, 12, 12, 10, 9)
    whole = {name: sum(int(row[name]) for row in rows) for name in names}
    columns = [
        Col(
            "task_code", "", 10, "l", lambda code: task_heading(code).replace(" ", NO_BREAK_SPACE) if code else "Всего"
        ),
        *(Col(name, _heading(name), width, "c") for name, width in zip(names, widths, strict=True)),
    ]
    printed = [*rows, {"task_code": "", **whole}] if rows else []
    return plain_table("tasks", "Показатели по задачам", TaskResults, printed, columns)


def _heading(name: str) -> str:
    """The label of a count, in few letters and with long words divided: nine columns share the line."""
    label = titles_of(TaskResults)[name].removesuffix(" показателей")
    return label.replace("рассмотрении", "рассмот\N{SOFT HYPHEN}рении").replace(
        "Документов", "Доку\N{SOFT HYPHEN}ментов"
    )


def _schools(material: Material) -> Iterator[Row]:
    results = material.rows("school_results")
    for login in material.supported[:SHOWN_SCHOOLS]:
        mine = results[(results["school_login"] == login)] if len(results) else results
        low = low_rows(material, login)
        told = [row for row in low if not pd.isna(row["threshold_probability"])]
        over = sum(row["threshold_probability"] >= SURE for row in told)
        compared = [row for row in low if not missing(row["against_city"])]
        worse = sum(str(row["against_city"]).startswith("выше") for row in compared)
        yield {
            "school": material.name(login),
            "done": _done(list(mine["school_status"]) if len(mine) else []),
            "over": f"{over} из {len(told)}" if told else "нет данных",
            "worse": f"{worse} из {len(compared)}" if compared else "нет данных",
        }


def _done(states: list[str]) -> str:
    """«2 из 3; доля не установлена — 3»: without a share there is nothing to reach, and silence is no failure, nor is
    a full report without documents."""
    states = [state for state in states if state != NOT_PLANNED]
    if set(states) <= {NO_REPORT}:
        return NO_REPORT if states else NO_DATA
    judged = [state for state in states if state not in NOT_JUDGED]
    said = [f"{judged.count(DONE)} из {len(judged)}"] if judged else []
    said += [f"{state_words(state)} — {states.count(state)}" for state in NOT_JUDGED if state in states]
    return "; ".join(said)


def _school_table(material: Material, schools: list[Row]) -> str:
    over = threshold_words(material.passport) if material.passport else "порога"
    columns = [
        Col("school", "Школа", 14),
        Col("done", "Показателей выполнено", 31, "c"),
        Col("over", f"Доля «2», вероятно, не меньше {over}", 30, "c"),
        Col("worse", "Не справились чаще, чем в городе", 25, "c"),
    ]
    caption = "Поддерживаемые школы: показатели «дорожной карты» и результаты процедур"
    return plain_table("schools", caption, None, schools, columns)


def _debts(material: Material) -> str:
    """What is owed, by who owes it; the longest few lines, the rest as a number."""
    edition = material.edition
    if not edition.is_over:
        return outstanding.NOT_OVER.format(year=material.year)
    rows = material.rows("owed")
    if rows.empty:
        return escape(outstanding.nothing_owed(edition))
    names = [material.name(str(who)) for who in rows["debtor"]]
    named = rows.assign(debtor=[f"{name[:1].upper()}{name[1:]}" for name in names])
    lines = [
        f"{debtor}: {kind} — {', '.join(in_order_of_codes(alike['measure_label']))}"
        for (debtor, kind), alike in named.groupby(["debtor", "owed_kind"], sort=False)
    ]
    rest = len(lines) - SHOWN_DEBTS
    more = [f"ещё {rest} {form(rest, ('позиция', 'позиции', 'позиций'))} — в годовом отчёте"] if rest > 0 else []
    said = [f"{line};" for line in [*lines[:SHOWN_DEBTS], *more]]
    return "Что за кем (номера показателей):\n\n" + bullets([escape(f"{one.rstrip(';')}.") for one in said])
