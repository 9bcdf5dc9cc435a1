"""Opens an export by its content as sheets of lines. Lines are read one by one and not kept."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import chain

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import GridSheet, Line
from analysis.intake.exports.grid_xls import xls_sheets
from analysis.intake.exports.grid_xlsx import xlsx_sheets
from analysis.intake.files import CONTROL_CHARACTER
from analysis.intake.workbook_package import LARGEST_UNPACKED_BYTES, OLE2

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
