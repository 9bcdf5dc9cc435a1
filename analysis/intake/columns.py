"""Finds out what each column of a table holds. The header decides, never the position alone."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count

from analysis.intake.cells import Block, Cell, plain
from analysis.rules.office_files import folded, role_of

# Around the year of a column: «на 2023 год (план)». A heading with other words is no column of a year.
PERIOD_WORDS = re.compile(
    r"[\s,.:()/%–-]|\b(?:в|на|к|за|по|г|гг|год\w*|план\w*|целев\w*|прогноз\w*|значени\w*|показател\w*|итог\w*|конец|концу|"
    r"т\.?\s?ч|том числе|ед|тыс|млн|руб\w*|чел\w*|шт)\b"
)
A_YEAR = re.compile(r"\b20[0-9]{2}\b")
QUARTER = re.compile(r"\b(iv|i{1,3}|[1-4])(?:-?[йм])?\s*(?:квартал\w*|кв\b\.?)")
QUARTERS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
# A role of a period: «2023», «2023/2» for a quarter, «/2» for one whose year the heading does not name.
PERIOD = re.compile(r"(?=.)(20[0-9]{2})?(?:/([1-4]))?")
Path = tuple[str, ...]
Settled = Mapping[str, str]
# The unit of the numbers, where the heading names it: «Объём, тыс. руб.», «Значение (%)».
UNIT_IN_HEADING = re.compile(
    r"[,(]\s*((?:тыс|млн)\.?\s?руб\w*\.?|руб\w*\.?|%|процент\w*|ед\.?|чел\w*\.?|шт\.?)\s*\)?", re.IGNORECASE
)
# A header never holds a planned value; a row of content whose number Word draws itself may read like one.
VALUE_CELL = re.compile(r"^(?:не менее\s+)?[0-9]{1,3}\b")
ROLE_NAMES = {
    "code": "номер мероприятия («№ п/п»)",
    "task": "задача",
    "title": "наименование мероприятия",
    "result": "результат (показатель)",
    "unit": "единица измерения",
    "baseline": "базовое значение",
    "total": "плановое значение за весь срок",
    "year": "значения по годам («2020 г.»)",
    "deadline": "срок",
    "executors": "исполнители",
}
# What a header is recognised by.
KEY_ROLES = {"code", "title", "executors", "result", "deadline", "unit"}
# Known, kept and shown; nothing is computed from them.
KEPT_ROLES = ("note", "money")
# No heading is longer; a header has no more rows; these words stand in its lower rows alone.
LONGEST_HEADING, MOST_HEADER_ROWS = 120, 3
LOWER_HEADINGS = {"наименование", "значение", "план", "факт", "количество", "вид", "название"}
REPEATED_YEAR = "repeated_year"
OTHER = "other"
CODE_WITH_DOT = re.compile(r"^[0-9]{1,3}(\.[0-9]{1,3})+\.?$")
# Above a part of a table that was split by hand: «Продолжение таблицы 1», «Окончание приложения № 2».
PAGE_HEADING = re.compile(
    r"[(«]?(?:продолжение|окончание)(?: (?:табл(?:ицы|\.)|приложени[ея]|(?:«?дорожной карты»?)|плана))?"
    r"(?: ?№? ?[0-9]{1,2}(?:\.[0-9]{1,2})?)?[.:)»]?",
    re.IGNORECASE,
)
ROMAN = r"(?-i:[IVX]{1,7})"
TASK_WORD = r"(?:задача|раздел|направление)\s*(?:№\s*)?"
TASK_CODE = re.compile(rf"^(?:{TASK_WORD})?([0-9]{{1,3}}|{ROMAN})\.?$", re.IGNORECASE)
TASK_LINE = re.compile(
    rf"^(?:{TASK_WORD}([0-9]{{1,3}}|{ROMAN}\b)\s*[.:)–—-]?|([0-9]{{1,3}})\s*[.:)]|({ROMAN})\s*[.:)–—-])\s*(\D.*)$",
    re.IGNORECASE,
)
# The number of an activity: «1.2», «3.», «IV», «а)», «II.3».
ACTIVITY_NUMBER = re.compile(r"^(?:[0-9]{1,3}|[IVX]{1,7}|[а-яa-z])(?:\.(?:[0-9]{1,3}|[а-яa-z]))*[.)]{0,2}$")


class HeaderNotUnderstoodError(Exception):
    """The header does not say what each column holds; the message names what was not found."""


@dataclass(frozen=True)
class Columns:
    """What each column of a table holds, from left to right.

    Attributes:
        roles: A role, a period such as «2021» or «2021/3», REPEATED_YEAR; no two are equal.
        table: Number of the table whose header says so.
        spans: First grid column of each and one past the last; empty where the file has no grid.
        headings: The words above each.
    """

    roles: tuple[str, ...]
    table: int = 0
    spans: tuple[tuple[int, int], ...] = ()
    headings: tuple[str, ...] = ()

    @property
    def periods(self) -> tuple[str, ...]:
        """The periods of the table, from left to right."""
        return tuple(filter(is_period, self.roles))

    @cached_property
    def own_roles(self) -> tuple[str, ...]:
        """The roles without the repeated year: one a value."""
        return tuple(role for role in self.roles if role != REPEATED_YEAR)

    @cached_property
    def last_year(self) -> int:
        """Position of the last period's column; of the last column where there are none."""
        return max((position for position, role in enumerate(self.roles) if is_period(role)), default=len(self.roles))

    def heading(self, role: str) -> str:
        """The words above the first column of a role or period; empty where there is none."""
        return next((said for one, said in zip(self.roles, self.headings, strict=False) if one == role), "")

    @property
    def unknown(self) -> list[str]:
        """The headings that nobody has told us the meaning of."""
        return [said for role, said in zip(self.roles, self.headings, strict=False) if role.startswith(OTHER)]

    @property
    def unit(self) -> str:
        """The unit of the planned numbers, where a heading names it."""
        found = (UNIT_IN_HEADING.search(self.heading(role)) for role in (*self.periods, "total"))
        return next((one[1] for one in found if one), "")


