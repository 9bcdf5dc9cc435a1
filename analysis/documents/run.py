"""The steps of `analysis documents`: tables and what people wrote become documents and packs of a year."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from analysis.cleaning.names import Register
from analysis.documents.annexes import Annex, ReportOfYear, alone, page_parts, page_pictures, paper, whole
from analysis.documents.city_documents import contests_note, courses_request, meeting_brief, selection_note
from analysis.documents.material import Material, load_decisions, load_replies
from analysis.documents.school_note import school_notes
from analysis.documents.staging import (
    FOLDER,
    PACKS,
    Batch,
    Document,
    list_outdated,
    outdated_files,
    publish_documents,
    source_alone,
)
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.files.progress import Progress
from analysis.files.storage import file_hash, only_one_at_work, read_manifest, read_tables
from analysis.presentation.edition import editions_of
from analysis.publishing.source import PublishingError
from analysis.rules.config import Project, load_sources
from analysis.rules.documents import (
    CONTESTS,
    COURSES,
    KINDS,
    MEETING,
    SCHOOL_NOTE,
    SELECTION,
    SETTINGS_FILE,
    Kind,
    Pack,
    Piece,
    Settings,
    load_settings,
)
from analysis.rules.toml_file import RulesError, refuse
from analysis.rules.written import Misfit

# Who writes the documents of which kind.

OF_THE_CITY: Mapping[str, Callable[[Material], Document]] = {
    SELECTION.id: selection_note,
    MEETING.id: meeting_brief,
    COURSES.id: courses_request,
    CONTESTS.id: contests_note,
}


def written(material: Material, kind: str, logins: Sequence[str]) -> list[Document]:
    """The documents of a kind: one of the city, or one for each of the schools."""
    return school_notes(material, logins) if kind == SCHOOL_NOTE.id else [OF_THE_CITY[kind](material)]


# A pack for a meeting: annexes to its minutes as one document with a list of them, and each as a file of its own.

PAPERS = ("pdf", "docx")
FOR_OFFICE = (
    "для служебного пользования, поэтому открытым комплект не сделать. Уберите это приложение или ключ «--audience»."
)
Result = TypeVar("Result")


class Asked(NamedTuple):
    """A pack that somebody wants.

    Attributes:
        material: The tables and texts of the year.
        pack: The pack.
        audience: public, internal, or empty: whatever its pieces allow.
    """

    material: Material
    pack: Pack
    audience: str

    @property
    def project(self) -> Project:
        """The project."""
        return self.material.edition.project

    def refuse(self, faults: Mapping[int, str]) -> None:
        """Stops where something is wrong with a piece; each is told by its place in the list.

        Raises:
            RulesError: There are faults.
        """
        entry = ("pack", self.material.settings.packs.index(self.pack), "piece")
        misfits = [Misfit(said, (*entry, place), (self.pack.piece[place].key,)) for place, said in faults.items()]
        refuse(self.project.root, SETTINGS_FILE, Settings, misfits)

    def each(self, do: Callable[[int, Piece], Result]) -> list[Result]:
        """What comes of each piece, told its number; where several are not to be had all are told at once.

        Raises:
            RulesError: A piece is not to be had.
        """
        made, faults = [], {}
        for place, piece in enumerate(self.pack.piece):
            try:
                made.append(do(place + 1, piece))
            except RulesError:
                raise
            except AnalysisError as error:
                faults[place] = str(error)
        self.refuse(faults)
        return made


def asked_pack(material: Material, name: str) -> Pack:
    """The pack of the year that is called so.

    Raises:
        AnalysisError: There is none; the message names the nearest.
    """
    there = {one.name.casefold(): one for one in material.settings.packs if one.year == material.year}
    if name.casefold() not in there:
        known = ", ".join(one.name for one in there.values()) or "нет ни одного"
        meant = probably_meant(nearest(name, [one.name for one in there.values()]))
        raise AnalysisError(
            f"Комплекта «{name}» за {material.year} год нет: {SETTINGS_FILE}, разделы [[pack]]: {known}.{meant}"
        )
    return there[name.casefold()]


def packed(asked: Asked) -> Batch:
    """A pack ready to be published: the whole and each annex. Nothing is written before everything in it is found.

    Raises:
        AnalysisError: A piece is not to be had, or is for the office alone where the pack is for all.
    """
    year, report = asked.material.year, ReportOfYear(asked.project.root / "reports", asked.material.year)
    office = asked.each(lambda _, piece: _for_office(report, piece))
    if asked.audience == "public":
        asked.refuse({place: FOR_OFFICE for place, one in enumerate(office) if one})
    internal = any(office) or asked.audience == "internal"
    if internal and any(one.chapter or one.exhibit for one in asked.pack.piece):
        from analysis.pipeline.internal import internal_sources

        report = ReportOfYear(internal_sources(asked.project, [year]), year)
    annexes = asked.each(lambda number, piece: _annex(asked, report, number, piece))
    kind = pack_kind(asked.pack.name, asked.pack.title)
    documents = [whole(asked.pack, annexes), *(alone(asked.pack, *one) for one in enumerate(annexes, 1))]
    files = {path: content for one in annexes for path, content in one.files.items()}
    return Batch(
        asked.project, year, kind, documents, None, internal, paper(annexes), files, made_of(asked.material, asked.pack)
    )


def pack_kind(name: str, title: str) -> Kind:
    """A pack as staging sees it: documents of one kind, in a folder of their own."""
    return Kind(f"{PACKS}/{name}", title, title)


def made_of(material: Material, pack: Pack) -> str:
    """What a pack rests on, so that a change shows without making it: tables, texts of people, files, its entry."""
    root = material.edition.project.root
    files = [file_hash(root / one.file) for one in pack.piece if one.file and (root / one.file).is_file()]
    settings = replace(material.settings, packs=())
    return repr((read_manifest(root).get("tables"), material.decisions, material.replies, settings, pack, files))


def _for_office(report: ReportOfYear, piece: Piece) -> bool:
    """Whether only the office may have a piece."""
    if piece.exhibit is not None:
        return report.label(piece.exhibit) not in report.labels
    if piece.chapter is not None:
        return piece.chapter not in report.chapters
    return not piece.public


def _annex(asked: Asked, report: ReportOfYear, number: int, piece: Piece) -> Annex:
    made = {"kind": _document, "file": _file}.get(piece.key, _of_report)(asked, report, number, piece)
    return made._replace(title=piece.title or made.title)


def _document(asked: Asked, _report: ReportOfYear, _number: int, piece: Piece) -> Annex:
    login = asked.material.register.login(piece.school, "ключ «school»") if piece.school else ""
    made = written(asked.material, str(piece.kind), [login])[0]
    return Annex(made.title, made.subtitle, [(False, made.body)])


def _of_report(asked: Asked, report: ReportOfYear, _number: int, piece: Piece) -> Annex:
    found = report.chapter(piece.chapter) if piece.chapter is not None else report.exhibit(str(piece.exhibit))
    subtitle = f"{asked.material.place}, {asked.material.year} год"
    return Annex(found.title, subtitle, [(False, found.markdown)], dict(report.pictures(found.markdown)))


def _file(asked: Asked, _report: ReportOfYear, number: int, piece: Piece) -> Annex:
    path = asked.project.root / str(piece.file)
    pages = page_pictures(path)
    folder = f"added/{number}"
    beside = {f"{folder}/{page}.png": one.png for page, one in enumerate(pages, 1)}
    attached = f"{folder}/{path.name}"
    parts = list(page_parts(folder, path.name, pages))
    return Annex(str(piece.title), f"Файл «{path.name}»", parts, {**beside, attached: path.read_bytes()}, attached)


# The steps of `analysis documents`: the tables of the last build and what people wrote → documents of a year.

OTHERS_MADE = "Остальные документы записаны."
NO_SUPPORTED = "Школ, которые получают поддержку в {year} году, в реестре нет; назовите школу: --school."


class Made(NamedTuple):
    """The documents asked for, and what else stands in the folder of the year and is outdated."""

    files: list[Path]
    outdated: list[Path]


@dataclass(frozen=True)
class Order:
    """Which documents are asked for.

    Attributes:
        year: The edition.
        kinds: Ids of kinds; none means all (only notes of schools where schools are named).
        schools: Schools as a person names them; none means the supported ones.
        formats: Some of html, pdf, docx.
        engine: auto, quarto or builtin.
        pack: The name of a pack; then nothing else is made.
        audience: Of a pack: public or internal; empty means what its pieces allow.
    """

    year: int
    kinds: Sequence[str]
    schools: Sequence[str]
    formats: Sequence[str]
    engine: str
    pack: str = ""
    audience: str = ""


def make_documents(project: Project, order: Order, progress: Progress) -> Made:
    """Writes and publishes documents into output/documents/<year>/, and lists there what is outdated.

    Args:
        project: The project; it has been built.
        order: Which documents are asked for.
        progress: Is told what is being done.

    Returns:
        The documents asked for; those made earlier that would say something else today.

    Raises:
        AnalysisError: A school is not known, what people wrote is not in the documented form, or a document cannot be
            published; the other kinds are made nevertheless.
    """
    material = gathered(project, order.year)
    folder = project.root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with only_one_at_work(folder / ".lock"):
        made, today, faults = (_make_pack if order.pack else _make_kinds)(material, order, progress)
        outdated = [path for kind in KINDS.values() for path in _outdated(material, kind, today.get(kind.id))]
        outdated += _outdated_packs(material)
        if (folder / str(order.year)).is_dir():
            list_outdated(folder / str(order.year), outdated)
    if faults:
        raise AnalysisError("\n".join([*dict.fromkeys(faults), *([OTHERS_MADE] if made else [])]))
    return Made(made, outdated)


class _Run(NamedTuple):
    """What was made, all documents of its kinds as they are written today, and why some could not be published."""

    made: list[Path]
    today: dict[str, Sequence[Document]]
    faults: list[str]


def _make_kinds(material: Material, order: Order, progress: Progress) -> _Run:
    if order.audience == "public":
        raise AnalysisError("Документы — для служебного пользования. «--audience public» бывает у комплекта (--pack).")
    asked = [material.register.login(one, "--school") for one in order.schools]
    wanted = list(order.kinds) or ([SCHOOL_NOTE.id] if asked else list(KINDS))
    if asked and SCHOOL_NOTE.id not in wanted:
        raise AnalysisError(f"Ключ --school относится к справкам школ; добавьте: --kind {SCHOOL_NOTE.id}.")
    run, day = _Run([], {}, []), material.edition.data_date
    for name in (name for name in KINDS if name in wanted):
        run.today[name], chosen = _documents(material, name, asked)
        if not run.today[name]:
            progress.say(NO_SUPPORTED.format(year=order.year))
            continue
        batch = _batch(material, KINDS[name], run.today[name])
        try:
            run.made.extend(publish_documents(batch, chosen, order.formats, order.engine, day, progress))
        except PublishingError as error:
            run.faults.append(str(error))
    return run


def _make_pack(material: Material, order: Order, progress: Progress) -> _Run:
    """The whole of a pack and each annex."""
    if order.kinds or order.schools:
        raise AnalysisError(f"Что в комплекте, записано в {SETTINGS_FILE}; ключи --kind и --school с --pack не нужны.")
    papers = [one for one in order.formats if one in PAPERS]
    if not papers:
        raise AnalysisError("Комплект делают в PDF и DOCX: --format pdf,docx.")
    batch = packed(Asked(material, asked_pack(material, order.pack), order.audience))
    day = material.edition.data_date
    return _Run(publish_documents(batch, batch.documents, papers, order.engine, day, progress), {}, [])


def _outdated_packs(material: Material) -> list[Path]:
    """The files of packs whose pieces have changed since, or that nobody asks for any more."""
    packs = {one.name: one for one in material.settings.packs if one.year == material.year}
    found: list[Path] = []
    for site in sorted((material.edition.project.root / FOLDER / str(material.year) / PACKS).glob("*")):
        pack = packs.get(site.name)
        said = "" if pack is None else made_of(material, pack)
        batch = _batch(material, pack_kind(site.name, ""), [])
        found += outdated_files(batch.sources, site, dict.fromkeys((path.stem for path in site.glob("*")), said))
    return found


def _batch(material: Material, kind: Kind, documents: Sequence[Document]) -> Batch:
    attachment = material.settings.attachments.get((kind.id, material.year))
    return Batch(material.edition.project, material.year, kind, documents, attachment)


def gathered(project: Project, year: int) -> Material:
    """Returns what the documents of a year are made from.

    Raises:
        AnalysisError: Nothing has been built, or what people wrote is not in the documented form.
    """
    tables, written = read_tables(project.root), project.root / "reports" / str(year)
    if "schools" not in tables:
        raise AnalysisError("Документы делают по сведениям школ и исполнителей, а их ещё нет: analysis forms, receive.")
    register = Register(tables["schools"])
    editions = editions_of(project, tables, load_sources(project.root), internal=True)
    edition = next(one for one in editions if one.calendar_year == year)
    authored = load_decisions(written, register), load_replies(written, register)
    return Material(edition, register, *authored, load_settings(project.root))


def write_school_pages(project: Project, reports: Path, years: Sequence[int]) -> list[str]:
    """Writes the note of each supported school as a page of the report for the office: one text, and so one PDF.

    Args:
        project: The project; it has been built.
        reports: The sources of the report for the office.
        years: The editions.

    Returns:
        The pages, relative to the sources; none while there are no schools.

    Raises:
        AnalysisError: What people wrote is not in the documented form.
    """
    if "schools" not in read_manifest(project.root).get("tables", {}):
        return []
    made: list[str] = []
    for material in (gathered(project, year) for year in years):
        said = _batch(material, SCHOOL_NOTE, []).marks
        for note in written(material, SCHOOL_NOTE.id, material.supported):
            name = f"{material.year}/school-{material.year}-{note.folder}.qmd"
            (reports / name).write_text(source_alone(note, said), encoding="utf-8", newline="\n")
            made.append(name)
    return made


def _documents(material: Material, kind: str, asked: Sequence[str]) -> tuple[list[Document], list[Document]]:
    """All documents of a kind, and those of them that are asked for."""
    if kind != SCHOOL_NOTE.id:
        one = written(material, kind, [])
        return one, one
    logins = sorted({*material.supported, *asked, *_noted(material)})
    notes = written(material, kind, logins)
    wanted = set(asked or material.supported)
    return notes, [note for note in notes if note.folder in wanted]


def _outdated(material: Material, kind: Kind, today: Sequence[Document] | None) -> list[Path]:
    """The files of a kind that today's tables would make otherwise; all of them where these cannot make it at all."""
    if not _batch(material, kind, []).site.is_dir():
        return []
    batch = _batch(material, kind, _written_today(material, kind) if today is None else today)
    return outdated_files(batch.sources, batch.site, batch.texts())


def _written_today(material: Material, kind: Kind) -> Sequence[Document]:
    try:
        return _documents(material, kind.id, [])[0]
    except AnalysisError:
        return []


def _noted(material: Material) -> list[str]:
    """Schools whose note was made before: it stays in the list of notes."""
    folder = material.edition.project.root / FOLDER / str(material.year) / SCHOOL_NOTE.id
    return [path.name for path in folder.glob("*") if path.is_dir() and path.name in material.register.names]
