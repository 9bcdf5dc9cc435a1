"""The school facts of `check` and `build`: sheets of counted forms and exports in, typed tables and findings out."""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from analysis.cleaning.exam_results import (
    ExportRows,
    merge_results,
)
from analysis.cleaning.school_sheet_rules import implausible
from analysis.cleaning.school_sheets import SchoolRows, clean_school_sheets
from analysis.contracts.columns import typed_table
from analysis.contracts.facts import SCHOOL_FACT_TABLES, school_fact_tables
from analysis.contracts.findings import Finding, Severity
from analysis.contracts.report import DisplacedResults
from analysis.files.memory import FORGETFUL, Memory
from analysis.intake.workbook import Returned
from analysis.rules.config import Collection, Project
from analysis.rules.methods import known_parts
from analysis.rules.office_files import load_calendar


def read_school_facts(
    project: Project,
    collection: Collection,
    counted: Iterable[Returned],
    late: Iterable[Returned],
    exports: ExportRows,
    memory: Memory = FORGETFUL,
) -> tuple[dict[str, pd.DataFrame], list[Finding]]:
    """Returns the tables of school facts and what is to be said of them.

    Args:
        project: The project, for its calendar of procedures and its passport of indicators.
        collection: The lines of «Дефициты» and «Самооценка».
        counted: The forms of schools whose facts enter the edition.
        late: Those that came after the cutoff: what is wrong in them is said, and stops nothing.
        exports: What the exam systems sent: where both name a result, theirs stands.
        memory: What is known of the same forms.
    """
    sittings, parts = load_calendar(project.root), known_parts(project.root)
    about = memory.content([collection, sittings, parts])

    def clean(form: Returned) -> SchoolRows:
        return memory.remembered(
            "school sheets", [form, about], lambda: clean_school_sheets(form, collection, sittings, parts)
        )

    cleaned, too_late = [clean(form) for form in counted], [clean(form) for form in late]
    rows = {name: [row for form in cleaned for row in form.rows[name]] for name in SCHOOL_FACT_TABLES}
    of_forms = rows["results"]
    rows["results"], differences = merge_results(of_forms, exports.results)
    rows["quarantine"] += exports.quarantine
    tables = school_fact_tables(rows)
    kept = {id(row) for row in rows["results"]}
    displaced = [row for row in of_forms if id(row) not in kept]
    tables["displaced_results"] = typed_table(DisplacedResults, displaced)
    findings = [finding for form in cleaned for finding in form.findings]
    findings += [not_stopping(finding) for form in too_late for finding in form.findings]
    return tables, [*findings, *exports.findings, *differences, *implausible(tables)]


def not_stopping(finding: Finding) -> Finding:
    """A finding about a form whose facts are not counted: it is to be mended, but no number rests on it."""
    return replace(finding, severity=Severity.ATTENTION) if finding.severity is Severity.BLOCKS else finding