def is_period(role: str) -> bool:
    """Whether a role is a year or a quarter."""
    return PERIOD.fullmatch(role) is not None


def is_column_numbers(block: Block) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3 …"""
    texts = [plain(cell.text) for cell in block.filled]
    return len(texts) > 2 and texts == [str(number) for number, _ in zip(count(1), texts, strict=False)]


def is_page_heading(block: Block) -> bool:
    """Whether a row or paragraph only says that a table continues here."""
    texts = {plain(cell.text) for cell in block.filled}
    return len(texts) == 1 and PAGE_HEADING.fullmatch(texts.pop()) is not None


def looks_like_header(block: Block, settled: Settled, known: Columns | None = None) -> bool:
    """Whether a row names at least two of the columns we look for, and little else.

    Args:
        block: The row.
        settled: What people have said of headings.
        known: The columns that hold so far: a row below a header must name more to be another one.
    """
    if block.is_paragraph or any(CODE_WITH_DOT.match(plain(cell.text)) for cell in block.cells):
        return False
    texts = [plain(cell.text) for cell in block.filled]
    if any(VALUE_CELL.match(text) and not QUARTER.match(text) or len(text) > LONGEST_HEADING for text in texts):
        return False
    roles = [role for text in texts if (role := _role((text,), settled))]
    enough = 3 * len(roles) >= 2 * len(texts) if known else 2 * len(roles) >= len(texts)
    return enough and len(KEY_ROLES & set(roles)) >= 2


def continues_header(block: Block, above: Sequence[Block], settled: Settled) -> bool:
    """Whether a row below the first row of a header belongs to it: it names columns and holds no content."""
    own = [plain(cell.text) for cell in block.filled if not cell.inherited]
    if is_column_numbers(block):
        return True
    inherited = any(cell.inherited and plain(cell.text) for cell in block.cells)
    if not own or any(ACTIVITY_NUMBER.match(text) or len(text) > LONGEST_HEADING for text in own):
        return inherited and not own
    if len(block.filled) == 1 and not inherited:
        return False
    named = [text for text in own if _role((text,), settled) or folded(text) in LOWER_HEADINGS]
    return len(above) < MOST_HEADER_ROWS and (inherited or 2 * len(named) > len(own))


def find_columns(header: Sequence[Block], settled: Settled) -> Columns:
    """Returns the columns that the header rows describe.

    Args:
        header: The rows from the first that looks like a header up to the first row of content.
        settled: What people have said of headings.

    Raises:
        HeaderNotUnderstoodError: What is planned is not named, or neither numbers nor deadlines are, or a period
            stands twice.
    """
    named = [block for block in header if not is_column_numbers(block)]
    numbers = next((len(block.filled) for block in header if is_column_numbers(block)), None)
    paths = _paths_by_grid(header) if header[0].exact_grid else _paths_by_order(named, numbers)
    if numbers is not None and numbers != len(paths):
        raise HeaderNotUnderstoodError(f"столбцов по номерам {numbers}, а по названиям {len(paths)}")
    roles = _checked(_with_repeated_year(_told_apart([_role(path, settled) for path in paths])))
    base = _base(header) if header[0].exact_grid else ()
    spans = tuple((cell.start, cell.end) for cell, _ in zip(base, roles, strict=False))
    return Columns(roles, header[0].table, spans, tuple(" / ".join(filter(None, path)) for path in paths))


def lie_under(cells: Sequence[Cell], roles: Sequence[str], columns: Columns, table: int) -> bool:
    """Whether each cell overlaps its column in the grid. True for any other table, because its grid is its own.

    If one cell is merged and its neighbour is split, the number of cells is right but each value has a wrong heading.
    """
    if table != columns.table or not columns.spans:
        return True
    span_of = dict(zip(columns.roles, columns.spans, strict=True))
    pairs = ((cell, span_of[role]) for cell, role in zip(cells, roles, strict=True))
    return all(cell.start < end and start < cell.end for cell, (start, end) in pairs)


def _role(path: Path, settled: Settled) -> str | None:
    """Returns the role of a column from the words above it, the highest first.

    The lowest decides; a year that stands above «план» or a quarter makes it a period, and «наименование» below
    «задача» is a title.
    """
    said = [folded(one) for one in path if one]
    if not said:
        return None
    lowest = said[-1]
    whole = settled.get(folded(" / ".join(path)))
    role = whole or role_of(lowest, settled)
    if whole or lowest in settled:
        return role
    period = _period(said)
    years = set(A_YEAR.findall(" ".join(said)))
    if len(years) == 1 and any(role_of(one, {}) == "money" for one in said):
        return f"money {period or years.pop()}"
    if period and role in (None, "total", "result"):
        return period
    if lowest == "наименование" and role_of(said[0], {}) in ("title", "task"):
        return "title"
    return role


def _period(said: Sequence[str]) -> str:
    """The year or quarter that headings name with nothing else in them; empty where they name none."""
    quarter = next((found for one in said[-1:] if (found := QUARTER.search(one))), None)
    lowest = QUARTER.sub(" ", said[-1])
    years = [set(A_YEAR.findall(one)) for one in (lowest, *said[:-1])]
    year = next((one for one in years if one), set())
    if len(year) > 1 or PERIOD_WORDS.sub("", A_YEAR.sub("", lowest)) or not (year or quarter):
        return ""
    above = "" if quarter or years[0] else PERIOD_WORDS.sub("", lowest)
    number = QUARTERS.get(quarter[1], quarter[1]) if quarter else ""
    return "" if above else "".join(year) + (f"/{number}" if number else "")


def _base(header: Sequence[Block]) -> tuple[Cell, ...]:
    """Returns the cells of the row with the most columns."""
    return max(header, key=lambda block: len(block.cells)).cells


def _paths_by_grid(header: Sequence[Block]) -> list[Path]:
    """The words above each column, where the file says which columns a cell covers."""
    named = [block for block in header if not is_column_numbers(block)]
    paths: list[Path] = []
    for column in _base(header):
        middle = (column.start + column.end - 1) / 2
        above = (cell.text for block in named for cell in block.cells if cell.start <= middle < cell.end)
        paths.append(tuple(dict.fromkeys(filter(None, map(plain, above)))))
    _refuse_two_years(paths)
    while paths and not paths[-1]:
        paths.pop()
    return paths


def _refuse_two_years(paths: Iterable[Path]) -> None:
    """Stops at a column that stands under two different years."""
    for path in paths:
        years = [year for one in path if (year := _period([folded(one)])) and "/" not in year]
        if len(set(years)) > 1:
            raise HeaderNotUnderstoodError(f"над столбцом стоят два разных года: {' и '.join(years)}")


def _paths_by_order(named: Sequence[Block], numbers: int | None) -> list[Path]:
    """The words above each column of tab-separated text.

    After a merged cell there are too many or too few tabs, so the upper of two rows may be shifted. The lower row is
    in place. Labels of the upper row that stand over it are groups; the others name the columns left blank.
    """
    if len(named) == 1:
        return [(plain(cell.text),) for cell in _without_trailing_blanks(named[0])]
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
    return [(labels[position],) for position in range(total)]


def _without_trailing_blanks(block: Block) -> tuple[Cell, ...]:
    return block.cells[: block.cells.index(block.filled[-1]) + 1]


def _with_repeated_year(roles: Sequence[str]) -> list[str]:
    """Marks the second of two equal years side by side: a page break has repeated the column."""
    return [
        REPEATED_YEAR if is_period(role) and position and roles[position - 1] == role else role
        for position, role in enumerate(roles)
    ]


def _told_apart(roles: Sequence[str | None]) -> list[str]:
    """Gives each column a role of its own: executors and remarks may stand in several, nothing else may.

    A plan of money alone is a plan: its years are taken then. A task of its own needs a title beside it.
    """
    if not any(role and is_period(role) for role in roles) and not {"deadline", "total"} & set(roles):
        roles = [role.removeprefix("money ") if role else role for role in roles]
    if "title" not in roles and "result" not in roles:
        roles = ["title" if role == "task" else role for role in roles]
    told: list[str] = []
    for place, role in enumerate(roles, start=1):
        if role is None or (role in told and role not in (*KEPT_ROLES, "executors") and not is_period(role)):
            told.append(f"{OTHER} {place}")
        else:
            told.append(f"{role} {place}" if role in told and not is_period(role) else role)
    return told


def _checked(roles: Sequence[str]) -> tuple[str, ...]:
    problems = []
    if not {"title", "result"} & set(roles):
        problems.append(f"не найден столбец: {ROLE_NAMES['title']} или {ROLE_NAMES['result']}")
    if not any(map(is_period, roles)) and "deadline" not in roles:
        problems.append(f"не найдены столбцы: {ROLE_NAMES['year']} или {ROLE_NAMES['deadline']}")
    repeated = sorted({role for role in roles if roles.count(role) > 1})
    problems += [f"столбец стоит дважды: {role}" for role in repeated]
    if problems:
        raise HeaderNotUnderstoodError("; ".join(problems))
    return tuple(roles)
