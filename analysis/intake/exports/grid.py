"""Opens an export by its content (.xls, .xlsx, .csv) as sheets of lines. Lines are read one by one and not kept."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

import xlrd

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import GridSheet, GridValue, Line, Unreadable
from analysis.intake.files import CONTROL_CHARACTER
from analysis.intake.workbook_package import (
    ENCRYPTED_PACKAGE,
    LARGEST_FILE_BYTES,
    LARGEST_UNPACKED_BYTES,
    OLE2,
    Package,
    SheetEntry,
    open_package,
    read_entries,
)
from analysis.intake.workbook_sheet import CellReader, position

TEXT, NUMBER, DATE, TRUTH, ERROR = 1, 2, 3, 4, 5
SAVE_ANEW = "Откройте файл в Excel (или LibreOffice Calc) и сохраните как «Книга Excel (.xlsx)» без пароля."


def xls_sheets(content: bytes, file: str) -> Iterator[GridSheet]:
    """Yields the sheets in the order of their tabs.

    Raises:
        AnalysisError: The file is no .xls workbook, is damaged, protected or too large; the message quotes no cell.
    """
    if ENCRYPTED_PACKAGE in content:
        raise AnalysisError(f"{file}: книга защищена паролем. Снимите пароль в Excel и сохраните заново.")
    if len(content) > LARGEST_FILE_BYTES:
        raise AnalysisError(f"{file}: файл слишком велик для книги ({len(content) // 1_000_000} МБ). {SAVE_ANEW}")
    book = _opened(content, file)
    for number, sheet in enumerate(book.sheets(), start=1):
        yield GridSheet(number, sheet.name, sheet.visibility != 0, _xls_lines(sheet), _hidden_columns(sheet))


def _opened(content: bytes, file: str) -> Any:
    try:
        # Remarks of xlrd may quote the file, so they are thrown away.
        return xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), ragged_rows=True, formatting_info=True)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - over damaged bytes xlrd raises whatever the bytes lead it to
        raise AnalysisError(
            f"{file}: книга .xls повреждена, защищена паролем или это другой документ старого Office. {SAVE_ANEW}"
        ) from None


def _xls_lines(sheet: Any) -> Iterator[Line]:
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row), sheet.row_values(row)
        pairs = enumerate(zip(kinds, values, strict=True), start=1)
        cells = {
            column: value for column, (kind, held) in pairs if (value := _value(kind, held, sheet.book.datemode)) != ""
        }
        if cells:
            yield Line(row + 1, cells, _is_hidden(sheet.rowinfo_map.get(row), "height"))


def _hidden_columns(sheet: Any) -> frozenset[int]:
    return frozenset(column + 1 for column, info in sheet.colinfo_map.items() if _is_hidden(info, "width"))


def _is_hidden(info: Any, size: str) -> bool:
    return info is not None and bool(info.hidden or getattr(info, size) == 0)


def _value(kind: int, held: Any, datemode: int) -> GridValue:
    if kind == TEXT:
        return "" if held.isspace() else str(held)
    if kind == NUMBER:
        return float(held)
    if kind == DATE:
        return _day(held, datemode)
    # No column holds truth values, so they are unreadable like errors.
    return Unreadable.CELL if kind in (TRUTH, ERROR) else ""


def _day(held: Any, datemode: int) -> GridValue:
    try:
        moment: datetime = xlrd.xldate_as_datetime(held, datemode)
    except (ValueError, OverflowError, xlrd.xldate.XLDateError):
        return Unreadable.CELL
    return moment


DIGITS = "0123456789"
# Of any sheet of Excel.
LAST_COLUMN = 16_384


def xlsx_sheets(content: bytes, file: str) -> Iterator[GridSheet]:
    """Yields the sheets in the order of their tabs; the lines of one must be taken before the next.

    Raises:
        AnalysisError: The file cannot or must not be read; the message quotes no cell.
    """
    package = open_package(content, file)
    with package.archive:
        entries, book = read_entries(package)
        for number, entry in enumerate(entries, start=1):
            reader = LineReader(book, LAST_COLUMN)
            lines = _lines(package, entry, reader)
            yield GridSheet(number, entry.name, entry.hidden, lines, reader.hidden_columns)


def _lines(package: Package, entry: SheetEntry, reader: "LineReader") -> Iterator[Line]:
    for _ in package.stream_with(reader, entry.part, LARGEST_UNPACKED_BYTES):
        ready, reader.lines = reader.lines, []
        yield from ready


@dataclass(slots=True)
class LineReader(CellReader):
    """Gathers the rows of a sheet while its XML streams by.

    The reader of returned forms keeps an address and a fault for every cell. An export has a million cells and only
    its sums are kept, so this reader keeps values alone.

    Attributes:
        lines: Complete rows. The caller takes them and puts a new list here.
    """

    lines: list[Line] = field(default_factory=list)
    _cells: dict[int, GridValue] = field(default_factory=dict)
    _columns: dict[str, int] = field(default_factory=dict)

    def close(self, name: str) -> None:
        """A row or all rows end."""
        if name == "row":
            if self._cells:
                self.lines.append(Line(self._row, self._cells, self._row_is_hidden))
            self._cells = {}
        elif name == "sheetData":
            self.done = True

    def end_cell(self) -> None:
        """A cell ends; one that holds nothing is no cell."""
        text, cell = self._text, self._cell
        address = cell.get("r")
        self._column = column = self._column_of(address) if address else self._column + 1
        if text is None and self._formula is None:
            return
        value: GridValue
        if cell.get("t") == "s" and text and text.isdigit():
            value = self.book.texts[int(text)]
        else:
            value, rule = self.value_or_rule()
            value = Unreadable.CELL if rule else value
        if value == "":
            return
        if column in self._cells:
            raise ValueError("a cell stands twice")
        self._cells[column] = value

    def _column_of(self, address: str) -> int:
        letters = address.rstrip(DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = position(address)[1]
        return column


# Other formats that are saved under the name of a workbook, recognised by their first bytes.
OPEN_AND_SAVE = "Откройте файл в Excel и сохраните как .xlsx"
GET_A_TABLE = "Получите таблицу файлом .xlsx"
OTHER_KINDS = (
    (re.compile(r"\s*<[!?a-z]", re.IGNORECASE), "веб-страница или таблица XML", OPEN_AND_SAVE),
    (re.compile(r"\s*(?:mime-version|from|content-type|x-document-type):", re.IGNORECASE), "веб-архив", OPEN_AND_SAVE),
    (re.compile(r"ID;P"), "таблица SYLK", OPEN_AND_SAVE),
    (re.compile(r"\s*%PDF-"), "документ PDF", GET_A_TABLE),
    (re.compile(r"\s*\{\\rtf"), "документ RTF", GET_A_TABLE),
)
DELIMITERS = ";\t,"
# The beginning of the file shows the delimiter.
SNIFFED_CHARACTERS = 5_000
# Added after the last line. No text holds it, so a cell with it has a quote that was not closed.
END = "\0"
LINE_END = re.compile(r"[\r\n\0]")


def open_grid(content: bytes, file: str) -> Iterator[GridSheet]:
    """Yields the sheets of a file; the lines of one must be taken before the next.

    Raises:
        AnalysisError: The bytes are no table that can be read; the message quotes no cell.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise AnalysisError(f"{file}: файл пуст. Получите его заново.")
    if content.startswith(b"PK"):
        return xlsx_sheets(content, file)
    if content.startswith(OLE2):
        return xls_sheets(content, file)
    return _csv_sheets(content, file)


