"""Reads the XML of one sheet: the values of its cells, and which cells are hidden or cannot be read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from math import isfinite

from analysis.contracts.findings import column_letters

CellValue = str | float | bool | date | datetime | None

# A form has some hundreds of rows and tens of columns. A value far beyond them is a mistake.
LAST_ROW, LAST_COLUMN = 20_000, 200
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
MERGED = re.compile(rf"{ADDRESS.pattern}:{ADDRESS.pattern}")
# Behind the rows stand merged cells, and these behind them.
BEHIND_MERGED = frozenset({"phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins"})
# No form has more merged ranges; each of them is checked.
MOST_MERGED = 1_000
YES = ("1", "true", "on")
STRIKE = "strike"
NOUGHT = ("0", "0.0")
# The last day that Excel knows is the end of the year 9999.
DAYS_OF_ALL_DATES = 2_958_466
SECONDS_OF_DAY = 86_400
MIDNIGHT = time()
ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")


class TooManyCellsError(Exception):
    """The sheet has more filled cells than any form or table of results."""


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that is not blank.

    Attributes:
        value: Text, number, truth value, date or moment; None where a finding says that it could not be read.
        row: Number of the row, from 1.
        column: Number of the column, from 1.
    """

    value: CellValue
    row: int
    column: int

    @property
    def address(self) -> str:
        """As the spreadsheet shows it: B7."""
        return f"{column_letters(self.column)}{self.row}"


@dataclass(frozen=True)
class Fault:
    """A cell that holds nothing that can be read.

    Attributes:
        rule: A key of RULE_TITLES.
        cell: The cell.
        stands: What stands there.
    """

    rule: str
    cell: SheetCell
    stands: str


@dataclass(frozen=True)
class BookParts:
    """What the cells of all sheets refer to.

    Attributes:
        texts: The shared strings.
        date_styles: Numbers of the styles that show a number as a date.
        epoch: The day that dates are counted from.
        percent_styles: Numbers of the styles that show a number a hundredfold and with %.
        struck_styles: Numbers of the styles that strike out what they show.
        struck_texts: Numbers of the shared strings of which a part or all is struck out.
        worded_styles: Of styles that show words beside a number, what stands before and behind it.
    """

    texts: Sequence[str]
    date_styles: frozenset[str]
    epoch: datetime
    percent_styles: frozenset[str] = frozenset()
    struck_styles: frozenset[str] = frozenset()
    struck_texts: frozenset[str] = frozenset()
    worded_styles: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@lru_cache(maxsize=1 << 15)
def position(address: str) -> tuple[int, int]:
    """Row and column of an address, from 1.

    Raises:
        ValueError: It is no address.
    """
    found = ADDRESS.fullmatch(address)
    if not found:
        raise ValueError(address)
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found.group(2)), column


def readable(text: str) -> str:
    """Returns the text with escaped characters such as _x000D_ restored; empty if it is white space only.

    Characters that cannot be printed become spaces.
    """
    if text.isspace():
        return ""
    return ESCAPED_CHARACTER.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character.isprintable() else "\n" if character == "\n" else " "


def read_value(kind: str, style: str, text: str, book: BookParts) -> CellValue:
    """Returns what a cell holds; an empty text for a cell that looks blank.

    Raises:
        ValueError: What stands there is no value of this kind.
        LookupError: It refers to a text that the book does not have.
    """
    if kind == "s":
        return book.texts[_index(text)]
    if kind in ("str", "inlineStr"):
        return readable(text)
    if kind == "n":
        number = _number(text)
        if style in book.percent_styles:
            # As a person sees it: the number behind «100%» is 1, which would be a wrong count.
            return f"{100 * number:.15g}%"
        if style in book.worded_styles:
            before, behind = book.worded_styles[style]
            return f"{before}{f'{number:.15g}'.replace('.', ',')}{behind}"
        return _moment(number, book.epoch) if style in book.date_styles else number
    if kind == "b":
        return text in YES
    if kind == "d":
        return _day_or_moment(datetime.fromisoformat(text))
    raise ValueError(kind)


def _index(text: str) -> int:
    number = int(text)
    if number < 0:
        raise IndexError(text)
    return number


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number) or "_" in text:
        raise ValueError(text)
    return number


@lru_cache(maxsize=4096)
def _moment(days: float, epoch: datetime) -> CellValue:
    """Returns the moment for a number of days since the epoch; a number outside all dates stays a number."""
    if not 0 <= days < DAYS_OF_ALL_DATES:
        return days
    return _day_or_moment(epoch + timedelta(seconds=round(days * SECONDS_OF_DAY)))


def _day_or_moment(moment: datetime) -> date | datetime:
    naive = moment.replace(tzinfo=None)
    return naive.date() if naive.time() == MIDNIGHT else naive


