"""Of how many schools of the registry the city's value is made: it stands for those that returned the figure."""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.contracts.school_groups import CITY, GROUP_NAMES
from analysis.presentation.words import Row, rows_of

KEY = ("indicator_id", "aspect", "procedure", "subject", "programme_grade", "wave")
SITTING = KEY[2:]
CITY_NAME = GROUP_NAMES[CITY]
Key = tuple[str, ...]


def key_of(row: Row, names: Iterable[str] = KEY) -> Key:
    """What a value is about, as text; a blank is a blank in every table."""
    return tuple("" if pd.isna(row[name]) or str(row[name]) == "nan" else str(row[name]) for name in names)


def counted(found: pd.DataFrame) -> dict[Key, int]:
    """By `KEY`: how many schools have a value.

    Args:
        found: Rows of a year after contracts.effectiveness.SchoolIndicators; only the office may see the answer.
    """
    known = found[found["value"].notna() & ~found["school_login"].isin(list(GROUP_NAMES))]
    about = known[list(KEY)].astype("object")
    keys = about.where(about.notna(), "").astype("str").assign(school=known["school_login"].astype("str"))
    sizes = keys.groupby(list(KEY), sort=False)["school"].nunique().reset_index(name="count")
    return {key_of(row): int(row["count"]) for row in rows_of(sizes)}


def published(rows: pd.DataFrame, gaps: pd.DataFrame, results: Sequence[pd.DataFrame]) -> dict[Key, int]:
    """The same from what is public, for the city's rows of which public tables say it.

    Args:
        rows: Rows of a year after contracts.effectiveness.PublicIndicators.
        gaps: contracts.effectiveness.IndicatorGaps of the year, for what has neither sitting nor aspect.
        results: The public tables of results of the year.
    """
    of_indicator = {str(row["indicator_id"]): int(row["school_count"]) for row in rows_of(gaps)}
    of_city = [row for table in results for row in rows_of(table[table["group_name"] == CITY_NAME])]
    of_sitting = {key_of(row, SITTING): int(row["school_count"]) for row in of_city}
    found: dict[Key, int | None] = {}
    for row in rows_of(rows[rows["group_name"] == CITY_NAME]):
        key = key_of(row)
        simple = not any(key[1:])
        found[key] = of_indicator.get(key[0]) if simple else of_sitting.get(key_of(row, SITTING))
    return {key: count for key, count in found.items() if count is not None}


def city_note(rows: Iterable[tuple[str, Row]], counts: Mapping[Key, int], registry: int) -> str:
    """«… 17 из 18 — неполные семьи»: of how many schools; empty where every school of the registry returned it all.

    Args:
        rows: Rows of indicators beside which the city's value stands, each with what a reader calls it.
        counts: `counted` or `published`; of what is not in it nothing is said.
        registry: How many schools there are.
    """
    few: dict[int, dict[str, None]] = {}
    for name, row in rows:
        count = counts.get(key_of(row), registry)
        if count < registry and pd.notna(row["city_value"]):
            few.setdefault(count, {})[name] = None
    said = "; ".join(f"{count} из {registry} — {', '.join(few[count])}" for count in sorted(few, reverse=True))
    return f"Значение города — не по всем школам реестра, а по тем, от кого есть сведения: {said}." if few else ""
