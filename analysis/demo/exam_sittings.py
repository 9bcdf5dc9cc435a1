"""What the pupils of the invented schools got: marks and scores of every sitting that the calendar knows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from analysis.demo.pupils import WHOLE, Chance, enrolment, part
from analysis.demo.town import parameters, schools
from analysis.rules.exam_calendar import JOURNAL, MARK_SCALE, Sitting, load_calendar
from analysis.starter.sources import INSTALLATION

VPR, OGE, EGE = "ВПР", "ОГЭ", "ЕГЭ"
PROFILE, BASIC = "Математика (профильная)", "Математика (базовая)"
SPLIT_YEAR, SPRING = 2022, "весна"
HIGH, FULL = 80, 100
WEAK = 100  # from this weakness on a school has more who are not attested


@dataclass(frozen=True)
class Sat:
    """One school in one sitting, subject and grade.

    Attributes:
        school: Number of the school.
        sitting: The sitting.
        subject: The subject.
        programme_grade: By whose programme.
        marks: A mark a participant, on the scale of marks.
        journal: The journal mark of each participant; 0 where the journal has none.
        not_attested: In the journal, those without a mark.
        scores: A score a participant, on the scale of a hundred.
    """

    school: int
    sitting: Sitting
    subject: str
    programme_grade: int
    marks: tuple[int, ...] = ()
    journal: tuple[int, ...] = ()
    not_attested: int = 0
    scores: tuple[int, ...] = ()

    @property
    def grade(self) -> int:
        """The grade of the participants."""
        return self.programme_grade + self.sitting.grade_lag

    @property
    def participant_count(self) -> int:
        """Participants; in the journal with those who are not attested."""
        return len(self.marks) + self.not_attested + len(self.scores)

    @property
    def mark_counts(self) -> tuple[int, int, int, int]:
        """How many have a 2, 3, 4, 5."""
        two, three, four, five = (self.marks.count(mark) for mark in (2, 3, 4, 5))
        return two, three, four, five

    @property
    def below_minimum_count(self) -> int:
        """How many did not reach the minimum."""
        return sum(score < parameters()["scores"][self.subject]["minimum"] for score in self.scores)

    @property
    def mean_tenths(self) -> int:
        """The mean score in tenths, rounded half up."""
        return (20 * sum(self.scores) + len(self.scores)) // (2 * len(self.scores))

    @property
    def high_score_count(self) -> int:
        """How many have 80 to 99."""
        return sum(HIGH <= score < FULL for score in self.scores)

    @property
    def full_score_count(self) -> int:
        """How many have a hundred."""
        return self.scores.count(FULL)


@cache
def sittings() -> tuple[Sitting, ...]:
    """Returns the calendar, which the demo takes from this installation like any new project."""
    return load_calendar(INSTALLATION)


@cache
def sitting(procedure: str, calendar_year: int, wave: str = "") -> Sitting:
    """Returns a sitting of the calendar; a wave is needed only where a year has several."""
    (found,) = (
        one
        for one in sittings()
        if (one.procedure, one.calendar_year) == (procedure, calendar_year) and wave in ("", one.wave)
    )
    return found


def sat(school: int, held: Sitting, subject: str, programme_grade: int) -> Sat | None:
    """Returns a school's results, or None where nobody sat: the other wave had it, or nobody chose it."""
    return _sat(school, held.procedure, held.calendar_year, held.wave, subject, programme_grade)


def all_sat(held: Sitting, subject: str, programme_grade: int) -> Iterator[Sat]:
    """Yields the results of all schools that have any."""
    found = (sat(school.number, held, subject, programme_grade) for school in schools())
    return (one for one in found if one is not None)


def weaker(school: int, calendar_year: int) -> int:
    """By how many thousandths a school is weaker than the average of the city."""
    given = parameters()["weaker"]
    changing: Mapping[str, int] = given["changing"].get(str(school), {})
    return changing.get(str(calendar_year), given["schools"][school - 1])


