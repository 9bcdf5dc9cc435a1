"""What a sentence of the list is, and the evidence of a year that it rests on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from analysis.contracts.facts import GROUP_NAMES
from analysis.indicators.school_facts import supported_schools
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import escape, points
from analysis.presentation.words import Row, as_text, rows_of
from analysis.rules.documents import REPORT
from analysis.rules.methods import SHARE, Indicator, Passport, RuleSet
from analysis.rules.office_files import school_years_of

# The tables of a year as sentences and documents read them: by school, indicator and rule.

# The order in which results are printed; what is no result keeps the order of the passport.
PROCEDURES = ("ВПР", "ОГЭ", "ЕГЭ", "Журнал")
NO_SCHOOLS = pd.DataFrame({name: pd.Series(dtype="str") for name in ("school_login", "school_year", "status")})


@dataclass(frozen=True)
class Evidence:
    """The tables of the last build for one year.

    Attributes:
        edition: The edition of the year.
    """

    edition: Edition

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.edition.calendar_year

    @property
    def passport(self) -> Passport | None:
        """What the indicators are; None where the project computes none."""
        return None if self.edition.methods is None else self.edition.methods.passport

    @property
    def rules(self) -> tuple[RuleSet, ...]:
        """By which schools with low results are found."""
        return () if self.edition.methods is None else self.edition.methods.rules

    @cached_property
    def supported(self) -> list[str]:
        """Logins of the schools that are supported in this year."""
        return supported_schools(self.edition.tables.get("school_status", NO_SCHOOLS), self.year)

    def shares_of(self, table: str) -> list[str]:
        """The indicators that are shares of a table, in the order of the passport."""
        indicators = self.passport.indicators if self.passport else ()
        return [one.id for one in indicators if (one.table, one.kind) == (table, SHARE)]

    @cached_property
    def statuses(self) -> pd.DataFrame:
        """The statuses of the schools in the school years of this year."""
        status = self.edition.tables.get("school_status", NO_SCHOOLS)
        return status[status["school_year"].isin(school_years_of(self.year))]

    def name(self, login: str) -> str:
        """The name of a school; the city and the other schools are called so themselves."""
        return self.edition.name_of(login)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators of all schools for this year (`contracts.effectiveness.SchoolIndicators`), plain words.

        With them the source table of the indicator (`table`) and the name of the school or group (`group_name`).
        """
        found = self.edition.tables.get("school_indicators")
        if found is None or self.passport is None:
            return pd.DataFrame(columns=["indicator_id", "school_login", "aspect", "procedure", "table", "group_name"])
        rows = found[found["calendar_year"] == self.year].reset_index(drop=True)
        words = [name for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
        self.passport.require(rows["indicator_id"].unique())
        tables = {one.id: one.table for one in self.passport.indicators}
        rows = rows.astype(dict.fromkeys(words, "str")).assign(table=rows["indicator_id"].map(tables))
        names = rows["school_login"].map({**self.edition.school_names, **GROUP_NAMES})
        order = rows["procedure"].map({name: place for place, name in enumerate(PROCEDURES)})
        by = ["order", "wave", "subject", "programme_grade"]
        rows = rows.assign(order=order, group_name=names).sort_values(by, kind="stable", ignore_index=True)
        return rows.drop(columns="order")

    def of(self, login: str, *indicator_ids: str) -> list[Row]:
        """The rows of some indicators of a school (or CITY, or OTHERS), in the order of the passport."""
        rows = self.indicators
        return rows_of(rows[(rows["school_login"] == login) & rows["indicator_id"].isin(indicator_ids)])

    def rows(self, table: str) -> pd.DataFrame:
        """The rows of this year of a typed table; without columns where the project has none."""
        found = self.edition.tables.get(table, pd.DataFrame(columns=["calendar_year", "school_login"]))
        return found[found["calendar_year"] == self.year].reset_index(drop=True)

    def of_rule(self, table: str, rule: RuleSet) -> pd.DataFrame:
        """The rows of this year that a rule of selection gave."""
        rows = self.rows(table)
        return rows[rows["rule_id"] == rule.id].reset_index(drop=True) if len(rows) else rows

    def shown_of_schools(self, indicator_id: str) -> list[Row]:
        """The rows of an indicator that the edition shows of the supported schools."""
        rows = self.edition.shown_indicators
        return rows_of(rows[(rows["indicator_id"] == indicator_id) & rows["group_name"].isin(self.edition.supported)])


# What a sentence of the list is, and what it says where its rows carry it.

FACT, CONCLUSION = "Факт", "Вывод"
# Sections of the report.
SUMMARY, SCHOOL, RESULTS, TEACHERS = "summary", "school", "results", "teachers"
TRANSITION, SELECTION = "transition", "selection"
# Whom it may reach: anybody, or the office and the school alone.
PUBLIC, OFFICE = "public", "internal"


class Case(NamedTuple):
    """What a sentence is asked about.

    Attributes:
        evidence: The tables of the year.
        school: The login of the school that a document is about; empty elsewhere.
    """

    evidence: Evidence
    school: str = ""

    @property
    def edition(self) -> Edition:
        """The edition that the evidence stands in."""
        return self.evidence.edition


class Told(NamedTuple):
    """What a sentence says once; plain text, no markup.

    Attributes:
        text: The sentence with its full stop; before items the words without one.
        rows: The keys of the rows it rests on (`presentation.edition`).
        items: What stands behind the words and a colon, one after the other.
        table: The label of the table that shows more of it.
    """

    text: str
    rows: Sequence[str]
    items: Sequence[str] = ()
    table: str = ""


@dataclass(frozen=True)
class Sentence:
    """One entry of the list.

    Attributes:
        id: Name, for explain and for tests.
        kind: Факт or Вывод.
        condition: When it is printed, in words.
        tell: What it says each time it is printed; nothing where the condition does not hold.
        places: Where it may stand: some of places.PLACES.
        audience: PUBLIC, or OFFICE for what must not be in a public edition.
        section: Where in the report it stands; empty in documents.
    """

    id: str
    kind: str
    condition: str
    tell: Callable[[Case], Iterator[Told]] = field(repr=False)
    places: tuple[str, ...] = (REPORT,)
    audience: str = PUBLIC
    section: str = ""


@dataclass(frozen=True)
class Said:
    """A sentence as it is printed."""

    sentence: Sentence
    told: Told

    @property
    def text(self) -> str:
        """Plain text in one line."""
        return f"{self.told.text}: {'; '.join(self.told.items)}." if self.told.items else self.told.text

    @property
    def markdown(self) -> str:
        """Markdown for a point of a list; several items stand each on a line of its own."""
        if self.told.items:
            return points(self.told.text, self.told.items)
        reference = f" (@{self.told.table})." if self.told.table else ""
        return f"{escape(self.told.text.removesuffix('.'))}{reference}" if reference else escape(self.told.text)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The keys of the rows it rests on."""
        return tuple(self.told.rows)


def ruled_rows(edition: Edition, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the procedures that the rules of selection look at."""
    parts = [part for _, _, part in _ruled(edition, rows, this_year=False)]
    return pd.concat(parts) if parts else rows.iloc[:0]


def _ruled(edition: Edition, rows: pd.DataFrame, *, this_year: bool) -> Iterator[tuple[Indicator, str, pd.DataFrame]]:
    """Indicator, procedure and rows with a value, of each procedure that a rule names."""
    rules = () if edition.methods is None else edition.methods.rules
    passport = by_id(edition)
    named = {(one.indicator, one.procedure): one for rule in rules for one in rule.procedures}
    known = _plain(rows, edition.calendar_year if this_year else None)
    for (indicator, procedure), one in named.items():
        wanted = one.among(known)
        if wanted.any():
            yield passport[indicator], procedure, known[wanted]


def _plain(rows: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """The rows that have a value, of one year or of all; text as text."""
    known = rows[rows["value"].notna()]
    known = known if year is None else known[known["calendar_year"] == year]
    return as_text(known)


def effect_rows(edition: Edition, indicator: Indicator) -> pd.DataFrame:
    """The schools over all their results of an indicator, in the order of the registry."""
    rows = edition.effectiveness("school_effects")
    rows = rows[rows["indicator_id"] == indicator.id] if len(rows) else rows
    order = {login: place for place, login in enumerate(edition.school_names)}
    return rows.sort_values("school_login", key=lambda logins: logins.map(order), kind="stable") if len(rows) else rows


def judged(edition: Edition) -> list[Indicator]:
    """The indicators of results that are held against a threshold."""
    return [one for one in by_id(edition).values() if one.threshold is not None and one.table == "results"]


def by_id(edition: Edition) -> dict[str, Indicator]:
    """The passport by name; what is not in it cannot be printed."""
    return {} if edition.methods is None else {one.id: one for one in edition.methods.passport.indicators}
