"""An indicator of a school: value, formula of the passport, numerator and denominator, and the rows they come from."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.errors import AnalysisError
from analysis.indicators.effectiveness import school_indicators
from analysis.lineage.explain import explain
from analysis.lineage.indicator_cells import indicator_cell_chain
from analysis.rules.exam_calendar import load_calendar
from analysis.rules.indicator_passport import load_passport

PROJECT = Path(__file__).parents[2]
EXPORT = "vpr.xlsx (sha256 cdcdcdcdcdcd…), лист 1, строка"


@pytest.fixture(scope="module")
def grounded(school_ground):
    passport = load_passport(PROJECT)
    made = school_indicators(school_ground.tables, passport, load_calendar(PROJECT))
    return replace(school_ground, tables={**school_ground.tables, "school_indicators": made}, passport=passport)


def _told(asked, grounded):
    return [line.strip() for line in explain(asked, grounded)]


def test_a_share_goes_back_to_its_formula_parts_and_row(grounded):
    told = _told("edu000001/fail_share@2021", grounded)
    # 2 of 12 in the ВПР that was counted, not 1 of 12 as the form has it
    place = told.index("Доля «2»: Школа А, 2021, ВПР, Математика, 5, весна, 2020/21: 0,1667; единица: доля")
    assert told[place + 1].startswith("правило: k2 / N; Общепринятая формула (не подтверждено) ← data/indicators.toml")
    assert told[place + 2 : place + 4] == ["числитель: 2 = Отметок «2»", "знаменатель: 12 = Участников"]
    row = next(number for number in range(place, len(told)) if told[number] == "строк: 1")
    assert told[row + 1].startswith("Школа А: ВПР, Математика, 5 класс, весна, 2020/21: Участников — 12")
    assert told[row + 1].endswith(f"← {EXPORT} 7")
    assert not any("Школа Б" in line for line in told)


def test_what_is_said_of_a_value_is_told_with_its_number_and_not_its_interval_alone(grounded):
    found = grounded.tables["school_indicators"]
    at = (found["school_login"] == "edu000001") & (found["indicator_id"] == "fail_share")
    numbers = {
        "stabilised_value": 0.15, "stabilised_low": 0.1, "stabilised_high": 0.2, "threshold_probability": 1e-7,
        "city_value": 0.09, "earlier_year": 2020, "change": -0.05, "change_low": -0.1, "change_high": 0.02,
        "growth_probability": 0.06,
    }  # fmt: skip
    row = found[at].iloc[[0]].assign(**numbers, against_city="неотличимо от города", change_note=None)
    told = _told("edu000001/fail_share@2021", replace(grounded, tables={**grounded.tables, "school_indicators": row}))
    start = next(number for number, line in enumerate(told) if line.startswith("стабилизированное"))
    assert told[start : start + 6] == [
        "стабилизированное: 0,15, от 0,1 до 0,2",
        "вероятность порога: меньше 0,0001",
        "город: 0,09",
        "изменение к 2020 году: -0,05, от -0,1 до 0,02",
        "вероятность роста: 0,06",
        "против города: неотличимо от города",
    ]


def test_the_city_adds_all_its_schools(grounded):
    told = _told("город/fail_share@2021", grounded)
    place = next(number for number, line in enumerate(told) if "город, 2021, ВПР" in line)
    # 2 + 3 of 12 + 63
    assert told[place + 2 : place + 4] == ["числитель: 5 = Отметок «2»", "знаменатель: 75 = Участников"]
    rows = told[told.index("строк: 2", place) + 1 :][:2]
    assert [line.rpartition(" ")[2] for line in rows] == ["7", "8"]


def test_a_school_that_did_not_give_every_part_is_not_added(grounded):
    staff = grounded.tables["staff"]
    second = staff.assign(staff_group="Из них вакантно", staff_amount=0.5)
    other = staff.assign(school_login="edu000002", source_file="other.xlsx")
    tables = {**grounded.tables, "staff": pd.concat([staff, second, other], ignore_index=True)}
    made = school_indicators(tables, grounded.passport, load_calendar(PROJECT))
    told = _told("город/vacancy_share@2021", replace(grounded, tables={**tables, "school_indicators": made}))
    # 0.5 / 12.5: school B named its posts and not how many of them are vacant
    assert told[0].endswith(": 0,04; единица: доля")
    assert "строк: 2" in told
    assert not any("other.xlsx" in line for line in told)


def test_own_measures_are_told_one_by_one(grounded):
    own = [
        ("own.xlsx", "лист Мера, строка 2", "edu000001", 2021, 1, "Кружок", 2, 2, None),
        ("own.xlsx", "лист Мера, строка 3", "edu000001", 2021, 2, "Неделя математики", 3, None, None),
        ("own.xlsx", "лист Мера, строка 4", "edu000001", 2021, 3, "Без плана", 0, 4, None),
        ("silent.xlsx", "лист Мера, строка 2", "edu000002", 2021, 1, "Клуб", 1, None, None),
    ]
    tables = {**grounded.tables, "school_measures": fact_table("school_measures", own)}
    made = school_indicators(tables, grounded.passport, load_calendar(PROJECT))
    ground = replace(grounded, tables={**tables, "school_indicators": made})
    told = _told("edu000001/own_measures_done_share@2021", ground)
    # one of two measures with a plan; the third has none
    assert "числитель: 1 = из них сделано не меньше плана" in told
    assert "знаменатель: 2 = мер с планом больше нуля" in told
    assert told[told.index("строк: 2") + 1 :][:2] == [
        "Школа А: Кружок: План — 2, Сделано — 2 ← own.xlsx (sha256 ?…), лист Мера, строка 2",
        "Школа А: Неделя математики: План — 3 ← own.xlsx (sha256 ?…), лист Мера, строка 3",
    ]
    # the measure of a school that said nothing of what is done stays in the city's denominator
    city = _told("город/own_measures_done_share@2021", ground)
    assert "числитель: 1 = из них сделано не меньше плана" in city
    assert "знаменатель: 3 = мер с планом больше нуля" in city
    assert "строк: 3" in city
    assert any("silent.xlsx" in line for line in city)
    assert any("нижняя граница" in line for line in city)


def test_a_file_with_pupils_is_named_by_its_rows_alone(grounded):
    told = _told("edu000001/fail_share@2021", grounded)
    assert any(line.endswith("(sha256 121212121212…, не хранится), лист 1, строки 3–9") for line in told)


@pytest.mark.parametrize("asked", ["edu000001/nothing@2021", "edu9/fail_share@2021", "edu000001/fail_share@2020"])
def test_what_is_not_there_is_answered_by_what_can_be_asked(grounded, asked):
    with pytest.raises(AnalysisError, match="показатель школы или города"):
        explain(asked, grounded)


def _cells(**more):
    about = {"procedure": "ВПР", "subject": "Математика", "programme_grade": "5", "sitting_grade": "5", "wave": "весна"}
    return {"indicator_id": "fail_share", "group_name": "Школа А", "calendar_year": "2021", **about, **more}


def test_a_printed_row_goes_back_to_the_one_value_behind_it(grounded):
    told = list(indicator_cell_chain(_cells(), 2021, True, grounded))
    assert told[0] == "Доля «2»: Школа А, 2021, ВПР, Математика, 5, весна, 2020/21: 0,1667; единица: доля"
    assert told[-1].endswith(f"← {EXPORT} 7")
    assert list(indicator_cell_chain(_cells(subject="Физика"), 2021, True, grounded)) == []


def test_a_public_row_shows_no_row_behind_it_but_names_the_question(grounded):
    told = list(indicator_cell_chain(_cells(), 2021, False, grounded))
    assert told[0].startswith("правило: k2 / N")
    assert told[1].endswith("analysis explain 'edu000001/fail_share@2021'")
    assert len(told) == 2
    assert "12" not in " ".join(told)


def test_a_sentence_names_its_condition_and_its_rows(grounded):
    key = "fail_share | Школа А | ВПР | Математика | 5 | 5 | весна | 2021"
    cells = {"sentence_id": "вне-предела", "condition": "за пределом", "rests_on": f"{key}; selection | правило"}
    told = list(indicator_cell_chain(cells, 2021, True, grounded))
    assert told[:2] == ["условие: за пределом", f"← {key}"]
    assert told[2].startswith("  Доля «2»: Школа А, 2021, ВПР")
    assert told[-1] == "← selection | правило"
