"""Numbers that look odd: counted by hand on a few rows."""

import pytest

from analysis.cleaning.school_sheet_rules import implausible
from analysis.contracts.facts import school_fact_tables
from analysis.contracts.findings import ASKS


def _result(login, year, marks, subject="Русский язык", grade=5, **other):
    names = ("mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count")
    about = {"procedure": "ВПР", "wave": "весна", "scale": "отметка", "origin": "форма", "subject": subject}
    years = {"calendar_year": year, "school_year": f"{year - 1}/{year % 100:02}"}
    grades = {"programme_grade": grade, "sitting_grade": grade, "participant_count": sum(marks)}
    place = {"source_file": f"{year}_{login}", "place": f"{subject} {grade}", "school_login": login}
    return {**about, **years, **grades, **place, **dict(zip(names, marks, strict=True)), **other}


def _context(login, year, count, group="5 класс"):
    years = {"calendar_year": year, "school_year": f"{year}/{(year + 1) % 100:02}"}
    place = {"source_file": f"{year}_{login}", "place": group, "school_login": login}
    return {**years, **place, "pupil_group": group, "group_pupil_count": count}


def _found(**rows):
    return [(one.file, one.places, one.explanation) for one in implausible(school_fact_tables(rows))]


def test_nothing_is_said_of_no_facts():
    assert _found() == []


def test_more_participants_than_pupils_of_their_school_year():
    # The spring of 2021 belongs to 2020/21, which the form of 2020 tells.
    results = [_result("a", 2021, (1, 2, 3, 25)), _result("b", 2021, (1, 2, 3, 24))]
    context = [_context("a", 2020, 30), _context("a", 2021, 31), _context("b", 2020, 30)]
    assert _found(results=results, context=context) == [
        (
            "2021_a",
            ("Русский язык 5",),
            f"{ASKS['above_enrolment']}: участников 31, обучающихся 30 (2020_a: 5 класс).",
        )
    ]


@pytest.mark.parametrize(("now", "asks"), [(36, False), (35, True)])
def test_a_coverage_that_falls_by_a_fifth(now, asks):
    # 45 of 50 are 90 %; 36 of 51 are 70.6 %, 35 of 51 are 68.6 %.
    results = [_result("a", 2020, (0, 0, 0, 45)), _result("a", 2021, (0, 0, 0, now))]
    context = [_context("a", 2019, 50), _context("a", 2020, 51)]
    said = f"{ASKS['lower_coverage']}: {now} из 51, а было 45 из 50."
    assert _found(results=results, context=context) == [("2021_a", ("Русский язык 5",), said)] * asks


def test_an_exam_that_few_choose_is_not_asked_about():
    # 37 of 50 are 74 %, 38 of 50 are 76 %.
    context = [_context("a", 2019, 50), _context("a", 2020, 50)]
    for before, asks in ((37, 0), (38, 1)):
        results = [_result("a", 2020, (0, 0, 0, before)), _result("a", 2021, (0, 0, 0, 20))]
        assert len(_found(results=results, context=context)) == asks


def test_more_participants_than_pupils_are_no_fall_a_year_later():
    # 65 of 50 asks for itself; the next year 50 of 50 is a whole grade.
    results = [_result("a", 2020, (0, 0, 0, 65)), _result("a", 2021, (0, 0, 0, 50))]
    context = [_context("a", 2019, 50), _context("a", 2020, 50)]
    assert [said[:20] for _, _, said in _found(results=results, context=context)] == [ASKS["above_enrolment"][:20]]


@pytest.mark.parametrize(
    ("before", "now", "asks"), [(30, 90, 0), (30, 91, 1), (91, 30, 1), (0, 10, 0), (0, 11, 1), (2, 9, 0)]
)
def test_a_number_that_has_changed_threefold(before, now, asks):
    found = _found(context=[_context("a", 2020, before), _context("a", 2021, now), _context("b", 2021, 9000)])
    said = f"{ASKS['magnitude']}: стало {now}, а было {before} (2020_a: 5 класс)."
    assert found == [("2021_a", ("5 класс",), said)] * asks


def _block(login, year, grades):
    return [_result(login, year, (grade, 3, 4, 5), grade=grade) for grade in grades]


@pytest.mark.parametrize(
    ("other", "asks"),
    [
        (_block("b", 2021, (5, 6, 7)), True),
        (_block("a", 2021, (5, 6, 7)), False),  # the same rows themselves
        (_block("a", 2022, (5, 6, 7)), True),
        (_block("b", 2021, (5, 6)), False),
        ([_result("b", 2021, (grade, 3, 4, 6), grade=grade) for grade in (5, 6, 7)], False),
    ],
)
def test_the_same_numbers_at_two_schools_or_in_two_years(other, asks):
    first = _block("a", 2021, (5, 6, 7, 8))
    rows = [*first, *(row for row in other if row not in first)]
    found = _found(results=rows)
    places = ("Русский язык 5", "Русский язык 6", "Русский язык 7")
    assert [(file, where) for file, where, _ in found] == [(other[0]["source_file"], places)] * asks
    assert all(text.startswith(ASKS["same_block"]) for _, _, text in found)


def test_small_equal_classes_are_no_block():
    results = [_result(login, 2021, (1, 2, 3, 3), grade=grade) for login in "ab" for grade in (5, 6, 7)]
    assert _found(results=results) == []
