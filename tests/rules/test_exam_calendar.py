"""data/calendar.toml: a year that is not there can be added, and what cannot be is refused by entry and key."""

import pytest

from analysis.errors import AnalysisError
from analysis.rules.office_files import CALENDAR_FILE, load_calendar, load_vocabulary, sitting_stanza
from roadmaps import HOUSE

ANSWERS = {
    'procedure = ""': 'procedure = "ВПР"',
    'wave = ""': 'wave = "осень"',
    'school_year = ""': 'school_year = "2023/24"',
    'scale = ""': 'scale = "отметка"',
    'grade_lag = ""': "grade_lag = 1",
    'comparability = ""': 'comparability = "осень, программа предыдущего класса"',
    'basis = ""': 'basis = "Приказ № 1 от 01.02.2023"',
    '"Русский язык" = []': '"Русский язык" = [4, 5]',
    '"Математика" = []': '"Математика" = [5]',
}


def _answered(answers=ANSWERS):
    text = sitting_stanza(2023)
    for blank, answer in answers.items():
        assert text.count(f"\n{blank}") == 1, blank
        text = text.replace(f"\n{blank}", f"\n{answer}")
    return text


def _with(folder, text, before=""):
    (folder / "data").mkdir()
    (folder / CALENDAR_FILE).write_text(before + text, encoding="utf-8")
    return folder


def test_the_pasted_entry_loads_once_its_questions_are_answered(tmp_path):
    shipped = (HOUSE / CALENDAR_FILE).read_text(encoding="utf-8")
    calendar = load_calendar(_with(tmp_path, _answered(), before=f"{shipped}\n"))
    assert len(calendar) == len(load_calendar(HOUSE)) + 1
    new = calendar[-1]
    assert (new.procedure, new.calendar_year, new.wave, new.school_year) == ("ВПР", 2023, "осень", "2023/24")
    assert (new.grade_lag, new.confirmed, new.form_subjects) == (1, False, ("Русский язык", "Математика"))
    assert new.grades == {"Русский язык": (4, 5), "Математика": (5,)}
    assert load_vocabulary(tmp_path).subject("РУ") == "Русский язык"


@pytest.mark.parametrize("blank", ANSWERS)
def test_a_question_that_nobody_answered_is_refused_by_its_key(tmp_path, blank):
    left = _answered({asked: answer for asked, answer in ANSWERS.items() if asked != blank})
    with pytest.raises(AnalysisError) as stopped:
        load_calendar(_with(tmp_path, left))
    said = str(stopped.value)
    assert said.startswith(f"{CALENDAR_FILE}, [[sitting]] № 1")
    assert blank.split(" = ")[0].strip('"') in said


def test_a_sitting_without_subjects_is_none(tmp_path):
    text = _answered().split('"Русский язык" = [4')[0]
    with pytest.raises(AnalysisError, match="нужен хотя бы один предмет"):
        load_calendar(_with(tmp_path, text.replace('["Русский язык", "Математика"]', "[]")))


@pytest.mark.parametrize("school_year", ["2017/18", "2024/25", "2022/24", "2023-2024", "2023/2024"])
def test_a_school_year_that_does_not_touch_the_year_is_refused(tmp_path, school_year):
    text = _answered(ANSWERS | {'school_year = ""': f'school_year = "{school_year}"'})
    said = f"ключ «school_year»: стоит «{school_year}», нужно одно из: 2022/23, 2023/24"
    with pytest.raises(AnalysisError, match=said):
        load_calendar(_with(tmp_path, text))
