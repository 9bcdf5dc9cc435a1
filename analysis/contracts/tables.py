"""All tables of data/processed and of the report by name, and which of them the rows of a contract are stored in."""

from functools import cache

from analysis.contracts.columns import Contract, by_name
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, GROUP_TABLES, PUBLIC_EFFECTIVENESS, PUBLIC_TABLES
from analysis.contracts.execution import (
    Abbreviations,
    Composition,
    Duties,
    ExecutorLoad,
    ExecutorResults,
    Findings,
    Owed,
    Plan,
    PlanChanges,
    PlanFact,
    ReporterResults,
    SchoolResults,
    Sources,
    Statuses,
    TaskResults,
)
from analysis.contracts.facts import FACT_TABLES, SCHOOL_FACT_TABLES
from analysis.contracts.report import CHAIN_TABLES, PRINTED_QUALITY_TABLES, QUALITY_TABLES, REPORT_TABLES, SetAsideRows
from analysis.contracts.roadmap import TYPED_TABLES

INDICATOR_TABLES = by_name(
    Plan, PlanFact, PlanChanges, Composition, Duties, ExecutorLoad, Statuses, ExecutorResults, ReporterResults,
    TaskResults, SchoolResults, Owed, Findings, Abbreviations, Sources,
) | QUALITY_TABLES | PRINTED_QUALITY_TABLES  # fmt: skip


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
