"""A plan as PDF gives the tables that it gives as Word; pages and lines are joined, doubts named, bad files refused."""

import io
import json
import random

import pandas as pd
import pypdf
import pytest
import typst
from PIL import Image

from analysis.contracts.findings import DOUBTFUL
from analysis.errors import AnalysisError
from analysis.intake import pdf_page
from analysis.intake.files import read_blocks
from analysis.intake.pdf_text import Doubt, Line, habits_of, text_of
from plan_documents import SIGNED, document, merged, read, rows, said
from word_documents import table

TITLE = "План поддержки школ на 2024-2026 годы"
HEADER = "№ | Мероприятие | Результат | Ед. | 2024 год | 2025 год | 2026 год | Исполнитель"
WIDTHS = "(1fr, 5fr, 4fr, 1.4fr, 1.6fr, 1.6fr, 1.6fr, 3fr)"
LONG = "Разработка индивидуальных образовательных маршрутов для учителей-предметников школ с низкими результатами"
PLAN = (
    f"1.1 | {LONG} | Доля обученных | % | 25 | 50,5 | 90 | ИМЦ",
    "1.2 | Встречи | Встречи | шт. | 2 | – | не менее 3 | ИМЦ, школы",
)


def text(words: str) -> str:
    """Words as Typst takes them, whatever signs they hold."""
    return f"[#{json.dumps(words, ensure_ascii=False)}]"


def line(words: str) -> list[str]:
    """The cells of a row, written with bars between them."""
    return [text(part.strip()) for part in words.split("|")]


def plan(
    *cells: str, columns: str = WIDTHS, page: str = "flipped: true", above=(*SIGNED, TITLE), more: str = ""
) -> bytes:
    """The PDF of a plan with a table of cells, as Typst makes it."""
    lines = "\n".join(f"#par{text(one)}" for one in above)
    head = f'#set page(paper: "a4", {page})\n#set text(lang: "ru", size: 11pt)\n{more}\n{lines}\n'
    return typst.compile(f"{head}#table(columns: {columns},\n{','.join(cells)})".encode())


def texts(content: bytes) -> list[list[str]]:
    """The texts of all rows of tables."""
    return [
        [" ".join(one.text.split()) for one in block.cells]
        for block in read_blocks(content, "plan.pdf")[0]
        if block.table
    ]


def doubtful(content: bytes) -> list[str]:
    return [one.place for one in read_blocks(content, "plan.pdf")[1] if one.rule == DOUBTFUL]


def without_places(tables):
    return {
        name: frame.drop(columns=[one for one in frame if one == "source_file" or "place" in one])
        for name, frame in tables.items()
        if name != "cells"
    }


WHOLE = plan(*line(HEADER), f"table.cell(colspan: 8){text('1. Кадры')}", *line(PLAN[0]), *line(PLAN[1]))


def test_pdf_and_word_give_the_same_tables():
    of_pdf, findings = read(WHOLE, "plan.pdf")
    assert {one.rule for one in findings} == {"both_possible"}
    of_word, _ = read(document(table(*rows(HEADER), merged("1. Кадры", 8), *rows(*PLAN))))
    assert list(of_pdf) == list(of_word)
    for name, frame in without_places(of_word).items():
        pd.testing.assert_frame_equal(without_places(of_pdf)[name], frame, obj=name)
    assert said(of_pdf)[0] == "1.1 share % | 2024=25 2025=50.5 2026=90 annual"
    assert of_pdf["targets"]["place"].iloc[1] == "страница 1, таблица 1, строка 3, столбец 6"
    assert of_pdf["approval"]["title_place"].iloc[0] == "страница 1, абзац 5"
    assert of_pdf["measures"]["place"].iloc[0] == "страница 1, таблица 1, строка 3"


