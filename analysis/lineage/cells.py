"""A cell of a table that the report prints: its id, what the column means, the rule behind it, and its row's chain."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.intake.workbook_sheet import column_letters
from analysis.lineage.facts import FACT_RULE
from analysis.lineage.ground import Ground
from analysis.lineage.indicator_cells import indicator_cell_chain, is_of_indicators
from analysis.lineage.quality import quality_cell_chain
from analysis.lineage.row_subjects import subject_chain
from analysis.lineage.school_sums import group_chain, is_by_group, is_hidden, policy_words
from analysis.lineage.selection import is_of_selection, selection_cell_chain

INTERNAL = "-internal"
CELL_ID = re.compile(r"^(?P<table>[^@!]+)@(?P<year>\d{4})(?P<internal>-internal)?(?:!(?P<cell>.*))?$")
TABLE_PREFIXES = ("tbl-", "fig-")
ADDRESS = re.compile(r"^\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})$")
STATUS_RULE = (
    "по порядку: план не указан; план 0 — «не планировалось»; никто не сообщил — «нет сведений»; принято не меньше "
    "плана — «выполнено»; есть не рассмотренные подтверждения — «на рассмотрении»; принято больше нуля — «выполнено "
    "частично»; сообщено не меньше плана, а подтверждений нет никаких — «сообщено, документов нет»; срок прошёл — «не "
    "выполнено»; иначе «срок не наступил»"
)
TO_DATE = "сумма по годам с первого по этот; год без значения ничего не прибавляет; уровень года не складывается"
RULES: Mapping[str, str] = {
    "target_count": "число из ячейки года в документе",
    "planned_total_count": "число из ячейки планового значения в документе",
    "cumulative_flow_count": TO_DATE,
    "cumulative_annual_count": "план самого года: уровень не складывается",
    "reported_count": FACT_RULE,
    "documented_count": FACT_RULE,
    "accepted_count": FACT_RULE,
    "reported_lower_count": "сообщено, если не отчитавшиеся не сделали ничего",
    "reported_upper_count": "сообщено и доли не отчитавшихся; без установленной доли верхней границы нет",
    "expected_reporter_count": "число тех, чей факт засчитывается",
    "share_count": "доля школы по записи в data/reporting.toml; без записи доли нет",
    "missing_reporter_count": "из тех, чей факт засчитывается: не сообщили ничего",
    "waiting_count": "число подтверждений без решения у тех, чей факт засчитывается",
    "returned_count": "число возвращённых подтверждений у тех, чей факт засчитывается",
    "accepted_flow_count": TO_DATE,
    "unknown_year_count": "число лет с первого по этот, где план больше нуля, а сведений нет",
    "status": STATUS_RULE,
    "status_flow": (
        f"{STATUS_RULE}; сравниваются суммы с начала срока, а где за какой-то год сведений нет и сумма меньше плана — "
        "«нет сведений»"
    ),
    "status_annual": STATUS_RULE,
}


@dataclass(frozen=True)
class Question:
    """A table of a report and the cell in it that is asked for, blank where only the table is named."""

    table: str
    calendar_year: int
    internal: bool
    cell: str


@dataclass(frozen=True)
class PrintedTable:
    """A table as it was published.

    Attributes:
        code: How it is asked for: «tbl-fact-1@2021».
        caption: What the report prints above it.
        calendar_year: The year of the report.
        columns: Name, label, meaning and unit of each column, as the data package has them.
        rows: The cells as text; empty where nothing stands.
    """

    code: str
    caption: str
    calendar_year: int
    columns: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, str]]


def table_code(label: str, calendar_year: int, internal: bool) -> str:
    """The code printed with a table: «tbl-fact-1@2021», «tbl-fact-1@2021-internal»."""
    return f"{label}@{calendar_year}{INTERNAL if internal else ''}"


def cell_id(label: str, calendar_year: int, internal: bool, column: int, row: int) -> str:
    """The id of a cell by the positions of its column and row of data, from 0: «tbl-fact-1@2021!D5»."""
    return f"{table_code(label, calendar_year, internal)}!{column_letters(column + 1)}{row + 2}"


def cell_question(asked: str) -> Question | None:
    """What a table or cell id asks for; None where it is no such id."""
    match = CELL_ID.match(asked)
    if match is None or "!" not in asked and not asked.startswith(TABLE_PREFIXES):
        return None
    return Question(match["table"], int(match["year"]), match["internal"] is not None, match["cell"] or "")


def cell_chain(question: Question, table: PrintedTable, ground: Ground) -> Iterator[str]:
    """The cell, its meaning, its rule and the chain of its row; without a cell, what the table holds.

    Raises:
        AnalysisError: The table has no such cell.
    """
    if not question.cell:
        yield from _described(table)
        return
    column, number = _found(question.cell, table)
    field, row = table.columns[column], table.rows[number - 2]
    by_group = is_by_group(row)
    unit = f"; единица: {field['unit']}" if field.get("unit") else ""
    yield f"{table.code}!{column_letters(column + 1)}{number}: таблица «{table.caption}», лист «Данные»"
    yield f"  столбец: {field['title']} — {field['description']}{unit}"
    if by_group and is_hidden(field["name"], row):
        yield "  стоит: скрыто в открытом отчёте"
        yield f"  правило показа: {policy_words(ground)}"
    else:
        yield f"  стоит: {_shown(field, row) or 'пусто: значение не указано, это не ноль'}"
    if field["name"] in RULES:
        yield f"  правило: {RULES[field['name']]}"
    if by_group:
        office = "" if question.internal else cell_id(question.table, question.calendar_year, True, column, number - 2)
        yield from (f"  {line}" for line in group_chain(field["name"], row, office, ground))
    else:
        yield from (f"  {line}" for line in _row_chain(row, table.calendar_year, question.internal, ground))


def _row_chain(row: Mapping[str, str], year: int, office: bool, ground: Ground) -> Iterator[str]:
    """The chain of a row that is about no group of schools, by what its columns say it is."""
    if is_of_indicators(row):
        return indicator_cell_chain(row, year, office, ground)
    if is_of_selection(row):
        return selection_cell_chain(row, year, office, ground)
    return quality_cell_chain(row, year, office, ground) or subject_chain(row, year, ground)


def _shown(field: Mapping[str, str], row: Mapping[str, str]) -> str:
    value = row[field["name"]]
    return value.replace(".", ",") if field.get("type") == "number" else value


def _described(table: PrintedTable) -> Iterator[str]:
    yield f"{table.code}: таблица «{table.caption}»; строки {_rows(table)}"
    for position, field in enumerate(table.columns):
        yield f"  {column_letters(position + 1)}: {field['title']} — {field['description']}"


def _found(cell: str, table: PrintedTable) -> tuple[int, int]:
    """The position of the column and the number of the row, as a spreadsheet counts it."""
    match = ADDRESS.match(cell)
    last = column_letters(len(table.columns))
    if match is not None:
        column, number = _position(match[1].upper()), int(match[2])
        if column < len(table.columns) and 2 <= number <= len(table.rows) + 1:
            return column, number
    raise AnalysisError(
        f"{table.code}: ячейки «{cell}» в таблице нет. Можно спросить столбцы A–{last}, строки {_rows(table)} "
        f"(строка 1 — подписи), например {table.code}!A2; столбцы перечислит analysis explain {table.code}."
    )


def _rows(table: PrintedTable) -> str:
    return f"2–{len(table.rows) + 1}" if table.rows else "(их нет)"


def _position(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
