"""What people decide about a project: project.toml, SOURCES.toml and terms.toml are read, SOURCES.toml written too."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Annotated

from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.files.storage import write_file_whole
from analysis.rules.toml_file import ACCEPTED, accepted, read_rules
from analysis.rules.written import (
    Code,
    FilePath,
    Misfit,
    Rule,
    Word,
    Words,
    WordsOrNone,
    Written,
    one_of,
    repeated,
    stands,
)

FINDINGS = ("output/findings.txt", "output/findings.xlsx")
ANNOTATED, FORMS_FOLDER = "output/annotated", "output/forms"


TO_FILL_IN = "(впишите название)"
PROJECT_FILE = "project.toml"
SOURCES_FILE = "data/raw/SOURCES.toml"
TERMS_FILE = "data/terms.toml"
CORRECTIONS_FILE = "data/corrections.toml"
REPORTING_FILE = "data/reporting.toml"
# What was read beside pictures of the pages, for the person who confirms it.
READING_PAGE = "output/plan_reading.html"
# What everything made from invented data says of itself.
INVENTED = "Сведения вымышлены"
# What every page of the internal edition and of the documents says of itself.
OFFICE_ONLY = "Для служебного пользования"
# What comes back in the workbooks of this system, and what the exam systems send.
RETURNED_KINDS, EXPORT_KINDS = ("registry", "form", "acceptance"), ("export", "counts")
SOURCE_KINDS = ("roadmap", *RETURNED_KINDS, *EXPORT_KINDS)
Years = Annotated[
    tuple[int, ...],
    Rule(
        lambda years: years and all(2000 <= year <= 2100 for year in years),
        stands("нужен список годов: [2020, 2021]"),
        lambda years: tuple(sorted(set(years))),
        whole=True,
    ),
]
Cutoffs = Annotated[
    Mapping[str, date],
    Rule(lambda days: all(map(str.isdigit, days)), lambda _: ": нужны строки вида 2021 = 2022-01-31.", whole=True),
]


@dataclass(frozen=True)
class Said:
    """What the person who takes a file in knows of it and the file does not say.

    Attributes:
        received: The day it came.
        wave: Where the calendar leaves a choice; else empty.
        calendar_year: Where the file names no year; else None.
    """

    received: date
    wave: str = ""
    calendar_year: int | None = None


@dataclass(frozen=True)
class Source(Written, called="file"):
    """One received file: whence it came, when, what its bytes were, and what kind of file it is.

    Attributes:
        kind: roadmap, registry, form, acceptance, export, or counts (what is kept of a file with a row per pupil).
        replaces: An earlier version of the same form or export, which this one makes void; empty for a first version.
        wave: Of an export, where the calendar leaves a choice; empty where it does not.
        derived_from: sha256 of the file with pupils that the counts were made of; empty for other kinds.
    """

    file: FilePath
    title: str
    origin: str
    received: date
    sha256: str
    licence: str
    kind: Annotated[str, one_of(SOURCE_KINDS)] = "roadmap"
    replaces: str = ""
    wave: str = ""
    derived_from: str = ""


@dataclass(frozen=True)
class Record:
    """What data/raw/SOURCES.toml records: every reception, and which of them were taken back.

    Attributes:
        received: All entries, in the order of receipt.
        taken_back: Files whose reception was taken back; they stay in data/raw and no longer count.
    """

    received: tuple[Source, ...]
    taken_back: frozenset[str] = frozenset()

    @property
    def standing(self) -> tuple[Source, ...]:
        """The entries that stand; one that replaced a file taken back replaces what that file had replaced."""
        standing: list[Source] = []
        before: dict[str, str] = {}
        for source in self.received:
            replaces = before.get(source.replaces, source.replaces)
            if source.file in self.taken_back:
                before[source.file] = replaces
            else:
                standing.append(replace(source, replaces=replaces))
        return tuple(standing)


@dataclass(frozen=True)
class OneExecutor(Written, called="name"):
    """Names of the roadmap that mean one executor, as the office confirms.

    Attributes:
        name: By this name the executor is known everywhere.
        writings: Its other names in the document.
        basis: Who confirms it and by what.
    """

    name: Word
    writings: Words
    basis: Word


@dataclass(frozen=True)
class Collection(Written, keys={"executors": "executor"}):
    """How facts are collected.

    Attributes:
        municipal: Executors of the roadmap that report for the city.
        schools: How the roadmap names the schools as an executor.
        cutoffs: Last day on which facts of a year count; by default 31 January of the next year.
        competences: Lines of the sheet «Дефициты»; where there are none, schools name the competences themselves.
        self_assessment_criteria: Lines of the sheet «Самооценка»; likewise.
        inbox: Folder for files with a row per pupil, outside the project; empty where there is none.
        municipality_names: How exports write the municipality, beside the name of the city.
        executors: Names of executors that mean one.
    """

    municipal: tuple[str, ...]
    schools: str
    cutoffs: tuple[tuple[int, date], ...] = ()
    competences: WordsOrNone = ()
    self_assessment_criteria: WordsOrNone = ()
    inbox: str = ""
    municipality_names: WordsOrNone = ()
    executors: tuple[OneExecutor, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """No line of a sheet stands twice, and days are not written here."""
        if self.cutoffs:
            yield Misfit("ключа «cutoffs» здесь не бывает: дни приёма пишут в разделе [cutoff].", key=("cutoffs",))
        for key in ("competences", "self_assessment_criteria", "municipality_names"):
            lines = getattr(self, key)
            for place in repeated([" ".join(line.split()).casefold() for line in lines]):
                yield Misfit(f"ключ «{key}»: «{lines[place]}» стоит дважды. Оставьте одну строку.", key=(key, place))

    def cutoff(self, calendar_year: int) -> date:
        """The last day on which facts of a year count."""
        return dict(self.cutoffs).get(calendar_year, date(calendar_year + 1, 1, 31))

    def is_late(self, received: date, calendar_year: int) -> bool:
        """Whether what was received on a day came after the cutoff of a year."""
        return received > self.cutoff(calendar_year)

    def one_name(self, name: str) -> str:
        """The name by which an executor is known: that of the list, where it joins this one to another."""
        return next((one.name for one in self.executors if name in one.writings), name)

    def cutoff_is_default(self, calendar_year: int) -> bool:
        """Whether nobody has named that day."""
        return calendar_year not in dict(self.cutoffs)


@dataclass(frozen=True)
class Report(Written, called="activity"):
    """Who reports a measure, as an entry of data/reporting.toml decides.

    Attributes:
        activity: Code of the activity.
        measure: Number of the measure.
        reporters: Municipal reporters, or the word by which the roadmap names schools.
        unit: city: one reporter answers for the whole target; school: each supported school for its share.
        share: What each school is to do in a year; None where unit is city.
        basis: The document that says so.
        who: Who entered it.
    """

    activity: Code
    measure: int
    reporters: tuple[str, ...]
    unit: Annotated[str, one_of(("city", "school"))]
    share: Annotated[int | None, Rule(absent=None)]
    basis: str
    who: str

    def misfits(self) -> Iterator[Misfit]:
        """A share is of a school."""
        if self.unit == "city" and self.share is not None:
            said = 'ключ «share» бывает только при unit = "school". Уберите его или исправьте unit.'
            yield Misfit(said, key=("share",))
        if self.unit == "school" and self.share is None:
            yield Misfit("нет ключа «share» (целое число). Допишите его.")


@dataclass(frozen=True)
class Abbreviation(Written, called="term"):
    """What an abbreviation of the document stands for and on what ground we say so."""

    term: str
    expansion: str
    basis: str


@dataclass(frozen=True)
class Variant(Written, called="meaning"):
    """Writings of one notion."""

    meaning: str
    writings: Words


@dataclass(frozen=True)
class Slip(Written, called="text"):
    """A probable slip, and what was probably meant."""

    text: Word
    suggestion: str


@dataclass(frozen=True)
class Terms(Written, keys={"abbreviations": "abbreviation", "variants": "variant", "slips": "slip"}):
    """data/terms.toml: words of the document that need attention."""

    abbreviations: tuple[Abbreviation, ...] = ()
    variants: tuple[Variant, ...] = ()
    slips: tuple[Slip, ...] = ()


@dataclass(frozen=True)
class PlanDocument:
    """The signed plan, or an order that changes it.

    Attributes:
        file: Where it lies, relative to the project.
        stated: Title and date of approval, where people state them for it.
        period: Its first and last year, likewise.
        since: The day from which it is in force; None for the first.
        basis: The order that says so; empty for the first.
    """

    file: str
    stated: Mapping[str, str] = field(default_factory=dict)
    period: tuple[int, int] | None = None
    since: date | None = None
    basis: str = ""


@dataclass(frozen=True)
class Confirmed(Written, called="file"):
    """A reading that a person has held against the document: the document, its hash, who and when."""

    file: FilePath
    sha256: str
    who: Word
    date: date


@dataclass(frozen=True)
class Project:
    """A project: where it lies, who publishes, which editions, which document.

    Attributes:
        root: Folder that holds project.toml.
        city: The city, as the report names it.
        publisher: Who publishes the report.
        contact: Where readers may write; empty when the publisher named none.
        site_url: Address at which the site is published; empty when there is none.
        editions: Calendar years of the annual reports.
        roadmap_file: The signed roadmap, relative to root.
        largest_plausible_count: A planned number above this is taken for a slip.
        collection: How facts are collected; None where the project collects none.
        invented: Whether the data are invented: then whatever is made from them says so.
        stated: Title and date of approval of the document, where people state them for it.
        period: Its first and last year, likewise.
        versions: The documents that changed it later, in the order in which they came in force.
        confirmed: Readings of documents that people have confirmed.
    """

    root: Path
    city: str
    publisher: str
    contact: str
    site_url: str
    editions: tuple[int, ...]
    roadmap_file: str
    largest_plausible_count: int
    collection: Collection | None = None
    invented: bool = False
    stated: Mapping[str, str] = field(default_factory=dict)
    period: tuple[int, int] | None = None
    versions: tuple[PlanDocument, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()

    @property
    def documents(self) -> tuple[PlanDocument, ...]:
        """The signed plan and what changed it, in the order in which they came in force."""
        return PlanDocument(self.roadmap_file, self.stated, self.period), *self.versions

    def document_of(self, calendar_year: int) -> PlanDocument:
        """The document in force at the end of a year."""
        return [one for one in self.documents if one.since is None or one.since.year <= calendar_year][-1]


@dataclass(frozen=True)
class TakenBack(Written, called="file"):
    """A file whose reception was taken back, and the day."""

    file: FilePath
    date: date


@dataclass(frozen=True)
class SourcesFile(Written):
    """data/raw/SOURCES.toml."""

    source: tuple[Source, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each file stands once, and only what comes again and again can be taken back."""
        for name, entries in (("source", self.source), ("taken_back", self.taken_back)):
            for number in repeated([one.file for one in entries]):
                said = f"файл {entries[number].file} записан дважды. Оставьте одну запись."
                yield Misfit(said, (name, number), ("file",))
        can_be = {one.file for one in self.source if one.kind in (*RETURNED_KINDS, *EXPORT_KINDS)}
        for number, entry in enumerate(self.taken_back):
            if entry.file not in can_be:
                said = "такой формы, реестра или выгрузки среди [[source]] нет. Уберите запись."
                yield Misfit(said, ("taken_back", number))


