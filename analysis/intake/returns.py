"""Recognises a returned workbook by its hidden identifiers, and its sheets by their headings, not by their names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.forms import (
    ACCEPTANCE,
    EVIDENCE,
    EXECUTION,
    FORM_VERSION,
    IDENTITY_KEYS,
    IDENTITY_SHEET,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    SCHOOL_SHEETS,
    FormSheet,
)
from analysis.errors import AnalysisError
from analysis.findings import Finding, Severity
from analysis.intake.blocks import plain
from analysis.intake.workbook import Sheet, SheetCell, Workbook
from analysis.intake.workbook_package import open_package
from analysis.intake.workbook_parts import sheet_names

LAYOUTS = {
    "form": (EXECUTION, EVIDENCE),
    "registry": (REGISTRY_SCHOOLS, REGISTRY_STATUS),
    "acceptance": (ACCEPTANCE,),
}
SEND_AGAIN = "Возьмите форму, которую сделала команда analysis forms, перенесите в неё значения и верните."


@dataclass(frozen=True)
class Identity:
    """What tells one form from another; it travels inside the workbook."""

    kind: str
    project: str
    calendar_year: int
    reporter: str


@dataclass(frozen=True)
class ReturnedRow:
    """One filled row of a sheet: its cells by column name, and the address of the row."""

    cells: Mapping[str, SheetCell]
    place: str


@dataclass(frozen=True)
class Returned:
    """A returned workbook.

    Attributes:
        file: Its path relative to the project.
        identity: Whose it is.
        rows: Filled rows by the title of the sheet's layout; a sheet of school facts that is not there has no entry.
        findings: What was noticed while reading.
    """

    file: str
    identity: Identity
    rows: Mapping[str, tuple[ReturnedRow, ...]]
    findings: tuple[Finding, ...]


def is_returned(content: bytes, file: str) -> bool:
    """Whether these are the bytes of a workbook that says of itself that it is one of ours.

    Raises:
        AnalysisError: It is a workbook that cannot or must not be read.
    """
    if not content.startswith(b"PK"):
        return False
    package = open_package(content, file)
    with package.archive:
        return IDENTITY_SHEET in sheet_names(package)


def recognise(workbook: Workbook, file: str) -> Identity:
    """Returns whose workbook this is, from its hidden identifiers; the file name says nothing.

    Raises:
        AnalysisError: It is no form of this system, or one of another version.
    """
    sheet = next((sheet for sheet in workbook.sheets if sheet.name == IDENTITY_SHEET), None)
    found = {str(row[1].value): str(row[2].value) for row in _grid(sheet) if 1 in row and 2 in row} if sheet else {}
    if set(IDENTITY_KEYS) - set(found) or found["kind"] not in LAYOUTS or not found["calendar_year"].isdigit():
        raise AnalysisError(
            f"{file}: это не форма, разосланная этой программой: скрытых отметок в ней нет. {SEND_AGAIN}"
        )
    if found["version"] != FORM_VERSION:
        raise AnalysisError(f"{file}: форма другой версии ({found['version']}, нужна {FORM_VERSION}). {SEND_AGAIN}")
    return Identity(found["kind"], found["project"], int(found["calendar_year"]), found["reporter"])


def read_returned(workbook: Workbook, file: str) -> Returned:
    """Returns the filled rows of a workbook.

    Raises:
        AnalysisError: It is no form of this system.
    """
    identity = recognise(workbook, file)
    layouts: Sequence[FormSheet] = LAYOUTS[identity.kind]
    rows: dict[str, tuple[ReturnedRow, ...]] = {}
    findings = list(workbook.findings)
    for layout in (*layouts, *([OWN_MEASURES] if identity.kind == "form" else [])):
        found = _find(workbook, layout)
        if found is None and layout in layouts:
            findings.append(_missing_sheet(layout, file))
        rows[layout.title] = found or ()
    for layout in SCHOOL_SHEETS if identity.kind == "form" else ():
        if (found := _find(workbook, layout)) is not None:
            rows[layout.title] = found
    return Returned(file, identity, rows, tuple(findings))


def _find(workbook: Workbook, layout: FormSheet) -> tuple[ReturnedRow, ...] | None:
    """The filled rows under the headings of a layout, on whichever sheet they stand."""
    for sheet in workbook.sheets:
        grid = _grid(sheet)
        for number, row in enumerate(grid):
            columns = _columns(row, layout)
            if columns is not None:
                return tuple(_filled_rows(sheet, grid[number + 1 :], columns, layout))
    return None


def _columns(row: Mapping[int, SheetCell], layout: FormSheet) -> dict[int, str] | None:
    names = {column.title.casefold(): column.name for column in layout.columns}
    found = {
        position: names[title]
        for position, cell in row.items()
        if (title := plain(str(cell.value)).casefold()) in names
    }
    return found if layout.needed_columns <= set(found.values()) else None


def _filled_rows(
    sheet: Sheet, rows: Iterable[Mapping[int, SheetCell]], columns: Mapping[int, str], layout: FormSheet
) -> Iterable[ReturnedRow]:
    for row in rows:
        cells = {columns[position]: cell for position, cell in row.items() if position in columns}
        if cells:
            first = next(iter(row.values()))
            yield ReturnedRow(cells, f"лист {sheet.name}, строка {first.row}")


def _grid(sheet: Sheet) -> list[dict[int, SheetCell]]:
    """The non-blank cells of a sheet by row, then by column."""
    return [{cell.column: cell for cell in row.cells} for row in sheet.rows if row.cells]


def _missing_sheet(layout: FormSheet, file: str) -> Finding:
    return Finding(
        "workbook",
        Severity.BLOCKS,
        file,
        (f"лист {layout.title}",),
        "",
        f"В книге нет листа с заголовками: {', '.join(column.title for column in layout.columns)}.",
        SEND_AGAIN,
    )
