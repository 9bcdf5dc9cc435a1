"""What is to be said of the facts themselves: findings by rule, rows set aside by reason, a log of the data."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.contracts.columns import shaped
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.contracts.findings import OF_SETTINGS, RULE_TITLES, Severity
from analysis.contracts.report import AsideLines, DataLog, FindingCounts, SetAsideCounts
from analysis.indicators.completeness import (
    asked_lines,
    completeness,
    given_lines,
    reporter_completeness,
    set_aside_lines,
)
from analysis.indicators.duties import duties, municipal_unnamed
from analysis.indicators.plan import in_force
from analysis.rules.config import Collection, Report, Source
from analysis.rules.exam_calendar import Sitting
from analysis.rules.written import GREEN, RED, YELLOW

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
Tables = Mapping[str, pd.DataFrame]


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
    groups = files_of_kinds(tables, sources, years)
    rows = [
        _log_row(tables, year, kind, groups[(year, kind)], red_share)
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
            for file, year in rows[["source_file", "calendar_year"]].drop_duplicates().itertuples(index=False):
                found[str(file)].add(int(year))
    return dict(found)


def years_of(file: str, of_files: Mapping[str, set[int]], years: Sequence[int]) -> Iterator[int]:
    """Yields the years of a file: what was read from it, else its folder, else all years."""
    named = YEAR_OF_FOLDER.search(file) or YEAR_ALONE.match(file)
    known = of_files.get(file) or ({int(named[1])} if named else set(years))
    yield from (year for year in years if year in known)


def _log_row(
    tables: Tables, calendar_year: int, kind: str, sources: Sequence[Source], red_share: float
) -> dict[str, Any]:
    files = [one.file for one in sources]
    rows = sum(_rows_from(tables.get(name, pd.DataFrame()), files, calendar_year) for name in ROW_TABLES)
    aside = _rows_from(tables.get("quarantine", pd.DataFrame()), files, calendar_year)
    findings = tables["findings"]
    attention = findings["source_file"].isin(files) & (findings["severity"] == str(Severity.ATTENTION))
    return {
        "calendar_year": calendar_year,
        "source_title": SOURCE_TITLES[kind],
        "file_count": len(files),
        "origin": "; ".join(dict.fromkeys(one.origin for one in sources)),
        "received_date": pd.Timestamp(max(one.received for one in sources)),
        "row_count": rows,
        "set_aside_row_count": aside,
        "attention_count": int(attention.sum()),
        "data_rating": rating(rows, aside, int(attention.sum()), red_share),
    }


def _rows_from(rows: pd.DataFrame, files: Sequence[str], calendar_year: int) -> int:
    """Rows of the files; those of the year where the table has years. A report without a fact is no row."""
    if rows.empty:
        return 0
    mine = rows["source_file"].isin(files)
    if "calendar_year" in rows:
        mine &= rows["calendar_year"] == calendar_year
    if "fact_count" in rows:
        mine &= rows["fact_count"].notna()
    return int(mine.sum())
