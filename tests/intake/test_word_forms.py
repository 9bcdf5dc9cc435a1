"""The signed roadmap in every shape that Word gives it: the same typed tables as from the text."""

import pytest

from roadmaps import (
    assert_same_tables,
    blocking_rules,
    check,
    of_rule,
    targets_of,
    the_blocking,
    unaccounted,
    without_addresses,
)
from word_documents import (
    APPROVAL,
    HEADING,
    TITLE,
    cell,
    controlled,
    office_header,
    office_rows,
    paragraph,
    plain_row,
    row,
    run,
    signed_activities,
    signed_tasks,
    table,
    task_row,
    text_box,
    word_file,
)

TWICE_2022 = ("2020 г.", "2021 г.", "2022 г.", "2022 г.")


def twice_2022(texts: list[str]) -> list[str]:
    return [*texts[:7], texts[6], texts[7]]


def with_control_around_runs(texts: list[str]) -> str:
    held = [cell(inner=f"<w:p>{controlled(run(text))}</w:p>") if text else cell() for text in texts]
    return row(*held)


def with_control_around_cells(texts: list[str]) -> str:
    return row(*(controlled(cell(text)) for text in texts))


def merged_executors(rows: list[list[str]]) -> list[str]:
    """Neighbours with the same executors share one cell, as people like to draw it."""
    drawn, above = [], None
    for number, texts in enumerate(rows):
        below = rows[number + 1][7] if number + 1 < len(rows) else None
        same = texts[7] == above
        last = cell("" if same else texts[7], merge="continue" if same else "restart" if below == texts[7] else "")
        drawn.append(row(*map(cell, texts[:7]), last))
        above = texts[7]
    return drawn


def each_task(draw) -> list[str]:
    """Task rows with activity rows drawn by `draw`."""
    return [
        line
        for number, task in enumerate(signed_tasks(), start=1)
        for line in (task_row(*task), *draw(signed_activities(number)))
    ]


def tasks_between_tables() -> list[str]:
    """Each task is a paragraph; the table starts anew behind it, without a header."""
    parts = [table(*office_header())]
    for number, (code, title) in enumerate(signed_tasks(), start=1):
        parts += [paragraph(f"{code} {title}"), table(*map(plain_row, signed_activities(number)))]
    return parts


