"""Tables that only the report holds: the passport, the sentences, and rows of stored tables with a column more."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import Table, but
from analysis.contracts.execution import SchoolResults
from analysis.contracts.facts import VERDICTS, Evidence, SchoolMeasures


class PassportRows(Table, unique=["indicator_id"]):
    """Паспорт показателей: по строке на показатель."""

    indicator_id: Series[str] = but(label="Имя", meaning="Имя показателя в таблицах", str_length={"min_value": 1})
    indicator_name: Series[str]
    formula: Series[str]
    formula_source: Series[str]
    formula_confirmed: Series[bool]
    unit: Series[str]
    direction: Series[str]
    numerator_parts: Series[str]
    denominator_parts: Series[str]
    interval_kind: Series[str]
    threshold: Series[pd.Float64Dtype] = but(meaning="Доля, с которой сравнивают", blank="порога нет")
    threshold_source: Series[str]
    threshold_confirmed: Series[bool]
    supplied_by: Series[str]


class Conclusions(Table):
    """Фразы отчёта о показателях: что сказано, при каком условии и на каких строках это стоит."""

    sentence_id: Series[str]
    statement_kind: Series[str] = but(isin=["Факт", "Вывод"])
    sentence_text: Series[str]
    condition: Series[str]
    rests_on: Series[str]


class SchoolExecution(SchoolResults):
    """План и факт одной школы: вместо логина — её название."""

    school_name: Series[str]


class AcceptedEvidence(Evidence):
    """Принятые подтверждения с номером показателя."""

    measure_label: Series[str]


class JudgedEvidence(Evidence):
    """Подтверждения с решениями о них."""

    verdict: Series[str] = but(isin=VERDICTS)


class OwnMeasures(SchoolMeasures):
    """Собственные меры школ: вместо логина — название школы."""

    school_name: Series[str]


REPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"passport": PassportRows, "conclusions": Conclusions}
