"""The steps of `explain`: reads what the last build has stored, and the printed table that a cell id names."""

import csv
import json
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.errors import AnalysisError
from analysis.files.storage import MANIFEST, PROCESSED, read_tables
from analysis.lineage.explain import (
    CAN_BE_ASKED,
    PrintedTable,
    Question,
    cell_question,
    explain,
    explain_cell,
    unquoted,
)
from analysis.lineage.walk import Store, stored
from analysis.pipeline.fresh import inputs_are_as_built, is_fresh
from analysis.presentation.place import CONTENT_FOLDER, EXHIBIT_ROWS, today
from analysis.rules.config import Project
from analysis.rules.written import STATUS_SUFFIX

if TYPE_CHECKING:
    import pandas as pd

    from analysis.cleaning.names import Register

INTERNAL = "output/internal"
CHANGED = "Внимание: файлы изменились после последней сборки: выполните analysis build."
ONLY_PRINTED = "в открытом виде спрашивают ячейку напечатанной таблицы, например tbl-targets-1@2021!M2."
INTERNAL_IS_OLD = "Внимание: служебный отчёт сделан до последней сборки: выполните analysis report --audience internal."


def explained(project: Project, asked: str, *, internal: bool = True) -> list[str]:
    """Returns the chain behind a number of the last build; first a warning where inputs have changed since.

    Args:
        project: The project.
        asked: What `analysis explain` is asked.
        internal: Whether the office asks; the public may only ask of cells that were published.

    Raises:
        AnalysisError: Nothing has been built, there is nothing of that name, or it is not public.
    """
    asked = unquoted(asked)
    question, store = cell_question(asked), stored(project.root)
    if not internal and (question is None or question.internal):
        raise AnalysisError(f"«{asked}»: {ONLY_PRINTED}")
    if question is None:
        fresh = inputs_are_as_built(project)
        schools = _Schools(store)
        try:
            lines = explain(asked, store, schools.login, schools.near)
        except AnalysisError as error:  # what came since the last build is not in its tables
            raise AnalysisError(f"{error}" if fresh else f"{error} {CHANGED}") from None
    else:
        lines = explain_cell(question, printed_table(project, question), store)
        fresh = is_fresh(project, [question.calendar_year])
        if question.internal and _is_older(project.root, question.calendar_year):
            lines = [INTERNAL_IS_OLD, *lines]
    return lines if fresh else [CHANGED, *lines]


