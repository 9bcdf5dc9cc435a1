"""The calendar of procedures: which sittings were held in a year, by whose programme, and how they may be compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from analysis.rules.toml_file import read_rules
from analysis.rules.written import SCALES, SCORE_SCALE, Filled, Grades, Misfit, Rule, Written, one_of, stands

CALENDAR_FILE = "data/calendar.toml"


@dataclass(frozen=True)
class Sitting(Written, called="procedure"):
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

    procedure: Filled
    calendar_year: int
    wave: Filled
    school_year: str
    scale: Annotated[str, one_of(SCALES)]
    grade_lag: Annotated[int, Rule((0, 1).__contains__, stands("нужно 0 или 1"))]
    grades: Annotated[Mapping[str, Grades], Rule(bool, lambda _: ": нужен хотя бы один предмет с классами.")]
    form_subjects: tuple[str, ...]
    comparability: Filled
    basis: Filled
    confirmed: bool

    def holds(self, subject: str, programme_grade: int) -> bool:
        """Whether the calendar knows this subject for this programme."""
        return programme_grade in self.grades.get(subject, ())

    def misfits(self) -> Iterator[Misfit]:
        """The school year touches the year, and the forms ask for subjects that are held."""
        years = school_years_of(self.calendar_year)
        if self.school_year not in years:
            said = f"стоит «{self.school_year}», нужно одно из: {', '.join(years)}."
            yield Misfit(f"ключ «school_year»: {said}", key=("school_year",))
        for subject in self.form_subjects:
            if subject not in self.grades:
                said = f"предмета «{subject}» нет в [sitting.grades]; есть: {', '.join(self.grades)}."
                yield Misfit(f"ключ «form_subjects»: {said}", key=("form_subjects",))


def school_year_from(calendar_year: int) -> str:
    """Returns the school year that begins in a calendar year: 2021 → 2021/22."""
    return f"{calendar_year}/{(calendar_year + 1) % 100:02d}"


def school_years_of(calendar_year: int) -> tuple[str, str]:
    """Returns the school years that a calendar year touches: 2021 → 2020/21, 2021/22."""
    return school_year_from(calendar_year - 1), school_year_from(calendar_year)


def sitting_stanza(calendar_year: int) -> str:
    """Returns an entry for data/calendar.toml that waits for its answers.

    What is left empty is refused by its key, so no answer is a guess of ours.
    """
    spring, autumn = school_years_of(calendar_year)
    stanza = Path(__file__).with_name("new_sitting.toml").read_text(encoding="utf-8")
    return stanza.format(year=calendar_year, spring=spring, autumn=autumn)


@dataclass(frozen=True)
class MinimumScore(Written, called="subject"):
    """The lowest score with which an exam counts as passed."""

    procedure: str
    calendar_year: int
    subject: str
    score: Annotated[int, Rule(lambda score: 0 <= score <= 100, stands("нужен балл от 0 до 100"))]
    basis: str
    confirmed: bool


@dataclass(frozen=True)
class Calendar(Written):
    """data/calendar.toml."""

    sitting: tuple[Sitting, ...] = ()
    subject_writings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minimum_score: tuple[MinimumScore, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each minimum score is of an exam that the calendar holds, with scores and with this subject."""
        for number, one in enumerate(self.minimum_score):
            exam = (one.procedure, one.calendar_year, SCORE_SCALE)
            scored = [held for held in self.sitting if (held.procedure, held.calendar_year, held.scale) == exam]
            subjects = [subject for held in scored for subject in held.grades]
            if not scored:
                said = f"процедуры «{one.procedure}» {one.calendar_year} года с баллами в этом календаре нет."
                yield Misfit(said, ("minimum_score", number))
            elif one.subject not in subjects:
                said = f"ключ «subject»: стоит «{one.subject}», нужно одно из: {', '.join(subjects)}."
                yield Misfit(said, ("minimum_score", number), ("subject",))


def load_calendar(root: Path) -> tuple[Sitting, ...]:
    """Reads data/calendar.toml; a project without that file collects no results.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    return read_rules(root, CALENDAR_FILE, Calendar).sitting


@dataclass(frozen=True)
class Vocabulary:
    """How the calendar calls what exports call in their own ways, and the minimum scores.

    Attributes:
        subjects: Name in the calendar by writing, case and ё aside.
        minimum_scores: By procedure, calendar year and subject; an exam that is not there has no known minimum.
    """

    subjects: Mapping[str, str]
    minimum_scores: Mapping[tuple[str, int, str], int]

    def subject(self, writing: str) -> str:
        """The name in the calendar; empty for a subject it does not know."""
        return self.subjects.get(_folded(writing), "")


def load_vocabulary(root: Path) -> Vocabulary:
    """Reads the subjects, their other writings and the minimum scores of data/calendar.toml.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    written = read_rules(root, CALENDAR_FILE, Calendar)
    names = {_folded(subject): subject for sitting in written.sitting for subject in sitting.grades}
    writings = {_folded(other): name for name, others in written.subject_writings.items() for other in others}
    minima = {(one.procedure, one.calendar_year, one.subject): one.score for one in written.minimum_score}
    return Vocabulary(writings | names, minima)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").split())


FILL_IN = "Допишите раздел (образец ниже) для каждой процедуры и ответьте в нём на три вопроса."


def no_sittings(calendar: Sequence[Sitting], calendar_year: int) -> str:
    """Returns that the calendar knows nothing of a year; empty where it does."""
    if any(one.calendar_year == calendar_year for one in calendar):
        return ""
    return (
        f"Процедур {calendar_year} года в календаре нет: формы школ не спрашивают о результатах, а выгрузки за этот "
        "год откладываются."
    )
