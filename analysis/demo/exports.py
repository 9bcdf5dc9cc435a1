"""The exports that the invented town received, in the layouts of the exam systems."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from analysis.demo.books import CODE_MSU, code_oo, full_name
from analysis.demo.pupils import EGE, Chance, Sat, all_sat, enrolment, sat, sitting, sittings
from analysis.demo.town import Filed, parameters, read, schools, town
from analysis.errors import AnalysisError
from analysis.forms.receptions import is_inside
from analysis.intake.exports.cells import counts_csv, kept_name
from analysis.intake.exports.recognise import read_export
from analysis.rules.config import INVENTED
from analysis.rules.office_files import Vocabulary, load_vocabulary
from analysis.rules.written import MARK_SCALE, SCORE_SCALE
from analysis.starter import INSTALLATION, write_files

# The layouts in which the exam systems return results, filled with those of the invented schools.

Cell = str | int | float
Grid = Sequence[Sequence[Cell]]


def xlsx_bytes(grid: Grid, sheet: str, written: date) -> bytes:
    """Returns a workbook of one plain sheet; a blank text leaves its cell out."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(written.year, written.month, written.day)})
        page = book.add_worksheet(sheet)
        for row, cells in enumerate(grid):
            for column, value in enumerate(cells):
                if value != "":
                    (page.write_string if isinstance(value, str) else page.write_number)(row, column, value)
    return buffer.getvalue()


def csv_bytes(grid: Grid) -> bytes:
    """Returns a .csv as Russian offices exchange it: semicolons, a byte order mark, decimal commas."""
    buffer = io.StringIO(newline="")
    width = max(len(cells) for cells in grid)
    writer = csv.writer(buffer, delimiter=";")
    for cells in grid:
        texts = [str(value).replace(".", ",") if isinstance(value, float) else str(value) for value in cells]
        writer.writerow([*texts, *[""] * (width - len(texts))])
    return buffer.getvalue().encode("utf-8-sig")


REGION = "Вымышленный край"
MARKS = ("2", "3", "4", "5")
# Numbers of the subjects in the exam systems.
SUBJECT_CODES = {
    "Русский язык": 1, "Математика": 2, "Математика (профильная)": 2, "Физика": 3, "Химия": 4, "Информатика": 5,
    "Биология": 6, "История": 7, "География": 8, "Английский язык": 9, "Обществознание": 12, "Литература": 18,
    "Математика (базовая)": 22,
}  # fmt: skip
EXAM_NAMES = {"ОГЭ": "основного государственного экзамена (ОГЭ)", "ЕГЭ": "единого государственного экзамена (ЕГЭ)"}
# The highest score of each task of a test; the lowest primary score for each mark, in thousandths of the whole.
TASKS = (1, 1, 2, 1, 2, 3, 2, 1, 3)
LEAST = {2: 0, 3: 400, 4: 600, 5: 820, 6: 1001}
NOT_DONE = ("X", "Х")
MEASURES = ("приняли участие", "не преодолели минимум", "80–99", "100", "средний")
Rows = Iterator[Sequence[Cell]]


def wide_statistics(results: Iterable[Sat]) -> Rows:
    """Yields «Статистика по отметкам» with a row a school, grade and subject; marks in percent."""
    yield (f"Статистика по отметкам. {INVENTED}",)
    yield ("Год", "Класс", "Предмет", "Муниципалитет", "Логин", "ОО", "Кол-во участников", *MARKS)
    for one in results:
        school, percents = schools()[one.school - 1], percents_of(one.mark_counts)
        known = (town()["city"], school.login, full_name(school))
        yield (one.sitting.calendar_year, one.grade, one.subject, *known, one.participant_count, *percents)


def narrow_statistics(results: Sequence[Sat]) -> Rows:
    """Yields «Статистика по отметкам» of one subject and grade: groups of participants, schools among them."""
    first = results[0]
    yield (f"Статистика по отметкам. {INVENTED}",)
    yield (f"ВПР {first.sitting.calendar_year} {first.subject} {first.grade} класс",)
    yield ()
    yield ("Группы участников", "Кол-во участников", *MARKS)
    city = tuple(map(sum, zip(*(one.mark_counts for one in results), strict=True)))
    for group, times in (("Вся выборка", 900), (REGION, 17), (town()["city"], 1)):
        yield (group, sum(city) * times, *percents_of(city))
    for one in results:
        yield (schools()[one.school - 1].name, one.participant_count, *percents_of(one.mark_counts))


