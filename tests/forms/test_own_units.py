"""A measure is asked for in its own unit, and its fact is compared as what it is."""

from datetime import date

import pandas as pd
import pytest

from analysis.cleaning.returns import clean_form
from analysis.contracts.facts import EVIDENCE, EXECUTION, form_identity
from analysis.contracts.findings import Severity
from analysis.forms.collect import form_bytes, how_to_fill_kinds
from analysis.indicators.execution import Duty, Told, facts_by_reporter, goal_of, plan_against_fact, status, told
from analysis.intake.workbook import read_returned, read_workbook
from analysis.presentation.shares import fact_words, in_percent

KINDS = {("1.1", 1): "share", ("1.2", 1): "state", ("1.3", 1): "document", ("1.4", 1): "count"}
MEASURES = {code: (code, number) for code, number in KINDS}
DAY = date(2024, 5, 20)
ALL = {"whole_count", "state_fact", "evidence_title"}


def read(rows, evidence=(), asked=ALL):
    """A form filled in by column, written and read again."""
    sheets = []
    for layout, lines in ((EXECUTION.asking_for(asked), rows), (EVIDENCE.asking_for(asked), evidence)):
        names = [column.name for column in layout.columns]
        sheets.append((layout, [[line.get(name, "") for name in names] for line in lines], {}))
    content = form_bytes(["Форма"], sheets, form_identity("form", "город", 2024, "УО"), DAY)
    returned = read_returned(read_workbook(content, "f.xlsx"), "f.xlsx")
    found = clean_form(returned, MEASURES, (), date(2025, 1, 20), KINDS)
    return {line[3]: line[6:8] for line in found.rows["reports"]}, found


def fact(code, **cells):
    return {"measure_label": code, "fact_date": DAY, **cells}


def test_a_sheet_has_a_column_only_where_something_is_measured_so():
    assert EXECUTION.asking_for({"", "evidence_title"}) is EXECUTION
    titles = [column.title for column in EXECUTION.asking_for(ALL).columns]
    assert titles[4:7] == ["Факт", "Из скольких", "Да или нет"]
    assert [column.title for column in EVIDENCE.asking_for(ALL).columns][2] == "Название документа"
    assert len(list(how_to_fill_kinds([{"measure_kind": "share"}, {"measure_kind": "count"}]))) == 1


def test_each_kind_is_read_as_it_was_asked():
    rows = [fact("1.1", fact_count=45, whole_count=60), fact("1.2", state_fact="нет"), fact("1.3"),
            fact("1.4", fact_count=2)]  # fmt: skip
    document = {"measure_label": "1.3", "evidence_kind": "приказ", "evidence_title": "О штабе", "evidence_number": "5",
                "evidence_date": DAY}  # fmt: skip
    reports, found = read(rows, [document])
    assert reports == {"1.1": (60, 45), "1.2": (None, 0), "1.3": (None, 1), "1.4": (None, 2)}
    ((*_, title, kind, number, _, _, confirmed),) = found.rows["evidence"]
    assert (title, kind, number, confirmed) == ("О штабе", "приказ", "5", 1)
    assert [one.place for one in found.findings if one.severity is Severity.BLOCKS] == []


def test_a_form_without_these_columns_is_read_as_before():
    reports, found = read([fact("1.1", fact_count=75), fact("1.4", fact_count=2)], asked=())
    assert reports == {"1.1": (None, 75), "1.4": (None, 2)}
    assert {one.rule for one in found.findings} == {"evidence"}


@pytest.mark.parametrize(("cells", "read_as", "severity", "said"), [
    ({"fact_count": 61, "whole_count": 60}, (None, None), Severity.BLOCKS, "Часть больше целого."),
    ({"fact_count": 45}, (None, None), Severity.ATTENTION, "У доли названа только часть"),
    ({"whole_count": 60}, (None, None), Severity.ATTENTION, "У доли названо только целое"),
    ({"fact_count": 0, "whole_count": 0}, (0, 0), Severity.NOTE, "сравнивать с планом нечего"),
])  # fmt: skip
def test_both_numbers_of_a_share_must_go_together(cells, read_as, severity, said):
    reports, found = read([fact("1.1", **cells)])
    assert reports == {"1.1": read_as}
    (finding,) = (one for one in found.findings if one.rule == "value")
    assert finding.severity is severity
    assert said in finding.explanation
    assert "ячейка F2" in finding.place


