"""What a project has left open for its own city: its calendar, the years of its registry."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.contracts.findings import WHOLE_FILE, Finding, Severity
from analysis.rules.config import CALENDAR_FILE, Project
from analysis.rules.exam_calendar import Sitting, load_calendar, school_years_of, sitting_stanza

FILL_IN = "Допишите раздел (образец ниже) для каждой процедуры и ответьте в нём на три вопроса."


def undecided(project: Project, tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns what to decide before forms go out; nothing of it stops the build.

    Args:
        project: The project.
        tables: The typed tables; those of a registry where there is one.
    """
    found: list[Finding] = []
    if (project.root / CALENDAR_FILE).is_file():
        found += _years_without_sittings(load_calendar(project.root), project.editions)
    if "school_status" in tables:
        found += _years_without_report(tables["school_status"], project.editions)
    return found


def no_sittings(calendar: Sequence[Sitting], calendar_year: int) -> str:
    """Returns that the calendar knows nothing of a year; empty where it does."""
    if any(one.calendar_year == calendar_year for one in calendar):
        return ""
    return (
        f"Процедур {calendar_year} года в календаре нет: формы школ не спрашивают о результатах, а выгрузки за этот "
        "год откладываются."
    )


def _years_without_sittings(calendar: Sequence[Sitting], editions: Sequence[int]) -> Iterator[Finding]:
    """A finding for each year; the entry to paste stands in the first, or three of them would hide all else."""
    unknown = [year for year in editions if no_sittings(calendar, year)]
    for year in unknown:
        first = year == unknown[0]
        yield Finding(
            "calendar",
            Severity.ATTENTION,
            CALENDAR_FILE,
            (WHOLE_FILE,),
            "",
            no_sittings(calendar, year),
            FILL_IN if first else f"Допишите и их; образец печатает analysis forms {year}.",
            sitting_stanza(year) if first else "",
        )


def _years_without_report(status: pd.DataFrame, editions: Sequence[int]) -> Iterator[Finding]:
    reported = {one for year in editions for one in school_years_of(year)}
    strange = status[~status["school_year"].isin(reported)]
    for (file, school_year), rows in strange.groupby(["source_file", "school_year"], sort=False):
        yield Finding(
            "other_edition",
            Severity.ATTENTION,
            str(file),
            tuple(rows["place"]),
            str(school_year),
            f"Статусы за {school_year} учебный год ни к одному отчёту не относятся: отчёты выходят за "
            f"{', '.join(map(str, editions))}.",
            "Если это описка, исправьте реестр и примите его заново: analysis receive; иначе ничего.",
        )