SHAPES = {
    "one table": [*HEADING, table(*office_header(), *office_rows())],
    "without the row of numbers": [*HEADING, table(*office_header(numbers=False), *office_rows())],
    "split, header not repeated": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2])),
        table(*office_rows([3, 4])),
    ],
    "split, header repeated": [
        *HEADING,
        table(*office_header(), *office_rows([1])),
        paragraph(),
        table(*office_header(), *office_rows([2, 3, 4])),
    ],
    "split by hand: a merged row, the header again": [
        *HEADING,
        table(
            *office_header(),
            *office_rows([1, 2]),
            row(cell("Продолжение таблицы", span=8)),
            *office_header(),
            *office_rows([3]),
            row(cell("продолжение", span=8)),
            plain_row(str(number) for number in range(1, 9)),
            *office_rows([4]),
        ),
    ],
    "split by hand: a paragraph between two tables": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2])),
        paragraph("Продолжение таблицы № 1"),
        table(plain_row(["Окончание таблицы 1.", *[""] * 7]), *office_header(numbers=False), *office_rows([3, 4])),
    ],
    "split inside a task, task repeated": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2, 3, 4])[:-3]),
        table(*office_header(), task_row(*signed_tasks()[3]), *office_rows([4])[-3:]),
    ],
    "2022 twice behind a page break, no header": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2, 3])),
        table(task_row(*signed_tasks()[3], 9), *(plain_row(twice_2022(texts)) for texts in signed_activities(4))),
    ],
    "2022 twice, in the header too": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2, 3])),
        table(
            *office_header(TWICE_2022, numbers=False),
            task_row(*signed_tasks()[3], 9),
            *(plain_row(twice_2022(texts)) for texts in signed_activities(4)),
        ),
    ],
    "another grid behind a page break": [
        *HEADING,
        table(*office_header(), *office_rows([1, 2, 3])),
        table(task_row(*signed_tasks()[3], 16), *(plain_row(texts, span=2) for texts in signed_activities(4))),
    ],
    "tasks as paragraphs": [*HEADING, *tasks_between_tables()],
    "a table for each task, header each time": [
        *HEADING,
        *(table(*office_header(), *office_rows([number])) for number in (1, 2, 3, 4)),
    ],
    "controls around runs": [
        *HEADING,
        table(*office_header(), *each_task(lambda rows: map(with_control_around_runs, rows))),
    ],
    "controls around cells": [
        *HEADING,
        table(*office_header(), *each_task(lambda rows: map(with_control_around_cells, rows))),
    ],
    "controls around rows": [*HEADING, table(*office_header(), *map(controlled, office_rows()))],
    "controls around everything": [
        *map(controlled, HEADING),
        controlled(controlled(table(*office_header(), controlled("".join(office_rows()))))),
    ],
    "executors merged downwards": [*HEADING, table(*office_header(), *each_task(merged_executors))],
    "approval in a table without borders": [
        table(row(cell(), cell(inner="".join(map(paragraph, APPROVAL))))),
        *map(paragraph, TITLE),
        table(*office_header(), *office_rows()),
    ],
    "approval in a table, a row a line": [
        table(*(row(cell(), cell(line)) for line in APPROVAL)),
        *map(paragraph, TITLE),
        table(*office_header(), *office_rows()),
    ],
    "approval in a text box": [
        paragraph(TITLE[0], inner=text_box(*APPROVAL)),
        paragraph(TITLE[1]),
        table(*office_header(), *office_rows()),
    ],
    "cells of several paragraphs": [
        *HEADING,
        table(
            *office_header(),
            *each_task(
                lambda rows: (
                    row(*(cell(inner="".join(map(paragraph, ["", *text.split("; "), ""]))) for text in texts[:2]),
                        *map(cell, texts[2:]))
                    for texts in rows
                )
            ),
        ),
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_tables_of_the_text(shape, signed, tmp_path):
    checked = check(tmp_path, word_file(*SHAPES[shape]), "roadmap.docx", editions=[2020])
    assert blocking_rules(checked) == []
    assert of_rule(checked, "unread_text") == []
    assert_same_tables(without_addresses(checked), without_addresses(signed))


@pytest.mark.parametrize(
    "shape", ["one table", "2022 twice behind a page break, no header", "executors merged downwards"]
)
def test_addresses_are_counted_as_a_person_counts(shape, tmp_path):
    checked = check(tmp_path, word_file(*SHAPES[shape]), "roadmap.docx", editions=[2020])
    assert checked.tables["cells"]["place"].is_unique
    activities = checked.tables["activities"].set_index("activity_code")["place"]
    assert activities["1.1"] == "таблица 1, строка 5"
    targets = checked.tables["targets"].set_index(["activity_code", "calendar_year"])["place"]
    assert targets["1.1", 2020] == "таблица 1, строка 5, ячейка 5"
    assert checked.tables["approval"]["title_place"].iloc[0] == "абзац 6; абзац 7"


def test_the_heading_of_a_page_stays_among_the_cells(tmp_path):
    shape = SHAPES["split by hand: a merged row, the header again"]
    cells = check(tmp_path, word_file(*shape), "roadmap.docx", editions=[2020]).tables["cells"]
    headings = cells[cells["role"] == "page_heading"]
    assert list(headings["text"]) == ["Продолжение таблицы", "продолжение"]


@pytest.mark.parametrize("text", ["Продолжение работы с семьями", "Продолжение следует", "Окончание 2021 года"])
def test_other_words_in_a_row_of_their_own_still_stop(text, tmp_path):
    shape = [*HEADING, table(*office_header(), *office_rows(), row(cell(text, span=8)))]
    checked = check(tmp_path, word_file(*shape), "roadmap.docx", editions=[2020])
    assert blocking_rules(checked) == ["row_length"]


def test_repeated_cells_are_named(tmp_path):
    shape = SHAPES["2022 twice behind a page break, no header"]
    checked = check(tmp_path, word_file(*shape), "roadmap.docx", editions=[2020])
    assert [finding.place for finding in of_rule(checked, "repeated_cell")] == [
        f"таблица 2, строка {number}, ячейка 8" for number in range(2, 12)
    ]


def test_the_other_sides_consent_is_not_the_approval(signed, tmp_path):
    """«Согласовано» stands beside «Утверждаю», with a position, a name and a date of its own."""
    consent = ["СОГЛАСОВАНО", "Председатель профсоюза", "И.И. Иванова", "20 августа 2020 г."]
    beside = table(*(row(cell(left), cell(right)) for left, right in zip([*consent, ""], APPROVAL, strict=True)))
    content = word_file(beside, *map(paragraph, TITLE), table(*office_header(), *office_rows()))
    checked = check(tmp_path, content, "roadmap.docx", editions=[2020])
    assert_same_tables(without_addresses(checked), without_addresses(signed))
    assert [finding.value for finding in of_rule(checked, "unread_text")] == consent


def test_words_in_headers_and_footers_are_named(signed, tmp_path):
    content = word_file(*SHAPES["one table"], header_text="Проект. Не для печати")
    checked = check(tmp_path, content, "roadmap.docx", editions=[2020])
    assert_same_tables(without_addresses(checked), without_addresses(signed))
    (finding,) = of_rule(checked, "unread_text")
    assert finding.value == "Проект. Не для печати"
    assert "word/header" in finding.place


def test_nothing_of_a_word_file_is_lost(tmp_path):
    stray = paragraph("Примечание: срок уточняется")
    box = cell(inner=f"<w:p>{text_box('7 и 8')}{run('4')}</w:p>")
    rows = [*office_rows([1]), row(cell("1.5"), *[cell("слово")] * 5, box, cell("УО"))]
    checked = check(tmp_path, word_file(*HEADING, stray, table(*office_header(), *rows), stray), "roadmap.docx")
    assert unaccounted(checked, [f"абзац {number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9)]) == []
    assert unaccounted(checked, [f"таблица 1, строка 9, ячейка {number}" for number in range(1, 9)]) == []
    cells = checked.tables["cells"].set_index("place")["text"]
    assert cells["таблица 1, строка 9, ячейка 7"] == "7 и 8\n4"


# ── rows that a person would have to look at ──

ACTIVITY = ["1.1", "Отбор", "Школы", "2", "1", "1", "0", "УО"]
LISTED = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>'
QUESTIONABLE = {
    "years merged, executors split": (
        row(*map(cell, ACTIVITY[:5]), cell("1", span=2), cell("0"), cell("УО")),
        ("row_length", "таблица 1, строка 5"),
    ),
    "years merged": (
        row(*map(cell, ACTIVITY[:5]), cell("1", span=2), cell("УО")),
        ("row_length", "таблица 1, строка 5"),
    ),
    "a number that Word draws": (
        row(cell(inner=LISTED), *map(cell, ACTIVITY[1:])),
        ("activity_code", "таблица 1, строка 5, ячейка 1"),
    ),
}


@pytest.mark.parametrize("kind", QUESTIONABLE)
def test_a_questionable_row_blocks_and_the_rest_is_read(kind, tmp_path):
    drawn, (rule, place) = QUESTIONABLE[kind]
    task, sound = task_row("1.", "Задача"), plain_row(["1.2", *ACTIVITY[1:]])
    content = word_file(*HEADING, table(*office_header(), task, drawn, sound))
    checked = check(tmp_path, content, "roadmap.docx", editions=[2020])
    finding = the_blocking(checked)
    assert (finding.rule, finding.place) == (rule, place)
    assert targets_of(checked) == {"1.2/1": [1, 1, 0]}


def test_a_value_that_word_draws_is_marked_as_not_read(tmp_path):
    drawn = row(*map(cell, ACTIVITY[:5]), cell(inner=LISTED), *map(cell, ACTIVITY[6:]))
    content = word_file(*HEADING, table(*office_header(), task_row("1.", "Задача"), drawn))
    checked = check(tmp_path, content, "roadmap.docx", editions=[2020])
    assert ("value", "таблица 1, строка 5, ячейка 6") in {(one.rule, one.place) for one in checked.findings}
    assert checked.tables["targets"]["target_mark"].dropna().tolist() == ["не прочитано"]


def test_a_number_merged_over_two_rows_is_not_counted_twice(tmp_path):
    upper = row(*map(cell, ACTIVITY[:3]), cell("2", merge="restart"), *map(cell, ACTIVITY[4:]))
    lower = row(*map(cell, ["1.2", *ACTIVITY[1:3]]), cell(merge="continue"), *map(cell, ACTIVITY[4:]))
    content = word_file(*HEADING, table(*office_header(), task_row("1.", "Задача"), upper, lower))
    finding = the_blocking(check(tmp_path, content, "roadmap.docx", editions=[2020]))
    assert (finding.rule, finding.place, finding.value) == ("row_length", "таблица 1, строка 6", "2")


def test_a_row_merged_whole_into_the_one_above_blocks(tmp_path):
    upper = row(*(cell(text, merge="restart") for text in ACTIVITY))
    lower = row(*[cell(merge="continue")] * 8)
    content = word_file(*HEADING, table(*office_header(), task_row("1.", "Задача"), upper, lower))
    checked = check(tmp_path, content, "roadmap.docx", editions=[2020])
    assert {finding.place for finding in of_rule(checked, "row_length")} == {"таблица 1, строка 6"}
