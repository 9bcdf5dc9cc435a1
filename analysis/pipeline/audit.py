"""The audit of the public editions: what can be proven from their files alone, all editions of the site together."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.contracts.columns import titles_of
from analysis.contracts.school_facts import MARK_COLUMNS
from analysis.contracts.school_groups import GROUP_NAMES, GROUP_TABLES, OTHERS, column_title
from analysis.errors import AnalysisError
from analysis.files.tables import read_tables
from analysis.indicators.masking import Sheet
from analysis.indicators.school_facts import SITTING, in_groups
from analysis.indicators.school_tables import row_keys, sheets, supported_in
from analysis.rules.config import Project
from analysis.rules.disclosure_policy import DOUBTS, DisclosurePolicy, load_policy

SHOWN = 10
STAGE_TABLE, STAGE_COLUMN = "pupil_groups", "group_pupil_count"
# By table and row what editions print: by column the value.
Printed = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True)
class Line:
    """A hidden number and what a reader can prove of it; `most` is empty where there is no upper end."""

    table: str
    row: str
    column: str
    least: int
    most: int | str
    is_small: bool
    is_narrow: bool


@dataclass(frozen=True)
class Audit:
    """What an audit has found.

    Attributes:
        years: The editions of the site.
        lines: Every hidden number of people.
        doubts: By a key of DOUBTS the printed rows that it is true of.
        stopping: The reasons for which the public report is not to be published.
    """

    years: tuple[int, ...]
    lines: tuple[Line, ...]
    doubts: Mapping[str, Sequence[str]]
    stopping: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """All lines, for Excel; it is for the office alone."""
        rows = [(*vars(one).values(),) for one in self.lines]
        columns = ["Таблица", "Строка", "Столбец", "Не меньше", "Не больше", "Малое", "Под угрозой"]
        return pd.DataFrame(rows, columns=columns).replace({True: "да", False: ""})

    def said(self, policy: DisclosurePolicy) -> Iterator[str]:
        """The findings as lines for a terminal."""
        yield f"Открытые отчёты сайта: {', '.join(map(str, self.years))}. Проверены вместе."
        small = sum(one.is_small for one in self.lines)
        yield f"Скрыто чисел людей: {len(self.lines)}, из них меньше {policy.smallest_count}: {small}."
        narrow = [one for one in self.lines if one.is_narrow]
        yield f"Под угрозой — по открытым файлам сужены: {len(narrow)}."
        for one in narrow[:SHOWN]:
            yield f"  {one.table}; {one.row}; {one.column}: от {one.least} до {one.most}"
        for key, rows in self.doubts.items():
            yield f"{DOUBTS[key].capitalize()}: {len(rows)}" + ("." if key in policy.stops else " (правило разрешает).")
            yield from (f"  {row}" for row in rows[:SHOWN])


def audit(project: Project) -> Audit:
    """Returns what can be proven from all public editions that have been built.

    Raises:
        AnalysisError: Nothing has been built.
    """
    policy, tables = load_policy(project.root), read_tables(project.root)
    printed, years = _printed(project.root, {year: project.root / "reports" / str(year) for year in project.editions})
    lines = tuple(provable(tables, policy, printed))
    found = doubts(tables, printed, policy)
    stopping = [DOUBTS[key] for key, rows in found.items() if rows and key in policy.stops]
    stopping += ["скрытые числа можно сузить"] if any(one.is_narrow for one in lines) else []
    return Audit(years, lines, found, tuple(stopping))


def provable(tables: Mapping[str, pd.DataFrame], policy: DisclosurePolicy, printed: Printed) -> Iterator[Line]:
    """Returns every hidden number of people with its ends.

    Args:
        tables: The typed tables.
        policy: The policy in force.
        printed: What all public editions print.
    """
    from analysis.indicators.disclosure_audit import proven  # with scipy.optimize, which publishing goes without

    for name, sheet, called in sheets(tables, policy, _stages(printed)):
        cells = _cells(name, sheet, called)
        shown = {cell for cell, (row, column) in cells.items() if column in printed.get(name, {}).get(row, {})}
        title = (GROUP_TABLES[name].__doc__ or "").partition(":")[0]
        for one in proven(sheet, shown):
            row, column = cells[one.name]
            most, is_small = "" if one.most is None else one.most, one.value < policy.smallest_count
            narrow = one.is_narrow(policy.smallest_count)
            yield Line(title, row.replace("|", ", "), column_title(column), one.least, most, is_small, narrow)


def printed_cells(name: str, table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Returns by row the columns of a public table in which a number stands, and the number."""
    numbers = table.select_dtypes("number").astype("Float64").to_dict("records")
    return {
        key: {str(column): float(value) for column, value in row.items() if pd.notna(value)}
        for key, row in zip(row_keys(name, table), numbers, strict=True)
    }