def test_an_answer_in_a_place_that_does_not_ask_is_named():
    reports, found = read([fact("1.4", fact_count=2, whole_count=3), fact("1.2", state_fact="может быть")])
    assert reports == {"1.4": (None, 2), "1.2": (None, None)}
    said = [(one.severity, one.place) for one in found.findings if one.rule == "value"]
    assert said == [
        (Severity.ATTENTION, "лист Исполнение, ячейка F2"), (Severity.BLOCKS, "лист Исполнение, ячейка G3"),
    ]  # fmt: skip


def share(reported, of, accepted, **changed):
    return {
        "measure_kind": "share", "reported_count": reported, "accepted_count": accepted, "reported_whole_count": of,
        "waiting_count": 0, "returned_count": 0, "comparator": "≥", "better": "more", "target_low": 72.5,
        "target_high": None, "target_count": 73, **changed,
    }  # fmt: skip


def judged(row):
    return status(goal_of(row), told(row), DAY, DAY, row["better"] == "less")


def test_a_share_is_compared_as_a_share_with_the_bound_as_written():
    assert told(share(45, 60, 30)) == Told(75, 50, 0, 0)
    assert judged(share(29, 40, 29)) == "выполнено", "72,5 % is reached, though 73 is not"
    assert judged(share(45, 60, 30)) == "выполнено частично"
    assert judged(share(0, 0, 0)) == "нет сведений"
    less = {"better": "less", "comparator": "≤", "target_low": None, "target_high": 20.0, "target_count": 20}
    assert judged(share(9, 50, 9, **less)) == "выполнено"
    assert judged(share(11, 50, 11, **less)) == "не выполнено"
    assert judged(share(75, None, 75)) == "выполнено", "an old form reports percent"


def test_parts_and_wholes_of_several_reporters_are_added():
    columns = ["activity_code", "measure_number", "calendar_year", "reporter", "whole_count", "fact_count"]
    reports = pd.DataFrame([("1.1", 1, 2024, who, of, part) for who, of, part in (("a", 20, 5), ("b", 30, 20))],
                           columns=columns).astype({"whole_count": "Int64", "fact_count": "Int64"})  # fmt: skip
    evidence = pd.DataFrame(columns=["evidence_id", *columns[:4], "confirmed_count"]).astype(
        {"confirmed_count": "int64"}
    )
    facts = facts_by_reporter(reports, evidence, pd.DataFrame(columns=["evidence_id", "verdict"]))
    plan = pd.DataFrame([("1.1", 1, 2024, "share")], columns=[*columns[:3], "measure_kind"])
    duties = [Duty("1.1", 1, 2024, who, None) for who in ("a", "b")]
    row = plan_against_fact(plan, duties, facts).iloc[0]
    assert (row["reported_count"], row["reported_whole_count"]) == (25, 50)
    with_percent = facts.assign(reported_whole_count=pd.array([20, None], "Int64"))
    assert pd.isna(plan_against_fact(plan, duties, with_percent).iloc[0]["reported_whole_count"])


def test_a_share_is_told_with_its_numbers_and_interval_where_it_counts_few():
    said = fact_words(share(15, 50, 10), "reported_count").replace("\N{NO-BREAK SPACE}", " ")
    assert said == "30 % (15 из 50; 95 %: 19–44 %)"
    assert fact_words(share(150, 200, 30), "reported_count").replace("\N{NO-BREAK SPACE}", " ") == "75 % (150 из 200)"
    assert fact_words(share(0, 0, 0), "reported_count") == "0 из 0: сравнивать не с чем"
    assert fact_words(share(None, 8, None), "reported_count") == "скрыто"
    assert fact_words({**share(1, None, 1), "measure_kind": "state"}, "reported_count") == "да"
    assert in_percent(share(45, 60, 30))["reported_count"] == 75
