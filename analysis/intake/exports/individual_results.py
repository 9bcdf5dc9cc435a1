"""ФИС ОКО individual results of ВПР (Ф1): one row per pupil, with the marks of the test and of the journal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from analysis.intake.exports.cells import Line, NotReadError, grade_of, login_of, read_mark
from analysis.intake.exports.headings import (
    FOOTERS,
    Columns,
    columns_of,
    headings,
    line_texts,
    normal,
    numbers_the_columns,
    patterns,
)
from analysis.intake.exports.pupils import Block, Exam, PupilReading, School
from analysis.intake.exports.titles import Titles
from analysis.rules.exam_calendar import MARK_SCALE, Vocabulary

TITLE = "индивидуальные результаты ВПР (ФИС ОКО, Ф1)"
LOOKED_FOR = "индивидуальные результаты ФИС ОКО: «ОО», «Код участника», «Класс», «Отметка», «Отметка по журналу»"
WANTED = patterns(
    school=r"оо|логин(?: оо)?",
    name=r"название оо",
    pupil=r"код участника",
    grade=r"класс",
    mark=r"отметка",
    journal=r"отметка по журналу",
)
UNNAMED = Exam("ВПР", "", None, None, MARK_SCALE, fault="нет названия вида «ВПР ГГГГ Предмет N класс»")
STATED = re.compile(r"кол-во участников:?\s*(\d{1,6})", re.IGNORECASE)


def is_individual(lines: Sequence[Line]) -> bool:
    """Whether the headings of such a file stand in these lines."""
    return any(map(_is_heading, lines))


def _is_heading(line: Line) -> bool:
    return {"код участника", "отметка"} <= set(headings(line).values())


def read_individual(sheet: str, lines: Iterable[Line], vocabulary: Vocabulary) -> list[Block]:
    """Counts the pupils of a sheet by subject and school and compares their marks with the journal."""
    reading = _Reading(sheet, vocabulary)
    for line in lines:
        reading.take(line)
    return reading.finished()


@dataclass(slots=True)
class _Reading(PupilReading):
    _exam: Exam = UNNAMED
    _stated: dict[str, int] = field(default_factory=dict)
    _titles: Titles = field(default_factory=Titles)

    def take(self, line: Line) -> None:
        if _is_heading(line):
            if self.block is not None:
                # Rows of another subject follow. Without a title they do not belong to the subject before.
                self._exam = UNNAMED
            self.columns, self.block = columns_of(headings(line), WANTED), None
        elif self._take_title(line) or self.columns is None or numbers_the_columns(line):
            return
        elif any(self.columns.value(line, name) is not None for name in ("pupil", "mark", "journal")):
            self._count(line, self.columns)

    def finished(self) -> list[Block]:
        """The blocks, each school with the number of participants that the file states."""
        for block in self.blocks:
            for school, tally in block.schools.items():
                tally.stated = self._stated.get(school.school_login)
        return self.blocks

    def _take_title(self, line: Line) -> bool:
        texts = line_texts(line)
        if any(normal(text).startswith(FOOTERS) for text in texts[:1]):
            return True
        if title := self._titles.take(texts):
            subject = self.vocabulary.subject(title.subject)
            fault = "" if subject else "предмета из названия нет в календаре процедур"
            self._exam = Exam("ВПР", subject, title.calendar_year, title.named_grade, MARK_SCALE, fault=fault)
            self.block, self.columns = None, None
            return True
        stated = STATED.search(" ".join(texts))
        if stated:
            login = next(filter(None, map(login_of, texts)), "")
            self._stated[login] = int(stated.group(1))
        return stated is not None

    def _count(self, line: Line, columns: Columns) -> None:
        block = self.block_now(lambda: self._exam)
        named = [login for login in self._stated if login]
        login = login_of(columns.value(line, "school")) or login_of(columns.value(line, "name"))
        login = login or (named[0] if len(named) == 1 else "")
        tally = block.tally(School(login), line.number)
        if not login:
            tally.add_fault("в столбце «ОО» нет логина школы: итог одной из школ неполон", line.number)
        if columns.value(line, "pupil") is not None and tally.repeats(line):
            return
        grade = grade_of(columns.value(line, "grade"))
        if grade is not None:
            tally.grades.add(grade)
        try:
            mark = read_mark(columns.value(line, "mark"), "Отметка")
            journal = read_mark(columns.value(line, "journal"), "Отметка по журналу")
        except NotReadError as error:
            tally.add_fault(str(error), line.number)
            return
        tally.has_journal |= "journal" in columns
        tally.add_mark(mark, journal)
        pupil = columns.value(line, "pupil")
        block.mix(login, mark, journal, pupil if isinstance(pupil, float) else hash(pupil))
