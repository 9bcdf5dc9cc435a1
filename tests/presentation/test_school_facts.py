"""What the report prints about schools: masked for the public, whole for the office, nothing without facts."""

from dataclasses import replace

import pytest

from analysis.indicators.school_tables import school_tables
from analysis.presentation.school_facts import ALL_HIDDEN, NO_FACTS, number_words, sections
from analysis.presentation.shares import VPR_NOTICE
from analysis.presentation.words import subject_words
from analysis.rules.office_files import DEFAULT_POLICY
from analysis.rules.written import DEFAULT_RULE
from school_towns import town_facts


@pytest.fixture(scope="module")
def of_the_town(edition_of):
    made = school_tables(town_facts(), DEFAULT_POLICY)
    plain = edition_of(2021)
    public = replace(plain, tables={**plain.tables, **made})
    return {False: public, True: replace(public, internal=True)}


def test_without_facts_one_sentence(edition_of):
    assert sections(edition_of(2021)) == (NO_FACTS, [])


def test_the_public_sees_the_word_and_the_office_the_number(of_the_town):
    public, shown = sections(of_the_town[False])
    office, whole = sections(of_the_town[True])
    assert "скрыто" in public
    assert "скрыто" not in office
    assert f"({DEFAULT_RULE})" in public.replace("\\", "")
    assert [one.label for one in shown] == [one.label for one in whole]
    assert all("hidden_columns" not in one.data for one in whole)
    assert of_the_town[True].school_facts("mark_results")["mark_2_count"].notna().all()


def test_where_nothing_may_be_printed_the_chapter_says_so(edition_of):
    plain, few = edition_of(2021), replace(DEFAULT_POLICY, smallest_count=5000, smallest_base=5000)
    made = school_tables(
        {name: one for name, one in town_facts(years=(2021,)).items() if name != "self_assessment"}, few
    )
    public = replace(plain, tables={**plain.tables, **made})
    said, shown = sections(public)
    chapters = {one.split(" {#")[0]: one for one in said.split("## ")[1:]}
    assert [name for name, one in chapters.items() if ALL_HIDDEN in one] == [
        "Результаты", "Профессиональные дефициты", "Конкурсы",
    ]  # fmt: skip
    assert "Не напечатаны строки, в которых скрыты все числа" in chapters["Контингент"].replace("\\", "")
    assert [one.label for one in shown] == ["tbl-pupils", "tbl-staff"]
    assert ALL_HIDDEN not in sections(replace(public, internal=True))[0]
    results = {name: one for name, one in made.items() if "results" in name}
    assert ALL_HIDDEN in sections(replace(plain, tables={**plain.tables, **results}))[0]


def test_the_notice_stands_wherever_the_vpr_is(of_the_town):
    text, shown = sections(of_the_town[False])
    tables = [one for one in shown if "procedure" in one.data and (one.data["procedure"] == "ВПР").any()]
    assert len(tables) == 2
    assert text.replace("\\", "").count(VPR_NOTICE) == 1 + len(tables)


@pytest.mark.parametrize(
    ("count", "share", "hidden", "said"),
    [
        (12, 24.0, "", "12 (24\N{NO-BREAK SPACE}%)"),
        (12, None, "", "12"),
        (None, None, "Отметок «2»; Доля «2»", "скрыто"),
        (None, None, "Доля «2»", "—"),
    ],
)
def test_a_number_with_its_share(count, share, hidden, said):
    row = {"mark_2_count": count, "mark_2_share": share, "hidden_columns": hidden}
    assert number_words(row, "mark_2_count", "mark_2_share") == said


def test_the_programme_is_named_where_it_is_not_the_grade():
    row = {"subject": "Физика", "programme_grade": 7, "sitting_grade": 8}
    assert subject_words(row) == "Физика, 8 класс (по программе 7 класса)"
    assert subject_words({**row, "sitting_grade": 7}) == "Физика, 7 класс"
