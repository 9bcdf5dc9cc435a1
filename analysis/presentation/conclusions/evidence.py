"""The tables of a year as sentences and documents read them: by school, indicator and rule."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.contracts.school_groups import GROUP_NAMES
from analysis.indicators.duties import supported_schools
from analysis.presentation.edition import Edition
from analysis.presentation.words import Row, rows_of
from analysis.rules.indicator_passport import Passport
from analysis.rules.methods import RuleSet

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

    def name(self, login: str) -> str:
        """The name of a school; the city and the other schools are called so themselves."""
        return self.edition.school_names.get(login, login)

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
