"""How the pages of the PDF break."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from .conftest import DOCUMENTS, make_project, run, write

_, E2020, _ = DOCUMENTS


@pytest.fixture
def pages(tmp_path: Path) -> list[str]:
    """Sixty sections of a heading, a sentence and two tables each, so that pages end at many places of them."""
    reports = make_project(tmp_path)
    sections = [
        f"## Раздел №{number}\n\nВводное предложение №{number}.\n\n| А№{number} | Б |\n|:---|:---|\n"
        + "| строка | строка |\n" * (4 + number % 7)
        + f"| перед№{number}. | строка |\n| конец№{number}. | строка |\n"
        + f"\n: Таблица {{#tbl-{number}}}\n"
        + f"\n| Б№{number} | Б |\n|:---|:---|\n| первая№{number}. | строка |\n| вторая№{number}. | строка |\n"
        + f"| третья | строка |\n| четвёртая | строка |\n\n: Таблица {{#tbl-second-{number}}}\n"
        + f"\n**Жирным№{number}.**\n\nСледом№{number}.\n"
        for number in range(60)
    ]
    write(reports / E2020, "---\ntitle: Отчёт\n---\n\n# Глава\n\n" + "\n\n".join(sections))
    run(reports, [E2020], ["pdf"])
    return [page.extract_text() for page in PdfReader(reports / "_site/2020/annual-report-2020.pdf").pages]


def test_a_heading_and_its_sentence_stand_on_the_page_of_their_table(pages: list[str]):
    text = {number: next(page for page in pages if f"предложение №{number}." in page) for number in range(60)}
    assert len(set(text.values())) > 5
    assert [number for number, page in text.items() if f"А№{number} " not in page.replace("\n", " ")] == []
    assert all(f"Раздел №{number}" in page.replace("\xa0", " ") for number, page in text.items())


def test_a_paragraph_in_bold_stands_on_the_page_of_what_follows(pages: list[str]):
    text = {number: next(page for page in pages if f"Жирным№{number}." in page) for number in range(60)}
    assert len(set(text.values())) > 5
    assert [number for number, page in text.items() if f"Следом№{number}." not in page] == []


def test_the_first_two_rows_of_a_table_stand_on_one_page(pages: list[str]):
    text = {number: next(page for page in pages if f"первая№{number}." in page) for number in range(60)}
    assert len(set(text.values())) > 5
    assert [number for number, page in text.items() if f"вторая№{number}." not in page] == []


def test_the_last_two_rows_of_a_table_stand_on_one_page(pages: list[str]):
    text = {number: next(page for page in pages if f"конец№{number}." in page) for number in range(60)}
    assert len(set(text.values())) > 5
    assert [number for number, page in text.items() if f"перед№{number}." not in page] == []


def test_only_a_very_long_word_of_a_table_is_divided(tmp_path: Path):
    reports = make_project(tmp_path)
    short, long = "Другие мероприятия", "достопримечательностями"
    rows = f"|  |  |\n|:{'-' * 26}|{'-' * 174}|\n| {short} | а |\n| {long} | а |\n"
    write(reports / E2020, f"---\ntitle: Отчёт\n---\n\n{rows}\n: Таблица {{#tbl-a}}\n")
    run(reports, [E2020], ["pdf"])
    text = PdfReader(reports / "_site/2020/annual-report-2020.pdf").pages[-1].extract_text()
    assert "Другие" in text
    assert "мероприятия" in text
    assert long not in text


def test_nothing_of_a_row_taller_than_a_page_is_lost(tmp_path: Path):
    reports = make_project(tmp_path)
    names = ", ".join(f"школа№{number}." for number in range(400))
    rows = f"| А | Б |\n|:{'-' * 40}|{'-' * 160}|\n" + "| строка | а |\n" * 4 + f"| {names} | а |\n"
    write(reports / E2020, f"---\ntitle: Отчёт\n---\n\n{rows}\n: Таблица {{#tbl-a}}\n")
    run(reports, [E2020], ["pdf"])
    pages = PdfReader(reports / "_site/2020/annual-report-2020.pdf").pages
    assert sum("школа№" in page.extract_text() for page in pages) > 3
