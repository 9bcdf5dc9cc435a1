"""Tables of the signed document, as text and typed; of the plan made of them, and of its execution."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    CHANGE_KINDS,
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
    Table,
    address,
    but,
    by_name,
)

# Tables of the signed document: the text form, every value a string as received, and the typed form.

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
