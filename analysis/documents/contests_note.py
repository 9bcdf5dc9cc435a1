"""The note on contests: who took part on which level, teachers apart from pupils."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.school_facts import CONTEST_LEVELS, CONTESTANTS
from analysis.contracts.school_groups import ContestParts
from analysis.documents.material import (
    CONCLUSION,
    FACT,
    Material,
    asked_for,
    bullets,
    city_document,
    concluded,
    hypotheses_and_decisions,
    whence,
    with_codes,
)
from analysis.documents.settings import CONTESTS
from analysis.documents.staging import Document
from analysis.indicators.keyed import CITY, OTHERS
from analysis.presentation.conclusions.sentence import Case
from analysis.presentation.exhibits import Col, plain_table
from analysis.presentation.markdown import escape
from analysis.presentation.russian import form
from analysis.presentation.shares import NO_DATA
from analysis.presentation.words import Row, rows_of

PUPILS, TEACHERS = CONTESTANTS
NOTHING = "О конкурсах за этот год школы не сообщили."
HOW_COUNTED = (
    "Участие — один человек в одном конкурсе: кто участвовал в нескольких, посчитан столько же раз. Это полный учёт, "
    "а не выборка, поэтому интервалов нет; разница в числе участий говорит и о размере школы. Прочерк — сведений нет."
)


def contests_note(material: Material) -> Document:
    """The note on the contests of a year."""
    rows = material.rows("contest_parts")
    body = [
        asked_for(material, CONTESTS),
        FACT,
        bullets(list(_facts(material)), NOTHING),
        *([HOW_COUNTED, *_tables(material)] if len(rows) else []),
        CONCLUSION,
        concluded(CONTESTS, Case(material)),
        hypotheses_and_decisions(material, CONTESTS),
        "# Откуда сведения",
        whence(material, [f"{login}@{material.year}" for login in material.supported[:2]], indicators=False),
    ]
    return city_document(material, CONTESTS, "contests-note", body)


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


def _tables(material: Material) -> Iterator[str]:
    for name, who in (("teachers", TEACHERS), ("pupils", PUPILS)):
        rows = [{"school_login": login, **_of_a_group(material, login, who)} for login in _groups(material)]
        columns = [
            Col("school_login", "Школа", 40, "l", lambda login: material.name(login).capitalize()),
            Col("contest", "Конкурсов", 18, "c"),
            Col("contestant", "Участий", 18, "c"),
            Col("winner", "Победителей и призёров", 24, "c"),
        ]
        caption = f"{who.capitalize()}: конкурсы {material.year} года"
        codes = [
            f"{login}/contest_count" for login in (*material.supported, CITY) if material.of(login, "contest_count")
        ]
        yield with_codes(plain_table(name, caption, None, rows, columns), codes, material.year)
    yield with_codes(_levels(material), [f"{CITY}/contest_count"], material.year)


def _groups(material: Material) -> list[str]:
    return [*material.supported, OTHERS, CITY]


def _of_a_group(material: Material, login: str, who: str) -> dict[str, str]:
    """How many contests, people in them and winners, as text."""
    numbers = {}
    for name in ("contest", "contestant", "winner"):
        row = next((row for row in material.of(login, f"{name}_count") if row["aspect"] == who), None)
        numbers[name] = NO_DATA if row is None or pd.isna(row["value"]) else str(int(row["value"]))
    return numbers


def _levels(material: Material) -> str:
    rows = material.rows("contest_parts")
    rows = rows[rows["scope"] == "город"]
    order = {(level, who): None for who in (TEACHERS, PUPILS) for level in CONTEST_LEVELS}
    by_level = {(row["contest_level"], row["contestants"]): row for row in rows_of(rows)}
    found = [row for key in order if (row := by_level.get(key)) is not None and row["school_count"]]
    columns = [
        Col("contest_level", width=26),
        Col("contestants", width=24),
        Col("school_count", width=12, align="c"),
        Col("contestant_count", "Участий", 16, "c"),
        Col("winner_count", width=22, align="c"),
    ]
    return plain_table("levels", "Уровни конкурсов, весь город", ContestParts, found, columns)
