"""A printed row of indicators, or a sentence about them: which rows of the table of indicators stand behind it."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from analysis.indicators.keyed import CITY, OTHERS
from analysis.indicators.public_effectiveness import WHOLES
from analysis.lineage.ground import Ground
from analysis.lineage.indicators import value_chain
from analysis.lineage.selection import keyed, selection_chain
from analysis.presentation.row_keys import gap_key, indicator_key
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import PASSPORT_FILE, Indicator

Cells = Mapping[str, str]
KEYS = ("procedure", "subject", "programme_grade", "sitting_grade", "wave", "aspect")


def is_of_indicators(cells: Cells) -> bool:
    """Whether a row is of a table of indicators, of the passport or of the sentences."""
    return "indicator_id" in cells or "sentence_id" in cells


def indicator_cell_chain(cells: Cells, year: int, office: bool, ground: Ground) -> Iterator[str]:
    """What a printed row rests on.

    Args:
        cells: The row as published, as text.
        year: The year of the report.
        office: Whether the report is the office's own. A public row shows no row behind it, because from these a
            hidden number could be told; it names the question that shows them.
        ground: What chains stand on.
    """
    if ground.passport is None:
        return
    if "sentence_id" in cells:
        yield f"условие: {cells['condition']}"
        yield from _of_keys([key for key in cells["rests_on"].split("; ") if key], office, ground)
    elif "group_name" in cells:
        row = _row(cells, int(cells.get("calendar_year") or year), ground)
        yield from _told(row, office, ground) if row is not None else ()
    else:
        yield f"← {PASSPORT_FILE}, {cells['indicator_id']}"


def _of_keys(keys: Sequence[str], office: bool, ground: Ground) -> Iterator[str]:
    """The rows that a sentence names, each with its chain."""
    rows, office_rows, gaps = _keyed(ground), keyed(ground), _gaps(ground)
    for key in keys:
        yield f"← {key}"
        if key in rows:
            yield from (f"  {line}" for line in _told(rows[key], office, ground))
        elif key in office_rows and office:
            yield from (f"  {line}" for line in selection_chain(key, office_rows[key], ground))
        elif key in gaps:
            yield f"  школ с данными: {gaps[key]['school_count']}, без данных: {gaps[key]['missing_school_count']}"
            yield f"  ← {PASSPORT_FILE}, {gaps[key]['indicator_id']}"


def _gaps(ground: Ground) -> dict[str, Row]:
    return {gap_key(row): row for row in rows_of(ground.tables.get("indicator_gaps", pd.DataFrame()))}


def _told(row: Row, office: bool, ground: Ground) -> Iterator[str]:
    assert ground.passport is not None
    if office:
        yield from value_chain(row, ground.passport, ground)
        return
    yield f"правило: {_rule(ground.passport[row['indicator_id']])}"
    asked = f"{row['school_login']}/{row['indicator_id']}@{row['calendar_year']}"
    yield f"строки, из которых число получено, — служебные: analysis explain '{asked}'"


def _rule(indicator: Indicator) -> str:
    confirmed = "" if indicator.formula_confirmed else " (не подтверждено)"
    return f"{indicator.formula}; {indicator.formula_source}{confirmed} ← {PASSPORT_FILE}, {indicator.id}"


def _row(cells: Cells, year: int, ground: Ground) -> Row | None:
    found = _found(ground)
    wanted = (found["indicator_id"] == cells["indicator_id"]) & (found["group_name"] == cells["group_name"])
    wanted &= found["calendar_year"] == year
    for key in KEYS:
        wanted &= found[key].isna() if not cells.get(key) else found[key].astype("str") == cells[key]
    rows = rows_of(found[wanted])
    return rows[0] if len(rows) == 1 else None


def _keyed(ground: Ground) -> dict[str, Row]:
    """Rows by the key that sentences name; a key of two waves' rows would be no key, and is left out."""
    rows: dict[str, Row] = {}
    twice = set()
    for row in rows_of(_found(ground)):
        key = indicator_key(row)
        twice |= {key} & rows.keys()
        rows[key] = row
    return {key: row for key, row in rows.items() if key not in twice}


def _found(ground: Ground) -> pd.DataFrame:
    found = ground.tables["school_indicators"]
    names = {**ground.school_names, CITY: WHOLES[CITY], OTHERS: WHOLES[OTHERS]}
    plain = found.astype({name: "str" for name in found.columns if str(found[name].dtype) == "category"})
    return plain.assign(group_name=plain["school_login"].map(names))
