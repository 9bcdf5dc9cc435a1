"""What the public sees of indicators follows from the masked tables, and from nothing else."""

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import FORESEEN, PUBLIC_EFFECTIVENESS
from analysis.indicators.effectiveness import school_indicators
from analysis.indicators.public_effectiveness import HIDDEN, public_effectiveness
from analysis.indicators.school_tables import school_tables
from analysis.indicators.tables import effectiveness_tables
from analysis.rules.methods import load_methods
from analysis.rules.office_files import DEFAULT_POLICY
from roadmaps import HOUSE
from school_towns import result, results, town_facts

MARKS = [f"mark_{mark}_count" for mark in (2, 3, 4, 5)]
OPEN = (9, 8, 7, 6)


@pytest.fixture(scope="module")
def methods():
    return load_methods(HOUSE)


def _public(facts, methods):
    tables = {"school_measures": pd.DataFrame(), **facts}
    tables = {name: one for name, one in tables.items() if len(one)}
    made, _ = effectiveness_tables(tables, methods, [2021])
    masked = school_tables(tables, DEFAULT_POLICY)
    found = public_effectiveness({**tables, **made, **masked}, methods, DEFAULT_POLICY)
    assert violations(found, PUBLIC_EFFECTIVENESS) == []
    return found, masked


@pytest.fixture(scope="module")
def town(methods):
    return _public(town_facts(), methods)


def _only(marks, methods, years=(2021,)):
    """The public indicators of a town in which each school has these marks."""
    rows = [
        result(f"edu{number}", of_school, year) for year in years for number, of_school in enumerate(marks, start=1)
    ]
    return _public({**town_facts(), "results": results(*rows)}, methods)[0]["public_school_indicators"]


def _one(rows, indicator, name, year=2021):
    found = rows[(rows["indicator_id"] == indicator) & (rows["group_name"] == name)]
    found = found[(found["calendar_year"] == year) & found["procedure"].notna()]
    assert len(found) == 1
    return found.iloc[0]


def test_an_open_share_has_its_counts_and_its_interval(methods):
    row = _one(_only([OPEN] * 3, methods), "fail_share", "Школа 1")
    assert (row["numerator"], row["denominator"], row["value"]) == (9, 30, 0.3)
    assert (round(row["interval_low"], 3), round(row["interval_high"], 3)) == (0.160, 0.477)
    assert row["city_value"] == 0.3
    assert row["against_city"] == "неотличимо от города"
    assert HIDDEN not in row["flags"]


def _said(rows):
    of_school = rows[(rows["group_name"] == "Школа 1") & rows["procedure"].notna()]
    return {*of_school["indicator_id"].astype("str")}


def test_a_hidden_count_leaves_no_row_of_its_share_as_if_nobody_had_come(methods):
    said = _said(_only([(2, 8, 9, 7), OPEN, OPEN], methods))
    assert said.isdisjoint({"fail_share", "success_share"})  # one is one minus the other
    assert "fail_share" in _said(_only([OPEN] * 3, methods))


def test_where_nothing_may_be_printed_nothing_is(methods):
    town = town_facts(years=(2021,))
    tables = {name: one if name in ("schools", "school_status") else one.iloc[:0] for name, one in town.items()}
    tables["results"] = results(*[result(f"edu{number}", (1, 10, 9, 8)) for number in (1, 2, 3)])
    made, _ = effectiveness_tables({"school_measures": pd.DataFrame(), **tables}, methods, [2021])
    assert (made["school_indicators"]["indicator_id"] == "fail_share").any()
    masked = school_tables(tables, DEFAULT_POLICY)
    assert public_effectiveness({**tables, **made, **masked}, methods, DEFAULT_POLICY)["public_school_indicators"].empty


def test_a_mean_over_marks_is_hidden_with_one_of_its_marks(methods):
    assert _said(_only([(9, 8, 7, 1), OPEN, OPEN], methods)).isdisjoint({"mean_mark", "learning_degree"})


FITTED = ["pooled_value", "pooled_low", "pooled_high", "threshold_probability", *FORESEEN[:5]]


