"""Forms of one invented school with its sheets of facts filled in, as a test needs them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from analysis.cleaning.school_sheets import clean_school_sheets
from analysis.contracts.facts import EVIDENCE, EXECUTION, OWN_MEASURES, form_identity
from analysis.forms.collect import form_bytes, school_sheets
from analysis.intake.workbook import read_returned, read_workbook
from analysis.rules.config import Collection
from analysis.rules.methods import load_passport, part_of
from analysis.rules.office_files import Sitting

PARTS = part_of(load_passport(Path(__file__).parents[1]))
FILE = "data/raw/2021/form_edu1_v1.xlsx"
COMPETENCES = ("Предметная", "Методическая")
CRITERIA = ("Качество образования", "Условия")
COLLECTION = Collection(("УО",), "ОО", (), COMPETENCES, CRITERIA)
OPEN_LISTS = Collection(("УО",), "ОО")
NO_ROWS = ((EXECUTION, [], {}), (EVIDENCE, [], {}), (OWN_MEASURES, [], {}))


def sitting(procedure, wave, grades, scale="отметка", lag=0, school_year="2020/21", asked=None):
    return Sitting(
        procedure, 2021, wave, school_year, scale, lag, grades, tuple(grades) if asked is None else asked, "", "", True
    )


SITTINGS = (
    sitting("ВПР", "весна", {"Русский язык": (5, 6), "История": (6,)}, asked=("Русский язык",)),
    sitting("Журнал", "год", {"Русский язык": (5,)}),
    sitting("ЕГЭ", "основная", {"Русский язык": (11,)}, scale="100 баллов"),
)


def held(year):
    """The same sittings in another year."""
    return tuple(replace(one, calendar_year=year) for one in SITTINGS)


def form_of(filled, collection=COLLECTION, without=(), layouts=None, year=2021):
    """A form's bytes. `filled` holds, by sheet, its rows: all of them, or by the fixed first cells what stands behind.

    `layouts` replaces layouts by title; `without` names sheets that are not there.
    """
    sheets = []
    for layout, rows, choices in school_sheets(collection, held(year), year):
        given = filled.get(layout.title, ())
        if isinstance(given, dict):
            given = [(*row, *given.get(row, given.get(row[0], ()))) for row in rows]
        changed = (layouts or {}).get(layout.title, layout)
        sheets += [] if layout.title in without else [(changed, list(given) or rows, choices)]
    identity = form_identity("form", "город", year, "edu1")
    return form_bytes(["Форма"], [*NO_ROWS, *sheets], identity, date(2022, 1, 20))


def cleaned(filled, collection=COLLECTION, content=b"", **changes):
    content = content or form_of(filled, collection, **changes)
    return clean_school_sheets(read_returned(read_workbook(content, FILE), FILE), collection, SITTINGS, PARTS)


def said(found):
    """Severity, rule, place and the beginning of the sentence of each finding."""
    return [(str(one.severity), one.rule, one.place, one.explanation) for one in found.findings]
