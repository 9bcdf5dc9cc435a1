"""Tables as the exam systems write them: rows of cells, as .xlsx or .csv, with the same bytes every time."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime

import xlsxwriter

Cell = str | int | float
Grid = Sequence[Sequence[Cell]]


def xlsx_bytes(grid: Grid, sheet: str, written: date) -> bytes:
    """Returns a workbook of one plain sheet; a blank text leaves its cell out."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(written.year, written.month, written.day)})
        page = book.add_worksheet(sheet)
        for row, cells in enumerate(grid):
            for column, value in enumerate(cells):
                if isinstance(value, str):
                    if value:
                        page.write_string(row, column, value)
                else:
                    page.write_number(row, column, value)
    return buffer.getvalue()


def csv_bytes(grid: Grid) -> bytes:
    """Returns a .csv as Russian offices exchange it: semicolons, a byte order mark, decimal commas."""
    buffer = io.StringIO(newline="")
    width = max(len(cells) for cells in grid)
    writer = csv.writer(buffer, delimiter=";")
    for cells in grid:
        texts = [str(value).replace(".", ",") if isinstance(value, float) else str(value) for value in cells]
        writer.writerow([*texts, *[""] * (width - len(texts))])
    return buffer.getvalue().encode("utf-8-sig")
