"""Where the pages of a Word document end, and its table of contents."""

import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from .conftest import DOCUMENTS, make_project, run, write

_, E2020, _ = DOCUMENTS
SOURCE = """---
title: Отчёт
---

# Глава & приложение

Ведёт к таблице.

|  | Б |
|:---|:---|
| первая | 1 |
| вторая | 2 |
| третья | 3 |
| четвёртая | 4 |

: Таблица {#tbl-first}

::: {.table-note}
Пояснение.
:::

## Ниже

Вот что:

- пункт

| В | Г |
|:---|:---|
| одна | 1 |

: Вторая {#tbl-second}

| Д | Е |
|:---|:---|
| одна | 1 |

: Третья {#tbl-third}

**Как заголовок**

Конец.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reports = make_project(tmp_path_factory.mktemp("word"))
    write(reports / E2020, SOURCE)
    run(reports, [E2020], ["docx"])
    return reports / "_site/2020/annual-report-2020.docx"


def _kept(paragraph) -> bool:
    return paragraph.paragraph_format.keep_with_next is True


def test_no_row_is_cut_in_two(made: Path):
    rows = [row for table in docx.Document(str(made)).tables for row in table.rows]
    assert len(rows) == 9
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


def test_a_table_keeps_its_head_and_its_end_together(made: Path):
    noted, plain, _ = docx.Document(str(made)).tables
    assert [_kept(row.cells[1].paragraphs[0]) for row in noted.rows] == [True, True, False, True, True]
    assert [_kept(row.cells[1].paragraphs[0]) for row in plain.rows] == [True, False]


def test_what_leads_on_stays_with_what_it_leads_to(made: Path):
    kept = {one.text: _kept(one) for one in docx.Document(str(made)).paragraphs if one.style.name != "Compact"}
    assert (kept["Ведёт к таблице."], kept["Вот что:"], kept["Пояснение."], kept["Конец."]) == (
        True,
        True,
        False,
        False,
    )
    assert kept["Как заголовок"]


def test_an_empty_cell_is_no_higher_than_the_others(made: Path):
    assert docx.Document(str(made)).tables[0].rows[0].cells[0].paragraphs[0].style.name == "Table Text"


def test_no_empty_paragraph_parts_a_table_from_the_caption_of_the_next(made: Path):
    assert [one.text for one in docx.Document(str(made)).paragraphs if not one.text.strip()] == []


def test_the_contents_list_the_headings_before_word_renews_them(made: Path):
    body = docx.Document(str(made)).element.body
    contents = body.find(qn("w:sdt"))
    links = {
        link.get(qn("w:anchor")): "".join(one.text for one in link.iter(qn("w:t")))
        for link in contents.iter(qn("w:hyperlink"))
    }
    assert list(links.values()) == ["1 Глава & приложение", "1.1 Ниже"]
    assert set(links) <= {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}
    marks = [mark.get(qn("w:fldCharType")) for mark in contents.iter(qn("w:fldChar"))]
    assert marks == ["begin", "separate", "end"]
    assert next(contents.iter(qn("w:fldChar"))).get(qn("w:dirty")) == "true"


def test_the_file_names_no_day_of_its_making(made: Path):
    with zipfile.ZipFile(made) as package:
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}
