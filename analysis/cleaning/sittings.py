"""Which sitting of the calendar a result of an export belongs to."""

from collections.abc import Sequence

from analysis.contracts.outcomes import SETS_ASIDE
from analysis.intake.exports.counts import ExamCounts
from analysis.rules.exam_calendar import Sitting


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
    held = [
        sitting
        for sitting in sittings
        if (sitting.procedure, sitting.calendar_year, sitting.scale) == (one.procedure, calendar_year, one.scale)
        and _programmes(one, sitting)
    ]
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
