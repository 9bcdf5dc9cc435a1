"""The lines of a workbook are those that the reader of returned forms sees; what holds no value is unreadable."""

import io
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from analysis.errors import AnalysisError
from analysis.intake.exports.cells import Unreadable
from analysis.intake.exports.recognise import open_grid
from analysis.intake.workbook import read_workbook
from export_files import csv_text, xlsx


def cells_of(content):
    return [{line.number: dict(line.cells) for line in sheet.lines} for sheet in open_grid(content, "x")]


def odd_book():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_rich_string(0, 0, book.add_format({"bold": True}), "Код", " ОО")
        sheet.write_formula(0, 1, "=1+1", None, 2)
        sheet.write_formula(0, 2, "=1+1", None, "")
        sheet.write_formula(0, 3, "=NA()", None, "#N/A")
        sheet.write(0, 4, "  ")
        sheet.write(0, 5, 9306.0)
        sheet.write(0, 6, True)
    return stream.getvalue()


def with_prefix(content):
    """The same book as some programs write it, with every element in a namespace of its own name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if "worksheets/sheet" in name:
                part = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", part).replace(b"xmlns=", b"xmlns:x=")
            new.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize("content", [odd_book(), with_prefix(odd_book())])
def test_cells_that_are_no_plain_values(content):
    ((row,),) = [sheet.values() for sheet in cells_of(content)]
    assert row == {1: "Код ОО", 2: 2.0, 3: Unreadable.CELL, 4: Unreadable.CELL, 6: 9306.0, 7: True}


def test_same_values_as_the_reader_of_forms():
    content = (Path(__file__).parents[1] / "saved_by_libreoffice.xlsx").read_bytes()
    expected = [
        {row.number: {cell.column: cell.value for cell in row.cells if cell.value is not None} for row in sheet.rows}
        for sheet in read_workbook(content, "x").sheets
    ]
    found = [
        {number: {c: v for c, v in row.items() if v is not Unreadable.CELL} for number, row in sheet.items()}
        for sheet in cells_of(content)
    ]
    assert found == expected
    assert any(expected)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_text_with_any_delimiter_and_quotes(delimiter):
    text = delimiter.join(["Код ОО", '"a ""б"""', "", "9306.0"])
    assert cells_of(f"\ufeff{text}\r\n\r\n{text}".encode()) == [
        {1: {1: "Код ОО", 2: 'a "б"', 4: "9306.0"}, 3: {1: "Код ОО", 2: 'a "б"', 4: "9306.0"}}
    ]


def test_quote_that_never_closes():
    with pytest.raises(AnalysisError, match="кавычка открыта"):
        cells_of(b'a;b\n"' + b"x" * 200_000)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('Код ОО;ОО\n1;"СОШ\n2;ООШ\n', "строка 2, столбец 2"),
        ('Код ОО;ОО\r\n1;СОШ\r\n2;3;"ООШ', "строка 3, столбец 3"),
        ('Код ОО;ОО\n1;"СОШ\n2;"ООШ"\n3;Лицей\n', "строка 2, столбец 2"),
        ('"Код\nОО";ОО\n1;"СОШ;4\n"2";ООШ\n', "строка 3, столбец 2"),
    ],
)
def test_an_open_quote_swallows_no_line_and_is_named(text, place):
    with pytest.raises(AnalysisError) as refused:
        cells_of(text.encode())
    assert f"x: {place}: кавычка открыта и не закрыта" in str(refused.value)
    assert "ОШ" not in str(refused.value)


def test_cells_of_several_lines_and_quotes_within_a_cell_are_read():
    text = '"Код\nОО";"ОО ""первая"""\n1;СОШ "Луч"\n2;"Лицей"'
    assert cells_of(text.encode()) == [
        {1: {1: "Код\nОО", 2: 'ОО "первая"'}, 2: {1: "1", 2: 'СОШ "Луч"'}, 3: {1: "2", 2: "Лицей"}}
    ]


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_unicode_text_of_excel(encoding, mark):
    content = mark + 'Код ОО\t"ОО"\r\n9306\tСОШ\r\n'.encode(encoding)
    assert cells_of(content) == [{1: {1: "Код ОО", 2: "ОО"}, 2: {1: "9306", 2: "СОШ"}}]


@pytest.mark.parametrize("content", [b"\xff\xfea", b"\xff\xfe\x00\xd8", "\ufeffa\0;b".encode("utf-16-le")])
def test_unicode_text_that_is_cut_off_is_refused(content):
    with pytest.raises(AnalysisError, match="не .csv в кодировке"):
        cells_of(content)


def test_a_web_page_in_any_encoding_is_refused():
    for encoding in ("utf-8-sig", "utf-16"):
        with pytest.raises(AnalysisError, match="веб-страница"):
            cells_of("<html><table></table></html>".encode(encoding))


def test_far_cell_and_tall_sheet_cost_nothing():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write("XFD1048576", 1)
    assert cells_of(stream.getvalue()) == [{1_048_576: {16_384: 1.0}}]


def test_cut_off_file():
    with pytest.raises(AnalysisError, match="обрезан или поврежд"):
        cells_of(xlsx([[1]])[:1000])


def test_csv_helper_writes_what_is_read():
    assert cells_of(csv_text([[1, None, "б"]])) == [{1: {1: "1", 3: "б"}}]
