"""The check of a project, and what it leaves for people: the list of findings, the page to confirm, marked copies."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.files.progress import Progress
from analysis.files.storage import texts_as_objects
from analysis.rules.config import ANNOTATED, FINDINGS, READING_PAGE, Project, load_sources

if TYPE_CHECKING:
    from analysis.forms.annotate import Annotated
    from analysis.pipeline.check import Checked


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


def _latest_received(project: Project) -> date:
    """The day of the data; where no source can be read the first day of the editions, so that a list has a date."""
    try:
        return max(source.received for source in load_sources(project.root))
    except (AnalysisError, ValueError):
        return date(project.editions[0], 1, 1)
