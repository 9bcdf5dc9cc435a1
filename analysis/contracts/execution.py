"""Tables of execution: totals by status, executor, reporter and task, what each school did, and what is owed."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    IndicatorTable,
    accepted_count,
    activity_code,
    calendar_year,
    column,
    documented_count,
    measure_number,
    reported_count,
    school_login,
)

DONE = "выполнено"
PARTLY = "выполнено частично"
UNDER_REVIEW = "на рассмотрении"
UNDOCUMENTED = "сообщено, документов нет"
NOT_DONE = "не выполнено"
NOT_DUE = "срок не наступил"
NO_REPORT = "нет сведений"
NOT_PLANNED = "не планировалось"
NO_PLAN = "план не указан"
# What a planned measure can have come to, by the column that counts it; every list of states has this order.
STATUS_COUNTS = {
    "completed_measure_count": DONE,
    "partly_measure_count": PARTLY,
    "review_measure_count": UNDER_REVIEW,
    "undocumented_measure_count": UNDOCUMENTED,
    "failed_measure_count": NOT_DONE,
    "early_measure_count": NOT_DUE,
    "unknown_measure_count": NO_REPORT,
}
EXECUTION_STATUSES = [*STATUS_COUNTS.values(), NOT_PLANNED, NO_PLAN]
NO_SHARE = "доля не установлена"
WITHOUT_SHARE = [NO_REPORT, NO_SHARE, NOT_PLANNED]
OWED_KINDS = [
    NO_REPORT,
    "получено после срока",
    "нет подтверждения",
    "подтверждение возвращено",
    "не рассмотрено управлением",
    "ответственный не назначен",
]


class Statuses(IndicatorTable):
    """Сколько показателей в каком состоянии."""

    status: Series[str] = column("Состояние за год", "На срок отчёта", isin=EXECUTION_STATUSES, unique=True)
    measure_count: Series[int] = column("Показателей", "Сколько показателей", "показатель", ge=0)


class ReporterResults(IndicatorTable):
    """Отчётность тех, кто отвечает за показатели: исполнителей и школ."""

    calendar_year: Series[int] = calendar_year()
    reporter: Series[str] = column(
        "Кто отчитывается", "Исполнитель за город или логин школы", str_length={"min_value": 1}
    )
    expected_measure_count: Series[int] = column("Отвечает за", "За сколько показателей отвечает", "показатель", ge=0)
    reported_measure_count: Series[int] = column("Сообщено показателей", "О скольких сообщено", "показатель", ge=0)
    documented_measure_count: Series[int] = column(
        "Подтверждено показателей", "По скольким подтверждено всё, что сообщено", "показатель", ge=0
    )
    accepted_measure_count: Series[int] = column(
        "Принято показателей", "По скольким принято всё, что сообщено", "показатель", ge=0
    )

    class Config:
        unique = ["calendar_year", "reporter"]

    @pa.dataframe_check(error="принято ≤ подтвердил ≤ сообщил ≤ отвечает")
    def parts_within_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        names = ["accepted", "documented", "reported", "expected"]
        steps = frame[[f"{name}_measure_count" for name in names]].diff(axis=1).iloc[:, 1:]
        return (steps >= 0).all(axis=1)


class _TaskKey(IndicatorTable):
    calendar_year: Series[int] = calendar_year()
    task_code: Series[str] = column("Задача", "Номер задачи", str_matches=r"^\d+$")
    task_title: Series[str] = column("Название задачи", "Название задачи")


class _ExecutorKey(IndicatorTable):
    calendar_year: Series[int] = calendar_year()
    executor_name: Series[str] = column("Исполнитель", "Словами документа")


class _Totals(IndicatorTable):
    planned_measure_count: Series[int] = column("С планом", "Показателей с планом больше нуля", "показатель", ge=0)
    reported_measure_count: Series[int] = column("Сообщено показателей", "О скольких сообщено", "показатель", ge=0)
    documented_measure_count: Series[int] = column(
        "Подтверждено показателей", "По скольким подтверждено всё, что сообщено", "показатель", ge=0
    )
    accepted_measure_count: Series[int] = column(
        "Принято показателей", "По скольким принято всё, что сообщено", "показатель", ge=0
    )
    completed_measure_count: Series[int] = column(
        "Выполнено показателей", "Показателей в состоянии «выполнено»", "показатель", ge=0
    )
    partly_measure_count: Series[int] = column(
        "Частично", "Показателей в состоянии «выполнено частично»", "показатель", ge=0
    )
    review_measure_count: Series[int] = column(
        "На рассмотрении", "Показателей в состоянии «на рассмотрении»", "показатель", ge=0
    )
    undocumented_measure_count: Series[int] = column(
        "Документов нет", "Показателей в состоянии «сообщено, документов нет»", "показатель", ge=0
    )
    failed_measure_count: Series[int] = column(
        "Не выполнено", "Показателей в состоянии «не выполнено»", "показатель", ge=0
    )
    early_measure_count: Series[int] = column(
        "Срок не наступил", "Показателей в состоянии «срок не наступил»", "показатель", ge=0
    )
    unknown_measure_count: Series[int] = column("Нет сведений", "Показателей без сведений", "показатель", ge=0)

    @pa.dataframe_check(error="состояния вместе дают план, принято ≤ подтвердил ≤ сообщил ≤ с планом")
    def parts_make_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        whole = frame[list(STATUS_COUNTS)].sum(axis=1) == frame["planned_measure_count"]
        steps = ["accepted", "documented", "reported", "planned"]
        return whole & (frame[[f"{name}_measure_count" for name in steps]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)


class TaskResults(_Totals, _TaskKey):
    """Исполнение по задачам: показатели с планом больше нуля, сколько сообщено, подтверждено, принято и в каком они
    состоянии."""

    class Config:
        unique = ["calendar_year", "task_code"]


class ExecutorResults(_Totals, _ExecutorKey):
    """Исполнение по тем, кто назван первым: показатели с планом больше нуля и их состояние."""

    class Config:
        unique = ["calendar_year", "executor_name"]


class SchoolResults(IndicatorTable):
    """План и факт школ, отвечающих за показатели: по строке на год, школу и показатель."""

    calendar_year: Series[int] = calendar_year()
    school_login: Series[str] = school_login()
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    measure_label: Series[str] = column("№ показателя", "4.1/2 — второй показатель мероприятия 4.1")
    measure_name: Series[str] = column("Показатель", "Название результата словами документа")
    target_count: Series[pd.Int64Dtype] = column(
        "План на год", "Пусто — в документе не заполнено, это не ноль", "как в названии", ge=0, nullable=True
    )
    share_count: Series[pd.Int64Dtype] = column(
        "Доля школы", "Сколько должна сделать школа; пусто — доля не установлена", "как в названии", ge=0, nullable=True
    )
    reported_count: Series[pd.Int64Dtype] = reported_count()
    documented_count: Series[pd.Int64Dtype] = documented_count()
    accepted_count: Series[pd.Int64Dtype] = accepted_count()
    school_status: Series[str] = column(
        "Состояние у школы", "На срок отчёта, против доли школы", isin=[*EXECUTION_STATUSES, NO_SHARE]
    )

    class Config:
        unique = ["calendar_year", "school_login", "activity_code", "measure_number"]

    @pa.dataframe_check(error="без доли состояние одно из трёх: нет сведений, доля не установлена, не планировалось")
    def a_status_rests_on_a_share(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["share_count"].notna() | frame["school_status"].isin(WITHOUT_SHARE)


class Owed(IndicatorTable):
    """Что за кем: чего нет к сроку отчёта, кто это должен и с какого дня."""

    calendar_year: Series[int] = calendar_year()
    debtor: Series[str] = column("За кем", "Исполнитель, школа или управление образования", str_length={"min_value": 1})
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    measure_label: Series[str] = column("№ показателя", "4.1/2 — второй показатель мероприятия 4.1")
    owed_kind: Series[str] = column("Чего нет", "Сведений, подтверждения, решения или ответственного", isin=OWED_KINDS)
    since_date: Series[pd.Timestamp] = column(
        "С какого дня", "Срок отчёта, день получения формы или день решения", "дата", nullable=True
    )
    piece_count: Series[pd.Int64Dtype] = column(
        "Подтверждений", "Сколько возвращено или не рассмотрено", "подтверждение", office_only=True, ge=1, nullable=True
    )
    reason: Series[str] = column("Причина", "Почему возвращено", office_only=True, nullable=True)

    @pa.dataframe_check(error="причина есть у возвращённого и только у него")
    def a_reason_where_it_was_sent_back(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["reason"].notna() == (frame["owed_kind"] == "подтверждение возвращено")
