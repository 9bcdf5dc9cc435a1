"""What libraries do that the code guards against, as docs/observed.md tells it: where one changes, its guard may go."""

import ast
import csv
import io
import re
import subprocess
import sys
from datetime import date, datetime

import docx
import duckdb
import openpyxl
import pandas as pd
import pypandoc
import pypdf
import pytest
import typst
import xlrd
import xlsxwriter
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pandera.engines.pandas_engine import STRING, Engine
from python_calamine import CalamineWorkbook

from roadmaps import HOUSE


def test_every_test_that_the_document_names_is_there():
    named = set(re.findall(r"`(\w[\w/]*\.py)::(\w+)`", (HOUSE / "docs/observed.md").read_text("utf-8")))
    assert len(named) > 30
    trees = {file: ast.parse((HOUSE / "tests" / file).read_text("utf-8")) for file, _ in named}
    there = {(file, one.name) for file, tree in trees.items() for one in tree.body if isinstance(one, ast.FunctionDef)}
    assert named - there == set()


def test_pandas_reads_words_as_missing():
    frame = pd.read_csv(io.StringIO("a\nNA\nNone\nn/a\nnull\nнет"))
    assert frame["a"].isna().tolist() == [True, True, True, True, False]


def test_pandas_writes_text_as_a_formula():
    stream = io.BytesIO()
    pd.DataFrame({"a": ["=1+1"]}).to_excel(stream, index=False)
    assert openpyxl.load_workbook(stream).active["A2"].data_type == "f"


def test_pandas_leaves_rows_without_a_key_out_of_groups():
    frame = pd.DataFrame({"key": ["a", None], "count": [1, 2]})
    assert frame.groupby("key")["count"].sum().tolist() == [1]
    assert frame.groupby("key", dropna=False)["count"].sum().tolist() == [1, 2]


def test_pandas_joins_text_of_two_storages_as_objects():
    by_python, by_arrow = (
        pd.DataFrame({"a": pd.Series(["x"], dtype=pd.StringDtype(storage, na_value=float("nan")))})
        for storage in ("python", "pyarrow")
    )
    assert by_python.merge(by_arrow)["a"].dtype == object
    assert by_python.merge(by_python)["a"].dtype == "str"


def test_pandera_looks_at_the_type_of_text_value_by_value():
    texts = pd.Series(["x", "y"], dtype="str")
    assert list(STRING().check(Engine.dtype(texts.dtype), texts)) == [True, True]


def _workbook(fill):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        fill(book.add_worksheet("A"))
    stream.seek(0)
    return stream


def test_xlsxwriter_takes_text_for_formulas_and_links():
    def fill(sheet):
        sheet.write("A1", "=1+1")
        sheet.write("A2", "http://example.org")

    sheet = openpyxl.load_workbook(_workbook(fill)).active
    assert sheet["A1"].data_type == "f"
    assert sheet["A2"].hyperlink is not None


@pytest.mark.parametrize(("key", "length"), [("input_title", 33), ("input_message", 256), ("error_message", 256)])
def test_xlsxwriter_leaves_a_rule_out_whose_words_are_too_long(key, length):
    rule = {"validate": "integer", "criteria": ">=", "value": 0}
    with pytest.warns(UserWarning, match="exceeds Excel's limit"):
        book = openpyxl.load_workbook(_workbook(lambda sheet: sheet.data_validation("A1", {**rule, key: "x" * length})))
    assert book.active.data_validations.dataValidation == []


def test_openpyxl_makes_cells_by_looking_at_them():
    sheet = openpyxl.Workbook().active
    sheet["C500"] = 1
    assert len(sheet._cells) == 1
    assert sum(len(row) for row in sheet.iter_rows()) == len(sheet._cells) == 1500


def test_calamine_shows_neither_hidden_rows_nor_formulas_nor_errors():
    def fill(sheet):
        sheet.write("C3", "скрыто")
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_formula("C4", "=1+1", None, "")
        sheet.write_formula("C5", "=NA()", None, "#N/A")

    sheet = CalamineWorkbook.from_filelike(_workbook(fill)).get_sheet_by_name("A")
    assert sheet.to_python() == [["скрыто"], [""], [""]], "blank rows and columns before the first cell are cut off too"
    assert sheet.to_python(skip_empty_area=False)[2:] == [["", "", "скрыто"], ["", "", ""], ["", "", ""]]


