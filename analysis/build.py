"""From raw files to data/processed and the pieces of the reports; unchanged work is not redone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.config import (
    CORRECTIONS_FILE,
    PROJECT_FILE,
    REPORTING_FILE,
    SOURCES_FILE,
    TERMS_FILE,
    Project,
    Source,
    load_reporting,
    load_sources,
    load_terms,
)
from analysis.errors import AnalysisError
from analysis.store import fingerprint, read_manifest, tables_are_whole, write_tables
from analysis.whole import only_one_at_work

if TYPE_CHECKING:
    import pandas as pd

    from analysis.presentation.edition import Edition

PACKAGE = Path(__file__).parent
MADE_PATTERNS = ("_content/*", "*/_content/*", "*/figures/*", "*/data/*")


class BlockedError(AnalysisError):
    """Findings that stop the build."""


def is_fresh(project: Project) -> bool:
    """Whether the last build was made from these very inputs, config and code, and all it made is still there."""
    manifest = read_manifest(project.root)
    return (
        manifest.get("inputs") == _inputs(project)
        and manifest.get("made") == _made(project)
        and tables_are_whole(project.root, manifest)
    )


def build(project: Project) -> list[str]:
    """Checks the project, writes the pieces of its reports and its processed tables.

    Returns:
        The names of the tables.

    Raises:
        BlockedError: Findings stop the build; nothing is written.
    """
    from analysis.contracts.indicators import INDICATOR_TABLES
    from analysis.contracts.validation import violations
    from analysis.findings import blocking, screen_lines
    from analysis.indicators.tables import indicator_tables
    from analysis.intake.workbook_memory import remembering_reader
    from analysis.pipeline import check_project
    from analysis.presentation.write import remove_interrupted, write_edition, write_index

    checked = check_project(project, remembering_reader(project.root))
    stopping = blocking(checked.findings)
    if stopping:
        raise BlockedError("\n".join(["Сборка остановлена, ничего не записано.", *screen_lines(stopping)]))
    tables = {**checked.tables, **indicator_tables(checked.tables, project.collection, load_reporting(project.root))}
    editions = editions_of(project, tables, load_sources(project.root))
    broken = violations({name: tables[name] for name in INDICATOR_TABLES if name in tables}, INDICATOR_TABLES)
    if broken:
        raise BlockedError("\n".join(screen_lines(broken)))
    reports = project.root / "reports"
    with only_one_at_work(project.root / "data/.build.lock"):
        remove_interrupted(reports)
        for edition in editions:
            write_edition(reports, edition)
        write_index(reports, editions)
        write_tables(project.root, tables, {"inputs": _inputs(project), "made": _made(project)})
    return sorted(tables)


def editions_of(
    project: Project, tables: dict[str, "pd.DataFrame"], sources: tuple[Source, ...], internal: bool = False
) -> list["Edition"]:
    """Returns what each annual report of the project is made from."""
    from analysis.presentation.edition import Edition

    abbreviations = load_terms(project.root).abbreviations
    return [Edition(project, year, tables, sources, abbreviations, internal) for year in project.editions]


def _inputs(project: Project) -> str:
    files = [PROJECT_FILE, SOURCES_FILE, TERMS_FILE, CORRECTIONS_FILE, REPORTING_FILE, "requirements.lock"]
    files += [project.roadmap_file, *(source.file for source in load_sources(project.root))]
    code = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return f"{fingerprint(project.root, [project.root / file for file in files])} {fingerprint(PACKAGE, code)}"


def _made(project: Project) -> Any:  # noqa: ANN401
    reports = project.root / "reports"
    return fingerprint(reports, [path for pattern in MADE_PATTERNS for path in reports.glob(pattern)])
