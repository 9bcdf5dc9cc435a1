"""School facts by group of schools: sums counted by hand, blanks that stay blank, and the same tables masked."""

import pandas as pd
import pytest

from analysis.contracts.dictionary import violations
from analysis.contracts.effectiveness import GROUP_TABLES, PUBLIC_TABLES
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.indicators.masking import part_sheet
from analysis.indicators.school_facts import public_rows
from analysis.indicators.school_tables import school_tables
from analysis.rules.office_files import DEFAULT_POLICY
from school_towns import printed, result, results, score, town_facts

MARKS = ["group_name", "school_count", "participant_count", "mark_2_count", "mark_3_count", "mark_4_count"]


def made(*rows):
    """The tables of a town of five schools, the first two supported, with these results alone."""
    town = town_facts(years=(2020, 2021))
    return school_tables({**{name: town[name] for name in ("schools", "school_status")}, "results": results(*rows)},
                         DEFAULT_POLICY)  # fmt: skip


@pytest.fixture(scope="module")
def town():
    return school_tables(town_facts(), DEFAULT_POLICY)


def test_the_tables_meet_their_contracts(town):
    facts = {name: table for name, table in town_facts().items() if name in SCHOOL_FACT_TABLES}
    assert violations(facts, SCHOOL_FACT_TABLES) == []
    assert violations(town, {**GROUP_TABLES, **PUBLIC_TABLES}) == []
    assert {*town} == {*GROUP_TABLES, *PUBLIC_TABLES}


def test_schools_others_and_city_add_up():
    tables = made(
        result("edu1", (6, 10, 8, 6)),
        result("edu2", (7, 9, 11, 13)),
        result("edu3", (5, 20, 30, 5)),
        result("edu4", (5, 25, 35, 10)),
    )
    assert printed(tables["mark_results"], MARKS) == [
        ["Школа 1", 1, 30, 6, 10, 8],
        ["Школа 2", 1, 40, 7, 9, 11],
        ["Другие школы города", 2, 135, 10, 45, 65],
        ["Город", 4, 205, 23, 64, 84],
    ]
    assert tables["mark_results"]["mark_2_share"].tolist() == [20.0, 17.5, 7.4, 11.2]
    pd.testing.assert_frame_equal(tables["mark_results"], tables["public_mark_results"])  # nothing small, nothing lost


def test_a_small_count_hides_itself_and_what_would_give_it_away():
    tables = made(
        result("edu1", (2, 10, 10, 8)), result("edu2", (9, 12, 11, 8)), result("edu3", (30, 40, 50, 60)),
    )  # fmt: skip
    public = tables["public_mark_results"].set_index("group_name")
    marks = ["mark_2_count", "mark_3_count", "mark_4_count", "mark_5_count"]
    hidden = public[marks].isna()
    assert hidden.loc["Школа 1", "mark_2_count"]
    assert hidden.sum().sum() == 4  # one cycle: two rows, two marks
    assert not hidden.loc["Город"].any()
    assert public["participant_count"].tolist() == [30, 40, 180, 250]
    assert public.loc["Школа 1", "hidden_columns"].startswith("Отметок «2»")
    assert "Доля «2»" in public.loc["Школа 1", "hidden_columns"]
    assert tables["mark_results"].set_index("group_name").loc["Школа 1", "mark_2_count"] == 2


def test_no_participants_look_like_a_few():
    """Whether the school had none or four is the same blank with the same words."""
    others = [result("edu2", (9, 12, 11, 8)), result("edu3", (30, 40, 50, 60))]
    of = [
        made(result("edu1", marks), *others)["public_mark_results"].set_index("group_name").loc["Школа 1"]
        for marks in ((0, 0, 0, 0), (1, 1, 1, 1))
    ]
    assert of[0].drop("hidden_columns").isna().tolist() == of[1].drop("hidden_columns").isna().tolist()
    assert of[0]["hidden_columns"] == of[1]["hidden_columns"] != ""


