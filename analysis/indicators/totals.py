"""Execution added up by task and by executor, and plan against fact of every school that answers for measures."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.contracts.columns import shaped
from analysis.contracts.execution import (
    EXECUTION_STATUSES,
    NO_REPORT,
    NO_SHARE,
    NOT_PLANNED,
    STATUS_COUNTS,
    SchoolResults,
)
from analysis.indicators.execution import KEY, Duty, at_most, last_day, status, told, whole, whole_of
from analysis.indicators.plan import NOTHING_PLANNED, OF_ACTIVITY, planned

COUNTS = [
    "planned_measure_count",
    "reported_measure_count",
    "documented_measure_count",
    "accepted_measure_count",
    *STATUS_COUNTS,
]


def task_results(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns for each task and year how many planned measures were reported, documented, accepted, and their statuses.

    A measure is planned when its target is above zero. It counts as documented or accepted when all that was reported
    is; so a measure that nobody reported is neither.

    Args:
        rows: `indicators.execution.with_status`.

    Returns:
        One row a task and year: calendar_year, task_code, task_title and COUNTS; the statuses add up to the plan.
    """
    return _added(rows, ["calendar_year", "task_code", "task_title"])


def executor_results(rows: pd.DataFrame, executors: pd.DataFrame) -> pd.DataFrame:
    """Returns the same for each executor that is named first in an activity: calendar_year, executor_name, COUNTS."""
    first = executors[executors["executor_number"] == 1][[*OF_ACTIVITY, "executor_name"]]
    return _added(rows.merge(first, on=OF_ACTIVITY), ["calendar_year", "executor_name"])


def _added(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    of_plan = planned(rows)
    counted = rows[by].assign(
        planned_measure_count=rows.index.isin(of_plan.index).astype("int64"),
        reported_measure_count=_among(rows, of_plan["reported_count"].notna()),
        documented_measure_count=_among(rows, whole_of(of_plan, "documented_count")),
        accepted_measure_count=_among(rows, whole_of(of_plan, "accepted_count")),
        **{name: _among(rows, of_plan["status"] == state) for name, state in STATUS_COUNTS.items()},
    )
    return counted.groupby(by, sort=False)[COUNTS].sum().reset_index()


def statuses(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns how many measures of each year are in each state, in the order of the states: none is left out."""
    counts = rows.groupby(["calendar_year", "status"]).size()
    every = pd.MultiIndex.from_product([sorted(rows["calendar_year"].unique()), EXECUTION_STATUSES])
    found = counts.reindex(every, fill_value=0).rename_axis(["calendar_year", "status"]).rename("measure_count")
    return found.reset_index().astype({"calendar_year": "int64", "status": "str", "measure_count": "int64"})


def school_results(
    duties: Sequence[Duty],
    schools: pd.DataFrame,
    plan: pd.DataFrame,
    facts: pd.DataFrame,
    cutoffs: Mapping[int, date],
) -> pd.DataFrame:
    """Returns plan against fact of every measure that a school answers for.

    Args:
        duties: Whose facts count; those of schools are taken.
        schools: The registry.
        plan: `indicators.plan.plan_by_year`.
        facts: `indicators.execution.facts_by_reporter`.
        cutoffs: The last day of each year's collection.

    Returns:
        One row a year, school and measure: calendar_year, school_login, activity_code, measure_number, measure_label,
        measure_name, target_count (of the city), share_count (of the school; blank where no document sets it),
        reported_count, documented_count, accepted_count (blank while the school has not reported), school_status: the
        status against the share; without a share «не планировалось» (the city plans zero), «нет сведений» or
        «доля не установлена».
    """
    logins = set(schools["school_login"])
    mine = [
        (one.calendar_year, one.reporter, one.activity_code, one.measure_number, one.share_count)
        for one in duties
        if one.reporter in logins
    ]
    rows = pd.DataFrame(mine, columns=["calendar_year", "school_login", *KEY[:2], "share_count"]).astype(
        {"calendar_year": "int64", "school_login": "str", "activity_code": "str", "measure_number": "int64"}
        | {"share_count": "Int64"}
    )
    joined = rows.merge(plan[[*KEY, *OF_PLAN]], on=KEY)
    joined = joined.merge(facts.rename(columns={"reporter": "school_login"}), on=[*KEY, "school_login"], how="left")
    states = [_school_status(row, cutoffs) for row in joined.to_dict("records")]
    return shaped(joined.assign(school_status=states), SchoolResults)


OF_PLAN = [
    "measure_label", "measure_name", "measure_kind", "target_count", "deadline_month", "comparator", "better",
    "target_mark",
]  # fmt: skip


def _school_status(row: Mapping[Any, Any], cutoffs: Mapping[int, date]) -> str:
    share, known = whole(row["share_count"]), told(row)
    nothing = row["target_mark"] in NOTHING_PLANNED or (whole(row["target_count"]) == 0 and not at_most(row))
    if share is None and nothing:
        return NOT_PLANNED  # nothing for the city is nothing for each school
    if share is None:
        return NO_REPORT if known.accepted is None else NO_SHARE
    year = int(row["calendar_year"])
    return status(share, known, last_day(year, whole(row["deadline_month"])), cutoffs[year], at_most(row))


def _among(rows: pd.DataFrame, which: "pd.Series[bool] | pd.Series[int]") -> "pd.Series[int]":
    """1 for the rows of which it is true; rows it says nothing about count as 0."""
    return which.astype("int64").reindex(rows.index, fill_value=0)
