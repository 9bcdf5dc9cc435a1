"""Tables as notebooks show them."""

import pandas as pd
import pytest

from analysis.contracts.effectiveness import Selection, SelectionThresholds, TrainingNeeds
from analysis.presentation.labelled import labelled, with_parts

NAMES = {"edu1": "Школа № 1", "edu12": "Лицей № 12"}


def test_headings_are_the_labels_and_a_login_becomes_a_name():
    rows = pd.DataFrame({"school_login": ["edu1", "город"], "listed": ["в списке", "не в списке"]}, index=[7, 9])
    shown = labelled(rows, Selection, ["listed", "school_login"], NAMES)
    assert shown.to_dict("list") == {"По правилу": ["в списке", "не в списке"], "Школа": ["Школа № 1", "город"]}
    assert shown.index.tolist() == [0, 1]


def test_a_login_inside_a_longer_one_is_not_taken_for_it():
    rows = pd.DataFrame({"entering_schools": ["edu12, edu1", ""], "is_rule": [True, False]})
    shown = labelled(rows, SelectionThresholds, ["entering_schools", "is_rule"], NAMES)
    assert shown.to_numpy().tolist() == [["Лицей № 12, Школа № 1", "да"], ["—", "нет"]]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (None, "—"),
        (0.0, "0"),
        (1.0, "1"),
        (17.0, "17"),
        (0.5, "0,5"),
        (1.18394, "1,184"),
        (-0.25, "-0,25"),
        (0.0004, "< 0,001"),
        (0.0006, "< 0,001"),
        (-0.0004, "> -0,001"),
        (0.9996, "> 0,999"),
    ],
)
def test_what_is_not_known_is_a_dash_and_what_is_not_certain_is_neither_0_nor_1(number, words):
    rows = pd.DataFrame({"expected_rank": pd.array([number], dtype="Float64")})
    assert labelled(rows, TrainingNeeds, ["expected_rank"], NAMES)["Место"].tolist() == [words]


def test_whole_numbers_texts_and_no_rows():
    rows = pd.DataFrame({"rank_low": pd.array([None, 0, 2], dtype="Int64"), "flags": ["", "мало", "x"]})
    shown = labelled(rows, TrainingNeeds, ["rank_low", "flags"], NAMES)
    assert shown.to_dict("list") == {"Место: от": ["—", "0", "2"], "Пометки": ["—", "мало", "x"]}
    assert list(labelled(rows.head(0), TrainingNeeds, ["flags"], NAMES).columns) == ["Пометки"]


def test_a_share_stands_with_what_it_is_made_of():
    rows = pd.DataFrame(
        {
            "numerator": pd.array([5, 0, None, 0, 1.5], dtype="Float64"),
            "denominator": pd.array([18, 7, 7, 0, 20.25], dtype="Float64"),
        },
        index=[3, 1, 4, 5, 9],
    )
    shown = with_parts(rows)
    assert shown.tolist() == ["5 из 18 (27,8\xa0%)", "0 из 7 (0\xa0%)", "—", "—", "1,5 из 20,25 (7,4\xa0%)"]
    assert shown.index.tolist() == rows.index.tolist()