def individual_results(results: Sequence[Sat]) -> Rows:
    """Yields individual results (Ф1) of one subject and grade: one row per pupil, with the mark of the journal."""
    first = results[0]
    yield (f"ВПР {first.sitting.calendar_year} {first.subject} {first.grade} класс",)
    yield (f"Индивидуальные результаты. {INVENTED}",)
    for one in results:
        yield (f"ОО({schools()[one.school - 1].login})", f"Кол-во участников: {one.participant_count}")
    yield ("", "", "", "", "", "Максимальный балл", *TASKS, sum(TASKS))
    tasks = (f"{number} ({points}б)" for number, points in enumerate(TASKS, start=1))
    about = ("ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант")
    yield (*about, *tasks, "Первичный балл", "Отметка", "Отметка по журналу")
    for one in results:
        yield from _individual_rows(one)


def protocol(exams: Sequence[Sequence[Sat]], codes_with_point: bool = False) -> Rows:
    """Yields a protocol of ОГЭ or ЕГЭ: a block per exam, a row per pupil, with names that must not enter the project.

    Args:
        exams: The results of the schools, an exam each.
        codes_with_point: Whether the codes of schools stand as 990001.0.
    """
    held = exams[0][0].sitting
    yield (f"Протокол проверки результатов {EXAM_NAMES[held.procedure]}",)
    yield (f"99 - {REGION}", "", "", "", INVENTED)
    for number, results in enumerate(exams):
        yield ()
        yield (f"{SUBJECT_CODES[results[0].subject]} - {_plain(results[0].subject)} {_day(results[0], number)}",)
        yield from _protocol_block(results, codes_with_point)


def summary(calendar_year: int, subjects: Sequence[str]) -> Rows:
    """Yields the regional summary of ЕГЭ: three rows of headings, names only, «-» for what is missing."""
    yield (f"Результаты ЕГЭ {calendar_year} года. {INVENTED}",)
    yield ("Муниципалитет", "ОО", "Всего выпускников", "из них")
    yield ("", "", "", *chain.from_iterable((subject, *[""] * (len(MEASURES) - 1)) for subject in subjects))
    yield ("", "", "", *MEASURES * len(subjects))
    held, graduates = sitting(EGE, calendar_year, "основная"), 0
    for school in schools():
        pupils = enrolment(school.number)[calendar_year - 1][11]
        cells = [_summary_cells(sat(school.number, held, subject, 11)) for subject in subjects]
        yield (town()["city"] if school.number == 1 else "", school.name, pupils, *chain.from_iterable(cells))
        graduates += pupils
    yield (f"Всего: {town()['city']}", "", graduates)
    # Another town of the region, outside this project.
    yield ("город Соседск", "Школа № 1", 40, *(20, 1, 3, 0, "58,2") * len(subjects))
    yield ("", "Школа № 2", 25, *(12, 2, 1, 0, "55,4") * len(subjects))
    yield ("Всего: город Соседск", "", 65)


