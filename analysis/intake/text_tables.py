"""The rows of a roadmap become its text tables, and its activities are told apart by their numbers."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.contracts.columns import rows_table
from analysis.contracts.roadmap import TEXT_TABLES
from analysis.intake.cells import Block, Cell, plain
from analysis.intake.columns import (
    ACTIVITY_NUMBER,
    CODE_WITH_DOT,
    PERIOD,
    REPEATED_YEAR,
    TASK_CODE,
    TASK_LINE,
    Columns,
    Settled,
    continues_header,
    is_column_numbers,
    is_period,
    lie_under,
)
from analysis.intake.heading import Heading
from analysis.intake.word_file import AUTOMATIC_NUMBER

# The rows of a roadmap become its text tables: each value as received, with its address.

# The code of the one task of a plan that has none; such a task has no title.
NO_TASK = "0"


@dataclass(frozen=True)
class Task:
    """A task of the roadmap: its number, its title as received, and where they stand; `origin` as of an activity."""

    code: str
    title: str
    place: str
    origin: str = "written"


@dataclass(frozen=True)
class ActivityRow:
    """The cells of one measure by role; periods by their name.

    Attributes:
        task: The task above it.
        cells: The cells.
        place: The address of the row.
        code: The number of the activity.
        origin: A key of CODE_ORIGINS.
        first: Whether the activity begins here; another row with the merged number and title adds a measure to it.
    """

    task: Task
    cells: dict[str, Cell]
    place: str
    code: str
    origin: str = "written"
    first: bool = True

    def text(self, role: str) -> str:
        """The text of a role; empty where the table has no such column. Several columns of executors are one list."""
        found = [cell.text for name, cell in self.cells.items() if name == role or name.startswith(f"{role} ")]
        return ", ".join(text for text in found if plain(text)) if len(found) > 1 else "".join(found)

    def place_of(self, role: str) -> str:
        """The address of a role's cell; that of the row where the table has no such column."""
        return self.cells[role].place if role in self.cells else self.place


def shown(cell: Cell) -> str:
    """What a person sees in a cell: the number that Word draws, then the text."""
    text = plain(cell.text)
    return cell.number or text if text == AUTOMATIC_NUMBER else f"{cell.number} {text}".strip()


def header_from(blocks: Sequence[Block], start: int, settled: Settled) -> Sequence[Block]:
    """Returns the header rows that begin at `start`: up to the numbers of the columns or the first row of content."""
    end = start + 1
    while end < len(blocks) and _continues(blocks[end], blocks[start:end], settled):
        end += 1
        if is_column_numbers(blocks[end - 1]):
            break
    return blocks[start:end]


def _continues(block: Block, above: Sequence[Block], settled: Settled) -> bool:
    if block.is_paragraph or block.table != above[0].table:
        return False
    return is_column_numbers(block) or (task_of(block) is None and continues_header(block, above, settled))


def task_of(block: Block, columns: int = 0) -> Task | None:
    """The task that a paragraph or row names: «2. Название», or «2.» and «Название» in two cells.

    Args:
        block: The paragraph or row.
        columns: Where activities have whole numbers too, the number of columns: a row of so many cells is no task.
    """
    texts = [shown(cell) for cell in block.filled if not cell.inherited]
    origin = "drawn" if any(cell.number for cell in block.filled[:1]) else "written"
    code = TASK_CODE.match(texts[0]) if len(texts) == 2 and len(block.cells) != columns else None
    if code and any(letter.isalpha() for letter in texts[1]):
        return Task(code.group(1), texts[1], block.place, origin)
    line = TASK_LINE.match(texts[0]) if len(texts) == 1 else None
    return Task(line[1] or line[2] or line[3], line[4], block.place, origin) if line else None


def title_alone(block: Block) -> str:
    """The words of a row or paragraph that has nothing else; empty where they are a remark or a sum."""
    texts = [shown(cell) for cell in block.filled if not cell.inherited]
    text = texts[0] if len(texts) == 1 else ""
    return text if any(map(str.isalpha, text)) and not NO_TITLE.match(text) and len(text) <= LONGEST_TITLE else ""


def is_sum(block: Block) -> bool:
    """Whether a row only adds up the rows above: «Итого»."""
    return bool(block.filled) and SUM_ROW.match(plain(block.filled[0].text)) is not None


