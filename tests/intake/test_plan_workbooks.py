"""A plan kept in Excel: the same tables as from Word, words in number formats, merged and hidden cells."""

import io

import pandas as pd
import pytest
import xlsxwriter

from analysis.contracts.findings import Severity, blocking
from analysis.errors import AnalysisError
from plan_documents import SIGNED, document, merged, read, rows, said, tasks
from word_documents import table

TITLE = "План поддержки школ на 2024-2026 годы"
PLAN = (
    "№ | Мероприятие | Результат | Ед. | 2024 год | 2025 год | 2026 год | Исполнитель",
    "1. Кадры | | | | | | |",
    "1.1 | Курсы | Доля обученных | % | 25 | 50,5 | 90 | ИМЦ",
    "1.2 | Встречи | Встречи | шт. | 2 | – | не менее 3 | ИМЦ, школы",
)


def book(fill, title: str = TITLE) -> bytes:
    """A workbook with the usual heading; `fill` writes below it."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        sheet = made.add_worksheet("План")
        for number, line in enumerate((*SIGNED, title)):
            sheet.write(number, 5, line)
        fill(made, sheet)
    return content.getvalue()


def written(made, sheet, lines=PLAN, start=6):
    for number, line in enumerate(lines, start=start):
        for column, text in enumerate(part.strip() for part in line.split("|")):
            value = float(text.replace(",", ".")) if text.replace(",", "").isdecimal() else text
            sheet.write(number, column, value) if text else None


def without_places(tables):
    return {
        name: frame.drop(columns=[one for one in frame if one == "source_file" or "place" in one])
        for name, frame in tables.items()
        if name != "cells"
    }


def test_excel_and_word_give_the_same_tables():
    of_book, findings = read(book(written), "plan.xlsx")
    assert blocking(findings) == []
    of_word, _ = read(document(table(*rows(PLAN[0]), merged("1. Кадры", 8), *rows(*PLAN[2:]))))
    assert list(of_book) == list(of_word)
    for name, frame in without_places(of_word).items():
        pd.testing.assert_frame_equal(without_places(of_book)[name], frame, obj=name)
    assert said(of_book)[0] == "1.1 share % | 2024=25 2025=50.5 2026=90 annual"
    assert list(of_book["measures"]["place"]) == ["лист План, строка 9", "лист План, строка 10"]
    assert of_book["targets"]["place"].iloc[1] == "лист План, ячейка F9"


def test_words_in_a_number_format_are_read():
    def fill(made, sheet):
        written(made, sheet, ("№ | Показатель | 2024 | 2025 | 2026",))
        sheet.write(7, 0, 1)
        sheet.write(7, 1, "Кружки")
        for column, code in enumerate(('"не менее "0', '0" шт."', "0%"), start=2):
            sheet.write(7, column, 0.1 if code == "0%" else 31, made.add_format({"num_format": code}))

    tables, findings = read(book(fill), "plan.xlsx")
    assert blocking(findings) == []
    assert list(tables["targets"]["target_text"]) == ["не менее 31", "31 шт.", "10%"]
    assert list(tables["targets"]["comparator"]) == ["≥", "=", "="]


def test_merged_cells_hold_for_each_row_and_a_heading_of_two_rows_is_one():
    def fill(made, sheet):
        for column, text in ((0, "№"), (1, "Мероприятие"), (5, "Исполнитель")):
            sheet.merge_range(6, column, 7, column, text)
        sheet.merge_range(6, 2, 6, 4, "Значения")
        for column, year in enumerate((2024, 2025, 2026), start=2):
            sheet.write(7, column, year)
        sheet.merge_range(8, 0, 8, 5, "Кадры")
        written(made, sheet, ("1 | Курсы | 1 | 2 | 3", "2 | Пары | 1 | 1 | 1"), start=9)
        sheet.merge_range(9, 5, 10, 5, "ИМЦ")

    tables, findings = read(book(fill), "plan.xlsx")
    assert blocking(findings) == []
    assert said(tables) == [
        "1 count | 2024=1 2025=2 2026=3 both_possible",
        "2 count | 2024=1 2025=1 2026=1 both_possible",
    ]
    assert tasks(tables) == ["1 Кадры"]
    assert list(tables["executors"]["executor_name"]) == ["ИМЦ", "ИМЦ"]
    assert tables["cells"]["place"].is_unique


def test_a_hidden_row_is_read_and_named():
    def fill(made, sheet):
        written(made, sheet)
        sheet.set_row(8, None, None, {"hidden": True})

    tables, findings = read(book(fill), "plan.xlsx")
    (finding,) = (one for one in findings if one.rule == "hidden_data")
    assert (finding.severity, finding.places[0]) == (Severity.ATTENTION, "лист План, ячейка A9")
    assert "прочитаны как остальные" in finding.explanation
    assert len(tables["measures"]) == 2


def test_a_sheet_without_a_plan_is_named_and_its_cells_are_kept():
    def fill(made, sheet):
        written(made, sheet)
        made.add_worksheet("Справочник").write(2, 1, "сокращения")

    tables, findings = read(book(fill), "plan.xlsx")
    assert [one.place for one in findings if one.rule == "foreign_sheet"] == ["лист Справочник"]
    cells = tables["cells"].set_index("place")
    assert tuple(cells.loc["лист Справочник, ячейка B3", ["text", "role"]]) == ("сокращения", "other_sheet")


def test_an_empty_workbook_is_refused():
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        made.add_worksheet()
    with pytest.raises(AnalysisError, match="нет ни одного листа с текстом"):
        read(content.getvalue(), "plan.xlsx")
