"""Indicators of schools counted by hand, and what is said where nothing can be counted."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, SHIFTED
from analysis.contracts.facts import FORM_LINES, TRAINED
from analysis.indicators.effectiveness import indicator_gaps, school_indicators
from analysis.rules.methods import load_passport
from analysis.rules.office_files import load_calendar
from school_tables import result, results

HOUSE = Path(__file__).parents[2]
CALENDAR = load_calendar(HOUSE)
PASSPORT = load_passport(HOUSE)


def _found(*rows, passport=PASSPORT, **tables):
    frame = school_indicators({"results": results(*rows), **tables}, passport, CALENDAR)
    assert violations({"school_indicators": frame}, EFFECTIVENESS_TABLES) == []
    return frame


def _row(frame, indicator, login="s1", **keys):
    chosen = (frame["indicator_id"] == indicator) & (frame["school_login"] == login)
    for name, value in keys.items():
        chosen &= frame[name] == value
    assert chosen.sum() == 1, frame[chosen]
    return frame[chosen].iloc[0]


def test_shares_and_means_by_hand():
    frame = _found(result("s1", (2, 3, 4, 1)))
    assert _row(frame, "success_share")["value"] == pytest.approx(0.8)
    assert _row(frame, "quality_share")["value"] == pytest.approx(0.5)
    assert _row(frame, "fail_share")["value"] == pytest.approx(0.2)
    assert _row(frame, "mean_mark")["value"] == pytest.approx((4 + 9 + 16 + 5) / 10)
    assert _row(frame, "learning_degree")["value"] == pytest.approx((2 * 16 + 3 * 36 + 4 * 64 + 100) / 10)
    row = _row(frame, "quality_share")
    assert (row["numerator"], row["denominator"]) == (5, 10)


def test_the_journal_counts_who_was_not_attested_in_n_but_not_in_the_mean_mark():
    journal = result("s1", (1, 4, 3, 1), procedure="Журнал", wave="год", not_attested_count=1, participant_count=10)
    frame = _found(journal)
    assert _row(frame, "success_share")["value"] == pytest.approx(0.8)
    assert _row(frame, "learning_degree")["value"] == pytest.approx((16 + 4 * 36 + 3 * 64 + 100 + 7) / 10)
    assert _row(frame, "mean_mark")["value"] == pytest.approx((2 + 12 + 12 + 5) / 9)


def test_the_weights_of_the_learning_degree_come_from_the_passport():
    entry = PASSPORT["learning_degree"]
    other = replace(entry, weights=(14.0, *entry.weights[1:]))
    passport = replace(PASSPORT, indicators=tuple(other if one is entry else one for one in PASSPORT.indicators))
    assert _row(_found(result("s1", (10, 0, 0, 0)), passport=passport), "learning_degree")["value"] == 14
    assert _row(_found(result("s1", (10, 0, 0, 0))), "learning_degree")["value"] == 16


def test_against_the_journal_only_those_compared_count():
    compared = {"journal_lower_count": 4, "journal_same_count": 3, "journal_higher_count": 1}
    frame = _found(result("s1", (2, 3, 4, 1), **compared), result("s2", (2, 3, 4, 1)))
    assert _row(frame, "journal_lower_share")["value"] == pytest.approx(0.5)
    silent = _row(frame, "journal_lower_share", "s2")
    assert pd.isna(silent["value"])
    assert silent["flags"] == "нет данных: школа этого не указала"
    assert _row(frame, "journal_lower_share", "город")["denominator"] == 8


def test_scores_have_a_mean_without_an_interval_and_the_city_weighs_it():
    exam = {"procedure": "ЕГЭ", "wave": "основная", "grade": 11}
    frame = _found(
        result("s1", participant_count=30, mean_score=50.0, below_minimum_count=3, **exam),
        result("s2", participant_count=10, mean_score=70.0, below_minimum_count=0, **exam),
    )
    row = _row(frame, "mean_score")
    assert (row["value"], row["denominator"]) == (50, 30)
    assert pd.isna(row["interval_low"])
    assert row["flags"] == "без интервала: разброс баллов не сообщают"
    assert _row(frame, "mean_score", "город")["value"] == pytest.approx(55)
    assert _row(frame, "below_minimum_share", "город")["value"] == pytest.approx(3 / 40)


def test_the_citys_mean_adds_whole_points():
    """98 of 3 and 150 of 7: 248 of 10. The means as printed would give 24,79."""
    exam = {"procedure": "ЕГЭ", "wave": "основная", "grade": 11}
    frame = _found(
        result("s1", participant_count=3, mean_score=32.7, below_minimum_count=0, **exam),
        result("s2", participant_count=7, mean_score=21.4, below_minimum_count=0, **exam),
    )
    assert _row(frame, "mean_score", "s1")["value"] == 32.7
    assert _row(frame, "mean_score", "город")["value"] == 24.8


def test_schools_that_are_not_supported_are_the_comparison():
    status = pd.DataFrame({"school_login": ["s1", "s2"], "school_year": "2021/22", "status": ["ШНОР", "нет"]})
    rows = [result("s1", (5, 5, 0, 0)), result("s2", (1, 9, 0, 0)), result("s3", (0, 10, 0, 0))]
    frame = _found(*rows, school_status=status.astype("str"))
    assert _row(frame, "fail_share", "другие школы")["value"] == pytest.approx(1 / 20)
    assert _row(frame, "fail_share", "город")["value"] == pytest.approx(6 / 30)
    assert (_found(*rows)["school_login"] == "другие школы").sum() == 0


def test_a_change_between_comparable_years():
    frame = _found(result("s1", (8, 2, 0, 0), year=2021), result("s1", (2, 8, 0, 0), year=2022))
    row = _row(frame, "fail_share", calendar_year=2022)
    assert (row["earlier_year"], row["change"]) == (2021, pytest.approx(-0.6))
    assert row["change_high"] < 0
    first = _row(frame, "fail_share", calendar_year=2021)
    assert pd.isna(first["change"])
    assert first["change_note"] == "недостаточно данных: прежних результатов нет"


@pytest.mark.parametrize(("risen", "said"), [(12, True), (11, False), (6, False), (0, True)])
def test_schools_that_all_go_one_way_are_asked_about(risen, said):
    """Were up and down as likely, all of 12 would rise in 1 town of 4096, 11 or more in 13 of 4096: over 0.25 %."""
    rows = [result(f"s{one}", (5, 15, 0, 0), year=2021) for one in range(12)]
    rows += [result(f"s{one}", (7 if one < risen else 3, 15, 0, 0), year=2022) for one in range(12)]
    frame = _found(*rows)
    flagged = frame[frame["flags"].astype("str").str.contains(SHIFTED, regex=False)]
    assert bool(len(flagged[flagged["indicator_id"] == "fail_share"])) is said
    assert set(flagged["school_login"]) <= {"город"}
    assert set(flagged["calendar_year"]) <= {2022}


def test_no_line_is_drawn_across_a_break():
    autumn = result("s1", (8, 2, 0, 0), year=2020, wave="осень", sitting_grade=6)
    frame = _found(autumn, result("s1", (2, 8, 0, 0), year=2021))
    row = _row(frame, "fail_share", calendar_year=2021)
    assert pd.isna(row["change"])
    assert row["change_note"].startswith("разрыв сопоставимости: 2020 год — осень")


def test_a_year_is_compared_with_its_own_wave_over_a_break():
    autumn = {"wave": "осень", "sitting_grade": 6}
    frame = _found(
        result("s1", (8, 2, 0, 0), year=2020, **autumn), result("s1", (1, 9, 0, 0), year=2021),
        result("s1", (5, 5, 0, 0), year=2022, **autumn), result("s1", (2, 8, 0, 0), year=2022),
    )  # fmt: skip
    assert _row(frame, "fail_share", calendar_year=2022, wave="осень")["earlier_year"] == 2020
    assert _row(frame, "fail_share", calendar_year=2022, wave="весна")["earlier_year"] == 2021


def test_an_examination_that_changed_between_the_years_is_not_compared():
    exam = {"procedure": "ОГЭ", "wave": "основная", "grade": 9}
    frame = _found(result("s1", (1, 9, 0, 0), year=2021, **exam), result("s1", (2, 8, 0, 0), year=2022, **exam))
    note = _row(frame, "fail_share", calendar_year=2022)["change_note"]
    assert note == ("разрыв сопоставимости: 2021 год — только русский язык и математика; 2022 год — обычный порядок")


def test_the_funnel_says_who_chance_does_not_explain():
    rows = [result(f"s{n}", (10, 90, 0, 0)) for n in range(2, 20)]
    frame = _found(result("s1", (40, 60, 0, 0)), *rows)
    assert _row(frame, "fail_share")["against_city"] == "выше предела 99,8 %"
    assert _row(frame, "success_share")["against_city"] == "ниже предела 99,8 %"
    assert _row(frame, "fail_share", "s2")["against_city"] == "неотличимо от города"
    assert pd.isna(_row(frame, "fail_share", "город")["against_city"])


def test_one_pupil_one_school_all_failed():
    row = _row(_found(result("s1", (1, 0, 0, 0))), "fail_share")
    assert (row["value"], row["interval_high"]) == (1, 1)
    assert row["interval_low"] < 0.3
    assert "мало участников: меньше 10" in row["flags"]
    assert "сравнить не с кем" in row["flags"]
    assert pd.isna(row["against_city"])


def test_all_schools_equal():
    row = _row(_found(*(result(f"s{n}", (2, 8, 0, 0)) for n in range(12))), "fail_share")
    assert row["flags"] == ""
    assert 0.1 < row["pooled_low"] < row["pooled_value"] < row["pooled_high"] < 0.35
    assert row["pooled_value"] == pytest.approx(0.2, abs=0.01)
    assert row["against_city"] == "неотличимо от города"


def test_nobody_took_part_is_no_share():
    frame = _found(result("s1", (0, 0, 0, 0), participant_count=0), result("s2", (1, 9, 0, 0)))
    row = _row(frame, "fail_share")
    assert pd.isna(row["value"])
    assert row["flags"] == "недостаточно данных: знаменатель равен нулю"


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_a_threshold_that_parts_nothing_gives_no_probability(threshold):
    changed = tuple(replace(one, threshold=threshold) if one.id == "fail_share" else one for one in PASSPORT.indicators)
    row = _row(_found(result("s1", (2, 8, 0, 0)), passport=replace(PASSPORT, indicators=changed)), "fail_share")
    assert pd.isna(row["threshold_probability"])
    assert "порог 0 или 1 ничего не отделяет" in row["flags"]


def _context(*rows):
    columns = ["school_login", "calendar_year", "school_year", "pupil_group", "group_pupil_count"]
    return pd.DataFrame(rows, columns=columns)


def test_the_social_passport_is_a_full_count():
    context = _context(
        ("s1", 2021, "2021/22", "Всего обучающихся", 200), ("s1", 2021, "2021/22", "Неполные семьи", 50),
        ("s2", 2021, "2021/22", "Всего обучающихся", 100),
    )  # fmt: skip
    frame = _found(context=context)
    row = _row(frame, "single_parent_share")
    assert row["value"] == pytest.approx(0.25)
    assert row["flags"] == "без интервала: полный учёт, не выборка"
    assert _row(frame, "single_parent_share", "город")["denominator"] == 200
    assert "нет данных" in _row(frame, "single_parent_share", "s2")["flags"]
    assert (frame["indicator_id"] == "low_income_share").sum() == 0


def test_posts_may_be_parts_and_people_are_whole():
    rows = [("s1", 2021, "2021/22", "Ставок по штату", 40.5), ("s1", 2021, "2021/22", "Из них вакантно", 2.25),
            ("s1", 2021, "2021/22", "Всего учителей", 40.0),
            ("s1", 2021, "2021/22", "Прошли повышение квалификации за три года", 30.0)]  # fmt: skip
    staff = pd.DataFrame(rows, columns=["school_login", "calendar_year", "school_year", "staff_group", "staff_amount"])
    frame = _found(staff=staff)
    assert _row(frame, "vacancy_share")["value"] == pytest.approx(2.25 / 40.5)
    assert _row(frame, "trained_share")["value"] == pytest.approx(0.75)


def test_deficits_self_assessment_and_contests():
    deficits = pd.DataFrame({"school_login": ["s1", "s2"], "calendar_year": 2021, "competence": "Оценивание",
                             "diagnosed_teacher_count": [10, 0], "deficit_teacher_count": [4, 0]})  # fmt: skip
    scores = pd.DataFrame({"school_login": "s1", "calendar_year": [2020, 2021], "criterion": "Управление",
                           "assessment_score": [2.0, 3.5]})  # fmt: skip
    contests = pd.DataFrame({"school_login": "s1", "calendar_year": 2021, "contestants": ["педагоги", "педагоги"],
                             "contestant_count": [3, 2], "winner_count": [1, 0]})  # fmt: skip
    frame = _found(deficits=deficits, self_assessment=scores, contests=contests)
    assert _row(frame, "deficit_share", aspect="Оценивание")["value"] == pytest.approx(0.4)
    assert "знаменатель равен нулю" in _row(frame, "deficit_share", "s2")["flags"]
    assert _row(frame, "self_assessment_score", calendar_year=2021)["change"] == pytest.approx(1.5)
    assert (frame[frame["indicator_id"] == "self_assessment_score"]["school_login"] == "город").sum() == 0
    assert [_row(frame, name)["value"] for name in ("contest_count", "contestant_count", "winner_count")] == [2, 5, 1]


def test_a_schools_own_measures_without_news_make_a_lower_bound():
    rows = [("s1", 2021, 2, 2), ("s1", 2021, 1, 0), ("s1", 2021, 1, None), ("s1", 2021, 0, 5),
            ("s2", 2021, 1, None)]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["school_login", "calendar_year", "planned_count", "done_count"])
    found = _found(school_measures=frame.astype({"planned_count": "Int64", "done_count": "Int64"}))
    row = _row(found, "own_measures_done_share")
    assert (row["numerator"], row["denominator"]) == (1, 3)
    assert "нижняя граница: о части нет сведений" in row["flags"]
    silent, city = (_row(found, "own_measures_done_share", login) for login in ("s2", "город"))
    assert pd.isna(silent["value"])
    assert "значение города не меньше напечатанного" in silent["flags"]
    # the measure that nothing is known of stays in the city's denominator too
    assert (city["numerator"], city["denominator"]) == (1, 4)
    assert "нижняя граница: о части нет сведений" in city["flags"]


def test_schools_that_are_all_silent_have_not_done_nothing():
    rows = [("s1", 2021, 2, 2), ("s2", 2021, 1, None), ("s2", 2021, 1, None)]
    frame = pd.DataFrame(rows, columns=["school_login", "calendar_year", "planned_count", "done_count"])
    found = _found(
        school_measures=frame.astype({"planned_count": "Int64", "done_count": "Int64"}),
        school_status=pd.DataFrame(
            {"school_login": ["s1"], "school_year": ["2021/22"], "status": ["ШНОР"], "calendar_year": [2021]}
        ),
    )
    rows = found[found["indicator_id"] == "own_measures_done_share"].set_index("school_login")
    assert "другие школы" not in rows.index
    assert (rows.loc["город", "numerator"], rows.loc["город", "denominator"]) == (1, 3)
    assert pd.isna(rows.loc["s2", "numerator"])


def test_no_facts_make_an_empty_table_after_the_contract():
    assert _found().empty


def test_gaps_say_what_nobody_returned():
    frame = _found(result("s1", (2, 8, 0, 0)))
    gaps = indicator_gaps(frame, PASSPORT, ["s1", "s2"], [2020, 2022], CALENDAR)
    assert violations({"indicator_gaps": gaps}, EFFECTIVENESS_TABLES) == []
    rows = gaps.set_index(["indicator_id", "calendar_year"])
    assert rows.loc[("fail_share", 2022), "missing_school_count"] == 1
    assert rows.loc[("fail_share", 2022), "reason"].startswith("нет данных по части школ")
    assert rows.loc[("fail_share", 2020), "reason"] == "нет данных: никто не вернул этих сведений"
    assert rows.loc[("vacancy_share", 2022), "school_count"] == 0


def test_a_year_whose_form_did_not_ask_has_no_gap(monkeypatch):
    lines = [replace(line, since=2022 if line.name == TRAINED else 0) for line in FORM_LINES["staff"]]
    monkeypatch.setitem(FORM_LINES, "staff", tuple(lines))
    gaps = indicator_gaps(_found(), PASSPORT, ["s1"], [2021, 2022], CALENDAR)
    years = gaps.groupby("indicator_id")["calendar_year"].agg(list)
    assert (years["trained_share"], years["vacancy_share"]) == ([2022], [2021, 2022])


def test_a_procedure_that_was_not_held_is_nobodys_debt():
    without = tuple(one for one in CALENDAR if (one.calendar_year, one.scale) != (2020, "100 баллов"))
    gaps = indicator_gaps(_found(result("s1", (2, 8, 0, 0))), PASSPORT, ["s1"], [2020], without)
    reason = gaps.set_index("indicator_id").loc["mean_score", "reason"]
    assert reason == "нет данных: таких процедур в этом году не было (календарь процедур)"


def test_a_year_that_the_calendar_lacks_is_not_said_to_have_had_no_exams():
    without = tuple(one for one in CALENDAR if one.calendar_year != 2020)
    gaps = indicator_gaps(_found(result("s1", (2, 8, 0, 0))), PASSPORT, ["s1"], [2020], without)
    reasons = gaps.set_index("indicator_id")["reason"]
    assert reasons["mean_score"] == "нет данных: процедур этого года в календаре нет, о результатах не спрашивали"
    assert reasons["vacancy_share"] == "нет данных: никто не вернул этих сведений"


MARKS = st.tuples(*[st.integers(0, 30)] * 4)


@given(st.lists(MARKS, min_size=1, max_size=14), st.lists(MARKS, min_size=0, max_size=14), st.randoms())
@settings(max_examples=8, deadline=None)
def test_whatever_the_counts_every_blank_has_its_reason_and_order_means_nothing(now, before, random):
    rows = [result(f"s{n}", marks) for n, marks in enumerate(now)]
    rows += [result(f"s{n}", marks, year=2021) for n, marks in enumerate(before)]
    frame = _found(*rows)
    numbers = frame.select_dtypes("Float64").astype("float64")
    assert np.isfinite(numbers.to_numpy()[numbers.notna().to_numpy()]).all()
    assert (frame["change"].notna() | frame["change_note"].notna()).all()
    random.shuffle(rows)
    keys = ["indicator_id", "school_login", "calendar_year"]
    both = [
        one.assign(**{key: one[key].astype("str") for key in keys}).sort_values(keys) for one in (frame, _found(*rows))
    ]
    for name in ("value", "pooled_value", "better_probability"):
        left, right = (one[name].to_numpy("float64", na_value=np.nan) for one in both)
        np.testing.assert_allclose(left, right, atol=1e-6)


def test_a_sum_over_other_schools_than_the_year_before_is_no_change():
    both = [result(school, (4, 6, 0, 0), year=2021) for school in ("s1", "s2")]
    same = _found(*both, *(result(school, (2, 8, 0, 0), year=2022) for school in ("s1", "s2")))
    assert _row(same, "fail_share", "город", calendar_year=2022)["change"] == pytest.approx(-0.2)
    another = _found(*both, *(result(school, (2, 8, 0, 0), year=2022) for school in ("s1", "s3")))
    row = _row(another, "fail_share", "город", calendar_year=2022)
    assert pd.isna(row["change"])
    assert row["change_note"] == "состав школ с результатом не тот, что за 2021 год"
    assert _row(another, "fail_share", "s1", calendar_year=2022)["change"] == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("day", "compared"), [("2021-09-01", False), ("2022-01-01", False), ("2022-09-01", True), ("2020-09-01", True)]
)
def test_a_school_that_took_another_in_is_not_compared_with_its_years_before_that(day, compared):
    entry = {"school_login": ["s0"], "into_login": ["s1"], "merged_date": [pd.Timestamp(day)]}
    rows = [result(login, (4, 6, 0, 0), year, school_year=f"{year - 1}/{year % 100}")
            for login in ("s1", "s2") for year in (2021, 2022)]  # fmt: skip
    found = _found(*rows, school_mergers=pd.DataFrame(entry))
    row, other = (_row(found, "fail_share", login, calendar_year=2022) for login in ("s1", "s2"))
    assert other["change"] == 0
    assert pd.notna(row["change"]) == compared
    said = "разрыв сопоставимости: после 2021 года в школу вошла другая"
    assert (row["change_note"] == said) != compared
