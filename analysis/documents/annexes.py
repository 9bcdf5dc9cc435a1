"""The annexes to minutes: chapters of the report, pages of added files, and how they are laid out."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from analysis.documents.staging import Document, minutes_words
from analysis.errors import AnalysisError, nearest, reason
from analysis.presentation import place
from analysis.presentation.markdown import escape, escape_attribute
from analysis.presentation.place import CONTENT_FOLDER, EXHIBITS, NAMED_OR_REFERRED, for_office, placed
from analysis.rules.documents import Pack

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

# A PDF that the office adds to a pack: its pages as pictures, because no file of another hand may be joined to ours.
#
# Joined files lose bookmarks and mix up what a screen reader is told; so the pages are drawn anew at the resolution of
# a usual print, each with its first words as description, and the file itself is attached.

DOTS_PER_INCH, POINTS_PER_INCH = 150, 72
MOST_PAGES, MOST_DOTS, MOST_WORDS = 100, 3500, 200
PASSWORD_ERROR = 4  # of PDFium
ENCRYPTED = "файл закрыт паролем. Откройте его и сохраните без пароля."
DAMAGED = "файл не читается как PDF: он повреждён или это не PDF. Получите его заново."


class PagePicture(NamedTuple):
    """A page of a PDF.

    Attributes:
        png: As a picture.
        ratio: Its width as a multiple of its height.
        words: What it begins with; empty where the page holds no text, as a scan.
    """

    png: bytes
    ratio: float
    words: str

    @property
    def lies(self) -> bool:
        """Whether it is wider than high."""
        return self.ratio > 1


def page_pictures(path: Path) -> list[PagePicture]:
    """The pages of a PDF as pictures.

    Raises:
        AnalysisError: There is no such file, or nobody can read it; without the name of the file.
    """
    import pypdfium2

    try:
        content = path.read_bytes()
    except OSError as error:
        raise AnalysisError(f"файл не открывается ({reason(error)}).") from None
    try:
        with pypdfium2.PdfDocument(content) as document:
            return list(_drawn(document))
    except pypdfium2.PdfiumError as error:
        raise AnalysisError(ENCRYPTED if error.err_code == PASSWORD_ERROR else DAMAGED) from None


def _drawn(document: "PdfDocument") -> Iterator[PagePicture]:
    if len(document) > MOST_PAGES:
        raise AnalysisError(f"в файле {len(document)} страниц, а приложить можно не больше {MOST_PAGES}.")
    document.init_forms()  # what is filled into the fields of a form is drawn as well
    for number in range(len(document)):
        page = document[number]
        yield PagePicture(_png(page), page.get_width() / page.get_height(), _first_words(page))


def _png(page: "PdfPage") -> bytes:
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, MOST_DOTS / max(page.get_size()))
    buffer = io.BytesIO()
    page.render(scale=scale).to_pil().save(buffer, "PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return buffer.getvalue()


def _first_words(page: "PdfPage") -> str:
    words = " ".join(page.get_textpage().get_text_bounded().split())
    return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS].rpartition(' ')[0]}…"


# Chapters, tables and pictures of the annual report as they may stand alone in a document.

CHAPTER = re.compile(r"# (?P<title>.+?)\s*\{#sec-(?P<id>[\w-]+)[^}]*\}\s*")
NAMED = re.compile(r"\{#((?:tbl|fig|sec)-[\w-]+)")
REFERRED = re.compile(r"(?<!\\)\[?-?@((?:tbl|fig|sec)-[\w-]+)\]?")
LINKED = re.compile(r"\[([^\]\[]*)\]\(#[^)]*\)")
PICTURE = re.compile(r"!\[[^\n]*?\]\(([^)\s]+)\)(?=\{)")
OPENED = re.compile(r":{3,} *\{")
NEAR = 3


class ReportPiece(NamedTuple):
    """A part of the report.

    Attributes:
        title: What it is called.
        markdown: Its text; references to what it does not hold are words.
    """

    title: str
    markdown: str


class ReportOfYear:
    """The annual report of a year for one audience, and the parts of it that can be asked for."""

    def __init__(self, reports: Path, year: int) -> None:
        """Reads nothing yet.

        Args:
            reports: The folder of sources, public or internal, with what the build has made.
            year: The edition.
        """
        self.folder = reports / str(year)
        self.year = year

    @cached_property
    def labels(self) -> frozenset[str]:
        """The tables and pictures that it has."""
        return frozenset(json.loads((self.folder / CONTENT_FOLDER / EXHIBITS).read_bytes()))

    @cached_property
    def chapters(self) -> Mapping[str, ReportPiece]:
        """The chapters of the report and of what is published beside it, by the names of their sections."""
        names = (f"annual-report-{self.year}.qmd", f"annex-{self.year}.qmd")
        found = [piece for name in names if (self.folder / name).is_file() for piece in _chapters(self.folder, name)]
        return dict(reversed(found))  # where both have a section of that name, the first counts

    def label(self, asked: str) -> str:
        """The table or picture that an id means; the report may have no data for it.

        Raises:
            AnalysisError: There is none of that id; the message names the nearest.
        """
        return place.resolve(asked, self.labels)

    def exhibit(self, asked: str) -> ReportPiece:
        """A table or picture of the report.

        Raises:
            AnalysisError: It has none of that id; the message names the nearest, or says why there are no data.
        """
        label = self.label(asked)
        if label not in self.labels:
            raise AnalysisError(place.absent(label, self.year, for_office(self.folder.parent)))
        return self._standing_alone(ReportPiece(place.shows(label), placed(label, self.folder)))

    def chapter(self, asked: str) -> ReportPiece:
        """A chapter.

        Raises:
            AnalysisError: There is none of that name; the message names the nearest.
        """
        if asked not in self.chapters:
            near = nearest(asked, self.chapters, NEAR)
            known = f"Похожие: {', '.join(near)}." if near else f"Есть: {', '.join(self.chapters)}."
            raise AnalysisError(f"«{asked}»: такой главы в докладе за {self.year} год нет. {known}")
        return self._standing_alone(self.chapters[asked])

    def pictures(self, markdown: str) -> Iterator[tuple[str, bytes]]:
        """The files of the pictures that a text shows, by their paths from it; one for each format."""
        for target in dict.fromkeys(PICTURE.findall(markdown)):
            for path in sorted((self.folder / target).parent.glob(f"{Path(target).name}.*")):
                yield path.relative_to(self.folder).as_posix(), path.read_bytes()

    def _standing_alone(self, piece: ReportPiece) -> ReportPiece:
        own = set(NAMED.findall(piece.markdown))

        def in_words(found: re.Match[str]) -> str:
            return found[0] if found[1] in own else escape(f"«{self._called(found[1])}» в годовом отчёте")

        def unlinked(found: re.Match[str]) -> str:
            return found[0] if any(f"#{name})" in found[0] for name in own) else found[1]

        return piece._replace(markdown=LINKED.sub(unlinked, REFERRED.sub(in_words, piece.markdown)))

    def _called(self, label: str) -> str:
        """What a reference means, in words."""
        kind, _, name = label.partition("-")
        if kind == "sec":
            return self.chapters[name].title if name in self.chapters else name
        return place.shows(label)


def _chapters(folder: Path, name: str) -> list[tuple[str, ReportPiece]]:
    """The chapters of a document after its cells have run, by name."""
    from analysis.publishing.engines import execute
    from analysis.publishing.source import read_source

    lines = [line.text for line in execute(read_source(folder.parent, f"{folder.name}/{name}"), folder)]
    heads = {place: head for place, line in enumerate(lines) if (head := CHAPTER.fullmatch(line))}
    # A chapter whose heading must stay with what follows opens a block before it.
    starts = [place - bool(place and OPENED.match(lines[place - 1])) for place in heads]
    bodies = ["\n".join(lines[start:end]) for start, end in pairwise([*starts, len(lines)])]
    return [
        (head["id"], ReportPiece(head["title"], body.replace(head[0], "", 1)))
        for head, body in zip(heads.values(), bodies, strict=True)
    ]


# How annexes to minutes are laid out: one after the other in one document, and each alone.

ONE = "prilozhenie"
LIST, MARK = "Перечень приложений", "Приложение № {}"
HEADING = re.compile(r"^#{1,6}(?= )", re.MULTILINE)
NEW_PAGE = "::: {.new-page}\n:::"
# What an A4 page of Word holds in millimetres, upright and lying; and what stands above the first picture of an annex.
UPRIGHT, LYING, HEAD, ROOM = (170, 257), (257, 170), 60, 8
ATTACHED = """#show <annex-{}>: it => {{
  pdf.attach({}, read({}, encoding: none), mime-type: "application/pdf", description: {})
  it
}}
"""


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


def page_parts(folder: str, name: str, pages: Sequence[PagePicture]) -> Iterator[tuple[bool, str]]:
    """Pages of a file one after the other that lie, or that stand, as one part each.

    Args:
        folder: Where the pictures lie.
        name: The file.
        pages: Its pages.
    """
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


def whole(pack: Pack, annexes: Sequence[Annex]) -> Document:
    """All annexes one after the other, and before them their list."""
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
    parts = [(lies, f"{above}\n\n{_leveled(first, 2)}"), *rest]
    return f"{NEW_PAGE}\n\n{_named(parts, number)}"


def alone(pack: Pack, number: int, annex: Annex) -> Document:
    """An annex as a document of its own; its mark has the name that its title has in the whole."""
    mark = _mark(pack, number).replace(MARK.format(number), f"[{MARK.format(number)}]{{#annex-{number}}}", 1)
    body = f"{mark}\n\n{_leveled(_named(annex.parts, number), 1)}"
    return Document(".", f"{ONE}-{number}", annex.title, annex.subtitle, body)


def _named(parts: Sequence[tuple[bool, str]], number: int) -> str:
    """The parts of an annex; its tables and pictures have names that no other annex has."""
    text = "\n\n".join(f":::: {{.landscape}}\n{one}\n::::" if lies else one for lies, one in parts)
    return NAMED_OR_REFERRED.sub(rf"\1-{number}", text)


def _leveled(markdown: str, top: int) -> str:
    """The text with its highest headings on a level: no level may be left out in a PDF that can be read aloud."""
    least = min((len(found[0]) for found in HEADING.finditer(markdown)), default=top)
    return HEADING.sub(lambda found: "#" * (len(found[0]) - least + top), markdown)


def _mark(pack: Pack, number: int) -> str:
    return f"::: {{.annex}}\n{MARK.format(number)} \\\n{escape(_minutes(pack))}\n:::"


def _minutes(pack: Pack) -> str:
    return minutes_words(pack.minutes_date, pack.minutes_number)


def paper(annexes: Sequence[Annex]) -> str:
    """The look of the PDF, and what it carries along."""
    look = Path(__file__).with_name("annexes.typ").read_text(encoding="utf-8")
    return look + "".join(_carried(number, one) for number, one in enumerate(annexes, 1) if one.attached)


def _carried(number: int, one: Annex) -> str:
    texts = (f"{number}-{PurePosixPath(one.attached).name}", one.attached, f"{MARK.format(number)}: {one.title}")
    return ATTACHED.format(number, *(json.dumps(one, ensure_ascii=False) for one in texts))
