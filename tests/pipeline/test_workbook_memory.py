"""A workbook is read once; what is kept is what was read."""

import hashlib
import io
from datetime import date, datetime
from types import SimpleNamespace

import openpyxl
import pytest

from analysis.cleaning.corrections import Correction
from analysis.contracts.facts import EVIDENCE, EXECUTION, form_identity
from analysis.errors import AnalysisError
from analysis.files.memory import Memory
from analysis.forms.collect import form_bytes
from analysis.pipeline import received
from analysis.pipeline.received import reader
from analysis.rules.config import Source
from small_projects import ON_TIME


@pytest.fixture
def content():
    """A form with values of every kind, a formula and a hidden row."""
    sheets = [(EXECUTION, [("1.3", "", "", "", 2)], {}), (EVIDENCE, [], {})]
    blank = form_bytes(["f"], sheets, form_identity("form", "город Светлый", 2021, "edu1"), ON_TIME)
    book = openpyxl.load_workbook(io.BytesIO(blank))
    values = ("текст", 2.5, True, date(2021, 2, 3), datetime(2021, 2, 3, 4, 5), "=1+1")
    for row, value in enumerate(values, start=2):
        book[EVIDENCE.title].cell(row, 2).value = value
    book[EVIDENCE.title].row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _source(root, content, file="a.xlsx"):
    (root / file).write_bytes(content)
    return Source(file, "форма", "письмо", ON_TIME, hashlib.sha256(content).hexdigest(), "", "form")


def _reader(root, *corrections, notes=True):
    return reader(SimpleNamespace(root=root), corrections, Memory(root / "notes" if notes else None))


def test_what_is_remembered_is_what_was_read(tmp_path, content, monkeypatch):
    source = _source(tmp_path, content)
    first = _reader(tmp_path)(source)
    monkeypatch.setattr(received, "read_workbook", None)
    again = _reader(tmp_path)(source)
    monkeypatch.undo()
    assert again == first == _reader(tmp_path, notes=False)(source)
    assert {finding.rule for finding in again.findings} >= {"hidden_data", "formula"}
    kinds = {type(cell.value) for row in again.rows[EVIDENCE.title] for cell in row.cells.values()}
    assert kinds == {str, float, bool, date, datetime, type(None)}


def test_another_file_is_read_and_a_damaged_note_is_made_anew(tmp_path, content):
    source, notes = _source(tmp_path, content), tmp_path / "notes"
    first = _reader(tmp_path)(source)
    for note in notes.iterdir():
        note.write_text("{")
    assert _reader(tmp_path)(source) == first
    assert _reader(tmp_path)(_source(tmp_path, content, "b.xlsx")).file == "b.xlsx"
    assert len(list(notes.iterdir())) == 2


def test_a_correction_of_the_file_is_read_and_one_of_another_is_not(tmp_path, content):
    source = _source(tmp_path, content)
    place = next(place for place, text in _reader(tmp_path)(source).texts.items() if text == "2.5")
    about = (place, "2.5", "3", "опечатка", "Иванова", ON_TIME)
    _reader(tmp_path, Correction("b.xlsx", *about))(source)
    assert len(list((tmp_path / "notes").iterdir())) == 1
    corrected = _reader(tmp_path, Correction("a.xlsx", *about))(source)
    values = {cell.value for row in corrected.rows[EVIDENCE.title] for cell in row.cells.values()}
    assert ("3" in values, [one.rule for one in corrected.corrected]) == (True, ["correction"])


def test_a_file_that_has_changed_since_is_not_what_was_read(tmp_path, content):
    source = _source(tmp_path, content)
    _reader(tmp_path)(source)
    (tmp_path / source.file).write_bytes(content[:-1])
    with pytest.raises(AnalysisError, match="изменился после получения"):
        _reader(tmp_path)(source)
