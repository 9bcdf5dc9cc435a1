"""The lines of an old .xls file."""

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlrd

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import GridSheet, GridValue, Line, Unreadable
from analysis.intake.workbook_package import ENCRYPTED_PACKAGE, LARGEST_FILE_BYTES

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