def _csv_sheets(content: bytes, file: str) -> Iterator[GridSheet]:
    text = _text(content, file)
    beginning = text[:SNIFFED_CHARACTERS]
    delimiter = max(DELIMITERS, key=beginning.count)
    yield GridSheet(1, "", False, _csv_lines(text, delimiter, file))


def _csv_lines(text: str, delimiter: str, file: str) -> Iterator[Line]:
    for number, record in enumerate(_records(text, delimiter, file), start=1):
        cells = {column: value for column, value in enumerate(record, start=1) if value and not value.isspace()}
        if cells:
            yield Line(number, cells)


def _records(text: str, delimiter: str, file: str) -> Iterator[list[str]]:
    """Yields the records of a text and stops at a quote that is not closed: it would swallow the next records."""
    taken: list[str] = []
    reader = csv.reader(_noted(text, taken), delimiter=delimiter)
    while True:
        first = reader.line_num + 1
        taken.clear()
        try:
            record = next(reader)
        except csv.Error:
            # The cell is longer than any cell can be, so it holds lines that belong to others.
            raise _open_quote(file, first, "") from None
        if record == [END]:
            return
        if len(taken) > 1 and not _closes(taken, delimiter):
            column = next((number for number, cell in enumerate(record, start=1) if LINE_END.search(cell)), len(record))
            raise _open_quote(file, first, f", столбец {column}")
        yield record


def _noted(text: str, taken: list[str]) -> Iterator[str]:
    """Yields the lines of a text and an end mark, and notes each line in `taken`."""
    for line in chain(io.StringIO(text, newline=""), (END,)):
        taken.append(line)
        yield line


def _closes(lines: Sequence[str], delimiter: str) -> bool:
    """Whether every quote in a record of several lines is closed at the end of a cell."""
    try:
        return END not in lines and len(list(csv.reader(lines, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _open_quote(file: str, line: int, place: str) -> AnalysisError:
    return AnalysisError(
        f'{file}: строка {line}{place}: кавычка открыта и не закрыта (знак "): строки за ней попадают в ту же ячейку. '
        "Закройте или удалите кавычку или выгрузите файл заново."
    )


def _text(content: bytes, file: str) -> str:
    if len(content) > LARGEST_UNPACKED_BYTES:
        raise AnalysisError(f"{file}: файл слишком велик ({len(content) // 1_000_000} МБ). Разделите выгрузку.")
    text = _decoded(content)
    for beginning, kind, to_do in OTHER_KINDS:
        if beginning.match(text):
            raise AnalysisError(f"{file}: это {kind}, как бы файл ни назывался. {to_do}.")
    if CONTROL_CHARACTER.search(text) or "\ufffd" in text:
        raise AnalysisError(
            f"{file}: это не .xlsx, не .xls и не .csv в кодировке UTF-8, UTF-16 («Текст Юникод» из Excel) или "
            "Windows-1251. Выгрузите файл заново."
        )
    return text


def _decoded(content: bytes) -> str:
    """Returns the text; characters in no known encoding become a replacement sign."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")
