"""The report that is read: each reader's question is answered where that reader looks, on as many pages as promised."""

import re
import shutil
import subprocess
from datetime import date
from itertools import pairwise

import pandas as pd
import pypdf
import pytest
from lxml import etree, html

from analysis.files.memory import SILENT
from analysis.publishing import Request, publish

DOCUMENT = "2021/annual-report-2021"
POPPLER = shutil.which("pdftotext")


def _chapter(page, name):
    """The words of a chapter, alternative texts included, from its heading to the next one of its level."""
    heading = page.get_element_by_id(name)
    words = []
    for one in heading.itersiblings():
        if one.tag == heading.tag:
            break
        words += [one.text_content(), *(image.get("alt") or "" for image in one.iter("img"))]
    return " ".join(" ".join(words).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def pages(shared_town, shared_house):
    folders = {"public": shared_town / "reports", "office": shared_town / "output/internal"}
    folders["real"] = shared_house / "reports"
    return {name: html.parse(folder / f"_site/{DOCUMENT}.html").getroot() for name, folder in folders.items()}


@pytest.mark.parametrize(
    ("reader", "whose", "chapter", "answers"),
    [
        ("head of the office: on course? late, with whom?", "office", "sec-summary",
         ("13 из 20 показателей выполнено", "в 2020 году 4 из 13",
          "Меньше всего сделано по задаче 4: 3 показателя из 6",
          "исправить их должны: ИМО и Школа № 12", "Почти наверняка хуже городского 5 из 36 результатов",
          "Против ожидаемого без поддержки (сравнений — 2) лучше — 0, хуже — 0", "в список попадает Школа № 12")),
        ("and what must we decide?", "office", "sec-summary",
         ("Нужно решить", "Рассмотреть подтверждения по показателям 1.4, 2.4, 4.1/2, поданные с 14.01.2022. Ждут",
          "Назначить, кто отвечает за показатель 4.9", "Установить, как читать итог показателей 3.4, 4.5")),
        ("what stands beside what was planned?", "public", "sec-progress",
         ("план 2, сообщено 2, принято 1", "1 из 2; сообщено 2", "2 · 2 · 2", "февраль", "никто не назначен",
          "◇ на рассмотрении", "Принято больше плана: 2.1 (5 при плане 4)",
          "На этот год запланирован ноль: 4.1/1, 4.10")),
        ("what is outstanding, with whom, since when?", "public", "sec-owed",
         ("Школа № 12 подтверждение возвращено 3.5 28.01.2022", "ответственный не назначен 4.9")),
        ("head of a school: what of ours is done, sent back, owed?", "office", "sec-supported",
         ("Отвечает за 6 показателей", "Осталось с 28.01.2022: подтверждение возвращено, 3.5", "Собственные меры",
          "приехавших в феврале")),
        ("how do we stand, honestly? what do we lack?", "office", "sec-supported",
         ("Почти наверняка хуже городского 4 из 19 результатов; сильнее всего — ВПР, математика, 7 класс: 6 из 11",
          "сказать, помогла ли она, нельзя", "вакантно 4 из 14 ставок", "интервал")),
        ("methodologist: which courses, how many teachers and schools?", "office", "sec-learning",
         ("«Функциональная грамотность»: у 159 из 428 учителей", "141 из 428; школ 18")),
        ("citizen: what was promised and done?", "public", "sec-summary",
         ("13 из 20 показателей выполнено", "2 школы получают поддержку", "18 из 18 школ прислали сведения")),
        ("how are the children's data treated? why no verdict?", "public", "sec-basis",
         ("не печатаются числа людей меньше 5", "в приложении", "с прежним годом не сравнить")),
        ("why is no school judged?", "public", "sec-supported",
         ("по ним можно вычислить скрытые малые числа", "Школа № 5", "6 из 20")),
        ("the real city: what is planned, due, by whom?", "real", "sec-summary",
         ("19 показателей запланировано на 2021 год", "1.2 — февраль; 4.7 — май", "ИМО — 13, УО — 5, школы (ОО) — 1",
          "Сведений об исполнении в проект не поступало", "стало ли в них лучше, сказать нельзя",
          "Установить, как читать итог показателей 3.5, 4.1/1, 4.7")),
        ("what is unclear in the document?", "real", "sec-unclear", ("3.5", "Итог и годы противоречат друг другу: 2")),
        ("what has not come?", "real", "sec-basis", ("Не поступали формы исполнителей и школ",)),
    ],
)  # fmt: skip
def test_the_answer_stands_where_the_reader_looks(pages, reader, whose, chapter, answers):
    said = _chapter(pages[whose], chapter)
    assert [one for one in answers if one not in said] == [], reader


def test_the_analyst_is_led_to_the_annex_and_to_the_data_of_every_table(pages):
    links = [link.get("href") for link in pages["public"].iter("a")]
    assert {"annex-2021.html#sec-method", "annex-2021.html#sec-data-log", "data/tbl-progress-1.csv"} <= set(links)
    tables = pages["public"].xpath("//table[@id]/@id | //figure[@id]/@id | //div[starts-with(@id, 'tbl-')]/@id")
    assert len(tables) >= 9
    assert [one for one in tables if f"data/{one}.csv" not in links] == []
    assert "data/tables-2021.xlsx" in links


def test_the_page_of_a_school_names_no_other_school(shared_town):
    folder = shared_town / "output/internal/_site/2021"
    schools = pd.read_parquet(shared_town / "data/processed/schools.parquet")
    schools = dict(zip(schools["school_login"], schools["school_name"], strict=True))
    files = sorted(folder.glob("school-2021-*.html"))
    assert len(files) == 2
    for file in files:
        text, own = file.read_text("utf-8").replace("\N{NO-BREAK SPACE}", " "), file.stem.rpartition("-")[2]
        others = {name for login, name in schools.items() if login != own}
        named = {one for one in others if re.search(rf"{re.escape(one)}(?!\d)", text)}
        assert (named, set(re.findall(r"edu\d+", text))) == (set(), {own})
        assert schools[own] in text


def test_a_public_page_says_nothing_that_is_for_the_office_alone(pages):
    said = " ".join(pages["public"].text_content().split())
    assert [one for one in ("Наверняка", "приехавших", "файл не открывается", "ШНОР и ШНСУ,") if one in said] == []
    assert "Результаты города и отбор" not in said


def test_sentences_are_short_and_name_no_code_of_a_table(pages):
    assert len(pages) == 3
    for page in pages.values():
        points = page.xpath("//h2[@id='sec-summary']/following-sibling::ul[1]/li")
        assert 3 <= len(points) <= 5
        assert max(len(re.findall(r"[^\W\d_]+", one.text_content())) for one in points) <= 25
        assert "tbl-" not in "".join(one.text_content() for one in page.xpath("//li"))


def _of(pdf):
    return len(pypdf.PdfReader(pdf).pages)


def test_it_has_no_more_pages_than_promised(shared_town, shared_house, tmp_path):
    assert _of(shared_town / f"reports/_site/{DOCUMENT}.pdf") <= 12
    assert [
        _of(shared_house / f"reports/_site/{year}/annual-report-{year}.pdf") <= 8 for year in (2020, 2021, 2022)
    ] == [True] * 3
    office = tmp_path / "internal"
    shutil.copytree(shared_town / "output/internal", office, ignore=shutil.ignore_patterns("_site*", "data"))
    publish(office, Request([f"{DOCUMENT}.qmd"], ["pdf"], "builtin", date(2022, 1, 30)), progress=SILENT)
    assert _of(office / f"_site/{DOCUMENT}.pdf") <= 20


@pytest.mark.skipif(POPPLER is None, reason="no pdftotext on PATH")
@pytest.mark.parametrize("name", ["annual-report", "annex"])
def test_no_word_stands_on_another(shared_town, name):
    file = shared_town / f"reports/_site/2021/{name}-2021.pdf"
    found = subprocess.run([str(POPPLER), "-bbox", str(file), "-"], capture_output=True, check=True).stdout
    pages = etree.fromstring(found, etree.XMLParser(recover=True)).iter("{*}page")
    boxes = [
        [tuple(float(word.get(side)) for side in ("yMin", "xMin", "yMax", "xMax")) for word in page.iter("{*}word")]
        for page in pages
    ]
    assert sum(map(len, boxes)) > 500
    for number, page in enumerate(boxes, 1):
        for one, two in pairwise(sorted(page)):
            assert not _overlap(one, two), (number, one, two)


def _overlap(one, two):
    """Whether two words share a good part of the smaller of them."""
    high, wide = (min(one[side + 2], two[side + 2]) - max(one[side], two[side]) for side in (0, 1))
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
    return high > 0 and wide > 0 and high * wide > 0.3 * smaller
