"""The edges of all stored tables, and the words that chains say of them: made once by `build`, read by `explain`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.contracts.columns import DERIVED, READING_RULES, READING_WORDS, columns_of
from analysis.contracts.facts import SCHOOL_FACT_TABLES
from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.tables import COPY, PUBLIC, TABLES, Derivation, derivations
from analysis.files.memory import FORGETFUL, Memory
from analysis.indicators.edges import plan_edges, quality_edges, received_edges
from analysis.indicators.links import Edges
from analysis.indicators.school_edges import Masks, effectiveness_edges, masks, public_edges
from analysis.lineage.walk import stored_files
from analysis.rules.config import Project, Source
from analysis.rules.methods import Methods
from analysis.rules.office_files import DISCLOSURE_FILE, DisclosurePolicy, load_policy


def made_chains(
    project: Project,
    tables: Mapping[str, pd.DataFrame],
    sources: Sequence[Source],
    methods: Methods | None,
    summed: Edges,
    memory: Memory,
) -> dict[str, bytes]:
    """The files that `explain` reads beside the tables."""
    words = chain_words(project, tables, sources, methods)
    _, hidden = public_masks(tables, memory)
    return stored_files(words, edges_of(tables, sources, methods, summed, memory), hidden)


def public_masks(tables: Mapping[str, pd.DataFrame], memory: Memory = FORGETFUL) -> tuple[Edges, Masks]:
    """The edges of the public tables, and what the public may not see of the whole ones."""

    def made(read: Mapping[str, pd.DataFrame]) -> tuple[Edges, Masks]:
        edges = public_edges(read)
        return edges, masks(read, edges)

    return memory.tracked("masks", tables, [], made) if "schools" in tables else ({}, {})


def edges_of(
    tables: Mapping[str, pd.DataFrame],
    sources: Sequence[Source],
    methods: Methods | None,
    summed: Edges,
    memory: Memory = FORGETFUL,
) -> Edges:
    """Returns the edges of all stored tables.

    Args:
        tables: All of them.
        sources: Received files.
        methods: How facts of schools become indicators.
        summed: Edges that the steps which sum over schools have made.
        memory: What was made of the same tables before.
    """
    edges = {
        **received_edges(tables), **memory.tracked("plan edges", tables, [], plan_edges),
        **quality_edges(tables, sources), **summed,
    }  # fmt: skip
    if methods is not None and "school_indicators" in tables:
        edges |= memory.tracked(
            "effectiveness edges", tables, [methods], lambda read: effectiveness_edges(read, methods)
        )
    return edges | public_masks(tables, memory)[0]


def chain_words(
    project: Project, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source], methods: Methods | None
) -> dict[str, Any]:
    """Returns what chains say of tables and columns, of files, names and the policy, ready to be stored."""
    joined = project.collection.executors if project.collection else ()
    schools = tables.get("schools", pd.DataFrame({"school_login": [], "school_name": []}))
    indicators = {} if methods is None else {one.id: one.name for one in methods.passport.indicators}
    return {
        "tables": table_words(),
        "school_facts": list(SCHOOL_FACT_TABLES),
        "names": {
            **dict(zip(schools["school_login"].tolist(), schools["school_name"].tolist(), strict=True)),
            **indicators,
            **{name: one.title for name, one in derivations().items() if one.received},
        },
        "words": {"reading": READING_WORDS, "reading_basis": READING_RULES, "derived_rule": DERIVED},
        "rules": RULE_TITLES,
        "files": {one.file: {"sha256": one.sha256, "derived_from": one.derived_from} for one in sources},
        "policy": policy_words(load_policy(project.root)),
        "executors": {name: one.name for one in joined for name in one.writings},
    }


def policy_words(policy: DisclosurePolicy) -> str:
    """Which rule hides, and on what ground."""
    return (
        f"{DISCLOSURE_FILE}, версия {policy.version}: скрыты числа людей меньше {policy.smallest_count}, доли и "
        f"средние меньше чем по {policy.smallest_base} и то, из чего скрытое можно вычислить; {policy.ground}"
    )


def table_words() -> dict[str, Any]:
    """Returns for each table under a contract what a chain says of it, ready to be stored.

    Returns:
        By table: title, about, values, entry, received (whether its rows stand in received files), edges, nothing,
        and columns with label, description, unit, rule, of («edge.column») and how.
    """
    fields = {name: columns_of(contract) for name, contract in TABLES.items()}
    return {name: _words(name, fields, said) for name in TABLES if (said := derivation_of(name))}


def derivation_of(table: str) -> Derivation | None:
    """Returns what a table is made of; a public table is its whole one, cell by cell. None for tables nobody asks."""
    if not table.startswith(PUBLIC):
        return derivations().get(table)
    whole = derivations()[table.removeprefix(PUBLIC)]
    about = tuple("group_name" if name == "school_login" else name for name in whole.about)
    return Derivation(f"{whole.title}, открытая часть", about, {"whole": table.removeprefix(PUBLIC)})


def _words(name: str, fields: Mapping[str, Any], said: Derivation) -> dict[str, Any]:
    return {
        "title": said.title,
        "about": said.about,
        "values": said.values,
        "entry": said.entry,
        "received": said.received,
        "edges": dict(said.edges),
        "nothing": dict(said.nothing),
        "columns": {column: _column(column, field, fields, said) for column, field in fields[name].items()},
    }


def _column(name: str, field: Any, fields: Mapping[str, Any], said: Derivation) -> dict[str, Any]:
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
