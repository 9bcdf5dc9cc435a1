"""Quarto and the built-in renderer make the same report of the same sources."""

import re
from collections import Counter
from pathlib import Path

import docx
import pytest
from lxml import html as parsed_html
from pypdf import PdfReader

from analysis.publishing.source import PublishingError

from .conftest import files, make_project, run, write

pytestmark = pytest.mark.quarto
EDITION = "2021/annual-report-2021"
OWN = """---
title: "К совещанию"
---

```{python}
#| output: asis
from analysis.presentation.place import place
place("load")
```
"""
STYLES = ("TableCaption", "ImageCaption", "TableText", "Lead", "CalloutTitle", "Callout")
VALUE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}val"


@pytest.fixture(scope="session")
def by_quarto(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = make_project(tmp_path_factory.mktemp("quarto"))
    run(reports, engine="quarto")
    return reports / "_site"


def _plain(text: str) -> str:
    return " ".join(text.split())


def _main(site: Path):
    page = parsed_html.parse(str(site / f"{EDITION}.html"), parsed_html.HTMLParser(encoding="utf-8")).getroot()
    return page.xpath("//main")[0]


def _headings(main) -> list[str]:
    return [
        _plain(item.text_content()) for item in main.iter("h1", "h2", "h3", "h4", "h5") if item.get("id") != "toc-title"
    ]


def _captions(main) -> list[str]:
    return [_plain(item.text_content()) for item in main.iter("caption", "figcaption") if item.text_content().strip()]


def _cells(main) -> list[str]:
    return [_plain(cell.text_content()) for cell in main.iter("th", "td")]


def _links(main) -> set[tuple[str, str]]:
    """The links of the text, without those that the built-in renderer adds: of a heading to itself, and to the top."""
    found = main.xpath(".//a[not(ancestor::nav or @class='address' or @href='#top')]")
    links = {(_plain(link.text_content()), link.get("href", "")) for link in found}
    return {(text, target) for text, target in links if text and not target.startswith("javascript")}


@pytest.mark.parametrize("part", [_headings, _captions, _cells])
def test_the_pages_say_the_same(site: Path, by_quarto: Path, part):
    assert part(_main(by_quarto)) == part(_main(site))
    assert part(_main(site))


def test_the_pages_link_to_the_same(site: Path, by_quarto: Path):
    assert _links(_main(by_quarto)) == _links(_main(site))


def test_the_papers_have_the_same_captions(site: Path, by_quarto: Path):
    def pdf(folder: Path) -> list[str]:
        text = "".join(leaf.extract_text() for leaf in PdfReader(folder / f"{EDITION}.pdf").pages)
        return sorted(re.findall(r"(?:Таблица|Рисунок)\d\.[А-Яа-яё]{4}", re.sub(r"\s", "", text)))

    def word(folder: Path) -> set[str]:
        body = docx.Document(str(folder / f"{EDITION}.docx")).element.body
        texts = (_plain("".join(run.text or "" for run in part.iter("{*}t"))) for part in body.iter("{*}p"))
        return {text for text in texts if re.match(r"(Таблица|Рисунок) \d", text)}

    assert pdf(by_quarto) == pdf(site)
    assert len(pdf(site)) == 3
    assert word(by_quarto) == word(site)
    assert word(site)


def test_word_has_the_same_tables_styles_and_descriptions(site: Path, by_quarto: Path):
    def body(folder: Path):
        return docx.Document(str(folder / f"{EDITION}.docx")).element.body

    def styles(folder: Path) -> Counter:
        said = [one for one in body(folder).iter("{*}p") if one.xpath(".//w:t")]
        of_paragraphs = Counter(one.get(VALUE) for paragraph in said for one in paragraph.iter("{*}pStyle"))
        return Counter({name: of_paragraphs[name] for name in STYLES})

    def described(folder: Path) -> list[str]:
        return [one.get("descr") for one in body(folder).iter("{*}docPr") if one.get("descr")]

    assert styles(by_quarto) == styles(site)
    assert min(styles(site).values()) > 0
    in_tables = {name for one in body(by_quarto).iter("{*}tbl") for name in one.xpath(".//w:pStyle/@w:val")}
    assert "TableText" in in_tables
    assert in_tables.isdisjoint({"TableCaption", "ImageCaption"})
    assert described(by_quarto) == described(site)


def test_the_papers_link_to_nothing_on_the_disk_of_their_reader(site: Path, by_quarto: Path):
    def pdf(folder: Path) -> set[str]:
        marks = [
            mark.get_object() for leaf in PdfReader(folder / f"{EDITION}.pdf").pages for mark in leaf.get("/Annots", ())
        ]
        return {str(mark["/A"]["/URI"]) for mark in marks if "/URI" in mark.get("/A", {})}

    def word(folder: Path) -> set[str]:
        parts = docx.Document(str(folder / f"{EDITION}.docx")).part.rels.values()
        return {part.target_ref for part in parts if part.is_external}

    assert pdf(by_quarto) == pdf(site)
    assert word(by_quarto) == word(site)


def test_the_link_to_the_paper_is_called_by_its_format(by_quarto: Path):
    page = parsed_html.parse(str(by_quarto / f"{EDITION}.html"), parsed_html.HTMLParser(encoding="utf-8")).getroot()
    links = page.xpath("//*[@class='quarto-alternate-formats']//a")
    assert [_plain(one.text_content()) for one in links] == ["PDF", "MS Word"]


def test_the_site_holds_what_it_should(site: Path, by_quarto: Path):
    theirs = set(files(by_quarto))
    own = {name for name in files(site) if name.startswith("scripts/") or name.endswith("search-data.js")}
    assert set(files(site)) - own - theirs == set()
    assert not [name for name in theirs if "_content" in name or name.endswith(".qmd")]


def test_a_failing_cell_is_shown_and_the_site_stays(tmp_path: Path):
    reports = make_project(tmp_path)
    run(reports, formats=["html"])
    before = files(reports / "_site")
    write(reports / "2021" / "annual-report-2021.qmd", "---\ntitle: а\n---\n\n```{python}\n1 / 0\n```\n")
    with pytest.raises(PublishingError, match="(?s)annual-report-2021.*ZeroDivisionError"):
        run(reports, ["2021/annual-report-2021.qmd"], ["html"], engine="quarto")
    assert files(reports / "_site") == before


def test_a_report_of_ones_own_stands_beside_the_annual_one(tmp_path: Path):
    reports = make_project(tmp_path)
    write(reports / "2021" / "meeting.qmd", OWN)
    write(reports / "2021" / "_content" / "exhibits.json", '{"tbl-load": {}}')
    tall = ", ".join(f"школа№{number}." for number in range(400))
    rows = f"| А | Б |\n|:{'-' * 40}|{'-' * 160}|\n| {tall} | 1 |\n"
    write(reports / "2021" / "_content" / "tbl-load.md", f"{rows}\n: Мера {{#tbl-load}}\n")
    for engine in ("quarto", "builtin"):
        run(reports, ["2021/meeting.qmd"], engine=engine)
        site = reports / "_site"
        page = parsed_html.parse(str(site / "2021/meeting.html"), parsed_html.HTMLParser(encoding="utf-8")).getroot()
        assert _captions(page.xpath("//main")[0]) == ["Таблица 1. Мера"]
        pages = [leaf.extract_text() for leaf in PdfReader(site / "2021/meeting.pdf").pages]
        assert "Мера" in "".join(pages)
        assert sum("школа№" in page for page in pages) > 3  # a row taller than a page goes on
        assert (site / "2021/meeting.docx").is_file()
