"""Rules of low results over small towns counted by hand, with what chance and missing data do to them."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES
from analysis.errors import AnalysisError
from analysis.indicators.effectiveness import school_indicators
from analysis.indicators.tables import selection_tables
from analysis.rules.methods import NO_REPETITION, SELECTION_FILE, load_methods, load_passport, load_rules
from school_tables import result, results

HOUSE = Path(__file__).parents[2]
METHODS = load_methods(HOUSE)
SAME_PROCEDURE_RULE, SAME_LIST_RULE = METHODS.rules
SUBJECTS = ("Русский язык", "Математика")


def _tables(rows, rule, logins=("s1",)):
    found = school_indicators({"results": results(*rows)}, METHODS.passport, METHODS.calendar)
    made = selection_tables(found, replace(METHODS, rules=(rule,)), list(logins))
    assert violations(made, EFFECTIVENESS_TABLES) == []
    return made


def _school(rows, rule, year=2022, login="s1", logins=("s1",)):
    table = _tables(rows, rule, logins)["selection"].set_index(["school_login", "calendar_year"])
    return table.loc[(login, year)]


def _year(year, *low, marks=(4, 6, 0, 0), good=(0, 10, 0, 0), grades=(5, 6)):
    """ВПР of a school in Russian and mathematics; low names (subject number, grade) with four «2» of ten."""
    return [
        result("s1", marks if (number, grade) in low else good, year=year, subject=subject, grade=grade)
        for number, subject in enumerate(SUBJECTS)
        for grade in grades
    ]


def test_two_low_procedures_in_two_years_make_the_list():
    rows = [*_year(2021, (0, 5), (1, 6)), *_year(2022, (0, 6), (1, 5))]
    row = _school(rows, SAME_LIST_RULE)
    assert (row["listed"], row["low_procedure_count"], row["repeated_low_count"]) == ("в списке", 2, 0)
    assert _school(rows, SAME_PROCEDURE_RULE)["listed"] == "не в списке"
    rows = [*_year(2021, (0, 5)), *_year(2022, (0, 5), (1, 5))]
    assert _school(rows, SAME_PROCEDURE_RULE)["listed"] == "в списке"
    assert _school(rows, SAME_LIST_RULE)["listed"] == "не в списке"


def test_one_low_procedure_is_not_enough():
    row = _school(_year(2022, (0, 5)), replace(SAME_LIST_RULE, repetition=NO_REPETITION))
    assert row["listed"] == "не в списке"
    assert row["reason"].startswith("низких процедур меньше 2, даже если")


def test_what_is_missing_could_change_the_answer():
    rows = _year(2022, (0, 5))[:-1]  # mathematics of grade 6 is missing
    row = _school(rows, replace(SAME_LIST_RULE, repetition=NO_REPETITION))
    assert (row["expected_procedure_count"], row["known_procedure_count"]) == (4, 3)
    assert row["listed"] == "нельзя сказать"
    assert "недостающие могут это изменить" in row["reason"]


def test_without_the_year_before_repetition_cannot_be_told():
    row = _school(_year(2022, (0, 5), (1, 5)), SAME_LIST_RULE)
    assert row["listed"] == "нельзя сказать"
    assert row["reason"].endswith("данных за 2021 год нет")


def test_a_school_without_results_is_not_called_good():
    rows = _year(2022, (0, 5), (1, 5))
    row = _school(rows, replace(SAME_LIST_RULE, repetition=NO_REPETITION), login="s2", logins=("s1", "s2"))
    assert row["listed"] == "нельзя сказать"
    assert pd.isna(row["low_probability"])


def test_of_two_waves_the_low_one_counts_once():
    autumn = [
        result("s1", (4, 6, 0, 0), subject=subject, wave="осень", sitting_grade=6, school_year="2022/23")
        for subject in SUBJECTS
    ]
    row = _school([*_year(2022), *autumn], replace(SAME_LIST_RULE, repetition=NO_REPETITION))
    assert (row["low_procedure_count"], row["known_procedure_count"], row["listed"]) == (2, 4, "в списке")


def test_fewer_participants_than_the_rule_asks_for_are_no_result():
    rule = replace(SAME_LIST_RULE, repetition=NO_REPETITION, minimum_participants=11)
    made = _tables(_year(2022, (0, 5), (1, 5)), rule)
    assert made["selection"]["listed"].tolist() == ["нельзя сказать"]
    assert set(made["selection_hits"]["is_low"]) == {"нет данных"}
    assert "участников меньше 11: процедура не учитывается" in made["selection_hits"]["flags"].iloc[0]


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_threshold_that_parts_nothing_lists_nobody(threshold):
    rule = replace(SAME_LIST_RULE, threshold=threshold, repetition=NO_REPETITION)
    made = _tables(_year(2022, (0, 5), (1, 5)), rule)
    assert made["selection"]["listed"].tolist() == ["нельзя сказать"]
    assert "порог 0 или 1 ничего не отделяет" in made["selection_hits"]["flags"].iloc[0]
    assert made["selection_hits"]["low_probability"].isna().all()


def test_a_share_exactly_at_the_threshold_is_low():
    rows = [result("s1", (3, 7, 0, 0)), result("s2", (2, 8, 0, 0))]
    hits = _tables(rows, SAME_LIST_RULE, ("s1", "s2"))["selection_hits"].set_index("school_login")
    assert hits["is_low"].to_dict() == {"s1": "да", "s2": "нет"}
    assert hits.loc["s1", "low_probability"] > hits.loc["s2", "low_probability"]


def test_the_probability_of_the_condition_is_joint_and_of_all_procedures():
    """Thousands of pupils say what is true: all four procedures of s1 are low, one of s2, none of s3."""
    rows = []
    for login, low in (("s1", 4), ("s2", 1), ("s3", 0)):
        shares = [(900, 1100, 0, 0) if number < low else (100, 1900, 0, 0) for number in range(4)]
        about = [(subject, grade) for subject in SUBJECTS for grade in (5, 6)]
        rows += [result(login, one, subject=subject, grade=grade)
                 for one, (subject, grade) in zip(shares, about, strict=True)]  # fmt: skip
    rule = replace(SAME_LIST_RULE, repetition=NO_REPETITION)
    table = _tables(rows, rule, ("s1", "s2", "s3"))["selection"].set_index("school_login")["low_probability"]
    assert table["s1"] > 0.999
    assert table["s2"] < 0.001
    assert table["s3"] < 0.001


def test_the_bare_rule_and_how_sure_it_is_stand_side_by_side():
    """Two of four shares of ten pupils at the threshold: the rule lists the school, and that is far from sure."""
    others = [one | {"school_login": f"s{n}"} for n in (2, 3) for one in _year(2022, good=(1, 9, 0, 0))]
    rows = [*_year(2022, (0, 5), (1, 5), marks=(3, 7, 0, 0), good=(1, 9, 0, 0)), *others]
    logins = ["s1", "s2", "s3"]
    row = _school(rows, replace(SAME_LIST_RULE, repetition=NO_REPETITION), logins=logins)
    assert row["listed"] == "в списке"
    assert 0.001 < row["low_probability"] < 0.3


def test_what_another_threshold_would_change():
    rule = replace(SAME_LIST_RULE, repetition=NO_REPETITION)
    rows = [
        *_year(2022, (0, 5), (1, 5)),
        *(row | {"school_login": "s2"} for row in _year(2022, (0, 5), (1, 5), marks=(2, 6, 2, 0))),
    ]
    table = _tables(rows, rule, ("s1", "s2"))["selection_thresholds"].set_index("threshold")
    assert table["listed_school_count"].to_dict() == {0.2: 2, 0.25: 1, 0.3: 1, 0.35: 1, 0.4: 1}
    assert table.loc[0.2, "entering_schools"] == "s2"
    assert table.loc[0.3, "is_rule"]


def test_a_school_that_leaves_by_chance_is_told_from_one_that_has_changed():
    rule = replace(SAME_LIST_RULE, repetition=NO_REPETITION)
    slight = [*_year(2021, (0, 5), (1, 5), marks=(3, 7, 0, 0)), *_year(2022, good=(2, 8, 0, 0))]
    row = _school(slight, rule)
    assert (row["leaving"], row["leaving_note"]) == ("выходит", "неотличимо от случая")
    large = [*_year(2021, (0, 5), (1, 5), marks=(60, 40, 0, 0)), *_year(2022, good=(2, 98, 0, 0))]
    row = _school(large, rule)
    assert (row["leaving"], row["leaving_note"]) == ("выходит", "отличимо от случая")
    assert row["still_low_probability"] < 0.01
    stays = _school([*_year(2021, (0, 5), (1, 5)), *_year(2022, (0, 6))], rule)
    assert (stays["leaving"], stays["leaving_note"]) == ("остаётся", "")
    assert pd.isna(stays["still_low_probability"])


RULES = (HOUSE / SELECTION_FILE).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("threshold = 0.30", "threshold = 30", "[[rule_set]] № 1 (same_procedure_twice): ключ «threshold»: стоит 30"),
        ('repetition = "процедура"', 'repetition = "год"', "ключ «repetition»: стоит «год»"),
        ('indicator = "fail_share"', 'indicator = "mean_mark"', "нужна доля из паспорта показателей"),
        ('id = "low_count_twice"', 'id = "same_procedure_twice"', "правила называются одинаково"),
        ("programme_grades = [5, 6]", "programme_grades = [12]", "ключ «programme_grades»: стоит [12]"),
        ("minimum_low_procedures = 2", "minimum_low_procedures = 0", "нужно не меньше 1"),
        ('version = "1"', "", "нет ключа «version»"),
    ],
)
def test_a_fault_of_the_rules_names_entry_and_key(tmp_path, old, new, said):
    assert old in RULES
    (tmp_path / "data").mkdir()
    (tmp_path / SELECTION_FILE).write_text(RULES.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(AnalysisError, match=re.escape(said)) as raised:
        load_rules(tmp_path, load_passport(HOUSE))
    assert SELECTION_FILE in str(raised.value)


def test_without_rules_nobody_is_selected(tmp_path):
    assert load_rules(tmp_path, load_passport(HOUSE)) == ()
    assert not any(rule.confirmed for rule in METHODS.rules)