def test_what_is_fitted_to_all_schools_is_for_the_office_though_nothing_is_hidden(methods):
    marks = [(5 + 6 * (number % 5), 20, 20, 20) for number in range(12)]
    now = [(7 + 6 * (number % 5), 20, 20, 20) for number in range(12)]
    rows = [
        result(f"edu{place}", of_school, year)
        for year, of_schools in ((2021, marks), (2022, now))
        for place, of_school in enumerate(of_schools, start=1)
    ]
    facts = {**town_facts(schools=12), "results": results(*rows)}
    of_office = school_indicators(facts, methods.passport, methods.calendar)
    is_share = of_office["indicator_id"] == "fail_share"
    assert of_office.loc[is_share & (of_office["school_login"] == "edu1"), FITTED].notna().any().all()
    shown = _public(facts, methods)[0]
    share = shown["public_school_indicators"]
    share = share[(share["indicator_id"] == "fail_share") & share["procedure"].notna()]
    assert share["value"].notna().all()
    assert share["change"].notna().any()
    assert share[FITTED + FORESEEN[5:]].isna().all(axis=None)
    assert shown["public_selection_hits"]["low_probability"].isna().all()


def test_a_change_stands_on_two_open_years(methods):
    rows = [result(f"edu{number}", OPEN, 2021) for number in (1, 2, 3)]
    now = [result(f"edu{number}", (12, 6, 6, 6) if number == 1 else OPEN, 2022) for number in (1, 2, 3)]
    facts = {**town_facts(), "results": results(*rows, *now)}
    shown = _public(facts, methods)[0]["public_school_indicators"]
    assert _one(shown, "fail_share", "Школа 1", 2022)["change"] == pytest.approx(0.1)
    hidden = [result("edu1", (2, 9, 9, 9), 2021), *rows[1:]]
    shown = _public({**facts, "results": results(*hidden, *now)}, methods)[0]["public_school_indicators"]
    row = _one(shown, "fail_share", "Школа 1", 2022)
    assert pd.isna(row["change"])
    assert pd.isna(row["earlier_year"])
    assert pd.isna(row["change_low"])


def test_schools_of_one_name_are_not_mixed_up(methods):
    facts = {**town_facts(), "results": results(*[result(f"edu{number}", OPEN) for number in (1, 2, 3)])}
    twins = {**facts, "schools": facts["schools"].assign(school_name="Школа")}
    shown = _public(twins, methods)[0]["public_school_indicators"]
    assert set(shown["group_name"]) <= {"Город", "Другие школы города"}


def test_every_open_number_adds_up_from_masked_cells(town):
    found, masked = town
    shown = found["public_school_indicators"]
    keys = ["calendar_year", "procedure", "subject", "programme_grade", "wave", "group_name"]
    cells = masked["public_mark_results"].set_index(keys)
    parts = {"fail_share": MARKS[:1], "success_share": MARKS[1:], "quality_share": MARKS[2:]}
    seen = 0
    for indicator, columns in parts.items():
        rows = shown[(shown["indicator_id"] == indicator) & shown["value"].notna()]
        for row in rows.to_dict("records"):
            cell = cells.loc[tuple(row[key] for key in keys)]
            assert sum(cell[column] for column in columns) == row["numerator"]
            assert cell["participant_count"] == row["denominator"] >= DEFAULT_POLICY.smallest_base
            seen += 1
    assert seen > 10


def test_hits_are_those_of_open_shares_alone(town):
    found, _ = town
    shown, hits = found["public_school_indicators"], found["public_selection_hits"]
    is_open = shown[shown["value"].notna() & shown["indicator_id"].isin(["fail_share", "below_minimum_share"])]
    keys = ["calendar_year", "procedure", "subject", "programme_grade", "wave", "group_name"]
    opened = {tuple(row) for row in is_open[keys].to_numpy().tolist()}
    assert {tuple(row) for row in hits[keys].to_numpy().tolist()} <= opened
    assert "school_login" not in hits


def test_without_indicators_there_is_nothing_public(methods):
    assert public_effectiveness({}, methods, DEFAULT_POLICY) == {}
    assert public_effectiveness({}, None, DEFAULT_POLICY) == {}
