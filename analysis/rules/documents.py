"""The kinds of documents, where a sentence may stand, and what the office records in data/documents.toml."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated

from analysis.rules.toml_file import read_rules, refuse
from analysis.rules.written import Code, FilePath, Filled, Misfit, Rule, Word, Written, one_of, repeated, stands

# Where a sentence may stand: in the annual report, or in a kind of document.

REPORT = "report"
IN_SCHOOL_NOTE, IN_SELECTION_NOTE, IN_MEETING, IN_COURSES, IN_CONTESTS = (
    "school-note",
    "selection",
    "meeting",
    "courses",
    "contests",
)
PLACES = (REPORT, IN_SCHOOL_NOTE, IN_SELECTION_NOTE, IN_MEETING, IN_COURSES, IN_CONTESTS)


# The kinds of documents, and what the office records about them in data/documents.toml.


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


SCHOOL_NOTE = Kind(IN_SCHOOL_NOTE, "Аналитическая справка", "Аналитическая справка", of_a_school=True)
SELECTION = Kind(IN_SELECTION_NOTE, "Отбор школ", "Справка об отборе школ для адресного сопровождения")
MEETING = Kind(IN_MEETING, "Совещание", "Справка к координационному совещанию", attached=True)
COURSES = Kind(IN_COURSES, "Запрос на курсы", "Запрос на курсы повышения квалификации с перечнем тематик")
CONTESTS = Kind(IN_CONTESTS, "Конкурсы", "Аналитическая справка по результатам участия школ в конкурсах")
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


# What a piece of a pack may be, by its key, as people call it.
PIECES = {"kind": "документ", "chapter": "глава доклада", "exhibit": "таблица или рисунок", "file": "файл PDF"}
PACK_NAME = Rule(
    lambda name: re.fullmatch(r"\w([\w -]{0,58}\w)?", name),
    stands("нужно имя для файлов: буквы, цифры, пробел, «-» и «_», не длиннее 60 знаков"),
)
PDF_PATH = Rule(
    lambda path: path.lower().endswith(".pdf") and not re.match(r"/|\w:|.*\.\./", path),
    stands("нужен файл PDF в папке проекта, например «data/packs/spisok.pdf»"),
)


@dataclass(frozen=True)
class Piece(Written, called="title"):
    """One annex of a pack: exactly one of kind, chapter, exhibit and file says what it is.

    Attributes:
        kind: A document of the year, by its kind.
        school: Whose note, where the kind is one of a school.
        chapter: A chapter of the annual report, by the name of its section.
        exhibit: A table or picture of the annual report.
        file: A PDF that the office adds, by its path in the project.
        title: What the annex is called; needed for a file, any other has a title of its own.
        public: Whether a file may be shown to all; what nobody says so of is for the office.
    """

    kind: Annotated[str, one_of(list(KINDS))] | None = None
    school: Word | None = None
    chapter: Word | None = None
    exhibit: Word | None = None
    file: Annotated[FilePath, PDF_PATH] | None = None
    title: Filled | None = None
    public: bool = False

    @property
    def key(self) -> str:
        """The key that says what it is."""
        return next(key for key in PIECES if getattr(self, key) is not None)

    def misfits(self) -> Iterator[Misfit]:
        """It is one thing, and has what that needs."""
        keys = [key for key in PIECES if getattr(self, key) is not None]
        if len(keys) != 1:
            known = ", ".join(f"{key} ({words})" for key, words in PIECES.items())
            yield Misfit(f"нужен один из ключей: {known}; стоит {', '.join(keys) or 'ни одного'}.")
        of_a_school = self.kind is not None and KINDS[self.kind].of_a_school
        if of_a_school and self.school is None:
            yield Misfit("нет ключа «school»: назовите школу, чья справка нужна.", key=("kind",))
        if self.school is not None and not of_a_school:
            yield Misfit(f'ключ «school» бывает только при kind = "{SCHOOL_NOTE.id}". Уберите его.', key=("school",))
        if self.file is not None and self.title is None:
            yield Misfit("нет ключа «title»: как приложение называется в перечне.", key=("file",))
        if self.public and self.file is None:
            yield Misfit("ключ «public» бывает только у файла. Уберите его.", key=("public",))


@dataclass(frozen=True)
class Pack(Written, called="name"):
    """Annexes to the minutes of a meeting, in their order.

    Attributes:
        name: As the command line and the files name it.
        year: The edition that it is made from.
        title: What stands on its first page.
        piece: The annexes.
        minutes_date: Day of the minutes; blank in print while there is none.
        minutes_number: Number of the minutes.
    """

    name: Annotated[str, PACK_NAME]
    year: int
    title: Filled
    piece: Annotated[tuple[Piece, ...], Rule(bool, lambda _: ": нет ни одного приложения. Допишите [[pack.piece]].")]
    minutes_date: date | None = None
    minutes_number: Filled | None = None


@dataclass(frozen=True)
class Settings(Written, keys={"packs": "pack"}):
    """What is recorded about documents in data/documents.toml; packs in the order of the file."""

    document: tuple[DocumentRows, ...] = ()
    attachment: tuple[Attached, ...] = ()
    packs: tuple[Pack, ...] = ()

    @cached_property
    def activities(self) -> Mapping[str, tuple[str, ...]]:
        """By kind, the activities of the roadmap that ask for it."""
        return {one.kind: one.activities for one in self.document}

    @cached_property
    def attachments(self) -> Mapping[tuple[str, int], Attachment]:
        """By kind and year."""
        return {(one.kind, one.year): one for one in self.attachment}

    def misfits(self) -> Iterator[Misfit]:
        """No two packs of a year share a name, also where files know no capital letters."""
        for place in repeated([(one.name.casefold(), one.year) for one in self.packs]):
            said = f"комплект «{self.packs[place].name}» за {self.packs[place].year} год записан дважды. Оставьте один."
            yield Misfit(said, ("pack", place), ("name",))


def load_settings(root: Path) -> Settings:
    """Reads data/documents.toml; without the file documents name no rows and leave the minutes blank.

    Raises:
        RulesError: The file is broken; the message names the entry and the key.
    """
    return read_rules(root, SETTINGS_FILE, Settings)


def refuse_pieces(root: Path, settings: Settings, pack: Pack, faults: Mapping[int, str]) -> None:
    """Stops where something is wrong with pieces of a pack; each is told by its place in the list.

    Raises:
        RulesError: There are faults.
    """
    entry = ("pack", settings.packs.index(pack), "piece")
    misfits = [Misfit(said, (*entry, place), (pack.piece[place].key,)) for place, said in faults.items()]
    refuse(root, SETTINGS_FILE, Settings, misfits)