@cache
def _sat(school: int, procedure: str, calendar_year: int, wave: str, subject: str, programme_grade: int) -> Sat | None:
    held = sitting(procedure, calendar_year, wave)
    grade = programme_grade + held.grade_lag
    chance = Chance(school, procedure, calendar_year, wave, subject, programme_grade)
    taking = _taking(school, held, subject, programme_grade, chance) if _held_here(school, held, subject, grade) else 0
    if not taking:
        return None
    if held.scale != MARK_SCALE:
        return Sat(school, held, subject, programme_grade, scores=tuple(_scores(school, held, subject, taking, chance)))
    absent = _not_attested(school, held, taking, chance)
    marks = tuple(_marks(school, held, subject, grade, taking - absent, chance))
    journal = tuple(_journal_mark(mark, chance) for mark in marks) if procedure == VPR else ()
    return Sat(school, held, subject, programme_grade, marks, journal, absent)


def _held_here(school: int, held: Sitting, subject: str, grade: int) -> bool:
    """Whether a grade sat a subject in this wave. In 2022 what was not held in spring was held in autumn."""
    if (held.procedure, held.calendar_year) != (VPR, SPLIT_YEAR):
        return True
    done = Chance("spring", school, subject, grade - held.grade_lag).happens(parameters()["spring_2022"]["done"])
    return done == (held.wave == SPRING)


def _taking(school: int, held: Sitting, subject: str, programme_grade: int, chance: Chance) -> int:
    grade = programme_grade + held.grade_lag
    pupils = enrolment(school)[_begins(held)][grade]
    if subject == BASIC:
        other = sat(school, sitting(EGE, held.calendar_year, "основная"), PROFILE, programme_grade)
        return pupils - (other.participant_count if other else 0)
    chosen = parameters()["chosen"].get(str(grade), {})
    if subject in chosen:
        applicants = parameters()["applicants"].get(str(held.calendar_year), WHOLE)
        return chance.binomial(pupils, part(chosen[subject], applicants))
    return max(1, chance.binomial(pupils, parameters()["marks"][held.procedure]["taking"]))


def _begins(held: Sitting) -> int:
    """The year in which its school year begins."""
    return int(held.school_year[:4])


def _marks(school: int, held: Sitting, subject: str, grade: int, taking: int, chance: Chance) -> Iterator[int]:
    given, harder = parameters()["marks"][held.procedure], parameters()["harder"]
    shift = part(_weakness(school, held), given["shows"]) + _cohort(school, held, grade)
    if held.procedure != JOURNAL:
        shift += harder.get(subject, 0) + harder.get(held.wave, 0)
    upto = _ends(given["upto"], shift)
    for _ in range(taking):
        drawn = chance.below(WHOLE)
        yield 2 + sum(drawn >= end for end in upto)


def _weakness(school: int, held: Sitting) -> int:
    return weaker(school, held.calendar_year)


def _cohort(school: int, held: Sitting, grade: int) -> int:
    """Pupils who started school in the same year stay a little stronger or weaker together."""
    return Chance("cohort", school, _begins(held) - grade).about(20)


def _ends(upto: Sequence[int], shift: int) -> tuple[int, ...]:
    two, three, four = upto
    lowest = max(two // 3, two + shift)
    return lowest, max(lowest + 100, three + shift), min(WHOLE - 10, four + shift // 2)


def _not_attested(school: int, held: Sitting, taking: int, chance: Chance) -> int:
    if held.procedure != JOURNAL:
        return 0
    share = parameters()["journal"]["not_attested"][_weakness(school, held) >= WEAK]
    return chance.binomial(taking, share)


def _journal_mark(mark: int, chance: Chance) -> int:
    given, drawn = parameters()["journal"], chance.below(WHOLE)
    if chance.happens(given["unmarked"]):
        return 0
    if mark == 2:
        return 2 if drawn < given["lower"] // 2 else 3
    return min(5, mark + 1) if drawn < given["lower"] else mark if drawn < given["not_higher"] else max(3, mark - 1)


def _scores(school: int, held: Sitting, subject: str, taking: int, chance: Chance) -> Iterator[int]:
    mean = parameters()["scores"][subject]["mean"] - _weakness(school, held) // 15
    for _ in range(taking):
        score = mean + chance.about(18) + chance.about(18) + chance.about(12)
        yield FULL if score > FULL + 6 else min(98, max(4, score))
