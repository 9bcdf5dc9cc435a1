"""Packs for meetings as their readers get them: pages, bookmarks and marks agree; what cannot be had is told first."""

import io
import json
import re
import shutil
from dataclasses import replace

import docx
import pypdf
import pytest
import typst
from PIL import Image

from analysis.cli import main
from analysis.documents import run
from analysis.documents.annexes import ReportOfYear, page_pictures
from analysis.documents.staging import LISTED
from analysis.errors import AnalysisError
from analysis.files.memory import SILENT
from analysis.rules.documents import load_settings
from roadmaps import HOUSE

HEAD = '[[pack]]\nname = "совет"\nyear = 2021\ntitle = "К заседанию"\nminutes_date = 2021-12-28\nminutes_number = "5"\n'
LONG = "Согласование " + "очень длинного названия школы " * 4 + "конец"
PIECES = {
    "chapter": 'chapter = "summary"\n',
    "exhibit": 'exhibit = "fact-1"\n',
    "file": f'file = "data/packs/plan.pdf"\ntitle = "{LONG}"\npublic = true\n',
    "note": 'kind = "school-note"\nschool = "Школа № 1"\n',
}
REPORT = """---
title: "Отчёт"
---

```{python}
#| include: false
from analysis.presentation.place import place
```

# Главное {#sec-summary}

Первая фраза (@tbl-fact-1). Подробнее — @sec-rest и [там](#sec-rest).

## Внутри

```{python}
#| output: asis
place("fig-plan-1")
```

::: {.lead}
# Остальное {#sec-rest}

Текст.
:::
"""
TABLE = "| Показатель | План |\n|:---|:---|\n| Уроки | 5 |\n\n: Задача 1: план и факт {#tbl-fact-1}\n"
FIGURE = '![Рисунок задачи](figures/fig-plan-1){#fig-plan-1 fig-alt="План и факт"}\n'
PDF = """#set document(title: [x])
#set page(footer: [подпись])
Первые слова графика
#set page(paper: "a3", flipped: true)
Схема маршрутов
"""


def _settings(*pieces):
    return HEAD + "".join(f"\n[[pack.piece]]\n{PIECES.get(one, one)}" for one in pieces)


