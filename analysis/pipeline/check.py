"""The steps of `check` and `build`: raw files in, validated tables and findings out. No step writes anything."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pandas as pd

from analysis.cleaning.corrections import Amendments, apply_corrections, load_amendments, misdirected
from analysis.cleaning.names import list_faults, look_alikes, one_name_each, watch_terms
from analysis.cleaning.roadmap import clean_roadmap
from analysis.cleaning.versions import one_plan
from analysis.contracts.columns import typed_table
from analysis.contracts.dictionary import broken_relations, findings_table, refuse_without_validation, violations
from analysis.contracts.facts import FACT_TABLES, SCHOOL_FACT_TABLES
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity, blocking, in_listing_order
from analysis.contracts.report import CHAIN_TABLES, ReceivedCells
from analysis.contracts.roadmap import TEXT_TABLES, TYPED_TABLES
from analysis.errors import AnalysisError, reason
from analysis.files.memory import FORGETFUL, Memory
from analysis.files.progress import SILENT, Progress
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import lay_out
from analysis.intake.workbook import Workbook, read_workbook
from analysis.pipeline.facts import Reader, in_force, read_facts
from analysis.pipeline.rule_files import broken_rules, names_to_fill_in, nothing_can_be_read
from analysis.pipeline.school_facts import document_cells, exports_in_force
from analysis.pipeline.unsettled_facts import (
    confirmed_reading,
    unanswered_measures,
    undecided,
    undecided_reports,
    unnamed_reporters,
)
from analysis.rules.config import (
    CORRECTIONS_FILE,
    RETURNED_KINDS,
    SOURCES_FILE,
    Collection,
    PlanDocument,
    Project,
    Record,
    Report,
    Source,
    Terms,
    load_record,
    load_reporting,
    load_terms,
)
from analysis.rules.office_files import load_columns

CONTRACTS_OF_FACTS = {**FACT_TABLES, **SCHOOL_FACT_TABLES, **CHAIN_TABLES}


@dataclass(frozen=True)
class Checked:
    """What the raw files hold.

    Attributes:
        tables: The typed tables, and `findings`; whole only while nothing blocks.
        findings: In the order of listing.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]


def check_project(
    project: Project, read: Reader = read_workbook, progress: Progress = SILENT, memory: Memory = FORGETFUL
) -> Checked:
    """Reads, cleans and validates everything a project has received.

    Args:
        project: The project.
        read: Reads a returned workbook; a build passes a reader that remembers.
        progress: Is told which file is read.
        memory: What is known of the same tables.

    Raises:
        AnalysisError: The roadmap cannot be read at all, or validation is switched off.
    """
    refuse_without_validation()
    broken = broken_rules(project.root)
    if nothing_can_be_read(broken):
        return _checked({}, broken)
    broken += names_to_fill_in(project.root)
    record, amendments = load_record(project.root), load_amendments(project.root)
    sources, terms, reporting = record.standing, load_terms(project.root), load_reporting(project.root)
    read = _counted(read, sources, progress)
    roadmap = _roadmap(project, record, amendments, terms)
    tables, findings = dict(roadmap.tables), [*roadmap.findings]
    if project.collection is not None:
        tables["executors"] = one_name_each(tables["executors"], project.collection)
        broken += undecided_reports(reporting, tables["measures"], project.collection)
        if roadmap.is_clear:
            broken += list_faults(roadmap.tables["executors"], project.collection)
            findings += _asked_of_executors(tables["executors"], project.collection, reporting, terms)
    if not blocking(findings):
        findings += [*violations(tables, TYPED_TABLES, memory), *broken_relations(tables)]
    cells = document_cells(tables["cells"])
    if (in_force(sources) or exports_in_force(sources)) and not blocking(findings):
        facts = read_facts(project, sources, amendments.corrections, reporting, tables, read)
        tables, cells = tables | facts.tables, cells + facts.cells
        findings += [*facts.findings, *violations(facts.tables, CONTRACTS_OF_FACTS, memory)]
    if project.collection is not None and not blocking(findings):
        findings += undecided(project, tables)
    return _checked({**tables, "received_cells": typed_table(ReceivedCells, cells)}, [*broken, *findings])


def _checked(tables: Mapping[str, pd.DataFrame], findings: Sequence[Finding]) -> Checked:
    ordered = in_listing_order(findings)
    return Checked({**tables, "findings": findings_table(ordered)}, ordered)


def _counted(read: Reader, sources: Sequence[Source], progress: Progress) -> Reader:
    """A reader that tells how many of the workbooks it has read."""
    number, of = count(1), sum(source.kind in RETURNED_KINDS for source in sources)
    progress.step("Читаю «дорожную карту»")

    def _read(content: bytes, file: str) -> Workbook:
        workbook, done = read(content, file), next(number)
        progress.step("Читаю книги", done, of, file) if done < of else progress.step("Сверяю прочитанное")
        return workbook

    return _read


