"""Tables that only the report or its chains hold, and the file of counts that is kept of an export of pupils."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import SourcedTable, Table, address, but, by_name
from analysis.contracts.execution import SchoolResults
from analysis.contracts.facts import VERDICTS, Evidence, SchoolMeasures
from analysis.contracts.school_facts import Results
from analysis.rules.exam_calendar import SCALES


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
    confirmed_count: Series[pd.Int64Dtype] = but(blank="скрыто")


class JudgedEvidence(Evidence):
    """Подтверждения с решениями о них."""

    verdict: Series[str] = but(isin=VERDICTS)


class OwnMeasures(SchoolMeasures):
    """Собственные меры школ: вместо логина — название школы."""

    school_name: Series[str]


REPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"passport": PassportRows, "conclusions": Conclusions}


class ReceivedCells(SourcedTable):
    """Каждая ячейка полученных файлов, прочитанная как таблица, какой она пришла; примечаний нет."""

    place: Series[str] = address("ячейка; в выгрузке — её строка")
    row_place: Series[str] = address("строка с этой ячейкой", label="Адрес строки")
    column_name: Series[str]
    text: Series[str] = but(meaning="Что стоит; от файлов с учениками — только итоги")
    line: Series[pd.Int64Dtype] = but(
        label="Строка итогов", meaning="В файле итогов, где строка — ученик; пусто для остальных", ge=2, nullable=True
    )


class DisplacedResults(Results):
    """Результаты форм, вместо которых засчитаны выгрузки."""


class SelectionRules(Table):
    """Правила отбора, как их записало управление."""

    rule_id: Series[str] = but(unique=True)
    rule_words: Series[str]


CHAIN_TABLES = by_name(ReceivedCells, DisplacedResults, SelectionRules)


OTHER_SCALE = "в этой шкале не считается"
PROCEDURES = ["ВПР", "ОГЭ", "ЕГЭ"]


class Counts(Table):
    """Что остаётся от файла, в котором строка — ученик: `data/raw/<год>/counts_….csv`, по строке на школу и экзамен."""

    place: Series[str] = address("строки учеников")
    procedure: Series[str] = but(meaning="ВПР, ОГЭ или ЕГЭ", isin=PROCEDURES)
    subject: Series[str] = but(meaning="Как в календаре процедур; пусто, если не опознан", nullable=True)
    calendar_year: Series[int]
    named_grade: Series[pd.Int64Dtype]
    scale: Series[str] = but(isin=SCALES)
    school_login: Series[str] = but(
        meaning="Логин школы в ФИС ОКО", str_matches=r"^(edu|sch)\d+$", str_length=None, nullable=True
    )
    code_oo: Series[str] = but(meaning="Код школы в РЦОИ", str_matches=r"^\d+$")
    code_msu: Series[str] = but(meaning="Код муниципалитета в РЦОИ", str_matches=r"^\d+$")
    stated_count: Series[pd.Int64Dtype]
    participant_count: Series[pd.Int64Dtype] = but(meaning="Участников с результатом", blank=OTHER_SCALE)
    mark_2_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_3_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_4_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mark_5_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_lower_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_same_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    journal_higher_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    below_minimum_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    mean_score: Series[pd.Float64Dtype] = but(meaning="По участникам", nullable=True)
    high_score_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    full_score_count: Series[pd.Int64Dtype] = but(blank=OTHER_SCALE)
    minimum_score: Series[pd.Int64Dtype]
    fault: Series[str]
    remark: Series[str]


EXPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"counts": Counts}
