"""Processed tables as a notebook shows them: labels of the contract for headings, a dash where nothing is known."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from babel.numbers import format_decimal

from analysis.contracts.columns import Contract, titles_of
from analysis.presentation.russian import LOCALE, NO_BREAK_SPACE, decimal
from analysis.presentation.shares import NO_DATA, made_of

SCHOOL = "Школа"
LOGINS = ("school_login", "entering_schools", "leaving_schools", "deficit_schools")
SMALLEST = 0.001


def labelled(
    rows: pd.DataFrame,
    contract: Contract,
    columns: Sequence[str],
    school_names: Mapping[str, str],
) -> pd.DataFrame:
    """Returns some columns of a table as text under their labels; rows keep their order and are numbered from 0.

    Args:
        rows: Rows of a table.
        contract: What the table is: it knows the labels.
        columns: Which columns, in this order.
        school_names: Names by login, put where logins stand; a group such as «город» stays as it is.
    """
    titles = titles_of(contract)
    shown = {}
    for name in columns:
        cells = [_cell(one) for one in rows[name].astype(object)]
        label = SCHOOL if name == "school_login" else titles[name]
        shown[label] = [_named(cell, school_names) for cell in cells] if name in LOGINS else cells
    return pd.DataFrame(shown)


def with_parts(rows: pd.DataFrame, numerator: str = "numerator", denominator: str = "denominator") -> "pd.Series[str]":
    """Returns each share with what it is made of, «5 из 18 (27,8 %)»; a dash where a part is not known or out of 0.

    Args:
        rows: Rows of a table.
        numerator: Column of the part.
        denominator: Column of the whole.
    """
    pairs = zip(rows[numerator], rows[denominator], strict=True)
    return pd.Series([_parts(part, whole) for part, whole in pairs], index=rows.index, dtype="str")


def _parts(part: float, whole: float) -> str:
    if pd.isna(part) or pd.isna(whole) or whole == 0:
        return NO_DATA
    return f"{made_of(part, whole)} ({decimal(round(100 * part / whole, 1))}{NO_BREAK_SPACE}%)"


def _cell(value: Any) -> str:
    if pd.isna(value) or value == "":
        return NO_DATA
    if isinstance(value, bool):
        return "да" if value else "нет"
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    """«0,312»; what is almost nothing or almost one is not printed as 0 or 1: it is not certain."""
    if 0 < abs(value) < SMALLEST:
        return f"< {_number(SMALLEST)}" if value > 0 else f"> {_number(-SMALLEST)}"
    if 1 - SMALLEST < value < 1:
        return f"> {_number(1 - SMALLEST)}"
    return format_decimal(value, "0.###", locale=LOCALE)


def _named(logins: str, school_names: Mapping[str, str]) -> str:
    return ", ".join(school_names.get(login, login) for login in logins.split(", "))
