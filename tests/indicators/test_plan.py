"""The plan is counted by hand here, from frames of a few lines and from the signed roadmap itself."""

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.plan import (
    asked,
    calendar,
    composition,
    executor_load,
    executor_loads,
    open_readings,
    plan_by_year,
)
from roadmaps import OF_MEASURE, OF_TARGET


@pytest.fixture
def plan(signed):
    return plan_by_year(signed.tables["activities"], signed.tables["measures"], signed.tables["targets"])


def _one_measure(reading, targets):
    """A plan of one measure with these targets from 2020 on."""
    code = {"source_file": ["f"], "activity_code": ["1.1"]}
    activities = pd.DataFrame(
        code | {"document_order": [1], "task_code": ["1"], "task_title": ["т"]} | {"activity_title": ["м"]}
    )
    measures = pd.DataFrame(
        code
        | {"place": ["p"], "measure_number": [1], "measure_name": ["р"]}
        | {"comparator": ["="], "planned_total_count": [2], "planned_total_text": ["2"], "reading": [reading]}
    ).assign(**OF_MEASURE)
    years = len(targets)
    targets = pd.DataFrame(
        {
            "source_file": ["f"] * years,
            "place": ["p"] * years,
            "activity_code": ["1.1"] * years,
            "measure_number": [1] * years,
            "calendar_year": range(2020, 2020 + years),
            "target_text": [""] * years,
            "comparator": ["="] * years,
            "target_count": pd.array(targets, dtype="Int64"),
            "deadline_month": pd.array([None] * years, dtype="Int64"),
            "target_low": pd.array(targets, dtype="Float64"),
            "target_high": pd.array(targets, dtype="Float64"),
        }
    ).assign(**OF_TARGET)
    return plan_by_year(activities, measures, targets)


def test_a_flow_adds_up_and_a_level_is_never_added():
    plan = _one_measure("flow", [2, 0, 3])
    assert plan["cumulative_flow_count"].tolist() == [2, 2, 5]
    assert plan["cumulative_annual_count"].tolist() == [2, 0, 3]


def test_a_blank_year_is_not_a_zero():
    plan = _one_measure("flow", [None, 1, None])
    assert plan["target_count"].isna().tolist() == [True, False, True]
    assert plan["cumulative_flow_count"].isna().tolist() == [True, False, False]
    assert plan["cumulative_flow_count"].tolist()[1:] == [1, 1]
    assert plan["cumulative_annual_count"].isna().tolist() == [True, False, True]


def test_who_is_asked_and_what_a_dash_counts_as():
    plan = _one_measure("flow", [2, 0, None, None, 0, 3])
    marks = [None, None, "не указано", "не планируется", None, None]
    better, kind = [None] * 4 + ["less", None], ["count"] * 5 + ["money"]
    plan = plan.assign(target_mark=marks, better=better, measure_kind=kind)
    assert asked(plan)["calendar_year"].tolist() == [2020, 2022, 2024]
    counted = composition(plan).set_index("calendar_year")[["planned_count", "zero_count", "blank_count"]]
    assert counted.to_numpy().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0], [0, 1, 0]]


def test_the_plan_of_the_signed_roadmap_meets_its_contract(plan):
    assert violations({"plan": plan}, INDICATOR_TABLES) == []
    assert len(plan) == 21 * 3


def test_two_schools_stay_two_schools_over_three_years(plan):
    """1.1 asks for 2 schools each year; adding them to 6 is the classic mistake."""
    rows = plan[plan["measure_label"] == "1.1"]
    assert rows["reading"].tolist() == ["annual"] * 3
    assert rows["cumulative_annual_count"].tolist() == [2, 2, 2]


def test_both_readings_of_an_open_total_are_kept(plan):
    rows = plan[plan["measure_label"] == "4.1/1"]
    assert rows["cumulative_flow_count"].tolist() == [0, 1, 2]
    assert rows["cumulative_annual_count"].tolist() == [0, 1, 1]
    assert set(open_readings(plan)["measure_label"]) == {"3.5", "4.1/1", "4.7"}


def test_labels_number_measures_only_where_there_are_several(plan):
    labels = list(dict.fromkeys(plan["measure_label"]))
    assert [label for label in labels if "/" in label] == ["4.1/1", "4.1/2"]
    assert labels[-3:] == ["4.10", "4.11", "4.12"]


@pytest.mark.parametrize(
    ("year", "planned", "zero", "blank"),
    [
        (2020, [2, 1, 1, 2], [2, 2, 2, 8], [0, 0, 0, 1]),
        (2021, [4, 2, 2, 11], [0, 1, 1, 0], [0, 0, 0, 0]),
        (2022, [3, 1, 2, 10], [1, 2, 1, 1], [0, 0, 0, 0]),
    ],
)
def test_composition_by_task(plan, year, planned, zero, blank):
    rows = composition(plan[plan["calendar_year"] == year])
    assert violations({"composition": rows}, INDICATOR_TABLES) == []
    assert rows["planned_count"].tolist() == planned
    assert rows["zero_count"].tolist() == zero
    assert rows["blank_count"].tolist() == blank


def test_load_counts_every_named_executor(plan, signed):
    """2020: 1.1 УО, ИМО; 1.3 ОО; 2.1 УО, ИМО; 3.1 ОО; 4.9 ИМО, руководители ГМО, тьюторы; 4.10 ИМО, ОО."""
    load = executor_load(plan, signed.tables["executors"], 2020)
    assert violations({"executor_load": executor_loads(plan, signed.tables["executors"])}, INDICATOR_TABLES) == []
    assert load.to_numpy().tolist() == [
        ["ИМО", 4, 2, 2],
        ["ОО", 3, 2, 1],
        ["УО", 2, 2, 0],
        ["руководители ГМО", 1, 0, 1],
        ["тьюторы", 1, 0, 1],
    ]


def test_a_year_without_plans_has_no_load(plan, signed):
    assert executor_load(plan, signed.tables["executors"], 2019).empty


def test_the_calendar_puts_named_months_first_and_leaves_out_zeros(plan):
    rows = calendar(plan, 2021)
    assert rows["measure_label"].tolist()[:3] == ["1.2", "4.7", "1.1"]
    assert rows["deadline_month"].tolist()[:2] == [2, 5]
    assert len(rows) == 19
    assert not {"2.1", "3.1"} & set(rows["measure_label"])


def test_arguments_are_not_changed(signed):
    before = {name: table.copy() for name, table in signed.tables.items()}
    assert {"activities", "measures", "targets", "executors"} <= before.keys()
    plan = plan_by_year(signed.tables["activities"], signed.tables["measures"], signed.tables["targets"])
    calendar(plan, 2021)
    executor_load(plan, signed.tables["executors"], 2021)
    for name, table in signed.tables.items():
        pd.testing.assert_frame_equal(table, before[name])
