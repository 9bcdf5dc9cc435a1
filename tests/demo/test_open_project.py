"""What an analyst asks of an open project, on the invented town; nothing it hands out reaches what it keeps."""

import csv
import doctest
import json
import shutil
from datetime import date

import pandas as pd
import pytest

import analysis
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.project import frames, opened
from analysis.publishing import Request, publish


@pytest.fixture(scope="module")
def city(published):
    return analysis.open_project(published)


@pytest.fixture(scope="module")
def public(published):
    return analysis.open_project(published, audience="public")


@pytest.mark.parametrize("about", [analysis.open_project, opened, frames], ids=lambda about: about.__name__)
def test_the_examples_of_the_help_are_right(about, city, published, monkeypatch):
    monkeypatch.chdir(published.parent)
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    for example in doctest.DocTestFinder().find(about, extraglobs={"city": city}):
        runner.run(example)
    assert runner.summarize().attempted >= 1
    assert runner.summarize().failed == 0


def test_five_lines_answer_who_got_twos_how_sure_and_whence(published, monkeypatch):
    monkeypatch.setenv("ANALYSIS_PROJECT", str(published))
    typed = [
        "import analysis",
        "city = analysis.open_project()",
        'found = city.indicators("Доля «2»", year=2021, procedure="ВПР")',
        'picture = city.exhibit("fig-dots-vpr-1", 2021)',
        'whence = city.explain(found["Откуда"].iloc[0])',
    ]
    names = {}
    exec("\n".join(typed), names)
    found = names["found"]
    first = found.iloc[0]
    assert first["Интервал: от"] < first["Значение"] < first["Интервал: до"]
    assert first["Числитель"] / first["Знаменатель"] == pytest.approx(first["Значение"])
    assert {"Школа № 5", "Школа № 12", "Город"} <= set(found["Школа или группа школ"])
    assert "<img" in names["picture"]._repr_html_()
    assert f"Отметок «2» — {first['Числитель']:.0f}," in repr(names["whence"])
    assert "data/raw/2021/" in repr(names["whence"])


def test_what_is_done_to_a_table_stays_with_the_one_who_did_it(city):
    mine = city.tables["targets"]
    before = mine.copy()
    mine.loc[:, "target_count"] = 0
    mine["target_count"].array[0] = 7
    city.tables["targets"]["calendar_year"].array[0] = 1999
    pd.testing.assert_frame_equal(city.tables["targets"], before)
    assert before["target_count"].sum() > 0


def test_the_list_of_tables_says_what_each_holds(city):
    listing = city.tables.listing.set_index("Таблица")
    assert listing.loc["schools"].tolist() == ["Все школы города: по строке на школу.", 18]
    assert (listing["Что в ней"] != "").all()
    assert not [name for name in listing.index if name.startswith("public_")]
    assert "Все школы города" in city.tables._repr_html_()
    assert len(city.tables.describe("results")) == len(city.tables["results"].columns)


def test_the_public_tables_hold_what_the_public_report_prints_and_nothing_else(public, published):
    folders = [published / f"reports/{year}/data" for year in public.years]
    tables = public.tables
    assert not {"results", "received_cells", "reports", "schools", "selection"} & set(tables)
    printed = [
        [value for name, value in row.items() if name != "data_origin" and not name.endswith("_status")]
        for data in folders
        for one in json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["resources"]
        if one["name"].startswith("tbl-marks-")
        for row in csv.DictReader((data / one["path"]).open(encoding="utf-8", newline=""))
    ]
    handed = tables["mark_results"].to_csv(index=False, header=False)
    assert sorted(printed) == sorted(csv.reader(handed.splitlines()))
    assert len(printed) > 20
    columns = {name: set(tables[name]) for name in tables}
    assert [name for name, found in columns.items() if {"school_login", "source_file"} & found] == []
    assert "missing_reporters" not in columns["plan_fact"]


