"""What chains say of each table and column: labels and units of the contracts, rules and edges of the derivations."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandera.pandas as pa

from analysis.contracts.derivations import COPY, DERIVATIONS, RECEIVED, Derivation
from analysis.contracts.tables import PUBLIC

Contracts = Mapping[str, type[pa.DataFrameModel]]


def table_words(contracts: Contracts) -> dict[str, Any]:
    """Returns for each table under a contract what a chain says of it, ready to be stored.

    Returns:
        By table: title, about, values, entry, received (whether its rows stand in received files), edges, nothing,
        and columns with label, description, unit, rule, of («edge.column») and how.
    """
    fields = {name: contract.to_schema().columns for name, contract in contracts.items()}
    return {name: _words(name, fields, derivation_of(name)) for name in contracts if derivation_of(name)}


def derivation_of(table: str) -> Derivation | None:
    """Returns what a table is made of; a public table is its whole one, cell by cell. None for tables nobody asks."""
    if not table.startswith(PUBLIC):
        return DERIVATIONS.get(table)
    whole = DERIVATIONS[table.removeprefix(PUBLIC)]
    about = tuple("group_name" if name == "school_login" else name for name in whole.about)
    return Derivation(f"{whole.title}, открытая часть", about, {"whole": table.removeprefix(PUBLIC)})


def _words(name: str, fields: Mapping[str, Any], said: Derivation | None) -> dict[str, Any]:
    assert said is not None
    return {
        "title": said.title,
        "about": said.about,
        "values": said.values,
        "entry": said.entry,
        "received": name in RECEIVED,
        "edges": dict(said.edges),
        "nothing": dict(said.nothing),
        "columns": {column: _column(column, field, fields, said) for column, field in fields[name].items()},
    }


def _column(name: str, field: pa.Column, fields: Mapping[str, Any], said: Derivation) -> dict[str, Any]:
    made = said.columns.get(name)
    of, how = (made.of, made.how) if made else _same_named(name, fields, said)
    return {
        "label": field.title,
        "unit": (field.metadata or {}).get("unit", ""),
        "rule": made.rule if made else "",
        "of": list(of),
        "how": how,
    }


def _same_named(name: str, fields: Mapping[str, Any], said: Derivation) -> tuple[Sequence[str], str]:
    """The column of that name behind the first edge that has it; else all rows behind the edges."""
    names = {"group_name": "school_login"}
    for edge, source in said.edges.items():
        for one in (name, names.get(name, name)):
            if one in fields.get(source, {}):
                return (f"{edge}.{one}",), COPY
    return tuple(f"{edge}.*" for edge in said.edges), ""
