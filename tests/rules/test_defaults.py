"""Defaults: one key in every file of rules, one mark in print; a default has no day of its own."""

import tomllib
from datetime import date

import pytest

from analysis.errors import AnalysisError
from analysis.rules.methods import PASSPORT_FILE, SELECTION_FILE, load_passport, load_rules
from analysis.rules.office_files import load_assumptions, load_policy
from analysis.rules.written import DEFAULT_RULE, bracketed, doubt
from roadmaps import HOUSE


def test_all_that_comes_with_the_program_is_a_default():
    passport = load_passport(HOUSE)
    rules = load_rules(HOUSE, passport)
    assert len(rules) == 2
    assert all(rule.default for rule in rules)
    assert passport.since is None
    assert all(one.default for one in passport.indicators)
    assert load_policy(HOUSE).default
    shipped = tomllib.loads((HOUSE / "data/assumptions.toml").read_text(encoding="utf-8"))["assumption"]
    assert len(shipped) == 19
    assert {(one["default"], one.get("since")) for one in shipped} == {(True, None)}


def test_what_the_office_approved_is_none(tmp_path):
    (tmp_path / "data").mkdir()
    for file, since in ((PASSPORT_FILE, "since = 2023\n"), (SELECTION_FILE, "")):
        text = (HOUSE / file).read_text(encoding="utf-8")
        assert "\ndefault = true\n" in text
        (tmp_path / file).write_text(text.replace("\ndefault = true\n", f"\n{since}"), encoding="utf-8")
    passport = load_passport(tmp_path)
    assert passport.since == 2023
    assert not any(one.default for one in (*passport.indicators, *load_rules(tmp_path, passport)))


def test_the_own_assumptions_of_the_real_project_keep_their_day():
    own = [one for one in load_assumptions(HOUSE) if one.assumption_id.startswith("К-")]
    assert len(own) == 8
    assert {one.since for one in own} == {date(2026, 11, 23)}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("default = true\nsince = 2023", "ключ «since» бывает у утверждённого: уберите его или «default»"),
        ("", "нет ключа «since» (целое число)"),
        ("default = false", "нет ключа «since» (целое число)"),
        ('default = "да"', "true или false"),
    ],
)
def test_an_entry_is_either_a_default_or_has_its_day(tmp_path, entry, said):
    (tmp_path / "data").mkdir()
    text = (HOUSE / PASSPORT_FILE).read_text(encoding="utf-8")
    assert text.count("\ndefault = true\n") == 1
    (tmp_path / PASSPORT_FILE).write_text(text.replace("\ndefault = true\n", f"\n{entry}\n"), encoding="utf-8")
    with pytest.raises(AnalysisError) as stopped:
        load_passport(tmp_path)
    assert str(stopped.value).startswith(f"{PASSPORT_FILE}, [passport]: ")
    assert said in str(stopped.value)


@pytest.mark.parametrize(
    ("default", "confirmed", "said"),
    [
        (True, True, f" ({DEFAULT_RULE})"),
        (True, False, f" ({DEFAULT_RULE})"),
        (False, False, " (не подтверждено)"),
        (False, True, ""),
    ],
)
def test_what_is_said_of_a_rule(default, confirmed, said):
    assert bracketed(doubt(default, confirmed)) == said
