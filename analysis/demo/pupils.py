"""The invented schools and pupils from year to year, and what they got in every sitting; reproducible."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from analysis.contracts.facts import (
    CATEGORIES,
    CONTESTANTS,
    GRADES,
    POSTS,
    PUPIL_TOTAL,
    SOCIAL_GROUPS,
    TEACHERS,
    TRAINED,
    VACANCIES,
    YOUNG,
    lines_asked,
)
from analysis.demo.town import SUPPORTED, School, parameters, schools
from analysis.rules.office_files import Sitting, load_calendar
from analysis.rules.written import JOURNAL, MARK_SCALE
from analysis.starter import INSTALLATION

# The invented schools and pupils from year to year: grades, social passport, staff, contests; reproducible.

WHOLE = 1000


class Chance:
    """Draws for one thing. Draws for other things do not change it."""

    def __init__(self, *about: str | int) -> None:
        """Seeds the draws with what they are about."""
        # Only random() gives the same numbers for a seed in every version of Python (docs/observed.md).
        self._draw = random.Random("/".join(map(str, (parameters()["seed"], *about)))).random

    def below(self, limit: int) -> int:
        """A whole number from 0 up to below the limit."""
        return int(self._draw() * limit)

    def about(self, spread: int) -> int:
        """A whole number from -spread to spread."""
        return self.below(2 * spread + 1) - spread

    def happens(self, thousandths: int) -> bool:
        """Whether something of that probability happens."""
        return self.below(WHOLE) < thousandths

    def binomial(self, trials: int, thousandths: int) -> int:
        """How many of so many trials succeed."""
        return sum(self.below(WHOLE) < thousandths for _ in range(trials))


def part(whole: int, thousandths: int) -> int:
    """So many thousandths of a whole, rounded half up."""
    return (whole * thousandths * 2 + WHOLE) // (2 * WHOLE)


FIRST, NINTH, TENTH, LAST = 1, 9, 10, 11
REGISTRY_YEAR = 2020  # the registry came in September 2020


@cache
def enrolment(number: int) -> Mapping[int, Mapping[int, int]]:
    """Returns the pupils of a school by the year in which the school year begins and by grade."""
    school = schools()[number - 1]
    first, last = parameters()["first_school_year"], REGISTRY_YEAR + 2
    chance = Chance("weights", number)
    weights = [weight + chance.about(weight // 10) for weight in parameters()["pupils"]["weights"]]
    years = {REGISTRY_YEAR: _shared_out(_total(school), weights)}
    for year in range(REGISTRY_YEAR, last):
        years[year + 1] = _a_year_on(years[year], Chance("enrolment", number, year))
    for year in range(REGISTRY_YEAR, first, -1):
        years[year - 1] = _a_year_back(years[year], Chance("enrolment", number, -year))
    return MappingProxyType(years)


def context_counts(school: School, year: int) -> dict[str, int]:
    """Returns the lines of «Контингент» for the school year that begins in a year."""
    grades = enrolment(school.number)[year]
    total = sum(grades.values())
    shares = parameters()["social"][school.sort]
    chance = Chance("social", school.number, year)
    own = Chance("social", school.number)
    groups = {
        name: max(0, part(total, part(share, WHOLE + own.about(150))) + chance.about(1))
        for name, share in zip(SOCIAL_GROUPS, shares, strict=True)
    }
    return {PUPIL_TOTAL: total, **{name: grades[grade] for name, grade in GRADES.items()}, **groups}


def _total(school: School) -> int:
    return int(str(school.pupils).replace("\u00a0", ""))


def _shared_out(total: int, weights: Sequence[int]) -> dict[int, int]:
    """Divides the total by weights without a remainder."""
    ends = [total * sum(weights[:upto]) // sum(weights) for upto in range(len(weights) + 1)]
    return {grade: ends[grade] - ends[grade - 1] for grade in range(FIRST, LAST + 1)}


def _a_year_on(grades: Mapping[int, int], chance: Chance) -> dict[int, int]:
    moved = {grade + 1: _changed(grades[grade], chance) for grade in range(FIRST, NINTH)}
    tenth = max(1, part(grades[NINTH], parameters()["pupils"]["stay"]) + chance.about(1))
    return {FIRST: _changed(grades[FIRST], chance), **moved, TENTH: tenth, LAST: _changed(grades[TENTH], chance)}


def _a_year_back(grades: Mapping[int, int], chance: Chance) -> dict[int, int]:
    moved = {grade - 1: _changed(grades[grade], chance) for grade in range(FIRST + 1, TENTH)}
    ninth = grades[TENTH] * WHOLE // parameters()["pupils"]["stay"]
    return {**moved, NINTH: ninth, TENTH: _changed(grades[LAST], chance), LAST: _changed(grades[LAST], chance)}


def _changed(count: int, chance: Chance) -> int:
    """Changes a number by a few pupils who come or go."""
    return max(1, count + chance.about(1 + count // 40))


BEGINNING = 2020


@dataclass(frozen=True)
class Contest:
    """One line of «Конкурсы»."""

    name: str
    level: str
    contestants: str
    contestant_count: int
    winner_count: int


def staff_amounts(school: School, year: int) -> dict[str, float]:
    """Returns the lines of «Кадры» for the school year that begins in a year; posts go by halves."""
    given, weak = parameters()["staff"], school.sort == SUPPORTED
    chance = Chance("staff", school.number, year)
    teachers = _teachers(school) + chance.about(1)
    highest = part(teachers, given["highest"][weak] + chance.about(20))
    first = part(teachers, given["first"][weak] + chance.about(20))
    trained = part(teachers, given["trained"][weak][year - parameters()["first_school_year"]] + chance.about(15))
    amounts: dict[str, float] = {
        POSTS: part(2 * teachers, given["posts_a_teacher"]) / 2,
        VACANCIES: chance.below(given["vacant_halves"][weak]) / 2,
        TEACHERS: teachers,
        **dict(zip(CATEGORIES, (highest, first, teachers - highest - first), strict=True)),
        TRAINED: trained,
        YOUNG: part(teachers, given["young"][weak] + Chance("young", school.number, year).about(60)),
    }
    return {name: amounts[name] for name in lines_asked("staff", year)}


# By table the lines of a sheet that are the same for every school, as one of them fills them in.
LINE_AMOUNTS: Mapping[str, Callable[[School, int], Mapping[str, float]]] = {
    "context": context_counts,
    "staff": staff_amounts,
}


def deficit_counts(school: School, year: int) -> dict[str, tuple[int, int]]:
    """Returns by competence the teachers diagnosed and those with a deficit."""
    weak, teachers = school.sort == SUPPORTED, int(staff_amounts(school, year)[TEACHERS])
    left = parameters()["deficits"]["left"]
    diagnosed = part(teachers, parameters()["deficits"]["diagnosed"][weak])
    found = {}
    for competence, shares in parameters()["competences"].items():
        share = shares[weak]
        for _ in range(BEGINNING, year):
            share = part(share, left.get(str(school.number), left["ordinary"]))
        found[competence] = (diagnosed, Chance("deficit", school.number, year, competence).binomial(diagnosed, share))
    return found


def self_assessment(school: School, year: int) -> dict[str, tuple[float, str]]:
    """Returns by criterion the score, in halves up to five, and where it is published."""
    weak = school.sort == SUPPORTED
    link = f"https://primersk.example/{school.login}/samoocenka-{year}"
    return {
        criterion: (_halves(school, year, criterion, halves[weak]) / 2, link)
        for criterion, halves in parameters()["criteria"].items()
    }


def contests(school: School, year: int) -> list[Contest]:
    """Returns the contests of a year; a school takes part in some of them."""
    given = parameters()["contests"]
    pupils, teachers = sum(enrolment(school.number)[year].values()), _teachers(school)
    sorts = zip(CONTESTANTS, (given["pupils"], given["teachers"]), (pupils // 6, max(2, teachers // 5)), strict=True)
    return [found for who, listed, most in sorts for found in _entered(school, year, who, listed, most)]


def _teachers(school: School) -> int:
    pupils = sum(enrolment(school.number)[REGISTRY_YEAR].values())
    return 3 + pupils // int(parameters()["staff"]["pupils_a_teacher"])


def _halves(school: School, year: int, criterion: str, halves: int) -> int:
    risen = (year - BEGINNING) * (1 if school.number == 5 else 0)
    return min(10, max(0, halves + risen + Chance("criterion", school.number, year, criterion).about(1)))


def _entered(school: School, year: int, who: str, listed: Sequence[Sequence[str]], most: int) -> list[Contest]:
    found = []
    for place, (name, level) in enumerate(listed):
        chance = Chance("contest", school.number, year, name)
        taking = 1 + chance.below(max(1, most // (1 + place)))
        if chance.happens(900 - 120 * place):
            found.append(Contest(name, level, who, taking, chance.below(1 + taking // 3)))
    return found


# What the pupils of the invented schools got: marks and scores of every sitting that the calendar knows.

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
    def mark_counts(self) -> list[int]:
        """How many have a 2, 3, 4, 5."""
        return [self.marks.count(mark) for mark in (2, 3, 4, 5)]

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
