"""Tables of school facts by supported school, the other schools and the city: whole for the office, masked for all."""

from functools import cache
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import IndicatorTable, calendar_year, column
from analysis.contracts.school_facts import CONTEST_LEVELS, CONTESTANTS, MARK_COLUMNS, STAFF_GROUPS

SCHOOL, OTHERS, CITY = "школа", "другие школы", "город"
SCOPES = [SCHOOL, OTHERS, CITY]
GRADE_GROUPS = {"1–4 классы": range(1, 5), "5–9 классы": range(5, 10), "10–11 классы": range(10, 12)}
MARK_SHARES = {name: name.replace("_count", "_share") for name in [*MARK_COLUMNS, "not_attested_count"]}
JOURNAL_SHARES = {f"journal_{how}_count": f"journal_{how}_share" for how in ("lower", "same", "higher")}
SCORE_SHARES = {f"{what}_count": f"{what}_share" for what in ("below_minimum", "high_score", "full_score")}


class _GroupTable(IndicatorTable):
    calendar_year: Series[int] = calendar_year()


def _scope() -> Any:
    return column("О ком", "Поддерживаемая школа, другие школы города вместе или город", isin=SCOPES)


def _group_name() -> Any:
    return column("Школа или группа школ", "Название школы; другие школы и город — вместе", str_length={"min_value": 1})


def _school_count() -> Any:
    return column("Школ", "От скольких школ есть сведения для этой строки", "школа", ge=1)


def _people(title: str, description: str, unit: str = "участник") -> Any:
    return column(title, f"{description}; пусто — нет сведений или скрыто", unit, ge=0, nullable=True)


def _share(title: str, description: str) -> Any:
    return column(title, f"{description}; пусто — нет сведений или скрыто", "%", ge=0, le=100, nullable=True)


def _hidden() -> Any:
    words = "Подписи столбцов, которые в этой строке скрыты; остальные пустые — нет сведений"
    return column("Скрыто", words, public_only=True)


class _Sitting(_GroupTable):
    school_year: Series[str] = column("Учебный год", "Вида 2020/21")
    procedure: Series[str] = column("Процедура", "ВПР, ОГЭ, ЕГЭ или журнал")
    subject: Series[str] = column("Предмет", "Как в календаре процедур")
    programme_grade: Series[int] = column("Программа класса", "По программе какого класса", "класс", ge=1, le=11)
    sitting_grade: Series[int] = column("Класс участников", "В каком классе учатся участники", "класс", ge=1, le=11)
    wave: Series[str] = column("Волна", "Весна, осень, основная …")
    scope: Series[str] = _scope()
    group_name: Series[str] = _group_name()
    school_count: Series[int] = _school_count()
    participant_count: Series[pd.Int64Dtype] = _people("Участников", "С результатом; в журнале — с отметкой и н/а")


class MarkResults(_Sitting):
    """Отметки по процедурам: поддерживаемые школы, другие школы, город. Доли — от числа участников."""

    mark_2_count: Series[pd.Int64Dtype] = _people("Отметок «2»", "Участников с отметкой «2»")
    mark_3_count: Series[pd.Int64Dtype] = _people("Отметок «3»", "Участников с отметкой «3»")
    mark_4_count: Series[pd.Int64Dtype] = _people("Отметок «4»", "Участников с отметкой «4»")
    mark_5_count: Series[pd.Int64Dtype] = _people("Отметок «5»", "Участников с отметкой «5»")
    not_attested_count: Series[pd.Int64Dtype] = _people("Не аттестовано", "Только в журнале: н/а")
    mark_2_share: Series[pd.Float64Dtype] = _share("Доля «2»", "Отметок «2» к участникам")
    mark_3_share: Series[pd.Float64Dtype] = _share("Доля «3»", "Отметок «3» к участникам")
    mark_4_share: Series[pd.Float64Dtype] = _share("Доля «4»", "Отметок «4» к участникам")
    mark_5_share: Series[pd.Float64Dtype] = _share("Доля «5»", "Отметок «5» к участникам")
    not_attested_share: Series[pd.Float64Dtype] = _share("Доля не аттестованных", "Н/а к участникам")
    compared_count: Series[pd.Int64Dtype] = _people("Сравнено с журналом", "Участников, чья отметка сравнена")
    journal_lower_count: Series[pd.Int64Dtype] = _people("Понизили", "Отметка ниже, чем в журнале")
    journal_same_count: Series[pd.Int64Dtype] = _people("Подтвердили", "Отметка та же, что в журнале")
    journal_higher_count: Series[pd.Int64Dtype] = _people("Повысили", "Отметка выше, чем в журнале")
    journal_lower_share: Series[pd.Float64Dtype] = _share("Доля понизивших", "К сравнённым с журналом")
    journal_same_share: Series[pd.Float64Dtype] = _share("Доля подтвердивших", "К сравнённым с журналом")
    journal_higher_share: Series[pd.Float64Dtype] = _share("Доля повысивших", "К сравнённым с журналом")
    hidden_columns: Series[str] = _hidden()


