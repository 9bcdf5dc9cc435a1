"""Tables about the facts themselves: how complete they are, what is set aside, how they are rated, what is assumed."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import IndicatorTable, address, calendar_year, column, source_file
from analysis.rules.assumptions import RATINGS

THERE, PARTLY, ASIDE, TOO_LATE, NOTHING = COMPLETENESS = ["есть", "частично", "отложено", "после срока", "нет сведений"]
FORM, EXECUTION, RESULTS, EXPORT = "форма", "исполнение", "результаты", "выгрузка"
# The tables that a sheet of the form becomes, what they are called, and what tells their rows apart.
SHEET_KINDS = {
    "context": ("контингент", ["pupil_group"]),
    "staff": ("кадры", ["staff_group"]),
    "deficits": ("дефициты", ["competence"]),
    "self_assessment": ("самооценка", ["criterion"]),
    "contests": ("конкурсы", ["line"]),
}
CONFIRMED, NOT_CONFIRMED = CONFIRMATIONS = ["подтверждено", "не подтверждено"]


def _count(title: str, description: str, unit: str = "строка", **checks: Any) -> Any:
    return column(title, description, unit, ge=0, **checks)


def _fact_kind() -> Any:
    return column("Сведения", "Какие: исполнение, контингент, результаты процедуры …", str_length={"min_value": 1})


def _row_count(**more: Any) -> Any:
    return _count("Строк", "Сколько строк вошло в таблицы", **more)


def _set_aside_row_count(**more: Any) -> Any:
    return _count("Отложено строк", "Прочитаны, но в таблицы не вошли, пока их не уточнят", **more)


def _received_date(**more: Any) -> Any:
    return column("Получено", "Последний день, когда пришло", "дата", nullable=True, **more)


class ReporterCompleteness(IndicatorTable):
    """Полнота сведений: по строке на год, того, кто отчитывается, и вид сведений."""

    calendar_year: Series[int] = calendar_year()
    reporter: Series[str] = column(
        "Кто отчитывается", "Исполнитель за город или логин школы", str_length={"min_value": 1}
    )
    fact_kind: Series[str] = _fact_kind()
    asked_row_count: Series[pd.Int64Dtype] = _count(
        "Спрошено строк",
        "Сколько строк просит форма; пусто — сколько их, знает только школа",
        office_only=True,
        nullable=True,
    )
    missing_row_count: Series[pd.Int64Dtype] = _count(
        "Не заполнено строк",
        "Из спрошенных; пусто — сколько строк нужно, не установлено",
        office_only=True,
        nullable=True,
    )
    row_count: Series[int] = _row_count(office_only=True)
    set_aside_row_count: Series[int] = _set_aside_row_count(office_only=True)
    received_date: Series[pd.Timestamp] = _received_date(office_only=True)
    completeness: Series[str] = column(
        "Полнота", "Есть, частично, отложено … «нет сведений» — не ноль", isin=COMPLETENESS
    )

    class Config:
        unique = ["calendar_year", "reporter", "fact_kind"]

    @pa.dataframe_check(error="не заполнено не больше, чем спрошено")
    def missing_of_asked(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["missing_row_count"] <= frame["asked_row_count"]).fillna(True).astype(bool)

    @pa.dataframe_check(error="«есть» — только без незаполненных и отложенных строк, «нет сведений» — только без строк")
    def the_word_fits(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        lacks = (frame["missing_row_count"].fillna(0) > 0) | (frame["set_aside_row_count"] > 0)
        nothing = frame["completeness"].isin([NOTHING, TOO_LATE])
        fits = ~((frame["completeness"] == THERE) & (lacks | (frame["row_count"] == 0)))
        return (fits & ~(nothing & (frame["row_count"] + frame["set_aside_row_count"] > 0))).astype(bool)


class Completeness(IndicatorTable):
    """Полнота сведений по видам: от скольких ждали, о скольких есть хоть что-то, о скольких — всё."""

    calendar_year: Series[int] = calendar_year()
    fact_kind: Series[str] = _fact_kind()
    asked_reporter_count: Series[pd.Int64Dtype] = _count(
        "Ждали от", "Школ и исполнителей; пусто — от скольких ждать, не установлено", "отчитывающийся", nullable=True
    )
    sent_reporter_count: Series[int] = _count(
        "Есть сведения", "О скольких вошла или отложена хоть одна строка", "отчитывающийся"
    )
    complete_reporter_count: Series[pd.Int64Dtype] = _count(
        "Есть всё", "О скольких есть все строки и ни одна строка формы не отложена", "отчитывающийся", nullable=True
    )
    complete_share: Series[pd.Float64Dtype] = column(
        "Доля полных", "«Есть всё» к «Ждали от»; пусто — сведений нет ни о ком", "%", ge=0, le=100, nullable=True
    )
    row_count: Series[int] = _row_count()
    set_aside_row_count: Series[int] = _set_aside_row_count()
    received_date: Series[pd.Timestamp] = _received_date()

    class Config:
        unique = ["calendar_year", "fact_kind"]

    @pa.dataframe_check(error="есть всё ≤ есть сведения ≤ ждали от")
    def parts_within_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        sent = frame["sent_reporter_count"]
        asked, complete = frame["asked_reporter_count"].fillna(sent), frame["complete_reporter_count"].fillna(0)
        return ((complete <= sent) & (sent <= asked)).astype(bool)


class FindingCounts(IndicatorTable):
    """Замечания к сведениям по правилам и весу; замечания к документу — отдельно."""

    calendar_year: Series[int] = calendar_year()
    rule_title: Series[str] = column("Замечание", "О чём оно")
    severity: Series[str] = column("Вес", "Блокирует, посмотрите или учтено")
    finding_count: Series[int] = column("Замечаний", "Сколько их", "замечание", ge=1)


class SetAsideCounts(IndicatorTable):
    """Отложенные строки по видам сведений и причинам."""

    calendar_year: Series[int] = calendar_year()
    fact_kind: Series[str] = _fact_kind()
    why: Series[str] = column("Почему отложено", "Правило словами", str_length={"min_value": 1})
    set_aside_row_count: Series[int] = _set_aside_row_count()


class SetAsideRows(IndicatorTable):
    """Отложенные строки с их местом; только для служебного отчёта."""

    fact_kind: Series[str] = _fact_kind()
    school_name: Series[str] = column("Школа", "Пусто, если школа не опознана", nullable=True)
    why: Series[str] = column("Почему отложено", "Правило словами", str_length={"min_value": 1})
    source_file: Series[str] = source_file()
    place: Series[str] = address("строка")


class DataLog(IndicatorTable):
    """Журнал данных: по строке на год и вид полученных файлов, с вычисленной оценкой."""

    calendar_year: Series[int] = calendar_year()
    source_title: Series[str] = column("Источник", "Какие файлы")
    file_count: Series[int] = _count("Файлов", "Сколько получено", "файл")
    origin: Series[str] = column("Откуда", "От кого и как получены; только для служебного отчёта", office_only=True)
    received_date: Series[pd.Timestamp] = column("Получено", "Когда пришёл последний", "дата")
    row_count: Series[int] = _row_count()
    set_aside_row_count: Series[int] = _set_aside_row_count()
    attention_count: Series[int] = _count("Замечаний «посмотрите»", "К этим файлам", "замечание")
    data_rating: Series[str] = column("Оценка", "Вычислена по строкам и замечаниям", isin=list(RATINGS))


class Assumptions(IndicatorTable):
    """Журнал допущений: что принято, на чём держится, насколько надёжно и что изменит ошибка."""

    assumption_id: Series[str] = column("Номер", "По нему на допущение ссылаются", unique=True)
    statement: Series[str] = column("Допущение", "Что принято")
    used_in: Series[str] = column("Где работает", "Что в отчёте на нём стоит")
    basis: Series[str] = column("Основание", "На чём держится")
    reliability: Series[str] = column("Надёжность", "Насколько можно верить", isin=list(RATINGS))
    impact: Series[str] = column("Влияние", "Что изменит ошибка", isin=list(RATINGS))
    confirmation: Series[str] = column(
        "Подтверждение", "Прочитан ли документ, который это установил", isin=CONFIRMATIONS
    )
    since_date: Series[pd.Timestamp] = column(
        "С какого дня", "Пусто — правило по умолчанию, не утверждено управлением", "дата", nullable=True
    )


QUALITY_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "reporter_completeness": ReporterCompleteness,
    "completeness": Completeness,
    "finding_counts": FindingCounts,
    "set_aside_counts": SetAsideCounts,
    "data_log": DataLog,
}
# Made where the report is; not in data/processed.
PRINTED_QUALITY_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "set_aside_rows": SetAsideRows,
    "assumptions": Assumptions,
}
