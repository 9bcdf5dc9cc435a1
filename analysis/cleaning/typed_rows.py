"""Rows become a typed table: its columns and their types are those of its contract."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pandera.pandas as pa

from analysis.contracts.columns import pandas_types


def typed_table(contract: type[pa.DataFrameModel], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Returns a table with the columns of a contract, in its order and with its types.

    Args:
        contract: What the table must be; whether it is so is checked elsewhere.
        rows: Values by column name; a column that a row leaves out is blank there.
    """
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype=dtype)
            for name, dtype in pandas_types(contract).items()
        }
    )
