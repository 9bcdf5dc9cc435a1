"""What goes out of a project: its reports, documents, and what a reader of them can prove; nothing is printed."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.files.memory import Helper, Memory, Progress
from analysis.files.storage import texts_as_objects
from analysis.rules.config import Project, asked_years, load_sources

if TYPE_CHECKING:
    from analysis.documents.run import Made, Order

FORMATS, ENGINES, AUDIENCES = ("html", "pdf", "docx"), ("auto", "quarto", "builtin"), ("public", "internal")
AUDIT = "output/audit.csv"


class Publishing(NamedTuple):
    """How editions are published.

    Attributes:
        formats: Some of FORMATS.
        engine: auto, quarto or builtin.
        audience: public or internal.
        later: Formats that are made right after these: what the site has of them stays until then.
        jobs: How many processes may build what is published.
        memory: The notes that a process has at hand which publishes again and again.
        helper: The second process that it has at hand.
    """

    formats: Sequence[str] = FORMATS
    engine: str = ENGINES[0]
    audience: str = AUDIENCES[0]
    later: Sequence[str] = ()
    jobs: int = 1
    memory: Memory | None = None
    helper: Helper | None = None


def report(project: Project, years: Sequence[int], how: Publishing, progress: Progress) -> list[Path]:
    """Builds if needed, publishes editions (no years mean all), and returns what the site holds of them.

    Raises:
        AnalysisError: Findings stop the build, or the sources cannot be published.
    """
    from analysis.publishing import Request, publish

    asked = asked_years(project, years)
    sources, documents = _built_sources(project, asked, how, progress)
    wanted = [*documents, "index.qmd"] if "html" in how.formats else documents
    day = max(source.received for source in load_sources(project.root))
    before = partial(_before_going_out, project, asked) if how.audience == "public" else None
    request = Request(wanted, how.formats, how.engine, day, how.later)
    return publish(sources, request, progress=progress, before=before)


def _built_sources(
    project: Project, asked: Sequence[int], how: Publishing, progress: Progress
) -> tuple[Path, list[str]]:
    """The folder of report sources for an audience, all that they place built, and the documents of some years."""
    from analysis.presentation.place import (
        annual_reports,
        own_reports,
        refuse_lost_references,
        refuse_repeated,
        refuse_without_annex,
        years_placed,
    )

    reports = project.root / "reports"
    annual = [name for year in asked for name in annual_reports(year)]
    refuse_without_annex(reports, annual)
    documents = [*annual, *own_reports(reports, asked)]
    needed = sorted({*asked, *(years_placed(reports, documents) & {*project.editions})})
    from analysis.pipeline.build import build_if_changed

    build_if_changed(project, needed, progress, how.jobs, how.memory, how.helper)
    sources = _report_sources(project, how.audience, needed)
    refuse_lost_references(sources, annual)
    refuse_repeated(sources, documents)
    return sources, [*documents, *(_school_pages(project, sources, asked) if how.audience == "internal" else [])]


def audit(project: Project, progress: Progress) -> tuple[tuple[str, ...], Path, bool]:
    """Builds if needed and says what a reader can prove of what the public editions hide.

    Returns:
        What is said, the list of every hidden number for the office, and whether nothing is at risk.
    """
    from analysis.pipeline.build import build_if_changed

    build_if_changed(project, (), progress)
    from analysis.files.storage import write_file_whole
    from analysis.pipeline.audit import audit as look_at
    from analysis.rules.office_files import load_policy

    progress.step("Ищу, что можно доказать по открытым файлам")
    with texts_as_objects():
        found = look_at(project)
    path = project.root / AUDIT
    path.parent.mkdir(exist_ok=True)
    write_file_whole(path, found.table().to_csv(index=False, sep=";").encode("utf-8-sig"))
    return tuple(found.said(load_policy(project.root))), path, not found.stopping


def documents(project: Project, order: "Order", progress: Progress) -> "Made":
    """Builds if needed and makes the documents of a year that the roadmap asks for.

    Raises:
        AnalysisError: A school is not known, what people wrote is not in the documented form, or nothing can be made.
    """
    from analysis.documents.run import make_documents
    from analysis.pipeline.build import build_if_changed

    build_if_changed(project, [order.year], progress)

    with texts_as_objects():
        return make_documents(project, order, progress)


def _report_sources(project: Project, audience: str, years: Sequence[int]) -> Path:
    if audience == "public":
        return project.root / "reports"
    from analysis.pipeline.written import internal_sources

    with texts_as_objects():
        return internal_sources(project, years)


def _before_going_out(project: Project, years: Sequence[int]) -> None:
    """Stops what must not go out, and notes what will, so that a later mask agrees with it.

    A run that dies in between has noted too much, never too little.
    """
    from analysis.pipeline.audit import LOOKED_AT, keep_record, refuse_open_cells
    from analysis.project.explanation import stored_tables

    tables = stored_tables(project.root, LOOKED_AT)
    refuse_open_cells(project, years, tables)
    keep_record(project.root, tables, years)


def _school_pages(project: Project, sources: Path, years: Sequence[int]) -> list[str]:
    from analysis.documents.run import write_school_pages

    with texts_as_objects():
        return write_school_pages(project, sources, years)
