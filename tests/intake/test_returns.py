"""A returned sheet is known by the headings that it needs; columns that only help whoever fills it in may be absent."""

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from analysis.contracts.facts import ACCEPTANCE, FormColumn, FormSheet, form_identity
from analysis.contracts.findings import Severity
from analysis.forms.collect import form_bytes
from analysis.intake.workbook import read_returned, read_workbook
from damaged_workbooks import TEXTS, with_change

DAY = date(2022, 1, 25)
# As the sheet was before it showed the measure, the fact and the document.
EARLIER = FormSheet(
    "Рассмотрение",
    (
        FormColumn("evidence_id", "Код подтверждения", "fixed", 34),
        FormColumn("reporter", "Кто отчитался", "fixed", 20),
        FormColumn("described", "Подтверждение", "fixed", 60),
        *ACCEPTANCE.columns[-4:],
    ),
)


def _returned(layout, rows):
    identity = form_identity("acceptance", "город", 2021, "acceptance")
    content = form_bytes(["Рассмотрение"], [(layout, rows, {})], identity, DAY)
    return read_returned(read_workbook(content, "acceptance.xlsx"), "acceptance.xlsx")


def test_an_acceptance_workbook_of_the_earlier_layout_is_read():
    returned = _returned(EARLIER, [("код", "УО", "1.4 протокол 1", "принято", "Начальник", DAY, "")])
    (row,) = returned.rows["Рассмотрение"]
    assert returned.findings == ()
    assert {name: cell.value for name, cell in row.cells.items()} == {
        "evidence_id": "код",
        "reporter": "УО",
        "verdict": "принято",
        "verdict_by": "Начальник",
        "verdict_date": DAY,
    }


@pytest.mark.parametrize("lost", ["evidence_id", "verdict", "reason"])
def test_without_a_heading_that_it_needs_it_is_another_sheet(lost):
    columns = tuple(column for column in ACCEPTANCE.columns if column.name != lost)
    (finding,) = _returned(FormSheet("Рассмотрение", columns), []).findings
    assert (finding.rule, finding.place) == ("workbook", "лист Рассмотрение")
    assert "Код подтверждения" in finding.explanation


@pytest.mark.parametrize(("verdict", "rules"), [("принято", []), ("возвращено", ["pasted_twice"])])
def test_a_copy_of_a_sheet_with_other_values_stops(verdict, rules):
    identity = form_identity("acceptance", "город", 2021, "acceptance")
    copy = replace(EARLIER, title="Рассмотрение (2)")
    sheets = [
        (EARLIER, [("код", "УО", "1.4 протокол 1", "принято", "Начальник", DAY, "")], {}),
        (copy, [("код", "УО", "1.4 протокол 1", verdict, "Начальник", DAY, "")], {}),
    ]
    content = form_bytes(["Рассмотрение"], sheets, identity, DAY)
    found = read_returned(read_workbook(content, "acceptance.xlsx"), "acceptance.xlsx").findings
    assert [(one.rule, one.place) for one in found] == [(rule, "лист Рассмотрение (2)") for rule in rules]


def _with(change):
    """A sound book of verdicts after a change made by hand."""
    identity = form_identity("acceptance", "город", 2021, "acceptance")
    rows = [("код", "УО", "1.4 протокол 1", "принято", "Начальник", DAY, "")]
    book = openpyxl.load_workbook(io.BytesIO(form_bytes(["Рассмотрение"], [(EARLIER, rows, {})], identity, DAY)))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return read_returned(read_workbook(buffer.getvalue(), "acceptance.xlsx"), "acceptance.xlsx")


def _add_sheet(book, name, values, state="visible"):
    sheet = book.create_sheet(name)
    sheet.sheet_state = state
    for address, value in values.items():
        sheet[address] = value


@pytest.mark.parametrize(
    ("name", "values", "state", "places"),
    [
        ("Расчёт", {"B3": "Итого", "C3": 5}, "visible", ["лист Расчёт, ячейка B3"]),
        ("Расчёт", {}, "visible", []),
        ("Расчёт", {"B3": 5}, "hidden", []),
    ],
)
def test_a_sheet_that_somebody_put_in_is_named(name, values, state, places):
    found = _with(lambda book: _add_sheet(book, name, values, state)).findings
    assert [(one.rule, one.severity, one.place) for one in found] == [
        ("foreign_sheet", Severity.ATTENTION, place) for place in places
    ]


def _strike(address, struck=True):
    def change(book):
        book["Рассмотрение"][address].font = Font(strike=struck)

    return change


def _strike_a_word(book):
    sheet = book["Рассмотрение"]
    sheet["G2"] = CellRichText("нет ", TextBlock(InlineFont(strike=True), "подписи"))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (_strike("D2"), [("лист Рассмотрение, ячейка D2", "принято")]),
        (_strike("G2"), []),
        (_strike("D2", struck=False), []),
        (_strike_a_word, [("лист Рассмотрение, ячейка G2", "нет подписи")]),
    ],
)
def test_what_is_struck_out_is_named_and_read(change, found):
    returned = _with(change)
    assert [(one.place, one.value) for one in returned.findings] == found
    assert {one.rule for one in returned.findings} <= {"struck_out"}
    assert returned.rows["Рассмотрение"][0].cells["verdict"].value == "принято"


def test_a_shared_text_that_is_struck_out_is_named():
    struck = "<si><r><rPr><strike/></rPr><t>Семинар</t></r><r><t> для завучей</t></r></si>"
    whole = "<si><t>Семинар для завучей</t></si>"
    (finding,) = read_workbook(with_change(whole, struck, TEXTS), "возврат.xlsx").findings
    assert (finding.rule, finding.place) == ("struck_out", "лист Исполнение, ячейка B2")
    assert finding.value == "Семинар для завучей"