@dataclass(frozen=True)
class ReportingFile(Written):
    """data/reporting.toml."""

    report: tuple[Report, ...] = ()


@dataclass(frozen=True)
class General(Written):
    """[project]: who publishes what; `Project` says more."""

    city: str
    publisher: str
    contact: str
    site_url: str
    editions: Years
    invented: bool = False


@dataclass(frozen=True, kw_only=True)
class _Stated(Written):
    """What people state of a document where its heading does not say it.

    Attributes:
        title: Of the document.
        approved: When it was approved.
        period: First and last year.
    """

    title: str = ""
    approved: Annotated[date | None, Rule(absent=None)] = None
    period: Annotated[
        tuple[int, ...],
        Rule(
            lambda years: len(years) in (0, 2) and list(years) == sorted(years),
            stands("нужны первый и последний год, например [2024, 2026]"),
        ),
    ] = ()

    @property
    def stated(self) -> dict[str, str]:
        """The title and the day as a heading would write them."""
        said = {"title": self.title, "approved_date": f"{self.approved:%d.%m.%Y}" if self.approved else ""}
        return {name: text for name, text in said.items() if text}

    @property
    def years(self) -> tuple[int, int] | None:
        """The period; None where its title says it."""
        return (self.period[0], self.period[1]) if self.period else None


