"""The signed roadmap of 2020–2022, read cell by cell against what a person reads in it."""

from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.contracts.findings import Severity, full_text
from roadmaps import SIGNED_LINES, executors_of, targets_of, unaccounted

GOLDEN = Path(__file__).parent / "golden/findings.txt"

# Written out by hand from the document: total, the three years, reading, what the reading rests on.
MEASURES = """
1.1/1   =2   2  2  2   annual annual
1.2/1   =1   0  1  0   flow sum
1.3/1   =2   2  2  2   annual annual
1.4/1   =4   0  2  2   flow sum
2.1/1   ≥1   1  0  0   flow sum
2.2/1   ≥1   0  1  0   flow sum
2.3/1   =4   0  2  2   flow sum
3.1/1   =2   2  0  0   flow sum
3.3/1   =4   0  2  2   flow sum
3.5/1   =1   0  1  1   contradiction unsettled
4.1/1   =1   0  1  1   contradiction unsettled
4.1/2   =4   0  2  2   flow sum
4.3/1   =2   0  1  1   flow sum
4.4/1   =1   0  1  0   flow sum
4.5/1   =1   -  1  1   annual yearly_words
4.7/1   ≥1   0  1  1   both_possible unsettled
4.8/1   =2   0  1  1   flow sum
4.9/1   =10  10 10 10  annual annual
4.10/1  =3   1  1  1   flow sum
4.11/1  ≥4   0  2  2   flow sum
4.12/1  =4   0  2  2   flow sum
"""
EXPECTED = [line.split() for line in MEASURES.strip().splitlines()]
EXECUTORS = {
    "1.1": ["УО", "ИМО"],
    "1.2": ["ИМО"],
    "1.3": ["ОО"],
    "1.4": ["УО", "ИМО", "ОО"],
    "2.1": ["УО", "ИМО"],
    "2.2": ["УО", "ИМО"],
    "2.3": ["УО", "ИМО", "ОО"],
    "3.1": ["ОО"],
    "3.3": ["ИМО"],
    "3.5": ["ИМО"],
    "4.1": ["ИМО", "муниципальные тьюторы"],
    "4.3": ["ИМО"],
    "4.4": ["ИМО"],
    "4.5": ["ИМО", "тьюторы"],
    "4.7": ["УО", "ИМО", "ОО"],
    "4.8": ["ИМО", "ОО"],
    "4.9": ["ИМО", "руководители ГМО", "тьюторы"],
    "4.10": ["ИМО", "ОО"],
    "4.11": ["ИМО"],
    "4.12": ["ИМО"],
}


def _measures(signed) -> pd.DataFrame:
    frame = signed.tables["measures"]
    return frame.set_index(frame["activity_code"] + "/" + frame["measure_number"].astype(str))


def test_totals_with_their_comparator(signed):
    measures = _measures(signed)
    read = [f"{row.comparator}{row.planned_total_count}" for row in measures.itertuples()]
    assert list(zip(measures.index, read, strict=True)) == [(line[0], line[1]) for line in EXPECTED]


def test_targets_of_every_measure_and_year(signed):
    by_hand = {line[0]: [None if text == "-" else int(text) for text in line[2:5]] for line in EXPECTED}
    assert targets_of(signed) == by_hand
    assert list(signed.tables["targets"]["calendar_year"]) == [2020, 2021, 2022] * 21


def test_readings_and_what_they_rest_on(signed):
    measures = _measures(signed)
    read = zip(measures.index, measures["reading"], measures["reading_basis"], strict=True)
    assert list(read) == [(line[0], line[5], line[6]) for line in EXPECTED]


def test_only_a_total_with_several_values_splits_a_name(signed):
    names = _measures(signed)["measure_name"]
    assert names["4.1/1"] == "Пакет инструментов"
    assert names["4.1/2"] == "аналитические справки"
    assert names["2.1/1"] == "Приказ начальника УО, перечень ОО"
    assert names["4.9/1"] == "План школьных ПОС, ИПРП педагогов"


