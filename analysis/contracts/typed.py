"""The typed form: tables in data/processed, with keys, ranges and rules across columns."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    COMPARATORS,
    OPEN_READINGS,
    READING_BASES,
    READINGS,
    SETTLED_READINGS,
    activity_code,
    address,
    calendar_year,
    column,
    measure_number,
    source_file,
)
from analysis.contracts.text import CellsText


class _TypedTable(pa.DataFrameModel):
    source_file: Series[str] = source_file()

    class Config:
        strict = True
        ordered = True
        coerce = False


class Approval(_TypedTable):
    """Утверждение документа и его срок: одна строка на документ."""

    title: Series[str] = column("Название", "Название документа", str_length={"min_value": 5})
    title_place: Series[str] = address("название")
    approver_position: Series[str] = column(
        "Должность", "Должность утвердившего или документ, которым утверждено", nullable=True
    )
    approver_name: Series[str] = column("Имя", "Инициалы и фамилия утвердившего", nullable=True)
    approved_date: Series[pd.Timestamp] = column("Дата утверждения", "Дата утверждения", "дата")
    approved_date_place: Series[str] = address("дата утверждения")
    period_first_year: Series[int] = column("Первый год", "Первый год срока", "год", ge=2000, le=2100)
    period_last_year: Series[int] = column("Последний год", "Последний год срока", "год", ge=2000, le=2100)

    class Config:
        unique = ["source_file"]

    @pa.dataframe_check(error="первый год срока не позже последнего")
    def period_in_order(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["period_first_year"] <= frame["period_last_year"]


class Activities(_TypedTable):
    """Мероприятия: по строке на каждое, в порядке документа."""

    place: Series[str] = address("строка мероприятия")
    activity_code: Series[str] = activity_code()
    document_order: Series[int] = column("Порядок", "Место мероприятия в документе", "номер", ge=1, unique=True)
    task_code: Series[str] = column("Задача", "Номер задачи без точки", str_matches=r"^\d+$")
    task_title: Series[str] = column("Название задачи", "Название задачи", str_length={"min_value": 1})
    task_place: Series[str] = address("задача")
    activity_title: Series[str] = column("Мероприятие", "Наименование", str_length={"min_value": 1})

    class Config:
        unique = ["activity_code"]

    @pa.dataframe_check(error="номер мероприятия начинается с номера его задачи")
    def code_under_its_task(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["activity_code"].str.split(".").str[0] == frame["task_code"]


class Measures(_TypedTable):
    """Показатели: что считать результатом мероприятия и сколько запланировано за весь срок."""

    place: Series[str] = address("плановое значение")
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    measure_name: Series[str] = column(
        "Показатель", "Название результата словами документа", str_length={"min_value": 1}
    )
    planned_total_text: Series[str] = column("Итог как в документе", "Плановое значение, как получено")
    comparator: Series[str] = column("Сравнение", "= ровно столько; ≥ не менее", isin=COMPARATORS)
    planned_total_count: Series[int] = column(
        "План за срок", "Плановое значение за весь срок; единицу документ не называет", "как в названии", ge=0
    )
    reading: Series[str] = column(
        "Прочтение",
        "flow: годы складываются в итог; annual: итог — уровень каждого года; both_possible: возможно и то и другое; "
        "contradiction: ни то ни другое не сходится",
        isin=READINGS,
    )
    reading_basis: Series[str] = column(
        "Основание прочтения",
        "sum: сумма лет равна итогу; annual: каждый заполненный год равен итогу; yearly_words: слова «раз в год»; "
        "decision: записанное решение; unsettled: не решено",
        isin=READING_BASES,
    )
    decision_document: Series[str] = column(
        "Документ решения", "Документ, которым решено прочтение; пусто, если решения нет", nullable=True
    )

    class Config:
        unique = ["activity_code", "measure_number"]

    @pa.dataframe_check(error="открытое прочтение не имеет основания, решённое имеет")
    def basis_fits_reading(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["reading_basis"] == "unsettled") == frame["reading"].isin(OPEN_READINGS)

    @pa.dataframe_check(error="решение опирается на документ и даёт одно прочтение")
    def decision_has_document(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        decided = frame["reading_basis"] == "decision"
        return (decided == frame["decision_document"].notna()) & (~decided | frame["reading"].isin(SETTLED_READINGS))


class Targets(_TypedTable):
    """Плановые значения по годам: по строке на показатель и год."""

    place: Series[str] = address("значение года")
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    calendar_year: Series[int] = calendar_year()
    target_text: Series[str] = column("Значение как в документе", "Значение года, как получено; пусто — не заполнено")
    comparator: Series[str] = column("Сравнение", "= ровно столько; ≥ не менее", isin=COMPARATORS)
    target_count: Series[pd.Int64Dtype] = column(
        "План на год", "Плановое значение года; пусто — в документе не заполнено, это не ноль", "как в названии",
        ge=0, nullable=True,
    )  # fmt: skip
    deadline_month: Series[pd.Int64Dtype] = column(
        "Месяц срока", "Месяц, названный документом; пусто — документ месяца не называет", "месяц", ge=1, le=12,
        nullable=True,
    )  # fmt: skip

    class Config:
        unique = ["activity_code", "measure_number", "calendar_year"]

    @pa.dataframe_check(error="срок назван только там, где что-то запланировано")
    def deadline_needs_target(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["deadline_month"].isna() | (frame["target_count"].fillna(0) > 0)


class Executors(_TypedTable):
    """Исполнители: по строке на мероприятие и исполнителя, в порядке документа."""

    place: Series[str] = address("перечень исполнителей")
    activity_code: Series[str] = activity_code()
    executor_number: Series[int] = column("Порядок", "1 — назван первым, дальше соисполнители", "номер", ge=1)
    executor_name: Series[str] = column(
        "Исполнитель",
        "Словами документа; имена, которые project.toml соединяет, — одним именем",
        str_length={"min_value": 1},
    )
    executor_text: Series[str] = column("Как в документе", "Имя исполнителя, как получено", str_length={"min_value": 1})

    class Config:
        unique = ["activity_code", "executor_number"]


TYPED_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "approval": Approval,
    "activities": Activities,
    "measures": Measures,
    "targets": Targets,
    "executors": Executors,
    "cells": CellsText,
}
