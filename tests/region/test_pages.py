"""The report of a region: every city in the one order, what is wrong with whom, codes to approve; marked everywhere."""

import doctest
import json
import re
import shutil

import pytest
from lxml import html

import analysis
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.publishing.state import document_keys
from analysis.region.comparison import CityState, region_tables, with_reasons
from analysis.region.dataset import CITIES, CITY, PACKAGE, STATE, TABLES_FOLDER, read_state, read_table, write_table
from analysis.region.pages import NOT_MASKED
from analysis.region.site import publish_region
from analysis.region.work import write_region_tables
from regions import DAY, region_of, state_with, taken_in


@pytest.fixture(scope="module")
def region(built_town, tmp_path_factory):
    """A region of two built cities and one that was never there, its report published."""
    root = tmp_path_factory.mktemp("pages")
    region = region_of(root, {"b": "b", "a": "towns/a", "nobody": "nobody"})
    shutil.copytree(built_town, root / "towns/a")
    (root / "towns/a/reports/_site").mkdir(exist_ok=True)
    (root / "towns/a/reports/_site/index.html").write_text("<p>Отчёт</p>", encoding="utf-8")
    assert taken_in(region, root / "towns/a", "a")["error"] == ""
    _copied(region.output / CITIES)
    nobody = CityState(region.file.cities[2], {"id": "nobody", "error": "проекта города здесь нет"}, {})
    states = with_reasons([state_with(region, "b"), state_with(region, "a"), nobody], invented=True)
    tables = region_tables(region, states, DAY)
    write_region_tables(region, tables, ["b", "a"])
    publish_region(region, states, tables, SILENT)
    return region


def _copied(cities):
    shutil.copytree(cities / "a", cities / "b")
    for path in (cities / "b").glob("*.parquet"):
        write_table(cities / "b", path.stem, read_table(cities.parent, path.stem, ["a"]).assign(**{CITY: "b"}))
    state = read_state(cities / "b") | {"city": "город Б", "logins": ["x"]}
    (cities / "b" / STATE).write_text(json.dumps(state), encoding="utf-8")


def _page(region, name):
    return html.fromstring((region.root / "output/internal/_site" / name).read_bytes())


def _rows(table):
    return [[" ".join(cell.text_content().split()) for cell in row] for row in table.xpath(".//tr")]


def test_every_page_is_marked(region):
    pages = sorted((region.root / "output/internal/_site").glob("*.html"))
    assert [page.name for page in pages] == [
        "city-a.html", "city-b.html", "city-nobody.html", "index.html", "indicators-2022.html",
    ]  # fmt: skip
    for page in pages:
        text = html.fromstring(page.read_bytes()).text_content()
        assert "Для служебного пользования" in text
        assert "Сведения вымышлены" in text


def test_the_first_table_says_how_far_each_city_is(region):
    page = _page(region, "index.html")
    assert NOT_MASKED in " ".join(page.text_content().split())
    assert "В порядке 2 из 3 городов, в сводных таблицах 2 из 3." in page.text_content()
    head, *rows = _rows(page.xpath("//table")[0])
    assert head[0] == "Город"
    assert [row[0] for row in rows] == ["город Б", "город Примерск", "nobody"]
    assert [row[1] for row in rows] == ["собран", "собран", "нет сведений"]
    assert rows[1][3] == "20 из 20, в срок 20 (2022)"
    assert rows[2][2:7] == ["—"] * 5
    assert "nobody: проекта города здесь нет" in page.text_content()


def test_a_city_leads_to_its_own_report(region):
    site = region.root / "output/internal/_site"
    links = _page(region, "index.html").xpath("//table[1]//a[text()='отчёт']/@href")
    assert [(site / link).resolve() for link in links] == [region.root / "towns/a/reports/_site/index.html"]


def test_no_table_of_cities_can_be_sorted_and_none_has_a_place(region):
    for name in ("index.html", "indicators-2022.html"):
        tables = _page(region, name).xpath("//table[.//th[normalize-space()='Город']]")
        assert tables
        assert [one for one in tables if not one.xpath("ancestor::*[contains(@class, 'fixed-order')]")] == []
        words = {word for table in tables for cell in _rows(table)[0] for word in cell.casefold().split()}
        assert not words & {"место", "ранг", "рейтинг"}


def test_every_city_stands_in_every_table_of_indicators_with_its_interval(region):
    tables = [_rows(one) for one in _page(region, "indicators-2022.html").xpath("//main//table")]
    assert len(tables) > 60
    for head, *rows in tables:
        assert [row[0] for row in rows] == ["город Б", "город Примерск", "nobody"]
        assert head[1] == "Значение"
        assert ("Интервал 95 %" in head) == ("С учётом всех" in head)  # a full count has neither
        assert rows[2][-1] == "город не собран"
    first = dict(zip(tables[0][0], tables[0][1], strict=True))
    assert re.fullmatch(r"\d+ %", first["Значение"])
    assert re.fullmatch(r"\d+–\d+ %", first["Интервал 95 %"])


