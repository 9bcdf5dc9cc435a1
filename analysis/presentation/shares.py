"""Shares in words, and what they are made of: in percent, never a number that is not. Probabilities: `certainty`."""

from typing import Any

import pandas as pd

from analysis.presentation.russian import NO_BREAK_SPACE, decimal
from analysis.presentation.words import Row

NO_DATA = "—"


def percent(share: Any, digits: int = 1) -> str:
    """«38,9 %»: as many decimals as are asked for."""
    return NO_DATA if pd.isna(share) else f"{rounded(share * 100, digits)}{NO_BREAK_SPACE}%"


def whole_percent(share: Any) -> str:
    """«20 %»; a share that is not quite none or all never rounds to it."""
    if pd.isna(share):
        return NO_DATA
    whole = round(float(share) * 100)
    if whole == 0 and share > 0:
        return f"менее{NO_BREAK_SPACE}1{NO_BREAK_SPACE}%"
    if whole == 100 and share < 1:
        return f"более{NO_BREAK_SPACE}99{NO_BREAK_SPACE}%"
    return f"{whole}{NO_BREAK_SPACE}%"


def rounded(number: float, digits: int) -> str:
    """A number with exactly so many decimals: as many as its base carries."""
    return decimal(round(float(number), digits), digits) if digits else decimal(round(float(number)))


def made_of(part: Any, whole: Any) -> str:
    """«7 из 18»; a number that is out of nothing stands alone, one that is not known is a dash."""
    if pd.isna(part):
        return NO_DATA
    return decimal(float(part)) if pd.isna(whole) else f"{decimal(float(part))} из {decimal(float(whole))}"


def out_of(row: Row) -> str:
    """«7 из 18» of a row of indicators."""
    return made_of(row["numerator"], row["denominator"])
