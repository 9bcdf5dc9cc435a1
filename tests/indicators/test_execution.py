"""Plan against fact, counted by hand from frames of a few lines."""

from datetime import date

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.indicators.execution import (
    Duty,
    Told,
    facts_by_reporter,
    plan_against_fact,
    reporter_results,
    status,
    with_status,
)
from analysis.indicators.plan import plan_by_year
from analysis.pipeline.unsettled_facts import percentages_alone

CUTOFFS = {2020: date(2021, 1, 31), 2021: date(2022, 1, 31), 2022: date(2023, 1, 31)}


def _reports(*rows):
    columns = ["activity_code", "measure_number", "calendar_year", "reporter", "fact_count"]
    return (
        pd.DataFrame(rows, columns=columns)
        .assign(whole_count=None)
        .astype({"fact_count": "Int64", "whole_count": "Int64", "activity_code": "str", "reporter": "str"})
    )


def _evidence(*rows):
    columns = ["evidence_id", "activity_code", "measure_number", "calendar_year", "reporter", "confirmed_count"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"evidence_id": "str", "activity_code": "str", "reporter": "str", "confirmed_count": "int64"}
        | {"measure_number": "int64", "calendar_year": "int64"}
    )


def _acceptance(*rows):
    return pd.DataFrame(rows, columns=["evidence_id", "verdict"], dtype="str")


@pytest.fixture
def plan(signed):
    return plan_by_year(signed.tables["activities"], signed.tables["measures"], signed.tables["targets"])


def _one(facts, plan, duties, label, year):
    rows = with_status(plan_against_fact(plan, duties, facts), CUTOFFS)
    assert violations({"plan_fact": rows}, INDICATOR_TABLES) == []
    return rows[(rows["measure_label"] == label) & (rows["calendar_year"] == year)].iloc[0]


def test_reported_documented_and_accepted_are_three_numbers():
    reports = _reports(("1.4", 1, 2021, "УО", 2))
    evidence = _evidence(("a", "1.4", 1, 2021, "УО", 1), ("b", "1.4", 1, 2021, "УО", 1))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято"))).iloc[0]
    assert (facts["reported_count"], facts["documented_count"], facts["accepted_count"]) == (2, 2, 1)
    assert (facts["waiting_count"], facts["returned_count"]) == (1, 0)


def test_returned_evidence_documents_nothing():
    reports = _reports(("1.4", 1, 2021, "УО", 2))
    evidence = _evidence(("a", "1.4", 1, 2021, "УО", 2))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "возвращено"))).iloc[0]
    assert (facts["reported_count"], facts["documented_count"], facts["accepted_count"]) == (2, 0, 0)


def test_evidence_confirms_a_fact_and_does_not_make_one():
    reports = _reports(("1.4", 1, 2021, "УО", 1), ("1.2", 1, 2021, "ИМО", None))
    evidence = _evidence(("a", "1.4", 1, 2021, "УО", 5), ("b", "1.2", 1, 2021, "ИМО", 1))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято"), ("b", "принято")))
    assert facts["accepted_count"].tolist()[0] == 1
    assert facts["accepted_count"].isna().tolist() == [False, True]


def test_a_missing_report_gives_bounds_and_never_a_zero(plan):
    duties = [Duty("1.3", 1, 2021, "s1", 1), Duty("1.3", 1, 2021, "s2", 1)]
    facts = facts_by_reporter(_reports(("1.3", 1, 2021, "s1", 1)), _evidence(), _acceptance())
    row = _one(facts, plan, duties, "1.3", 2021)
    assert (row["reported_count"], row["reported_lower_count"], row["reported_upper_count"]) == (1, 1, 2)
    assert (row["missing_reporter_count"], row["missing_reporters"]) == (1, "s2")


def test_nobody_reported_is_no_information(plan):
    row = _one(
        facts_by_reporter(_reports(), _evidence(), _acceptance()), plan, [Duty("1.4", 1, 2021, "УО", 2)], "1.4", 2021
    )
    assert row["status"] == "нет сведений"
    assert pd.isna(row["reported_count"])
    assert (row["reported_lower_count"], row["reported_upper_count"]) == (0, 2)


def test_a_share_that_nobody_set_leaves_the_upper_bound_open(plan):
    duties = [Duty("1.3", 1, 2021, "s1", None), Duty("1.3", 1, 2021, "s2", None)]
    facts = facts_by_reporter(_reports(("1.3", 1, 2021, "s1", 1)), _evidence(), _acceptance())
    assert pd.isna(_one(facts, plan, duties, "1.3", 2021)["reported_upper_count"])


