"""Shares and probabilities in words, what they are made of, and how sure a statement must be to be made."""

import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.indicators.execution import is_share
from analysis.indicators.uncertainty import jeffreys
from analysis.presentation.russian import NO_BREAK_SPACE, decimal
from analysis.presentation.words import NOT_STATED, Row

NO_DATA, HIDDEN = "—", "скрыто"
# Over fewer than so many a share of the plan is told with its interval.
FEW = 100


def percent(share: Any, digits: int) -> str:
    """«38,9 %»: as many decimals as are asked for; a share of people is printed by `whole_percent`."""
    return NO_DATA if pd.isna(share) else f"{rounded(share * 100, digits)}{NO_BREAK_SPACE}%"


def points(share: Any) -> int:
    """A share or a difference of two in whole percent; halves go away from zero, as in Excel."""
    hundredfold = round(float(share) * 100, 6)
    return int(math.copysign(math.floor(abs(hundredfold) + 0.5), hundredfold))


def whole_percent(share: Any) -> str:
    """«20 %»; a share that is not quite none or all never rounds to it."""
    if pd.isna(share):
        return NO_DATA
    whole = points(share)
    if whole == 0 and share > 0:
        return f"менее{NO_BREAK_SPACE}1{NO_BREAK_SPACE}%"
    if whole == 100 and share < 1:
        return f"более{NO_BREAK_SPACE}99{NO_BREAK_SPACE}%"
    return f"{whole}{NO_BREAK_SPACE}%"


def span(low: Any, high: Any) -> str:
    """«8–42 %»: an interval of a share; a dash where there is none."""
    if pd.isna(low) or pd.isna(high):
        return NO_DATA
    return f"{points(low)}–{points(high)}{NO_BREAK_SPACE}%"


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


# From SURE on a statement is made, up to UNSURE its opposite; between them nothing can be told. The report and the
# documents use the same, or one would say «вероятно» of what the other cannot tell.
SURE, UNSURE = 0.95, 0.05
# From here on a result is said to be better, or worse, than foreseen: in the outer fifth of what comes by itself.
NOTED = 0.8
NOT_TOLD = "неотличимо от случайного"


# How likely a thing is, in words: from each probability on, the words; the annex prints the numbers.
SCALE = (
    (SURE, "почти наверняка"),
    (0.8, "вероятно"),
    (0.2, "сказать нельзя"),
    (UNSURE, "маловероятно"),
    (0.0, "почти исключено"),
)


def likely(chance: float) -> str:
    """A probability in the words of the one scale."""
    return next(words for least, words in SCALE if chance >= least)


SURELY = likely(SURE)


def scale_words() -> str:
    """The scale as a sentence."""
    said = [f"«{words}» — от {percent(least, 0)}" for least, words in SCALE[:-1]]
    return f"Вероятности доклад называет словами: {', '.join(said)}, «{SCALE[-1][1]}» — ещё меньше."


def words_of(line: float) -> str:
    """«95 %», «80 %»: one of the lines above as conditions and explanations name it."""
    return percent(line, 0 if _as_shown(line, 0) == line else 1)


def probability(chance: Any) -> str:
    """«43 %»; what is nearly sure or nearly out of the question is not called sure.

    A number that rounding would carry over one of the lines above has a digit more («94,9 %»), or is «менее 95 %»: the
    verdict beside it was made without rounding.
    """
    if pd.isna(chance):
        return NO_DATA
    if chance < 0.01:
        return f"менее 1{NO_BREAK_SPACE}%"
    if chance > 0.99:
        return f"более 99{NO_BREAK_SPACE}%"
    whole, finer = _crossed(float(chance), 0), _crossed(float(chance), 1)
    if finer is not None and whole is not None:
        return f"{'менее' if chance < finer else 'более'} {words_of(finer)}"
    return percent(chance, 0 if whole is None else 1)


def _crossed(chance: float, digits: int) -> float | None:
    """The line that rounding carries a probability over, or onto."""
    shown = _as_shown(chance, digits)
    upper = [line for line in (SURE, NOTED) if (shown >= line) != (chance >= line)]
    lower = [line for line in (UNSURE,) if (shown <= line) != (chance <= line)]
    return next(iter([*upper, *lower]), None)


def _as_shown(chance: float, digits: int) -> float:
    return round(chance * 100, digits) / 100


def fact_words(row: Row, name: str, otherwise: str = NOT_STATED) -> str:
    """What was reported, documented or accepted: «2», «да», of a share «75 % (45 из 60; 95 %: 63–84 %)»."""
    if pd.isna(row[name]):
        return HIDDEN if is_share(row) else otherwise
    if row["measure_kind"] == "state":
        return "да" if row[name] else "нет"
    if not is_share(row):
        return str(row[name])
    part, of = int(row[name]), int(row["reported_whole_count"])
    if not of:
        return "0 из 0: сравнивать не с чем"
    low, high = (whole_percent(float(bound[0])) for bound in jeffreys(np.array([part]), np.array([of])))
    interval = f"; 95{NO_BREAK_SPACE}%: {low.removesuffix(f'{NO_BREAK_SPACE}%')}–{high}" if of < FEW else ""
    return f"{whole_percent(part / of)} ({part} из {of}{interval})"


def in_percent(row: Row) -> Row:
    """A row of plan and fact whose counts are those of a bar: of a share whole percentages."""
    if not is_share(row):
        return row
    names = ("reported_count", "accepted_count")
    of = int(row["reported_whole_count"])
    return {**row, **{name: None if pd.isna(row[name]) or not of else round(100 * row[name] / of) for name in names}}
