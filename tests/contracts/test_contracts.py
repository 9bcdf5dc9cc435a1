"""Each rule of each contract can fail, and the failure says table, column, rule and address."""

import csv
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from pandera.errors import SchemaErrors
from pandera.typing.pandas import Series

from analysis.contracts import columns
from analysis.contracts.columns import Table, but, hidden_from, known_fields
from analysis.contracts.dictionary import (
    bounded_schema,
    broken_relations,
    data_dictionary,
    refuse_without_validation,
    violations,
)
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, GROUP_TABLES, PUBLIC_EFFECTIVENESS
from analysis.contracts.execution import TEXT_TABLES, TYPED_TABLES
from analysis.contracts.facts import FACT_TABLES, SCHOOL_FACT_TABLES
from analysis.contracts.region import REGION_TABLES
from analysis.contracts.report import CHAIN_TABLES, EXPORT_TABLES, REPORT_TABLES
from analysis.contracts.tables import INDICATOR_TABLES
from analysis.errors import AnalysisError
from roadmaps import HOUSE

FILE = "data/raw/r.txt"
TYPED = {
    "approval": {
        "source_file": [FILE], "title": ["Дорожная карта"], "title_place": ["строка 5"], "approver_position": ["Глава"],
        "approver_name": ["А.Б. Ветрова"], "approved_date": [pd.Timestamp(2023, 2, 1)],
        "approved_date_place": ["строка 4"], "period_first_year": [2023], "period_last_year": [2025],
        "in_force_date": pd.array([pd.Timestamp(2024, 7, 1)], "datetime64[us]"), "version_basis": ["приказ № 7"],
    },
    "activities": {
        "source_file": [FILE, FILE], "place": ["строка 8", "строка 9"], "activity_code": ["1.1", "1.10"],
        "document_order": [1, 2], "task_code": ["1", "1"], "task_title": ["Задача", "Задача"],
        "task_place": ["строка 7", "строка 7"], "activity_title": ["Отбор", "Семинар"],
        "code_origin": ["written", "position"],
    },
    "measures": {
        "source_file": [FILE, FILE], "place": ["строка 8, ячейка 4", "строка 9, ячейка 4"],
        "activity_code": ["1.1", "1.10"], "measure_number": [1, 1], "measure_name": ["Школы", "Программа"],
        "planned_total_text": ["2", "не менее 1"], "comparator": ["=", "≥"],
        "planned_total_count": pd.array([2, None], "Int64"),
        "reading": ["annual", "both_possible"], "reading_basis": ["annual", "unsettled"],
        "decision_document": [None, None], "measure_kind": ["count", "share"], "measure_unit": [None, "%"],
        "better": [None, "less"], "baseline_value": pd.array([None, 12.5], "Float64"),
        "baseline_year": pd.array([None, 2022], "Int64"), "deadline_text": [None, "май 2023"],
        "total_mark": [None, None], "measure_identity": ["1.1/1", "1.10/1"],
    },
    "targets": {
        "source_file": [FILE, FILE], "place": ["строка 8, ячейка 5", "строка 9, ячейка 5"],
        "activity_code": ["1.1", "1.10"], "measure_number": [1, 1], "calendar_year": [2023, 2023],
        "target_text": ["2", ""], "comparator": ["=", "≥"], "target_count": pd.array([2, None], "Int64"),
        "deadline_month": pd.array([5, None], "Int64"), "target_low": pd.array([2, None], "Float64"),
        "target_high": pd.array([2, None], "Float64"), "target_mark": [None, "не указано"],
        "derived_rule": ["once", None], "in_force": [True, True],
    },
    "deadlines": {
        "source_file": [FILE, FILE], "place": ["строка 8, ячейка 3", "строка 9, ячейка 3"],
        "activity_code": ["1.1", "1.10"], "measure_number": [1, 1], "deadline_number": [1, 1],
        "deadline_text": ["ежегодно, май", "до 01.03.2023"], "first_date": pd.array([None, None], "datetime64[us]"),
        "last_date": pd.array([None, pd.Timestamp(2023, 3, 1)], "datetime64[us]"), "recurrence": ["year", None],
        "times_a_year": pd.array([1, None], "Int64"), "in_year": ["05-31", None],
    },
    "executors": {
        "source_file": [FILE, FILE], "place": ["строка 8, ячейка 8", "строка 9, ячейка 8"],
        "activity_code": ["1.1", "1.10"], "executor_number": [1, 1], "executor_name": ["УО", "ОО"],
        "executor_text": ["УО", "ОО"],
    },
    "cells": {
        "source_file": [FILE], "place": ["строка 8"], "text": ["УО"], "role": ["executors"], "activity_code": ["1.1"],
    },
}  # fmt: skip
TEXTS = {
    "decision_document", "measure_unit", "better", "deadline_text", "target_mark", "derived_rule", "recurrence",
    "in_year", "total_mark",
}  # fmt: skip


