"""The lines of an .xlsx file, read in one pass with only a piece in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from analysis.intake.exports.cells import GridSheet, GridValue, Line, Unreadable
from analysis.intake.workbook_package import LARGEST_UNPACKED_BYTES, Package, open_package
from analysis.intake.workbook_parts import SheetEntry, read_entries
from analysis.intake.workbook_sheet import BookParts, is_hidden, position, read_value

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
            reader = LineReader(book)
            lines = _lines(package, entry, reader)
            yield GridSheet(number, entry.name, entry.hidden, lines, reader.hidden_columns)


def _lines(package: Package, entry: SheetEntry, reader: "LineReader") -> Iterator[Line]:
    for _ in package.stream_with(reader, entry.part, LARGEST_UNPACKED_BYTES):
        ready, reader.lines = reader.lines, []
        yield from ready


@dataclass(slots=True)
class LineReader:
    """Gathers the rows of a sheet while its XML streams by.

    The reader of returned forms keeps an address and a fault for every cell. An export has a million cells and only
    its sums are kept, so this reader keeps values alone.

    Attributes:
        book: What the cells refer to.
        pieces: The text since the last element of interest.
        done: All rows have been read.
        lines: Complete rows. The caller takes them and puts a new list here.
        hidden_columns: Columns that are hidden or have no width; they stand before the rows.
    """

    book: BookParts
    pieces: list[str] = field(default_factory=list)
    done: bool = False
    lines: list[Line] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    _row: int = 0
    _row_is_hidden: bool = False
    _column: int = 0
    _cells: dict[int, GridValue] = field(default_factory=dict)
    _cell: dict[str, str] = field(default_factory=dict)
    _text: str | None = None
    _has_formula: bool = False
    _phonetic: bool = False
    _columns: dict[str, int] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "c":  # first, because there are millions of them; below once more for a name with a prefix
            self._cell, self._text, self._has_formula = attributes, None, False
            self.pieces.clear()
        elif tag != "v":
            self._start_another(tag.rpartition(":")[2], attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "v":
            self._text = "".join(self.pieces)
        elif tag == "c":
            self._end_cell()
        else:
            self._end_another(tag.rpartition(":")[2])

    def _start_another(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row, self._column, self._cells = int(attributes.get("r", self._row + 1)), 0, {}
            self._row_is_hidden = is_hidden(attributes, "ht")
        elif name == "col" and is_hidden(attributes, "width"):
            self.hidden_columns.update(range(int(attributes["min"]), min(int(attributes["max"]), LAST_COLUMN) + 1))
        elif name == "c":
            self.start(name, attributes)
        elif name == "t":
            self.pieces.clear()
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._phonetic = True

    def _end_another(self, name: str) -> None:
        if name == "row":
            if self._cells:
                self.lines.append(Line(self._row, self._cells, self._row_is_hidden))
        elif name in ("v", "c"):
            self.end(name)
        elif name == "t":
            if not self._phonetic:
                self._text = (self._text or "") + "".join(self.pieces)
        elif name == "f":
            self.pieces.clear()
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self.done = True

    def _end_cell(self) -> None:
        text, cell = self._text, self._cell
        address = cell.get("r")
        self._column = column = self._column_of(address) if address else self._column + 1
        if text is None and not self._has_formula:
            return
        kind = cell.get("t")
        value = (
            self.book.texts[int(text)] if kind == "s" and text and text.isdigit() else self._value(kind or "n", text)
        )
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

    def _value(self, kind: str, text: str | None) -> GridValue:
        if text is None or (self._has_formula and not text and kind != "str"):
            return Unreadable.CELL
        if kind == "e":
            return Unreadable.CELL
        if not text:
            return ""
        try:
            return read_value(kind, self._cell.get("s", "0"), text, self.book)
        except ValueError:
            return Unreadable.CELL
