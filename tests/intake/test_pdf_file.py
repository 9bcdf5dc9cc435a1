"""A plan as PDF: the tables it would give as Word; lines, pages and merged cells joined; doubts named."""

import json

import pandas as pd
import typst

from analysis.intake.files import read_blocks
from plan_documents import SIGNED, document, merged, read, rows, said
from word_documents import table

TITLE = "План поддержки школ на 2024-2026 годы"
HEADER = "№ | Мероприятие | Результат | Ед. | 2024 год | 2025 год | 2026 год | Исполнитель"
WIDTHS = "(1fr, 5fr, 4fr, 1.4fr, 1.6fr, 1.6fr, 1.6fr, 3fr)"
LONG = "Разработка индивидуальных образовательных маршрутов для учителей-предметников школ с низкими результатами"


def text(line: str) -> str:
    """A line as Typst takes it, whatever signs it holds."""
    return f"[#{json.dumps(line, ensure_ascii=False)}]"


def plan(*cells: str, columns: str = WIDTHS, page: str = "flipped: true", settings: str = "", above=(*SIGNED, TITLE)):
    """The PDF of a plan with a table of cells, written by Typst."""
    lines = "\n\n".join(f"#par{text(line)}" for line in above)
    source = f'#set page(paper: "a4", {page})\n#set text(lang: "ru", size: 11pt)\n{settings}\n{lines}\n'
    return typst.compile(f"{source}#table(columns: {columns},\n{','.join(cells)})".encode())


def line(words: str) -> list[str]:
    """The cells of a row, written with bars between them."""
    return [text(part.strip()) for part in words.split("|")]


def texts(content: bytes) -> list[list[str]]:
    """The texts of all rows of tables."""
    blocks, _ = read_blocks(content, "plan.pdf")
    return [[" ".join(one.text.split()) for one in block.cells] for block in blocks if block.table]


def without_places(tables):
    return {
        name: frame.drop(columns=[one for one in frame if one == "source_file" or "place" in one])
        for name, frame in tables.items()
        if name != "cells"
    }


PLAN = (
    f"1.1 | {LONG} | Доля обученных | % | 25 | 50,5 | 90 | ИМЦ",
    "1.2 | Встречи | Встречи | шт. | 2 | – | не менее 3 | ИМЦ, школы",
)


def test_pdf_and_word_give_the_same_tables():
    of_pdf, findings = read(
        plan(*line(HEADER), f"table.cell(colspan: 8){text('1. Кадры')}", *line(PLAN[0]), *line(PLAN[1])), "plan.pdf"
    )
    assert {one.rule for one in findings} == {"both_possible"}
    of_word, _ = read(document(table(*rows(HEADER), merged("1. Кадры", 8), *rows(*PLAN))))
    assert list(of_pdf) == list(of_word)
    for name, frame in without_places(of_word).items():
        pd.testing.assert_frame_equal(without_places(of_pdf)[name], frame, obj=name)
    assert said(of_pdf)[0] == "1.1 share % | 2024=25 2025=50.5 2026=90 annual"
    assert of_pdf["targets"]["place"].iloc[1] == "страница 1, таблица 1, строка 3, столбец 6"
    assert of_pdf["approval"]["title_place"].iloc[0] == "страница 1, абзац 5"
    assert of_pdf["measures"]["place"].iloc[0] == "страница 1, таблица 1, строка 3"
