"""The section about effectiveness: what is printed for whom, the notices, and the sentences with their conditions."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.indicators.public_effectiveness import public_effectiveness
from analysis.indicators.school_tables import school_tables
from analysis.indicators.tables import effectiveness_tables
from analysis.presentation import effectiveness, effectiveness_pictures, logs, school_facts
from analysis.presentation.conclusions.listing import conclusions
from analysis.presentation.conclusions.sentence import Case, Evidence
from analysis.presentation.effectiveness import NO_INDICATORS
from analysis.presentation.effectiveness_pictures import effects_picture, slope_pictures
from analysis.presentation.exports import resource
from analysis.presentation.logs import assumed
from analysis.presentation.school_facts import LARGER_REMAIN
from analysis.presentation.shares import VPR_NOTICE, change_words
from analysis.presentation.supported import topics_picture
from analysis.project.exhibition import shown
from analysis.rules.documents import REPORT
from analysis.rules.methods import load_methods
from analysis.rules.office_files import DEFAULT_POLICY
from analysis.rules.written import DEFAULT_RULE
from hand_made import effect
from roadmaps import HOUSE
from school_towns import result, results, town_facts

LIKE, FAR, FULL = (4, 18, 16, 12), (25, 10, 10, 5), (30, 0, 0, 0)


@pytest.fixture(scope="module")
def edition_with(edition_of):
    """An edition for the office or the public of a town with these results."""
    methods, towns = load_methods(HOUSE), {}

    def made(rows=None, *, internal=True, year=2021, **facts):
        known = {} if facts else towns
        if repr(rows) not in known:
            known[repr(rows)] = _tables(rows, facts, methods)
        plain = edition_of(year)
        return replace(plain, tables={**plain.tables, **known[repr(rows)]}, internal=internal, methods=methods)

    return made


def _tables(rows, facts, methods):
    tables = {"school_measures": pd.DataFrame(), **town_facts(), **facts}
    tables |= {} if rows is None else {"results": results(*rows)}
    tables = {name: one for name, one in tables.items() if len(one)}
    tables |= effectiveness_tables(tables, methods, [2020, 2021, 2022])[0]
    tables |= school_tables(tables, DEFAULT_POLICY)
    return tables | public_effectiveness(tables, methods, DEFAULT_POLICY)


def _town(marks, year=2021, others=LIKE, **changed):
    return [
        result("edu1", marks, year, **changed),
        *(result(f"edu{one}", others, year, **changed) for one in (2, 3, 4, 5)),
    ]


def _said(edition, name):
    return [one for one in conclusions(Case(Evidence(edition)), REPORT) if one.sentence.id == name]


def test_without_facts_one_sentence(edition_of):
    assert effectiveness.sections(edition_of(2021)) == (NO_INDICATORS, [])


def test_far_from_the_city_and_like_it_are_told_apart(edition_with):
    edition = edition_with(_town(FAR))
    (far,) = _said(edition, "вне-предела")
    assert far.text.startswith("Школа 1, ВПР (весна): доля «2» отличается от города сильнее, чем объясняет случай")
    assert "25 из 50, 50 % против 16 %, выше предела 99,8 %" in far.text.replace("\N{NO-BREAK SPACE}", " ")
    assert far.rests_on == ("fail_share | Школа 1 | ВПР | Математика | 5 | 5 | весна | 2021",)
    (like,) = [one for one in _said(edition, "как-в-городе") if one.text.startswith("Школа 2")]
    assert "различие с городом неотличимо от случайного в 1 из 1" in like.text


@pytest.mark.parametrize(
    ("marks", "others", "internal", "said"),
    [((4, 18, 16, 12), FAR, False, 1), ((6, 18, 16, 12), FAR, False, 0), ((4, 18, 16, 12), FAR, True, 0)],
)
def test_the_public_is_told_that_the_larger_numbers_remain_where_some_are_hidden(
    edition_with, marks, others, internal, said
):
    edition = edition_with(_town(marks, others=others), internal=internal)
    for section in (effectiveness, school_facts):
        text, _ = section.sections(edition)
        assert text.count(LARGER_REMAIN) == said, section.__name__
    if said:
        results = effectiveness.sections(edition)[0].partition("## Результаты {#sec-attainment}")[2]
        assert results.lstrip().startswith(LARGER_REMAIN)


def test_all_alike_are_never_said_to_differ(edition_with):
    edition = edition_with(_town(LIKE))
    assert _said(edition, "вне-предела") == _said(edition, "присмотреться") == []
    assert len(_said(edition, "как-в-городе")) == 2


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        (FULL, "выше-порога"),
        ((6, 5, 5, 2), "порог-под-вопросом"),
        ((2, 2, 1, 0), "мало-участников"),
        (LIKE, None),
    ],
)
def test_what_is_said_of_the_threshold(edition_with, marks, told):
    edition = edition_with(_town(marks))
    names = ("выше-порога", "порог-под-вопросом", "мало-участников")
    found = [one for name in names for one in _said(edition, name) if one.text.startswith("Школа 1")]
    assert [one.sentence.id for one in found] == ([told] if told else [])
    if told in names[:2]:
        assert f"({DEFAULT_RULE})" in found[0].text


@pytest.mark.parametrize(
    ("now", "told"),
    [((2, 18, 20, 10), "лучше, чем"), ((25, 10, 10, 5), "так, как ожидалось"), ((45, 3, 1, 1), "хуже, чем")],
)
def test_results_are_better_or_worse_than_foreseen_or_as_foreseen(edition_with, now, told):
    sat = {"procedure": "ВПР"}
    edition = edition_with([*_town(FAR, 2021, **sat), *_town(now, 2022, **sat)], year=2022)
    texts = [one.text for one in _said(edition, "поддержка")]
    assert [told in text for text in texts if text.startswith("Школа 1")] == [True]


def test_a_break_splits_the_line_and_says_why(edition_with):
    autumn = {"wave": "осень", "programme_grade": 5, "sitting_grade": 6, "school_year": "2020/21"}
    edition = edition_with([*_town(FAR, 2020, **autumn), *_town(FAR, 2021)])
    (broken,) = _said(edition, "разрыв")
    assert "2020 год — осень, программа предыдущего класса; 2021 год — весна" in broken.text
    (picture,) = slope_pictures(edition)
    alternative = picture.markdown.split('fig-alt="')[1]
    assert "разрыв сопоставимости: 2020 год" in alternative
    assert picture.data["change"].notna().sum() == 0 if "change" in picture.data else True
    (table,) = [one for one in effectiveness.sections(edition)[1] if one.label == "tbl-changes"]
    assert "| разрыв сопоставимости |" in " ".join(table.markdown.split())
    assert [note for note in effectiveness.notices(edition, table) if note.startswith("Разрыв сопоставимости: 2020")]


def test_nobody_returned_is_not_nought(edition_with):
    (silent,) = _said(edition_with(_town(LIKE)), "нет-данных")[:1]
    assert silent.text.startswith("Недостаточно данных: никто не вернул этих сведений")
    assert "«ЕГЭ: средний балл»" in silent.text
    assert "0 %" not in silent.text


def test_no_heading_stands_over_nothing(edition_with):
    edition = edition_with(_town(FAR))
    found = edition.tables["school_indicators"]
    of_results = {one.id for one in edition.methods.passport.indicators if one.table == "results"}
    tables = dict(edition.tables, school_indicators=found[found["indicator_id"].isin(of_results)])
    text, _ = effectiveness.sections(replace(edition, tables=tables))
    assert text.partition("{#sec-context}")[2].strip().startswith("Недостаточно данных: социальных паспортов")


def test_staff_and_topics(edition_with):
    edition = edition_with()
    assert _said(edition, "вакансии")[0].text.startswith("Школа 1: вакантно ")
    assert _said(edition, "нужнее-всего") == []  # there are no more than three topics
    assert _said(edition, "темы-все-нужны") != []
    assert _said(edition_with(internal=False), "темы-все-нужны") == []


def test_selection_names_lists_for_the_office_alone(edition_with):
    rows = [
        row
        for year in (2021, 2022)
        for subject in ("Математика", "Русский язык")
        for row in _town(FAR, year, (9, 16, 14, 12), subject=subject)
    ]
    office, public = edition_with(rows, year=2022), edition_with(rows, year=2022, internal=False)
    assert [one.text.split(": в списке ")[1] for one in _said(office, "список")] == [
        "1\N{NO-BREAK SPACE}школа: Школа 1.",
    ] * 2
    assert _said(office, "другой-порог") == []
    names = ("список", "ответ-не-ясен", "другой-порог", "выход", "присмотреться")
    assert [one for name in names for one in _said(public, name)] == []
    labels = [one.label for one in effectiveness.sections(public)[1]]
    assert not {"tbl-selection", "tbl-thresholds", "tbl-training"} & set(labels)
    assert "tbl-low-procedures" in labels


@pytest.mark.parametrize(("year", "earlier_wave", "broken"), [(2021, "осень", True), (2022, "весна", False)])
def test_two_years_in_a_row_over_a_break_are_named_under_the_table(edition_with, year, earlier_wave, broken):
    rows = [*_town(FAR, year - 1, wave=earlier_wave), *_town(FAR, year)]
    text, _ = effectiveness.sections(edition_with(rows, year=year))
    assert ("где эти годы нельзя сравнивать" in text) == broken


@pytest.mark.parametrize("internal", [True, False])
def test_the_data_of_every_exhibit_are_described(edition_with, internal):
    edition = edition_with(_town(FAR), internal=internal)
    kept = {"competence": "string", "deficit_schools": "string", "flags": "string"}  # as they come back from disk
    edition.tables["training_needs"] = edition.tables["training_needs"].astype(kept)
    shown = [*effectiveness.sections(edition)[1], *logs.section(edition)[1]]
    assert len(shown) > 7
    for one in shown:
        fields = resource(one, one.data, b"")["schema"]["fields"]
        assert [field["name"] for field in fields] == list(one.data.columns)
        assert "school_login" not in one.data or internal


def test_notices_stand_wherever_they_must(edition_with):
    text, shown = effectiveness.sections(edition_with(_town(FAR)))
    of_vpr = [one for one in shown if "procedure" in one.data and (one.data["procedure"] == "ВПР").any()]
    assert len(of_vpr) > 3
    assert text.replace("\\", "").count(VPR_NOTICE) == len(of_vpr)
    for one in shown:
        # Schools over all their results stand beside the city, not beside the threshold.
        of_effects = "above_city_probability" in one.data
        if "indicator_id" in one.data and not of_effects and (one.data["indicator_id"] == "fail_share").any():
            assert f"({DEFAULT_RULE})" in one.markdown.replace("\\", "")
    assert all("nan" not in one.markdown.lower().replace("\\", "").split() for one in shown)


def test_the_annex_prints_every_indicator_of_the_edition_with_its_source(edition_with):
    edition = edition_with(_town(FAR))
    text, (table,) = logs.section(edition)
    there = edition.indicators.dropna(subset=["value"])
    used = set(there.loc[there["calendar_year"] <= edition.calendar_year, "indicator_id"])
    assert 0 < len(used) < len(edition.methods.passport.indicators)
    assert set(table.data["indicator_id"]) == used
    assert "не подтверждено" in text
    assert f"Паспорт версии 1: {DEFAULT_RULE};" in text.replace("\\", "")
    assert "Интервал Джеффриса" in text
    assert table.data.set_index("indicator_id").loc["fail_share", "threshold"] == 0.3


def test_the_log_names_what_the_results_rest_on_and_no_exam_that_is_not_there(edition_with):
    needed = {one.needs for one in assumed(edition_with(_town(FAR)))}
    assert {"результаты", "сведения школ", "СОУ", "отбор"} <= needed
    assert not needed & {"баллы ЕГЭ", "выгрузки", "скрытые числа"}
    assert "скрытые числа" in {one.needs for one in assumed(edition_with(_town(FAR), internal=False))}
    assert not {"результаты", "отбор"} & {one.needs for one in assumed(edition_with(_town(FAR), year=2022))}


def test_pictures_say_their_numbers(edition_with):
    edition = edition_with(_town(FAR))
    _, shown = effectiveness.sections(edition)
    (dots,) = _dots(edition)
    assert "Математика, 5 класс, Школа 1: 25 из 50, 50" in dots.markdown.replace("\\", "")
    assert [one for one in shown if one.label.startswith("fig-funnel")]


def _dots(edition):
    return [one for one in effectiveness.notebook_pictures(edition) if one.label.startswith("fig-dots")]


@pytest.mark.parametrize(("change", "said"), [(0.0321, "+3"), (-0.05, "−5"), (-0.0001, "0")])
def test_a_change_that_rounds_to_nothing_has_no_sign(edition_with, change, said):
    indicator = edition_with().methods.passport["fail_share"]
    row = {"change": change, "change_low": None, "change_high": None, "change_note": None}
    assert change_words(row, indicator).replace("\N{NO-BREAK SPACE}", " ") == f"{said} п. п."


def _alternative(exhibit):
    return exhibit.markdown.split('fig-alt="')[1].replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


def test_low_procedures_are_drawn_for_the_office(edition_with):
    edition = edition_with(_town(FULL))
    for rule in edition.methods.rules:
        picture = effectiveness_pictures.low_picture(edition, rule)
        assert picture.data["school_login"].tolist() == ["edu1"]
        assert "Школа 1, ВПР, весна: математика, 5 кл.: 100 %" in _alternative(picture)
    nobody = edition_with(_town(LIKE))
    assert effectiveness_pictures.low_picture(nobody, nobody.methods.rules[0]) is None


def test_topics_and_marks_against_the_journal_are_drawn_where_there_are_any(edition_with):
    edition = edition_with(_town(LIKE, journal=(10, 25, 15)))
    deficits = edition.tables["deficits"]
    rows = deficits[deficits["calendar_year"] == 2021]
    teachers, diagnosed = (int(rows[f"{name}_teacher_count"].sum()) for name in ("deficit", "diagnosed"))
    exhibit, said = topics_picture(edition)
    assert f"Оценивание: {teachers} из {diagnosed}; школ " in _alternative(exhibit)
    assert said == f"Чаще всего дефицит найден по теме «Оценивание»: у {teachers} из {diagnosed} учителей."
    words = _alternative(effectiveness_pictures.journal_picture(edition))
    assert "Школа 1, Математика, 5 класс, весна: понизили 20 %, подтвердили 50 %, повысили 30 %" in words
    without = edition_with(_town(LIKE), deficits=deficits[deficits["calendar_year"] == 2020])
    assert topics_picture(without) is effectiveness_pictures.journal_picture(without) is None


def test_a_notebook_shows_a_picture_with_its_caption_and_notices(edition_with):
    edition = edition_with(_town(LIKE))
    (dots,) = _dots(edition)
    page = shown(edition, dots)._repr_html_()
    assert "<b>ВПР, весна, 2020/21 учебный год: доля «2» с интервалами</b>" in page
    assert 'src="data:image/png;base64,iVBOR' in page
    assert VPR_NOTICE in page


def test_the_picture_of_all_schools_fits_a_page_and_cuts_no_name(edition_with):
    logins = [f"edu{number}" for number in range(200)]
    long = "Средняя общеобразовательная школа с углублённым изучением отдельных предметов"
    schools = pd.DataFrame({"school_login": logins, "school_name": [f"{long} № {number}" for number in range(200)]})
    rows = [effect(login, pooled_value=0.1, pooled_low=0.05, pooled_high=0.2) for login in logins]
    edition = edition_with()
    tables = {**edition.tables, "school_effects": pd.DataFrame(rows).assign(calendar_year=2021), "schools": schools}
    edition = replace(edition, tables=tables)
    drawn = effects_picture(edition, edition.methods.passport["fail_share"])
    assert len(drawn.data) == 200
    assert "30 из 200" in drawn.caption
    (axes,) = drawn.picture.axes
    labels = [one.get_text() for one in axes.get_yticklabels()]
    assert len(labels) == 30
    assert max(len(line) for label in labels for line in label.split("\n")) <= 33