class ScoreResults(_Sitting):
    """Результаты в баллах: поддерживаемые школы, другие школы, город. Доли — от числа участников."""

    below_minimum_count: Series[pd.Int64Dtype] = _people("Ниже минимума", "Не преодолели минимальный балл")
    high_score_count: Series[pd.Int64Dtype] = _people("80–99 баллов", "Участников с баллом от 80 до 99")
    full_score_count: Series[pd.Int64Dtype] = _people("100 баллов", "Участников со 100 баллами")
    below_minimum_share: Series[pd.Float64Dtype] = _share("Доля ниже минимума", "К участникам")
    high_score_share: Series[pd.Float64Dtype] = _share("Доля 80–99 баллов", "К участникам")
    full_score_share: Series[pd.Float64Dtype] = _share("Доля 100 баллов", "К участникам")
    mean_score: Series[pd.Float64Dtype] = column(
        "Средний балл", "Среднее по участникам; пусто — нет сведений или скрыто", "балл", ge=0, le=100, nullable=True
    )
    hidden_columns: Series[str] = _hidden()


class _PartTable(_GroupTable):
    scope: Series[str] = _scope()
    group_name: Series[str] = _group_name()
    school_count: Series[int] = _school_count()


class PupilGroups(_PartTable):
    """Контингент и социальный паспорт: группа, её численность и доля от всех обучающихся тех же школ."""

    pupil_group: Series[str] = column("Группа", "Все, ступень или группа социального паспорта")
    group_pupil_count: Series[pd.Int64Dtype] = _people("Обучающихся в группе", "Сколько человек в группе", "ученик")
    base_pupil_count: Series[pd.Int64Dtype] = _people("Всего обучающихся", "В тех же школах", "ученик")
    group_share: Series[pd.Float64Dtype] = _share("Доля группы", "Группы от всех обучающихся")
    hidden_columns: Series[str] = _hidden()


class StaffParts(_PartTable):
    """Кадры: значение и доля; вакансий — от ставок, категорий и обученных — от учителей."""

    staff_group: Series[str] = column("Позиция", "Ставки, вакансии, учителя по категориям", isin=list(STAFF_GROUPS))
    staff_unit: Series[str] = column("Единица", "В чём посчитано", isin=["ставка", "человек"])
    staff_amount: Series[pd.Float64Dtype] = _people("Значение", "Ставок или человек", "ставка или человек")
    base_staff_amount: Series[pd.Float64Dtype] = _people("Из скольких", "Ставок или учителей", "ставка или человек")
    staff_share: Series[pd.Float64Dtype] = _share("Доля", "Значения от «из скольких»")
    hidden_columns: Series[str] = _hidden()


class DeficitParts(_PartTable):
    """Профессиональные дефициты: учителей с дефицитом из прошедших диагностику."""

    competence: Series[str] = column("Компетенция", "Как названа в форме")
    deficit_teacher_count: Series[pd.Int64Dtype] = _people("С дефицитом", "Учителей с дефицитом", "учитель")
    diagnosed_teacher_count: Series[pd.Int64Dtype] = _people("Диагностировано", "Учителей", "учитель")
    deficit_share: Series[pd.Float64Dtype] = _share("Доля с дефицитом", "От прошедших диагностику")
    hidden_columns: Series[str] = _hidden()


class ContestParts(_PartTable):
    """Конкурсы по уровням: участников и среди них победителей и призёров."""

    contest_level: Series[str] = column("Уровень", "От школьного до международного", isin=CONTEST_LEVELS)
    contestants: Series[str] = column("Кто участвовал", "Обучающиеся или педагоги", isin=CONTESTANTS)
    contest_count: Series[int] = column("Конкурсов", "Сколько строк назвали школы", "конкурс", ge=1)
    winner_count: Series[pd.Int64Dtype] = _people("Победителей и призёров", "Сколько отмечено", "человек")
    contestant_count: Series[pd.Int64Dtype] = _people("Участников конкурса", "Сколько участвовало", "человек")
    winner_share: Series[pd.Float64Dtype] = _share("Доля победителей и призёров", "От участников конкурсов")
    hidden_columns: Series[str] = _hidden()


class SelfAssessmentParts(_PartTable):
    """Самооценка: балл школы; у других школ и города — среднее по школам. Баллы — не о людях и не скрываются."""

    criterion: Series[str] = column("Критерий", "Как назван в форме")
    assessment_score: Series[float] = column("Балл", "Школы; у групп школ — среднее", "балл", ge=0)


GROUP_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "mark_results": MarkResults,
    "score_results": ScoreResults,
    "pupil_groups": PupilGroups,
    "staff_parts": StaffParts,
    "deficit_parts": DeficitParts,
    "contest_parts": ContestParts,
    "self_assessment_parts": SelfAssessmentParts,
}
# What the public may see: the same tables, masked once for all editions and forms of print.
PUBLIC_TABLES = {f"public_{name}": contract for name, contract in GROUP_TABLES.items()}


@cache
def column_title(column: str) -> str:
    """The label of a column of these tables; one name has one label in all of them."""
    return next(str(fields[column].title) for fields in _fields() if column in fields)


def _fields() -> list[dict[str, pa.Column]]:
    return [contract.to_schema().columns for contract in GROUP_TABLES.values()]
