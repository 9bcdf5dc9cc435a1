"""Which school a row of an export means; never a guess."""

import pandas as pd
import pytest

from analysis.cleaning.names import directory, find_school, same_name
from analysis.intake.exports.cells import ExamCounts

COLUMNS = ["school_login", "code_oo", "code_msu", "school_name", "full_name", "aliases"]
SCHOOLS = pd.DataFrame(
    [
        ("edu260001", "9306", "26", "МБОУ «СОШ № 1»", None, "Школа номер один; СОШ 1"),
        ("edu260002", "9307", "26", "Лицей № 2", "Муниципальный лицей № 2", None),
        ("edu260003", "9308", "26", "СОШ № 11", None, "Школа с именем"),
        ("edu260004", None, None, "СОШ № 12", None, "Школа с именем"),
    ],
    columns=COLUMNS,
    dtype="str",
)
BOOK = directory(SCHOOLS, ["город-курорт Примерск"])


def found(**keys):
    return find_school(ExamCounts("строка 1", "ОГЭ", "Физика", 2022, None, "отметка", **keys), BOOK)


@pytest.mark.parametrize(
    "keys",
    [
        {"school_login": "edu260001", "school_name": "Другое название"},
        {"code_oo": "9306", "code_msu": "26"},
        {"code_oo": "9306"},
        {"school_name": "мбоу сош №1"},
        {"school_name": 'МБОУ "СОШ N 1"'},
        {"school_name": "Школа  номер один"},
        {"school_name": "CОШ 1"},  # the first letter is Latin
        {"school_name": "СОШ 1", "municipality": "Примерский муниципальный округ"},
    ],
)
def test_same_school_by_every_key(keys):
    assert found(**keys).login == "edu260001"


@pytest.mark.parametrize(
    "keys",
    [
        {"code_oo": "9306", "code_msu": "27"},
        {"school_name": "СОШ 1", "municipality": "Далёкий район"},
        {"school_login": "edu990001", "municipality": "город Далёкий"},
    ],
)
def test_school_of_another_municipality(keys):
    assert found(**keys).is_other
    assert not found(**keys).login


@pytest.mark.parametrize(
    ("keys", "nearest"),
    [
        ({"school_name": "МБОУ СОШ № 10"}, "«МБОУ «СОШ № 1»» (edu260001)"),
        ({"school_name": "Школа с именем"}, "«СОШ № 12» (edu260004)"),  # two schools are called so
        ({"code_oo": "9309", "code_msu": "26"}, "«Лицей № 2» (edu260002)"),
        ({"school_login": "edu260009", "municipality": "г. Примерск"}, "«Лицей № 2» (edu260002)"),
    ],
)
def test_unknown_school_is_offered_its_neighbours(keys, nearest):
    match = found(**keys)
    assert (match.login, match.is_other) == ("", False)
    assert nearest in match.nearest


def test_numbers_of_schools_are_not_alike():
    assert same_name("СОШ № 1") != same_name("СОШ № 11")
