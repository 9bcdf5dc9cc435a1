"""The facts of `check` and `build`: returned workbooks in, typed fact tables and findings out. Writes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from analysis.cleaning.registry import (
    LOGIN,
    last_report_years,
    named_schools,
)
from analysis.cleaning.returns import FactRows, asked_together, clean_acceptance, clean_form, fact_table
from analysis.contracts.facts import FACT_TABLES
from analysis.contracts.findings import Finding
from analysis.files.memory import FORGETFUL, Memory
from analysis.indicators.plan import kinds_of_year, measures_of_year, plan_by_year
from analysis.intake.workbook import Returned
from analysis.pipeline.exports import export_cells, read_exports
from analysis.pipeline.received import (
    Came,
    Received,
    acceptable,
    forms_received,
    whose,
)
from analysis.pipeline.school_facts import not_stopping, read_school_facts
from analysis.pipeline.unsettled_facts import (
    Reported,
    unsettled_reports,
)
from analysis.rules.config import Project, Report, Source


@dataclass(frozen=True)
class Facts:
    """The typed fact tables that contracts.facts describes, cells and findings.

    `cells` are rows of contracts.report.ReceivedCells.
    """

    tables: dict[str, pd.DataFrame]
    cells: list[dict[str, Any]]
    findings: tuple[Finding, ...]


def read_facts(
    project: Project,
    came: Came,
    sources: Sequence[Source],
    reporting: Sequence[Report],
    signed: Mapping[str, pd.DataFrame],
    memory: Memory = FORGETFUL,
) -> Facts:
    """Returns what the workbooks and the exports hold.

    Args:
        project: The project.
        came: The returned workbooks in force.
        sources: All received files.
        reporting: Recorded shares.
        signed: The typed tables of the roadmap.
        memory: What is known of the same files and forms.
    """
    collection = came.collection
    plan = plan_by_year(signed["activities"], signed["measures"], signed["targets"])
    held = _held(came, project, plan)
    findings = [*came.findings, *held.findings]
    reported = Reported(held.tables, held.named, plan, signed["executors"])
    findings += unsettled_reports(project, collection, sources, reporting, reported, findings)
    exports = read_exports(project, collection, sources, held.named, came.mergers, memory)
    school_tables, about_schools = read_school_facts(project, collection, *held.of_schools(), exports, memory)
    cells = [*came.cells(), *export_cells(exports.read)]
    return Facts({**held.tables, **school_tables}, cells, tuple(asked_together([*findings, *about_schools])))


@dataclass(frozen=True)
class _Held:
    """What the workbooks hold: fact tables, findings, and the forms that count and those that came too late.

    `named` are the schools of the table and those that the registry names twice: the finding about the registry says
    so, and nobody is told besides that their forms and results are those of an unknown school.
    """

    tables: dict[str, pd.DataFrame]
    named: pd.DataFrame
    findings: tuple[Finding, ...]
    counted: list[Received]
    late: list[Received]

    def of_schools(self) -> tuple[list[Returned], list[Returned]]:
        """The forms of schools that the registry names: those that count, and those that came too late."""
        logins = set(self.named["school_login"])
        counted, late = (
            [form for _, form in forms if form.identity.reporter in logins] for forms in (self.counted, self.late)
        )
        return counted, late


def _held(came: Came, project: Project, every_version: pd.DataFrame) -> _Held:
    all_forms, registries = came.returned.get("form", []), came.registries
    named = [row for one in registries for row in named_schools(one)]
    logins = [str(row[LOGIN]) for row in named]
    counted, late, refused = acceptable(all_forms, project, came.collection, logins)
    of_year = cache(lambda year: (measures_of_year(every_version, year), kinds_of_year(every_version, year)))
    forms, after = (
        [_cleaned(one, *of_year(one[1].identity.calendar_year), logins) for one in some] for some in (counted, late)
    )
    known = [str(row[2]) for row in _rows(forms, "evidence")]
    verdicts = [clean_acceptance(one, known) for _, one in came.returned.get("acceptance", [])]
    rows = {name: _rows([*registries, *forms, *verdicts], name) for name in FACT_TABLES}
    rows["received_forms"] = forms_received(all_forms, project, came.collection, logins)
    last_years = last_report_years(came.mergers, {whose(form) for _, form in counted})
    for name in ("school_status", "school_mergers"):
        rows[name] = [(*line, last_years.get(line[LOGIN])) for line in rows[name]]
    rows["acceptance"] = list({row[2]: row for row in rows["acceptance"]}.values())  # the latest verdict stands
    findings = (
        *_findings(registries),
        *refused,
        *_findings(forms),
        *map(not_stopping, _findings(after)),
        *_findings(verdicts),
    )
    tables = {name: fact_table(name, rows[name]) for name in FACT_TABLES}
    return _Held(tables, fact_table("schools", named), findings, counted, late)


def _cleaned(
    received: Received,
    measures: Mapping[str, tuple[str, int]],
    kinds: Mapping[tuple[str, int], str],
    logins: Sequence[str],
) -> FactRows:
    """A form by the measures that the plan of its year has."""
    source, form = received
    return clean_form(form, measures, logins, source.received, kinds)


def _rows(cleaned: Iterable[FactRows], table: str) -> list[tuple[Any, ...]]:
    return [row for one in cleaned for row in one.rows.get(table, ())]


def _findings(cleaned: Iterable[FactRows]) -> list[Finding]:
    return [finding for one in cleaned for finding in one.findings]
