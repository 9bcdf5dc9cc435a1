"""The exports of `check` and `build`: files of the exam systems in, rows of results and findings out; no writing."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pandas as pd

from analysis.cleaning.exam_results import COUNTED, ExportRows, Frame, ReadExport, clean_export, merge_exports
from analysis.cleaning.names import directory
from analysis.contracts.dictionary import violations
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.contracts.report import EXPORT_TABLES, counts_table, received_cell
from analysis.errors import AnalysisError
from analysis.files.memory import FORGETFUL, Memory
from analysis.files.storage import received_bytes
from analysis.intake.exports.cells import counts_rows, read_counts
from analysis.intake.exports.recognise import read_export
from analysis.rules.config import Collection, Project, Source, exports_in_force
from analysis.rules.office_files import Merger, Vocabulary, load_calendar, load_vocabulary

RECEIVE_AGAIN = "Получите файл заново: analysis receive."


def export_cells(exports: Sequence[ReadExport]) -> Iterator[dict[str, Any]]:
    """Yields the cells of exports as rows of `ReceivedCells`; of a file with pupils the counts that were kept of it."""
    for export in exports:
        for number, one in enumerate(export.counts, start=2):
            line = number if export.source.kind == "counts" else None
            for name in COUNTED:
                if getattr(one, name) is not None:
                    yield received_cell(export.source.file, one.place, name, str(getattr(one, name)), line)


def read_exports(
    project: Project,
    collection: Collection,
    sources: Sequence[Source],
    schools: pd.DataFrame,
    mergers: Sequence[Merger] = (),
    memory: Memory = FORGETFUL,
) -> ExportRows:
    """Reads every export in force; one bad file never hides the findings of the others.

    Args:
        project: The project.
        collection: Cutoffs and the names of the municipality.
        sources: All received files.
        schools: The typed registry.
        mergers: The schools of it that became part of others.
        memory: What is known of the same files.
    """
    files = exports_in_force(sources)
    if files and schools.empty:
        return ExportRows((), (), (_no_registry(files),))
    vocabulary = load_vocabulary(project.root)
    frame = Frame(
        load_calendar(project.root),
        directory(schools, (project.city, *collection.municipality_names)),
        project.editions,
        collection,
        vocabulary.minimum_scores,
        {one.login.lower(): one for one in mergers},
    )
    read, findings = _all_read(project, files, vocabulary, memory)
    merged = merge_exports(clean_export(export, frame) for export in read)
    return ExportRows(merged.results, merged.quarantine, (*findings, *merged.findings), tuple(read))


def _all_read(
    project: Project, files: Sequence[Source], vocabulary: Vocabulary, memory: Memory
) -> tuple[list[ReadExport], list[Finding]]:
    """The exports that can be read, and what is wrong with the others."""
    read, findings = list[ReadExport](), list[Finding]()
    for source in files:
        try:
            content = received_bytes(project.root, source.file, source.sha256)
            given = (source, content, vocabulary)
            export, broken = memory.remembered("export", [source, vocabulary], partial(_read, *given))
        except AnalysisError as error:
            findings.append(_unreadable(source, str(error)))
            continue
        findings += broken
        read += [] if broken else [export]
    return read, findings


def _read(source: Source, content: bytes, vocabulary: Vocabulary) -> tuple[ReadExport, list[Finding]]:
    """An export, and where it does not hold what was kept of it."""
    if source.kind == "counts":
        kept = ReadExport(source, read_counts(content, source.file))
        return kept, _broken(kept)
    export = read_export(content, source.file, vocabulary)
    if export.has_pupils:
        raise AnalysisError(
            f"{source.file}: в файле строка — ученик, в проекте ему не место. Удалите файл и его запись, положите его "
            "в папку вне проекта и примите: analysis receive ФАЙЛ."
        )
    return ReadExport(source, export.counts), []


def _broken(export: ReadExport) -> list[Finding]:
    return violations({"counts": counts_table(counts_rows(export.counts))}, EXPORT_TABLES)


def _no_registry(files: Sequence[Source]) -> Finding:
    said = "Выгрузки есть, а реестра школ нет: чьи это результаты, сказать нельзя, и ни один в таблицы не вошёл."
    places = tuple(source.file for source in files)
    return Finding("school", Severity.ATTENTION, "data/raw", places, "", said, "Примите реестр: analysis receive ФАЙЛ.")


def _unreadable(source: Source, message: str) -> Finding:
    said = message.removeprefix(f"{source.file}: ")
    return Finding("workbook", Severity.BLOCKS, source.file, (WHOLE_FILE,), "", said, RECEIVE_AGAIN)
