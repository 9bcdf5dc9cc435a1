"""Tables of the signed document: the text form, every value a string as received, and the typed form."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    CODE_ORIGINS,
    COMPARATORS,
    DERIVED,
    OPEN_READINGS,
    READING_BASES,
    READINGS,
    RECURRENCES,
    SETTLED_READINGS,
    TARGET_MARKS,
    UNREAD_MARK,
    MeasureWords,
    SourcedTable,
    address,
    but,
    by_name,
)

# The text form: tables as they are read from the document, every value a string as received.


class CellsText(SourcedTable):
    """Каждая непустая ячейка и каждый абзац полученного документа и то, чем они стали."""

    place: Series[str] = address("текст")
    text: Series[str]
    role: Series[str]
    activity_code: Series[str] = but(
        label="№ как в файле", meaning="Номер мероприятия строки; пусто вне мероприятий", str_matches=None
    )


class ApprovalText(SourcedTable):
    """Заголовок документа: кто и когда утвердил, как документ называется."""

    approver_position: Series[str] = but(
        meaning="Должность утвердившего или документ, которым утверждено; пусто, если не найдены", nullable=False
    )
    approver_name: Series[str] = but(meaning="Инициалы и фамилия утвердившего; пусто, если не найдены", nullable=False)
    approved_date: Series[str] = but(label="Дата", meaning="Дата утверждения словами документа", unit="")
    title: Series[str] = but(meaning="Название документа без знаков разметки вокруг", str_length=None)
    approver_position_place: Series[str]
    approver_name_place: Series[str]
    approved_date_place: Series[str] = but(label="Адрес даты", meaning="Где стоит дата", str_length=None)
    title_place: Series[str] = but(label="Адрес названия", meaning="Где стоит название", str_length=None)


class _RowText(SourcedTable):
    row_place: Series[str]
    activity_code: Series[str] = but(
        label="№ как в файле",
        meaning="Номер мероприятия, как получен или как его показывает Word; без номера — место строки",
        str_matches=None,
    )


class ActivitiesText(_RowText):
    """Мероприятия: по строке на каждое."""

    code_origin: Series[str]
    task_code: Series[str] = but(meaning="Номер задачи без точки", str_matches=None)
    task_title: Series[str] = but(meaning="Название задачи, как получено")
    task_place: Series[str]
    activity_title: Series[str] = but(meaning="Наименование мероприятия, как получено", str_length=None)


class MeasuresText(_RowText):
    """Результат, плановое значение за весь срок, базовое значение и срок: по строке на строку таблицы."""

    measure_name: Series[str] = but(label="Результат", meaning="Наименование результата, как получено")
    planned_total: Series[str]
    place: Series[str] = address("плановое значение")
    measure_unit: Series[str] = but(meaning="Единица измерения, как получена", nullable=False)
    heading_unit: Series[str]
    baseline: Series[str]
    baseline_heading: Series[str]
    deadline: Series[str]
    deadline_place: Series[str]


class TargetsText(_RowText):
    """Значения по годам: по строке на мероприятие и столбец года или квартала."""

    calendar_year: Series[str] = but(meaning="Год из названия столбца; пусто — не назван", unit="", ge=None, le=None)
    quarter: Series[str]
    target: Series[str]
    place: Series[str] = address("значение года")


class ExecutorsText(_RowText):
    """Исполнители: по строке на мероприятие."""

    executors: Series[str]
    place: Series[str] = address("перечень исполнителей")


TEXT_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "cells": CellsText,
    "approval": ApprovalText,
    "activities": ActivitiesText,
    "measures": MeasuresText,
    "targets": TargetsText,
    "executors": ExecutorsText,
}


# The typed form: tables in data/processed, with keys, ranges and rules across columns.


class Approval(SourcedTable, unique=["source_file"]):
    """Утверждение документа и его срок: одна строка на документ, редакции — по порядку."""

    title: Series[str]
    title_place: Series[str]
    approver_position: Series[str]
    approver_name: Series[str]
    approved_date: Series[pd.Timestamp]
    approved_date_place: Series[str]
    period_first_year: Series[int]
    period_last_year: Series[int]
    in_force_date: Series[pd.Timestamp]
    version_basis: Series[str]

    @pa.dataframe_check(error="первый год срока не позже последнего")
    def period_in_order(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["period_first_year"] <= frame["period_last_year"]


class Activities(SourcedTable, unique=["source_file", "activity_code"]):
    """Мероприятия: по строке на каждое, в порядке документа."""

    place: Series[str] = address("строка мероприятия")
    activity_code: Series[str]
    document_order: Series[int]
    task_code: Series[str] = but(meaning="Номер задачи без точки")
    task_title: Series[str] = but(str_length={"min_value": 1})
    task_place: Series[str]
    activity_title: Series[str]
    code_origin: Series[str] = but(isin=list(CODE_ORIGINS))

    @pa.dataframe_check(error="у каждого мероприятия документа своё место")
    def one_place_each(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return ~frame.duplicated(["source_file", "document_order"])


class _MeasureNumbers(SourcedTable):
    place: Series[str] = address("плановое значение")
    activity_code: Series[str]
    measure_number: Series[int]
    measure_name: Series[str] = but(str_length={"min_value": 1})
    planned_total_text: Series[str]
    comparator: Series[str] = but(isin=COMPARATORS)
    planned_total_count: Series[pd.Int64Dtype] = but(blank="документ итога не называет")
    reading: Series[str] = but(isin=READINGS)
    reading_basis: Series[str] = but(isin=READING_BASES)
    decision_document: Series[str]


class Measures(MeasureWords, _MeasureNumbers, unique=["source_file", "activity_code", "measure_number"]):
    """Показатели: что считать результатом мероприятия и сколько запланировано за весь срок."""

    total_mark: Series[str] = but(isin=[UNREAD_MARK])
    measure_identity: Series[str]

    @pa.dataframe_check(error="открытое прочтение не имеет основания, решённое имеет")
    def basis_fits_reading(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["reading_basis"] == "unsettled") == frame["reading"].isin(OPEN_READINGS)

    @pa.dataframe_check(error="решение опирается на документ и даёт одно прочтение")
    def decision_has_document(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        decided = frame["reading_basis"] == "decision"
        return (decided == frame["decision_document"].notna()) & (~decided | frame["reading"].isin(SETTLED_READINGS))


class Targets(SourcedTable, unique=["source_file", "activity_code", "measure_number", "calendar_year"]):
    """Плановые значения по годам: по строке на показатель и год."""

    place: Series[str] = address("значение года")
    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    target_text: Series[str]
    comparator: Series[str] = but(isin=COMPARATORS)
    target_count: Series[pd.Int64Dtype] = but(
        meaning="Плановое значение года", blank="в документе не заполнено, это не ноль"
    )
    deadline_month: Series[pd.Int64Dtype]
    target_low: Series[pd.Float64Dtype]
    target_high: Series[pd.Float64Dtype]
    target_mark: Series[str] = but(isin=TARGET_MARKS)
    derived_rule: Series[str] = but(isin=list(DERIVED))
    in_force: Series[bool]

    @pa.dataframe_check(error="стоит или число с границей, или пометка вместо него")
    def number_or_mark(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        bounded = frame[["target_low", "target_high"]].notna().any(axis=1)
        return bounded == frame["target_mark"].isna()

    @pa.dataframe_check(error="срок назван только там, где что-то запланировано")
    def deadline_needs_target(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["deadline_month"].isna() | (frame["target_count"].fillna(0) > 0)


class Deadlines(SourcedTable, unique=["source_file", "activity_code", "measure_number", "deadline_number"]):
    """Сроки: дата, промежуток или периодичность; по строке на показатель и срок, в порядке документа."""

    place: Series[str] = address("срок")
    activity_code: Series[str]
    measure_number: Series[int]
    deadline_number: Series[int]
    deadline_text: Series[str] = but(meaning="Ячейка срока, как получена", nullable=False)
    first_date: Series[pd.Timestamp]
    last_date: Series[pd.Timestamp]
    recurrence: Series[str] = but(isin=RECURRENCES)
    times_a_year: Series[pd.Int64Dtype]
    in_year: Series[str]


class Executors(SourcedTable, unique=["source_file", "activity_code", "executor_number"]):
    """Исполнители: по строке на мероприятие и исполнителя, в порядке документа."""

    place: Series[str] = address("перечень исполнителей")
    activity_code: Series[str]
    executor_number: Series[int]
    executor_name: Series[str] = but(
        meaning="Словами документа; имена, которые project.toml соединяет, — одним именем", str_length={"min_value": 1}
    )
    executor_text: Series[str]


TYPED_TABLES = by_name(Approval, Activities, Measures, Targets, Deadlines, Executors) | {"cells": CellsText}
