"""The logs in the annex: what people decided, as typed tables and in print, the passport, the sources."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from analysis.contracts.effectiveness import GROUP_TABLES
from analysis.contracts.facts import LINED
from analysis.contracts.report import Assumptions, DataLog, PassportRows
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness_tables import selects
from analysis.presentation.exhibits import Col, Exhibit, Section, table, with_notes
from analysis.presentation.markdown import escape
from analysis.presentation.shares import MODEL, noticed_words, percent, scale_words
from analysis.presentation.words import NO_BREAK_SPACE, Row, counted, short_date
from analysis.rules.config import EXPORT_KINDS
from analysis.rules.office_files import Assumption
from analysis.rules.written import DEFAULT_RULE, GREEN, NOT_CONFIRMED, RATINGS, RED, YELLOW, bracketed, doubt

# The logs in the annex: what the report takes for granted, what it rests on, and what it was made from, rated.

NO_ASSUMPTIONS = "Допущений, на которые опирался бы отчёт, в проекте не записано."
HOW_ASSUMED = (
    "Надёжность: зелёный — опирается на прочитанный текст или арифметику, жёлтый — обычная практика или вывод из "
    "чисел, красный — догадка. Влияние ошибки: зелёный — напечатанных чисел не изменит, жёлтый — изменит отдельные "
    "числа, красный — выводы. «Не подтверждено» — документ, который это устанавливает, не прочитан. «По умолчанию» — "
    "так считает программа, пока управление не решило иначе."
)
HOW_RATED = (
    "Оценка вычислена: красный — ничего не вошло или отложена хотя бы такая доля строк, какую называет журнал "
    "допущений; жёлтый — что-то отложено или есть замечания «посмотрите»; зелёный — ни того, ни другого."
)
# A rating is read without its colour: by its word and by the shape of its mark.
MARKS = {word: f"{mark}{NO_BREAK_SPACE}{word}" for word, mark in ((GREEN, "●"), (YELLOW, "▲"), (RED, "■"))}


def assumptions(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the log of assumptions, those least reliable and of most weight first."""
    made = assumed(edition)
    if not made:
        return NO_ASSUMPTIONS, []
    exhibit = _assumptions_table(edition, made)
    unconfirmed = sum(not one.confirmed for one in made)
    said = (
        f"Отчёт опирается на {counted(len(made), 'допущение')}; не подтверждено из них: {unconfirmed} "
        "(@tbl-assumptions)."
    )
    return f"{said}\n\n{HOW_ASSUMED}\n\n{exhibit.markdown}", [exhibit]


