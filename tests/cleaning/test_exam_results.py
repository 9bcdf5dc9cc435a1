"""What exports say becomes results; doubtful rows are set aside with their address and nothing is lost."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.exam_results import Frame, ReadExport, clean_export, merge_exports, merge_results
from analysis.cleaning.names import directory
from analysis.contracts.columns import typed_table
from analysis.contracts.dictionary import violations
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.contracts.findings import Severity
from analysis.intake.exports.cells import ExamCounts
from analysis.rules.config import Collection, Source
from analysis.rules.office_files import Merger, load_calendar
from roadmaps import HOUSE

SCHOOLS = pd.DataFrame(
    [("edu260001", "9306", "26", "СОШ № 1", None, "Первая"), ("edu260002", "9307", "26", "Лицей № 2", None, None)],
    columns=["school_login", "code_oo", "code_msu", "school_name", "full_name", "aliases"],
    dtype="str",
)
FRAME = Frame(
    load_calendar(HOUSE),
    directory(SCHOOLS, ["город Примерск"]),
    [2021, 2022],
    Collection(("УО",), "ОО", ((2021, date(2022, 2, 1)), (2022, date(2023, 2, 1)))),
    {("ЕГЭ", 2022, "Физика"): 36},
)
SOURCE = Source("data/raw/2022/export_1.xlsx", "", "", date(2022, 11, 1), "0", "", "export")
VPR = ExamCounts(
    "лист 1, строка 5", "ВПР", "Русский язык", 2022, 6, "отметка", school_login="edu260001",
    participant_count=24, mark_2_count=2, mark_3_count=8, mark_4_count=10, mark_5_count=4,
)  # fmt: skip
OGE = replace(VPR, procedure="ОГЭ", subject="Физика", named_grade=9, school_login="", code_oo="9306", code_msu="26")
EGE = ExamCounts(
    "лист 1, строка 9", "ЕГЭ", "Физика", 2022, 11, "100 баллов", school_login="edu260001", participant_count=5,
    below_minimum_count=1, mean_score=70.0, high_score_count=2, full_score_count=1, minimum_score=36,
)  # fmt: skip


def clean(*counts, **source):
    return clean_export(ReadExport(replace(SOURCE, **source), counts), FRAME)


def only_finding(rows, rule):
    (finding,) = rows.findings
    assert (finding.rule, finding.severity) == (rule, Severity.ATTENTION)
    return finding


def test_results_meet_their_contract():
    both = [*clean(OGE, EGE).results, *clean(VPR, wave="осень").results]
    assert not violations({"results": typed_table(SCHOOL_FACT_TABLES["results"], both)}, SCHOOL_FACT_TABLES)
    keys = [
        (row["procedure"], row["programme_grade"], row["sitting_grade"], row["wave"], row["school_year"])
        for row in both
    ]
    assert keys == [
        ("ОГЭ", 9, 9, "основная", "2021/22"),
        ("ЕГЭ", 11, 11, "основная", "2021/22"),
        ("ВПР", 5, 6, "осень", "2022/23"),
    ]
    assert {row["origin"] for row in both} == {"выгрузка"}


def test_two_waves_ask_which_one():
    rows = clean(VPR)
    assert not rows.results
    assert 'wave = "весна"' in only_finding(rows, "quarantine").action
    assert rows.quarantine[0]["why"].startswith("Календарь знает несколько волн")


def test_grade_that_only_one_wave_has_leaves_no_choice():
    assert clean(replace(VPR, named_grade=9)).results[0]["wave"] == "осень"


@pytest.mark.parametrize(
    ("changes", "source", "why"),
    [
        ({"subject": "Литература", "named_grade": 5}, {}, "Календарь процедур такого не знает"),
        ({"named_grade": 3}, {}, "Календарь процедур такого не знает"),
        (
            {"calendar_year": 2021, "named_grade": 5},
            {"file": "data/raw/2021/a.xlsx", "wave": "осень", "received": date(2021, 6, 1)},
            "Календарь",
        ),
        ({"fault": "проценты не сводятся к целым числам участников (2 — 12,5 %)"}, {}, "Проценты не сводятся"),
        ({"calendar_year": None}, {"file": "data/raw/a.xlsx"}, "Год в файле не назван"),
        ({"school_login": ""}, {}, "Школа не опознана"),
    ],
)
def test_what_is_set_aside(changes, source, why):
    rows = clean(replace(VPR, **changes), **source)
    assert not rows.results
    only_finding(rows, "quarantine")
    assert rows.quarantine[0]["why"].startswith(why)
    assert "12,5" not in rows.quarantine[0]["why"]
    table = typed_table(SCHOOL_FACT_TABLES["quarantine"], rows.quarantine)
    assert not violations({"quarantine": table}, SCHOOL_FACT_TABLES)


def test_unknown_school_is_offered_neighbours_and_set_aside():
    rows = clean(replace(OGE, code_oo="9399"))
    finding = only_finding(rows, "school")
    assert "«СОШ № 1» (edu260001)" in finding.explanation
    assert finding.value == "код 9399"
    assert [row["why"] for row in rows.quarantine] == ["Школа не опознана"]


def test_other_towns_are_counted_once():
    rows = clean(OGE, replace(OGE, code_msu="27"), replace(OGE, code_msu="28", place="строка 7"))
    assert len(rows.results) == 1
    assert [(one.rule, one.severity, one.explanation[:34]) for one in rows.findings] == [
        ("other_schools", Severity.NOTE, "Строк других муниципалитетов: 2; о")
    ]
    assert not rows.quarantine


def test_the_row_of_the_whole_town_is_no_school():
    rows = clean(OGE, replace(OGE, code_oo="", code_msu="", school_name="Примерск", place="строка 7"))
    assert len(rows.results) == 1
    assert [(one.rule, one.severity) for one in rows.findings] == [("other_schools", Severity.NOTE)]


def test_file_with_none_of_our_schools():
    assert "Ни одной строки" in only_finding(clean(replace(OGE, code_msu="27")), "other_schools").explanation


def test_file_of_another_year():
    rows = clean(OGE, file="data/raw/2021/a.xlsx")
    assert not rows.results
    assert "в нём 2022 год, а лежит он в 2021" in only_finding(rows, "quarantine").explanation


def test_late_export_does_not_count():
    rows = clean(OGE, received=date(2023, 3, 1))
    assert (rows.results, rows.quarantine) == ((), ())
    only_finding(rows, "late")


def test_school_under_two_names():
    first = replace(EGE, school_login="", school_name="СОШ № 1", place="строка 5")
    alike = clean(first, replace(first, school_name="Первая", place="строка 8"))
    assert len(alike.results) == 1
    assert only_finding(alike, "pasted_twice").value == "СОШ № 1 / Первая"
    differs = clean(first, replace(first, school_name="Первая", place="строка 8", participant_count=6))
    assert not differs.results
    assert only_finding(differs, "quarantine").places == ("строка 5", "строка 8")
    assert len(differs.quarantine) == 2


def test_minimum_that_was_not_known_says_nothing():
    kept = clean(EGE, kind="counts")
    assert (kept.results[0]["below_minimum_count"], kept.findings) == (1, ())
    for counts in (replace(EGE, minimum_score=40), replace(EGE, minimum_score=None, subject="Химия")):
        rows = clean(counts, kind="counts")
        assert rows.results[0]["below_minimum_count"] is None
        only_finding(rows, "minimum_score")


@pytest.mark.parametrize(
    "changes",
    [
        {"high_score_count": 5},
        {"mean_score": 5.0, "high_score_count": 2},
        {"participant_count": 0, **dict.fromkeys(("below_minimum_count", "high_score_count", "full_score_count"), 0)},
    ],
)
def test_scores_that_cannot_be(changes):
    rows = clean(replace(EGE, **changes))
    assert not rows.results
    only_finding(rows, "quarantine")


def test_two_exports_that_differ_are_both_set_aside():
    one, other = clean(OGE), clean(replace(OGE, mark_2_count=1, mark_3_count=9), file="data/raw/2022/b.xlsx")
    assert len(merge_exports([one, one]).results) == 1
    merged = merge_exports([one, other])
    assert not merged.results
    assert [finding.file for finding in merged.findings] == ["data/raw/2022/export_1.xlsx", "data/raw/2022/b.xlsx"]
    assert "replaces" in merged.findings[0].action


def test_of_two_exports_that_agree_the_one_that_says_most_stands():
    short = clean(VPR, wave="осень")
    pupils = replace(VPR, journal_lower_count=6, journal_same_count=15, journal_higher_count=3)
    long = clean(pupils, wave="осень", file="data/raw/2022/counts_1.csv", kind="counts")
    for order in ([short, long], [long, short]):
        merged = merge_exports(order)
        assert merged.results == long.results
        assert (merged.quarantine, merged.findings) == ((), ())


def test_export_goes_before_the_form_and_the_difference_is_shown():
    (export,) = clean(OGE).results
    form = {**export, "origin": "форма", "source_file": "data/raw/2022/form.xlsx", "place": "лист Результаты, строка 7"}
    other = {**form, "school_login": "edu260002"}
    assert merge_results([form, other], [export]) == ([other, export], [])
    kept, (finding,) = merge_results([{**form, "mark_2_count": 0, "mark_3_count": 10}], [export])
    assert kept == [export]
    assert (finding.rule, finding.severity, finding.file) == (
        "two_sources",
        Severity.ATTENTION,
        "data/raw/2022/form.xlsx",
    )
    assert "Форма: участников — 24, «2» — 0, «3» — 10" in finding.explanation
    assert "участников — 24, «2» — 2, «3» — 8" in finding.explanation


def test_what_the_export_leaves_out_is_no_difference():
    (export,) = clean(replace(EGE, below_minimum_count=None)).results
    form = {**export, "origin": "форма", "below_minimum_count": 1, "mean_score": 70.04}
    assert merge_results([form], [export])[1] == []


def test_results_of_a_time_when_the_school_was_part_of_another_are_set_aside():
    frame = replace(FRAME, mergers={"edu260001": Merger("edu260001", "edu260002", date(2022, 9, 1), "приказ", "УО")})
    spring, rows = (
        clean_export(ReadExport(replace(SOURCE, wave=wave), (one,)), frame) for wave, one in (("", OGE), ("осень", VPR))
    )
    assert len(spring.results) == 1, "held in spring, before the merger"
    assert rows.results == ()
    (aside,) = rows.quarantine
    assert (aside["school_login"], aside["why"]) == ("edu260001", "Школы в это время уже не было")
    assert "edu260002" in only_finding(rows, "quarantine").action
