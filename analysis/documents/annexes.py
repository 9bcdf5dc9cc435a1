"""How annexes to minutes are laid out: one after the other in one document, and each alone."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from analysis.documents.added_file import PagePicture
from analysis.documents.settings import Pack
from analysis.documents.staging import Document, minutes_words
from analysis.presentation.markdown import escape, escape_attribute
from analysis.presentation.place import NAMED_OR_REFERRED

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
    return ATTACHED.format(number, *map(_typst, texts))


def _typst(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
