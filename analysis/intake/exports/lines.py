"""What an export is made of for those who read it: sheets of lines."""

from collections.abc import Iterator, Mapping
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
    """

    number: int
    cells: Mapping[int, GridValue]


@dataclass(frozen=True)
class GridSheet:
    """A sheet of an export.

    Attributes:
        number: Among the sheets of the file, from 1.
        name: As on its tab; empty for a .csv file.
        hidden: Nobody sees the tab.
        lines: Its rows that are not blank, from the top; they can be taken once.
    """

    number: int
    name: str
    hidden: bool
    lines: Iterator[Line]
