"""Sheets of school facts: what is read, what is set aside, what blocks — through real workbooks."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.facts import CONTEXT, DEFICITS, RESULTS, SCHOOL_FACT_TABLES, school_fact_tables
from analysis.contracts.findings import ASKS, BLOCKS, SETS_ASIDE
from school_forms import OPEN_LISTS, cleaned, said

SPRING_5 = ("ВПР", "Русский язык", 5, 5, "весна")
SPRING_6 = ("ВПР", "Русский язык", 6, 6, "весна")
JOURNAL = ("Журнал", "Русский язык", 5, 5, "год")
EGE = ("ЕГЭ", "Русский язык", 11, 11, "основная")
GRADES = {f"{grade} класс": (10 * grade,) for grade in range(1, 12)}  # 660 pupils
SOUND = {
    "Контингент": {"Всего обучающихся": (660,), **GRADES, "Неполные семьи": (0,)},
    "Кадры": {
        "Ставок по штату": (40.5,),
        "Из них вакантно": (1.5,),
        "Всего учителей": (30,),
        "Высшая категория": (12,),
    },
    "Результаты": {SPRING_5: (48, 5, 20, 15, 8), JOURNAL: (50, 1, 20, 18, 10, 1)},
    "Результаты ЕГЭ": {EGE: (20, 1, 61.5, 3, 1)},
    "Дефициты": {"Предметная": (10, 4)},
    "Самооценка": {"Условия": (3.5, "https://school.example/report")},
    "Конкурсы": [("Олимпиада", "муниципальный", "обучающиеся", 12, 3)],
}


def _tables(found):
    return school_fact_tables(found.rows)


def _with(sheet, rows):
    return cleaned({**SOUND, sheet: rows})


def _aside(found):
    return [(row["table_name"], row["place"], row["why"]) for row in found.rows["quarantine"]]


def test_a_sound_form_becomes_tables_that_meet_their_contracts():
    found = cleaned(SOUND)
    tables = _tables(found)
    assert found.findings == ()
    assert violations(tables, SCHOOL_FACT_TABLES) == []
    assert {name: len(table) for name, table in tables.items()} == {
        **{"context": 13, "staff": 4, "results": 3, "deficits": 1, "self_assessment": 1, "contests": 1, "quarantine": 0}
    }


def test_a_row_carries_its_address_years_and_values():
    tables = _tables(cleaned(SOUND))
    total = tables["context"].iloc[0]
    assert total["place"] == "лист Контингент, ячейка B2"
    assert (total["school_login"], total["calendar_year"], total["school_year"]) == ("edu1", 2021, "2021/22")
    marks, journal, scores = tables["results"].to_dict("records")
    assert (marks["place"], marks["school_year"], marks["origin"]) == ("лист Результаты, строка 2", "2020/21", "форма")
    assert [marks[f"mark_{mark}_count"] for mark in (2, 3, 4, 5)] == [5, 20, 15, 8]
    assert pd.isna(marks["not_attested_count"])
    assert pd.isna(marks["mean_score"])
    assert journal["not_attested_count"] == 1
    assert (scores["scale"], scores["mean_score"], scores["below_minimum_count"]) == ("100 баллов", 61.5, 1)
    assert tables["staff"]["staff_amount"].tolist() == [40.5, 1.5, 30, 12]


def test_people_may_type_as_they_do():
    typed = [
        ("впр", "русский  язык", "6", "6", "Весна", "48", "5", "20,0", "15", "8\u00a0"),
        ("", "", "", "", "", "", ""),
        SPRING_5,
        ("Журнал", "Русский язык", 5, 5, "год", "1 050", 0, 1000, 25, 25, 0),
    ]
    found = _with("Результаты", typed)
    assert found.findings == ()
    results = _tables(found)["results"]
    assert results["programme_grade"].tolist() == [6, 5, 11]
    assert results["participant_count"].tolist() == [48, 1050, 20]
    assert results["subject"].tolist() == ["Русский язык"] * 3
    assert _tables(_with("Кадры", {"Ставок по штату": ("40,5",)}))["staff"]["staff_amount"].tolist() == [40.5]


def test_a_blank_among_numbers_is_named_by_its_column():
    (finding,) = _with("Результаты", [(*SPRING_5, 48, 5, 20, 23, "")]).findings
    assert finding.explanation == f"{SETS_ASIDE['blank_or_zero']}. Пусто в столбце: «Отметок «5»»."


def test_nobody_reported_is_no_finding():
    found = cleaned({})
    assert found.findings == ()
    assert not any(found.rows.values())


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ((*SPRING_5, 48, 5, 20, 15, 7), "marks_do_not_add_up"),
        ((*SPRING_5, 48, 5, 20, 23, ""), "blank_or_zero"),
        ((*SPRING_5, 0), "blank_or_zero"),
        ((*SPRING_5, "", 5, 20, 15, 8), "no_participants"),
        ((*SPRING_5, 49, 5, 20, 15, 8, 1), "not_attested"),
        ((*JOURNAL, 50, 1, 20, 18, 10), "marks_do_not_add_up"),
        (("", "Русский язык", 5, 5, "весна", 48, 5, 20, 15, 8), "no_key"),
    ],
)
def test_a_row_of_marks_that_contradicts_itself_is_set_aside(row, why):
    found = _with("Результаты", [row, (*SPRING_6, 10, 1, 2, 3, 4)])
    assert _aside(found) == [("results", "лист Результаты, строка 2", SETS_ASIDE[why])]
    assert [(one.severity, one.rule) for one in found.findings] == [("посмотрите", "quarantine")]
    assert _tables(found)["results"]["programme_grade"].tolist() == [6, 11]


@pytest.mark.parametrize(
    ("key", "detail"),
    [
        (("ОГЭ", "Русский язык", 9, 9, "основная"), "процедура «ОГЭ»"),
        (("ВПР", "Русский язык", 5, 6, "осень"), "волна «осень»"),
        (("ВПР", "Pусский язык", 5, 5, "весна"), "предмет «Pусский язык»"),
        (("ВПР", "Русский язык", 7, 7, "весна"), "программа класса «7»"),
        (("ВПР", "Русский язык", 5, 6, "весна"), "класс участников «6»"),
        (EGE, "процедура «ЕГЭ»"),
    ],
)
def test_what_the_calendar_does_not_know_is_set_aside(key, detail):
    found = _with("Результаты", [(*key, 10, 1, 2, 3, 4)])
    assert _aside(found) == [("results", "лист Результаты, строка 2", SETS_ASIDE["unknown_sitting"])]
    assert detail in found.findings[0].explanation
    assert found.findings[0].places[0] == "лист Результаты, ячейка A2"


def test_a_subject_that_the_form_does_not_ask_for_may_be_added():
    found = _with("Результаты", [("ВПР", "История", 6, 6, "весна", 10, 1, 2, 3, 4)])
    assert found.findings == ()
    assert _tables(found)["results"]["subject"].tolist() == ["История", "Русский язык"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (("", "", 61.5), "no_participants"),
        ((0, "", 61.5), "mean_without_participants"),
        ((20, 18, 61.5, 3, 1), "parts_above_whole"),
        ((20, 1, 101, 3, 1), "mean_out_of_range"),
        ((20, 20, 85, 0, 0), "mean_against_counts"),
        ((10, 0, 60, 8, 0), "mean_against_counts"),  # eight times 80 alone make 64
        ((10, 0, 81, 0, 0), "mean_against_counts"),  # none at 80 or above
    ],
)
def test_scores_that_contradict_themselves_are_set_aside(values, why):
    found = _with("Результаты ЕГЭ", {EGE: values})
    assert _aside(found) == [("results", "лист Результаты ЕГЭ, строка 2", SETS_ASIDE[why])]


@pytest.mark.parametrize(
    "values", [(20,), (0, 0, "", 0, 0), (10, "", 99.5, "", ""), (10, 0, 79, 0, 0), (1, 0, 100, 0, 1)]
)
def test_scores_that_may_be_true_are_kept(values):
    assert _with("Результаты ЕГЭ", {EGE: values}).findings == ()


@pytest.mark.parametrize(
    ("sheet", "rows", "why", "lines"),
    [
        ("Контингент", {"Всего обучающихся": (661,), **GRADES}, "grades_against_total", 12),
        ("Контингент", {"Всего обучающихся": (29,), "2 класс": (30,)}, "grades_against_total", 2),
        ("Контингент", {"Всего обучающихся": (40,), "Неполные семьи": (41,)}, "group_above_total", 1),
        ("Контингент", [("12 класс", 10)], "unknown_group", 1),
        ("Кадры", {"Ставок по штату": (3,), "Из них вакантно": (3.5,)}, "vacancies_above_posts", 2),
        ("Кадры", {"Всего учителей": (3,), "Высшая категория": (4,)}, "categories_against_teachers", 2),
        (
            "Кадры",
            {"Всего учителей": (3,), "Прошли повышение квалификации за три года": (4,)},
            "trained_above_teachers",
            1,
        ),
        ("Кадры", {"Всего учителей": (3.5,)}, "people_not_whole", 1),
        ("Кадры", [("Всего учителей", "ставка", 3)], "other_unit", 1),
        ("Дефициты", {"Предметная": (4, 5)}, "deficit_above_diagnosed", 1),
        ("Дефициты", {"Предметная": (4,)}, "blank_or_zero", 1),
        ("Дефициты", [("Иная", 4, 1)], "unknown_group", 1),
        ("Самооценка", {"Условия": ("", "https://school.example")}, "blank_or_zero", 1),
        ("Самооценка", {"Условия": (3, "javascript:alert(1)")}, "unsafe_link", 1),
        ("Конкурсы", [("Олимпиада", "районный", "обучающиеся", 3, 1)], "not_in_list", 1),
        ("Конкурсы", [("Олимпиада", "школьный", "все", 3, 1)], "not_in_list", 1),
        ("Конкурсы", [("Олимпиада", "школьный", "обучающиеся", 3, 4)], "winners_above_contestants", 1),
        ("Конкурсы", [("Олимпиада", "школьный", "обучающиеся", 3)], "blank_or_zero", 1),
        ("Конкурсы", [("Олимпиада",)], "blank_or_zero", 1),
        ("Конкурсы", [("", "школьный", "обучающиеся", 3, 1)], "no_key", 1),
    ],
)
def test_what_is_set_aside_on_the_other_sheets(sheet, rows, why, lines):
    found = _with(sheet, rows)
    assert [one for _, _, one in _aside(found)] == [SETS_ASIDE[why]] * lines
    assert [(one.severity, one.rule) for one in found.findings] == [("посмотрите", "quarantine")]
    assert violations(_tables(found), SCHOOL_FACT_TABLES) == []


@pytest.mark.parametrize(
    ("sheet", "rows", "place", "numbers"),
    [
        ("Контингент", {"Всего обучающихся": (999,), **GRADES}, "ячейка B2", "сумма 660, стоит 999"),
        ("Контингент", {"Всего обучающихся": (40,), "Неполные семьи": (41,)}, "ячейка B15", "41 больше, чем 40"),
        ("Кадры", {"Ставок по штату": (3,), "Из них вакантно": (3.5,)}, "ячейка C3", "3,5 больше, чем 3"),
        ("Кадры", {"Всего учителей": (3,), "Высшая категория": (4,)}, "ячейка C4", "сумма 4, стоит 3"),
        ("Результаты", [(*SPRING_5, 48, 5, 20, 15, 7)], "ячейка F2", "сумма 47, стоит 48"),
        ("Результаты ЕГЭ", {EGE: (20, 18, 61.5, 3, 1)}, "ячейка F2", "сумма 22, стоит 20"),
        ("Дефициты", {"Предметная": (4, 5)}, "ячейка C2", "5 больше, чем 4"),
    ],
)
def test_numbers_that_do_not_agree_are_both_named_once_at_the_total(sheet, rows, place, numbers):
    (finding,) = _with(sheet, rows).findings
    assert finding.place == f"лист {sheet}, {place}"
    assert finding.explanation.endswith(f": {numbers}.")


def test_all_faults_of_a_row_and_of_all_sheets_are_told_at_once():
    found = cleaned(
        {
            **SOUND,
            "Результаты": [("ВПР", "Химия", 5, 5, "весна", "много", 5, 20, 15, 8), (*SPRING_5, 49, 5, 20, "x", 8, 1)],
            "Результаты ЕГЭ": {EGE: (20, 18, 101, 3, 1)},
            "Контингент": {"Всего обучающихся": (40,), "1 класс": (41,), "2 класс": ("?",), "Неполные семьи": (50,)},
            "Дефициты": [("Иная", 4, 5)],
        }
    )
    key = "; ".join(f"Результаты, ячейка {letter}2" for letter in "ABCDE")
    assert [(rule, place.replace("лист ", "")) for _, rule, place, _ in said(found)] == [
        ("value", "Контингент, ячейка B4"),
        ("quarantine", "Контингент, ячейка B2"),
        ("quarantine", "Контингент, ячейка B15"),
        ("value", "Результаты, ячейка F2"),
        ("value", "Результаты, ячейка I3"),
        ("quarantine", key),
        ("quarantine", "Результаты, ячейка K3"),
        ("quarantine", "Результаты ЕГЭ, ячейка F2"),
        ("quarantine", "Результаты ЕГЭ, ячейка H2"),
        ("quarantine", "Дефициты, ячейка A2"),
        ("quarantine", "Дефициты, ячейка C2"),
    ]
    places = [place for _, place, _ in _aside(found)]
    assert len(places) == len(set(places)) == 7  # a row with two faults is set aside once


def test_a_level_is_read_with_letters_that_look_alike_and_another_is_told_with_the_list():
    found = _with("Конкурсы", [("Олимпиада", "Мyниципaльный", "обyчaющиеся", 3, 1)])
    assert found.findings == ()
    assert [(row["contest_level"], row["contestants"]) for row in found.rows["contests"]] == [
        ("муниципальный", "обучающиеся")
    ]
    (finding,) = _with("Конкурсы", [("Олимпиада", "регионалный", "педагоги", 3, 1)]).findings
    assert (finding.place, finding.value) == ("лист Конкурсы, ячейка B2", "регионалный")
    assert finding.explanation == (
        "Значение не из списка. «регионалный» в списке нет. Вероятно, имелось в виду «региональный». "
        "Список: школьный, муниципальный, региональный, всероссийский, международный."
    )


def test_a_total_may_stand_with_some_grades_blank():
    assert _with("Контингент", {"Всего обучающихся": (30,), "2 класс": (30,)}).findings == ()


@pytest.mark.parametrize("value", ["101 %", "50%", "много", "-3", "1,000.5", "12.5"])
def test_a_count_that_cannot_be_read_blocks(value):
    found = _with("Результаты", [(*SPRING_5, value, 5, 20, 15, 8)])
    assert [one[:3] for one in said(found)] == [("блокирует", "value", "лист Результаты, ячейка F2")]
    assert _aside(found) == []


@pytest.mark.parametrize("value", ["101 %", "1,000", "от 3", "-0,5"])
def test_a_number_that_cannot_be_read_blocks(value):
    found = _with("Кадры", {"Ставок по штату": (value,)})
    assert [one[:3] for one in said(found)] == [("блокирует", "value", "лист Кадры, ячейка C2")]


def test_a_row_pasted_twice_counts_once():
    found = _with("Результаты", [(*SPRING_5, 48, 5, 20, 15, 8)] * 2)
    assert said(found) == [("посмотрите", "pasted_twice", "лист Результаты, строка 3", f"{ASKS['twice_alike']}.")]
    assert len(found.rows["results"]) == 2


def test_a_row_that_stands_twice_with_other_values_blocks():
    found = _with("Результаты", [(*SPRING_5, 48, 5, 20, 15, 8), (*SPRING_5, 47, 4, 20, 15, 8)])
    assert said(found) == [
        ("блокирует", "pasted_twice", "лист Результаты, строка 3", f"{BLOCKS['twice']}: лист Результаты, строка 2.")
    ]


def test_a_contest_may_be_held_twice():
    line = ("Олимпиада", "школьный", "обучающиеся")
    found = _with("Конкурсы", [(*line, 3, 1), (*line, 5, 1), (*line, 5, 1)])
    assert [one[1] for one in said(found)] == ["pasted_twice"]
    assert _tables(found)["contests"]["line"].tolist() == [1, 2]


@pytest.mark.parametrize("layout", [CONTEXT, RESULTS])
def test_a_sheet_that_is_gone_or_has_other_headings_is_set_aside(layout):
    first, *others = layout.columns
    renamed = replace(layout, columns=(replace(first, title="Переименовано"), *others))
    for found in (cleaned(SOUND, without=(layout.title,)), cleaned(SOUND, layouts={layout.title: renamed})):
        place = f"лист {layout.title}"
        assert [one[:2] for one in _aside(found)] == [("context" if layout is CONTEXT else "results", place)]
        assert [(one.rule, one.place) for one in found.findings] == [("quarantine", place)]


def test_a_renamed_sheet_with_moved_columns_is_found_by_its_headings():
    moved = replace(DEFICITS, title="Лист1", columns=DEFICITS.columns[::-1])
    found = cleaned({**SOUND, "Дефициты": [(4, 10, "Предметная")]}, layouts={"Дефициты": moved})
    assert found.findings == ()
    assert found.rows["deficits"][0]["deficit_teacher_count"] == 4
    assert found.rows["deficits"][0]["place"] == "лист Лист1, строка 2"


def test_without_lists_the_school_names_the_lines_itself():
    filled = {"Дефициты": [("Своя компетенция", 4, 1), ("своя компетенция", 4, 2), ("Без чисел",)]}
    found = cleaned(filled, OPEN_LISTS)
    assert [row["competence"] for row in found.rows["deficits"]] == ["Своя компетенция"]
    assert [one[:3] for one in said(found)] == [
        ("блокирует", "pasted_twice", "лист Дефициты, строка 3"),
        ("посмотрите", "quarantine", "лист Дефициты, строка 4"),
    ]


def test_the_quarantine_holds_no_values():
    found = _with(
        "Результаты", [(*SPRING_5, 4877, 5, 20, 15, 8), ("ОГЭ", "Секрет 4877", 9, 9, "основная", 1, 1, 0, 0, 0)]
    )
    assert "4877" not in str(found.rows["quarantine"])
    assert len(found.rows["quarantine"]) == 2
