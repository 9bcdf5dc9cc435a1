"""The exports of `check` and `build`: files of the exam systems in, rows of results and findings out; no writing."""

from collections.abc import Sequence

import pandas as pd

from analysis.cleaning.exam_results import ExportRows, Frame, ReadExport, clean_export
from analysis.cleaning.result_sources import merge_exports
from analysis.cleaning.schools import directory
from analysis.contracts.columns import typed_table
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.contracts.report import EXPORT_TABLES
from analysis.contracts.validation import violations
from analysis.errors import AnalysisError
from analysis.files.fingerprints import received_bytes
from analysis.intake.exports.counts import counts_rows, read_counts
from analysis.intake.exports.recognise import read_export
from analysis.rules.config import EXPORT_KINDS, Collection, Project, Source
from analysis.rules.exam_calendar import Vocabulary, load_calendar, load_vocabulary
from analysis.rules.school_mergers import Merger

RECEIVE_AGAIN = "Получите файл заново: analysis receive."


def exports_in_force(sources: Sequence[Source]) -> list[Source]:
    """Returns the exports that no later one replaces."""
    void = {source.replaces for source in sources if source.kind in EXPORT_KINDS}
    return [source for source in sources if source.kind in EXPORT_KINDS and source.file not in void]


def read_exports(
    project: Project,
    collection: Collection,
    sources: Sequence[Source],
    schools: pd.DataFrame,
    mergers: Sequence[Merger] = (),
) -> ExportRows:
    """Reads every export in force; one bad file never hides the findings of the others.

    Args:
        project: The project.
        collection: Cutoffs and the names of the municipality.
        sources: All received files.
        schools: The typed registry.
        mergers: The schools of it that became part of others.
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
    read, findings = [], []
    for source in files:
        try:
            export = _read(project, source, vocabulary)
        except AnalysisError as error:
            findings.append(_unreadable(source, str(error)))
            continue
        broken = _broken(export) if source.kind == "counts" else []
        findings += broken
        read += [] if broken else [export]
    merged = merge_exports(clean_export(export, frame) for export in read)
    return ExportRows(merged.results, merged.quarantine, (*findings, *merged.findings), tuple(read))


def _read(project: Project, source: Source, vocabulary: Vocabulary) -> ReadExport:
    content = received_bytes(project.root, source.file, source.sha256)
    if source.kind == "counts":
        return ReadExport(source, read_counts(content, source.file))
    export = read_export(content, source.file, vocabulary)
    if export.has_pupils:
        raise AnalysisError(
            f"{source.file}: в файле строка — ученик, в проекте ему не место. Удалите файл и его запись, положите его "
            "в папку вне проекта и примите: analysis receive ФАЙЛ."
        )
    return ReadExport(source, export.counts)


def _broken(export: ReadExport) -> list[Finding]:
    table = typed_table(EXPORT_TABLES["counts"], counts_rows(export.counts))
    return violations({"counts": table}, EXPORT_TABLES)


def _no_registry(files: Sequence[Source]) -> Finding:
    said = "Выгрузки есть, а реестра школ нет: чьи это результаты, сказать нельзя, и ни один в таблицы не вошёл."
    places = tuple(source.file for source in files)
    return Finding("school", Severity.ATTENTION, "data/raw", places, "", said, "Примите реестр: analysis receive ФАЙЛ.")


def _unreadable(source: Source, message: str) -> Finding:
    said = message.removeprefix(f"{source.file}: ")
    return Finding("workbook", Severity.BLOCKS, source.file, (WHOLE_FILE,), "", said, RECEIVE_AGAIN)
