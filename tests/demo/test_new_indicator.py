"""An indicator whose line the form has since 2022, from the form to the page; earlier years know nothing of it."""

import pytest

from analysis.cli import main
from analysis.contracts.facts import YOUNG
from analysis.documents.run import gathered
from analysis.documents.school_note import tables_of_school
from analysis.files.storage import read_tables
from analysis.forms.collect import school_sheets
from analysis.indicators.school_tables import with_public
from analysis.lineage.walk import stored
from analysis.rules.config import load_project
from analysis.rules.methods import PartOf, known_parts

ID, NAME = "young_teacher_share", "Доля учителей до 35 лет"
TEACHERS = "Всего учителей"


@pytest.fixture(scope="module")
def built(published):
    return published


@pytest.fixture(scope="module")
def read(built):
    return with_public(read_tables(built), stored(built).mask).__getitem__


@pytest.mark.parametrize(("year", "is_asked"), [(2020, False), (2021, False), (2022, True), (2023, True)])
def test_the_form_asks_since_2022(built, year, is_asked):
    sheets = {layout.title: rows for layout, rows, _ in school_sheets(load_project(built).collection, (), year)}
    assert (sheets["Кадры"][-1] == (YOUNG, "человек")) is is_asked


def test_forms_of_earlier_years_are_complete_without_it(read):
    rows = read("reporter_completeness")
    staff = rows[(rows["fact_kind"] == "кадры") & (rows["completeness"] != "частично")]
    asked = staff.groupby("calendar_year")["asked_row_count"].unique().map(list).to_dict()
    assert asked == {2020: [7], 2021: [7], 2022: [8]}
    whole = read("completeness")
    complete = whole[whole["fact_kind"] == "кадры"].set_index("calendar_year")["complete_reporter_count"].to_dict()
    assert complete == {2020: 17, 2021: 18, 2022: 17}


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("staff", "staff_group", YOUNG),
        ("staff_parts", "staff_group", YOUNG),
        ("public_staff_parts", "staff_group", YOUNG),
        ("school_indicators", "indicator_id", ID),
        ("public_school_indicators", "indicator_id", ID),
        ("indicator_gaps", "indicator_id", ID),
    ],
)
def test_every_table_has_it_of_2022_alone(read, table, column, value):
    rows = read(table)
    assert set(rows.loc[(rows[column] == value).to_numpy(bool), "calendar_year"]) == {2022}


def test_the_part_and_its_whole_come_from_the_passport(built):
    assert PartOf("staff", (YOUNG,), (TEACHERS,)) in known_parts(built)


def test_the_city_is_the_sum_of_what_schools_wrote_on_every_page(read):
    staff = read("staff")
    amounts = staff[staff["calendar_year"] == 2022].pivot(
        index="school_login", columns="staff_group", values="staff_amount"
    )
    both = amounts[[YOUNG, TEACHERS]].dropna()
    young, teachers = both[YOUNG].sum(), both[TEACHERS].sum()
    assert len(both) == 18
    found = read("school_indicators")
    (city,) = found[(found["indicator_id"] == ID) & (found["school_login"] == "город")].to_dict("records")
    assert (city["numerator"], city["denominator"], city["value"]) == (young, teachers, young / teachers)
    parts = read("staff_parts")
    (group,) = parts[(parts["staff_group"] == YOUNG) & (parts["scope"] == "город")].to_dict("records")
    assert (group["staff_amount"], group["base_staff_amount"]) == (young, teachers)
    assert group["staff_share"] == round(100 * young / teachers, 1)


def test_the_public_sees_no_small_number_of_it(read):
    whole, public = (read(name) for name in ("staff_parts", "public_staff_parts"))
    mine = (public["staff_group"] == YOUNG) & (public["scope"] == "школа")
    assert whole.loc[mine, "staff_amount"].tolist() == [4, 5]
    assert public.loc[mine, "staff_amount"].isna().all()
    assert public.loc[mine, "hidden_columns"].tolist() == ["Значение; Доля"] * 2
    shown = read("public_school_indicators")
    rows = shown[(shown["indicator_id"] == ID).to_numpy(bool)].set_index("group_name")["value"]
    assert rows.isna().to_dict() == {
        "Школа № 5": True, "Школа № 12": True, "Другие школы города": False, "Город": False
    }  # fmt: skip


def test_it_is_printed_in_2022_and_not_before(built):
    for year, is_there in ((2020, False), (2021, False), (2022, True)):
        content = {
            path.name: path.read_text(encoding="utf-8") for path in (built / f"reports/{year}/_content").glob("*.md")
        }
        assert (YOUNG in content["schools.md"]) is is_there
        assert (NAME in content["effectiveness.md"]) is is_there
        assert (NAME in content["passport.md"]) is is_there


def test_the_note_of_a_school_shows_it(built):
    project = load_project(built)
    for year, is_there in ((2021, False), (2022, True)):
        shown = "\n".join(tables_of_school(gathered(project, year), "edu990005"))
        assert ("учителей до 35 лет" in shown) is is_there


def test_explain_leads_to_the_cells(built, capsys):
    assert main(["--project", str(built), "explain", f"edu990005/{ID}@2022"]) == 0
    told = capsys.readouterr().out
    assert "управлением не утверждён" in told
    assert "лист Кадры, ячейка C9: «4»" in told
    assert "лист Кадры, ячейка C4: «15»" in told
    assert main(["--project", str(built), "explain", f"edu990005/{ID}@2021"]) != 0