def test_the_public_ask_only_of_what_is_printed(public):
    with pytest.raises(AnalysisError, match="в открытом виде спрашивают ячейку"):
        public.explain("edu990005/fail_share@2021")
    with pytest.raises(AnalysisError, match="для служебного пользования"):
        public.funnel("fail_share", year=2021)
    assert public.explain("tbl-targets-1@2021!M2")
    groups = {"Школа № 5", "Школа № 12", "Город", "Другие школы города"}
    found = public.indicators(year=2021)
    assert set(found["Школа или группа школ"]) <= groups
    assert "Откуда" not in found


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda city: city.tables["result"], "Вероятно, имелось в виду «results»"),
        (lambda city: city.indicators("доля 2"), "Вероятно, имелось в виду «Доля «2»»"),
        (lambda city: city.indicators(school="Школа 55"), "Похожие: Школа № 5 "),
        (lambda city: city.indicators(procedure="впрр"), "Вероятно, имелось в виду «ВПР»"),
        (lambda city: city.indicators(subject="Руский язык"), "Вероятно, имелось в виду «Русский язык»"),
        (lambda city: city.indicators(year=2035), "Отчёта за 2035 год нет"),
        (lambda city: city.funnel("mean_mark"), "Воронку рисуют по доле"),
        (lambda city: city.funnel("fail_share", "ВТР"), "Процедуры «ВТР» нет"),
        (lambda city: city.exhibit("fakt-1", 2021), "Похожие: fact-1"),
        (lambda city: city.explain("4.99@2021"), "нет такого"),
        (lambda city: city.sql("select * from target"), "targets"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest_right_one(city, ask, answer):
    with pytest.raises(AnalysisError) as raised:
        ask(city)
    assert answer in str(raised.value)
    assert raised.value._render_traceback_() == [f"Ошибка: {raised.value}"]


def test_a_school_is_found_by_any_of_its_names(city):
    by_name = city.indicators("fail_share", year=2021, school="школа 5")
    assert len(by_name)
    pd.testing.assert_frame_equal(by_name, city.indicators("fail_share", year=2021, school="edu990005"))


def test_changes_say_what_was_compared_or_why_not(city):
    found = city.changes("fail_share", year=2021, school="Школа № 5")
    compared = found["Изменение"].notna()
    assert compared.any()
    assert found.loc[~compared, "Почему нет изменения"].notna().all()


def test_what_must_stand_beside_an_exhibit_stands_there_once(city):
    page = city.exhibit("transition", 2022)._repr_html_()
    assert page.count("Город — не все школы реестра") == 1


def test_a_family_is_shown_whole_or_says_that_there_is_none(city):
    assert [one.id for one in city.gallery("tbl-fact", 2021)] == [f"tbl-fact-{task}" for task in (1, 2, 3, 4)]
    assert len(city.gallery("fig-low", 2022)) == len(city.tables["selection_rules"]) == 2
    assert city.exhibit("fig-slopes-vpr-9", 2020).caption.endswith("сведений за 2020 год нет.")
    assert repr(city.gallery("fig-slopes", 2020)) == "Таких сведений нет."
    with pytest.raises(AnalysisError, match="«fig-plan»"):
        city.gallery("fig-plans")


def test_the_chain_of_a_row_is_asked_for_by_the_row(city):
    found = city.indicators("fail_share", year=2021, procedure="ВПР")
    assert city.explain(found.head(1)) == city.explain(found["Откуда"].iloc[0])
    assert repr(city.explain(found.head(0))) == "Таких сведений нет."


def test_who_has_not_reported_is_called_by_name(city):
    late = set(city.plan_fact(2022)["Кто не отчитался"])
    assert "Школа № 12" in late
    assert not [one for one in late if "edu99" in one]


def test_a_funnel_shows_every_school_of_a_procedure(city):
    gallery = city.funnel("quality_share", procedure="ВПР", year=2021)
    assert gallery
    assert gallery[0].figure is not None
    assert "Школа № 5" in gallery[0]._repr_html_()
    assert len(city.funnel("fail_share", "ЕГЭ", 2021)) == 0


def test_sql_adds_whole_numbers_and_keeps_what_is_blank(city):
    counted = city.sql("select sum(target_count) as planned, count(*) as all_rows from targets")
    assert counted["planned"].dtype == "Int64"
    targets = city.tables["targets"]["target_count"]
    assert counted["planned"][0] == targets.sum()
    blank = city.sql("select count(*) - count(target_count) as blank from targets")
    assert blank["blank"][0] == targets.isna().sum() > 0
    assert city.sql("select count(*) as n from school_indicators where procedure = 'ВПР'")["n"][0] > 100


def test_sql_reads_no_file(city, published):
    with pytest.raises(AnalysisError, match="Запрос SQL не выполнен"):
        city.sql(f"select * from '{published}/data/processed/results.parquet'")


OWN = """---
title: "Свой отчёт"
---

```{python}
#| output: asis
import os
import analysis

print(analysis.open_project().audience, analysis.open_project(audience="internal").audience)
os.chdir("/")
found = analysis.open_project(%r, audience="internal")
print(found.audience, len(found.indicators("fail_share")), "school_login" in found.tables["mark_results"])
```
"""


@pytest.mark.parametrize(("sources", "audience"), [("reports", "public"), ("output/internal", "internal")])
def test_inside_a_report_the_audience_is_the_reports(published, tmp_path, sources, audience):
    town = tmp_path / "town"
    shutil.copytree(published, town, ignore=shutil.ignore_patterns("_site*"))
    if audience == "internal":
        shutil.copytree(town / "reports", town / sources, dirs_exist_ok=True)
    (town / sources / "2021/own.qmd").write_text(OWN % str(town), encoding="utf-8")
    request = Request(["2021/own.qmd"], ("html",), "builtin", date(2022, 1, 31))
    page = publish(town / sources, request, progress=SILENT)[0].read_text(encoding="utf-8")
    rows = len(analysis.open_project(town, audience=audience).indicators("fail_share"))
    assert f"{audience} {audience}" in page
    assert f"{audience} {rows} False" in page
