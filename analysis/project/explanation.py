"""The steps of `explain`: reads what chains stand on, and the printed table that a cell id names."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.cleaning.corrections import apply_workbook_corrections, load_amendments
from analysis.cleaning.measure_labels import MeasureLabels, label_or_text, labels_of
from analysis.cleaning.school_sheets import clean_school_sheets
from analysis.contracts.facts import COUNTED
from analysis.errors import AnalysisError
from analysis.files.tables import MANIFEST, PROCESSED, read_manifest, read_table
from analysis.intake.cell_values import read_text
from analysis.intake.exports.counts import read_counts
from analysis.intake.returns import LAYOUTS, Returned, read_returned
from analysis.intake.workbook import CellValue, Sheet
from analysis.intake.workbook_memory import remembering_reader
from analysis.lineage.cells import PrintedTable, Question, cell_chain, cell_question, table_code
from analysis.lineage.explain import CAN_BE_ASKED, explain, unquoted
from analysis.lineage.ground import FormLine, Ground
from analysis.pipeline.build import inputs_are_as_built, is_fresh
from analysis.pipeline.open_facts import measures_by_label
from analysis.rules.config import Project, Source, load_reporting, load_sources
from analysis.rules.disclosure_policy import load_policy
from analysis.rules.exam_calendar import load_calendar
from analysis.rules.methods import load_methods

INTERNAL = "output/internal"
CHANGED = "Внимание: файлы изменились после последней сборки: выполните analysis build."
INTERNAL_IS_OLD = "Внимание: служебный отчёт сделан до последней сборки: выполните analysis report --audience internal."
# What people write beside their numbers may name somebody.
NOT_QUOTED = ("note",)


def explained(project: Project, asked: str) -> list[str]:
    """Returns the chain behind a number of the last build; first a warning where inputs have changed since.

    Raises:
        AnalysisError: Nothing has been built, or there is nothing of that name.
    """
    asked = unquoted(asked)
    question = cell_question(asked)
    ground = ground_of(project)
    if question is None:
        fresh = inputs_are_as_built(project)
        try:
            lines = explain(asked, ground)
        except AnalysisError as error:  # what came since the last build is not in its tables
            raise AnalysisError(f"{error}" if fresh else f"{error} {CHANGED}") from None
    else:
        table = printed_table(project, question)
        fresh, lines = is_fresh(project, [question.calendar_year]), list(cell_chain(question, table, ground))
        if question.internal and _is_older(project.root, question.calendar_year):
            lines = [INTERNAL_IS_OLD, *lines]
    return lines if fresh else [CHANGED, *lines]


def ground_of(project: Project) -> Ground:
    """Returns what chains stand on: the tables of the last build, and the cells of received workbooks as they stood.

    Raises:
        AnalysisError: Nothing has been built.
    """
    names = read_manifest(project.root).get("tables", {})
    if not names:
        raise AnalysisError(f"{PROCESSED}: таблиц нет. Сначала выполните: analysis build")
    sources = load_sources(project.root)
    tables = {name: read_table(project.root, name) for name in names}
    received, methods = list(_received(project, sources)), load_methods(project.root)
    labels = labels_of(measures_by_label(tables["plan"]))
    return Ground(
        tables,
        sources,
        project.collection,
        load_reporting(project.root),
        {key: line for form, texts in received for key, line in _lines(form, texts, labels)},
        partial(_form_results, project, tables, [form for form, _ in received]),
        _counts_lines(project, sources),
        load_policy(project.root),
        methods.passport if methods else None,
        methods.rules if methods else (),
    )


def printed_table(project: Project, question: Question) -> PrintedTable:
    """Returns a table as the last build (or the last internal report) published it.

    Raises:
        AnalysisError: There is no such report or table; the message names those that are.
    """
    year = question.calendar_year
    folder = project.root / (INTERNAL if question.internal else "reports") / str(year) / "data"
    tables = _published(folder)
    if not tables:
        make = f"analysis report --audience internal {year}" if question.internal else "analysis build"
        raise AnalysisError(f"Таблиц отчёта за {year} год нет. Выполните: {make}. {CAN_BE_ASKED}")
    code = table_code(question.table, year, question.internal)
    if question.table not in tables:
        known = ", ".join(tables)
        raise AnalysisError(f"Таблицы {code} нет. Таблицы отчёта за {year} год: {known}. {CAN_BE_ASKED}")
    caption, columns = tables[question.table]
    with (folder / f"{question.table}.csv").open(encoding="utf-8", newline="") as file:
        return PrintedTable(code, caption, year, columns, list(csv.DictReader(file)))


def _is_older(root: Path, year: int) -> bool:
    """Whether the internal report of a year was made before the last build; it has no manifest of its own."""
    package = root / INTERNAL / str(year) / "data/datapackage.json"
    return package.is_file() and package.stat().st_mtime < (root / PROCESSED / MANIFEST).stat().st_mtime


def _published(folder: Path) -> dict[str, tuple[str, Sequence[dict[str, str]]]]:
    """Caption and columns of the tables of a report, by name; empty where nothing was published."""
    try:
        package = json.loads((folder / "datapackage.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return {one["name"]: (one["title"], one["schema"]["fields"]) for one in package["resources"]}


def _form_results(
    project: Project, tables: Mapping[str, pd.DataFrame], received: Sequence[Returned]
) -> list[Mapping[str, Any]]:
    """The results of the counted forms; `results` itself no longer holds those that an export has displaced."""
    forms = tables.get("received_forms")
    if project.collection is None or forms is None or "results" not in tables:
        return []
    counted = set(forms.loc[forms["form_state"] == COUNTED, "source_file"])
    sittings = load_calendar(project.root)
    cleaned = (clean_school_sheets(form, project.collection, sittings) for form in received if form.file in counted)
    return [row for form in cleaned for row in form.rows["results"]]


def _counts_lines(project: Project, sources: Sequence[Source]) -> dict[tuple[str, str], list[int]]:
    """In which lines of the files of counts each address of pupils' rows stands."""
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for source in (one for one in sources if one.kind == "counts"):
        try:
            counts = read_counts((project.root / source.file).read_bytes(), source.file)
        except (OSError, AnalysisError):  # `check` says what is wrong with it
            continue
        for number, one in enumerate(counts, start=2):
            lines[(source.file, one.place)].append(number)
    return dict(lines)


