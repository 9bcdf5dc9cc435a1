"""Reads a returned .xlsx workbook: every filled cell with its true address, and what in it cannot be trusted.

The XML is read here in one pass. Libraries for workbooks show neither hidden rows nor formulas without a value, and
may read another or far larger part than the one that was checked (docs/observed.md)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, groupby
from operator import attrgetter

from analysis.contracts.findings import STRUCK_OUT, Finding, Severity, column_letters
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT, Memory, Progress
from analysis.intake.workbook_package import Package, SheetEntry, open_package, read_entries, read_properties
from analysis.intake.workbook_sheet import (
    LAST_COLUMN,
    LAST_ROW,
    MOST_MERGED,
    BookParts,
    CellValue,
    Fault,
    SheetCell,
    SheetReader,
    TooManyCellsError,
)

__all__ = ["CellValue", "Sheet", "SheetCell", "SheetRow", "Workbook", "read_workbook"]

MOST_SHEETS = 100
# Results of a whole city, a row a pupil, are some 50,000 cells.
MOST_CELLS = 100_000
# Only the first places are named: a mistake may repeat a hundred thousand times.
PLACES_NAMED = 20
EXPLANATIONS = {
    "formula": (
        "Формула без сохранённого значения: какое число она даёт, в файле не записано.",
        "Откройте файл в Excel, дождитесь пересчёта и сохраните или впишите вместо формулы значение.",
    ),
    "error_cell": (
        "Вместо значения в ячейке ошибка: прочитать её как число, дату или текст нельзя.",
        "Исправьте формулу или впишите вместо неё значение.",
    ),
}


@dataclass(frozen=True)
class SheetRow:
    """A row with at least one cell that is not blank.

    Attributes:
        number: As the spreadsheet shows it, from 1.
        cells: Those that are not blank, from left to right.
    """

    number: int
    cells: tuple[SheetCell, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: As on its tab.
        hidden: The tab is hidden; the content of such a sheet is not judged here.
        rows: The rows that are not blank, from the top.
        merged: Ranges of merged cells: E2:E4.
    """

    name: str
    hidden: bool
    rows: tuple[SheetRow, ...]
    merged: tuple[str, ...] = ()

    def place(self, address: str) -> str:
        """The place of a cell for a person: «лист Исполнение, ячейка F7»."""
        return f"лист {self.name}, ячейка {address}"


@dataclass(frozen=True)
class Workbook:
    """A workbook as it came back.

    Attributes:
        sheets: In the order of their tabs.
        properties: The custom properties of the file.
        findings: Cells that cannot be read or are hidden (blocking), and cells that are struck out.
    """

    sheets: tuple[Sheet, ...]
    properties: dict[str, str]
    findings: tuple[Finding, ...]


def read_workbook(content: bytes, file: str, worded: bool = False) -> Workbook:
    """Returns what the workbook holds.

    Args:
        content: The bytes of the file.
        file: Its path relative to the project, for messages.
        worded: Whether a number whose format shows words is read as text, with them: «не менее 31», not 31.

    Raises:
        AnalysisError: The file cannot or must not be read at all; the message says what to do.
    """
    package = open_package(content, file)
    with package.archive:
        entries, book = read_entries(package, worded)
        _refuse_too_many(package, len(entries), MOST_SHEETS, "листов")
        read = list(_read_sheets(package, entries, book))
        properties = read_properties(package)
    findings = chain.from_iterable(_sheet_findings(sheet, reader, file) for sheet, reader in read)
    return Workbook(tuple(sheet for sheet, _ in read), properties, tuple(findings))


def _read_sheets(
    package: Package, entries: Iterable[SheetEntry], book: BookParts
) -> Iterator[tuple[Sheet, SheetReader]]:
    left = MOST_CELLS
    for entry in entries:
        reader = SheetReader(book, LAST_COLUMN, most_cells=left)
        try:
            package.read_with(reader, entry.part)
        except TooManyCellsError:
            _refuse_too_many(package, MOST_CELLS + 1, MOST_CELLS, "заполненных ячеек")
        left -= reader.cell_count
        yield Sheet(entry.name, entry.hidden, _rows(reader), tuple(reader.merged[:MOST_MERGED])), reader


