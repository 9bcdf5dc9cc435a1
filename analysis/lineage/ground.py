"""What explanations stand on: tables, received files, who answers for what, and the cells as they stood."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.cleaning.register import Register
from analysis.contracts.school_facts import RESULT_KEY
from analysis.indicators.duties import duties
from analysis.indicators.execution import Duty, facts_by_reporter
from analysis.presentation.words import Row, rows_of
from analysis.rules.config import Collection, Report, Source
from analysis.rules.disclosure_policy import DEFAULT_POLICY, DisclosurePolicy
from analysis.rules.indicator_passport import Passport
from analysis.rules.selection_rules import RuleSet

SHEET_CELL = re.compile(r"^(лист .+), ячейка [A-Z]{1,3}(\d+)$")
WHOLE_FILE = "весь файл"
Key = tuple[str, int, int]


@dataclass(frozen=True)
class FormLine:
    """One filled row of a received workbook.

    Attributes:
        measure_label: The measure it is about, corrections applied; empty where it names none.
        texts: What stood in its cells when it came, by place; notes are left out.
    """

    measure_label: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Ground:
    """Everything a chain may name.

    Attributes:
        tables: The processed tables.
        sources: Received files with their hashes.
        collection: Who reports; None while nothing is collected.
        reporting: Recorded entries about who answers for a measure.
        lines: Rows of received workbooks, by file and place of the row («лист Исполнение, строка 3»).
        form_results: Gives, when asked, the rows of `results` as the counted forms have them, those that an export has
            displaced included.
        counts_lines: Lines of the files of counts, by file and address of the pupils' rows.
        policy: What the public may not see.
        passport: How indicators of schools are made; None where a project has none.
        rules: By which schools with low results are found.
    """

    tables: Mapping[str, pd.DataFrame]
    sources: Sequence[Source]
    collection: Collection | None = None
    reporting: Sequence[Report] = ()
    lines: Mapping[tuple[str, str], FormLine] = field(default_factory=dict)
    form_results: Callable[[], Sequence[Row]] = tuple
    counts_lines: Mapping[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    policy: DisclosurePolicy = DEFAULT_POLICY
    passport: Passport | None = None
    rules: Sequence[RuleSet] = ()

    @cached_property
    def plan(self) -> Mapping[Key, Row]:
        """The plan, with the facts where there are any, by measure and year, in the order of the document."""
        return {key_of(row): row for row in rows_of(self.tables.get("plan_fact", self.tables["plan"]))}

    @cached_property
    def targets(self) -> Mapping[Key, Row]:
        """The targets by measure and year."""
        return {key_of(row): row for row in rows_of(self.tables["targets"])}

    @cached_property
    def owed(self) -> Mapping[Key, list[Duty]]:
        """Whose facts count, by measure and year."""
        found: dict[Key, list[Duty]] = defaultdict(list)
        if self.collection is not None and "school_status" in self.tables:
            tables = (self.tables["plan"], self.tables["executors"], self.tables["school_status"])
            for duty in duties(*tables, self.collection, self.reporting):
                found[(duty.activity_code, duty.measure_number, duty.calendar_year)].append(duty)
        return found

    @cached_property
    def reports(self) -> Mapping[Key, list[Row]]:
        """What was reported, by measure and year."""
        return _grouped(self.tables.get("reports"))

    @cached_property
    def evidence(self) -> Mapping[Key, list[Row]]:
        """Evidence of every verdict, by measure and year."""
        return _grouped(self.tables.get("evidence"))

    @cached_property
    def verdicts(self) -> Mapping[str, Row]:
        """What the office decided, by evidence."""
        table = self.tables.get("acceptance")
        return {} if table is None else {row["evidence_id"]: row for row in rows_of(table)}

    @cached_property
    def facts(self) -> Mapping[tuple[Key, str], Row]:
        """Reported, documented and accepted counts, by measure and year and by reporter."""
        if "reports" not in self.tables:
            return {}
        rows = facts_by_reporter(self.tables["reports"], self.tables["evidence"], self.tables["acceptance"])
        return {(key_of(row), row["reporter"]): row for row in rows_of(rows)}

    @cached_property
    def forms(self) -> list[Row]:
        """Received forms of every version, in the order they came."""
        table = self.tables.get("received_forms")
        return [] if table is None else rows_of(table.sort_values("received_date", kind="stable"))

    @cached_property
    def findings(self) -> Mapping[str, list[Row]]:
        """The findings by file."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in rows_of(self.tables["findings"]):
            found[row["source_file"]].append(row)
        return found

    @cached_property
    def school_names(self) -> Mapping[str, str]:
        """Names of schools by login."""
        schools = self.tables.get("schools")
        return {} if schools is None else dict(zip(schools["school_login"], schools["school_name"], strict=True))

    @cached_property
    def register(self) -> Register | None:
        """The registry, asked by whatever name a person knows; None where there is none."""
        schools = self.tables.get("schools")
        return None if schools is None else Register(schools)

    @cached_property
    def displaced(self) -> Mapping[tuple[Any, ...], Row]:
        """Results of the forms by their key; where an export has the same key, these are not counted."""
        return {tuple(row[name] for name in RESULT_KEY): row for row in self.form_results()}

    def cell(self, row: Row) -> str:
        """«file (sha256 …), sheet, cell» of a row, and what stood in that cell where it is known."""
        address = self.address(row)
        line = self.lines.get((row["source_file"], row_place(row["place"])))
        text = line.texts.get(row["place"]) if line else None
        return address if text is None else f"{address}: «{text}»"

    def address(self, row: Row) -> str:
        """«file (sha256 …), sheet, cell» of a row, and nothing of what stands there.

        Of a file with pupils there are only its hash and the addresses of its rows, behind the file of counts.
        """
        source = next((one for one in self.sources if one.file == row["source_file"]), None)
        file = f"{row['source_file']} (sha256 {source.sha256[:12] if source else '?'}…)"
        if source is None or source.kind != "counts" or row["place"] == WHOLE_FILE:
            return f"{file}, {row['place']}"
        numbers = self.counts_lines.get((source.file, row["place"]), ())
        line = f", строка {', '.join(map(str, numbers))}" if numbers else ""
        return f"{file}{line} ← файл с учениками (sha256 {source.derived_from[:12]}…, не хранится), {row['place']}"


def key_of(row: Row) -> Key:
    """The measure and year that a row is about."""
    return row["activity_code"], int(row["measure_number"]), int(row["calendar_year"])


def asked_as(row: Row) -> str:
    """How the measure and year of a plan row are asked for: «4.1/2@2021»."""
    return f"{row['measure_label']}@{row['calendar_year']}"


def row_place(place: str) -> str:
    """The row that a cell stands in: «лист Исполнение, строка 3», «таблица 1, строка 8», «строка 23»."""
    match = SHEET_CELL.match(place)
    return f"{match[1]}, строка {match[2]}" if match else place.rpartition(", ячейка ")[0] or place


def known(before: str, value: Any) -> str:
    """The value after a mark, or nothing where it is blank."""
    if pd.isna(value):
        return ""
    return f"{before}{value:%d.%m.%Y}" if isinstance(value, date) else f"{before}{value}"


def _grouped(table: pd.DataFrame | None) -> Mapping[Key, list[Row]]:
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in [] if table is None else rows_of(table):
        found[key_of(row)].append(row)
    return found
