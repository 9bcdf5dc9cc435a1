"""What is owed, counted by hand from frames of a few lines: what, by whom, since when."""

from datetime import date

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.execution import OFFICE
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.duties import owed
from analysis.indicators.execution import Duty, facts_by_reporter
from roadmaps import COUNTED

CUTOFFS = {2021: date(2022, 1, 31)}
AFTER = date(2022, 3, 1)
PIECE = [
    "evidence_id",
    "activity_code",
    "measure_number",
    "calendar_year",
    "reporter",
    "confirmed_count",
    "source_file",
]
FORM = ["source_file", "reporter", "calendar_year", "received_date", "form_state"]


def _plan(*targets):
    rows = [(code, 1, 2021, code, target) for code, target in targets]
    columns = ["activity_code", "measure_number", "calendar_year", "measure_label", "target_count"]
    return (
        pd.DataFrame(rows, columns=columns).assign(**COUNTED).astype({"activity_code": "str", "target_count": "Int64"})
    )


def _tables(reports=(), evidence=(), acceptance=(), forms=()):
    """Reports are (measure, reporter, fact); evidence (id, measure, reporter, units, file); all of 2021."""
    facts = (
        pd.DataFrame(
            [(code, 1, 2021, who, fact) for code, who, fact in reports],
            columns=["activity_code", "measure_number", "calendar_year", "reporter", "fact_count"],
        )
        .assign(whole_count=None)
        .astype({"activity_code": "str", "reporter": "str", "fact_count": "Int64", "whole_count": "Int64"})
    )
    pieces = pd.DataFrame(
        [(one, code, 1, 2021, who, units, file) for one, code, who, units, file in evidence], columns=PIECE
    )
    whole = {"measure_number": "int64", "calendar_year": "int64"}
    verdicts = pd.DataFrame(acceptance, columns=["evidence_id", "verdict", "verdict_date", "reason"])
    received = pd.DataFrame([(file, who, 2021, day, state) for file, who, day, state in forms], columns=FORM)
    return {
        "reports": facts.astype(whole),
        "evidence": pieces.astype({**whole, "confirmed_count": "int64", "evidence_id": "str", "activity_code": "str"}
                                  | {"reporter": "str"}),
        "acceptance": verdicts.astype({"evidence_id": "str", "verdict": "str", "reason": "str"}
                                      | {"verdict_date": "datetime64[us]"}),
        "received_forms": received.astype({"received_date": "datetime64[us]"}),
    }  # fmt: skip


def _owed(plan, duties, tables, looked_at=AFTER):
    facts = facts_by_reporter(tables["reports"], tables["evidence"], tables["acceptance"])
    rows = owed(tables, plan, duties, facts, CUTOFFS, looked_at)
    assert violations({"owed": rows}, INDICATOR_TABLES) == []
    said = rows[["debtor", "measure_label", "owed_kind", "since_date"]].assign(
        since_date=rows["since_date"].dt.strftime("%d.%m.%Y").fillna("")
    )
    return [tuple(row) for row in said.to_numpy()]


def test_a_fact_that_never_came_is_owed_since_the_cutoff():
    duties = [Duty("1.3", 1, 2021, "s1", 1), Duty("1.3", 1, 2021, "s2", 1)]
    tables = _tables(
        [("1.3", "s1", 1)], [("a", "1.3", "s1", 1, "f")], [("a", "принято", "2022-01-25", None)],
        [("f", "s1", "2022-01-20", "вошла в отчёт")],
    )  # fmt: skip
    assert _owed(_plan(("1.3", 2)), duties, tables) == [("s2", "1.3", "нет сведений", "31.01.2022")]


def test_a_form_that_came_late_is_named_with_its_day():
    tables = _tables(forms=[("f", "s1", "2022-02-05", "получена после срока")])
    assert _owed(_plan(("1.3", 2)), [Duty("1.3", 1, 2021, "s1", 1)], tables) == [
        ("s1", "1.3", "получено после срока", "05.02.2022")
    ]


