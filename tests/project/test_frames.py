"""Tables as they show themselves in a notebook."""

from datetime import date

import pandas as pd
import pytest

from analysis.contracts.effectiveness import Selection, TrainingNeeds
from analysis.project.frames import NOTHING, Frame, cell_words, readable


def test_headings_are_the_labels_with_units_and_a_missing_column_is_blank():
    rows = pd.DataFrame({"listed": ["в списке", "не в списке"]}, index=[7, 9])
    shown = readable(rows, Selection, ["listed", "low_procedure_count"])
    assert shown.columns[0] == "По правилу"
    assert shown["По правилу"].tolist() == ["в списке", "не в списке"]
    assert shown.iloc[:, 1].isna().all()
    assert shown.index.tolist() == [0, 1]
    assert readable(rows, TrainingNeeds, ["diagnosed_teacher_count"]).columns.tolist() == ["Диагностировано, учитель"]
    assert readable(rows, TrainingNeeds, ["deficit_school_count"]).columns.tolist() == ["Школ с дефицитом"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "—"),
        (pd.NA, "—"),
        ("", "—"),
        ("мало", "мало"),
        (True, "да"),
        (False, "нет"),
        (2, "2"),
        (date(2022, 1, 31), "31.01.2022"),
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
def test_what_is_not_known_is_a_dash_and_what_is_not_certain_is_neither_0_nor_1(value, words):
    assert cell_words(value) == words


def test_what_is_made_of_a_table_shows_itself_as_it_does():
    shares = Frame({"Школа": ["№ 5", "№ 5", "№ 12"], "Год": [2021, 2022, 2022], "Доля": [0.25, 0.5, None]})
    picked = shares[shares["Год"] == 2022]._repr_html_()
    assert "0,5" in picked
    assert "<th>1</th>" not in picked.replace(' style="text-align:left"', "")
    wide = shares.pivot_table(index="Школа", columns="Год", values="Доля")
    counted = shares.groupby("Школа").agg(years=("Год", "nunique"))
    assert isinstance(wide, Frame)
    assert isinstance(counted, Frame)
    assert "№ 5" in counted._repr_html_()
    assert NOTHING in shares.head(0)._repr_html_()


def test_a_long_table_says_how_many_rows_follow():
    with pd.option_context("display.max_rows", 3):
        page = Frame({"Число": range(10)})._repr_html_()
    assert page.count("<tr") == 1 + 3
    assert "ещё строк: 7" in page
