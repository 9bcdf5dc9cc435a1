"""Totals by task and plan against fact of schools, counted by hand."""

from datetime import date

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.execution import EXECUTION_STATUSES, STATUS_COUNTS, TaskResults
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.duties import COUNTS, executor_results, school_results, task_results
from analysis.indicators.execution import Duty
from roadmaps import COUNTED

CUTOFFS = {2021: date(2022, 1, 31)}


def _measures(*rows):
    columns = ["task_code", "target_count", "reported_count", "documented_count", "accepted_count", "status"]
    frame = pd.DataFrame(rows, columns=columns).assign(calendar_year=2021, task_title="Задача")
    counts = dict.fromkeys(columns[1:5], "Int64")
    return frame.astype({"task_code": "str", "status": "str", "task_title": "str", **counts})


def test_measures_of_a_task_are_added_and_a_silent_one_is_not_zero():
    """Task 1: done; reported 2, documented 1; nobody reported; no documents; not planned. Task 2: nothing planned."""
    rows = task_results(
        _measures(
            ("1", 2, 2, 2, 2, "выполнено"),
            ("1", 2, 2, 1, 1, "выполнено частично"),
            ("1", 1, None, None, None, "нет сведений"),
            ("1", 3, 3, 0, 0, "сообщено, документов нет"),
            ("1", 0, 1, 1, 1, "не планировалось"),
            ("2", None, 1, 1, 1, "план не указан"),
        )
    )
    assert violations({"task_results": rows}, INDICATOR_TABLES) == []
    assert dict(zip(COUNTS, rows.loc[0, COUNTS], strict=True)) == {
        "planned_measure_count": 4,
        "reported_measure_count": 3,
        "documented_measure_count": 1,
        "accepted_measure_count": 1,
        "completed_measure_count": 1,
        "partly_measure_count": 1,
        "review_measure_count": 0,
        "undocumented_measure_count": 1,
        "failed_measure_count": 0,
        "early_measure_count": 0,
        "unknown_measure_count": 1,
    }
    assert rows.loc[1, COUNTS].tolist() == [0] * 11


@pytest.mark.parametrize("state", STATUS_COUNTS.values())
def test_every_state_of_a_planned_measure_is_counted_and_adds_up_to_the_plan(state):
    rows = task_results(_measures(("1", 2, None, None, None, state)))
    assert violations({"task_results": rows}, INDICATOR_TABLES) == []
    assert rows[list(STATUS_COUNTS)].sum(axis=1).tolist() == [1]


def test_every_state_is_listed_once():
    """What is counted stands in the contract, in the same order; the two others plan nothing."""
    counted = [name for name in TaskResults.to_schema().columns if name in STATUS_COUNTS]
    assert counted == list(STATUS_COUNTS)
    assert set(EXECUTION_STATUSES) - set(STATUS_COUNTS.values()) == {"не планировалось", "план не указан"}


def test_only_the_executor_named_first_gets_the_measure():
    rows = _measures(("1", 2, 2, 2, 2, "выполнено"), ("1", 2, 2, 2, 1, "выполнено частично"))
    executors = pd.DataFrame(
        [("1.1", 1, "УО"), ("1.1", 2, "ИМО"), ("1.2", 1, "ИМО")],
        columns=["activity_code", "executor_number", "executor_name"],
    )
    rows = rows.assign(activity_code=["1.1", "1.2"], source_file="plan")
    totals = executor_results(rows, executors.assign(source_file="plan"))
    assert violations({"executor_results": totals}, INDICATOR_TABLES) == []
    asked = ["executor_name", "planned_measure_count", "accepted_measure_count", "partly_measure_count"]
    assert totals[asked].to_numpy().tolist() == [["УО", 1, 1, 0], ["ИМО", 1, 0, 1]]


@pytest.mark.parametrize(
    ("target", "share", "fact", "said"),
    [
        (4, 2, (2, 2, 2, 0, 0), "выполнено"),
        (4, 2, (2, 2, 1, 1, 0), "на рассмотрении"),
        (4, 2, (2, 1, 1, 0, 0), "выполнено частично"),
        (4, 2, (2, 0, 0, 0, 0), "сообщено, документов нет"),
        (4, 2, (2, 0, 0, 0, 1), "не выполнено"),
        (4, 2, (1, 0, 0, 0, 0), "не выполнено"),
        (4, 2, (0, 0, 0, 0, 0), "не выполнено"),
        (4, 2, None, "нет сведений"),
        (4, None, None, "нет сведений"),
        (4, None, (2, 2, 2, 0, 0), "доля не установлена"),
        (0, None, None, "не планировалось"),
        (4, 0, None, "не планировалось"),
    ],
)
def test_a_school_is_judged_by_its_share(target, share, fact, said):
    plan = (
        pd.DataFrame(
            {"activity_code": ["1.3"], "measure_number": [1], "calendar_year": [2021], "measure_label": ["1.3"]}
            | {"measure_name": ["Уроки"], "target_count": [target], "deadline_month": [None]}
        )
        .assign(**COUNTED)
        .astype({"target_count": "Int64", "deadline_month": "Int64", "activity_code": "str"})
    )
    names = ["reported_count", "documented_count", "accepted_count", "waiting_count", "returned_count"]
    facts = pd.DataFrame(
        [("1.3", 1, 2021, "s1", *fact)] if fact else [],
        columns=["activity_code", "measure_number", "calendar_year", "reporter", *names],
    ).astype({"activity_code": "str", "reporter": "str", "measure_number": "int64", "calendar_year": "int64"})
    duties = [Duty("1.3", 1, 2021, "s1", share), Duty("1.3", 1, 2021, "УО", 4)]
    rows = school_results(duties, pd.DataFrame({"school_login": ["s1", "s2"]}), plan, facts, CUTOFFS)
    assert violations({"school_results": rows}, INDICATOR_TABLES) == []
    assert rows[["school_login", "school_status"]].to_numpy().tolist() == [["s1", said]]
    assert rows["reported_count"].isna().tolist() == [fact is None]