def _refuse_too_many(package: Package, count: int, most: int, what: str) -> None:
    if count > most:
        raise AnalysisError(
            f"{package.file}: {what} больше, чем {most}: это не форма. Оставьте в книге только листы формы, "
            "удалите лишнее и сохраните её заново."
        )


def _rows(reader: SheetReader) -> tuple[SheetRow, ...]:
    return tuple(
        SheetRow(number, tuple(row[column] for column in sorted(row))) for number, row in sorted(reader.rows.items())
    )


def _sheet_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    for fault in reader.faults:
        yield _fault_finding(sheet, fault, file)
    if reader.far_away:
        yield _far_away_finding(sheet, reader.far_away, file)
    if not sheet.hidden:
        yield from _hidden_findings(sheet, reader, file)
        yield from _struck_findings(sheet, reader, file)


def _fault_finding(sheet: Sheet, fault: Fault, file: str) -> Finding:
    explanation, action = EXPLANATIONS[fault.rule]
    places = _places(sheet, [fault.cell])
    return Finding(fault.rule, Severity.BLOCKS, file, places, fault.stands, explanation, action)


def _far_away_finding(sheet: Sheet, cells: Sequence[SheetCell], file: str) -> Finding:
    said = (
        f"Заполненные ячейки (всего {len(cells)}) дальше строки {LAST_ROW} или столбца "
        f"{column_letters(LAST_COLUMN)} не читаются: в форме там ничего не бывает."
    )
    action = "Очистите эти ячейки или перенесите значения в строки формы."
    return Finding("workbook", Severity.BLOCKS, file, _places(sheet, cells), _shown(cells), said, action)


def _hidden_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    for row in sheet.rows:
        if row.number in reader.hidden_rows:
            yield _hidden_finding(sheet, row.cells, f"Строка {row.number} скрыта, а в ней", file)
    in_columns = sorted(_in_hidden_columns(sheet, reader), key=attrgetter("column"))
    for column, cells in groupby(in_columns, key=attrgetter("column")):
        yield _hidden_finding(sheet, list(cells), f"Столбец {column_letters(column)} скрыт, а в нём", file)


def _struck_findings(sheet: Sheet, reader: SheetReader, file: str) -> Iterator[Finding]:
    """Yields one finding per row: whoever strikes out a row means all of it."""
    for _, row in groupby(sorted(reader.struck, key=attrgetter("row", "column")), key=attrgetter("row")):
        cells = list(row)
        said = "Значение зачёркнуто, но прочитано как обычное: зачёркивание ничего не отменяет."
        places = _places(sheet, cells)
        yield Finding("struck_out", Severity.ATTENTION, file, places, _shown(cells), said, STRUCK_OUT)


def _in_hidden_columns(sheet: Sheet, reader: SheetReader) -> list[SheetCell]:
    hidden = reader.hidden_columns
    return [cell for row in sheet.rows for cell in row.cells if cell.column in hidden] if hidden else []


def _hidden_finding(sheet: Sheet, cells: Sequence[SheetCell], what: str, file: str) -> Finding:
    said = f"{what} есть данные: их не видел тот, кто заполнял и проверял файл."
    action = "Покажите скрытое (или снимите фильтр), проверьте и оставьте или удалите."
    return Finding("hidden_data", Severity.BLOCKS, file, _places(sheet, cells), _shown(cells), said, action)


def _shown(cells: Sequence[SheetCell]) -> str:
    return "; ".join(str(cell.value) for cell in cells[:PLACES_NAMED] if cell.value is not None)


def _places(sheet: Sheet, cells: Sequence[SheetCell]) -> tuple[str, ...]:
    return tuple(sheet.place(cell.address) for cell in cells[:PLACES_NAMED])


def remembering_reader(memory: Memory, of: int = 0, progress: Progress = SILENT) -> Callable[[bytes, str], Workbook]:
    """Returns a `read_workbook` that reads the same file once and tells how many it has read.

    Args:
        memory: What was read before.
        of: How many will be read.
        progress: Is told.
    """
    number = count(1)

    def _read(content: bytes, file: str) -> Workbook:
        workbook = memory.remembered("workbook", [content, file], lambda: read_workbook(content, file))
        done = next(number)
        progress.step("Читаю книги", done, of, file) if done < of else progress.step("Сверяю прочитанное")
        return workbook

    return _read
