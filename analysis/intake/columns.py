"""Finds out what each column of a table holds. The header decides, never the position alone."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from analysis.intake.blocks import Block, Cell, plain

# Word or phrase of a heading → role; the first that fits wins, so «Исполнители мероприятия» is no title.
ROLE_PATTERNS = (
    ("executors", re.compile(r"исполнител|ответственн")),
    ("code", re.compile(r"^№|п/п|^номер|^код\b")),
    ("total", re.compile(r"(планов|целев)\w* значени|^всего\b|^итого\b|^план$")),
    ("result", re.compile(r"^наименование( результата| показателя)?$|результат|показател")),
    ("title", re.compile(r"мероприяти|задач")),
)
YEAR = re.compile(r"^(?:(?:в|на|план на)\s+)?(20[0-9][0-9])\s*(?:г\.?|год|году)?$")
# A header never holds a planned value; a row of content whose number Word draws itself may read like one.
VALUE_CELL = re.compile(r"^(?:не менее\s+)?[0-9]{1,3}\b")
ROLE_NAMES = {
    "code": "номер мероприятия («№ п/п»)",
    "title": "наименование мероприятия",
    "result": "результат (показатель)",
    "total": "плановое значение за весь срок",
    "year": "значения по годам («2020 г.»)",
    "executors": "исполнители",
}
SINGLE_ROLES = ("code", "title", "result", "total", "executors")
REPEATED_YEAR = "repeated_year"
CODE_WITH_DOT = re.compile(r"^[0-9]{1,3}(\.[0-9]{1,3})+\.?$")
# Above a part of a table that was split by hand: «Продолжение таблицы 1», «Окончание приложения № 2».
PAGE_HEADING = re.compile(
    r"[(«]?(?:продолжение|окончание)(?: (?:табл(?:ицы|\.)|приложени[ея]|(?:«?дорожной карты»?)|плана))?"
    r"(?: ?№? ?[0-9]{1,2}(?:\.[0-9]{1,2})?)?[.:)»]?",
    re.IGNORECASE,
)
TASK_WORD = r"(?:задача|раздел|направление)\s*(?:№\s*)?"
TASK_CODE = re.compile(rf"^(?:{TASK_WORD})?([0-9]{{1,3}})\.?$", re.IGNORECASE)
TASK_LINE = re.compile(rf"^(?:{TASK_WORD}([0-9]{{1,3}})\s*[.:)–—-]?|([0-9]{{1,3}})\s*[.:)])\s*(\D.*)$", re.IGNORECASE)


class HeaderNotUnderstoodError(Exception):
    """The header does not say what each column holds; the message names what was not found."""


@dataclass(frozen=True)
class Columns:
    """What each column of a table holds, from left to right.

    Attributes:
        roles: A role, a year such as «2021», or REPEATED_YEAR.
        table: Number of the table whose header says so.
        spans: First grid column of each and one past the last; empty where the file has no grid.
    """

    roles: tuple[str, ...]
    table: int = 0
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def years(self) -> tuple[str, ...]:
        """The years of the table, from left to right."""
        return tuple(role for role in self.roles if role.isdigit())

    @cached_property
    def own_roles(self) -> tuple[str, ...]:
        """The roles without the repeated year: one a value."""
        return tuple(role for role in self.roles if role != REPEATED_YEAR)

    @cached_property
    def last_year(self) -> int:
        """Position of the last year's column."""
        return max(position for position, role in enumerate(self.roles) if role.isdigit())


