"""Tables of the plan and of its execution, as the indicators make them and the report exports them."""

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
    MeasureWords,
    Table,
    but,
)

# Tables of execution: totals by status, executor, reporter and task, what each school did, and what is owed.

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
NO_FACT, CAME_LATE, NO_DOCUMENT, SENT_BACK, NOT_EXAMINED, NOBODY = OWED_KINDS = [
    NO_REPORT,
    "получено после срока",
    "нет подтверждения",
    "подтверждение возвращено",
    "не рассмотрено управлением",
    "ответственный не назначен",
]


COUNTS, CONFIRMS = STANDINGS = ["засчитывается", "лишь подтверждает, в счёт не идёт"]


class Duties(Table, unique=["activity_code", "measure_number", "calendar_year", "reporter"]):
    """Чей факт засчитывается и что он сообщил; кто сообщил то же, не отвечая за показатель, — подтверждает."""

    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    standing: Series[str] = but(isin=STANDINGS)
    basis: Series[str] = but(meaning="Запись data/reporting.toml или порядок исполнителей; пусто — не отвечает")
    share_count: Series[pd.Int64Dtype] = but(label="Доля")
    reported_count: Series[pd.Int64Dtype]
    documented_count: Series[pd.Int64Dtype]
    accepted_count: Series[pd.Int64Dtype]
    waiting_count: Series[pd.Int64Dtype]
    returned_count: Series[pd.Int64Dtype]
    reported_whole_count: Series[pd.Int64Dtype]


class Statuses(Table, unique=["calendar_year", "status"]):
    """Сколько показателей в каком состоянии."""

    calendar_year: Series[int]
    status: Series[str] = but(isin=EXECUTION_STATUSES)
    measure_count: Series[int]


class ReporterResults(Table, unique=["calendar_year", "reporter"]):
    """Отчётность тех, кто отвечает за показатели: исполнителей и школ."""

    calendar_year: Series[int]
    reporter: Series[str] = but(label="Кто отчитывается")
    expected_measure_count: Series[int]
    reported_measure_count: Series[int]
    documented_measure_count: Series[int]
    accepted_measure_count: Series[int]

    @pa.dataframe_check(error="принято ≤ подтвердил ≤ сообщил ≤ отвечает")
    def parts_within_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        names = ["accepted", "documented", "reported", "expected"]
        steps = frame[[f"{name}_measure_count" for name in names]].diff(axis=1).iloc[:, 1:]
        return (steps >= 0).all(axis=1)


class _TaskKey(Table):
    calendar_year: Series[int]
    task_code: Series[str]
    task_title: Series[str]


class _ExecutorKey(Table):
    calendar_year: Series[int]
    executor_name: Series[str]


class MeasureTotals(Table):
    """Execution added up; every table of it has these columns behind its key."""

    planned_measure_count: Series[int]
    reported_measure_count: Series[int]
    documented_measure_count: Series[int]
    accepted_measure_count: Series[int]
    completed_measure_count: Series[int]
    partly_measure_count: Series[int]
    review_measure_count: Series[int]
    undocumented_measure_count: Series[int]
    failed_measure_count: Series[int]
    early_measure_count: Series[int]
    unknown_measure_count: Series[int]

    @pa.dataframe_check(error="состояния вместе дают план, принято ≤ подтвердил ≤ сообщил ≤ с планом")
    def parts_make_the_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        whole = frame[list(STATUS_COUNTS)].sum(axis=1) == frame["planned_measure_count"]
        steps = ["accepted", "documented", "reported", "planned"]
        return whole & (frame[[f"{name}_measure_count" for name in steps]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=1)


class TaskResults(MeasureTotals, _TaskKey, unique=["calendar_year", "task_code"]):
    """Исполнение по задачам: показатели с планом больше нуля, сколько сообщено, подтверждено, принято и в каком они
    состоянии."""


class ExecutorResults(MeasureTotals, _ExecutorKey, unique=["calendar_year", "executor_name"]):
    """Исполнение по тем, кто назван первым: показатели с планом больше нуля и их состояние."""


class SchoolResults(Table, unique=["calendar_year", "school_login", "activity_code", "measure_number"]):
    """План и факт школ, отвечающих за показатели: по строке на год, школу и показатель."""

    calendar_year: Series[int]
    school_login: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    measure_label: Series[str]
    measure_name: Series[str]
    target_count: Series[pd.Int64Dtype]
    share_count: Series[pd.Int64Dtype]
    reported_count: Series[pd.Int64Dtype]
    documented_count: Series[pd.Int64Dtype]
    accepted_count: Series[pd.Int64Dtype]
    school_status: Series[str] = but(isin=[*EXECUTION_STATUSES, NO_SHARE])

    @pa.dataframe_check(error="без доли состояние одно из трёх: нет сведений, доля не установлена, не планировалось")
    def a_status_rests_on_a_share(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["share_count"].notna() | frame["school_status"].isin(WITHOUT_SHARE)


# Who owes what no reporter does.
OFFICE = "управление образования"


class Owed(Table):
    """Что за кем: чего нет к сроку отчёта, кто это должен и с какого дня."""

    calendar_year: Series[int]
    debtor: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    measure_label: Series[str]
    owed_kind: Series[str] = but(isin=OWED_KINDS)
    since_date: Series[pd.Timestamp]
    piece_count: Series[pd.Int64Dtype] = but(office_only=True)
    reason: Series[str] = but(office_only=True)

    @pa.dataframe_check(error="причина есть у возвращённого и только у него")
    def a_reason_where_it_was_sent_back(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["reason"].notna() == (frame["owed_kind"] == "подтверждение возвращено")


# Tables that the indicators make and the report exports, with the meaning and unit of every column.


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
