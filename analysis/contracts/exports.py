"""The file that is kept of an export with a row per pupil: counts per school and exam, never a row per pupil."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import Table, address, but
from analysis.rules.exam_calendar import SCALES

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
