"""What the signed plan asks for: by year, to date, by task, by executor, by month."""

import pandas as pd

from analysis.contracts.columns import CROSS_MARK, DASH_MARK
from analysis.contracts.indicators import Plan

KEY = ["activity_code", "measure_number"]
OF_ACTIVITY = ["source_file", "activity_code"]
# The document says that nothing is planned, in other words than a zero.
NOTHING_PLANNED = (DASH_MARK, CROSS_MARK)


def plan_by_year(activities: pd.DataFrame, measures: pd.DataFrame, targets: pd.DataFrame) -> pd.DataFrame:
    """Returns the plan of each measure and year with both ways of counting to date.

    A flow adds the years up (blank years add nothing and stay blank while nothing is filled yet); an annual level is
    the value of that year and is never added.

    Returns:
        One row a version of the document, measure and year in the order of the document, after
        contracts.indicators.Plan; measure_label is «4.1/2», or «4.3» where the activity has one measure.
    """
    described = measures.drop(columns=["place", "comparator"]).merge(
        activities[[*OF_ACTIVITY, "document_order", "task_code", "task_title", "activity_title"]], on=OF_ACTIVITY
    )
    plan = targets.drop(columns=["place", "target_text"]).merge(described, on=["source_file", *KEY])
    plan = plan.sort_values(["document_order", "measure_number", "calendar_year"], ignore_index=True)
    plan["measure_label"] = _labels(plan)
    # A level of each year is never added: 2 schools a year are 2 schools, not 6.
    plan["cumulative_flow_count"] = _running_total(plan).where(plan["reading"] != "annual")
    plan["cumulative_annual_count"] = plan["target_count"]
    return plan[list(Plan.to_schema().columns)]


def in_force(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a plan whose year goes by their version of the document; each measure and year once."""
    return rows[rows["in_force"]]


def added_to_date(values: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns values of rows of `in_force`, added up over the years of each measure, whatever its number was then."""
    in_order = rows.sort_values("calendar_year", kind="stable").index
    return values.loc[in_order].groupby(rows["measure_identity"], sort=False).cumsum().reindex(rows.index)


def composition(plan: pd.DataFrame) -> pd.DataFrame:
    """Returns how many measures of each task are planned, not planned (0) or left blank in each year.

    Returns:
        One row a task and year: task_code, task_title, calendar_year, planned_count, zero_count (a dash too),
        blank_count. Measures of money are left out: they have a plan, and nobody is asked for a fact.
    """
    plan = plan[plan["measure_kind"] != "money"]
    nothing = plan["target_mark"].isin(NOTHING_PLANNED)
    counted = plan.assign(
        planned_count=(plan["target_count"] > 0).fillna(False).astype("int64"),
        zero_count=((plan["target_count"] == 0).fillna(False) | nothing).astype("int64"),
        blank_count=(plan["target_count"].isna() & ~nothing).astype("int64"),
    )
    by = ["task_code", "task_title", "calendar_year"]
    return counted.groupby(by, sort=False)[["planned_count", "zero_count", "blank_count"]].sum().reset_index()


def executor_load(plan: pd.DataFrame, executors: pd.DataFrame, calendar_year: int) -> pd.DataFrame:
    """Returns in how many planned measures of a year each executor is named; every co-executor counts.

    Returns:
        One row an executor, the most loaded first (then by name): executor_name, planned_count (measures with a
        target above zero that name the executor), first_named_count (of these, named first), other_count.
    """
    named = planned_in(plan, calendar_year)[OF_ACTIVITY].merge(
        executors[[*OF_ACTIVITY, "executor_number", "executor_name"]], on=OF_ACTIVITY
    )
    named = named.assign(first_named_count=(named["executor_number"] == 1).astype("int64"), planned_count=1)
    load = named.groupby("executor_name")[["planned_count", "first_named_count"]].sum().reset_index()
    load["other_count"] = load["planned_count"] - load["first_named_count"]
    return load.sort_values(["planned_count", "executor_name"], ascending=[False, True], ignore_index=True)


def executor_loads(plan: pd.DataFrame, executors: pd.DataFrame) -> pd.DataFrame:
    """Returns the same of every year, after contracts.indicators.ExecutorLoad: calendar_year stands first."""
    years = sorted({int(year) for year in plan["calendar_year"]})
    parts = [executor_load(plan, executors, year) for year in years]
    named = [part.assign(calendar_year=year) for part, year in zip(parts, years, strict=True)]
    return pd.concat(named, ignore_index=True)[["calendar_year", *parts[0].columns]]


def calendar(plan: pd.DataFrame, calendar_year: int) -> pd.DataFrame:
    """Returns the planned measures of a year by month; those for which the document names no month come last."""
    planned = planned_in(plan, calendar_year)
    order = planned["deadline_month"].fillna(13).sort_values(kind="stable").index
    return planned.loc[order]


def planned_in(plan: pd.DataFrame, calendar_year: int) -> pd.DataFrame:
    """Returns the rows of a year with a target above zero."""
    return planned(plan[plan["calendar_year"] == calendar_year])


def planned(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows of a plan with a target above zero."""
    return rows[(rows["target_count"] > 0).fillna(False)]


def asked(plan: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows for which somebody is asked for a fact: a plan, or one that is not stated.

    Nothing is asked where nothing is planned, nor of money; «не более 0» is asked.
    """
    nothing = (plan["target_count"] == 0).fillna(False) & (plan["better"] != "less")
    nothing |= plan["target_mark"].isin(NOTHING_PLANNED) | (plan["measure_kind"] == "money")
    return plan[~nothing]


def not_stated(plan: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows whose target the document leaves blank or that nobody could read; a dash is not blank."""
    numbers = plan["target_low"].notna() | plan["target_high"].notna()
    return plan[~numbers & ~plan["target_mark"].isin(NOTHING_PLANNED)]


def open_readings(plan: pd.DataFrame) -> pd.DataFrame:
    """Returns the measures whose total the document leaves open, all years."""
    return plan[plan["reading"].isin(["both_possible", "contradiction"])]


def _labels(plan: pd.DataFrame) -> "pd.Series[str]":
    several = plan.groupby(OF_ACTIVITY)["measure_number"].transform("max") > 1
    suffix = ("/" + plan["measure_number"].astype("str")).where(several, "")
    return plan["activity_code"] + suffix


def _running_total(plan: pd.DataFrame) -> "pd.Series[int]":
    """By the years of its own version; of a year that goes by it, as each earlier year was in force."""
    counts = pd.DataFrame(
        {"total": plan["target_count"].fillna(0), "filled": plan["target_count"].notna().astype("int64")}
    )
    added = counts.groupby([plan[key] for key in ("source_file", *KEY)]).cumsum()
    current = in_force(plan)
    added.loc[current.index] = added_to_date(counts.loc[current.index], current)
    return added["total"].where(added["filled"] > 0).astype("Int64")
