"""What the office records about documents in data/documents.toml: rows of the roadmap, minutes they are attached to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.documents.kinds import KINDS
from analysis.rules.toml_file import read_rules
from analysis.rules.written import Code, Written, one_of

SETTINGS_FILE = "data/documents.toml"


@dataclass(frozen=True)
class Attachment(Written):
    """To which minutes a document is attached.

    Attributes:
        number: Number of the attachment.
        minutes_date: Day of the minutes.
        minutes_number: Number of the minutes.
    """

    number: str
    minutes_date: date
    minutes_number: str


@dataclass(frozen=True)
class DocumentRows(Written, called="kind"):
    """The activities of the roadmap that ask for a kind of documents."""

    kind: Annotated[str, one_of(list(KINDS))]
    activities: tuple[Code, ...]


@dataclass(frozen=True)
class Attached(Attachment, called="kind"):
    """An attachment, and the kind and year of the documents to which it applies."""

    kind: Annotated[str, one_of(list(KINDS))]
    year: int


@dataclass(frozen=True)
class SettingsFile(Written):
    """data/documents.toml."""

    document: tuple[DocumentRows, ...] = ()
    attachment: tuple[Attached, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What is recorded about documents.

    Attributes:
        activities: By kind, the activities of the roadmap that ask for it.
        attachments: By kind and year.
    """

    activities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    attachments: Mapping[tuple[str, int], Attachment] = field(default_factory=dict)


def load_settings(root: Path) -> Settings:
    """Reads data/documents.toml; without the file documents name no rows and leave the minutes blank.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    file = read_rules(root, SETTINGS_FILE, SettingsFile)
    return Settings(
        {one.kind: one.activities for one in file.document},
        {(one.kind, one.year): one for one in file.attachment},
    )