def test_percentages_of_several_reporters_are_not_added_up(plan):
    of_shares = plan.assign(measure_kind=plan["measure_kind"].where(plan["activity_code"] != "1.3", "share"))
    duties = [Duty("1.3", 1, 2021, who, None) for who in ("s1", "s2")]
    reported = [("1.3", 1, 2021, "s1", 85), ("1.3", 1, 2021, "s2", 92)]
    both = facts_by_reporter(_reports(*reported), _evidence(), _acceptance())
    row = _one(both, of_shares, duties, "1.3", 2021)
    assert row[["reported_count", "reported_lower_count", "accepted_count"]].isna().all()
    assert row["status"] == "нет сведений"
    alone = facts_by_reporter(_reports(reported[0]), _evidence(), _acceptance())
    assert _one(alone, of_shares, duties[:1], "1.3", 2021)["reported_count"] == 85
    (said,) = percentages_alone(_reports(*reported).assign(source_file="form.xlsx", place=["E4", "E5"]), of_shares)
    assert (said.places, said.value) == (("form.xlsx: E4", "form.xlsx: E5"), "85; 92")
    assert percentages_alone(_reports(*reported).assign(source_file="form.xlsx", place="E4"), plan) == []


def test_three_reporters_of_one_protocol_do_not_count_three_times(plan):
    """1.4 names УО, ИМО, ОО; the fact is that of УО alone."""
    reports = _reports(*(("1.4", 1, 2021, who, 2) for who in ("УО", "ИМО", "s1")))
    row = _one(
        facts_by_reporter(reports, _evidence(), _acceptance()), plan, [Duty("1.4", 1, 2021, "УО", 2)], "1.4", 2021
    )
    assert row["reported_count"] == 2


def test_an_open_total_gets_both_statuses(plan):
    """3.5: 1 against 0, 1, 1. One accepted in 2021, none in 2022: the sum is short by 2022, the level too."""
    duties = [Duty("3.5", 1, year, "ИМО", 1) for year in (2020, 2021, 2022)]
    reports = _reports(*(("3.5", 1, year, "ИМО", count) for year, count in ((2020, 0), (2021, 0), (2022, 1))))
    evidence = _evidence(("a", "3.5", 1, 2022, "ИМО", 1))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято")))
    row = _one(facts, plan, duties, "3.5", 2022)
    assert (row["status_flow"], row["status_annual"]) == ("выполнено частично", "выполнено")
    assert row["accepted_flow_count"] == 1


@pytest.mark.parametrize(
    ("target", "known", "deadline", "said"),
    [
        (None, Told(1, 1, 0, 0), date(2021, 12, 31), "план не указан"),
        (0, Told(1, 1, 0, 0), date(2021, 12, 31), "не планировалось"),
        (2, Told(None, None, 0, 0), date(2021, 12, 31), "нет сведений"),
        (2, Told(2, 2, 3, 0), date(2021, 12, 31), "выполнено"),
        (2, Told(2, 1, 1, 0), date(2021, 12, 31), "на рассмотрении"),
        (2, Told(2, 0, 1, 0), date(2021, 12, 31), "на рассмотрении"),
        (2, Told(2, 1, 0, 0), date(2021, 12, 31), "выполнено частично"),
        (2, Told(2, 0, 0, 0), date(2021, 12, 31), "сообщено, документов нет"),
        (2, Told(3, 0, 0, 0), date(2022, 5, 31), "сообщено, документов нет"),
        (2, Told(2, 0, 0, 1), date(2021, 12, 31), "не выполнено"),
        (2, Told(1, 0, 0, 0), date(2021, 12, 31), "не выполнено"),
        (2, Told(0, 0, 0, 0), date(2022, 5, 31), "срок не наступил"),
        (2, Told(2, 0, 0, 1), date(2022, 5, 31), "срок не наступил"),
    ],
)
def test_status_at_the_cutoff(target, known, deadline, said):
    assert status(target, known, deadline, date(2022, 1, 31)) == said


@pytest.mark.parametrize(
    ("known", "deadline", "said"),
    [
        (Told(18, 18, 0, 0), date(2021, 12, 31), "выполнено"),
        (Told(20, 20, 0, 0), date(2021, 12, 31), "выполнено"),
        (Told(0, 0, 0, 0), date(2021, 12, 31), "выполнено"),
        (Told(21, 21, 0, 0), date(2021, 12, 31), "не выполнено"),
        (Told(21, 21, 0, 0), date(2022, 2, 28), "срок не наступил"),
        (Told(18, 5, 1, 0), date(2021, 12, 31), "на рассмотрении"),
        (Told(18, 5, 0, 1), date(2021, 12, 31), "выполнено частично"),
        (Told(18, 0, 0, 0), date(2021, 12, 31), "сообщено, документов нет"),
        (Told(None, None, 0, 0), date(2021, 12, 31), "нет сведений"),
    ],
)
def test_at_most_is_met_by_what_does_not_exceed_it(known, deadline, said):
    assert status(20, known, deadline, CUTOFFS[2021], at_most=True) == said
    assert status(0, Told(0, 0, 0, 0), deadline, CUTOFFS[2021], at_most=True) == "выполнено"