@dataclass(frozen=True)
class Roadmap(_Stated):
    """[roadmap]: the signed document; a planned number above `largest_plausible_count` is taken for a slip."""

    file: FilePath
    largest_plausible_count: int


@dataclass(frozen=True)
class RoadmapVersion(_Stated, called="file"):
    """[[roadmap_version]]: the whole document as an order has changed it, and since when it is in force."""

    file: FilePath
    in_force_from: date
    basis: Word


@dataclass(frozen=True)
class ProjectFile(Written, keys={"confirmed": "confirmed_reading"}):
    """project.toml."""

    project: General
    roadmap: Roadmap
    collection: Collection | None = None
    cutoff: Cutoffs = field(default_factory=dict)
    roadmap_version: tuple[RoadmapVersion, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()

    def misfits(self) -> Iterator[Misfit]:
        """Each version is another file and comes in force after the one above it."""
        files = [self.roadmap.file, *(one.file for one in self.roadmap_version)]
        for number in repeated(files):
            said = f"файл {files[number]} уже назван выше. У каждой редакции свой файл: впишите его."
            yield Misfit(said, ("roadmap_version", number - 1), ("file",))
        days = [one.in_force_from for one in self.roadmap_version]
        for number, (before, day) in enumerate(zip(days, days[1:], strict=False), start=1):
            if day <= before:
                said = f"ключ «in_force_from»: стоит {day}, а редакция выше действует с {before}. "
                said += "Редакции пишут по порядку, и каждая действует позже прежней."
                yield Misfit(said, ("roadmap_version", number), ("in_force_from",))


def find_project(start: Path | None = None) -> Path:
    """Returns the folder of the project: ANALYSIS_PROJECT, else upwards from `start` (the working directory).

    Raises:
        AnalysisError: No project.toml there.
    """
    named = os.environ.get("ANALYSIS_PROJECT")
    if start is None and named:
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    raise AnalysisError(
        f"Файл {PROJECT_FILE} не найден ни в папке {here}, ни выше. "
        'Укажите папку проекта: в терминале analysis --project ПАПКА …, в блокноте analysis.open_project("ПАПКА"). '
        "Начать новый: analysis new ПАПКА."
    )


def load_project(root: Path) -> Project:
    """Reads project.toml.

    Raises:
        RulesError: The file is missing or broken; the message names the key and what was expected.
    """
    file = read_rules(root, PROJECT_FILE, ProjectFile, optional=False)
    return Project(
        root=root,
        roadmap_file=file.roadmap.file,
        largest_plausible_count=file.roadmap.largest_plausible_count,
        collection=_collection(file),
        stated=file.roadmap.stated,
        period=file.roadmap.years,
        versions=tuple(map(_version, file.roadmap_version)),
        confirmed=file.confirmed,
        **vars(file.project),
    )


def _version(one: RoadmapVersion) -> PlanDocument:
    return PlanDocument(one.file, one.stated, one.years, one.in_force_from, one.basis)


def load_sources(root: Path) -> tuple[Source, ...]:
    """Reads the entries of data/raw/SOURCES.toml that stand: those of files that were not taken back."""
    return load_record(root).standing


def load_record(root: Path) -> Record:
    """Reads data/raw/SOURCES.toml: an entry for each received file, and one for each that was taken back.

    Raises:
        RulesError: The file is broken, names a file twice, or takes back what nobody received.
    """
    file = read_rules(root, SOURCES_FILE, SourcesFile, optional=False)
    return Record(file.source, frozenset(one.file for one in file.taken_back))


def read_without_fault(root: Path) -> dict[str, object]:
    """What the manifest of a build remembers of the two files that every command reads."""
    return {ACCEPTED: accepted(root, (PROJECT_FILE, SOURCES_FILE))}


def load_terms(root: Path) -> Terms:
    """Reads data/terms.toml; a project without that file has no terms to watch."""
    return read_rules(root, TERMS_FILE, Terms)


def load_reporting(root: Path) -> tuple[Report, ...]:
    """Reads data/reporting.toml: who reports what; without the file no share is established."""
    return read_rules(root, REPORTING_FILE, ReportingFile).report


def _collection(file: ProjectFile) -> Collection | None:
    written = file.collection
    if written is None:
        return None
    municipal = tuple(dict.fromkeys(map(written.one_name, written.municipal)))
    cutoffs = tuple((int(year), day) for year, day in file.cutoff.items())
    return replace(written, municipal=municipal, schools=written.one_name(written.schools), cutoffs=cutoffs)


def quoted(text: str) -> str:
    """Returns a quoted string for TOML and YAML; characters that cannot be printed become spaces."""
    return json.dumps("".join(letter if letter.isprintable() else " " for letter in text), ensure_ascii=False)


def enter(root: Path, sources: Sequence[Source]) -> None:
    """Adds entries about received files."""
    _append(root, [source_stanza(source) for source in sources])


def enter_taken_back(root: Path, files: Sequence[str], day: date) -> None:
    """Adds entries about files whose reception was taken back on a day."""
    _append(root, [f"[[taken_back]]\nfile = {quoted(file)}\ndate = {day.isoformat()}\n" for file in files])


def _append(root: Path, stanzas: Sequence[str]) -> None:
    """Writes entries below what people wrote, which stays as it is."""
    if stanzas:
        written = (root / SOURCES_FILE).read_text(encoding="utf-8-sig").rstrip("\n")
        write_file_whole(root / SOURCES_FILE, "\n\n".join([written, *stanzas]).encode())


def source_stanza(source: Source) -> str:
    """The entry as TOML; texts are escaped, because a file name may hold anything."""
    default = {one.name: one.default for one in fields(source)}
    written = {key: value for key, value in vars(source).items() if value != default[key]}
    lines = [f"{key} = {quoted(value) if isinstance(value, str) else value}" for key, value in written.items()]
    return "\n".join(["[[source]]", *lines, ""])


def collection_of(project: Project, missing: str) -> Collection:
    """Returns who reports.

    Args:
        project: The project.
        missing: What is said where that is not written down.

    Raises:
        AnalysisError: It is not; the message says what to write.
    """
    if project.collection is None:
        raise AnalysisError(f'project.toml: {missing} Впишите: municipal = ["УО", "ИМО"], schools = "ОО".')
    return project.collection


def asked_years(project: Project, years: Sequence[int]) -> tuple[int, ...]:
    """The editions that are asked for, in order; none means all.

    Raises:
        AnalysisError: The project has no such edition.
    """
    unknown = [year for year in years if year not in project.editions]
    if unknown:
        missing, there = (", ".join(map(str, some)) for some in (unknown, project.editions))
        meant = probably_meant(nearest(unknown[0], project.editions, likeness=0.75))
        raise AnalysisError(f"Отчёта за {missing} год нет: project.toml, ключ editions, называет {there}.{meant}")
    return tuple(sorted(set(years))) or project.editions


def workbooks_in_force(sources: Sequence[Source]) -> list[Source]:
    """Returns the returned workbooks in the order of the record; of the registries only the last. Which version of a
    form counts is decided later, because one that comes after the cutoff takes nothing from the one before it."""
    last = next((source for source in reversed(sources) if source.kind == "registry"), None)
    return [one for one in sources if one.kind in RETURNED_KINDS and (one.kind != "registry" or one is last)]


def exports_in_force(sources: Sequence[Source]) -> list[Source]:
    """Returns the exports that no later one replaces."""
    void = {source.replaces for source in sources if source.kind in EXPORT_KINDS}
    return [source for source in sources if source.kind in EXPORT_KINDS and source.file not in void]
