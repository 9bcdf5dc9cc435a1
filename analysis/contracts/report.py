"""Tables that only the report holds: the passport, the sentences, and rows of stored tables with a column more."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import IndicatorTable, column
from analysis.contracts.execution import SchoolResults
from analysis.contracts.facts import VERDICTS, Evidence, SchoolMeasures


class PassportRows(IndicatorTable):
    """Паспорт показателей: по строке на показатель."""

    indicator_id: Series[str] = column("Имя", "Имя показателя в таблицах", str_length={"min_value": 1})
    indicator_name: Series[str] = column("Показатель", "Название", str_length={"min_value": 1})
    formula: Series[str] = column("Формула", "Словами", str_length={"min_value": 1})
    formula_source: Series[str] = column("Источник формулы", "Где формула стоит", str_length={"min_value": 1})
    formula_confirmed: Series[bool] = column("Формула подтверждена", "Прочитан ли первичный текст")
    unit: Series[str] = column("Единица", "В чём выражено значение")
    direction: Series[str] = column("Направление", "Что лучше")
    numerator_parts: Series[str] = column("Состав числителя", "Столбцы или строки листов, которые складываются")
    denominator_parts: Series[str] = column("Состав знаменателя", "Столбцы или строки листов; пусто — без знаменателя")
    interval_kind: Series[str] = column("Вид интервала", "Способ или почему интервала нет")
    threshold: Series[pd.Float64Dtype] = column(
        "Порог", "Доля, с которой сравнивают; пусто — порога нет", "доля", ge=0, le=1, nullable=True
    )
    threshold_source: Series[str] = column("Источник порога", "Где порог стоит; пусто — порога нет")
    threshold_confirmed: Series[bool] = column("Порог подтверждён", "Прочитан ли первичный текст своего региона")
    supplied_by: Series[str] = column("Кто даёт", "Откуда берутся сведения")

    class Config:
        unique = ["indicator_id"]


class Conclusions(IndicatorTable):
    """Фразы отчёта о показателях: что сказано, при каком условии и на каких строках это стоит."""

    sentence_id: Series[str] = column("Фраза", "Имя фразы в списке", str_length={"min_value": 1})
    statement_kind: Series[str] = column(
        "Вид", "Факт — что посчитано; вывод — что из этого следует", isin=["Факт", "Вывод"]
    )
    sentence_text: Series[str] = column("Что сказано", "Как напечатано", str_length={"min_value": 1})
    condition: Series[str] = column("Условие", "При каком условии фраза печатается", str_length={"min_value": 1})
    rests_on: Series[str] = column("На чём стоит", "Строки таблицы показателей, через точку с запятой")


class SchoolExecution(SchoolResults):
    """План и факт одной школы: вместо логина — её название."""

    school_name: Series[str] = column("Школа", "Пусто, если школа не опознана")


class AcceptedEvidence(Evidence):
    """Принятые подтверждения с номером показателя."""

    measure_label: Series[str] = column("№ показателя", "4.1/2 — второй показатель мероприятия 4.1")


class JudgedEvidence(Evidence):
    """Подтверждения с решениями о них."""

    verdict: Series[str] = column("Решение", "Принято, возвращено или не рассмотрено", isin=VERDICTS)


class OwnMeasures(SchoolMeasures):
    """Собственные меры школ: вместо логина — название школы."""

    school_name: Series[str] = column("Школа", "Пусто, если школа не опознана")


REPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"passport": PassportRows, "conclusions": Conclusions}
