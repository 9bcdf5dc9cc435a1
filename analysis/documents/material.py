"""What the documents of a year are made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.cleaning.schools import Register
from analysis.documents.authored import Decisions, Reply
from analysis.documents.settings import Settings
from analysis.presentation.conclusions.evidence import Evidence


@dataclass(frozen=True)
class Material(Evidence):
    """The tables of the last build for one year, and what people have written about them.

    Attributes:
        register: The registry of schools.
        decisions: Hypotheses and decisions.
        replies: Replies of schools, by login.
        settings: What is recorded about documents.
    """

    register: Register
    decisions: Decisions
    replies: Mapping[str, Reply]
    settings: Settings

    @property
    def place(self) -> str:
        """The city as a line begins with it."""
        return f"{self.edition.project.city[:1].upper()}{self.edition.project.city[1:]}"

    def cited(self, kind: str) -> tuple[str, ...]:
        """The activities of the roadmap that ask for a kind of document."""
        return self.settings.activities.get(kind, ())
