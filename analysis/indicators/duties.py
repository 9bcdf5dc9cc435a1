"""Who answers for which measure, what each of them owes, and execution added up by them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.contracts.columns import pandas_types, shaped, typed_table
from analysis.contracts.execution import (
    CAME_LATE,
    EXECUTION_STATUSES,
    NO_DOCUMENT,
    NO_FACT,
    NO_REPORT,
    NO_SHARE,
    NOBODY,
    NOT_EXAMINED,
    NOT_PLANNED,
    OFFICE,
    OWED_KINDS,
    SENT_BACK,
    STATUS_COUNTS,
    Owed,
    SchoolResults,
)
from analysis.contracts.facts import COUNTED, LATE
from analysis.indicators.execution import (
    KEY,
    RETURNED,
    WAITING,
    Duty,
    accepted_evidence,
    at_most,
    duty_table,
    last_day,
    status,
    told,
    whole,
    whole_of,
)
from analysis.indicators.plan import NOTHING_PLANNED, OF_ACTIVITY, planned
from analysis.indicators.plan import asked as asked_of
from analysis.indicators.school_facts import supported_schools
from analysis.rules.config import Collection, Report

# Who answers for which measure in which year, and what each of them owes at the cutoff.


def reporting_schools(tables: Mapping[str, pd.DataFrame], calendar_year: int) -> pd.DataFrame:
    """Returns the schools that report for a year, supported or not: all but those that are part of another by then.

    Args:
        tables: schools, and school_mergers where there are any.
        calendar_year: The year.
    """
    schools, mergers = tables["schools"], tables.get("school_mergers")
    if mergers is None:
        return schools
    ended = mergers.loc[mergers["last_report_year"] < calendar_year, "school_login"]
    return schools[~schools["school_login"].isin(ended)]


def duties(
    plan: pd.DataFrame,
    executors: pd.DataFrame,
    status: pd.DataFrame,
    collection: Collection,
    reporting: Sequence[Report],
) -> list[Duty]:
    """Returns whose facts count for each measure and year.

    Where an entry of data/reporting.toml decides, it does. Without one only the executor named first counts: a
    municipal reporter answers for the whole target; where schools are named first, each supported school answers,
    and its share is not established. A measure whose first executor sends no form has no duty.
    """
    decided = {(one.activity, one.measure): one for one in reporting}
    first = executors[executors["executor_number"] == 1].set_index(OF_ACTIVITY)["executor_name"].to_dict()
    supported = {year: supported_schools(status, year) for year in map(int, plan["calendar_year"].unique())}
    found = []
    for row in plan.to_dict("records"):
        code, number, year = row["activity_code"], int(row["measure_number"]), int(row["calendar_year"])
        entry = decided.get((code, number))
        target = None if pd.isna(row["target_count"]) else int(row["target_count"])
        of_activity = first.get((row["source_file"], code))
        for reporter, share in _reporters(entry, of_activity, target, supported[year], collection):
            found.append(Duty(code, number, year, reporter, share))
    return found


def measures_named(
    rows: pd.DataFrame,
    executors: pd.DataFrame,
    status: pd.DataFrame,
    collection: Collection,
    reporting: Sequence[Report],
    reporter: str,
) -> pd.DataFrame:
    """Returns the rows of one year's plan that name a reporter, as first executor or not, or that an entry gives it.

    A school is named as all schools are; one that is not supported in that year has no rows.
    """
    municipal = reporter in collection.municipal
    named_as = reporter if municipal else collection.schools
    named = set(executors.loc[executors["executor_name"] == named_as, OF_ACTIVITY].itertuples(index=False, name=None))
    given = {(one.activity, one.measure) for one in reporting if named_as in one.reporters}
    keys = zip(rows["source_file"], rows["activity_code"], rows["measure_number"], strict=True)
    mine = rows[[(file, code) in named or (code, int(number)) in given for file, code, number in keys]]
    supported = municipal or mine.empty or reporter in supported_schools(status, int(mine["calendar_year"].iloc[0]))
    return mine if supported else mine.iloc[:0]


def municipal_unnamed(executors: pd.DataFrame, collection: Collection, reporting: Sequence[Report] = ()) -> list[str]:
    """Returns the municipal reporters whom neither the roadmap nor an entry names: they have nothing to fill in."""
    named = named_reporters(executors, reporting)
    return [name for name in collection.municipal if name not in named]


def named_reporters(executors: pd.DataFrame, reporting: Sequence[Report]) -> set[str]:
    """Returns who is named by the roadmap or by an entry of data/reporting.toml."""
    return {*executors["executor_name"], *(name for one in reporting for name in one.reporters)}


def school_shares(reporting: Sequence[Report]) -> dict[tuple[str, int], int]:
    """Returns what each school is to do in a year, by activity and measure, where an entry decides it."""
    return {(one.activity, one.measure): one.share for one in reporting if one.share is not None}


def _reporters(
    entry: Report | None,
    first: str | None,
    target: int | None,
    supported: Sequence[str],
    collection: Collection,
) -> list[tuple[str, int | None]]:
    if entry is not None and entry.unit == "city":
        return [(entry.reporters[0], target)]
    if entry is not None:
        return [(login, entry.share) for login in supported]
    if first in collection.municipal:
        return [(str(first), target)]
    if first == collection.schools:
        return [(login, None) for login in supported]
    return []


BY = [*KEY, "reporter"]


def owed(
    tables: Mapping[str, pd.DataFrame],
    plan: pd.DataFrame,
    duties: Sequence[Duty],
    facts: pd.DataFrame,
    cutoffs: Mapping[int, date],
    looked_at: date,
) -> pd.DataFrame:
    """Returns what is owed for the years whose cutoff has come.

    A measure with a target of zero, or a reporter whose share is zero, owes nothing. Returned evidence is owed while
    less is accepted than reported. Evidence counts only of those whose fact counts.

    Args:
        tables: evidence, acceptance and received_forms.
        plan: `indicators.plan.plan_by_year`.
        duties: Whose facts count.
        facts: `indicators.execution.facts_by_reporter`.
        cutoffs: The last day of each year's collection.
        looked_at: The day at which the project looks; a year whose cutoff lies after it owes nothing yet.

    Returns:
        One row a year, debtor (a municipal reporter, a school login or the office), measure, kind, day and reason:
        the columns of contracts.execution.Owed.
    """
    due = {year: pd.Timestamp(day) for year, day in cutoffs.items() if day <= looked_at}
    asked = asked_of(plan[plan["calendar_year"].isin(list(due))])
    forms = tables["received_forms"]
    rows = _duties(asked, duties).merge(facts, on=BY, how="left")
    pieces = _pieces(tables, rows)
    parts = [
        _without_fact(rows[rows["reported_count"].isna()], forms, due),
        _without_documents(rows, pieces, forms),
        _sent_back(pieces),
        _not_examined(pieces, forms),
        _nobody(asked, duties),
    ]
    return _in_order([shaped(part, Owed) for part in parts if len(part)] or [typed_table(Owed)])


def _in_order(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    found = pd.concat(parts, ignore_index=True)
    order = found["owed_kind"].map(OWED_KINDS.index)
    found = found.assign(order=order).sort_values(["calendar_year", "order"], kind="stable", ignore_index=True)
    return found.drop(columns="order")


def _duties(asked: pd.DataFrame, duties: Sequence[Duty]) -> pd.DataFrame:
    """The duties over the measures that are asked for, with their labels."""
    mine = duty_table([one for one in duties if one.share_count != 0])[BY]
    return mine.merge(asked[[*KEY, "measure_label"]], on=KEY)


def _pieces(tables: Mapping[str, pd.DataFrame], rows: pd.DataFrame) -> pd.DataFrame:
    """The pieces of evidence for facts that count, with what was said of each."""
    pieces = accepted_evidence(tables["evidence"], tables["acceptance"][["evidence_id", "verdict"]])
    details = tables["acceptance"][["evidence_id", "verdict_date", "reason"]]
    facts = rows[[*BY, "measure_label", "reported_count", "accepted_count"]]
    return pieces.merge(details, on="evidence_id", how="left").merge(facts, on=BY)


def _without_fact(rows: pd.DataFrame, forms: pd.DataFrame, due: Mapping[int, pd.Timestamp]) -> pd.DataFrame:
    """Nothing came at all, or only after the cutoff."""
    counted = set(_who(forms[forms["form_state"] == COUNTED]))
    late = forms[forms["form_state"] == LATE].sort_values("received_date", ascending=False)
    came = {key: day for key, day in zip(_who(late), late["received_date"], strict=True) if key not in counted}
    who = _who(rows)
    return rows.assign(
        debtor=rows["reporter"],
        owed_kind=[CAME_LATE if key in came else NO_FACT for key in who],
        since_date=[came.get(key, due[key[1]]) for key in who],
    )


def _without_documents(rows: pd.DataFrame, pieces: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """More was reported than documents were named for, the returned ones included."""
    named = pieces.groupby(BY)["confirmed_count"].sum().rename("named_count").reset_index()
    joined = rows.merge(named, on=BY, how="left")
    short = joined[(joined["reported_count"] > joined["named_count"].fillna(0)).fillna(False)]
    counted = forms[forms["form_state"] == COUNTED]
    days = dict(zip(_who(counted), counted["received_date"], strict=True))
    return short.assign(
        debtor=short["reporter"],
        owed_kind=NO_DOCUMENT,
        since_date=[days.get(key, pd.NaT) for key in _who(short)],
    )


def _sent_back(pieces: pd.DataFrame) -> pd.DataFrame:
    lacking = (pieces["accepted_count"] < pieces["reported_count"]).fillna(False)
    returned = pieces[(pieces["verdict"] == RETURNED) & lacking]
    return _counted_pieces(returned.assign(debtor=returned["reporter"], since_date=returned["verdict_date"]), SENT_BACK)


def _not_examined(pieces: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    waiting = pieces[pieces["verdict"] == WAITING]
    received = dict(zip(forms["source_file"], forms["received_date"], strict=True))
    since = pd.to_datetime(waiting["source_file"].map(received))
    return _counted_pieces(waiting.assign(debtor=OFFICE, since_date=since, reason=None), NOT_EXAMINED)


def _counted_pieces(pieces: pd.DataFrame, kind: str) -> pd.DataFrame:
    by = [name for name in pandas_types(Owed) if name not in ("owed_kind", "piece_count")]
    counted = pieces.groupby(by, dropna=False, sort=False).size().rename("piece_count").reset_index()
    return counted.assign(owed_kind=kind)


def _nobody(asked: pd.DataFrame, duties: Sequence[Duty]) -> pd.DataFrame:
    """Measures with a plan for which nobody answers: the office is to name somebody."""
    answered = {(one.activity_code, one.measure_number, one.calendar_year) for one in duties}
    keys = zip(asked["activity_code"], asked["measure_number"], asked["calendar_year"], strict=True)
    alone = asked[pd.Series([key not in answered for key in keys], index=asked.index, dtype="bool")]
    alone = planned(alone)
    return alone.assign(debtor=OFFICE, owed_kind=NOBODY)


def _who(rows: pd.DataFrame) -> list[tuple[str, int]]:
    return [(str(who), int(year)) for who, year in zip(rows["reporter"], rows["calendar_year"], strict=True)]


# Execution added up by task and by executor, and plan against fact of every school that answers for measures.

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
    mine = duty_table([one for one in duties if one.reporter in logins])
    joined = mine.merge(plan[[*KEY, *OF_PLAN]], on=KEY).merge(facts, on=BY, how="left")
    joined = joined.rename(columns={"reporter": "school_login"})
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
