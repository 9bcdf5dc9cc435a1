"""The edges of all stored tables, and the words that chains say of them: made once by `build`, read by `explain`."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.contracts.columns import READING_RULES, READING_WORDS
from analysis.contracts.derivations import RECEIVED
from analysis.contracts.findings import RULE_TITLES
from analysis.contracts.tables import TABLES
from analysis.indicators.edges import plan_edges, quality_edges, received_edges
from analysis.indicators.links import Edges
from analysis.indicators.school_edges import effectiveness_edges, public_edges
from analysis.lineage.words import table_words
from analysis.rules.config import Project, Source
from analysis.rules.disclosure_policy import DISCLOSURE_FILE, DisclosurePolicy, load_policy
from analysis.rules.methods import Methods


def edges_of(
    tables: Mapping[str, pd.DataFrame], sources: Sequence[Source], methods: Methods | None, summed: Edges
) -> Edges:
    """Returns the edges of all stored tables.

    Args:
        tables: All of them.
        sources: Received files.
        methods: How facts of schools become indicators.
        summed: Edges that the steps which sum over schools have made.
    """
    edges = {**received_edges(tables), **plan_edges(tables), **quality_edges(tables, sources), **summed}
    if methods is not None and "school_indicators" in tables:
        edges |= effectiveness_edges(tables, methods)
    return edges | (public_edges(tables) if "schools" in tables else {})


def chain_words(
    project: Project, tables: Mapping[str, pd.DataFrame], sources: Sequence[Source], methods: Methods | None
) -> dict[str, Any]:
    """Returns what chains say of tables and columns, of files, names and the policy, ready to be stored."""
    joined = project.collection.executors if project.collection else ()
    schools = tables.get("schools", pd.DataFrame({"school_login": [], "school_name": []}))
    indicators = {} if methods is None else {one.id: one.name for one in methods.passport.indicators}
    return {
        "tables": table_words(TABLES),
        "names": {
            **dict(zip(schools["school_login"].tolist(), schools["school_name"].tolist(), strict=True)),
            **indicators,
            **{name: one.title for name, one in RECEIVED.items()},
        },
        "words": {"reading": READING_WORDS, "reading_basis": READING_RULES},
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
