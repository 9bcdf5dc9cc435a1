"""The invented schools and pupils from year to year: grades, social passport, staff, contests; reproducible."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from analysis.contracts.school_facts import (
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