def test_a_city_sees_what_it_is_to_approve(region):
    page = _page(region, "city-a.html")
    digest = read_state(region.output / CITIES / "a")["hashes"]["2022"]
    (entry,) = page.xpath("//pre")
    assert f'city = "a"\nedition = 2022\nhash = "{digest}"' in entry.text_content()


def test_what_no_longer_belongs_goes(region, tmp_path):
    shutil.copytree(region.root, tmp_path / "own")
    smaller = region_of(tmp_path / "own", {"a": "towns/a"})
    states = with_reasons([state_with(smaller, "a")], invented=True)
    publish_region(smaller, states, region_tables(smaller, states, DAY), SILENT)
    site = tmp_path / "own/output/internal/_site"
    assert sorted(page.name for page in site.glob("*.html")) == ["city-a.html", "index.html", "indicators-2022.html"]


def test_only_pages_that_say_something_else_are_made_again(region, tmp_path):
    sources = tmp_path / "own"
    shutil.copytree(region.root / "output/internal", sources)
    names = [path.name for path in sources.glob("*.qmd")]
    changes = {"city-a.qmd": {"city-a.qmd"}, "data/region_cities.csv": {"index.qmd"}, "styles.css": {*names}}
    for changed, pages in changes.items():
        before = document_keys(sources, names, "", DAY)
        with (sources / changed).open("ab") as file:
            file.write(b"\n")
        now = document_keys(sources, names, "", DAY)
        assert {name for name in names if now[name] != before[name]} == pages


def test_the_example_of_the_help_is_right(region, tmp_path, monkeypatch):
    (tmp_path / "demo-region").symlink_to(region.root)
    monkeypatch.chdir(tmp_path)
    (example,) = doctest.DocTestFinder().find(analysis.open_region)
    assert doctest.DocTestRunner().run(example) == (0, 3)


def test_an_open_region_answers(region):
    pytest.importorskip("duckdb")
    opened = analysis.open_region(region.root)
    assert repr(opened).startswith("Светлый край: городов в таблицах 2 из 3")
    assert opened.cities["Код города"].tolist() == ["b", "a", "nobody"]
    own = opened.tables["results"]
    counted = opened.sql(
        "select city_id, count(*) as n, max(programme_grade) as top from RESULTS group by 1 order by 1"
    )
    assert counted["n"].tolist() == own.groupby("city_id").size().tolist()
    assert counted["city_id"].tolist() == ["a", "b"]
    assert opened.tables["plan_fact"]["task_code"].map(type).eq(str).all()
    assert "Результаты процедур" in repr(opened.tables)


def test_what_cannot_be_asked_is_a_sentence(region, tmp_path):
    pytest.importorskip("duckdb")
    opened = analysis.open_region(region.root)
    with pytest.raises(AnalysisError, match="Вероятно, имелось в виду «results»"):
        opened.tables["result"]
    with pytest.raises(AnalysisError, match="Ответ DuckDB"):
        opened.sql(f"select * from results, read_csv('{region.root}/region.toml')")
    with pytest.raises(AnalysisError, match="Регион ещё не собран"):
        analysis.open_region(region_of(tmp_path, {"a": "a"}).root).cities  # noqa: B018
    own = tmp_path / "own"
    shutil.copytree(region.output, own / "output/region")
    table = read_table(own / "output/region", "schools", ["a"]).drop(columns="code_oo")
    table.to_parquet(own / "output/region" / CITIES / "a/schools.parquet")
    with pytest.raises(AnalysisError, match="столбцы не те, что у таблицы «schools»"):
        analysis.open_region(region_of(own, {"a": "a"}).root).sql("select * from schools")


def test_the_package_names_every_file_and_column(region):
    package = json.loads((region.output / PACKAGE).read_text(encoding="utf-8"))
    resources = {one["name"]: one for one in package["resources"]}
    paths = {path for one in resources.values() for path in one["path"]}
    there = {path.relative_to(region.output).as_posix() for path in region.output.rglob("*.parquet")}
    assert paths == there
    assert f"{TABLES_FOLDER}/region_cities.parquet" in paths
    fields = {one["name"]: one for one in resources["results"]["schema"]["fields"]}
    assert fields["city_id"]["type"] == fields["school_login"]["type"] == "string"
    assert fields["participant_count"] == {
        "name": "participant_count", "type": "integer", "title": "Участников", "unit": "участник",
        "description": fields["participant_count"]["description"],
    }  # fmt: skip
