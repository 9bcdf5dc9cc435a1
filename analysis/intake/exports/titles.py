"""The titles that ФИС ОКО gives its files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.intake.blocks import plain

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
