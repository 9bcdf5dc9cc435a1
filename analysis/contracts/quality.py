"""Tables about the facts themselves: how complete they are, what is set aside, how they are rated, what is assumed."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import Table, but, by_name
from analysis.contracts.school_facts import LINED
from analysis.rules.assumptions import RATINGS
from analysis.rules.written import NOT_CONFIRMED

THERE, PARTLY, ASIDE, TOO_LATE, NOTHING = COMPLETENESS = ["есть", "частично", "отложено", "после срока", "нет сведений"]
FORM, EXECUTION, RESULTS, EXPORT = "форма", "исполнение", "результаты", "выгрузка"
# The tables that a sheet of the form becomes, what they are called, and what tells their rows apart.
SHEET_KINDS = {
    **{name: (one.called, [one.line]) for name, one in LINED.items()},
    "deficits": ("дефициты", ["competence"]),
    "self_assessment": ("самооценка", ["criterion"]),
    "contests": ("конкурсы", ["line"]),
}
LINE: dict[str, Any] = {
    "label": "Строка", "meaning": "Чем отличается от других строк этих сведений", "unit": "", "ge": None,
    "nullable": True,
}  # fmt: skip
CONFIRMED = "подтверждено"
CONFIRMATIONS = [CONFIRMED, NOT_CONFIRMED]


class ReporterCompleteness(Table, unique=["calendar_year", "reporter", "fact_kind"]):
    """Полнота сведений: по строке на год, того, кто отчитывается, и вид сведений."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    asked_row_count: Series[pd.Int64Dtype] = but(office_only=True)
    missing_row_count: Series[pd.Int64Dtype] = but(office_only=True)
    row_count: Series[int] = but(office_only=True)
    set_aside_row_count: Series[int] = but(office_only=True)
    received_date: Series[pd.Timestamp] = but(nullable=True, office_only=True)
    completeness: Series[str] = but(isin=COMPLETENESS)

    @pa.dataframe_check(error="не заполнено не больше, чем спрошено")
    def missing_of_asked(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["missing_row_count"] <= frame["asked_row_count"]).fillna(True).astype(bool)

    @pa.dataframe_check(error="«есть» — только без незаполненных и отложенных строк, «нет сведений» — только без строк")
    def the_word_fits(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        lacks = (frame["missing_row_count"].fillna(0) > 0) | (frame["set_aside_row_count"] > 0)
        nothing = frame["completeness"].isin([NOTHING, TOO_LATE])
        fits = ~((frame["completeness"] == THERE) & (lacks | (frame["row_count"] == 0)))
        return (fits & ~(nothing & (frame["row_count"] + frame["set_aside_row_count"] > 0))).astype(bool)


class AskedLines(Table):
    """О чём спрашивали формы: по строке на строку формы; пустая строка — лист, строки которого называет школа."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    line: Series[str] = but(**LINE)


class GivenLines(Table):
    """Какие строки пришли в срок и вошли в таблицы, и где они стоят."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    fact_kind: Series[str]
    line: Series[str] = but(**LINE)
    source_file: Series[str]
    place: Series[str]


class AsideLines(Table):
    """Какие строки отложены, почему и где они стоят."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается", blank="школа не опознана")
    fact_kind: Series[str]
    why: Series[str]
    source_file: Series[str]
    place: Series[str]


class Completeness(Table, unique=["calendar_year", "fact_kind"]):
    """Полнота сведений по видам: от скольких ждали, о скольких есть хоть что-то, о скольких — всё."""

    calendar_year: Series[int]
    fact_kind: Series[str]
    asked_reporter_count: Series[pd.Int64Dtype]
    sent_reporter_count: Series[int]
    complete_reporter_count: Series[pd.Int64Dtype]
    complete_share: Series[pd.Float64Dtype]
    row_count: Series[int]
    set_aside_row_count: Series[int]
    received_date: Series[pd.Timestamp] = but(nullable=True)

    @pa.dataframe_check(error="есть всё ≤ есть сведения ≤ ждали от")
    def parts_within_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        sent = frame["sent_reporter_count"]
        asked, complete = frame["asked_reporter_count"].fillna(sent), frame["complete_reporter_count"].fillna(0)
        return ((complete <= sent) & (sent <= asked)).astype(bool)


class FindingCounts(Table):
    """Замечания к сведениям по правилам и весу; замечания к документу — отдельно."""

    calendar_year: Series[int]
    rule_title: Series[str]
    severity: Series[str] = but(meaning="Блокирует, посмотрите или учтено")
    finding_count: Series[int]


class SetAsideCounts(Table):
    """Отложенные строки по видам сведений и причинам."""

    calendar_year: Series[int]
    fact_kind: Series[str]
    why: Series[str]
    set_aside_row_count: Series[int]


class SetAsideRows(Table):
    """Отложенные строки с их местом; только для служебного отчёта."""

    fact_kind: Series[str]
    school_name: Series[str] = but(nullable=True)
    why: Series[str]
    source_file: Series[str]
    place: Series[str]


class DataLog(Table):
    """Журнал данных: по строке на год и вид полученных файлов, с вычисленной оценкой."""

    calendar_year: Series[int]
    source_title: Series[str]
    file_count: Series[int]
    origin: Series[str] = but(meaning="От кого и как получены; только для служебного отчёта", office_only=True)
    received_date: Series[pd.Timestamp] = but(meaning="Когда пришёл последний")
    row_count: Series[int]
    set_aside_row_count: Series[int]
    attention_count: Series[int]
    data_rating: Series[str] = but(isin=list(RATINGS))


class Assumptions(Table):
    """Журнал допущений: что принято, на чём держится, насколько надёжно и что изменит ошибка."""

    assumption_id: Series[str] = but(unique=True)
    statement: Series[str]
    used_in: Series[str]
    basis: Series[str] = but(meaning="На чём держится")
    reliability: Series[str] = but(isin=list(RATINGS))
    impact: Series[str] = but(isin=list(RATINGS))
    confirmation: Series[str] = but(isin=CONFIRMATIONS)
    since_date: Series[pd.Timestamp] = but(meaning="Пусто — правило по умолчанию, не утверждено управлением")


QUALITY_TABLES = by_name(
    AskedLines, GivenLines, AsideLines, ReporterCompleteness, Completeness, FindingCounts, SetAsideCounts, DataLog
)
# Made where the report is; not in data/processed.
PRINTED_QUALITY_TABLES = by_name(SetAsideRows, Assumptions)
