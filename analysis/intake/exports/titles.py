"""The titles of exports: those that ФИС ОКО gives its files, and what stands above a table of a РЦОИ protocol."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analysis.intake.blocks import plain
from analysis.intake.exports.cells import Line
from analysis.intake.exports.headings import line_texts
from analysis.rules.exam_calendar import Vocabulary

VPR = re.compile(
    r"впр[.,]?\s+(?P<year>20\d\d)[.,]?\s+(?P<subject>.+?)[.,]?\s+(?P<grade>\d{1,2})(?:-?й)?\s*(?:класс|кл\.)(?!\w).*",
    re.IGNORECASE,
)
GRADE_FIRST = re.compile(
    r"впр[.,]?\s+(?P<year>20\d\d)(?:\s*г(?:од|\.))?[.,]?\s+(?P<grade>\d{1,2})(?:-?й)?\s*(?:класс|кл\.)[.,:]?"
    r"(?:\s+(?P<subject>\D+))?",
    re.IGNORECASE,
)
SUBJECT = re.compile(r"(?:учебный )?предмет\s*[:–-]\s*(.+)", re.IGNORECASE)
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
        subject = next(filter(None, map(SUBJECT.fullmatch, lines)), None)
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
