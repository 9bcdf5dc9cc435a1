"""What is to be said of the facts themselves: how complete they are, findings by rule, what is set aside, a log."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.facts import COUNTED, FORM_LINES, LATE, RESULT_ORIGINS, SCHOOL_FACT_TABLES, lines_asked
from analysis.contracts.findings import OF_SETTINGS, RULE_TITLES, WHOLE_FILE, Severity
from analysis.contracts.report import (
    ASIDE,
    EXECUTION,
    EXPORT,
    FORM,
    NOTHING,
    PARTLY,
    RESULTS,
    SHEET_KINDS,
    THERE,
    TOO_LATE,
    AsideLines,
    AskedLines,
    Completeness,
    DataLog,
    FindingCounts,
    GivenLines,
    ReporterCompleteness,
    SetAsideCounts,
)
from analysis.indicators.duties import duties, municipal_unnamed, reporting_schools
from analysis.indicators.execution import Duty
from analysis.indicators.plan import asked, in_force
from analysis.rules.config import Collection, Report, Source
from analysis.rules.office_files import Sitting
from analysis.rules.written import GREEN, RED, YELLOW

# How complete the facts are: who was asked for what, who sent it, what is set aside. A missing return is no zero.

Tables = Mapping[str, pd.DataFrame]

BY = ["calendar_year", "reporter", "fact_kind"]
UNCLEAR = ", чьи именно, не ясно"
# A part of a procedure that is put off to another wave is the same line: nobody sits it twice.
RESULT_LINE = ["procedure", "subject", "programme_grade"]


def asked_lines(
    tables: Tables, plan: pd.DataFrame, duties: Sequence[Duty], collection: Collection, sittings: Sequence[Sitting]
) -> pd.DataFrame:
    """Returns every line that the forms of all years ask for.

    A measure with a target of zero, or a share of zero, is not asked for.

    Returns:
        calendar_year, reporter, fact_kind, line; a blank line stands for a sheet whose lines the school names itself.
    """
    years = sorted({int(year) for year in plan["calendar_year"]})
    schools = {year: list(reporting_schools(tables, year)["school_login"]) for year in years}
    rows = [_Asked(year, who, FORM, FORM) for year in years for who in (*collection.municipal, *schools[year])]
    rows += _asked_measures(plan, duties)
    for year in years:
        lines = list(_sheet_lines(tables, year, collection, sittings))
        rows += [_Asked(year, school, kind, line) for school in schools[year] for kind, line in lines]
    return shaped(pd.DataFrame(rows, columns=_Asked._fields), AskedLines)


class _Asked(NamedTuple):
    """A line that a form asks for."""

    calendar_year: int
    reporter: str
    fact_kind: str
    line: str | None


def given_lines(tables: Tables) -> pd.DataFrame:
    """Returns every line that was given in time and entered a table.

    Returns:
        calendar_year, reporter, fact_kind, line, source_file, place.
    """
    forms = tables["received_forms"]
    reports = tables["reports"][tables["reports"]["fact_count"].notna()]
    counted = forms[forms["form_state"] == COUNTED]
    parts = [
        counted.assign(fact_kind=FORM, line=FORM, place=WHOLE_FILE),
        reports.assign(fact_kind=EXECUTION, line=_joined(reports, ["activity_code", "measure_number"])),
    ]
    for name, (kind, key) in SHEET_KINDS.items():
        rows = tables.get(name, pd.DataFrame())
        if len(rows):
            parts.append(rows.assign(reporter=rows["school_login"], fact_kind=kind, line=_joined(rows, key)))
    results = tables.get("results", pd.DataFrame())
    if len(results):
        kinds = RESULTS + ": " + results["procedure"]
        parts.append(
            results.assign(reporter=results["school_login"], fact_kind=kinds, line=_joined(results, RESULT_LINE))
        )
    return pd.concat([shaped(part, GivenLines) for part in parts], ignore_index=True)


def exports_given(given: pd.DataFrame, forms: pd.DataFrame) -> pd.DataFrame:
    """Returns the lines that exports gave, under the kind in which they are counted without regard to who was asked."""
    rows = given[given["fact_kind"].str.startswith(RESULTS) & ~given["source_file"].isin(list(forms["source_file"]))]
    return rows.assign(fact_kind=rows["fact_kind"].str.replace(RESULTS, EXPORT))


def set_aside_lines(tables: Tables) -> pd.DataFrame:
    """Returns the rows of the quarantine with their kind; of results the procedure is not always known.

    A row of an export is no fault of the school that it speaks of, so it has a kind of its own.

    Returns:
        calendar_year, reporter (blank where the school is unknown), fact_kind, why, source_file, place.
    """
    rows = tables.get("quarantine", pd.DataFrame())
    if rows.empty:
        return typed_table(AsideLines)
    forms = set(tables["received_forms"]["source_file"])
    kinds = {name: kind for name, (kind, _) in SHEET_KINDS.items()}
    known = [
        kinds.get(table) or (RESULTS if file in forms else EXPORT) + ("" if pd.isna(procedure) else f": {procedure}")
        for table, file, procedure in zip(rows["table_name"], rows["source_file"], rows["procedure"], strict=True)
    ]
    return rows.assign(reporter=rows["school_login"], fact_kind=pd.Series(known, index=rows.index, dtype="str"))


def reporter_completeness(
    asked: pd.DataFrame, given: pd.DataFrame, aside: pd.DataFrame, forms: pd.DataFrame, received: Mapping[str, date]
) -> pd.DataFrame:
    """Returns how complete the facts of each reporter, year and kind are.

    Args:
        asked: `asked_lines`.
        given: `given_lines`.
        aside: `set_aside_lines`.
        forms: The typed table `received_forms`.
        received: The day on which each file was received.

    Returns:
        The columns of contracts.report.ReporterCompleteness, in the order of `asked`.
    """
    wanted = asked.groupby(BY, sort=False)["line"].agg(["size", "count"]).reset_index()
    filled = given.drop_duplicates([*BY, "line"]).merge(asked.dropna(subset="line"), on=[*BY, "line"])
    counts = {
        "row_count": given.groupby(BY).size(),
        "filled": filled.groupby(BY).size(),
        "set_aside_row_count": aside.groupby(BY).size(),
    }
    rows = wanted
    for name, count in counts.items():
        rows = rows.merge(count.rename(name).reset_index(), on=BY, how="left")
        rows[name] = rows[name].fillna(0).astype("int64")
    rows = rows.merge(_last_days(given, aside, received), on=BY, how="left")
    asked_count = rows["count"].where(rows["count"] > 0).astype("Int64")
    rows = rows.assign(asked_row_count=asked_count, missing_row_count=asked_count - rows["filled"])
    return shaped(rows.assign(completeness=_words(rows, aside, forms)), ReporterCompleteness)


def completeness(
    by_reporter: pd.DataFrame, results: pd.DataFrame, aside: pd.DataFrame, received: Mapping[str, date]
) -> pd.DataFrame:
    """Returns how complete the facts of each year and kind are; then what exports brought and what has no kind.

    Args:
        by_reporter: `reporter_completeness`.
        results: The typed table `results`; without rows where no sheet or export of it is there.
        aside: `set_aside_lines`.
        received: The day on which each file was received.

    Returns:
        The columns of contracts.report.Completeness. From how many schools an export should come nobody has
        established: there the counts of those asked are blank.
    """
    state = by_reporter["completeness"]
    counted = by_reporter.assign(
        asked=1, sent=state.isin([THERE, PARTLY, ASIDE]).astype("int64"), complete=(state == THERE).astype("int64")
    )
    sums = counted.groupby(["calendar_year", "fact_kind"], sort=False).agg(
        asked_reporter_count=("asked", "sum"),
        sent_reporter_count=("sent", "sum"),
        complete_reporter_count=("complete", "sum"),
        row_count=("row_count", "sum"),
        set_aside_row_count=("set_aside_row_count", "sum"),
        received_date=("received_date", "max"),
    )
    share = (sums["complete_reporter_count"] / sums["asked_reporter_count"] * 100).where(
        sums["sent_reporter_count"] > 0
    )
    parts = [
        sums.assign(complete_share=share.round(1)).reset_index(),
        _exports(results, aside, received),
        _unasked(by_reporter, aside, received),
    ]
    return pd.concat([shaped(part, Completeness) for part in parts if len(part)], ignore_index=True)


def _asked_measures(plan: pd.DataFrame, duties: Sequence[Duty]) -> list[_Asked]:
    rows = asked(plan)
    keys = set(zip(rows["activity_code"], rows["measure_number"], rows["calendar_year"], strict=True))
    return [
        _Asked(one.calendar_year, one.reporter, EXECUTION, f"{one.activity_code}|{one.measure_number}")
        for one in duties
        if one.share_count != 0 and (one.activity_code, one.measure_number, one.calendar_year) in keys
    ]


def _sheet_lines(
    tables: Tables, calendar_year: int, collection: Collection, sittings: Sequence[Sitting]
) -> Iterator[tuple[str, str | None]]:
    """Kind and line of what a school's form of a year asks for, of the sheets whose tables are there."""
    listed = {"deficits": collection.competences, "self_assessment": collection.self_assessment_criteria}
    for name in FORM_LINES:
        if name in tables:
            yield from ((SHEET_KINDS[name][0], line) for line in lines_asked(name, calendar_year))
    if "results" in tables:
        yield from dict.fromkeys(
            (f"{RESULTS}: {one.procedure}", f"{one.procedure}|{subject}|{grade}")
            for one in sittings
            if one.calendar_year == calendar_year
            for subject in one.form_subjects
            for grade in one.grades.get(subject, ())
        )
    for name in ("deficits", "self_assessment", "contests"):
        if name in tables:
            yield from ((SHEET_KINDS[name][0], line) for line in listed.get(name) or (None,))


