"""What makes the pages of a year one site: the menu, the addresses, what the search reads."""

import json
from pathlib import Path

import pytest
from lxml import html as parsed_html

YEAR = ["annual-report-2021.html", "annex-2021.html", "school-2.html", "school-10.html"]


def _page(site: Path, name: str):
    return parsed_html.document_fromstring((site / name).read_text(encoding="utf-8"))


def _found(site: Path, name: str) -> dict[str, list]:
    """The places of each page that a search data file holds."""
    text = (site / name).read_text(encoding="utf-8")
    start = "(window.searchData = window.searchData || []).push([document.currentScript.src, "
    return {page: places for page, _, places in json.loads(text.removeprefix(start).removesuffix("]);\n"))}


def test_a_page_offers_the_others_of_its_year(moved: Path):
    menu = _page(moved, "2021/annex-2021.html").xpath("//nav[@aria-label='Страницы этого года']")[0]
    assert [link.get("href") for link in menu.iter("a")] == YEAR
    assert [link.text for link in menu.xpath("./ul/li/a")] == ["Отчёт за 2021 год", "Приложение"]
    assert menu.xpath(".//summary/text()") == ["Школы"]
    assert [link.text for link in menu.xpath(".//details//a")] == ["Школа № 2 & Ко", "Школа № 10 & Ко"]
    assert menu.xpath(".//a[@aria-current='page']/@href") == ["annex-2021.html"]


def test_a_page_of_a_list_names_no_other_of_it(moved: Path):
    menu = _page(moved, "2021/school-10.html").xpath("//nav[@aria-label='Страницы этого года']")[0]
    assert [link.text for link in menu.iter("a")] == ["Отчёт за 2021 год", "Приложение", "Школа № 10 & Ко"]


def test_the_bar_shows_the_year_of_a_page(moved: Path):
    def marked(name: str) -> list[tuple[str, str]]:
        bar = _page(moved, name).xpath("//nav[@aria-label='Разделы сайта']")[0]
        return [(link.text, link.get("aria-current")) for link in bar.xpath(".//a[@aria-current]")]

    assert marked("2021/school-2.html") == [("2021", "true")]
    assert marked("2021/annual-report-2021.html") == [("2021", "page")]
    assert marked("index.html") == [("inde", "page")]


def test_a_year_of_one_page_has_no_menu(site: Path):
    assert _page(site, "2020/annual-report-2020.html").xpath("//nav[@aria-label='Страницы этого года']") == []


@pytest.mark.parametrize("words", ["2.1.1 Подробно", "Таблица 1. План на год", "Рисунок 1. План по задачам"])
def test_each_heading_table_and_picture_is_a_link_to_itself(site: Path, words: str):
    page = _page(site, "2021/annual-report-2021.html")
    (link,) = [one for one in page.find_class("address") if " ".join(one.text_content().split()) == words]
    target = page.get_element_by_id(link.get("href").removeprefix("#"))
    assert target in list(link.iterancestors())


def test_the_search_reads_every_place_with_its_words(site: Path):
    assert list(_found(site, "2021/search-data.js")) == ["annual-report-2021.html"]
    places = _found(site, "2021/search-data.js")["annual-report-2021.html"]
    by_address = {address: (level, heading, texts) for address, level, heading, texts in places}
    assert by_address["sec-tasks"] == (3, "По задачам", [])
    assert by_address["fig-plan"][:2] == (0, "Рисунок 1. План по задачам")
    assert 'Столбец показывает "план": 2.' in by_address["fig-plan"][2]
    level, heading, rows = by_address["tbl-plan"]
    assert (level, heading, rows[1]) == (0, "Таблица 1. План на год", "1.1 · Отбор школ · не менее 1")
    assert "УО" in by_address["sec-summary"][2]
    assert len(by_address["tbl-more"][2]) == 61  # and the heads


def test_all_pages_of_a_year_are_searched_together(moved: Path):
    assert list(_found(moved, "2021/search-data.js")) == YEAR
    script = _page(moved, "index.html").xpath("//script/@data-search")
    assert script == ["search-data.js 2021/search-data.js"]


def test_an_empty_cell_heads_nothing(site: Path):
    page = _page(site, "2021/annual-report-2021.html")
    heads = page.xpath("//th")
    assert len(heads) > 60
    assert all(head.text_content().strip() for head in heads)


def test_three_years_of_the_site_are_light_and_so_is_the_first_page(shared_town: Path):
    site = shared_town / "reports/_site"
    sizes = {
        one: one.stat().st_size for one in site.rglob("*") if one.is_file() and one.suffix not in (".pdf", ".docx")
    }
    of_a_year = sum(size for one, size in sizes.items() if one.is_relative_to(site / "2021"))
    assert of_a_year > 1_000_000
    assert sum(sizes.values()) + 2 * of_a_year < 4_000_000
    for page in (site / "index.html", site / "2021/annual-report-2021.html"):
        shown = {
            page.parent / one for one in parsed_html.parse(page).xpath("//script/@src | //img/@src | //link/@href")
        }
        assert 30_000 < sum(sizes[one.resolve()] for one in {page, *shown}) < 150_000
