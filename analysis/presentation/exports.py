"""The data behind each table and picture: CSV for programs, XLSX for people, datapackage.json for both."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import xlsxwriter
from numpy.typing import NDArray

from analysis.contracts.columns import Contract, columns_of, titles_of
from analysis.contracts.report import CHANGES, HIDDEN, STATUS_WORDS, WHY_EMPTY, numbers_with_status, statuses
from analysis.contracts.tables import stored_in
from analysis.files.memory import Memory
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import LONGEST_NAME, Exhibit, book_name, sheet_name
from analysis.presentation.words import ended, short_date
from analysis.rules.config import INVENTED
from analysis.rules.written import STATUS_SUFFIX

DATA_ORIGIN = ("Происхождение", "Стоит только в вымышленных данных и говорит об этом", "")
WIDEST_COLUMN = 60
PROFILE = "https://datapackage.org/profiles/2.0/"  # of a package, its resources and their schemas alike
FRICTIONLESS_TYPES = {
    "int64": "integer",
    "Int64": "integer",
    "float64": "number",
    "Float64": "number",
    "datetime64[us]": "date",
    "bool": "boolean",
    "str": "string",
}
Hidden = Mapping[str, NDArray[np.bool_]]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The table as RFC 4180 text in UTF-8; column names as in the data dictionary; a missing value is empty."""
    # `to_csv` says the same in three times the time.
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(frame.columns)
    lines.writerows(zip(*(map(_said, frame[name].tolist()) for name in frame), strict=True))
    return text.getvalue().encode("utf-8")


def _said(value: Any) -> Any:
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else value


