"""Two years in a row over a break: the calendar decides, not the years."""

import pandas as pd
import pytest

from analysis.indicators.selection import repeated_over_breaks
from analysis.rules.office_files import Sitting

WORDS = {(2020, "осень"): "осень", (2021, "весна"): "весна", (2022, "весна"): "весна", (2022, "осень"): "осень"}
CALENDAR = [
    Sitting("ВПР", year, wave, "", "отметка", 0, {"Математика": (6, 7)}, (), word, "", False)
    for (year, wave), word in WORDS.items()
]


def _hits(*rows):
    columns = ["calendar_year", "wave", "programme_grade", "is_low"]
    frame = pd.DataFrame([(*row, "да")[:4] if len(row) == 3 else row for row in rows], columns=columns)
    return frame.assign(rule_id="rule", school_login="edu1", procedure="ВПР", subject="Математика")


@pytest.mark.parametrize(
    ("rows", "year", "grades"),
    [
        ([(2020, "осень", 6), (2021, "весна", 6)], 2021, [6]),
        ([(2021, "весна", 6), (2022, "весна", 6)], 2022, []),
        ([(2021, "весна", 6), (2022, "осень", 6)], 2022, [6]),
        # Low in both waves: the spring one compares.
        ([(2021, "весна", 6), (2022, "осень", 6), (2022, "весна", 6)], 2022, []),
        # Not the same procedure, not low, not the year before.
        ([(2020, "осень", 6), (2021, "весна", 7)], 2021, []),
        ([(2020, "осень", 6, "нет"), (2021, "весна", 6)], 2021, []),
        ([(2020, "осень", 6), (2022, "весна", 6)], 2022, []),
    ],
)
def test_a_repetition_over_a_break_is_found(rows, year, grades):
    found = repeated_over_breaks(_hits(*rows), CALENDAR, "rule", year)
    assert found["programme_grade"].tolist() == grades


def test_it_says_both_words_and_is_of_its_rule_alone():
    hits = _hits((2020, "осень", 6), (2021, "весна", 6))
    (found,) = repeated_over_breaks(hits, CALENDAR, "rule", 2021).to_dict("records")
    assert (found["comparability_before"], found["comparability"]) == ("осень", "весна")
    assert repeated_over_breaks(hits, CALENDAR, "another", 2021).empty