def is_column_numbers(block: Block) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 …"""
    texts = [plain(cell.text) for cell in block.filled]
    return len(texts) > 2 and texts == [str(number) for number, _ in zip(count(1), texts, strict=False)]


def is_page_heading(block: Block) -> bool:
    """Whether a row or paragraph only says that a table continues here."""
    texts = {plain(cell.text) for cell in block.filled}
    return len(texts) == 1 and PAGE_HEADING.fullmatch(texts.pop()) is not None


def looks_like_header(block: Block) -> bool:
    """Whether a row names at least two of the columns we look for."""
    if block.is_paragraph or any(CODE_WITH_DOT.match(plain(cell.text)) for cell in block.cells):
        return False
    texts = [plain(cell.text) for cell in block.filled]
    if any(VALUE_CELL.match(text) for text in texts):
        return False
    roles = {_role(text) for text in texts if len(text) < 120}
    return len(roles & {"code", "title", "executors", "result"}) >= 2


def find_columns(header: list[Block]) -> Columns:
    """Returns the columns that the header rows describe.

    Args:
        header: The rows from the first that looks like a header up to the first row of content.

    Raises:
        HeaderNotUnderstoodError: A needed column is missing, stands twice, or a heading is not understood.
    """
    named = [block for block in header if not is_column_numbers(block)]
    numbers = next((len(block.filled) for block in header if is_column_numbers(block)), None)
    labels = _labels_by_grid(header) if header[0].exact_grid else _labels_by_order(named, numbers)
    if numbers is not None and numbers != len(labels):
        raise HeaderNotUnderstoodError(f"столбцов по номерам {numbers}, а по названиям {len(labels)}")
    roles = _checked(_with_repeated_year([_role_of_column(*label) for label in labels]), labels)
    base = _base(header) if header[0].exact_grid else ()
    spans = tuple((cell.start, cell.end) for cell, _ in zip(base, roles, strict=False))
    return Columns(roles, header[0].table, spans)


def lie_under(cells: Sequence[Cell], roles: Sequence[str], columns: Columns, table: int) -> bool:
    """Whether each cell overlaps its column in the grid. True for any other table, because its grid is its own.

    If one cell is merged and its neighbour is split, the number of cells is right but each value has a wrong heading.
    """
    if table != columns.table or not columns.spans:
        return True
    span_of = dict(zip(columns.roles, columns.spans, strict=True))
    pairs = ((cell, span_of[role]) for cell, role in zip(cells, roles, strict=True))
    return all(cell.start < end and start < cell.end for cell, (start, end) in pairs)


def _role(label: str) -> str | None:
    folded = label.casefold().replace("ё", "е").strip(" .:")
    year = YEAR.match(folded)
    if year:
        return year.group(1)
    return next((role for role, pattern in ROLE_PATTERNS if pattern.search(folded)), None)


def _role_of_column(group: str, label: str) -> str | None:
    """Returns the role of a column: from its label, or from the group above it if the label is too general."""
    if label.casefold() == "наименование" and _role(group) == "title":
        return "title"
    return _role(label) or (_role(group) if not label else None)


def _base(header: list[Block]) -> tuple[Cell, ...]:
    """Returns the cells of the row with the most columns."""
    return max(header, key=lambda block: len(block.cells)).cells


def _labels_by_grid(header: list[Block]) -> list[tuple[str, str]]:
    """(group, label) of each column, where the file says which columns a cell covers."""
    named = [block for block in header if not is_column_numbers(block)]
    labels = []
    for column in _base(header):
        middle = (column.start + column.end - 1) / 2
        above = [
            plain(cell.text)
            for block in named
            for cell in block.cells
            if cell.start <= middle < cell.end and plain(cell.text)
        ]
        labels.append((above[0], above[-1]) if above else ("", ""))
    _refuse_two_years(labels)
    while labels and labels[-1] == ("", ""):
        labels.pop()
    return labels


def _refuse_two_years(labels: Iterable[tuple[str, str]]) -> None:
    """Stops at a column that stands under two different years."""
    for upper, lower in labels:
        years = [match.group(1) for match in (YEAR.match(upper.casefold()), YEAR.match(lower.casefold())) if match]
        if len(set(years)) > 1:
            raise HeaderNotUnderstoodError(f"над столбцом стоят два разных года: {' и '.join(years)}")


def _labels_by_order(named: list[Block], numbers: int | None) -> list[tuple[str, str]]:
    """(group, label) of each column of tab-separated text.

    After a merged cell there are too many or too few tabs, so the upper of two rows may be shifted. The lower row is
    in place. Labels of the upper row that stand over it are groups; the others name the columns left blank.
    """
    if len(named) == 1:
        return [("", plain(cell.text)) for cell in _without_trailing_blanks(named[0])]
    if len(named) != 2:
        raise HeaderNotUnderstoodError(f"строк с названиями столбцов: {len(named)}, ожидалась одна или две")
    upper, lower = named
    below = {cell.start: plain(cell.text) for cell in lower.filled}
    _refuse_two_years([(plain(cell.text), below.get(cell.start, "")) for cell in upper.filled])
    alone = [plain(cell.text) for cell in upper.filled if cell.start not in below]
    total = len(alone) + len(below)
    free = [position for position in range(total) if position not in below]
    if len(free) != len(alone) or (numbers is not None and numbers != total):
        raise HeaderNotUnderstoodError("названия верхней и нижней строк шапки не сходятся")
    labels = below | dict(zip(free, alone, strict=True))
    return [("", labels[position]) for position in range(total)]


def _without_trailing_blanks(block: Block) -> tuple[Cell, ...]:
    return block.cells[: block.cells.index(block.filled[-1]) + 1]


def _with_repeated_year(roles: list[str | None]) -> list[str | None]:
    """Marks the second of two equal years side by side: a page break has repeated the column."""
    return [
        REPEATED_YEAR if role and role.isdigit() and position and roles[position - 1] == role else role
        for position, role in enumerate(roles)
    ]


def _checked(roles: list[str | None], labels: list[tuple[str, str]]) -> tuple[str, ...]:
    problems = [
        f"столбец {position + 1} («{' / '.join(filter(None, labels[position])) or 'без названия'}») не опознан"
        for position, role in enumerate(roles)
        if role is None
    ]
    problems += [f"не найден столбец: {ROLE_NAMES[role]}" for role in SINGLE_ROLES if role not in roles]
    known = [role for role in roles if role is not None]
    if not any(role.isdigit() for role in known):
        problems.append(f"не найдены столбцы: {ROLE_NAMES['year']}")
    repeated = sorted({role for role in known if known.count(role) > 1})
    problems += [f"столбец стоит дважды: {ROLE_NAMES.get(role, role)}" for role in repeated]
    if problems:
        raise HeaderNotUnderstoodError("; ".join(problems))
    return tuple(known)
