"""Typed tables of what is reported: schools and their status, reports, evidence, its acceptance, own measures."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import (
    activity_code,
    address,
    calendar_year,
    column,
    measure_number,
    school_login,
    school_year,
    source_file,
)

STATUSES = ["ШНОР", "ШНСУ", "ШНОР и ШНСУ", "нет"]
EVIDENCE_KINDS = ["приказ", "протокол", "программа", "справка", "план", "публикация", "другое"]
SENT_BACK = "возвращено"
VERDICTS = ["принято", SENT_BACK, "не рассмотрено"]
SHORT, FULL = "краткое", "полное"
COUNTED, REPLACED, LATE = "вошла в отчёт", "заменена", "получена после срока"
FORM_STATES = [COUNTED, REPLACED, LATE]


class FactTable(pa.DataFrameModel):
    """A table of facts: every row rests on a received file."""

    source_file: Series[str] = source_file()

    class Config:
        strict = True
        ordered = True
        coerce = False


def _reporter() -> Any:
    return column("Кто отчитался", "Исполнитель за город или логин школы", str_length={"min_value": 1})


def _last_report_year() -> Any:
    return column(
        "Отчитывается по",
        "Последний год, за который школа отчитывается сама: вошедшая в другую — за годы, которые кончились до этого, и "
        "за год слияния, если прислала форму; пусто — срока нет",
        "год",
        ge=2000,
        le=2100,
        nullable=True,
    )


class Schools(FactTable):
    """Все школы города: по строке на школу."""

    place: Series[str] = address("строка школы")
    school_login: Series[str] = school_login()
    code_oo: Series[str] = column("Код ОО", "Код школы в РЦОИ; пусто, если не известен", nullable=True)
    code_msu: Series[str] = column("Код МСУ", "Код муниципалитета в РЦОИ; пусто, если не известен", nullable=True)
    school_name: Series[str] = column(
        "Школа", "Краткое название; у вошедшей в другую — и когда и в какую", str_length={"min_value": 1}
    )
    full_name: Series[str] = column("Полное название", "По уставу; пусто, если не указано", nullable=True)
    aliases: Series[str] = column("Другие названия", "Через точку с запятой, с прежними", nullable=True)
    school_kind: Series[str] = column("Вид", "Школа, лицей, гимназия …", nullable=True)
    pupil_count: Series[pd.Int64Dtype] = column("Учеников", "Пусто — не указано", "ученик", ge=0, nullable=True)

    class Config:
        unique = ["school_login"]


class SchoolStatus(FactTable):
    """Статус школы по учебным годам."""

    place: Series[str] = address("строка статуса")
    school_login: Series[str] = school_login()
    school_year: Series[str] = school_year()
    status: Series[str] = column("Статус", "ШНОР, ШНСУ, оба или нет", isin=STATUSES)
    last_report_year: Series[pd.Int64Dtype] = _last_report_year()

    class Config:
        unique = ["school_login", "school_year"]


class FormerNames(FactTable):
    """Как школы назывались раньше: по всем принятым реестрам, кроме нынешнего."""

    place: Series[str] = address("строка школы")
    school_login: Series[str] = school_login()
    former_name: Series[str] = column("Прежнее название", "Как стоит в прежнем реестре", str_length={"min_value": 1})
    name_kind: Series[str] = column("Вид названия", "Краткое или полное", isin=[SHORT, FULL])
    last_named_date: Series[pd.Timestamp] = column(
        "По реестру от", "Когда получен последний реестр, в котором школа так названа", "дата"
    )

    class Config:
        unique = ["school_login", "former_name"]


class SchoolMergers(FactTable):
    """Школы, которые вошли в состав других: записи data/schools.toml."""

    place: Series[str] = address("запись")
    school_login: Series[str] = school_login()
    ended_name: Series[str] = column("Прежняя школа", "Как она называлась", str_length={"min_value": 1})
    into_login: Series[str] = column("Новая школа", "Логин школы, в которую вошла эта", str_length={"min_value": 1})
    merged_date: Series[pd.Timestamp] = column("Вошла с", "Первый день в составе новой школы", "дата")
    basis: Series[str] = column("Основание", "Документ, который это говорит")
    last_report_year: Series[pd.Int64Dtype] = _last_report_year()

    class Config:
        unique = ["school_login"]


class Reports(FactTable):
    """Что сообщено: по строке на показатель, год и того, кто отчитался."""

    place: Series[str] = address("факт")
    reporter: Series[str] = _reporter()
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    calendar_year: Series[int] = calendar_year()
    fact_count: Series[pd.Int64Dtype] = column(
        "Факт", "Сообщённое значение; пусто — не сообщено, это не ноль", "как в названии", ge=0, nullable=True
    )
    fact_date: Series[pd.Timestamp] = column("Дата", "Когда сделано", "дата", nullable=True)
    note: Series[str] = column("Примечание", "Словами того, кто отчитался; только для служебного отчёта", nullable=True)

    class Config:
        unique = ["reporter", "activity_code", "measure_number", "calendar_year"]


class Evidence(FactTable):
    """Подтверждения: документы, названные тем, кто отчитался."""

    place: Series[str] = address("подтверждение")
    evidence_id: Series[str] = column("Код подтверждения", "Меняется, когда меняется подтверждение", unique=True)
    reporter: Series[str] = _reporter()
    activity_code: Series[str] = activity_code()
    measure_number: Series[int] = measure_number()
    calendar_year: Series[int] = calendar_year()
    evidence_kind: Series[str] = column("Вид документа", "Приказ, протокол …", isin=EVIDENCE_KINDS)
    evidence_number: Series[str] = column("Номер", "Номер документа", nullable=True)
    evidence_date: Series[pd.Timestamp] = column("Дата документа", "Дата документа", "дата", nullable=True)
    evidence_link: Series[str] = column("Ссылка или файл", "Где документ", nullable=True)
    confirmed_count: Series[int] = column("Подтверждает", "Сколько единиц факта подтверждает", "как в названии", ge=1)

    @pa.dataframe_check(error="у подтверждения есть номер или ссылка")
    def can_be_found(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["evidence_number"].notna() | frame["evidence_link"].notna()


class Acceptance(FactTable):
    """Что управление решило о подтверждениях."""

    place: Series[str] = address("решение")
    evidence_id: Series[str] = column("Код подтверждения", "Из таблицы подтверждений", unique=True)
    verdict: Series[str] = column("Решение", "Принято, возвращено или не рассмотрено", isin=VERDICTS)
    verdict_by: Series[str] = column("Кто решил", "Пусто у не рассмотренных", nullable=True)
    verdict_date: Series[pd.Timestamp] = column("Дата решения", "Пусто у не рассмотренных", "дата", nullable=True)
    reason: Series[str] = column("Причина", "Почему возвращено", nullable=True)

    @pa.dataframe_check(error="принятое и возвращённое имеют имя и дату, возвращённое — причину")
    def decided_by_somebody(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        waiting = frame["verdict"] == "не рассмотрено"
        named = frame["verdict_by"].notna() & frame["verdict_date"].notna()
        explained = (frame["verdict"] != SENT_BACK) | frame["reason"].notna()
        return waiting | (named & explained)


class SchoolMeasures(FactTable):
    """Собственные меры школ из их «дорожных карт»."""

    place: Series[str] = address("мера")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    line: Series[int] = column("Строка", "Порядковый номер меры", "номер", ge=1)
    own_measure: Series[str] = column("Мера", "Словами школы", str_length={"min_value": 1})
    planned_count: Series[pd.Int64Dtype] = column("План", "Пусто — не указано", "как в названии", ge=0, nullable=True)
    done_count: Series[pd.Int64Dtype] = column("Сделано", "Пусто — не указано", "как в названии", ge=0, nullable=True)
    done_date: Series[pd.Timestamp] = column("Дата", "Когда сделано", "дата", nullable=True)

    class Config:
        unique = ["school_login", "calendar_year", "line"]


class ReceivedForms(FactTable):
    """Полученные формы: какая вошла в отчёт, какую заменила следующая, какая пришла после срока."""

    reporter: Series[str] = _reporter()
    calendar_year: Series[int] = calendar_year()
    received_date: Series[pd.Timestamp] = column("Получена", "Когда получена форма", "дата")
    cutoff_date: Series[pd.Timestamp] = column("Срок", "До какого дня принимались сведения за этот год", "дата")
    form_state: Series[str] = column(
        "Что с формой", "Вошла в отчёт, заменена или получена после срока", isin=FORM_STATES
    )

    class Config:
        unique = ["source_file"]

    @pa.dataframe_check(error="после срока — это позже срока, и наоборот")
    def late_is_after_the_cutoff(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["form_state"] == LATE) == (frame["received_date"] > frame["cutoff_date"])


FACT_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "schools": Schools,
    "school_status": SchoolStatus,
    "former_names": FormerNames,
    "school_mergers": SchoolMergers,
    "reports": Reports,
    "evidence": Evidence,
    "acceptance": Acceptance,
    "school_measures": SchoolMeasures,
    "received_forms": ReceivedForms,
}
