"""Who answers for which measure in which year: whose fact counts, who only confirms, who must still report."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.indicators.execution import Duty
from analysis.rules.config import Collection, Report
from analysis.rules.exam_calendar import school_years_of


def supported_schools(status: pd.DataFrame, calendar_year: int) -> list[str]:
    """Returns the logins of schools supported in either school year that a calendar year touches.

    A school that became part of another is none of them once it no longer reports by itself.
    """
    rows = status[status["school_year"].isin(school_years_of(calendar_year)) & (status["status"] != "нет")]
    if "last_report_year" in rows:
        rows = rows[(rows["last_report_year"] >= calendar_year).fillna(True)]
    return sorted(rows["school_login"].unique())


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
    first = executors[executors["executor_number"] == 1].set_index("activity_code")["executor_name"].to_dict()
    found = []
    for row in plan.to_dict("records"):
        code, number, year = row["activity_code"], int(row["measure_number"]), int(row["calendar_year"])
        entry = decided.get((code, number))
        target = None if pd.isna(row["target_count"]) else int(row["target_count"])
        for reporter, share in _reporters(entry, first.get(code), target, status, collection, year):
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
    named = set(executors.loc[executors["executor_name"] == named_as, "activity_code"])
    given = {(one.activity, one.measure) for one in reporting if named_as in one.reporters}
    keys = zip(rows["activity_code"], rows["measure_number"], strict=True)
    mine = rows[[code in named or (code, int(number)) in given for code, number in keys]]
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
    status: pd.DataFrame,
    collection: Collection,
    calendar_year: int,
) -> list[tuple[str, int | None]]:
    if entry is not None and entry.unit == "city":
        return [(entry.reporters[0], target)]
    if entry is not None:
        return [(login, entry.share) for login in supported_schools(status, calendar_year)]
    if first in collection.municipal:
        return [(str(first), target)]
    if first == collection.schools:
        return [(login, None) for login in supported_schools(status, calendar_year)]
    return []
