"""Shares, intervals and probabilities in words, with what they are made of and how sure they are."""

import math
from typing import Any

import numpy as np
import pandas as pd

from analysis.contracts.columns import columns_of
from analysis.contracts.effectiveness import JUMPED, LIKE_CITY, PublicIndicators
from analysis.indicators.execution import is_share
from analysis.presentation.words import NO_BREAK_SPACE, NOT_STATED, Row, as_text, decimal
from analysis.rules.methods import SHARE, Indicator
from analysis.rules.written import doubt
from analysis.statistics.counts import jeffreys
from analysis.statistics.foresight import smallest_change

VPR_NOTICE = (
    "Результаты ВПР не предназначены для оценки работы школ, органов управления образованием и учителей: "
    "они нужны для анализа и для программ развития. Рейтинги по ним не строятся."
)
NONE_NOTICED = "никакая"
NOTICED_FROM = 0.3
MODEL = (
    "«С учётом всех результатов» — иерархическая модель показателя за год: уровень процедуры, отличие школы, отличие "
    "школы в процедуре; разброс школ и процедур не подогнан, а усреднён по всем возможным значениям. «Ожидалось» — та "
    "же модель по прежним сопоставимым годам и по этому году в других школах (Rasmussen, Williams, 2006, раздел 3.6; "
    "Rue, Martino, Chopin, 2009)."
)


# Shares and probabilities in words, what they are made of, and how sure a statement must be to be made.

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


def fact_words(row: Row, name: str) -> str:
    """What was reported, documented or accepted: «2», «да», of a share «75 % (45 из 60; 95 %: 63–84 %)»."""
    if pd.isna(row[name]):
        return HIDDEN if is_share(row) else NOT_STATED
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


# Indicators as the report prints them: shares in percent, intervals, probabilities, what a row is about.

WHO_AND_WHAT = ["indicator_id", "group_name"]


def value_words(row: Row, indicator: Indicator, column: str = "value") -> str:
    """A share in percent, a mean with its decimals, a number as it is."""
    if pd.isna(row[column]):
        return NO_DATA
    return whole_percent(row[column]) if indicator.kind == SHARE else rounded(row[column], _digits(indicator))


def noticed_words() -> str:
    """What a single procedure can show at all, by the number of its participants."""
    pupils = (10, 18, 30, 60, 120)
    changes = smallest_change(NOTICED_FROM, pupils)
    points = [f"{round(100 * float(one))} при {n}" for one, n in zip(changes, pupils, strict=True)]
    return (
        f"По одной процедуре с ожидаемыми {percent(NOTICED_FROM, 0)} заметна только перемена больше чем на столько "
        f"процентных пунктов: {', '.join(points)} участниках."
    )


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
    order = [*WHO_AND_WHAT, *(name for name in columns_of(PublicIndicators) if name not in WHO_AND_WHAT)]
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


# Shares, intervals and probabilities as documents print them: never a bare percentage, never a number that is not.

NOT_ENOUGH = "недостаточно данных"
EXAMS, SEASONS = ("ОГЭ", "ЕГЭ"), ("весна", "осень")


def share_words(row: Row) -> str:
    """«4 из 20 (20 %)»; of another value the value; a dash where there is none."""
    if pd.isna(row["value"]):
        return NO_DATA
    if pd.isna(row["denominator"]):
        return decimal(float(row["value"]))
    return f"{out_of(row)} ({whole_percent(row['value'])})".replace(" из ", f"{NO_BREAK_SPACE}из{NO_BREAK_SPACE}")


def span_words(row: Row, low: str = "interval_low", high: str = "interval_high") -> str:
    """«8–42 %»; a dash where there is none."""
    return span(row[low], row[high])


def brief_change(row: Row) -> str:
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


def noticeable_words(row: Row) -> str:
    """«25 п. п.», or that no change would be noticed; a dash where the share is not estimated."""
    if pd.isna(row["pooled_value"]) or JUMPED in str(row["flags"]):
        return NO_DATA
    if pd.isna(row["noticeable_change"]):
        return NONE_NOTICED
    return f"{rounded(row['noticeable_change'] * 100, 0)}\N{NO-BREAK SPACE}п.\N{NO-BREAK SPACE}п."


def threshold_note(indicator: Indicator) -> str:
    """Where a threshold stands and whether that binds this office."""
    confirmed = doubt(indicator.default, indicator.threshold_confirmed) or "подтверждено"
    return f"Порог {percent(indicator.threshold, 0)}, «{indicator.name}»: {indicator.threshold_source} ({confirmed})."
