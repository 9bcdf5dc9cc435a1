"""Tables that the indicators make and the report exports, with the meaning and unit of every column."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    COMPARATORS,
    READINGS,
    IndicatorTable,
    accepted_count,
    activity_code,
    calendar_year,
    column,
    documented_count,
    measure_number,
    reported_count,
)
from analysis.contracts.execution import (
    EXECUTION_STATUSES,
    ExecutorResults,
    Owed,
    ReporterResults,
    SchoolResults,
    Statuses,
    TaskResults,
)
from analysis.contracts.quality import PRINTED_QUALITY_TABLES, QUALITY_TABLES


class Plan(IndicatorTable):
    """План по показателям и годам: по строке на показатель и год, с обоими способами накопления."""

    task_code: Series[str] = column("Задача", "Номер задачи", str_matches=r"^\d+$")
    task_title: Series[str] = column("Название задачи", "Название задачи")
    activity_code: Series[str] = activity_code()
    activity_title: Series[str] = column("Мероприятие", "Наименование мероприятия")
    measure_number: Series[int] = measure_number()
    measure_label: Series[str] = column("№ показателя", "4.1/2 — второй показатель мероприятия 4.1")
    measure_name: Series[str] = column("Показатель", "Название результата словами документа")
    comparator: Series[str] = column("Сравнение", "= ровно столько; ≥ не менее", isin=COMPARATORS)
    planned_total_count: Series[int] = column("План за срок", "Плановое значение за весь срок", "как в названии", ge=0)
    planned_total_text: Series[str] = column("Итог как в документе", "Плановое значение, как получено")
    reading: Series[str] = column(
        "Прочтение", "Как читать итог: flow, annual, both_possible, contradiction", isin=READINGS
    )
    calendar_year: Series[int] = calendar_year()
    target_count: Series[pd.Int64Dtype] = column(
        "План на год", "Пусто — в документе не заполнено, это не ноль", "как в названии", ge=0, nullable=True
    )
    deadline_month: Series[pd.Int64Dtype] = column(
        "Месяц срока", "Пусто — документ месяца не называет", "месяц", ge=1, le=12, nullable=True
    )
    cumulative_flow_count: Series[pd.Int64Dtype] = column(
        "С начала срока: сумма", "Сумма планов с первого года по этот", "как в названии", ge=0, nullable=True
    )
    cumulative_annual_count: Series[pd.Int64Dtype] = column(
        "С начала срока: уровень",
        "Уровень этого года, если годы не складываются",
        "как в названии",
        ge=0,
        nullable=True,
    )

    class Config:
        unique = ["activity_code", "measure_number", "calendar_year"]


class PlanFact(Plan):
    """План и факт по показателям и годам: сообщено, подтверждено, принято, границы и состояние на срок отчёта."""

    expected_reporter_count: Series[pd.Int64Dtype] = column(
        "Должны отчитаться",
        "Сколько исполнителей отвечает за показатель; пусто — никто",
        "исполнитель",
        ge=1,
        nullable=True,
    )
    missing_reporter_count: Series[pd.Int64Dtype] = column(
        "Не отчитались", "Сколько из них не сообщило ничего", "исполнитель", ge=0, nullable=True
    )
    missing_reporters: Series[str] = column(
        "Кто не отчитался", "Через запятую; пусто — отчитались все", office_only=True
    )
    reported_count: Series[pd.Int64Dtype] = reported_count()
    documented_count: Series[pd.Int64Dtype] = documented_count()
    accepted_count: Series[pd.Int64Dtype] = accepted_count()
    reported_lower_count: Series[pd.Int64Dtype] = column(
        "Не меньше", "Сообщено, если не отчитавшиеся не сделали ничего", "как в названии", ge=0, nullable=True
    )
    reported_upper_count: Series[pd.Int64Dtype] = column(
        "Не больше", "Сообщено, если не отчитавшиеся сделали всё; пусто — доля не установлена", "как в названии", ge=0,
        nullable=True,
    )  # fmt: skip
    waiting_count: Series[pd.Int64Dtype] = column(
        "Ждут рассмотрения",
        "Подтверждений, которые ещё не рассмотрены",
        "подтверждение",
        office_only=True,
        ge=0,
        nullable=True,
    )
    returned_count: Series[pd.Int64Dtype] = column(
        "Возвращено", "Подтверждений, возвращённых с причиной", "подтверждение", office_only=True, ge=0, nullable=True
    )
    accepted_flow_count: Series[pd.Int64Dtype] = column(
        "Принято с начала срока", "Сумма принятого с первого года по этот", "как в названии", ge=0, nullable=True
    )
    unknown_year_count: Series[int] = column(
        "Лет без сведений", "С начала срока: есть план, нет сведений; сумма тогда — нижняя граница", "год", ge=0
    )
    status: Series[str] = column("Состояние за год", "На срок отчёта", isin=EXECUTION_STATUSES)
    status_flow: Series[str] = column(
        "Состояние с начала срока: сумма", "Если годы складываются", isin=EXECUTION_STATUSES
    )
    status_annual: Series[str] = column(
        "Состояние с начала срока: уровень", "Если годы не складываются", isin=EXECUTION_STATUSES
    )

    @pa.dataframe_check(error="принято ≤ подтверждено ≤ сообщено")
    def accepted_within_reported(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        known = frame["reported_count"].notna()
        inside = (frame["accepted_count"] <= frame["documented_count"]) & (
            frame["documented_count"] <= frame["reported_count"]
        )
        return ~known | inside.fillna(False)


class Composition(IndicatorTable):
    """Состав плана: сколько показателей каждой задачи запланировано на год."""

    task_code: Series[str] = column("Задача", "Номер задачи", str_matches=r"^\d+$")
    task_title: Series[str] = column("Название задачи", "Название задачи")
    calendar_year: Series[int] = calendar_year()
    planned_count: Series[int] = column("Запланировано", "Показателей с планом больше нуля", "показатель", ge=0)
    zero_count: Series[int] = column("План — ноль", "Показателей, на которые в этот год стоит 0", "показатель", ge=0)
    blank_count: Series[int] = column("Не указано", "Показателей, у которых год не заполнен", "показатель", ge=0)

    class Config:
        unique = ["task_code", "calendar_year"]


class ExecutorLoad(IndicatorTable):
    """Нагрузка исполнителей за год: в скольких запланированных показателях назван каждый."""

    executor_name: Series[str] = column("Исполнитель", "Словами документа", unique=True)
    planned_count: Series[int] = column("Запланировано", "Показателей с планом больше нуля", "показатель", ge=1)
    first_named_count: Series[int] = column("Назван первым", "Из них назван первым", "показатель", ge=0)
    other_count: Series[int] = column("Соисполнитель", "Из них назван не первым", "показатель", ge=0)

    @pa.dataframe_check(error="назван первым + соисполнитель = всего")
    def parts_make_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["first_named_count"] + frame["other_count"] == frame["planned_count"]


class Findings(IndicatorTable):
    """Замечания к исходному документу."""

    severity: Series[str] = column("Вес", "блокирует, посмотрите или учтено")
    rule: Series[str] = column("Правило", "Короткое имя правила")
    source_file: Series[str] = column("Файл", "Полученный файл, относительно папки проекта", office_only=True)
    place: Series[str] = column("Адрес", "Где в файле: строка и ячейка, как их считает человек")
    value: Series[str] = column("Что стоит", "Текст, как получен")
    explanation: Series[str] = column("Пояснение", "Правило словами")
    action: Series[str] = column("Что сделать", "Что сделать аналитику", office_only=True)


class Abbreviations(IndicatorTable):
    """Сокращения документа."""

    term: Series[str] = column("Сокращение", "Как в документе")
    expansion: Series[str] = column("Расшифровка", "Что означает")
    basis: Series[str] = column("Основание", "На чём держится расшифровка")


class Sources(IndicatorTable):
    """Полученные файлы, на которых стоит отчёт."""

    title: Series[str] = column("Документ", "Полное название")
    origin: Series[str] = column("Откуда", "От кого и как получен")
    received: Series[pd.Timestamp] = column("Получен", "Дата получения", "дата")
    file_name: Series[str] = column("Файл", "Имя полученного файла; в служебном отчёте — с папкой")
    sha256: Series[str] = column("sha256", "Отпечаток содержимого файла", str_matches=r"^[0-9a-f]{64}$")
    licence: Series[str] = column("Условия", "На каких условиях публикуется")


INDICATOR_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "plan": Plan,
    "plan_fact": PlanFact,
    "composition": Composition,
    "executor_load": ExecutorLoad,
    "statuses": Statuses,
    "executor_results": ExecutorResults,
    "reporter_results": ReporterResults,
    "task_results": TaskResults,
    "school_results": SchoolResults,
    "owed": Owed,
    "findings": Findings,
    "abbreviations": Abbreviations,
    "sources": Sources,
    **QUALITY_TABLES,
    **PRINTED_QUALITY_TABLES,
}
