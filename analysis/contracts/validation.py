"""Holds tables against their contracts; a fault becomes a finding, never a page of traceback."""

from collections.abc import Iterator, Mapping

import pandas as pd
import pandera.pandas as pa
from pandera.config import get_config_context

from analysis.errors import AnalysisError
from analysis.findings import Finding, Severity

SHOWN_FAULTS = 5


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


def violations(tables: Mapping[str, pd.DataFrame], contracts: Mapping[str, type[pa.DataFrameModel]]) -> list[Finding]:
    """Returns a finding for each rule that a table breaks, with the addresses of the first rows that break it."""
    return [finding for name, frame in tables.items() for finding in _faults(name, frame, contracts[name])]


def broken_relations(tables: Mapping[str, pd.DataFrame]) -> list[Finding]:
    """Returns a finding for each typed table whose rows refer to rows that are not there."""
    activity, measure = ["activity_code"], ["activity_code", "measure_number"]
    links = [
        ("measures", "activities", activity),
        ("executors", "activities", activity),
        ("activities", "measures", activity),
        ("activities", "executors", activity),
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
    return ["/".join(map(str, row)) for row in dict.fromkeys(_keys(child, key)) if row not in present]


def _keys(frame: pd.DataFrame, key: list[str]) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[column].tolist() for column in key), strict=True)


def _faults(name: str, frame: pd.DataFrame, contract: type[pa.DataFrameModel]) -> Iterator[Finding]:
    try:
        contract.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        for (column, check), group in cases.groupby(["column", "check"], dropna=False, sort=False):
            rows = [int(index) for index in group["index"].dropna().unique()[:SHOWN_FAULTS]]
            value = "" if column == "*" else str(group["failure_case"].iloc[0])
            yield _finding(name, f"столбец {column}: {check}", _places(frame, rows), value)


def _places(frame: pd.DataFrame, rows: list[int]) -> tuple[str, ...]:
    if "place" not in frame.columns or not rows:
        return ("вся таблица",)
    return tuple(str(frame["place"].iloc[row]) for row in rows)


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
