"""The public report of a region tells nobody more than its cities have told: no hidden count can be narrowed by it."""

import json
from dataclasses import asdict, replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from lxml import html

from analysis.contracts.region import REGION_TABLES
from analysis.files.memory import SILENT
from analysis.indicators.disclosure import Cell, Relation
from analysis.indicators.masking import Sheet, proven
from analysis.indicators.public_effectiveness import public_effectiveness
from analysis.indicators.school_tables import row_keys, school_tables, sheets
from analysis.indicators.tables import effectiveness_tables
from analysis.region.comparison import (
    CHANGED_SINCE,
    FEW_SCHOOLS,
    NOT_APPROVED,
    NOT_PUBLIC,
    NOTHING_TO_APPROVE,
    TERM_RUNS,
    UNSETTLED,
    CityState,
    public_tables,
    region_tables,
    with_reasons,
)
from analysis.region.dataset import CITIES, CITY, RULE_FILES, write_table
from analysis.region.settings import load_region
from analysis.region.site import publish_region
from analysis.region.work import entries_in_vain
from analysis.rules.methods import load_methods
from analysis.rules.office_files import DEFAULT_POLICY
from regions import DAY, region_of
from roadmaps import HOUSE
from school_towns import result, results, town_facts

OPEN = (9, 8, 7, 6)
CODE = "0123456789abcdef"
# By city what its schools got: «hidden» has three who failed in all of it, «one» is a school, «two» know each other.
MARKS = {
    "a": [OPEN] * 3,
    "hidden": [(1, 10, 9, 8)] * 3,  # of whom nothing may be printed
    "one": [(7, 9, 9, 9)],
    "two": [(8, 9, 9, 9), (2, 12, 9, 9)],
    "b": [(12, 9, 8, 7)] * 4,
}
APPROVALS = "".join(
    f'[[approval]]\ncity = "{name}"\nedition = 2021\nhash = "{CODE}"\nwho = "И."\ndate = 2022-02-01\n' for name in MARKS
)


def _facts(marks):
    rows = [result(f"edu{number}", of_school) for number, of_school in enumerate(marks, start=1)]
    town = town_facts(schools=len(marks), years=(2021,))
    kept = ("schools", "school_status")
    return {name: town[name] if name in kept else town[name].iloc[:0] for name in town} | {"results": results(*rows)}


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """Five built cities that have approved and published, and the facts of each."""
    root, methods = tmp_path_factory.mktemp("public"), load_methods(HOUSE)
    region_of(root, {name: name for name in MARKS})
    with (root / "region.toml").open("a", encoding="utf-8") as file:
        file.write(APPROVALS)
    region, facts = load_region(root), {name: _facts(marks) for name, marks in MARKS.items()}
    for name, tables in facts.items():
        made, _ = effectiveness_tables({"school_measures": pd.DataFrame(), **tables}, methods, [2021])
        found = public_effectiveness(
            {**tables, **made, **school_tables(tables, DEFAULT_POLICY)}, methods, DEFAULT_POLICY
        )
        folder = region.output / CITIES / name
        folder.mkdir(parents=True)
        for one, table in ({"school_indicators": made["school_indicators"]} | found).items():
            if one in ("school_indicators", "public_school_indicators"):
                write_table(folder, one, table.assign(**{CITY: name}))
    return region, facts, [asdict(one) for one in methods.passport.indicators]


def _states(region, indicators, **changed):
    for one in region.file.cities:
        good = {
            "city": f"город {one.id}", "made": "2022-03-01", "editions": [2021], "hashes": {"2021": CODE},
            "logins": [f"{one.id}{number}" for number in range(len(MARKS[one.id]))], "published": True,
            "methods": {}, "rules": dict.fromkeys(RULE_FILES, ""), "passport": "", "findings": [],
            "indicators": indicators,
        }  # fmt: skip
        yield CityState(one, {"id": one.id, "error": ""}, good | changed.get(one.id, {}))


def _both(region, indicators, today=DAY, **changed):
    states = with_reasons([*_states(region, indicators, **changed)], invented=True)
    tables = region_tables(region, states, today)
    return states, tables, public_tables(region, states, tables)


@pytest.fixture(scope="module")
def made(region):
    return _both(region[0], region[2])


KEY = ["indicator_id", "aspect", "procedure", "subject", "programme_grade", "wave"]


def _fails(table):
    rows = table[(table["indicator_id"] == "fail_share") & table["procedure"].notna()]
    return rows.set_index("city_id")


