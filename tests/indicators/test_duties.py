"""Whom a measure asks: by the document, and by an entry of data/reporting.toml."""

import pandas as pd

from analysis.indicators.duties import measures_named, municipal_unnamed, reporting_schools
from analysis.indicators.school_facts import supported_schools
from analysis.rules.config import Collection, Report

COLLECTION = Collection(("УО", "ИМО"), "ОО")
PLAN = pd.DataFrame({"activity_code": ["1.1", "1.2", "1.2"], "measure_number": [1, 1, 2], "calendar_year": 2021})
PLAN = PLAN.assign(source_file="plan")
EXECUTORS = pd.DataFrame({"activity_code": ["1.1", "1.2"], "executor_name": ["УО", "УО"], "source_file": "plan"})
STATUS = pd.DataFrame({"school_login": ["edu1"], "school_year": ["2020/21"], "status": ["ШНОР"]})


def _asked(reporter, *reporting):
    mine = measures_named(PLAN, EXECUTORS, STATUS, COLLECTION, reporting, reporter)
    return list(zip(mine["activity_code"], mine["measure_number"], strict=True))


def test_only_those_whom_the_document_names_are_asked():
    assert _asked("УО") == [("1.1", 1), ("1.2", 1), ("1.2", 2)]
    assert _asked("ИМО") == _asked("edu1") == []


def test_an_entry_adds_its_measure_to_the_form_of_whom_it_names():
    to_unit = Report("1.2", 2, ("ИМО",), "city", None, "приказ", "аналитик")
    to_schools = Report("1.1", 1, ("ОО",), "school", 1, "приказ", "аналитик")
    assert _asked("ИМО", to_unit) == [("1.2", 2)]
    assert _asked("edu1", to_schools) == [("1.1", 1)]
    assert (municipal_unnamed(EXECUTORS, COLLECTION), municipal_unnamed(EXECUTORS, COLLECTION, [to_unit])) == (
        ["ИМО"],
        [],
    )
    assert _asked("edu2", to_schools) == [], "a school that is not supported is not asked"


def test_a_school_that_became_part_of_another_is_asked_for_the_years_that_ended_before():
    ended = STATUS.assign(last_report_year=pd.array([2020], "Int64"))
    assert [supported_schools(ended, year) for year in (2020, 2021)] == [["edu1"], []]
    schools = pd.DataFrame({"school_login": ["edu1", "edu2"]})
    mergers = pd.DataFrame({"school_login": ["edu1"], "last_report_year": pd.array([2020], "Int64")})
    tables = {"schools": schools, "school_mergers": mergers}
    asked = [list(reporting_schools(tables, year)["school_login"]) for year in (2020, 2021)]
    assert asked == [["edu1", "edu2"], ["edu2"]]
    assert len(reporting_schools({"schools": schools}, 2021)) == 2
