"""Who sent what, counted by hand: two schools, one municipal reporter, one year; a missing return is never a zero."""

from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.contracts.columns import typed_table
from analysis.contracts.dictionary import violations
from analysis.contracts.facts import CONTEXT_GROUPS, SCHOOL_FACT_TABLES
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.execution import Duty
from analysis.indicators.quality import (
    asked_lines,
    completeness,
    given_lines,
    reporter_completeness,
    set_aside_lines,
)
from analysis.rules.config import Collection
from analysis.rules.office_files import Sitting
from roadmaps import COUNTED

A, B = "edu000001", "edu000002"
FILES = {A: "data/raw/2022/a.xlsx", B: "data/raw/2022/b.xlsx", "export": "data/raw/2022/e.xlsx"}
RECEIVED = {FILES[A]: date(2023, 1, 10), FILES[B]: date(2023, 1, 12), FILES["export"]: date(2022, 11, 1)}
CUTOFF = date(2023, 1, 31)
ABOUT = ("ВПР", 2022)
SPRING = Sitting(*ABOUT, "весна", "2021/22", "отметка", 0, {"Математика": (4, 5)}, ("Математика",), "", "", False)
AUTUMN = Sitting(*ABOUT, "осень", "2022/23", "отметка", 1, {"Математика": (4, 5)}, ("Математика",), "", "", False)
PLAN = (
    pd.DataFrame(
        [("1.1", 1, 2022, 2), ("1.2", 1, 2022, 0), ("1.3", 1, 2022, 1)],
        columns=["activity_code", "measure_number", "calendar_year", "target_count"],
    )
    .assign(**COUNTED)
    .astype({"target_count": "Int64"})
)
DUTIES = [Duty("1.1", 1, 2022, "УО", 2), Duty("1.2", 1, 2022, "УО", 0), Duty("1.3", 1, 2022, A, 0)]


def _row(school, **values):
    about = {"source_file": FILES[school], "place": "строка", "school_login": school, "calendar_year": 2022}
    return about | {"school_year": "2022/23"} | values


def _result(school, grade, wave="весна", origin="форма", **values):
    marks = dict.fromkeys([f"mark_{mark}_count" for mark in (2, 3, 4, 5)], 5)
    about = {"procedure": "ВПР", "subject": "Математика", "programme_grade": grade, "sitting_grade": grade}
    return _row(school, origin=origin, wave=wave, scale="отметка", participant_count=20, **about, **marks, **values)


def _aside(school, table, procedure=None, file=A):
    row = {"source_file": FILES[file], "place": "строка", "table_name": table, "procedure": procedure}
    return row | {"school_login": school, "calendar_year": 2022, "why": "Отметки не сходятся"}


def _tables(reports=(), states=((A, "вошла в отчёт"), (B, "вошла в отчёт")), **sheets):
    forms = [(FILES.get(who, "data/raw/2022/u.xlsx"), who, 2022, date(2023, 1, 10), CUTOFF, how) for who, how in states]
    schools = [("r.xlsx", "строка", login, None, None, login, None, None, None, None) for login in (A, B)]
    facts = [("u.xlsx", "E2", who, code, 1, 2022, None, count, None, None) for who, code, count in reports]
    return {
        "schools": fact_table("schools", schools),
        "received_forms": fact_table("received_forms", forms),
        "reports": fact_table("reports", facts),
        **{name: typed_table(contract, sheets.get(name, ())) for name, contract in SCHOOL_FACT_TABLES.items()},
    }


def _made(tables, sittings=(SPRING, AUTUMN), competences=("Методика", "Оценивание")):
    asked = asked_lines(tables, PLAN, DUTIES, Collection(("УО",), "ОО", competences=competences), sittings)
    given, aside = given_lines(tables), set_aside_lines(tables)
    rows = reporter_completeness(asked, given, aside, tables["received_forms"], RECEIVED)
    whole = completeness(rows, tables["results"], aside, RECEIVED)
    assert violations({"reporter_completeness": rows, "completeness": whole}, INDICATOR_TABLES) == []
    return rows.set_index(["reporter", "fact_kind"]), whole.set_index("fact_kind")


def _words(rows, kind):
    return [rows.loc[(school, kind), "completeness"] for school in (A, B)]


def test_a_sheet_is_there_in_part_or_missing():
    groups = [_row(A, pupil_group=group, group_pupil_count=1) for group in CONTEXT_GROUPS]
    rows, whole = _made(_tables(context=groups + [_row(B, pupil_group=CONTEXT_GROUPS[0], group_pupil_count=1)]))
    assert _words(rows, "контингент") == ["есть", "частично"]
    assert rows.loc[(B, "контингент"), "missing_row_count"] == 17
    assert _words(rows, "кадры") == ["нет сведений", "нет сведений"]
    line = whole.loc["контингент"]
    assert (line["asked_reporter_count"], line["sent_reporter_count"], line["complete_reporter_count"]) == (2, 2, 1)
    assert (line["complete_share"], line["row_count"]) == (50.0, 19)
    assert line["received_date"] == pd.Timestamp(2023, 1, 12)


