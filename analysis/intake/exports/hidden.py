"""What is hidden in an export. Hidden rows are not counted; hidden columns and sheets are named.

Somebody hid a row of a school instead of deleting it. It is unknown whether the row counts, so the result it belongs
to is set aside. A hidden column hides the same for every school: it is read, with a remark.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from analysis.contracts.outcomes import SETS_ASIDE
from analysis.intake.exports.cells import GridSheet, Line
from analysis.intake.exports.counts import ExamCounts
from analysis.intake.exports.pupils import Block
from analysis.intake.workbook_sheet import column_letters

HIDDEN_ROWS = SETS_ASIDE["hidden_rows"]
ROW_OF_PLACE = re.compile(r"\d+$")


@dataclass(slots=True)
class HiddenHere:
    """What is hidden in a sheet. It is complete when all lines have been read.

    Attributes:
        sheet: What stands before a row in an address.
        rows: Rows that are hidden and hold something.
        filled: Hidden columns that hold something.
    """

    sheet: str
    rows: set[int] = field(default_factory=set)
    filled: set[int] = field(default_factory=set)

    def watched(self, sheet: GridSheet) -> Iterator[Line]:
        """Yields the lines of the sheet and notes what is hidden in each."""
        for line in sheet.lines:
            if line.hidden:
                self.rows.add(line.number)
            if sheet.hidden_columns:
                self.filled |= sheet.hidden_columns & line.cells.keys()
            yield line

    def doubt_pupils(self, blocks: Iterable[Block]) -> None:
        """Notes for each school which of its rows are hidden."""
        for tally in (tally for block in blocks for tally in block.schools.values()):
            for row in sorted(self.rows.intersection(tally.rows)):
                tally.add_fault(HIDDEN_ROWS, row)

    def doubted(self, counts: Iterable[ExamCounts]) -> list[ExamCounts]:
        """Returns the rows of schools; hidden rows get a fault."""
        return [self._doubted(one) for one in counts]

    def _doubted(self, one: ExamCounts) -> ExamCounts:
        found = ROW_OF_PLACE.search(one.place)
        if not found or int(found[0]) not in self.rows:
            return one
        return replace(one, fault="; ".join(filter(None, (one.fault, HIDDEN_ROWS))))

    def remarked(self, one: ExamCounts) -> ExamCounts:
        """Returns the row with a remark on hidden columns that hold something."""
        if not self.filled or not any(place.startswith(self.sheet) for place in one.place.split("; ")):
            return one
        letters = ", ".join(map(column_letters, sorted(self.filled)))
        said = (
            f"столбец {letters} скрыт, а в нём есть данные; он прочитан"
            if len(self.filled) == 1
            else f"столбцы {letters} скрыты, а в них есть данные; они прочитаны"
        )
        return with_remark(one, f"{self.sheet}{said}")


def with_remark(one: ExamCounts, said: str) -> ExamCounts:
    """Returns the row with one more remark."""
    return replace(one, remark="; ".join(filter(None, (one.remark, said))))


def hidden_sheets_remark(numbers: Sequence[int]) -> str:
    """Returns the remark on hidden sheets, which are not read."""
    if len(numbers) == 1:
        return f"лист {numbers[0]} скрыт и не прочитан"
    return f"листы {', '.join(map(str, numbers))} скрыты и не прочитаны"
