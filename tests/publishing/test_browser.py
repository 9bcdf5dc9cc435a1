"""What a reader does on the pages, in a real browser, from a folder: read with a program, sort, filter, search."""

import itertools
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pymorphy3
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from analysis.publishing import web

pytestmark = pytest.mark.browser
EDITION = "2021/annual-report-2021.html"
WIDTHS, SCHEMES = (1280, 768, 360), ("light", "dark")
AXE = {"resultTypes": ["violations"], "preload": False}
LINES = """
| Школа № 10 | 1 234,5 | −3,2 | 4.10 | 31.12.2021 | май |
| Школа № 9 | 12,5 | — | 4.2 | 01.02.2022 | февраль |
| Лицей № 1 | не менее 7 | 5 | 3.1/2 | 05.01.2020 | в течение года |
| Ёлка | скрыто | 0,5 | 3.1/1 | — | май |
"""
ROWS = [[cell.strip() for cell in line.strip("| ").split("|")] for line in LINES.strip().splitlines()] + [
    ["Я", str(number), str(number), f"9.{number}", f"{number:02}.03.2022", "июнь"] for number in range(20, 28)
]
PAGE = """<!DOCTYPE html><html lang="ru"><head><title>Таблица</title><link rel="stylesheet" href="{scripts}/site.css">
<script src="{scripts}/sortable.js" defer></script><script src="{scripts}/site.js" data-search="none.js" defer></script>
</head><body><form class="search" hidden><input></form><div class="found"><p></p><ol></ol></div>
<p class="moved" hidden></p><div class="table-region"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>
</table></div></body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test if a script fails, or if anything but this folder is asked for."""
    opened, wrong = browser.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith("file:") else wrong.append(request.url))
    yield opened
    opened.close()
    assert not wrong


def _open(page: Page, path: Path, width: int = 1280, scheme: str = "light", anchor: str = "") -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(path.resolve().as_uri() + anchor)


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] + ["the page scrolls sideways"] * wide


# What each reader can use --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_page_has_no_barriers_before_and_after_it_is_used(page: Page, site: Path, width: int, scheme: str):
    _open(page, site / EDITION, width, scheme)
    before = _faults(page)
    page.locator("#tbl-more thead button").first.click()
    page.get_by_label("Отобрать строки").fill("1")
    page.get_by_label("Поиск по отчётам").fill("строки")
    page.locator(".found li").first.wait_for()
    assert page.locator("#tbl-more [aria-sort]").count() == 1
    assert before + _faults(page) == []


@pytest.mark.parametrize("site", ["reports/_site", "output/internal/_site"])
def test_the_town_is_published_without_barriers(page: Page, shared_town: Path, site: str):
    pages = [shared_town / site / "index.html", *sorted((shared_town / site / "2021").glob("*.html"))]
    looks = itertools.cycle([(360, "light"), (1280, "dark"), (768, "light"), (360, "dark"), (1280, "light")])
    faults = {}
    for path, (width, scheme) in zip(pages, looks, strict=False):
        _open(page, path, width, scheme)
        page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+3)').forEach((row) => row.remove())")  # alike
        faults[path.name, width] = _faults(page)
    assert len(faults) >= 3
    assert not any(faults.values()), faults


def test_without_scripts_a_page_is_whole_and_offers_nothing_that_needs_them(browser: Browser, site: Path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / EDITION).as_uri())
    assert page.locator("#tbl-more tbody tr:visible").count() == 60
    assert page.locator(".contents a:visible").count() == 4
    assert page.locator("input:visible, button:visible, .found :visible, .moved:visible").count() == 0
    context.close()


# Tables ------------------------------------------------------------------------------------------------


@pytest.fixture
def table(page: Page, tmp_path: Path) -> Page:
    def row(cells: list[str]) -> str:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    heads = "".join(f'<th scope="col">{number}</th>' for number in range(6))
    scripts = web._ASSETS.as_uri()
    text = PAGE.format(scripts=scripts, heads=heads, rows="".join(map(row, ROWS)))
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    _open(page, tmp_path / "page.html")
    page.evaluate("let times = 0; addEventListener('sort-end', () => { document.body.dataset.sorted = times += 1; })")
    return page