def data_log(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the log of the data: a row for each kind of received files; origins are for the office alone."""
    office = edition.internal
    columns = [
        Col("source_title", width=18 if office else 27),
        *([Col("origin", width=20)] if office else []),
        Col(None, "Файлов; последний", 15 if office else 18, "c", _files),
        Col("row_count", width=9 if office else 11, align="c"),
        Col("set_aside_row_count", "Отложено", 11 if office else 13, "c"),
        Col("attention_count", "«Посмотрите»", 13 if office else 15, "c"),
        Col("data_rating", width=14 if office else 16, say=MARKS.__getitem__),
    ]
    caption = f"Данные отчёта за {edition.calendar_year} год по источникам"
    exhibit = table(edition, "data-log", caption, DataLog, edition.facts("data_log"), columns)
    return f"{HOW_RATED}\n\n{exhibit.markdown}", [exhibit]


def _files(row: Row) -> str:
    return f"{row['file_count']}; {short_date(row['received_date'])}"


def _assumptions_table(edition: Edition, made: Sequence[Assumption]) -> Exhibit:
    ordered = sorted(
        made,
        key=lambda one: (one.confirmed, -RATINGS.index(one.impact), -RATINGS.index(one.reliability)),
    )
    numbers = {one.assumption_id: number for number, one in enumerate(edition.assumptions)}
    data = edition.tables["assumptions"].loc[[numbers[one.assumption_id] for one in ordered]]
    columns = [
        Col(None, "Допущение", 38, "l", lambda row: f"{row['assumption_id']}. {row['statement']}"),
        Col("used_in", width=18),
        Col("basis", width=22),
        Col(None, "Оценка", 22, "l", _rating),
    ]
    exhibit = table(edition, "assumptions", "Допущения отчёта", Assumptions, data, columns)
    return with_notes(
        exhibit, [f"«{BY_DEFAULT.capitalize()}» — {DEFAULT_RULE}."] if data["since_date"].isna().any() else []
    )


BY_DEFAULT = "по умолчанию"


def _rating(row: Row) -> str:
    reliability, impact = MARKS[row["reliability"]], MARKS[row["impact"]]
    since: str = BY_DEFAULT if pd.isna(row["since_date"]) else f"с {short_date(row['since_date'])}"
    return f"Надёжность: {reliability}; влияние: {impact}; {row['confirmation']}; {since}"


def assumed(edition: Edition) -> list[Assumption]:
    """Returns the assumptions on which something in the edition rests."""
    return [one for one in edition.assumptions if not one.needs or HOLDS[one.needs](edition)]


def indicators_used(edition: Edition) -> set[str]:
    """Returns the indicators of which the edition has a value, of its year or of one before."""
    rows = edition.indicators
    return set(rows.loc[(rows["calendar_year"] <= edition.calendar_year) & rows["value"].notna(), "indicator_id"])


def _executed(edition: Edition) -> bool:
    return not edition.execution.empty


def _default_cutoff(edition: Edition) -> bool:
    collection = edition.project.collection
    return _executed(edition) and collection is not None and collection.cutoff_is_default(edition.calendar_year)


def _of_schools(edition: Edition) -> bool:
    return _any(edition, *GROUP_TABLES)


def _any(edition: Edition, *tables: str) -> bool:
    return any(not edition.school_facts(name).empty for name in tables)


def _pooled(edition: Edition) -> bool:
    return edition.internal and bool(edition.shown_indicators["pooled_value"].notna().any())


# By the words of assumptions.NEEDS.
HOLDS: Mapping[str, Callable[[Edition], bool]] = {
    "исполнение": _executed,
    "день приёма": _default_cutoff,
    "статус школ": lambda edition: _executed(edition) and not edition.tables["school_status"].empty,
    "сведения школ": _of_schools,
    "контингент и кадры": lambda edition: _any(edition, *(one.by_group for one in LINED.values())),
    "скрытые числа": lambda edition: not edition.internal and _of_schools(edition),
    "результаты": lambda edition: _any(edition, "mark_results", "score_results"),
    "баллы ЕГЭ": lambda edition: _any(edition, "score_results"),
    "выгрузки": lambda edition: any(source.kind in EXPORT_KINDS for source in edition.sources),
    "СОУ": lambda edition: "learning_degree" in indicators_used(edition),
    "отбор": selects,
    "стабилизация": _pooled,
}


# The annex that prints the passport of indicators: what is computed, by which formula and on whose word.

NO_PASSPORT = "Паспорта показателей в проекте нет."
NO_INDICATORS = "Показателей в этом отчёте нет, поэтому и определений их здесь нет."


def section(edition: Edition) -> tuple[str, list[Exhibit]]:
    """Returns the words and the table of the annex."""
    if edition.methods is None:
        return NO_PASSPORT, []
    passport = edition.methods.passport
    used = indicators_used(edition)
    shown = [number for number, one in enumerate(passport.indicators) if one.id in used]
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


def _table(edition: Edition, shown: list[int]) -> Exhibit:
    """The entries by their numbers in the passport."""
    columns = [
        Col("indicator_name", width=17),
        Col(None, "Формула и порог", 45, "l", _formula),
        Col(None, "Единица и направление", 13, "l", lambda row: f"{row['unit']}; {row['direction']}"),
        Col("interval_kind", "Интервал", 12),
        Col("supplied_by", width=13),
    ]
    rows = edition.tables["passport"].loc[shown]
    return table(edition, "passport", "Паспорт показателей", PassportRows, rows, columns)


def _formula(row: Row) -> str:
    said = f"{row['formula']}. Источник: {row['formula_source']}{_mark(row['formula_confirmed'])}"
    if pd.isna(row["threshold"]):
        return said
    threshold = f"{percent(row['threshold'], 0)}: {row['threshold_source']}{_mark(row['threshold_confirmed'])}"
    return f"{said}. Порог {threshold}"


def _mark(confirmed: bool) -> str:
    return bracketed(doubt(default=False, confirmed=confirmed))


def log_sections(edition: Edition) -> list[Section]:
    """The logs as pieces of the annex, and the scale of words for probabilities."""
    logs = [Section("data-log", *data_log(edition)), Section("assumptions", *assumptions(edition))]
    return [*logs, Section("scale", scale_words())]
