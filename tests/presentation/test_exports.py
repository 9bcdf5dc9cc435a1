"""CSV, XLSX and datapackage.json hold what the table holds, literally, and the same bytes every time."""

import csv
import io
import json
from datetime import date

import openpyxl
import pandas as pd
import pytest

from analysis.presentation import exhibits
from analysis.presentation.exports import csv_bytes, data_package, described, resource, xlsx_bytes

LITERAL = [
    "=1+1",
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


def test_csv_is_literal_and_a_missing_value_is_empty(frame):
    rows = list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8"), newline="")))
    assert rows[0] == ["measure_name", "target_count"]
    assert [row[0] for row in rows[1:]] == LITERAL
    assert [row[1] for row in rows[1:3]] == ["", "0"]


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(frame):
    book = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(frame, ABOUT, date(2026, 1, 2))))
    sheet = book["Данные"]
    assert [cell.value for cell in sheet[1]] == ["Показатель", "План на год"]
    assert [cell.value for cell in sheet["A"]][1:] == LITERAL
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert [cell.hyperlink for cell in sheet["A"] if cell.hyperlink] == []
    assert [cell.value for cell in sheet["B"]][1:4] == [None, 0, 1]
    assert [[cell.value for cell in row] for row in book["О таблице"].rows] == [list(line) for line in ABOUT]


def test_the_same_data_give_the_same_bytes(frame):
    assert xlsx_bytes(frame, ABOUT, date(2026, 1, 2)) == xlsx_bytes(frame.copy(), ABOUT, date(2026, 1, 2))
    assert csv_bytes(frame) == csv_bytes(frame.copy())


def test_the_package_describes_every_column(frame):
    entry = resource("tbl-x", "Проба", frame, csv_bytes(frame), "0" * 64)
    package = json.loads(data_package("report", "Отчёт", date(2026, 1, 2), [entry]))
    fields = package["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(frame.columns)
    assert [field["type"] for field in fields] == ["string", "integer"]
    assert fields[1]["unit"] == "как в названии"
    assert all(field["title"] and field["description"] for field in fields)


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_every_exhibit_can_be_exported(edition_of, year):
    edition = edition_of(year)
    made = [
        exhibits.targets_of_task(edition, "4"),
        exhibits.calendar_of_year(edition),
        exhibits.load_table(edition),
        exhibits.composition_picture(edition),
        exhibits.readings_table(edition),
        exhibits.findings_table(edition),
        exhibits.abbreviations_table(edition),
        exhibits.sources_table(edition),
    ]
    for exhibit in made:
        entry = resource(exhibit.label, exhibit.caption, exhibit.data, b"", "0" * 64)
        assert len(entry["schema"]["fields"]) == exhibit.data.shape[1]
        assert len(exhibit.data)


def test_a_column_means_what_its_own_table_says():
    own = ("school_name", "own_measure", "planned_count", "done_count", "done_date")
    assert described(own)["planned_count"][0] == "План"
    load = ("executor_name", "planned_count", "first_named_count", "other_count")
    assert described(load)["planned_count"][0] == "Запланировано"
