"""Tables of school facts by supported school, the other schools and the city: whole for the office, masked for all."""

from functools import cache

import pandas as pd
from pandera.typing.pandas import Series

from analysis.contracts.columns import NOT_SHOWN, Table, but, by_name, titles_of
from analysis.contracts.school_facts import CONTEST_LEVELS, CONTESTANTS, MARK_COLUMNS, STAFF_GROUPS

SCHOOL, OTHERS, CITY = "школа", "другие школы", "город"
GROUP_NAMES = {OTHERS: "Другие школы города", CITY: "Город"}
SCOPES = [SCHOOL, OTHERS, CITY]
GRADE_GROUPS = {"1–4 классы": range(1, 5), "5–9 классы": range(5, 10), "10–11 классы": range(10, 12)}
MARK_SHARES = {name: name.replace("_count", "_share") for name in [*MARK_COLUMNS, "not_attested_count"]}
JOURNAL_SHARES = {f"journal_{how}_count": f"journal_{how}_share" for how in ("lower", "same", "higher")}
SCORE_SHARES = {f"{what}_count": f"{what}_share" for what in ("below_minimum", "high_score", "full_score")}


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

    staff_group: Series[str] = but(isin=list(STAFF_GROUPS))
    staff_unit: Series[str] = but(isin=["ставка", "человек"])
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
