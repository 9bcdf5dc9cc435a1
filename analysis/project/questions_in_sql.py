"""SQL over the tables of a project, by DuckDB."""

from collections.abc import Mapping

import pandas as pd

from analysis.errors import AnalysisError
from analysis.presentation.words import as_text

INSTALL = "Для SQL нужен пакет duckdb: выполните в ячейке %pip install duckdb."


def answered(tables: Mapping[str, pd.DataFrame], query: str) -> pd.DataFrame:
    """Returns what a query says of the tables; it reads no file and changes nothing.

    Args:
        tables: By the name under which the query knows them.
        query: In the dialect of DuckDB.

    Raises:
        AnalysisError: DuckDB is not installed, or it cannot answer; the message is its own.
    """
    try:
        import duckdb
    except ImportError:
        raise AnalysisError(INSTALL) from None
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        try:
            for name, table in tables.items():
                connection.register(name, _plain(table))
            answer = connection.execute(query)
            whole = [name for name, kind, *_ in answer.description or () if str(kind) == "HUGEINT"]
            # The sum of whole numbers is one, too; pandas would get a fraction.
            return answer.df().astype(dict.fromkeys(whole, "Int64"))
        except duckdb.Error as error:
            raise AnalysisError(f"Запрос SQL не выполнен. Ответ DuckDB: {error}") from None


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Text as text: of a category DuckDB compares the alphabet, of an object it guesses the type from a sample."""
    return as_text(table).infer_objects()