def test_pages_are_joined():
    head = f"table.header({','.join(line('№ | Мероприятие | Исполнитель'))})"
    cells = [
        text("1.1"),
        text("Отбор школ"),
        f"table.cell(rowspan: 3){text('ИМЦ')}",
        text("1.2"),
        text(LONG),
        text("1.3"),
        text("Сводка"),
    ]
    content = plan(
        head, *cells, columns="(1fr, 4fr, 2fr)", page="height: 5.2cm, width: 14cm, margin: 1cm", above=("Продолжение",)
    )
    read_rows = texts(content)
    assert read_rows == [
        ["№", "Мероприятие", "Исполнитель"],
        ["1.1", "Отбор школ", "ИМЦ"],
        ["1.2", LONG, "ИМЦ"],
        ["1.3", "Сводка", "ИМЦ"],
    ]
    blocks = [block for block in read_blocks(content, "plan.pdf")[0] if block.table]
    assert {block.table for block in blocks} == {1}
    assert [block.cells[2].inherited for block in blocks] == [False, False, True, True]
    assert {block.place.partition(",")[0] for block in blocks} == {"страница 1", "страница 2"}


def test_a_torn_row_is_whole_again_and_a_torn_heading_too():
    upper = [
        f"table.cell(rowspan: 2){text('№')}",
        f"table.cell(rowspan: 2){text('Мероприятие')}",
        f"table.cell(colspan: 2){text('Годы')}",
    ]
    cells = [*upper, *line("2024 | 2025"), *line(f"1.1 | {LONG} {LONG} | 1 | 2"), *line("1.2 | Сводка | 3 | 4")]
    columns = "(1fr, 4fr, 1fr, 1fr)"
    content = plan(*cells, columns=columns, page="height: 7cm, width: 14cm, margin: 1cm", above=("Начало",))
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) > 1
    assert texts(content)[2:] == [["1.1", f"{LONG} {LONG}", "1", "2"], ["1.2", "Сводка", "3", "4"]]


def test_a_turned_heading_is_turned_back():
    turned = [
        f"rotate({angle}deg, reflow: true){text(words)}" for angle, words in ((-90, "Мероприятие плана"), (90, "Срок"))
    ]
    content = plan(*turned, *line("Отбор | 2024"), columns="(auto, auto)")
    assert texts(content) == [["Мероприятие плана", "Срок"], ["Отбор", "2024"]]


def test_side_by_side_is_read_column_by_column():
    heads = "#grid(columns: (1fr, 1fr), [СОГЛАСОВАНО #linebreak() Директор], [УТВЕРЖДАЮ #linebreak() Глава города])"
    blocks, _ = read_blocks(plan(*line("А | Б"), *line("1 | 2"), columns="2", above=(), more=heads), "plan.pdf")
    found = [block.cells[0].text for block in blocks if block.is_paragraph]
    assert found == ["СОГЛАСОВАНО", "Директор", "УТВЕРЖДАЮ", "Глава города"]


def test_a_real_hyphen_stays_whichever_glyph_came_first():
    narrow = "height: 6cm, width: 3.5cm, margin: 5mm"
    for words in ("образовательных 2024-2026", "2024-2026 образовательных"):
        assert texts(plan(*line(f"{words} | 1"), columns="(1.9cm, 5mm)", page=narrow, above=())) == [[words, "1"]]


def test_running_titles_and_page_numbers_are_no_text_of_the_plan():
    page = 'height: 8cm, width: 14cm, margin: 1.5cm, numbering: "— 1 —", header: [Проект документа]'
    content = plan(*(one for number in range(9) for one in line(f"1.{number} | Отбор")), columns="2", page=page)
    blocks, findings = read_blocks(content, "plan.pdf")
    assert not [
        block.cells[0].text for block in blocks if block.is_paragraph and block.cells[0].text not in (*SIGNED, TITLE)
    ]
    assert [(one.rule, one.value) for one in findings] == [("unread_text", "Проект документа")]