@dataclass(frozen=True)
class _Roadmap:
    """What the signed document holds.

    Attributes:
        tables: Its typed tables, in its own words.
        findings: About the document and about what is recorded of the files beside it.
        is_clear: Whether nothing in its text stops the work.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]
    is_clear: bool


def _roadmap(project: Project, record: Record, amendments: Amendments, terms: Terms) -> _Roadmap:
    """All versions of the document as one set of tables."""
    read = [_version(project, one, record, amendments, terms) for one in project.documents]
    tables, asked = one_plan([one.tables for one in read], project, amendments.same_measures)
    corrected = [*(one.file for one in project.documents), *(source.file for source in in_force(record.standing))]
    # A decision is needed where a measure is open in one version, whatever the others say.
    idle = set.intersection(*({found.places for found in one.findings if _is_idle(found)} for one in read))
    findings = [
        *(found for one in read for found in one.findings if not _is_idle(found)),
        *(found for found in read[-1].findings if _is_idle(found) and found.places in idle),
        *_unentered_workbooks(project.root, record.received),
        *misdirected(amendments.corrections, corrected, record),
        *asked,
        *_edition_findings(project, tables["approval"]),
    ]
    return _Roadmap(tables, findings, all(one.is_clear for one in read))


def _is_idle(finding: Finding) -> bool:
    return finding.rule == "decision" and finding.severity is Severity.BLOCKS


def _version(
    project: Project, document: PlanDocument, record: Record, amendments: Amendments, terms: Terms
) -> _Roadmap:
    file, content = document.file, _bytes(project, document)
    blocks, reading = read_blocks(content, file)
    blocks, correcting = apply_corrections(blocks, amendments.corrections, file)
    text = lay_out(blocks, file, load_columns(project.root).roles, document.stated)
    clean = clean_roadmap(text.tables, amendments.decisions, project.largest_plausible_count, file, document.period)
    cells = text.tables["cells"]
    words = cells.loc[~cells["role"].isin(("column_header", "page_heading"))]
    findings = [
        *_source_findings(content, file, record.standing),
        *confirmed_reading(content, file, reading, project.confirmed),
        *correcting,
        *text.findings,
        *clean.findings,
        *watch_terms(list(zip(words["place"].tolist(), words["text"].tolist(), strict=True)), terms, file),
        *violations(text.tables, TEXT_TABLES),
    ]
    return _Roadmap(dict(clean.tables), findings, not blocking([*text.findings, *clean.findings]))


def _asked_of_executors(
    executors: pd.DataFrame, collection: Collection, reporting: tuple[Report, ...], terms: Terms
) -> list[Finding]:
    """What the office is to say of the executors before any form goes out."""
    return [
        *look_alikes(executors, collection, terms.abbreviations),
        *unanswered_measures(executors, collection, reporting),
        *unnamed_reporters(executors, collection, reporting),
    ]


def _bytes(project: Project, document: PlanDocument) -> bytes:
    try:
        return (project.root / document.file).read_bytes()
    except OSError as error:
        why = "файла нет" if isinstance(error, FileNotFoundError) else f"файл не открывается ({reason(error)})"
        where = "раздел [roadmap]" if document.since is None else f"[[roadmap_version]] с {document.since}"
        raise AnalysisError(
            f"{document.file}: {why}: положите документ в data/raw и назовите его в project.toml, {where}, ключ file."
        ) from None


def _source_findings(content: bytes, file: str, sources: tuple[Source, ...]) -> list[Finding]:
    """The received file must be entered in SOURCES.toml and be the very bytes that were received."""
    digest = hashlib.sha256(content).hexdigest()
    source = next((one for one in sources if one.file == file), None)
    if source is not None and source.sha256 == digest:
        return []
    explanation = (
        f"Файл не записан в {SOURCES_FILE}: неизвестно, откуда он."
        if source is None
        else f"Файл изменился после получения: sha256 теперь {digest}, а записан {source.sha256}."
    )
    action = (
        f"Допишите раздел [[source]] в {SOURCES_FILE} (образец ниже)."
        if source is None
        else f"Верните полученный файл, а правку запишите в {CORRECTIONS_FILE}; новый файл запишите в {SOURCES_FILE}."
    )
    return [Finding("source", Severity.BLOCKS, file, (WHOLE_FILE,), "", explanation, action, _stanza(file, digest))]


def _unentered_workbooks(root: Path, sources: Sequence[Source]) -> list[Finding]:
    """A workbook put into data/raw by hand, or by a run that died, is no source: nobody may think it was read."""
    entered = {source.file for source in sources}
    there = sorted(path.relative_to(root).as_posix() for path in (root / "data/raw").rglob("[!.~]*.xlsx"))
    explanation = f"Файл лежит в data/raw, но не записан в {SOURCES_FILE}: он не читается и в отчёт не входит."
    action = "Примите его: analysis receive сам скопирует и запишет файл; лишний файл уберите из data/raw."
    return [
        Finding("source", Severity.ATTENTION, file, (WHOLE_FILE,), "", explanation, action)
        for file in there
        if file not in entered
    ]


def _stanza(file: str, digest: str) -> str:
    entry: Mapping[str, str] = {
        "file": f'"{file}"',
        "title": '""      # полное название документа',
        "origin": '""     # от кого и как получен',
        "received": '""   # дата получения, без кавычек: 2021-01-31',
        "sha256": f'"{digest}"',
        "licence": '""    # на каких условиях можно публиковать',
    }
    return "[[source]]\n" + "\n".join(f"{key} = {value}" for key, value in entry.items())


def _edition_findings(project: Project, approval: pd.DataFrame) -> list[Finding]:
    """Years whose report is asked for, and which the document in force at their end does not cover."""
    terms = {
        file: (int(first), int(last))
        for file, first, last in zip(
            approval["source_file"], approval["period_first_year"], approval["period_last_year"], strict=True
        )
    }
    outside = [
        (year, terms[file])
        for year in project.editions
        if (file := project.document_of(year).file) in terms and not terms[file][0] <= year <= terms[file][1]
    ]
    return [
        Finding(
            "heading",
            Severity.BLOCKS,
            "project.toml",
            ("ключ editions",),
            str(year),
            f"Отчёт за {year} год просят, а срок документа {first}–{last}.",
            "Исправьте editions или возьмите документ на этот срок.",
        )
        for year, (first, last) in outside
    ]
