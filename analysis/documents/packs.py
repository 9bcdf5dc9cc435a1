"""A pack for a meeting: annexes to its minutes as one document with a list of them, and each as a file of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from analysis.documents.annexes import Annex, ReportOfYear, alone, page_parts, page_pictures, paper, whole
from analysis.documents.city_documents import contests_note, courses_request, selection_note
from analysis.documents.material import Material
from analysis.documents.meeting import meeting_brief
from analysis.documents.school_note import school_note
from analysis.documents.staging import PACKS, Batch, Document
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.files.storage import file_hash, read_manifest
from analysis.rules.config import Project
from analysis.rules.documents import (
    CONTESTS,
    COURSES,
    MEETING,
    SCHOOL_NOTE,
    SELECTION,
    SETTINGS_FILE,
    Kind,
    Pack,
    Piece,
    refuse_pieces,
)
from analysis.rules.toml_file import RulesError

OF_THE_CITY: Mapping[str, Callable[[Material], Document]] = {
    SELECTION.id: selection_note,
    MEETING.id: meeting_brief,
    COURSES.id: courses_request,
    CONTESTS.id: contests_note,
}


def written(material: Material, kind: str, logins: Sequence[str]) -> list[Document]:
    """The documents of a kind: one of the city, or one for each of the schools."""
    if kind == SCHOOL_NOTE.id:
        return [school_note(material, login) for login in logins]
    return [OF_THE_CITY[kind](material)]


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
        refuse_pieces(self.project.root, self.material.settings, self.pack, faults)

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


def packed(asked: Asked, for_office: Callable[[Project, Sequence[int]], Path]) -> Batch:
    """A pack ready to be published: the whole and each annex. Nothing is written before everything in it is found.

    Args:
        asked: The pack.
        for_office: Makes the sources of the report for the office.

    Raises:
        AnalysisError: A piece is not to be had, or is for the office alone where the pack is for all.
    """
    year, report = asked.material.year, ReportOfYear(asked.project.root / "reports", asked.material.year)
    office = asked.each(lambda _, piece: _for_office(report, piece))
    if asked.audience == "public":
        asked.refuse({place: FOR_OFFICE for place, one in enumerate(office) if one})
    internal = any(office) or asked.audience == "internal"
    if internal and any(one.chapter or one.exhibit for one in asked.pack.piece):
        report = ReportOfYear(for_office(asked.project, [year]), year)
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