def _column(page: Page, number: int) -> list[str]:
    return page.locator(f"tbody tr:visible td:nth-child({number + 1})").all_text_contents()


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        (0, ["Ёлка", "Лицей № 1", "Школа № 9", "Школа № 10"], ["Я"]),
        (1, ["не менее 7", "12,5", "20"], ["27", "1 234,5", "скрыто"]),
        (2, ["−3,2", "0,5", "5", "20"], ["27", "—"]),
        (3, ["3.1/1", "3.1/2", "4.2", "4.10"], ["9.27"]),
        (4, ["05.01.2020", "31.12.2021", "01.02.2022", "20.03.2022"], ["—"]),
        (5, ["февраль", "май", "май", "июнь"], ["в течение года"]),
    ],
)
def test_a_table_is_sorted_by_what_its_cells_say(table: Page, number: int, first: list[str], last: list[str]):
    table.locator("thead button").nth(number).press("Enter")
    table.locator("body[data-sorted='1'] th[aria-sort=ascending]").wait_for()
    up = _column(table, number)
    assert (up[: len(first)], up[-len(last) :]) == (first, last)
    table.locator("thead button").nth(number).press("Space")
    table.locator("body[data-sorted='2'] th[aria-sort=descending]").wait_for()
    down = _column(table, number)
    filled = [text for text in up if text not in ("—", "скрыто", "в течение года")]
    assert down == [*reversed(filled), *up[len(filled) :]]


def test_rows_are_filtered_by_words_and_counted_aloud(table: Page):
    field = table.get_by_label("Отобрать строки")
    field.fill("елка 3.1")
    assert (_column(table, 0), table.get_by_role("status").text_content()) == (["Ёлка"], "Показано строк: 1 из 12")
    field.fill("")
    assert (len(_column(table, 0)), table.get_by_role("status").text_content()) == (12, "")


def test_rows_that_go_on_with_the_one_above_stay_in_order(page: Page, tmp_path: Path):
    rows = "".join(f"<tr><td>{name}</td><td>{name}</td></tr>" for name in ["А", "", *"ВГДЕЖЗИКЛМ"])
    text = PAGE.format(scripts=web._ASSETS.as_uri(), heads="<th>1</th><th>2</th>", rows=rows)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    _open(page, tmp_path / "page.html")
    assert page.locator("thead").count() == 1
    assert page.locator("button, table input").count() == 0


# Search ------------------------------------------------------------------------------------------------

TERMS = ["школа", "показатель", "мероприятие", "исполнитель", "учитель"]
TERMS += ["отметка", "участник", "дефицит", "экзамен", "журнал"]
WORD = re.compile(r"№\s?\d+|\d+(?:[.,/]\d+)*|[а-яёa-z]+", re.IGNORECASE)


@pytest.fixture(scope="module")
def searched(browser: Browser, shared_town: Path) -> Iterator[Page]:
    page = browser.new_page()
    page.goto((shared_town / "reports/_site" / EDITION).as_uri())
    page.evaluate("siteSearch('школа')")
    yield page
    page.close()


@pytest.fixture(scope="module")
def lemmas() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@pytest.fixture(scope="module")
def pieces(searched: Page, lemmas: pymorphy3.MorphAnalyzer) -> list[tuple[str, set[str]]]:
    """Each text that can be found, and the lemmas of its words."""
    places = searched.evaluate("searchData.flatMap(([, pages]) => pages.flatMap(([, , places]) => places))")
    texts = [text for _, _, heading, texts in places for text in (heading, *texts)]
    known: dict[str, set[str]] = {}
    return [(text, set().union(*(_lemmas(word, lemmas, known) for word in WORD.findall(text)))) for text in texts]


