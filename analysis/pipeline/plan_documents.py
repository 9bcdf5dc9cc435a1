"""The versions of the signed document as `check` reads them: typed tables and findings out; nothing is written."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from analysis.cleaning.corrections import Amendments, apply_corrections, misdirected
from analysis.cleaning.names import one_name_each, watch_terms
from analysis.cleaning.roadmap import clean_roadmap
from analysis.cleaning.versions import one_plan
from analysis.contracts.dictionary import violations
from analysis.contracts.execution import TEXT_TABLES
from analysis.contracts.findings import DOUBTFUL, WHOLE_FILE, Finding, Severity, blocking
from analysis.errors import AnalysisError, reason
from analysis.intake.files import needs_confirmation, read_blocks
from analysis.intake.roadmap import lay_out
from analysis.rules.config import (
    CORRECTIONS_FILE,
    PROJECT_FILE,
    READING_PAGE,
    SOURCES_FILE,
    Confirmed,
    PlanDocument,
    Project,
    Record,
    Source,
    Terms,
    workbooks_in_force,
)
from analysis.rules.office_files import load_columns


@dataclass(frozen=True)
class Roadmap:
    """What the signed document holds.

    Attributes:
        tables: Its typed tables; an executor with several names has one.
        findings: About the document and about what is recorded of the files beside it.
        is_clear: Whether nothing in its text stops the work.
        executors: As the document names them.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]
    is_clear: bool
    executors: pd.DataFrame


def read_roadmap(project: Project, record: Record, amendments: Amendments, terms: Terms) -> Roadmap:
    """Returns all versions of the document as one set of tables.

    Args:
        project: The project.
        record: What was received.
        amendments: Recorded corrections and decisions.
        terms: The terms to watch.

    Raises:
        AnalysisError: A document cannot be read at all.
    """
    read = [_version(project, one, record, amendments, terms) for one in project.documents]
    tables, asked = one_plan([one.tables for one in read], project, amendments.same_measures)
    corrected = [
        *(one.file for one in project.documents),
        *(source.file for source in workbooks_in_force(record.standing)),
    ]
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
    written = tables["executors"]
    if project.collection is not None:
        tables = {**tables, "executors": one_name_each(written, project.collection)}
    return Roadmap(dict(tables), findings, all(one.is_clear for one in read), written)


def _is_idle(finding: Finding) -> bool:
    return finding.rule == "decision" and finding.severity is Severity.BLOCKS


def _version(project: Project, document: PlanDocument, record: Record, amendments: Amendments, terms: Terms) -> Roadmap:
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
    is_clear = not blocking([*text.findings, *clean.findings])
    return Roadmap(dict(clean.tables), findings, is_clear, clean.tables["executors"])


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


def confirmed_reading(
    content: bytes, file: str, reading: Sequence[Finding], confirmed: Sequence[Confirmed]
) -> list[Finding]:
    """Returns what was noticed while reading a document; one that has to be confirmed blocks until it is.

    Args:
        content: The bytes of the document.
        file: Its path relative to the project.
        reading: What was noticed.
        confirmed: The readings that people have confirmed.
    """
    if not needs_confirmation(content):
        return list(reading)
    digest = hashlib.sha256(content).hexdigest()
    entry = next((one for one in confirmed if (one.file, one.sha256) == (file, digest)), None)
    doubtful = sum(one.rule == DOUBTFUL for one in reading)
    if entry is None:
        return [_asked(file, digest, doubtful), *reading]
    done = f"Ничего: прочитанное подтверждено ({entry.who}, {entry.date:%d.%m.%Y})."
    return [replace(one, severity=Severity.NOTE, action=done) if one.rule == DOUBTFUL else one for one in reading]


def _asked(file: str, digest: str, doubtful: int) -> Finding:
    explanation = "Такой файл хранит не ячейки, а линии и буквы: прочитанное должен подтвердить человек."
    action = (
        f"Сравните {READING_PAGE} с документом (отмечено сомнительных ячеек: {doubtful}); неверное исправьте в "
        f"{CORRECTIONS_FILE}. Затем впишите раздел ниже в {PROJECT_FILE}: кто и когда сверил."
    )
    stanza = f'[[confirmed_reading]]   # прочитано верно\nfile = "{file}"\nsha256 = "{digest}"\nwho = ""\n'
    stanza += 'date = ""   # день сверки, без кавычек: 2021-01-31'
    return Finding("reading", Severity.BLOCKS, file, (WHOLE_FILE,), "", explanation, action, stanza)
