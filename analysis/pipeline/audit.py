"""What a mask stands on, and what a reader can prove from all public editions together."""

import csv
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.contracts.columns import titles_of
from analysis.contracts.effectiveness import GROUP_TABLES, column_title
from analysis.contracts.facts import GROUP_NAMES, MARK_COLUMNS, OTHERS
from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError, reason
from analysis.files.storage import BUILD_LOCK, only_one_at_work, read_tables, write_file_whole
from analysis.indicators.masking import Sheet, Stage, proven
from analysis.indicators.school_facts import SITTING, in_groups, public_rows
from analysis.indicators.school_tables import KEYS_OF_ROWS, PARTS, row_keys, sheets, supported_in
from analysis.rules.config import Project
from analysis.rules.office_files import (
    DOUBTS,
    OPEN_CHOICE,
    PRIVATE_FOLDER,
    SECRET_FILE,
    Choice,
    DisclosurePolicy,
    WentOut,
    load_policy,
)

# What a mask stands on beside the policy: the secret of the office, and a record of what public editions have printed.
#
# Both lie in data/private, are never published and belong to what the office backs up.

KEY = re.compile(r"[0-9a-f]{64}")
WHY = "от него зависит, какие числа скрыты в открытом отчёте"
EARLIER = (
    "открытый отчёт уже напечатал эти числа, а теперь они скрыты: исправление сделало число людей малым, или по ним "
    "вычисляется скрытое",
    "прежний отчёт остаётся у тех, кто его скачал: решите, отзывать ли его; затем опубликуйте новый",
)
RESTORE = (
    "Верните файл из резервной копии. Если её нет, удалите папку data/private: программа сделает новый ключ, но скроет "
    "другие числа, и вместе с прежними отчётами они могут выдать скрытое."
)


def choice_for(root: Path, facts: "Mapping[str, pd.DataFrame]") -> Choice:
    """Returns the secret, made where there is none yet, and what went out; of a project without school facts neither.

    Raises:
        AnalysisError: Another run is making it, the secret or the record cannot be read, or the secret was lost.
    """
    if not any(len(facts.get(name, ())) for name in (*PARTS, "results")):
        return OPEN_CHOICE
    went_out: dict[str, dict[str, WentOut]] = {}
    for path in sorted((root / PRIVATE_FOLDER).glob("printed-*.json")):
        for name, rows in _read_record(root, path).items():
            went_out.setdefault(name, {}).update(rows)
    return Choice(_secret(root, is_first=not went_out), went_out)


# The stored tables that these steps look at.
LOOKED_AT = frozenset({*GROUP_TABLES, "results", "school_status"})


def keep_record(root: Path, tables: "Mapping[str, pd.DataFrame]", years: Sequence[int]) -> None:
    """Notes which cells the public editions of some years print and hide; what stands there already stays.

    Raises:
        AnalysisError: Another run is at work.
    """
    for year in years:
        now = {name: _of_year(name, tables[f"public_{name}"], year)
               for name in GROUP_TABLES if f"public_{name}" in tables and name != "self_assessment_parts"}  # fmt: skip
        path = root / _record_file(year)
        before = _read_record(root, path) if path.is_file() else {}
        kept = {name: {**before.get(name, {}), **rows} for name, rows in now.items()}
        content = {name: {key: [sorted(one.printed), sorted(one.hidden)] for key, one in sorted(rows.items())}
                   for name, rows in kept.items() if rows}  # fmt: skip
        if content and kept != before:
            with only_one_at_work(root / BUILD_LOCK):
                write_file_whole(path, json.dumps(content, ensure_ascii=False, indent=0).encode())


def with_printed_before(
    findings: "pd.DataFrame", tables: "Mapping[str, pd.DataFrame]", choice: Choice
) -> "pd.DataFrame":
    """Returns the findings and those of numbers that an earlier public edition has printed and that are hidden now."""
    import pandas as pd

    from analysis.contracts.dictionary import findings_table  # with all that reads files, which publishing goes without

    earlier = list(_printed_before(tables, choice))
    return pd.concat([findings, findings_table(earlier)], ignore_index=True) if earlier else findings


def _printed_before(tables: "Mapping[str, pd.DataFrame]", choice: Choice) -> Iterator[Finding]:
    for name, rows in choice.went_out.items():
        public = tables.get(f"public_{name}")
        for key, now in _all_rows(name, public[public["hidden_columns"] != ""]).items() if public is not None else ():
            columns = sorted(now.hidden & rows.get(key, WentOut()).printed)
            if columns:
                file, said = _record_file(key.partition("|")[0]), "; ".join(map(column_title, columns))
                yield Finding("printed_before", Severity.ATTENTION, file, (key,), said, *EARLIER)


def _record_file(year: int | str) -> str:
    return f"{PRIVATE_FOLDER}/printed-{year}.json"


def _secret(root: Path, is_first: bool) -> str:
    path = root / SECRET_FILE
    if not path.exists():
        if not is_first:
            raise AnalysisError(f"{SECRET_FILE}: ключа нет, {WHY}, а отчёты с ним уже выходили. {RESTORE}")
        with only_one_at_work(root / BUILD_LOCK):
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                write_file_whole(path, f"{secrets.token_hex(32)}\n".encode())
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise AnalysisError(f"{SECRET_FILE}: ключ не читается ({reason(error)}), {WHY}. {RESTORE}") from None
    except UnicodeDecodeError:
        lines = []
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(found) != 1 or not KEY.fullmatch(found[0]):
        said = "нужна одна строка из 64 знаков 0–9 и a–f"
        raise AnalysisError(f"{SECRET_FILE}: ключ испорчен ({said}), {WHY}. {RESTORE}")
    return found[0]


def _read_record(root: Path, path: Path) -> dict[str, dict[str, WentOut]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {name: {key: WentOut(*map(frozenset, said)) for key, said in rows.items()}
                for name, rows in content.items()}  # fmt: skip
    except (OSError, ValueError, TypeError, AttributeError):
        raise AnalysisError(
            f"{path.relative_to(root).as_posix()}: запись о том, что напечатано в открытом отчёте, не читается. "
            "Верните файл из резервной копии; без него новый отчёт может открыть то, что прежний скрыл."
        ) from None


def _of_year(name: str, table: "pd.DataFrame", year: int) -> dict[str, WentOut]:
    return _all_rows(name, public_rows(name, table[table["calendar_year"] == year]))


def _all_rows(name: str, table: "pd.DataFrame") -> dict[str, WentOut]:
    """By row what of it is printed and what is hidden."""
    titles = {column_title(column): column for column in table.columns}
    hidden = [frozenset(titles[label] for label in labels.split("; ") if label) for labels in table["hidden_columns"]]
    printed = table.notna().to_numpy()
    return {
        key: WentOut(frozenset(table.columns[row]) - KEYS_OF_ROWS, some)
        for key, row, some in zip(row_keys(name, table), printed, hidden, strict=True)
    }


# The audit of the public editions: what can be proven from their files alone, all editions of the site together.

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


def _stages(printed: Printed) -> dict[Stage, int]:
    """How many pupils are printed of each stage: autumn, stage, scope, name of the school or group."""
    found = {}
    for row, columns in printed.get(STAGE_TABLE, {}).items():
        year, stage, scope, name = row.split("|")
        if STAGE_COLUMN in columns:
            found[Stage(int(year), stage, scope, name)] = int(columns[STAGE_COLUMN])
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
