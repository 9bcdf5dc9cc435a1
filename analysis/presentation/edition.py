"""What one annual edition is made from. Rows of a stored table keep its index, so each can be followed back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import typed_table
from analysis.contracts.effectiveness import PublicIndicators
from analysis.contracts.school_groups import GROUP_TABLES, SCHOOL
from analysis.contracts.tables import stored_in
from analysis.files.memory import rows_where
from analysis.indicators.plan import open_readings, planned_in
from analysis.indicators.public_effectiveness import with_names
from analysis.indicators.school_tables import public_rows
from analysis.lineage.store import Store
from analysis.presentation.city_schools import Key, counted, published
from analysis.presentation.row_keys import rows_by_key
from analysis.presentation.words import DERIVED_WORD, NOT_STATED, Row, as_text, rows_of, stands, target_words
from analysis.rules.assumptions import Assumption, load_assumptions
from analysis.rules.config import Abbreviation, PlanDocument, Project, Source, load_terms
from analysis.rules.disclosure_policy import DEFAULT_POLICY, DisclosurePolicy, load_policy
from analysis.rules.methods import Methods, load_methods

# The tables beside the indicators whose rows a sentence of the public edition may name.
PUBLIC_KEYS = {"plan", "indicator_gaps", "contests"}
HIDDEN_OF_SHARES = (
    "reported_count", "documented_count", "accepted_count", "reported_lower_count", "reported_upper_count",
    "accepted_flow_count",
)  # fmt: skip
GROUPS_LAST = ("Другие школы города", "Город")


@dataclass(frozen=True)
class Edition:
    """The tables and settings behind one annual report.

    Attributes:
        project: Who publishes.
        calendar_year: The year of the edition.
        tables: The processed tables.
        sources: Received files.
        abbreviations: Glossary of the document.
        internal: Made for the office alone: with notes, file paths, chains and evidence of every verdict.
        chains: What the chains of an internal edition are read from; a public one has no chains.
        policy: What the public edition hides.
        assumptions: What is taken for granted.
        masks: Of a public edition: by masked table, row by row and column by column, what is hidden.
        replies: What schools have replied to their notes, by login; for the office alone.
        methods: How facts of schools become indicators; None where the project computes none.
    """

    project: Project
    calendar_year: int
    tables: Mapping[str, pd.DataFrame]
    sources: tuple[Source, ...]
    abbreviations: tuple[Abbreviation, ...]
    internal: bool = False
    chains: Store | None = None
    policy: DisclosurePolicy = DEFAULT_POLICY
    assumptions: tuple[Assumption, ...] = ()
    methods: Methods | None = None
    masks: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """The file of the plan in force at the end of the year."""
        return self.project.document_of(self.calendar_year).file

    def _of_document(self, name: str) -> pd.DataFrame:
        """The rows of a table that rest on that file."""
        rows = self.tables[name]
        return rows[rows["source_file"] == self.document]

    @cached_property
    def plan(self) -> pd.DataFrame:
        """All measures and years (`indicators.plan.plan_by_year`) of the plan in force."""
        return self._of_document("plan")

    @cached_property
    def this_year(self) -> pd.DataFrame:
        """The rows of the plan for the year of the edition."""
        return self.plan[self.plan["calendar_year"] == self.calendar_year]

    @cached_property
    def planned(self) -> pd.DataFrame:
        """The rows of this year with a target above zero."""
        return planned_in(self.plan, self.calendar_year)

    @cached_property
    def findings(self) -> pd.DataFrame:
        """All findings for the office; for the public only those about the signed document."""
        found = self.tables["findings"]
        public = found[found["source_file"] == self.document]
        return found if self.internal else public

    @cached_property
    def execution(self) -> pd.DataFrame:
        """Plan against fact of this year (`indicators.execution.with_status`); empty while there are no facts.

        The public does not see a share over few people, nor one that few make up or are left out of.
        """
        rows = self.facts("plan_fact")
        if self.internal or rows.empty:
            return rows
        hidden = (rows["measure_kind"] == "share") & self._is_over_few(rows)
        return rows.assign(**{name: rows[name].mask(hidden) for name in HIDDEN_OF_SHARES})

    @cached_property
    def untold_shares(self) -> frozenset[tuple[str, int, int]]:
        """Activity, measure and year of the shares of which the public is told no reporter's part.

        Where it may not see the part of one, it does not see those of the others: the city's less theirs is that one.
        """
        rows = self.tables.get("duties")
        if self.internal or rows is None:
            return frozenset()
        few = rows[self._is_over_few(rows)]
        return frozenset(zip(few["activity_code"], few["measure_number"], few["calendar_year"], strict=True))

    def _is_over_few(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Which shares are over few people, or have few in them or left out of them."""
        part, of, small = rows["reported_count"], rows["reported_whole_count"], self.policy.smallest_count
        few = (of < self.policy.smallest_base) | (part < small) | (of - part < small)
        return (few & (of > 0)).fillna(False).astype(bool)

    def facts(self, name: str) -> pd.DataFrame:
        """The rows of this year of a table; none where it was not made."""
        rows = rows_where(self.tables, name, "calendar_year", self.calendar_year)
        return pd.DataFrame(columns=["calendar_year"]) if rows is None else rows

    @cached_property
    def _labels(self) -> dict[tuple[str, int], str]:
        # Facts may be about a measure that is no longer in the plan: it keeps its label.
        known = pd.concat([self.tables["plan"], self.plan])
        keys = zip(known["activity_code"], known["measure_number"], strict=True)
        return dict(zip(keys, known["measure_label"], strict=True))

    def label_of(self, row: Row) -> str:
        """The label of the measure of a row, as it stands everywhere in the report: «2.1», «4.1/2»."""
        return self._labels[row["activity_code"], row["measure_number"]]

    @property
    def is_over(self) -> bool:
        """Whether the cutoff of the edition has come, at the day on which the last of all files was received."""
        collection = self.project.collection
        latest = max(one.received for one in self.sources)
        return collection is not None and collection.cutoff(self.calendar_year) <= latest

    @cached_property
    def school_names(self) -> dict[str, str]:
        """Names of schools by login; a reader never sees a login. None while there is no registry."""
        schools = self.tables.get("schools", pd.DataFrame(columns=["school_login", "school_name"]))
        return dict(zip(schools["school_login"], schools["school_name"], strict=True))

    def school_facts(self, name: str) -> pd.DataFrame:
        """A table of contracts.school_groups for this year: masked, unless the edition is for the office; or empty.

        The office does not see the rows of nobody, which the public table lists so that they look like those of a few.
        """
        stored = name if self.internal else f"public_{name}"
        rows = rows_where(self.tables, stored, "calendar_year", self.calendar_year)
        rows = typed_table(GROUP_TABLES[name]) if rows is None else rows
        return rows[rows["school_count"] > 0] if self.internal else public_rows(name, rows)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators of all years after contracts.effectiveness.PublicIndicators; whole only for the office."""
        if "school_indicators" not in self.tables:
            return typed_table(PublicIndicators)
        if self.internal:
            return with_names(self.tables["school_indicators"], self.school_names)
        return self.tables["public_school_indicators"]

    @cached_property
    def rows_by_key(self) -> dict[str, tuple[str, int]]:
        """The rows that sentences name, as table and number, by the keys they are named by."""
        shown = self.tables if self.internal else {name: self.tables[name] for name in PUBLIC_KEYS & self.tables.keys()}
        return rows_by_key(shown, self.indicators, stored_in(PublicIndicators, self.internal))

    @cached_property
    def supported(self) -> list[str]:
        """Names of the schools that are supported this year, in the order of the registry."""
        tables = [self.school_facts(name) for name in GROUP_TABLES]
        named = {name for rows in tables if len(rows) for name in rows.loc[rows["scope"] == SCHOOL, "group_name"]}
        return [name for name in self.school_names.values() if name in named]

    @cached_property
    def shown_indicators(self) -> pd.DataFrame:
        """This year's indicators of the supported schools, the others and the city that have a value to show."""
        rows = self.indicators
        rows = rows[(rows["calendar_year"] == self.calendar_year) & rows["value"].notna()]
        return self.in_order(rows[rows["group_name"].isin([*self.supported, *GROUPS_LAST])])

    @cached_property
    def schools_behind_city(self) -> dict[Key, int]:
        """By what it is about: of how many schools the city's value of this year is made, as far as it may be said."""
        rows = self.tables.get("school_indicators") if self.internal else self.indicators
        if rows is None or rows.empty:
            return {}
        rows = rows[rows["calendar_year"] == self.calendar_year]
        if self.internal:
            return counted(rows)
        results = [self.school_facts(name) for name in ("mark_results", "score_results")]
        return published(rows, self.effectiveness("indicator_gaps"), results)

    def in_order(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of indicators by subject, grade and aspect; supported schools first, the city last; text as text."""
        order = {name: place for place, name in enumerate([*self.supported, *GROUPS_LAST])}
        plain = as_text(rows)
        found = plain.assign(place=plain["group_name"].map(order))
        keys = ["subject", "programme_grade", "sitting_grade", "aspect", "place"]
        return found.sort_values(keys, kind="stable").drop(columns="place")

    def effectiveness(self, name: str) -> pd.DataFrame:
        """The rows of this year of a table of contracts.effectiveness; empty where it was not made."""
        rows = self.facts(name)
        return rows.astype({name: "str" for name, kind in rows.dtypes.items() if str(kind) in ("string", "category")})

    @cached_property
    def load(self) -> pd.DataFrame:
        """Executors of this year (`indicators.plan.executor_load`)."""
        return self.facts("executor_load").drop(columns="calendar_year")

    @cached_property
    def open(self) -> pd.DataFrame:
        """Measures whose total may be read in two ways, all years."""
        return open_readings(self.plan)

    @cached_property
    def executors_by_activity(self) -> dict[str, str]:
        """«УО, ИМО» by activity."""
        named = self._of_document("executors").groupby("activity_code", sort=False)["executor_name"]
        return {str(code): ", ".join(names) for code, names in named}

    @cached_property
    def first_executors(self) -> dict[str, str]:
        """Who is named first, by activity; beside the document's name of schools the word that everybody knows."""
        rows, collection = self._of_document("executors"), self.project.collection
        first = rows.sort_values("executor_number", kind="stable").drop_duplicates("activity_code")
        schools = {} if collection is None else {collection.schools: f"школы ({collection.schools})"}
        named = zip(first["activity_code"], first["executor_name"], strict=True)
        return {str(code): schools.get(name, str(name)) for code, name in named}

    @cached_property
    def plan_by_year(self) -> dict[str, str]:
        """«2 · 2 · 4»: the targets of all years by measure; a dash where the document names none."""
        said = [
            target_words(row).removesuffix(f", {DERIVED_WORD}") if stands(row) else "—" for row in rows_of(self.plan)
        ]
        targets = pd.Series(said, index=self.plan.index, dtype="str")
        return {str(label): " · ".join(some) for label, some in targets.groupby(self.plan["measure_label"], sort=False)}

    def executors_of(self, activity_code: str) -> str:
        """Who carries out an activity; a plan may name nobody."""
        return self.executors_by_activity.get(activity_code, NOT_STATED)

    @property
    def data_date(self) -> date:
        """The latest day on which something that entered this edition was received."""
        collection = self.project.collection
        cutoff = collection.cutoff(self.calendar_year) if collection else date.max
        later = {one.file for one in self.project.documents} - {one.file for one in self.versions}
        counted = [one for one in self.sources if one.file not in later]
        return max(one.received for one in counted if one.kind == "roadmap" or one.received <= cutoff)

    @property
    def approval(self) -> Row:
        """The heading of the document."""
        return rows_of(self._of_document("approval"))[0]

    @property
    def versions(self) -> list[PlanDocument]:
        """The documents that came in force by the end of the year."""
        documents = self.project.documents
        return list(documents[: documents.index(self.project.document_of(self.calendar_year)) + 1])


def editions_of(
    project: Project, tables: dict[str, pd.DataFrame], sources: tuple[Source, ...], internal: bool = False
) -> list[Edition]:
    """Returns what each annual report of the project is made from."""
    abbreviations, assumed = load_terms(project.root).abbreviations, load_assumptions(project.root)
    policy, methods = load_policy(project.root), load_methods(project.root)
    edition = Edition(
        project, 0, tables, sources, abbreviations, internal, policy=policy, assumptions=assumed, methods=methods
    )
    return [replace(edition, calendar_year=year) for year in project.editions]
