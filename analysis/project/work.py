"""The work of a project, step by step: commands and notebooks call it, and it prints nothing.

Nothing heavy is imported before it is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError, reason
from analysis.files.memory import Progress
from analysis.project.checking import check, keep_findings
from analysis.rules.config import FORMS_FOLDER, Project, asked_years

if TYPE_CHECKING:
    from analysis.forms.collection import SentOut
    from analysis.forms.receive import Ask, Received
    from analysis.forms.receptions import Said
    from analysis.pipeline.check import Checked
    from analysis.starter.new_project import Given


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
    """Takes the receptions of files back; a result without `source` was not taken back.

    Raises:
        AnalysisError: No file is named.
    """
    if not files:
        raise AnalysisError("Назовите файлы, приём которых взять назад: analysis receive --undo ФАЙЛ…")
    from analysis.forms.receive import take_back

    return take_back(project.root, files, date.today())


def new(folder: Path, city: str, publisher: str, years: Sequence[int]) -> str:
    """Starts a project for any city in a new or empty folder; returns what to do next."""
    from analysis.starter.new_project import NewProject, new_project, next_steps, write_project

    beginning = NewProject(city, publisher, tuple(years))
    write_project(folder, new_project(beginning))
    return next_steps(folder, beginning)


def new_from(folder: Path, roadmap: Path, given: "Given", progress: Progress) -> Started:
    """Starts a project with a received road map: reads it, proposes what it says, copies it untouched, checks.

    Raises:
        AnalysisError: The file cannot be read, holds no plan, or the folder holds something; nothing is left behind.
    """
    from analysis.rules.config import load_project
    from analysis.starter.new_project import (
        beginning_of,
        new_project,
        read_proposal,
        removed,
        steps_after_reading,
        write_project,
    )

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
    from analysis.demo.project import demo_files, write_demo_and_inbox

    progress.step("Записываю вымышленный проект")
    return Demo(folder, *write_demo_and_inbox(folder, demo_files(), inbox))