def _words(rows: pd.DataFrame, aside: pd.DataFrame, forms: pd.DataFrame) -> "np.ndarray[tuple[int], np.dtype[np.str_]]":
    """The word of each row. A row of results set aside without its procedure may belong to any that has no rows."""
    kinds = aside["fact_kind"].str.replace(EXPORT, RESULTS)
    unclear = {(*who, kind) for who, kind in zip(_who(aside), kinds, strict=True)}
    may_be_aside = np.array(
        [
            kind.startswith(RESULTS) and ((*who, kind) in unclear or (*who, RESULTS) in unclear)
            for who, kind in zip(_who(rows), rows["fact_kind"], strict=True)
        ],
        bool,
    )
    late = set(_who(forms[forms["form_state"] == LATE]))
    none, lacks = rows["row_count"] == 0, rows["filled"] < rows["count"]
    came_late = np.array([key in late for key in _who(rows)], bool)
    return np.select(
        [none & ((rows["set_aside_row_count"] > 0) | may_be_aside), none & came_late, none],
        [ASIDE, TOO_LATE, NOTHING],
        np.where(lacks | (rows["set_aside_row_count"] > 0), PARTLY, THERE),
    )


def _last_days(given: pd.DataFrame, aside: pd.DataFrame, received: Mapping[str, date]) -> pd.DataFrame:
    both = pd.concat([given[[*BY, "source_file"]], aside[[*BY, "source_file"]].astype({"reporter": "str"})])
    days = both.assign(received_date=_days(both["source_file"], received))
    return days.groupby(BY)["received_date"].max().reset_index()


