"""Tables of the effectiveness indicators: each value with what it is made of and how sure it is. Internal, unmasked."""

from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import calendar_year, column

AGAINST_CITY = ["как в городе", "выше предела 95 %", "выше предела 99,8 %", "ниже предела 95 %", "ниже предела 99,8 %"]
LOW_WORDS = ["да", "нет", "нет данных"]
LISTED_WORDS = ["в списке", "не в списке", "нельзя сказать"]
Text = pd.CategoricalDtype


class _Table(pa.DataFrameModel):
    class Config:
        strict = True
        ordered = True
        coerce = False


def _text(title: str, description: str, **checks: Any) -> Any:  # noqa: ANN401
    return column(title, description, **{"nullable": True, **checks})


def _number(title: str, description: str, unit: str = "единица показателя", **checks: Any) -> Any:  # noqa: ANN401
    return column(title, f"{description}; пусто — сказать нельзя, причина в пометках", unit, nullable=True, **checks)


def _chance(title: str, description: str) -> Any:  # noqa: ANN401
    return _number(title, description, "вероятность", ge=0, le=1)


class SchoolIndicators(_Table):
    """Показатели школ и города: по строке на показатель и на то, к чему он относится; только для служебного отчёта."""

    indicator_id: Series[Text] = column("Показатель", "Имя в паспорте показателей")
    school_login: Series[Text] = column("Логин", "Логин школы, «город» или «другие школы» (не получающие поддержку)")
    aspect: Series[Text] = _text("Разрез", "Компетенция, критерий, кто участвовал в конкурсе; пусто — нет разреза")
    procedure: Series[Text] = _text("Процедура", "ВПР, ОГЭ, ЕГЭ или журнал; пусто — показатель не о результатах")
    subject: Series[Text] = _text("Предмет", "Как в календаре процедур")
    programme_grade: Series[pd.Int64Dtype] = _text("Программа класса", "По программе какого класса")
    sitting_grade: Series[pd.Int64Dtype] = _text("Класс участников", "В каком классе учатся участники")
    wave: Series[Text] = _text("Волна", "Весна, осень, основная …")
    calendar_year: Series[pd.Int64Dtype] = calendar_year()
    school_year: Series[Text] = _text("Учебный год", "Вида 2020/21; пусто — сведения за календарный год")
    scale: Series[Text] = _text("Шкала", "В чём выражен результат")
    comparability: Series[Text] = _text("Сопоставимость", "Годы сравнивают, только если это слово совпадает")
    numerator: Series[pd.Float64Dtype] = _number("Числитель", "Сумма частей по паспорту, с весами", ge=0)
    denominator: Series[pd.Float64Dtype] = _number("Знаменатель", "Из скольких", "как в паспорте", ge=0)
    value: Series[pd.Float64Dtype] = _number("Значение", "Доля (0–1), среднее или число", ge=0)
    interval_low: Series[pd.Float64Dtype] = _number("Интервал: от", "Нижняя граница, 95 %", ge=0)
    interval_high: Series[pd.Float64Dtype] = _number("Интервал: до", "Верхняя граница, 95 %", ge=0)
    stabilised_value: Series[pd.Float64Dtype] = _number("Стабилизированное", "Приближено к городу", "доля", ge=0, le=1)
    stabilised_low: Series[pd.Float64Dtype] = _number("Стабилизированное: от", "Граница, 95 %", "доля", ge=0, le=1)
    stabilised_high: Series[pd.Float64Dtype] = _number("Стабилизированное: до", "Граница, 95 %", "доля", ge=0, le=1)
    threshold_probability: Series[pd.Float64Dtype] = _chance(
        "Вероятность порога", "Что истинная доля не меньше порога паспорта; по стабилизированной, если она есть"
    )
    city_value: Series[pd.Float64Dtype] = _number("Город", "Значение по всем школам с тем же ключом", ge=0)
    against_city: Series[Text] = _text("Против города", "Точные биномиальные пределы вокруг города", isin=AGAINST_CITY)
    earlier_year: Series[pd.Int64Dtype] = column(
        "С каким годом сравнено", "Последний сопоставимый год; пусто — сравнить нельзя", "год", nullable=True
    )
    change: Series[pd.Float64Dtype] = _number("Изменение", "Значение минус значение сопоставимого года")
    change_low: Series[pd.Float64Dtype] = _number("Изменение: от", "Нижняя граница, 95 %")
    change_high: Series[pd.Float64Dtype] = _number("Изменение: до", "Верхняя граница, 95 %")
    growth_probability: Series[pd.Float64Dtype] = _chance(
        "Вероятность роста", "Что истинное значение выросло; близко к 0 — снизилось, около 0,5 — неотличимо"
    )
    change_note: Series[Text] = _text("Почему нет изменения", "Разрыв сопоставимости, нет прежних или нынешних данных")
    flags: Series[Text] = column("Пометки", "Через точку с запятой; пусто — нет")

    class Config:
        unique = [
            "indicator_id", "school_login", "aspect", "procedure", "subject", "programme_grade", "sitting_grade",
            "wave", "calendar_year", "school_year", "scale",
        ]  # fmt: skip

    @pa.dataframe_check(error="значение лежит внутри своего интервала")
    def value_inside(cls, frame: pd.DataFrame) -> "pd.Series[bool]":  # noqa: D102, N805
        inside = (frame["interval_low"] <= frame["value"]) & (frame["value"] <= frame["interval_high"])
        return frame["interval_low"].isna() | inside.fillna(False)

    @pa.dataframe_check(error="где значения нет, стоит пометка с причиной")
    def blank_is_explained(cls, frame: pd.DataFrame) -> "pd.Series[bool]":  # noqa: D102, N805
        return frame["value"].notna() | (frame["flags"].astype("str") != "")


class IndicatorGaps(_Table):
    """Чего нет: показатели, сведений для которых за год никто не вернул, и сколько школ не сообщили ничего."""

    indicator_id: Series[str] = column("Показатель", "Имя в паспорте показателей")
    calendar_year: Series[int] = calendar_year()
    school_count: Series[int] = column("Школ с данными", "По скольким школам показатель посчитан", "школа", ge=0)
    missing_school_count: Series[int] = column("Школ без данных", "Школы реестра без показателя", "школа", ge=0)
    reason: Series[str] = column("Пояснение", "«Нет данных» с причиной; пусто, если данные есть у всех школ")

    class Config:
        unique = ["indicator_id", "calendar_year"]


EFFECTIVENESS_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "school_indicators": SchoolIndicators,
    "indicator_gaps": IndicatorGaps,
}
