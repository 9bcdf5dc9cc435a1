"""The documents about the whole city: the notes on contests and selection and the request for courses."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.facts import CITY, CONTESTANTS
from analysis.documents.material import Material, asked_for, bullets, city_document, of_report, small_print
from analysis.documents.staging import Document
from analysis.presentation.effectiveness import notices
from analysis.presentation.effectiveness_tables import selection_section, training
from analysis.presentation.exhibits import with_notes
from analysis.presentation.markdown import escape, points
from analysis.presentation.school_facts import part_table
from analysis.presentation.words import Row, decimal, form, rows_of
from analysis.rules.documents import CONTESTS, COURSES, SELECTION

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
    words, shown = selection_section(material.edition)
    tables = {one.label: with_notes(one, notices(material.edition, one)) for one in shown}
    return f"{words}\n\n{NO_RANKING}", [of_report(material, tables[one]) for one in IN_ORDER if one in tables]


def _supported(material: Material) -> str:
    rows = material.statuses[material.statuses["status"] != "нет"]
    if rows.empty:
        return "По реестру поддерживаемых школ в этом году нет."
    said = [
        f"{material.name(str(login))} — "
        + ", ".join(f"{row['status']} ({row['school_year']} учебный год)" for row in rows_of(mine))
        for login, mine in rows.groupby("school_login")
    ]
    return points("По реестру поддержку получают", said)
