"""Numbers and Russian forms as they are printed."""

from datetime import date

import pandas as pd
import pytest

from analysis.presentation.shares import made_of, whole_percent
from analysis.presentation.words import (
    GENITIVE,
    counted,
    cumulative_words,
    deadline_words,
    in_order_of_codes,
    listed,
    long_date,
    measure_words,
    month_name,
    short_date,
    target_words,
    total_words,
)
from roadmaps import OF_MEASURE, OF_TARGET


def _row(**values):
    row = {"reading": "flow", "comparator": "=", "planned_total_count": 4, "target_count": 1} | values
    return OF_MEASURE | OF_TARGET | {"target_low": row["target_count"], "target_high": row["target_count"]} | row


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 показателей"),
        (1, "1 показатель"),
        (2, "2 показателя"),
        (5, "5 показателей"),
        (11, "11 показателей"),
        (21, "21 показатель"),
        (112, "112 показателей"),
    ],
)
def test_counted_nouns(number, words):
    assert counted(number, "показатель").replace("\N{NO-BREAK SPACE}", " ") == words


def test_counted_in_the_genitive():
    assert counted(1, "показатель", GENITIVE).endswith("показателя")
    assert counted(2, "показатель", GENITIVE).endswith("показателей")


def test_dates_months_and_lists():
    assert long_date(date(2020, 8, 25)).replace("\N{NO-BREAK SPACE}", " ") == "25 августа 2020 г."
    assert short_date(date(2020, 8, 5)) == "05.08.2020"
    assert month_name(5) == "май"
    assert listed(["а", "б", "в"]) == "а, б и в"


@pytest.mark.parametrize(
    ("reading", "flow", "annual", "words"),
    [
        ("flow", 3, 1, "3"),
        ("annual", 6, 2, "2"),
        ("contradiction", 2, 1, "сумма 2; уровень 1"),
        ("both_possible", 1, 1, "1"),
        ("annual", pd.NA, pd.NA, "не указано"),
    ],
)
def test_what_is_planned_to_date(reading, flow, annual, words):
    row = _row(reading=reading, cumulative_flow_count=flow, cumulative_annual_count=annual)
    assert cumulative_words(row) == words


@pytest.mark.parametrize(
    ("comparator", "reading", "words"),
    [
        ("=", "flow", "4"),
        ("≥", "flow", "не менее 4"),
        ("=", "annual", "4, каждый год"),
        ("≥", "both_possible", "не менее 4"),
    ],
)
def test_totals(comparator, reading, words):
    assert total_words(_row(comparator=comparator, reading=reading)) == words


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({}, "1"),
        ({"target_low": 7.5, "target_high": 7.5, "measure_kind": "share", "measure_unit": "%"}, "7,5 %"),
        ({"target_low": None, "target_high": 20, "measure_kind": "share", "measure_unit": "процент"}, "не более 20 %"),
        ({"target_low": 10, "target_high": 20, "measure_unit": "чел."}, "от 10 до 20 чел."),
        ({"target_low": 3, "target_high": None, "planned_total_count": None}, "не менее 3"),
        ({"target_low": 1, "target_high": 1, "measure_kind": "state"}, "да"),
        ({"target_low": 4, "target_high": 4, "measure_kind": "document", "derived_rule": "times"}, "4, выведено"),
        ({"target_low": None, "target_high": None, "target_mark": "не планируется"}, "не планируется"),
        ({"target_low": None, "target_high": None, "target_mark": "не указано"}, "не указано"),
    ],
)
def test_a_target_in_the_words_of_its_measure(target, said):
    assert target_words(_row(**target)) == said


def test_what_a_measure_began_with():
    row = _row(activity_title="Курсы", measure_name="Курсы", baseline_value=12.5, baseline_year=2022, measure_unit="%")
    assert measure_words(row) == "Курсы (базовое значение 12,5 %, 2022 год)"


def test_a_deadline_as_the_document_writes_it():
    assert deadline_words(_row(deadline_text="до 01.03.2023", deadline_month=3)) == "до 01.03.2023"


@pytest.mark.parametrize(
    ("target", "month", "words"),
    [(1, 2, "февраль"), (1, pd.NA, "в течение года"), (0, pd.NA, "—"), (pd.NA, pd.NA, "—")],
)
def test_deadlines(target, month, words):
    assert deadline_words(_row(target_count=target, deadline_month=month)) == words


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(7, 18, "7 из 18"), (1.5, 20.25, "1,5 из 20,25"), (4, None, "4"), (None, 18, "—")]
)
def test_what_a_share_is_made_of(part, whole, said):
    assert made_of(part, whole) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "0 %"),
        (0.004, "менее 1 %"),
        (0.2, "20 %"),
        (0.325, "33 %"),
        (0.145, "15 %"),
        (0.996, "более 99 %"),
        (1, "100 %"),
        (None, "—"),
    ],
)
def test_a_whole_percentage_is_never_none_or_all_of_what_is_not(share, said):
    assert whole_percent(share).replace("\N{NO-BREAK SPACE}", " ") == said


def test_measures_stand_in_the_order_of_their_codes():
    assert in_order_of_codes(["4.10", "4.1/2", "2.4", "4.1/2", "1.4", "4.1/10", "4.2"]) == [
        "1.4", "2.4", "4.1/2", "4.1/10", "4.2", "4.10",
    ]  # fmt: skip
