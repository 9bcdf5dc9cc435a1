"""The columns of an export by their headings, and what its title says."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from analysis.contracts.findings import column_letters
from analysis.intake.cells import plain
from analysis.intake.exports.cells import GridValue, Line, Unreadable, text_of
from analysis.rules.office_files import Vocabulary

# Finds the columns of an export by their headings: of any, of «Статистика по отметкам», of a regional summary.

SPREAD = 3
# The beginning of a line below the last pupil.
FOOTERS = ("средн", "итог", "всего")


def normal(text: str) -> str:
    """Returns a heading or name in lower case, without ё, extra spaces and a final stop, for comparing."""
    return plain(text).casefold().replace("ё", "е").rstrip(" .:")


def line_texts(line: Line) -> list[str]:
    """The texts of a line from left to right."""
    return [text for column in sorted(line.cells) if (text := text_of(line.cells[column]))]


def headings(line: Line) -> dict[int, str]:
    """Returns the texts of a line by column, normalised for comparing."""
    return {column: normal(text) for column, value in line.cells.items() if (text := text_of(value))}


@dataclass(frozen=True)
class Columns:
    """Where the wanted columns stand.

    A heading over merged columns stands in the first of them, but a value may stand in any of them. So a column
    reaches to the next heading.

    Attributes:
        reach: The columns of each wanted name.
    """

    reach: Mapping[str, tuple[int, ...]]

    def value(self, line: Line, name: str) -> GridValue:
        """Returns the value of the line in the wanted column: None if there is none, unreadable if there are two."""
        cells, found = line.cells, None
        for column in self.reach.get(name, ()):
            value = cells.get(column)
            if value is not None:
                if found is not None:
                    return Unreadable.CELL
                found = value
        return found

    def __contains__(self, name: str) -> bool:
        """Whether the export has the column."""
        return name in self.reach


def columns_of(found: Mapping[int, str], wanted: Mapping[str, re.Pattern[str]]) -> Columns:
    """Returns the columns whose heading matches; the first where several do.

    Args:
        found: All headings by column, those of several heading rows together.
        wanted: Pattern of the whole heading by name.
    """
    starts = sorted(found)
    ends = dict(zip(starts, [*starts[1:], (starts[-1] if starts else 0) + SPREAD], strict=True))
    reach: dict[str, tuple[int, ...]] = {}
    for column in starts:
        for name, pattern in wanted.items():
            if name not in reach and pattern.fullmatch(found[column]):
                reach[name] = tuple(range(column, ends[column]))
                break
    return Columns(reach)


def patterns(**wanted: str) -> dict[str, re.Pattern[str]]:
    """Compiles the patterns of headings."""
    return {name: re.compile(pattern) for name, pattern in wanted.items()}


def numbers_the_columns(line: Line) -> bool:
    """Whether a line under the headings merely counts the columns: 1, 2, 3 …"""
    if len(line.cells) < 3 or text_of(line.cells[min(line.cells)]) != "1":
        return False
    texts = line_texts(line)
    return texts == [str(number) for number in range(1, len(texts) + 1)]


def row_ranges(rows: Iterable[int], most: int = 12) -> str:
    """Row numbers in words: «строка 7», «строки 12–37, 40»."""
    spans: list[list[int]] = []
    for row in sorted(rows):
        if spans and row <= spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    shown = ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in spans[:most])
    rest = f" и ещё {len(spans) - most} мест" if len(spans) > most else ""
    one = len(spans) == 1 and spans[0][0] == spans[0][1]
    return f"{'строка' if one else 'строки'} {shown}{rest}"


MARKS = ("mark_2", "mark_3", "mark_4", "mark_5")
COUNTS = ("count_2", "count_3", "count_4", "count_5")
MARK_NAMES = ("2", "3", "4", "5")
WANTED = patterns(
    group=r"группы участников",
    login=r"логин(?: оо)?",
    school=r"оо|название оо|наименование оо",
    municipality=r"муниципалитет",
    year=r"год",
    grade=r"класс",
    subject=r"предмет",
    participants=r"кол-во участников|количество участников",
    **dict(zip(MARKS, MARK_NAMES, strict=True)),
    **{name: f"{mark} чел" for name, mark in zip(COUNTS, MARK_NAMES, strict=True)},
)
SHARE = re.compile(r"%|дол[яи]\b.*|процент\w*|в %")
PEOPLE = re.compile(r"чел\w*|кол-во(?: участников)?|количество(?: участников)?|число")
# The heading of primary scores. Without it their columns are recognised by numbers from 0 on.
SCORES_TITLE = re.compile(r"распределение (?:участников )?(?:по )?первичн\w+ балл\w*.*")
FIRST_SCORES = tuple(str(score) for score in range(7))
PRIMARY_SCORES = (
    "это распределение первичных баллов (столбцы 0, 1, 2 …), а не отметок. "
    "Выгрузите из ФИС ОКО «Статистику по отметкам»"
)
LOWER = re.compile(rf"[2-5]|распределение.*|{SHARE.pattern}|{PEOPLE.pattern}")


@dataclass(slots=True)
class MarkHeadings:
    """The rows of headings as far as they have been read.

    Attributes:
        columns: Where the wanted columns stand; None until all of them are named.
    """

    columns: Columns | None = None
    _found: Mapping[int, str] = field(default_factory=dict)
    # Rows of the table have not begun.
    _open: bool = False

    def begins(self, line: Line) -> bool:
        """Whether a line is the first row of headings; then it is taken."""
        found = headings(line)
        names = columns_of(found, WANTED)
        if "participants" not in names or not ("group" in names or "login" in names):
            return False
        self._found, self._open = found, True
        self._name_columns()
        return True

    def goes_on(self, line: Line) -> bool:
        """Whether a line is a further row of headings; then it is taken."""
        lower = headings(line)
        self._open = self._open and bool(lower) and all(map(LOWER.fullmatch, lower.values()))
        if not self._open:
            return False
        named = {column: name for column, name in lower.items() if name in MARK_NAMES}
        self._found = {**lower, **self._found, **named} if named else _parted(self._found, lower)
        self._name_columns()
        return True

    def _name_columns(self) -> None:
        columns = columns_of(self._found, WANTED)
        whole = any(all(name in columns for name in names) for names in (MARKS, COUNTS))
        self.columns = columns if whole else None


def names_primary_scores(lines: Iterable[Line]) -> bool:
    """Whether the columns under these headings are primary scores: 2, 3, 4, 5 are no marks there."""
    for line in lines:
        names = headings(line)
        numbers = tuple(names[column] for column in sorted(names) if names[column].isdigit())
        if numbers[: len(FIRST_SCORES)] == FIRST_SCORES or any(map(SCORES_TITLE.fullmatch, names.values())):
            return True
    return False


def names_marks(lines: Iterable[Line]) -> bool:
    """Whether complete headings stand in these lines."""
    read = MarkHeadings()
    return any((read.begins(line) or read.goes_on(line)) and read.columns is not None for line in lines)


def _parted(found: Mapping[int, str], parts: Mapping[int, str]) -> dict[int, str]:
    """The headings once each mark is parted in people and percent; people stand as «2 чел»."""
    marks = sorted(column for column, name in found.items() if name in MARK_NAMES)
    parted = {column: name for column, name in found.items() if name not in MARK_NAMES}
    ends = [*marks[1:], max([*parts, *marks, 0]) + SPREAD]
    for start, end in zip(marks, ends, strict=True) if marks else ():
        own = {column: name for column, name in parts.items() if start <= column < end}
        for column, name in (own or {start: "%"}).items():
            parted[column] = found[start] if SHARE.fullmatch(name) else f"{found[start]} чел"
    return parted


HEADS = r"(?:(?:кол-во|количество|число) )?(?:участников|выпускников|обучающихся)?"
MEASURES = {
    "participant_count": re.compile(
        r"прин\w+ участие(?: в егэ)?.*|участвовал\w*.*|сдавал\w*.*"
        r"|(?:(?:кол-во|количество|число|всего) )?участник\w+(?: егэ| экзамена)?(?:,? ?\(?чел\.?\)?)?"
    ),
    "below_minimum_count": re.compile(
        rf"(?:{HEADS},? ?)?(?:не (?:преодоле|набра|достиг|сда)\w+.*|ниже (?:мин|порог).*|получивш\w+ балл ниже мин.*)"
    ),
    "high_score_count": re.compile(r"(?:[^\d]* )?\(?(?:от )?80\s*(?:[-–—]|до)\s*99\)?(?!\d)[^\d]*"),
    "full_score_count": re.compile(
        rf"(?:{HEADS},? ?)?(?:набра\w+ |получи\w+ )?(?:100(?:[ -]?б\w*)?|сто(?:балл|-балл)\w*)(?:,? ?\(?чел\.?\)?)?"
    ),
    "mean_score": re.compile(r"ср(?:едн\w*\b|\.)(?! ?(?:отметк|оценк|первичн|возраст|процент)).*"),
}
IN_PERCENT = re.compile(r"%|\bдол[яи]\b|процент")
# The mean of more than the school.
WIDER = re.compile(
    r"регион|\bкра[йюея]\b|област|республик|росси|\bрф\b|стран[еы]|муниципал|город|район|округ|\b(?:мо|ате)\b"
)
MUNICIPALITY = re.compile(
    r"муниципалитет.*|муниципальн.*|мо|мсу|ате|район|(?:городской|муниципальный) округ|территория"
)
SCHOOL = re.compile(
    r"о[оу]|школа|(?:(?:наименование|название|краткое наименование) )?"
    r"(?:о[оу]|школы|(?:обще)?образовательн\w+ (?:организаци|учреждени)\w+)"
)
SUBJECT = re.compile(r"(?:учебный )?предмет|(?:наименование|название) предмета")
INNER = str.maketrans("«»", "„“")
PART = re.compile(r"чел\w*|кол-во|количество|число|%|дол[яи]|процент\w*")


def names_schools(line: Line) -> bool:
    """Whether a line holds both headings of the table: of the municipality and of the school."""
    names = headings(line).values()
    return any(map(MUNICIPALITY.fullmatch, names)) and any(map(SCHOOL.fullmatch, names))


def measures(line: Line) -> dict[int, str]:
    """Returns the measures of a row of headings by column; none unless it names participants and one more."""
    found = {column: name for column, heading in headings(line).items() if (name := measure_of(heading))}
    return found if "participant_count" in found.values() and len(found) > 1 else {}


def measure_of(heading: str) -> str:
    """Returns what a heading counts; empty for a share, the mean of a region and anything unknown."""
    if IN_PERCENT.search(heading):
        return ""
    found = next((name for name, pattern in MEASURES.items() if pattern.fullmatch(heading)), "")
    return "" if found == "mean_score" and WIDER.search(heading) else found


def parted(found: Mapping[int, str], line: Line) -> dict[int, str] | None:
    """Returns the columns of measures if this row splits each into «чел.» and «%»; None for any other row."""
    parts = headings(line)
    if not parts or not all(map(PART.fullmatch, parts.values())):
        return None
    starts = sorted(found)
    counts = [column for column, heading in parts.items() if not IN_PERCENT.search(heading)]
    moved: dict[int, str] = {}
    for start, end in zip(starts, [*starts[1:], max(*parts, *starts) + 1], strict=True):
        if not any(start <= column < end for column in parts):
            moved[start] = found[start]
        elif own := [column for column in counts if start <= column < end]:
            moved[own[0]] = found[start]
    return moved


def unread(line: Line, found: Iterable[int], first: int) -> str:
    """Returns a remark on columns under subjects that have a heading and are not read; empty if there are none."""
    known = set(found)
    left = {column: heading for column, heading in headings(line).items() if column >= first and column not in known}
    named = dict.fromkeys(left.values())
    if not named:
        return ""
    letters = ", ".join(map(column_letters, sorted(left)))
    said = "; ".join(f"«{heading.translate(INNER)}»" for heading in named)
    columns = "столбец" if len(left) == 1 else "столбцы"
    return f"не прочитано, потому что это не число участников и не средний балл школы: {columns} {letters} ({said})"


# The titles of exports: those that ФИС ОКО gives its files, and what stands above a table of a РЦОИ protocol.

VPR = re.compile(
    r"впр[.,]?\s+(?P<year>20\d\d)[.,]?\s+(?P<subject>.+?)[.,]?\s+(?P<grade>\d{1,2})(?:-?й)?\s*(?:класс|кл\.)(?!\w).*",
    re.IGNORECASE,
)
GRADE_FIRST = re.compile(
    r"впр[.,]?\s+(?P<year>20\d\d)(?:\s*г(?:од|\.))?[.,]?\s+(?P<grade>\d{1,2})(?:-?й)?\s*(?:класс|кл\.)[.,:]?"
    r"(?:\s+(?P<subject>\D+))?",
    re.IGNORECASE,
)
SUBJECT_LINE = re.compile(r"(?:учебный )?предмет\s*[:–-]\s*(.+)", re.IGNORECASE)
SEASON = re.compile(r"[(.,\s]*\b(?:весна|осень)\b[).,\s]*", re.IGNORECASE)


@dataclass(frozen=True)
class VprTitle:
    """What the title of a ВПР file says.

    Attributes:
        calendar_year: The year.
        subject: As the title writes it.
        named_grade: The grade of the participants.
    """

    calendar_year: int
    subject: str
    named_grade: int


def vpr_title(text: str) -> VprTitle | None:
    """Reads «ВПР 2021 Русский язык 5 класс»; None for any other text."""
    found = GRADE_FIRST.fullmatch(plain(text)) or VPR.fullmatch(plain(text))
    if not found or not found["subject"] or not 1 <= int(found["grade"]) <= 11:
        return None
    return VprTitle(int(found["year"]), plain(SEASON.sub(" ", found["subject"])).strip(" .,"), int(found["grade"]))


@dataclass(slots=True)
class Titles:
    """Titles that may be spread over lines: «ВПР 2021. 5 класс», then «Предмет: Русский язык»."""

    _exam: re.Match[str] | None = None
    _subject: str = ""

    def take(self, texts: Sequence[str]) -> VprTitle | None:
        """The title that this line gives or completes."""
        whole = next(filter(None, map(vpr_title, texts)), None)
        if whole is not None:
            self._exam, self._subject = None, ""
            return whole
        lines = (*map(plain, texts), plain(" ".join(texts)))
        exam = next(filter(None, map(GRADE_FIRST.fullmatch, lines)), None)
        subject = next(filter(None, map(SUBJECT_LINE.fullmatch, lines)), None)
        if exam is None and subject is None:
            return None
        self._exam = exam or self._exam
        self._subject = subject[1] if subject else self._subject
        if self._exam is None or not self._subject:
            return None
        found = vpr_title(f"ВПР {self._exam['year']} {self._subject} {self._exam['grade']} класс")
        # The exam holds for further subjects; the title of another exam must name its subject again.
        self._subject = ""
        return found


DAY = r"(?:(?P<year>20\d\d)\.\d\d\.\d\d|\d\d\.\d\d\.(?P<last>20\d\d))(?: ?г(?:\.|ода?)?)?"
NAMED = r"(?:(?i:предмет|экзамен)\s*[:–-]?\s*)?(?P<code>\d{1,2})\s*[-–—]\s*(?P<subject>\D.*?)"
WHOLE = re.compile(rf"{NAMED}[\s,]+{DAY}")
WITH_CODE = re.compile(NAMED)
WITHOUT_CODE = re.compile(r"(?i:предмет|экзамен)\s*[:–-]\s*(?P<code>)(?P<subject>\D+)")
DATE_OF_EXAM = re.compile(rf"(?i:дата(?: проведения)?(?: экзамена| [ое]гэ)?)\s*[:–-]?\s*(?:{DAY})?")


@dataclass(frozen=True)
class ExamTitle:
    """What a protocol is about.

    Attributes:
        code: Of the subject; empty where the title gives none.
        subject: As the title writes it.
        calendar_year: The year of the exam.
    """

    code: str
    subject: str
    calendar_year: int


@dataclass(slots=True)
class ExamTitles:
    """The lines above a table, as far as they have been read.

    Attributes:
        vocabulary: Distinguishes a subject from the region, which also has a number before its name.
    """

    vocabulary: Vocabulary
    _code: str = ""
    _subject: str = ""
    _year: int | None = None

    def take(self, line: Line) -> ExamTitle | None:
        """The title that this line gives or completes."""
        texts = line_texts(line)
        lines = (*texts, " ".join(texts))
        whole = next(filter(None, map(WHOLE.fullmatch, lines)), None)
        if whole is not None:
            self.forget()
            return ExamTitle(whole["code"], whole["subject"], int(whole["year"] or whole["last"]))
        named = self._take_subject(lines)
        dated = self._take_day(line, lines)
        if not (named or dated) or not self._subject or self._year is None:
            return None
        return ExamTitle(self._code, self._subject, self._year)

    def forget(self) -> None:
        """Drops the titles: below the headings of a table they no longer apply."""
        self._code, self._subject, self._year = "", "", None

    def _take_subject(self, lines: tuple[str, ...]) -> bool:
        found = next((one for text in lines for one in _subjects(text)), None)
        if found is None or self.vocabulary.subject(self._subject) and not self.vocabulary.subject(found["subject"]):
            return False
        self._code, self._subject = found["code"], found["subject"]
        return True

    def _take_day(self, line: Line, lines: tuple[str, ...]) -> bool:
        found = next(filter(None, map(DATE_OF_EXAM.fullmatch, lines)), None)
        if found is None:
            return False
        cells = [value.year for value in line.cells.values() if isinstance(value, date)]
        written = found["year"] or found["last"]
        years = [int(written)] if written else cells
        self._year = years[0] if years else self._year
        return bool(years)


def _subjects(text: str) -> list[re.Match[str]]:
    return [found for pattern in (WITH_CODE, WITHOUT_CODE) if (found := pattern.fullmatch(text))]
