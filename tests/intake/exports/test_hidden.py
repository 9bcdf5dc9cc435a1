"""Hidden rows, columns and sheets of exports are named by their address; a result with a hidden row is set aside."""

import io

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.exports.recognise import read_export
from export_files import VOCABULARY, protocol, protocol_row, xlsx

HIDDEN = "В выгрузке есть скрытые строки этой школы"
# Rows 1–5 are titles and headings, 6–8 pupils: two of school 101, one of school 102.
PROTOCOL = protocol(
    ("1 - Русский язык 2022.06.01", [protocol_row(1, 101, 4), protocol_row(2, 101, 5), protocol_row(3, 102, 3)])
)
STATISTICS = [
    ["ВПР 2021 Русский язык 5 класс"],
    ["Группы участников", "Кол-во участников", "2", "3", "4", "5"],
    ["Вся выборка", 1000, 10, 40, 30, 20],
    ["Школа А (edu260001)", 10, 10, 40, 30, 20],
    ["Школа Б (edu260002)", 20, 10, 40, 30, 20],
]


def changed(content, change):
    """The workbook after a change by hand."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def counts(rows, change):
    return read_export(changed(xlsx(*rows), change), "x.xlsx", VOCABULARY).counts


def hide_row(number, sheet=0):
    def change(book):
        book.worksheets[sheet].row_dimensions[number].hidden = True

    return change


def hide_column(book):
    book.worksheets[0].column_dimensions["D"].hidden = True
    book.worksheets[0].column_dimensions["Z"].hidden = True


def test_a_hidden_pupil_sets_the_result_of_that_school_aside():
    first, second = counts([PROTOCOL], hide_row(7))
    assert (first.code_oo, first.fault) == ("101", f"{HIDDEN} (лист 1, строка 7)")
    assert (second.code_oo, second.fault) == ("102", "")


def test_a_hidden_title_sets_nothing_aside():
    assert [one.fault for one in counts([PROTOCOL], hide_row(1))] == ["", ""]


def test_a_hidden_row_of_a_school_is_set_aside_and_a_hidden_group_is_not():
    assert [one.fault for one in counts([STATISTICS], hide_row(5))] == ["", HIDDEN]
    assert [one.fault for one in counts([STATISTICS], hide_row(3))] == ["", ""]


@pytest.mark.parametrize(("rows", "sheet"), [(PROTOCOL, "лист 1"), (STATISTICS, "лист Sheet1")])
def test_a_hidden_column_is_read_and_named(rows, sheet):
    remark = f"{sheet}, столбец D скрыт, а в нём есть данные; он прочитан"
    assert [(one.remark, one.fault) for one in counts([rows], hide_column)] == [(remark, "")] * 2


def test_a_hidden_sheet_beside_pupils_is_named_and_beside_schools_refused():
    def hide(book):
        book.worksheets[1].sheet_state = "hidden"

    assert {one.remark for one in counts([PROTOCOL, PROTOCOL], hide)} == {"лист 2 скрыт и не прочитан"}
    assert counts([PROTOCOL, []], hide)[0].remark == ""
    with pytest.raises(AnalysisError, match="листы № 2 скрыты или не опознаны"):
        counts([STATISTICS, STATISTICS], hide)