Texts = dict[str, str]


def _received(project: Project, sources: Sequence[Source]) -> Iterator[tuple[Returned, Texts]]:
    """Received workbooks with corrections applied, and what stood in their cells before.

    One that cannot be read is left out: `check` says what is wrong with it.
    """
    read, corrections = remembering_reader(project.root), load_amendments(project.root).corrections
    for source in sources:
        if source.kind not in LAYOUTS:  # files with a row a pupil are never opened here
            continue
        try:
            workbook = read((project.root / source.file).read_bytes(), source.file)
            corrected, _ = apply_workbook_corrections(workbook, corrections, source.file)
            yield read_returned(corrected, source.file), _texts(workbook.sheets)
        except (OSError, AnalysisError):
            continue


def _texts(sheets: Sequence[Sheet]) -> Texts:
    return {
        sheet.place(cell.address): _as_stood(cell.value) for sheet in sheets for row in sheet.rows for cell in row.cells
    }


def _as_stood(value: CellValue) -> str:
    return value if isinstance(value, str) else read_text(value)


def _lines(form: Returned, texts: Texts, labels: MeasureLabels) -> Iterator[tuple[tuple[str, str], FormLine]]:
    """The filled rows of a workbook under its own headings; what stands beside them or is a note is not quoted."""
    for row in (row for rows in form.rows.values() for row in rows):
        sheet = row.place.rpartition(", строка ")[0]
        label = row.cells.get("measure_label")
        quoted = {
            place: texts[place]
            for name, cell in row.cells.items()
            if name not in NOT_QUOTED and (place := f"{sheet}, ячейка {cell.address}") in texts
        }
        yield (form.file, row.place), FormLine(label_or_text(label.value, labels) if label else "", quoted)
