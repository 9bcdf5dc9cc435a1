"""Exports with a row per pupil (ОГЭ and ЕГЭ by РЦОИ, ВПР by ФИС ОКО): pupils are counted while rows stream by."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.contracts.facts import JOURNAL_COLUMNS, MARK_COLUMNS, SCORE_COLUMNS
from analysis.contracts.findings import SETS_ASIDE, column_letters
from analysis.intake.exports.cells import (
    ExamCounts,
    GridSheet,
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
    row_ranges,
)
from analysis.rules.office_files import Vocabulary
from analysis.rules.written import MARK_SCALE, SCORE_SCALE

# Counts pupils while their rows stream by. Of a row only its number is kept.

HIGH_SCORE, FULL_SCORE = 80, 100
# Two blocks with the same marks in the same order are one block pasted twice. With fewer rows it may be chance.
ROWS_OF_A_PASTED_BLOCK = 5
REPEATED = "строки учеников стоят и в другой части файла: итог школы с ними неверен"


@dataclass(frozen=True)
class Exam:
    """What a block of rows is about.

    Attributes:
        procedure: ВПР, ОГЭ or ЕГЭ.
        subject: As the calendar calls it; empty where it is not recognised.
        calendar_year: The year; None where the block does not say.
        named_grade: The grade that the title names; None where it names none.
        scale: Marks or scores.
        minimum_score: Below it an exam is not passed; None where it is not known.
        fault: Why nothing of the block can be used.
    """

    procedure: str
    subject: str
    calendar_year: int | None
    named_grade: int | None
    scale: str
    minimum_score: int | None = None
    fault: str = ""


@dataclass(frozen=True)
class School:
    """What a row says of the school; empty where it says nothing."""

    school_login: str = ""
    code_oo: str = ""
    code_msu: str = ""


@dataclass(slots=True)
class Tally:
    """The pupils of one school in one exam."""

    rows: list[int] = field(default_factory=list)
    # By column of the table `results`, and the sum of the scores.
    counts: Counter[str] = field(default_factory=Counter)
    has_journal: bool = False
    grades: set[int] = field(default_factory=set)
    stated: int | None = None
    faults: dict[str, list[int]] = field(default_factory=dict)
    # Rows by the hash of all their cells, so that no pupil is counted twice. No cell is kept.
    known: dict[int, int] = field(default_factory=dict)
    repeated: list[int] = field(default_factory=list)
    # How many pupils did not sit or finish the exam, never which.
    left_out: int = 0

    def repeats(self, line: Line) -> bool:
        """Whether the very same row of a named pupil was here before. It is noted and must not be counted."""
        if self.known.setdefault(hash(tuple(line.cells.items())), line.number) == line.number:
            return False
        self.repeated.append(line.number)
        return True

    def add_mark(self, mark: int | None, journal: int | None) -> None:
        """Counts a pupil with a mark; one without a mark has not taken part."""
        if mark is None:
            return
        self.counts["participant_count"] += 1
        self.counts[MARK_COLUMNS[mark - 2]] += 1
        if journal is not None:
            self.counts[JOURNAL_COLUMNS[1 + (mark > journal) - (mark < journal)]] += 1

    def add_score(self, score: int | None, minimum: int | None) -> None:
        """Counts a pupil with a score; one without a score has not taken part."""
        if score is None:
            return
        self.counts["participant_count"] += 1
        self.counts["score_sum"] += score
        self.counts["below_minimum_count"] += minimum is not None and score < minimum
        self.counts["high_score_count"] += HIGH_SCORE <= score < FULL_SCORE
        self.counts["full_score_count"] += score == FULL_SCORE

    def add_fault(self, what: str, row: int) -> None:
        """Notes a row that cannot be counted."""
        self.faults.setdefault(what, []).append(row)


@dataclass(slots=True)
class Block:
    """The rows under one title.

    Attributes:
        exam: What they are about.
        schools: The pupils of each school.
        sheet: What stands before the row numbers in an address: «лист 1, ».
        fingerprint: Of marks and schools in their order, so that a block pasted twice is known.
        row_count: How many rows were counted.
        first_row: Where it begins.
    """

    exam: Exam
    sheet: str
    schools: dict[School, Tally] = field(default_factory=dict)
    fingerprint: int = 0
    row_count: int = 0
    first_row: int = 0

    def tally(self, school: School, row: int) -> Tally:
        """The pupils of a school, one row more."""
        tally = self.schools.get(school)
        if tally is None:
            tally = self.schools[school] = Tally()
        tally.rows.append(row)
        self.row_count += 1
        self.first_row = self.first_row or row
        return tally

    def mix(self, *values: object) -> None:
        """Takes the values of a row into the fingerprint."""
        self.fingerprint = hash((self.fingerprint, values))


@dataclass(slots=True)
class PupilReading:
    """How far a sheet with a row per pupil has been read.

    Attributes:
        sheet: What stands before the row numbers in an address.
        vocabulary: Subjects and minimum scores.
        blocks: What has been counted.
        columns: Where the wanted columns stand; None until the headings came.
        block: The block that goes on; None where the next row begins another.
    """

    sheet: str
    vocabulary: Vocabulary
    blocks: list[Block] = field(default_factory=list)
    columns: Columns | None = None
    block: Block | None = None

    def block_now(self, exam: Callable[[], Exam]) -> Block:
        """The block that goes on, or a new one about an exam."""
        if self.block is None:
            self.block = Block(exam(), self.sheet)
            self.blocks.append(self.block)
        return self.block


def counts_of_blocks(blocks: Iterable[Block]) -> list[ExamCounts]:
    """Returns a row for each school and exam: the pupils of all blocks of the exam together."""
    exams: dict[tuple[Exam, School], dict[str, Tally]] = {}
    repeated: list[ExamCounts] = []
    seen: dict[tuple[Exam, int], Block] = {}
    for block in blocks:
        earlier = seen.setdefault((block.exam, block.fingerprint), block)
        if earlier is not block and block.row_count >= ROWS_OF_A_PASTED_BLOCK:
            repeated.append(_repeated(block, earlier))
            continue
        for named, tally in block.schools.items():
            school = _with_municipality(named, block.schools)
            sheets = exams.setdefault((block.exam, school), {})
            sheets[block.sheet] = _together([sheets[block.sheet], tally]) if block.sheet in sheets else tally
    return [*(_counts(exam, school, sheets) for (exam, school), sheets in exams.items()), *repeated]


def _with_municipality(school: School, others: Iterable[School]) -> School:
    """Gives a row without a municipality to the school with the same code, if there is only one."""
    if school.code_msu or not school.code_oo:
        return school
    same = [other for other in others if other.code_oo == school.code_oo and other.code_msu]
    return same[0] if len(same) == 1 else school


def _together(parts: list[Tally]) -> Tally:
    whole = Tally(has_journal=any(one.has_journal for one in parts))
    for one in parts:
        whole.rows += one.rows
        whole.counts.update(one.counts)
        whole.grades |= one.grades
        for row in one.known.keys() & whole.known.keys():
            whole.add_fault(REPEATED, one.known[row])
        whole.known |= one.known
        whole.repeated += one.repeated
        whole.left_out += one.left_out
        whole.stated = one.stated if one.stated is not None else whole.stated
        for what, rows in one.faults.items():
            whole.faults.setdefault(what, []).extend(rows)
    return whole


def _counts(exam: Exam, school: School, sheets: Mapping[str, Tally]) -> ExamCounts:
    tally = _together(list(sheets.values()))
    counts: dict[str, Any] = {name: tally.counts[name] for name in _counted(exam, tally)}
    if exam.scale != MARK_SCALE and counts["participant_count"]:
        counts["mean_score"] = tally.counts["score_sum"] / counts["participant_count"]
    about = {
        "place": "; ".join(f"{sheet}{row_ranges(one.rows)}" for sheet, one in sheets.items()),
        "named_grade": exam.named_grade or (next(iter(tally.grades)) if len(tally.grades) == 1 else None),
        "stated_count": tally.stated,
        "fault": _faults(exam, tally, sheets),
        "remark": _remark(tally),
    }
    return ExamCounts(**{**vars(exam), **vars(school), **counts, **about})


def _counted(exam: Exam, tally: Tally) -> list[str]:
    """The columns that can be counted; below the minimum only where that is known."""
    of_scores = SCORE_COLUMNS if exam.minimum_score is not None else SCORE_COLUMNS[1:]
    of_scale = MARK_COLUMNS if exam.scale == MARK_SCALE else of_scores
    return ["participant_count", *of_scale, *(JOURNAL_COLUMNS if tally.has_journal else ())]


def _faults(exam: Exam, tally: Tally, sheets: Mapping[str, Tally]) -> str:
    said = [exam.fault] if exam.fault else []
    for sheet, one in sheets.items():
        said += [f"{what} ({sheet}{row_ranges(rows)})" for what, rows in one.faults.items()]
    if REPEATED in tally.faults and not any(REPEATED in one.faults for one in sheets.values()):
        said.append(REPEATED)
    if len(tally.grades) > 1 or exam.named_grade and tally.grades - {exam.named_grade}:
        grades = ", ".join(map(str, sorted(tally.grades)))
        said.append(f"классы участников ({grades}) разные или не тот, что в названии")
    return "; ".join(said)


def _remark(tally: Tally) -> str:
    row_count, participants = len(tally.rows) - len(tally.repeated), tally.counts["participant_count"]
    said = []
    if tally.repeated:
        said.append(f"{row_ranges(tally.repeated)}: стоят второй раз, все ячейки те же; засчитаны один раз")
    if tally.left_out:
        said.append(f"не явились, удалены или не завершили экзамен: {tally.left_out}; в число участников не входят")
    if tally.stated is not None and tally.stated not in (participants, row_count):
        said.append(f"в шапке участников {tally.stated}, а строк {row_count}, из них с отметкой {participants}")
    return "; ".join(said)


def _repeated(block: Block, earlier: Block) -> ExamCounts:
    fault = f"блок вставлен дважды, учтён один раз (первый раз — {earlier.sheet}строка {earlier.first_row})"
    rows = [row for tally in block.schools.values() for row in tally.rows]
    about = {"place": f"{block.sheet}{row_ranges(rows)}", "minimum_score": None, "fault": fault}
    return ExamCounts(**{**vars(block.exam), **about})


HIDDEN_ROWS = SETS_ASIDE["hidden_rows"]
ROW_OF_PLACE = re.compile(r"\d+$")


@dataclass(slots=True)
class HiddenHere:
    """What is hidden in a sheet. It is complete when all lines have been read.

    Attributes:
        sheet: What stands before a row in an address.
        rows: Rows that are hidden and hold something.
        filled: Hidden columns that hold something.
    """

    sheet: str
    rows: set[int] = field(default_factory=set)
    filled: set[int] = field(default_factory=set)

    def watched(self, sheet: GridSheet) -> Iterator[Line]:
        """Yields the lines of the sheet and notes what is hidden in each."""
        for line in sheet.lines:
            if line.hidden:
                self.rows.add(line.number)
            if sheet.hidden_columns:
                self.filled |= sheet.hidden_columns & line.cells.keys()
            yield line

    def doubt_pupils(self, blocks: Iterable[Block]) -> None:
        """Notes for each school which of its rows are hidden."""
        for tally in (tally for block in blocks for tally in block.schools.values()):
            for row in sorted(self.rows.intersection(tally.rows)):
                tally.add_fault(HIDDEN_ROWS, row)

    def doubted(self, one: ExamCounts) -> ExamCounts:
        """Returns the row of a school, with a fault if it is hidden."""
        found = ROW_OF_PLACE.search(one.place)
        if not found or int(found[0]) not in self.rows:
            return one
        return replace(one, fault="; ".join(filter(None, (one.fault, HIDDEN_ROWS))))

    def remarked(self, one: ExamCounts) -> ExamCounts:
        """Returns the row with a remark on hidden columns that hold something."""
        if not self.filled or not any(place.startswith(self.sheet) for place in one.place.split("; ")):
            return one
        letters = ", ".join(map(column_letters, sorted(self.filled)))
        said = f"столбцы {letters} скрыты, а в них есть данные; они прочитаны"
        if len(self.filled) == 1:
            said = f"столбец {letters} скрыт, а в нём есть данные; он прочитан"
        return with_remark(one, f"{self.sheet}{said}")


def with_remark(one: ExamCounts, said: str) -> ExamCounts:
    """Returns the row with one more remark."""
    return replace(one, remark="; ".join(filter(None, (one.remark, said))))


def hidden_sheets_remark(numbers: Sequence[int]) -> str:
    """Returns the remark on hidden sheets, which are not read."""
    if len(numbers) == 1:
        return f"лист {numbers[0]} скрыт и не прочитан"
    return f"листы {', '.join(map(str, numbers))} скрыты и не прочитаны"


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