@pytest.mark.parametrize(
    ("table", "marks"), [("mark_results", (0, 0, 0, 0)), ("mark_results", (1, 1, 1, 1)), ("score_results", None)]
)
def test_a_sitting_that_nobody_of_a_school_sat_looks_like_one_that_a_few_sat(table, marks):
    """Every supported school is listed, and no number of schools tells whether anybody came."""
    make = result if marks else lambda login, _: score(login, 30, 9, 8, 7, 60.0)
    others = [make("edu2", (9, 12, 11, 8)), make("edu3", (30, 40, 50, 60))]
    nobody, few = (
        made(*some, *others) for some in ([], [result("edu1", marks) if marks else score("edu1", 2, 0, 0, 0, 40.0)])
    )
    of = [one[f"public_{table}"].set_index("group_name") for one in (nobody, few)]
    assert [list(one.index) for one in of] == [["Школа 1", "Школа 2", "Другие школы города", "Город"]] * 2
    assert of[0].loc["Школа 1"].drop("school_year").to_dict() == of[1].loc["Школа 1"].drop("school_year").to_dict()
    assert of[0]["school_count"].tolist() == of[1]["school_count"].tolist() == [1, 1, 1, 3]
    assert nobody[table]["school_count"].tolist() == [0, 1, 1, 2]  # the office knows
    assert of[0].loc[["Школа 2", "Другие школы города", "Город"], "participant_count"].isna().any()


def test_contests_of_nobody_look_like_contests_of_a_few(town):
    facts = town_facts(years=(2021,))
    contests = facts["contests"]
    tables = school_tables(facts | {"contests": contests[contests["school_login"] != "edu1"]}, DEFAULT_POLICY)
    rows = tables["public_contest_parts"].set_index("group_name")
    assert rows.loc["Школа 1", ["contest_count", "contestant_count", "winner_count"]].isna().all()
    assert rows["contest_count"].isna().sum() > 1  # or it would be the city's less the others'
    assert rows["school_count"].tolist() == [1, 1, 3, 5]


def test_what_a_few_of_the_city_sat_is_not_listed():
    for marks in ((1, 1, 1, 1), (2, 2, 2, 2)):  # a total of a few passes for a few
        public = made(result("edu1", marks))["public_mark_results"]
        assert len(public) == 3
        assert public_rows("mark_results", public).empty
    assert len(public_rows("mark_results", made(result("edu3", (9, 9, 9, 9)))["public_mark_results"])) == 4


def test_no_share_over_fewer_than_ten():
    rows = made(result("edu3", (9, 0, 0, 0)), result("edu4", (0, 0, 0, 0)))["mark_results"]
    assert rows["mark_2_share"].dropna().tolist() == [100.0, 100.0]
    others = [result(f"edu{number}", (10, 20, 30, 40)) for number in (3, 4)]
    public = made(result("edu1", (0, 0, 0, 9)), *others)["public_mark_results"].set_index("group_name")
    assert pd.isna(public.loc["Школа 1", "mark_5_share"])


def test_a_column_that_one_school_left_blank_has_no_total():
    tables = made(result("edu3", (10, 10, 10, 10), journal=(10, 20, 10)), result("edu4", (10, 20, 30, 40)))
    assert tables["mark_results"]["compared_count"].isna().all()
    assert tables["mark_results"]["hidden_columns"].eq("").all()


def test_mean_scores_are_means_over_participants():
    tables = made(score("edu1", 10, 0, 2, 0, 50.0), score("edu2", 30, 6, 7, 5, 60.0), score("edu3", 60, 6, 9, 6, 70.0))
    assert tables["score_results"]["mean_score"].tolist() == [50.0, 60.0, 70.0, 65.0]


def test_the_mean_of_a_few_cannot_be_taken_from_the_city():
    tables = made(score("edu1", 6, 0, 2, 0, 50.0), score("edu2", 30, 6, 7, 5, 60.0), score("edu3", 60, 6, 9, 6, 70.0))
    public = tables["public_score_results"].set_index("group_name")
    assert pd.isna(public.loc["Школа 1", "mean_score"])
    assert public["mean_score"].isna().sum() == 2
    assert public.loc["Город", "mean_score"] == 65.6


