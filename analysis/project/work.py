"""The work of a project, step by step: commands and notebooks call it, and it prints nothing.

Nothing heavy is imported before it is needed.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import AnalysisError, reason
from analysis.files.progress import Progress
from analysis.files.storage import ASIDE
from analysis.rules.config import ANNOTATED, FINDINGS, FORMS_FOLDER, READING_PAGE, Project, asked_years, load_sources

if TYPE_CHECKING:
    from analysis.documents.run import Made, Order
    from analysis.forms.annotate import Annotated
    from analysis.forms.collection import SentOut
    from analysis.forms.receive import Ask, Received
    from analysis.forms.receptions import Said
    from analysis.pipeline.check import Checked
    from analysis.starter.new_project import Given

FORMATS, ENGINES, AUDIENCES = ("html", "pdf", "docx"), ("auto", "quarto", "builtin"), ("public", "internal")
IF_NOT_WRITTEN = (
    "Закройте файл, если он открыт в другой программе; проверьте место на диске и права на папку. Прежние файлы целы."
)
AUDIT = "output/audit.csv"


@dataclass(frozen=True)
class Built:
    """What a build has done.

    Attributes:
        years: The editions.
        tables: The names of the tables that were written; none where nothing has changed.
    """

    years: tuple[int, ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Started:
    """A project that began with a received document.

    Attributes:
        read: What the document says of the project, a line each.
        checked: What the first check says.
        next_steps: What to do next.
    """

    read: tuple[str, ...]
    checked: "Checked"
    next_steps: str


@dataclass(frozen=True)
class Demo:
    """The invented project.

    Attributes:
        folder: Where it lies.
        is_new: Whether it was written just now.
        inbox: Exports with a row per invented pupil.
    """

    folder: Path
    is_new: bool
    inbox: tuple[Path, ...] = ()


def check(project: Project, progress: Progress) -> "Checked":
    """Reads and checks everything; writes nothing, so that findings are known where nothing can be written."""
    from analysis.pipeline.check import check_project

    with texts_as_objects():
        return check_project(project, progress=progress)


def keep_findings(project: Project, checked: "Checked") -> list[Path]:
    """Leaves the full list of findings in output/, as text and as a workbook, and what is to be confirmed."""
    from analysis.contracts.execution import Findings
    from analysis.contracts.findings import full_text
    from analysis.files.storage import write_file_whole
    from analysis.presentation.exports import Sheet, xlsx_bytes

    text, book = (project.root / name for name in FINDINGS)
    text.parent.mkdir(exist_ok=True)
    write_file_whole(text, full_text(checked.findings).encode("utf-8"))
    sheet = Sheet("Данные", "Замечания", checked.tables["findings"], Findings)
    about = [("Таблица", "Замечания к исходным файлам"), ("Издатель", project.publisher)]
    write_file_whole(book, xlsx_bytes([sheet], about, _latest_received(project)))
    return [text, book, *_keep_reading(project, checked)]


def _keep_reading(project: Project, checked: "Checked") -> list[Path]:
    """Leaves what was read beside pictures of the pages, where a person is asked to confirm it."""
    asked = [finding for finding in checked.findings if finding.rule == "reading"]
    if not asked:
        return []
    from analysis.files.storage import write_file_whole
    from analysis.intake.files import pages_of
    from analysis.presentation.plan_reading import reading_of, reading_page

    page = project.root / READING_PAGE
    contents = [(one, (project.root / one.file).read_bytes()) for one in asked]
    parts = [
        reading_of(one.file, pages_of(content, one.file), checked.tables["cells"], checked.findings, one)
        for one, content in contents
    ]
    write_file_whole(page, reading_page(parts).encode("utf-8"))
    return [page]


def annotate(project: Project, checked: "Checked") -> "Annotated":
    """Leaves a marked copy of each workbook with faults or returned evidence in output/annotated."""
    from analysis.forms.annotate import Annotated, sent_back
    from analysis.forms.annotate import annotate as leave_copies
    from analysis.rules.config import workbooks_in_force

    try:
        returned = [source.file for source in workbooks_in_force(load_sources(project.root))]
    except AnalysisError:  # a finding says what is wrong with the record
        return Annotated((), (), ())
    findings = [*checked.findings, *sent_back(checked.tables)]
    return leave_copies(project.root, findings, returned, project.root / ANNOTATED)


def build(project: Project, years: Sequence[int], progress: Progress) -> Built:
    """Writes data/processed and the pieces of the reports of some years (none means all), unless nothing has changed.

    Raises:
        AnalysisError: There is no such year, or findings stop the build.
    """
    from analysis.pipeline.build import build as build_project
    from analysis.pipeline.build import is_fresh

    asked = asked_years(project, years)
    if is_fresh(project, asked):
        progress.say("Таблицы и части отчётов без изменений.")
        return Built(asked)
    with texts_as_objects():
        names = build_project(project, asked, progress)
    said = ", ".join(map(str, asked))
    progress.say(f"Собрано: data/processed (таблиц: {len(names)}) и части отчётов за {said}.")
    return Built(asked, tuple(names))


class Publishing(NamedTuple):
    """How editions are published.

    Attributes:
        formats: Some of FORMATS.
        engine: auto, quarto or builtin.
        audience: public or internal.
        later: Formats that are made right after these: what the site has of them stays until then.
    """

    formats: Sequence[str] = FORMATS
    engine: str = ENGINES[0]
    audience: str = AUDIENCES[0]
    later: Sequence[str] = ()


def report(project: Project, years: Sequence[int], how: Publishing, progress: Progress) -> list[Path]:
    """Builds if needed, publishes editions (no years mean all), and returns what the site holds of them.

    Raises:
        AnalysisError: Findings stop the build, or the sources cannot be published.
    """
    from analysis.publishing import Request, publish

    asked = asked_years(project, years)
    sources, documents = _built_sources(project, asked, how.audience, progress)
    wanted = [*documents, "index.qmd"] if "html" in how.formats else documents
    day = max(source.received for source in load_sources(project.root))
    before = partial(_before_going_out, project, asked) if how.audience == "public" else None
    request = Request(wanted, how.formats, how.engine, day, how.later)
    return publish(sources, request, progress=progress, before=before)


def _built_sources(project: Project, asked: Sequence[int], audience: str, progress: Progress) -> tuple[Path, list[str]]:
    """The folder of report sources for an audience, all that they place built, and the documents of some years."""
    from analysis.presentation.catalogue import annual_reports
    from analysis.presentation.place import (
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
    build(project, needed, progress)
    sources = _report_sources(project, audience, needed)
    refuse_lost_references(sources, annual)
    refuse_repeated(sources, documents)
    return sources, [*documents, *(_school_pages(project, sources, asked) if audience == "internal" else [])]


def audit(project: Project, progress: Progress) -> tuple[tuple[str, ...], Path, bool]:
    """Builds if needed and says what a reader can prove of what the public editions hide.

    Returns:
        What is said, the list of every hidden number for the office, and whether nothing is at risk.
    """
    build(project, (), progress)
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
    build(project, [order.year], progress)
    from analysis.documents.run import make_documents

    with texts_as_objects():
        return make_documents(project, order, progress)


def forms(project: Project, year: int, folder: Path | None, progress: Progress) -> "SentOut":
    """Writes the workbooks of a year that are sent out to be filled in, by default into output/forms/<year>."""
    asked_years(project, [year])
    from analysis.forms.collection import write_forms

    return write_forms(project, year, folder or project.root / FORMS_FOLDER / str(year), progress)


def receive(project: Project, files: Sequence[Path], said: "Said", ask: "Ask", progress: Progress) -> "list[Received]":
    """Takes files (none means what lies in the inbox) into data/raw; a result without `source` was refused.

    Raises:
        AnalysisError: The day of receipt is still to come, or there is no inbox.
    """
    from analysis.forms.receive import receive as take_in
    from analysis.forms.receptions import inbox_files

    if said.received > date.today():
        raise AnalysisError(f"День получения {said.received:%d.%m.%Y} ещё не наступил.")
    return take_in(project.root, files or inbox_files(project), said, ask, progress)


def undo(project: Project, files: Sequence[Path]) -> "list[Received]":
    """Takes the receptions of files back; a result without `source` was not taken back."""
    from analysis.forms.receive import take_back

    return take_back(project.root, files, date.today())


def new(folder: Path, city: str, publisher: str, years: Sequence[int]) -> str:
    """Starts a project for any city in a new or empty folder; returns what to do next."""
    from analysis.starter.new_project import NewProject
    from analysis.starter.start import new_project, next_steps, write_project

    beginning = NewProject(city, publisher, tuple(years))
    write_project(folder, new_project(beginning))
    return next_steps(folder, beginning)


def new_from(folder: Path, roadmap: Path, given: "Given", progress: Progress) -> Started:
    """Starts a project with a received road map: reads it, proposes what it says, copies it untouched, checks.

    Raises:
        AnalysisError: The file cannot be read, holds no plan, or the folder holds something; nothing is left behind.
    """
    from analysis.rules.config import load_project
    from analysis.starter.new_project import beginning_of, read_proposal
    from analysis.starter.start import new_project, removed, steps_after_reading, write_project

    file = f"data/raw/{roadmap.name}"
    try:
        content = roadmap.read_bytes()
    except OSError as error:
        raise AnalysisError(f"{roadmap}: файл не открывается ({reason(error)}).") from None
    progress.step("Читаю «дорожную карту»")
    proposal = read_proposal(content, file)
    beginning = beginning_of(proposal, given, file, date.today())
    existed = folder.is_dir()
    write_project(folder, {**new_project(beginning), file: content})
    try:
        project = load_project(folder.resolve())
        checked = check(project, progress)
        keep_findings(project, checked)
    except BaseException:
        removed(folder, existed)
        raise
    return Started(tuple(proposal.said()), checked, steps_after_reading(folder, beginning))


def demo(folder: Path, inbox: Path | None, progress: Progress) -> Demo:
    """Writes the invented project, unless this very one is there already, and exports of its pupils outside it."""
    from analysis.demo.exports import write_inbox
    from analysis.demo.project import demo_files, write_demo

    progress.step("Записываю вымышленный проект")
    exports = write_inbox(folder, inbox) if inbox else []
    return Demo(folder, write_demo(folder, demo_files()), tuple(exports))


def texts_as_objects() -> AbstractContextManager[None]:
    """Tables here are small and read value by value; that takes Arrow's texts three times as long as Python's own."""
    import pandas as pd

    return pd.option_context("mode.string_storage", "python")


def not_written(error: OSError) -> str:
    """What is said where a file or folder could not be written; drafts and what is put aside have names of ours."""
    path = str(error.filename2 or error.filename or "файл").removesuffix(ASIDE)
    return f"{path}: {reason(error)}. {IF_NOT_WRITTEN}"


def _latest_received(project: Project) -> date:
    """The day of the data; where no source can be read the first day of the editions, so that a list has a date."""
    try:
        return max(source.received for source in load_sources(project.root))
    except (AnalysisError, ValueError):
        return date(project.editions[0], 1, 1)


def _report_sources(project: Project, audience: str, years: Sequence[int]) -> Path:
    if audience == "public":
        return project.root / "reports"
    from analysis.pipeline.internal import internal_sources

    with texts_as_objects():
        return internal_sources(project, years)


def _before_going_out(project: Project, years: Sequence[int]) -> None:
    """Stops what must not go out, and notes what will, so that a later mask agrees with it.

    A run that dies in between has noted too much, never too little.
    """
    from analysis.contracts.effectiveness import GROUP_TABLES
    from analysis.files.storage import read_tables
    from analysis.indicators.school_tables import with_public
    from analysis.lineage.walk import stored
    from analysis.pipeline.audit import keep_record, refuse_open_cells

    stood_on = read_tables(project.root, {*GROUP_TABLES, "results", "school_status"})
    tables = with_public(stood_on, stored(project.root).mask)
    refuse_open_cells(project, years, tables)
    keep_record(project.root, tables, years)


def _school_pages(project: Project, sources: Path, years: Sequence[int]) -> list[str]:
    from analysis.documents.run import write_school_pages

    with texts_as_objects():
        return write_school_pages(project, sources, years)
