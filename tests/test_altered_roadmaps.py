"""Whatever happens to a file: it is read as it stands, marked unread, or blocks; never a wrong number in silence."""

import contextlib
import re

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cleaning.roadmap import clean_roadmap
from analysis.contracts.dictionary import broken_relations
from analysis.contracts.findings import blocking
from analysis.errors import AnalysisError
from analysis.intake.files import read_blocks
from analysis.intake.roadmap import lay_out
from roadmaps import FIRST, HEADER, SECOND, SIGNED_LINES, TASK, assert_same_tables, document
from word_documents import HEADING, office_header, office_rows, table, word_file

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FIRST_ROW = 17  # index of the first line below the header


def read(content: bytes, file: str = "roadmap.txt"):
    """Tables and findings, without the slow contracts."""
    blocks, reading = read_blocks(content, file)
    text = lay_out(blocks, file)
    clean = clean_roadmap(text.tables, (), 1000, file)
    return clean.tables, [*reading, *text.findings, *clean.findings]


# ── alterations of the signed file ──

CELL_TEXTS = st.sampled_from(
    ["", " ", "0", "1", "2", "10", "1; 2", "0; 0", "не менее 1", "1 (май)", "1 (раз в год)", "2-3", "1000000", "слово",
     "а, б", "1.", "1.1", "4.1", "4.13", "5.1", "№ п/п", "мероприятие", "результат", "2020 г.", "исполнители",
     "5. Задача"]
)  # fmt: skip
SPOT = st.integers(0, 400)


@st.composite
def altered_lines(draw) -> list[str]:
    """The signed file after a few accidents to its rows and cells."""
    rows = [line.split("\t") for line in SIGNED_LINES]
    for _ in range(draw(st.integers(1, 4))):
        here = FIRST_ROW - 2 + draw(SPOT) % (len(rows) - FIRST_ROW + 2)
        row, position = list(rows[here]), draw(SPOT) % len(rows[here])
        accident = draw(st.sampled_from(["replace", "drop", "insert", "double", "lose", "repeat", "swap", "unravel"]))
        if accident == "drop" and len(row) == 1:
            accident = "lose"
        if accident == "replace":
            row[position] = draw(CELL_TEXTS)
        elif accident == "drop":
            del row[position]
        elif accident == "insert":
            row.insert(position, draw(CELL_TEXTS))
        elif accident == "double":
            row.insert(position, row[position])
        elif accident == "swap":
            row[position], row[0] = row[0], row[position]
        elif accident == "unravel":
            row = [" ".join(row)]
        if accident == "lose":
            del rows[here]
        elif accident == "repeat":
            rows.insert(here, row)
        else:
            rows[here] = row
    return ["\t".join(row) for row in rows]


def at(lines: list[str], place: str) -> str:
    """The text at an address, found without the reader."""
    line, _, cell = place.removeprefix("строка ").partition(", ячейка ")
    return lines[int(line) - 1].split("\t")[int(cell) - 1] if cell else lines[int(line) - 1]


def one_line(text: str) -> str:
    return " ".join(text.split())


def number_in(text: str, measure: int) -> int | None:
    """The number that a cell gives a measure, by a rule of its own: the n-th number, or a lone one."""
    numbers = re.findall(r"\d+", text)
    return int(numbers[measure - 1] if len(numbers) > 1 else numbers[0]) if numbers else None


def assert_says_what_the_lines_say(tables, lines: list[str]) -> None:
    for activity in tables["activities"].itertuples():
        cells = at(lines, activity.place).split("\t")
        assert activity.activity_code == cells[0].strip().rstrip(".")
        assert activity.activity_title == one_line(cells[1])
    for measure in tables["measures"].itertuples():
        assert measure.place.endswith("ячейка 4")
        unread, total = measure.total_mark == "не прочитано", measure.planned_total_count
        assert pd.isna(total) if unread else total == number_in(at(lines, measure.place), measure.measure_number)
    for target in tables["targets"].itertuples():
        assert target.place.endswith(f"ячейка {target.calendar_year - 2015}")
        if target.target_mark == "не прочитано":
            assert pd.isna(target.target_count), "what is not read is no number"
            continue
        expected = number_in(at(lines, target.place), target.measure_number)
        assert (None if target.target_text == "" else target.target_count) == expected
    for place, group in tables["executors"].groupby("place"):
        # A month in brackets is a deadline; «(раз в год)», which lands here where cells change places, is not.
        assert ", ".join(group["executor_name"]) == re.sub(r" \(\w+\)$", "", one_line(at(lines, place)))