def frame_of(table: str, **changed) -> pd.DataFrame:
    """A good frame of two rows, with some columns replaced."""
    frame = pd.DataFrame(TYPED[table] | changed)
    return frame.astype(dict.fromkeys(TEXTS & {*frame.columns} - {*changed}, "str"))


def broken(table: str, **changed):
    """The findings for one table with some columns replaced."""
    return violations({table: frame_of(table, **changed)}, TYPED_TABLES)


@pytest.mark.parametrize("table", TYPED)
def test_good_frames_pass(table):
    assert broken(table) == []


WHOLE = pd.array([2, -1], "Int64")
RULES = [
    ("approval", {"title": ["План"]}, "title", "знаков: "),
    ("approval", {"approved_date": ["01.02.2023"]}, "approved_date", "тип должен быть «дата»"),
    ("approval", {"period_first_year": [1999]}, "period_first_year", "не меньше 2000"),
    ("approval", {"period_last_year": [2101]}, "period_last_year", "не больше 2100"),
    ("approval", {"period_first_year": [2026]}, "", "первый год срока не позже последнего"),
    ("approval", {"source_file": [""]}, "source_file", "знаков: "),
    ("activities", {"activity_code": ["1.1", "1.1"]}, "", "ключ строки не повторяется"),
    ("activities", {"activity_code": ["1.1", "1.2."]}, "activity_code", "по образцу"),
    ("activities", {"activity_code": [1.1, 1.2]}, "activity_code", "тип должен быть"),
    ("activities", {"code_origin": ["written", "guess"]}, "code_origin", "одно из: "),
    ("activities", {"document_order": [1, 1]}, "", "у каждого мероприятия документа своё место"),
    ("activities", {"document_order": [0, 1]}, "document_order", "не меньше 1"),
    ("activities", {"task_code": ["1", "1."]}, "task_code", "по образцу"),
    ("activities", {"activity_title": ["Отбор", ""]}, "activity_title", "знаков: "),
    ("activities", {"activity_title": ["Отбор", None]}, "activity_title", "пустого значения быть не может"),
    ("activities", {"place": ["строка 8", ""]}, "place", "знаков: "),
    ("measures", {"measure_number": [1, 0]}, "measure_number", "не меньше 1"),
    ("measures", {"activity_code": ["1.1", "1.1"]}, "", "ключ строки не повторяется"),
    ("measures", {"comparator": ["=", ">"]}, "comparator", "одно из: "),
    ("measures", {"planned_total_count": WHOLE}, "planned_total_count", "не меньше 0"),
    ("measures", {"planned_total_count": [2.0, 1.0]}, "planned_total_count", "тип должен быть"),
    ("measures", {"planned_total_count": ["2", "1"]}, "planned_total_count", "тип должен быть"),
    ("measures", {"reading": ["annual", "sum"]}, "reading", "одно из: "),
    ("measures", {"reading_basis": ["sum", "guess"]}, "reading_basis", "одно из: "),
    ("measures", {"reading_basis": ["unsettled", "unsettled"]}, "", "открытое прочтение не имеет основания"),
    ("measures", {"reading_basis": ["annual", "sum"]}, "", "открытое прочтение не имеет основания"),
    ("measures", {"reading_basis": ["decision", "unsettled"]}, "", "решение опирается на документ"),
    ("measures", {"decision_document": ["Протокол", None]}, "", "решение опирается на документ"),
    ("targets", {"calendar_year": [2020.7, 2021.0]}, "calendar_year", "тип должен быть"),
    ("targets", {"calendar_year": ["2020", "2021"]}, "calendar_year", "тип должен быть"),
    ("targets", {"calendar_year": [1999, 2023]}, "calendar_year", "не меньше 2000"),
    ("targets", {"target_count": WHOLE}, "target_count", "не меньше 0"),
    ("targets", {"target_count": [2.0, None]}, "target_count", "тип должен быть"),
    ("targets", {"deadline_month": pd.array([13, None], "Int64")}, "deadline_month", "не больше 12"),
    ("targets", {"deadline_month": pd.array([5, 5], "Int64")}, "", "срок назван только там, где что-то запланировано"),
    ("targets", {"target_count": pd.array([0, 1], "Int64")}, "", "срок назван только там, где что-то запланировано"),
    ("targets", {"activity_code": ["1.1", "1.1"]}, "", "ключ строки не повторяется"),
    ("targets", {"target_mark": [None, None]}, "", "стоит или число с границей, или пометка вместо него"),
    ("targets", {"target_mark": ["не указано"] * 2}, "", "стоит или число с границей, или пометка вместо него"),
    ("targets", {"derived_rule": ["guess", None]}, "derived_rule", "одно из: "),
    ("measures", {"measure_kind": ["count", "number"]}, "measure_kind", "одно из: "),
    ("measures", {"better": ["both", None]}, "better", "одно из: "),
    ("deadlines", {"recurrence": ["weekly", None]}, "recurrence", "одно из: "),
    ("executors", {"executor_number": [0, 1]}, "executor_number", "не меньше 1"),
    ("executors", {"executor_name": ["УО", ""]}, "executor_name", "знаков: "),
    ("executors", {"activity_code": ["1.1", "1.1"]}, "", "ключ строки не повторяется"),
    ("cells", {"place": [""]}, "place", "знаков: "),
    ("cells", {"text": [2]}, "text", "тип должен быть"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "changed", "column", "rule"), RULES)
