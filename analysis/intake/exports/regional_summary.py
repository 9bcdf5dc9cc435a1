"""The regional summary of ЕГЭ: schools by name, a group of columns a subject, the municipality once a block."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.contracts.findings import column_letters
from analysis.intake.exports.cells import GridValue, Line, NotReadError, read_decimal, read_whole, text_of
from analysis.intake.exports.counts import ExamCounts
from analysis.intake.exports.exam_protocols import MATHEMATICS
from analysis.intake.exports.headings import (
    MUNICIPALITY,
    SCHOOL,
    SUBJECT,
    headings,
    line_texts,
    measures,
    names_schools,
    normal,
    numbers_the_columns,
    parted,
    unread,
)
from analysis.rules.exam_calendar import SCORE_SCALE, Vocabulary

TITLE = "региональная сводка ЕГЭ"
LOOKED_FOR = "региональная сводка ЕГЭ: «Муниципалитет», «ОО», под предметами «приняли участие» и «средний балл»"
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
    reading = _Reading(sheet, vocabulary, year=int(named[1]) if named else None)
    return [one for line in lines for one in reading.take(line)]


@dataclass(slots=True)
class _Reading:
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
