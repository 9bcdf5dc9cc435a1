"""What the facts leave open: whose numbers may be compared with whose, and who is asked at all."""

import pandas as pd
import pytest

from analysis.indicators.execution import Duty
from analysis.pipeline.unsettled_facts import differing_confirmations, unanswered_measures, unnamed_reporters
from analysis.rules.config import Collection, Report

PLAN = pd.DataFrame({"activity_code": ["3.6"], "measure_number": [1], "measure_label": ["3.6"]})
SCHOOLS = {f"edu{number}": f"Школа № {number}" for number in (1, 2, 3)}
OF_CITY = [Duty("3.6", 1, 2021, "УО", 4)]
OF_SCHOOLS = [Duty("3.6", 1, 2021, login, 2) for login in SCHOOLS]
SHARES = [Report("3.6", 1, ("ОО",), "school", 2, "приказ", "аналитик")]
EACH_TWO = dict.fromkeys(SCHOOLS, 2)


def _differing(duties, told, reporting=()):
    """The explanations of the findings, by the file they point to."""
    rows = [(who, count, f"{who}.xlsx", "ячейка E5") for who, count in told.items()]
    reports = pd.DataFrame(rows, columns=["reporter", "fact_count", "source_file", "place"])
    reports = reports.assign(activity_code="3.6", measure_number=1, calendar_year=2021)
    reports["fact_count"] = reports["fact_count"].astype("Int64")
    found = differing_confirmations(duties, reports, PLAN, SCHOOLS, reporting)
    assert {one.rule for one in found} <= {"confirmation"}
    return {one.file: (one.value, one.explanation) for one in found}


def test_a_co_executor_of_the_city_counts_what_the_city_does():
    said = "3.6 за 2021 год: ИМО сообщает 3, а засчитан факт 5 (УО.xlsx: ячейка E5)."
    assert _differing(OF_CITY, {"УО": 5, "ИМО": 3}) == {"ИМО.xlsx": ("3", said)}
    assert _differing(OF_CITY, {"УО": 5, "ИМО": 5}) == {}


def test_a_schools_own_number_is_a_part_and_no_other_version_of_the_citys():
    assert _differing(OF_CITY, {"УО": 4, **EACH_TWO}) == {}
    only_one = [Duty("3.6", 1, 2021, "edu1", None)]
    assert _differing(only_one, {"УО": 4, "edu1": 2}) == {}, "no document says that both count the same"


def test_where_each_school_has_its_share_their_sum_is_compared_with_the_city_once():
    said = (
        "3.6 за 2021 год: УО сообщает 4, а школы, у каждой из которых своя доля, вместе — 6 "
        "(Школа № 1 — 2, Школа № 2 — 2, Школа № 3 — 2)."
    )
    assert _differing(OF_SCHOOLS, {"УО": 4, **EACH_TWO}, SHARES) == {"УО.xlsx": ("4", said)}
    assert _differing(OF_SCHOOLS, {"УО": 6, **EACH_TWO}, SHARES) == {}


@pytest.mark.parametrize("silent", [{"edu3": None}, {}])
def test_of_a_part_of_the_schools_nothing_is_said(silent):
    assert _differing(OF_SCHOOLS, {"УО": 4, "edu1": 2, "edu2": 2, **silent}, SHARES) == {}


EXECUTORS = pd.DataFrame(
    [("1.1", 1, "УО"), ("1.1", 2, "ОО"), ("1.2", 1, "Центр"), ("1.3", 1, "Центр"), ("1.4", 2, "Центр")],
    columns=["activity_code", "executor_number", "executor_name"],
).assign(source_file="data/raw/r.txt", place=[f"строка {number}, ячейка 8" for number in range(5)])


def test_an_executor_named_first_that_sends_no_form_is_asked_about_once():
    (finding,) = unanswered_measures(EXECUTORS, Collection(("УО",), "ОО"), ())
    assert (finding.value, finding.places) == ("Центр", ("строка 2, ячейка 8", "строка 3, ячейка 8"))
    assert "за 1.2, 1.3 никто не отвечает" in finding.explanation
    assert unanswered_measures(EXECUTORS, Collection(("УО", "Центр"), "ОО"), ()) == []


def test_a_name_of_the_collection_that_the_roadmap_does_not_know_is_told_whom_it_names():
    found = unnamed_reporters(EXECUTORS, Collection(("УО", "ИМО"), "школы"), ())
    assert [(one.file, one.place, one.value) for one in found] == [
        ("project.toml", "[collection], ключ municipal", "ИМО"),
        ("project.toml", "[collection], ключ schools", "школы"),
    ]
    assert found[0].explanation.endswith("Она называет: «УО», «ОО», «Центр».")
    given = [Report("1.1", 1, ("ИМО",), "city", None, "приказ", "аналитик")]
    assert unnamed_reporters(EXECUTORS, Collection(("УО", "ИМО"), "ОО"), given) == [], "an entry gives it a measure"
