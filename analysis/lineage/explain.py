"""`analysis explain`: what is asked, by name or by id, and the chain behind it, line by line."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import column_letters
from analysis.errors import AnalysisError
from analysis.lineage.walk import INDENT, Store, Walk

# What is asked: rows of stored tables by name, such as a school; printed cells by id («tbl-fact-1@2021!D5»).

WITH_YEAR = re.compile(r"^(?P<what>[^@!]+?)(?:@(?P<year>\d{4}))?$")
CODE = r"(?:\d+|[IVX]+|[а-яa-z])"
MEASURE = re.compile(rf"^({CODE}(?:\.{CODE})*)(?:/(\d+))?$")
STORED = re.compile(r"^(?P<table>\w+)#(?P<row>\d+)!(?P<column>\w+)$")
_PLAN = ("measure_name", "target_count", "planned_total_count", "reading", "cumulative_flow_count",
         "cumulative_annual_count")  # fmt: skip
# What is shown of a row that was asked for by name, and what is followed back; of other tables all is.
SHOWN = {
    "plan": _PLAN,
    "plan_fact": (*_PLAN, "reported_count", "documented_count", "accepted_count", "missing_reporters",
                  "reported_lower_count", "reported_upper_count", "accepted_flow_count", "unknown_year_count",
                  "status", "status_flow"),
    "school_indicators": ("value", "numerator", "denominator", "interval_low", "interval_high", "pooled_value",
                          "pooled_low", "pooled_high", "threshold_probability", "city_value", "against_city",
                          "earlier_year", "change", "change_low", "change_high", "foreseen_value", "foreseen_low",
                          "foreseen_high", "better_probability", "noticeable_change", "flags",
                          "change_note"),
}  # fmt: skip
FOLLOWED = {"school_indicators": ("numerator", "denominator", "value", "pooled_value", "change")}
# What is known of a school beside what it answers for and its school facts, in the order in which it is told.
OF_SCHOOL = (
    "schools", "former_names", "school_mergers", "school_status", "reporter_results", "received_forms",
    "school_measures",
)  # fmt: skip
Find = Callable[[str], str]


@dataclass(frozen=True)
class Asked:
    """A row that is asked for: the columns that are shown of it, and those that are followed back."""

    table: str
    row: int
    shown: tuple[str, ...]
    followed: tuple[str, ...]


def asked_rows(asked: str, store: Store, login_of: Find) -> list[Asked]:
    """Returns the rows that a name means; none where nothing is called so.

    Args:
        asked: «4.12@2021», «4.1/2@2021», «4», «4@2021», «УО@2021», a login or another name of a school, with a year or
            without, «edu990005/fail_share@2021», or a stored cell «mark_results#57!mark_2_count».
        store: The stored tables.
        login_of: Gives the login of the school that is called so; empty where none is.
    """
    stored = STORED.match(asked)
    if stored is not None:
        return _stored(stored["table"], int(stored["row"]), stored["column"], store)
    match = WITH_YEAR.match(asked)
    if match is None:
        return []
    year = None if match["year"] is None else int(match["year"])
    if year is not None and year not in years(store):
        return []
    return [told(table, row, store) for table, row in _found(match["what"].strip(), year, store, login_of)]


def years(store: Store) -> list[int]:
    """The years of the plan."""
    plan = store.table("plan")
    return sorted(set(plan["calendar_year"].to_pylist())) if plan is not None else []


def _stored(table: str, row: int, column: str, store: Store) -> list[Asked]:
    found = store.table(table)
    known = table in store.tables and column in store.tables[table]["columns"]
    return [Asked(table, row, (column,), (column,))] if known and found is not None and row < found.num_rows else []


def _found(what: str, year: int | None, store: Store, login_of: Find) -> Iterator[tuple[str, int]]:
    of_year = {} if year is None else {"calendar_year": year}
    plan = "plan_fact" if store.table("plan_fact") is not None else "plan"
    current = {"in_force": True}
    measure = MEASURE.match(what)
    if measure:
        number = {"measure_number": int(measure[2])} if measure[2] else {}
        rows = store.rows(plan, activity_code=measure[1], **number, **of_year, **current) if year is not None else []
        yield from ((plan, row) for row in rows)
        if not rows and year is not None:  # a measure that another version of the document had in that year
            rows = store.rows("plan", activity_code=measure[1], **number, **of_year)
            yield from (("plan", row) for row in rows)
        if rows or "." in measure[1]:
            return  # a whole number may be that of a task
    who, slash, indicator = what.rpartition("/")
    if slash and year is not None:
        key = {"school_login": login_of(who) or who, "indicator_id": indicator}
        yield from (("school_indicators", row) for row in store.rows("school_indicators", **key, **of_year))
        return
    if tasks := store.rows(plan, task_code=what, **of_year, **current):
        whole = [] if year is None else _first(("task_results", "composition"), store, task_code=what, **of_year)
        yield from whole or ((plan, row) for row in tasks)
    elif login := login_of(what):
        yield from _of_school(login, of_year, store)
    else:
        yield from _of_executor(store.words["executors"].get(what, what), of_year, store)


def _of_school(login: str, of_year: dict[str, int], store: Store) -> Iterator[tuple[str, int]]:
    for table in (*OF_SCHOOL, *store.words["school_facts"]):
        found = store.table(table)
        if found is not None:
            names = set(found.column_names)
            who = "reporter" if "reporter" in names else "school_login"
            key = of_year if "calendar_year" in names else {}
            yield from ((table, row) for row in store.rows(table, **{who: login}, **key))
    yield from (("school_mergers", row) for row in store.rows("school_mergers", into_login=login))


def _of_executor(name: str, of_year: dict[str, int], store: Store) -> Iterator[tuple[str, int]]:
    """A municipal reporter, or an executor of the document that sends no form."""
    found = [("reporter_results", row) for row in store.rows("reporter_results", reporter=name, **of_year)]
    forms = [("received_forms", row) for row in store.rows("received_forms", reporter=name, **of_year)]
    only = [("duties", row) for row in store.rows("duties", reporter=name, **of_year) if not _counts(row, store)]
    if found or forms or only:
        yield from (*found, *only, *forms)
    else:
        yield from (("executor_load", row) for row in store.rows("executor_load", executor_name=name, **of_year))


def _counts(row: int, store: Store) -> bool:
    return bool(store.row("duties", row)["basis"])


def _first(tables: Sequence[str], store: Store, **key: object) -> list[tuple[str, int]]:
    """The rows of the first of the tables that is there."""
    for table in tables:
        if store.table(table) is not None:
            return [(table, row) for row in store.rows(table, **key)]
    return []


def told(table: str, row: int, store: Store) -> Asked:
    """A row with the columns that are told of it."""
    said = store.tables[table]
    every = [name for name in said["columns"] if name not in said["about"] and name not in ("source_file", "place")]
    shown = SHOWN.get(table, tuple(every))
    return Asked(table, row, shown, FOLLOWED.get(table, shown))


INTERNAL = "-internal"
CELL_ID = re.compile(r"^(?P<table>[^@!]+)@(?P<year>\d{4})(?P<internal>-internal)?(?:!(?P<cell>.*))?$")
TABLE_PREFIXES = ("tbl-", "fig-")
ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$")
# cmd.exe on Windows hands apostrophes on, and people quote what they copied.
QUOTES = "'\"`’«»„“”"


@dataclass(frozen=True)
class Question:
    """A table of a report and the cell in it that is asked for, blank where only the table is named."""

    table: str
    calendar_year: int
    internal: bool
    cell: str

    @property
    def code(self) -> str:
        """The code of the table."""
        return table_code(self.table, self.calendar_year, self.internal)


def table_code(label: str, calendar_year: int, internal: bool) -> str:
    """The code printed with a table: «tbl-fact-1@2021», «tbl-fact-1@2021-internal»."""
    return f"{label}@{calendar_year}{INTERNAL if internal else ''}"


def cell_id(code: str, column: int, row: int) -> str:
    """The id of a cell by the positions of its column and row of data, from 0: «tbl-fact-1@2021!D5»."""
    return f"{code}!{column_letters(column + 1)}{row + 2}"


def cell_question(asked: str) -> Question | None:
    """What a table or cell id asks for; None where it is no such id."""
    match = CELL_ID.match(asked)
    if match is None or "!" not in asked and not asked.startswith(TABLE_PREFIXES):
        return None
    return Question(match["table"], int(match["year"]), match["internal"] is not None, match["cell"] or "")


def position(cell: str) -> tuple[int, int] | None:
    """The column and the row of data that an address of a spreadsheet means, from 0; None where it is no address."""
    match = ADDRESS.match(cell)
    if match is None:
        return None
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1, int(match[2]) - 2


def unquoted(asked: str) -> str:
    """Returns what is asked without the quotes and apostrophes around it."""
    return asked.strip().strip(QUOTES).strip()


# `analysis explain`: what is asked, and the chain behind it, line by line; indentation shows what rests on what.

CAN_BE_ASKED = (
    "Можно спросить: показатель и год (4.12@2021, 4.1/2@2021), задачу (4 или 4@2021), школу или исполнителя "
    "(логин или название, УО; с годом — УО@2021), показатель школы или города "
    "(логин/success_share@2021, город/success_share@2021; имена — в data/indicators.toml), ячейку таблицы отчёта "
    "(код таблицы под ней, «!» и ячейка Excel: tbl-targets-1@2021!M2) или саму таблицу (tbl-targets-1@2021)."
)
HIDDEN = "скрыто в открытом отчёте"
ORIGIN = "data_origin"


@dataclass(frozen=True)
class PrintedTable:
    """A table as it was published.

    Attributes:
        code: How it is asked for: «tbl-fact-1@2021».
        caption: What the report prints above it.
        fields: Name, label, meaning and unit of each column, as the data package has them.
        rows: The cells as text; empty where nothing stands.
        table: The stored table whose rows these are; empty where each row rests on rows of several.
        numbers: Of each row its number in the stored table.
        behind: Where there is no such table: of each row the stored rows that it rests on.
    """

    code: str
    caption: str
    fields: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, str]]
    table: str
    numbers: Sequence[int]
    behind: Sequence[Sequence[tuple[str, int]]] = ()


def explain(asked: str, store: Store, login_of: Find, near: Find) -> list[str]:
    """Returns the chains of everything that a name means.

    Args:
        asked: See `named.asked_rows`.
        store: The stored tables.
        login_of: Gives the login of the school that is called so; empty where none is.
        near: What may have been meant, in a sentence, where nothing is called so; or nothing.

    Raises:
        AnalysisError: Nothing of that name; the message says what can be asked.
    """
    walk = Walk(store)
    lines = [line for one in asked_rows(asked, store, login_of) for line in _named(one, walk)]
    year = years(store)[-1]
    if not lines and "@" not in asked and asked_rows(f"{asked}@{year}", store, login_of):
        raise AnalysisError(f"«{asked}»: назовите и год, например {asked}@{year}.")
    if not lines:
        known = ", ".join(map(str, years(store)))
        meant = near(asked.partition("@")[0])
        raise AnalysisError(f"«{asked}»: нет такого. {meant}{CAN_BE_ASKED} Годы: {known}.")
    return lines


def explain_rows(table: str, rows: Sequence[int], store: Store) -> list[list[str]]:
    """Returns the chains of some rows as they are told where they are asked for by name; each rule is told once."""
    rules: set[object] = set()
    chains = []
    for row in rows:
        walk = Walk(store, seen=set(rules))
        chains.append(list(_named(told(table, row, store), walk)))
        rules |= walk.rules
    return chains


def _named(asked: Asked, walk: Walk) -> Iterator[str]:
    said = walk.store.tables[asked.table]
    lines = walk.of_cell(asked.table, asked.row, asked.followed)
    if said["received"]:
        yield from lines
        return
    here = walk.store.row(asked.table, asked.row)
    yield walk.heading(asked.table, here, ())
    yield from (f"{INDENT}{line}" for line in walk.values(asked.table, here, asked.shown))
    yield from (f"{INDENT}{line}" for line in lines)


def explain_cell(question: Question, table: PrintedTable, store: Store) -> list[str]:
    """Returns the cell, its meaning and its chain; without a cell, what the table holds.

    Raises:
        AnalysisError: The table has no such cell.
    """
    if not question.cell:
        return list(_described(table))
    column, row = _place(question.cell, table)
    return list(cell_chain(column, row, table, Walk(store, public=not question.internal)))


def cell_chain(column: int, row: int, table: PrintedTable, walk: Walk) -> Iterator[str]:
    """A cell by the positions of its column and row of data, its meaning, and its chain."""
    field = table.fields[column]
    unit = f"; единица: {field['unit']}" if field.get("unit") else ""
    yield f"{cell_id(table.code, column, row)}: таблица «{table.caption}»"
    yield f"{INDENT}столбец: {field['title']} — {field['description']}{unit}"
    if _is_hidden(table, row, field["name"], walk.store):
        walk.ends += 1
        yield f"{INDENT}стоит: {HIDDEN}"
        yield f"{INDENT}правило показа: {walk.store.words['policy']}"
    else:
        yield f"{INDENT}стоит: {_shown(field, table.rows[row]) or 'пусто: значение не указано, это не ноль'}"
        yield from (f"{INDENT}{line}" for line in _chain(table, row, field["name"], walk))
    if walk.public and table.table:
        source, number, name = _stored_cell(table, row, field["name"], walk.store)
        yield f"{INDENT}значения — для служебного пользования: analysis explain '{source}#{number}!{name}'"


def _chain(table: PrintedTable, row: int, name: str, walk: Walk) -> Iterator[str]:
    if name == ORIGIN:
        walk.ends += 1
        yield "← project.toml, [project], ключ invented"
    elif table.behind:
        if not table.behind[row]:
            walk.ends += 1
            yield "строк нет: сказано об отсутствии сведений"
        for source, number in table.behind[row]:
            yield from walk.of_row(source, number, told(source, number, walk.store).followed)
    else:
        source, number = table.table, table.numbers[row]
        yield from walk.of_cell(source, number, [walk.store.column(source, name)])


def _stored_cell(table: PrintedTable, row: int, name: str, store: Store) -> tuple[str, int, str]:
    """The cell of the whole table behind a printed one."""
    source, number = table.table, table.numbers[row]
    behind = store.behind(source, "whole", number)
    whole = store.tables[source]["edges"].get("whole", source)
    return (whole, behind[0], store.column(whole, name)) if behind else (source, number, store.column(source, name))


def _is_hidden(table: PrintedTable, row: int, name: str, store: Store) -> bool:
    return bool(table.table) and store.is_masked(table.table, table.numbers[row], name)


def _shown(field: Mapping[str, str], row: Mapping[str, str]) -> str:
    value = row[field["name"]]
    return value.replace(".", ",") if field.get("type") == "number" else value


def _described(table: PrintedTable) -> Iterator[str]:
    yield f"{table.code}: таблица «{table.caption}»; строки {_rows(table)}"
    for number, field in enumerate(table.fields, start=1):
        yield f"{INDENT}{column_letters(number)}: {field['title']} — {field['description']}"


def _place(cell: str, table: PrintedTable) -> tuple[int, int]:
    """The positions of the column and of the row of data."""
    found = position(cell)
    if found is not None and found[0] < len(table.fields) and 0 <= found[1] < len(table.rows):
        return found
    raise AnalysisError(
        f"{table.code}: ячейки «{cell}» в таблице нет. Можно спросить столбцы A–{column_letters(len(table.fields))}, "
        f"строки {_rows(table)} (строка 1 — подписи), например {table.code}!A2; столбцы перечислит analysis explain "
        f"{table.code}."
    )


def _rows(table: PrintedTable) -> str:
    return f"2–{len(table.rows) + 1}" if table.rows else "(их нет)"