def test_the_points_of_a_few_do_not_tell_how_many_scored_high():
    """4 participants with some 204 points together: three scores of 80 would not fit in."""
    tables = made(score("edu1", 2, 0, 0, 0, 50.0), score("edu2", 2, 0, 0, 0, 52.0), score("edu3", 163, 20, 15, 0, 59.2))
    whole = tables["public_score_results"].set_index("group_name").loc[["Другие школы города", "Город"]]
    assert whole[["participant_count", "mean_score"]].isna().any(axis=None)
    assert whole["participant_count"].notna().any()


def test_the_few_of_the_supported_schools_are_not_the_city_less_the_others():
    """1 + 3 pupils with «2», 11 - 7."""
    tables = made(
        result("edu1", (1, 9, 11, 8)), result("edu2", (3, 12, 11, 8)), result("edu3", (7, 40, 50, 60)),
    )  # fmt: skip
    public = tables["public_mark_results"].set_index("group_name").loc[["Другие школы города", "Город"]]
    assert tables["mark_results"]["mark_2_count"].tolist() == [1, 3, 7, 11]
    assert public["mark_2_count"].notna().sum() < 2
    assert public["participant_count"].tolist() == [157, 220]


def test_the_few_with_2_and_3_are_not_all_less_those_with_4_and_5():
    """1 + 3 = 20 - 7 - 9."""
    tables = made(result("edu1", (1, 3, 7, 9)), result("edu3", (20, 30, 40, 50)))
    school = tables["public_mark_results"].set_index("group_name").loc["Школа 1"]
    assert school[["participant_count", "mark_4_count", "mark_5_count"]].isna().any()


def test_a_block_of_rows_and_columns_is_no_small_count():
    """989 - 414 - 412 less 956 - 401 - 396 would be the «2», «5» and н/а of two schools together: four of 33."""
    of = {"procedure": "Журнал", "wave": "год"}
    tables = made(
        result("edu1", (0, 6, 10, 2), not_attested_count=0, **of),
        result("edu2", (1, 7, 6, 1), not_attested_count=0, **of),
        result("edu3", (5, 401, 396, 152), participant_count=956, not_attested_count=2, **of),
    )
    whole = tables["public_mark_results"].set_index("group_name").loc[["Другие школы города", "Город"]]
    assert whole[["participant_count", "mark_3_count", "mark_4_count"]].isna().any(axis=None)
    assert whole["participant_count"].notna().any()


def test_the_few_of_the_supported_schools_are_not_told_by_those_who_are_none_of_them():
    """18 of 20 and 28 of 30 trained teachers leave 2 + 2, and so would 100 - 76 and 50 - 30."""
    rows = pd.DataFrame(
        [("школа", "edu1", 18, 20), ("школа", "edu2", 28, 30), ("другие школы", "", 30, 50), ("город", "", 76, 100)],
        columns=["scope", "who", "part", "base"],
    ).assign(calendar_year=2021, staff_group="Прошли", is_whole=False)
    hidden = part_sheet(rows, ["calendar_year", "staff_group"], DEFAULT_POLICY).hidden(DEFAULT_POLICY)
    assert {"part"} <= hidden[0] | hidden[1]
    assert hidden[2] | hidden[3]


def test_the_mean_of_nine_is_not_the_city_less_the_others():
    """5 and 4 participants, of whom neither school nor both may be shown: 69 - 60 of them, and their points."""
    tables = made(score("edu1", 5, 0, 0, 0, 50.0), score("edu2", 4, 0, 0, 0, 52.0), score("edu3", 60, 9, 9, 9, 59.2))
    whole = tables["public_score_results"].set_index("group_name").loc[["Другие школы города", "Город"]]
    assert whole[["participant_count", "mean_score"]].isna().any(axis=None)


