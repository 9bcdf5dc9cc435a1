"""Opens an export by its content, line by line, recognises what it is, not by the name of its file, and reads it."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any, Generic, TypeVar

import xlrd

from analysis.contracts.findings import SEND_AGAIN
from analysis.errors import AnalysisError
from analysis.intake.exports import pupil_layouts, school_layouts
from analysis.intake.exports.cells import ExamCounts, GridSheet, GridValue, Line, Unreadable, text_of
from analysis.intake.exports.headings import PRIMARY_SCORES, headings, names_primary_scores
from analysis.intake.exports.pupil_layouts import Block, HiddenHere, counts_of_blocks, hidden_sheets_remark, with_remark
from analysis.intake.files import CONTROL_CHARACTER
from analysis.intake.workbook import form_sheet_of
from analysis.intake.workbook_package import (
    ENCRYPTED_PACKAGE,
    LARGEST_FILE_BYTES,
    LARGEST_UNPACKED_BYTES,
    OLE2,
    SAVE_AS_XLSX,
    Package,
    SheetEntry,
    open_package,
    read_entries,
)
from analysis.intake.workbook_sheet import CellReader, position
from analysis.rules.office_files import Vocabulary

# Opens an export by its content (.xls, .xlsx, .csv) as sheets of lines. Lines are read one by one and not kept.

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


# Recognises an export by its content, not by the name of its file, and reads it.

# Room for titles, notes and a line a school above the headings. Headings further down are not looked for.
LINES_LOOKED_AT = 1000
Read = TypeVar("Read", Block, ExamCounts)
NAMES_OF_PUPILS = frozenset({"фамилия", "имя", "отчество", "фио", "фио участника", "код участника"})


@dataclass(frozen=True)
class Export:
    """An export that was read.

    Attributes:
        layout: What it is, in words.
        has_pupils: It has a row per pupil: nothing of it may be kept but the counts.
        counts: A row for each school and exam.
    """

    layout: str
    has_pupils: bool
    counts: tuple[ExamCounts, ...]


@dataclass(frozen=True)
class _Layout(Generic[Read]):
    """A layout: what it is called, how it is told, and what reads it into blocks of pupils or rows of schools."""

    title: str
    is_this: Callable[[Sequence[Line]], bool]
    read: Callable[[str, Iterator[Line], Vocabulary], list[Read]]


@dataclass(frozen=True)
class _ReadSheet:
    """What a sheet gave: blocks of pupils, rows of schools, or neither.

    Attributes:
        number: Among the sheets of the file, from 1.
        hidden: What nobody sees in it.
        title: The layout by which it was read; empty where there is none.
        what_it_is: What it is known for where it is no export of results, and what to do.
        blocks: Exams and schools of a sheet with a row per pupil.
        counts: Rows of a sheet with a row per school.
        unknown: It holds something, and was not read.
        hidden_tab: It was not read because nobody sees its tab.
    """

    number: int
    hidden: HiddenHere
    title: str
    what_it_is: str = ""
    blocks: Sequence[Block] = ()
    counts: Sequence[ExamCounts] = ()
    unknown: bool = False
    hidden_tab: bool = False


PUPIL_LAYOUTS = (
    _Layout(pupil_layouts.PROTOCOL, pupil_layouts.is_protocol, pupil_layouts.read_protocol),
    _Layout(pupil_layouts.INDIVIDUAL_RESULTS, pupil_layouts.is_individual, pupil_layouts.read_individual),
)
SCHOOL_LAYOUTS = (
    _Layout(school_layouts.MARK_STATISTICS, school_layouts.is_statistics, school_layouts.read_statistics),
    _Layout(school_layouts.REGIONAL_SUMMARY, school_layouts.is_summary, school_layouts.read_summary),
)
LOOKED_FOR = "; ".join(
    (
        pupil_layouts.LOOKED_FOR_IN_PROTOCOL,
        pupil_layouts.LOOKED_FOR_IN_RESULTS,
        school_layouts.LOOKED_FOR_IN_STATISTICS,
        school_layouts.LOOKED_FOR_IN_SUMMARY,
    )
)


def read_export(content: bytes, file: str, vocabulary: Vocabulary) -> Export:
    """Returns what an export says of each school and exam.

    Args:
        content: The bytes of the file.
        file: Its name or path, for messages.
        vocabulary: Subjects and minimum scores.

    Raises:
        AnalysisError: It is no export that is known, or one that cannot be read; the message quotes no cell.
    """
    sheets = [_read_sheet(sheet, content, file, vocabulary) for sheet in open_grid(content, file)]
    blocks = [one for sheet in sheets for one in sheet.blocks]
    counts = [one for sheet in sheets for one in sheet.counts]
    titles = [sheet.title for sheet in sheets if sheet.title]
    told = next((sheet.what_it_is for sheet in sheets if sheet.what_it_is), "")
    if told and not blocks:
        raise AnalysisError(f"{file}: {told}")
    _refuse_unknown(file, titles, [sheet.number for sheet in sheets if sheet.unknown], has_pupils=bool(blocks))
    if blocks and counts:
        raise AnalysisError(f"{file}: в книге и строки учеников, и сводка по школам: разделите её на два файла.")
    rows = tuple(_remarked(one, sheets) for one in (*counts_of_blocks(blocks), *counts))
    if not rows:
        raise AnalysisError(f"{file}: {titles[0]}: под заголовками нет ни одной строки школы.")
    return Export(titles[0], bool(blocks), rows)


def _read_sheet(sheet: GridSheet, content: bytes, file: str, vocabulary: Vocabulary) -> _ReadSheet:
    hidden = HiddenHere(_place(sheet, named=False))
    watched = hidden.watched(sheet)
    head = list(islice(watched, LINES_LOOKED_AT))
    lines = chain(head, watched)
    names_pupils = any(not NAMES_OF_PUPILS.isdisjoint(headings(line).values()) for line in head)
    pupils = next((layout for layout in PUPIL_LAYOUTS if layout.is_this(head)), None)
    schools = next((layout for layout in SCHOOL_LAYOUTS if layout.is_this(head)), None)
    if not sheet.hidden and pupils is not None:
        blocks = pupils.read(hidden.sheet, lines, vocabulary)
        hidden.doubt_pupils(blocks)
        return _ReadSheet(sheet.number, hidden, pupils.title, blocks=blocks)
    if not sheet.hidden and schools is not None and not names_pupils:
        hidden.sheet = _place(sheet, named=True)
        counts = list(map(hidden.doubted, _rows_of_schools(schools, hidden.sheet, lines, vocabulary, file)))
        return _ReadSheet(sheet.number, hidden, schools.title, counts=counts)
    told = _what_it_is(head, content, _place(sheet, named=False))
    return _ReadSheet(sheet.number, hidden, "", told, unknown=bool(head), hidden_tab=bool(head and sheet.hidden))


def _remarked(one: ExamCounts, sheets: Sequence[_ReadSheet]) -> ExamCounts:
    for sheet in sheets:
        one = sheet.hidden.remarked(one)
    hidden_sheets = [sheet.number for sheet in sheets if sheet.hidden_tab]
    return with_remark(one, hidden_sheets_remark(hidden_sheets)) if hidden_sheets else one


def _refuse_unknown(file: str, titles: Sequence[str], unknown: Sequence[int], has_pupils: bool) -> None:
    if not titles:
        raise AnalysisError(f"{file}: выгрузка не опознана. Искали: {LOOKED_FOR}.")
    if unknown and not has_pupils:
        # The whole file would be copied into the project, and it is unknown what these sheets hold.
        raise AnalysisError(
            f"{file}: листы № {', '.join(map(str, unknown))} скрыты или не опознаны. Удалите их: в проект попадает "
            "только то, что опознано, чтобы с ним не попали сведения об учениках."
        )


def _rows_of_schools(
    layout: _Layout[ExamCounts], place: str, lines: Iterator[Line], vocabulary: Vocabulary, file: str
) -> list[ExamCounts]:
    try:
        return layout.read(place, lines, vocabulary)
    except school_layouts.OtherUnitError as error:
        raise AnalysisError(f"{file}: {place}{error}.") from None


def _what_it_is(lines: Sequence[Line], content: bytes, place: str) -> str:
    """Names a sheet that is known and no export of results, and says what to do; empty for any other sheet."""
    if names_primary_scores(lines):
        return f"{place}{PRIMARY_SCORES}."
    rows = ({text_of(value).casefold() for value in line.cells.values()} for line in lines)
    sheet = next(filter(None, map(form_sheet_of, rows)), "")
    if not sheet:
        return ""
    if content.startswith(OLE2):
        return f"это форма (лист «{sheet}»), сохранённая в старом формате .xls. {SAVE_AS_XLSX}"
    return f"это форма (лист «{sheet}»), но скрытых отметок в ней нет: чья она, узнать нельзя. {SEND_AGAIN}"


def _place(sheet: GridSheet, named: bool) -> str:
    """What stands before a row in an address; a tab of a file with pupils is told by its number alone."""
    if not sheet.name:
        return ""
    return f"лист {sheet.name}, " if named else f"лист {sheet.number}, "
