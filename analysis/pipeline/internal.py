"""The report for the office alone: the same sources with everything in it, marked, in output/internal."""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from analysis.files.storage import read_tables
from analysis.lineage.walk import stored
from analysis.presentation.chapters import sections_of
from analysis.presentation.edition import editions_of
from analysis.presentation.place import MADE_FOLDERS
from analysis.presentation.write import write_edition, write_index
from analysis.publishing.word_pages import mark_papers
from analysis.rules.config import INVENTED, OFFICE_ONLY, Project, load_sources

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
