"""What a reader finds on the page, in the PDF and in the Word file."""

import re
from html.parser import HTMLParser
from pathlib import Path

import docx
import pytest
from lxml import etree
from lxml import html as parsed_html
from pypdf import PdfReader

from .conftest import LITERALS

EDITION = "2021/annual-report-2021"


@pytest.fixture(scope="session")
def page(site: Path):
    return parsed_html.parse(str(site / f"{EDITION}.html"), parsed_html.HTMLParser(encoding="utf-8")).getroot()


@pytest.fixture(scope="session")
def pdf(site: Path) -> PdfReader:
    return PdfReader(site / f"{EDITION}.pdf")


@pytest.fixture(scope="session")
def word(site: Path):
    return docx.Document(str(site / f"{EDITION}.docx"))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _paragraphs(word) -> list[str]:
    return [_plain("".join(text.text or "" for text in part.iter("{*}t"))) for part in word.element.body.iter("{*}p")]


def _texts(site: Path, page, pdf: PdfReader, word) -> dict[str, str]:
    return {
        "html": _plain(page.text_content()),
        "pdf": _plain(" ".join(leaf.extract_text() for leaf in pdf.pages)),
        "docx": " ".join(_paragraphs(word)),
    }


@pytest.fixture(scope="session")
def texts(site: Path, page, pdf: PdfReader, word) -> dict[str, str]:
    return _texts(site, page, pdf, word)


FORMATS = pytest.mark.parametrize("kind", ["html", "pdf", "docx"])


@FORMATS
@pytest.mark.parametrize(
    "words",
    [
        "1 Главное за 2021 год",
        "2 План",
        "2.1 По задачам",
        "2.1.1 Подробно",
        "Таблица 1. План на год",
        "Таблица 2. Ещё одна",
        "Рисунок 1. План по задачам",
        "План показан в таблице 1, на рисунке 1; подробнее: раздел 2, таблица 2.",
        "Конец, см. раздел 2.1. Литерал: *2021*.",
        "Противоречие",
        "Итог не сходится с годами.",
        "Управление образования",
    ],
)
def test_numbers_captions_and_references_are_the_same_everywhere(texts: dict[str, str], kind: str, words: str):
    assert words in texts[kind]


@FORMATS
def test_an_unnumbered_heading_has_no_number(texts: dict[str, str], kind: str):
    assert "Приложение" in texts[kind]
    assert "3 Приложение" not in texts[kind]
    assert "Подробно Мелочь" in texts[kind]  # number-depth is 3


@FORMATS
@pytest.mark.parametrize("literal", LITERALS)
def test_data_is_never_markup(texts: dict[str, str], kind: str, literal: str):
    assert literal in texts[kind]


@FORMATS
def test_content_for_one_format_stays_in_it(texts: dict[str, str], kind: str):
    assert ("Данные: CSV." in texts[kind]) == (kind == "html")
    assert ("Данные: файл plan.csv." in texts[kind]) == (kind != "html")


# The web page ------------------------------------------------------------------------------------------


def test_references_lead_to_what_they_name(page):
    for text, target in [("рисунке\u00a01", "fig-plan"), ("раздел\u00a02", "sec-plan"), ("таблица\u00a02", "tbl-more")]:
        assert [a.get("href") for a in page.iter("a") if a.text_content() == text][-1] == f"#{target}"
        assert len(page.xpath(f"//*[@id='{target}']")) == 1


def test_every_identifier_is_used_once(page):
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))


def test_headings_descend_from_one_title(page):
    levels = [int(element.tag[1]) for element in page.iter("h1", "h2", "h3", "h4", "h5")]
    assert levels == [1, 2, 2, 3, 4, 5, 2]


def test_the_contents_go_as_deep_as_the_project_says(page):
    entries = [_plain(link.text_content()) for link in page.xpath("//details//nav//a")]
    assert entries == ["1 Главное за 2021 год", "2 План", "2.1 По задачам", "Приложение"]


def test_a_wide_table_can_be_scrolled_by_keyboard_and_is_named_by_its_caption(page):
    region = page.xpath("//div[@role='region'][.//*[@id='tbl-plan']]")[0]
    assert region.get("tabindex") == "0"
    assert "План на год" in page.get_element_by_id(region.get("aria-labelledby")).text_content()
    assert {(cell.getparent().getparent().tag, cell.get("scope")) for cell in region.iter("th")} == {
        ("thead", "col"),
        ("tbody", "row"),
    }


def test_a_picture_says_what_it_shows(page):
    assert [image.get("alt") for image in page.iter("img")] == ['Столбец показывает "план": 2.']


