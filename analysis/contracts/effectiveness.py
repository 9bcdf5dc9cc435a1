"""Tables of the effectiveness indicators: each value with what it is made of and how sure it is. Internal, unmasked."""

from collections.abc import Collection
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import IndicatorTable, calendar_year, column

LIKE_CITY = "неотличимо от города"
AGAINST_CITY = [LIKE_CITY, "выше предела 95 %", "выше предела 99,8 %", "ниже предела 95 %", "ниже предела 99,8 %"]
LOW_WORDS = ["да", "нет", "нет данных"]
LEAVING_WORDS = ["", "выходит", "остаётся", "нельзя сказать"]
LISTED_WORDS = ["в списке", "не в списке", "нельзя сказать"]
Text = pd.CategoricalDtype


def _text(title: str, description: str, **checks: Any) -> Any:
    return column(title, description, **{"nullable": True, **checks})


def _group() -> Any:
    return column("Школа или группа школ", "Название школы; другие школы и город — вместе")


def _number(title: str, description: str, unit: str = "единица показателя", **checks: Any) -> Any:
    return column(title, f"{description}; пусто — сказать нельзя, причина в пометках", unit, nullable=True, **checks)


def _chance(title: str, description: str) -> Any:
    return _number(title, description, "вероятность", ge=0, le=1)


INDICATOR_KEY = [
    "indicator_id", "aspect", "procedure", "subject", "programme_grade", "sitting_grade", "wave", "calendar_year",
    "school_year", "scale",
]  # fmt: skip


