"""The steps of `forms`: what goes out to be filled in."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.cleaning.returns import no_facts
from analysis.cleaning.versions import is_filled_in
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT, Progress
from analysis.files.storage import write_file_whole
from analysis.forms.collect import Asking, forms_of_year, not_made
from analysis.intake.workbook import read_returned, read_workbook
from analysis.pipeline.check import check_project
from analysis.rules.config import FORMS_FOLDER, Project, asked_years, collection_of, load_reporting, load_sources
from analysis.rules.office_files import load_calendar

FILLED_IN = (
    "в книгу что-то вписано, поэтому она оставлена как есть. Примите её (analysis receive) или уберите отсюда и "
    "повторите команду."
)


@dataclass(frozen=True)
class SentOut:
    """What goes out to be filled in.

    Attributes:
        files: The workbooks that were written.
        said: What was left as it is or could not be made, and why; the lines of a sentence each.
    """

    files: tuple[Path, ...]
    said: tuple[str, ...]


def write_forms(project: Project, calendar_year: int, folder: Path | None, progress: Progress = SILENT) -> SentOut:
    """Writes the forms of an edition, an empty registry where there is none, and the sheet of evidence to be examined.

    They lie in output/forms/<year> where no folder is named.

    Raises:
        AnalysisError: There is no such edition, the project collects nothing, or its roadmap is blocked.
    """
    asked_years(project, [calendar_year])
    folder = folder or project.root / FORMS_FOLDER / str(calendar_year)
    collection = collection_of(project, "нет раздела [collection]: кто отчитывается.")
    tables = _tables(project, progress)
    sittings, reporting = load_calendar(project.root), load_reporting(project.root)
    asking = Asking(project.city, calendar_year, collection, reporting, sittings, project.invented)
    forms = forms_of_year(tables, asking, {source.file: source.received for source in load_sources(project.root)})
    folder.mkdir(parents=True, exist_ok=True)
    filled_in = [form for form in forms if _holds_values(folder / form.name)]
    written = [form for form in forms if form not in filled_in]
    for done, form in enumerate(written):
        progress.step("Пишу формы", done, len(written), form.name)
        write_file_whole(folder / form.name, form.content)
    left = [f"{folder / form.name}: {FILLED_IN}" for form in filled_in]
    return SentOut(tuple(folder / form.name for form in written), (*left, *not_made(tables, asking)))


def _holds_values(path: Path) -> bool:
    """Whether somebody wrote into a workbook that is there; of one that cannot be read nobody knows."""
    if not path.is_file():
        return False
    try:
        return is_filled_in(read_returned(read_workbook(path.read_bytes(), path.name), path.name))
    except AnalysisError:
        return True


def _tables(project: Project, progress: Progress) -> dict[str, pd.DataFrame]:
    """What is known so far; tables of facts are empty while nothing has come back."""
    checked = check_project(project, progress=progress)
    if "activities" not in checked.tables or any(one.rule != "workbook" for one in checked.stopping):
        raise AnalysisError("Есть замечания, которые останавливают работу: выполните analysis check.")
    return {**no_facts(), **checked.tables}