def test_each_rule_can_fail(table, changed, column, rule):
    found = broken(table, **changed)
    assert found, "the broken frame passed"
    fitting = [one for one in found if rule in one.explanation and column in one.explanation]
    assert fitting, [one.explanation for one in found]
    assert fitting[0].file == f"таблица {table}"
    assert fitting[0].severity == "блокирует"


def test_the_address_and_the_value_are_named():
    (finding,) = broken("measures", comparator=["=", ">"])
    assert finding.places == ("строка 9, ячейка 4",)
    assert finding.value == ">"
    assert finding.explanation.endswith("столбец comparator: одно из: `=`, `≥`, `≤`, `–`.")


def test_a_rule_across_columns_is_one_finding_with_the_key_of_the_row():
    (finding,) = broken("targets", deadline_month=pd.array([5, 5], "Int64"))
    assert finding.places == ("строка 9, ячейка 5",)
    assert finding.value == (
        "source_file = data/raw/r.txt, activity_code = 1.10, measure_number = 1, calendar_year = 2023"
    )
    (finding,) = broken("executors", activity_code=["1.1", "1.1"])
    assert finding.places == ("строка 8, ячейка 8", "строка 9, ячейка 8")
    assert finding.value == "source_file = data/raw/r.txt, activity_code = 1.1, executor_number = 1"


