"""The data of the editions as programs read them: a Data Package of version 2, and why a number is not there."""

import csv
import json
import zipfile

import pandas as pd
import pytest
from frictionless import Package

from analysis.contracts.effectiveness import column_title
from analysis.contracts.report import WHY_EMPTY

PROFILES = "https://datapackage.org/profiles/2.0/{}.json"
NUMBERS = {"integer": "Int64", "number": "Float64"}
FOLDERS = ["reports/2021/data", "output/internal/2021/data"]


def _read(folder):
    """By name each table as its schema says, and the schema."""
    package = json.loads((folder / "datapackage.json").read_bytes())
    schemas = {one["name"]: json.loads((folder / one["schema"]).read_bytes()) for one in package["resources"]}
    tables = {}
    for name, schema in schemas.items():
        types = {one["name"]: NUMBERS.get(one["type"], "str") for one in schema["fields"]}
        tables[name] = pd.read_csv(folder / f"{name}.csv", dtype=types, keep_default_na=False,
                                   na_values={one: [""] for one, kind in types.items() if kind != "str"})  # fmt: skip
    return package, schemas, tables


@pytest.fixture(scope="module", params=FOLDERS)
def folder(shared_town, request):
    return shared_town / request.param


@pytest.fixture(scope="module")
def data(folder):
    return _read(folder)


@pytest.fixture(scope="module")
def package(folder):
    return Package(str(folder / "datapackage.json"))


def test_the_package_is_of_version_2_as_a_whole(data):
    package, schemas, _ = data
    assert len(schemas) > 50
    assert package["$schema"] == PROFILES.format("datapackage")
    assert {one["$schema"] for one in package["resources"]} == {PROFILES.format("dataresource")}
    assert {one["$schema"] for one in schemas.values()} == {PROFILES.format("tableschema")}
    every = [package, *package["resources"], *schemas.values(), *(f for one in schemas.values() for f in one["fields"])]
    assert [one for one in every if {"profile", "bareNumber", "categories"} & one.keys()] == []
    assert {json.dumps(one["missingValues"]) for one in schemas.values()} == {'[""]'}


def test_frictionless_finds_no_fault(package):
    report = package.validate()
    assert len(report.tasks) > 50
    assert report.flatten(["name", "fieldName", "rowNumber", "type"]) == []


def test_frictionless_finds_a_number_that_is_none_and_a_status_that_is_none(folder, tmp_path):
    name, number = "tbl-fact-1", "reported_count"
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {number: "<5", f"{number}_status": "скрыто"}
    with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    package = json.loads((folder / "datapackage.json").read_bytes())
    (one,) = (one for one in package["resources"] if one["name"] == name)
    plain = {key: value for key, value in one.items() if key not in ("bytes", "hash")}
    (tmp_path / one["schema"]).write_bytes((folder / one["schema"]).read_bytes())
    (tmp_path / "datapackage.json").write_text(json.dumps({**package, "resources": [plain]}), encoding="utf-8")
    report = Package(str(tmp_path / "datapackage.json")).validate()
    found = {(field, kind) for field, kind in report.flatten(["fieldName", "type"]) if kind != "blank-row"}
    assert found == {(number, "type-error"), (f"{number}_status", "constraint-error")}


def test_each_number_that_is_not_there_says_why_and_no_other_does(data):
    _, schemas, tables = data
    seen = dict.fromkeys(WHY_EMPTY, 0)
    for name, schema in schemas.items():
        fields = {one["name"]: one for one in schema["fields"]}
        for number in [one for one, field in fields.items() if field["type"] in NUMBERS]:
            empty, status = tables[name][number].isna(), fields.get(f"{number}_status")
            if status is None:
                assert not empty.any(), (name, number)
                continue
            assert status["constraints"] == {"enum": WHY_EMPTY}
            why = tables[name][f"{number}_status"]
            assert (why != "").tolist() == empty.tolist(), (name, number)
            for one in WHY_EMPTY:
                seen[one] += int((why == one).sum())
    assert seen["missing"] > 500
    assert seen["not_applicable"] > 300


def test_hidden_is_what_the_mask_names_and_the_office_hides_nothing(data, folder):
    _, _, tables = data
    statuses = {name: table.filter(regex="_status$").isin(["hidden"]) for name, table in tables.items()}
    if "internal" in folder.parts:
        assert not any(one.to_numpy().any() for one in statuses.values())
        return
    checked = 0
    for name, table in tables.items():
        if "hidden_columns" in table:
            named = table["hidden_columns"].str.split("; ")
            for column in statuses[name]:
                title = column_title(column.removesuffix("_status"))
                assert statuses[name][column].tolist() == [title in one for one in named], (name, column)
                checked += int(statuses[name][column].sum())
    assert checked > 500


def test_a_workbook_holds_a_sign_as_text_and_no_formula(folder):
    with zipfile.ZipFile(next(folder.glob("tables-*.xlsx"))) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(sheets) > 50
        assert b"<t>=</t>" in book.read("xl/sharedStrings.xml")
    assert [one for one in sheets if b"<f>" in one or b"<f " in one] == []


def test_codes_stay_text(package, data):
    _, _, tables = data
    codes = tables["tbl-to-date"]["measure_label"].tolist()
    assert {"4.1/1", "4.10"} <= {*codes}
    assert [row["measure_label"] for row in package.get_resource("tbl-to-date").read_rows()] == codes