NO_TITLE = re.compile(r"(?:примечани|итого|всего|\*|<|согласован|утвержд|исполнитель:)", re.IGNORECASE)
SUM_ROW = re.compile(r"(?:итого|всего)\b", re.IGNORECASE)
LONGEST_TITLE = 300


def fit(block: Block, columns: Columns) -> tuple[list[Cell] | None, Cell | None]:
    """Returns the cells of a row, one for each column, and the extra cell that repeats the last year.

    The first is None if the cells do not fit the columns, the second if there is no extra cell or it is blank.

    An extra cell is the trace of a page break only if it stands right after the last year and equals it.
    """
    cells = _without_blank_tail(block, columns)
    cells = _spread(cells, columns) if block.exact_grid and len(cells) < len(columns.own_roles) else cells
    extra = None
    if columns.periods and len(cells) == len(columns.own_roles) + 1:
        extra = cells.pop(columns.last_year + 1)
        if plain(extra.text) != plain(cells[columns.last_year].text):
            return None, None
    elif len(cells) != len(columns.own_roles) or REPEATED_YEAR in columns.roles:
        return None, None
    if not lie_under(cells, columns.own_roles, columns, block.table):
        return None, None
    return cells, extra if extra is not None and plain(extra.text) else None


def _spread(cells: list[Cell], columns: Columns) -> list[Cell]:
    """Words that are merged over several periods hold for each of them; a number does not, it may be their sum."""
    spans = dict(zip(columns.spans, columns.roles, strict=False))
    spread: list[Cell] = []
    for cell in cells:
        covered = [span for span in spans if cell.start <= span[0] and span[1] <= cell.end]
        words = plain(cell.text) and not any(map(str.isdigit, cell.text))
        if len(covered) > 1 and words and all(is_period(spans[span]) for span in covered):
            parts = [replace(cell, start=start, end=end, inherited=True) for start, end in covered]
            spread += [replace(parts[0], inherited=False), *parts[1:]]
        else:
            spread.append(cell)
    return spread


def _without_blank_tail(block: Block, columns: Columns) -> list[Cell]:
    cells = list(block.cells)
    while len(cells) > len(columns.roles) and not plain(cells[-1].text):
        cells.pop()
    return cells


def length_problem(block: Block, columns: Columns) -> str:
    """Returns why the cells of a row cannot be matched to the columns."""
    width, found = len(columns.roles), len(_without_blank_tail(block, columns))
    if found == width:
        return "Ячейки стоят не под своими столбцами (часть объединена или разделена): чьи это значения, неизвестно"
    if found < width or not columns.periods:
        return f"В строке ячеек: {found}, а столбцов: {width}; какое значение пропущено, неизвестно"
    last = f"лишняя ячейка не равна значению {columns.periods[-1]} года, поэтому отбросить её нельзя"
    return f"В строке ячеек: {found}, а столбцов: {width}; {last}"


def joined(block: Block) -> str:
    """All cells of a row in one line."""
    return " | ".join(plain(cell.text) for cell in block.cells)


def text_tables(
    heading: Heading,
    rows: Sequence[tuple[ActivityRow, Columns]],
    used: Sequence[tuple[Cell, str, str]],
    file: str,
) -> dict[str, pd.DataFrame]:
    """Returns approval, activities, measures, targets, executors, and `cells`.

    Args:
        heading: What was read above the table.
        rows: The measures, each with the columns of its table.
        used: Every cell that is not blank, with its role and the activity it belongs to.
        file: Path of the document relative to the project.
    """
    tables: dict[str, list[tuple[str, ...]]] = {
        "cells": [(cell.place, _as_shown(cell), role, code) for cell, role, code in used],
        "approval": [(*heading.values.values(), *heading.places.values())],
        "activities": [_activity(row) for row, _ in rows if row.first],
        "measures": [_measure(row, columns) for row, columns in rows],
        "targets": [target for row, _ in rows for target in _targets(row)],
        "executors": [(one.place, one.code, one.text("executors"), one.place_of("executors")) for one, _ in rows],
    }
    return {name: rows_table(TEXT_TABLES[name], [(file, *row) for row in found]) for name, found in tables.items()}


def _as_shown(cell: Cell) -> str:
    return cell.number or cell.text if cell.text == AUTOMATIC_NUMBER else cell.text


def _activity(row: ActivityRow) -> tuple[str, ...]:
    task, title = row.task, row.text("title") or row.text("result")
    return (row.place, row.code, row.origin, task.code, task.title, task.place or row.place, title)