def test_what_the_counted_form_lacks_is_no_late_form():
    """A second version came late; the first stands, and it says nothing of 1.4."""
    forms = [("f", "УО", "2022-01-20", "вошла в отчёт"), ("g", "УО", "2022-02-05", "получена после срока")]
    assert _owed(_plan(("1.4", 2)), [Duty("1.4", 1, 2021, "УО", 2)], _tables(forms=forms)) == [
        ("УО", "1.4", "нет сведений", "31.01.2022")
    ]


def test_documents_are_owed_sent_back_or_not_examined():
    """Of 3 reported: one document sent back, one not examined, one unit without any."""
    tables = _tables(
        [("1.4", "УО", 3)],
        [("a", "1.4", "УО", 1, "f"), ("b", "1.4", "УО", 1, "f")],
        [("a", "возвращено", "2022-01-25", "нет подписи")],
        [("f", "УО", "2022-01-20", "вошла в отчёт")],
    )
    assert _owed(_plan(("1.4", 2)), [Duty("1.4", 1, 2021, "УО", 2)], tables) == [
        ("УО", "1.4", "нет подтверждения", "20.01.2022"),
        ("УО", "1.4", "подтверждение возвращено", "25.01.2022"),
        (OFFICE, "1.4", "не рассмотрено управлением", "20.01.2022"),
    ]


def test_a_fact_without_any_document_owes_one():
    tables = _tables([("1.4", "УО", 1)], forms=[("f", "УО", "2022-01-20", "вошла в отчёт")])
    assert _owed(_plan(("1.4", 1)), [Duty("1.4", 1, 2021, "УО", 1)], tables) == [
        ("УО", "1.4", "нет подтверждения", "20.01.2022")
    ]


def test_a_document_sent_back_is_not_owed_when_others_carry_the_fact():
    tables = _tables(
        [("1.4", "УО", 1)],
        [("a", "1.4", "УО", 1, "f"), ("b", "1.4", "УО", 1, "f")],
        [("a", "возвращено", "2022-01-25", "нет подписи"), ("b", "принято", "2022-01-25", None)],
        [("f", "УО", "2022-01-20", "вошла в отчёт")],
    )
    assert _owed(_plan(("1.4", 1)), [Duty("1.4", 1, 2021, "УО", 1)], tables) == []


def test_evidence_of_a_confirming_executor_is_not_waited_for():
    tables = _tables(
        [("1.4", "УО", 0), ("1.4", "ИМО", 1)], [("a", "1.4", "ИМО", 1, "f")],
        forms=[("f", "ИМО", "2022-01-20", "вошла в отчёт")],
    )  # fmt: skip
    assert _owed(_plan(("1.4", 1)), [Duty("1.4", 1, 2021, "УО", 1)], tables) == []


def test_a_measure_for_which_nobody_answers_is_the_offices():
    assert _owed(_plan(("4.9", 2), ("4.10", 0), ("4.11", None)), [], _tables()) == [
        (OFFICE, "4.9", "ответственный не назначен", "")
    ]


@pytest.mark.parametrize(("target", "share", "count"), [(0, None, 0), (2, 0, 0), (2, None, 1), (None, None, 1)])
def test_only_what_is_planned_is_owed_and_a_blank_is_not_a_zero(target, share, count):
    assert len(_owed(_plan(("1.3", target)), [Duty("1.3", 1, 2021, "s1", share)], _tables())) == count


@pytest.mark.parametrize(("looked_at", "count"), [(date(2022, 1, 30), 0), (date(2022, 1, 31), 1)])
def test_nothing_is_owed_before_the_cutoff(looked_at, count):
    assert len(_owed(_plan(("1.3", 2)), [Duty("1.3", 1, 2021, "s1", 1)], _tables(), looked_at)) == count
