"""What the last build has stored, read once, for one audience; and what an analyst asks of it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from analysis.cleaning.names import Register
from analysis.contracts.columns import Contract, columns_of, typed_table
from analysis.contracts.tables import PUBLIC, TABLES
from analysis.errors import AnalysisError
from analysis.files.storage import MANIFEST, PROCESSED, code_fingerprint, made_by
from analysis.presentation.chapters import exhibits_of
from analysis.presentation.edition import Edition, editions_of
from analysis.presentation.effectiveness import notebook_pictures
from analysis.presentation.exhibits import Exhibit
from analysis.project.explanation import printed_cells, stored_tables
from analysis.rules.config import Project, asked_years, load_sources
from analysis.rules.methods import Indicator, load_passport

# What the last build has stored, read once, for one audience.

Stamp = tuple[int, int]


def stamp(root: Path) -> Stamp | None:
    """Tells one build from another; None where nothing has been built."""
    try:
        found = (root / PROCESSED / MANIFEST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@dataclass(frozen=True)
class LastBuild:
    """The tables and exhibits of the last build.

    Attributes:
        project: The project.
        internal: Whether for the office; else only what the public edition prints.
    """

    project: Project
    internal: bool

    @cached_property
    def stored(self) -> dict[str, pd.DataFrame]:
        """All stored tables by name, the masked ones («public_…») among them.

        Raises:
            AnalysisError: Nothing has been built, or by another version of the program.
        """
        if made_by(self.project.root) not in ("", code_fingerprint()):
            raise AnalysisError("Таблицы собраны другой версией программы. Соберите заново: city.build().")
        return stored_tables(self.project.root)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name, as this audience may see them; for the office blank where the project has no data."""
        if self.internal:
            blank = {name: typed_table(contract) for name, contract in TABLES.items()}
            return {name: table for name, table in {**blank, **self.stored}.items() if not name.startswith(PUBLIC)}
        printed = printed_cells(self.project, self.stored)
        return {name.removeprefix(PUBLIC): table for name, table in printed.items()}

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators under the names of schools and groups; of a stored table they keep the index."""
        if self.internal:
            return self.edition(self.project.editions[-1]).indicators
        blank = pd.DataFrame(columns=list(columns_of(TABLES[f"{PUBLIC}school_indicators"])))
        return self.tables.get("school_indicators", blank)

    @cached_property
    def passport(self) -> tuple[Indicator, ...]:
        """The indicators that are computed, in the order of the passport."""
        passport = load_passport(self.project.root)
        return passport.indicators if passport else ()

    @cached_property
    def register(self) -> Register | None:
        """The registry of schools; None where there is none, or for the public."""
        return Register(self.stored["schools"]) if self.internal and "schools" in self.stored else None

    @cached_property
    def latest_year(self) -> int:
        """The last edition for which anybody has sent anything; the first one while nobody has."""
        forms = self.stored.get("received_forms", pd.DataFrame({"calendar_year": []}))
        return max({*forms["calendar_year"]} & {*self.project.editions}, default=self.project.editions[0])

    def year(self, asked: int | None = None) -> int:
        """A year of which there is an edition; the latest with facts where none is asked for.

        Raises:
            AnalysisError: There is no edition of that year.
        """
        if asked is None:
            return self.latest_year
        return asked_years(self.project, [asked])[0]

    def contract(self, name: str) -> Contract:
        """What a table is."""
        return TABLES[name if self.internal or f"{PUBLIC}{name}" not in TABLES else f"{PUBLIC}{name}"]

    def edition(self, year: int) -> Edition:
        """What the report of a year is made from."""
        return self._editions[year]

    def exhibits(self, year: int) -> dict[str, Exhibit]:
        """The tables and pictures of the report of a year by label, and after them those for notebooks."""
        if year not in self._shown:
            edition = self.edition(year)
            shown = [*exhibits_of(edition), *notebook_pictures(edition)]
            self._shown[year] = {one.label: one for one in shown}
        return self._shown[year]

    @cached_property
    def _shown(self) -> dict[int, dict[str, Exhibit]]:
        return {}

    @cached_property
    def _editions(self) -> dict[int, Edition]:
        found = editions_of(self.project, self.stored, load_sources(self.project.root), self.internal)
        return {one.calendar_year: one for one in found}
