"""What is known about a project before it has data."""

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.rules.config import INVENTED, TO_FILL_IN

UNNAMED_CITY, UNNAMED_PUBLISHER = f"город {TO_FILL_IN}", f"Управление образования {TO_FILL_IN}"


@dataclass(frozen=True)
class NewProject:
    """What a new project starts from.

    Attributes:
        city: The city, as the report names it.
        publisher: Who publishes.
        years: Calendar years of the editions.
        invented: Whether all its data are invented.
        file: The received document, relative to the project.
        municipal: Executors of the document that report for the city.
        schools: How the document calls the schools.
        title_stated: Title of the document, where people state it.
        period_stated: Whether people state its term, because its title does not.
        source: The entry about the document for SOURCES.toml; empty while there is none.
    """

    city: str
    publisher: str
    years: Sequence[int]
    invented: bool = False
    file: str = "data/raw/roadmap.docx"
    municipal: Sequence[str] = ("УО", "ИМО")
    schools: str = "ОО"
    title_stated: str = ""
    period_stated: bool = False
    source: str = ""

    @property
    def period(self) -> str:
        """«2023–2025», or one year."""
        first, last = self.years[0], self.years[-1]
        return f"{first}–{last}" if first != last else str(first)

    @property
    def roadmap(self) -> str:
        """The document. Only its years are known; its own title is printed once it has been read."""
        return f"Дорожная карта, {self.period}"

    @property
    def title(self) -> str:
        """Title of the site's first page."""
        return f"Поддержка школ: {self.city}"

    @property
    def site_title(self) -> str:
        """Title of the site."""
        return self.said(f"{self.title}. Дорожная карта {self.period}")

    def said(self, text: str) -> str:
        """Returns the text, with a note if the data are invented."""
        return f"{text.rstrip('.')}. {INVENTED}" if self.invented else text