def test_it_holds_what_cities_print_and_leaves_out_cities_that_are_schools(region, made):
    _, whole, public = made
    assert list(_fails(whole["region_indicators"])["numerator"]) == [27, 3, 7, 10, 48]
    assert _fails(public["region_indicators"])["numerator"].to_dict() == {"a": 27, "b": 48}
    own = [
        pd.read_parquet(region[0].output / CITIES / name / "public_school_indicators.parquet")
        for name in ("a", "hidden", "b")
    ]
    printed = pd.concat(own)
    printed = printed[printed["group_name"] == "Город"].dropna(subset="value")
    shown = public["region_indicators"].dropna(subset="value")
    numbers = ["city_id", *KEY, "numerator", "denominator", "value"]
    assert len(shown) == len(printed) == 10
    pd.testing.assert_frame_equal(
        *(
            one[numbers].astype({"value": float}).sort_values(numbers[:-3]).reset_index(drop=True)
            for one in (shown.astype(dict.fromkeys(KEY, "str")), printed.astype(dict.fromkeys(KEY, "str")))
        ),
        check_dtype=False,
    )
    assert set(public["region_execution"].columns) == set(whole["region_execution"].columns)


def test_the_regions_value_is_that_of_the_rows_beside_it(made):
    shown = made[2]["region_indicators"]
    group = shown.groupby(KEY, dropna=False)
    sums = group["numerator"].transform("sum") / group["denominator"].transform("sum")
    told = shown["region_value"].notna()
    assert told.sum() == 10
    np.testing.assert_allclose(shown.loc[told, "region_value"].astype(float), sums[told].astype(float), rtol=1e-12)


def _reader(facts, region_value=None, cities=(), known=()):
    """The joint table of all cities as a reader sees it: «city|cell», what is printed, and the region's number."""
    joint, printed = Sheet(pd.DataFrame(), {}), set()
    for city, tables in facts.items():
        public = school_tables(tables, DEFAULT_POLICY)["public_mark_results"]
        (sheet,) = (one for name, one, _ in sheets(tables, DEFAULT_POLICY, {}) if name == "mark_results")
        joint.cells |= {f"{city}|{name}": replace(cell, cell_id=f"{city}|{name}") for name, cell in sheet.cells.items()}
        for one in sheet.relations:
            joint.relations[Relation(tuple((sign, f"{city}|{name}") for sign, name in one.terms), one.printed)] = None
        shown = dict(zip(row_keys("mark_results", public), public.to_dict("records"), strict=True))
        for column, names in sheet.columns.items():
            for name, key in zip(names, row_keys("mark_results", sheet.rows), strict=True):
                if key in shown and pd.notna(shown[key].get(column)):
                    printed.add(f"{city}|{name}")
    of_city = {city: next(one for one in joint.cells if one.startswith(f"{city}|") and "|город|" in one
                          and one.endswith("mark_2_count")) for city in facts}  # fmt: skip
    if region_value is not None:
        joint.cells["region"] = Cell("region", region_value)
        joint.relations[Relation(((1, "region"), *((-1, of_city[city]) for city in cities)))] = None
        printed.add("region")
    return joint, printed | {of_city[city] for city in known}


def _ends(joint, printed):
    return {one.name: (one.least, one.most) for one in proven(joint, printed) if one.value < 5}


def test_no_hidden_count_is_narrowed_by_the_public_number_and_the_attack_would_see_it(region, made):
    facts = region[1]
    before = _ends(*_reader(facts))
    assert len(before) == 5
    shown = _fails(made[2]["region_indicators"])
    value = round(shown["region_value"].iloc[0] * shown["denominator"].sum())
    assert _ends(*_reader(facts, value, list(shown.index))) == before
    # The whole region less the cities in print is the hidden one: the office's value must never go out.
    of_office = _fails(made[1]["region_indicators"])
    whole = round(of_office["region_value"].iloc[0] * of_office["denominator"].sum())
    narrowed = _ends(*_reader(facts, whole, list(MARKS)))
    # Whoever is the one school knows itself; of the two each knows the other.
    known = _ends(*_reader(facts, whole, list(MARKS), known=("one", "two")))
    assert narrowed != before
    assert [ends for name, ends in known.items() if name.startswith("hidden|") and "|город|" in name
            and name.endswith("mark_2_count")] == [(3, 3)]  # fmt: skip


def test_nothing_but_public_tables_is_read_for_its_indicators(region, made):
    root, _, indicators = region
    states, whole, public = made
    garbled = {name: table.iloc[:0] if name == "region_indicators" else table for name, table in whole.items()}
    for path in root.output.glob(f"{CITIES}/*/school_indicators.parquet"):
        path.rename(path.with_suffix(".aside"))
    again = public_tables(root, states, garbled)
    for path in root.output.glob(f"{CITIES}/*/school_indicators.aside"):
        path.rename(path.with_suffix(".parquet"))
    pd.testing.assert_frame_equal(again["region_indicators"], public["region_indicators"])
    assert public["region_indicators"][["pooled_value", "pooled_low", "pooled_high"]].isna().all(axis=None)


