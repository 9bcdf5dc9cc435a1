"""Forty and more kinds of workbook: what is refused with words that help, what is found, what reads as if nothing."""

import io
import time
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from analysis.contracts.findings import RULE_TITLES, Severity
from analysis.errors import AnalysisError
from analysis.intake.workbook import Workbook, read_workbook
from damaged_workbooks import FAULTY, NOT_READ, SOUND_CELLS, STRANGE, sound

# Alone on a machine none takes a second; here other tests run beside.
LONGEST_SECONDS, LARGEST_MEGABYTES = 4, 200
TABS = ("Исполнение", "Подтверждения", "_форма")
SAVED_BY_LIBREOFFICE = Path(__file__).parent / "saved_by_libreoffice.xlsx"


def values(workbook: Workbook, sheet: int = 0) -> dict[str, object]:
    return {cell.address: cell.value for row in workbook.sheets[sheet].rows for cell in row.cells}


def read_in_time(content: bytes) -> Workbook:
    started = time.process_time()
    try:
        return read_workbook(content, "возврат.xlsx")
    finally:
        assert time.process_time() - started < LONGEST_SECONDS


@pytest.mark.parametrize("kind", NOT_READ)
def test_what_cannot_be_read_is_refused_with_file_and_remedy(kind):
    build, refused = NOT_READ[kind]
    with pytest.raises(AnalysisError) as caught:
        read_in_time(build())
    message = str(caught.value)
    assert message.startswith("возврат.xlsx: ")
    assert refused.words in message
    assert any(word in message for word in ("охраните", "олучите"))


@pytest.mark.parametrize("kind", FAULTY)
def test_faulty_cells_are_named_and_the_rest_is_read(kind):
    build, found = FAULTY[kind]
    workbook = read_in_time(build())
    assert [
        (finding.rule, " ".join(place.removeprefix("лист Исполнение, ячейка ") for place in finding.places))
        for finding in workbook.findings
    ] == list(found.faults)
    assert values(workbook).items() >= SOUND_CELLS.items()
    for finding in workbook.findings:
        assert finding.severity is Severity.BLOCKS
        assert finding.rule in RULE_TITLES
        assert finding.value
        assert finding.action


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_only_strange_reads_as_the_sheet_shows_it(kind):
    build, expected = STRANGE[kind]
    workbook = read_in_time(build())
    assert workbook.findings == ()
    assert values(workbook) == expected.cells


def test_a_cell_that_cannot_be_read_is_there_without_a_value():
    build, _ = FAULTY["errors of formulas"]
    workbook = read_workbook(build(), "возврат.xlsx")
    assert [values(workbook)[address] for address in ("E2", "F2")] == [None, None]
    assert [finding.value for finding in workbook.findings] == ["#DIV/0!", "#N/A"]


@pytest.mark.parametrize(
    "kind",
    [
        "as sent out",
        "saved by openpyxl",
        "dates counted from 1904",
        "texts inside the cells",
        "strict variety of the format",
    ],
)
def test_another_reader_sees_the_same(kind):
    content = STRANGE[kind][0]()
    grids = {sheet: CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet) for sheet in TABS}
    sheets = read_workbook(content, "возврат.xlsx").sheets
    assert [sheet.name for sheet in sheets] == list(TABS)
    for sheet in sheets:
        grid = grids[sheet.name].to_python(skip_empty_area=False)
        seen = {(row, column): value for row, values in enumerate(grid, 1) for column, value in enumerate(values, 1)}
        assert {at: value for at, value in seen.items() if value != ""} == {
            (cell.row, cell.column): cell.value for row in sheet.rows for cell in row.cells
        }


def test_tabs_properties_and_places():
    workbook = read_workbook(sound(), "возврат.xlsx")
    assert [(sheet.name, sheet.hidden) for sheet in workbook.sheets] == list(
        zip(TABS, (False, False, True), strict=True)
    )
    assert workbook.properties == {"form_kind": "form"}
    assert values(workbook, 2) == {"A1": "kind", "B1": "form"}
    assert workbook.sheets[0].place("F7") == "лист Исполнение, ячейка F7"
    assert [row.number for row in workbook.sheets[0].rows] == [1, 2, 3, 4]


def test_a_form_filled_in_libreoffice():
    workbook = read_workbook(SAVED_BY_LIBREOFFICE.read_bytes(), "возврат.xlsx")
    assert workbook.findings == ()
    assert values(workbook) == SOUND_CELLS
    assert workbook.sheets[2].hidden
    assert workbook.properties == {"form_kind": "form"}


@pytest.mark.parametrize(
    "kind",
    ["150,000 filled cells", "thirty megabytes of text", "inflates 700-fold", "declares less than it inflates to"],
)
def test_a_refused_file_takes_little_memory(kind):
    content = NOT_READ[kind][0]()
    assert peak_megabytes(content) < LARGEST_MEGABYTES


def test_a_million_rows_with_a_format_take_little_memory():
    assert peak_megabytes(STRANGE["a million rows with a format"][0]()) < 20


def peak_megabytes(content: bytes) -> float:
    tracemalloc.start()
    try:
        with suppress(AnalysisError):
            read_workbook(content, "возврат.xlsx")
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    finally:
        tracemalloc.stop()
