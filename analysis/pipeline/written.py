"""The pieces of the reports and data/processed, written; a second process makes what they need ahead."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.contracts.effectiveness import PUBLIC_TABLES
from analysis.files.memory import Helper, Memory
from analysis.files.progress import Progress
from analysis.files.storage import BUILD_LOCK, only_one_at_work, read_manifest, write_tables
from analysis.pipeline.fresh import ahead, inputs_of, made_of
from analysis.presentation.chapters import make_ahead, sections_of
from analysis.presentation.edition import Edition, editions_of
from analysis.presentation.write import remove_interrupted, write_edition, write_index
from analysis.rules.config import Project, Source, read_without_fault


def editions_ahead(
    project: Project, tables: dict[str, pd.DataFrame], sources: tuple[Source, ...], years: Sequence[int], helper: Helper
) -> list[Edition]:
    """The editions of a project; a second process begins with the chapters of those that will be written."""
    editions = editions_of(project, tables, sources)
    helper.make(ahead, project.root, make_ahead, [one for one in editions if one.calendar_year in years])
    return editions


def write(
    project: Project,
    years: Sequence[int],
    made: tuple[dict[str, pd.DataFrame], Mapping[str, bytes]],
    editions: Sequence[Edition],
    progress: Progress,
    memory: Memory,
) -> None:
    """Writes the pieces of the years and what was made: the tables, and the files that `explain` reads."""
    reports = project.root / "reports"
    # What is masked lies as bits beside the whole table (`indicators.school_tables.with_public`).
    tables, chains = made
    stored = {name: table for name, table in tables.items() if name not in PUBLIC_TABLES}
    with only_one_at_work(project.root / BUILD_LOCK):
        remove_interrupted(reports)
        wanted = [one for one in editions if one.calendar_year in years]
        for done, edition in enumerate(wanted):
            progress.step("Пишу части отчётов", done, len(wanted), str(edition.calendar_year))
            write_edition(reports, edition, sections_of(edition, memory), memory)
        write_index(reports, editions)
        inputs, last = inputs_of(project), read_manifest(project.root)
        kept = last.get("made", {}) if last.get("inputs") == inputs else {}
        manifest = {"inputs": inputs, "made": {**kept, **made_of(project, years)}}
        write_tables(project.root, stored, manifest | read_without_fault(project.root), chains)
