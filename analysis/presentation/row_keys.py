"""What tells a row of a table apart, in one text: sentences name the rows they rest on so, and `explain` reads it."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.indicators.plan import in_force
from analysis.presentation.words import Row, rows_of

INDICATOR = ("indicator_id", "group_name", "aspect", "procedure", "subject", "programme_grade", "sitting_grade", "wave")
EFFECTS, SELECTION, THRESHOLDS = "school_effects", "selection", "selection_thresholds"
TRAINING, CONTESTS = "training_needs", "contests"


def indicator_key(row: Row) -> str:
    """Of a row of indicators: names without the blanks."""
    return _joined(*(row[name] for name in (*INDICATOR, "calendar_year") if pd.notna(row[name])))


def gap_key(row: Row) -> str:
    """Of an indicator for which a year has no data."""
    return _joined(row["indicator_id"], row["calendar_year"])


def effect_key(row: Row) -> str:
    """Of a school over all its results of an indicator."""
    return _joined(EFFECTS, row["indicator_id"], row["school_login"], row["calendar_year"])


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


def asked_as(row: Row) -> str:
    """How the measure and year of a plan row are asked for: «4.1/2@2021»."""
    return f"{row['measure_label']}@{row['calendar_year']}"


def rows_by_key(
    tables: Mapping[str, pd.DataFrame], indicators: pd.DataFrame, stored: str
) -> dict[str, tuple[str, int]]:
    """Returns by key the table and the number of each row that sentences may name; a key of two rows names neither.

    Args:
        tables: The tables by name.
        indicators: The indicators of an edition; their index is their number in the stored table.
        stored: The name of that table.
    """
    found: dict[str, tuple[str, int]] = {}
    twice: set[str] = set()
    for key, place in (*_of_indicators(indicators, stored), *_of_tables(tables)):
        twice |= {key} & found.keys()
        found[key] = place
    return {key: place for key, place in found.items() if key not in twice}


def _of_indicators(indicators: pd.DataFrame, stored: str) -> Iterator[tuple[str, tuple[str, int]]]:
    words = indicators[[*INDICATOR, "calendar_year"]].astype("str")
    for number, values in zip(indicators.index, words.itertuples(index=False, name=None), strict=True):
        yield _joined(*(one for one in values if pd.notna(one))), (stored, int(number))


def _of_tables(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, tuple[str, int]]]:
    for name, make in KEYED.items():
        if name in tables:
            rows = in_force(tables[name]) if name == "plan" else tables[name]
            yield from ((make(row), (name, int(number))) for number, row in zip(rows.index, rows_of(rows), strict=True))


def indicator_keys(rows: Sequence[Row]) -> list[str]:
    """The keys of several rows of indicators."""
    return [indicator_key(row) for row in rows]


KEYED = {
    "indicator_gaps": gap_key,
    EFFECTS: effect_key,
    SELECTION: selection_key,
    THRESHOLDS: threshold_key,
    TRAINING: training_key,
    CONTESTS: contest_key,
    "plan": asked_as,
}
