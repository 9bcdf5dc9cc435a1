"""Plan against fact: what was reported, documented and accepted, with bounds where a report is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.contracts.columns import columns_of, pandas_types, shaped
from analysis.contracts.execution import (
    CONFIRMS,
    COUNTS,
    DONE,
    NO_PLAN,
    NO_REPORT,
    NOT_DONE,
    NOT_DUE,
    NOT_PLANNED,
    PARTLY,
    UNDER_REVIEW,
    UNDOCUMENTED,
    Duties,
    PlanFact,
)
from analysis.indicators.plan import NOTHING_PLANNED, added_to_date
from analysis.rules.config import REPORTING_FILE, Report

KEY = ["activity_code", "measure_number", "calendar_year"]
NAMED_FIRST = f"без записи в {REPORTING_FILE}: засчитан названный первым"
ACCEPTED, RETURNED, WAITING = "принято", "возвращено", "не рассмотрено"


@dataclass(frozen=True)
class Duty:
    """Who answers for a measure in a year.

    Attributes:
        activity_code: The activity.
        measure_number: The measure inside it.
        calendar_year: The year.
        reporter: Whose fact counts: a municipal reporter or a school login.
        share_count: What this reporter is to do; None where no document says so.
    """

    activity_code: str
    measure_number: int
    calendar_year: int
    reporter: str
    share_count: int | None


def duty_table(duties: Sequence[Duty]) -> pd.DataFrame:
    """The duties as rows, with the names of their fields as columns."""
    rows = pd.DataFrame([vars(one) for one in duties], columns=[*KEY, "reporter", "share_count"])
    return rows.astype({name: kind for name, kind in pandas_types(Duties).items() if name in rows})


def accepted_evidence(evidence: pd.DataFrame, acceptance: pd.DataFrame) -> pd.DataFrame:
    """Returns the evidence with its verdict; no row of acceptance means «не рассмотрено».

    An acceptance lapses when the evidence changes, because the changed evidence has another id.
    """
    verdicts = evidence.merge(acceptance[["evidence_id", "verdict"]], on="evidence_id", how="left")
    return verdicts.assign(verdict=verdicts["verdict"].fillna(WAITING))


def facts_by_reporter(reports: pd.DataFrame, evidence: pd.DataFrame, acceptance: pd.DataFrame) -> pd.DataFrame:
    """Returns what each reporter reported, documented and had accepted.

    A documented or accepted count never exceeds what was reported: evidence confirms a fact, it does not make one.

    Returns:
        One row a report: KEY, reporter, reported_count, documented_count, accepted_count, waiting_count,
        returned_count (these two are counts of evidence), reported_whole_count (of a share).
    """
    judged = accepted_evidence(evidence, acceptance)
    by = [*KEY, "reporter"]
    parts = judged.assign(
        documented=judged["confirmed_count"].where(judged["verdict"] != RETURNED, 0),
        accepted=judged["confirmed_count"].where(judged["verdict"] == ACCEPTED, 0),
        waiting_count=(judged["verdict"] == WAITING).astype("int64"),
        returned_count=(judged["verdict"] == RETURNED).astype("int64"),
    )
    sums = parts.groupby(by)[["documented", "accepted", "waiting_count", "returned_count"]].sum().reset_index()
    facts = reports[[*by, "fact_count", "whole_count"]].merge(sums, on=by, how="left")
    filled = {name: facts[name].fillna(0).astype("Int64") for name in ("documented", "accepted")}
    reported = facts["fact_count"]
    return pd.DataFrame(
        {
            **{name: facts[name] for name in by},
            "reported_count": reported,
            "documented_count": _smaller(filled["documented"], reported),
            "accepted_count": _smaller(filled["accepted"], reported),
            "waiting_count": facts["waiting_count"].fillna(0).astype("int64"),
            "returned_count": facts["returned_count"].fillna(0).astype("int64"),
            "reported_whole_count": facts["whole_count"],
        }
    )


def duty_rows(duties: Sequence[Duty], facts: pd.DataFrame, reporting: Sequence[Report]) -> pd.DataFrame:
    """Returns after contracts.execution.Duties who answers for what, with the facts; then those who only confirm.

    Args:
        duties: Whose facts count.
        facts: `facts_by_reporter`.
        reporting: Recorded entries about who answers.
    """
    by = [*KEY, "reporter"]
    entries = {(one.activity, one.measure): f"запись в {REPORTING_FILE}: {one.basis} ({one.who})" for one in reporting}
    basis = [entries.get((one.activity_code, one.measure_number), NAMED_FIRST) for one in duties]
    expected = duty_table(duties).assign(standing=COUNTS, basis=pd.Series(basis, dtype="str"))
    joined = expected.merge(facts, on=by, how="outer", sort=False)
    only = joined["standing"].isna()
    joined = pd.concat([joined[~only], joined[only].assign(standing=CONFIRMS, basis="")], ignore_index=True)
    return shaped(joined, Duties)


SUMS = ["reported_count", "documented_count", "accepted_count", "reported_lower_count", "reported_upper_count"]


def plan_against_fact(plan: pd.DataFrame, duties: Sequence[Duty], facts: pd.DataFrame) -> pd.DataFrame:
    """Returns plan and fact of each measure and year; a missing report is never a zero.

    Args:
        plan: `indicators.plan.plan_by_year`.
        duties: Whose facts count.
        facts: `facts_by_reporter`.

    Returns:
        The rows of the plan with: expected_reporter_count, missing_reporter_count, missing_reporters (names joined),
        reported_count, documented_count, accepted_count (blank while nobody reported), reported_lower_count and
        reported_upper_count (if those who are missing did nothing, or all they had to; the upper bound is blank where
        a missing share is not established), waiting_count, returned_count.
    """
    totals = _totals(duty_table(duties).merge(facts, on=[*KEY, "reporter"], how="left"))
    joined = plan.merge(totals, on=KEY, how="left")
    # What a share could be if those who are missing had reported, nobody can say: their wholes are not known.
    unbounded = (joined["measure_kind"] == "share") & (joined["missing_reporter_count"] > 0)
    joined["reported_upper_count"] = joined["reported_upper_count"].where(~unbounded)
    # Percentages of several reporters add up to nothing where nobody says of how many they are.
    several = joined["expected_reporter_count"] - joined["missing_reporter_count"] > 1
    unadded = (joined["measure_kind"] == "share") & several & joined["reported_whole_count"].isna()
    joined[SUMS] = joined[SUMS].mask(unadded.fillna(False).astype(bool))
    counts = [name for name in TOTAL_COLUMNS if name != "missing_reporters"]
    return joined.assign(
        **{name: joined[name].astype("Int64") for name in counts},
        missing_reporters=joined["missing_reporters"].fillna("").astype("str"),
    )


def reporter_results(duties: Sequence[Duty], facts: pd.DataFrame) -> pd.DataFrame:
    """Returns for each reporter and year over how many of its measures it reported, documented, had accepted.

    A measure counts as documented or accepted when all that was reported is.

    Returns:
        One row a year and reporter: calendar_year, reporter, expected_measure_count, reported_measure_count,
        documented_measure_count, accepted_measure_count.
    """
    rows = duty_table(duties).merge(facts, on=[*KEY, "reporter"], how="left")
    reported = rows["reported_count"].notna()
    counted = rows.assign(
        expected_measure_count=1,
        reported_measure_count=reported.astype("int64"),
        documented_measure_count=whole_of(rows, "documented_count"),
        accepted_measure_count=whole_of(rows, "accepted_count"),
    )
    return counted.groupby(["calendar_year", "reporter"], sort=False)[RESULT_COLUMNS].sum().reset_index()


RESULT_COLUMNS = [
    "expected_measure_count",
    "reported_measure_count",
    "documented_measure_count",
    "accepted_measure_count",
]
FACT_COUNTS = ["reported_count", "accepted_count", "waiting_count", "returned_count"]
TOTAL_COLUMNS = [
    "expected_reporter_count",
    "missing_reporter_count",
    "missing_reporters",
    "reported_count",
    "documented_count",
    "accepted_count",
    "reported_lower_count",
    "reported_upper_count",
    "waiting_count",
    "returned_count",
    "reported_whole_count",
]


@dataclass(frozen=True)
class Told:
    """What is known of a target at the cutoff.

    Attributes:
        reported: What was reported; None while nobody has.
        accepted: What was accepted of it; None while nobody has reported.
        waiting: Pieces of evidence that nobody has examined yet.
        returned: Pieces of evidence that were sent back.
    """

    reported: float | None
    accepted: float | None
    waiting: int
    returned: int


def told(row: Mapping[Any, Any]) -> Told:
    """What is known, from a row with reported_count, accepted_count, waiting_count and returned_count.

    Of a share both numbers of which are known the percentages; nothing where its whole is zero.
    """
    waiting, returned = (whole(row[name]) or 0 for name in ("waiting_count", "returned_count"))
    counts = [whole(row[name]) for name in ("reported_count", "accepted_count")]
    reported, accepted = [percent(one, row["reported_whole_count"]) for one in counts] if is_share(row) else counts
    return Told(reported, accepted, waiting, returned)


def is_share(row: Mapping[Any, Any]) -> bool:
    """Whether a fact is a share, with both numbers that it is made of."""
    return row.get("measure_kind") == "share" and not pd.isna(row.get("reported_whole_count"))


def percent(part: int | None, of: int) -> float | None:
    """A part in percent; None where there is none, or nothing to be a part of."""
    return None if part is None or not of else 100 * part / of


def goal_of(row: Mapping[Any, Any]) -> float | None:
    """What a fact is held against: the whole number that it must reach or may not exceed, of a share its bound."""
    bounds = [row[name] for name in ("target_low", "target_high")] if is_share(row) else []
    bounds = [float(one) for one in bounds if not pd.isna(one)]
    return bounds[-1 if at_most(row) else 0] if bounds else whole(row["target_count"])


def status(target: float | None, known: Told, deadline: date, cutoff: date, at_most: bool = False) -> str:
    """Returns the status of a target at the cutoff.

    What was reported in full without any document is neither done nor failed: it has a status of its own.

    Args:
        target: What is planned, of «at least» the bound; None where the document leaves it blank.
        known: What was reported, and what became of the evidence.
        deadline: The day on which it was due.
        cutoff: The day at which the edition looks.
        at_most: Whether the fact must not exceed the target: less is better.
    """
    if target is None:
        return NO_PLAN
    if at_most:
        return _not_exceeding(target, known, deadline, cutoff)
    if target == 0:
        return NOT_PLANNED
    if known.reported is None or known.accepted is None:
        return NO_REPORT
    if known.accepted >= target:
        return DONE
    if known.waiting:
        return UNDER_REVIEW
    if known.accepted > 0:
        return PARTLY
    if known.reported >= target and not known.returned:
        return UNDOCUMENTED
    return NOT_DONE if deadline <= cutoff else NOT_DUE


def _not_exceeding(limit: float, known: Told, deadline: date, cutoff: date) -> str:
    """The status of «не более»: what is not accepted yet may still be more."""
    if known.reported is None or known.accepted is None:
        return NO_REPORT
    if known.reported > limit:
        return NOT_DONE if deadline <= cutoff else NOT_DUE
    if known.accepted == known.reported:
        return DONE
    if known.waiting:
        return UNDER_REVIEW
    return PARTLY if known.accepted or known.returned else UNDOCUMENTED


def at_most(row: Mapping[Any, Any]) -> bool:
    """Whether a measure is met by a fact that does not exceed its target."""
    return bool(row["comparator"] == "≤" or row["better"] == "less")


def with_status(rows: pd.DataFrame, cutoffs: Mapping[int, date]) -> pd.DataFrame:
    """Returns the rows of `plan_against_fact` with the statuses of the year and of the plan to date.

    To date a flow is judged by its sums and a level by its own year; where the reading is open both statuses stand,
    and they may differ.

    Returns:
        The rows with accepted_flow_count (the accepted counts added up; blank for a level), unknown_year_count (years
        to date with a plan and without a report: the sum is a lower bound then), status (of the year), status_flow
        and status_annual (to date, in both readings).
    """
    known = rows["accepted_count"].notna()
    flows = rows["reading"] != "annual"
    owed = (rows["target_count"] > 0).fillna(False) & ~known
    counts = rows[FACT_COUNTS].fillna(0).assign(known=known.astype("int64"), owed=owed.astype("int64"))
    added = added_to_date(counts, rows)
    sums = added[FACT_COUNTS].where(added["known"] > 0, axis=0)
    unknown = added["owed"].where(flows, 0)
    year_status, flow_status = [], []
    for row, to_date, unknown_years in zip(rows.to_dict("records"), sums.to_dict("records"), unknown, strict=True):
        due = (last_day(row["calendar_year"], whole(row["deadline_month"])), cutoffs[row["calendar_year"]])
        nothing = row["target_mark"] in NOTHING_PLANNED
        year_status.append(NOT_PLANNED if nothing else status(goal_of(row), told(row), *due, at_most(row)))
        goal = whole(row["cumulative_flow_count"])
        judged = status(goal, told(to_date), *due, at_most(row)) if goal is not None else year_status[-1]
        judged = year_status[-1] if row["reading"] == "annual" else judged
        # The years that nobody reported may hold what is missing.
        flow_status.append(NO_REPORT if unknown_years and judged not in (NO_PLAN, NOT_PLANNED, DONE) else judged)
    told_of = rows.assign(
        accepted_flow_count=sums["accepted_count"].where(flows).astype("Int64"),
        unknown_year_count=unknown.astype("int64"),
        status=pd.Series(year_status, index=rows.index, dtype="str"),
        status_flow=pd.Series(flow_status, index=rows.index, dtype="str"),
        status_annual=pd.Series(year_status, index=rows.index, dtype="str"),
    )
    return told_of[list(columns_of(PlanFact))]


def _totals(rows: pd.DataFrame) -> pd.DataFrame:
    """By measure and year TOTAL_COLUMNS, from the duties with what was reported.

    What was reported is blank where nobody has; the upper bound where the share of somebody missing is not known; the
    whole of shares where somebody named only a percentage.
    """
    missing = rows["reported_count"].isna()
    some = {name: rows[name].mask(missing & (name == "reported_whole_count")).fillna(0)
            for name in TOTAL_COLUMNS if name in rows}  # fmt: skip
    parts = rows[KEY].assign(
        **some,
        expected_reporter_count=1,
        missing_reporter_count=missing.astype("int64"),
        reported_lower_count=some["reported_count"],
        reported_upper_count=some["reported_count"].where(~missing, rows["share_count"].fillna(0)),
        without_share=(missing & rows["share_count"].isna()).astype("int64"),
        without_whole=(~missing & rows["reported_whole_count"].isna()).astype("int64"),
    )
    sums = parts.groupby(KEY, sort=False).sum()
    silent = sums["missing_reporter_count"] == sums["expected_reporter_count"]
    blank = {
        **dict.fromkeys(("reported_count", "documented_count", "accepted_count"), silent),
        "reported_upper_count": sums["without_share"] > 0,
        "reported_whole_count": silent | (sums["without_whole"] > 0),
    }
    names = rows[missing].groupby(KEY, sort=False)["reporter"].agg(", ".join)
    known = {name: sums[name].astype("Int64").mask(where) for name, where in blank.items()}
    return sums.assign(**known, missing_reporters=names)[TOTAL_COLUMNS].reset_index()


def whole_of(rows: pd.DataFrame, name: str) -> "pd.Series[int]":
    """1 where all that was reported above zero is documented (or accepted)."""
    return ((rows["reported_count"] > 0) & (rows[name] == rows["reported_count"])).fillna(False).astype("int64")


def _smaller(counts: "pd.Series[int]", limit: "pd.Series[int]") -> "pd.Series[int]":
    return counts.where(counts <= limit, limit).where(limit.notna())


def whole(value: Any) -> int | None:
    """The number, or None where there is none."""
    return None if pd.isna(value) else int(value)


def last_day(calendar_year: int, month: int | None) -> date:
    """The last day of the month the document names; the end of the year where it names none."""
    end = pd.Timestamp(calendar_year, month or 12, 1) + pd.offsets.MonthEnd(0)
    return end.date()
