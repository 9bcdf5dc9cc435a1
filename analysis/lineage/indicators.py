"""An indicator of a school or the city: its formula from the passport, numerator and denominator, and their rows."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from analysis.contracts.school_facts import RESULT_KEY, SCHOOL_FACT_TABLES
from analysis.indicators.duties import supported_schools
from analysis.indicators.keyed import CITY, OTHERS
from analysis.lineage.ground import Ground
from analysis.lineage.school_rows import about_words, number_words, value_words
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import PASSPORT_FILE, Indicator, Passport

# Of which tables an indicator is made line by line, and what the line is called there.
LINES = {"context": "pupil_group", "staff": "staff_group"}
ASPECTS = {"deficits": "competence", "self_assessment": "criterion", "contests": "contestants"}
OWN_MEASURES = "school_measures"
# Parts that are counted over rows, and stand in no column.
COUNTED_PARTS = {
    "planned_measure_count": "мер с планом больше нуля",
    "done_measure_count": "из них сделано не меньше плана",
    "contest_count": "конкурсов",
}
SMALLEST = 0.00005  # less than this would be printed as 0
ABOUT = ("procedure", "subject", "sitting_grade", "wave", "aspect", "school_year")
# What is said of a value: its name, the number, and the interval around it.
SAID_OF_A_VALUE = (
    ("интервал", None, "interval"),
    ("стабилизированное", "stabilised_value", "stabilised"),
    ("вероятность порога", "threshold_probability", None),
    ("город", "city_value", None),
    ("изменение", "change", "change"),
    ("вероятность роста", "growth_probability", None),
)


def indicator_chain(login: str, indicator_id: str, year: int, ground: Ground) -> Iterator[str]:
    """Every value of an indicator of a school, of «город» or of «другие школы» in a year; nothing where there is none.

    Args:
        login: Of the school, or the name of a group.
        indicator_id: Its name in the passport.
        year: The calendar year.
        ground: What chains stand on; without a passport there is nothing to tell.
    """
    found = ground.tables.get("school_indicators")
    if found is None or ground.passport is None:
        return
    mine = (found["school_login"] == login) & (found["indicator_id"] == indicator_id)
    for row in rows_of(found[mine & (found["calendar_year"] == year)]):
        yield from value_chain(row, ground.passport, ground)


def value_chain(row: Row, passport: Passport, ground: Ground) -> Iterator[str]:
    """One row of the indicators: value, formula, numerator and denominator, uncertainty, and the rows behind it."""
    indicator = passport[row["indicator_id"]]
    about = [str(row[name]) for name in ABOUT if not pd.isna(row[name])]
    who = ground.school_names.get(row["school_login"], row["school_login"])
    said = ", ".join([who, str(row["calendar_year"]), *about])
    yield f"{indicator.name}: {said}: {precise(row['value'])}; единица: {indicator.unit}"
    confirmed = "" if indicator.formula_confirmed else " (не подтверждено)"
    yield f"  правило: {indicator.formula}; {indicator.formula_source}{confirmed} ← {PASSPORT_FILE}, {indicator.id}"
    yield f"  числитель: {precise(row['numerator'])} = {_made_of(indicator)}"
    if indicator.denominator:
        parts = " + ".join(_part_words(indicator, name) for name in indicator.denominator)
        yield f"  знаменатель: {precise(row['denominator'])} = {parts}"
    yield from _uncertainty(row, passport)
    rows = _rows(row, indicator, ground)
    yield f"  строк: {len(rows)}"
    for one in rows:
        name = ground.school_names.get(one["school_login"], one["school_login"])
        words = f"{about_words(indicator.table, one)}: {value_words(indicator.table, one)}"
        yield f"    {name}: {words} ← {ground.cell(one)}"


def _uncertainty(row: Row, passport: Passport) -> Iterator[str]:
    for name, column, interval in SAID_OF_A_VALUE:
        said: list[str] = [precise(row[column])] if column and not pd.isna(row[column]) else []
        if interval and not pd.isna(row[f"{interval}_low"]):
            said.append(f"от {precise(row[f'{interval}_low'])} до {precise(row[f'{interval}_high'])}")
        since = f" к {int(row['earlier_year'])} году" if column == "change" and said else ""
        how = f"; {passport.method.interval}" if name == "интервал" else ""
        if said:
            yield f"  {name}{since}: {', '.join(said)}{how}"
    for name, column in (("против города", "against_city"), ("пометки", "flags"), ("изменения нет", "change_note")):
        if not pd.isna(row[column]) and row[column]:
            yield f"  {name}: {row[column]}"


def _made_of(indicator: Indicator) -> str:
    weighed = zip(indicator.numerator, indicator.weights, strict=True)
    parts = ((_part_words(indicator, name), weight) for name, weight in weighed)
    return " + ".join(said if weight == 1 else f"{number_words(weight)} × {said}" for said, weight in parts)


def _part_words(indicator: Indicator, name: str) -> str:
    """«Отметок «2»»: a part of an indicator as its contract calls it; a group of pupils or staff is called as it is."""
    if name in COUNTED_PARTS:
        return COUNTED_PARTS[name]
    field = None if indicator.table in LINES else SCHOOL_FACT_TABLES[indicator.table].to_schema().columns.get(name)
    return field.title if field is not None else name


def precise(value: Any) -> str:
    """A share needs more digits than a count: «0,8781»; what is nearly nothing is not called nothing."""
    if pd.isna(value):
        return "нет"
    if 0 < float(value) < SMALLEST:
        return "меньше 0,0001"
    return f"{float(value):.4f}".rstrip("0").rstrip(".").replace(".", ",")


def _rows(row: Row, indicator: Indicator, ground: Ground) -> Sequence[Row]:
    """The typed rows of the same key; of a group, those of all its schools."""
    frame = ground.tables.get(indicator.table)
    if frame is None:
        return []
    frame = frame[frame["calendar_year"] == row["calendar_year"]]
    if indicator.table == OWN_MEASURES:
        frame = frame[(frame["planned_count"] > 0).fillna(False)]
    elif indicator.table == "results":
        for name in RESULT_KEY[1:]:
            frame = frame[frame[name] == row[name]]
    elif indicator.table in LINES:
        frame = frame[frame[LINES[indicator.table]].isin([*indicator.numerator, *indicator.denominator])]
    else:
        frame = frame[frame[ASPECTS[indicator.table]] == row["aspect"]]
    mine = frame[_is_of(row, frame, ground)]
    return rows_of(mine if row["school_login"] in ground.school_names else _complete(mine, indicator))


def _complete(frame: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """The rows of the schools that gave every part: only they are added to a group; of own measures all rows are."""
    if indicator.table == OWN_MEASURES:
        return frame
    parts = {*indicator.numerator, *indicator.denominator} - {"not_attested_count"}
    if indicator.table in LINES:
        return frame[frame.groupby("school_login")["school_login"].transform("size") == len(parts)]
    return frame.dropna(subset=[name for name in parts if name in frame])


def _is_of(row: Row, frame: pd.DataFrame, ground: Ground) -> "pd.Series[bool]":
    login = row["school_login"]
    if login == CITY:
        return pd.Series(True, index=frame.index)
    supported = supported_schools(ground.tables["school_status"], int(row["calendar_year"]))
    return ~frame["school_login"].isin(supported) if login == OTHERS else frame["school_login"] == login
