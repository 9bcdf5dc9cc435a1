"""A pack for a meeting: annexes to its minutes as one document with a list of them, and each as a file of its own."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import PurePosixPath
from typing import NamedTuple, TypeVar

from analysis.documents.added_file import PagePicture, page_pictures
from analysis.documents.material import Material
from analysis.documents.report_pieces import ReportOfYear
from analysis.documents.settings import SETTINGS_FILE, Kind, Pack, Piece, SettingsFile
from analysis.documents.staging import Batch, Document, minutes_words
from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.presentation.markdown import escape, escape_attribute
from analysis.presentation.place import NAMED_OR_REFERRED
from analysis.rules.config import Project
from analysis.rules.toml_file import RulesError, refuse
from analysis.rules.written import Misfit

FOLDER, ONE = "packs", "prilozhenie"
PAPERS = ("pdf", "docx")
LIST, MARK = "Перечень приложений", "Приложение № {}"
NEW_PAGE = "::: {.new-page}\n:::"
FOR_OFFICE = (
    "для служебного пользования, поэтому открытым комплект не сделать. Уберите это приложение или ключ «--audience»."
)
# What an A4 page of Word holds in millimetres, upright and lying; and what stands above the first picture of an annex.
UPRIGHT, LYING, HEAD, ROOM = (170, 257), (257, 170), 60, 8
# Page labels agree with the printed numbers; what only the bookmark of an annex says is not printed.
PAPER = r"""
#set page(numbering: "1", footer: none)
#let annex(body) = place(top + right, float: true, clearance: 1.2em, {
  set par(justify: false)
  text(size: 11pt, body)
})
#let annexes(body) = { set par(justify: false, hanging-indent: 1.5em); body }
#let page-number(target) = [ #box(width: 1fr, repeat(gap: 0.2em)[.]) #link(target, context {
  str(counter(page).at(target).first())
})]
#let new-page(body) = pagebreak(weak: true)
#let landscape(body) = page(flipped: true, body)
#let page-picture(body) = {
  set image(width: 100%, height: 100%, fit: "contain")
  block(height: 1fr, width: 100%, above: 0.6em, align(center + horizon, body))
}
#show heading.where(level: 1): it => { show regex("^Приложение № \d+\.\s"): none; it }
"""
ATTACHED = """#show <annex-{number}>: it => {{
  pdf.attach({name}, read({path}, encoding: none), mime-type: "application/pdf", description: {words})
  it
}}
"""


Made = TypeVar("Made")


class Annex(NamedTuple):
    """One annex of a pack.

    Attributes:
        title: What it is called.
        subtitle: What it is about.
        parts: Its Markdown in parts, each with whether its pages lie.
        files: What lies beside it, by path.
        attached: Of these the file that the PDF carries along.
    """

    title: str
    subtitle: str
    parts: Sequence[tuple[bool, str]]
    files: Mapping[str, bytes] = {}
    attached: str = ""


class Asked(NamedTuple):
    """A pack that somebody wants.

    Attributes:
        material: The tables and texts of the year.
        pack: The pack.
        audience: public, internal, or empty: whatever its pieces allow.
        write: Writes a document of the year by its kind and the login of a school.
    """

    material: Material
    pack: Pack
    audience: str
    write: Callable[[str, str], Document]

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
        refuse(self.project.root, SETTINGS_FILE, SettingsFile, misfits)

    def each(self, do: Callable[[int, Piece], Made]) -> list[Made]:
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
    kind = Kind(f"{FOLDER}/{asked.pack.name}", asked.pack.title, asked.pack.title)
    documents = [_whole(asked.pack, annexes), *(_alone(asked.pack, *one) for one in enumerate(annexes, 1))]
    files = {path: content for one in annexes for path, content in one.files.items()}
    return Batch(asked.project, year, kind, documents, None, internal, _paper(annexes), files)


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
    made = asked.write(str(piece.kind), login)
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
    parts = list(_parts(folder, path.name, pages))
    return Annex(str(piece.title), f"Файл «{path.name}»", parts, {**beside, attached: path.read_bytes()}, attached)


def _parts(folder: str, name: str, pages: Sequence[PagePicture]) -> Iterator[tuple[bool, str]]:
    """Pages one after the other that lie, or that stand, as one part each."""
    numbered = [(number, len(pages), one) for number, one in enumerate(pages, 1)]
    for lies, alike in groupby(numbered, key=lambda one: one[2].lies):
        shown = [_shown(f"{folder}/{number}.png", f"Страница {number} из {all_} файла «{name}». ", one, number == 1)
                 for number, all_, one in alike]  # fmt: skip
        yield lies, f"\n\n{NEW_PAGE}\n\n".join(shown)


def _shown(path: str, about: str, page: PagePicture, first: bool) -> str:
    """A page as a picture that fits the page; Word is told how wide, in Typst it takes what is left."""
    width, height = LYING if page.lies else UPRIGHT
    wide = min(width, round((height - (HEAD if first else ROOM)) * page.ratio))
    begins = f"Начинается словами: «{page.words}»" if page.words else "Текста в файле нет, страница — изображение."
    alternative = escape_attribute(f"{about}{begins}")
    return f'::: {{.page-picture}}\n![]({path}){{fig-alt="{alternative}" width="{wide}mm"}}\n:::'


def _whole(pack: Pack, annexes: Sequence[Annex]) -> Document:
    listed = [
        f"{MARK.format(number)}. {escape(one.title)}[](#annex-{number}){{.page-number}}"
        for number, one in enumerate(annexes, 1)
    ]
    first = "\n\n".join([f"::: {{.annexes}}\n**{LIST}**", *listed, ":::"])
    body = [first, *(_in_whole(pack, number, one) for number, one in enumerate(annexes, 1))]
    return Document(".", pack.name, pack.title, _minutes(pack)[:1].upper() + _minutes(pack)[1:], "\n\n".join(body))


def _in_whole(pack: Pack, number: int, annex: Annex) -> str:
    """An annex on pages of its own: its mark, its title, its text one level deeper."""
    head = f"# [{MARK.format(number)}.&nbsp;]{{.bookmark}}{escape(annex.title)} {{#annex-{number}}}"
    above = "\n\n".join([_mark(pack, number), head, escape(annex.subtitle)])
    (lies, first), *rest = annex.parts
    parts = [(lies, f"{above}\n\n{_deeper(first)}"), *((lies, _deeper(one)) for lies, one in rest)]
    return f"{NEW_PAGE}\n\n{_named(parts, number)}"


def _alone(pack: Pack, number: int, annex: Annex) -> Document:
    body = f"{_mark(pack, number)}\n\n{_named(annex.parts, number)}"
    return Document(".", f"{ONE}-{number}", annex.title, annex.subtitle, body)


def _named(parts: Sequence[tuple[bool, str]], number: int) -> str:
    """The parts of an annex; its tables and pictures have names that no other annex has."""
    text = "\n\n".join(f":::: {{.landscape}}\n{one}\n::::" if lies else one for lies, one in parts)
    return NAMED_OR_REFERRED.sub(rf"\1-{number}", text)


def _deeper(markdown: str) -> str:
    return re.sub(r"^(?=#{1,5} )", "#", markdown, flags=re.MULTILINE)


def _mark(pack: Pack, number: int) -> str:
    return f"::: {{.annex}}\n{MARK.format(number)} \\\n{escape(_minutes(pack))}\n:::"


def _minutes(pack: Pack) -> str:
    return minutes_words(pack.minutes_date, pack.minutes_number)


def _paper(annexes: Sequence[Annex]) -> str:
    """The look of the PDF, and what it carries along."""
    carried = [
        ATTACHED.format(
            number=number,
            name=_typst(f"{number}-{PurePosixPath(one.attached).name}"),
            path=_typst(one.attached),
            words=_typst(f"{MARK.format(number)}: {one.title}"),
        )
        for number, one in enumerate(annexes, 1)
        if one.attached
    ]
    return PAPER + "".join(carried)


def _typst(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
