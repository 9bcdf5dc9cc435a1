"""The data behind each table and picture: CSV for programs, XLSX for people, datapackage.json for both."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from analysis.contracts.columns import Contract, titles_of
from analysis.presentation.exhibits import Exhibit

DATA_ORIGIN = ("Происхождение", "Стоит только в вымышленных данных и говорит об этом", "")
WIDEST_COLUMN = 60
FRICTIONLESS_TYPES = {
    "int64": "integer",
    "Int64": "integer",
    "float64": "number",
    "Float64": "number",
    "datetime64[us]": "date",
    "bool": "boolean",
    "str": "string",
}


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The table as RFC 4180 text in UTF-8; column names as in the data dictionary; a missing value is empty."""
    return frame.to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d").encode("utf-8")


def xlsx_bytes(frame: pd.DataFrame, contract: Contract, about: Sequence[tuple[str, str]], created: date) -> bytes:
    """The table as a workbook: sheet «Данные» with Russian headings, sheet «О таблице». Text is never a formula.

    Args:
        frame: The table.
        contract: What it is: it knows the headings.
        about: Lines of the second sheet: label and text.
        created: The date written into the file, so that the same data give the same bytes.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"created": datetime(created.year, created.month, created.day), "title": about[0][1]})
        _write_data(workbook, frame, titles_of(contract))
        _write_about(workbook, about)
    return buffer.getvalue()


def data_package(name: str, title: str, created: date, resources: Sequence[Mapping[str, Any]]) -> bytes:
    """datapackage.json (Frictionless Data Package): every file with its columns, their meaning and unit."""
    package = {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "created": f"{created.isoformat()}T00:00:00Z",
        "resources": list(resources),
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def resource(exhibit: Exhibit, frame: pd.DataFrame, content: bytes) -> dict[str, Any]:
    """One entry of datapackage.json: an exhibit, its data as they are written, and the CSV."""
    return {
        "profile": "tabular-data-resource",
        "name": exhibit.label,
        "path": f"{exhibit.label}.csv",
        "title": exhibit.caption,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {"fields": _fields(frame, exhibit.contract), "missingValues": [""]},
    }


def _fields(frame: pd.DataFrame, contract: Contract) -> list[dict[str, str]]:
    columns = contract.to_schema().columns
    return [_field(str(name), str(kind), columns) for name, kind in frame.dtypes.items()]


def _field(name: str, kind: str, columns: Mapping[str, Any]) -> dict[str, str]:
    title, description, unit = DATA_ORIGIN
    if name != "data_origin":
        title, description = str(columns[name].title), str(columns[name].description)
        unit = columns[name].metadata["unit"]
    field = {"name": name, "type": FRICTIONLESS_TYPES[kind], "title": title, "description": description}
    return {**field, "unit": unit} if unit else field


def _write_data(workbook: Any, frame: pd.DataFrame, titles: Mapping[str, str]) -> None:
    sheet = workbook.add_worksheet("Данные")
    heading = workbook.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E5E7EB"}
    )
    cell = workbook.add_format({"text_wrap": True, "valign": "top"})
    day = workbook.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"})
    for position, (column, values) in enumerate(frame.items()):
        title = titles[str(column)] if str(column) in titles else DATA_ORIGIN[0]
        sheet.write_string(0, position, title, heading)
        filled = [(row, value) for row, value in enumerate(values.tolist(), start=1) if not pd.isna(value)]
        sheet.set_column(position, position, _width([value for _, value in filled], title))
        for row, value in filled:
            if isinstance(value, pd.Timestamp):
                sheet.write_datetime(row, position, value.to_pydatetime(), day)
            elif isinstance(value, str):
                sheet.write_string(row, position, value, cell)
            else:
                sheet.write_number(row, position, value, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(frame), 1), len(frame.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_about(workbook: Any, about: Sequence[tuple[str, str]]) -> None:
    sheet = workbook.add_worksheet("О таблице")
    label = workbook.add_format({"bold": True, "valign": "top"})
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(about):
        sheet.write_string(row, 0, name, label)
        sheet.write_string(row, 1, value, text)


def _width(values: Sequence[object], title: str) -> float:
    longest = max((len(str(value)) for value in values), default=0)
    return min(WIDEST_COLUMN, max(longest, len(title) // 2, 8) + 2)


def write(folder: Path, name: str, content: bytes) -> None:
    """Writes one file of the export."""
    (folder / name).write_bytes(content)
