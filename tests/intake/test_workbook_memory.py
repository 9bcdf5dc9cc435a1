"""A workbook is read once; what is kept is what was read."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from analysis.files.memory import Memory
from analysis.intake import workbook
from analysis.intake.workbook import read_workbook, remembering_reader


@pytest.fixture
def content():
    book = openpyxl.Workbook()
    for row, value in enumerate(("текст", 2.5, True, date(2021, 2, 3), datetime(2021, 2, 3, 4, 5), "=1+1"), start=1):
        book.active.cell(row, 2).value = value
    book.active.row_dimensions[1].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_what_is_remembered_is_what_was_read(tmp_path, content, monkeypatch):
    first = remembering_reader(Memory(tmp_path))(content, "a.xlsx")
    monkeypatch.setattr(workbook, "read_workbook", None)
    again = remembering_reader(Memory(tmp_path))(content, "a.xlsx")
    monkeypatch.undo()
    assert again == first == read_workbook(content, "a.xlsx")
    assert {finding.rule for finding in again.findings} == {"hidden_data", "formula"}


def test_another_file_is_read_and_a_damaged_note_is_made_anew(tmp_path, content):
    read = remembering_reader(Memory(tmp_path))
    first = read(content, "a.xlsx")
    for note in tmp_path.iterdir():
        note.write_text("{")
    assert read(content, "a.xlsx") == first
    assert read(content, "b.xlsx").findings[0].file == "b.xlsx"
    assert len(list(tmp_path.iterdir())) == 2
