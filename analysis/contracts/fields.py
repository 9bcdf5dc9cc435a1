"""The dictionary of fields: what a column of a name is called, means and is counted in, wherever it stands.

It is a table that any spreadsheet opens, `fields.csv`. A contract lists the fields of its table by name
(`contracts.columns.Table`) and says only what is different in it.
"""

import csv
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

# Beside a number that may be empty: why it is.
STATUS_SUFFIX = "_status"


class Field(NamedTuple):
    """What all columns of a name share.

    Attributes:
        label: In Russian, as it stands above the column.
        meaning: In Russian, what it holds.
        unit: Of a number; empty for text.
        checks: What a table demands of it, in the words of pandera.
    """

    label: str
    meaning: str
    unit: str
    checks: dict[str, Any]


# What a filled cell of `fields.csv` demands: of a number its bounds, of a text its letters or pattern.
CHECKS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "least": ("ge", int),
    "most": ("le", int),
    "letters": ("str_length", lambda least: {"min_value": int(least)}),
    "pattern": ("str_matches", str),
    "empty": ("nullable", bool),
}


@cache
def known_fields() -> dict[str, Field]:
    """The fields by name, in the order of `fields.csv`."""
    with Path(__file__).with_name("fields.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: _field(row) for row in csv.DictReader(file)}


def _field(row: Mapping[str, str]) -> Field:
    checks = {check: read(row[cell]) for cell, (check, read) in CHECKS.items() if row[cell]}
    return Field(row["label"], row["meaning"], row["unit"], checks)
