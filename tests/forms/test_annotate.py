"""Which findings reach a marked copy, in whose words, and what is said of copies that an earlier run left."""

import openpyxl
import pytest

from analysis.contracts.findings import ASK, Finding, Severity
from analysis.forms.annotate import annotate
from school_forms import FILE, form_of

PLACE = "лист Контингент, ячейка B4"


@pytest.fixture
def root(tmp_path):
    (tmp_path / FILE).parent.mkdir(parents=True)
    (tmp_path / FILE).write_bytes(form_of({}))
    return tmp_path


def _finding(rule="value", severity=Severity.BLOCKS, file=FILE, action=ASK):
    return Finding(rule, severity, file, (PLACE,), "1", "Не то.", action)


@pytest.mark.parametrize(
    "finding",
    [
        _finding("confirmation"),
        _finding("late"),
        _finding("correction"),
        _finding("executor_name"),
        _finding("merged_school"),
        _finding(severity=Severity.NOTE),
        _finding(file="data/raw/2021/vpr.xlsx"),
    ],
    ids=lambda one: f"{one.rule} {one.severity} {one.file[-8:]}",
)
def test_what_is_the_business_of_the_office_reaches_no_copy(root, finding):
    assert annotate(root, [finding], [FILE], root / "output").written == ()


def test_the_copy_speaks_to_whoever_filled_the_form_in(root):
    (path,) = annotate(root, [_finding(), _finding(action="Покажите скрытое.")], [FILE], root / "output").written
    actions = [row[5] for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=5, values_only=True)]
    assert actions == ["Исправьте и верните форму.", "Покажите скрытое."]


def test_a_copy_that_an_earlier_run_left_is_named_and_stays(root):
    (path,) = annotate(root, [_finding()], [FILE], root / "output").written
    again = annotate(root, [], [FILE], root / "output")
    assert (again.written, again.left, path.is_file()) == ((), (path,), True)


def test_a_workbook_that_no_library_opens_costs_the_others_nothing(root):
    other = FILE.replace("edu1", "edu2")
    (root / other).write_bytes(b"PK")
    copies = annotate(root, [_finding(file=other), _finding()], [FILE, other], root / "output")
    assert [path.name for path in copies.written] == ["form_edu1_v1.xlsx"]
    assert [file for file, _ in copies.failed] == [other]


def test_a_school_is_shown_no_file_but_its_own(root):
    said = "Те же числа стоят у другой школы. Строк: 3 (data/raw/2021/form_edu7_v1.xlsx: лист Кадры, строка 2 …)."
    one = Finding("plausibility", Severity.ATTENTION, FILE, (PLACE,), "1", said, "Проверьте.")
    (path,) = annotate(root, [one], [FILE], root / "output").written
    book = openpyxl.load_workbook(path)
    shown = [book.worksheets[0]["E5"].value, book["Контингент"]["B4"].comment.text]
    assert shown[0] == "Те же числа стоят у другой школы. Строк: 3."
    assert "edu7" not in "".join(shown)