@pytest.mark.parametrize("mark", ["не планируется", "не применимо"])
def test_a_dash_is_no_blank(plan, mark):
    """1.2 plans one in 2021; a dash there plans nothing, and what is not stated stays open."""
    here = (plan["activity_code"] == "1.2") & (plan["calendar_year"] == 2021)
    for said, state in ((mark, "не планировалось"), ("не указано", "план не указан")):
        names = ["target_count", "target_low", "target_high", "cumulative_annual_count", "cumulative_flow_count"]
        marked = plan.assign(**{name: plan[name].mask(here) for name in names}, target_mark=plan["target_mark"])
        marked.loc[here, "target_mark"] = said
        rows = with_status(
            plan_against_fact(marked, [], facts_by_reporter(_reports(), _evidence(), _acceptance())), CUTOFFS
        )
        assert rows.loc[here, "status"].tolist() == [state]


def test_reported_in_full_without_any_document_is_a_state_of_its_own(plan):
    """1.4: 0, 2, 2. Both years are reported in full; the only document of 2022 makes the sum partly accepted."""
    duties = [Duty("1.4", 1, year, "УО", 2) for year in (2020, 2021, 2022)]
    reports = _reports(*(("1.4", 1, year, "УО", count) for year, count in ((2020, 0), (2021, 2), (2022, 2))))
    evidence = _evidence(("a", "1.4", 1, 2022, "УО", 2))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято")))
    rows = [_one(facts, plan, duties, "1.4", year) for year in (2021, 2022)]
    assert [(row["status"], row["status_flow"]) for row in rows] == [
        ("сообщено, документов нет", "сообщено, документов нет"),
        ("выполнено", "выполнено частично"),
    ]


@pytest.mark.parametrize(
    ("earlier", "verdict", "to_date"),
    [
        ("2021", None, "на рассмотрении"),
        ("2021", "возвращено", "не выполнено"),
        ("", None, "сообщено, документов нет"),
    ],
)
def test_to_date_the_evidence_of_the_earlier_years_counts(plan, earlier, verdict, to_date):
    """1.4: 0, 2, 2, each year reported in full; one document of 2021 waits, was sent back, or was never named."""
    duties = [Duty("1.4", 1, year, "УО", 2) for year in (2021, 2022)]
    evidence = _evidence(*([("a", "1.4", 1, 2021, "УО", 2)] if earlier else []))
    verdicts = _acceptance(*([("a", verdict)] if verdict else []))
    facts = facts_by_reporter(_reports(*(("1.4", 1, year, "УО", 2) for year in (2021, 2022))), evidence, verdicts)
    row = _one(facts, plan, duties, "1.4", 2022)
    assert (row["status"], row["status_flow"]) == ("сообщено, документов нет", to_date)


@pytest.mark.parametrize(("second", "said"), [(1, "сообщено, документов нет"), (0, "не выполнено")])
def test_the_sum_of_the_schools_is_what_was_reported(plan, second, said):
    duties = [Duty("1.3", 1, 2021, login, 1) for login in ("s1", "s2")]
    reports = _reports(("1.3", 1, 2021, "s1", 1), ("1.3", 1, 2021, "s2", second))
    row = _one(facts_by_reporter(reports, _evidence(), _acceptance()), plan, duties, "1.3", 2021)
    assert row["status"] == said


def test_reporters_are_counted_over_their_measures():
    duties = [Duty("1.3", 1, 2021, "s1", 1), Duty("1.4", 1, 2021, "s1", 1), Duty("1.3", 1, 2021, "s2", 1)]
    reports = _reports(("1.3", 1, 2021, "s1", 1), ("1.4", 1, 2021, "s1", 2))
    evidence = _evidence(("a", "1.3", 1, 2021, "s1", 1), ("b", "1.4", 1, 2021, "s1", 1))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято"), ("b", "принято")))
    results = reporter_results(duties, facts)
    assert violations({"reporter_results": results}, INDICATOR_TABLES) == []
    assert results.to_numpy().tolist() == [[2021, "s1", 2, 2, 1, 1], [2021, "s2", 1, 0, 0, 0]]


def test_a_year_without_a_report_makes_the_sum_a_lower_bound(plan):
    """1.4: 0, 2, 2. Nobody reported 2021; 2 accepted in 2022 are at least 2 of 4, and what is missing may be there."""
    duties = [Duty("1.4", 1, year, "УО", 2) for year in (2021, 2022)]
    reports, evidence = _reports(("1.4", 1, 2022, "УО", 2)), _evidence(("a", "1.4", 1, 2022, "УО", 2))
    facts = facts_by_reporter(reports, evidence, _acceptance(("a", "принято")))
    row = _one(facts, plan, duties, "1.4", 2022)
    assert (row["accepted_flow_count"], row["unknown_year_count"]) == (2, 1)
    assert (row["status"], row["status_flow"]) == ("выполнено", "нет сведений")


def test_a_level_is_not_added_in_the_data_either(plan):
    duties = [Duty("1.1", 1, year, "УО", 2) for year in (2020, 2021, 2022)]
    facts = facts_by_reporter(
        _reports(*(("1.1", 1, year, "УО", 2) for year in (2020, 2021, 2022))), _evidence(), _acceptance()
    )
    row = _one(facts, plan, duties, "1.1", 2022)
    assert pd.isna(row["cumulative_flow_count"])
    assert pd.isna(row["accepted_flow_count"])
    assert row["status_flow"] == row["status_annual"]
