"""What the documents of a year are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.documents.decisions import Decisions
from analysis.documents.replies import Reply
from analysis.documents.schools import Register
from analysis.documents.settings import Settings
from analysis.indicator_passport import Passport
from analysis.indicators.duties import supported_schools
from analysis.presentation.edition import Edition
from analysis.presentation.words import Row, rows_of
from analysis.selection_rules import RuleSet

# The order in which results are printed; what is no result keeps the order of the passport.
PROCEDURES = ("ВПР", "ОГЭ", "ЕГЭ", "Журнал")
NO_SCHOOLS = pd.DataFrame({name: pd.Series(dtype="str") for name in ("school_login", "school_year", "status")})


@dataclass(frozen=True)
class Material:
    """The tables of the last build for one year, and what people have written about them.

    Attributes:
        edition: The internal edition of the year.
        passport: What the indicators are; None where the project computes none.
        rules: By which schools with low results are found.
        register: The registry of schools.
        decisions: Hypotheses and decisions.
        replies: Replies of schools, by login.
        settings: What is recorded about documents.
    """

    edition: Edition
    passport: Passport | None
    rules: tuple[RuleSet, ...]
    register: Register
    decisions: Decisions
    replies: Mapping[str, Reply]
    settings: Settings

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.edition.calendar_year

    @property
    def place(self) -> str:
        """The city as a line begins with it."""
        return f"{self.edition.project.city[:1].upper()}{self.edition.project.city[1:]}"

    @cached_property
    def supported(self) -> list[str]:
        """Logins of the schools that are supported in this year."""
        return supported_schools(self.edition.tables.get("school_status", NO_SCHOOLS), self.year)

    def name(self, login: str) -> str:
        """The name of a school; the city and the other schools are called so themselves."""
        return self.register.names.get(login, login)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators of all schools for this year (`contracts.effectiveness.SchoolIndicators`), plain words."""
        found = self.edition.tables.get("school_indicators")
        if found is None or self.passport is None:
            return pd.DataFrame(columns=["indicator_id", "school_login", "aspect", "procedure", "table"])
        rows = found[found["calendar_year"] == self.year].reset_index(drop=True)
        words = [name for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
        self.passport.require(rows["indicator_id"].unique())
        tables = {one.id: one.table for one in self.passport.indicators}
        rows = rows.astype(dict.fromkeys(words, "str")).assign(table=rows["indicator_id"].map(tables))
        order = rows["procedure"].map({name: place for place, name in enumerate(PROCEDURES)})
        by = ["order", "wave", "subject", "programme_grade"]
        return rows.assign(order=order).sort_values(by, kind="stable", ignore_index=True).drop(columns="order")

    def of(self, login: str, *indicator_ids: str) -> list[Row]:
        """The rows of some indicators of a school (or CITY, or OTHERS), in the order of the passport."""
        rows = self.indicators
        return rows_of(rows[(rows["school_login"] == login) & rows["indicator_id"].isin(indicator_ids)])

    def rows(self, table: str) -> pd.DataFrame:
        """The rows of this year of a typed table; without columns where the project has none."""
        found = self.edition.tables.get(table, pd.DataFrame(columns=["calendar_year", "school_login"]))
        return found[found["calendar_year"] == self.year].reset_index(drop=True)

    def cited(self, kind: str) -> tuple[str, ...]:
        """The activities of the roadmap that ask for a kind of document."""
        return self.settings.activities.get(kind, ())
