"""Opens an export, whatever its name says, as sheets of lines; a line is read, used and let go."""

import csv
import io
import re
from collections.abc import Iterator

from analysis.errors import AnalysisError
from analysis.intake.exports.grid_xls import xls_sheets
from analysis.intake.exports.grid_xlsx import xlsx_sheets
from analysis.intake.exports.lines import GridSheet, Line
from analysis.intake.text_file import CONTROL_CHARACTER
from analysis.intake.workbook_package import LARGEST_UNPACKED_BYTES, OLE2

WEB_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml|table)", re.IGNORECASE)
DELIMITERS = ";\t,"
# The delimiter is told from the beginning of the file.
SNIFFED_CHARACTERS = 5_000


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
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, record in enumerate(records, start=1):
            cells = {column: value for column, value in enumerate(record, start=1) if value and not value.isspace()}
            if cells:
                yield Line(number, cells)
    except csv.Error:
        raise AnalysisError(
            f"{file}: строка {number + 1}: текст не делится на ячейки (кавычка открыта и не закрыта). "
            "Выгрузите файл заново."
        ) from None


def _text(content: bytes, file: str) -> str:
    if WEB_PAGE.match(content.removeprefix(b"\xef\xbb\xbf")):
        raise AnalysisError(
            f"{file}: это веб-страница, как бы файл ни назывался. Откройте её в Excel и сохраните как .xlsx."
        )
    if len(content) > LARGEST_UNPACKED_BYTES:
        raise AnalysisError(f"{file}: файл слишком велик ({len(content) // 1_000_000} МБ). Разделите выгрузку.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    if CONTROL_CHARACTER.search(text) or "\ufffd" in text:
        raise AnalysisError(
            f"{file}: это не .xlsx, не .xls и не .csv в кодировке UTF-8 или Windows-1251. Выгрузите файл заново."
        )
    return text
