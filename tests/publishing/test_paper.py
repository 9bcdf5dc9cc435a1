"""How the pages of the PDF break."""

from pathlib import Path

import pytest
from pypdf import PdfReader

from .conftest import DOCUMENTS, make_project, run, write

_, E2020, _ = DOCUMENTS


@pytest.fixture
def pages(tmp_path: Path) -> list[str]:
    """Sixty sections of a heading, a sentence and a table each, so that pages end at many places of them."""
    reports = make_project(tmp_path)
    sections = [
        f"## Раздел №{number}\n\nВводное предложение №{number}.\n\n| А№{number} | Б |\n|:---|:---|\n"
        + "| строка | строка |\n" * (2 + number % 5)
        + f"\n: Таблица {{#tbl-{number}}}\n"
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
