"""A number of a measure is read where one measure alone can be meant; else the nearest are named."""

from datetime import date, datetime

import pytest

from analysis.cleaning.returns import LabelNotKnownError, labels_of

MEASURES = {
    "1.2": ("1.2", 1),
    "1.12": ("1.12", 1),
    "2.3.1": ("2.3.1", 1),
    "4.1/1": ("4.1", 1),
    "4.1/2": ("4.1", 2),
    "4.2": ("4.2", 1),
    "4.20": ("4.20", 1),
    "5.1": ("5.1", 1),
    "5.10": ("5.10", 1),
}


def _meant(value, listed=()):
    return labels_of(MEASURES, listed).meant(value)


def _said(value, listed=()):
    with pytest.raises(LabelNotKnownError) as stopped:
        _meant(value, listed)
    return str(stopped.value)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("1.2", "1.2"),
        ("1,2", "1.2"),
        ("1.2.", "1.2"),
        (" 1.2", "1.2"),
        ("1.2 Семинары", "1.2"),
        ("1.2. Семинары 2021 года", "1.2"),
        ("1.2 — семинары", "1.2"),
        ("1.2 «Семинары»", "1.2"),
        ("№ 1.2", "1.2"),
        ("№1,2", "1.2"),
        ("п. 1.2", "1.2"),
        ("Пункт 1.2.", "1.2"),
        ("Показатель № 1.2", "1.2"),
        ("1.2 исполнено", "1.2"),
        ("2,3,1", "2.3.1"),
        ("4.1 / 2", "4.1/2"),
        ("4,1/2.", "4.1/2"),
        ("4.2/1", "4.2"),
        ("4.2", "4.2"),
        ("4.20", "4.20"),
        (1.2, "1.2"),
        (1.12, "1.12"),
    ],
)
def test_usual_writings_of_a_number_are_read(value, label):
    assert _meant(value) == label


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("1.3", "Ближайшие: 1.2"),
        ("1.22", "Ближайшие: 1.2"),
        ("1.2 и 4.2", "1.2"),
        ("1.2 и 3", "1.2"),
        ("1.2, 4.2", "1.2"),
        ("1.2-4.2", "1.2"),
        ("1.2 (2)", "1.2"),
        ("Семинары", "на листе «Исполнение»"),
        ("4.1", "4.1/1, 4.1/2"),
        ("4.1 Семинары", "4.1/1, 4.1/2"),
        ("4.1/3", "4.1/1, 4.1/2"),
        (4.1, "4.1/1, 4.1/2"),
        (7.7, "на листе «Исполнение»"),
        (True, "на листе «Исполнение»"),
        (4.2, "Число не различает 4.2 и 4.20: впишите номер текстом"),
        (5.1, "Число не различает 5.1 и 5.10: впишите номер текстом"),
        (date(2026, 2, 1), "Похоже на 1.2"),
        (datetime(2026, 12, 1), "Похоже на 1.12"),
        (date(2012, 1, 1), "Похоже на 1.12"),
        (date(2026, 7, 7), "на листе «Исполнение»"),
    ],
)
def test_what_may_mean_another_measure_is_asked_about(value, named):
    assert named in _said(value)


def test_a_number_means_what_the_form_lists():
    assert _meant(5.1, ["5.1", "1.2"]) == "5.1"
    # The cell shows 5.1, which is a measure of others: nobody knows whether 5.10 is meant.
    assert "5.1 и 5.10" in _said(5.1, ["5.10", "1.2"])
    assert "5.1 и 5.10" in _said(5.1, ["5.10", "5.1"])
    # A list that was itself turned into numbers says nothing.
    assert "5.1 и 5.10" in _said(5.1, [5.1, 1.2])


@pytest.mark.parametrize(
    ("value", "label"), [(3, "3"), ("3", "3"), ("№ 3 Курсы", "3"), ("II.а", "II.а"), ("п. II.4", "II.4"), ("а", "а")]
)
def test_numbers_of_any_plan(value, label):
    measures = {code: (code, 1) for code in ("3", "II.а", "II.4", "а")}
    assert labels_of(measures, ()).meant(value) == label