def _measure(row: ActivityRow, columns: Columns) -> tuple[str, ...]:
    name = row.text("result") if plain(row.text("result")) else row.text("title")
    total, deadline = ((row.text(role), row.place_of(role)) for role in ("total", "deadline"))
    baseline = (row.text("baseline"), columns.heading("baseline"))
    return (row.place, row.code, name, *total, row.text("unit"), columns.unit, *baseline, *deadline)


def _targets(row: ActivityRow) -> list[tuple[str, ...]]:
    """The planned values of a measure, a period each."""
    found = ((PERIOD.fullmatch(role), cell) for role, cell in row.cells.items())
    return [(row.place, row.code, one[1] or "", one[2] or "", cell.text, cell.place) for one, cell in found if one]


# The numbers of activities: written, drawn by Word, or none; which are in doubt, and how they are told apart.

DASHES = ("-", "–", "—", "•", "·", "*")
ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


def code_style(blocks: Sequence[Block]) -> str:
    """How activities are numbered: «dotted» (1.2), «whole» (2, IV, а) or «none». A row that differs is in doubt."""
    rows = [block for block in blocks if not block.is_paragraph and len(block.filled) > 2]
    rows = [row for row in rows if not is_column_numbers(row)]
    dotted = sum(any(CODE_WITH_DOT.match(plain(cell.text)) for cell in row.cells) for row in rows)
    whole = sum(ACTIVITY_NUMBER.match(shown(row.filled[0])) is not None for row in rows)
    if dotted and 2 * dotted >= whole:
        return "dotted"
    return "whole" if whole else "none"


def code_of(cell: Cell | None) -> tuple[str, str]:
    """The number that stands in a cell or that Word draws there, and where it comes from; none for a dash."""
    code = "" if cell is None else shown(cell)
    if cell is None or not code or code in DASHES:
        return "", "position"
    return code, "drawn" if plain(cell.text) == AUTOMATIC_NUMBER else "written"


def code_is_sound(cell: Cell, style: str) -> bool:
    """Whether the number of a row is one, as the others of the document are."""
    code = shown(cell)
    if style == "dotted":
        return CODE_WITH_DOT.match(code) is not None
    return ACTIVITY_NUMBER.match(code) is not None or code in DASHES or (style == "none" and not code)


def belongs(code: str, task: Task) -> bool:
    """Whether the number of an activity is one of its task: «2.1» of «2» and of «II». A number without a dot is."""
    head = code.split(".")[0]
    if not CODE_WITH_DOT.match(code) or task.origin == "position" or task.code == NO_TASK:
        return True
    return head == task.code or (task.code[0] in ROMAN_DIGITS and head == str(roman_number(task.code)))


def roman_number(text: str) -> int:
    """The number that I, V and X write."""
    worth = [ROMAN_DIGITS[letter] for letter in text if letter in ROMAN_DIGITS]
    return sum(-one if one < max(worth[place:]) else one for place, one in enumerate(worth))


def told_apart(rows: Sequence[ActivityRow]) -> list[ActivityRow]:
    """Gives each activity a number of its own.

    A row without a number has that of its place. Numbers that begin anew in each task get the task's in front.
    """
    numbered = list(_with_places(rows))
    tasks_of: dict[str, set[str]] = {}
    for row in numbered:
        tasks_of.setdefault(row.code, set()).add(row.task.code)
    if all(len(tasks) == 1 for tasks in tasks_of.values()) or any(CODE_WITH_DOT.match(row.code) for row in rows):
        return numbered
    return [replace(row, code=f"{row.task.code}.{row.code}") for row in numbered]


def begin_anew(before: Sequence[ActivityRow], after: Sequence[ActivityRow]) -> bool:
    """Whether numbers got the task's in front."""
    return any(one.origin != "position" and bare(one.code) != two.code for one, two in zip(before, after, strict=True))


def bare(code: str) -> str:
    """A number without points and brackets behind it."""
    return code.rstrip(".)")


def _with_places(rows: Sequence[ActivityRow]) -> Iterator[ActivityRow]:
    """The rows with numbers; one without has its place in its task, below the number above it if there is one."""
    places: Counter[str] = Counter()
    code, upper = "", ""
    for row in rows:
        if row.first and row.code:
            code = upper = bare(row.code)
        elif row.first:
            within = upper or ("" if row.task.code == NO_TASK else row.task.code)
            places[within] += 1
            code = ".".join(filter(None, (within, str(places[within]))))
        yield replace(row, code=code)
