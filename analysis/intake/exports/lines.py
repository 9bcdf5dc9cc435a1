"""The parts of an export: sheets of lines."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

from analysis.intake.workbook_sheet import CellValue


class Unreadable(Enum):
    """Stands for a cell with an error or with a formula without a stored value."""

    CELL = "cell"


GridValue = CellValue | Unreadable


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet or a record of a .csv file.

    Attributes:
        number: As the spreadsheet shows it, from 1.
        cells: What is not blank, by number of the column from 1.
        hidden: The row is hidden.
    """

    number: int
    cells: Mapping[int, GridValue]
    hidden: bool = False


@dataclass(frozen=True)
class GridSheet:
    """A sheet of an export.

    Attributes:
        number: Among the sheets of the file, from 1.
        name: As on its tab; empty for a .csv file.
        hidden: The tab is hidden.
        lines: Its rows that are not blank, from the top. They can be read only once.
        hidden_columns: Columns that are hidden; known after the first line has been read.
    """

    number: int
    name: str
    hidden: bool
    lines: Iterator[Line]
    hidden_columns: AbstractSet[int] = frozenset()
