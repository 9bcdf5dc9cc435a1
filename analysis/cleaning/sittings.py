"""Which sitting of the calendar is meant, by a result of an export or by the fixed cells of a row of a school sheet."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from analysis.cleaning.schools import CYRILLIC, LATIN
from analysis.contracts.forms import CONTEXT, DEFICITS, RESULTS, SCORES, SELF_ASSESSMENT, STAFF
from analysis.contracts.outcomes import SETS_ASIDE
from analysis.contracts.school_facts import lines_asked
from analysis.intake.exports.counts import ExamCounts
from analysis.rules.config import Collection
from analysis.rules.exam_calendar import MARK_SCALE, SCORE_SCALE, Sitting, school_year_from


class UnknownSittingError(Exception):
    """The calendar knows no such sitting, or several; the message (in Russian) says which.

    Attributes:
        waves: The waves to choose from, where there are several.
    """

    def __init__(self, said: str, waves: Sequence[str] = ()) -> None:
        """Keeps the message and the choice."""
        super().__init__(said)
        self.waves = tuple(waves)


def sitting_of(one: ExamCounts, calendar_year: int, wave: str, sittings: Sequence[Sitting]) -> Sitting:
    """Returns the only sitting that the result can belong to.

    Args:
        one: The result.
        calendar_year: Its year.
        wave: What the entry of the file says; empty where it says nothing.
        sittings: The calendar.

    Raises:
        UnknownSittingError: There is none, or a choice is left.
    """
    key = (one.procedure, calendar_year, one.scale)
    of_year = [held for held in sittings if (held.procedure, held.calendar_year, held.scale) == key]
    held = [sitting for sitting in of_year if _programmes(one, sitting)]
    grade = f", {one.named_grade} класс" if one.named_grade else ""
    exam = f"{one.procedure} {calendar_year} года, {one.subject}{grade}, {one.scale}"
    if not held:
        raise UnknownSittingError(f"{SETS_ASIDE['unknown_sitting']} ({exam})")
    meant = [sitting for sitting in held if not wave or sitting.wave == wave]
    waves = ", ".join(sitting.wave for sitting in held)
    if not meant:
        raise UnknownSittingError(f"{SETS_ASIDE['unknown_sitting']} (волна файла «{wave}», а в календаре: {waves})")
    if len(meant) > 1:
        said = f"{SETS_ASIDE['unknown_wave']} ({exam}: {waves})"
        raise UnknownSittingError(said, [sitting.wave for sitting in held])
    return meant[0]


def programme_of(one: ExamCounts, sitting: Sitting) -> int:
    """The grade whose programme was tested."""
    return _programmes(one, sitting)[0]


def _programmes(one: ExamCounts, sitting: Sitting) -> list[int]:
    """The programme grades that the result may belong to: exports name the grade that the participants sit in."""
    grades = sitting.grades.get(one.subject, ())
    if one.named_grade is None:
        return list(grades) if len(grades) == 1 else []
    return [grade for grade in grades if grade + sitting.grade_lag == one.named_grade]


Values = Mapping[str, Any]
SCALE_OF = {RESULTS.title: MARK_SCALE, SCORES.title: SCORE_SCALE}


class UnknownRowError(Exception):
    """The fixed cells name nothing that the sheet can hold; the message (in Russian) says what is known."""


def identified(
    title: str, values: Values, calendar_year: int, collection: Collection, sittings: Sequence[Sitting]
) -> dict[str, Any]:
    """Returns the columns that say what a row is about, in the words of the lists and the calendar.

    Args:
        title: Of the sheet's layout.
        values: What its fixed cells say.
        calendar_year: Of the form.
        collection: Its lists of competences and criteria.
        sittings: The calendar of procedures.

    Raises:
        UnknownRowError: There is no such line.
    """
    year = {"school_year": school_year_from(calendar_year)}
    if title == CONTEXT.title:
        return year | _listed("pupil_group", values, lines_asked("context", calendar_year))
    if title == STAFF.title:
        return year | _staff(values, lines_asked("staff", calendar_year))
    if title in SCALE_OF:
        return _sat(values, calendar_year, SCALE_OF[title], sittings)
    if title == DEFICITS.title:
        return _listed("competence", values, collection.competences)
    if title == SELF_ASSESSMENT.title:
        return _listed("criterion", values, collection.self_assessment_criteria)
    return {"contest_name": values["contest_name"]}


def _listed(column: str, values: Values, known: Iterable[str]) -> dict[str, Any]:
    by_name = {_alike(name): name for name in known}
    if by_name and _alike(values[column]) not in by_name:
        raise UnknownRowError(f"{SETS_ASIDE['unknown_group']}: «{values[column]}».{_latin(values[column])}")
    return {column: by_name.get(_alike(values[column]), values[column])}


def _staff(values: Values, units: Mapping[str, str]) -> dict[str, Any]:
    found = _listed("staff_group", values, units)
    unit = units[found["staff_group"]]
    if values["staff_unit"] is not None and _alike(values["staff_unit"]) != unit:
        raise UnknownRowError(f"{SETS_ASIDE['other_unit']}: «{values['staff_unit']}», а нужно «{unit}».")
    return {**found, "staff_unit": unit}


def _sat(values: Values, calendar_year: int, scale: str, sittings: Sequence[Sitting]) -> dict[str, Any]:
    """The sitting that the row names; each step leaves fewer, and the one that leaves none is what is unknown."""
    left = [one for one in sittings if (one.calendar_year, one.scale) == (calendar_year, scale)]
    left = _narrowed(left, "процедура", values["procedure"], lambda one: [one.procedure])
    left = _narrowed(left, "волна", values["wave"], lambda one: [one.wave])
    left = _narrowed(left, "предмет", values["subject"], lambda one: one.grades)
    subject = next(name for name in left[0].grades if _alike(name) == _alike(values["subject"]))
    left = _narrowed(left, "программа класса", values["programme_grade"], lambda one: one.grades[subject])
    grade = values["programme_grade"]
    left = _narrowed(left, "класс участников", values["sitting_grade"], lambda one: [grade + one.grade_lag])
    of_sitting = {name: getattr(left[0], name) for name in ("procedure", "wave", "school_year", "scale")}
    return {**of_sitting, "subject": subject, "programme_grade": grade, "sitting_grade": values["sitting_grade"]}


def _narrowed(
    sittings: Sequence[Sitting], what: str, said: object, known: Callable[[Sitting], Iterable[object]]
) -> list[Sitting]:
    found = [one for one in sittings if _alike(said) in map(_alike, known(one))]
    if not found:
        names = ", ".join(dict.fromkeys(str(name) for one in sittings for name in known(one))) or "ничего"
        raise UnknownRowError(
            f"{SETS_ASIDE['unknown_sitting']}: {what} «{said}»; на этом листе за год бывает: {names}.{_latin(said)}"
        )
    return found


def _latin(said: object) -> str:
    """Which Latin letters stand in Russian words: nobody sees them, and the right name beside looks the same."""
    words = re.findall(r"\w+", str(said))
    mixed = [word for word in words if LATIN.search(word) and CYRILLIC.search(word)]
    letters = dict.fromkeys(letter for word in mixed for letter in LATIN.findall(word))
    return f" Среди русских букв стоят латинские: {', '.join(letters)}." if letters else ""


def _alike(name: object) -> str:
    return str(name).casefold().replace("ё", "е")
