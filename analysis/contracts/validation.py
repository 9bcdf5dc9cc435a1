"""Holds tables against their contracts; a fault becomes a finding, never a page of traceback."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.config import get_config_context
from pandera.dtypes import DataType
from pandera.engines.pandas_engine import STRING

from analysis.contracts.dictionary import check_in_words, type_in_words
from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError
from analysis.files.memory import FORGETFUL, Memory

SHOWN_FAULTS = 5
# Where a row stands: the finest address that its table has.
PLACE_COLUMNS = ("place", "row_place", "title_place")


def refuse_without_validation() -> None:
    """Stops when pandera's checks are switched off: bad rows would pass in silence.

    Raises:
        AnalysisError: PANDERA_VALIDATION_ENABLED is off.
    """
    if not get_config_context().validation_enabled:
        raise AnalysisError(
            "Проверка таблиц выключена переменной PANDERA_VALIDATION_ENABLED. Уберите её: без проверки "
            "отчёт не публикуется."
        )


def violations(
    tables: Mapping[str, pd.DataFrame],
    contracts: Mapping[str, type[pa.DataFrameModel]],
    memory: Memory = FORGETFUL,
    given: Sequence[object] = (),
) -> list[Finding]:
    """Returns a finding for each rule that a table breaks, with the addresses of the first rows that break it.

    Args:
        tables: By name.
        contracts: By the name of the table.
        memory: What is known of the very same tables.
        given: What contracts that are no part of the code were made of.
    """

    def faults(name: str, frame: pd.DataFrame) -> list[Finding]:
        return list(_faults(name, frame, bounded_schema(contracts[name])))

    return [
        finding
        for name, frame in tables.items()
        for finding in memory.remembered("contract", [name, frame, *given], partial(faults, name, frame))
    ]


def broken_relations(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns a finding for each typed table whose rows refer to rows that are not there."""
    activity = ["source_file", "activity_code"]
    measure = [*activity, "measure_number"]
    links = [
        ("measures", "activities", activity),
        ("executors", "activities", activity),
        ("activities", "measures", activity),
        # A plan of indicators names no executors at all.
        *([("activities", "executors", activity)] if len(tables["executors"]) else []),
        ("targets", "measures", measure),
        ("measures", "targets", measure),
    ]
    return [
        _finding(child, f"строки без пары в таблице {parent}: {', '.join(missing[:SHOWN_FAULTS])}", ("вся таблица",))
        for child, parent, key in links
        if (missing := _without_pair(tables[child], tables[parent], key))
    ]


def _without_pair(child: pd.DataFrame, parent: pd.DataFrame, key: list[str]) -> list[str]:
    present = set(_keys(parent, key))
    return ["/".join(map(str, row[1:])) for row in dict.fromkeys(_keys(child, key)) if row not in present]


def _keys(frame: pd.DataFrame, key: list[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[column].tolist() for column in key), strict=True)