def rows_of_content(lines: list[str]) -> set[str]:
    """Lines below the header that hold more than a task does."""
    held = {}
    for number, line in enumerate(lines, start=1):
        filled = [text for text in line.split("\t") if text.strip()]
        if number > FIRST_ROW and len(filled) > 2 and filled != list("12345678"):
            held[f"строка {number}"] = filled
    return set(held)


@QUICK
@given(altered_lines())
def test_an_altered_file_is_read_as_it_stands_or_stopped(lines):
    try:
        tables, findings = read("\n".join(lines).encode())
    except AnalysisError:
        return
    if blocking(findings):
        return
    assert_says_what_the_lines_say(tables, lines)
    assert set(tables["activities"]["place"]) == rows_of_content(lines)
    assert broken_relations(tables) == []


@pytest.mark.parametrize(
    "heading",
    [
        "\t\tнаименование\tплановое значение\t2020 г.\t\t2022 г.",
        "2021 г.\t\tнаименование\tплановое значение\t2020 г.\t\t2022 г.",
    ],
)
def test_a_year_whose_heading_is_lost_or_elsewhere_stops_the_reading(heading):
    """Its column bears the heading above all years, «Срок реализации», and its numbers were taken for deadlines."""
    lines = [*SIGNED_LINES]
    place = next(number for number, line in enumerate(lines) if "2021 г.\t2022 г." in line)
    lines[place] = f"{heading}\t\t"
    _, findings = read("\n".join(lines).encode())
    (found,) = blocking(findings)
    assert (found.rule, found.place) == ("columns", "шапка таблицы")
    assert "Среди столбцов лет стоит столбец, год которого в шапке не назван" in found.explanation


@QUICK
@given(altered_lines())
def test_nothing_of_an_altered_file_is_lost(lines):
    tables, findings = read("\n".join(lines).encode())
    named = {place for finding in findings for place in finding.places}
    standing = [
        f"строка {number}" + (f", ячейка {position}" if "\t" in line else "")
        for number, line in enumerate(lines, start=1)
        for position, text in enumerate(line.split("\t"), start=1)
        if text.strip()
    ]
    cells = tables["cells"]
    assert sorted(cells["place"]) == sorted(standing)
    unread = cells.loc[cells["role"] == "unread", "place"]
    assert [place for place in unread if not {place, place.partition(",")[0]} & named] == []


@QUICK
@given(st.permutations(range(8)))
def test_columns_in_any_order(order):
    """A task stands in the first cells of a row, so only code before title can be read; the rest stops."""
    moved = [tuple(row[position] for position in order) for row in (HEADER, TASK, FIRST, SECOND)]
    tables, findings = read(document(moved[1:], moved[:1]).encode())
    if order.index(0) > order.index(1):
        assert blocking(findings)
        return
    assert blocking(findings) == []
    usual, _ = read(document().encode())
    for name in ("activities", "measures", "targets", "executors"):
        columns = [column for column in usual[name].columns if column != "place"]
        assert_same_tables({name: tables[name][columns]}, {name: usual[name][columns]})


# ── files of any kind ──

LINES = st.lists(
    st.lists(
        st.text(max_size=6) | CELL_TEXTS | st.sampled_from([*HEADER, *FIRST, "Утверждаю", "01.02.2023"]), max_size=10
    ).map("\t".join),
    max_size=12,
).map("\n".join)


@QUICK
@given(LINES | LINES.map(lambda lines: document() + "\n" + lines))
def test_no_text_breaks_the_reader(text):
    with contextlib.suppress(AnalysisError):
        read(text.encode("utf-8", "surrogatepass"))


WORD_FILE = word_file(*HEADING, table(*office_header(), *office_rows()))


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(WORD_FILE) - 1), st.integers(0, 255)), max_size=6), st.floats(0, 1))
def test_no_damage_breaks_the_reader(changes, kept):
    """A damaged Word file is refused, or the damage lay elsewhere and every number is as it was."""
    damaged = bytearray(WORD_FILE)
    for position, value in changes:
        damaged[position] = value
    content = bytes(damaged[: round(len(damaged) * max(kept, 0.2) if kept < 0.5 else len(damaged))])
    try:
        tables, _ = read(content, "roadmap.docx")
    except AnalysisError:
        return
    assert_same_tables({"targets": tables["targets"]}, {"targets": read(WORD_FILE, "roadmap.docx")[0]["targets"]})
