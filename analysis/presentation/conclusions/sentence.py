"""What a sentence of the list is, and what it says where its rows carry it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from analysis.presentation.conclusions.evidence import Evidence
from analysis.presentation.conclusions.places import REPORT
from analysis.presentation.edition import Edition
from analysis.presentation.markdown import escape, points

FACT, CONCLUSION = "Факт", "Вывод"
# Sections of the report.
SUMMARY, SCHOOL, RESULTS, STAFF = "summary", "school", "results", "staff"
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
        rows: The keys of the rows it rests on (`presentation.row_keys`).
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