def test_xlrd_raises_what_the_bytes_lead_it_to_and_remarks_on_them():
    content, remarks = (HOUSE / "tests/intake/exports/protocol.xls").read_bytes(), io.StringIO()
    with pytest.raises(IndexError):
        xlrd.open_workbook(file_contents=content[:-600], logfile=remarks)
    assert remarks.getvalue().startswith("WARNING *** file size")


def test_python_docx_loses_controls_and_insertions_and_repeats_merged_cells():
    document = docx.Document()
    paragraph, row = document.add_paragraph("а"), document.add_table(1, 3).rows[0]
    run = "<w:r><w:t>б</w:t></w:r>"
    paragraph._p.append(parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{run}</w:sdtContent></w:sdt>"))
    paragraph._p.append(parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="x">{run}</w:ins>'))
    assert paragraph.text == "а"
    row.cells[0].merge(row.cells[1]).text = "в"
    assert [cell.text for cell in row.cells] == ["в", "в", ""]


def _pandoc(text, *options, environment=None):
    command = [pypandoc.get_pandoc_path(), *options]
    return subprocess.run(command, input=text.encode(), capture_output=True, env=environment)


def test_pandoc_drops_the_words_of_a_picture_for_typst():
    assert b"alt" not in _pandoc("a ![](a.svg){alt=слова fig-alt=слова} b", "--to=typst").stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the locale C is an affair of Linux")
def test_pandoc_finds_no_russian_name_in_the_locale_c(tmp_path):
    (tmp_path / "страница.html").write_text("$body$", encoding="utf-8")
    told = {locale: _pandoc("x", f"--template={tmp_path}/страница.html", environment={"LC_ALL": locale})
            for locale in ("C", "C.UTF-8")}  # fmt: skip
    assert told["C"].stderr
    assert told["C.UTF-8"].stdout == b"<p>x</p>"


@pytest.mark.parametrize(("rule", "pages"), [("", 1), ("#show figure: set block(breakable: true)\n", 5)])
def test_typst_prints_a_long_table_over_itself_unless_figures_may_break(rule, pages):
    rows = ",".join(f"[{number}]" for number in range(60))
    source = f"{rule}#set page(height: 10cm)\n#figure(kind: table, table(columns: 1, {rows}))"
    assert len(pypdf.PdfReader(io.BytesIO(typst.compile(source.encode()))).pages) == pages


def test_typst_makes_no_accessible_pdf_of_a_picture_without_words(tmp_path):
    (tmp_path / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
    source = '#set document(title: "x")\n#image("a.svg"{})'
    assert typst.compile(source.format(', alt: "x"').encode(), root=tmp_path, pdf_standards=["ua-1"])
    with pytest.raises(RuntimeError, match="missing alt text"):
        typst.compile(source.format("").encode(), root=tmp_path, pdf_standards=["ua-1"])


def test_duckdb_takes_the_types_of_the_first_file_unless_columns_are_joined_by_name(tmp_path):
    files = [str(tmp_path / f"{number}.parquet") for number in (1, 2)]
    for file, share in zip(files, ([99, 100], [99.5]), strict=True):
        pd.DataFrame({"share": share}).to_parquet(file)
    with duckdb.connect() as connection:
        for more, found in (("", [99, 100, 100]), (", union_by_name = true", [99, 100, 99.5])):
            rows = connection.execute(f"select share from read_parquet(?{more})", [files]).fetchall()
            assert [share for (share,) in rows] == found


def test_an_open_quote_swallows_the_lines_behind_it():
    assert list(csv.reader(["1;«а»", '2;"б', "3;в"], delimiter=";")) == [["1", "«а»"], ["2", "б3;в"]]


def test_python_reads_numbers_that_nobody_writes():
    assert (float("1_0"), int("٣")) == (10, 3)
    assert "²".isdigit()
    assert isinstance(True, int)
    assert isinstance(datetime(2021, 1, 1), date)
