"""What a promise without years plans for each year of the plan."""

import pytest

from analysis.cleaning.deadlines import Promised, promised_by_year, read_deadlines
from analysis.cleaning.values import Value

YEARS = (2023, 2024, 2025)
PARTICIPANTS, SHARE = Value(50, "≥"), Value(90, "≥", unit="%")


@pytest.mark.parametrize(
    ("number", "deadline", "planned", "rules"),
    [
        (PARTICIPANTS, "в течение года", [50, 50, 50], {None}),
        (SHARE, "постоянно", [90, 90, 90], {"share_each_year"}),
        (SHARE, "в течение 2023–2025 гг.", [None, None, 90], {None, "by_end"}),
        (PARTICIPANTS, "постоянно", [None, None, 50], {None, "by_end"}),
        (None, "в течение года", [1, 1, 1], {"times"}),
        (None, "постоянно", [1, 1, 1], {"each_year"}),
        (SHARE, "25.05.2024", [None, 90, None], {None, "other_year"}),
    ],
)
def test_a_promise_is_planned_for_the_years_that_its_deadline_means(number, deadline, planned, rules):
    targets = promised_by_year(Promised(number, read_deadlines(deadline), deadline, "строка 1"), YEARS)
    assert [targets[year].value.count for year in YEARS] == planned
    assert {one.rule for one in targets.values()} == rules
    assert {one.place for one in targets.values()} == {"строка 1"}
