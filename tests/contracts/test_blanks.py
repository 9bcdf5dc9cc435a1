"""Why a number is not there: what the row shows, and nothing that it does not."""

import numpy as np
import pandas as pd

from analysis.contracts.effectiveness import MarkResults, PublicIndicators
from analysis.contracts.execution import Plan
from analysis.contracts.report import NO_NUMBER, numbers_with_status, statuses
from analysis.contracts.tables import TABLES


def _statuses(contract, hidden=None, **columns):
    return {name: list(one) for name, one in statuses(pd.DataFrame(columns), contract, hidden or {}).items()}


def _whole(*numbers):
    return pd.array(numbers, dtype="Int64")


def test_each_rule_is_about_numbers_that_stand_beside_the_column_that_shows_it():
    assert len(NO_NUMBER) > 10
    for one in NO_NUMBER:
        beside = [numbers_with_status(table) for table in TABLES.values() if one.beside in table.to_schema().columns]
        assert {*one.columns} <= set().union(*beside), one.words


def test_no_column_of_a_table_is_called_like_the_status_of_another():
    columns = [{*contract.to_schema().columns} for contract in TABLES.values()]
    assert len(columns) > 60
    assert [name for names in columns for name in names if f"{name}_status" in names] == []


def test_a_dash_and_a_cross_are_no_plan_and_a_blank_cell_is_a_missing_one():
    marks = [None, "не указано", "не планируется", "не применимо", "не прочитано"]
    found = _statuses(Plan, target_mark=marks, target_count=_whole(3, None, None, None, None),
                      target_high=_whole(None, None, None, None, None))  # fmt: skip
    assert found["target_count_status"] == ["", "missing", "not_applicable", "not_applicable", "missing"]
    assert found["target_high_status"] == ["not_applicable", "missing", "not_applicable", "not_applicable", "missing"]


def test_what_is_hidden_is_called_so_and_what_is_shown_has_no_status():
    hidden = {"mark_2_count": np.array([True, True, False]), "not_attested_count": np.array([False, False, True])}
    found = _statuses(MarkResults, hidden, procedure=["ВПР", "ВПР", "Журнал"], mark_2_count=_whole(None, 7, None),
                      not_attested_count=_whole(None, None, None), compared_count=_whole(None, 20, None))  # fmt: skip
    assert found == {
        "mark_2_count_status": ["hidden", "", "missing"],
        "not_attested_count_status": ["not_applicable", "not_applicable", "hidden"],
        "compared_count_status": ["missing", "", "not_applicable"],
    }


def test_where_the_row_does_not_show_the_reason_the_number_is_missing():
    blank = pd.array([None, None], dtype="Float64")
    found = _statuses(PublicIndicators, value=pd.array([3.9, None], dtype="Float64"), numerator=blank, change=blank,
                      interval_low=blank, flags=["без интервала: полный учёт", ""],
                      change_note=["разрыв сопоставимости: осень и весна", None])  # fmt: skip
    assert found["numerator_status"] == ["not_applicable", "missing"]
    assert found["interval_low_status"] == ["not_applicable", "missing"]
    assert found["change_status"] == ["not_applicable", "missing"]
    # Without the column that would show it, too.
    assert _statuses(PublicIndicators, change=blank) == {"change_status": ["missing", "missing"]}


def test_a_number_that_is_never_empty_has_no_status():
    assert "school_count" not in numbers_with_status(MarkResults)
    assert {"participant_count", "mark_2_share"} <= numbers_with_status(MarkResults)
    assert "group_name" not in numbers_with_status(MarkResults)
