"""A cell of a printed table: its id, its meaning, its rule, and the chain of what its row is about."""

import os
from dataclasses import replace

import pytest

from analysis.errors import AnalysisError
from analysis.files.tables import MANIFEST, PROCESSED
from analysis.lineage.cells import PrintedTable, Question, cell_chain, cell_id, cell_question
from analysis.lineage.explain import explain
from analysis.project.explanation import _is_older
from analysis.rules.config import OneExecutor

ACCEPTED = {
    "name": "accepted_count",
    "title": "Принято",
    "description": "Принятое управлением",
    "unit": "как в названии",
}


def _table(*rows, columns=("measure_label", "accepted_count")):
    fields = [
        ACCEPTED if name == "accepted_count" else {"name": name, "title": name, "description": ""} for name in columns
    ]
    return PrintedTable("tbl-x@2021", "Проба", 2021, fields, [dict(zip(columns, row, strict=True)) for row in rows])


def _told(cell, table, ground):
    return [line.strip() for line in cell_chain(Question("tbl-x", 2021, False, cell), table, ground)]


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("tbl-fact-1@2021!D5", Question("tbl-fact-1", 2021, False, "D5")),
        ("tbl-fact-1@2021-internal!D5", Question("tbl-fact-1", 2021, True, "D5")),
        ("tbl-fact-1@2021", Question("tbl-fact-1", 2021, False, "")),
        ("4.1/2@2021", None),
        ("УО@2021", None),
        ("edu990005", None),
    ],
)
def test_an_id_of_a_cell_is_told_from_other_questions(asked, question):
    assert cell_question(asked) == question


def test_an_id_is_the_cell_that_the_workbook_shows():
    assert cell_id("tbl-fact-1", 2021, False, 3, 3) == "tbl-fact-1@2021!D5"
    assert cell_id("tbl-fact-1", 2021, True, 26, 0) == "tbl-fact-1@2021-internal!AA2"


def test_a_cell_says_column_meaning_unit_value_and_rule(ground):
    lines = _told("b3", _table(("4.4", ""), ("4.3", "1")), ground)
    assert lines[0] == "tbl-x@2021!B3: таблица «Проба», лист «Данные»"
    assert lines[1] == "столбец: Принято — Принятое управлением; единица: как в названии"
    assert lines[2] == "стоит: 1"
    assert lines[3].startswith("правило: сообщено — сумма фактов тех")
    assert lines[4] == "4.3@2021 «Встреча»"


def test_an_empty_cell_is_not_a_zero(ground):
    assert "стоит: пусто: значение не указано, это не ноль" in _told("B2", _table(("4.4", "")), ground)


@pytest.mark.parametrize("cell", ["C2", "A1", "A4", "2A", "A", "A0", "ZZZZ1", "<b>", "A2:B3"])
def test_a_cell_outside_is_answered_by_what_there_is(ground, cell):
    with pytest.raises(AnalysisError, match=r"Можно спросить столбцы A–B, строки 2–3"):
        _told(cell, _table(("4.3", "1"), ("4.4", "1")), ground)


def test_a_table_without_a_cell_lists_its_columns(ground):
    lines = _told("", _table(("4.3", "1")), ground)
    assert lines == [
        "tbl-x@2021: таблица «Проба»; строки 2–2",
        "A: measure_label —",
        "B: Принято — Принятое управлением",
    ]


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        (("activity_code", "measure_number", "calendar_year"), ("4.3", "1", "2020"), "4.3@2020 «Встреча»"),
        (("reporter",), ("Школа А",), "edu000001, 2021 год: отвечает за 1, сообщено о 0, подтверждено 0, принято 0"),
        (("executor_name",), ("ИМО",), "ИМО, 2021 год: назван в показателях с планом больше нуля: 1"),
        (("task_code", "calendar_year"), ("4", "2020"), "Задача 4@2020 «Обмен опытом»: показателей 2"),
        (("status",), ("на рассмотрении",), "состояние «на рассмотрении»: 1"),
        (("school_name", "own_measure"), ("Школа А", "Кружок"), "собственная мера, 2021 год: «Кружок»: план 2, "
         "сделано не указано"),
        (("measure_label", "evidence_kind", "evidence_number", "evidence_date", "confirmed_count"),
         ("4.3", "протокол", "1", "2021-05-20", "1"), "подтверждение: протокол № 1 от 20.05.2021, единиц: 1"),
        (("rule", "place", "value"), ("blank_year", "строка 8, ячейка 5", ""),
         "← map.txt (sha256 abababababab…), строка 8, ячейка 5: Год не заполнен."),
    ],
)  # fmt: skip
def test_a_row_is_told_by_what_it_is_about(ground, columns, row, expected):
    assert expected in _told("A2", _table(row, columns=columns), ground)


def test_a_joined_name_leads_to_the_words_of_the_document_and_to_the_entry(ground):
    executors = ground.tables["executors"].replace({"executor_text": {"УО": "управление образования"}})
    one = OneExecutor("УО", ("управление образования",), "письмо № 1")
    joined = replace(ground.collection, executors=(one,))
    known = replace(ground, tables=ground.tables | {"executors": executors}, collection=joined)
    told = _told("A2", _table(("УО",), columns=("executor_name",)), known)
    place = told.index("в документе: «управление образования» ← map.txt (sha256 abababababab…), строка 8")
    assert told[place + 1] == "← project.toml, [[collection.executor]]: это один исполнитель: письмо № 1"
    assert explain("управление образования@2021", known) == explain("УО@2021", known)


@pytest.mark.parametrize(("year", "older"), [(2020, True), (2021, False), (2022, False)])
def test_the_internal_report_of_another_year_makes_that_of_this_year_no_older(tmp_path, year, older):
    manifest = tmp_path / PROCESSED / MANIFEST
    for path, time in ((manifest, 200), *((_package(tmp_path, one), made) for one, made in ((2020, 100), (2021, 300)))):
        path.parent.mkdir(parents=True)
        path.touch()
        os.utime(path, (time, time))
    assert _is_older(tmp_path, year) is older


def _package(root, year):
    return root / "output/internal" / str(year) / "data/datapackage.json"
