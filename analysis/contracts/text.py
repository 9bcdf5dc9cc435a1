"""The text form: tables as they are read from the document, every value a string as received."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import SourcedTable, address, but


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
