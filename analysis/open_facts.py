"""What the facts leave open beyond any one file: who has not reported, who is not asked, whose numbers differ."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.cleaning.registry import reporter_words
from analysis.config import Collection, Report
from analysis.findings import Finding, Severity
from analysis.indicators.execution import Duty

# The cell of the fact has a finding of its own, which says more than that the measure lacks a fact.
NAMED_RULES = ("value", "formula", "error_cell", "merged_cells", "blank_fact")
ASK_AGAIN = "Попросите вернуть форму; пока её нет, отчёт пишет «нет сведений», а не ноль."


def missing_reports(
    owed: Sequence[Duty], tables: Mapping[str, pd.DataFrame], findings: Sequence[Finding]
) -> list[Finding]:
    """One finding a reporter and year: which measures lack a fact and no finding names the cell."""
    reports, names = tables["reports"], school_names(tables)
    named = {(one.file, place) for one in findings if one.rule in NAMED_RULES for place in one.places}
    told = {
        (row["reporter"], row["activity_code"], row["measure_number"], row["calendar_year"])
        for row in reports.to_dict("records")
        if not pd.isna(row["fact_count"]) or (row["source_file"], row["place"]) in named
    }
    lacking: dict[tuple[int, str], list[str]] = defaultdict(list)
    for duty in owed:
        key = (duty.reporter, duty.activity_code, duty.measure_number, duty.calendar_year)
        if duty.share_count != 0 and key not in told:
            lacking[(duty.calendar_year, duty.reporter)].append(duty.activity_code)
    return [
        Finding("missing_report", Severity.ATTENTION, f"{year} год", (names.get(reporter, reporter),), "",
                f"Не сообщено по мероприятиям: {', '.join(dict.fromkeys(codes))}.", ASK_AGAIN)
        for (year, reporter), codes in sorted(lacking.items())
    ]  # fmt: skip


def unanswered_measures(executors: pd.DataFrame, collection: Collection, reporting: Sequence[Report]) -> list[Finding]:
    """Executors named first that send no form: nobody answers for their measures."""
    known, decided = {*collection.municipal, collection.schools}, {one.activity for one in reporting}
    first = executors[(executors["executor_number"] == 1) & ~executors["executor_name"].isin(known)]
    first = first[~first["activity_code"].isin(decided)]
    return [
        Finding("executor", Severity.ATTENTION, str(rows["source_file"].iloc[0]), tuple(rows["place"]), str(name),
                f"Исполнитель «{name}» назван первым, но формы не получает: за {', '.join(rows['activity_code'])} "
                "никто не отвечает.",
                "Впишите его в project.toml, [collection], или назначьте ответственного в data/reporting.toml.")
        for name, rows in first.groupby("executor_name", sort=False)
    ]  # fmt: skip


def differing_confirmations(
    owed: Sequence[Duty], reports: pd.DataFrame, plan: pd.DataFrame, names: Mapping[str, str]
) -> list[Finding]:
    """Where a co-executor reports another number than the one whose fact counts."""
    owners: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for duty in owed:
        owners[(duty.activity_code, duty.measure_number, duty.calendar_year)].add(duty.reporter)
    labels: Mapping[tuple[str, int], str] = {key: label for label, key in measures_by_label(plan).items()}
    counted: dict[tuple[str, int, int], dict[str, tuple[int, str, str]]] = defaultdict(dict)
    for row in reports[reports["fact_count"].notna()].to_dict("records"):
        key = (row["activity_code"], int(row["measure_number"]), int(row["calendar_year"]))
        counted[key][row["reporter"]] = (int(row["fact_count"]), row["source_file"], row["place"])
    found = []
    for key, by_reporter in counted.items():
        if len(owners[key]) != 1:
            continue  # the fact is a sum over schools; a co-executor's number cannot be compared with one of them
        owner = by_reporter.get(next(iter(owners[key])))
        for reporter, (count, file, place) in by_reporter.items():
            if owner is not None and reporter not in owners[key] and count != owner[0]:
                who = reporter_words(reporter, names)
                said = (
                    f"{labels[key[:2]]} за {key[2]} год: {who} сообщает {count}, а засчитан факт {owner[0]} "
                    f"({owner[1]}: {owner[2]})."
                )
                found.append(Finding("confirmation", Severity.ATTENTION, file, (place,), str(count), said, "Сверьте."))
    return found


def measures_by_label(plan: pd.DataFrame) -> dict[str, tuple[str, int]]:
    """Returns activity code and measure number by label: «4.1/2» → («4.1», 2)."""
    first = plan.drop_duplicates("measure_label")
    keys = zip(first["activity_code"], map(int, first["measure_number"]), strict=True)
    return dict(zip(first["measure_label"], keys, strict=True))


def school_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Returns the names of the schools of the registry by login."""
    schools = tables["schools"]
    return dict(zip(schools["school_login"], schools["school_name"], strict=True))
