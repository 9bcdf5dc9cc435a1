"""The steps of `analysis documents`: tables and what people wrote become documents and packs of a year."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from analysis.cleaning.names import Register
from analysis.documents.material import Material, load_decisions, load_replies
from analysis.documents.packs import PAPERS, Asked, asked_pack, made_of, pack_kind, packed, written
from analysis.documents.staging import (
    FOLDER,
    HEAD,
    PACKS,
    Batch,
    Document,
    list_outdated,
    outdated_files,
    publish_documents,
    renewing,
    source_alone,
)
from analysis.errors import AnalysisError
from analysis.files.memory import Progress
from analysis.files.storage import only_one_at_work, read_manifest, read_tables
from analysis.presentation.edition import editions_of
from analysis.publishing.source import PublishingError
from analysis.rules.config import Project, load_sources
from analysis.rules.documents import (
    KINDS,
    SCHOOL_NOTE,
    SETTINGS_FILE,
    Kind,
    load_settings,
)

OTHERS_MADE = "Остальные документы записаны."
NO_SUPPORTED = "Школ, которые получают поддержку в {year} году, в реестре нет; назовите школу: --school."


class Made(NamedTuple):
    """The documents asked for, and what else stands in the folder of the year and is outdated."""

    files: list[Path]
    outdated: list[Path]
    folder: Path

    def told(self, shown: Callable[[Path], str]) -> list[str]:
        """What is said of the outdated ones, a line each; `shown` says a path."""
        how = "; ".join(renewing(self.outdated, self.folder))
        return [f"\n{HEAD}", *(f"  {shown(one)}" for one in self.outdated), f"Обновить: {how}"] if self.outdated else []


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
    return Made(made, outdated, folder / str(order.year))


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
    from analysis.pipeline.written import internal_sources

    batch = packed(Asked(material, asked_pack(material, order.pack), order.audience), internal_sources)
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
