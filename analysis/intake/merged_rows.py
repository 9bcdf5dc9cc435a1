"""Cells merged over several rows of a form. The value stands in the first row, but it may belong to any of them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import Finding, Severity
from analysis.intake.cell_values import read_text
from analysis.intake.workbook import Sheet, SheetCell
from analysis.intake.workbook_sheet import LAST_COLUMN, position

Row = Mapping[int, SheetCell]
SPLIT = (
    "Разъедините ячейки («Главная → Объединить и поместить в центре» ещё раз) и впишите в каждую строку её собственное "
    "значение."
)


@dataclass(frozen=True)
class MergedRows:
    """A value merged over rows.

    Attributes:
        area: As the spreadsheet shows it: E2:E4.
        cell: The one that holds the value.
        covered: Those below and beside it, without a value.
    """

    area: str
    cell: SheetCell
    covered: tuple[SheetCell, ...]


def merged_rows(sheet: Sheet) -> list[MergedRows]:
    """Returns the values of a sheet that are merged over several of its filled rows."""
    rows = {row.number: {cell.column: cell for cell in row.cells} for row in sheet.rows}
    found = []
    for area in sheet.merged:
        (top, left), (bottom, right) = map(position, area.split(":"))
        cell = rows.get(top, {}).get(left)
        below = [row for row in rows if top < row <= bottom]
        if cell is not None and below:
            columns = range(left, min(right, LAST_COLUMN) + 1)
            found.append(MergedRows(area, cell, tuple(SheetCell(None, row, one) for row in below for one in columns)))
    return found


def with_covered(grid: Iterable[Row], merged: Sequence[MergedRows]) -> list[dict[int, SheetCell]]:
    """Returns the rows with the covered cells added. These are not blank, but their values are unknown."""
    covered: dict[int, dict[int, SheetCell]] = {}
    for cell in (cell for one in merged for cell in one.covered):
        covered.setdefault(cell.row, {})[cell.column] = cell
    return [{**covered.get(next(iter(row.values())).row, {}), **row} for row in grid]


def merged_findings(sheet: Sheet, merged: Sequence[MergedRows], read: Container[SheetCell], file: str) -> list[Finding]:
    """Returns a finding for each merged value that covers cells of a form.

    Args:
        sheet: The sheet.
        merged: Its merged values.
        read: The cells that stand under a heading of the form.
        file: Its path relative to the project.
    """
    return [
        Finding(
            "merged_cells",
            Severity.BLOCKS,
            file,
            tuple(sheet.place(cell.address) for cell in (one.cell, *covered)),
            read_text(one.cell.value),
            f"Ячейки {one.area} объединены: значение стоит только в {one.cell.address}, а к каким ещё строкам оно "
            "относится и целиком ли, неизвестно.",
            SPLIT,
        )
        for one in merged
        if (covered := [cell for cell in one.covered if cell in read])
    ]
