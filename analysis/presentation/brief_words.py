"""Shares, intervals and probabilities as documents print them: never a bare percentage, never a number that is not."""

from typing import Any

import pandas as pd

from analysis.contracts.effectiveness import LIKE_CITY
from analysis.presentation.russian import NO_BREAK_SPACE, decimal
from analysis.presentation.shares import NO_DATA, out_of, points, span, whole_percent
from analysis.presentation.words import Row

NOT_ENOUGH = "недостаточно данных"
EXAMS, SEASONS = ("ОГЭ", "ЕГЭ"), ("весна", "осень")


def share_words(row: Row) -> str:
    """«4 из 20 (20 %)»; of another value the value; a dash where there is none."""
    if pd.isna(row["value"]):
        return NO_DATA
    if pd.isna(row["denominator"]):
        return decimal(float(row["value"]))
    return f"{out_of(row)} ({whole_percent(row['value'])})".replace(" из ", f"{NO_BREAK_SPACE}из{NO_BREAK_SPACE}")


def interval_words(row: Row, low: str = "interval_low", high: str = "interval_high") -> str:
    """«8–42 %»; a dash where there is none."""
    return span(row[low], row[high])


def change_words(row: Row) -> str:
    """«+12 п. п. к 2021 году»; why there is none where the years cannot be compared."""
    if pd.isna(row["change"]):
        said, _, why = (NO_DATA if missing(row["change_note"]) else str(row["change_note"])).partition(": ")
        return why if said == NOT_ENOUGH else said
    change = points(row["change"])
    sign = {1: "+", 0: "", -1: "−"}[(change > 0) - (change < 0)]
    return f"{sign}{abs(change)} п. п. к {int(row['earlier_year'])} году".replace(
        " п. п.", "\N{NO-BREAK SPACE}п.\N{NO-BREAK SPACE}п."
    )


def missing(text: Any) -> bool:
    """Whether a cell of text is blank, as it is after categories have become plain words."""
    return bool(pd.isna(text)) or str(text) in ("", "nan")


def sitting_words(row: Row) -> str:
    """«ВПР, русский язык за 6 класс, осень»: the grade is that of the programme; an exam has one."""
    procedure, subject, wave = (str(row[name]) for name in ("procedure", "subject", "wave"))
    said = f"{procedure}, {subject[:1].lower()}{subject[1:]}"
    if procedure not in EXAMS:
        said += f" за{NO_BREAK_SPACE}{int(row['programme_grade'])}{NO_BREAK_SPACE}класс"
    return f"{said}, {wave}" if wave in SEASONS else said


def limit_words(against_city: Any) -> str:
    """«выше предела 95 %», «неотличимо»; a dash where nothing was compared."""
    said = LIKE_CITY.partition(" ")[0] if against_city == LIKE_CITY else str(against_city)
    return NO_DATA if missing(against_city) else said.replace(" %", f"{NO_BREAK_SPACE}%")
