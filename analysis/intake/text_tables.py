"""The rows of a roadmap become its text tables: each value as received, with its address."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.intake.blocks import Block, Cell, plain
from analysis.intake.columns import (
    CODE_WITH_DOT,
    REPEATED_YEAR,
    TASK_CODE,
    TASK_LINE,
    Columns,
    is_column_numbers,
    lie_under,
)
from analysis.intake.heading import Heading


@dataclass(frozen=True)
class Task:
    """A task of the roadmap: its number, its title as received, and where they stand."""

    code: str
    title: str
    place: str


@dataclass(frozen=True)
class ActivityRow:
    """The cells of one activity by role; years by their name."""

    task: Task
    cells: dict[str, Cell]
    place: str


def header_from(blocks: Sequence[Block], start: int) -> Sequence[Block]:
    """Returns the header rows that begin at `start`: up to the numbers of the columns or the first row of content."""
    end = start
    while end < len(blocks) and not blocks[end].is_paragraph and not _is_content(blocks[end]):
        end += 1
        if is_column_numbers(blocks[end - 1]):
            break
    return blocks[start:end]


def _is_content(block: Block) -> bool:
    if is_column_numbers(block):
        return False
    return task_of(block) is not None or any(CODE_WITH_DOT.match(plain(cell.text)) for cell in block.cells)


def task_of(block: Block) -> Task | None:
    """The task that a paragraph or row names: «2. Название», or «2.» and «Название» in two cells."""
    texts = [plain(cell.text) for cell in block.filled if not cell.inherited]
    code = TASK_CODE.match(texts[0]) if len(texts) == 2 else None
    if code and any(letter.isalpha() for letter in texts[1]):
        return Task(code.group(1), texts[1], block.place)
    line = TASK_LINE.match(texts[0]) if len(texts) == 1 else None
    return Task(line.group(1) or line.group(2), line.group(3), block.place) if line else None


def fit(block: Block, columns: Columns) -> tuple[list[Cell] | None, Cell | None]:
    """Returns the cells of a row, one for each column, and the extra cell that repeats the last year.

    The first is None if the cells do not fit the columns, the second if there is no extra cell or it is blank.

    An extra cell is the trace of a page break only if it stands right after the last year and equals it.
    """
    cells = _without_blank_tail(block, columns)
    extra = None
    if len(cells) == len(columns.own_roles) + 1:
        extra = cells.pop(columns.last_year + 1)
        if plain(extra.text) != plain(cells[columns.last_year].text):
            return None, None
    elif len(cells) != len(columns.own_roles) or REPEATED_YEAR in columns.roles:
        return None, None
    if not lie_under(cells, columns.own_roles, columns, block.table):
        return None, None
    return cells, extra if extra is not None and plain(extra.text) else None


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
    if found < width:
        return f"В строке ячеек: {found}, а столбцов: {width}; какое значение пропущено, неизвестно"
    return (
        f"В строке ячеек: {found}, а столбцов: {width}; лишняя ячейка не равна значению "
        f"{columns.years[-1]} года, поэтому отбросить её нельзя"
    )


def joined(block: Block) -> str:
    """All cells of a row in one line."""
    return " | ".join(plain(cell.text) for cell in block.cells)


CELL_COLUMNS = ["place", "text", "role", "activity_code"]
ACTIVITY_COLUMNS = ["row_place", "activity_code", "task_code", "task_title", "task_place", "activity_title"]
MEASURE_COLUMNS = ["row_place", "activity_code", "measure_name", "planned_total", "place"]
TARGET_COLUMNS = ["row_place", "activity_code", "calendar_year", "target", "place"]
EXECUTOR_COLUMNS = ["row_place", "activity_code", "executors", "place"]


def text_tables(
    heading: Heading, rows: Sequence[ActivityRow], used: Sequence[tuple[Cell, str, str]], file: str
) -> dict[str, pd.DataFrame]:
    """Returns approval, activities, measures, targets, executors, and `cells`.

    Args:
        heading: What was read above the table.
        rows: The activities.
        used: Every cell that is not blank, with its role and the activity it belongs to.
        file: Path of the document relative to the project.
    """
    approval = [*heading.values, *(f"{name}_place" for name in heading.places)]
    tables: dict[str, tuple[list[str], Sequence[tuple[str, ...]]]] = {
        "cells": (CELL_COLUMNS, [(cell.place, cell.text, role, code) for cell, role, code in used]),
        "approval": (approval, [(*heading.values.values(), *heading.places.values())]),
        "activities": (ACTIVITY_COLUMNS, [_activity(row) for row in rows]),
        "measures": (
            MEASURE_COLUMNS,
            [(row.place, *_texts(row, "code", "result", "total"), row.cells["total"].place) for row in rows],
        ),
        "targets": (TARGET_COLUMNS, [target for row in rows for target in _targets(row)]),
        "executors": (
            EXECUTOR_COLUMNS,
            [(row.place, *_texts(row, "code", "executors"), row.cells["executors"].place) for row in rows],
        ),
    }
    return {name: _text_frame(found, columns, file) for name, (columns, found) in tables.items()}


def _activity(row: ActivityRow) -> tuple[str, ...]:
    task = row.task
    return (row.place, row.cells["code"].text, task.code, task.title, task.place, row.cells["title"].text)


def _targets(row: ActivityRow) -> list[tuple[str, ...]]:
    """The planned values of an activity, a year each."""
    years = [(year, cell) for year, cell in row.cells.items() if year.isdigit()]
    return [(row.place, row.cells["code"].text, year, cell.text, cell.place) for year, cell in years]


def _texts(row: ActivityRow, *roles: str) -> tuple[str, ...]:
    return tuple(row.cells[role].text for role in roles)


def _text_frame(rows: Sequence[tuple[str, ...]], columns: Sequence[str], file: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns), dtype="str")
    frame.insert(0, "source_file", pd.Series(file, index=frame.index, dtype="str"))
    return frame
