"""What a contract is made of: the columns of a table, from the dictionary of fields.

The dictionary says what a column of a name is called, means and is counted in, wherever it stands. It is a table that
any spreadsheet opens, `fields.csv`. A contract lists the fields of its table by name (`Table`) and says only what is
different in it.
"""

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from inspect import get_annotations
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

Contract = type[pa.DataFrameModel]
COMPARATORS = ["=", "≥", "≤", "–"]
MEASURE_KINDS = {
    "count": "число",
    "share": "доля",
    "document": "документ",
    "state": "состояние: да или нет",
    "money": "деньги",
}
BETTER = {"more": "чем больше, тем лучше", "less": "чем меньше, тем лучше"}
# What stands in the place of a planned number; a zero is a number.
BLANK_MARK, DASH_MARK, CROSS_MARK, UNREAD_MARK = "не указано", "не планируется", "не применимо", "не прочитано"
TARGET_MARKS = [BLANK_MARK, DASH_MARK, CROSS_MARK, UNREAD_MARK]
# How a measure of one version of the plan differs from that of the version before.
CHANGE_KINDS = [
    "добавлен", "исключён", "перенесён", "изменены слова", "изменён план", "изменён срок", "изменены исполнители",
]  # fmt: skip
ADDED, DROPPED, MOVED, REWORDED, OTHER_NUMBER, OTHER_TERM, OTHER_EXECUTORS = CHANGE_KINDS
# By which rule a target follows from words of the document where it writes no number.
DERIVED = {
    "once": "результат нужен один раз, к названному сроку",
    "times": "сколько раз называет периодичность",
    "each_time": "число названо и на год, и на каждый раз: от него до него же, взятого каждый раз",
    "each_year": "срок длится несколько лет: не меньше одного в год",
    "said_in_year": "слова в столбце года: результат нужен в этом году",
    "by_end": "число на весь срок: к концу срока",
    "share_each_year": "доля названа без года: она нужна в каждом",
    "other_year": "срок — в другом году",
    "quarters": "кварталы вместе: от наибольшего до суммы, документ не говорит, складываются ли они",
}
# How often a deadline asks for something; the last two name no number.
RECURRENCES = ["month", "quarter", "half", "year", "constant", "need"]
CODE_ORIGINS = {
    "written": "стоит в тексте",
    "drawn": "проставлен нумерацией Word",
    "position": "номера нет: место строки",
}
READINGS = ["flow", "annual", "both_possible", "contradiction"]
OPEN_READINGS = ["both_possible", "contradiction"]
READING_WORDS = {
    "flow": "годы складываются",
    "annual": "уровень каждого года",
    "both_possible": "возможны оба прочтения",
    "contradiction": "итог и годы противоречат",
}
READING_RULES = {
    "sum": "сумма заполненных лет равна итогу",
    "annual": "каждый заполненный год равен итогу",
    "yearly_words": "слова «раз в год», и каждый заполненный год равен итогу",
    "decision": "записанное решение",
    "kind": "доли и состояния не складываются",
    "one_year": "число стоит только в одном году",
    "no_numbers": "чисел по годам нет",
    "unsettled": "ни одно правило не подошло, показаны оба прочтения",
}
SETTLED_READINGS = ["flow", "annual"]
READING_BASES = list(READING_RULES)


# What a type that a contract names is called by pandas.
TYPES: Mapping[object, str] = {
    str: "str", int: "int64", float: "float64", bool: "bool", pd.Timestamp: "datetime64[us]",
    pd.Int64Dtype: "Int64", pd.Float64Dtype: "Float64", pd.CategoricalDtype: "category",
}  # fmt: skip


class Field(NamedTuple):
    """What all columns of a name share.

    Attributes:
        label: In Russian, as it stands above the column.
        meaning: In Russian, what it holds.
        unit: Of a number; empty for text.
        checks: What a table demands of it, in the words of pandera.
    """

    label: str
    meaning: str
    unit: str
    checks: dict[str, Any]


# What a filled cell of `fields.csv` demands: of a number its bounds, of a text its letters or pattern.
CHECKS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "least": ("ge", int),
    "most": ("le", int),
    "letters": ("str_length", lambda least: {"min_value": int(least)}),
    "pattern": ("str_matches", str),
    "empty": ("nullable", bool),
}


