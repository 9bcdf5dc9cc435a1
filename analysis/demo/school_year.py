"""Staff, deficits, self-assessment and contests of the invented schools."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.contracts.school_facts import (
    CATEGORIES,
    CONTESTANTS,
    POSTS,
    TEACHERS,
    TRAINED,
    VACANCIES,
    YOUNG,
    lines_asked,
)
from analysis.demo.chance import Chance, part
from analysis.demo.pupils import REGISTRY_YEAR, enrolment
from analysis.demo.town import SUPPORTED, School, parameters

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
