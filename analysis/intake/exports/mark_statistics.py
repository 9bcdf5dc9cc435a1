"""ФИС ОКО «Статистика по отметкам»: the marks of a school in percent, brought back to counts where they reconcile."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from analysis.contracts.school_facts import MARK_COLUMNS
from analysis.intake.blocks import plain
from analysis.intake.exports.cells import (
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
from analysis.intake.exports.counts import ExamCounts
from analysis.intake.exports.headings import (
    COUNTS,
    MARKS,
    Columns,
    MarkHeadings,
    line_texts,
    names_marks,
    names_primary_scores,
    numbers_the_columns,
)
from analysis.intake.exports.titles import Titles, VprTitle
from analysis.rules.exam_calendar import MARK_SCALE, Vocabulary

TITLE = "статистика по отметкам (ФИС ОКО)"
LOOKED_FOR = "статистика по отметкам ФИС ОКО: «Группы участников» или «Логин», «Кол-во участников», «2», «3», «4», «5»"
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
YEAR = re.compile(r"(20\d\d)(?: ?(?:г\.?|год))?")
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
    reading = _Reading(sheet, vocabulary)
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
class _Reading:
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
        year = YEAR.fullmatch(written)
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
