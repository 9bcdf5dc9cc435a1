"""What stands side by side: numbers by the model of `statistics` one level up, a dash with its reason, no ranks."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.region import REGION_TABLES
from analysis.files.storage import read_table as read_built
from analysis.indicators.effectiveness import LOWER_BOUND
from analysis.region.comparison import (
    NO_NUMBERS,
    NOT_APPROVED,
    OTHER_DEFINITION,
    OTHER_SITTING,
    region_tables,
    with_reasons,
)
from analysis.region.dataset import CITIES, CITY, STATE, read_state, read_table, write_table
from analysis.statistics.pooled import pooled_shares
from regions import DAY, region_of, state_with, taken_in

WEAKER = 3  # in the second city so many more of the participants fail than in the first


@pytest.fixture(scope="module")
def pair(built_town, tmp_path_factory):
    """A region of the built town and two others like it: in «b» more fail, «c» has one school year less."""
    region = region_of(tmp_path_factory.mktemp("pair"), {"c": "c", "a": "a", "b": "b"})
    assert taken_in(region, built_town, "a")["error"] == ""
    for name, more in (("b", WEAKER), ("c", 0)):
        _alike(region.output / CITIES, name, more)
    return region


def _alike(cities, name, more):
    shutil.copytree(cities / "a", cities / name)
    for path in (cities / name).glob("*.parquet"):
        table = read_table(cities.parent, path.stem, ["a"]).assign(**{CITY: name})
        if path.stem == "school_indicators":
            is_fail = (table["indicator_id"] == "fail_share") & (table["denominator"] > 100)
            table["numerator"] = table["numerator"].where(~is_fail, table["numerator"] + more)
            table["value"] = table["value"].where(~is_fail, table["numerator"] / table["denominator"])
        write_table(cities / name, path.stem, table)
    state = read_state(cities / name)
    state |= {"city": f"город {name}", "logins": [f"{name}{login}" for login in state["logins"]]}
    (cities / name / STATE).write_text(json.dumps(state), encoding="utf-8")


def _tables(region, **changed):
    invented = region.file.head.invented
    states = with_reasons([state_with(region, name, **changed.get(name, {})) for name in "cab"], invented)
    made = region_tables(region, states, DAY)
    assert violations(made, REGION_TABLES) == []
    return made


@pytest.fixture(scope="module")
def made(pair):
    """The tables of the three."""
    return _tables(pair)


def _fails(made):
    rows = made["region_indicators"]
    return rows[(rows["indicator_id"] == "fail_share") & (rows["procedure"] == "ВПР")]


def test_cities_keep_the_order_of_the_file(made):
    assert made["region_cities"]["city_id"].tolist() == ["c", "a", "b"]
    for name in ("region_editions", "region_execution", "region_indicators"):
        assert made[name]["city_id"].drop_duplicates().tolist() == ["c", "a", "b"]


def test_the_numbers_of_a_city_are_those_of_its_own_tables(made, built_town):
    own = read_built(built_town, "school_indicators")
    own = own[own["school_login"] == "город"]
    rows = made["region_indicators"]
    there = rows[rows["city_id"] == "a"]
    assert len(there) == len(own) > 200
    assert there["denominator"].sum() == own["denominator"].sum()
    assert not set(rows.columns) & {"rank", "place"}


def test_plan_and_fact_are_added_over_the_tasks_of_each_edition_once(pair, built_town):
    own = read_built(built_town, "task_results")
    state = read_state(pair.output / CITIES / "a")
    two = {"editions": [2021, 2022], "hashes": {"2021": "x", **state["hashes"]}}
    rows = _tables(pair, a=two)["region_execution"]
    assert rows.groupby("city_id", sort=False).size().to_dict() == {"c": 1, "a": 2, "b": 1}
    for year in (2021, 2022):
        mine = rows[(rows["city_id"] == "a") & (rows["calendar_year"] == year)].iloc[0]
        summed = own[own["calendar_year"] == year].sum(numeric_only=True)
        for name in ("planned_measure_count", "reported_measure_count", "accepted_measure_count"):
            assert mine[name] == summed[name]
        assert mine["planned_measure_count"] > 10


def test_shares_are_pooled_as_schools_of_a_town_are(made):
    rows = made["region_indicators"]
    rows = rows[(rows["indicator_id"] == "fail_share") & (rows["procedure"] != "Журнал")]  # the journal is another town
    procedures = rows.groupby(["procedure", "subject", "programme_grade", "wave", "scale"]).ngroup()
    cities = pd.factorize(rows["city_id"])[0]
    expected = pooled_shares(rows["numerator"], rows["denominator"], cities, procedures)
    assert len(rows) > 60
    for name, numbers in (("value", expected.mean), ("low", expected.low), ("high", expected.high)):
        np.testing.assert_allclose(rows[f"pooled_{name}"].astype(float), numbers, rtol=1e-9)
    assert (rows["pooled_low"] < rows["pooled_value"]).all()
    assert (rows["pooled_value"] < rows["pooled_high"]).all()


def test_the_region_is_all_cities_together(made):
    rows = _fails(made)
    key = ["subject", "programme_grade", "wave"]
    sums = rows.groupby(key)[["numerator", "denominator"]].sum()
    told = rows.groupby(key)["region_value"].agg(["min", "max"])
    whole = (sums["numerator"] / sums["denominator"]).astype(float)
    np.testing.assert_allclose(told["min"].astype(float), whole)
    np.testing.assert_allclose(told["max"].astype(float), whole)


def test_what_cannot_be_compared_is_a_dash_with_its_reason(pair, made):
    state = read_state(pair.output / CITIES / "b")
    sitting = next(key for key in state["methods"] if key.startswith("ВПР/2022"))
    other = {"methods": state["methods"] | {"quality_share": "x", sitting: "y"}}
    rows = _tables(pair, b=other)["region_indicators"]
    mine = rows[rows["city_id"] == "b"]
    wave = sitting.rpartition("/")[2]
    quality = mine[mine["indicator_id"] == "quality_share"]
    held = mine[(mine["procedure"] == "ВПР") & (mine["wave"] == wave) & (mine["indicator_id"] == "fail_share")]
    assert set(quality["comparison_note"]) == {OTHER_DEFINITION}
    assert set(held["comparison_note"]) == {OTHER_SITTING}
    for blank in ("numerator", "value", "interval_low", "pooled_value", "region_value"):
        assert pd.concat([quality, held])[blank].isna().all()
    # The others are compared as they were, without the one that is not.
    others = rows[(rows["city_id"] == "a") & (rows["indicator_id"] == "quality_share")]
    before = made["region_indicators"]
    was = before[(before["city_id"] == "a") & (before["indicator_id"] == "quality_share")]
    assert others["value"].equals(was["value"].set_axis(others.index))
    assert others["region_value"].notna().sum() == was["region_value"].notna().sum()


def test_a_lower_bound_is_not_compared(made):
    rows = made["region_indicators"]
    bound = rows[rows["flags"].str.contains(LOWER_BOUND, regex=False)]
    assert set(bound["comparison_note"]) <= {LOWER_BOUND}
    blank = rows[rows["value"].isna()]
    assert (blank["comparison_note"] != "").all()
    assert NO_NUMBERS not in set(rows.loc[rows["value"].notna(), "comparison_note"])


def test_only_approved_numbers_enter_where_the_region_says_so(pair, tmp_path):
    digest = read_state(pair.output / CITIES / "a")["hashes"]["2022"]
    approved = f'[[approval]]\ncity = "a"\nedition = 2022\nhash = "{digest}"\nwho = "И."\ndate = 2023-02-01\n'
    shutil.copytree(pair.output, tmp_path / "output/region")
    region = region_of(tmp_path, {"c": "c", "a": "a", "b": "b"}, "only_approved = true\n")
    text = (tmp_path / "region.toml").read_text(encoding="utf-8") + approved
    text += approved.replace('"a"', '"b"').replace(digest, "0" * 16)
    (tmp_path / "region.toml").write_text(text, encoding="utf-8")
    made = _tables(type(region)(tmp_path, _read(tmp_path)))
    assert dict(zip(made["region_editions"]["city_id"], made["region_editions"]["approval"], strict=True)) == {
        "c": "не утверждены", "a": "утверждены", "b": "утверждены другие",
    }  # fmt: skip
    assert made["region_cities"]["city_state"].tolist() == ["собран", "числа утверждены", "собран"]
    rows = made["region_indicators"]
    assert set(rows.loc[rows["city_id"] != "a", "comparison_note"]) == {NOT_APPROVED}
    assert rows.loc[rows["city_id"] == "a", "value"].notna().any()
    assert rows["pooled_value"].isna().all()  # there is nothing to stand beside
    execution = made["region_execution"]
    assert [*zip(execution["city_id"], execution["calendar_year"], strict=True)] == [("a", 2022)]


def _read(root):
    from analysis.region.settings import load_region

    return load_region(root).file


def test_a_numbers_code_changes_with_its_own_year_alone(built_town):
    from analysis.region.city import numbers_hash

    names = ("plan_fact", "school_results", "mark_results", "school_indicators")
    tables = {name: read_built(built_town, name) for name in names}
    facts = tables["plan_fact"]
    now, before = facts["calendar_year"] == 2022, facts["calendar_year"] == 2021
    changed = facts.assign(reported_count=facts["reported_count"].where(~now, facts["reported_count"] + 1))
    earlier = facts.assign(status=facts["status"].where(~before, "выполнено"))
    codes = [numbers_hash({**tables, "plan_fact": one}, 2022) for one in (facts, changed, earlier)]
    assert codes[0] == codes[2] != codes[1]
    assert [numbers_hash(tables, 2019), numbers_hash({}, 2022)] == ["", ""]  # nothing, which all cities would approve


def test_cities_with_the_same_schools_enter_neither(pair):
    same = read_state(pair.output / CITIES / "a")["logins"]
    made = _tables(pair, b={"logins": same})
    rows = made["region_cities"].set_index("city_id")
    assert rows["in_region"].to_dict() == {"c": True, "a": False, "b": False}
    assert rows.loc["b", "state_note"].startswith(f"школы с теми же логинами есть у города a: {same[0]}")
    assert set(made["region_indicators"]["city_id"]) == {"c"}


def test_the_invented_does_not_stand_beside_the_real(pair):
    made = _tables(pair, b={"invented": False}).get("region_cities").set_index("city_id")
    assert made["in_region"].to_dict() == {"c": True, "a": True, "b": False}
    assert made.loc["b", "state_note"].startswith("регион вымышлен, а проект города нет")
    real = type(pair)(pair.root, replace(pair.file, head=replace(pair.file.head, invented=False)))
    made = _tables(real, b={"invented": False})["region_cities"].set_index("city_id")
    assert made["in_region"].to_dict() == {"c": False, "a": False, "b": True}
    assert made.loc["a", "state_note"].startswith("проект города вымышлен, а регион нет")


def test_other_rules_are_named(pair):
    state = read_state(pair.output / CITIES / "b")
    made = _tables(pair, b={"rules": state["rules"] | {"data/calendar.toml": "x"}})
    notes = made["region_cities"]["rules_note"].tolist()
    assert notes[2] == f"{notes[0]}; не такие, как у большинства: календарь"
    assert notes[0] == notes[1]


def test_findings_are_grouped_by_rule_over_cities(made):
    rows = made["region_findings"]
    assert rows["city_count"].tolist() == [3] * len(rows)
    assert (rows["finding_count"] % 3 == 0).all()
    assert rows["severity"].is_monotonic_decreasing or set(rows["severity"]) == {"посмотрите", "учтено"}


def test_forms_are_counted_as_the_city_counts_them(made, built_town):
    rows = read_built(built_town, "reporter_completeness")
    forms = rows[(rows["fact_kind"] == "форма") & (rows["calendar_year"] == 2022)]
    first = made["region_editions"].iloc[0]
    assert first["expected_form_count"] == len(forms)
    assert first["received_form_count"] == forms["received_date"].notna().sum()
    assert first["timely_form_count"] == (~forms["completeness"].isin(["нет сведений", "после срока"])).sum()