def test_where_nobody_sent_anything_there_is_no_share():
    _, whole = _made(_tables())
    assert whole.loc["кадры", "sent_reporter_count"] == 0
    assert pd.isna(whole.loc["кадры", "complete_share"])
    assert pd.isna(whole.loc["кадры", "received_date"])


def test_what_is_set_aside_makes_a_sheet_partial_and_alone_is_no_missing_return():
    deficits = [
        _row(A, competence=name, diagnosed_teacher_count=5, deficit_teacher_count=1) for name in ("Методика", "Другая")
    ]
    rows, whole = _made(_tables(deficits=deficits[:1], quarantine=[_aside(A, "deficits"), _aside(B, "deficits")]))
    assert _words(rows, "дефициты") == ["частично", "отложено"]
    assert whole.loc["дефициты", "sent_reporter_count"] == 2
    assert whole.loc["дефициты", "set_aside_row_count"] == 2
    assert whole.loc["дефициты", "complete_share"] == 0.0


def test_a_list_that_the_school_makes_itself_has_no_missing_lines():
    contest = _row(A, line=1, contest_name="Чтение", contest_level="школьный", contestants="педагоги")
    rows, _ = _made(_tables(contests=[contest | {"contestant_count": 1, "winner_count": 0}]), competences=())
    assert _words(rows, "конкурсы") == ["есть", "нет сведений"]
    assert pd.isna(rows.loc[(A, "конкурсы"), "missing_row_count"])
    assert _words(rows, "дефициты") == ["нет сведений", "нет сведений"]


def test_a_grade_put_off_to_another_wave_is_not_asked_for_twice():
    rows, _ = _made(_tables(results=[_result(A, 4), _result(A, 5, "осень"), _result(B, 4), _result(B, 4, "осень")]))
    assert rows.loc[(A, "результаты: ВПР"), "asked_row_count"] == 2
    assert _words(rows, "результаты: ВПР") == ["есть", "частично"]


def test_exports_count_for_the_school_and_have_a_line_without_a_denominator():
    rows, whole = _made(_tables(results=[_result(A, 4, origin="выгрузка", source_file=FILES["export"]), _result(A, 5)]))
    assert _words(rows, "результаты: ВПР") == ["есть", "нет сведений"]
    export = whole.loc["выгрузка: ВПР"]
    assert (export["sent_reporter_count"], export["row_count"]) == (1, 1)
    assert pd.isna(export["asked_reporter_count"])
    assert export["received_date"] == pd.Timestamp(2022, 11, 1)


def test_results_set_aside_belong_to_their_procedure_or_to_a_line_of_their_own():
    aside = [_aside(A, "results", "ВПР"), _aside(B, "results", file=B)]
    rows, whole = _made(_tables(results=[_result(A, 4), _result(A, 5)], quarantine=aside))
    assert _words(rows, "результаты: ВПР") == ["частично", "отложено"]
    assert whole.loc["результаты: ВПР", "set_aside_row_count"] == 1
    assert whole.loc["результаты, чьи именно, не ясно", "set_aside_row_count"] == 1
    assert pd.isna(whole.loc["результаты, чьи именно, не ясно", "asked_reporter_count"])


def test_a_fault_of_an_export_is_no_fault_of_the_school():
    aside = [_aside(who, "results", "ВПР", file="export") for who in (A, B, None)]
    aside.append(_aside(None, "results", file="export"))
    rows, whole = _made(_tables(results=[_result(A, 4), _result(A, 5)], quarantine=aside))
    assert _words(rows, "результаты: ВПР") == ["есть", "отложено"]
    assert whole.loc["результаты: ВПР", "set_aside_row_count"] == 0
    assert whole.loc["выгрузка: ВПР", "set_aside_row_count"] == 3
    assert whole.loc["выгрузка", "set_aside_row_count"] == 1
    assert whole["set_aside_row_count"].sum() == len(aside)


def test_execution_asks_only_for_what_is_planned_and_shared():
    rows, whole = _made(_tables(reports=[("УО", "1.1", 2), (A, "1.3", None)]))
    assert list(whole.loc["исполнение", ["asked_reporter_count", "complete_reporter_count"]]) == [1, 1]
    assert rows.loc[("УО", "исполнение"), "asked_row_count"] == 1


def test_a_zero_is_a_fact_and_a_blank_is_none():
    assert _made(_tables(reports=[("УО", "1.1", 0)]))[0].loc[("УО", "исполнение"), "completeness"] == "есть"
    assert _made(_tables(reports=[("УО", "1.1", None)]))[0].loc[("УО", "исполнение"), "completeness"] == "нет сведений"


@pytest.mark.parametrize(("state", "word"), [("получена после срока", "после срока"), ("заменена", "нет сведений")])
def test_a_form_that_came_late_says_so(state, word):
    rows, whole = _made(_tables(states=[(A, state)]))
    assert rows.loc[(A, "форма"), "completeness"] == word
    assert rows.loc[(A, "кадры"), "completeness"] == word
    assert whole.loc["форма", "sent_reporter_count"] == 0
