"""The registry of schools and their status: what a row must say, and that no school or status stands twice."""

from collections.abc import Mapping
from typing import Any

from analysis.cleaning.notes import Notes, chosen, not_listed, shown_text
from analysis.cleaning.returns import FactRows
from analysis.contracts.facts import STATUSES
from analysis.contracts.forms import REGISTRY_SCHOOLS, REGISTRY_STATUS
from analysis.findings import Severity
from analysis.intake.cell_values import read_count, school_year_in
from analysis.intake.returns import Returned, ReturnedRow

TEXTS = ("school_login", "code_oo", "code_msu", "school_name", "full_name", "aliases", "school_kind")
FILL_IN = "Исправьте реестр и примите его заново: analysis receive."


def clean_registry(returned: Returned) -> FactRows:
    """Returns the schools and their status; a row with a finding stays out."""
    notes = Notes(returned.file)
    schools = _schools(returned, notes)
    status = _statuses(returned, set(schools), notes)
    rows = {"schools": tuple(schools.values()), "school_status": tuple(status.values())}
    return FactRows(rows, (*returned.findings, *notes.findings))


def _schools(returned: Returned, notes: Notes) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, tuple[Any, ...]] = {}
    for row in returned.rows[REGISTRY_SCHOOLS.title]:
        texts = [notes.read(row, name, shown_text) for name in TEXTS]
        login, name = texts[0], texts[3]
        pupils = notes.read(row, "pupil_count", read_count)
        if login in found:
            _blocks(notes, row, "school_login", "pasted_twice", f"Логин «{login}» стоит в реестре второй раз.")
        elif login is None and not notes.unread(row, "school_login"):
            _blocks(notes, row, "school_name", "blank_cell", "У школы не указан логин: по нему школы соединяются.")
        elif name is None and not notes.unread(row, "school_name"):
            _blocks(notes, row, "school_login", "blank_cell", "У школы не указано краткое название.")
        elif login is not None and name is not None:
            found[login] = (returned.file, row.place, *texts, pupils)
    return found


def _statuses(returned: Returned, known: set[Any], notes: Notes) -> dict[Any, tuple[Any, ...]]:
    found: dict[Any, tuple[Any, ...]] = {}
    for row in returned.rows[REGISTRY_STATUS.title]:
        login, written = (notes.read(row, name, shown_text) for name in ("school_login", "school_year"))
        year, status = school_year_in(written or ""), notes.read(row, "status", chosen(STATUSES))
        if notes.unread(row, "school_login", "school_year", "status"):
            continue
        if login not in known:
            said = "Логина нет на листе «Школы»." if login else "У статуса не указан логин школы."
            _blocks(notes, row, "school_login", "school", said)
        elif year is None:
            _blocks(notes, row, "school_year", "value", "Ожидался учебный год вида 2020/21: два года подряд.")
        elif status is None:
            _blocks(notes, row, "status", "value", f"Не указан статус: {', '.join(STATUSES)}.")
        elif status not in STATUSES:
            _blocks(notes, row, "status", "value", not_listed(status, STATUSES))
        elif (login, year) in found:
            _blocks(notes, row, "school_year", "pasted_twice", f"Статус школы «{login}» за {year} назван второй раз.")
        else:
            found[(login, year)] = (returned.file, row.place, login, year, status)
    return found


def _blocks(notes: Notes, row: ReturnedRow, name: str, rule: str, said: str) -> None:
    place = notes.cell_place(row, name) or row.place
    value = shown_text(row.cells[name].value) if name in row.cells else None
    notes.add(rule, Severity.BLOCKS, place, value or "", said, FILL_IN)


def reporter_words(reporter: str, names: Mapping[str, str]) -> str:
    """«Школа № 5 (edu990005)», or the name of a municipal reporter as it is.

    Args:
        reporter: A login or a municipal reporter.
        names: Names of schools by login.
    """
    return f"{names[reporter]} ({reporter})" if reporter in names else reporter