WITHHELD = {
    "not approved": ({"hashes": {"2021": CODE}}, "approval", NOT_APPROVED),
    "changed": ({"hashes": {"2021": "f" * 16}}, "", CHANGED_SINCE),
    "not published": ({"published": False}, "", NOT_PUBLIC),
    "the term runs": ({}, "term", TERM_RUNS),
    "nothing there": ({"hashes": {"2021": ""}}, "", NOTHING_TO_APPROVE),
    "a day to come": ({}, "later", NOT_APPROVED),
}


@pytest.mark.parametrize("way", WITHHELD)
def test_what_keeps_a_city_back_is_said(region, way):
    changed, entry, told = WITHHELD[way]
    root, _, indicators = region
    file = root.file
    if entry == "approval":
        file = replace(file, approvals=tuple(one for one in file.approvals if one.city != "b"))
    if entry == "later":
        later = date(2023, 5, 2)
        file = replace(
            file, approvals=tuple(replace(one, date=later) if one.city == "b" else one for one in file.approvals)
        )
    if entry == "term":
        file = replace(file, terms=_term(DAY))
    _, whole, public = _both(replace(root, file=file), indicators, b=changed)
    notes = whole["region_editions"].set_index("city_id")["withheld_note"]
    assert notes["b"] == told
    assert (notes["a"] == "") == (entry != "term")
    assert "b" not in set(public["region_indicators"]["city_id"])
    assert ("a" in set(public["region_indicators"]["city_id"])) == (entry != "term")


def test_why_a_city_was_left_out_is_the_offices_business(region):
    root, _, indicators = region
    _, whole, public = _both(root, indicators, b={"logins": ["a0", "a1", "a2"]})
    notes = whole["region_editions"].set_index("city_id")["withheld_note"]
    assert (notes["a"], notes["b"]) == (UNSETTLED, UNSETTLED)
    assert "a0" in whole["region_cities"]["state_note"].str.cat()
    assert set(public["region_indicators"]["city_id"]) == set()  # of the third city everything is hidden


def test_entries_that_nothing_answers_to_are_named(region):
    root, _, indicators = region
    states = [*_states(root, indicators)]
    assert [*entries_in_vain(root, states, DAY)] == []
    first, *others = root.file.approvals
    wrong = (
        replace(first, edition=2025),
        replace(first, hash="0" * 16, city="b"),
        replace(first, date=date(2030, 1, 1)),
    )
    file = replace(root.file, approvals=wrong, terms=(*_term(DAY), replace(_term(DAY)[0], edition=1999)))
    said = [*entries_in_vain(replace(root, file=file), states, DAY)]
    assert said == [
        "region.toml, [[approval]] a, 2025 год: отчёта за 2025 год у города нет. Числа не утверждены.",
        "region.toml, [[approval]] b, 2021 год: код, который утвердил город, не от этих чисел "
        "(сейчас 0123456789abcdef): он переписан неверно, или числа уже другие. Числа не утверждены.",
        "region.toml, [[approval]] a, 2021 год: день утверждения 01.01.2030 ещё не наступил. Числа не утверждены.",
        "region.toml, [[term]] 1999: отчёта за этот год нет ни у одного города.",
    ]
    repeated = replace(root.file, approvals=(replace(first, hash="0" * 16), first, *others))
    assert [*entries_in_vain(replace(root, file=repeated), states, DAY)] == []


def _term(until):
    from analysis.region.settings import Term

    return (Term(2021, until),)


def test_the_day_after_the_term_the_numbers_go_out(region):
    root, _, indicators = region
    file = replace(root.file, terms=_term(date(2022, 3, 1)))
    for day, shown in ((date(2022, 3, 1), 0), (date(2022, 3, 2), 2)):
        _, _, public = _both(replace(root, file=file), indicators, day)
        assert public["region_indicators"]["city_id"].nunique() == shown


def test_the_pages_say_who_is_not_there_and_hold_nothing_of_the_office(region, made):
    root, _, _ = region
    states, whole, _ = made
    publish_region(root, states, whole, SILENT, internal=False)
    site = root.root / "output/public/_site"
    year = " ".join(html.fromstring((site / "indicators-2021.html").read_bytes()).text_content().split())
    for name in ("one", "two"):
        assert f"город {name}: {FEW_SCHOOLS}" in year
    first = html.fromstring((site / "indicators-2021.html").read_bytes()).xpath("//main//table")
    assert len(first) == 3
    for table in first:
        assert [one.text_content() for one in table.xpath(".//tbody/tr/*[1]")] == ["город a", "город hidden", "город b"]
    for path in site.rglob("*"):
        text = path.read_text(encoding="utf-8") if path.suffix in (".html", ".csv") else ""
        assert not [one for one in ("служебного", "С учётом всех", CODE, "pooled", "Код чисел") if one in text]
    data = {path.stem for path in site.glob("data/*.csv")}
    assert data == REGION_TABLES.keys() - {"region_findings"}
    assert json.loads((root.root / "output/public/_site.json").read_text(encoding="utf-8"))["outputs"]
