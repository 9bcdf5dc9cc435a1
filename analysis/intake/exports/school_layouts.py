"""Exports with a row per school: «Статистика по отметкам» (ФИС ОКО), the regional summary of ЕГЭ."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from analysis.contracts.facts import MARK_COLUMNS
from analysis.contracts.findings import column_letters
from analysis.intake.cells import plain
from analysis.intake.exports.cells import (
    ExamCounts,
    GridValue,
    Line,
    NotReadError,
    agree,
    counts_of,
    decimals_of,
    grade_of,
    login_of,
    read_decimal,
    read_whole,
    text_of,
)
from analysis.intake.exports.headings import (
    COUNTS,
    MARKS,
    MUNICIPALITY,
    SCHOOL,
    SUBJECT,
    Columns,
    MarkHeadings,
    Titles,
    VprTitle,
    headings,
    line_texts,
    measures,
    names_marks,
    names_primary_scores,
    names_schools,
    normal,
    numbers_the_columns,
    parted,
    unread,
)
from analysis.intake.exports.pupil_layouts import MATHEMATICS
from analysis.rules.office_files import Vocabulary
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# ФИС ОКО «Статистика по отметкам»: the marks of a school in percent, brought back to counts where they reconcile.

MARK_STATISTICS = "статистика по отметкам (ФИС ОКО)"
LOOKED_FOR_IN_STATISTICS = (
    "статистика по отметкам ФИС ОКО: «Группы участников» или «Логин», «Кол-во участников», «2», «3», «4», «5»"
)
COUNTS_FOR_PERCENTS = (
    "похоже, в столбцах отметок стоит число участников, а не процент: в строках школ ({} из {}) они складываются в "
    "«Кол-во участников», а не в 100. Выгрузите проценты или озаглавьте столбцы «2 чел.» … «5 чел.»"
)
SHARES_FOR_PERCENTS = (
    "похоже, в столбцах отметок стоят доли от 0 до 1, а не проценты: в строках школ ({} из {}) они складываются в 1. "
    "Умножьте их на 100 или выгрузите файл заново"
)
COARSE = "проценты напечатаны грубее, чем один участник: число участников с отметкой восстановлено примерно"
# Percents that were rounded one by one.
SUM_TOLERANCE = Decimal("1.5")
WHOLE_YEAR = re.compile(r"(20\d\d)(?: ?(?:г\.?|год))?")
# Distinguishes a school from a group of schools without a login. Anything else counts as an unknown school: a question
# is better than a silent loss.
SCHOOL_WORDS = re.compile(
    r"школ|\b[мгч]?[бка]?о[оу]\b|\bмбоу|\bмкоу|\bмаоу|\bсош\b|\bоош\b|гимнази|лице[йя]|интернат|кадетск|№",
    re.IGNORECASE,
)

GROUP_WORDS = re.compile(
    r"вся выборка.*|росси.*|рф|итог.*|всего.*"
    r"|(?:г\.|(?:город|го|мо|мр|республика|муниципальн\w+|городской округ)\b).*"
    r"|.*\b(?:край|область|республика|район|округ|ао)(?: ?[-–—(].*)?",
    re.IGNORECASE,
)


def is_statistics(lines: Sequence[Line]) -> bool:
    """Whether the headings of such a file stand in these lines."""
    return names_marks(lines) and not names_primary_scores(lines)


class OtherUnitError(Exception):
    """The columns of marks hold no percents; the message (in Russian) says what they seem to hold."""


def read_statistics(sheet: str, lines: Iterable[Line], vocabulary: Vocabulary) -> list[ExamCounts]:
    """Returns a row for each school; rows of groups of schools are left out.

    Raises:
        OtherUnitError: Most rows do not add up to 100 %, so none of them is reliable.
    """
    reading = _StatisticsReading(sheet, vocabulary)
    for line in lines:
        reading.take(line)
    return reading.finished()


@dataclass(frozen=True)
class _Row:
    """A row of the table before it is known with how many decimals the file prints; marks where it counts people."""

    counts: ExamCounts
    total: int
    percents: list[Decimal]
    marks: list[int]


@dataclass(slots=True)
class _StatisticsReading:
    """How far a sheet has been read."""

    sheet: str
    vocabulary: Vocabulary
    headings: MarkHeadings = field(default_factory=MarkHeadings)
    rows: list[_Row] = field(default_factory=list)
    unread: list[ExamCounts] = field(default_factory=list)
    # Of each row of a school: the number of participants, and what stands under the marks added up.
    sums: list[tuple[int, Decimal]] = field(default_factory=list)
    _title: VprTitle | None = None
    _titles: Titles = field(default_factory=Titles)
    # The number of rows read before the title.
    _titled: int = 0

    def take(self, line: Line) -> None:
        if self.headings.begins(line):
            if self._titled < len(self.rows) + len(self.unread):
                # Rows of another subject follow. Without a title they do not belong to the subject before.
                self._title = None
        elif self.headings.goes_on(line):
            return
        elif title := self._titles.take(line_texts(line)):
            self._title, self._titled = title, len(self.rows) + len(self.unread)
        elif numbers_the_columns(line):
            return
        elif (columns := self.headings.columns) and self._is_of_a_school(line, columns):
            self._take_row(line, columns)

    def finished(self) -> list[ExamCounts]:
        """The rows as counts: one export prints all its percents with the same decimals."""
        _refuse_other_units(self.sums)
        decimals = max((decimals_of(one) for row in self.rows for one in row.percents), default=0)
        return [*(_reconciled(row, decimals) for row in self.rows), *self.unread]

    def _is_of_a_school(self, line: Line, columns: Columns) -> bool:
        if any(columns.value(line, name) is not None for name in ("login", "school")):
            return True
        group = text_of(columns.value(line, "group"))
        if login_of(group) or SCHOOL_WORDS.search(group):
            return True
        has_numbers = any(columns.value(line, name) is not None for name in ("participants", *MARKS, *COUNTS))
        return bool(group) and has_numbers and not GROUP_WORDS.fullmatch(group)

    def _take_row(self, line: Line, columns: Columns) -> None:
        counts = self._school(line, columns)
        self.sums += _sum(line, columns)
        try:
            total = read_whole(columns.value(line, "participants"), "Кол-во участников")
            if total is None:
                raise NotReadError("в столбце «Кол-во участников» пусто")
            marks = [read_whole(columns.value(line, name), f"{name[-1]}, чел.") for name in COUNTS if name in columns]
            percents = [read_decimal(columns.value(line, name), name[-1]) for name in MARKS if name in columns]
            if total and any(mark is None for mark in marks):
                raise NotReadError("число одной из отметок не указано: пусто не ноль")
            if total and any(percent is None for percent in percents):
                raise NotReadError("доля одной из отметок не указана: пусто не ноль")
        except NotReadError as error:
            self.unread.append(replace(counts, fault=counts.fault or str(error)))
            return
        known = [percent or Decimal(0) for percent in percents]
        self.rows.append(_Row(counts, total, known, [mark or 0 for mark in marks]))

    def _school(self, line: Line, columns: Columns) -> ExamCounts:
        title, group = self._title, columns.value(line, "group")
        writing = text_of(columns.value(line, "subject")) or (title.subject if title else "")
        subject = self.vocabulary.subject(writing)
        written = text_of(columns.value(line, "year"))
        year = WHOLE_YEAR.fullmatch(written)
        name = text_of(columns.value(line, "school")) or text_of(group)
        calendar_year = int(year[1]) if year else title.calendar_year if title else None
        grade = grade_of(columns.value(line, "grade")) or (title.named_grade if title else None)
        exam = ("ВПР", subject, calendar_year, grade, MARK_SCALE)
        return ExamCounts(
            f"{self.sheet}строка {line.number}",
            *exam,
            municipality=text_of(columns.value(line, "municipality")),
            school_login=login_of(columns.value(line, "login")) or login_of(name),
            school_name=plain(re.sub(r"\(\s*(?:edu|sch)\d+\s*\)", "", name)),
            fault=_fault(subject, writing, "" if year else written),
        )


def _sum(line: Line, columns: Columns) -> list[tuple[int, Decimal]]:
    """Participants and the sum of the marks of a row; nothing where they are counted apart or cannot be read."""
    if not all(name in columns for name in MARKS) or any(name in columns for name in COUNTS):
        return []
    try:
        total = read_whole(columns.value(line, "participants"), "")
        return [(total, sum((_number(columns.value(line, name)) for name in MARKS), Decimal(0)))] if total else []
    except NotReadError:
        return []


def _number(value: GridValue) -> Decimal:
    """A percent, a share or, above 100, a number of people."""
    try:
        return read_decimal(value, "") or Decimal(0)
    except NotReadError:
        return Decimal(read_whole(value, "") or 0)


def _refuse_other_units(sums: Sequence[tuple[int, Decimal]]) -> None:
    """Where rows add up to the participants, or to 1, and more of them than to 100; a row where both are so is none."""
    percents = sum(abs(added - 100) <= SUM_TOLERANCE for _, added in sums)
    counts = sum(added == total and abs(added - 100) > SUM_TOLERANCE for total, added in sums)
    shares = sum(abs(added - 1) <= SUM_TOLERANCE / 100 and total > 1 for total, added in sums)
    for found, said in ((counts, COUNTS_FOR_PERCENTS), (shares, SHARES_FOR_PERCENTS)):
        if found > percents:
            raise OtherUnitError(said.format(found, len(sums)))


def _fault(subject: str, writing: str, unread_year: str) -> str:
    if unread_year:
        return f"в столбце «Год» не год ({unread_year}): один календарный год, например 2021"
    if subject:
        return ""
    return f"предмета нет в календаре процедур ({writing})" if writing else "предмет не назван"


def _reconciled(row: _Row, decimals: int) -> ExamCounts:
    counts = row.marks or counts_of(row.total, row.percents, decimals)
    if counts is None:
        said = f"проценты не сводятся к целым числам участников ({_percents(row)}; участников {row.total})"
        return replace(row.counts, fault=row.counts.fault or said)
    if contradiction := _contradicts(row, decimals):
        return replace(row.counts, fault=row.counts.fault or contradiction)
    coarse = not row.marks and row.total > 100 * 10**decimals
    marks: dict[str, Any] = dict(zip(MARK_COLUMNS, counts, strict=True))
    return replace(row.counts, participant_count=row.total, remark=COARSE if coarse else "", **marks)


def _contradicts(row: _Row, decimals: int) -> str:
    """Why counts of people cannot be right: against their sum or against the percents beside them."""
    if not row.marks:
        return ""
    shown = ", ".join(f"{mark} — {count}" for mark, count in zip((2, 3, 4, 5), row.marks, strict=True))
    if sum(row.marks) != row.total:
        return f"отметки не складываются в число участников ({shown}; участников {row.total})"
    if row.percents and not agree(row.total, row.marks, row.percents, decimals):
        return f"число и доля одной из отметок не сходятся ({shown}; {_percents(row)}; участников {row.total})"
    return ""


def _percents(row: _Row) -> str:
    pairs = zip((2, 3, 4, 5), row.percents, strict=True)
    return ", ".join(f"{mark} — {percent} %".replace(".", ",") for mark, percent in pairs)


# The regional summary of ЕГЭ: schools by name, a group of columns a subject, the municipality once a block.

REGIONAL_SUMMARY = "региональная сводка ЕГЭ"
LOOKED_FOR_IN_SUMMARY = (
    "региональная сводка ЕГЭ: «Муниципалитет», «ОО», под предметами «приняли участие» и «средний балл»"
)
TITLES = {
    "participant_count": "приняли участие",
    "below_minimum_count": "не преодолели минимум",
    "high_score_count": "80–99",
    "full_score_count": "100",
    "mean_score": "средний",
}
BETWEEN = frozenset({"из них", "в том числе"})
TOTALS = ("всего", "итог")
EXAM = re.compile(r"\b(?:огэ|гвэ|впр)\b|гиа-9|основного государственного", re.IGNORECASE)
UNIFIED = re.compile(r"\bегэ\b|единого государственного", re.IGNORECASE)
OTHER_EXAM = "в заголовке назван не ЕГЭ, а сводки с баллами читаются только о нём"
NO_SUBJECT = "предмет не назван: нет ни строки предметов над показателями, ни столбца «Предмет»"
YEAR = re.compile(r"\b(20\d\d)\b")
Measures = Mapping[str, Mapping[str, int]]


def is_summary(lines: Sequence[Line]) -> bool:
    """Whether both the heading of schools and the measures under subjects stand in these lines."""
    return any(map(names_schools, lines)) and any(map(measures, lines))


def read_summary(sheet: str, lines: Iterable[Line], vocabulary: Vocabulary) -> list[ExamCounts]:
    """Returns a row for each school and subject in which somebody took part or something is written."""
    named = YEAR.search(sheet)  # a book of several years has one on each tab, and no title
    reading = _SummaryReading(sheet, vocabulary, year=int(named[1]) if named else None)
    return [one for line in lines for one in reading.take(line)]


@dataclass(slots=True)
class _SummaryReading:
    """How far a sheet has been read."""

    sheet: str
    vocabulary: Vocabulary
    above: list[Line] = field(default_factory=list)
    measures: Measures | None = None
    found: Mapping[int, str] = field(default_factory=dict)
    remark: str = ""
    fault: str = ""
    year: int | None = None
    municipality_column: int = 0
    school_column: int = 0
    subject_column: int = 0
    municipality: str = ""

    def take(self, line: Line) -> list[ExamCounts]:
        """What a line adds."""
        if names_schools(line):
            names = headings(line)
            self.municipality_column = next(c for c, name in sorted(names.items()) if MUNICIPALITY.fullmatch(name))
            self.school_column = next(c for c, name in sorted(names.items()) if SCHOOL.fullmatch(name))
            self.subject_column = next((c for c, name in sorted(names.items()) if SUBJECT.fullmatch(name)), 0)
            self.above, self.measures = [line], None
            if found := measures(line):
                # This row names no subject. It is the only row of headings unless another follows.
                self.above = []
                self._measured(found, unread(line, found, min(found)))
        elif found := measures(line):
            self._measured(found, unread(line, found, min(found)))
        elif self.measures is None:
            self.above.append(line)
            said = " ".join(line_texts(line))
            self.fault = OTHER_EXAM if EXAM.search(said) and not UNIFIED.search(said) else self.fault
            self.year = next((int(year[1]) for text in line_texts(line) if (year := YEAR.search(text))), self.year)
        elif (parts := parted(self.found, line)) is not None:
            self._measured(parts, self.remark)
        elif not numbers_the_columns(line):
            return self._school(line, self.measures)
        return []

    def _measured(self, found: Mapping[int, str], remark: str) -> None:
        self.found, self.remark = found, remark
        self.measures = _by_subject(found, self.above)

    def _school(self, line: Line, measures: Measures) -> list[ExamCounts]:
        municipality = text_of(line.cells.get(self.municipality_column))
        school = text_of(line.cells.get(self.school_column))
        if any(normal(text).startswith(TOTALS) for text in (municipality, school)):
            # After the total of a block the next block names its own municipality.
            self.municipality = ""
            return []
        self.municipality = municipality or self.municipality
        if not school:
            self.above.append(line)
            return []
        own = text_of(line.cells.get(self.subject_column))
        read = (self._exam(line, school, subject or own, columns) for subject, columns in measures.items())
        return [one for one in read if one is not None]

    def _exam(self, line: Line, school: str, writing: str, columns: Mapping[str, int]) -> ExamCounts | None:
        subject = self.vocabulary.subject(writing)
        if normal(writing) == "математика":
            subject = MATHEMATICS[("ЕГЭ", SCORE_SCALE)]
        cells = {name: line.cells.get(column) for name, column in columns.items()}
        values, faults = _read(cells)
        if not faults and all(value is None for value in values.values()):
            return None
        if values.get("participant_count") is None:
            faults.append("число участников не указано, а другие показатели есть")
        if not subject:
            faults.append(f"предмета нет в календаре процедур ({writing})" if writing else NO_SUBJECT)
        if self.fault:
            faults.append(self.fault)
        cell = f"{column_letters(min(columns.values()))}{line.number}"
        return replace(
            ExamCounts(f"{self.sheet}ячейка {cell}", "ЕГЭ", subject, self.year, None, SCORE_SCALE),
            municipality=self.municipality,
            school_name=school,
            fault="; ".join(faults),
            remark=self.remark and f"{self.sheet}{self.remark}",
            **values,
        )


def _read(cells: Mapping[str, GridValue]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, cell in cells.items():
        try:
            if name == "mean_score":
                mean = read_decimal(cell, TITLES[name])
                values[name] = None if mean is None else float(mean)
            else:
                values[name] = read_whole(cell, TITLES[name])
        except NotReadError as error:
            faults.append(str(error))
    return values, faults


def _by_subject(measures: Mapping[int, str], above: Sequence[Line]) -> dict[str, dict[str, int]]:
    """Returns the columns of each subject. The nearest row above the measures names it over its first column."""
    first = min(column for column, name in measures.items() if name == "participant_count")
    named: dict[int, str] = {}
    for line in above:
        over = {column: text_of(value) for column, value in line.cells.items() if column >= first}
        over = {column: text for column, text in over.items() if text and normal(text) not in BETWEEN}
        named = over or named
    groups: dict[str, dict[str, int]] = {}
    for column, measure in sorted(measures.items()):
        starts = [start for start in named if start <= column]
        subject = named[max(starts)] if starts else ""
        groups.setdefault(subject, {}).setdefault(measure, column)
    return groups
