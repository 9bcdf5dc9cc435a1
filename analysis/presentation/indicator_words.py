"""Indicators as the report prints them: shares in percent, intervals, probabilities, what a row is about."""

import pandas as pd

from analysis.contracts.effectiveness import PublicIndicators
from analysis.presentation.russian import NO_BREAK_SPACE
from analysis.presentation.shares import NO_DATA, rounded, span, whole_percent
from analysis.presentation.words import Row, as_text
from analysis.rules.indicator_passport import SHARE, Indicator

WHO_AND_WHAT = ["indicator_id", "group_name"]


def value_words(row: Row, indicator: Indicator, column: str = "value") -> str:
    """A share in percent, a mean with its decimals, a number as it is."""
    if pd.isna(row[column]):
        return NO_DATA
    return whole_percent(row[column]) if indicator.kind == SHARE else rounded(row[column], _digits(indicator))


def interval_words(row: Row, indicator: Indicator, name: str = "interval") -> str:
    """«19–62 %», blank where there is no interval."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    if pd.isna(low) or pd.isna(high):
        return ""
    if indicator.kind == SHARE:
        return span(low, high)
    return f"{rounded(low, _digits(indicator))}–{rounded(high, _digits(indicator))}"


def with_interval(row: Row, indicator: Indicator) -> str:
    """«39 % (19–62 %)»."""
    said, between = value_words(row, indicator), interval_words(row, indicator)
    return f"{said} ({between})" if between else said


def change_words(row: Row, indicator: Indicator) -> str:
    """«+3 п. п. (от −8 до +14)», or why there is none."""
    if pd.isna(row["change"]):
        return str(row["change_note"]) if pd.notna(row["change_note"]) else NO_DATA
    said = f"{_signed(row['change'], indicator)}{_points(indicator)}"
    if pd.isna(row["change_low"]):
        return said
    return f"{said} (от {_signed(row['change_low'], indicator)} до {_signed(row['change_high'], indicator)})"


def exported(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as data of the report: plain text, who and what first, without columns that are blank throughout."""
    order = [*WHO_AND_WHAT, *(name for name in PublicIndicators.to_schema().columns if name not in WHO_AND_WHAT)]
    plain = as_text(rows[order])
    return plain.loc[:, plain.notna().any() | plain.columns.isin(["value", "flags"])]


def _signed(number: float, indicator: Indicator) -> str:
    """«+3», «−0,1»; what rounds to nothing has no sign."""
    digits = 0 if indicator.kind == SHARE else _digits(indicator)
    scaled = round(float(number * 100 if indicator.kind == SHARE else number), digits)
    sign = "" if scaled == 0 else "−" if scaled < 0 else "+"
    return f"{sign}{rounded(abs(scaled), digits)}"


def _points(indicator: Indicator) -> str:
    return f"{NO_BREAK_SPACE}п.{NO_BREAK_SPACE}п." if indicator.kind == SHARE else ""


def _digits(indicator: Indicator) -> int:
    return {"отметка": 2, "балл": 1, "балл от 0 до 100": 1}.get(indicator.unit, 0)
