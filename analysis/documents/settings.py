"""The kinds of documents, and what the office records about them in data/documents.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.presentation.conclusions import places
from analysis.rules.toml_file import read_rules
from analysis.rules.written import Code, Written, one_of


@dataclass(frozen=True)
class Kind:
    """A kind of document.

    Attributes:
        id: As the command line and the folder name it.
        heading: As decisions.md names it.
        title: As the document is called.
        attached: Whether it is attached to minutes, so that its first page says to which.
        of_a_school: Whether each school has its own.
    """

    id: str
    heading: str
    title: str
    attached: bool = False
    of_a_school: bool = False


SCHOOL_NOTE = Kind(places.SCHOOL_NOTE, "Аналитическая справка", "Аналитическая справка", of_a_school=True)
SELECTION = Kind(places.SELECTION_NOTE, "Отбор школ", "Справка об отборе школ для адресного сопровождения")
MEETING = Kind(places.MEETING, "Совещание", "Справка к координационному совещанию", attached=True)
COURSES = Kind(places.COURSES, "Запрос на курсы", "Запрос на курсы повышения квалификации с перечнем тематик")
CONTESTS = Kind(places.CONTESTS, "Конкурсы", "Аналитическая справка по результатам участия школ в конкурсах")
KINDS = {kind.id: kind for kind in (SCHOOL_NOTE, SELECTION, MEETING, COURSES, CONTESTS)}


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
