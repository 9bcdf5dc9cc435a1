"""Typed tables of what is reported: schools and their status, reports, evidence, its acceptance, own measures."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import SourcedTable, address, but, by_name

STATUSES = ["ШНОР", "ШНСУ", "ШНОР и ШНСУ", "нет"]
EVIDENCE_KINDS = ["приказ", "протокол", "программа", "справка", "план", "публикация", "другое"]
SENT_BACK = "возвращено"
VERDICTS = ["принято", SENT_BACK, "не рассмотрено"]
SHORT, FULL = "краткое", "полное"
COUNTED, REPLACED, LATE = "вошла в отчёт", "заменена", "получена после срока"
FORM_STATES = [COUNTED, REPLACED, LATE]


class Schools(SourcedTable, unique=["school_login"]):
    """Все школы города: по строке на школу."""

    place: Series[str] = address("строка школы")
    school_login: Series[str]
    code_oo: Series[str]
    code_msu: Series[str]
    school_name: Series[str] = but(
        meaning="Краткое название; у вошедшей в другую — и когда и в какую", str_length={"min_value": 1}
    )
    full_name: Series[str]
    aliases: Series[str]
    school_kind: Series[str]
    pupil_count: Series[pd.Int64Dtype]


class SchoolStatus(SourcedTable, unique=["school_login", "school_year"]):
    """Статус школы по учебным годам."""

    place: Series[str] = address("строка статуса")
    school_login: Series[str]
    school_year: Series[str]
    status: Series[str] = but(label="Статус", meaning="ШНОР, ШНСУ, оба или нет", isin=STATUSES)
    last_report_year: Series[pd.Int64Dtype]


class FormerNames(SourcedTable, unique=["school_login", "former_name"]):
    """Как школы назывались раньше: по всем принятым реестрам, кроме нынешнего."""

    place: Series[str] = address("строка школы")
    school_login: Series[str]
    former_name: Series[str]
    name_kind: Series[str] = but(isin=[SHORT, FULL])
    last_named_date: Series[pd.Timestamp]


class SchoolMergers(SourcedTable, unique=["school_login"]):
    """Школы, которые вошли в состав других: записи data/schools.toml."""

    place: Series[str] = address("запись")
    school_login: Series[str]
    ended_name: Series[str]
    into_login: Series[str]
    merged_date: Series[pd.Timestamp]
    basis: Series[str]
    last_report_year: Series[pd.Int64Dtype]


class Reports(SourcedTable, unique=["reporter", "activity_code", "measure_number", "calendar_year"]):
    """Что сообщено: по строке на показатель, год и того, кто отчитался."""

    place: Series[str] = address("факт")
    reporter: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    whole_count: Series[pd.Int64Dtype]
    fact_count: Series[pd.Int64Dtype]
    fact_date: Series[pd.Timestamp]
    note: Series[str]


class Evidence(SourcedTable):
    """Подтверждения: документы, названные тем, кто отчитался."""

    place: Series[str] = address("подтверждение")
    evidence_id: Series[str] = but(unique=True)
    reporter: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    evidence_title: Series[str]
    evidence_kind: Series[str] = but(isin=EVIDENCE_KINDS)
    evidence_number: Series[str]
    evidence_date: Series[pd.Timestamp]
    evidence_link: Series[str]
    confirmed_count: Series[int]

    @pa.dataframe_check(error="у подтверждения есть номер или ссылка")
    def can_be_found(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["evidence_number"].notna() | frame["evidence_link"].notna()


class Acceptance(SourcedTable):
    """Что управление решило о подтверждениях."""

    place: Series[str] = address("решение")
    evidence_id: Series[str] = but(meaning="Из таблицы подтверждений", unique=True)
    verdict: Series[str] = but(isin=VERDICTS)
    verdict_by: Series[str]
    verdict_date: Series[pd.Timestamp]
    reason: Series[str]

    @pa.dataframe_check(error="принятое и возвращённое имеют имя и дату, возвращённое — причину")
    def decided_by_somebody(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        waiting = frame["verdict"] == "не рассмотрено"
        named = frame["verdict_by"].notna() & frame["verdict_date"].notna()
        explained = (frame["verdict"] != SENT_BACK) | frame["reason"].notna()
        return waiting | (named & explained)


class SchoolMeasures(SourcedTable, unique=["school_login", "calendar_year", "line"]):
    """Собственные меры школ из их «дорожных карт»."""

    place: Series[str] = address("мера")
    school_login: Series[str]
    calendar_year: Series[int]
    line: Series[int]
    own_measure: Series[str]
    planned_count: Series[pd.Int64Dtype] = but(
        label="План", meaning="Пусто — не указано", unit="как в названии", nullable=True
    )
    done_count: Series[pd.Int64Dtype]
    done_date: Series[pd.Timestamp]


class ReceivedForms(SourcedTable, unique=["source_file"]):
    """Полученные формы: какая вошла в отчёт, какую заменила следующая, какая пришла после срока."""

    reporter: Series[str]
    calendar_year: Series[int]
    received_date: Series[pd.Timestamp] = but(label="Получена", meaning="Когда получена форма")
    cutoff_date: Series[pd.Timestamp]
    form_state: Series[str] = but(isin=FORM_STATES)

    @pa.dataframe_check(error="после срока — это позже срока, и наоборот")
    def late_is_after_the_cutoff(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["form_state"] == LATE) == (frame["received_date"] > frame["cutoff_date"])


FACT_TABLES = by_name(
    Schools, SchoolStatus, FormerNames, SchoolMergers, Reports, Evidence, Acceptance, SchoolMeasures, ReceivedForms
)
