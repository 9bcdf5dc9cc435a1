"""Reads a plan kept in Excel: rows of its sheets as blocks, merged cells filled, numbers as a person sees them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, compress

from analysis.contracts.findings import Finding, Severity, column_letters
from analysis.errors import AnalysisError
from analysis.intake.blocks import OTHER_SHEET, Block, Cell
from analysis.intake.cell_values import read_text
from analysis.intake.columns import looks_like_header
from analysis.intake.workbook import Sheet, SheetRow, read_workbook
from analysis.intake.workbook_sheet import CellValue, position

# A row with so many filled cells belongs to a table; what stands above the first one is its heading.
TABLE_ROW = 3
# First row and column, last row and column of merged cells.
Range = tuple[tuple[int, int], tuple[int, int]]


def read_sheet_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns the rows of a workbook's sheets, with addresses such as «лист План, ячейка B7».

    Sheets without a heading of a plan come last and are not read: their cells are kept.

    Raises:
        AnalysisError: The file is no workbook that can be read whole, or no sheet of it holds anything.
    """
    workbook = read_workbook(content, file, worded=True)
    seen = [sheet for sheet in workbook.sheets if sheet.rows and not sheet.hidden]
    if not seen:
        raise AnalysisError(f"{file}: в книге нет ни одного листа с текстом. Проверьте, тот ли файл получен.")
    sheets = [list(_blocks(sheet, number)) for number, sheet in enumerate(seen, start=1)]
    plans = [any(looks_like_header(block, {}) for block in blocks) for blocks in sheets]
    plans = plans if any(plans) else [True] * len(sheets)
    read = chain.from_iterable(compress(sheets, plans))
    others = [not is_plan for is_plan in plans]
    aside = [replace(block, table=OTHER_SHEET) for blocks in compress(sheets, others) for block in blocks]
    left_out = [*compress(seen, others), *(sheet for sheet in workbook.sheets if sheet.hidden and sheet.rows)]
    findings = [*map(_softened, workbook.findings), *(_left_out(sheet.name, file) for sheet in left_out)]
    return [*read, *aside], findings


def _softened(finding: Finding) -> Finding:
    """What is hidden in a plan is read like the rest and named: nobody here can say whether it counts."""
    if finding.rule != "hidden_data":
        return finding
    action = "Проверьте, входит ли скрытое в план; если нет, получите файл без него."
    explanation = finding.explanation.partition(":")[0] + ": они прочитаны как остальные."
    return replace(finding, severity=Severity.ATTENTION, explanation=explanation, action=action)


def _left_out(sheet: str, file: str) -> Finding:
    said = "На этом листе плана нет (нет шапки с названиями столбцов) или лист скрыт: он не читается."
    action = "Ничего; если план стоит здесь, покажите лист и назовите его столбцы."
    return Finding("foreign_sheet", Severity.ATTENTION, file, (f"лист {sheet}",), "", said, action)


def _blocks(sheet: Sheet, number: int) -> Iterator[Block]:
    """The rows of a sheet. A row of one cell above the table is a paragraph of its heading."""
    merged = [_range(one) for one in sheet.merged]
    of_table = [row for row in sheet.rows if len(row.cells) >= TABLE_ROW] or list(sheet.rows)
    columns = sorted({cell.column for row in of_table for cell in row.cells})
    texts = {(cell.row, cell.column): _shown(cell.value) for row in sheet.rows for cell in row.cells}
    for row in sheet.rows:
        if row.number < of_table[0].number and len(row.cells) == 1:
            (cell,) = row.cells
            place = sheet.place(cell.address)
            yield Block((Cell(texts[cell.row, cell.column], place),), place, table=0)
        else:
            own = sorted({*columns, *(cell.column for cell in row.cells)})
            cells = tuple(_cells(sheet, row, own, merged, texts))
            yield Block(cells, f"лист {sheet.name}, строка {row.number}", number, exact_grid=True)


def _cells(
    sheet: Sheet, row: SheetRow, columns: Sequence[int], merged: Sequence[Range], texts: dict[tuple[int, int], str]
) -> Iterator[Cell]:
    """A cell for each column of the table; of merged cells one, with the text of the first."""
    grid = {column: place for place, column in enumerate(columns)}
    for column in columns:
        found = next((one for one in merged if _inside(row.number, column, one)), None)
        top, left, right = (found[0][0], found[0][1], found[1][1]) if found else (row.number, column, column)
        covered = [grid[one] for one in columns if left <= one <= right]
        if grid[column] != covered[0]:
            continue
        place = sheet.place(_address(top, left))
        yield Cell(texts.get((top, left), ""), place, covered[0], covered[-1] + 1, inherited=top < row.number)


def _inside(row: int, column: int, one: Range) -> bool:
    (top, left), (bottom, right) = one
    return top <= row <= bottom and left <= column <= right


def _range(text: str) -> Range:
    first, _, last = text.partition(":")
    return position(first), position(last)


def _address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def _shown(value: CellValue) -> str:
    """A value as a person reads it: numbers with a decimal comma, dates day first."""
    if isinstance(value, float):
        return read_text(value).replace(".", ",")
    return value if isinstance(value, str) else read_text(value)
