"""The steps of `forms`: what goes out to be filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.cleaning.registry import school_names
from analysis.cleaning.returns import fact_table
from analysis.cleaning.versions import is_filled_in
from analysis.contracts.facts import FACT_TABLES
from analysis.contracts.findings import blocking
from analysis.contracts.forms import ACCEPTANCE, REGISTRY_SCHOOLS, REGISTRY_STATUS, form_identity
from analysis.errors import AnalysisError
from analysis.files.progress import SILENT, Progress
from analysis.files.storage import write_file_whole
from analysis.forms.collect import HOW_TO_DECIDE, Asking, Form, blank_forms, rows_to_decide, workbooks
from analysis.forms.workbook import form_bytes
from analysis.indicators.duties import municipal_unnamed, reporting_schools
from analysis.indicators.plan import in_force, plan_by_year
from analysis.intake.returns import read_returned
from analysis.intake.workbook import read_workbook
from analysis.pipeline.check import check_project
from analysis.rules.config import INVENTED, Collection, Project, load_reporting, load_sources
from analysis.rules.exam_calendar import CALENDAR_FILE, FILL_IN, Sitting, load_calendar, no_sittings, sitting_stanza
from analysis.rules.office_files import SCHOOLS_FILE

NO_REGISTRY = "Реестра школ ещё нет, поэтому форм школ нет: заполните registry.xlsx и выполните analysis receive."
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


def write_forms(project: Project, calendar_year: int, folder: Path, progress: Progress = SILENT) -> SentOut:
    """Writes the forms of a year, an empty registry where there is none, and the sheet of evidence to be examined.

    Raises:
        AnalysisError: The project collects nothing, has no such year, or its roadmap is blocked.
    """
    collection, tables = _collection(project), _tables(project, calendar_year, progress)
    created = max(source.received for source in load_sources(project.root))
    every_version = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    plan = in_force(every_version)
    sittings, reporting = load_calendar(project.root), load_reporting(project.root)
    unnamed = municipal_unnamed(tables["executors"], collection, reporting)
    asking = Asking(project.city, calendar_year, collection, reporting, sittings, project.invented)
    blank = blank_forms({**tables, "plan": plan, "schools": reporting_schools(tables, calendar_year)}, asking)
    registry = [_registry_form(project, calendar_year, created)] if tables["schools"].empty else []
    known = every_version.sort_values("in_force", kind="stable")
    waiting = _acceptance_form(project, tables, known, calendar_year, created)
    forms = [*workbooks(blank, calendar_year, created), *registry, *([waiting] if waiting else [])]
    folder.mkdir(parents=True, exist_ok=True)
    filled_in = [form for form in forms if _holds_values(folder / form.name)]
    written = [form for form in forms if form not in filled_in]
    for done, form in enumerate(written):
        progress.step("Пишу формы", done, len(written), form.name)
        write_file_whole(folder / form.name, form.content)
    left = [f"{folder / form.name}: {FILLED_IN}" for form in filled_in]
    not_made = _not_made(tables, unnamed, sittings, calendar_year)
    return SentOut(tuple(folder / form.name for form in written), (*left, *not_made))


def _holds_values(path: Path) -> bool:
    """Whether somebody wrote into a workbook that is there; of one that cannot be read nobody knows."""
    if not path.is_file():
        return False
    try:
        return is_filled_in(read_returned(read_workbook(path.read_bytes(), path.name), path.name))
    except AnalysisError:
        return True


def _tables(project: Project, calendar_year: int, progress: Progress) -> dict[str, pd.DataFrame]:
    """What is known so far; tables of facts are empty while nothing has come back."""
    if calendar_year not in project.editions:
        raise AnalysisError(f"Года {calendar_year} нет в project.toml, ключ editions: {list(project.editions)}.")
    checked = check_project(project, progress=progress)
    if "activities" not in checked.tables or any(one.rule != "workbook" for one in blocking(checked.findings)):
        raise AnalysisError("Есть замечания, которые останавливают работу: выполните analysis check.")
    return {**{name: fact_table(name, ()) for name in FACT_TABLES}, **checked.tables}


def _not_made(
    tables: Mapping[str, pd.DataFrame], unnamed: Sequence[str], sittings: Sequence[Sitting], calendar_year: int
) -> list[str]:
    """What could not be made, or is not asked, and why."""
    lines = [
        f"{name}: формы нет, потому что «дорожная карта» не называет этого исполнителя ни в одном мероприятии. "
        "Сверьте с документом: project.toml, [collection], ключ municipal."
        for name in unnamed
    ]
    asked = set(reporting_schools(tables, calendar_year)["school_login"])
    lines += [
        f"{login}: формы за {calendar_year} год нет: {name}. За неё отчитывается новая школа ({SCHOOLS_FILE})."
        for login, name in school_names(tables).items()
        if login not in asked
    ]
    unknown = no_sittings(sittings, calendar_year)
    if unknown:
        lines += [f"{CALENDAR_FILE}: {unknown} {FILL_IN}", sitting_stanza(calendar_year)]
    elif not any(one.calendar_year == calendar_year and one.form_subjects for one in sittings):
        said = f"процедур {calendar_year} года, о которых спрашивает форма, нет: ключ form_subjects всюду пуст."
        lines.append(f"{CALENDAR_FILE}: {said}")
    return [*lines, NO_REGISTRY] if tables["schools"].empty else lines


def _collection(project: Project) -> Collection:
    if project.collection is None:
        raise AnalysisError(
            "project.toml: нет раздела [collection]: кто отчитывается. "
            'Впишите: municipal = ["УО", "ИМО"], schools = "ОО".'
        )
    return project.collection


def _registry_form(project: Project, calendar_year: int, created: date) -> Form:
    lines = [
        "Реестр школ",
        *_said(project),
        "Впишите все школы города и их статус по учебным годам: от них зависит, кто отчитывается.",
    ]
    identity = form_identity("registry", project.city, calendar_year, "registry")
    content = form_bytes(lines, [(REGISTRY_SCHOOLS, [], {}), (REGISTRY_STATUS, [], {})], identity, created)
    return Form("registry.xlsx", content)


def _acceptance_form(
    project: Project, tables: dict[str, pd.DataFrame], plan: pd.DataFrame, calendar_year: int, created: date
) -> Form | None:
    """The evidence of a year that nobody has examined; nothing where there is none."""
    evidence, examined = tables["evidence"], tables["acceptance"]["evidence_id"]
    waiting = evidence[(evidence["calendar_year"] == calendar_year) & ~evidence["evidence_id"].isin(examined)]
    if waiting.empty:
        return None
    received = {source.file: source.received for source in load_sources(project.root)}
    rows = rows_to_decide(waiting, tables["reports"], plan, tables["schools"], received)
    lines = [f"Рассмотрение подтверждений за {calendar_year} год", *_said(project), *HOW_TO_DECIDE]
    identity = form_identity("acceptance", project.city, calendar_year, "acceptance")
    return Form(f"{calendar_year}_acceptance.xlsx", form_bytes(lines, [(ACCEPTANCE, rows, {})], identity, created))


def _said(project: Project) -> list[str]:
    return [f"{INVENTED}."] if project.invented else []
