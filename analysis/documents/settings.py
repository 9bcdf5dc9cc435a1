"""What the office records about documents in data/documents.toml: rows of the roadmap, minutes they are attached to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from analysis.documents.kinds import KINDS
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, take

SETTINGS_FILE = "data/documents.toml"


@dataclass(frozen=True)
class Attachment:
    """To which minutes a document is attached.

    Attributes:
        number: Number of the attachment.
        minutes_date: Day of the minutes.
        minutes_number: Number of the minutes.
    """

    number: str
    minutes_date: date
    minutes_number: str


ATTACHED_KEYS = {"kind", "year", *keys_of(Attachment)}


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
        AnalysisError: The file is broken; the message names the entry and the key.
    """
    if not (root / SETTINGS_FILE).is_file():
        return Settings()
    content = read_toml(root, SETTINGS_FILE, ("document", "attachment"))
    documents = numbered(content.get("document", []), "document", SETTINGS_FILE, ("kind", "activities"), "kind")
    attachments = numbered(content.get("attachment", []), "attachment", SETTINGS_FILE, ATTACHED_KEYS, "kind")
    return Settings(
        {
            one_of(entry, "kind", KINDS, where): tuple(
                str(code).rstrip(".") for code in take(entry, "activities", list, where)
            )
            for where, entry in documents
        },
        {
            (one_of(entry, "kind", KINDS, where), take(entry, "year", int, where)): Attachment(
                take(entry, "number", str, where),
                take(entry, "minutes_date", date, where),
                take(entry, "minutes_number", str, where),
            )
            for where, entry in attachments
        },
    )
