"""The documents about the whole city: notes on contests and selection, request for courses, brief for the meeting."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.facts import CITY, CONTESTANTS
from analysis.documents.material import Material, asked_for, bullets, city_document, of_report, small_print
from analysis.documents.staging import Document
from analysis.presentation import execution, selection_tables, supported
from analysis.presentation.conclusions.listing import BESIDE_CITY, conclusions
from analysis.presentation.conclusions.sentence import NO_SCHOOLS, SCHOOL, Case
from analysis.presentation.effectiveness import notices
from analysis.presentation.effectiveness_tables import training
from analysis.presentation.execution import task_results
from analysis.presentation.exhibits import with_notes
from analysis.presentation.markdown import escape, points, table_note
from analysis.presentation.school_facts import VPR_NOTICE, part_table
from analysis.presentation.words import Row, decimal, ended, form, in_order_of_codes, long_date, rows_of
from analysis.rules.documents import CONTESTS, COURSES, MEETING, REPORT, SELECTION
from analysis.rules.exam_calendar import school_years_of

# The note on contests: who took part on which level, teachers apart from pupils.

NO_CONTESTS_TOLD = "О конкурсах за этот год школы не сообщили."
HOW_COUNTED = (
    "Участие — один человек в одном конкурсе: кто участвовал в нескольких, посчитан столько же раз. Это полный учёт, "
    "а не выборка, поэтому интервалов нет; разница в числе участий говорит и о размере школы. Прочерк — сведений нет."
)


def contests_note(material: Material) -> Document:
    """The note on the contests of a year."""
    edition = material.edition
    facts = [bullets(list(_facts(material)), NO_CONTESTS_TOLD)]
    if len(edition.school_facts("contest_parts")):
        facts += [HOW_COUNTED, of_report(material, part_table(edition, "contest_parts"))]
    below = small_print(material, indicators=False)
    return city_document(material, CONTESTS, "contests-note", facts, below, asked_for(material, CONTESTS))


def _facts(material: Material) -> Iterator[str]:
    rows = material.rows("contests")
    if rows.empty:
        return
    schools, known = rows["school_login"].nunique(), len(material.register.names)
    reported = form(schools, ("сообщила", "сообщили", "сообщили"))
    yield escape(f"О конкурсах {reported} {schools} {form(schools, SCHOOLS)} из {known}.")
    for who in CONTESTANTS:
        mine = [material.of(CITY, f"{name}_count") for name in ("contestant", "winner")]
        people, winners = (next((row for row in found if row["aspect"] == who), None) for found in mine)
        if people is not None and winners is not None and not pd.isna(people["value"]):
            yield escape(
                f"{who.capitalize()}: участий — {int(people['value'])}{_since(people)}, победителей и призёров — "
                f"{int(winners['value'])}{_since(winners)}."
            )


SCHOOLS = ("школа", "школы", "школ")


def _since(row: Row) -> str:
    """« (в 2021 году 115)»."""
    if pd.isna(row["change"]):
        return ""
    return f" (в {int(row['earlier_year'])} году {int(row['value'] - row['change'])})"


# The request for courses: topics by the deficits of teachers, and what administrative teams have trouble with.

NO_DEFICITS_TOLD = "Нет данных: о дефицитах педагогов за этот год школы не сообщили."
ABOUT_TEAMS = (
    "Диагностики административных команд формы школ не собирают. Ниже — критерии самооценки, по которым поддерживаемые "
    "школы поставили себе меньше всего: предмет для разговора о тематике, а не результат диагностики."
)
HOW_TO_READ = (
    "Место темы — по доле учителей с дефицитом среди прошедших диагностику; «от–до» — где место лежит с вероятностью "
    "95 %. «В первых трёх» — вероятность, что тема среди трёх самых нужных. Учителей и школы по темам не сравнивают."
)


def courses_request(material: Material) -> Document:
    """The request for courses of a year."""
    edition, topics = material.edition, len(material.rows("training_needs")) > 0
    facts = [
        *([_told_of(material), HOW_TO_READ] if topics else [NO_DEFICITS_TOLD]),
        of_report(material, training(edition)) if topics else "",
        of_report(material, part_table(edition, "deficit_parts")) if len(edition.school_facts("deficit_parts")) else "",
        "## Для административных команд",
        *_teams(material),
    ]
    above = asked_for(material, COURSES)
    return city_document(material, COURSES, "courses-request", facts, small_print(material), above)


def _told_of(material: Material) -> str:
    """How many schools the ranking rests on."""
    schools = material.rows("deficits")["school_login"].nunique()
    told = form(schools, ("сообщила", "сообщили", "сообщили"))
    named = form(schools, ("школа", "школы", "школ"))
    return f"О дефицитах {told} {schools} {named} из {len(material.register.names)}."


def _teams(material: Material) -> Iterator[str]:
    lines = []
    for login in material.supported:
        rows = [row for row in material.of(login, "self_assessment_score") if not pd.isna(row["value"])]
        least = min((float(row["value"]) for row in rows), default=0.0)
        lowest = [f"«{row['aspect']}»" for row in rows if float(row["value"]) == least]
        if lowest and len(lowest) < len(rows):
            lines.append(f"{material.name(login)}: {', '.join(lowest)} — {decimal(least)}.")
        else:
            lines.append(f"{material.name(login)}: {'балл по всем критериям один' if lowest else 'нет данных'}.")
    yield ABOUT_TEAMS if lines else "Поддерживаемых школ в этом году нет."
    yield bullets([escape(line) for line in lines])


# The note on selection: whom each rule lists, how sure that is, what another threshold would change, who leaves.

NO_RULES = "Нет данных: правил отбора или результатов процедур за этот год нет."
IN_ORDER = ("tbl-selection", "tbl-low-procedures", "tbl-thresholds")
NO_RANKING = "Порядок школ — как в реестре; рейтинга нет."


def selection_note(material: Material) -> Document:
    """The note on the selection of a year."""
    rules = [rule for rule in material.rules if len(material.of_rule("selection", rule))]
    words, tables = _of_report(material) if rules else (NO_RULES, [])
    tables = tables if any(rule.parts_schools for rule in rules) else []
    facts, above = [bullets([_supported(material)]), words, *tables], asked_for(material, SELECTION)
    return city_document(material, SELECTION, "selection-note", facts, small_print(material), above)


def _of_report(material: Material) -> tuple[str, list[str]]:
    """What the report for the office says of the rules, and its tables about them."""
    words, shown = selection_tables.section(material.edition)
    tables = {one.label: with_notes(one, notices(material.edition, one)) for one in shown}
    return f"{words}\n\n{NO_RANKING}", [of_report(material, tables[one]) for one in IN_ORDER if one in tables]


def _supported(material: Material) -> str:
    status = material.edition.tables.get("school_status", NO_SCHOOLS)
    rows = status[status["school_year"].isin(school_years_of(material.year)) & (status["status"] != "нет")]
    if rows.empty:
        return "По реестру поддерживаемых школ в этом году нет."
    said = [
        f"{material.name(str(login))} — "
        + ", ".join(f"{row['status']} ({row['school_year']} учебный год)" for row in rows_of(mine))
        for login, mine in rows.groupby("school_login")
    ]
    return points("По реестру поддержку получают", said)


# The brief for the coordination meeting: execution, what is owed and by whom, the supported schools; two pages.

NO_SCHOOL_DATA = "Сведений за этот год нет."
SHOWN_DEBTS, SHOWN_SCHOOLS = 8, 8


def meeting_brief(material: Material) -> Document:
    """The brief for the meeting about a year."""
    edition = material.edition
    schools = [_school(material, login) for login in material.supported[:SHOWN_SCHOOLS]]
    has_facts = len(edition.execution) > 0
    facts = [
        of_report(material, task_results(edition)) if has_facts else "",
        bullets(schools),
        # In small letters instead of a frame: the brief of a usual year fits one page so.
        table_note(VPR_NOTICE) if schools else "",
        _debts(material),
    ]
    return city_document(material, MEETING, "meeting-brief", facts, _whence(material, bool(schools)))


def _whence(material: Material, with_schools: bool) -> str:
    """What asked for the brief, the day of its data and how to ask for its numbers; small, so it takes no page."""
    day = escape(f"{ended(f'Сведения на {long_date(material.edition.data_date)}')}")
    school = f", `{material.supported[0]}@{material.year}` (школа и год)" if with_schools else ""
    how = f"Откуда числа: `analysis explain 1@{material.year}` (задача и год){school}."
    said = " ".join(part for part in (asked_for(material, MEETING), day, how) if part)
    return f"::: {{.table-note}}\n{said}\n:::"


def _school(material: Material, login: str) -> str:
    """What a school has carried out and how it stands beside the city, in the words of the report."""
    name = material.name(login)
    told = [one for one in conclusions(Case(material, login), REPORT, SCHOOL) if one.sentence.id == BESIDE_CITY]
    said = [*supported.measures(material.edition, login), *(supported.below_its_name(one, name) for one in told)]
    return f"**{escape(name)}.** {escape(' '.join(said) or NO_SCHOOL_DATA)}"


def _debts(material: Material) -> str:
    """What is owed, by who owes it; the longest few lines, the rest as a number."""
    edition = material.edition
    if not edition.is_over:
        return execution.NOT_OVER.format(year=material.year)
    rows = material.rows("owed")
    if rows.empty:
        return escape(execution.nothing_owed(edition))
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
