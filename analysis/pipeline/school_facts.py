"""Exports and school facts of `check` and `build`: typed tables and findings out, and the cells received."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.cleaning.exam_results import (
    COUNTED,
    ExportRows,
    Frame,
    ReadExport,
    clean_export,
    merge_exports,
    merge_results,
)
from analysis.cleaning.names import directory
from analysis.cleaning.school_sheet_rules import implausible
from analysis.cleaning.school_sheets import clean_school_sheets, school_fact_tables
from analysis.contracts.columns import typed_table
from analysis.contracts.dictionary import violations
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.contracts.findings import WHOLE_FILE, Finding, Severity, row_place
from analysis.contracts.report import EXPORT_TABLES, DisplacedResults
from analysis.errors import AnalysisError
from analysis.files.storage import received_bytes
from analysis.intake.exports.cells import counts_rows, read_counts
from analysis.intake.exports.recognise import read_export
from analysis.intake.returns import Returned
from analysis.rules.config import EXPORT_KINDS, Collection, Project, Source
from analysis.rules.exam_calendar import Vocabulary, load_calendar, load_vocabulary
from analysis.rules.methods import known_parts
from analysis.rules.office_files import Merger

# The cells of received files as they stood, one row each: what a chain ends in.

CellRow = dict[str, Any]
# What people write beside their numbers may name somebody.
NOT_KEPT = ("note",)


def document_cells(cells: pd.DataFrame) -> list[CellRow]:
    """Returns the cells of the signed document (`contracts.roadmap.CellsText`)."""
    return [
        _row(file, place, role, text)
        for file, place, role, text in zip(
            cells["source_file"], cells["place"], cells["role"], cells["text"], strict=True
        )
    ]


def cell_rows(returned: Iterable[Returned], exports: Iterable[ReadExport]) -> list[CellRow]:
    """Returns the cells of returned workbooks and of exports; of a file with pupils the counts that were kept of it."""
    rows = [row for one in returned for row in _of_workbook(one)]
    return [*rows, *(row for one in exports for row in _of_export(one))]


def _of_workbook(form: Returned) -> Iterator[CellRow]:
    for line in (line for lines in form.rows.values() for line in lines):
        sheet = line.place.rpartition(", строка ")[0]
        for name, cell in line.cells.items():
            place = f"{sheet}, ячейка {cell.address}"
            if name not in NOT_KEPT and place in form.texts:
                yield _row(form.file, place, name, form.texts[place])


def _of_export(export: ReadExport) -> Iterator[CellRow]:
    for number, one in enumerate(export.counts, start=2):
        line = number if export.source.kind == "counts" else None
        for name in COUNTED:
            if getattr(one, name) is not None:
                yield _row(export.source.file, one.place, name, str(getattr(one, name)), line)


def _row(file: str, place: str, name: str, text: str, line: int | None = None) -> CellRow:
    return {
        "source_file": file, "place": place, "row_place": row_place(place), "column_name": name, "text": text,
        "line": line,
    }  # fmt: skip


# The exports of `check` and `build`: files of the exam systems in, rows of results and findings out; no writing.

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


# The school facts of `check` and `build`: sheets of counted forms and exports in, typed tables and findings out.


def read_school_facts(
    project: Project,
    collection: Collection,
    counted: Iterable[Returned],
    late: Iterable[Returned],
    exports: ExportRows,
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Returns the tables of school facts and what is to be said of them.

    Args:
        project: The project, for its calendar of procedures and its passport of indicators.
        collection: The lines of «Дефициты» and «Самооценка».
        counted: The forms of schools whose facts enter the edition.
        late: Those that came after the cutoff: what is wrong in them is said, and stops nothing.
        exports: What the exam systems sent: where both name a result, theirs stands.
    """
    sittings, parts = load_calendar(project.root), known_parts(project.root)
    cleaned = [clean_school_sheets(form, collection, sittings, parts) for form in counted]
    too_late = [clean_school_sheets(form, collection, sittings, parts) for form in late]
    rows = {name: [row for form in cleaned for row in form.rows[name]] for name in SCHOOL_FACT_TABLES}
    of_forms = rows["results"]
    rows["results"], differences = merge_results(of_forms, exports.results)
    rows["quarantine"] += exports.quarantine
    tables = school_fact_tables(rows)
    kept = {id(row) for row in rows["results"]}
    displaced = [row for row in of_forms if id(row) not in kept]
    tables["displaced_results"] = typed_table(DisplacedResults, displaced)
    findings = [finding for form in cleaned for finding in form.findings]
    findings += [not_stopping(finding) for form in too_late for finding in form.findings]
    return tables, [*findings, *exports.findings, *differences, *implausible(tables)]


def not_stopping(finding: Finding) -> Finding:
    """A finding about a form whose facts are not counted: it is to be mended, but no number rests on it."""
    return replace(finding, severity=Severity.ATTENTION) if finding.severity is Severity.BLOCKS else finding
