"""What people do to a form before it comes back: merge, cut, sort, rename; read, or asked about where it is unclear."""

import io
from datetime import date

import openpyxl
import pytest

from analysis.cleaning.returns import clean_form
from analysis.contracts.facts import EVIDENCE, EXECUTION, OWN_MEASURES, form_identity
from analysis.contracts.findings import Severity
from analysis.forms.collect import form_bytes
from analysis.intake.workbook import read_returned, read_workbook

FILE = "data/raw/2021/form_УО_v1.xlsx"
LABELS = ("1.4", "2.1", "2.2", "4.1", "4.10")
MEASURES = {label: (label, 1) for label in LABELS}
DAY = date(2021, 10, 5)
PLACE = "лист Исполнение, ячейка"


def _altered(change, facts=(1, 2, 3, 4, 5)):
    """A form of five facts after a change made by hand, as it was saved."""
    rows = [(label, "Мера", "5", "", fact) for label, fact in zip(LABELS, facts, strict=True)]
    sheets = [(EXECUTION, rows, {}), (EVIDENCE, [], {}), (OWN_MEASURES, [], {})]
    content = form_bytes(["Форма"], sheets, form_identity("form", "город", 2021, "УО"), date(2022, 1, 20))
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    returned = read_returned(read_workbook(buffer.getvalue(), FILE), FILE)
    return clean_form(returned, MEASURES, (), date(2022, 1, 20))


def _facts(cleaned):
    return {row[3]: row[7] for row in cleaned.rows["reports"]}


def _found(cleaned):
    return [(one.rule, one.places) for one in cleaned.findings if one.severity is Severity.BLOCKS]


ALL = dict(zip(LABELS, (1, 2, 3, 4, 5), strict=True))


def _sort(book):
    sheet = book["Исполнение"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=6)]
    for number, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value


def _rename(book):
    book["Исполнение"].title = "Лист1"
    book["Подтверждения"].title = "Лист2"
    book.move_sheet("Лист2", -2)


def _cut_in_two(book):
    sheet = book["Исполнение"]
    sheet.insert_rows(5)
    for column in range(1, 8):
        sheet.cell(5, column).value = sheet.cell(1, column).value


def _lines_above(book):
    book["Исполнение"].insert_rows(1, amount=2)
    book["Исполнение"]["A1"] = "Школа № 1, форма за год"


def _merge_within_a_row(book):
    book["Исполнение"].merge_cells("E2:F2")


def _merge_blank_cells(book):
    book["Исполнение"].merge_cells("G2:G4")


def _type_as_text(book):
    book["Исполнение"]["E2"] = "1 (один)"


@pytest.mark.parametrize(
    "change", [_sort, _rename, _cut_in_two, _lines_above, _merge_within_a_row, _merge_blank_cells, _type_as_text]
)
def test_a_change_that_leaves_the_meaning_is_read(change):
    cleaned = _altered(change)
    assert (_facts(cleaned), _found(cleaned)) == (ALL, [])


def _merge(area):
    return lambda book: book["Исполнение"].merge_cells(area)


def test_a_fact_merged_over_lines_is_asked_about_with_all_the_cells_it_covers():
    cleaned = _altered(_merge("E2:E4"))
    places = tuple(f"{PLACE} {address}" for address in ("E2", "E3", "E4"))
    assert _found(cleaned) == [("merged_cells", places)]
    finding = next(one for one in cleaned.findings if one.rule == "merged_cells")
    assert finding.value == "1"
    assert finding.explanation.startswith("Ячейки E2:E4 объединены: значение стоит только в E2")
    assert _facts(cleaned) == {**ALL, "2.1": None, "2.2": None}
    # Of the covered facts nothing else is said: they are not blank.
    assert not [one for one in cleaned.findings if one.rule != "merged_cells" and one.place.endswith(("E3", "E4"))]


def test_evidence_for_a_covered_fact_does_not_say_that_the_fact_is_blank():
    def _change(book):
        book["Исполнение"].merge_cells("E2:E4")
        for row, label in enumerate(("1.4", "2.1"), start=2):
            for column, value in enumerate((label, "приказ", str(row), DAY, "приказ.pdf", 1), start=1):
                book["Подтверждения"].cell(row, column).value = value

    cleaned = _altered(_change, facts=(3, "", "", "", ""))
    assert [one.rule for one in cleaned.findings] == ["merged_cells"]


def test_numbers_of_measures_merged_downwards_are_asked_about():
    cleaned = _altered(_merge("A2:A3"))
    assert _found(cleaned) == [("merged_cells", (f"{PLACE} A2", f"{PLACE} A3"))]
    assert "2.1" not in _facts(cleaned)


def _code_as_number(book):
    """The number of a measure pasted as a number: 4.10 becomes 4.1."""
    sheet = book["Подтверждения"]
    for column, value in enumerate((4.1, "приказ", "77-0", DAY, "приказ.pdf", 1), start=1):
        sheet.cell(2, column).value = value
    sheet["A2"].number_format = "General"


def _code_as_date(book):
    _code_as_number(book)
    book["Подтверждения"]["A2"].value = date(2021, 4, 1)
    book["Подтверждения"]["A2"].number_format = "dd.mmm"


@pytest.mark.parametrize(
    ("change", "said"),
    [(_code_as_number, "Число не различает 4.1 и 4.10"), (_code_as_date, "Вместо номера показателя в ячейке дата")],
)
def test_a_number_of_a_measure_that_excel_has_changed_is_credited_to_nobody(change, said):
    cleaned = _altered(change)
    assert _found(cleaned) == [("measure_label", ("лист Подтверждения, строка 2",))]
    assert next(one for one in cleaned.findings if one.rule == "measure_label").explanation.startswith(said)
    assert cleaned.rows["evidence"] == ()


def test_hidden_rows_stop_with_a_word():
    def _filter(book):
        book["Исполнение"].auto_filter.ref = "A1:G6"
        book["Исполнение"].row_dimensions[3].hidden = True

    cleaned = _altered(_filter)
    assert [rule for rule, _ in _found(cleaned)] == ["hidden_data"]
    assert "снимите фильтр" in cleaned.findings[0].action
