"""The collection workbook: its sheets, columns and hidden identifiers, shared by who writes it and who reads it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from analysis.contracts.facts import CONTEST_LEVELS, CONTESTANTS, EVIDENCE_KINDS, STATUSES, VERDICTS

IDENTITY_SHEET = "_форма"
INSTRUCTIONS = "Как заполнить"
IDENTITY_KEYS = ("kind", "version", "project", "calendar_year", "reporter")
SPARE_ROWS = 30
# Every school of a large city, and its status in three school years.
SPARE_SCHOOLS, SPARE_STATUSES = 300, 900


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


EXECUTION = FormSheet(
    "Исполнение",
    (
        FormColumn("measure_label", "№", "fixed", 8),
        FormColumn("measure_title", "Мероприятие и результат", "fixed", 60),
        FormColumn("target", "План на год", "fixed", 24),
        FormColumn("deadline", "Срок", "fixed", 16),
        FormColumn("fact_count", "Факт", "count", 10, "Целое число. Ничего не сделано — 0. Нет сведений — пусто."),
        FormColumn("fact_date", "Дата", "date", 12, "Когда сделано: ДД.ММ.ГГГГ"),
        FormColumn("note", "Примечание", "text", 40, "Пояснение словами, без имён учеников и учителей"),
    ),
    ("measure_label",),
    sometimes=(
        (
            "fact_count",
            FormColumn("state_fact", "Да или нет", "choice", 12, "Только где план — «да» или «нет»", ("да", "нет")),
        ),
        (
            "fact_count",
            FormColumn("whole_count", "Из скольких", "count", 12, "Только у долей: целое, часть которого — «Факт»"),
        ),
    ),
)
EVIDENCE = FormSheet(
    "Подтверждения",
    (
        FormColumn("measure_label", "№ показателя", "choice", 14, "Номер с листа «Исполнение»"),
        FormColumn("evidence_kind", "Вид документа", "choice", 18, "Выберите из списка", tuple(EVIDENCE_KINDS)),
        FormColumn("evidence_number", "Номер", "text", 14, "Номер документа"),
        FormColumn("evidence_date", "Дата документа", "date", 16, "ДД.ММ.ГГГГ"),
        FormColumn("evidence_link", "Ссылка или имя файла", "text", 50, "Адрес https://… или имя файла"),
        FormColumn("confirmed_count", "Подтверждает, единиц", "count", 22, "Сколько единиц факта: целое число от 1"),
    ),
    sometimes=(
        (
            "evidence_kind",
            FormColumn("evidence_title", "Название документа", "text", 40, "Как он называется, без имён учеников"),
        ),
    ),
)
# What a form asks for beside the number of what is done, by the kind of a measure.
ASKED_BY_KIND = {"share": "whole_count", "state": "state_fact", "document": "evidence_title"}
OWN_MEASURES = FormSheet(
    "Школьная дорожная карта",
    (
        FormColumn("own_measure", "Мера школы", "text", 60, "Своими словами, без имён учеников и учителей"),
        FormColumn("planned_count", "Запланировано", "count", 16, "Целое число"),
        FormColumn("done_count", "Сделано", "count", 12, "Целое число. Ничего — 0. Нет сведений — пусто."),
        FormColumn("done_date", "Дата", "date", 12, "ДД.ММ.ГГГГ"),
    ),
)
NOTHING_IS_ZERO = "Нет таких — 0. Нет сведений — пусто."
WHOLE_NUMBER = f"Целое число. {NOTHING_IS_ZERO}"
CONTEXT = FormSheet(
    "Контингент",
    (
        FormColumn("pupil_group", "Группа обучающихся", "fixed", 60),
        FormColumn("group_pupil_count", "Обучающихся, человек", "count", 24, WHOLE_NUMBER),
    ),
    how_to_fill="сколько человек в школе, в каждом классе и в каждой группе на начало {autumn} учебного года.",
)
STAFF = FormSheet(
    "Кадры",
    (
        FormColumn("staff_group", "Позиция", "fixed", 60),
        FormColumn("staff_unit", "Единица", "fixed", 14),
        FormColumn(
            "staff_amount",
            "Значение",
            "number",
            16,
            f"Ставки — можно с половинами: 12,5. Люди — целым числом. {NOTHING_IS_ZERO}",
        ),
    ),
    how_to_fill="ставки и учителя на начало {autumn} учебного года; вакансии входят в ставки, категории — в число "
    "учителей.",
)
_SITTING = (
    FormColumn("procedure", "Процедура", "fixed", 12),
    FormColumn("subject", "Предмет", "fixed", 26),
    FormColumn("programme_grade", "Программа класса", "fixed", 12),
    FormColumn("sitting_grade", "Класс участников", "fixed", 12),
    FormColumn("wave", "Волна", "fixed", 16),
)
RESULTS = FormSheet(
    "Результаты",
    (
        *_SITTING,
        FormColumn(
            "participant_count",
            "Участников",
            "count",
            14,
            "Сколько человек получило отметку; в журнале — вместе с н/а, без освобождённых. Не проводилось — пусто.",
        ),
        *(FormColumn(f"mark_{mark}_count", f"Отметок «{mark}»", "count", 12, WHOLE_NUMBER) for mark in (2, 3, 4, 5)),
        FormColumn(
            "not_attested_count", "Не аттестовано (н/а)", "count", 16, "Только в строках журнала. Нет таких — 0."
        ),
    ),
    how_to_fill="сколько отметок «2», «3», «4», «5» получено в {year} году; вместе (в журнале — с н/а) они дают число "
    "участников. Не проводилось — оставьте всю строку пустой.",
)
SCORES = FormSheet(
    "Результаты ЕГЭ",
    (
        *_SITTING,
        FormColumn(
            "participant_count", "Участников", "count", 14, "Сколько человек получило баллы. Никто не сдавал — 0."
        ),
        FormColumn("below_minimum_count", "Ниже минимума", "count", 14, WHOLE_NUMBER),
        FormColumn("mean_score", "Средний балл", "number", 14, "От 0 до 100, можно с десятыми: 61,5"),
        FormColumn("high_score_count", "80–99 баллов", "count", 14, WHOLE_NUMBER),
        FormColumn("full_score_count", "100 баллов", "count", 14, WHOLE_NUMBER),
    ),
    how_to_fill="баллы основного периода {year} года: участники, средний балл и сколько из них ниже минимума, с 80–99 "
    "и со 100 баллами.",
)
DEFICITS = FormSheet(
    "Дефициты",
    (
        FormColumn(
            "competence", "Компетенция учителя", "fixed", 70, "Название компетенции, по которой шла диагностика"
        ),
        FormColumn("diagnosed_teacher_count", "Прошли диагностику, учителей", "count", 22, WHOLE_NUMBER),
        FormColumn("deficit_teacher_count", "Из них с дефицитом, учителей", "count", 22, WHOLE_NUMBER),
    ),
    how_to_fill="сколько учителей прошло в {year} году диагностику и у скольких найден дефицит.",
)
SELF_ASSESSMENT = FormSheet(
    "Самооценка",
    (
        FormColumn("criterion", "Критерий самооценки", "fixed", 70, "Название критерия"),
        FormColumn(
            "assessment_score", "Балл", "number", 12, "Число от 0, можно с десятыми: 3,5. Не оценивали — пусто."
        ),
        FormColumn("publication_link", "Ссылка на публикацию", "text", 50, "Адрес https://… или имя файла"),
    ),
    how_to_fill="баллы, которые школа поставила себе в {year} году, и где это опубликовано.",
)
CONTESTS = FormSheet(
    "Конкурсы",
    (
        FormColumn("contest_name", "Конкурс", "text", 60, "Название конкурса, без имён учеников и учителей"),
        FormColumn("contest_level", "Уровень", "choice", 18, "Выберите из списка", tuple(CONTEST_LEVELS)),
        FormColumn("contestants", "Кто участвовал", "choice", 18, "Выберите из списка", tuple(CONTESTANTS)),
        FormColumn("contestant_count", "Участников от школы", "count", 16, WHOLE_NUMBER),
        FormColumn("winner_count", "Победителей и призёров", "count", 18, WHOLE_NUMBER),
    ),
    how_to_fill="по строке на каждый конкурс {year} года, отдельно для обучающихся и для педагогов.",
)
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
REGISTRY_SCHOOLS = FormSheet(
    "Школы",
    (
        FormColumn("school_login", "Логин", "text", 14, "Логин ФИС ОКО, например edu260001"),
        FormColumn("code_oo", "Код ОО", "text", 12, "Код школы в РЦОИ"),
        FormColumn("code_msu", "Код МСУ", "text", 12, "Код муниципалитета в РЦОИ"),
        FormColumn("school_name", "Краткое название", "text", 30),
        FormColumn("full_name", "Полное название", "text", 60),
        FormColumn("aliases", "Другие названия", "text", 40, "Через точку с запятой"),
        FormColumn("school_kind", "Вид", "text", 14),
        FormColumn("pupil_count", "Учеников", "count", 12),
    ),
    spare_rows=SPARE_SCHOOLS,
)
REGISTRY_STATUS = FormSheet(
    "Статус",
    (
        FormColumn("school_login", "Логин", "text", 14),
        FormColumn("school_year", "Учебный год", "text", 14, "Вида 2020/21"),
        FormColumn("status", "Статус", "choice", 18, "Выберите из списка", tuple(STATUSES)),
    ),
    key=("school_login", "school_year"),
    spare_rows=SPARE_STATUSES,
)
ACCEPTANCE = FormSheet(
    "Рассмотрение",
    (
        FormColumn("evidence_id", "Код подтверждения", "fixed", 17),
        FormColumn("measure_label", "№", "fixed", 7, needed=False),
        FormColumn("measure_title", "Мероприятие и результат", "fixed", 36, needed=False),
        FormColumn("reporter", "Кто отчитался", "fixed", 18, needed=False),
        FormColumn("fact_count", "Факт", "fixed", 7, needed=False),
        FormColumn("confirmed_count", "Подтверждает, единиц", "fixed", 14, needed=False),
        FormColumn("evidence_kind", "Вид документа", "fixed", 12, needed=False),
        FormColumn("evidence_number", "Номер", "fixed", 9, needed=False),
        FormColumn("evidence_date", "Дата документа", "fixed", 12, needed=False),
        FormColumn("evidence_link", "Ссылка или имя файла", "fixed", 28, needed=False),
        FormColumn("received", "Форма получена", "fixed", 12, needed=False),
        FormColumn("verdict", "Решение", "choice", 18, "Выберите из списка", tuple(VERDICTS)),
        FormColumn("verdict_by", "Кто решил", "text", 18, "Должность"),
        FormColumn("verdict_date", "Дата решения", "date", 12, "ДД.ММ.ГГГГ"),
        FormColumn("reason", "Причина", "text", 30, "Нужна, если возвращено"),
    ),
    ("evidence_id",),
)
# The first sheet of a marked copy: made anew for each copy, never read.
TO_MEND = FormSheet(
    "Что исправить",
    (
        FormColumn("number", "Номер", "fixed", 8),
        FormColumn("sheet", "Лист", "fixed", 22),
        FormColumn("cell", "Где", "fixed", 16),
        FormColumn("value", "Что стоит", "fixed", 26),
        FormColumn("explanation", "Что не так", "fixed", 60),
        FormColumn("action", "Что сделать", "fixed", 50),
    ),
)


def form_identity(kind: str, project: str, calendar_year: int, reporter: str) -> dict[str, str]:
    """Returns what a workbook carries hidden, by IDENTITY_KEYS: kind is form, registry or acceptance."""
    values = (kind, FORM_VERSION, project, str(calendar_year), reporter)
    return dict(zip(IDENTITY_KEYS, values, strict=True))