def _lemmas(word: str, lemmas: pymorphy3.MorphAnalyzer, known: dict[str, set[str]]) -> set[str]:
    word = word.lower().replace("ё", "е").replace("\xa0", " ").replace("№ ", "№")
    if word not in known:
        known[word] = {one.normal_form.replace("ё", "е") for one in lemmas.parse(word)} | {word, word.split("/")[0]}
    return known[word]


def _queries(town: Path, lemmas: pymorphy3.MorphAnalyzer) -> dict[str, list[str]]:
    """Each query, and the lemmas that a text must hold."""
    forms = {form.word: [term] for term in TERMS for form in lemmas.parse(term)[0].lexeme}
    schools = pd.read_parquet(town / "data/processed/schools.parquet")["school_name"]
    names = {name: [word.lower().replace("№ ", "№") for word in WORD.findall(name)] for name in schools}
    codes = pd.read_parquet(town / "data/processed/measures.parquet")["activity_code"].unique()
    return forms | names | {code: [code] for code in codes}


def test_every_form_of_a_word_every_school_and_every_measure_is_found(
    searched: Page, shared_town: Path, lemmas: pymorphy3.MorphAnalyzer, pieces: list[tuple[str, set[str]]]
):
    queries = _queries(shared_town, lemmas)
    assert len(queries) > 10 * 8 + 18 + 15
    found = searched.evaluate("(all) => Promise.all(all.map((one) => siteSearch(one)))", list(queries))
    right = wanted = given = 0
    for texts, needed in zip(found, queries.values(), strict=True):
        due = Counter(text for text, held in pieces if held.issuperset(needed))
        right += (due & Counter(texts)).total()
        wanted, given = wanted + due.total(), given + len(texts)
    assert wanted > 1000
    assert (min(right / wanted, right / given), right, wanted, given) >= (0.98,)


def test_search_leads_to_the_place_and_can_be_left_with_the_keyboard(page: Page, site: Path):
    _open(page, site / EDITION)
    field = page.get_by_label("Поиск по отчётам")
    field.fill("отбором школы")
    page.locator(".found a").first.wait_for()
    assert page.get_by_role("status").filter(has_text="Найдено мест: 1").count() == 1
    assert page.locator(".found mark").all_text_contents() == ["Отбор", "школ"]
    page.locator(".found a").press("Escape")
    assert (page.locator(".found a").count(), field.input_value()) == (0, "")
    field.fill("отбо")  # the beginning of a word
    page.locator(".found a").press("Enter")
    assert page.url.endswith(f"{EDITION}#tbl-plan")


def test_the_first_page_searches_all_years_and_nothing_is_said_to_be_nothing(page: Page, site: Path):
    _open(page, site / "index.html")
    page.get_by_label("Поиск по отчётам").fill("противоречия")
    page.locator(".found a").first.wait_for()
    addresses = page.eval_on_selector_all(".found a", "(all) => all.map((one) => one.href.split('_site/')[1])")
    assert addresses == [f"{year}/annual-report-{year}.html#sec-summary" for year in (2020, 2021)]
    page.get_by_label("Поиск по отчётам").fill("гиппопотам")
    page.get_by_text("Ничего не найдено").wait_for()


def test_a_page_that_stands_alone_says_why_it_cannot_be_searched(page: Page, site: Path, tmp_path: Path):
    (tmp_path / "2021").mkdir()
    shutil.copytree(site / "scripts", tmp_path / "scripts")
    shutil.copyfile(site / EDITION, tmp_path / EDITION)
    _open(page, tmp_path / EDITION)
    page.get_by_label("Поиск по отчётам").fill("школа")
    page.get_by_text("Поиск не открылся: рядом со страницей нет его файлов.").wait_for()


def test_an_address_whose_place_has_moved_leads_there(page: Page, moved: Path):
    _open(page, moved / EDITION, anchor="#sec-method")
    page.wait_for_url("**/2021/annex-2021.html#sec-method")
    _open(page, moved / EDITION, anchor="#sec-nowhere")
    page.get_by_text("Места с адресом «#sec-nowhere» в этом издании нет.").wait_for()
