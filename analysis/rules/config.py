"""Reads what people decide about a project: project.toml, SOURCES.toml, terms.toml. Every fault names file and key."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.rules.toml_file import keys_of, numbered, one_of, read_toml, section, take, take_path

PROJECT_FILE = "project.toml"
SOURCES_FILE = "data/raw/SOURCES.toml"
TERMS_FILE = "data/terms.toml"
CORRECTIONS_FILE = "data/corrections.toml"
REPORTING_FILE = "data/reporting.toml"
CALENDAR_FILE = "data/calendar.toml"
# What everything made from invented data says of itself.
INVENTED = "Сведения вымышлены"
# What comes back in the workbooks of this system, and what the exam systems send.
RETURNED_KINDS, EXPORT_KINDS = ("registry", "form", "acceptance"), ("export", "counts")
SOURCE_KINDS = ("roadmap", *RETURNED_KINDS, *EXPORT_KINDS)
GENERAL_KEYS = ("city", "publisher", "contact", "site_url", "editions", "invented")


@dataclass(frozen=True)
class Source:
    """One received file: whence it came, when, what its bytes were, and what kind of file it is.

    Attributes:
        kind: roadmap, registry, form, acceptance, export, or counts (what is kept of a file with a row per pupil).
        replaces: An earlier version of the same form or export, which this one makes void; empty for a first version.
        wave: Of an export, where the calendar leaves a choice; empty where it does not.
        derived_from: sha256 of the file with pupils that the counts were made of; empty for other kinds.
    """

    file: str
    title: str
    origin: str
    received: date
    sha256: str
    licence: str
    kind: str = "roadmap"
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
class OneExecutor:
    """Names of the roadmap that mean one executor, as the office confirms.

    Attributes:
        name: By this name the executor is known everywhere.
        writings: Its other names in the document.
        basis: Who confirms it and by what.
    """

    name: str
    writings: tuple[str, ...]
    basis: str


@dataclass(frozen=True)
class Collection:
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
    competences: tuple[str, ...] = ()
    self_assessment_criteria: tuple[str, ...] = ()
    inbox: str = ""
    municipality_names: tuple[str, ...] = ()
    executors: tuple[OneExecutor, ...] = ()

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
class Report:
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

    activity: str
    measure: int
    reporters: tuple[str, ...]
    unit: str
    share: int | None
    basis: str
    who: str


@dataclass(frozen=True)
class Abbreviation:
    """What an abbreviation of the document stands for and on what ground we say so."""

    term: str
    expansion: str
    basis: str


@dataclass(frozen=True)
class Terms:
    """Words of the document that need attention: abbreviations, variants of one notion, slips."""

    abbreviations: tuple[Abbreviation, ...]
    variants: tuple[tuple[str, tuple[str, ...]], ...]
    slips: tuple[tuple[str, str], ...]


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
        "Перейдите в папку проекта или укажите её: analysis --project ПАПКА …"
    )


def load_project(root: Path) -> Project:
    """Reads project.toml.

    Raises:
        AnalysisError: The file is missing or broken; the message names the key and what was expected.
    """
    content = read_toml(root, PROJECT_FILE, ("project", "roadmap", "collection", "cutoff"))
    where, general = section(content, "project", PROJECT_FILE, GENERAL_KEYS)
    its_place, roadmap = section(content, "roadmap", PROJECT_FILE, ("file", "largest_plausible_count"))
    return Project(
        root=root,
        city=take(general, "city", str, where),
        publisher=take(general, "publisher", str, where),
        contact=take(general, "contact", str, where),
        site_url=take(general, "site_url", str, where),
        editions=_years(take(general, "editions", list, where)),
        roadmap_file=take_path(roadmap, "file", its_place),
        largest_plausible_count=take(roadmap, "largest_plausible_count", int, its_place),
        collection=_collection(content),
        invented=take({"invented": False, **general}, "invented", bool, where),
    )


def load_sources(root: Path) -> tuple[Source, ...]:
    """Reads the entries of data/raw/SOURCES.toml that stand: those of files that were not taken back."""
    return load_record(root).standing


def load_record(root: Path) -> Record:
    """Reads data/raw/SOURCES.toml: an entry for each received file, and one for each that was taken back.

    Raises:
        AnalysisError: The file is broken, names a file twice, or takes back what nobody received.
    """
    content = read_toml(root, SOURCES_FILE, ("source", "taken_back"))
    received = _sources(content.get("source", []))  # a new project has received nothing yet
    can_be = {source.file for source in received if source.kind in (*RETURNED_KINDS, *EXPORT_KINDS)}
    entries = numbered(content.get("taken_back", []), "taken_back", SOURCES_FILE, ("file", "date"), "file")
    files = []
    for where, entry in entries:
        file = take_path(entry, "file", where)
        take(entry, "date", date, where)
        if file not in can_be:
            raise AnalysisError(f"{where}: такой формы, реестра или выгрузки среди [[source]] нет. Уберите запись.")
        files.append(file)
    _refuse_twice(files)
    return Record(received, frozenset(files))


def _refuse_twice(files: Sequence[str]) -> None:
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise AnalysisError(f"{SOURCES_FILE}: файл {twice} записан дважды. Оставьте одну запись.")


def _sources(written: list[Any]) -> tuple[Source, ...]:
    entries = numbered(written, "source", SOURCES_FILE, keys_of(Source), "file")
    _refuse_twice([str(entry.get("file")) for _, entry in entries])
    return tuple(
        Source(
            file=take_path(entry, "file", where),
            title=take(entry, "title", str, where),
            origin=take(entry, "origin", str, where),
            received=take(entry, "received", date, where),
            sha256=take(entry, "sha256", str, where),
            licence=take(entry, "licence", str, where),
            kind=one_of({"kind": "roadmap", **entry}, "kind", SOURCE_KINDS, where),
            replaces=str(entry.get("replaces", "")),
            wave=str(entry.get("wave", "")),
            derived_from=str(entry.get("derived_from", "")),
        )
        for where, entry in entries
    )


def load_terms(root: Path) -> Terms:
    """Reads data/terms.toml; a project without that file has no terms to watch."""
    if not (root / TERMS_FILE).is_file():
        return Terms((), (), ())
    content = read_toml(root, TERMS_FILE, ("abbreviation", "variant", "slip"))
    abbreviations = numbered(content.get("abbreviation", []), "abbreviation", TERMS_FILE, keys_of(Abbreviation), "term")
    variants = numbered(content.get("variant", []), "variant", TERMS_FILE, ("meaning", "writings"), "meaning")
    slips = numbered(content.get("slip", []), "slip", TERMS_FILE, ("text", "suggestion"), "text")
    return Terms(
        tuple(
            Abbreviation(*(take(entry, key, str, where) for key in ("term", "expansion", "basis")))
            for where, entry in abbreviations
        ),
        tuple(
            (take(entry, "meaning", str, where), _words(take(entry, "writings", list, where), "writings", where))
            for where, entry in variants
        ),
        tuple(
            (_words([take(entry, "text", str, where)], "text", where)[0], take(entry, "suggestion", str, where))
            for where, entry in slips
        ),
    )


def _words(values: list[Any], key: str, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or not all(isinstance(one, str) and one.strip() for one in values):
        raise AnalysisError(f"{where}: ключ «{key}»: стоит {values!r}, нужны непустые слова в кавычках.")
    return tuple(values)


def load_reporting(root: Path) -> tuple[Report, ...]:
    """Reads data/reporting.toml: who reports what; without the file no share is established."""
    if not (root / REPORTING_FILE).is_file():
        return ()
    content = read_toml(root, REPORTING_FILE, ("report",))
    entries = numbered(content.get("report", []), "report", REPORTING_FILE, keys_of(Report), "activity")
    return tuple(_report(entry, where) for where, entry in entries)


def _report(entry: Mapping[str, Any], where: str) -> Report:
    unit = one_of(entry, "unit", ("city", "school"), where)
    if unit == "city" and "share" in entry:
        raise AnalysisError(f'{where}: ключ «share» бывает только при unit = "school". Уберите его или исправьте unit.')
    return Report(
        activity=take(entry, "activity", str, where).rstrip("."),
        measure=take(entry, "measure", int, where),
        reporters=tuple(take(entry, "reporters", list, where)),
        unit=unit,
        share=take(entry, "share", int, where) if unit == "school" else None,
        basis=take(entry, "basis", str, where),
        who=take(entry, "who", str, where),
    )


def _collection(content: Mapping[str, Any]) -> Collection | None:
    if "collection" not in content:
        return None
    known = keys_of(Collection) - {"cutoffs", "executors"} | {"executor"}
    where, collection = section(content, "collection", PROJECT_FILE, known)
    cutoffs = content.get("cutoff", {})
    if not all(str(year).isdigit() and isinstance(day, date) for year, day in cutoffs.items()):
        raise AnalysisError(f"{PROJECT_FILE}, [cutoff]: нужны строки вида 2021 = 2022-01-31.")
    written = Collection(
        tuple(take(collection, "municipal", list, where)),
        take(collection, "schools", str, where),
        tuple((int(year), day) for year, day in cutoffs.items()),
        _lines(collection, "competences", where),
        _lines(collection, "self_assessment_criteria", where),
        take({"inbox": "", **collection}, "inbox", str, where),
        _lines(collection, "municipality_names", where),
        _executors(collection.get("executor", [])),
    )
    municipal = tuple(dict.fromkeys(map(written.one_name, written.municipal)))
    return replace(written, municipal=municipal, schools=written.one_name(written.schools))


def _executors(entries: list[Any]) -> tuple[OneExecutor, ...]:
    return tuple(
        OneExecutor(
            _words([take(entry, "name", str, where)], "name", where)[0],
            _words(take(entry, "writings", list, where), "writings", where),
            _words([take(entry, "basis", str, where)], "basis", where)[0],
        )
        for where, entry in numbered(entries, "collection.executor", PROJECT_FILE, keys_of(OneExecutor), "name")
    )


def _lines(section: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """The lines of a sheet that a project names; none where it leaves them to the schools."""
    lines = _words(section[key], key, where) if section.get(key) else ()
    names = [" ".join(line.split()).casefold() for line in lines]
    twice = next((line for line, name in zip(lines, names, strict=True) if names.count(name) > 1), None)
    if twice is not None:
        raise AnalysisError(f"{where}: ключ «{key}»: «{twice}» стоит дважды. Оставьте одну строку.")
    return lines


def _years(values: list[Any]) -> tuple[int, ...]:
    if not values or not all(isinstance(value, int) and 2000 <= value <= 2100 for value in values):
        raise AnalysisError(f"{PROJECT_FILE}: ключ «editions»: стоит {values!r}, нужен список годов: [2020, 2021].")
    return tuple(sorted(set(values)))
