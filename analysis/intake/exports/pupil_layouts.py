"""Exports with a row per pupil: protocols of ОГЭ and ЕГЭ (РЦОИ), individual results of ВПР (ФИС ОКО)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from analysis.intake.exports.cells import (
    Line,
    NotReadError,
    code_of,
    grade_of,
    is_absent,
    login_of,
    read_mark,
    read_score,
    says_left_out,
    text_of,
)
from analysis.intake.exports.headings import (
    FOOTERS,
    Columns,
    ExamTitle,
    ExamTitles,
    Titles,
    columns_of,
    headings,
    line_texts,
    normal,
    numbers_the_columns,
    patterns,
)
from analysis.intake.exports.pupils import Block, Exam, PupilReading, School, Tally
from analysis.rules.exam_calendar import Vocabulary
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# РЦОИ protocols of ОГЭ and ЕГЭ: one row per pupil, several exams per file. The columns of names are never read.

PROTOCOL = "протокол РЦОИ (ОГЭ, ЕГЭ)"
LOOKED_FOR_IN_PROTOCOL = "протокол РЦОИ: «Код ОО», «Код МСУ», «Фамилия», «Имя», «Отчество», «Оценка» или «Балл»"
PROTOCOL_COLUMNS = patterns(
    number=r"№(?: ?п/?п)?",
    surname=r"фамилия|фио(?: участника)?",
    code_oo=r"код (?:о[оу]|школы|(?:обще)?образовательн\w+ (?:организаци|учреждени)\w+)",
    code_msu=r"код (?:мсу|мо)",
    grade=r"класс",
    primary=r"первичный балл",
    mark=r"(?:оценка|отметка)",
    score=r"(?:тестовый |итоговый )?балл(?: \(?100.*|\(100.*)?|балл по 100.балльной шкале",
)
# What tells a second row of headings from a row of a pupil.
SUBHEADING = re.compile(
    r"кратк.*|разв[её]рнут.*|устн.*|первичный балл|оценка|отметка|(?:тестовый |итоговый )?балл|имя|отчество"
)
PUPILS = frozenset({"фамилия", "имя", "отчество", "фио", "аудитория", "код ппэ"})
BARE_SCHOOL = frozenset({"оо", "оу"})
INDIVIDUAL = frozenset({"код участника"})
PROCEDURES = {
    "ОГЭ": re.compile(r"\bогэ\b|основного государственного|гиа-9", re.IGNORECASE),
    "ЕГЭ": re.compile(r"\bегэ\b|единого государственного|гиа-11", re.IGNORECASE),
}
# The start of another protocol or of another page: then the subject is named again.
BEGINS = re.compile(r"протокол.*|(?:(?:предмет|экзамен)\s*[:–-]?\s*)?\d{1,2}\s*[-–—]\s*\D.*", re.IGNORECASE)
NO_TITLE = "над таблицей нет строки «NN - Предмет ГГГГ.ММ.ДД» или строк с предметом и датой экзамена"
NO_SCHOOL = "в столбце «Код ОО» не код школы: итог одной из школ неполон"
# ЕГЭ in mathematics without a level: scores mean the profile level, marks the basic one.
MATHEMATICS = {("ЕГЭ", SCORE_SCALE): "Математика (профильная)", ("ЕГЭ", MARK_SCALE): "Математика (базовая)"}


def is_protocol(lines: Sequence[Line]) -> bool:
    """Whether a heading of a protocol stands in these lines."""
    return any(map(_heads_protocol, lines))


def _heads_protocol(line: Line) -> bool:
    names = set(headings(line).values())
    return bool(names & PUPILS) and any(map(PROTOCOL_COLUMNS["code_oo"].fullmatch, names | _only_school(names)))


def _only_school(names: AbstractSet[str]) -> set[str]:
    """Returns «код оо» if «ОО» alone heads the codes. In individual results of ФИС ОКО it heads something else."""
    return {"код оо"} if names & BARE_SCHOOL and not names & INDIVIDUAL else set()


def _columns(found: Mapping[int, str]) -> Columns:
    """Prefers a column of codes to one headed «ОО», which may hold names."""
    if any(map(PROTOCOL_COLUMNS["code_oo"].fullmatch, found.values())):
        return columns_of(found, PROTOCOL_COLUMNS)
    return columns_of(
        {column: "код оо" if name in BARE_SCHOOL else name for column, name in found.items()}, PROTOCOL_COLUMNS
    )


def read_protocol(sheet: str, lines: Iterable[Line], vocabulary: Vocabulary) -> list[Block]:
    """Counts the pupils of a sheet by exam and school; several blocks may be about the same exam."""
    reading = _ProtocolReading(sheet, vocabulary)
    for line in lines:
        reading.take(line)
    return reading.blocks


@dataclass(slots=True)
class _ProtocolReading(PupilReading):
    _found: dict[int, str] = field(default_factory=dict)
    _procedure: str = ""
    _title: ExamTitle | None = None
    _titles: ExamTitles = field(init=False)
    # Rows have been counted since the subject was named; another protocol has begun since then.
    _counted: bool = False
    _begun: bool = False

    def __post_init__(self) -> None:
        self._titles = ExamTitles(self.vocabulary)

    def take(self, line: Line) -> None:
        columns = self.columns
        code = code_of(columns.value(line, "code_oo")) if columns else ""
        if columns and code and not numbers_the_columns(line):
            self._count(line, columns, code)
        elif _heads_protocol(line):
            if self._begun and self._counted:
                # A subject that cannot be read is not the one before it.
                self._title = None
            self._begun = False
            self._titles.forget()
            self._found = headings(line)
            self.columns, self.block = _columns(self._found), None
        elif columns and self.block is None and any(map(SUBHEADING.fullmatch, headings(line).values())):
            # If both rows have a heading, the upper one counts: it is more general.
            self._found = {**headings(line), **self._found}
            self.columns = _columns(self._found)
        elif columns and self._is_pupil_without_school(line, columns):
            self.block_now(self._exam).tally(School(), line.number).add_fault(NO_SCHOOL, line.number)
        else:
            self._take_title(line)

    def _take_title(self, line: Line) -> None:
        texts = line_texts(line)
        said = " ".join(texts)
        self._begun |= any(BEGINS.fullmatch(text) or normal(text).startswith(FOOTERS) for text in texts)
        for procedure, pattern in PROCEDURES.items():
            if pattern.search(said):
                self._procedure = procedure
        if found := self._titles.take(line):
            self._title, self.block, self._counted = found, None, False

    def _is_pupil_without_school(self, line: Line, columns: Columns) -> bool:
        if any(normal(text).startswith(FOOTERS) for text in line_texts(line)[:2]) or numbers_the_columns(line):
            return False
        results = (columns.value(line, name) for name in ("mark", "score", "primary"))
        return len(line.cells) > 2 and any(value is not None for value in results)

    def _exam(self) -> Exam:
        columns, found = self.columns, self._title
        scale = MARK_SCALE if columns and "mark" in columns else SCORE_SCALE
        procedure = self._procedure or ("ОГЭ" if scale == MARK_SCALE else "ЕГЭ")
        if found is None:
            return Exam(procedure, "", None, None, scale, fault=NO_TITLE)
        subject, year = self._subject_name(found.subject, procedure, scale), found.calendar_year
        fault = "" if subject else f"предмета нет в календаре процедур (код {found.code or 'не указан'})"
        if columns and "mark" not in columns and "score" not in columns:
            fault = "нет ни столбца «Оценка», ни столбца с баллом по 100-балльной шкале"
        minimum = self.vocabulary.minimum_scores.get((procedure, year, subject)) if scale == SCORE_SCALE else None
        return Exam(procedure, subject, year, None, scale, minimum, fault)

    def _subject_name(self, writing: str, procedure: str, scale: str) -> str:
        name = self.vocabulary.subject(writing)
        named = MATHEMATICS.get((procedure, scale), name) if normal(writing) == "математика" else name
        return named if named in self.vocabulary.subjects.values() else ""

    def _count(self, line: Line, columns: Columns, code: str) -> None:
        block, self._counted = self.block_now(self._exam), True
        municipality = columns.value(line, "code_msu")
        names_pupil = any(columns.value(line, name) is not None for name in ("number", "surname"))
        school = School(code_oo=code, code_msu=code_of(municipality))
        tally = block.tally(school, line.number)
        if names_pupil and tally.repeats(line):
            return
        if municipality is not None and not school.code_msu:
            tally.add_fault("в столбце «Код МСУ» не код", line.number)
        grade = grade_of(columns.value(line, "grade"))
        if grade is not None:
            tally.grades.add(grade)
        try:
            result = _add_result(tally, line, columns, block.exam)
        except NotReadError as error:
            tally.add_fault(str(error), line.number)
        else:
            block.mix(school, result, text_of(columns.value(line, "primary")))


def _add_result(tally: Tally, line: Line, columns: Columns, exam: Exam) -> int | None:
    if any(says_left_out(columns.value(line, name)) for name in ("mark", "score", "primary")):
        tally.left_out += 1
        return None
    if exam.scale == MARK_SCALE:
        result = read_mark(columns.value(line, "mark"), "Оценка")
        tally.add_mark(result, None)
    else:
        result = read_score(columns.value(line, "score"), "Балл")
        tally.add_score(result, exam.minimum_score)
    if result is None and not is_absent(columns.value(line, "primary")):
        raise NotReadError("первичный балл есть, а результата нет")
    return result


# ФИС ОКО individual results of ВПР (Ф1): one row per pupil, with the marks of the test and of the journal.

INDIVIDUAL_RESULTS = "индивидуальные результаты ВПР (ФИС ОКО, Ф1)"
LOOKED_FOR_IN_RESULTS = (
    "индивидуальные результаты ФИС ОКО: «ОО», «Код участника», «Класс», «Отметка», «Отметка по журналу»"
)
RESULT_COLUMNS = patterns(
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
    return any(map(_heads_results, lines))


def _heads_results(line: Line) -> bool:
    return {"код участника", "отметка"} <= set(headings(line).values())


def read_individual(sheet: str, lines: Iterable[Line], vocabulary: Vocabulary) -> list[Block]:
    """Counts the pupils of a sheet by subject and school and compares their marks with the journal."""
    reading = _ResultsReading(sheet, vocabulary)
    for line in lines:
        reading.take(line)
    return reading.finished()


@dataclass(slots=True)
class _ResultsReading(PupilReading):
    _exam: Exam = UNNAMED
    _stated: dict[str, int] = field(default_factory=dict)
    _titles: Titles = field(default_factory=Titles)

    def take(self, line: Line) -> None:
        if _heads_results(line):
            if self.block is not None:
                # Rows of another subject follow. Without a title they do not belong to the subject before.
                self._exam = UNNAMED
            self.columns, self.block = columns_of(headings(line), RESULT_COLUMNS), None
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
