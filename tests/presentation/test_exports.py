"""CSV, XLSX and datapackage.json hold what the table holds, literally, and the same bytes every time."""

import csv
import io
import json
from datetime import date

import openpyxl
import pandas as pd
import pytest

from analysis.contracts.execution import ExecutorLoad, Plan
from analysis.contracts.report import OwnMeasures
from analysis.presentation import plan_tables
from analysis.presentation.exhibits import Exhibit, sheet_name
from analysis.presentation.exports import Sheet, csv_bytes, data_package, resource, xlsx_bytes

LITERAL = [
    "=1+1",
    "=",
    "= 5",
    "+7",
    "-x",
    "@cmd",
    "**x**",
    "<script>",
    "http://example.org",
    "NA",
    "None",
    "007",
    'а"б;в,г',
    " край ",
]
ABOUT = [("Таблица", "Проба"), ("Пустая ячейка", "не ноль")]


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "measure_name": pd.Series([*LITERAL], dtype="str"),
            "target_count": pd.array([None, *range(len(LITERAL) - 1)], dtype="Int64"),
        }
    )


def _book(*frames):
    sheets = [Sheet("Данные" if not place else f"tbl-{place}", LITERAL[place], frame, Plan)
              for place, frame in enumerate(frames)]  # fmt: skip
    return xlsx_bytes(sheets, ABOUT, date(2026, 1, 2))


def test_csv_is_literal_and_a_missing_value_is_empty(frame):
    rows = list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8"), newline="")))
    assert rows[0] == ["measure_name", "target_count"]
    assert [row[0] for row in rows[1:]] == LITERAL
    assert [row[1] for row in rows[1:3]] == ["", "0"]


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(frame):
    book = openpyxl.load_workbook(io.BytesIO(_book(frame)))
    sheet = book["Данные"]
    assert [cell.value for cell in sheet[1]] == ["Показатель", "План на год"]
    assert [cell.value for cell in sheet["A"]][1:] == LITERAL
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.hyperlink for cell in sheet["A"] if cell.hyperlink] == []
    assert [cell.value for cell in sheet["B"]][1:4] == [None, 0, 1]
    assert [[cell.value for cell in row] for row in book["О таблице"].rows] == [list(line) for line in ABOUT]


def test_the_same_data_give_the_same_bytes(frame):
    assert _book(frame) == _book(frame.copy())
    assert csv_bytes(frame) == csv_bytes(frame.copy())


def test_the_first_sheet_of_several_tells_what_stands_where(frame):
    book = openpyxl.load_workbook(io.BytesIO(_book(frame, frame[["measure_name"]])))
    assert book.sheetnames == ["О таблицах", "Данные", "tbl-1"]
    lines = [[cell.value for cell in row] for row in book["О таблицах"].rows]
    assert lines == [*map(list, ABOUT), [None, None], ["Данные", LITERAL[0]], ["tbl-1", LITERAL[1]]]
    assert book["О таблицах"]["A5"].hyperlink.location == "'tbl-1'!A1"
    assert [book["Данные"].max_column, book["tbl-1"].max_column] == [2, 1]


def test_a_sheet_has_a_name_that_excel_takes_and_no_other_sheet():
    long = [f"tbl-like-context-{'a' * 14}-{last}" for last in "bc"]
    names = [sheet_name(one) for one in ("tbl-fact-1", *long)]
    assert names[0] == "tbl-fact-1"
    assert len(set(names)) == 3
    assert max(map(len, names)) == 31


def test_the_package_describes_every_column_once(frame):
    entry = resource(Exhibit("tbl-x", "Проба", Plan, frame, ""), frame, csv_bytes(frame))
    files = data_package("report", "Отчёт", date(2026, 1, 2), [entry, {**entry, "name": "tbl-y"}])
    package = json.loads(files["datapackage.json"])
    assert {one["schema"] for one in package["resources"]} == {"tbl-x.schema.json"} == {*files} - {"datapackage.json"}
    fields = json.loads(files["tbl-x.schema.json"])["fields"]
    assert [field["name"] for field in fields] == list(frame.columns)
    assert [field["type"] for field in fields] == ["string", "integer"]
    assert fields[1]["unit"] == "как в названии"
    assert all(field["title"] and field["description"] for field in fields)


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_every_exhibit_can_be_exported(edition_of, year):
    edition = edition_of(year)
    made = [
        plan_tables.targets_of_task(edition, "4"),
        plan_tables.calendar_of_year(edition),
        plan_tables.load_table(edition),
        plan_tables.composition_picture(edition),
        plan_tables.readings_table(edition),
        plan_tables.findings_table(edition),
        plan_tables.abbreviations_table(edition),
        plan_tables.sources_table(edition),
    ]
    for exhibit in made:
        entry = resource(exhibit, exhibit.data, b"")
        assert len(entry["schema"]["fields"]) == exhibit.data.shape[1]
        assert len(exhibit.data)


def test_a_column_means_what_its_own_table_says():
    titles = []
    for contract in (OwnMeasures, ExecutorLoad):
        exhibit = Exhibit("tbl-x", "Проба", contract, pd.DataFrame({"planned_count": [1]}), "")
        titles.append(resource(exhibit, exhibit.data, b"")["schema"]["fields"][0]["title"])
    assert titles == ["План", "Запланировано"]
