"""Tables that the indicators make and the report exports, with the meaning and unit of every column."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    CHANGE_KINDS,
    COMPARATORS,
    DERIVED,
    READINGS,
    TARGET_MARKS,
    UNREAD_MARK,
    Table,
    but,
    by_name,
)
from analysis.contracts.execution import (
    EXECUTION_STATUSES,
    Duties,
    ExecutorResults,
    Owed,
    ReporterResults,
    SchoolResults,
    Statuses,
    TaskResults,
)
from analysis.contracts.quality import PRINTED_QUALITY_TABLES, QUALITY_TABLES
from analysis.contracts.typed import MeasureWords


class _PlanNumbers(Table):
    task_code: Series[str]
    task_title: Series[str]
    activity_code: Series[str]
    activity_title: Series[str] = but(meaning="Наименование мероприятия", str_length=None)
    measure_number: Series[int]
    measure_label: Series[str]
    measure_name: Series[str]
    comparator: Series[str] = but(isin=COMPARATORS)
    planned_total_count: Series[pd.Int64Dtype] = but(
        meaning="Плановое значение за весь срок", blank="документ итога не называет"
    )
    planned_total_text: Series[str]
    reading: Series[str] = but(meaning="Как читать итог: flow, annual, both_possible, contradiction", isin=READINGS)
    calendar_year: Series[int]
    target_count: Series[pd.Int64Dtype]
    deadline_month: Series[pd.Int64Dtype] = but(meaning="Пусто — документ месяца не называет")
    cumulative_flow_count: Series[pd.Int64Dtype]
    cumulative_annual_count: Series[pd.Int64Dtype]


class _PlanWords(MeasureWords):
    target_low: Series[pd.Float64Dtype]
    target_high: Series[pd.Float64Dtype]
    target_mark: Series[str] = but(isin=TARGET_MARKS)
    derived_rule: Series[str] = but(isin=list(DERIVED))
    source_file: Series[str] = but(meaning="Файл редакции документа", stored_only=True)
    in_force: Series[bool] = but(stored_only=True)
    total_mark: Series[str] = but(isin=[UNREAD_MARK], stored_only=True)
    measure_identity: Series[str] = but(stored_only=True)


class Plan(_PlanWords, _PlanNumbers, unique=["source_file", "activity_code", "measure_number", "calendar_year"]):
    """План по показателям и годам: по строке на показатель и год, с обоими способами накопления."""


class _FactNumbers(_PlanNumbers):
    expected_reporter_count: Series[pd.Int64Dtype]
    missing_reporter_count: Series[pd.Int64Dtype]
    missing_reporters: Series[str] = but(office_only=True)
    reported_count: Series[pd.Int64Dtype]
    documented_count: Series[pd.Int64Dtype]
    accepted_count: Series[pd.Int64Dtype]
    reported_lower_count: Series[pd.Int64Dtype]
    reported_upper_count: Series[pd.Int64Dtype]
    waiting_count: Series[pd.Int64Dtype] = but(office_only=True)
    returned_count: Series[pd.Int64Dtype] = but(office_only=True)
    accepted_flow_count: Series[pd.Int64Dtype]
    unknown_year_count: Series[int]
    reported_whole_count: Series[pd.Int64Dtype] = but(office_only=True)
    status: Series[str] = but(isin=EXECUTION_STATUSES)
    status_flow: Series[str] = but(isin=EXECUTION_STATUSES)
    status_annual: Series[str] = but(isin=EXECUTION_STATUSES)


class PlanFact(_PlanWords, _FactNumbers, unique=["activity_code", "measure_number", "calendar_year"]):
    """План и факт по показателям и годам: сообщено, подтверждено, принято, границы и состояние на срок отчёта."""

    @pa.dataframe_check(error="принято ≤ подтверждено ≤ сообщено")
    def accepted_within_reported(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        known = frame["reported_count"].notna()
        inside = (frame["accepted_count"] <= frame["documented_count"]) & (
            frame["documented_count"] <= frame["reported_count"]
        )
        return ~known | inside.fillna(False)


class PlanChanges(Table):
    """Что изменилось в документе от редакции к редакции: по строке на изменение."""

    in_force_date: Series[pd.Timestamp] = but(meaning="С какого дня действует изменение", nullable=False)
    change_kind: Series[str] = but(isin=CHANGE_KINDS)
    label_before: Series[str]
    label_after: Series[str]
    measure_name: Series[str]
    calendar_year: Series[pd.Int64Dtype] = but(blank="изменение не одного года")
    text_before: Series[str]
    text_after: Series[str]
    file_before: Series[str] = but(office_only=True)
    place_before: Series[str]
    file_after: Series[str] = but(office_only=True)
    place_after: Series[str]


class Composition(Table, unique=["task_code", "calendar_year"]):
    """Состав плана: сколько показателей каждой задачи запланировано на год."""

    task_code: Series[str]
    task_title: Series[str]
    calendar_year: Series[int]
    planned_count: Series[int]
    zero_count: Series[int]
    blank_count: Series[int]


class ExecutorLoad(Table, unique=["calendar_year", "executor_name"]):
    """Нагрузка исполнителей за год: в скольких запланированных показателях назван каждый."""

    calendar_year: Series[int]
    executor_name: Series[str]
    planned_count: Series[int] = but(ge=1)
    first_named_count: Series[int]
    other_count: Series[int]

    @pa.dataframe_check(error="назван первым + соисполнитель = всего")
    def parts_make_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["first_named_count"] + frame["other_count"] == frame["planned_count"]


class Findings(Table):
    """Замечания к исходному документу."""

    severity: Series[str]
    rule: Series[str]
    source_file: Series[str] = but(str_length=None, office_only=True)
    place: Series[str] = but(meaning="Где в файле: строка и ячейка, как их считает человек", str_length=None)
    value: Series[str] = but(label="Что стоит", unit="", ge=None, nullable=False)
    explanation: Series[str]
    action: Series[str] = but(office_only=True)


class Abbreviations(Table):
    """Сокращения документа."""

    term: Series[str]
    expansion: Series[str]
    basis: Series[str] = but(meaning="На чём держится расшифровка")


class Sources(Table):
    """Полученные файлы, на которых стоит отчёт."""

    title: Series[str] = but(label="Документ", meaning="Полное название", str_length=None)
    origin: Series[str] = but(meaning="От кого и как получен")
    received: Series[pd.Timestamp]
    file_name: Series[str]
    sha256: Series[str]
    licence: Series[str]


INDICATOR_TABLES = by_name(
    Plan, PlanFact, PlanChanges, Composition, Duties, ExecutorLoad, Statuses, ExecutorResults, ReporterResults,
    TaskResults, SchoolResults, Owed, Findings, Abbreviations, Sources,
) | QUALITY_TABLES | PRINTED_QUALITY_TABLES  # fmt: skip