def _faults(name: str, frame: pd.DataFrame, schema: pa.DataFrameSchema) -> Iterator[Finding]:
    """A finding for each rule of a column; one for a rule across columns, where pandera gives one for every column."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        across = ~cases["column"].isin(list(schema.columns)) | (cases["schema_context"] == "DataFrameSchema")
        for (rule, column), group in cases.groupby(["check", cases["column"].mask(across, "")], sort=False):
            rows = [int(index) for index in group["index"].dropna().unique()[:SHOWN_FAULTS]]
            what = f"столбец {column}: {_rule(schema.columns[column], rule)}" if column else _RULES.get(rule, rule)
            yield _finding(name, what, _places(frame, rows), _shown(group, schema.unique or []))
        # pandera lists no row of a fault whose values are all missing, such as keys that are blank twice.
        listed = set(cases["check"])
        for rule in dict.fromkeys(one.check for one in errors.schema_errors):
            if isinstance(rule, str) and rule not in listed:
                yield _finding(name, _RULES.get(rule, rule), ("вся таблица",))


def bounded_schema(contract: type[pa.DataFrameModel]) -> pa.DataFrameSchema:
    """Returns a contract whose checks list no more rows than are shown: listing a million bad ones takes minutes.

    Text is text however this process stores it, by Arrow or as Python objects; to pandera these are two types.
    """
    schema = copy(contract.to_schema())
    schema.checks = _bounded(schema.checks)
    schema.columns = {name: _bounded_column(column) for name, column in schema.columns.items()}
    return schema


def published_faults(name: str, frame: pd.DataFrame, contract: type[pa.DataFrameModel]) -> list[Finding]:
    """Returns a finding for each rule that published rows break: some columns of a contract, in any order.

    Rules across columns hold where all columns are there. Words from a list are published as plain text.
    """
    schema = bounded_schema(contract)
    whole = schema.columns.keys() <= set(frame.columns)
    columns = {name: _as_text(schema.columns[name]) for name in map(str, frame.columns) if name in schema.columns}
    part = pa.DataFrameSchema(
        columns, checks=schema.checks if whole else None, unique=schema.unique if whole else None, strict=True
    )
    return list(_faults(name, frame.reset_index(drop=True), part))


def _as_text(column: pa.Column) -> pa.Column:
    plain = copy(column)
    if str(column.dtype) == "category":
        plain.dtype = _Text()  # type: ignore[call-arg]  # pandera knows its type
    return plain


def _bounded_column(column: pa.Column) -> pa.Column:
    bounded = copy(column)
    bounded.checks = _bounded(column.checks)
    if str(column.dtype).startswith("string"):
        bounded.dtype = _Text()  # type: ignore[call-arg]  # pandera knows its type
    return bounded


class _Text(STRING):
    """Text as this process stores it. Where all of it is text, one word says so: pandera would list it to print it."""

    def check(self, pandera_dtype: DataType, data_container: Any = None) -> bool | Iterable[bool]:
        """Whether the values are text."""
        found: Any = super().check(pandera_dtype, data_container)
        return True if np.all(found) else found


def _bounded(checks: Iterable[pa.Check]) -> list[pa.Check]:
    bounded = [copy(check) for check in checks]
    for check in bounded:
        check.n_failure_cases = SHOWN_FAULTS
    return bounded


def _rule(column: pa.Column, rule: str) -> str:
    name = rule.partition("(")[0]
    checks = (check for check in column.checks if check.name == name)
    return next(map(check_in_words, checks), None) or _RULES.get(name, rule).format(type=type_in_words(column))


# How pandera calls its own rules, and what they say.
_RULES = {
    "dtype": "тип должен быть «{type}»",
    "not_nullable": "пустого значения быть не может",
    "field_uniqueness": "значение не повторяется",
    "multiple_fields_uniqueness": "ключ строки не повторяется",
    "column_in_schema": "столбца с таким именем договор не знает",
    "column_in_dataframe": "столбца нет",
    "column_ordered": "столбцы стоят не в том порядке",
}


def _shown(group: pd.DataFrame, key: list[str]) -> str:
    """The value that breaks the rule; of a rule across columns, the key of the first row that breaks it."""
    first = group[group["index"].isna() | (group["index"] == group["index"].iloc[0])]
    if len(first) == 1:
        return str(first["failure_case"].iloc[0])
    return ", ".join(f"{one.column} = {one.failure_case}" for one in first.itertuples() if one.column in key)


def _places(frame: pd.DataFrame, rows: list[int]) -> tuple[str, ...]:
    column = next((name for name in PLACE_COLUMNS if name in frame.columns), None)
    if column is None or not rows:
        return ("вся таблица",)
    return tuple(str(frame[column].iloc[row]) for row in rows)


def _finding(table: str, explanation: str, places: tuple[str, ...], value: str = "") -> Finding:
    return Finding(
        "contract",
        Severity.BLOCKS,
        f"таблица {table}",
        places,
        value,
        f"Таблица {table} нарушает договор о данных: {explanation}.",
        "Сверьте названные ячейки с подписанным документом; если документ верен, сообщите разработчикам.",
    )
