"""What is known of a school: every row with its address, what was set aside, which of two sources counted."""

import pytest

from analysis.lineage.explain import explain

FORM = "school.xlsx (sha256 cdcdcdcdcdcd…)"
EXPORT = "vpr.xlsx (sha256 cdcdcdcdcdcd…)"
PUPILS = "counts_ab.csv (sha256 efefefefefef…), строка 4 ← файл с учениками (sha256 121212121212…, не хранится)"


@pytest.fixture(scope="module")
def told(school_ground):
    return [line.strip() for line in explain("edu000001@2021", school_ground)]


def _after(told, first):
    return told[told.index(first) + 1]


def test_each_fact_goes_back_to_its_cell_as_it_stood(told):
    assert "Контингент и социальный паспорт: строк 2, отложено 0" in told
    cell = f"← {FORM}, лист Контингент, ячейка B3: «двенадцать»"
    assert _after(told, "2021: 5 класс: 12") == cell
    assert _after(told, "2021: Ставок по штату, ставка: 12,5") == f"← {FORM}, лист Кадры, ячейка C2"


def test_of_a_form_and_an_export_it_says_which_counted(told):
    about = "2021: ВПР, Математика, 5 класс, весна, 2020/21"
    counted = f"{about}: Участников — 12, Отметок «2» — 2, Отметок «3» — 4, Отметок «4» — 3, Отметок «5» — 3"
    assert _after(told, counted) == f"← {EXPORT}, лист 1, строка 7"
    form = "Участников — 12, Отметок «2» — 1, Отметок «3» — 5, Отметок «4» — 3, Отметок «5» — 3"
    other = f"засчитана выгрузка; в форме школы: {form}, в счёт не идёт ← {FORM}, лист Результаты, строка 2"
    assert told[told.index(counted) + 2] == other
    assert _after(told, other).startswith("замечание «Форма и выгрузка расходятся»")


def test_a_file_with_pupils_is_named_by_hash_and_rows_alone(told):
    exam = "2021: ОГЭ, Математика, 9 класс, основная, 2020/21: Участников — 7, Отметок «2» — 0, "
    place = next(number for number, line in enumerate(told) if line.startswith(exam))
    assert told[place + 1] == f"← {PUPILS}, лист 1, строки 3–9"
    assert not told[place + 2].startswith("засчитана")


def test_findings_about_a_row_are_named_and_those_of_its_neighbours_are_not(told):
    assert "замечание «Исправление исходного текста»: лист Результаты, ячейка F3: Заменено на «10»." in told
    assert not any("О другой группе" in line for line in told)


def test_what_was_set_aside_says_where_and_why(told):
    place = told.index("Профессиональные дефициты: строк 0, отложено 1")
    aside = f"2021: отложено, в счёт не идёт: Части больше целого ← {FORM}, лист Дефициты, строка 3"
    assert told[place + 1] == aside
    assert "Результаты: строк 3, отложено 1" in told
    assert any(line.startswith("2021: отложено, в счёт не идёт: Не та волна ← counts_ab.csv") for line in told)


def test_only_the_year_and_the_school_that_are_asked_for(school_ground):
    assert not any("Результаты:" in line for line in explain("edu000001@2020", school_ground))
    lines = [line.strip() for line in explain("edu000002", school_ground)]
    assert "Результаты: строк 1, отложено 0" in lines
    assert not any("строка 7" in line for line in lines)