class _Indicators(IndicatorTable):
    indicator_id: Series[Text] = column("Показатель", "Имя в паспорте показателей")
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
        "Вероятность роста",
        "Что истинное значение выросло; близко к 0 — снизилось, около 0,5 — неотличимо; с учётом того, насколько "
        "меняются школы города, если их достаточно, иначе по своим данным",
    )
    own_growth_probability: Series[pd.Float64Dtype] = _chance(
        "Вероятность роста по своим данным",
        "То же без оглядки на другие школы: при малом числе участников слишком уверенно",
    )
    change_note: Series[Text] = _text("Почему нет изменения", "Разрыв сопоставимости, нет прежних или нынешних данных")
    flags: Series[Text] = column("Пометки", "Через точку с запятой; пусто — нет")

    @pa.dataframe_check(error="значение лежит внутри своего интервала")
    def value_inside(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        inside = (frame["interval_low"] <= frame["value"]) & (frame["value"] <= frame["interval_high"])
        return frame["interval_low"].isna() | inside.fillna(False)

    @pa.dataframe_check(error="где значения нет, стоит пометка с причиной")
    def blank_is_explained(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["value"].notna() | (frame["flags"].astype("str") != "")


class SchoolIndicators(_Indicators):
    """Показатели школ и города: по строке на показатель и на то, к чему он относится; только для служебного отчёта."""

    school_login: Series[Text] = column("Логин", "Логин школы, «город» или «другие школы» (не получающие поддержку)")

    class Config:
        unique = [*INDICATOR_KEY, "school_login"]


class PublicIndicators(_Indicators):
    """Показатели поддерживаемых школ, других школ вместе и города; скрытое пусто, и пометка так говорит."""

    group_name: Series[Text] = _group()

    class Config:
        unique = [*INDICATOR_KEY, "group_name"]


class IndicatorGaps(IndicatorTable):
    """Чего нет: показатели, сведений для которых за год никто не вернул, и сколько школ не сообщили ничего."""

    indicator_id: Series[str] = column("Показатель", "Имя в паспорте показателей")
    calendar_year: Series[int] = calendar_year()
    school_count: Series[int] = column("Школ с данными", "По скольким школам показатель посчитан", "школа", ge=0)
    missing_school_count: Series[int] = column("Школ без данных", "Школы реестра без показателя", "школа", ge=0)
    reason: Series[str] = column("Пояснение", "«Нет данных» с причиной; пусто, если данные есть у всех школ")

    class Config:
        unique = ["indicator_id", "calendar_year"]


def _rule() -> Any:
    return column("Правило", "Имя правила в data/selection.toml", str_length={"min_value": 1})


def _login() -> Any:
    return column("Логин", "Логин школы в ФИС ОКО", str_length={"min_value": 1})


HIT_KEY = ["rule_id", "calendar_year", "procedure", "subject", "programme_grade", "wave"]


class _Hits(IndicatorTable):
    rule_id: Series[str] = _rule()
    calendar_year: Series[int] = calendar_year()
    procedure: Series[str] = column("Процедура", "ВПР, ОГЭ или ЕГЭ")
    subject: Series[str] = column("Предмет", "Как в календаре процедур")
    programme_grade: Series[int] = column("Программа класса", "По программе какого класса", "класс", ge=1, le=11)
    wave: Series[str] = column("Волна", "Весна, осень, основная …")
    numerator: Series[pd.Float64Dtype] = _number("Не преодолели", "Сколько участников", "участник", ge=0)
    denominator: Series[pd.Float64Dtype] = _number("Участников", "Из скольких", "участник", ge=0)
    value: Series[pd.Float64Dtype] = _number("Доля", "Не преодолевших", "доля", ge=0, le=1)
    interval_low: Series[pd.Float64Dtype] = _number("Интервал: от", "Нижняя граница, 95 %", "доля", ge=0, le=1)
    interval_high: Series[pd.Float64Dtype] = _number("Интервал: до", "Верхняя граница, 95 %", "доля", ge=0, le=1)
    is_low: Series[str] = column("Низкая", "Доля не меньше порога правила", isin=LOW_WORDS)
    low_probability: Series[pd.Float64Dtype] = _chance(
        "Вероятность", "Что истинная доля не меньше порога; по стабилизированной, если она есть"
    )
    city_value: Series[pd.Float64Dtype] = _number("Город", "Доля по всем школам", "доля", ge=0, le=1)
    false_alarm_probability: Series[pd.Float64Dtype] = _chance(
        "Ложная тревога", "Что школа с долей города при таком числе участников окажется низкой случайно"
    )
    miss_probability: Series[pd.Float64Dtype] = _chance(
        "Пропуск", "Что школа с долей настолько выше порога, насколько город ниже его, низкой не окажется"
    )
    flags: Series[str] = column("Пометки", "Через точку с запятой; пусто — нет")


class SelectionHits(_Hits):
    """Низкие процедуры: по строке на правило, школу, процедуру и год, с вероятностью ошибки; не перечень школ."""

    school_login: Series[str] = _login()

    class Config:
        unique = [*HIT_KEY, "school_login"]


class PublicHits(_Hits):
    """Процедуры правил, доля по которым открыта: только поддерживаемые школы."""

    group_name: Series[str] = _group()

    class Config:
        unique = [*HIT_KEY, "group_name"]


class Selection(IndicatorTable):
    """Отбор: по строке на правило, школу и год; «нельзя сказать» — когда недостающие данные могли бы изменить ответ."""

    rule_id: Series[str] = _rule()
    school_login: Series[str] = _login()
    calendar_year: Series[int] = calendar_year()
    expected_procedure_count: Series[int] = column("Ожидалось", "Процедур правила у этой школы", "процедура", ge=0)
    known_procedure_count: Series[int] = column("Известно", "Процедур с результатом", "процедура", ge=0)
    low_procedure_count: Series[int] = column("Низких", "Процедур не ниже порога", "процедура", ge=0)
    repeated_low_count: Series[int] = column("Низких два года", "Тех же процедур два года подряд", "процедура", ge=0)
    listed: Series[str] = column("По правилу", "Попадает ли школа в список", isin=LISTED_WORDS)
    reason: Series[str] = column("Почему", "Что решило", str_length={"min_value": 1})
    chance_probability: Series[pd.Float64Dtype] = _chance(
        "Случайно", "Что школа с долями города набрала бы за год низких процедур не меньше, чем требует правило"
    )
    low_probability: Series[pd.Float64Dtype] = _chance(
        "Вероятность", "Что истинных долей не ниже порога не меньше, чем требует правило; процедуры независимы"
    )
    leaving: Series[str] = column("Выход", "Для школ из списка предыдущего года; пусто — не была", isin=LEAVING_WORDS)
    unchanged_probability: Series[pd.Float64Dtype] = _chance(
        "Выход случаен", "Что так же мало низких процедур было бы при прошлогодних истинных долях"
    )
    leaving_note: Series[str] = column("О выходе", "Отличим ли от случая; пусто — не выходит")

    class Config:
        unique = ["rule_id", "school_login", "calendar_year"]


class SelectionThresholds(IndicatorTable):
    """Отбор при другом пороге: сколько школ вошло бы, кто добавился бы и кто выпал бы."""

    rule_id: Series[str] = _rule()
    calendar_year: Series[int] = calendar_year()
    threshold: Series[float] = column("Порог", "Доля, с которой процедура низкая", "доля", ge=0, le=1)
    is_rule: Series[bool] = column("Порог правила", "Тот порог, который стоит в правиле")
    listed_school_count: Series[int] = column("В списке", "Сколько школ", "школа", ge=0)
    undecided_school_count: Series[int] = column("Нельзя сказать", "Сколько школ", "школа", ge=0)
    entering_schools: Series[str] = column("Вошли бы", "Логины через запятую, против порога правила")
    leaving_schools: Series[str] = column("Выпали бы", "Логины через запятую, против порога правила")

    class Config:
        unique = ["rule_id", "calendar_year", "threshold"]


class TrainingNeeds(IndicatorTable):
    """Потребность в обучении: темы по дефицитам учителей города, с неопределённостью места; учителей не сравнивают."""

    calendar_year: Series[int] = calendar_year()
    competence: Series[str] = column("Тема", "Компетенция, как названа в форме", str_length={"min_value": 1})
    diagnosed_teacher_count: Series[int] = column("Диагностировано", "Учителей прошло диагностику", "учитель", ge=0)
    deficit_teacher_count: Series[int] = column("С дефицитом", "Учителей, у кого найден дефицит", "учитель", ge=0)
    diagnosed_school_count: Series[int] = column("Школ с диагностикой", "Сколько школ", "школа", ge=0)
    deficit_school_count: Series[int] = column("Школ с дефицитом", "Где он есть хотя бы у одного", "школа", ge=0)
    deficit_schools: Series[str] = column("Школы", "Логины через запятую")
    value: Series[pd.Float64Dtype] = _number("Доля", "Учителей с дефицитом из диагностированных", "доля", ge=0, le=1)
    interval_low: Series[pd.Float64Dtype] = _number("Интервал: от", "Нижняя граница, 95 %", "доля", ge=0, le=1)
    interval_high: Series[pd.Float64Dtype] = _number("Интервал: до", "Верхняя граница, 95 %", "доля", ge=0, le=1)
    expected_rank: Series[pd.Float64Dtype] = _number("Место", "Среднее место темы; 1 — самая нужная", "место", ge=1)
    rank_low: Series[pd.Int64Dtype] = _number("Место: от", "С вероятностью 95 %", "место", ge=1)
    rank_high: Series[pd.Int64Dtype] = _number("Место: до", "С вероятностью 95 %", "место", ge=1)
    top_probability: Series[pd.Float64Dtype] = _chance("Вероятность первых трёх", "Что тема среди трёх самых нужных")
    flags: Series[str] = column("Пометки", "Через точку с запятой; пусто — нет")

    class Config:
        unique = ["calendar_year", "competence"]


EFFECTIVENESS_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "school_indicators": SchoolIndicators,
    "indicator_gaps": IndicatorGaps,
    "selection_hits": SelectionHits,
    "selection": Selection,
    "selection_thresholds": SelectionThresholds,
    "training_needs": TrainingNeeds,
}
# What the public may see: made from the masked tables alone.
PUBLIC_EFFECTIVENESS: dict[str, type[pa.DataFrameModel]] = {
    "public_school_indicators": PublicIndicators,
    "public_selection_hits": PublicHits,
}


def holding_shares(shares: Collection[str]) -> dict[str, type[pa.DataFrameModel]]:
    """Returns the contracts of the tables of indicators with one more rule: a share lies between 0 and 1.

    Args:
        shares: The indicators that the passport of the project calls shares; the table itself does not say which are.
    """

    def is_within(_cls: type[pa.DataFrameModel], frame: pd.DataFrame) -> "pd.Series[bool]":
        return ~frame["indicator_id"].isin(list(shares)) | frame["value"].isna() | frame["value"].between(0, 1)

    rule = pa.dataframe_check(error="доля лежит от 0 до 1")(is_within)
    every = {**EFFECTIVENESS_TABLES, **PUBLIC_EFFECTIVENESS}
    with_values = {name: one for name, one in every.items() if issubclass(one, _Indicators)}
    return {**every, **{name: type(one.__name__, (one,), {"is_within": rule}) for name, one in with_values.items()}}
