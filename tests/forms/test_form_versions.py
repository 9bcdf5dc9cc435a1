"""A form lives for years: a line that is added or dropped leaves the forms of other years as they were."""

from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import fact_table
from analysis.cleaning.school_sheets import clean_school_sheets
from analysis.contracts import facts
from analysis.contracts.facts import (
    EVIDENCE,
    EXECUTION,
    FORM_VERSION,
    OWN_MEASURES,
    TEACHERS,
    VERSIONS,
    AskedLine,
    are_asked,
    form_identity,
    school_fact_tables,
)
from analysis.errors import AnalysisError
from analysis.forms.collect import form_bytes, school_sheets
from analysis.indicators.quality import asked_lines, given_lines, reporter_completeness, set_aside_lines
from analysis.intake.workbook import read_returned, read_workbook
from analysis.rules.config import Collection
from analysis.rules.methods import part_of
from roadmaps import COUNTED

COLLECTION = Collection(("УО",), "ОО")
ADDED = AskedLine("Логопедов", "человек", since=2022)
DROPPED = AskedLine("Вожатых", "человек", until=2020)
EVERY_YEAR = tuple(line for line in facts.FORM_LINES["staff"] if line == AskedLine(line.name, line.unit))
OLD = [line.name for line in EVERY_YEAR]
OWN_SHEETS = [(EXECUTION, [], {}), (EVIDENCE, [], {}), (OWN_MEASURES, [], {})]


@pytest.fixture(autouse=True)
def lines(monkeypatch):
    monkeypatch.setitem(facts.FORM_LINES, "staff", (*EVERY_YEAR, ADDED, DROPPED))


def _staff_sheet(year):
    return next(sheet for sheet in school_sheets(COLLECTION, (), year) if sheet[0].title == "Кадры")


def _read(year, groups, version=FORM_VERSION, sheets=None):
    layout, _, _ = _staff_sheet(year)
    sheets = school_sheets(COLLECTION, (), year) if sheets is None else sheets
    filled = [(one, [(name, "человек", 1) for name in groups], {}) if one is layout else (one, rows, choices)
              for one, rows, choices in sheets]  # fmt: skip
    identity = form_identity("form", "город", year, "edu1") | {"version": version}
    content = form_bytes(["Форма"], [*OWN_SHEETS, *filled], identity, date(year + 1, 1, 20))
    file = f"data/raw/{year}/form_edu1_v1.xlsx"
    return clean_school_sheets(read_returned(read_workbook(content, file), file), COLLECTION, (), part_of(None))


@pytest.mark.parametrize(
    ("year", "more"), [(2019, [DROPPED]), (2020, [DROPPED]), (2021, []), (2022, [ADDED]), (2030, [ADDED])]
)
def test_a_form_has_the_lines_of_its_year(year, more):
    _, rows, _ = _staff_sheet(year)
    assert [name for name, _ in rows] == [*OLD, *(line.name for line in more)]
    assert are_asked("staff", [ADDED.name, OLD[0]], year) is (ADDED in more)
    assert are_asked("deficits", [ADDED.name], year)


@pytest.mark.parametrize(
    ("year", "groups", "word", "missing"),
    [
        (2021, OLD[2:], "частично", 2),
        (2021, OLD, "есть", 0),
        (2022, OLD, "частично", 1),
        (2022, [*OLD, ADDED.name], "есть", 0),
        (2020, OLD, "частично", 1),
        (2020, [*OLD, DROPPED.name], "есть", 0),
    ],
)
def test_what_came_is_judged_by_the_lines_of_its_year(year, groups, word, missing):
    staff = [
        {"source_file": "a.xlsx", "place": "B2", "school_login": "edu1", "calendar_year": year}
        | {"school_year": "2020/21", "staff_group": name, "staff_unit": "человек", "staff_amount": 1.0}
        for name in groups
    ]
    received = (date(year + 1, 1, 10), date(year + 1, 1, 31), "вошла в отчёт")
    tables = {
        **school_fact_tables({"staff": staff}),
        "schools": fact_table("schools", [("r.xlsx", "A2", "edu1", None, None, "Школа", None, None, None, None)]),
        "received_forms": fact_table("received_forms", [("a.xlsx", "edu1", year, *received)]),
        "reports": fact_table("reports", []),
    }
    plan = pd.DataFrame({"calendar_year": [year], "target_count": pd.array([0], "Int64")})
    plan = plan.assign(activity_code="1.1", measure_number=1, **COUNTED)
    asked = asked_lines(tables, plan, [], COLLECTION, ())
    given, aside, days = given_lines(tables), set_aside_lines(tables), {"a.xlsx": date(year + 1, 1, 10)}
    rows = reporter_completeness(asked, given, aside, tables["received_forms"], days)
    rows = rows.set_index(["reporter", "fact_kind"])
    found = rows.loc[("edu1", "кадры")]
    assert (found["completeness"], found["missing_row_count"]) == (word, missing)


def test_a_line_of_another_year_is_named_and_not_counted():
    found = _read(2021, [TEACHERS, ADDED.name])
    assert [row["staff_group"] for row in found.rows["staff"]] == [TEACHERS]
    (finding,) = found.findings
    assert finding.explanation == f"Такой строки на этом листе нет: «{ADDED.name}»."
    assert _read(2022, [TEACHERS, ADDED.name]).findings == ()


def test_every_version_that_was_sent_out_is_read():
    assert list(VERSIONS) == ["1", "2"]
    first = _read(2020, [], "1", sheets=[])
    assert first.findings == ()  # it went out without sheets of school facts, so none is missed
    assert not any(first.rows.values())
    assert len(_read(2020, [], "2", sheets=[]).findings) == 5
    assert len(_read(2020, [TEACHERS], "2").rows["staff"]) == 1


def test_a_version_of_a_later_program_is_refused_with_those_that_are_known():
    with pytest.raises(AnalysisError) as raised:
        _read(2022, [], "3")
    assert str(raised.value).startswith(
        "data/raw/2022/form_edu1_v1.xlsx: форма версии 3, а эта программа знает версии 1, 2. Возьмите форму"
    )
