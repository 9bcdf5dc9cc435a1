"""Numbers of the plan as the report prints them; a missing value is said in words and is never a zero."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.presentation.russian import month_name, short_date

Row = Mapping[str, Any]
NOT_STATED = "не указано"
ALL_YEAR = "в течение года"


def as_text(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with words in the place of categories."""
    return rows.astype({name: "str" for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)})


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table, each by column name."""
    # `to_dict` says the same and takes three times as long: it looks at every column, which small tables feel.
    values = [[None if value is pd.NA else value for value in row] for row in frame.to_numpy(dtype=object).tolist()]
    return [dict(zip(frame.columns, row, strict=True)) for row in values]


def in_order_of_codes(labels: Iterable[str]) -> list[str]:
    """Labels of measures, each once, as the document numbers them: «1.4», «2.4», «4.1/2», «4.10»."""
    return sorted(dict.fromkeys(labels), key=lambda label: [int(one) for one in re.findall(r"\d+", label)])


def count_words(count: Any, otherwise: str = NOT_STATED) -> str:
    """«2»; where there is none, the words for that, «не указано»."""
    return otherwise if pd.isna(count) else str(count)


def date_words(day: Any, otherwise: str = NOT_STATED) -> str:
    """«25.08.2020»; where there is none, the words for that."""
    return otherwise if pd.isna(day) else short_date(day)


def bounded(count: Any, comparator: Any) -> str:
    """«4» or «не менее 4»."""
    return f"не менее {count}" if comparator == "≥" and count else str(count)


def total_words(row: Row) -> str:
    """The planned total with what the reading makes of it: «4», «не менее 4», «10, каждый год»."""
    total = bounded(row["planned_total_count"], row["comparator"])
    return f"{total}, каждый год" if row["reading"] == "annual" else total


def cumulative_words(row: Row) -> str:
    """The plan from the first year to this one: added, or the level of this year, or both where that is open."""
    flow, annual = count_words(row["cumulative_flow_count"]), count_words(row["cumulative_annual_count"])
    if row["reading"] == "annual":
        return annual
    return flow if row["reading"] == "flow" or flow == annual else f"сумма {flow}; уровень {annual}"


def deadline_words(row: Row) -> str:
    """«май», «в течение года», or a dash where nothing is planned."""
    if pd.isna(row["target_count"]) or row["target_count"] == 0:
        return "—"
    month = row["deadline_month"]
    return ALL_YEAR if pd.isna(month) else month_name(int(month))


def state_words(state: str) -> str:
    """A state as it stands in a sentence or a list; one with a comma of its own in quotes."""
    return f"«{state}»" if "," in state else state


def measure_words(row: Row) -> str:
    """The activity and its result in one cell."""
    return f"{str(row['activity_title']).rstrip('. ')}. Результат: {row['measure_name']}"
