"""Derived tables about schools: by group of schools, whole and masked, and the effectiveness indicators."""

from collections.abc import Collection
from functools import cache

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import NOT_SHOWN, NOT_TOLD, Table, but, by_name, titles_of
from analysis.contracts.facts import CONTEST_LEVELS, CONTESTANTS, PERSON, POST, SCOPES, units

SHIFTED = "почти все школы изменились в одну сторону: проверьте, можно ли сравнивать с прежним годом"
NOT_ESTIMATED = "оценить не удалось: подгонка модели не сошлась"
UNCOUNTABLE = "не оценено: числа людей не целые, больше 2000 или часть больше целого"
# How a reason begins why a year is not compared with the one before.
BREAK = "разрыв сопоставимости"
JUMPED = "скачок уровня всего города: с прежними годами не сравнить"
# Flags that only the office sees, as everything that is fitted to all schools.
OF_THE_MODEL = (NOT_ESTIMATED, UNCOUNTABLE, JUMPED)
FORESEEN = [
    "foreseen_value", "foreseen_low", "foreseen_high", "better_probability", "worse_probability", "noticeable_change",
]  # fmt: skip


# Tables of school facts by supported school, the other schools and the city: whole for the office, masked for all.


class _GroupTable(Table):
    calendar_year: Series[int]


class _Sitting(_GroupTable):
    school_year: Series[str] = but(str_matches=None)
    procedure: Series[str]
    subject: Series[str]
    programme_grade: Series[int]
    sitting_grade: Series[int]
    wave: Series[str]
    scope: Series[str] = but(isin=SCOPES)
    group_name: Series[str] = but(str_length={"min_value": 1})
    school_count: Series[int]
    participant_count: Series[pd.Int64Dtype] = but(
        meaning="С результатом; в журнале — с отметкой и н/а", blank=NOT_SHOWN
    )


class MarkResults(_Sitting):
    """Отметки по процедурам: поддерживаемые школы, другие школы, город. Доли — от числа участников."""

    mark_2_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    mark_3_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    mark_4_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    mark_5_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    not_attested_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    mark_2_share: Series[pd.Float64Dtype]
    mark_3_share: Series[pd.Float64Dtype]
    mark_4_share: Series[pd.Float64Dtype]
    mark_5_share: Series[pd.Float64Dtype]
    not_attested_share: Series[pd.Float64Dtype]
    compared_count: Series[pd.Int64Dtype]
    journal_lower_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    journal_same_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    journal_higher_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    journal_lower_share: Series[pd.Float64Dtype]
    journal_same_share: Series[pd.Float64Dtype]
    journal_higher_share: Series[pd.Float64Dtype]
    hidden_columns: Series[str] = but(public_only=True)


class ScoreResults(_Sitting):
    """Результаты в баллах: поддерживаемые школы, другие школы, город. Доли — от числа участников."""

    below_minimum_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    high_score_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    full_score_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    below_minimum_share: Series[pd.Float64Dtype]
    high_score_share: Series[pd.Float64Dtype]
    full_score_share: Series[pd.Float64Dtype]
    mean_score: Series[pd.Float64Dtype] = but(blank=NOT_SHOWN)
    hidden_columns: Series[str] = but(public_only=True)


class _PartTable(_GroupTable):
    scope: Series[str] = but(isin=SCOPES)
    group_name: Series[str] = but(str_length={"min_value": 1})
    school_count: Series[int]


class PupilGroups(_PartTable):
    """Контингент и социальный паспорт: группа, её численность и доля от всех обучающихся тех же школ."""

    pupil_group: Series[str] = but(meaning="Все, ступень или группа социального паспорта")
    group_pupil_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    base_pupil_count: Series[pd.Int64Dtype]
    group_share: Series[pd.Float64Dtype]
    hidden_columns: Series[str] = but(public_only=True)


class StaffParts(_PartTable):
    """Кадры: значение и доля; вакансий — от ставок, категорий и обученных — от учителей."""

    staff_group: Series[str] = but(isin=list(units("staff")))
    staff_unit: Series[str] = but(isin=[POST, PERSON])
    staff_amount: Series[pd.Float64Dtype] = but(
        meaning="Ставок или человек", blank=NOT_SHOWN, unit="ставка или человек"
    )
    base_staff_amount: Series[pd.Float64Dtype]
    staff_share: Series[pd.Float64Dtype]
    hidden_columns: Series[str] = but(public_only=True)


