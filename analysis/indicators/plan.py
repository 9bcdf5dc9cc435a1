"""What the signed plan asks for, by year and to date, and what a later version says otherwise."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.contracts.columns import (
    ADDED,
    CROSS_MARK,
    DASH_MARK,
    DROPPED,
    MOVED,
    OTHER_EXECUTORS,
    OTHER_NUMBER,
    OTHER_TERM,
    REWORDED,
    columns_of,
    typed_table,
)
from analysis.contracts.execution import Plan, PlanChanges
from analysis.rules.office_files import folded

# What the signed plan asks for: by year, to date, by task, by executor, by month.

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
        contracts.execution.Plan; measure_label is «4.1/2», or «4.3» where the activity has one measure.
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
    return plan[list(columns_of(Plan))]


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
    """Returns the same of every year, after contracts.execution.ExecutorLoad: calendar_year stands first."""
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


# What a later version of the plan says otherwise than the one before, measure by measure, with both addresses.

ID, OF_MEASURE = "measure_identity", ["source_file", *KEY]
# A statement of a version about a measure: what stands there, and what of it is compared.
SAID = ["source_file", ID, "change_kind", "calendar_year", "text", "place", "sense", "number"]
Known = dict[str, Any]
Subject = tuple[str, int | None]


def plan_changes(tables: Mapping[str, pd.DataFrame], plan: pd.DataFrame) -> pd.DataFrame:
    """Returns after contracts.execution.PlanChanges what each version changed, in the order of its document.

    Args:
        tables: approval, activities, measures, targets, deadlines and executors of all versions.
        plan: `indicators.plan.plan_by_year` of them.
    """
    measures = _measures(tables, plan)
    statements = _statements(tables, measures)
    versions = [
        _Version(row["source_file"], row["in_force_date"], measures, statements)
        for row in tables["approval"].to_dict("records")
    ]
    rows = [
        {**one, "in_force_date": now.since, "file_before": before.file, "file_after": now.file}
        for before, now in pairwise(versions)
        for one in _between(before, now)
    ]
    return typed_table(PlanChanges, rows)


class _Version:
    """A version of the plan: its measures by identity, and what it says of each, by kind and year."""

    def __init__(self, file: str, since: pd.Timestamp, measures: pd.DataFrame, statements: pd.DataFrame) -> None:
        self.file, self.since = file, since
        self.measures: dict[str, Known] = {row[ID]: row for row in _rows(measures, file)}
        self.said: dict[str, dict[Subject, Known]] = {}
        for row in _rows(statements, file):
            year = None if pd.isna(row["calendar_year"]) else int(row["calendar_year"])
            self.said.setdefault(row[ID], {})[row["change_kind"], year] = row


def _rows(table: pd.DataFrame, file: str) -> list[Any]:
    return table[table["source_file"] == file].to_dict("records")


def _measures(tables: Mapping[str, pd.DataFrame], plan: pd.DataFrame) -> pd.DataFrame:
    """Each measure of each version once, in the order of its document, with its label and the address of its row."""
    rows = plan.drop_duplicates(["source_file", ID])
    places = tables["activities"][[*OF_ACTIVITY, "place"]]
    names = [*OF_MEASURE, ID, "measure_label", "measure_name", "activity_title"]
    return rows[names].merge(places, on=OF_ACTIVITY, how="left")


def _statements(tables: Mapping[str, pd.DataFrame], measures: pd.DataFrame) -> pd.DataFrame:
    """What all versions say of their measures, a row a statement."""
    of_measure = measures[[*OF_MEASURE, ID]]
    words = measures.assign(text=measures["activity_title"] + ". " + measures["measure_name"], change_kind=REWORDED)
    totals = tables["measures"].assign(text=tables["measures"]["planned_total_text"], change_kind=OTHER_NUMBER)
    targets = tables["targets"].merge(of_measure).assign(change_kind=OTHER_NUMBER)
    meant = map(str, targets[["target_low", "target_high", "target_mark", "deadline_month"]].to_numpy(object).tolist())
    terms = tables["deadlines"].drop_duplicates(OF_MEASURE).merge(of_measure)
    terms = terms.assign(text=terms["deadline_text"], change_kind=OTHER_TERM)
    names = (
        tables["executors"]
        .groupby(OF_ACTIVITY, sort=False)
        .agg(text=("executor_name", ", ".join), place=("place", "first"))
    )
    executors = of_measure.merge(names.reset_index(), on=OF_ACTIVITY).assign(change_kind=OTHER_EXECUTORS)
    of_words = [one.assign(sense=one["text"].map(folded)) for one in (words, totals, terms, executors)]
    numbers = targets["target_count"].astype("str")
    of_years = targets.assign(text=targets["target_text"], sense=list(meant), number=numbers)
    return pd.concat([*(one.reindex(columns=SAID) for one in of_words), of_years[SAID]], ignore_index=True)


def _between(before: _Version, now: _Version) -> Iterator[Known]:
    for identity, one in now.measures.items():
        old = before.measures.get(identity)
        if old is None:
            yield {"change_kind": ADDED, **_after(one, one["measure_name"])}
            continue
        both = {**_before(old), **_after(one)}
        if old["measure_label"] != one["measure_label"]:
            yield {"change_kind": MOVED, **both}
        changed = _otherwise(before.said[identity], now.said[identity], now.since.year)
        yield from (both | change for change in changed)
    for identity, one in before.measures.items():
        if identity not in now.measures:
            yield {"change_kind": DROPPED, **_before(one, one["measure_name"])}


def _otherwise(before: Mapping[Subject, Known], now: Mapping[Subject, Known], since: int) -> Iterator[Known]:
    """Statements that differ; a past year of which the later version says nothing of its own is not changed by it.

    Where the text of a year is the same («ежеквартально»), its number follows from other words, and is told instead.
    """
    nothing: Known = {"text": None, "place": None, "sense": "", "number": None}
    for kind, year in dict.fromkeys([*now, *before]):
        old, new = before.get((kind, year), nothing), now.get((kind, year), nothing)
        name = "number" if old["text"] == new["text"] else "text"
        passed = year is not None and year < since and ((kind, year) not in now or name == "number")
        if old["sense"] != new["sense"] and not passed:
            yield {
                "change_kind": kind, "calendar_year": year, "text_before": old[name] or None,
                "place_before": old["place"], "text_after": new[name] or None, "place_after": new["place"],
            }  # fmt: skip


def _before(one: Known, text: str | None = None) -> Known:
    return {"label_before": one["measure_label"], "measure_name": one["measure_name"], "place_before": one["place"],
            "text_before": text}  # fmt: skip


def _after(one: Known, text: str | None = None) -> Known:
    return {"label_after": one["measure_label"], "measure_name": one["measure_name"], "place_after": one["place"],
            "text_after": text}  # fmt: skip


def measures_by_label(plan: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Returns activity code and measure number by label: «4.1/2» → («4.1», 2)."""
    first = plan.drop_duplicates("measure_label")
    keys = zip(first["activity_code"], map(int, first["measure_number"]), strict=True)
    return dict(zip(first["measure_label"], keys, strict=True))


def measures_of_year(every_version: pd.DataFrame, calendar_year: int) -> dict[str, tuple[str, int]]:
    """Returns the same for the forms of a year: a label of another version means the measure as the year has it."""
    current = in_force(every_version[every_version["calendar_year"] == calendar_year])
    now = dict(zip(current["measure_identity"], measures_by_label(current).values(), strict=True))
    others = every_version.drop_duplicates(["measure_label", "measure_identity"])
    earlier = {
        label: now.get(identity, (code, int(number)))
        for label, identity, code, number in zip(
            *(others[name] for name in ("measure_label", "measure_identity", "activity_code", "measure_number")),
            strict=True,
        )
    }
    return earlier | measures_by_label(current)


def kinds_of_year(every_version: pd.DataFrame, calendar_year: int) -> dict[tuple[str, int], str]:
    """Returns the kind of each measure as a year has it; of one that it no longer has, as another version says."""
    rows = every_version[every_version["calendar_year"] == calendar_year].sort_values("in_force", kind="stable")
    keys = zip(rows["activity_code"], map(int, rows["measure_number"]), strict=True)
    return dict(zip(keys, rows["measure_kind"], strict=True))
