"""Roadmaps of other cities: read correctly, or stopped with the name of what was not found; never half read."""

import pandas as pd
import pytest

from analysis.contracts.findings import Severity
from roadmaps import (
    FIRST,
    HEADER,
    HEADING,
    SECOND,
    TASK,
    blocking_rules,
    check,
    document,
    executors_of,
    of_rule,
    targets_of,
    the_blocking,
    with_cell,
)

ROWS = (TASK, FIRST, SECOND)
TARGETS = {"1.1/1": [2, 2, 2], "1.2/1": [0, 1, 1]}
EXECUTORS = {"1.1": ["УО", "ИМО"], "1.2": ["ИМО"]}


def reordered(order: tuple[int, ...]) -> dict[str, list[tuple[str, ...]]]:
    """The same document with its columns in another order; the row of a task has its code and title first."""
    moved = [tuple(row[position] for position in order) for row in (HEADER, FIRST, SECOND)]
    return {"header": moved[:1], "rows": [TASK, *moved[1:]]}


def two_rows(group: str, names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A header of two rows: a group over the columns from the third on, and their names below."""
    return [
        (HEADER[0], HEADER[1], group, *[""] * (len(names) - 1), HEADER[7]),
        ("", "", *names, ""),
    ]


def test_numbers_in_the_place_of_words_stop(tmp_path):
    header = ("Результат", "Мероприятие", "Примечание", *HEADER[3:])
    finding = the_blocking(check(tmp_path, document(header=[header])))
    assert (finding.rule, finding.value) == ("columns", "1.1, 1.2.")


READ = {
    "columns as usual": {},
    "executors third": reordered((0, 1, 7, 2, 3, 4, 5, 6)),
    "total behind the years": reordered((0, 1, 2, 4, 5, 6, 3, 7)),
    "years backwards": reordered((0, 1, 2, 3, 6, 5, 4, 7)),
    "code last but one": {
        "header": [(*HEADER[1:7], HEADER[0], HEADER[7])],
        "rows": [["1. Поддержка школ"], *((*row[1:7], row[0], row[7]) for row in (FIRST, SECOND))],
    },
    "other words": {
        "header": [
            ("№", "Мероприятия", "Показатель", "Целевое значение", "2023", "2024 год", "на 2025 год", "Ответственные")
        ]
    },
    "всего": {"header": [with_cell(HEADER, 3, "Всего")]},
    "two rows of names": {
        "header": two_rows("Значения показателя", ("Показатель", "Всего", "2023 г.", "2024 г.", "2025 г."))
    },
    "two rows and numbers": {
        "header": [
            *two_rows("Значения", ("Показатель", "Итого", "2023 г.", "2024 г.", "2025 г.")),
            tuple("12345678"),
        ]
    },
    "«Задача 1.» in one cell": {"rows": [("Задача 1. Поддержка школ", *[""] * 7), FIRST, SECOND]},
    "«Задача № 1» in two cells": {"rows": [("Задача № 1", "Поддержка школ", *[""] * 6), FIRST, SECOND]},
    "«Задача 1:» as a paragraph": {"rows": [("Задача 1: Поддержка школ",), FIRST, SECOND]},
    "code alone, then title": {"rows": [("1", "Поддержка школ"), FIRST, SECOND]},
}


@pytest.mark.parametrize("form", READ)
def test_read_as_written(form, tmp_path):
    checked = check(tmp_path, document(**READ[form]))
    assert blocking_rules(checked) == []
    assert targets_of(checked) == TARGETS
    assert executors_of(checked) == EXECUTORS
    assert list(checked.tables["measures"]["planned_total_count"]) == [2, 2]
    assert list(checked.tables["measures"]["measure_name"]) == ["Количество школ", "Программа семинара"]
    assert list(checked.tables["activities"]["activity_title"]) == ["Отбор школ", "Семинар"]
    assert set(checked.tables["activities"]["task_title"]) == {"Поддержка школ"}
    assert set(checked.tables["activities"]["task_code"]) == {"1"}


@pytest.mark.parametrize("years", [(2023,), (2023, 2024), (2023, 2024, 2025, 2026), tuple(range(2023, 2033))])
def test_any_number_of_years(years, tmp_path):
    period = f"на {years[0]}–{years[-1]} годы" if len(years) > 1 else f"на {years[0]} год"
    heading = (*HEADING[:-1], f"План поддержки школ {period}")
    header = (*HEADER[:4], *map(str, years), HEADER[7])
    row = ("1.1", "Отбор", "Школы", "2", *["2"] * len(years), "УО")
    checked = check(tmp_path, document([TASK, row], [header], heading))
    assert blocking_rules(checked) == []
    assert targets_of(checked) == {"1.1/1": [2] * len(years)}
    assert list(checked.tables["targets"]["calendar_year"]) == list(years)
    approval = checked.tables["approval"].iloc[0]
    assert (approval["period_first_year"], approval["period_last_year"]) == (years[0], years[-1])


TITLE = "Дорожная карта на 2023–2025 годы"
POSITION = "Начальник управления образования г. Светлого"
SIGNED = [POSITION, "А.Б. Ветрова", "01.02.2023"]
DAY = pd.Timestamp(2023, 2, 1)
APPROVALS = {
    "by order": (
        ["УТВЕРЖДЕНО приказом Управления образования от 01.02.2023 № 15", TITLE],
        "приказом Управления образования от 01.02.2023 № 15", None,
    ),
    "by order, a line each": (
        ["УТВЕРЖДЕНА", "постановлением администрации", "от 1 февраля 2023 г.", "№ 15-п", TITLE],
        "постановлением администрации от 1 февраля 2023 г. № 15-п", None,
    ),
    "name before initials": (["«УТВЕРЖДАЮ»", POSITION, "Ветрова А.Б.", "01.02.2023", TITLE], POSITION, "Ветрова А.Б."),
    "one line": ([f"Утверждаю: {POSITION} А.Б. Ветрова 01.02.2023", TITLE], POSITION, "А.Б. Ветрова"),
    "line to sign on": (
        ["УТВЕРЖДАЮ", POSITION, "____________ А.Б. Ветрова-Заречная", "«01» февраля 2023 года", TITLE],
        POSITION, "А.Б. Ветрова-Заречная",
    ),
    "name below the date": (
        ["УТВЕРЖДАЮ", POSITION, "01.02.2023", "____ А.Б. Ветрова", TITLE],
        POSITION, "А.Б. Ветрова",
    ),
    "consent first": (
        ["СОГЛАСОВАНО", "Глава города", "В.Г. Громов", "30.01.2023", "УТВЕРЖДАЮ", *SIGNED, TITLE],
        POSITION, "А.Б. Ветрова",
    ),
    "consent below": (
        ["УТВЕРЖДАЮ", *SIGNED, "Согласовано:", "Глава города", "30.01.2023", TITLE],
        POSITION, "А.Б. Ветрова",
    ),
    "prose above the table": (
        ["УТВЕРЖДАЮ", *SIGNED, TITLE, "Цель: поддержка школ.", "Задачи:", "всякие"],
        POSITION, "А.Б. Ветрова",
    ),
    "no name": (["УТВЕРЖДАЮ", POSITION, "01.02.2023", TITLE], POSITION, None),
}  # fmt: skip


@pytest.mark.parametrize("form", APPROVALS)
def test_approval(form, tmp_path):
    heading, position, name = APPROVALS[form]
    checked = check(tmp_path, document(heading=heading))
    assert blocking_rules(checked) == []
    approval = checked.tables["approval"].iloc[0]
    assert approval["title"] == TITLE
    assert approval["approver_position"] == position
    assert approval["approver_name"] == name or (name is None and pd.isna(approval["approver_name"]))
    assert approval["approved_date"] == DAY


def test_what_stands_beside_the_approval_is_named(tmp_path):
    for form, words in (("consent below", 3), ("prose above the table", 3), ("by order", 0)):
        checked = check(tmp_path / form, document(heading=APPROVALS[form][0]))
        assert len(of_rule(checked, "unread_text")) == words


def test_a_missing_name_is_worth_a_look_but_not_for_an_order(tmp_path):
    (finding,) = of_rule(check(tmp_path / "no", document(heading=APPROVALS["no name"][0])), "heading")
    assert "имя утвердившего" in finding.explanation
    assert of_rule(check(tmp_path / "order", document(heading=APPROVALS["by order"][0])), "heading") == []


@pytest.mark.parametrize(
    "period",
    [
        "в 2023-2025 гг.",
        "на 2023 – 2025 годы",
        "с 2023 по 2025 год",
        "с 2023 г. по 2025 г.",
        "за 2019-2022, на 2023—2025",
    ],
)
def test_period(period, tmp_path):
    checked = check(tmp_path, document(heading=(*HEADING[:-1], f"Карта {period}")))
    assert blocking_rules(checked) == []
    assert list(checked.tables["approval"]["period_first_year"]) == [2023]
    assert list(checked.tables["approval"]["period_last_year"]) == [2025]


STOPPED = {
    "neither title nor result": (
        with_cell(with_cell(HEADER, 1, "Что делаем"), 2, "Шифр"),
        "не найден столбец: наименование мероприятия или результат (показатель)",
    ),
    "no years": ((*HEADER[:4], "I этап", "II этап", "III этап", HEADER[7]), "значения по годам («2020 г.») или срок"),
    "a year twice": (with_cell(HEADER, 6, "2023 г."), "столбец стоит дважды: 2023"),
}


@pytest.mark.parametrize("form", STOPPED)
def test_a_header_not_understood_names_what_is_missing(form, tmp_path):
    header, message = STOPPED[form]
    checked = check(tmp_path, document(header=[header]))
    finding = the_blocking(checked)
    assert finding.rule == "columns"
    assert finding.place == "строка 6"
    assert message in finding.explanation
    assert checked.tables["measures"].empty
    assert {one.place for one in of_rule(checked, "unread_text")} >= {"строка 8, ячейка 4", "строка 9, ячейка 8"}


READ_WITHOUT = {
    "no code": (0, "Шифр", "Шифр"),
    "no title": (1, "Что делаем", "Что делаем"),
    "no total": (3, "Балл рейтинга", "Балл рейтинга"),
    "no executors": (7, "Кто", "Кто"),
    "two totals": (2, "Итого", "Плановое значение"),
}


@pytest.mark.parametrize("form", READ_WITHOUT)
def test_a_column_that_is_not_understood_is_kept_and_stops_nothing(form, tmp_path):
    position, heading, unknown = READ_WITHOUT[form]
    header = with_cell(HEADER, position, heading)
    rows = [TASK, *(with_cell(row, 3, "2") for row in (FIRST, SECOND))]
    rows = [with_cell(row, 2, "2") if form == "two totals" and row is not TASK else row for row in rows]
    checked = check(tmp_path, document(rows, [header]))
    assert [rule for rule in blocking_rules(checked) if rule != "collection"] == []
    (finding,) = (one for one in of_rule(checked, "columns") if one.stanza)
    assert (finding.severity, finding.value) == (Severity.ATTENTION, unknown)
    assert f'heading = "{unknown}"' in finding.stanza
    assert sorted(targets_of(checked).values()) == [[0, 1, 1], [2, 2, 2]]
    kept = checked.tables["cells"]
    assert list(kept.loc[kept["role"].str.startswith("other"), "place"]) == [
        f"строка {number}, ячейка {HEADER.index(unknown) + 1 if unknown in HEADER else position + 1}"
        for number in (8, 9)
    ]


def test_a_heading_is_settled_once(tmp_path):
    settled = '[[column]]\nheading = "Что делаем:"\nmeaning = "мероприятие"\n'
    (tmp_path / "data").mkdir()
    (tmp_path / "data/columns.toml").write_text(settled, encoding="utf-8")
    checked = check(tmp_path, document(header=[with_cell(HEADER, 1, "Что делаем")]))
    assert of_rule(checked, "columns") == []
    assert list(checked.tables["activities"]["activity_title"]) == ["Отбор школ", "Семинар"]


def test_nobody_is_told_to_edit_a_signed_document(tmp_path):
    forms = [check(tmp_path / form, document(header=[header])) for form, (header, _) in STOPPED.items()]
    actions = [finding.action for checked in forms for finding in of_rule(checked, "columns")]
    assert len(actions) == len(STOPPED)
    assert all("data/columns.toml" in action for action in actions)


def test_numbers_of_the_columns_must_agree_with_their_names(tmp_path):
    finding = the_blocking(check(tmp_path, document(header=[HEADER, tuple("123456789")])))
    assert "столбцов по номерам 9, а по названиям 8" in finding.explanation


def test_a_document_without_a_header(tmp_path):
    finding = the_blocking(check(tmp_path, document(header=[])))
    assert finding.rule == "columns"
    assert "Шапка таблицы не найдена" in finding.explanation


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        (HEADING[:3] + HEADING[4:], "дата утверждения"),
        (HEADING[1:], "дата утверждения"),
        (HEADING[:4], "название документа"),
    ],
)
def test_a_heading_without_date_or_title_stops(heading, missing, tmp_path):
    checked = check(tmp_path, document(heading=heading))
    stopping = [one.explanation for one in of_rule(checked, "heading") if one.severity == "блокирует"]
    assert any(f"Не найдено: {missing}" in explanation for explanation in stopping)


def test_a_title_without_a_period_stops(tmp_path):
    finding = the_blocking(check(tmp_path, document(heading=(*HEADING[:-1], "Дорожная карта"))))
    assert "не найден срок" in finding.explanation


def test_a_date_that_is_no_date_stops(tmp_path):
    finding = the_blocking(check(tmp_path, document(heading=(*HEADING[:3], "31.02.2023", HEADING[4]))))
    assert (finding.value, finding.place) == ("31.02.2023", "строка 4")


def test_a_year_outside_the_period_stops(tmp_path):
    heading = (*HEADING[:-1], "Дорожная карта на 2023-2024 гг.")
    finding = the_blocking(check(tmp_path, document(heading=heading)))
    assert finding.value == "2025"
    assert "вне срока документа (2023–2024)" in finding.explanation


def test_a_year_without_a_column_stops(tmp_path):
    heading = (*HEADING[:-1], "Дорожная карта на 2023-2026 гг.")
    finding = the_blocking(check(tmp_path, document(heading=heading)))
    assert "столбца 2026 года нет" in finding.explanation


def test_an_edition_outside_the_period_stops(tmp_path):
    finding = the_blocking(check(tmp_path, document(), editions=[2022, 2023]))
    assert (finding.file, finding.value) == ("project.toml", "2022")


def test_a_second_header_with_other_years_stops(tmp_path):
    other = (*HEADER[:6], "Исполнители")
    rows = [TASK, FIRST, other, (*SECOND[:4], "1", "1", "ИМО")]
    assert "Годы в этой шапке не те" in the_blocking(check(tmp_path, document(rows))).explanation


def test_columns_may_change_their_order_in_a_second_table(tmp_path):
    order = (0, 1, 7, 2, 3, 6, 5, 4)
    moved = [tuple(row[position] for position in order) for row in (HEADER, SECOND)]
    checked = check(tmp_path, document([TASK, FIRST, *moved]))
    assert blocking_rules(checked) == []
    assert targets_of(checked) == TARGETS


def test_a_row_shorter_than_a_header_that_repeats_a_year_stops(tmp_path):
    """Which of its cells is missing nobody can say."""
    header = (*HEADER[:7], HEADER[6], HEADER[7])
    rows = [TASK, (*FIRST[:7], FIRST[6], FIRST[7]), SECOND]
    checked = check(tmp_path, document(rows, [header]))
    finding = the_blocking(checked)
    assert (finding.rule, finding.place) == ("row_length", "строка 9")
    assert targets_of(checked) == {"1.1/1": [2, 2, 2]}
