"""Column definitions that several tables share, so that one quantity has one name and one description."""

from typing import Any

import pandera.pandas as pa

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
READING_RULES = {
    "sum": "сумма заполненных лет равна итогу",
    "annual": "каждый заполненный год равен итогу",
    "yearly_words": "слова «раз в год», и каждый заполненный год равен итогу",
    "decision": "записанное решение",
    "unsettled": "ни одно правило не подошло, показаны оба прочтения",
}
SETTLED_READINGS = ["flow", "annual"]
READING_BASES = list(READING_RULES)


class IndicatorTable(pa.DataFrameModel):
    """What the tables of indicators share: nothing undeclared, nothing out of order, nothing converted."""

    class Config:
        strict = True
        ordered = True
        coerce = False


def pandas_types(contract: type[pa.DataFrameModel]) -> dict[str, str]:
    """The type of each column as pandas gives it and Parquet gives it back, in the order of the contract."""
    return {name: _pandas_type(str(field.dtype)) for name, field in contract.to_schema().columns.items()}


def _pandas_type(dtype: str) -> str:
    if dtype.startswith("datetime64"):
        return "datetime64[us]"
    return "str" if dtype.startswith("string") else dtype


def column(title: str, description: str, unit: str = "", **checks: Any) -> Any:
    """A column with its Russian label, its meaning and its unit (empty for text)."""
    return pa.Field(title=title, description=description, metadata={"unit": unit}, **checks)


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