def test_an_address_is_found_whatever_its_column_is_called():
    texts = {name: {column: ["x"] for column in contract.to_schema().columns} for name, contract in TEXT_TABLES.items()}
    for name, column in (("activities", "row_place"), ("approval", "title_place")):
        frame = pd.DataFrame(texts[name] | {column: ["строка 3"], "source_file": [""]})
        (finding,) = violations({name: frame}, TEXT_TABLES)
        assert finding.places == ("строка 3",)


@pytest.mark.parametrize("storage", ["python", "pyarrow"])
def test_text_is_text_however_it_is_stored(storage):
    """The commands hold it as Python objects, a notebook by Arrow; a number in its place is a fault in both."""
    with pd.option_context("mode.string_storage", storage):
        assert broken("executors") == []
        found = broken("executors", executor_name=[1, 2])
    assert any("столбец executor_name: тип должен быть «текст»" in finding.explanation for finding in found)


@pytest.mark.parametrize("table", TYPED)
def test_columns_are_exactly_those_named(table):
    more = frame_of(table).assign(note="x")
    fewer = frame_of(table).iloc[:, :-1]
    swapped = frame_of(table).iloc[:, ::-1]
    for frame in (more, fewer, swapped):
        assert violations({table: frame}, TYPED_TABLES) != []


def test_a_thousand_faults_make_a_short_list():
    """str(SchemaErrors) of a million bad rows makes six megabytes; a finding names the first few."""
    frame = pd.concat([frame_of("executors", executor_name=["", ""])] * 500, ignore_index=True)
    found = violations({"executors": frame}, TYPED_TABLES)
    assert all(len(finding.places) <= 5 for finding in found)
    assert len(found) <= 5


def test_rows_without_their_pair():
    tables = {name: frame_of(name) for name in TYPED}
    assert broken_relations(tables) == []
    for child, parent in (
        ("measures", "activities"), ("executors", "activities"), ("activities", "measures"),
        ("activities", "executors"), ("targets", "measures"), ("measures", "targets"),
    ):  # fmt: skip
        found = broken_relations(tables | {parent: tables[parent].iloc[:1]})
        assert f"таблица {child}" in {
            one.file for one in found if f"без пары в таблице {parent}: 1.10" in one.explanation
        }


def test_validation_switched_off_is_refused():
    """In a process of its own: pandera reads the variable when it is imported."""
    code = "from analysis.contracts.dictionary import refuse_without_validation as r; r()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PANDERA_VALIDATION_ENABLED": "False", "PYTHONIOENCODING": "utf-8"},
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "AnalysisError" in done.stderr
    assert "PANDERA_VALIDATION_ENABLED" in done.stderr


def test_validation_is_on_here():
    refuse_without_validation()
    assert AnalysisError.__doc__


def test_the_dictionary_is_fresh():
    """`make docs` makes it anew."""
    assert (HOUSE / "docs/data-dictionary.md").read_text(encoding="utf-8") == data_dictionary()


def test_the_dictionary_names_every_column_with_its_meaning():
    words = data_dictionary()
    contracts = (*TYPED_TABLES.values(), *TEXT_TABLES.values())
    columns = [column for contract in contracts for column in contract.to_schema().columns.values()]
    assert len(columns) > 80
    for column in columns:
        assert f"| `{column.name}` | {column.title} |" in words
        assert column.description in words
        assert (column.metadata or {}).get("unit") is not None


