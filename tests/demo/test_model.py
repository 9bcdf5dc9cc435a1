"""The invented schools: grades age and add up, few are many enough, the calendar is kept, one school gets better."""

import itertools

import pytest

from analysis.contracts.facts import CATEGORIES, POSTS, PUPIL_TOTAL, SOCIAL_GROUPS, TEACHERS, TRAINED, VACANCIES
from analysis.demo.exports import SUBJECT_CODES
from analysis.demo.pupils import (
    Chance,
    all_sat,
    contests,
    context_counts,
    deficit_counts,
    enrolment,
    sat,
    sitting,
    sittings,
    staff_amounts,
)
from analysis.demo.town import schools

YEARS = (2020, 2021, 2022)
IMPROVING, WEAK = 5, 12


def _every_result():
    for held in sittings():
        for subject in SUBJECT_CODES.keys() & held.grades.keys():
            for grade in held.grades[subject]:
                yield from all_sat(held, subject, grade)


def _twos(school, calendar_year):
    """Share of «2» in ВПР, over all form subjects, grades and waves of a year."""
    held = [one for one in sittings() if (one.procedure, one.calendar_year) == ("ВПР", calendar_year)]
    found = [
        sat(school, one, subject, grade)
        for one in held
        for subject in one.form_subjects
        for grade in one.grades[subject]
    ]
    return sum(one.marks.count(2) for one in found if one) / sum(len(one.marks) for one in found if one)


def test_chance_falls_out_as_it_always_did():
    chance = Chance("example", 1)
    assert [chance.below(1000) for _ in range(4)] == [223, 265, 138, 198]


def test_the_year_of_the_registry_adds_up_to_it():
    totals = [context_counts(school, 2020)[PUPIL_TOTAL] for school in schools()]
    assert totals == [412, 638, 291, 855, 187, 523, 744, 366, 902, 478, 611, 143, 589, 320, 697, 255, 830, 1024]


def test_grades_age_and_only_a_few_come_or_go():
    assert len(schools()) == 18
    for school in schools():
        years = enrolment(school.number)
        for year, grade in itertools.product((2019, 2020, 2021), range(1, 9)):
            assert abs(years[year + 1][grade + 1] - years[year][grade]) <= 1 + years[year][grade] // 40 + 1


def test_parts_fit_into_wholes():
    counted = list(itertools.product(schools(), YEARS))
    assert len(counted) == 18 * 3
    for school, year in counted:
        context, staff = context_counts(school, year), staff_amounts(school, year)
        grades = [count for name, count in context.items() if name.endswith(" класс")]
        assert len(grades) == 11
        assert sum(grades) == context[PUPIL_TOTAL]
        assert all(0 <= context[name] <= context[PUPIL_TOTAL] for name in SOCIAL_GROUPS)
        assert sum(staff[name] for name in CATEGORIES) == staff[TEACHERS]
        assert staff[TRAINED] <= staff[TEACHERS]
        assert staff[VACANCIES] <= staff[POSTS]
        assert all(found <= diagnosed <= staff[TEACHERS] for diagnosed, found in deficit_counts(school, year).values())
        assert all(0 <= one.winner_count <= one.contestant_count for one in contests(school, year))


def test_results_fit_the_calendar_and_the_grade():
    seen = set()
    for one in _every_result():
        seen.add((one.sitting.procedure, one.sitting.calendar_year, one.subject))
        assert 1 <= one.participant_count <= enrolment(one.school)[int(one.sitting.school_year[:4])][one.grade]
        assert sum(one.mark_counts) + one.not_attested + len(one.scores) == one.participant_count
        assert one.not_attested == 0 or one.sitting.procedure == "Журнал"
        assert len(one.journal) == (len(one.marks) if one.sitting.procedure == "ВПР" else 0)
    assert {year for procedure, year, _ in seen if procedure == "ОГЭ"} == {2021, 2022}
    assert [year for _, year, subject in seen if subject == "Математика (базовая)"] == [2022]


def test_in_2022_a_grade_sat_each_subject_of_the_tests_once():
    spring, autumn = (sitting("ВПР", 2022, wave) for wave in ("весна", "осень"))
    waves = {}
    for school, grade in itertools.product(schools(), (4, 5, 6, 7, 8)):
        both = [sat(school.number, held, "Математика", grade) for held in (spring, autumn)]
        assert sum(one is not None for one in both) == 1
        waves[both[0] is not None] = True
    assert set(waves) == {True, False}


def test_there_are_small_cohorts():
    sizes = [one.participant_count for one in all_sat(sitting("ЕГЭ", 2021), "Русский язык", 11)]
    assert len(sizes) == 18
    assert sum(3 <= size <= 15 for size in sizes) >= 4


@pytest.mark.parametrize("school", [IMPROVING, WEAK])
def test_supported_schools_begin_markedly_weaker(school):
    others = [_twos(one.number, 2020) for one in schools() if one.number not in (IMPROVING, WEAK)]
    assert _twos(school, 2020) > 0.25
    assert max(others) < 0.25
    context = context_counts(schools()[school - 1], 2020)
    assert context["Малообеспеченные семьи"] > 0.3 * context[PUPIL_TOTAL]


def test_one_of_them_improves_and_the_other_does_not():
    assert _twos(IMPROVING, 2022) < 0.7 * _twos(IMPROVING, 2020)
    assert _twos(WEAK, 2022) > 0.25