class _Schools:
    """The registry as people ask for it; it is read only where a question is no login."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def login(self, asked: str) -> str:
        """The login of the school that is called so; empty where none is."""
        if self.store.rows("schools", school_login=asked):
            return asked
        register = self._register
        return register.login(asked, "analysis explain") if register and register.logins(asked) else ""

    def near(self, asked: str) -> str:
        """The schools that are nearly called so, in a sentence; empty where none is, or where no name was asked for."""
        is_name = any(letter.isalpha() for letter in asked)
        near = self._register.nearest(asked) if is_name and self._register else ""
        return f"{near} " if near else ""

    @cached_property
    def _register(self) -> "Register | None":
        table = self.store.table("schools")
        if table is None:
            return None
        from analysis.cleaning.names import Register

        return Register(table.to_pandas())


def printed_table(project: Project, question: Question) -> PrintedTable:
    """Returns a table as the last build (or the last internal report) published it.

    Raises:
        AnalysisError: There is no such report or table; the message names those that are.
    """
    year, root = question.calendar_year, project.root
    folder = root / (INTERNAL if question.internal else "reports") / str(year)
    tables = {one["name"]: one for one in read_made(folder / "data/datapackage.json").get("resources", [])}
    make = f"analysis report --audience internal {year}" if question.internal else "analysis build"
    if not tables:
        raise AnalysisError(f"Таблиц отчёта за {year} год нет. Выполните: {make}. {CAN_BE_ASKED}")
    label = today(question.table, tables)
    if label not in tables:
        known = ", ".join(tables)
        raise AnalysisError(f"Таблицы {question.code} нет. Таблицы отчёта за {year} год: {known}. {CAN_BE_ASKED}")
    found, rests = tables[label], read_made(folder / CONTENT_FOLDER / EXHIBIT_ROWS).get(label)
    if rests is None:
        raise AnalysisError(f"Отчёт за {year} год сделан прежней версией программы. Выполните: {make}.")
    with (folder / f"data/{label}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    behind = [[(table, row) for table, row in some] for some in rests.get("behind", [])]
    fields, table, numbers = fields_of(folder, found), rests.get("table", ""), rests.get("rows", [])
    return PrintedTable(question.code, found["title"], fields, rows, table, numbers, behind)


def fields_of(folder: Path, resource: Mapping[str, Any]) -> list[dict[str, str]]:
    """The columns of an entry of datapackage.json, written into it or a file that it names; without statuses."""
    schema = resource["schema"]
    fields = (schema if isinstance(schema, dict) else read_made(folder / "data" / schema)).get("fields", [])
    of_numbers = {f"{one['name']}{STATUS_SUFFIX}" for one in fields}
    return [one for one in fields if one["name"] not in of_numbers]


def read_made(path: Path) -> dict[str, Any]:
    """A JSON file that a build has made; empty where it is not there or broken."""
    try:
        return dict(json.loads(path.read_bytes()))
    except (OSError, ValueError):
        return {}


def _is_older(root: Path, year: int) -> bool:
    """Whether the internal report of a year was made before the last build; it has no manifest of its own."""
    package = root / INTERNAL / str(year) / "data/datapackage.json"
    return package.is_file() and package.stat().st_mtime < (root / PROCESSED / MANIFEST).stat().st_mtime


# What the last build has stored, and what of it the public editions have printed.


def stored_tables(root: Path, only: Collection[str] = ()) -> "dict[str, pd.DataFrame]":
    """Returns the tables that the last build has stored, the masked ones («public_…») among them.

    Args:
        root: The project.
        only: Which; none means all.

    Raises:
        AnalysisError: Nothing has been built.
    """
    from analysis.indicators.school_tables import with_public

    return with_public(read_tables(root, only), stored(root).mask)


def printed_cells(project: Project, tables: "Mapping[str, pd.DataFrame]") -> "dict[str, pd.DataFrame]":
    """Returns of each stored table the cells that the public editions have printed, and nothing else."""
    from analysis.presentation.exports import hidden_in

    cells: dict[str, list[Part]] = {}
    for year in project.editions:
        folder = project.root / "reports" / str(year)
        shown = read_made(folder / CONTENT_FOLDER / EXHIBIT_ROWS)
        for one in read_made(folder / "data/datapackage.json").get("resources", []):
            rests = shown.get(one["name"], {})
            if "table" in rests:
                # Where a table lies in the report of a year, the year is printed with every row of it.
                columns = {"calendar_year", *(field["name"] for field in fields_of(folder, one))}
                hidden = hidden_in(folder / "data" / one["path"], rests["rows"])
                cells.setdefault(rests["table"], []).append(Part(rests["rows"], columns, hidden))
    return {name: _part(tables[name], cells[name]) for name in sorted(cells)}


class Part(NamedTuple):
    """What an exhibit shows of a stored table: rows and columns, and by column the rows in which it is hidden."""

    rows: list[int]
    columns: set[str]
    hidden: Mapping[str, set[int]]


def _part(table: "pd.DataFrame", cells: Sequence[Part]) -> "pd.DataFrame":
    """The rows and columns of some cells; what else stands in these rows is blank."""
    rows = sorted({row for one in cells for row in one.rows})
    kept = {}
    for name in table.columns:
        printed = {row for one in cells if name in one.columns for row in one.rows}
        printed -= {row for one in cells for row in one.hidden.get(name, ())}
        if printed:
            values = table.loc[rows, name]
            kept[name] = (
                values if len(printed) == len(rows) else values.convert_dtypes().where(values.index.isin(printed))
            )
    import pandas as pd

    return pd.DataFrame(kept, index=rows).reset_index(drop=True)
