"""The ids by which tables and cells of a report are asked for: «tbl-fact-1@2021!D5»."""

import re
from dataclasses import dataclass

from analysis.contracts.findings import column_letters

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
