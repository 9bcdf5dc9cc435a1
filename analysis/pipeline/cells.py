"""The cells of received files as they stood, one row each: what a chain ends in."""

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from analysis.cleaning.exam_results import COUNTED, ReadExport
from analysis.contracts.findings import row_place
from analysis.intake.returns import Returned

CellRow = dict[str, Any]
# What people write beside their numbers may name somebody.
NOT_KEPT = ("note",)


def document_cells(cells: pd.DataFrame) -> list[CellRow]:
    """Returns the cells of the signed document (`contracts.text.CellsText`)."""
    return [
        _row(file, place, role, text)
        for file, place, role, text in zip(
            cells["source_file"], cells["place"], cells["role"], cells["text"], strict=True
        )
    ]


def cell_rows(returned: Iterable[Returned], exports: Iterable[ReadExport]) -> list[CellRow]:
    """Returns the cells of returned workbooks and of exports; of a file with pupils the counts that were kept of it."""
    rows = [row for one in returned for row in _of_workbook(one)]
    return [*rows, *(row for one in exports for row in _of_export(one))]


def _of_workbook(form: Returned) -> Iterator[CellRow]:
    for line in (line for lines in form.rows.values() for line in lines):
        sheet = line.place.rpartition(", строка ")[0]
        for name, cell in line.cells.items():
            place = f"{sheet}, ячейка {cell.address}"
            if name not in NOT_KEPT and place in form.texts:
                yield _row(form.file, place, name, form.texts[place])


def _of_export(export: ReadExport) -> Iterator[CellRow]:
    for number, one in enumerate(export.counts, start=2):
        line = number if export.source.kind == "counts" else None
        for name in COUNTED:
            if getattr(one, name) is not None:
                yield _row(export.source.file, one.place, name, str(getattr(one, name)), line)


def _row(file: str, place: str, name: str, text: str, line: int | None = None) -> CellRow:
    return {
        "source_file": file, "place": place, "row_place": row_place(place), "column_name": name, "text": text,
        "line": line,
    }  # fmt: skip
