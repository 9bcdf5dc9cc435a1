"""Keeps the content of each workbook as JSON beside the data, so that it is read only once."""

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
    """Returns a `read_workbook` that stores results in data/.read, by the hash of the file and of the reading code.

    The folder may be deleted at any time. A damaged note is written again.
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
    """Returns a value for JSON with its type, because JSON has no dates."""
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
    """Returns the reading code. When it changes, all workbooks are read again."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("workbook*.py")))