def _plain(text):
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A project whose report has two chapters, a table and a picture, and a file that the office adds."""
    root = tmp_path_factory.mktemp("packs")
    shutil.copytree(HOUSE / "reports/_assets", root / "reports/_assets")
    for name in ("styles.css", "_quarto.yml"):
        shutil.copyfile(HOUSE / "reports" / name, root / "reports" / name)
    edition = root / "reports/2021"
    for folder in (edition / "_content", edition / "figures", root / "data/packs"):
        folder.mkdir(parents=True)
    (edition / "annual-report-2021.qmd").write_text(REPORT, encoding="utf-8")
    for label, text in (("tbl-fact-1", TABLE), ("fig-plan-1", FIGURE)):
        (edition / f"_content/{label}.md").write_text(text, encoding="utf-8")
    (edition / "_content/exhibits.json").write_text(json.dumps({"tbl-fact-1": [], "fig-plan-1": []}))
    Image.new("L", (40, 20), 200).save(edition / "figures/fig-plan-1.png")
    (edition / "figures/fig-plan-1.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    (root / "data/packs/plan.pdf").write_bytes(typst.compile(PDF.encode(), ignore_system_fonts=True))
    return root


@pytest.fixture(scope="module")
def make(house, material):
    """Makes a pack of pieces, or whatever of it the options ask for."""

    def run_it(*pieces, formats=("pdf",), **options):
        (house / "data/documents.toml").write_text(_settings(*pieces), encoding="utf-8")
        project = replace(material.edition.project, root=house)
        edition = replace(material.edition, project=project)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run, "gathered", lambda *_: replace(material, edition=edition, settings=load_settings(house)))
            asked = {"kinds": (), "schools": (), "engine": "builtin", "pack": "совет", **options}
            return run.make_documents(project, run.Order(2021, formats=formats, **asked), SILENT)

    return run_it


@pytest.fixture(scope="module")
def public(make):
    """A pack for all as a reader opens it: the whole and each annex, by name."""
    made = make("chapter", "exhibit", "file", formats=("pdf", "docx"), audience="public").files
    return {path.name: path for path in made}


def test_the_list_bookmarks_and_page_labels_name_the_same_pages(public):
    reader = pypdf.PdfReader(public["совет.pdf"])
    titles = ["Главное", "План и факт задачи 1", LONG]
    bookmarks = [one for one in reader.outline if not isinstance(one, list)]
    heads = [f"Приложение № {number}. {title}" for number, title in enumerate(titles, 1)]
    assert [_plain(one.title) for one in bookmarks] == heads
    first = _plain(reader.pages[0].extract_text())
    assert "К заседанию К протоколу от 28 декабря 2021 г. № 5" in first
    pages = [reader.get_destination_page_number(one) for one in bookmarks]
    assert [reader.page_labels[page] for page in pages] == ["2", "3", "4"]
    for number, (head, page) in enumerate(zip(heads, pages, strict=True), 1):
        assert re.search(rf"{re.escape(head)}[ .]*{reader.page_labels[page]} ", f"{first} ")
        text = _plain(reader.pages[page].extract_text())
        assert text.startswith(f"{page + 1} ")
        assert f"Приложение № {number} к протоколу от 28 декабря 2021 г. № 5" in text
        assert f"Приложение № {number}." not in text  # what the bookmark says is not printed again
    assert len(reader.pages) == 5
    assert b"<pdfuaid:part>1<" in public["совет.pdf"].read_bytes()


def test_each_annex_is_a_file_of_its_own_that_says_the_same(public):
    whole = pypdf.PdfReader(public["совет.pdf"])
    names = ["prilozhenie-1", "prilozhenie-2", "prilozhenie-3", "совет"]
    assert sorted(public) == [f"{name}.{kind}" for name in names for kind in ("docx", "pdf")]
    alone = _plain(pypdf.PdfReader(public["prilozhenie-2.pdf"]).pages[0].extract_text())
    both = "Приложение № 2 к протоколу от 28 декабря 2021 г. № 5"
    for text in (alone, _plain(whole.pages[2].extract_text())):
        assert both in text
        assert "Таблица 1. Задача 1: план и факт" in text


def test_a_chapter_refers_in_words_to_what_it_does_not_hold(public):
    text = _plain(pypdf.PdfReader(public["prilozhenie-1.pdf"]).pages[0].extract_text())
    said = "Первая фраза («План и факт задачи 1» в годовом отчёте). Подробнее — «Остальное» в годовом отчёте и там."
    assert said in text
    assert "Текст." not in text
    assert "Рисунок 1. Рисунок задачи" in text


def test_a_chapter_may_begin_within_a_block(house):
    chapters = ReportOfYear(house / "reports", 2021).chapters
    assert {name: one.title for name, one in chapters.items()} == {"summary": "Главное", "rest": "Остальное"}
    assert chapters["rest"].markdown.split() == [":::", "{.lead}", "Текст.", ":::"]
    assert ":::" not in chapters["summary"].markdown


def test_the_file_of_the_office_is_drawn_described_and_carried_along(public, house):
    original = (house / "data/packs/plan.pdf").read_bytes()
    for name, first in (("совет.pdf", 3), ("prilozhenie-3.pdf", 0)):
        reader = pypdf.PdfReader(public[name])
        assert reader.attachments["3-plan.pdf"] == [original]
        upright, lying = (page.mediabox for page in reader.pages[first:])
        assert upright.height > upright.width
        assert lying.width > lying.height
        described = [
            str(one.get("/Alt")) for one in _objects(reader) if "/Alt" in one and "Страница" in str(one["/Alt"])
        ]
        assert sorted(described) == [
            "Страница 1 из 2 файла «plan.pdf». Начинается словами: «Первые слова графика подпись»",
            "Страница 2 из 2 файла «plan.pdf». Начинается словами: «Схема маршрутов подпись»",
        ]


def _objects(reader):
    found = (reader.get_object(number) for number in range(1, len(reader.xref_objStm) + len(reader.xref[0]) + 1))
    return [one for one in found if isinstance(one, dict)]


def test_word_has_the_marks_the_pages_of_the_list_and_lying_sections(public):
    whole = docx.Document(str(public["совет.docx"]))
    marks = [one.text for one in whole.paragraphs if one.style.name == "Annex"]
    assert [_plain(one) for one in marks] == [
        f"Приложение № {number} к протоколу от 28 декабря 2021 г. № 5" for number in (1, 2, 3)
    ]
    assert re.findall(r"PAGEREF (\S+) \\h", whole.element.xml) == ["annex-1", "annex-2", "annex-3"]
    assert [one.text for one in whole.paragraphs if one.style.name == "Heading 1"][0] == "Главное"
    assert [one.page_width > one.page_height for one in whole.sections] == [False, True]
    alone = docx.Document(str(public["prilozhenie-3.docx"]))
    assert [one.style.name for one in alone.paragraphs[:2]] == ["Annex", "Title"]
    assert [one.page_width > one.page_height for one in alone.sections] == [False, True]


def test_a_pack_with_one_piece_for_the_office_is_marked_on_every_page(make):
    made = make("note", "file").files
    assert len(made) == 3
    for path in made:
        pages = pypdf.PdfReader(path).pages
        assert [page for page in pages if "Для служебного пользования" not in page.extract_text()] == []


def test_what_is_for_the_office_is_named_where_the_pack_is_for_all(make):
    with pytest.raises(AnalysisError) as refused:
        make("file", "note", audience="public")
    assert "[[piece]] № 2: для служебного пользования, поэтому открытым комплект не сделать" in str(refused.value)
    assert str(refused.value).endswith("Строка 14.")


def test_its_tables_come_from_the_report_of_those_who_read_it(make, house, monkeypatch):
    office = house / "output/internal"
    shutil.copytree(house / "reports", office, dirs_exist_ok=True)
    (office / "2021/_content/tbl-fact-1.md").write_text(TABLE.replace("Уроки", "Служебное"), encoding="utf-8")
    monkeypatch.setattr("analysis.pipeline.written.internal_sources", lambda *_: office)
    for audience, said in (("", "Уроки"), ("internal", "Служебное")):
        (whole, _) = make("exhibit", audience=audience).files
        assert said in pypdf.PdfReader(whole).pages[1].extract_text()


def _encrypted():
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("тайна")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_everything_that_cannot_be_had_is_told_before_anything_is_written(make, house):
    (house / "data/packs/locked.pdf").write_bytes(_encrypted())
    (house / "data/packs/broken.pdf").write_bytes((house / "data/packs/plan.pdf").read_bytes()[:200])
    made = house / "output/documents/2021/packs/совет"
    shutil.rmtree(made, ignore_errors=True)
    files = [f'file = "data/packs/{name}.pdf"\ntitle = "т"\n' for name in ("locked", "broken", "none")]
    with pytest.raises(AnalysisError) as refused:
        make(*files, 'kind = "school-note"\nschool = "Школа № 77"\n', 'kind = "contests"\n')
    said = str(refused.value).splitlines()
    reasons = ["файл закрыт паролем.", "файл не читается как PDF:", "файл не открывается (Такого файла или папки нет)"]
    for number, (line, reason) in enumerate(zip(said[:3], reasons, strict=True), 1):
        assert f"[[piece]] № {number} (т): {reason}" in line
    assert "[[piece]] № 4" in said[3]
    assert "Школа № 77" in said[3]
    assert [int(re.search(r"Строка (\d+)\.$", one)[1]) for one in said[:3]] == [9, 13, 17]
    assert not made.exists()


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ('exhibit = "fakt-1"\n', r"«fakt-1»: такой таблицы, рисунка или главы в отчёте нет\. Похожие: fact-1"),
        ('chapter = "sumary"\n', r"«sumary»: такой главы в докладе за 2021 год нет\. Похожие: summary\."),
        ('exhibit = "owed"\n', r"«Что за кем»: сведений за 2021 год нет\."),
    ],
)
def test_an_unknown_piece_of_the_report_is_told_with_the_nearest(make, house, monkeypatch, piece, said):
    monkeypatch.setattr("analysis.pipeline.written.internal_sources", lambda *_: house / "reports")
    with pytest.raises(AnalysisError, match=said):
        make(piece)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pack": "савет"}, "Комплекта «савет» за 2021 год нет.*Вероятно, имелось в виду «совет»"),
        ({"formats": ("html",)}, "в PDF и DOCX"),
        ({"kinds": ("meeting",)}, "--kind и --school с --pack не нужны"),
        ({"pack": "", "audience": "public"}, "бывает у комплекта"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(make, options, said):
    with pytest.raises(AnalysisError, match=said):
        make("exhibit", **options)


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (["exhibt = 'fact-1'\n"], "ключа «exhibt» здесь не бывает. Вероятно, имелось в виду «exhibit». .* Строка 9"),
        (["exhibit = 'a'\nchapter = 'b'\n"], r"нужен один из ключей: kind \(документ\).*; стоит chapter, exhibit"),
        (["kind = 'school-note'\n"], "назовите школу, чья справка нужна"),
        (["file = '../a.pdf'\ntitle = 'т'\n"], "нужен файл PDF в папке проекта"),
        (["file = 'a.pdf'\n"], "как приложение называется в перечне"),
        (["exhibit = 'a'\npublic = true\n"], "ключ «public» бывает только у файла"),
        (["exhibit = 'a'\n" + HEAD + "[[pack.piece]]\nexhibit = 'a'\n"], "комплект «совет» за 2021 год записан дважды"),
        ([], r"нет раздела \[\[piece\]\]"),
    ],
)
def test_a_fault_in_the_entry_of_a_pack_is_named(tmp_path, pieces, said):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/documents.toml").write_text(_settings(*pieces), encoding="utf-8")
    with pytest.raises(AnalysisError, match=f"(?s){said}"):
        load_settings(tmp_path)


def test_a_pack_is_outdated_once_its_file_or_entry_has_changed(make, house):
    folder = house / "output/documents/2021"
    names = ["prilozhenie-1.pdf", "совет.pdf"]
    for path in (folder / "packs/совет").glob("*"):
        path.unlink()
    file = house / "data/packs/own.pdf"
    before = (house / "data/packs/plan.pdf").read_bytes()
    file.write_bytes(before)
    own = PIECES["file"].replace("plan.pdf", "own.pdf")
    assert make(own).outdated == []
    file.write_bytes(before + b"\n")
    old = make(own, pack="", kinds=("contests",), formats=("html",)).outdated
    assert [path.name for path in old] == names
    assert 'analysis documents 2021 --pack "совет"' in (folder / LISTED).read_text(encoding="utf-8-sig")
    file.write_bytes(before)
    assert make(own, pack="", kinds=("contests",), formats=("html",)).outdated == []
    assert not (folder / LISTED).exists()


def test_a_scan_says_that_it_is_a_picture(tmp_path):
    Image.new("L", (60, 90), 120).save(tmp_path / "scan.pdf")
    (page,) = page_pictures(tmp_path / "scan.pdf")
    assert page.words == ""
    assert not page.lies
    assert Image.open(io.BytesIO(page.png)).size == (126, 188)


def test_the_note_of_a_school_fits_three_pages(own_town):
    assert main(["--project", str(own_town), "documents", "2022", "--kind", "school-note", "--format", "pdf"]) == 0
    notes = sorted((own_town / "output/documents/2022/school-note").glob("*/*.pdf"))
    assert len(notes) == 2
    assert [len(pypdf.PdfReader(note).pages) for note in notes] == [3, 3]
