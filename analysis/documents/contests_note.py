"""The note on contests: who took part on which level, teachers apart from pupils."""

from collections.abc import Iterator

import pandas as pd

from analysis.contracts.school_facts import CONTESTANTS
from analysis.contracts.school_groups import CITY
from analysis.documents.material import Material, asked_for, bullets, city_document, of_report, small_print
from analysis.documents.settings import CONTESTS
from analysis.documents.staging import Document
from analysis.presentation.markdown import escape
from analysis.presentation.russian import form
from analysis.presentation.school_facts import contest_table
from analysis.presentation.words import Row

NOTHING = "О конкурсах за этот год школы не сообщили."
HOW_COUNTED = (
    "Участие — один человек в одном конкурсе: кто участвовал в нескольких, посчитан столько же раз. Это полный учёт, "
    "а не выборка, поэтому интервалов нет; разница в числе участий говорит и о размере школы. Прочерк — сведений нет."
)


def contests_note(material: Material) -> Document:
    """The note on the contests of a year."""
    edition = material.edition
    facts = [bullets(list(_facts(material)), NOTHING)]
    if len(edition.school_facts("contest_parts")):
        facts += [HOW_COUNTED, of_report(material, contest_table(edition))]
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
