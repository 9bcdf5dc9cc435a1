"""The annex that prints the passport of indicators: what is computed, by which formula and on whose word."""

from collections.abc import Mapping

import pandas as pd

from analysis.cleaning.typed_rows import passport_row
from analysis.contracts.columns import typed_table
from analysis.contracts.report import PassportRows
from analysis.presentation.edition import Edition
from analysis.presentation.exhibits import Col, Exhibit, table
from analysis.presentation.logs import indicators_used
from analysis.presentation.markdown import escape
from analysis.presentation.shares import percent
from analysis.presentation.words import Row
from analysis.rules.indicator_passport import Indicator
from analysis.rules.written import DEFAULT_RULE, NOT_CONFIRMED, bracketed, doubt
from analysis.statistics.foresight import smallest_change

NO_PASSPORT = "Паспорта показателей в проекте нет."
MODEL = (
    "«С учётом всех результатов» — иерархическая модель показателя за год: уровень процедуры, отличие школы, отличие "
    "школы в процедуре; разброс школ и процедур не подогнан, а усреднён по всем возможным значениям. «Ожидалось» — та "
    "же модель по прежним сопоставимым годам и по этому году в других школах (Rasmussen, Williams, 2006, раздел 3.6; "
    "Rue, Martino, Chopin, 2009)."
)
NOTICED_FROM = 0.3
NO_INDICATORS = "Показателей в этом отчёте нет, поэтому и определений их здесь нет."


def section(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the words and the table of the annex."""
    if edition.methods is None:
        return NO_PASSPORT, []
    passport = edition.methods.passport
    used = indicators_used(edition)
    shown = {number: one for number, one in enumerate(passport.indicators) if one.id in used}
    if not shown:
        return NO_INDICATORS, []
    method = passport.method
    confirmed = "" if method.confirmed else f" Эти числа нормой не заданы: {NOT_CONFIRMED}."
    since = DEFAULT_RULE if passport.since is None else f"утверждён с {passport.since} года"
    words = escape(
        f"Паспорт версии {passport.version}: {since}; внутри отчёта определения не меняются. Названы показатели, "
        "которые в нём есть. "
        f"Интервал: {method.interval} ({method.interval_basis}). {MODEL} "
        f"{noticed_words()} "
        f"Меньше {method.small_base} участников — пометка «мало участников».{confirmed}"
    )
    exhibit = _table(edition, shown)
    return f"{words}\n\n{exhibit.markdown}", [exhibit]


def noticed_words() -> str:
    """What a single procedure can show at all, by the number of its participants."""
    pupils = (10, 18, 30, 60, 120)
    changes = smallest_change(NOTICED_FROM, pupils)
    points = [f"{round(100 * float(one))} при {n}" for one, n in zip(changes, pupils, strict=True)]
    return (
        f"По одной процедуре с ожидаемыми {percent(NOTICED_FROM, 0)} заметна только перемена больше чем на столько "
        f"процентных пунктов: {', '.join(points)} участниках."
    )


def threshold_note(indicator: Indicator) -> str:
    """Where a threshold stands and whether that binds this office."""
    confirmed = doubt(indicator.default, indicator.threshold_confirmed) or "подтверждено"
    return f"Порог {percent(indicator.threshold, 0)}, «{indicator.name}»: {indicator.threshold_source} ({confirmed})."


def _table(edition: Edition, indicators: Mapping[int, Indicator]) -> Exhibit:
    """The entries, each by its number in the passport."""
    data = typed_table(PassportRows, [passport_row(one) for one in indicators.values()])
    data = data.set_axis(list(indicators))
    columns = [
        Col("indicator_name", width=17),
        Col(None, "Формула и порог", 45, "l", _formula),
        Col(None, "Единица и направление", 13, "l", lambda row: f"{row['unit']}; {row['direction']}"),
        Col("interval_kind", "Интервал", 12),
        Col("supplied_by", width=13),
    ]
    return table(edition, "passport", "Паспорт показателей", PassportRows, data, columns)


def _formula(row: Row) -> str:
    said = f"{row['formula']}. Источник: {row['formula_source']}{_mark(row['formula_confirmed'])}"
    if pd.isna(row["threshold"]):
        return said
    threshold = f"{percent(row['threshold'], 0)}: {row['threshold_source']}{_mark(row['threshold_confirmed'])}"
    return f"{said}. Порог {threshold}"


def _mark(confirmed: bool) -> str:
    return bracketed(doubt(default=False, confirmed=confirmed))
