"""What of the tables goes into the model, and where its numbers come back: the model itself has tests of its own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, JUMPED, NOT_ESTIMATED, UNCOUNTABLE
from analysis.indicators.effectiveness import effectiveness
from analysis.indicators.pooling import BROKEN_OFF, NO_EARLIER_YEAR
from analysis.rules.methods import load_passport
from analysis.rules.office_files import load_calendar
from analysis.statistics.foresight import year_to_come
from analysis.statistics.pooled import pooled_shares
from school_tables import result, results

HOUSE = Path(__file__).parents[2]
CALENDAR, WHOLE = load_calendar(HOUSE), load_passport(HOUSE)
PASSPORT = replace(WHOLE, indicators=(WHOLE["success_share"], WHOLE["fail_share"]))
SUBJECTS = ("Математика", "Русский язык")
# Fails of 20 in each subject: schools a row, years a column.
FAILS = {
    2021: {"s1": (9, 8), "s2": (3, 2), "s3": (4, 4), "s4": (2, 3)},
    2022: {"s1": (5, 4), "s2": (2, 3), "s3": (4, 5), "s4": (1, 3)},
}


def _rows(years=(2021, 2022), **more):
    return [
        result(login, (fails, 20 - fails, 0, 0), year=year, subject=subject, **more)
        for year in years
        for login, both in FAILS[year].items()
        for subject, fails in zip(SUBJECTS, both, strict=True)
    ]


def _made(*rows):
    made = effectiveness({"results": results(*rows)}, PASSPORT, CALENDAR)
    assert (
        violations({"school_indicators": made.indicators, "school_effects": made.effects}, EFFECTIVENESS_TABLES) == []
    )
    return made


def _of(frame, indicator, login, year=2022, **keys):
    chosen = (frame["indicator_id"] == indicator) & (frame["school_login"] == login) & (frame["calendar_year"] == year)
    for name, value in keys.items():
        chosen &= frame[name] == value
    assert chosen.sum() == 1, frame[chosen]
    return frame[chosen].iloc[0]


@pytest.fixture(scope="module")
def town():
    return _made(*_rows())


def _columns(year):
    cells = [(fails, school, subject) for school, both in FAILS[year].items() for subject, fails in enumerate(both)]
    fails, schools, subjects = zip(*cells, strict=True)
    return np.array(fails), np.array([int(one[1]) for one in schools]), np.array(subjects)


def test_each_year_is_pooled_alone_and_comes_back_to_its_row(town):
    for year in (2021, 2022):
        fails, schools, subjects = _columns(year)
        direct = pooled_shares(fails, np.full(8, 20), schools, subjects, threshold=0.3)
        for place in range(8):
            row = _of(town.indicators, "fail_share", f"s{schools[place]}", year, subject=SUBJECTS[subjects[place]])
            found = [row[name] for name in ("pooled_value", "pooled_low", "pooled_high", "threshold_probability")]
            expected = [getattr(direct, name)[place] for name in ("mean", "low", "high", "over_threshold")]
            assert found == pytest.approx(expected, abs=1e-9)
    city = town.indicators[town.indicators["school_login"].isin(["город"])]
    assert city["pooled_value"].isna().all()
    assert city["threshold_probability"].isna().all()


def test_what_is_foreseen_comes_from_the_years_before_and_of_this_year_from_the_others(town):
    both = [_columns(year) for year in (2021, 2022)]
    fails, schools, subjects = (np.concatenate(pair) for pair in zip(*both, strict=True))
    ahead = year_to_come(fails, np.full(16, 20), schools, subjects, np.repeat([2021, 2022], 8))
    row = _of(town.indicators, "fail_share", "s1", subject="Математика")
    place = list(ahead.rows.row).index(8)  # the first row of 2022
    assert row["foreseen_value"] == pytest.approx(ahead.rows.mean[place], abs=1e-9)
    assert row["foreseen_low"] == ahead.rows.low_95[place] / 20
    assert (row["better_probability"], row["worse_probability"]) == pytest.approx(
        (ahead.rows.more[place], ahead.rows.fewer[place]), abs=1e-9
    )
    effect = _of(town.effects, "fail_share", "s1")
    assert effect["foreseen_value"] == pytest.approx(ahead.schools.mean[0], abs=1e-9)
    assert effect["better_probability"] == pytest.approx(ahead.schools.more[0], abs=1e-9)
    assert effect["comparable_value"] == 9 / 40
    # The lowest school is foreseen nearer to the city than it was, and its own fall is taken out of what was foreseen.
    assert 9 / 40 < effect["foreseen_value"] < 17 / 40


def test_more_is_better_is_foreseen_as_its_complement(town):
    """Nobody is «н/а»: who did not fail succeeded."""
    fail, success = (_of(town.effects, name, "s1") for name in ("fail_share", "success_share"))
    assert success["foreseen_value"] == pytest.approx(1 - fail["foreseen_value"])
    assert success["foreseen_low"] == pytest.approx(1 - fail["foreseen_high"])
    assert success["better_probability"] == pytest.approx(fail["better_probability"])
    assert success["pooled_value"] == pytest.approx(1 - fail["pooled_value"], abs=1e-6)


def test_the_schools_are_told_at_the_level_of_the_city(town):
    effect = _of(town.effects, "fail_share", "s1")
    assert effect["procedure_count"] == 2
    assert (effect["numerator"], effect["denominator"]) == (9, 40)
    assert effect["city_value"] == 27 / 160
    assert effect["pooled_low"] < effect["pooled_value"] < effect["pooled_high"]
    assert effect["city_value"] < effect["pooled_value"] < 9 / 40
    assert effect["above_city_probability"] > 0.5 > _of(town.effects, "fail_share", "s4")["above_city_probability"]


def test_a_first_year_foresees_nothing_and_says_why(town):
    row = _of(town.effects, "fail_share", "s1", 2021)
    assert row["flags"] == NO_EARLIER_YEAR
    assert pd.isna(row["foreseen_value"])
    assert pd.isna(row["comparable_count"])
    assert pd.notna(row["pooled_value"])


def test_over_a_break_nothing_is_foreseen():
    autumn = [row | {"wave": "осень", "sitting_grade": 6, "calendar_year": 2020} for row in _rows((2021,))]
    spring = _rows((2021,))
    row = _of(_made(*autumn, *spring).effects, "fail_share", "s1", 2021)
    assert row["flags"] == BROKEN_OFF
    assert pd.isna(row["better_probability"])


def test_a_school_without_a_year_before_is_not_said_to_have_become_better():
    new = [result("s5", (0, 20, 0, 0), subject=subject) for subject in SUBJECTS]
    effects = _made(*_rows(), *new).effects
    assert _of(effects, "fail_share", "s5")["flags"] == NO_EARLIER_YEAR
    assert pd.isna(_of(effects, "fail_share", "s5")["better_probability"])
    assert pd.notna(_of(effects, "fail_share", "s4")["better_probability"])


def test_a_slip_of_the_hand_is_left_out_and_said():
    """Three million pupils must neither stop the build nor become the town."""
    made = _made(*_rows(), result("s6", (900_000, 2_100_000, 0, 0), subject="Математика"))
    row = _of(made.indicators, "fail_share", "s6")
    assert UNCOUNTABLE in row["flags"]
    assert pd.isna(row["pooled_value"])
    assert not (made.effects["school_login"] == "s6").any()
    assert _of(made.effects, "fail_share", "s1")["city_value"] == 27 / 160


def test_a_fit_that_does_not_converge_leaves_the_number_out_and_says_so(monkeypatch):
    def failing(*columns, **more):
        found = pooled_shares(*columns, **more)
        gone = np.full_like(found.mean, np.nan)
        effects = found.schools
        lost = {name: np.full_like(effects.mean, np.nan) for name in ("mean", "low", "high", "above")}
        of_schools = type(effects)(**{**vars(effects), **lost, "converged": np.zeros_like(effects.converged)})
        return type(found)(gone, gone, gone, gone, np.zeros_like(found.converged), of_schools)

    monkeypatch.setattr("analysis.indicators.pooling.pooled_shares", failing)
    made = _made(*_rows((2022,)))
    row = _of(made.indicators, "fail_share", "s1", subject="Математика")
    assert row["value"] == 0.25
    assert pd.isna(row["pooled_value"])
    assert NOT_ESTIMATED in row["flags"]
    assert NOT_ESTIMATED in _of(made.effects, "fail_share", "s1")["flags"]


def test_two_pupils_could_show_no_change_and_never_is_an_answer():
    rows = [result(f"s{n}", (1, 1, 0, 0), year=year, subject="Математика") for n in range(4) for year in (2021, 2022)]
    row = _of(_made(*rows).indicators, "fail_share", "s0")
    assert pd.isna(row["noticeable_change"])
    assert pd.notna(row["pooled_value"])


def test_a_jump_of_the_whole_city_ends_the_comparison():
    then = [result(f"s{n}", (10 + n, 10 - n, 0, 0), year=2021, subject=one) for n in range(6) for one in SUBJECTS]
    now = [result(f"s{n}", (2 + n // 3, 18 - n // 3, 0, 0), subject=one) for n in range(6) for one in SUBJECTS]
    made = _made(*then, *now)
    row = _of(made.indicators, "fail_share", "s1", subject="Математика")
    assert JUMPED in row["flags"]
    assert row["change"] == pytest.approx(-9 / 20)
    assert pd.isna(row["foreseen_value"])
    effect = _of(made.effects, "fail_share", "s1")
    assert effect["flags"] == JUMPED
    assert pd.isna(effect["better_probability"])


def test_what_could_be_seen_is_said_in_the_first_year_too(town):
    small, large = (
        _of(_made(result("s1", marks)).indicators, "fail_share", "s1")["noticeable_change"]
        for marks in ((9, 21, 0, 0), (36, 84, 0, 0))
    )
    assert 0.05 < large < small < 0.3
    assert pd.isna(_of(_made(result("s1", (1, 3, 0, 0))).indicators, "fail_share", "s1")["noticeable_change"])


def test_schools_are_held_against_schools_of_like_context():
    """Twelve schools whose failures rise with poverty, but one: it fails as the poorest do and is among the richest."""
    poor = [10 * n for n in range(12)]
    fails = [1 + n for n in range(12)]
    fails[0] = 12
    lines = [
        (f"s{n:02d}", 2022, "2022/23", line, count)
        for n in range(12)
        for line, count in (
            ("Всего обучающихся", 200),
            ("Малообеспеченные семьи", poor[n]),
            ("Неполные семьи", 20 + poor[n] // 2),
        )
    ]
    context = pd.DataFrame(
        lines, columns=["school_login", "calendar_year", "school_year", "pupil_group", "group_pupil_count"]
    )
    rows = [result(f"s{n:02d}", (fails[n], 30 - fails[n], 0, 0), subject=one) for n in range(12) for one in SUBJECTS]
    wanted = ("fail_share", "low_income_share", "single_parent_share")
    passport = replace(WHOLE, indicators=tuple(WHOLE[one] for one in wanted))
    effects = effectiveness({"results": results(*rows), "context": context}, passport, CALENDAR).effects
    first, last = _of(effects, "fail_share", "s00"), _of(effects, "fail_share", "s11")
    assert first["above_context_probability"] > 0.95
    assert first["like_context_high"] < 12 / 30
    assert 0.1 < last["above_context_probability"] < 0.9
    assert last["like_context_low"] < 12 / 30 < last["like_context_high"]
    alone = effectiveness({"results": results(*rows)}, passport, CALENDAR).effects
    assert alone["like_context_value"].isna().all()


@pytest.mark.parametrize("schools", [1, 2])
def test_schools_that_do_not_differ_have_no_context_to_be_held_against(schools):
    logins = [f"s{number}" for number in range(schools)]
    lines = [("Всего обучающихся", 200), ("Малообеспеченные семьи", 20), ("Неполные семьи", 30)]
    context = pd.DataFrame(
        [(login, 2022, "2022/23", *line) for login in logins for line in lines],
        columns=["school_login", "calendar_year", "school_year", "pupil_group", "group_pupil_count"],
    )
    passport = replace(
        WHOLE, indicators=tuple(WHOLE[one] for one in ("fail_share", "low_income_share", "single_parent_share"))
    )
    rows = results(*(result(login, (4, 16, 0, 0)) for login in logins))
    effects = effectiveness({"results": rows, "context": context}, passport, CALENDAR).effects
    assert len(effects) == 3 * schools
    assert effects["like_context_value"].isna().all()
