"""The text form: tables as they are read from the document, every value a string as received."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import address, column, source_file


class _TextTable(pa.DataFrameModel):
    source_file: Series[str] = source_file()

    class Config:
        strict = True
        ordered = True
        coerce = False


class CellsText(_TextTable):
    """Каждая непустая ячейка и каждый абзац полученного документа и то, чем они стали."""

    place: Series[str] = address("текст")
    text: Series[str] = column("Текст", "Текст как получен (после записанных исправлений)")
    role: Series[str] = column(
        "Роль", "Чем стал текст: часть заголовка, шапка, задача, номер, значение года …; unread — ничем"
    )
    activity_code: Series[str] = column("№ как в файле", "Номер мероприятия строки; пусто вне мероприятий")


class ApprovalText(_TextTable):
    """Заголовок документа: кто и когда утвердил, как документ называется."""

    approver_position: Series[str] = column(
        "Должность", "Должность утвердившего или документ, которым утверждено; пусто, если не найдены"
    )
    approver_name: Series[str] = column("Имя", "Инициалы и фамилия утвердившего; пусто, если не найдены")
    approved_date: Series[str] = column("Дата", "Дата утверждения словами документа")
    title: Series[str] = column("Название", "Название документа без знаков разметки вокруг")
    approver_position_place: Series[str] = column("Адрес должности", "Где стоит должность")
    approver_name_place: Series[str] = column("Адрес имени", "Где стоит имя")
    approved_date_place: Series[str] = column("Адрес даты", "Где стоит дата")
    title_place: Series[str] = column("Адрес названия", "Где стоит название")


class _RowText(_TextTable):
    row_place: Series[str] = address("строка мероприятия")
    activity_code: Series[str] = column("№ как в файле", "Номер мероприятия, как получен: с точкой или без неё")


class ActivitiesText(_RowText):
    """Мероприятия: по строке на каждое."""

    task_code: Series[str] = column("Задача", "Номер задачи без точки")
    task_title: Series[str] = column("Название задачи", "Название задачи, как получено")
    task_place: Series[str] = address("задача")
    activity_title: Series[str] = column("Мероприятие", "Наименование мероприятия, как получено")


class MeasuresText(_RowText):
    """Результат и плановое значение за весь срок: по строке на мероприятие."""

    measure_name: Series[str] = column("Результат", "Наименование результата, как получено")
    planned_total: Series[str] = column("Плановое значение", "Плановое значение за весь срок, как получено")
    place: Series[str] = address("плановое значение")


class TargetsText(_RowText):
    """Значения по годам: по строке на мероприятие и год."""

    calendar_year: Series[str] = column("Год", "Год из названия столбца")
    target: Series[str] = column("Значение года", "Значение года, как получено; пусто, если не заполнено")
    place: Series[str] = address("значение года")


class ExecutorsText(_RowText):
    """Исполнители: по строке на мероприятие."""

    executors: Series[str] = column("Исполнители", "Исполнители и соисполнители, как получены")
    place: Series[str] = address("перечень исполнителей")


TEXT_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "cells": CellsText,
    "approval": ApprovalText,
    "activities": ActivitiesText,
    "measures": MeasuresText,
    "targets": TargetsText,
    "executors": ExecutorsText,
}
