"""What tells a row of a table apart, in one text: sentences name the rows they rest on so, and `explain` reads it."""

from collections.abc import Sequence

import pandas as pd

from analysis.presentation.words import Row

INDICATOR = ("indicator_id", "group_name", "aspect", "procedure", "subject", "programme_grade", "sitting_grade", "wave")
SELECTION, THRESHOLDS, TRAINING, CONTESTS = "selection", "selection_thresholds", "training_needs", "contests"


def indicator_key(row: Row) -> str:
    """Of a row of indicators: names without the blanks."""
    return _joined(*(row[name] for name in (*INDICATOR, "calendar_year") if pd.notna(row[name])))


def gap_key(row: Row) -> str:
    """Of an indicator for which a year has no data."""
    return _joined(row["indicator_id"], row["calendar_year"])


def selection_key(row: Row) -> str:
    """Of a school under a rule of selection."""
    return _joined(SELECTION, row["rule_id"], row["school_login"], row["calendar_year"])


def threshold_key(row: Row) -> str:
    """Of another threshold of a rule."""
    return _joined(THRESHOLDS, row["rule_id"], row["threshold"], row["calendar_year"])


def training_key(row: Row) -> str:
    """Of a topic of training."""
    return _joined(TRAINING, row["competence"], row["calendar_year"])


def contest_key(row: Row) -> str:
    """Of a contest of a school."""
    return _joined(CONTESTS, row["school_login"], row["line"], row["calendar_year"])


def _joined(*parts: object) -> str:
    return " | ".join(map(str, parts))


def indicator_keys(rows: Sequence[Row]) -> list[str]:
    """The keys of several rows of indicators."""
    return [indicator_key(row) for row in rows]