def percents_of(counts: Sequence[int]) -> list[float]:
    """Shares in percent with two decimals, rounded half up."""
    total = sum(counts)
    return [(20_000 * count + total) // (2 * total) / 100 for count in counts]


def _individual_rows(one: Sat) -> Rows:
    school = schools()[one.school - 1]
    chance = Chance("tasks", one.school, one.sitting.calendar_year, one.subject, one.grade)
    for number, (mark, journal) in enumerate(zip(one.marks, one.journal, strict=True), start=1):
        primary = _primary(mark, sum(TASKS), chance)
        known = (f"ОО({school.login})", town()["city"], school.name, f"{one.grade}{number:04d}")
        form = (_class_of(one, number), 1 + number % 2)
        yield (*known, *form, *_points(primary, chance), primary, mark, journal or ("-", "нет отметки", "")[number % 3])


def _points(primary: int, chance: Chance) -> Iterator[Cell]:
    """Points of the tasks that make up the primary score; a task that nobody tried holds an X."""
    left = primary
    for most in TASKS:
        got = min(left, most)
        left -= got
        yield got if got else NOT_DONE[chance.below(2)] if chance.happens(100) else "-" if chance.happens(50) else 0


def _protocol_block(results: Sequence[Sat], codes_with_point: bool) -> Rows:
    ending = "Оценка" if results[0].sitting.scale == MARK_SCALE else "Балл"
    yield (
        *("№", "", "Код ОО", "Класс", "Код ППЭ", "Аудитория", "Код МСУ", "Фамилия", "", "Имя", "", "Отчество", ""),
        *("краткий", "развёрнутый", "Первичный балл", "", ending),
    )
    rows = [row for one in results for row in _pupil_rows(one)]
    # A room holds pupils of several schools: the schools of a protocol are mixed.
    rows.sort(key=lambda row: row[0])
    for number, (room, row) in enumerate(rows, start=1):
        code, grade, names, got = row[0], row[1], row[2:5], row[5:]
        yield (
            *(number, "", f"{code}.0" if codes_with_point else code, grade, 9900 + room // 10, room, int(CODE_MSU)),
            *(names[0], "", names[1], "", names[2], "", *got[:3], "", got[3]),
        )
    totals = [sum(int(row[position]) for _, row in rows) for position in (5, 6, 7, 8)]
    means = [(20 * total + len(rows)) // (2 * len(rows)) / 10 for total in totals]
    yield ("Средние", *[""] * 12, *means[:3], "", means[3])


def _pupil_rows(one: Sat) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    school = schools()[one.school - 1]
    chance = Chance("rooms", one.school, one.sitting.calendar_year, one.subject)
    for number, result in enumerate((*one.marks, *one.scores), start=1):
        primary = _primary(result, 32, chance) if one.marks else result * 58 // 100
        short = primary * 6 // 10
        names = (f"Проверочный {number:02d}", "Имярек", "Вымышленный")
        room = 1 + chance.below(12)
        yield room, (int(code_oo(school)), _class_of(one, number), *names, short, primary - short, primary, result)


def _primary(mark: int, most: int, chance: Chance) -> int:
    least, above = -(-most * LEAST[mark] // 1000), -(-most * LEAST[mark + 1] // 1000)
    return least + chance.below(above - least)


def _class_of(one: Sat, number: int) -> str:
    """The class of a pupil: 25 or so in each."""
    return f"{one.grade}{'АБВГД'[(number - 1) // 25 % 5]}"


def _plain(subject: str) -> str:
    """A subject as the exam systems write it: «Математика профильная»."""
    return subject.replace("(", "").replace(")", "")


def _day(one: Sat, number: int) -> str:
    return f"{one.sitting.calendar_year}.06.{3 + 4 * number:02d}"


def _summary_cells(one: Sat | None) -> tuple[Cell, ...]:
    if one is None:
        return ("-",) * len(MEASURES)
    mean = f"{one.mean_tenths // 10},{one.mean_tenths % 10}"
    return (one.participant_count, one.below_minimum_count, one.high_score_count, one.full_score_count, mean)


# The exports of the exam systems that the invented town received: every file with its bytes.

SHEET = "Лист1"
PUPIL_LAYOUTS = ("individual", "protocol")
LAYOUT_TITLES = {
    "wide": "статистика по отметкам",
    "narrow": "статистика по отметкам",
    "individual": "индивидуальные результаты",
    "protocol": "протокол",
    "summary": "региональная сводка",
}
TellTale = Sequence[str]


@dataclass(frozen=True)
class Export:
    """An export as it came.

    Attributes:
        year: The year under which the office filed it.
        file: Its name.
        layout: wide, narrow, individual, protocol or summary.
        procedure: ВПР, ОГЭ or ЕГЭ.
        received: The day it came.
        subjects: What is in it.
        grades: Programme grades; empty for all that the calendar knows.
        wave: Which of the sittings of the year; blank where there is one.
        said_wave: Whether its entry in SOURCES.toml names the wave.
        sitting_year: The year of the results, where it is filed under another.
        codes_with_point: Whether the codes of schools stand as 990001.0.
        only_inbox: Whether nobody has received it yet.
        changed: Texts that tell the row, heading of the column, and what stands there: a value, or a text with {} for
            the value that would be right.
        planted: What it is, texts that tell the row, heading of the column, rule of the finding.
    """

    year: int
    file: str
    layout: str
    procedure: str
    received: date
    subjects: Sequence[str]
    grades: Sequence[int] = ()
    wave: str = ""
    said_wave: bool = False
    sitting_year: int = 0
    codes_with_point: bool = False
    only_inbox: bool = False
    changed: Sequence[tuple[TellTale, str, Any]] = ()
    planted: Sequence[tuple[str, TellTale, str, str]] = ()

    @property
    def has_pupils(self) -> bool:
        """Whether it has a row per pupil: then it never enters the project."""
        return self.layout in PUPIL_LAYOUTS

    @property
    def path(self) -> str:
        """Its path in the project, or its name in the inbox if it has a row per pupil."""
        return f"{self.year}_{self.file}" if self.has_pupils else f"data/raw/{self.year}/{self.file}"

    @property
    def title(self) -> str:
        """What it is, in words."""
        subjects = ", ".join(self.subjects)
        return f"{self.procedure} {self.year} года, {LAYOUT_TITLES[self.layout]}: {subjects}"

    def content(self) -> bytes:
        """Its bytes."""
        grid = self.grid()
        return csv_bytes(grid) if self.file.endswith(".csv") else xlsx_bytes(grid, SHEET, self.received)

    def grid(self) -> Grid:
        """Its rows, with the changes that people and systems made."""
        rows: list[Sequence[Cell]] = list(self._rows())
        for tale, column, instead in self.changed:
            row, position = cell_of(rows, tale, column)
            line = list(rows[row])
            right = str(line[position]).replace(".", ",")
            line[position] = instead.format(right) if isinstance(instead, str) else instead
            rows[row] = line
        return rows

    def cell(self, tale: TellTale, column: str) -> tuple[str, str]:
        """Address of a cell, and what stands in it."""
        grid = self.grid()
        row, position = cell_of(grid, tale, column)
        return xl_rowcol_to_cell(row, position), str(grid[row][position])

    def _rows(self) -> Sequence[Sequence[Cell]]:
        if self.layout == "summary":
            return list(summary(self.year, self.subjects))
        exams = self._exams()
        if self.layout == "protocol":
            return list(protocol(exams, self.codes_with_point))
        if self.layout == "wide":
            return list(wide_statistics(one for exam in exams for one in exam))
        return list((narrow_statistics if self.layout == "narrow" else individual_results)(exams[0]))

    def _exams(self) -> list[list[Sat]]:
        held = sitting(self.procedure, self.sitting_year or self.year, self.wave)
        return [
            list(all_sat(held, subject, grade))
            for subject in self.subjects
            for grade in self.grades or held.grades[subject]
        ]


@cache
def exports() -> tuple[Export, ...]:
    """Returns the exports of all years: exports.toml."""
    return tuple(Export(**entry) for entry in read("exports.toml")["export"])


def cell_of(rows: Grid, tale: TellTale, column: str) -> tuple[int, int]:
    """Row and column of a cell: the row that has all the texts, the column under its heading."""
    position = next(list(cells).index(column) for cells in rows if column in cells)
    (row,) = (number for number, cells in enumerate(rows) if set(tale) <= set(map(str, cells)))
    return row, position


MINIMUM = """
[[minimum_score]]
procedure = "ЕГЭ"
calendar_year = {}
subject = "{}"
score = {}
basis = "{}: минимум этого города"
confirmed = false
"""


def filed_exports() -> list[Filed]:
    """Returns the exports as the project holds them."""
    return [_counts(one) if one.has_pupils else _as_it_came(one) for one in exports() if not one.only_inbox]


def inbox_files() -> dict[str, bytes]:
    """Returns the files with a row per pupil by name: they belong into a folder outside the project."""
    return {one.path: one.content() for one in exports() if one.has_pupils}


def calendar_with_minima(calendar: bytes) -> bytes:
    """Returns the calendar of procedures with the minimum scores of the town."""
    known = _vocabulary().minimum_scores.items()
    minima = (MINIMUM.format(year, subject, score, INVENTED) for (_, year, subject), score in known)
    return calendar + "".join(minima).encode()


@cache
def _vocabulary() -> Vocabulary:
    return replace(load_vocabulary(INSTALLATION), minimum_scores=dict(_minima()))


def _minima() -> Iterator[tuple[tuple[str, int, str], int]]:
    for held in sittings():
        if (held.procedure, held.scale) == (EGE, SCORE_SCALE):
            for subject, given in parameters()["scores"].items():
                if subject in held.grades:
                    yield (EGE, held.calendar_year, subject), given["minimum"]


def _as_it_came(export: Export) -> Filed:
    more = {"wave": export.wave if export.said_wave else ""}
    return Filed(export.path, export.title, "export", export.received, export.content(), more)


def _counts(export: Export) -> Filed:
    content = export.content()
    kept = counts_csv(read_export(content, export.path, _vocabulary()).counts)
    more = {"wave": export.wave if export.said_wave else "", "derived_from": hashlib.sha256(content).hexdigest()}
    path = kept_name(export.year, "counts", hashlib.sha256(kept).hexdigest(), ".csv")
    return Filed(path, f"{export.title}: итоги по школам", "counts", export.received, kept, more)


def write_inbox(project: Path, folder: Path) -> list[Path]:
    """Writes the files with a row per pupil into a folder outside the demo; returns where they lie.

    Raises:
        AnalysisError: The folder lies inside the project or its repository, where such files must not be.
    """
    if is_inside(folder.resolve(), project):
        raise AnalysisError(
            f"{folder}: файлам с учениками не место в проекте и его репозитории. Назовите папку вне {project}."
        )
    files = inbox_files()
    write_files(folder, files)
    return [folder / name for name in files]
