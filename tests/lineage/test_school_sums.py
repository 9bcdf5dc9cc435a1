"""Cells of the tables about schools: what the office is told adds up, and the public is told no hidden number."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.contracts.school_groups import GROUP_TABLES, column_title
from analysis.errors import AnalysisError
from analysis.indicators.school_tables import school_tables
from analysis.lineage.cells import PrintedTable, Question, cell_chain
from analysis.lineage.ground import Ground
from analysis.rules.disclosure_policy import DEFAULT_POLICY
from school_towns import town_facts

NOTHING = pd.DataFrame({"source_file": []})


@pytest.fixture(scope="module")
def town():
    return town_facts(schools=4, years=(2021,))


@pytest.fixture(scope="module")
def made(town):
    return school_tables(town, DEFAULT_POLICY)


def _ground(tables):
    return Ground({**tables, "findings": NOTHING}, [])


def _printed(frame, internal, least=0):
    """The table as published; with `least`, only about so many of its rows, of every group of schools."""
    # An odd step meets each of the four groups in turn.
    frame = frame.iloc[:: (len(frame) // least) | 1] if least else frame
    shown = frame.drop(columns="hidden_columns", errors="ignore") if internal else frame
    rows = [
        {name: "" if pd.isna(value) else str(value) for name, value in row.items()} for row in shown.to_dict("records")
    ]
    columns = [{"name": name, "title": name, "description": "", "type": "number"} for name in shown.columns]
    return PrintedTable("tbl-x@2021", "Проба", 2021, columns, rows)


def _cells(table):
    for column, field in enumerate(table.columns):
        for row in range(len(table.rows)):
            yield (
                field["name"],
                f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[column % 26]}{row + 2}"
                if column < 26
                else (f"A{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[column - 26]}{row + 2}"),
            )


def _told(cell, table, ground, internal):
    return [line.strip() for line in cell_chain(Question("tbl-x", 2021, internal, cell), table, ground)]


def _sums(lines):
    """The numbers before «← строк …», in the order they are told."""
    heads = [line.partition(" ← строк ") for line in lines if " ← строк " in line]
    return [float(head.rpartition(": ")[2].replace(",", ".")) for head, _, _ in heads]


@pytest.mark.parametrize("name", GROUP_TABLES)
def test_what_the_office_is_told_adds_up_to_what_is_printed(name, town, made):
    table, told, ground = _printed(made[name], internal=True, least=4), 0, _ground(town)
    for column, cell in _cells(table):
        value = table.rows[int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 2][column]
        if not value or not column.endswith(("_count", "_share", "_score", "_amount")):
            continue
        sums, told = _sums(_told(cell, table, ground, internal=True)), told + 1
        whole = sums[0] if len(sums) == 1 else sums[0] / sums[1] * (100 if column.endswith("_share") else 1)
        assert whole == pytest.approx(float(value), abs=0.051 if len(sums) == 2 else 0), (column, cell)
    assert told >= 4


@pytest.mark.parametrize("name", GROUP_TABLES)
def test_the_rows_of_a_public_cell_say_no_number(name, town, made):
    """Whatever the schools counted, a public cell is answered by the same words."""
    table = _printed(made[f"public_{name}"], internal=False, least=4)
    other = {key: _with_other_numbers(frame) if key not in ("schools", "school_status") else frame
             for key, frame in town.items()}  # fmt: skip
    before, after = _ground(town), _ground(other)
    cells = list(_cells(table))
    assert len(cells) >= 4 * len(table.columns)
    for column, cell in cells:
        lines = _told(cell, table, before, internal=False)
        assert lines == _told(cell, table, after, internal=False), (column, cell)


def _with_other_numbers(frame):
    numbers = [one for one in frame.columns if one.endswith(("_count", "_score", "_amount"))]
    return frame.assign(**{one: frame[one] + 1 for one in numbers})


def test_a_hidden_cell_says_so_by_which_policy_and_where_to_ask(town, made):
    frame = made["public_mark_results"]
    table = _printed(frame, internal=False)
    title = column_title("mark_2_count")
    row = next(number for number, said in enumerate(frame["hidden_columns"]) if title in said.split("; "))
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[list(frame.columns).index("mark_2_count")]
    lines = _told(f"{letter}{row + 2}", table, _ground(town), internal=False)
    assert "стоит: скрыто в открытом отчёте" in lines
    assert any(line.startswith("правило показа: data/disclosure.toml, версия 1: скрыты числа") for line in lines)
    office = f"analysis explain 'tbl-x@2021-internal!{letter}{row + 2}'"
    assert lines[-1] == f"откуда скрытое число — в служебном отчёте: {office}"
    assert not any("←" in line for line in lines)


MARKS = {
    "calendar_year": "2021", "school_year": "2020/21", "procedure": "ВПР", "subject": "Математика",
    "programme_grade": "5", "sitting_grade": "5", "wave": "весна", "scope": "школа", "group_name": "Школа А",
    "participant_count": "12", "mark_2_count": "2", "mark_2_share": "16.7", "hidden_columns": "",
}  # fmt: skip


def _of(cells, column, ground, internal=True):
    fields = [{"name": column, "title": column_title(column), "description": "", "type": "number"}]
    table = PrintedTable("tbl-marks@2021", "Отметки", 2021, fields, [cells])
    return [line.strip() for line in cell_chain(Question("tbl-marks", 2021, internal, "A2"), table, ground)]


EXPORTED = "vpr.xlsx (sha256 cdcdcdcdcdcd…), лист 1, строка 7"


def test_a_share_is_told_by_its_parts_and_their_rows(school_ground):
    assert _of(MARKS, "mark_2_share", school_ground)[2:] == [
        "стоит: 16,7",
        "правило: Отметок «2» / Участников × 100, до 0,1",
        "Отметок «2»: 2 ← строк 1",
        f"Школа А: 2 ← {EXPORTED}",
        "Участников: 12 ← строк 1",
        f"Школа А: 12 ← {EXPORTED}",
    ]
    assert _of(MARKS, "mark_2_share", school_ground, internal=False)[4:7] == [
        "Отметок «2»: 2 ← строк 1",
        f"Школа А ← {EXPORTED}",
        "Участников: 12 ← строк 1",
    ]


def test_the_city_adds_the_supported_and_the_others(school_ground):
    both = {**MARKS, "scope": "город", "group_name": "Город", "mark_2_count": "5"}
    assert "Отметок «2»: 5 ← строк 2" in _of(both, "mark_2_count", school_ground)
    others = {**both, "scope": "другие школы", "mark_2_count": "3"}
    assert "Отметок «2»: 3 ← строк 1" in _of(others, "mark_2_count", school_ground)


def test_a_part_that_a_school_left_blank_is_not_a_zero(school_ground):
    results = school_ground.tables["results"]
    blank = results.assign(journal_same_count=pd.array([4, pd.NA, pd.NA, pd.NA], dtype="Int64"))
    ground = replace(school_ground, tables={**school_ground.tables, "results": blank})
    both = {**MARKS, "scope": "город", "group_name": "Город", "journal_same_count": ""}
    lines = _of(both, "journal_same_count", ground)
    assert "стоит: пусто: значение не указано, это не ноль" in lines
    assert any(line.startswith("Подтвердили: не указано: хотя бы одна школа") for line in lines)
    assert any(line.startswith("Школа Б: не указано ←") for line in lines)


def test_a_column_that_names_the_row_has_no_chain(school_ground):
    assert _of(MARKS, "wave", school_ground)[2:] == ["стоит: весна"]
    with pytest.raises(AnalysisError):
        list(cell_chain(Question("tbl-x", 2021, False, "B2"), _printed(pd.DataFrame({"a": [1]}), True), school_ground))
