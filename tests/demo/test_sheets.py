"""The filled forms hold what is so, except where somebody slipped."""

import io

import openpyxl
import pytest

from analysis.demo.books import all_slips
from analysis.demo.pupils import sat, sitting, staff_amounts
from analysis.demo.town import schools


@pytest.fixture(scope="module")
def forms(files):
    def opened(year, reporter, version=1):
        content = files[f"data/raw/{year}/form_{reporter}_v{version}.xlsx"]
        return openpyxl.load_workbook(io.BytesIO(content), read_only=False)

    return opened


def _lines(book, sheet):
    return [tuple(cell.value for cell in row) for row in book[sheet].iter_rows(min_row=2)]


def test_every_school_sends_every_year_but_for_one(files):
    forms = {path for path in files if "/form_edu" in path}
    asked = {(year, school.login) for year in (2020, 2021, 2022) for school in schools()}
    came = {(int(path.split("/")[2]), path.split("_")[1]) for path in forms}
    assert asked - came == {(2020, "edu990012")}
    assert len(forms) == 54


def test_a_form_without_slips_holds_what_is_so(forms):
    book = forms(2021, "edu990005")
    marks = {line[:5]: line[5:] for line in _lines(book, "Результаты")}
    tests = sat(5, sitting("ВПР", 2021), "Математика", 6)
    assert marks["ВПР", "Математика", 6, 6, "весна"][:5] == (tests.participant_count, *tests.mark_counts)
    journal = sat(5, sitting("Журнал", 2021), "Математика", 6)
    cells = (journal.participant_count, *journal.mark_counts, journal.not_attested)
    assert marks["Журнал", "Математика", 6, 6, "год"] == cells
    staff = {line[0]: line[2] for line in _lines(book, "Кадры")}
    assert staff == staff_amounts(schools()[4], 2021)
    context = {line[0]: line[1] for line in _lines(book, "Контингент")}
    assert context["Всего обучающихся"] == sum(context[f"{grade} класс"] for grade in range(1, 12))


def test_a_sitting_of_the_other_wave_is_left_blank(forms):
    lines = [line for line in _lines(forms(2022, "edu990005"), "Результаты") if line[0] == "ВПР"]
    blank = [line for line in lines if set(line[5:]) == {None}]
    assert len(lines) == 20
    assert len(blank) == 10


def test_a_pasted_block_is_the_other_schools(forms):
    own, other = (
        [line[5:] for line in _lines(forms(2021, login), "Результаты") if line[:2] == ("Журнал", "Математика")]
        for login in ("edu990014", "edu990003")
    )
    assert own == other


def test_a_blank_for_zero_stands_where_it_was_zero():
    assert sat(13, sitting("Журнал", 2020), "Математика", 8).mark_counts[0] == 0
    assert (2020, "edu990013", 1) in all_slips()
