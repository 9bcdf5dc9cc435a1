"""What may be asked for by name, and what is answered where nothing is called so."""

import pytest

from analysis.contracts.findings import column_letters
from analysis.errors import AnalysisError
from analysis.lineage.explain import (
    PrintedTable,
    Question,
    cell_id,
    cell_question,
    explain,
    explain_cell,
    position,
    table_code,
    unquoted,
)

FIELDS = [
    {"name": "measure_label", "title": "№", "description": "Номер"},
    {"name": "accepted_count", "title": "Принято", "description": "Принятое управлением", "unit": "как в названии"},
]


def _explained(asked, store):
    return explain(asked, store, lambda who: who if who == "edu000001" else "", lambda who: f"Похожие на {who}. ")


@pytest.mark.parametrize(
    ("asked", "first", "count"),
    [
        ("4.3@2021", "План и факт: 4.3, 2021 год", 1),
        ("4.3/1@2021", "План и факт: 4.3, 2021 год", 1),
        ("4", "План и факт: 4.3, 2020 год", 4),
        ("4@2020", "Исполнение по задачам: 4, 2020 год", 1),
        ("УО", "Отчётность: УО, 2020 год", 5),
        ("УО@2021", "Отчётность: УО, 2021 год", 4),
        ("ИМО@2021", "Кто отвечает: ИМО, лишь подтверждает, в счёт не идёт", 1),
        ("ОО@2021", "Нагрузка исполнителей: ОО, 2021 год", 1),
        ("edu000001@2021", "Реестр школ: Школа А: Логин — edu000001", 4),
        ("plan#1!target_count", "План: 4.3, 2021 год", 1),
    ],
)
def test_a_name_means_rows(store, asked, first, count):
    lines = _explained(asked, store)
    assert lines[0].startswith(first)
    assert len([line for line in lines if not line.startswith(" ")]) == count


def test_a_name_that_the_office_has_joined_means_the_executor(store):
    store.words["executors"]["управление образования"] = "УО"
    assert _explained("управление образования@2021", store) == _explained("УО@2021", store)


@pytest.mark.parametrize(
    "asked",
    ["9.9@2021", "4.3@2031", "9", "edu999999", "", "4.3@21", "plan#99!target_count", "plan#1!x", "x#1!y"],
)
def test_what_is_not_there_is_answered_by_what_can_be_asked(store, asked):
    with pytest.raises(AnalysisError, match=r"нет такого\. Похожие на .*\. Можно спросить.*Годы: 2020, 2021"):
        _explained(asked, store)


@pytest.mark.parametrize("asked", ["4.3", "4.3/1"])
def test_a_question_without_its_year_is_told_so(store, asked):
    with pytest.raises(AnalysisError, match=rf"«{asked}»: назовите и год, например {asked}@2021"):
        _explained(asked, store)


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("tbl-fact-1@2021!D5", Question("tbl-fact-1", 2021, False, "D5")),
        ("tbl-fact-1@2021-internal!D5", Question("tbl-fact-1", 2021, True, "D5")),
        ("tbl-fact-1@2021", Question("tbl-fact-1", 2021, False, "")),
        ("4.1/2@2021", None),
        ("УО@2021", None),
        ("plan#1!target_count", None),
    ],
)
def test_an_id_of_a_cell_is_told_from_other_questions(asked, question):
    assert cell_question(asked) == question


def test_an_id_is_the_cell_that_the_workbook_shows():
    assert cell_id(table_code("tbl-fact-1", 2021, False), 3, 3) == "tbl-fact-1@2021!D5"
    assert cell_id(table_code("tbl-fact-1", 2021, True), 26, 0) == "tbl-fact-1@2021-internal!AA2"
    assert position("AA2") == (26, 0)
    assert [column_letters(number) for number in (1, 26, 27, 702, 703)] == ["A", "Z", "AA", "ZZ", "AAA"]


@pytest.mark.parametrize("asked", ["'4.3@2021'", '"4.3@2021"', "«4.3@2021»", " ’4.3@2021’ "])
def test_quotes_around_a_question_are_dropped(asked):
    assert unquoted(asked) == "4.3@2021"


def _table(store, *accepted):
    rows = [{"measure_label": "4.3", "accepted_count": one} for one in accepted]
    return PrintedTable("tbl-x@2021", "Проба", FIELDS, rows, "plan_fact", store.rows("plan_fact", activity_code="4.3"))


def _cell(cell, table, store, internal=True):
    return [line.strip() for line in explain_cell(Question("tbl-x", 2021, internal, cell), table, store)]


def test_a_cell_says_column_meaning_unit_value_and_rule(store):
    lines = _cell("b3", _table(store, "", "1"), store)
    assert lines[0] == "tbl-x@2021!B3: таблица «Проба»"
    assert lines[1] == "столбец: Принято — Принятое управлением; единица: как в названии"
    assert lines[2] == "стоит: 1"
    assert lines[3].startswith("правило: сообщено — сумма фактов тех")
    assert lines[4].startswith("Кто отвечает: УО, засчитывается")


def test_an_empty_cell_is_not_a_zero(store):
    assert "стоит: пусто: значение не указано, это не ноль" in _cell("B2", _table(store, "", "1"), store)


def test_a_public_cell_says_where_its_values_are(store):
    lines = _cell("B3", _table(store, "", "1"), store, internal=False)
    number = store.rows("plan_fact", activity_code="4.3")[1]
    assert lines[-1] == f"значения — для служебного пользования: analysis explain 'plan_fact#{number}!accepted_count'"
    assert explain(f"plan_fact#{number}!accepted_count", store, str, str)[0] == "План и факт: 4.3, 2021 год"


@pytest.mark.parametrize("cell", ["C2", "A1", "A4", "2A", "A", "A0", "ZZZZ1", "<b>", "A2:B3"])
def test_a_cell_outside_is_answered_by_what_there_is(store, cell):
    with pytest.raises(AnalysisError, match=r"Можно спросить столбцы A–B, строки 2–3"):
        _cell(cell, _table(store, "1", "1"), store)


def test_a_table_without_a_cell_lists_its_columns(store):
    assert _cell("", _table(store, "1"), store) == [
        "tbl-x@2021: таблица «Проба»; строки 2–2",
        "A: № — Номер",
        "B: Принято — Принятое управлением",
    ]
