"""The audit: what can be proven of hidden numbers, by hand on small sheets and on the invented town's own files."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis.cli import main
from analysis.errors import AnalysisError
from analysis.files.storage import read_tables
from analysis.indicators.disclosure import Cell, Relation, total_of
from analysis.indicators.masking import Proven, Sheet, proven
from analysis.indicators.school_facts import LISTED, public_rows
from analysis.indicators.school_tables import KEYS, school_tables, with_public
from analysis.lineage.walk import stored
from analysis.pipeline.audit import Audit, doubts, printed_cells, provable, refuse_open_cells
from analysis.rules.config import load_project
from analysis.rules.office_files import DEFAULT_POLICY, Choice
from school_towns import result, results, town_facts


def sheet(relation, **values):
    """Cells of one relation."""
    made = Sheet(pd.DataFrame(), {})
    made.cells.update({name: Cell(name, value) for name, value in values.items()})
    made.relations[relation] = None
    return made


@pytest.mark.parametrize(
    ("printed", "ends"),
    [
        (["total", "b", "c"], {"a": (2, 2)}),
        (["total", "c"], {"a": (0, 9), "b": (0, 9)}),
        (["c"], {"a": (0, None), "b": (0, None), "total": (8, None)}),
    ],
)
def test_the_ends_of_hidden_counts_by_hand(printed, ends):
    """2 + 7 + 8 = 17."""
    given = sheet(total_of("total", ["a", "b", "c"]), a=2, b=7, c=8, total=17)
    assert {one.name: (one.least, one.most) for one in proven(given, printed)} == ends


def test_people_are_whole():
    """2 a + 2 b = 2: one of them is one, where halves would do as well."""
    given = sheet(Relation(((2, "a"), (2, "b")), printed=2), a=1, b=0)
    assert {one.name: (one.least, one.most) for one in proven(given, [])} == {"a": (0, 1), "b": (0, 1)}


@pytest.mark.parametrize(
    ("value", "least", "most", "narrow"), [(2, 0, 4, False), (2, 0, 3, True), (2, 1, None, True), (7, 7, 7, False)]
)
def test_a_small_count_is_at_risk_where_it_cannot_be_anything_small(value, least, most, narrow):
    assert Proven("a", value, least, most).is_narrow(5) is narrow


def test_the_town_holds_and_a_cell_that_an_edition_prints_too_much_stops_the_report(own_town, capsys):
    at = ["--project", str(own_town)]
    assert main([*at, "audit", "2022"]) == 0
    said = capsys.readouterr().out
    assert "Под угрозой — по открытым файлам сужены: 0." in said
    assert int(re.search(r"из них меньше 5: (\d+)", said)[1]) > 200
    listed = pd.read_csv(own_town / "output/audit.csv", sep=";")
    assert len(listed) == int(re.search(r"Скрыто чисел людей: (\d+)", said)[1])
    assert listed["Не больше"].notna().sum() > len(listed) / 2  # or nothing printed would have been known
    project = load_project(own_town)
    tables = with_public(read_tables(own_town), stored(own_town).mask)
    refuse_open_cells(project, [2022], tables)
    marks = sorted((own_town / "reports/2022/data").glob("tbl-marks-*.csv"))[0]
    table = pd.read_csv(marks, keep_default_na=False, na_values=[""])
    row = table.index[table["mark_2_count"].isna()][0]
    table["hidden_columns"] = table["hidden_columns"].fillna("")
    table.loc[row, "mark_2_count"] = 1
    table.to_csv(marks, index=False)
    with pytest.raises(AnalysisError, match=r"Открытый отчёт 2022 печатает то, что теперь скрыто: .*, «Отметок «2»»"):
        refuse_open_cells(project, [2022], tables)


@pytest.mark.parametrize("seed", range(5))
def test_no_small_count_of_a_town_is_narrower_than_a_small_count(seed):
    town = town_facts(4, years=(2021,), seed=seed)
    public = school_tables(town, DEFAULT_POLICY, Choice(f"{seed}"))
    printed = {name: printed_cells(name, public_rows(name, public[f"public_{name}"])) for name in (*LISTED, *KEYS)}
    lines = list(provable(town, DEFAULT_POLICY, printed))
    assert sum(one.is_small for one in lines) > 20
    assert [one for one in lines if one.is_narrow] == []


@pytest.mark.parametrize(("schools", "supported"), [(1, 1), (2, 1), (3, 1)])
def test_a_city_with_one_supported_school_or_of_two_schools_in_all_holds(schools, supported):
    town = town_facts(schools, years=(2021,))
    status = town["school_status"]
    town |= {"school_status": status[status["school_login"].isin(["edu1", "edu2"][:supported])]}
    public = school_tables(town, DEFAULT_POLICY, Choice("a"))
    printed = {name: printed_cells(name, public_rows(name, public[f"public_{name}"])) for name in (*LISTED, *KEYS)}
    lines = list(provable(town, DEFAULT_POLICY, printed))
    assert sum(one.is_small for one in lines) > 5
    assert [one for one in lines if one.is_narrow] == []


@pytest.mark.parametrize("doubt", ["dominance", "one_mark"])
def test_what_a_printed_number_says_of_one_school_or_of_all_is_shown_and_stops_where_the_policy_says(doubt):
    rows = [("edu1", (0, 10, 10, 10)), ("edu3", (0, 0, 96, 0)), ("edu4", (0, 0, 4, 0))]
    town = town_facts(years=(2021,))
    tables = town | {"results": results(*(result(login, marks) for login, marks in rows))}
    key = "2021|2020/21|ВПР|Математика|5|5|весна|другие школы|Другие школы города"
    printed = {"mark_results": {key: {"participant_count": 100.0, "mark_4_count": 100.0}}}
    found = doubts(tables, printed, DEFAULT_POLICY)
    assert found[doubt] == [key.replace("|", ", ")]
    assert doubts(tables, {"mark_results": {key: {"mark_2_count": 0.0}}}, DEFAULT_POLICY)[doubt] == []
    said = {
        stops: [*Audit((2021,), (), found, ()).said(replace(DEFAULT_POLICY, stops=stops))] for stops in ((), (doubt,))
    }
    assert sum("(правило разрешает)" in line for line in said[()]) == 2
    assert sum("(правило разрешает)" in line for line in said[doubt,]) == 1
