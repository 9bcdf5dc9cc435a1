"""The rows of a roadmap in the text form, and frames with the types of the contracts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.intake.blocks import plain


@dataclass(frozen=True)
class RoadmapRow:
    """The texts of one activity."""

    code: str
    name: str
    total: str
    total_place: str
    years: dict[int, tuple[str, str]]
    executors: str
    executors_place: str


def rows_of_roadmap(text: Mapping[str, pd.DataFrame]) -> list[RoadmapRow]:
    """The texts of each activity, in the order of the document."""
    measures, executors = text["measures"], text["executors"]
    years: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    targets = text["targets"]
    for row_place, year, target, place in zip(
        *columns_of(targets, "row_place", "calendar_year", "target", "place"), strict=True
    ):
        years[row_place][int(year)] = (target, place)
    return [
        RoadmapRow(
            plain_code(code), name, total, total_place, dict(sorted(years[row_place].items())), names, executors_place
        )
        for row_place, code, name, total, total_place, names, executors_place in zip(
            *columns_of(measures, "row_place", "activity_code", "measure_name", "planned_total", "place"),
            *columns_of(executors, "executors", "place"),
            strict=True,
        )
    ]


def activity_table(text: pd.DataFrame) -> pd.DataFrame:
    """The typed activities, in the order of the document."""
    files, places, codes, task_codes, task_titles, task_places, titles = columns_of(
        text, "source_file", "row_place", "activity_code", "task_code", "task_title", "task_place", "activity_title"
    )
    rows = zip(
        files,
        places,
        map(plain_code, codes),
        range(1, len(text) + 1),
        map(plain_code, task_codes),
        map(plain, task_titles),
        task_places,
        map(plain, titles),
        strict=True,
    )
    columns = "source_file place activity_code document_order task_code task_title task_place activity_title"
    return typed_frame(list(rows), columns, whole=["document_order"])


def plain_code(text: str) -> str:
    """The number of an activity or task without the point behind it."""
    return plain(text).rstrip(".")


def columns_of(frame: pd.DataFrame, *names: str) -> list[list[str]]:
    """Columns as lists: many times faster to walk through than the columns themselves."""
    return [frame[name].tolist() for name in names]


def typed_frame(
    rows: Sequence[tuple[object, ...]], columns: str, whole: Sequence[str], gaps: Sequence[str] = ()
) -> pd.DataFrame:
    """A typed frame: text, but for the columns of whole numbers and of whole numbers with gaps."""
    names = columns.split()
    values = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    types = dict.fromkeys(names, "str") | dict.fromkeys(whole, "int64") | dict.fromkeys(gaps, "Int64")
    return pd.DataFrame({name: pd.Series(list(values[name]), dtype=types[name]) for name in names})