class DeficitParts(_PartTable):
    """Профессиональные дефициты: учителей с дефицитом из прошедших диагностику."""

    competence: Series[str] = but(str_length=None)
    deficit_teacher_count: Series[pd.Int64Dtype] = but(meaning="Учителей с дефицитом", blank=NOT_SHOWN)
    diagnosed_teacher_count: Series[pd.Int64Dtype] = but(meaning="Учителей", blank=NOT_SHOWN)
    deficit_share: Series[pd.Float64Dtype]
    hidden_columns: Series[str] = but(public_only=True)


class ContestParts(_PartTable):
    """Конкурсы по уровням: участников и среди них победителей и призёров."""

    contest_level: Series[str] = but(isin=CONTEST_LEVELS)
    contestants: Series[str] = but(isin=CONTESTANTS)
    contest_count: Series[pd.Int64Dtype] = but(blank=NOT_SHOWN)
    winner_count: Series[pd.Int64Dtype] = but(meaning="Сколько отмечено", blank=NOT_SHOWN)
    contestant_count: Series[pd.Int64Dtype] = but(meaning="Сколько участвовало", blank=NOT_SHOWN)
    winner_share: Series[pd.Float64Dtype]
    hidden_columns: Series[str] = but(public_only=True)


class SelfAssessmentParts(_PartTable):
    """Самооценка: балл школы; у других школ и города — среднее по школам. Баллы — не о людях и не скрываются."""

    criterion: Series[str] = but(str_length=None)
    assessment_score: Series[float] = but(meaning="Школы; у групп школ — среднее")


GROUP_TABLES = by_name(
    MarkResults, ScoreResults, PupilGroups, StaffParts, DeficitParts, ContestParts, SelfAssessmentParts
)
# What the public may see: the same tables, masked once for all editions and forms of print.
PUBLIC_TABLES = {f"public_{name}": contract for name, contract in GROUP_TABLES.items()}


@cache
def column_title(column: str) -> str:
    """The label of a column of these tables; one name has one label in all of them."""
    return next(titles[column] for titles in map(titles_of, GROUP_TABLES.values()) if column in titles)


# Tables of the effectiveness indicators: each value with what it is made of and how sure it is. Internal, unmasked.

LIKE_CITY = "неотличимо от города"
AGAINST_CITY = [LIKE_CITY, "выше предела 95 %", "выше предела 99,8 %", "ниже предела 95 %", "ниже предела 99,8 %"]
LOW_WORDS = ["да", "нет", "нет данных"]
LEAVING_WORDS = ["", "выходит", "остаётся", "нельзя сказать"]
LISTED_WORDS = ["в списке", "не в списке", "нельзя сказать"]
Text = pd.CategoricalDtype


INDICATOR_KEY = [
    "indicator_id", "aspect", "procedure", "subject", "programme_grade", "sitting_grade", "wave", "calendar_year",
    "school_year", "scale",
]  # fmt: skip


