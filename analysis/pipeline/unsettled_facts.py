"""What no single file shows: who has not reported, whose numbers differ, what people have not settled."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from analysis.cleaning.names import list_faults, look_alikes
from analysis.cleaning.registry import reporter_words, school_names
from analysis.contracts.findings import CHECK_NUMBER, WHOLE_FILE, Finding, Severity
from analysis.errors import nearest, probably_meant
from analysis.indicators.duties import duties, measures_named, municipal_unnamed, named_reporters
from analysis.indicators.execution import Duty
from analysis.indicators.plan import KEY, in_force, measures_by_label
from analysis.indicators.school_facts import supported_schools
from analysis.pipeline.plan_documents import Roadmap
from analysis.rules.config import (
    CORRECTIONS_FILE,
    PROJECT_FILE,
    REPORTING_FILE,
    Collection,
    Project,
    Report,
    Source,
    Terms,
)
from analysis.rules.office_files import (
    CALENDAR_FILE,
    FILL_IN,
    Sitting,
    load_calendar,
    no_sittings,
    school_years_of,
    sitting_stanza,
)

# What a program cannot be sure to have read rightly is confirmed by a person before anything is published.


# What no single file shows: who has not reported or is not asked, whose numbers differ, what a city has left open.

# The cell of the fact has a finding of its own, which says more than that the measure lacks a fact.
NAMED_RULES = ("value", "formula", "error_cell", "merged_cells", "blank_fact")
ASK_AGAIN = "Попросите вернуть форму; пока её нет, отчёт пишет «нет сведений», а не ноль."


@dataclass(frozen=True)
class Reported:
    """What was reported, and what was asked.

    Attributes:
        tables: The typed fact tables.
        named: The schools that the registry names, with those that it names twice.
        plan: `indicators.plan.plan_by_year`: every version.
        executors: The typed executors.
    """

    tables: Mapping[str, pd.DataFrame]
    named: pd.DataFrame
    plan: pd.DataFrame
    executors: pd.DataFrame


def unsettled_reports(
    project: Project,
    collection: Collection,
    sources: Sequence[Source],
    reporting: Sequence[Report],
    reported: Reported,
    told: Sequence[Finding],
) -> list[Finding]:
    """Returns what the reports of all together leave open.

    Args:
        project: The project.
        collection: Who reports.
        sources: All received files.
        reporting: Recorded shares.
        reported: What was reported, and what was asked.
        told: The findings about the workbooks themselves.
    """
    tables, plan, executors = reported.tables, reported.plan, reported.executors
    reports, by_name = tables["reports"], {**tables, "schools": reported.named}
    owed = duties(in_force(plan), executors, tables["school_status"], collection, reporting)
    return [
        *missing_reports(_due(owed, sources, project, collection), tables, told),
        *differing_confirmations(owed, reports, plan, school_names(by_name), reporting),
        *unasked_reports(by_name, plan, executors, collection, reporting),
        *percentages_alone(reports, plan),
        *by_earlier_numbers(reports, plan, project),
    ]


def _due(owed: Sequence[Duty], sources: Sequence[Source], project: Project, collection: Collection) -> list[Duty]:
    """The duties whose cutoff has come by the day of the newest file; for the others there is time yet."""
    day = max(source.received for source in sources)
    due = {year for year in project.editions if collection.cutoff(year) <= day}
    return [duty for duty in owed if duty.calendar_year in due]


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


def executor_faults(roadmap: Roadmap, collection: Collection, reporting: Sequence[Report]) -> list[Finding]:
    """Returns the entries of the office about executors that decide nothing."""
    faults = undecided_reports(reporting, roadmap.tables["measures"], collection)
    return [*faults, *(list_faults(roadmap.executors, collection) if roadmap.is_clear else ())]


def asked_of_executors(
    roadmap: Roadmap, collection: Collection, reporting: Sequence[Report], terms: Terms
) -> list[Finding]:
    """Returns what the office is to say of the executors before forms go out; nothing while the text has faults."""
    executors = roadmap.tables["executors"]
    if not roadmap.is_clear:
        return []
    return [
        *look_alikes(executors, collection, terms.abbreviations),
        *unanswered_measures(executors, collection, reporting),
        *unnamed_reporters(executors, collection, reporting),
    ]


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
        for (_, name), rows in first.groupby(["source_file", "executor_name"], sort=False)
    ]  # fmt: skip


def unnamed_reporters(executors: pd.DataFrame, collection: Collection, reporting: Sequence[Report]) -> list[Finding]:
    """Names of [collection] that stand nowhere in the roadmap: nobody of that name is asked for anything."""
    named = ", ".join(f"«{name}»" for name in dict.fromkeys(executors["executor_name"]))
    whom = f"Она называет: {named}." if named else "Исполнителей она не называет вовсе."
    unnamed = [("municipal", name) for name in municipal_unnamed(executors, collection, reporting)]
    if collection.schools not in named_reporters(executors, reporting):
        unnamed.append(("schools", collection.schools))
    return [
        Finding("collection", Severity.ATTENTION, PROJECT_FILE, (f"[collection], ключ {key}",), name,
                f"«Дорожная карта» не называет исполнителя «{name}», и спросить его не о чем. {whom}",
                "Впишите имя так, как его пишет документ; лишнее имя уберите.")
        for key, name in unnamed
    ]  # fmt: skip


def unasked_reports(
    tables: Mapping[str, pd.DataFrame],
    plan: pd.DataFrame,
    executors: pd.DataFrame,
    collection: Collection,
    reporting: Sequence[Report],
) -> list[Finding]:
    """Facts about measures that the form of their reporter does not ask for: perhaps a number was changed.

    A measure that a version of the document in force earlier asked for is kept, and only named.
    """
    found: list[Finding] = []
    reports, names, status = tables["reports"], school_names(tables), tables["school_status"]
    labels: Mapping[tuple[str, int], str] = {key: label for label, key in measures_by_label(plan).items()}
    supported = {year: supported_schools(status, int(year)) for year in reports["calendar_year"].unique()}

    @cache
    def in_force_in(year: int) -> set[tuple[str, int]]:
        return set(measures_by_label(in_force(plan[plan["calendar_year"] == year])).values())

    @cache
    def asked(year: int, reporter: str) -> set[tuple[str, int]]:
        rows = in_force(plan[plan["calendar_year"] == year])
        mine = measures_named(rows, executors, status, collection, reporting, reporter)
        return set(zip(mine["activity_code"], map(int, mine["measure_number"]), strict=True))

    for (reporter, year), rows in reports[reports["fact_count"].notna()].groupby(["reporter", "calendar_year"]):
        # All supported schools are asked for the same.
        keys = asked(year, supported[year][0] if reporter in supported[year] else reporter)
        keyed = [((row["activity_code"], int(row["measure_number"])), row) for row in rows.to_dict("records")]
        who, there = reporter_words(str(reporter), names), in_force_in(int(str(year)))
        found += [_unasked(row, labels[key], who, key not in there) for key, row in keyed if key not in keys]
    return found


def _unasked(row: Mapping[Any, Any], label: str, who: str, dropped: bool) -> Finding:
    file, place, fact = row["source_file"], (row["place"],), str(row["fact_count"])
    if dropped:
        said = f"Показателя {label} в плане этого года больше нет: документ изменён. Сообщённое сохранено и показано."
        action = f"Ничего; если показатель только перенесён, скажите об этом в {CORRECTIONS_FILE}: [[same_measure]]."
        return Finding("plan_version", Severity.NOTE, file, place, fact, said, action)
    said = f"Показателя {label} форма «{who}» не спрашивает. Не изменён ли номер в строке?"
    return Finding("measure_label", Severity.ATTENTION, file, place, fact, said, CHECK_NUMBER)


@dataclass(frozen=True)
class _Fact:
    """What one reporter says of a measure and year, and where."""

    reporter: str
    count: int
    file: str
    place: str


def differing_confirmations(
    owed: Sequence[Duty],
    reports: pd.DataFrame,
    plan: pd.DataFrame,
    names: Mapping[str, str],
    reporting: Sequence[Report] = (),
) -> list[Finding]:
    """Where two who count the same thing report different numbers.

    A co-executor of the city counts what the city does. A school's own number is a part of the city's, no other
    version of it: only where an entry gives each school its share is the sum of all schools compared with the city's.
    """
    owners: dict[tuple[str, int, int], dict[str, None]] = defaultdict(dict)
    for duty in owed:
        owners[(duty.activity_code, duty.measure_number, duty.calendar_year)][duty.reporter] = None
    labels = {key: label for label, key in measures_by_label(plan).items()}
    shared = {(one.activity, one.measure) for one in reporting if one.unit == "school"}
    found = []
    for key, told in _facts(reports).items():
        of_city = [fact for fact in told.values() if fact.reporter not in names]
        counting = [told.get(owner) for owner in owners[key]]
        facts = [fact for fact in counting if fact is not None]
        if len(facts) < len(counting) or not facts:
            continue  # of a part nothing can be said
        if key[:2] in shared:
            against = _schools_words(facts, names)
        elif facts[0].reporter not in names:
            against = f"засчитан факт {facts[0].count} ({facts[0].file}: {facts[0].place})"
        else:
            continue
        total = sum(fact.count for fact in facts)
        about = f"{labels[key[:2]]} за {key[2]} год"
        found += [_differs(about, fact, against) for fact in of_city if fact not in facts and fact.count != total]
    return found


def percentages_alone(reports: pd.DataFrame, plan: pd.DataFrame) -> list[Finding]:
    """Shares that several reporters gave as one number: of how many is not said, and percentages do not add up."""
    shares = in_force(plan)[lambda rows: rows["measure_kind"] == "share"]
    alone = reports[reports["fact_count"].notna() & reports["whole_count"].isna()]
    alone = alone.merge(shares[[*KEY, "calendar_year", "measure_label"]])
    return [
        Finding(
            "share", Severity.ATTENTION, str(rows["source_file"].iloc[0]),
            tuple(rows["source_file"].str.rpartition("/")[2] + ": " + rows["place"]),
            "; ".join(map(str, rows["fact_count"])),
            f"Показатель {label}, {year} год: долю сообщили одним числом ({len(rows)}), из скольких — не сказано. "
            "Доли не складываются, и общая не посчитана.",
            "Разошлите новые формы (analysis forms): они спрашивают оба числа.",
        )
        for (label, year), rows in alone.groupby(["measure_label", "calendar_year"], sort=False)
        if rows["reporter"].nunique() > 1
    ]  # fmt: skip


def _facts(reports: pd.DataFrame) -> Mapping[tuple[str, int, int], dict[str, _Fact]]:
    """What was reported of each measure and year, by reporter."""
    found: dict[tuple[str, int, int], dict[str, _Fact]] = defaultdict(dict)
    for row in reports[reports["fact_count"].notna()].to_dict("records"):
        key = (row["activity_code"], int(row["measure_number"]), int(row["calendar_year"]))
        found[key][row["reporter"]] = _Fact(row["reporter"], int(row["fact_count"]), row["source_file"], row["place"])
    return found


def _schools_words(facts: Sequence[_Fact], names: Mapping[str, str]) -> str:
    each = ", ".join(f"{names[fact.reporter]} — {fact.count}" for fact in facts)
    return f"школы, у каждой из которых своя доля, вместе — {sum(fact.count for fact in facts)} ({each})"


def _differs(about: str, fact: _Fact, against: str) -> Finding:
    said = f"{about}: {fact.reporter} сообщает {fact.count}, а {against}."
    return Finding("confirmation", Severity.ATTENTION, fact.file, (fact.place,), str(fact.count), said, "Сверьте.")


def by_earlier_numbers(reports: pd.DataFrame, every_version: pd.DataFrame, project: Project) -> list[Finding]:
    """Facts under a number that meant another measure earlier in that year: nobody knows by which version."""
    meant = every_version.groupby(["activity_code", "measure_number"])["measure_identity"].nunique()
    changed = {(one.since.year, one.file) for one in project.versions if one.since}
    years = {year for year, _ in changed}
    rows = reports[reports["calendar_year"].isin(years) & reports["fact_count"].notna()]
    said = "В этом году документ изменён, и под этим номером стоял другой показатель. Факт отнесён к новому."
    return [
        Finding("plan_version", Severity.ATTENTION, row["source_file"], (row["place"],), str(row["fact_count"]), said,
                "Сверьте, по какой редакции заполнена форма; если по прежней, запишите исправление.")
        for row in rows.to_dict("records")
        if meant.get((row["activity_code"], row["measure_number"]), 1) > 1
    ]  # fmt: skip


def undecided_reports(reporting: Sequence[Report], measures: pd.DataFrame, collection: Collection) -> list[Finding]:
    """Returns a finding for each faulty entry. Without it, the first executor of the roadmap would silently answer.

    Args:
        reporting: The entries, in the order of the file.
        measures: The typed measures of the roadmap.
        collection: Who reports.
    """
    keys = set(zip(measures["activity_code"], map(int, measures["measure_number"]), strict=True))
    return [
        Finding("rules", Severity.BLOCKS, REPORTING_FILE, (f"[[report]] № {number}",), value, said, action)
        for number, one in enumerate(reporting, start=1)
        for value, said, action in _faults(one, keys, collection)
    ]


def _faults(one: Report, keys: set[tuple[str, int]], collection: Collection) -> Iterator[tuple[str, str, str]]:
    if (one.activity, one.measure) not in keys:
        said = f"Такого мероприятия или показателя в «дорожной карте» нет, и запись ничего не решает.{_near(one, keys)}"
        yield f"{one.activity}, показатель {one.measure}", said, "Исправьте activity и measure или удалите запись."
    allowed = (collection.schools,) if one.unit == "school" else (*collection.municipal, collection.schools)
    for reporter in one.reporters:
        if reporter not in allowed:
            meant = probably_meant(nearest(reporter, allowed))
            said = f'При unit = "{one.unit}" отчитывается одно из: {", ".join(allowed)}.{meant}'
            yield str(reporter), said, "Исправьте reporters; имена — как в project.toml, раздел [collection]."


def _near(one: Report, keys: set[tuple[str, int]]) -> str:
    own = sorted(number for activity, number in keys if activity == one.activity)
    if own:
        return f" У мероприятия {one.activity} показатели: {', '.join(map(str, own))}."
    near = nearest(one.activity, sorted({activity for activity, _ in keys}))
    return f' Вероятно, имелось в виду activity = "{near[0]}".' if near else ""


def undecided(project: Project, tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns what to decide before forms go out; nothing of it stops the build.

    Args:
        project: The project.
        tables: The typed tables; those of a registry where there is one.
    """
    found: list[Finding] = []
    if (project.root / CALENDAR_FILE).is_file():
        found += _years_without_sittings(load_calendar(project.root), project.editions)
    if "school_status" in tables:
        found += _years_without_report(tables["school_status"], project.editions)
    return found