def _exports(results: pd.DataFrame, aside: pd.DataFrame, received: Mapping[str, date]) -> pd.DataFrame:
    """What came from exports, by procedure: rows that entered and rows set aside."""
    aside = aside[aside["fact_kind"].str.startswith(EXPORT)].assign(entered=0)
    parts = [aside.assign(school=None)]
    if len(results):
        came = results[results["origin"] == RESULT_ORIGINS[1]]
        parts.append(came.assign(fact_kind=f"{EXPORT}: " + came["procedure"], school=came["school_login"], entered=1))
    rows = pd.concat([part[["calendar_year", "fact_kind", "school", "source_file", "entered"]] for part in parts])
    rows = rows.assign(aside=1 - rows["entered"], received_date=_days(rows["source_file"], received))
    return _summed(rows.sort_values(["calendar_year", "fact_kind"], kind="stable"))


def _unasked(by_reporter: pd.DataFrame, aside: pd.DataFrame, received: Mapping[str, date]) -> pd.DataFrame:
    """Rows of forms set aside whose procedure nobody can tell."""
    keys = by_reporter[BY].assign(is_asked=True)
    rows = aside[~aside["fact_kind"].str.startswith(EXPORT)].astype({"reporter": "str"}).merge(keys, on=BY, how="left")
    rows = rows[rows["is_asked"].isna()]
    days = _days(rows["source_file"], received)
    kinds = rows["fact_kind"] + UNCLEAR
    return _summed(rows.assign(fact_kind=kinds, received_date=days, school=None, entered=0, aside=1))


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Counts by year and kind of rows that nobody in particular was asked for."""
    groups = rows.groupby(["calendar_year", "fact_kind"], sort=False)
    return groups.agg(
        sent_reporter_count=("school", "nunique"),
        row_count=("entered", "sum"),
        set_aside_row_count=("aside", "sum"),
        received_date=("received_date", "max"),
    ).reset_index()


def _who(rows: pd.DataFrame) -> list[tuple[str, int]]:
    return list(zip(rows["reporter"], rows["calendar_year"], strict=True))


def _joined(rows: pd.DataFrame, key: Sequence[str]) -> list[str]:
    return ["|".join(map(str, values)) for values in zip(*(rows[name] for name in key), strict=True)]


def _days(files: "pd.Series[str]", received: Mapping[str, date]) -> "pd.Series[pd.Timestamp]":
    return pd.to_datetime(files.map(dict(received))).astype("datetime64[us]")


# The tables whose rows stand for what a file brought; of the signed document, its targets.
ROW_TABLES = (
    *("targets", "schools", "school_status", "reports", "evidence", "acceptance", "school_measures"),
    *(name for name in SCHOOL_FACT_TABLES if name != "quarantine"),
)
SOURCE_TITLES = {
    "roadmap": "Подписанный документ",
    "registry": "Реестр школ",
    "form": "Формы школ и исполнителей",
    "acceptance": "Решения управления о подтверждениях",
    "export": "Выгрузки систем по школам",
    "counts": "Итоги выгрузок, где строка — ученик",
}
YEAR_OF_FOLDER, YEAR_ALONE = re.compile(r"(?:^|/)(20\d\d)/"), re.compile(r"^(20\d\d) год$")


def quality_tables(
    tables: Tables,
    collection: Collection | None,
    reporting: Sequence[Report],
    sittings: Sequence[Sitting],
    sources: Sequence[Source],
    red_share: float,
) -> dict[str, pd.DataFrame]:
    """Returns the tables of contracts.report.QUALITY_TABLES; without facts only the log of the data.

    Args:
        tables: The typed tables, `plan` and `findings`.
        collection: Who reports.
        reporting: Recorded shares.
        sittings: The calendar of procedures.
        sources: Received files.
        red_share: From which share of rows set aside the data of a kind are rated red.
    """
    plan = in_force(tables["plan"])
    years = sorted({int(year) for year in plan["calendar_year"]})
    log = {"data_log": data_log(tables, sources, years, red_share)}
    if collection is None or "reports" not in tables:
        return log
    received = {one.file: one.received for one in sources}
    answering = duties(plan, tables["executors"], tables["school_status"], collection, reporting)
    unnamed = municipal_unnamed(tables["executors"], collection, reporting)
    sending = replace(collection, municipal=tuple(name for name in collection.municipal if name not in unnamed))
    asked = asked_lines(tables, plan, answering, sending, sittings)
    given, aside = given_lines(tables), set_aside_lines(tables)
    by_reporter = reporter_completeness(asked, given, aside, tables["received_forms"], received)
    return {
        "asked_lines": asked,
        "given_lines": given,
        "aside_lines": shaped(aside, AsideLines),
        "reporter_completeness": by_reporter,
        "completeness": completeness(by_reporter, tables.get("results", pd.DataFrame()), aside, received),
        "finding_counts": finding_counts(tables, sources, years),
        "set_aside_counts": set_aside_counts(aside),
        **log,
    }


def fact_findings(tables: Tables, sources: Sequence[Source], years: Sequence[int]) -> pd.DataFrame:
    """Returns the findings about the facts with the year they count in; none about the signed document or settings.

    One about a file of no year stands in every year.

    Returns:
        The columns of the findings, and calendar_year.
    """
    of_files = years_of_files(tables)
    documents = {one.file for one in sources if one.kind == "roadmap"}
    listed = tables["findings"]
    found = listed[~listed["source_file"].isin(list(documents)) & ~listed["rule"].isin(OF_SETTINGS)]
    counted_in = [list(years_of(file, of_files, years)) for file in found["source_file"]]
    found = found.assign(calendar_year=pd.Series(counted_in, index=found.index, dtype="object"))
    return found.explode("calendar_year").dropna(subset="calendar_year")


def finding_counts(tables: Tables, sources: Sequence[Source], years: Sequence[int]) -> pd.DataFrame:
    """Returns how many findings about the facts of each year there are by rule and weight (`fact_findings`)."""
    found = fact_findings(tables, sources, years)
    counts = found[["calendar_year", "rule", "severity"]].value_counts(sort=False)
    order = {"severity": [str(one) for one in Severity], "rule": list(RULE_TITLES)}
    counted = counts.rename("finding_count").reset_index()
    placed = counted.assign(**{name: counted[name].map(places.index) for name, places in order.items()})
    counted = counted.loc[placed.sort_values(["calendar_year", "severity", "rule"]).index]
    return shaped(counted.assign(rule_title=counted["rule"].map(RULE_TITLES)), FindingCounts)


def set_aside_counts(aside: pd.DataFrame) -> pd.DataFrame:
    """Returns how many rows of each year and kind are set aside (`set_aside_lines`) for which reason."""
    counts = aside.groupby(["calendar_year", "fact_kind", "why"], sort=False).size()
    return shaped(counts.rename("set_aside_row_count").reset_index(), SetAsideCounts)


def data_log(tables: Tables, sources: Sequence[Source], years: Sequence[int], red_share: float) -> pd.DataFrame:
    """Returns a row for each year and kind of received files, with a rating that follows from the numbers in it."""
    groups, findings = files_of_kinds(tables, sources, years), tables["findings"]
    attention = findings.loc[findings["severity"] == str(Severity.ATTENTION), "source_file"]
    counts = (_row_counts(tables, ROW_TABLES), _row_counts(tables, ["quarantine"]), Counter(attention.tolist()))
    rows = [
        _log_row(year, kind, groups[(year, kind)], counts, red_share)
        for year in years
        for kind in SOURCE_TITLES
        if groups.get((year, kind))
    ]
    return shaped(pd.DataFrame(rows), DataLog)


def files_of_kinds(
    tables: Tables, sources: Sequence[Source], years: Sequence[int]
) -> Mapping[tuple[int, str], list[Source]]:
    """Returns the files that the log of the data counts, by year and kind.

    Of registries and exports only the one in force counts; of forms every version, for each was work to somebody.
    A file of no year (the signed document, the registry) stands in the log of every year.
    """
    of_files = years_of_files(tables)
    replaced = {one.replaces for one in sources if one.replaces}
    groups: dict[tuple[int, str], list[Source]] = defaultdict(list)
    for source in sources:
        for year in years_of(source.file, of_files, years):
            if source.kind == "form" or source.file not in replaced:
                groups[(year, source.kind)].append(source)
    return groups


def rating(row_count: int, set_aside_row_count: int, attention_count: int, red_share: float) -> str:
    """Returns red where nothing entered or too much is set aside, green where nothing is to be said, else yellow."""
    whole = row_count + set_aside_row_count
    if not row_count or set_aside_row_count >= red_share * whole:
        return RED
    return YELLOW if set_aside_row_count or attention_count else GREEN


def years_of_files(tables: Tables) -> dict[str, set[int]]:
    """Returns the years of which each file of facts speaks, by what was read from it."""
    found: dict[str, set[int]] = defaultdict(set)
    for name, rows in tables.items():
        if {"source_file", "calendar_year"} <= set(rows.columns) and name != "targets":
            for file, year in set(zip(rows["source_file"].tolist(), rows["calendar_year"].tolist(), strict=True)):
                found[str(file)].add(int(year))
    return dict(found)


def years_of(file: str, of_files: Mapping[str, set[int]], years: Sequence[int]) -> Iterator[int]:
    """Yields the years of a file: what was read from it, else its folder, else all years."""
    named = YEAR_OF_FOLDER.search(file) or YEAR_ALONE.match(file)
    known = of_files.get(file) or ({int(named[1])} if named else set(years))
    yield from (year for year in years if year in known)


def _log_row(
    calendar_year: int, kind: str, sources: Sequence[Source], counts: Sequence[Counter[Any]], red_share: float
) -> dict[str, Any]:
    files = [one.file for one in sources]
    entered, set_aside, told = counts
    rows, aside = (sum(one[file, calendar_year] + one[file, None] for file in files) for one in (entered, set_aside))
    attention = sum(told[file] for file in files)
    return {
        "calendar_year": calendar_year,
        "source_title": SOURCE_TITLES[kind],
        "file_count": len(files),
        "origin": "; ".join(dict.fromkeys(one.origin for one in sources)),
        "received_date": pd.Timestamp(max(one.received for one in sources)),
        "row_count": rows,
        "set_aside_row_count": aside,
        "attention_count": attention,
        "data_rating": rating(rows, aside, attention, red_share),
    }


def _row_counts(tables: Tables, names: Sequence[str]) -> Counter[tuple[str, int | None]]:
    """Rows of some tables by file and year; no year where a table has none. A report without a fact is no row."""
    found: Counter[tuple[str, int | None]] = Counter()
    for rows in (tables[name] for name in names if name in tables and len(tables[name])):
        given = rows[rows["fact_count"].notna()] if "fact_count" in rows else rows
        years = given["calendar_year"].tolist() if "calendar_year" in given else [None] * len(given)
        found.update(zip(given["source_file"].tolist(), years, strict=True))
    return found
