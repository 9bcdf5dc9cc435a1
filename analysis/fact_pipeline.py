"""The facts of `check` and `build`: returned workbooks in, typed fact tables and findings out. Writes nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.cleaning.acceptance import clean_acceptance
from analysis.cleaning.corrections import Correction, apply_workbook_corrections, load_amendments
from analysis.cleaning.registry import clean_registry, reporter_words
from analysis.cleaning.returns import COLUMNS, FactRows, clean_form, fact_table
from analysis.config import RETURNED_KINDS, Collection, Project, Report, Source
from analysis.contracts.facts import COUNTED, LATE, REPLACED
from analysis.errors import AnalysisError
from analysis.export_pipeline import read_exports
from analysis.findings import Finding, Severity
from analysis.indicators.duties import duties
from analysis.indicators.execution import Duty
from analysis.intake.returns import Identity, Returned, read_returned
from analysis.intake.workbook import Workbook, read_workbook
from analysis.school_fact_pipeline import not_stopping, read_school_facts

OR_FORGET_IT = "Чтобы сборка шла без этой формы, удалите её запись из SOURCES.toml."
Reader = Callable[[bytes, str], Workbook]
# The cell of the fact has a finding of its own, which says more than that the measure lacks a fact.
NAMED_RULES = ("value", "formula", "error_cell", "blank_fact")
ASK_AGAIN = "Попросите вернуть форму; пока её нет, отчёт пишет «нет сведений», а не ноль."


@dataclass(frozen=True)
class Facts:
    """The typed fact tables (contracts.facts and contracts.school_facts describe them) and the findings."""

    tables: dict[str, pd.DataFrame]
    findings: tuple[Finding, ...]


def read_facts(
    project: Project,
    collection: Collection,
    sources: Sequence[Source],
    corrections: Sequence[Correction],
    reporting: Sequence[Report],
    plan: pd.DataFrame,
    executors: pd.DataFrame,
    read: Reader = read_workbook,
) -> Facts:
    """Reads every returned workbook that is in force; one bad file never hides the findings of the others.

    Args:
        project: The project.
        collection: Who reports.
        sources: All received files.
        corrections: Recorded corrections.
        reporting: Recorded shares.
        plan: `indicators.plan.plan_by_year`.
        executors: Typed executors.
        read: Reads a workbook; a build passes one that remembers what it has read.
    """
    findings: list[Finding] = []
    returned: dict[str, list[tuple[Source, Returned]]] = defaultdict(list)
    for source in in_force(sources):
        try:
            found, corrected = _read(project, source, corrections, read)
            returned[source.kind].append((source, found))
            findings += corrected
        except AnalysisError as error:
            findings.append(_unreadable(source, str(error)))
    rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for _, registry in returned["registry"]:
        _take(rows, findings, clean_registry(registry))
    logins = [str(row[2]) for row in rows["schools"]]
    measures = _measures(plan)
    counted, late = _acceptable(returned["form"], project, collection, logins, findings)
    for source, form in counted:
        _take(rows, findings, clean_form(form, measures, logins, source.received))
    for source, form in late:
        findings += map(not_stopping, clean_form(form, measures, logins, source.received).findings)
    known = [str(row[2]) for row in rows["evidence"]]
    for _, acceptance in sorted(returned["acceptance"], key=lambda one: one[0].received):
        _take(rows, findings, clean_acceptance(acceptance, known))
    rows["received_forms"] = _received(returned["form"], project, collection, logins)
    rows["acceptance"] = list({row[2]: row for row in rows["acceptance"]}.values())  # the latest verdict stands
    tables = {name: fact_table(name, rows[name]) for name in COLUMNS}
    owed = duties(plan, executors, tables["school_status"], collection, reporting)
    due = _asked_by(max(source.received for source in sources), project, collection)
    findings += _missing([duty for duty in owed if duty.calendar_year in due], tables, findings)
    findings += _confirmations(owed, tables["reports"], plan, _school_names(tables))
    findings += _unanswered(executors, collection, reporting)
    in_time, too_late = (
        [form for _, form in forms if form.identity.reporter in set(logins)] for forms in (counted, late)
    )
    exports = read_exports(project, collection, sources, tables["schools"])
    school_tables, about_schools = read_school_facts(project, collection, in_time, too_late, exports)
    return Facts({**tables, **school_tables}, (*findings, *about_schools))


def in_force(sources: Sequence[Source]) -> list[Source]:
    """Returns the returned workbooks; of the registries only the newest. Which version of a form stands is decided
    later, because a version that comes after the cutoff takes nothing from the one before it."""
    void = {source.replaces for source in sources if source.kind == "registry"}
    return [source for source in sources if source.kind in RETURNED_KINDS and source.file not in void]


def _read(
    project: Project, source: Source, corrections: Sequence[Correction], read: Reader
) -> tuple[Returned, list[Finding]]:
    try:
        content = (project.root / source.file).read_bytes()
    except OSError as error:
        raise AnalysisError(f"{source.file}: файл не открывается ({error.strerror}).") from None
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise AnalysisError(f"{source.file}: файл изменился после получения. Верните полученный файл.")
    workbook, applied = apply_workbook_corrections(read(content, source.file), corrections, source.file)
    return read_returned(workbook, source.file), applied


def _unreadable(source: Source, message: str) -> Finding:
    said = message.removeprefix(f"{source.file}: ")
    return _whole_file(source, "workbook", Severity.BLOCKS, "", said, "Получите файл заново.")


def _take(rows: dict[str, list[tuple[object, ...]]], findings: list[Finding], cleaned: FactRows) -> None:
    for name, found in cleaned.rows.items():
        rows[name].extend(found)
    findings.extend(cleaned.findings)


def _measures(plan: pd.DataFrame) -> dict[str, tuple[str, int]]:
    first = plan.drop_duplicates("measure_label")
    keys = zip(first["activity_code"], map(int, first["measure_number"]), strict=True)
    return dict(zip(first["measure_label"], keys, strict=True))


def _acceptable(
    forms: Sequence[tuple[Source, Returned]],
    project: Project,
    collection: Collection,
    logins: Sequence[str],
    findings: list[Finding],
) -> tuple[list[tuple[Source, Returned]], list[tuple[Source, Returned]]]:
    """The forms of this project and of a known reporter and year: of each the newest that came by the cutoff, and the
    newest that came after it."""
    kept: dict[tuple[str, int], tuple[Source, Returned]] = {}
    late: dict[tuple[str, int], tuple[Source, Returned]] = {}
    for source, form in sorted(forms, key=lambda one: one[0].received):
        identity = form.identity
        key = (identity.reporter, identity.calendar_year)
        problem = problem_of(identity, project, {*collection.municipal, *logins})
        if not problem and source.received > collection.cutoff(identity.calendar_year):
            findings.append(_late(source, form, collection))
            late[key] = (source, form)
        elif problem:
            said, action = problem
            action = f"{action} {OR_FORGET_IT}"
            findings.append(_whole_file(source, "workbook", Severity.BLOCKS, identity.reporter, said, action))
        else:
            kept[key] = (source, form)
    return list(kept.values()), list(late.values())


def _received(
    forms: Sequence[tuple[Source, Returned]], project: Project, collection: Collection, logins: Sequence[str]
) -> list[tuple[object, ...]]:
    """Rows of `received_forms`: what became of every form of this project, known reporter and year."""
    known = {*collection.municipal, *logins}
    valid = [(source, one.identity) for source, one in forms if not problem_of(one.identity, project, known)]
    on_time: dict[tuple[str, int], str] = {}
    for source, identity in sorted(valid, key=lambda one: one[0].received):
        if source.received <= collection.cutoff(identity.calendar_year):
            on_time[(identity.reporter, identity.calendar_year)] = source.file
    rows: list[tuple[object, ...]] = []
    for source, identity in valid:
        key, cutoff = (identity.reporter, identity.calendar_year), collection.cutoff(identity.calendar_year)
        state = LATE if source.received > cutoff else COUNTED if on_time[key] == source.file else REPLACED
        rows.append((source.file, *key, source.received, cutoff, state))
    return rows


def problem_of(identity: Identity, project: Project, known: Container[str] | None) -> tuple[str, str] | None:
    """Returns why a workbook is none of this project's and what to do, each in a sentence; None where it is one.

    Args:
        identity: What is hidden in the workbook.
        project: The project.
        known: Who reports; None where nobody can say yet.
    """
    if identity.project != project.city:
        return f"Форма другого проекта: «{identity.project}».", "Верните форму тому, кто её прислал."
    if identity.calendar_year not in project.editions:
        said = f"Форма за {identity.calendar_year} год, а отчёты выходят за {', '.join(map(str, project.editions))}."
        return said, "Верните форму тому, кто её прислал, или впишите год в project.toml, ключ editions."
    if identity.kind == "form" and known is not None and identity.reporter not in known:
        said = f"«{identity.reporter}» нет ни в реестре школ, ни среди муниципальных исполнителей."
        return said, "Если школа новая, примите свежий реестр (analysis receive); иначе верните форму."
    return None


def known_reporters(project: Project, sources: Sequence[Source]) -> set[str] | None:
    """Returns municipal reporters and the logins of the newest registry; None while no registry can be read.

    A registry that cannot be read is a finding of `check`, not a reason to refuse a form.
    """
    registry = next((source for source in reversed(in_force(sources)) if source.kind == "registry"), None)
    if project.collection is None or registry is None:
        return None
    try:
        returned, _ = _read(project, registry, load_amendments(project.root).corrections, read_workbook)
    except AnalysisError:
        return None
    return {*project.collection.municipal, *(str(row[2]) for row in clean_registry(returned).rows["schools"])}


def _late(source: Source, form: Returned, collection: Collection) -> Finding:
    cutoff = collection.cutoff(form.identity.calendar_year)
    said = (
        f"Форма получена {_day(source.received)}, а срок отчёта — {_day(cutoff)}: её сведения в отчёт не вошли, и "
        "замечания к ней сборку не останавливают."
    )
    action = "Если срок был продлён, запишите его в project.toml, раздел [cutoff]."
    return _whole_file(source, "late", Severity.ATTENTION, form.identity.reporter, said, action)


def _whole_file(source: Source, rule: str, severity: Severity, value: str, said: str, action: str) -> Finding:
    return Finding(rule, severity, source.file, ("весь файл",), value, said, action)


def _asked_by(day: date, project: Project, collection: Collection) -> set[int]:
    """The editions whose cutoff has come by the day on which the project looks; for the others there is time yet."""
    return {year for year in project.editions if collection.cutoff(year) <= day}


def _missing(owed: Sequence[Duty], tables: Mapping[str, pd.DataFrame], findings: Sequence[Finding]) -> list[Finding]:
    """One finding a reporter and year: which measures lack a fact and no finding names the cell."""
    reports, names = tables["reports"], _school_names(tables)
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


def _school_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    schools = tables["schools"]
    return dict(zip(schools["school_login"], schools["school_name"], strict=True))


def _unanswered(executors: pd.DataFrame, collection: Collection, reporting: Sequence[Report]) -> list[Finding]:
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


def _confirmations(
    owed: Sequence[Duty], reports: pd.DataFrame, plan: pd.DataFrame, names: Mapping[str, str]
) -> list[Finding]:
    """Where a co-executor reports another number than the one whose fact counts."""
    owners: dict[tuple[str, int, int], set[str]] = defaultdict(set)
    for duty in owed:
        owners[(duty.activity_code, duty.measure_number, duty.calendar_year)].add(duty.reporter)
    labels: Mapping[tuple[str, int], str] = {key: label for label, key in _measures(plan).items()}
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


def _day(day: date) -> str:
    return day.strftime("%d.%m.%Y")
