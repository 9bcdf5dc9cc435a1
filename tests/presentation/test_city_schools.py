"""The city's value says of how many schools it is made, wherever that is not all."""

import pandas as pd

from analysis.presentation.edition import city_note, counted, published

SHARE = {"aspect": None, "procedure": None, "subject": None, "programme_grade": None, "wave": None}
EXAM = {"procedure": "ВПР", "subject": "Математика", "programme_grade": 6, "wave": "весна"}


def _row(login, indicator="single_parent_share", value=0.2, **changed):
    return {"school_login": login, "indicator_id": indicator, "value": value, "city_value": 0.3, **SHARE, **changed}


def _frame(*rows):
    return pd.DataFrame(rows).astype({"programme_grade": "Int64", "value": "Float64"})


ROWS = _frame(
    _row("a"), _row("b"), _row("c", value=None), _row("город"), _row("другие школы"),
    _row("a", "fail_share", **EXAM), _row("a", "low_income_share"), _row("b", "low_income_share"),
    _row("c", "low_income_share"),
)  # fmt: skip


def test_schools_with_a_value_are_counted_and_the_city_is_none():
    assert counted(ROWS) == {
        ("single_parent_share", "", "", "", "", ""): 2,
        ("fail_share", "", "ВПР", "Математика", "6", "весна"): 1,
        ("low_income_share", "", "", "", "", ""): 3,
    }


def test_the_remark_names_what_not_every_school_returned():
    named = [("неполные", _row("a")), ("ВПР", _row("a", "fail_share", **EXAM)), ("иные", _row("a", "low_income_share"))]
    said = "Город — не все школы реестра, а те, от кого есть сведения: "
    assert city_note(named, counted(ROWS), 3) == f"{said}2 из 3 — неполные; 1 из 3 — ВПР."
    assert city_note([("ВПР: история, 6 кл.", named[1][1])], counted(ROWS), 3) == f"{said}1 из 3 — ВПР: история, 6 кл."
    assert city_note(named[2:], counted(ROWS), 3) == ""
    assert city_note([("неполные", {**_row("a"), "city_value": None})], counted(ROWS), 3) == ""
    assert city_note(named, {}, 3) == ""


def test_for_the_public_the_counts_are_those_of_public_tables():
    rows = _frame(
        _row("", group_name="Город"), _row("", "fail_share", group_name="Город", **EXAM),
        _row("", "deficit_share", group_name="Город", aspect="Урок"), _row("", "own", group_name="Школа 1"),
    )  # fmt: skip
    gaps = pd.DataFrame({"indicator_id": ["single_parent_share", "fail_share", "own"], "school_count": [17, 18, 4]})
    results = pd.DataFrame([{**EXAM, "group_name": "Город", "school_count": 16}])
    assert published(rows, gaps, [results]) == {
        ("single_parent_share", "", "", "", "", ""): 17,
        ("fail_share", "", "ВПР", "Математика", "6", "весна"): 16,
    }
