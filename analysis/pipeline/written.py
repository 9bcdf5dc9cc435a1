"""The pieces of the reports and data/processed, written, for the public and for the office; a helper works ahead."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import PUBLIC_TABLES
from analysis.files.memory import Helper, Memory, Progress
from analysis.files.storage import BUILD_LOCK, only_one_at_work, read_manifest, read_tables, write_tables
from analysis.lineage.walk import stored
from analysis.pipeline.fresh import ahead, inputs_of, made_of
from analysis.presentation.chapters import sections_of
from analysis.presentation.edition import Edition, editions_of
from analysis.presentation.exports import DataFiles
from analysis.presentation.place import MADE_FOLDERS
from analysis.presentation.write import remove_interrupted, write_edition, write_index
from analysis.publishing.word_pages import mark_papers
from analysis.rules.config import INVENTED, OFFICE_ONLY, Project, Source, load_sources, read_without_fault


def editions_ahead(
    project: Project,
    tables: tuple[dict[str, pd.DataFrame], Mapping[str, Any]],
    sources: tuple[Source, ...],
    years: Sequence[int],
    helper: Helper,
) -> list[Edition]:
    """The editions of a project; a second process begins with the chapters and data of those that will be written."""
    editions = [replace(one, masks=tables[1]) for one in editions_of(project, tables[0], sources)]
    helper.make(ahead, project.root, _made_ahead, [one for one in editions if one.calendar_year in years])
    return editions


def _made_ahead(memory: Memory, editions: Sequence[Edition]) -> None:
    """Makes chapters and data from the last to the first, for another process that makes them from the first."""
    for edition in reversed(editions):
        sections, _ = sections_of(edition, memory, step=-1)
        shown = [exhibit for section in sections for exhibit in section.exhibits]
        DataFiles.of(edition, shown).made(memory, step=-1)


def write(
    project: Project,
    years: Sequence[int],
    pieces: tuple[dict[str, pd.DataFrame], Mapping[str, bytes]],
    editions: Sequence[Edition],
    progress: Progress,
    memory: Memory,
) -> None:
    """Writes the pieces of the years and what was made: the tables, and the files that `explain` reads."""
    reports = project.root / "reports"
    # What is masked lies as bits beside the whole table (`indicators.school_tables.with_public`).
    tables, chains = pieces
    stored = {name: table for name, table in tables.items() if name not in PUBLIC_TABLES}
    with only_one_at_work(project.root / BUILD_LOCK):
        remove_interrupted(reports)
        inputs, last, files = inputs_of(project), read_manifest(project.root), made_of(project, years)
        there = {year: told for year, (told, made) in last.get("years", {}).items() if files.get(year) == made}
        wanted = [one for one in editions if one.calendar_year in years]
        for done, edition in enumerate(wanted):
            year = str(edition.calendar_year)
            progress.step("Пишу части отчётов", done, len(wanted), year)
            there[year] = write_edition(reports, edition, sections_of(edition, memory), memory, there.get(year, ""))
        write_index(reports, editions)
        kept = last.get("made", {}) if last.get("inputs") == inputs else {}
        files = made_of(project, years)
        told = {**last.get("years", {}), **{str(year): (there[str(year)], files[str(year)]) for year in years}}
        manifest = {"inputs": inputs, "made": {**kept, **files}, "years": told, **read_without_fault(project.root)}
        contents = {name: memory.key(table) for name, table in stored.items()}
        write_tables(project.root, stored, manifest, chains, contents)


# The report for the office alone: the same sources with everything in it, marked, in output/internal.

MADE = shutil.ignore_patterns("_site*", ".*", *MADE_FOLDERS)


def internal_sources(project: Project, years: Sequence[int]) -> Path:
    """Makes the folder of report sources for the internal report of some years from the last build; returns it.

    Raises:
        AnalysisError: Nothing has been built.
    """
    chains, tables = stored(project.root), read_tables(project.root)
    target = project.root / "output/internal"
    target.mkdir(parents=True, exist_ok=True)
    _copy_sources(project.root / "reports", target, project.invented)
    editions = [
        replace(edition, chains=chains, replies=_replies(project.root, edition.calendar_year))
        for edition in editions_of(project, tables, load_sources(project.root), internal=True)
    ]
    for edition in editions:
        if edition.calendar_year in years:
            write_edition(target, edition, sections_of(edition))
    write_index(target, editions)
    return target


def _replies(root: Path, year: int) -> dict[str, str]:
    """What schools have replied to their notes, by login: their words alone; `analysis documents` checks the files."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in root.glob(f"reports/{year}/replies/*.md")}
    return {login: " ".join(text.strip().partition("\n\n")[2].split()) for login, text in found.items()}


def _copy_sources(reports: Path, target: Path, invented: bool) -> None:
    """Copies the sources and writes the mark where every page shows it, beside that of invented data."""
    for document in (*target.glob("*.qmd"), *target.glob("20*/*.qmd")):
        document.unlink()  # one that is gone from the sources is published no more
    shutil.copytree(reports, target, ignore=MADE, dirs_exist_ok=True)
    mark_papers(target, OFFICE_ONLY, INVENTED if invented else "")
    for document in (*target.glob("*.qmd"), *target.glob("20*/*.qmd"), target / "_quarto.yml"):
        document.write_text(marked(document.read_text(encoding="utf-8")), encoding="utf-8")


def marked(text: str) -> str:
    """A source with the mark beside its subtitle and in the foot of its pages."""
    lines = [
        f'{line[:-1]}. {OFFICE_ONLY}"'
        if line.strip().startswith(("subtitle: ", "page-footer: ")) and line.endswith('"')
        else line
        for line in text.splitlines()
    ]
    return "\n".join(lines) + "\n"
