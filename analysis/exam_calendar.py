"""The calendar of procedures: which sittings were held in a year, by whose programme, and how they may be compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.config import numbered, read_toml, take
from analysis.contracts.school_facts import SCALES
from analysis.errors import AnalysisError

CALENDAR_FILE = "data/calendar.toml"


@dataclass(frozen=True)
class Sitting:
    """One wave of a procedure in a calendar year.

    Attributes:
        procedure: ВПР, ОГЭ, ЕГЭ or журнал.
        calendar_year: The year in which it was held.
        wave: What tells the sittings of a year apart.
        school_year: Of the participants, «2020/21».
        scale: отметка or 100 баллов.
        grade_lag: The grade of the participants minus the grade of the programme: 1 where it moved to the autumn.
        grades: Programme grades by subject.
        form_subjects: The subjects for which a school's form asks; the others come in exports.
        comparability: Sittings of one procedure may be compared over the years only where this word is the same.
        basis: The source of the entry.
        confirmed: Whether a primary text was read.
    """

    procedure: str
    calendar_year: int
    wave: str
    school_year: str
    scale: str
    grade_lag: int
    grades: Mapping[str, tuple[int, ...]]
    form_subjects: tuple[str, ...]
    comparability: str
    basis: str
    confirmed: bool

    def holds(self, subject: str, programme_grade: int) -> bool:
        """Whether the calendar knows this subject for this programme."""
        return programme_grade in self.grades.get(subject, ())


def load_calendar(root: Path) -> tuple[Sitting, ...]:
    """Reads data/calendar.toml; a project without that file collects no results.

    Raises:
        AnalysisError: The file is broken; the message names the entry and the key.
    """
    if not (root / CALENDAR_FILE).is_file():
        return ()
    entries = numbered(read_toml(root, CALENDAR_FILE).get("sitting", []), "sitting", CALENDAR_FILE)
    return tuple(_sitting(entry, where) for where, entry in entries)


def _sitting(entry: Mapping[str, Any], where: str) -> Sitting:
    scale, lag = take(entry, "scale", str, where), take(entry, "grade_lag", int, where)
    if scale not in SCALES or lag not in (0, 1):
        raise AnalysisError(f"{where}: «scale» — одно из {', '.join(SCALES)}; «grade_lag» — 0 или 1.")
    return Sitting(
        procedure=take(entry, "procedure", str, where),
        calendar_year=take(entry, "calendar_year", int, where),
        wave=take(entry, "wave", str, where),
        school_year=take(entry, "school_year", str, where),
        scale=scale,
        grade_lag=lag,
        grades=_grades(take(entry, "grades", dict, where), where),
        form_subjects=tuple(take(entry, "form_subjects", list, where)),
        comparability=take(entry, "comparability", str, where),
        basis=take(entry, "basis", str, where),
        confirmed=take(entry, "confirmed", bool, where),
    )


def _grades(grades: Mapping[str, Any], where: str) -> dict[str, tuple[int, ...]]:
    for subject, listed in grades.items():
        if not isinstance(listed, list) or not all(type(grade) is int and 1 <= grade <= 11 for grade in listed):
            raise AnalysisError(f"{where}: предмет «{subject}»: нужен список классов от 1 до 11, например [5, 6].")
    return {subject: tuple(listed) for subject, listed in grades.items()}