def test_executors_in_the_order_named(signed):
    assert executors_of(signed) == EXECUTORS


def test_deadlines_stand_where_something_is_planned(signed):
    targets = signed.tables["targets"].dropna(subset="deadline_month")
    found = list(targets[["activity_code", "calendar_year", "deadline_month"]].itertuples(index=False, name=None))
    assert found == [("1.2", 2021, 2), ("4.7", 2021, 5), ("4.7", 2022, 5)]


def test_at_least_holds_for_the_years_too(signed):
    targets = signed.tables["targets"]
    assert set(targets.loc[targets["comparator"] == "≥", "activity_code"]) == {"2.1", "2.2", "4.7", "4.11"}


def test_blank_is_not_zero(signed):
    blank = signed.tables["targets"].query("target_text == ''")
    assert list(blank["place"]) == ["строка 40, ячейка 5"]
    assert blank["target_count"].isna().all()


def test_approval(signed):
    versions = ["in_force_date", "version_basis"]
    assert signed.tables["approval"][versions].isna().all(axis=None)
    (row,) = signed.tables["approval"].drop(columns=["source_file", *versions]).itertuples(index=False, name=None)
    assert row == (
        "«Дорожная карта» разработки и реализации муниципальной программы поддержки ПНОР и ПНСУ в 2020-2022 гг.",
        "строка 12; строка 13",
        "Начальник управления образования администрации города-курорта Кисловодска",
        "С.Б. Рыбашапка",
        pd.Timestamp(2020, 8, 25),
        "строка 8",
        2020,
        2022,
    )


def test_tasks_and_codes(signed):
    activities = signed.tables["activities"]
    assert list(activities["activity_code"]) == list(EXECUTORS)
    tasks = activities.drop_duplicates("task_code")[["task_code", "task_place"]]
    assert list(tasks.itertuples(index=False, name=None)) == [
        ("1", "строка 18"),
        ("2", "строка 25"),
        ("3", "строка 31"),
        ("4", "строка 35"),
    ]
    assert activities["task_title"].str.startswith("Реализация мер, направленных на ").all()


def test_titles_are_the_words_of_the_document(signed):
    """Looked up in the file by address, so that no reader stands between."""
    assert len(signed.tables["activities"]) == 20
    for row in signed.tables["activities"].itertuples():
        number = int(row.place.removeprefix("строка "))
        assert SIGNED_LINES[number - 1].split("\t")[1] == row.activity_title


def test_every_address_leads_to_what_stands_there(signed):
    """`строка 35, ячейка 2` is line 35, second cell; nothing else may be printed as its text."""
    assert len(signed.tables["cells"]) == 197
    for cell in signed.tables["cells"].itertuples():
        line, _, number = cell.place.removeprefix("строка ").partition(", ячейка ")
        stands = SIGNED_LINES[int(line) - 1]
        assert cell.text == (stands.split("\t")[int(number) - 1] if number else stands)


def test_nothing_is_lost(signed):
    places = [
        f"строка {number}" + (f", ячейка {position}" if "\t" in line else "")
        for number, line in enumerate(SIGNED_LINES, start=1)
        for position, text in enumerate(line.split("\t"), start=1)
        if text.strip()
    ]
    assert sorted(signed.tables["cells"]["place"]) == sorted(places)
    assert unaccounted(signed, places) == []
    assert "unread" not in set(signed.tables["cells"]["role"])


def test_findings_are_those_a_person_has_read(signed):
    assert full_text(signed.findings) == GOLDEN.read_text(encoding="utf-8")


def test_counts_of_the_findings(signed):
    assert Counter(finding.rule for finding in signed.findings) == {
        "contradiction": 2,
        "both_possible": 1,
        "missing_code": 4,
        "repeated_cell": 8,
        "blank_year": 1,
        "shared_zero": 1,
        "term_variant": 7,
        "slip": 3,
        "marks_around_title": 1,
    }
    assert Severity.BLOCKS not in {finding.severity for finding in signed.findings}
