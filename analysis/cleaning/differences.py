"""Which values a newer version of a returned workbook changes. All functions are pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from analysis.contracts.forms import (
    ACCEPTANCE,
    EVIDENCE,
    EXECUTION,
    OWN_MEASURES,
    REGISTRY_SCHOOLS,
    REGISTRY_STATUS,
    SCHOOL_SHEETS,
    FormSheet,
)
from analysis.intake.cell_values import read_text
from analysis.intake.returns import Returned, ReturnedRow

SHEETS = (EXECUTION, EVIDENCE, OWN_MEASURES, *SCHOOL_SHEETS, REGISTRY_SCHOOLS, REGISTRY_STATUS, ACCEPTANCE)
NOTHING = "пусто"


class _Cell(NamedTuple):
    """A cell of a form: `number` tells rows of a sheet apart that are about the same."""

    sheet: str
    row: tuple[str, ...]
    number: int
    heading: str


@dataclass(frozen=True)
class Difference:
    """A value that differs between two versions of a workbook. A blank cell is an empty text.

    Attributes:
        sheet: The sheet.
        row: What its row is about: «4.12», «5 класс».
        heading: The heading of its column.
        before: What the earlier version says.
        now: What the later one says.
    """

    sheet: str
    row: str
    heading: str
    before: str
    now: str

    @property
    def words(self) -> str:
        """«лист Исполнение, 4.12, «Факт»: было 3, стало 5»."""
        row = f", {self.row}" if self.row else ""
        return f"лист {self.sheet}{row}, «{self.heading}»: было {self.before or NOTHING}, стало {self.now or NOTHING}"


def differing_values(before: Returned, now: Returned) -> list[Difference]:
    """Returns the values that differ between two versions of one workbook, in the order of its sheets.

    Rows are compared by what they are about, so that sorting a sheet or adding a row changes no other value.
    Words that the office wrote into the form are not compared.
    """
    earlier, later = _values(before), _values(now)
    found = []
    for cell in dict.fromkeys([*later, *earlier]):
        stood, stands = earlier.get(cell, ""), later.get(cell, "")
        if stood != stands:
            found.append(Difference(cell.sheet, ", ".join(filter(None, cell.row)), cell.heading, stood, stands))
    return found


def is_filled_in(returned: Returned) -> bool:
    """Whether any cell that others must fill in is filled in."""
    to_fill_in = {layout.title: {one.name for one in layout.every_column if one.kind != "fixed"} for layout in SHEETS}
    return any(row.cells.keys() & to_fill_in[title] for title, rows in returned.rows.items() for row in rows)


def _values(returned: Returned) -> dict[_Cell, str]:
    found: dict[_Cell, str] = {}
    for layout in SHEETS:
        seen: Counter[tuple[str, ...]] = Counter()
        for row in returned.rows.get(layout.title, ()):
            name = tuple(_text(row, column) for column in layout.naming_columns)
            seen[name] += 1
            for heading, text in _given(row, layout).items():
                found[_Cell(layout.title, name, seen[name], heading)] = text
    return found


def _given(row: ReturnedRow, layout: FormSheet) -> Mapping[str, str]:
    """Returns the values of a row by heading, without its name."""
    return {
        column.title: _text(row, column.name)
        for column in layout.every_column
        if column.kind != "fixed" and column.name not in layout.naming_columns
    }


def _text(row: ReturnedRow, name: str) -> str:
    return read_text(row.cells[name].value) if name in row.cells else ""
