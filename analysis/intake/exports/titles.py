"""The titles that ФИС ОКО gives its files."""

import re
from dataclasses import dataclass

from analysis.intake.blocks import plain

VPR = re.compile(
    r"впр[.,]?\s+(?P<year>20\d\d)[.,]?\s+(?P<subject>.+?)[.,]?\s+(?P<grade>\d{1,2})(?:-?й)?\s*(?:класс|кл\.)(?!\w).*",
    re.IGNORECASE,
)
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
    found = VPR.fullmatch(plain(text))
    if not found or not 1 <= int(found["grade"]) <= 11:
        return None
    return VprTitle(int(found["year"]), plain(SEASON.sub(" ", found["subject"])).strip(" .,"), int(found["grade"]))
