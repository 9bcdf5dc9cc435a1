"""The request for courses: topics by the deficits of teachers, and what administrative teams have trouble with."""

from collections.abc import Iterator

import pandas as pd

from analysis.documents.material import Material, asked_for, bullets, city_document, of_report, small_print
from analysis.documents.settings import COURSES
from analysis.documents.staging import Document
from analysis.presentation.effectiveness_tables import training
from analysis.presentation.markdown import escape
from analysis.presentation.russian import decimal, form
from analysis.presentation.school_facts import deficit_table

NOTHING = "Нет данных: о дефицитах педагогов за этот год школы не сообщили."
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
        *([_told_of(material), HOW_TO_READ] if topics else [NOTHING]),
        of_report(material, training(edition)) if topics else "",
        of_report(material, deficit_table(edition)) if len(edition.school_facts("deficit_parts")) else "",
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