def test_many_bad_rows_are_as_quickly_told_as_few():
    """A rule keeps as many of its cases as are shown, and the finding is that of a small table."""
    count = 4_000
    frame = pd.concat([frame_of("targets")] * (count // 2), ignore_index=True).assign(
        place=[f"строка {number}" for number in range(count)], comparator="<", measure_number=range(1, count + 1)
    )
    (finding,) = violations({"targets": frame}, TYPED_TABLES)
    assert finding.places == tuple(f"строка {number}" for number in range(5))
    assert finding.value == "<"
    with pytest.raises(SchemaErrors) as raised:
        bounded_schema(TYPED_TABLES["targets"]).validate(frame, lazy=True)
    assert len(raised.value.failure_cases) == 5
    assert all(check.n_failure_cases is None for check in TYPED_TABLES["targets"].to_schema().checks)


@pytest.mark.parametrize("contract", [*INDICATOR_TABLES.values(), *REPORT_TABLES.values(), *GROUP_TABLES.values()])
def test_no_two_columns_of_an_exported_table_have_one_label(contract):
    titles = [field.title for field in contract.to_schema().columns.values()]
    assert len(titles) == len(set(titles))


class _Keyed(pa.DataFrameModel):
    first: Series[str] = pa.Field(nullable=True, isin=["x"])
    second: Series[str] = pa.Field(nullable=True)

    class Config:
        unique = ["first", "second"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(None, None), (None, None)], ["ключ строки не повторяется."]),
        ([("x", None), ("x", None)], ["ключ строки не повторяется."]),
        ([(None, None), (None, None), ("y", "z")], ["столбец first: одно из: `x`.", "ключ строки не повторяется."]),
        ([("x", None), (None, None)], []),
    ],
)
def test_a_fault_of_which_no_row_is_listed_is_a_fault_like_any_other(rows, told):
    """pandera says that a key repeats and lists no row where all of its values are missing."""
    frame = pd.DataFrame(
        {name: pd.Series([row[at] for row in rows], dtype="str") for at, name in enumerate(("first", "second"))}
    )
    found = violations({"keyed": frame}, {"keyed": _Keyed})
    assert [one.explanation.partition("данных: ")[2] for one in found] == told


def test_a_column_is_its_field_and_what_is_different_in_the_table():
    class Own(Table):
        """Проба."""

        accepted_count: Series[pd.Int64Dtype]
        task_code: Series[str] = but(label="Раздел", str_matches=None, office_only=True)
        participant_count: Series[pd.Int64Dtype] = but(blank="не спрашивали")

    columns = Own.to_schema().columns
    field = known_fields()["accepted_count"]
    accepted = columns["accepted_count"]
    assert (accepted.title, accepted.description, accepted.metadata) == (
        field.label,
        field.meaning,
        {"unit": "как в названии"},
    )
    assert (columns["task_code"].title, columns["task_code"].checks) == ("Раздел", [])
    assert columns["participant_count"].description.endswith("; пусто — не спрашивали")
    assert columns["participant_count"].nullable
    assert (hidden_from(Own, False), hidden_from(Own, True)) == ({"task_code"}, frozenset())


def test_a_name_that_the_dictionary_lacks_makes_no_column():
    with pytest.raises(KeyError, match="nobody_knows"):
        type("Own", (Table,), {"__annotations__": {"nobody_knows": Series[str]}})


def test_the_dictionary_names_each_field_once_and_in_words():
    with Path(columns.__file__).with_name("fields.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(known_fields())
    assert [row["name"] for row in rows if not (row["label"] and row["meaning"]) or None in row.values()] == []
    assert {row["empty"] for row in rows} == {"", "да"}


def test_every_field_of_the_dictionary_stands_in_some_table():
    told = {**TEXT_TABLES, **TYPED_TABLES, **FACT_TABLES, **SCHOOL_FACT_TABLES, **EXPORT_TABLES, **INDICATOR_TABLES}
    tables = [*told.values(), *GROUP_TABLES.values(), *EFFECTIVENESS_TABLES.values(), *PUBLIC_EFFECTIVENESS.values()]
    tables += [*TEXT_TABLES.values(), *REPORT_TABLES.values(), *CHAIN_TABLES.values(), *REGION_TABLES.values()]
    assert len(tables) > 50
    assert {name for one in tables for name in one.to_schema().columns} == known_fields().keys()