def test_the_page_has_landmarks_and_a_skip_link(page):
    assert page.get("lang") == "ru"
    assert page.xpath("//a[1]/@href")[0] == "#content"
    assert page.get_element_by_id("content").tag == "main"
    assert [len(page.xpath(f"/html/body/{tag}")) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert len(page.xpath("//nav[not(@aria-label)]")) == 0


def test_other_formats_are_offered_with_their_sizes(page, site: Path):
    for kind in ("pdf", "docx"):
        item = page.xpath(f"//nav[@aria-label='Другие форматы']//li[a/@href='annual-report-2021.{kind}']")[0]
        size = (site / f"{EDITION}.{kind}").stat().st_size
        assert _plain(item.text_content()) == f"{kind.upper()} {size / 1024:.0f} КБ"


class _Requests(HTMLParser):
    """Collects what a browser fetches by itself."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name == "src" or (tag == "link" and name == "href")]


@pytest.mark.parametrize("name", ["index.html", f"{EDITION}.html"])
def test_a_page_asks_no_other_host_and_works_from_a_folder(site: Path, name: str):
    requests = _Requests()
    requests.feed((site / name).read_text(encoding="utf-8"))
    assert requests.found
    assert all(((site / name).parent / request).is_file() for request in requests.found)


def test_the_stylesheet_fetches_nothing(site: Path):
    style = (site / "styles.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_only_what_the_site_needs_is_in_it(site: Path):
    names = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    editions = {
        f"{year}/{name}"
        for year in (2020, 2021)
        for name in (f"annual-report-{year}.html", f"annual-report-{year}.pdf", f"annual-report-{year}.docx")
        + ("data/plan.csv", "figures/plan.svg", "search-data.js")
    }
    scripts = {"scripts/site.css"} | {
        f"scripts/{name}.js" for name in ("site", "sortable", "minisearch", "russian-stemmer")
    }
    assert names == editions | scripts | {"index.html", "styles.css", "search-data.js"}


# The PDF -----------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_says_it_is_accessible(pdf: PdfReader):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].lower().startswith("ru")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    assert pdf.metadata.title == "Отчёт за 2021 год"
    assert pdf.metadata.author.startswith("Управление образования")


def _tags(node) -> list[tuple[str, str]]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for child in node for tag in _tags(child)]
    if not isinstance(node, dict):
        return []
    own = [(node["/S"], str(node.get("/Alt", "")))] if "/S" in node else []
    return own + (_tags(node["/K"]) if "/K" in node else [])


def test_the_tags_of_the_pdf_tell_tables_headings_and_pictures(pdf: PdfReader):
    tags = _tags(pdf.trailer["/Root"]["/StructTreeRoot"])
    names = {name for name, _ in tags}
    assert {"/Title", "/H1", "/H2", "/Table", "/TH", "/TD", "/L", "/Figure", "/Caption", "/Link", "/TOC"} <= names
    assert 'Столбец показывает "план": 2.' in {alt for name, alt in tags if name == "/Figure"}


def test_a_paper_copy_links_only_to_itself_and_to_the_net(pdf: PdfReader, word):
    notes = [note.get_object() for leaf in pdf.pages for note in leaf.get("/Annots", [])]
    addresses = {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}
    relations = {relation.target_ref for relation in word.part.rels.values() if relation.is_external}
    assert addresses == relations == {"https://example.org/"}


def test_all_fonts_are_embedded(pdf: PdfReader):
    fonts = [font.get_object() for leaf in pdf.pages for font in leaf["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert descriptors
    assert all({"/FontFile2", "/FontFile3"} & set(descriptor) for descriptor in descriptors)


def test_the_page_of_the_pdf_is_a4(pdf: PdfReader):
    assert [round(float(side) / 72 * 25.4) for side in pdf.pages[0].mediabox[2:]] == [210, 297]


def test_page_numbers_begin_on_the_second_page(pdf: PdfReader):
    starts = [leaf.extract_text().split()[0] for leaf in pdf.pages]
    assert starts[0] == "Отчёт"
    assert starts[1:] == [str(number) for number in range(2, len(starts) + 1)]
    assert len(starts) > 1


def test_a_long_table_repeats_its_header_on_the_next_page(pdf: PdfReader):
    assert pdf.pages[1].extract_text().split()[1:3] == ["А", "Б"]


# The Word file -----------------------------------------------------------------------------------------


def test_the_word_file_has_the_margins_and_page_numbers_of_the_standard(word):
    section = word.sections[0]
    margins = [section.left_margin, section.right_margin, section.top_margin, section.bottom_margin]
    assert [round(margin.mm) for margin in margins] == [30, 10, 20, 20]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.different_first_page_header_footer
    assert "PAGE" in etree.tostring(section.header._element).decode()
    assert "PAGE" not in etree.tostring(section.first_page_header._element).decode()


def test_the_word_file_can_be_navigated(word):
    styles = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"Heading 1", "Heading 2", "Table Caption", "Image Caption", "Lead", "Callout"} <= styles
    xml = etree.tostring(word.element).decode()
    assert 'TOC \\o "1-2"' in xml.replace("&quot;", '"')
    assert "tblHeader" in xml
    anchors = set(re.findall(r'w:anchor="([^"]+)"', xml))
    assert anchors
    assert anchors <= set(re.findall(r'w:bookmarkStart[^>]*w:name="([^"]+)"', xml))


def test_the_word_file_describes_its_pictures_and_itself(word):
    xml = etree.tostring(word.element, encoding="unicode")
    assert re.findall(r'descr="([^"]*)"', xml)[0] == "Столбец показывает &quot;план&quot;: 2."
    assert word.core_properties.title == "Отчёт за 2021 год"


def test_the_tables_of_the_word_file_hold_every_row_once(word):
    plan, more = word.tables
    assert [cell.text for cell in plan.rows[1].cells] == ["1.1", "Отбор школ", "не менее 1"]
    assert [row.cells[0].text for row in more.rows] == ["А", *map(str, range(1, 61))]
    assert etree.tostring(more._element).count(b"w:tblHeader") == 1
