"""`analysis explain`: printed value ← rule ← rows ← file, sheet, cell, raw text ← evidence ← acceptance."""

import re
from collections.abc import Callable, Iterator
from itertools import chain

from analysis.errors import AnalysisError
from analysis.lineage.ground import Ground, Key
from analysis.lineage.indicators import indicator_chain
from analysis.lineage.measures import measure_chain
from analysis.lineage.school_rows import facts_of_school
from analysis.lineage.sums import reporter_chain, school_chain, task_chain

WITH_YEAR = re.compile(r"^(?P<what>[^@!]+?)(?:@(?P<year>\d{4}))?$")
MEASURE = re.compile(r"^(\d+(?:\.\d+)+)(?:/(\d+))?$")
# cmd.exe on Windows hands apostrophes on, and people quote what they copied.
QUOTES = "'\"`’«»„“”"
CAN_BE_ASKED = (
    "Можно спросить: показатель и год (4.12@2021, 4.1/2@2021), задачу (4 или 4@2021), школу или исполнителя "
    "(логин или название, УО; с годом — УО@2021), показатель школы или города "
    "(логин/success_share@2021, город/success_share@2021; имена — в data/indicators.toml), ячейку таблицы отчёта "
    "(код таблицы под ней, «!» и ячейка Excel: tbl-targets-1@2021!M2) или саму таблицу (tbl-targets-1@2021)."
)


def explain(asked: str, ground: Ground) -> list[str]:
    """Returns the chain of what is asked, line by line; indentation shows what rests on what.

    Args:
        asked: A measure and year («4.12@2021», «4.1/2@2021»; «4.1@2021» means all measures of the activity), a task
            («4», «4@2021»), a reporter or a school («УО@2021», a login), with a year or without, an indicator
            of a school or of the city («edu990005/success_share@2021»).
        ground: What chains stand on.

    Raises:
        AnalysisError: Nothing of that name; the message says what can be asked.
    """
    asked = unquoted(asked)
    match = WITH_YEAR.match(asked)
    lines: list[str] = []
    if match is not None:
        year = None if match["year"] is None else int(match["year"])
        lines = list(_answer(match["what"].strip(), year, ground))
    if not lines:
        years = sorted({key[2] for key in ground.plan})
        near = _nearest_schools(match["what"], ground) if match else ""
        raise AnalysisError(f"«{asked}»: нет такого. {near}{CAN_BE_ASKED} Годы: {', '.join(map(str, years))}.")
    return lines


def unquoted(asked: str) -> str:
    """Returns what is asked without the quotes and apostrophes around it."""
    return asked.strip().strip(QUOTES).strip()


def _answer(what: str, year: int | None, ground: Ground) -> Iterator[str]:
    """The chain; nothing where nothing is called so."""
    tasks = {row["task_code"] for row in ground.plan.values()}
    years = {key[2] for key in ground.plan}
    measure = MEASURE.match(what)
    if year is not None and year not in years:
        return iter(())
    if measure and year is not None:
        return _measures(
            lambda key: key[0] == measure[1] and measure[2] in (None, str(key[1])) and key[2] == year, ground
        )
    who, slash, indicator = what.rpartition("/")
    if slash and year is not None:
        return indicator_chain(_login(who, ground) or who, indicator, year, ground)
    if what in tasks:
        of_task = {key for key, row in ground.plan.items() if row["task_code"] == what}
        return _measures(lambda key: key in of_task, ground) if year is None else task_chain(what, year, ground)
    if login := _login(what, ground):
        known = (f"  {line}" for line in facts_of_school(login, ground, year))
        return chain(school_chain(login, ground, year), known)
    what = ground.collection.one_name(what) if ground.collection else what
    if what in _reporters(ground):
        asked_years = sorted(years) if year is None else [year]
        return chain.from_iterable(reporter_chain(what, one, ground) for one in asked_years)
    return iter(())


def _login(what: str, ground: Ground) -> str:
    """The login of the school that is called so; empty where none is."""
    if ground.register is None or not ground.register.logins(what):
        return ""
    return ground.register.login(what, "analysis explain")


def _nearest_schools(what: str, ground: Ground) -> str:
    if ground.register is None or not any(letter.isalpha() for letter in what):
        return ""
    near = ground.register.nearest(what)
    return f"{near} " if near else ""


def _measures(wanted: Callable[[Key], bool], ground: Ground) -> Iterator[str]:
    return chain.from_iterable(measure_chain(row, ground) for key, row in ground.plan.items() if wanted(key))


def _reporters(ground: Ground) -> set[str]:
    """Municipal reporters, and whoever else reported."""
    municipal = ground.collection.municipal if ground.collection else ()
    told = {row["reporter"] for rows in ground.reports.values() for row in rows}
    return {*municipal, *told} if "reports" in ground.tables else set()
