"""Pupils of the invented schools: grades that age from year to year, and the social passport."""

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from analysis.contracts.school_facts import GRADES, PUPIL_TOTAL, SOCIAL_GROUPS
from analysis.demo.chance import WHOLE, Chance, part
from analysis.demo.town import School, parameters, schools

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