def hidden_in(path: Path, rows: Sequence[int]) -> dict[str, set[int]]:
    """By column those of the stored rows behind a CSV of which it says that the number is hidden."""
    found: dict[str, set[int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row, line in zip(rows, csv.DictReader(file), strict=True):
            for name in [name for name, said in line.items() if said == HIDDEN and name.endswith(STATUS_SUFFIX)]:
                found.setdefault(name.removesuffix(STATUS_SUFFIX), set()).add(row)
    return found


class Sheet(NamedTuple):
    """A sheet of a workbook: its name, what it shows, the rows and their contract, which knows the headings."""

    name: str
    title: str
    frame: pd.DataFrame
    contract: Contract


def xlsx_bytes(sheets: Sequence[Sheet], about: Sequence[tuple[str, str]], created: date) -> bytes:
    """Tables as a workbook, each on a sheet with Russian headings, and a sheet about them. Text is never a formula.

    Args:
        sheets: The tables; where there are several, the sheet about them stands first and leads to each.
        about: Lines of the sheet about them: label and text.
        created: The date written into the file, so that the same data give the same bytes.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    several = len(sheets) > 1
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"created": datetime(created.year, created.month, created.day), "title": about[0][1]})
        if several:
            _write_about(workbook, "О таблицах", about, sheets)
        looks = (
            workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#E5E7EB"}),
            workbook.add_format({"text_wrap": True, "valign": "top"}),
            workbook.add_format({"num_format": "dd.mm.yyyy", "valign": "top", "align": "left"}),
        )
        for one in sheets:
            _write_data(workbook.add_worksheet(one.name), one.frame, titles_of(one.contract), looks)
        if not several:
            _write_about(workbook, "О таблице", about)
    return buffer.getvalue()


def data_package(name: str, title: str, created: date, resources: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """datapackage.json (Frictionless Data Package): every file with its columns, their meaning and unit.

    Tables of the same columns name one file of them: written into each, they would outweigh the data.

    Returns:
        The files by name.
    """
    files: dict[bytes, str] = {}
    shared = [
        {**one, "schema": files.setdefault(_json(one["schema"]), f"{one['name']}.schema.json")} for one in resources
    ]
    package = {
        "$schema": f"{PROFILE}datapackage.json",
        "name": name,
        "title": title,
        "created": f"{created.isoformat()}T00:00:00Z",
        "resources": shared,
    }
    return {"datapackage.json": _json(package), **{name: content for content, name in files.items()}}


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode("utf-8")


def for_programs(exhibit: Exhibit, hidden: Hidden) -> pd.DataFrame:
    """The rows and, behind them, why a number is not there.

    Behind them, so that a cell has the same letter in the CSV as in the workbook and in `analysis explain`.
    """
    rows = exhibit.data
    return pd.concat([rows, pd.DataFrame(statuses(rows, exhibit.contract, hidden), index=rows.index)], axis=1)


def hidden_cells(edition: Edition, exhibit: Exhibit) -> Hidden:
    """By column what the public may not see: as the mask of its table says, or a number that is stored and not shown.

    That a change is hidden is not told: it would say that a few, and not nobody, sat in the earlier year.
    """
    table = stored_in(exhibit.contract, edition.internal)
    stored, data = edition.tables.get(table), exhibit.data
    if edition.internal or stored is None or exhibit.behind:
        return {}
    mask, rows = edition.masks.get(table), stored.index.get_indexer(data.index)
    asked = [name for name in numbers_with_status(exhibit.contract) if name in data and name in stored]
    bits = {
        name: (stored[name].notna().to_numpy() if mask is None else mask[:, stored.columns.get_loc(name)])[rows]
        for name in sorted({*asked} - {*CHANGES})
    }
    return {name: cells for name, cells in bits.items() if cells.any()}


def resource(exhibit: Exhibit, frame: pd.DataFrame, content: bytes) -> dict[str, Any]:
    """One entry of datapackage.json: an exhibit, its data as they are written, and the CSV."""
    return {
        "$schema": f"{PROFILE}dataresource.json",
        "type": "table",
        "name": exhibit.label,
        "path": f"{exhibit.label}.csv",
        "title": exhibit.caption,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": {
            "$schema": f"{PROFILE}tableschema.json",
            "fields": _fields(frame, exhibit.contract),
            "missingValues": [""],
        },
    }


def _fields(frame: pd.DataFrame, contract: Contract) -> list[dict[str, Any]]:
    columns = columns_of(contract)
    return [_field(str(name), str(kind), columns) for name, kind in frame.dtypes.items()]


def _field(name: str, kind: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    title, description, unit = DATA_ORIGIN
    number = name.removesuffix(STATUS_SUFFIX)
    if name not in columns and number in columns:
        title = f"{columns[number].title}: почему пусто"
        said = {"name": name, "type": "string", "title": title, "description": STATUS_WORDS}
        return {**said, "constraints": {"enum": WHY_EMPTY}}
    if name != "data_origin":
        title, description = str(columns[name].title), str(columns[name].description)
        unit = columns[name].metadata["unit"]
    field = {"name": name, "type": FRICTIONLESS_TYPES[kind], "title": title, "description": description}
    return {**field, "unit": unit} if unit else field


def _write_data(sheet: Any, frame: pd.DataFrame, titles: Mapping[str, str], looks: tuple[Any, Any, Any]) -> None:
    heading, cell, day = looks
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


def _write_about(workbook: Any, name: str, about: Sequence[tuple[str, str]], sheets: Sequence[Sheet] = ()) -> None:
    sheet = workbook.add_worksheet(name)
    label = workbook.add_format({"bold": True, "valign": "top"})
    text = workbook.add_format({"text_wrap": True, "valign": "top"})
    link = workbook.add_format({"font_color": "blue", "underline": 1, "valign": "top"})
    sheet.set_column(0, 0, LONGEST_NAME if sheets else 18)
    sheet.set_column(1, 1, 90)
    for row, (said, value) in enumerate(about):
        sheet.write_string(row, 0, said, label)
        sheet.write_string(row, 1, value, text)
    for row, one in enumerate(sheets, len(about) + 1):
        sheet.write_url(row, 0, f"internal:'{one.name}'!A1", link, one.name)
        sheet.write_string(row, 1, one.title, text)


def _width(values: Sequence[object], title: str) -> float:
    longest = max((len(str(value)) for value in values), default=0)
    return min(WIDEST_COLUMN, max(longest, len(title) // 2, 8) + 2)


HIDDEN_BLANK = "или скрыто, тогда столбец назван в «Скрыто»"
BLANK = "значение не указано; это не ноль"


class _Head(NamedTuple):
    """What the data of an edition say of themselves."""

    year: int
    document: str
    publisher: str
    day: date
    invented: bool


class DataFiles(NamedTuple):
    """The data of an edition: what they say of themselves, the exhibits, and by column what the public may not see."""

    head: _Head
    shown: Sequence[Exhibit]
    hidden: Sequence[Hidden]

    @classmethod
    def of(cls, edition: Edition, shown: Sequence[Exhibit]) -> "DataFiles":
        """What some exhibits of an edition show."""
        title, project = str(edition.approval["title"]), edition.project
        head = _Head(edition.calendar_year, title, project.publisher, edition.data_date, project.invented)
        return cls(head, shown, [hidden_cells(edition, one) for one in shown])

    def made(self, memory: Memory, step: int = 1) -> dict[str, bytes]:
        """The files by name; `step` is -1 for a process that makes them from the last to the first, beside another."""
        listed = list(zip([_as_data(one, self.head) for one in self.shown], self.hidden, strict=True))
        given = [(memory.content(one), bits) for one, bits in listed]
        return memory.remembered("data", [self.head, given], partial(_data_files, self.head, listed, memory, step))


def _as_data(exhibit: Exhibit, head: _Head) -> Exhibit:
    """What of an exhibit its data rest on; in which stored rows they stand, they do not say."""
    rows = exhibit.data.reset_index(drop=True)
    rows = rows.assign(data_origin=INVENTED) if head.invented else rows
    return Exhibit(exhibit.label, exhibit.caption, exhibit.contract, rows, "")


def _data_files(head: _Head, listed: Sequence[tuple[Exhibit, Hidden]], memory: Memory, step: int) -> dict[str, bytes]:
    made = [memory.remembered("data file", one, partial(_data_file, *one)) for one in listed[::step]][::step]
    sheets = [Sheet(sheet_name(one.label), one.caption, one.data, one.contract) for one, _ in listed]
    title = f"Данные отчёта за {head.year} год: {head.document}"
    title = f"{ended(title)} {INVENTED}" if head.invented else title
    about = _about(head, any("hidden_columns" in one.frame for one in sheets))
    package = data_package(f"roadmap-report-{head.year}", title, head.day, [said for said, _ in made])
    written = {f"{one.label}.csv": content for (one, _), (_, content) in zip(listed, made, strict=True)}
    return {**written, **package, book_name(head.year): xlsx_bytes(sheets, about, head.day)}


def _data_file(exhibit: Exhibit, hidden: Hidden) -> tuple[dict[str, Any], bytes]:
    """What the data package says of the CSV of an exhibit, and the CSV."""
    listed = for_programs(exhibit, hidden)
    content = csv_bytes(listed)
    return resource(exhibit, listed, content), content


def _about(head: _Head, hidden: bool) -> list[tuple[str, str]]:
    return [
        ("Таблицы", f"Все таблицы и рисунки отчёта за {head.year} год"),
        ("Документ", head.document),
        ("Издатель", head.publisher),
        ("Данные на", short_date(head.day)),
        ("Пустая ячейка", f"{BLANK}; {HIDDEN_BLANK}" if hidden else BLANK),
        *([("Внимание", INVENTED)] if head.invented else []),
    ]
