"""The steps of `check` and `build`: raw files in, validated tables and findings out. No step writes anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.contracts.dictionary import broken_relations, findings_table, refuse_without_validation, violations
from analysis.contracts.findings import Finding, blocking, in_listing_order, screen_lines
from analysis.contracts.report import received_cells
from analysis.files.memory import FORGETFUL, SILENT, Memory, Progress
from analysis.pipeline.facts import read_facts
from analysis.pipeline.plan_documents import read_roadmap
from analysis.pipeline.received import reader, received_workbooks
from analysis.pipeline.rule_files import broken_rules, load_rules, names_to_fill_in, nothing_can_be_read
from analysis.pipeline.unsettled_facts import (
    asked_of_executors,
    executor_faults,
    undecided,
)
from analysis.rules.config import (
    RETURNED_KINDS,
    Project,
    exports_in_force,
    workbooks_in_force,
)


@dataclass(frozen=True)
class Checked:
    """What the raw files hold.

    Attributes:
        tables: The typed tables, and `findings`; whole only while nothing blocks.
        findings: In the order of listing.
    """

    tables: dict[str, pd.DataFrame]
    findings: list[Finding]

    @property
    def stopping(self) -> list[Finding]:
        """Those findings that stop the build."""
        return blocking(self.findings)

    def said(self) -> list[str]:
        """The findings as lines for a terminal."""
        return list(screen_lines(self.findings))


def check_project(project: Project, progress: Progress = SILENT, memory: Memory = FORGETFUL) -> Checked:
    """Reads, cleans and validates everything a project has received.

    Args:
        project: The project.
        progress: Is told which file is read.
        memory: What is known of the same workbooks and tables; a build passes its own.

    Raises:
        AnalysisError: The roadmap cannot be read at all, or validation is switched off.
    """
    refuse_without_validation()
    broken = broken_rules(project.root)
    if nothing_can_be_read(broken):
        return _checked({}, broken)
    broken += names_to_fill_in(project.root)
    rules = load_rules(project.root)
    sources = rules.record.standing
    progress.step("Читаю «дорожную карту»")
    roadmap = read_roadmap(project, rules.record, rules.amendments, rules.terms)
    tables, findings = dict(roadmap.tables), [*roadmap.findings]
    if project.collection is not None:
        broken += executor_faults(roadmap, project.collection, rules.reporting)
        findings += asked_of_executors(roadmap, project.collection, rules.reporting, rules.terms)
    if not blocking(findings):
        findings += [*violations(tables, memory=memory), *broken_relations(tables)]
    cells: list[dict[str, Any]] = []
    if (workbooks_in_force(sources) or exports_in_force(sources)) and not blocking(findings):
        many = sum(one.kind in RETURNED_KINDS for one in sources)
        came = received_workbooks(
            project, sources, reader(project, rules.amendments.corrections, memory, many, progress)
        )
        facts = read_facts(project, came, sources, rules.reporting, tables, memory)
        tables, cells = tables | facts.tables, facts.cells
        findings += [*facts.findings, *violations(facts.tables, memory=memory)]
    if project.collection is not None and not blocking(findings):
        findings += undecided(project, tables)
    cell_table = received_cells(roadmap.tables["cells"], cells)
    return _checked({**tables, "received_cells": cell_table}, [*broken, *findings])


def _checked(tables: Mapping[str, pd.DataFrame], findings: Sequence[Finding]) -> Checked:
    ordered = in_listing_order(findings)
    return Checked({**tables, "findings": findings_table(ordered)}, ordered)
