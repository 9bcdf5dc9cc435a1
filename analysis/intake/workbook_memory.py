"""A workbook that was read before is not read again: what was read is kept as JSON beside the data."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from analysis.contracts.findings import Finding, Severity
from analysis.files.atomic import write_file_whole
from analysis.intake.workbook import Sheet, SheetCell, SheetRow, Workbook, read_workbook

MEMORY = "data/.read"


def remembering_reader(root: Path) -> Callable[[bytes, str], Workbook]:
    """Returns a `read_workbook` that keeps what it read in data/.read, by the hash of the file and of the reading code.

    The folder may be deleted at any time; a damaged note is made anew.
    """
    folder = root / MEMORY

    def _read(content: bytes, file: str) -> Workbook:
        note = folder / f"{sha256(content + file.encode() + _code()).hexdigest()}.json"
        try:
            return _decoded(json.loads(note.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            workbook = read_workbook(content, file)
        folder.mkdir(parents=True, exist_ok=True)
        write_file_whole(note, json.dumps(_encoded(workbook), ensure_ascii=False).encode())
        return workbook

    return _read


def _encoded(workbook: Workbook) -> dict[str, Any]:
    return {
        "sheets": [
            [
                sheet.name,
                sheet.hidden,
                [
                    [row.number, [[*_tagged(cell.value), cell.row, cell.column] for cell in row.cells]]
                    for row in sheet.rows
                ],
                sheet.merged,
            ]
            for sheet in workbook.sheets
        ],
        "properties": workbook.properties,
        "findings": [asdict(finding) for finding in workbook.findings],
    }


def _decoded(noted: dict[str, Any]) -> Workbook:
    sheets = tuple(
        Sheet(name, hidden, tuple(SheetRow(number, tuple(map(_cell, cells))) for number, cells in rows), tuple(merged))
        for name, hidden, rows, merged in noted["sheets"]
    )
    findings = tuple(
        Finding(**{**one, "severity": Severity(one["severity"]), "places": tuple(one["places"])})
        for one in noted["findings"]
    )
    return Workbook(sheets, noted["properties"], findings)


def _tagged(value: Any) -> tuple[str, Any]:
    """A value that JSON can hold, with what it was: a date is no text."""
    if isinstance(value, datetime):
        return "moment", value.isoformat()
    return ("date", value.isoformat()) if isinstance(value, date) else ("", value)


def _cell(noted: list[Any]) -> SheetCell:
    tag, value, row, column = noted
    if tag == "moment":
        value = datetime.fromisoformat(value)
    elif tag == "date":
        value = date.fromisoformat(value)
    return SheetCell(value, row, column)


@cache
def _code() -> bytes:
    """The code that reads workbooks: when it changes, everything is read anew."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("workbook*.py")))
