"""The text tables of a roadmap: each value as received, with its address (contracts.text describes them)."""

from collections.abc import Sequence

import pandas as pd

from analysis.intake.activity_rows import ActivityRow
from analysis.intake.blocks import Cell
from analysis.intake.heading import Heading

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
