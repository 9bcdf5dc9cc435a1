"""The tables that are computed from those of the check; each step rests on the ones before it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.contracts.dictionary import broken_by_the_program
from analysis.contracts.findings import stop_for
from analysis.files.memory import Helper, Memory
from analysis.indicators.public_effectiveness import public_effectiveness
from analysis.indicators.quality import quality_tables
from analysis.indicators.tables import Made, effectiveness_tables, indicator_tables
from analysis.pipeline.audit import choice_for, with_printed_before
from analysis.pipeline.fresh import GROUPS, ahead, groups
from analysis.pipeline.rule_files import rule_tables
from analysis.rules.config import Project, Source, load_reporting, load_terms
from analysis.rules.methods import Methods
from analysis.rules.office_files import (
    load_assumptions,
    load_calendar,
    load_policy,
    load_red_share,
)


def computed_tables(
    project: Project,
    facts: Mapping[str, pd.DataFrame],
    sources: Sequence[Source],
    methods: Methods | None,
    memory: Memory,
    helper: Helper,
) -> Made:
    """The tables that are computed from those of the check, and the edges of the sums over schools; each step rests
    on the ones before it.

    Raises:
        BlockedError: A table does not meet its contract.
    """
    looked_at = max(source.received for source in sources)
    reporting, policy = load_reporting(project.root), load_policy(project.root)
    sittings, red_share = load_calendar(project.root), load_red_share(project.root)

    def of_schools(tables: Mapping[str, pd.DataFrame], *given: Any) -> Any:
        return memory.tracked("indicators", tables, given, lambda read: effectiveness_tables(read, *given))

    choice = choice_for(project.root, facts)
    is_known = memory.knows(GROUPS, facts, [policy, choice])
    if not is_known:
        helper.make(ahead, project.root, groups, facts, policy, choice)
    made, of_indicators = indicator_tables(facts, project.collection, reporting, looked_at, methods, of_schools)
    stop_for(broken_by_the_program(made, methods, memory))  # what is made now is checked while the other one works
    if not is_known:
        helper.wait()
    of_groups, summed = groups(memory, facts, policy, choice)
    made |= of_groups | {"findings": with_printed_before(facts["findings"], of_groups, choice)}
    made |= memory.tracked(
        "public", {**facts, **made}, [methods, policy], lambda read: public_effectiveness(read, methods, policy)
    )
    made |= quality_tables({**facts, **made}, project.collection, reporting, sittings, sources, red_share)
    made |= rule_tables(sources, load_terms(project.root).abbreviations, load_assumptions(project.root), methods)
    return made, {**summed, **of_indicators}
