"""What an export is made of for those who read it: sheets of lines."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum

from analysis.intake.workbook_sheet import CellValue


class Unreadable(Enum):
    """What stands for a cell with an error, or a formula whose value the file does not hold."""

    CELL = "cell"


GridValue = CellValue | Unreadable


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet or a record of a .csv file.

    Attributes:
        number: As the spreadsheet shows it, from 1.
        cells: What is not blank, by number of the column from 1.
        hidden: Nobody sees the row.
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
        hidden: Nobody sees the tab.
        lines: Its rows that are not blank, from the top; they can be taken once.
        hidden_columns: Nobody sees them; known when the first line has been taken.
    """

    number: int
    name: str
    hidden: bool
    lines: Iterator[Line]
    hidden_columns: AbstractSet[int] = frozenset()
