"""Typed tables of school facts: context, staff, results, deficits, self-assessment, contests, what was set aside."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import NOT_STATED, SourcedTable, address, but
from analysis.rules.exam_calendar import MARK_SCALE, SCALES, SCORE_SCALE

MARK_COLUMNS = ["mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count"]
JOURNAL_COLUMNS = ["journal_lower_count", "journal_same_count", "journal_higher_count"]
SCORE_COLUMNS = ["below_minimum_count", "high_score_count", "full_score_count"]
RESULT_KEY = [
    "school_login",
    "procedure",
    "subject",
    "programme_grade",
    "sitting_grade",
    "wave",
    "calendar_year",
    "school_year",
    "scale",
]
# The lines of «Контингент»: what each is called in the form. Grades add up to the whole school.
PUPIL_TOTAL = "Всего обучающихся"
GRADES = {f"{grade} класс": grade for grade in range(1, 12)}
SOCIAL_GROUPS = [
    "Оба родителя с высшим образованием",
    "Неполные семьи",
    "Малообеспеченные семьи",
    "На учёте в полиции",
    "Мигранты или другой язык дома",
    "С ограниченными возможностями здоровья (ОВЗ)",
]
CONTEXT_GROUPS = [PUPIL_TOTAL, *GRADES, *SOCIAL_GROUPS]
# The lines of «Кадры» with their unit.
POSTS, VACANCIES, TEACHERS = "Ставок по штату", "Из них вакантно", "Всего учителей"
CATEGORIES = ["Высшая категория", "Первая категория", "Без категории"]
TRAINED = "Прошли повышение квалификации за три года"
STAFF_GROUPS = {
    POSTS: "ставка",
    VACANCIES: "ставка",
    TEACHERS: "человек",
    **dict.fromkeys(CATEGORIES, "человек"),
    TRAINED: "человек",
}
CONTEST_LEVELS = ["школьный", "муниципальный", "региональный", "всероссийский", "международный"]
CONTESTANTS = ["обучающиеся", "педагоги"]
RESULT_ORIGINS = ["форма", "выгрузка"]


class Context(SourcedTable):
    """Контингент и социальный паспорт: по строке на школу, учебный год и группу обучающихся."""

    place: Series[str] = address("значение")
    school_login: Series[str]
    calendar_year: Series[int]
    school_year: Series[str]
    pupil_group: Series[str] = but(isin=CONTEXT_GROUPS)
    group_pupil_count: Series[int]

    class Config:
        unique = ["school_login", "school_year", "pupil_group"]


class Staff(SourcedTable):
    """Кадры: по строке на школу, учебный год и позицию."""

    place: Series[str] = address("значение")
    school_login: Series[str]
    calendar_year: Series[int]
    school_year: Series[str]
    staff_group: Series[str] = but(isin=list(STAFF_GROUPS))
    staff_unit: Series[str] = but(isin=["ставка", "человек"])
    staff_amount: Series[float]

    class Config:
        unique = ["school_login", "school_year", "staff_group"]

    @pa.dataframe_check(error="люди считаются целыми числами")
    def people_are_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["staff_unit"] != "человек") | (frame["staff_amount"] % 1 == 0)


class Results(SourcedTable):
    """Результаты процедур: по строке на школу, процедуру, предмет, класс, волну и год; учеников поимённо нет."""

    place: Series[str] = address("строка результата")
    origin: Series[str] = but(label="Происхождение", isin=RESULT_ORIGINS)
    school_login: Series[str]
    procedure: Series[str] = but(str_length={"min_value": 1})
    subject: Series[str] = but(str_length={"min_value": 1})
    programme_grade: Series[int]
    sitting_grade: Series[int]
    wave: Series[str] = but(str_length={"min_value": 1})
    calendar_year: Series[int]
    school_year: Series[str]
    scale: Series[str] = but(isin=SCALES)
    participant_count: Series[int] = but(nullable=False)
    mark_2_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    mark_3_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    mark_4_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    mark_5_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    not_attested_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    journal_lower_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    journal_same_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    journal_higher_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    below_minimum_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    mean_score: Series[pd.Float64Dtype] = but(blank="не указано")
    high_score_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)
    full_score_count: Series[pd.Int64Dtype] = but(blank=NOT_STATED)

    class Config:
        unique = RESULT_KEY

    @pa.dataframe_check(error="в шкале отметок все четыре отметки указаны и вместе с н/а дают число участников")
    def marks_add_up(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        sums = frame[MARK_COLUMNS].sum(axis=1, min_count=4) + frame["not_attested_count"].fillna(0)
        return (frame["scale"] != MARK_SCALE) | (sums == frame["participant_count"]).fillna(False)

    @pa.dataframe_check(error="в шкале баллов отметок нет, а части не больше числа участников")
    def scores_fit(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        no_marks = frame[MARK_COLUMNS].isna().all(axis=1)
        fits = frame[SCORE_COLUMNS].fillna(0).sum(axis=1) <= frame["participant_count"]
        return (frame["scale"] != SCORE_SCALE) | (no_marks & fits)

    @pa.dataframe_check(error="сравнённых с журналом не больше, чем участников")
    def journal_fits(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame[JOURNAL_COLUMNS].fillna(0).sum(axis=1) <= frame["participant_count"]


class Deficits(SourcedTable):
    """Профессиональные дефициты: по строке на школу, год и компетенцию."""

    place: Series[str]
    school_login: Series[str]
    calendar_year: Series[int]
    competence: Series[str]
    diagnosed_teacher_count: Series[int]
    deficit_teacher_count: Series[int]

    class Config:
        unique = ["school_login", "calendar_year", "competence"]

    @pa.dataframe_check(error="учителей с дефицитом не больше, чем диагностированных")
    def within_diagnosed(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["deficit_teacher_count"] <= frame["diagnosed_teacher_count"]


class SelfAssessment(SourcedTable):
    """Самооценка школы: по строке на школу, год и критерий."""

    place: Series[str]
    school_login: Series[str]
    calendar_year: Series[int]
    criterion: Series[str]
    assessment_score: Series[float]
    publication_link: Series[str]

    class Config:
        unique = ["school_login", "calendar_year", "criterion"]


class Contests(SourcedTable):
    """Конкурсы: по строке на школу, год и конкурс."""

    place: Series[str]
    school_login: Series[str]
    calendar_year: Series[int]
    line: Series[int] = but(meaning="Порядковый номер в форме")
    contest_name: Series[str]
    contest_level: Series[str] = but(isin=CONTEST_LEVELS)
    contestants: Series[str] = but(isin=CONTESTANTS)
    contestant_count: Series[int]
    winner_count: Series[int]

    class Config:
        unique = ["school_login", "calendar_year", "line"]

    @pa.dataframe_check(error="победителей не больше, чем участников")
    def within_contestants(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["winner_count"] <= frame["contestant_count"]


class Quarantine(SourcedTable):
    """Что отложено: строки, которые прочитаны, но в таблицы не вошли, пока их не уточнят; значений здесь нет."""

    place: Series[str]
    table_name: Series[str]
    procedure: Series[str] = but(meaning="Из календаря, у строки результатов", blank="не названа или строка о другом")
    school_login: Series[str] = but(meaning="Пусто, если школа не опознана", str_length=None, nullable=True)
    calendar_year: Series[int]
    why: Series[str]


SCHOOL_FACT_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "context": Context,
    "staff": Staff,
    "results": Results,
    "deficits": Deficits,
    "self_assessment": SelfAssessment,
    "contests": Contests,
    "quarantine": Quarantine,
}
