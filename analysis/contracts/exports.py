"""The file that is kept of an export with a row per pupil: counts per school and exam, never a row per pupil."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import address, calendar_year, column
from analysis.rules.exam_calendar import SCALES

PROCEDURES = ["ВПР", "ОГЭ", "ЕГЭ"]


def _count(title: str, description: str) -> Any:
    return column(title, f"{description}; пусто — в этой шкале не считается", "участник", ge=0, nullable=True)


class Counts(pa.DataFrameModel):
    """Что остаётся от файла, в котором строка — ученик: `data/raw/<год>/counts_….csv`, по строке на школу и экзамен."""

    place: Series[str] = address("строки учеников")
    procedure: Series[str] = column("Процедура", "ВПР, ОГЭ или ЕГЭ", isin=PROCEDURES)
    subject: Series[str] = column("Предмет", "Как в календаре процедур; пусто, если не опознан", nullable=True)
    calendar_year: Series[int] = calendar_year()
    named_grade: Series[pd.Int64Dtype] = column(
        "Класс", "Класс участников, как его называет файл", "класс", ge=1, le=11, nullable=True
    )
    scale: Series[str] = column("Шкала", "В чём выражен результат", isin=SCALES)
    school_login: Series[str] = column("Логин", "Логин школы в ФИС ОКО", str_matches=r"^(edu|sch)\d+$", nullable=True)
    code_oo: Series[str] = column("Код ОО", "Код школы в РЦОИ", str_matches=r"^\d+$", nullable=True)
    code_msu: Series[str] = column("Код МСУ", "Код муниципалитета в РЦОИ", str_matches=r"^\d+$", nullable=True)
    stated_count: Series[pd.Int64Dtype] = _count("Участников по шапке", "Сколько участников называет сам файл")
    participant_count: Series[pd.Int64Dtype] = _count("Участников", "Участников с результатом")
    mark_2_count: Series[pd.Int64Dtype] = _count("Отметок «2»", "Участников с отметкой «2»")
    mark_3_count: Series[pd.Int64Dtype] = _count("Отметок «3»", "Участников с отметкой «3»")
    mark_4_count: Series[pd.Int64Dtype] = _count("Отметок «4»", "Участников с отметкой «4»")
    mark_5_count: Series[pd.Int64Dtype] = _count("Отметок «5»", "Участников с отметкой «5»")
    journal_lower_count: Series[pd.Int64Dtype] = _count("Понизили", "Отметка ниже, чем в журнале")
    journal_same_count: Series[pd.Int64Dtype] = _count("Подтвердили", "Отметка та же, что в журнале")
    journal_higher_count: Series[pd.Int64Dtype] = _count("Повысили", "Отметка выше, чем в журнале")
    below_minimum_count: Series[pd.Int64Dtype] = _count("Ниже минимума", "Не преодолели минимальный балл")
    mean_score: Series[pd.Float64Dtype] = column("Средний балл", "По участникам", "балл", ge=0, le=100, nullable=True)
    high_score_count: Series[pd.Int64Dtype] = _count("80–99 баллов", "Участников с баллом от 80 до 99")
    full_score_count: Series[pd.Int64Dtype] = _count("100 баллов", "Участников со 100 баллами")
    minimum_score: Series[pd.Int64Dtype] = column(
        "Минимальный балл", "С каким минимумом сравнивали при чтении", "балл", ge=0, le=100, nullable=True
    )
    fault: Series[str] = column("Почему отложено", "Пусто, если всё прочитано; значений файла здесь нет", nullable=True)
    remark: Series[str] = column("Что заметили", "Строка учтена; значений файла здесь нет", nullable=True)

    class Config:
        strict = True
        ordered = True
        coerce = False


EXPORT_TABLES: dict[str, type[pa.DataFrameModel]] = {"counts": Counts}
