"""What is to be said of a school beside its facts: its former names, and which schools became one."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.contracts.facts import SHORT
from analysis.presentation.words import Row, rows_of


def history(login: str, tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Row]]:
    """Each thing to say of a school, with the row it rests on; nothing of a school that nothing happened to.

    Args:
        login: The school.
        tables: schools, and former_names and school_mergers where they are.
    """
    names = dict(zip(tables["schools"]["school_login"], tables["schools"]["school_name"], strict=True))
    for row in _rows(tables, "former_names", "school_login", login):
        if row["name_kind"] == SHORT:
            yield f"прежнее название: «{row['former_name']}» (по реестру от {_day(row['last_named_date'])})", row
    for row in _rows(tables, "school_mergers", "school_login", login):
        yield f"с {_day(row['merged_date'])} — в составе школы «{names[row['into_login']]}» ({row['basis']})", row
    for row in _rows(tables, "school_mergers", "into_login", login):
        came = f"«{row['ended_name']}» ({row['school_login']})"
        yield f"с {_day(row['merged_date'])} в школу вошла {came}: сравнение с прежними годами условно", row


def _rows(tables: Mapping[str, pd.DataFrame], name: str, column: str, login: str) -> list[Row]:
    table = tables.get(name)
    return [] if table is None else rows_of(table[table[column] == login])


def _day(day: pd.Timestamp) -> str:
    return f"{day:%d.%m.%Y}"
