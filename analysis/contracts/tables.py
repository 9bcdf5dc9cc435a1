"""All tables of data/processed and of the report by name, where a contract's rows are stored, what each is made of."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analysis.contracts.columns import Contract, by_name
from analysis.contracts.effectiveness import EFFECTIVENESS_TABLES, GROUP_TABLES, PUBLIC_EFFECTIVENESS, PUBLIC_TABLES
from analysis.contracts.execution import (
    STATUS_COUNTS,
    TYPED_TABLES,
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
from analysis.contracts.facts import FACT_TABLES, LINED, SCHOOL_FACT_TABLES
from analysis.contracts.report import CHAIN_TABLES, PRINTED_QUALITY_TABLES, QUALITY_TABLES, REPORT_TABLES, SetAsideRows

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


# What every stored table is made of: its edges to other tables and, column by column, the rule and what enters.
#
# `explain` walks along these and nothing else. They stand in `derivations.toml`. A column that is not named there is
# the column of the same name behind the first edge that has it, or, where none has it, rests on all the rows behind
# the table's edges.

FILE = Path(__file__).with_name("derivations.toml")
COPY = "copy"
# The edges of every table of received facts, but of those that they lead to.
REMARKS = {"cell": "received_cells", "remark": "findings", "row_remark": "findings"}


@dataclass(frozen=True)
class Made:
    """How a column follows from what stands behind its row.

    Attributes:
        of: What enters, as «edge.column»; «edge.*» is all that the source has to say.
        rule: The rule in words; empty for a plain copy.
        how: copy, sum, count, share, difference or population; empty where the value cannot be computed again from
            these rows alone.
    """

    of: tuple[str, ...] = ()
    rule: str = ""
    how: str = ""


@dataclass(frozen=True)
class Derivation:
    """A stored table as a chain sees it.

    Attributes:
        title: What it is called in a chain.
        about: The columns that say what a row is about.
        edges: Names of its edges with the tables they lead to.
        columns: What is to be said of single columns.
        values: Of a table of received facts, the columns that hold the numbers; a chain shows those that are filled.
        entry: Of what people wrote into a file of rules: where it stands, with columns in braces.
        nothing: What it means that nothing stands behind an edge, by edge.
        received: Whether its rows stand in received files.
    """

    title: str
    about: tuple[str, ...]
    edges: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Made] = field(default_factory=dict)
    values: tuple[str, ...] = ()
    entry: str = ""
    nothing: Mapping[str, str] = field(default_factory=dict)
    received: bool = False


@cache
def derivations() -> dict[str, Derivation]:
    """What each stored table is made of, by its name."""
    written = tomllib.loads(FILE.read_text(encoding="utf-8"))
    rows = " ".join(f"{name}.*" for name in LINED)
    shared = {**written["rules"], "lined": " ".join(LINED), "lined_rows": rows}
    of_lines = [
        {**shared, **asdict(one), "table": name, "called": one.called.capitalize()} for name, one in LINED.items()
    ]
    return {
        name.format(**rules): _derivation(name.format(**rules), said, rules, received=kind == "received")
        for kind in ("received", "made")
        for name, said in written[kind].items()
        for rules in (of_lines if "{" in name else [shared])
    }


def _derivation(table: str, said: Mapping[str, Any], rules: Mapping[str, Any], *, received: bool) -> Derivation:
    remarks = REMARKS if received and table not in REMARKS.values() else {}
    columns = {name: _made(name, made, rules) for name, made in _by_name(said.get("columns", {}), rules)}
    nothing = {edge: _filled(text, edge, rules) for edge, text in _by_name(said.get("nothing", {}), rules)}
    edges = {edge: _filled(table, edge, rules) for edge, table in _by_name(said.get("edges", {}), rules)}
    title, *names = (said.get(key, "").format(**rules) for key in ("title", "about", "values"))
    about, values = (tuple(one.split()) for one in names)
    entry = said.get("entry", "")
    return Derivation(title, about, {**remarks, **edges}, columns, values, entry, nothing, received)


def _by_name(said: Mapping[str, Any], rules: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """An entry a name, where a key may give several."""
    return ((name, one) for names, one in said.items() for name in names.format(**rules).split())


def _made(name: str, made: str | list[str], rules: Mapping[str, Any]) -> Made:
    of, *more = (_filled(text, name, rules) for text in ([made] if isinstance(made, str) else made))
    return Made(tuple(of.split()), *more)


def _filled(text: str, name: str, rules: Mapping[str, Any]) -> str:
    """A text with what stands for its words in braces."""
    count = name.removesuffix("_share") + "_count"
    return text.format(name=name, count=count, status=STATUS_COUNTS.get(name), **rules)