@dataclass(slots=True)
class CellReader:
    """Reads the cells of a sheet while its XML streams by; what becomes of each, its kinds say.

    Attributes:
        book: What the cells refer to.
        last_column: The last column that is asked about.
        pieces: The text since the last element of interest.
        done: All that is needed has been read.
        hidden_columns: Columns that are hidden or have no width; they stand before the rows.
    """

    book: BookParts
    last_column: int
    pieces: list[str] = field(default_factory=list)
    done: bool = False
    hidden_columns: set[int] = field(default_factory=set)
    _row: int = 0
    _column: int = 0
    _row_is_hidden: bool = False
    _cell: dict[str, str] = field(default_factory=dict)
    _text: str | None = None
    _formula: str | None = None
    _phonetic: bool = False
    _text_is_struck: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag == "c":  # first, because there are millions of them; below once more for a name with a prefix
            self._cell, self._text, self._formula, self._text_is_struck = attributes, None, None, False
        elif tag == "v":
            self.pieces.clear()
        else:
            self._start_another(tag.rpartition(":")[2], attributes)

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "v":
            self._end_text()
        elif tag == "c":
            self.end_cell()
        else:
            self._end_another(tag.rpartition(":")[2])

    def open(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins that is of no interest for cells."""

    def close(self, name: str) -> None:
        """Such an element, or a row, ends."""

    def end_cell(self) -> None:
        """A cell ends."""

    def _start_another(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("t", "f"):
            self.pieces.clear()
        elif name in ("c", "v"):
            self.start(name, attributes)
        elif name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._row_is_hidden = is_hidden(attributes, "ht")
        elif name == "col" and is_hidden(attributes, "width"):
            first, last = max(1, int(attributes["min"])), min(int(attributes["max"]), self.last_column)
            self.hidden_columns.update(range(first, last + 1))
        elif name == "rPh":
            self._phonetic = True
        elif name == STRIKE:
            self._text_is_struck |= strikes(attributes)
        else:
            self.open(name, attributes)

    def _end_another(self, name: str) -> None:
        if name in ("c", "v"):
            self.end(name)
        elif name == "t":
            self._end_text()
        elif name == "f":
            self._formula = "".join(self.pieces)
        elif name == "rPh":
            self._phonetic = False
        else:
            self.close(name)

    def _end_text(self) -> None:
        # The parts of rich text follow each other; a hint how to pronounce it is no part of it.
        if not self._phonetic:
            self._text = (self._text or "") + "".join(self.pieces)

    def value_or_rule(self) -> tuple[CellValue, str]:
        """Returns the value of the cell, or the rule that says why it cannot be read."""
        kind, text = self._cell.get("t", "n"), self._text
        # A formula that gives an empty text says so by its kind.
        if text is None or (self._formula is not None and not text and kind != "str"):
            return None, "formula"
        if kind == "e":
            return None, "error_cell"
        if not text:
            return "", ""
        try:
            return read_value(kind, self._cell.get("s", "0"), text, self.book), ""
        except ValueError:
            return None, "error_cell"


@dataclass(slots=True)
class SheetReader(CellReader):
    """Gathers the cells of a returned form or of a plan.

    Attributes:
        most_cells: How many cells may be filled.
        rows: The cells that are not blank by row, then by column.
        far_away: Cells that are not blank behind the last row or column that is read.
        cell_count: How many cells are not blank.
        hidden_rows: Rows that are hidden or have no height, and hold something.
        faults: Cells that hold nothing that can be read.
        struck: Cells of which a part or all is struck out.
        merged: Ranges of merged cells: E2:E4.
    """

    most_cells: int = 0
    rows: dict[int, dict[int, SheetCell]] = field(default_factory=dict)
    far_away: list[SheetCell] = field(default_factory=list)
    cell_count: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)
    struck: list[SheetCell] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        """What stands behind the rows begins."""
        if name == "mergeCell":
            self.merged += [ref] if MERGED.fullmatch(ref := attributes.get("ref", "")) else []
        elif name in BEHIND_MERGED:
            self.done = True

    def close(self, name: str) -> None:
        """What stands behind the rows ends."""
        self.done |= name == "mergeCells"

    def end_cell(self) -> None:
        """A cell ends; one that holds nothing is no cell."""
        address = self._cell.get("r")
        row, self._column = position(address) if address else (self._row, self._column + 1)
        if self._text is None and self._formula is None:
            return
        value, rule = self.value_or_rule()
        if value == "":
            return
        cell = SheetCell(value, row, self._column)
        self._keep(cell)
        if self._is_struck():
            self.struck.append(cell)
        if rule:
            self.faults.append(Fault(rule, cell, f"={self._formula}" if rule == "formula" else self._text or ""))

    def _is_struck(self) -> bool:
        of_text = self._cell.get("t") == "s" and self._text in self.book.struck_texts
        return of_text or self._text_is_struck or self._cell.get("s", "0") in self.book.struck_styles

    def _keep(self, cell: SheetCell) -> None:
        self.cell_count += 1
        if self.cell_count > self.most_cells:
            raise TooManyCellsError
        if cell.row > LAST_ROW or cell.column > LAST_COLUMN:
            self.far_away.append(cell)
            return
        row = self.rows.setdefault(cell.row, {})
        if cell.column in row:
            raise ValueError(f"{cell.address} twice")
        row[cell.column] = cell
        if self._row_is_hidden:
            self.hidden_rows.add(cell.row)


def is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row (size «ht») or columns («width») are hidden or have no size."""
    return attributes.get("hidden") in YES or attributes.get(size) in NOUGHT


def strikes(attributes: dict[str, str]) -> bool:
    """Whether a mark of striking out is set, and not switched off."""
    return attributes.get("val", "1") in YES
