"""Column definitions that several tables share, so that one quantity has one name and one description."""

from functools import cache
from typing import Any

import pandera.pandas as pa

Contract = type[pa.DataFrameModel]

ACTIVITY_CODE = r"^\d+(\.\d+)+$"
SCHOOL_YEAR = r"^20\d\d/\d\d$"
COMPARATORS = ["=", "≥"]
READINGS = ["flow", "annual", "both_possible", "contradiction"]
OPEN_READINGS = ["both_possible", "contradiction"]
READING_WORDS = {
    "flow": "годы складываются",
    "annual": "уровень каждого года",
    "both_possible": "возможны оба прочтения",
    "contradiction": "итог и годы противоречат",
}
SETTLED_READINGS = ["flow", "annual"]
READING_BASES = ["sum", "annual", "yearly_words", "decision", "unsettled"]


class IndicatorTable(pa.DataFrameModel):
    """What the tables of indicators share: nothing undeclared, nothing out of order, nothing converted."""

    class Config:
        strict = True
        ordered = True
        coerce = False


@cache
def titles_of(contract: Contract) -> dict[str, str]:
    """The Russian label of each column."""
    return {name: str(field.title) for name, field in contract.to_schema().columns.items()}


@cache
def hidden_from(contract: Contract, internal: bool) -> frozenset[str]:
    """The columns that the readers of an edition may not see: the public, or where it is internal the office."""
    fields = contract.to_schema().columns
    word = "public_only" if internal else "office_only"
    return frozenset(name for name, field in fields.items() if (field.metadata or {}).get(word))


def pandas_types(contract: Contract) -> dict[str, str]:
    """The type of each column as pandas gives it and Parquet gives it back, in the order of the contract."""
    return {name: _pandas_type(str(field.dtype)) for name, field in contract.to_schema().columns.items()}


def _pandas_type(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "datetime64[us]"
    return "str" if dtype.startswith("string") else dtype


def column(
    title: str,
    description: str,
    unit: str = "",
    *,
    office_only: bool = False,
    public_only: bool = False,
    **checks: Any,
) -> Any:
    """A column of a table.

    Args:
        title: Its Russian label.
        description: Its meaning.
        unit: Of a number; empty for text.
        office_only: Whether the public may not see it.
        public_only: Whether it says nothing to the office, which sees everything.
        checks: Of pandera.
    """
    seen = {"office_only": office_only, "public_only": public_only}
    metadata = {"unit": unit} | {word: True for word, given in seen.items() if given}
    return pa.Field(title=title, description=description, metadata=metadata, **checks)


def source_file() -> Any:
    """The received file that a row rests on."""
    return column("Файл", "Полученный файл, относительно папки проекта", str_length={"min_value": 1})


def address(what: str) -> Any:
    """Address of a value inside the received file."""
    return column("Адрес", f"Где в файле стоит {what}: так, как это считает человек", str_length={"min_value": 1})


def activity_code() -> Any:
    """The number of an activity, as text and without the final dot: 4.1 and 4.10 are different."""
    return column("№", "Номер мероприятия без точки в конце", str_matches=ACTIVITY_CODE)


def measure_number(**checks: Any) -> Any:
    """The number of a measure inside its activity."""
    return column("№ в мероприятии", "Порядковый номер показателя внутри мероприятия", "номер", ge=1, **checks)


def calendar_year() -> Any:
    """A calendar year of the roadmap."""
    return column("Год", "Календарный год", "год", ge=2000, le=2100)


def school_login() -> Any:
    """The login by which schools are joined."""
    return column("Логин", "Логин школы в ФИС ОКО: по нему школы соединяются", str_length={"min_value": 1})


def school_year() -> Any:
    """A school year, from autumn to spring."""
    return column("Учебный год", "Вида 2020/21", str_matches=SCHOOL_YEAR)


def reported_count() -> Any:
    """How much was reported of a measure."""
    return _fact_count("Сообщено", "Пусто — никто не сообщил, это не ноль")


def documented_count() -> Any:
    """How much of what was reported has its documents."""
    return _fact_count("Подтверждено", "Из сообщённого: названы подтверждения, не возвращённые")


def accepted_count() -> Any:
    """How much of what was reported the office has accepted."""
    return _fact_count("Принято", "Из сообщённого: подтверждения приняты управлением")


def _fact_count(title: str, description: str) -> Any:
    return column(title, description, "как в названии", ge=0, nullable=True)