def test_a_journal_is_not_the_pupils_of_the_autumn_less_the_other_grades():
    """Those of «5–9 классы» less four grades in print are the three of the fifth."""
    of = {"procedure": "Журнал", "wave": "год"}
    marks = {5: (0, 2, 1, 0), 6: (5, 9, 8, 6), 7: (5, 8, 8, 6), 8: (5, 9, 8, 7), 9: (6, 9, 8, 6)}
    town = town_facts(years=(2020, 2021))
    rows = [
        result(login, tuple(many * mark for mark in marks[grade]), programme_grade=grade, sitting_grade=grade, **of)
        for grade in marks
        for login, many in (("edu1", 1), ("edu3", 7))
    ]
    pupils = {f"{grade} класс": sum(some) for grade, some in marks.items()} | {"Всего обучающихся": 400}
    context = town["context"]
    is_first = (context["school_login"] == "edu1") & (context["calendar_year"] == 2020)
    counts = context["pupil_group"].map(pupils).where(is_first).fillna(context["group_pupil_count"]).astype("int64")
    facts = town | {"context": context.assign(group_pupil_count=counts), "results": results(*rows)}
    tables = school_tables(facts, DEFAULT_POLICY)
    groups = tables["public_pupil_groups"]
    stage = groups[(groups["pupil_group"] == "5–9 классы") & (groups["calendar_year"] == 2020)]
    assert stage["group_pupil_count"].iloc[0] == sum(pupils.values()) - 400
    public = tables["public_mark_results"]
    hidden = public.loc[public["group_name"] == "Школа 1", "participant_count"].isna()
    assert hidden.iloc[0]
    assert hidden.iloc[1:].any()


@pytest.mark.parametrize("schools", [1, 5])
def test_a_city_that_is_one_school_or_has_none_supported_is_masked_once(schools):
    """The city then has the very pupils and teachers of its only group, and its parts make them up once, not twice."""
    town = town_facts(schools, years=(2021,), seed=2)
    if schools > 1:
        town["school_status"] = town["school_status"].iloc[:0]
    tables = school_tables(town, DEFAULT_POLICY)
    assert len(PUBLIC_TABLES) == 7
    for name in PUBLIC_TABLES:
        rows = tables[name]
        groups = {who: rows[rows["group_name"] == who] for who in rows["group_name"].unique()}
        assert len(groups) == 2, name
        city, others = (
            rows.drop(columns=["scope", "group_name"], errors="ignore").reset_index(drop=True)
            for rows in groups.values()
        )
        pd.testing.assert_frame_equal(city, others)


def test_a_group_of_pupils_counts_over_the_schools_that_gave_it(town):
    rows = town["pupil_groups"]
    rows = rows[(rows["pupil_group"] == "На учёте в полиции") & (rows["calendar_year"] == 2021)].set_index("group_name")
    assert rows.loc["Город", "school_count"] == 3
    facts = town_facts()["context"]
    facts = facts[facts["calendar_year"] == 2021].pivot(
        index="school_login", columns="pupil_group", values="group_pupil_count"
    )
    given = facts[facts["На учёте в полиции"].notna()]
    assert rows.loc["Город", "base_pupil_count"] == given["Всего обучающихся"].sum()
    assert rows.loc["Город", "group_pupil_count"] == given["На учёте в полиции"].sum()


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_all_years_are_masked_together_and_each_the_same_alone(town, year):
    facts = {
        name: table[table["calendar_year"] == year].reset_index(drop=True) if "calendar_year" in table else table
        for name, table in town_facts().items()
    }
    alone = school_tables(facts, DEFAULT_POLICY)
    assert len(PUBLIC_TABLES) == 7
    for name in PUBLIC_TABLES:
        together = town[name][town[name]["calendar_year"] == year].reset_index(drop=True)
        assert len(together), name
        pd.testing.assert_frame_equal(together, alone[name])


def test_without_school_facts_there_are_no_tables():
    assert school_tables({"plan": pd.DataFrame()}, DEFAULT_POLICY) == {}
