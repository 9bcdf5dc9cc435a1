"""Typed tables of school facts: context, staff, results, deficits, self-assessment, contests, what was set aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import address, calendar_year, column, school_login, school_year
from analysis.contracts.facts import FactTable
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


@dataclass(frozen=True)
class AskedLine:
    """A line that the office writes on a sheet and every school fills in.

    Attributes:
        name: What it is called, in the form and in the tables.
        unit: What it counts.
        since: First calendar year whose form has it.
        until: Last such year.
    """

    name: str
    unit: str
    since: int = 0
    until: int = 9999

    def is_asked(self, calendar_year: int) -> bool:
        """Whether the form of a year has this line."""
        return self.since <= calendar_year <= self.until


# The lines of «Контингент». Grades add up to the whole school.
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
# The lines of «Кадры». Categories add up to the teachers.
POSTS, VACANCIES, TEACHERS = "Ставок по штату", "Из них вакантно", "Всего учителей"
CATEGORIES = ["Высшая категория", "Первая категория", "Без категории"]
TRAINED = "Прошли повышение квалификации за три года"
YOUNG = "Учителя до 35 лет"
# Of the sheets whose lines are the same for every school: all that a form ever had, by table. A new line is written
# here with `since`, one that is asked no more gets `until`; the forms and facts of other years stay as they are.
FORM_LINES: Mapping[str, tuple[AskedLine, ...]] = {
    "context": tuple(AskedLine(name, "ученик") for name in (PUPIL_TOTAL, *GRADES, *SOCIAL_GROUPS)),
    "staff": (
        AskedLine(POSTS, "ставка"),
        AskedLine(VACANCIES, "ставка"),
        AskedLine(TEACHERS, "человек"),
        *(AskedLine(name, "человек") for name in CATEGORIES),
        AskedLine(TRAINED, "человек"),
        AskedLine(YOUNG, "человек", since=2022),
    ),
}
CONTEXT_GROUPS = [line.name for line in FORM_LINES["context"]]
STAFF_GROUPS = {line.name: line.unit for line in FORM_LINES["staff"]}
# Of what a number is a part in the tables by group of schools: the whole of each part. «Кадры» counts people among the
# teachers and vacancies among the posts; a line about other people needs a unit of its own.
WHOLE_OF_UNIT = {"ученик": PUPIL_TOTAL, "ставка": POSTS, "человек": TEACHERS}
COUNTED_AMONG: Mapping[str, Mapping[str, str]] = {
    **{
        table: {line.name: WHOLE_OF_UNIT[line.unit] for line in lines if line.name != WHOLE_OF_UNIT[line.unit]}
        for table, lines in FORM_LINES.items()
    },
    "deficits": {"deficit_teacher_count": "diagnosed_teacher_count"},
    "contests": {"winner_count": "contestant_count"},
}
CONTEST_LEVELS = ["школьный", "муниципальный", "региональный", "всероссийский", "международный"]
CONTESTANTS = ["обучающиеся", "педагоги"]
RESULT_ORIGINS = ["форма", "выгрузка"]


def lines_asked(table: str, calendar_year: int) -> dict[str, str]:
    """Returns the lines that the form of a year has for a table, with the unit of each.

    Args:
        table: A key of FORM_LINES.
        calendar_year: The year of the form.
    """
    return {line.name: line.unit for line in FORM_LINES[table] if line.is_asked(calendar_year)}


def are_asked(table: str, names: Iterable[str], calendar_year: int) -> bool:
    """Returns whether the form of a year asks for all of these; what no list of lines names is asked every year."""
    return all(line.is_asked(calendar_year) for line in FORM_LINES.get(table, ()) if line.name in set(names))


def _count(title: str, description: str, unit: str = "участник") -> Any:
    return column(title, f"{description}; пусто — не указано, это не ноль", unit, ge=0, nullable=True)


class Context(FactTable):
    """Контингент и социальный паспорт: по строке на школу, учебный год и группу обучающихся."""

    place: Series[str] = address("значение")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    school_year: Series[str] = school_year()
    pupil_group: Series[str] = column("Группа", "Все, класс или группа социального паспорта", isin=CONTEXT_GROUPS)
    group_pupil_count: Series[int] = column("Обучающихся в группе", "Сколько человек в группе", "ученик", ge=0)

    class Config:
        unique = ["school_login", "school_year", "pupil_group"]


class Staff(FactTable):
    """Кадры: по строке на школу, учебный год и позицию."""

    place: Series[str] = address("значение")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    school_year: Series[str] = school_year()
    staff_group: Series[str] = column("Позиция", "Ставки, вакансии, учителя по категориям", isin=list(STAFF_GROUPS))
    staff_unit: Series[str] = column("Единица", "В чём посчитано", isin=["ставка", "человек"])
    staff_amount: Series[float] = column("Значение", "Ставок или человек: единица — в столбце «Единица»", ge=0)

    class Config:
        unique = ["school_login", "school_year", "staff_group"]

    @pa.dataframe_check(error="люди считаются целыми числами")
    def people_are_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["staff_unit"] != "человек") | (frame["staff_amount"] % 1 == 0)


class Results(FactTable):
    """Результаты процедур: по строке на школу, процедуру, предмет, класс, волну и год; учеников поимённо нет."""

    place: Series[str] = address("строка результата")
    origin: Series[str] = column("Происхождение", "Форма школы или выгрузка системы", isin=RESULT_ORIGINS)
    school_login: Series[str] = school_login()
    procedure: Series[str] = column("Процедура", "ВПР, ОГЭ, ЕГЭ или журнал", str_length={"min_value": 1})
    subject: Series[str] = column("Предмет", "Как в календаре процедур", str_length={"min_value": 1})
    programme_grade: Series[int] = column("Программа класса", "По программе какого класса", "класс", ge=1, le=11)
    sitting_grade: Series[int] = column("Класс участников", "В каком классе учатся участники", "класс", ge=1, le=11)
    wave: Series[str] = column("Волна", "Весна, осень, основная …", str_length={"min_value": 1})
    calendar_year: Series[int] = calendar_year()
    school_year: Series[str] = school_year()
    scale: Series[str] = column("Шкала", "В чём выражен результат", isin=SCALES)
    participant_count: Series[int] = column(
        "Участников", "С результатом; в журнале — с отметкой и н/а, без освобождённых", "участник", ge=0
    )
    mark_2_count: Series[pd.Int64Dtype] = _count("Отметок «2»", "Участников с отметкой «2»")
    mark_3_count: Series[pd.Int64Dtype] = _count("Отметок «3»", "Участников с отметкой «3»")
    mark_4_count: Series[pd.Int64Dtype] = _count("Отметок «4»", "Участников с отметкой «4»")
    mark_5_count: Series[pd.Int64Dtype] = _count("Отметок «5»", "Участников с отметкой «5»")
    not_attested_count: Series[pd.Int64Dtype] = _count("Не аттестовано", "Только в журнале: н/а")
    journal_lower_count: Series[pd.Int64Dtype] = _count("Понизили", "Отметка ниже, чем в журнале")
    journal_same_count: Series[pd.Int64Dtype] = _count("Подтвердили", "Отметка та же, что в журнале")
    journal_higher_count: Series[pd.Int64Dtype] = _count("Повысили", "Отметка выше, чем в журнале")
    below_minimum_count: Series[pd.Int64Dtype] = _count("Ниже минимума", "Не преодолели минимальный балл")
    mean_score: Series[pd.Float64Dtype] = column(
        "Средний балл", "Среднее по участникам; пусто — не указано", "балл", ge=0, le=100, nullable=True
    )
    high_score_count: Series[pd.Int64Dtype] = _count("80–99 баллов", "Участников с баллом от 80 до 99")
    full_score_count: Series[pd.Int64Dtype] = _count("100 баллов", "Участников со 100 баллами")

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


class Deficits(FactTable):
    """Профессиональные дефициты: по строке на школу, год и компетенцию."""

    place: Series[str] = address("строка")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    competence: Series[str] = column("Компетенция", "Как названа в форме", str_length={"min_value": 1})
    diagnosed_teacher_count: Series[int] = column("Диагностировано", "Учителей прошло диагностику", "учитель", ge=0)
    deficit_teacher_count: Series[int] = column("С дефицитом", "Учителей, у кого найден дефицит", "учитель", ge=0)

    class Config:
        unique = ["school_login", "calendar_year", "competence"]

    @pa.dataframe_check(error="учителей с дефицитом не больше, чем диагностированных")
    def within_diagnosed(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["deficit_teacher_count"] <= frame["diagnosed_teacher_count"]


class SelfAssessment(FactTable):
    """Самооценка школы: по строке на школу, год и критерий."""

    place: Series[str] = address("строка")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    criterion: Series[str] = column("Критерий", "Как назван в форме", str_length={"min_value": 1})
    assessment_score: Series[float] = column("Балл", "Сколько школа поставила себе", "балл", ge=0)
    publication_link: Series[str] = column("Публикация", "Где самооценка опубликована", nullable=True)

    class Config:
        unique = ["school_login", "calendar_year", "criterion"]


class Contests(FactTable):
    """Конкурсы: по строке на школу, год и конкурс."""

    place: Series[str] = address("строка")
    school_login: Series[str] = school_login()
    calendar_year: Series[int] = calendar_year()
    line: Series[int] = column("Строка", "Порядковый номер в форме", "номер", ge=1)
    contest_name: Series[str] = column("Конкурс", "Словами школы", str_length={"min_value": 1})
    contest_level: Series[str] = column("Уровень", "От школьного до международного", isin=CONTEST_LEVELS)
    contestants: Series[str] = column("Кто участвовал", "Обучающиеся или педагоги", isin=CONTESTANTS)
    contestant_count: Series[int] = column("Участников конкурса", "Сколько человек участвовало", "человек", ge=0)
    winner_count: Series[int] = column("Победителей и призёров", "Сколько из них отмечено", "человек", ge=0)

    class Config:
        unique = ["school_login", "calendar_year", "line"]

    @pa.dataframe_check(error="победителей не больше, чем участников")
    def within_contestants(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["winner_count"] <= frame["contestant_count"]


class Quarantine(FactTable):
    """Что отложено: строки, которые прочитаны, но в таблицы не вошли, пока их не уточнят; значений здесь нет."""

    place: Series[str] = address("строка")
    table_name: Series[str] = column("Таблица", "Куда строка не вошла", str_length={"min_value": 1})
    procedure: Series[str] = column(
        "Процедура", "Из календаря, у строки результатов; пусто — не названа или строка о другом", nullable=True
    )
    school_login: Series[str] = column("Логин", "Пусто, если школа не опознана", nullable=True)
    calendar_year: Series[int] = calendar_year()
    why: Series[str] = column("Почему отложено", "Правило словами", str_length={"min_value": 1})


SCHOOL_FACT_TABLES: dict[str, type[pa.DataFrameModel]] = {
    "context": Context,
    "staff": Staff,
    "results": Results,
    "deficits": Deficits,
    "self_assessment": SelfAssessment,
    "contests": Contests,
    "quarantine": Quarantine,
}