def joined(*lines: str, width: float = 100, beside: tuple[str, ...] = (), keeps: bool = True) -> tuple[str, set[Doubt]]:
    """The text of a cell whose letters are 5 wide, in a document that has other words too."""

    def made(words: str, room: float) -> Line:
        return Line(words, 0, width - room, 0, 10, 5, 3, 0, 0, (0, 0), room)

    cell = [made(one, width - 5 * len(one.rstrip())) for one in lines]
    other = [made(one, 0) for one in beside] + ([made("слово ", 50), made("слово", 50)] if keeps else [])
    return text_of(cell, habits_of([cell, other]))


@pytest.mark.parametrize(
    ("lines", "said", "doubt"),
    [
        (("Отбор ", "школ"), "Отбор школ", None),  # the blank stands in the file
        (("Отборочные ", "туры-", "финалы"), "Отборочные туры-финалы", None),
        (("образо-", "вательный"), "образовательный", None),
        (("научно-", "методический"), "научно-методический", None),
        (("школа-", "интернат"), "школа-интернат", None),
        (("центр пси-", "холого-педа-", "гогический"), "центр психолого-педагогический", None),
        (("2024-", "2026"), "2024-2026", None),
        (("сентябрь–", "октябрь"), "сентябрь–октябрь", None),
        (("видео-", "уроки"), "видео-уроки", Doubt.hyphen),
        (("общеобразовательны", "е"), "общеобразовательные", None),
        (("Отчёт", "Справка"), "Отчёт\nСправка", None),
    ],
)
def test_line_ends(lines, said, doubt):
    width = 5 * max(len(one.rstrip()) for one in lines) + 1
    assert joined(*lines, width=width) == (said, {doubt} if doubt else set())


def test_the_words_of_the_document_settle_a_line_end():
    assert joined("ШНОР", "ПНОР", width=21) == ("ШНОРПНОР", {Doubt.seam})
    assert joined("ШНОР", "ПНОР", width=21, beside=("ШНОР и ПНОР вместе",)) == ("ШНОР ПНОР", set())
    assert joined("видео-", "уроки", width=31, beside=("видео-уроки впервые",)) == ("видео-уроки", set())


def picture() -> bytes:
    scanned = io.BytesIO()
    Image.new("L", (200, 200), 200).save(scanned, "PDF")
    return scanned.getvalue()


def locked() -> bytes:
    made = pypdf.PdfWriter(clone_from=io.BytesIO(WHOLE))
    made.encrypt("тайна")
    closed = io.BytesIO()
    made.write(closed)
    return closed.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (picture(), "нет текста, только изображения"),
        (locked(), "закрыт паролем"),
        (plan(*line("А | Б"), columns="2", more="#set table(stroke: none)"), "таблицы с линиями между ячейками нет"),
        (WHOLE[: len(WHOLE) // 3], "повреждён"),
        (b"%PDF-1.7\n%%EOF", "повреждён"),
    ],
)
def test_what_is_no_plan_is_refused(content, said):
    with pytest.raises(AnalysisError, match=f"plan.pdf: .*{said}"):
        read_blocks(content, "plan.pdf")


@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [
        ("MOST_PAGES", 0, "больше 0 страниц"),
        ("MOST_OBJECTS", 99, "страница 1: на ней больше 99 знаков и линий"),
        ("LARGEST_STREAM", 999, "распаковки"),
    ],
)
def test_what_is_larger_than_any_plan_is_refused(monkeypatch, limit, most, said):
    monkeypatch.setattr(pdf_page, limit, most)
    with pytest.raises(AnalysisError, match=f"plan.pdf: .*{said}"):
        read_blocks(WHOLE, "plan.pdf")


@pytest.mark.parametrize("seed", range(12))
def test_random_damage_is_read_or_refused_in_a_sentence(seed, capfd):
    chance, damaged = random.Random(seed), bytearray(WHOLE)
    for _ in range(5**seed % 700):
        damaged[chance.randrange(9, len(damaged))] = chance.randrange(256)
    try:
        said = f"plan.pdf: {len(read_blocks(bytes(damaged), 'plan.pdf')[0])}"
    except AnalysisError as error:
        said = str(error)
    assert said.startswith("plan.pdf: ")
    assert capfd.readouterr() == ("", "")