def refuse_open_cells(project: Project, years: Sequence[int], tables: Mapping[str, pd.DataFrame]) -> None:
    """Stops the public report where an edition of the site prints a number that the mask hides, or a rule forbids it.

    That the mask itself is safe has been settled when it was made.

    Args:
        project: The project.
        years: The editions to be published; of the others what stands on the site counts.
        tables: The stored tables and the masked ones.

    Raises:
        AnalysisError: Some edition prints too much; the message says which and what to do.
    """
    reports, policy = project.root / "reports", load_policy(project.root)
    folders = {year: (reports if year in years else reports / "_site") / str(year) for year in project.editions}
    for year, folder in folders.items():
        printed, _ = _printed(project.root, {year: folder})
        for name, rows in printed.items():
            for row, column in _too_much(name, tables[f"public_{name}"], rows):
                raise AnalysisError(
                    f"Открытый отчёт {year} печатает то, что теперь скрыто: {row.replace('|', ', ')}, «{column}». "
                    "Опубликуйте заново все открытые отчёты: analysis report"
                )
        for key, found in doubts(tables, printed, policy).items() if policy.stops and year in years else ():
            if found and key in policy.stops:
                raise AnalysisError(
                    f"Открытый отчёт {year} остановлен правилом data/disclosure.toml, ключ stops: {DOUBTS[key]}: "
                    f"{'; '.join(found[:SHOWN])}. Уберите это из правила или исправьте сведения."
                )


def _too_much(name: str, table: pd.DataFrame, rows: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, str]]:
    """The rows and columns that are printed and that the mask hides."""
    hidden = dict(zip(row_keys(name, table), table["hidden_columns"].str.split("; "), strict=True))
    for row, columns in rows.items():
        yield from ((row, column_title(one)) for one in columns if column_title(one) in hidden.get(row, ()))


def _printed(root: Path, folders: Mapping[int, Path]) -> tuple[Printed, tuple[int, ...]]:
    """What the data files of some editions print, and which of the editions there are."""
    printed: dict[str, dict[str, dict[str, float]]] = {}
    years = tuple(year for year, folder in folders.items() if any((folder / "data").glob("tbl-*.csv")))
    known_by = {name: {*titles_of(contract)} for name, contract in GROUP_TABLES.items()}
    for year in years:
        for path in sorted((folders[year] / "data").glob("tbl-*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                columns = {*next(csv.reader(file), [])}
            name = next((name for name, known in known_by.items() if known <= columns), None)
            if name is not None and "hidden_columns" in columns:
                table = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"hidden_columns": "str"})
                table["hidden_columns"] = table["hidden_columns"].fillna("")
                for key, known in printed_cells(name, table).items():
                    printed.setdefault(name, {}).setdefault(key, {}).update(known)
    return printed, years


def _cells(name: str, sheet: Sheet, called: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By cell the row and the column of the table in which it stands."""
    keys = row_keys(name, sheet.rows)
    return {
        cell: (row, called.get(column, column))
        for column, cells in sheet.columns.items()
        for cell, row in zip(cells, keys, strict=True)
    }


def _stages(printed: Printed) -> dict[tuple[int, str, str, str], int]:
    """How many pupils are printed of each stage: autumn, stage, scope, name of the school or group."""
    found = {}
    for row, columns in printed.get(STAGE_TABLE, {}).items():
        year, stage, scope, name = row.split("|")
        if STAGE_COLUMN in columns:
            found[int(year), stage, scope, name] = int(columns[STAGE_COLUMN])
    return found


def doubts(tables: Mapping[str, pd.DataFrame], printed: Printed, policy: DisclosurePolicy) -> dict[str, list[str]]:
    """Returns by a key of DOUBTS the printed rows of results that it is true of."""
    rows = printed.get("mark_results", {})
    one_mark = [
        row for row, of in rows.items() if of.get("participant_count", -1) in [of.get(mark) for mark in MARK_COLUMNS]
    ]
    found: dict[str, list[str]] = {"dominance": [], "one_mark": [row.replace("|", ", ") for row in one_mark]}
    if not len(tables.get("results", ())):
        return found
    others = in_groups(tables["results"], supported_in(tables, {"results": tables["results"]}))[1]
    sizes = others.groupby(SITTING)["participant_count"].agg(["max", "sum"]).reset_index()
    sizes = sizes[sizes["max"] * 100 >= sizes["sum"] * policy.largest_share]
    named = sizes.assign(scope=OTHERS, group_name=GROUP_NAMES[OTHERS])
    for row in row_keys("mark_results", named):
        if any("participant_count" in printed.get(name, {}).get(row, {}) for name in ("mark_results", "score_results")):
            found["dominance"].append(row.replace("|", ", "))
    return found