def _years_without_sittings(calendar: Sequence[Sitting], editions: Sequence[int]) -> Iterator[Finding]:
    """A finding for each year; the entry to paste stands in the first, or three of them would hide all else."""
    unknown = [year for year in editions if no_sittings(calendar, year)]
    for year in unknown:
        first = year == unknown[0]
        yield Finding(
            "calendar",
            Severity.ATTENTION,
            CALENDAR_FILE,
            (WHOLE_FILE,),
            "",
            no_sittings(calendar, year),
            FILL_IN if first else f"Допишите и их; образец печатает analysis forms {year}.",
            sitting_stanza(year) if first else "",
        )


def _years_without_report(status: pd.DataFrame, editions: Sequence[int]) -> Iterator[Finding]:
    reported = {one for year in editions for one in school_years_of(year)}
    strange = status[~status["school_year"].isin(reported)]
    for (file, school_year), rows in strange.groupby(["source_file", "school_year"], sort=False):
        yield Finding(
            "other_edition",
            Severity.ATTENTION,
            str(file),
            tuple(rows["place"]),
            str(school_year),
            f"Статусы за {school_year} учебный год ни к одному отчёту не относятся: отчёты выходят за "
            f"{', '.join(map(str, editions))}.",
            "Если это описка, исправьте реестр и примите его заново: analysis receive; иначе ничего.",
        )
