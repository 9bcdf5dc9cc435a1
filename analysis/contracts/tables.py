"""All tables of data/processed and of the report by name, and which of them the rows of a contract are stored in."""

from functools import cache

from analysis.contracts.columns import Contract
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, PUBLIC_EFFECTIVENESS
from analysis.contracts.facts import FACT_TABLES
from analysis.contracts.indicators import INDICATOR_TABLES
from analysis.contracts.quality import SetAsideRows
from analysis.contracts.report import CHAIN_TABLES, REPORT_TABLES
from analysis.contracts.school_facts import SCHOOL_FACT_TABLES
from analysis.contracts.school_groups import GROUP_TABLES, PUBLIC_TABLES
from analysis.contracts.typed import TYPED_TABLES

PUBLIC = "public_"
TABLES: dict[str, Contract] = {
    **TYPED_TABLES,
    **FACT_TABLES,
    **SCHOOL_FACT_TABLES,
    **CHAIN_TABLES,
    **INDICATOR_TABLES,
    **EFFECTIVENESS_TABLES,
    **PUBLIC_EFFECTIVENESS,
    **REPORT_TABLES,
    **GROUP_TABLES,
    **PUBLIC_TABLES,
}


@cache
def stored_in(contract: Contract, internal: bool) -> str:
    """Returns the table from which an edition takes the rows of a contract, or of the contract it adds a column to.

    Args:
        contract: What the rows are.
        internal: Whether the edition is for the office; the public one has masked tables, where there are such.
    """
    names = {table: name for name, table in reversed(TABLES.items())} | {SetAsideRows: "aside_lines"}
    name = next(names[one] for one in contract.__mro__ if one in names).removeprefix(PUBLIC)
    return f"{PUBLIC}{name}" if not internal and f"{PUBLIC}{name}" in TABLES else name
