"""Typed tables of what is reported: schools, reports, evidence, verdicts, school facts; and the forms asking for it."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from analysis.contracts.columns import NOT_STATED, SourcedTable, address, but, by_name, typed_table
from analysis.rules.written import MARK_SCALE, SCALES, SCORE_SCALE

SCHOOL, OTHERS, CITY = "школа", "другие школы", "город"
GROUP_NAMES = {OTHERS: "Другие школы города", CITY: "Город"}
SCOPES = [SCHOOL, OTHERS, CITY]
GRADE_GROUPS = {"1–4 классы": range(1, 5), "5–9 классы": range(5, 10), "10–11 классы": range(10, 12)}
JOURNAL_SHARES = {f"journal_{how}_count": f"journal_{how}_share" for how in ("lower", "same", "higher")}
SCORE_SHARES = {f"{what}_count": f"{what}_share" for what in ("below_minimum", "high_score", "full_score")}


# Typed tables of what is reported: schools and their status, reports, evidence, its acceptance, own measures.

STATUSES = ["ШНОР", "ШНСУ", "ШНОР и ШНСУ", "нет"]
EVIDENCE_KINDS = ["приказ", "протокол", "программа", "справка", "план", "публикация", "другое"]
SENT_BACK = "возвращено"
VERDICTS = ["принято", SENT_BACK, "не рассмотрено"]
SHORT, FULL = "краткое", "полное"
COUNTED, REPLACED, LATE = "вошла в отчёт", "заменена", "получена после срока"
FORM_STATES = [COUNTED, REPLACED, LATE]


class Schools(SourcedTable, unique=["school_login"]):
    """Все школы города: по строке на школу."""

    place: Series[str] = address("строка школы")
    school_login: Series[str]
    code_oo: Series[str]
    code_msu: Series[str]
    school_name: Series[str] = but(
        meaning="Краткое название; у вошедшей в другую — и когда и в какую", str_length={"min_value": 1}
    )
    full_name: Series[str]
    aliases: Series[str]
    school_kind: Series[str]
    pupil_count: Series[pd.Int64Dtype]


class SchoolStatus(SourcedTable, unique=["school_login", "school_year"]):
    """Статус школы по учебным годам."""

    place: Series[str] = address("строка статуса")
    school_login: Series[str]
    school_year: Series[str]
    status: Series[str] = but(label="Статус", meaning="ШНОР, ШНСУ, оба или нет", isin=STATUSES)
    last_report_year: Series[pd.Int64Dtype]


class FormerNames(SourcedTable, unique=["school_login", "former_name"]):
    """Как школы назывались раньше: по всем принятым реестрам, кроме нынешнего."""

    place: Series[str] = address("строка школы")
    school_login: Series[str]
    former_name: Series[str]
    name_kind: Series[str] = but(isin=[SHORT, FULL])
    last_named_date: Series[pd.Timestamp]


class SchoolMergers(SourcedTable, unique=["school_login"]):
    """Школы, которые вошли в состав других или закрыты: записи data/schools.toml."""

    place: Series[str] = address("запись")
    school_login: Series[str]
    ended_name: Series[str]
    into_login: Series[str] = but(nullable=True)
    merged_date: Series[pd.Timestamp]
    basis: Series[str]
    last_report_year: Series[pd.Int64Dtype]


class Reports(SourcedTable, unique=["reporter", "activity_code", "measure_number", "calendar_year"]):
    """Что сообщено: по строке на показатель, год и того, кто отчитался."""

    place: Series[str] = address("факт")
    reporter: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    whole_count: Series[pd.Int64Dtype]
    fact_count: Series[pd.Int64Dtype]
    fact_date: Series[pd.Timestamp]
    note: Series[str]


class Evidence(SourcedTable):
    """Подтверждения: документы, названные тем, кто отчитался."""

    place: Series[str] = address("подтверждение")
    evidence_id: Series[str] = but(unique=True)
    reporter: Series[str]
    activity_code: Series[str]
    measure_number: Series[int]
    calendar_year: Series[int]
    evidence_title: Series[str]
    evidence_kind: Series[str] = but(isin=EVIDENCE_KINDS)
    evidence_number: Series[str]
    evidence_date: Series[pd.Timestamp]
    evidence_link: Series[str]
    confirmed_count: Series[int]

    @pa.dataframe_check(error="у подтверждения есть номер или ссылка")
    def can_be_found(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["evidence_number"].notna() | frame["evidence_link"].notna()


class Acceptance(SourcedTable):
    """Что управление решило о подтверждениях."""

    place: Series[str] = address("решение")
    evidence_id: Series[str] = but(meaning="Из таблицы подтверждений", unique=True)
    verdict: Series[str] = but(isin=VERDICTS)
    verdict_by: Series[str]
    verdict_date: Series[pd.Timestamp]
    reason: Series[str]

    @pa.dataframe_check(error="принятое и возвращённое имеют имя и дату, возвращённое — причину")
    def decided_by_somebody(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        waiting = frame["verdict"] == "не рассмотрено"
        named = frame["verdict_by"].notna() & frame["verdict_date"].notna()
        explained = (frame["verdict"] != SENT_BACK) | frame["reason"].notna()
        return waiting | (named & explained)


class SchoolMeasures(SourcedTable, unique=["school_login", "calendar_year", "line"]):
    """Собственные меры школ из их «дорожных карт»."""

    place: Series[str] = address("мера")
    school_login: Series[str]
    calendar_year: Series[int]
    line: Series[int]
    own_measure: Series[str]
    planned_count: Series[pd.Int64Dtype] = but(
        label="План", meaning="Пусто — не указано", unit="как в названии", nullable=True
    )
    done_count: Series[pd.Int64Dtype]
    done_date: Series[pd.Timestamp]


class ReceivedForms(SourcedTable, unique=["source_file"]):
    """Полученные формы: какая вошла в отчёт, какую заменила следующая, какая пришла после срока."""

    reporter: Series[str]
    calendar_year: Series[int]
    received_date: Series[pd.Timestamp] = but(label="Получена", meaning="Когда получена форма")
    cutoff_date: Series[pd.Timestamp]
    form_state: Series[str] = but(isin=FORM_STATES)

    @pa.dataframe_check(error="после срока — это позже срока, и наоборот")
    def late_is_after_the_cutoff(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["form_state"] == LATE) == (frame["received_date"] > frame["cutoff_date"])


FACT_TABLES = by_name(
    Schools, SchoolStatus, FormerNames, SchoolMergers, Reports, Evidence, Acceptance, SchoolMeasures, ReceivedForms
)


# Typed tables of school facts: context, staff, results, deficits, self-assessment, contests, what was set aside.

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


@dataclass(frozen=True)
class Lined:
    """A table whose rows are the lines of a sheet.

    Attributes:
        called: What its facts are called where several kinds of them are listed.
        line: The column that names a line.
        amount: The column that holds its number.
        by_group: The table of its lines by group of schools.
        base: The column of that table with the whole that a line is part of.
        share: The column of that table with the share.
        adding_up: A line, the lines that add up to it, and the key of SETS_ASIDE that says they do not.
        unit: The column that names the unit of a line; empty where all lines count the same.
        together: Lines of the table by group that sum up several lines, which are then not shown by themselves.
    """

    called: str
    line: str
    amount: str
    by_group: str
    base: str
    share: str
    adding_up: tuple[str, Sequence[str], str]
    unit: str = ""
    together: Mapping[str, Sequence[str]] = field(default_factory=dict)


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
LINED = {
    "context": Lined(
        "контингент", "pupil_group", "group_pupil_count", "pupil_groups", "base_pupil_count", "group_share",
        (PUPIL_TOTAL, tuple(GRADES), "grades_against_total"),
        together={
            stage: [name for name, grade in GRADES.items() if grade in grades] for stage, grades in GRADE_GROUPS.items()
        },
    ),
    "staff": Lined(
        "кадры", "staff_group", "staff_amount", "staff_parts", "base_staff_amount", "staff_share",
        (TEACHERS, CATEGORIES, "categories_against_teachers"), unit="staff_unit",
    ),
}  # fmt: skip
CONTEXT_GROUPS = [line.name for line in FORM_LINES["context"]]
# Of what a number is a part in the tables by group of schools: the whole of each part. «Кадры» counts people among the
# teachers and vacancies among the posts; a line about other people needs a unit of its own.
POST, PERSON = "ставка", "человек"
WHOLE_OF_UNIT = {"ученик": PUPIL_TOTAL, POST: POSTS, PERSON: TEACHERS}
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


def units(table: str) -> dict[str, str]:
    """Returns all lines that a form ever had for a table, with the unit of each."""
    return {line.name: line.unit for line in FORM_LINES[table]}


def are_asked(table: str, names: Iterable[str], calendar_year: int) -> bool:
    """Returns whether the form of a year asks for all of these; what no list of lines names is asked every year."""
    return all(line.is_asked(calendar_year) for line in FORM_LINES.get(table, ()) if line.name in set(names))


class Context(SourcedTable, unique=["school_login", "school_year", "pupil_group"]):
    """Контингент и социальный паспорт: по строке на школу, учебный год и группу обучающихся."""

    place: Series[str] = address("значение")
    school_login: Series[str]
    calendar_year: Series[int]
    school_year: Series[str]
    pupil_group: Series[str] = but(isin=CONTEXT_GROUPS)
    group_pupil_count: Series[int]


class Staff(SourcedTable, unique=["school_login", "school_year", "staff_group"]):
    """Кадры: по строке на школу, учебный год и позицию."""

    place: Series[str] = address("значение")
    school_login: Series[str]
    calendar_year: Series[int]
    school_year: Series[str]
    staff_group: Series[str] = but(isin=list(units("staff")))
    staff_unit: Series[str] = but(isin=[POST, PERSON])
    staff_amount: Series[float]

    @pa.dataframe_check(error="люди считаются целыми числами")
    def people_are_whole(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return (frame["staff_unit"] != PERSON) | (frame["staff_amount"] % 1 == 0)


class Results(SourcedTable, unique=RESULT_KEY):
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


class Deficits(SourcedTable, unique=["school_login", "calendar_year", "competence"]):
    """Профессиональные дефициты: по строке на школу, год и компетенцию."""

    place: Series[str]
    school_login: Series[str]
    calendar_year: Series[int]
    competence: Series[str]
    diagnosed_teacher_count: Series[int]
    deficit_teacher_count: Series[int]

    @pa.dataframe_check(error="учителей с дефицитом не больше, чем диагностированных")
    def within_diagnosed(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        return frame["deficit_teacher_count"] <= frame["diagnosed_teacher_count"]


class SelfAssessment(SourcedTable, unique=["school_login", "calendar_year", "criterion"]):
    """Самооценка школы: по строке на школу, год и критерий."""

    place: Series[str]
    school_login: Series[str]
    calendar_year: Series[int]
    criterion: Series[str]
    assessment_score: Series[float]
    publication_link: Series[str]


class Contests(SourcedTable, unique=["school_login", "calendar_year", "line"]):
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


SCHOOL_FACT_TABLES = by_name(Context, Staff, Results, Deficits, SelfAssessment, Contests, Quarantine)


MARK_SHARES = {name: name.replace("_count", "_share") for name in [*MARK_COLUMNS, "not_attested_count"]}


def school_fact_tables(rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, pd.DataFrame]:
    """Returns the typed tables of school facts from their rows."""
    return {name: typed_table(contract, rows.get(name, ())) for name, contract in SCHOOL_FACT_TABLES.items()}


# The collection workbook: its sheets, columns and hidden identifiers, shared by who writes it and who reads it.

IDENTITY_SHEET = "_форма"
INSTRUCTIONS = "Как заполнить"
IDENTITY_KEYS = ("kind", "version", "project", "calendar_year", "reporter")
SPARE_ROWS = 30


@dataclass(frozen=True)
class FormColumn:
    """One column of a sheet.

    Attributes:
        name: Column of the table it becomes.
        title: What its heading says; the reader finds the column by it.
        kind: fixed (written by the office), text, count (whole), number (with decimals), date or choice.
        width: In characters.
        hint: Shown beside the cell while it is filled in.
        choices: Allowed texts of a choice.
        needed: Whether a sheet without it is another sheet; False for what only helps whoever fills it in.
    """

    name: str
    title: str
    kind: str
    width: int
    hint: str = ""
    choices: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True)
class FormSheet:
    """One sheet of a workbook.

    Attributes:
        title: Its name.
        columns: From left to right.
        key: The columns that say what a row is about, where they are others than `naming_columns` finds by itself.
        spare_rows: How many blank rows stand open where people write the lines themselves.
        sometimes: Columns that a sheet has only where one of its rows is measured so, behind the named one each.
        how_to_fill: What «Как заполнить» says of it; {year} is that of the form, {autumn} the school year it begins.
    """

    title: str
    columns: tuple[FormColumn, ...]
    key: tuple[str, ...] = ()
    spare_rows: int = SPARE_ROWS
    sometimes: tuple[tuple[str, FormColumn], ...] = ()
    how_to_fill: str = ""

    @cached_property
    def every_column(self) -> tuple[FormColumn, ...]:
        """All columns that the sheet may have."""
        return (*self.columns, *(column for _, column in self.sometimes))

    def asking_for(self, names: Collection[str]) -> "FormSheet":
        """The sheet with those of its columns that it has only sometimes."""
        columns = list(self.columns)
        for behind, column in self.sometimes:
            if column.name in names:
                columns.insert([one.name for one in columns].index(behind) + 1, column)
        return self if len(columns) == len(self.columns) else replace(self, columns=tuple(columns), sometimes=())

    @cached_property
    def by_heading(self) -> dict[str, str]:
        """The name of each column by its heading in lower case."""
        return {column.title.casefold(): column.name for column in self.every_column}

    @cached_property
    def naming_columns(self) -> tuple[str, ...]:
        """The columns that say what a row is about: those the office has written, else the first."""
        fixed = tuple(column.name for column in self.columns if column.kind == "fixed")
        return self.key or fixed or (self.columns[0].name,)

    @cached_property
    def needed_columns(self) -> frozenset[str]:
        """The columns by whose headings the sheet is recognised, whatever its name has become."""
        return frozenset(column.name for column in self.columns if column.needed)

    @cached_property
    def needed_titles(self) -> frozenset[str]:
        """Those headings, in small letters."""
        return frozenset(column.title.casefold() for column in self.columns if column.needed)

    @property
    def is_open(self) -> bool:
        """Whether whoever fills it in writes its lines, too."""
        return self.columns[0].kind != "fixed"

    @property
    def open_list(self) -> "FormSheet":
        """The same sheet without lines from the office: whoever fills it in names the first column, too."""
        first, *others = self.columns
        return replace(self, columns=(replace(first, kind="text"), *others))


# What may be chosen, by the name of the column.
CHOICES: Mapping[str, Iterable[str]] = {
    "state_fact": ("да", "нет"),
    "evidence_kind": EVIDENCE_KINDS,
    "contest_level": CONTEST_LEVELS,
    "contestants": CONTESTANTS,
    "status": STATUSES,
    "verdict": VERDICTS,
}


def _sheets() -> dict[str, FormSheet]:
    """The sheets of `forms.toml` by name."""
    written = tomllib.loads(Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"))
    hints = written.pop("hints")
    return {name: _sheet(said, written, hints) for name, said in written.items() if "title" in said}


def _sheet(said: Mapping[str, Any], written: Mapping[str, Any], hints: Mapping[str, str]) -> FormSheet:
    first = written[said["begins_with"]]["columns"] if "begins_with" in said else []
    helping = said.get("only_help", "").split()
    columns = [_column(one, hints, needed=one[0] not in helping) for one in (*first, *said["columns"])]
    sometimes = [(name, _column(one, hints)) for name, some in said.get("sometimes", {}).items() for one in some]
    key, spare_rows = tuple(said.get("key", "").split()), said.get("spare_rows", SPARE_ROWS)
    return FormSheet(said["title"], tuple(columns), key, spare_rows, tuple(sometimes), said.get("how_to_fill", ""))


def _column(said: Sequence[Any], hints: Mapping[str, str], *, needed: bool = True) -> FormColumn:
    name, title, kind, width, *hint = said
    choices = tuple(CHOICES.get(name, ())) if kind == "choice" else ()
    return FormColumn(name, title, kind, width, "".join(hint).format(**hints), choices, needed)


SHEETS = _sheets()
EXECUTION, EVIDENCE, OWN_MEASURES = SHEETS["execution"], SHEETS["evidence"], SHEETS["own_measures"]
CONTEXT, STAFF, RESULTS, SCORES = (SHEETS[name] for name in ("context", "staff", "results", "scores"))
DEFICITS, SELF_ASSESSMENT, CONTESTS = SHEETS["deficits"], SHEETS["self_assessment"], SHEETS["contests"]
REGISTRY_SCHOOLS, REGISTRY_STATUS = SHEETS["registry_schools"], SHEETS["registry_status"]
# The second is the first sheet of a marked copy: made anew for each copy, never read.
ACCEPTANCE, TO_MEND = SHEETS["acceptance"], SHEETS["to_mend"]
# What a form asks for beside the number of what is done, by the kind of a measure.
ASKED_BY_KIND = {"share": "whole_count", "state": "state_fact", "document": "evidence_title"}
# The sheets of school facts, and the table that each becomes.
SCHOOL_SHEETS: Mapping[FormSheet, str] = {
    CONTEXT: "context",
    STAFF: "staff",
    RESULTS: "results",
    SCORES: "results",
    DEFICITS: "deficits",
    SELF_ASSESSMENT: "self_assessment",
    CONTESTS: "contests",
}
# Every version of the forms that was ever sent out, with its sheets of school facts; all of them are read, the last is
# sent out today. A new sheet needs a new version, a new line does not: it says since which year it is asked for.
VERSIONS: Mapping[str, tuple[FormSheet, ...]] = {"1": (), "2": tuple(SCHOOL_SHEETS)}
FORM_VERSION = list(VERSIONS)[-1]


def form_identity(kind: str, project: str, calendar_year: int, reporter: str) -> dict[str, str]:
    """Returns what a workbook carries hidden, by IDENTITY_KEYS: kind is form, registry or acceptance."""
    values = (kind, FORM_VERSION, project, str(calendar_year), reporter)
    return dict(zip(IDENTITY_KEYS, values, strict=True))