@cache
def known_fields() -> dict[str, Field]:
    """The fields by name, in the order of `fields.csv`."""
    with Path(__file__).with_name("fields.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: _field(row) for row in csv.DictReader(file)}


def _field(row: Mapping[str, str]) -> Field:
    checks = {check: read(row[cell]) for cell, (check, read) in CHECKS.items() if row[cell]}
    return Field(row["label"], row["meaning"], row["unit"], checks)


def by_name(*contracts: Contract) -> dict[str, Contract]:
    """Contracts by the name of their table, which is that of the class: `SchoolMergers` is `school_mergers`."""
    return {re.sub(r"\B(?=[A-Z])", "_", one.__name__).lower(): one for one in contracts}


def columns_of(contract: Contract) -> dict[str, Any]:
    """Title, description and metadata of each column; the schema that pandera checks with takes 13 times as long."""
    return {name: field for name, (_, field) in contract.__fields__.items()}


@cache
def titles_of(contract: Contract) -> dict[str, str]:
    """The Russian label of each column."""
    return {name: str(field.title) for name, field in columns_of(contract).items()}


@cache
def hidden_from(contract: Contract, internal: bool) -> frozenset[str]:
    """The columns that an edition does not show: to the public, or where it is internal to the office."""
    fields = columns_of(contract)
    words = {"stored_only", "public_only" if internal else "office_only"}
    return frozenset(name for name, field in fields.items() if words & (field.metadata or {}).keys())


@cache
def pandas_types(contract: Contract) -> Mapping[str, str]:
    """The type of each column as pandas gives it and Parquet gives it back, in the order of the contract."""
    return {name: TYPES[kind.arg] for name, (kind, _) in contract.__fields__.items()}


def typed_table(contract: Contract, rows: Sequence[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """Returns a table with the columns of a contract, in its order and with its types.

    Args:
        contract: What the table must be; whether it is so is checked elsewhere.
        rows: Values by column name; a column that a row leaves out is blank there.
    """
    types = pandas_types(contract)
    return pd.DataFrame({name: pd.Series([row.get(name) for row in rows], dtype=kind) for name, kind in types.items()})


def rows_table(contract: Contract, rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Returns the table of a contract from rows with a value for each of its columns, in their order."""
    types = pandas_types(contract)
    values = zip(*rows, strict=True) if rows else iter([()] * len(types))
    columns = zip(types.items(), values, strict=True)
    return pd.DataFrame({name: pd.Series(list(found), dtype=kind) for (name, kind), found in columns})


def shaped(rows: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The rows with the columns of a contract, in its order and with its types; a column that is not there is blank."""
    kinds = pandas_types(contract)
    return rows.reindex(columns=list(kinds)).astype(kinds).reset_index(drop=True)


# What an empty cell means in several tables.
NOT_TOLD = "сказать нельзя, причина в пометках"
NOT_SHOWN = "нет сведений или скрыто"
NOT_STATED = "не указано, это не ноль"


def but(**different: Any) -> Any:
    """A field of the dictionary that is different in one table; see `column`."""
    return different


def address(what: str, **different: Any) -> Any:
    """The field `place`, or another that says where in the received file something stands."""
    return but(meaning=f"Где в файле стоит {what}: так, как это считает человек", **different)


def column(
    name: str,
    *,
    blank: str = "",
    office_only: bool = False,
    public_only: bool = False,
    stored_only: bool = False,
    **different: Any,
) -> Any:
    """A column of a table: its field in the dictionary, with what is different.

    Args:
        name: Of the field.
        blank: What it means that nothing stands there; the column may then be empty.
        office_only: Whether the public may not see it.
        public_only: Whether it says nothing to the office, which sees everything.
        stored_only: Whether no edition lists it: all its rows have the same value, or it is said in other columns.
        different: Another label, meaning or unit, and further checks of pandera; None takes one away.
    """
    known = known_fields()[name]
    words = {part: different.pop(part, getattr(known, part)) for part in ("label", "meaning", "unit")}
    seen = {"office_only": office_only, "public_only": public_only, "stored_only": stored_only}
    metadata = {"unit": words["unit"]} | {word: True for word, given in seen.items() if given}
    meaning = f"{words['meaning']}; пусто — {blank}" if blank else words["meaning"]
    checks = known.checks | ({"nullable": True} if blank else {}) | different
    checks = {check: limit for check, limit in checks.items() if limit is not None}
    return pa.Field(title=words["label"], description=meaning, metadata=metadata, **checks)


class Table(pa.DataFrameModel):
    """A contract: nothing undeclared, nothing out of order, nothing converted.

    Each name with a type is a column and means what the dictionary of fields says; `but` says what is different.
    """

    class Config:
        strict = True
        ordered = True
        coerce = False

    def __init_subclass__(cls, *, unique: Sequence[str] = (), **kwargs: Any) -> None:
        """Makes the columns of the class from its names; a name that the dictionary lacks is an error.

        Args:
            unique: The key of the table: columns that together stand in one row only.
            kwargs: Of pandera.
        """
        if unique:
            cls.Config = type("Config", (), {"unique": list(unique)})  # type: ignore[misc, assignment]
        for name in get_annotations(cls):
            different = cls.__dict__.get(name, {})
            made = column(name, **different)
            made.__set_name__(cls, name)
            setattr(cls, name, made)
        super().__init_subclass__(**kwargs)  # type: ignore[no-untyped-call]


class SourcedTable(Table):
    """A contract of rows that rest on a received file."""

    source_file: Series[str]


class MeasureWords(Table):
    """What the document says of a measure beside its number, in its own words."""

    measure_kind: Series[str] = but(isin=list(MEASURE_KINDS))
    measure_unit: Series[str]
    better: Series[str] = but(isin=list(BETTER))
    baseline_value: Series[pd.Float64Dtype]
    baseline_year: Series[pd.Int64Dtype]
    deadline_text: Series[str]
