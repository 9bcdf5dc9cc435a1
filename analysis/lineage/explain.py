"""`analysis explain`: what is asked, and the chain behind it, line by line; indentation shows what rests on what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.contracts.findings import column_letters
from analysis.errors import AnalysisError
from analysis.lineage.named import Asked, Find, Question, asked_rows, cell_id, position, told, years
from analysis.lineage.store import Store
from analysis.lineage.walk import INDENT, Walk

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
        source, number, name = _stored(table, row, field["name"], walk.store)
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


def _stored(table: PrintedTable, row: int, name: str, store: Store) -> tuple[str, int, str]:
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