class _Indicators(Table):
    indicator_id: Series[Text]
    aspect: Series[Text]
    procedure: Series[Text] = but(blank="показатель не о результатах")
    subject: Series[Text] = but(nullable=True)
    programme_grade: Series[pd.Int64Dtype] = but(unit="", ge=None, le=None, nullable=True)
    sitting_grade: Series[pd.Int64Dtype] = but(unit="", ge=None, le=None, nullable=True)
    wave: Series[Text] = but(nullable=True)
    calendar_year: Series[pd.Int64Dtype]
    school_year: Series[Text] = but(blank="сведения за календарный год", str_matches=None)
    scale: Series[Text] = but(nullable=True)
    comparability: Series[Text]
    numerator: Series[pd.Float64Dtype]
    denominator: Series[pd.Float64Dtype]
    value: Series[pd.Float64Dtype] = but(
        label="Значение", meaning="Доля (0–1), среднее или число", blank=NOT_TOLD, unit="единица показателя"
    )
    interval_low: Series[pd.Float64Dtype] = but(unit="единица показателя", le=None)
    interval_high: Series[pd.Float64Dtype] = but(unit="единица показателя", le=None)
    pooled_value: Series[pd.Float64Dtype]
    pooled_low: Series[pd.Float64Dtype]
    pooled_high: Series[pd.Float64Dtype]
    threshold_probability: Series[pd.Float64Dtype]
    city_value: Series[pd.Float64Dtype]
    against_city: Series[Text] = but(isin=AGAINST_CITY)
    earlier_year: Series[pd.Int64Dtype]
    change: Series[pd.Float64Dtype]
    change_low: Series[pd.Float64Dtype]
    change_high: Series[pd.Float64Dtype]
    foreseen_value: Series[pd.Float64Dtype]
    foreseen_low: Series[pd.Float64Dtype]
    foreseen_high: Series[pd.Float64Dtype]
    better_probability: Series[pd.Float64Dtype]
    worse_probability: Series[pd.Float64Dtype]
    noticeable_change: Series[pd.Float64Dtype]
    change_note: Series[Text]
    flags: Series[Text]

    @pa.dataframe_check(error="значение лежит внутри своего интервала")
    def value_inside(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        inside = (frame["interval_low"] <= frame["value"]) & (frame["value"] <= frame["interval_high"])
        return frame["interval_low"].isna() | inside.fillna(False)

    @pa.dataframe_check(error="где значения нет, стоит пометка с причиной")
    def blank_is_explained(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["value"].notna() | (frame["flags"].astype("str") != "")


class SchoolIndicators(_Indicators, unique=[*INDICATOR_KEY, "school_login"]):
    """Показатели школ и города: по строке на показатель и на то, к чему он относится; только для служебного отчёта."""

    school_login: Series[Text] = but(
        meaning="Логин школы, «город» или «другие школы» (не получающие поддержку)", str_length=None
    )


class PublicIndicators(_Indicators, unique=[*INDICATOR_KEY, "group_name"]):
    """Показатели поддерживаемых школ, других школ вместе и города; скрытое пусто, и пометка так говорит."""

    group_name: Series[Text]


class SchoolEffects(Table, unique=["indicator_id", "calendar_year", "school_login"]):
    """Школы по всем результатам года: насколько школа отличается от города и чего ждали от неё по прежним годам."""

    indicator_id: Series[str]
    calendar_year: Series[int]
    school_login: Series[str] = but(meaning="Логин школы в ФИС ОКО")
    procedure_count: Series[int]
    numerator: Series[float] = but(meaning="По всем результатам вместе", nullable=False)
    denominator: Series[float] = but(meaning="По всем результатам вместе", nullable=False)
    city_value: Series[float] = but(meaning="Доля по всем результатам всех школ", unit="доля", le=1, nullable=False)
    pooled_value: Series[pd.Float64Dtype] = but(
        meaning="Какой была бы доля школы там, где доля города — как в столбце «Город»", blank=NOT_TOLD
    )
    pooled_low: Series[pd.Float64Dtype]
    pooled_high: Series[pd.Float64Dtype]
    above_city_probability: Series[pd.Float64Dtype]
    comparable_count: Series[pd.Int64Dtype]
    comparable_value: Series[pd.Float64Dtype]
    foreseen_value: Series[pd.Float64Dtype]
    foreseen_low: Series[pd.Float64Dtype]
    foreseen_high: Series[pd.Float64Dtype]
    better_probability: Series[pd.Float64Dtype]
    worse_probability: Series[pd.Float64Dtype]
    noticeable_change: Series[pd.Float64Dtype]
    like_context_value: Series[pd.Float64Dtype]
    like_context_low: Series[pd.Float64Dtype]
    like_context_high: Series[pd.Float64Dtype]
    above_context_probability: Series[pd.Float64Dtype]
    flags: Series[str]


class IndicatorGaps(Table, unique=["indicator_id", "calendar_year"]):
    """Чего нет: показатели, сведений для которых за год никто не вернул, и сколько школ не сообщили ничего."""

    indicator_id: Series[str]
    calendar_year: Series[int]
    school_count: Series[int] = but(label="Школ с данными", meaning="По скольким школам показатель посчитан", ge=0)
    missing_school_count: Series[int]
    reason: Series[str] = but(
        label="Пояснение", meaning="«Нет данных» с причиной; пусто, если данные есть у всех школ", nullable=False
    )


HIT_KEY = ["rule_id", "calendar_year", "procedure", "subject", "programme_grade", "wave"]


class _Hits(Table):
    rule_id: Series[str]
    calendar_year: Series[int]
    procedure: Series[str] = but(meaning="ВПР, ОГЭ или ЕГЭ")
    subject: Series[str]
    programme_grade: Series[int]
    wave: Series[str]
    numerator: Series[pd.Float64Dtype] = but(
        label="Не преодолели", meaning="Сколько участников", blank=NOT_TOLD, unit="участник"
    )
    denominator: Series[pd.Float64Dtype] = but(label="Участников", unit="участник")
    value: Series[pd.Float64Dtype] = but(meaning="Не преодолевших", blank=NOT_TOLD, le=1)
    interval_low: Series[pd.Float64Dtype]
    interval_high: Series[pd.Float64Dtype]
    is_low: Series[str] = but(isin=LOW_WORDS)
    low_probability: Series[pd.Float64Dtype]
    city_value: Series[pd.Float64Dtype] = but(meaning="Доля по всем школам", blank=NOT_TOLD, unit="доля", le=1)
    flags: Series[str]


class SelectionHits(_Hits, unique=[*HIT_KEY, "school_login"]):
    """Низкие процедуры: по строке на правило, школу, процедуру и год, с вероятностью ошибки; не перечень школ."""

    school_login: Series[str] = but(meaning="Логин школы в ФИС ОКО")


class PublicHits(_Hits, unique=[*HIT_KEY, "group_name"]):
    """Процедуры правил, доля по которым открыта: только поддерживаемые школы."""

    group_name: Series[str]


class Selection(Table, unique=["rule_id", "school_login", "calendar_year"]):
    """Отбор: по строке на правило, школу и год; «нельзя сказать» — когда недостающие данные могли бы изменить ответ."""

    rule_id: Series[str]
    school_login: Series[str] = but(meaning="Логин школы в ФИС ОКО")
    calendar_year: Series[int]
    expected_procedure_count: Series[int]
    known_procedure_count: Series[int]
    low_procedure_count: Series[int]
    repeated_low_count: Series[int]
    listed: Series[str] = but(isin=LISTED_WORDS)
    reason: Series[str] = but(label="Почему", meaning="Что решило", str_length={"min_value": 1}, nullable=False)
    low_probability: Series[pd.Float64Dtype] = but(
        meaning="Что условие года выполнялось бы и при неограниченном числе учеников, по всем процедурам вместе",
        blank=NOT_TOLD,
    )
    leaving: Series[str] = but(isin=LEAVING_WORDS)
    still_low_probability: Series[pd.Float64Dtype]
    leaving_note: Series[str]


class SelectionThresholds(Table, unique=["rule_id", "calendar_year", "threshold"]):
    """Отбор при другом пороге: сколько школ вошло бы, кто добавился бы и кто выпал бы."""

    rule_id: Series[str]
    calendar_year: Series[int]
    threshold: Series[float]
    is_rule: Series[bool]
    listed_school_count: Series[int]
    undecided_school_count: Series[int]
    entering_schools: Series[str]
    leaving_schools: Series[str]


class TrainingNeeds(Table, unique=["calendar_year", "competence"]):
    """Потребность в обучении: темы по дефицитам учителей города, с неопределённостью места; учителей не сравнивают."""

    calendar_year: Series[int]
    competence: Series[str] = but(label="Тема", meaning="Компетенция, как названа в форме")
    diagnosed_teacher_count: Series[int]
    deficit_teacher_count: Series[int]
    diagnosed_school_count: Series[int]
    deficit_school_count: Series[int]
    deficit_schools: Series[str]
    value: Series[pd.Float64Dtype] = but(meaning="Учителей с дефицитом из диагностированных", blank=NOT_TOLD, le=1)
    interval_low: Series[pd.Float64Dtype]
    interval_high: Series[pd.Float64Dtype]
    expected_rank: Series[pd.Float64Dtype]
    rank_low: Series[pd.Int64Dtype]
    rank_high: Series[pd.Int64Dtype]
    top_probability: Series[pd.Float64Dtype]
    flags: Series[str]


EFFECTIVENESS_TABLES = by_name(
    SchoolIndicators, SchoolEffects, IndicatorGaps, SelectionHits, Selection, SelectionThresholds, TrainingNeeds
)
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
