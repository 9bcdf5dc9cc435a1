"""What one annual edition is made from, what tells its rows apart, and of how many schools a value is made."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import typed_table
from analysis.contracts.effectiveness import GROUP_TABLES, PublicIndicators
from analysis.contracts.facts import CITY, GROUP_NAMES, SCHOOL
from analysis.contracts.tables import stored_in
from analysis.files.memory import rows_where
from analysis.indicators.plan import in_force, open_readings, planned_in
from analysis.indicators.school_facts import public_rows, with_names
from analysis.lineage.walk import Store
from analysis.presentation.words import DERIVED_WORD, NOT_STATED, Row, as_text, ended, rows_of, stands, target_words
from analysis.rules.config import Abbreviation, PlanDocument, Project, Source, load_terms
from analysis.rules.methods import Methods, load_methods
from analysis.rules.office_files import DEFAULT_POLICY, Assumption, DisclosurePolicy, load_assumptions, load_policy

# What tells a row of a table apart, in one text: sentences name the rows they rest on so, and `explain` reads it.

INDICATOR = ("indicator_id", "group_name", "aspect", "procedure", "subject", "programme_grade", "sitting_grade", "wave")
EFFECTS, SELECTION, THRESHOLDS = "school_effects", "selection", "selection_thresholds"
TRAINING, CONTESTS = "training_needs", "contests"


def indicator_key(row: Row) -> str:
    """Of a row of indicators: names without the blanks."""
    return _joined(*(row[name] for name in (*INDICATOR, "calendar_year") if pd.notna(row[name])))


def gap_key(row: Row) -> str:
    """Of an indicator for which a year has no data."""
    return _joined(row["indicator_id"], row["calendar_year"])


def effect_key(row: Row) -> str:
    """Of a school over all its results of an indicator."""
    return _joined(EFFECTS, row["indicator_id"], row["school_login"], row["calendar_year"])


def selection_key(row: Row) -> str:
    """Of a school under a rule of selection."""
    return _joined(SELECTION, row["rule_id"], row["school_login"], row["calendar_year"])


def threshold_key(row: Row) -> str:
    """Of another threshold of a rule."""
    return _joined(THRESHOLDS, row["rule_id"], row["threshold"], row["calendar_year"])


def training_key(row: Row) -> str:
    """Of a topic of training."""
    return _joined(TRAINING, row["competence"], row["calendar_year"])


def contest_key(row: Row) -> str:
    """Of a contest of a school."""
    return _joined(CONTESTS, row["school_login"], row["line"], row["calendar_year"])


def _joined(*parts: object) -> str:
    return " | ".join(map(str, parts))


def asked_as(row: Row) -> str:
    """How the measure and year of a plan row are asked for: «4.1/2@2021»."""
    return f"{row['measure_label']}@{row['calendar_year']}"


def rows_by_key(
    tables: Mapping[str, pd.DataFrame], indicators: pd.DataFrame, stored: str
) -> dict[str, tuple[str, int]]:
    """Returns by key the table and the number of each row that sentences may name; a key of two rows names neither.

    Args:
        tables: The tables by name.
        indicators: The indicators of an edition; their index is their number in the stored table.
        stored: The name of that table.
    """
    found: dict[str, tuple[str, int]] = {}
    twice: set[str] = set()
    for key, place in (*_of_indicators(indicators, stored), *_of_tables(tables)):
        twice |= {key} & found.keys()
        found[key] = place
    return {key: place for key, place in found.items() if key not in twice}


def _of_indicators(indicators: pd.DataFrame, stored: str) -> Iterator[tuple[str, tuple[str, int]]]:
    words = indicators[[*INDICATOR, "calendar_year"]].astype("str")
    for number, values in zip(indicators.index, words.itertuples(index=False, name=None), strict=True):
        yield _joined(*(one for one in values if pd.notna(one))), (stored, int(number))


def _of_tables(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, tuple[str, int]]]:
    for name, make in KEYED.items():
        if name in tables:
            rows = in_force(tables[name]) if name == "plan" else tables[name]
            yield from ((make(row), (name, int(number))) for number, row in zip(rows.index, rows_of(rows), strict=True))


def indicator_keys(rows: Sequence[Row]) -> list[str]:
    """The keys of several rows of indicators."""
    return [indicator_key(row) for row in rows]


KEYED = {
    "indicator_gaps": gap_key,
    EFFECTS: effect_key,
    SELECTION: selection_key,
    THRESHOLDS: threshold_key,
    TRAINING: training_key,
    CONTESTS: contest_key,
    "plan": asked_as,
}


# Of how many schools of the registry the city's value is made: it stands for those that returned the figure.

KEY = ("indicator_id", "aspect", "procedure", "subject", "programme_grade", "wave")
SITTING = KEY[2:]
CITY_NAME = GROUP_NAMES[CITY]
Key = tuple[str, ...]


def key_of(row: Row, names: Iterable[str] = KEY) -> Key:
    """What a value is about, as text; a blank is a blank in every table."""
    return tuple("" if pd.isna(row[name]) or str(row[name]) == "nan" else str(row[name]) for name in names)


def counted(found: pd.DataFrame) -> dict[Key, int]:
    """By `KEY`: how many schools have a value.

    Args:
        found: Rows of a year after contracts.effectiveness.SchoolIndicators; only the office may see the answer.
    """
    known = found[found["value"].notna() & ~found["school_login"].isin(list(GROUP_NAMES))]
    about = known[list(KEY)].astype("object")
    keys = about.where(about.notna(), "").astype("str").assign(school=known["school_login"].astype("str"))
    sizes = keys.groupby(list(KEY), sort=False)["school"].nunique().reset_index(name="count")
    return {key_of(row): int(row["count"]) for row in rows_of(sizes)}


def published(rows: pd.DataFrame, gaps: pd.DataFrame, results: Sequence[pd.DataFrame]) -> dict[Key, int]:
    """The same from what is public, for the city's rows of which public tables say it.

    Args:
        rows: Rows of a year after contracts.effectiveness.PublicIndicators.
        gaps: contracts.effectiveness.IndicatorGaps of the year, for what has neither sitting nor aspect.
        results: The public tables of results of the year.
    """
    of_indicator = {str(row["indicator_id"]): int(row["school_count"]) for row in rows_of(gaps)}
    of_city = [row for table in results for row in rows_of(table[table["group_name"] == CITY_NAME])]
    of_sitting = {key_of(row, SITTING): int(row["school_count"]) for row in of_city}
    found: dict[Key, int | None] = {}
    for row in rows_of(rows[rows["group_name"] == CITY_NAME]):
        key = key_of(row)
        simple = not any(key[1:])
        found[key] = of_indicator.get(key[0]) if simple else of_sitting.get(key_of(row, SITTING))
    return {key: count for key, count in found.items() if count is not None}


def city_note(rows: Iterable[tuple[str, Row]], counts: Mapping[Key, int], registry: int) -> str:
    """«… 17 из 18 — неполные семьи»: of how many schools; empty where every school of the registry returned it all.

    Args:
        rows: Rows of indicators beside which the city's value stands, each with what a reader calls it.
        counts: `counted` or `published`; of what is not in it nothing is said.
        registry: How many schools there are.
    """
    few: dict[int, dict[str, None]] = {}
    for name, row in rows:
        count = counts.get(key_of(row), registry)
        if count < registry and pd.notna(row["city_value"]):
            few.setdefault(count, {})[name] = None
    said = "; ".join(f"{count} из {registry} — {', '.join(few[count])}" for count in sorted(few, reverse=True))
    return ended(f"Город — не все школы реестра, а те, от кого есть сведения: {said}") if few else ""


# What one annual edition is made from. Rows of a stored table keep its index, so each can be followed back.

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
        """Activity, measure and year of the shares of this year of which the public is told no reporter's part.

        Where it may not see the part of one, it does not see those of the others: the city's less theirs is that one.
        """
        rows = self.facts("duties")
        if self.internal or rows.empty:
            return frozenset()
        few = rows[self._is_over_few(rows)]
        return frozenset(zip(few["activity_code"], few["measure_number"], few["calendar_year"], strict=True))

    def _is_over_few(self, rows: pd.DataFrame) -> "pd.Series[bool]":
        """Which shares are over few people, or have few in them or left out of them."""
        part, of, small = rows["reported_count"], rows["reported_whole_count"], self.policy.smallest_count
        few = (of < self.policy.smallest_base) | (part < small) | (of - part < small)
        return (few & (of > 0)).fillna(False).astype(bool)

    def of_year(self, year: int) -> "Edition":
        """The edition of another year, or this one."""
        return self if year == self.calendar_year else replace(self, calendar_year=year)

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
        """A table of contracts.effectiveness for this year: masked, unless the edition is for the office; or empty.

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

    def city_note(self, rows: Iterable[tuple[str, Row]]) -> str:
        """Of how many schools the city is made beside these rows, each with what a reader calls it."""
        return city_note(rows, self.schools_behind_city, len(self.school_names))

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
    def school_year(self) -> str:
        """The school year that begins in it: «2021/22»."""
        return f"{self.calendar_year}/{(self.calendar_year + 1) % 100:02d}"

    def name_of(self, who: str) -> str:
        """What a reporter is called: a school by its name, whoever else as it is."""
        return self.school_names.get(who, who)

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
