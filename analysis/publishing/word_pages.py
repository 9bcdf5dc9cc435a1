"""What pandoc leaves to chance in a Word document: where pages end, contents, head and foot of a page."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Union
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from analysis.publishing.source import PublishingError

PAPER, WORD = "_assets/paper.typ", "_assets/reference.docx"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def text(paragraph: etree._Element) -> str:
    """The words of a paragraph."""
    return "".join(one.text or "" for one in paragraph.iter(f"{W}t")).strip()


def style(block: etree._Element | None) -> str:
    """The identifier of a paragraph's style; nothing for a table, or for what is not there."""
    found = None if block is None else block.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(f"{W}val", "")


def properties(element: etree._Element, name: str) -> etree._Element:
    """The element's properties; they come before all else in it."""
    found = element.find(f"{W}{name}")
    if found is None:
        found = etree.Element(f"{W}{name}")
        element.insert(0, found)
    return found


def keep_with_next(paragraph: etree._Element) -> None:
    """Lets no page end with the paragraph."""
    look = properties(paragraph, "pPr")
    if look.find(f"{W}keepNext") is None:  # the order is fixed: style, then this
        look.insert(0 if look.find(f"{W}pStyle") is None else 1, etree.Element(f"{W}keepNext"))


def remove(element: etree._Element) -> None:
    """Takes an element out of the document."""
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


_INDENT = 284  # of a level, in twentieths of a point


def fill_contents(blocks: Sequence[etree._Element], root: etree._Element) -> None:
    """Puts the headings into the field; Word adds the pages when it renews it, others show links without them."""
    command = next((one for one in root.iter(f"{W}instrText") if (one.text or "").startswith("TOC ")), None)
    if command is None:
        return
    words = str(command.text)
    entries = list(_entries(blocks, int(words.split('"')[1].split("-")[-1])))
    paragraph = next(command.iterancestors(f"{W}p"))
    opening = f"{_mark('begin', dirty=True)}{_command(words)}{_mark('separate')}"
    for number, (level, target, heading) in enumerate(entries):
        start, end = opening if number == 0 else "", _mark("end") if number == len(entries) - 1 else ""
        paragraph.addprevious(_entry(level, target, heading, start, end))
    if entries:
        remove(paragraph)


def _entries(blocks: Sequence[etree._Element], depth: int) -> Iterator[tuple[int, str, str]]:
    """Level, bookmark and words of each heading."""
    for block in blocks:
        level, mark = style(block).removeprefix("Heading"), block.getprevious()
        if level.isdigit() and int(level) <= depth and mark is not None and mark.tag == f"{W}bookmarkStart":
            yield int(level), mark.get(f"{W}name", ""), text(block)


def _entry(level: int, target: str, heading: str, start: str, end: str) -> etree._Element:
    look = f'<w:pPr><w:spacing w:before="0" w:after="40"/><w:ind w:left="{_INDENT * (level - 1)}"/></w:pPr>'
    run = f'<w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr><w:t xml:space="preserve">{escape(heading)}</w:t></w:r>'
    link = f'<w:hyperlink w:anchor={quoteattr(target)} w:history="1">{run}</w:hyperlink>'
    return etree.fromstring(f'<w:p xmlns:w="{W[1:-1]}">{look}{start}{link}{end}</w:p>')


def _mark(kind: str, *, dirty: bool = False) -> str:
    renewed = ' w:dirty="true"' if dirty else ""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"{renewed}/></w:r>'


def _command(words: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {escape(words.strip())} </w:instrText></w:r>'


_DOCUMENT = "word/document.xml"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHOWN = {"TableCaption", "CaptionedFigure"}
_TITLES = {"Title", "Subtitle", "Author", "Date"}
# Styles of the mark of an annex to minutes, of the list of annexes, and of a page that is a picture.
ANNEX, ANNEXES, PAGE_PICTURE = "Annex", "Annexes", "Page Picture"


def settle_pages(path: Path) -> None:
    """Rewrites a Word document so that no row is cut in two and nothing is parted from what explains it.

    A table's head stays with its first row, its last two rows with each other and with the note below, a picture's
    caption with its note, a sentence below a heading with the table or picture it leads to, a paragraph in bold with
    what follows, and words that end in a colon with their list. The table of contents is filled in. The mark of an
    annex stands above the title of its file; sections that lie get what they need.
    """
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    path.write_bytes(packed({**parts, _DOCUMENT: settled(parts[_DOCUMENT])}))  # not on the site yet


def settled(document: bytes) -> bytes:
    """The main part of a Word document as `settle_pages` leaves it."""
    root = etree.fromstring(document)
    _remove_gaps(_blocks(root))
    blocks = _blocks(root)
    for before, block, after in zip([None, *blocks], blocks, [*blocks[1:], None], strict=False):
        if block.tag == f"{W}tbl":
            _settle_table(block, noted=style(after) == "TableNote")
        elif after is not None and _leads(before, block, after):
            keep_with_next(block)
    fill_contents(blocks, root)
    for body in root.findall(f"{W}body"):
        _settle_annexes(body)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _blocks(root: etree._Element) -> list[etree._Element]:
    body = root.find(f"{W}body")
    return [] if body is None else [one for one in body if one.tag in (f"{W}p", f"{W}tbl")]


def _remove_gaps(blocks: Sequence[etree._Element]) -> None:
    """Takes out the empty paragraphs that part two tables; where a caption stands between them they only gape."""
    for block, after in zip(blocks, blocks[1:], strict=False):
        if block.tag == f"{W}p" and not len(block) and after.tag == f"{W}p":
            remove(block)


def _settle_table(table: etree._Element, *, noted: bool) -> None:
    rows = table.findall(f"{W}tr")
    for row in rows:
        properties(row, "trPr").append(etree.Element(f"{W}cantSplit"))
        for paragraph in row.iter(f"{W}p"):
            look = properties(paragraph, "pPr")
            if look.find(f"{W}pStyle") is None:  # an empty cell would be as high as a line of the text
                look.insert(0, etree.Element(f"{W}pStyle"))
            look[0].set(f"{W}val", "TableText")
    last = len(rows) - 1
    for row in (row for place, row in enumerate(rows) if place <= 1 or place >= last - 1):
        for paragraph in row.iter(f"{W}p") if noted or row is not rows[-1] else ():
            keep_with_next(paragraph)


def _leads(before: etree._Element | None, block: etree._Element, after: etree._Element) -> bool:
    """Whether a paragraph means nothing on a page that ends with it."""
    return (
        (style(block) == "ImageCaption" and style(after) == "TableNote")
        or (style(before).startswith("Heading") and style(after) in _SHOWN)
        or (text(block).endswith(":") and after.find(f"{W}pPr/{W}numPr") is not None)
        or _is_bold(block)
    )


def _is_bold(paragraph: etree._Element) -> bool:
    """Whether it is all in bold letters: people write headings so."""
    runs = [run for run in paragraph.findall(f"{W}r") if text(run).strip()]
    return bool(runs) and all(run.find(f"{W}rPr/{W}b") is not None for run in runs)


def _settle_annexes(body: etree._Element) -> None:
    """Puts the mark of an annex above the title of its file, and completes the sections that lie."""
    blocks = list(body)
    first = next((place for place, one in enumerate(blocks) if style(one) == ANNEX), 0)
    if all(style(one) in _TITLES for one in blocks[:first]):
        body.insert(0, blocks[first])
    _settle_sections(body)


def _settle_sections(body: etree._Element) -> None:
    """Each section gets margins, head and foot of the last one; one without a page of its own goes."""
    last, blocks = body.find(f"{W}sectPr"), [one for one in body if one.tag in (f"{W}p", f"{W}tbl")]
    ends = [one for one in blocks if one.find(f"{W}pPr/{W}sectPr") is not None]
    if last is None or not ends:
        return
    for before, end in zip([None, *blocks], blocks, strict=False):
        if end in ends and (before is None or before in ends):
            ends.remove(end)
            remove(end)
    for place, section in enumerate([*(next(end.iter(f"{W}sectPr")) for end in ends), last]):
        _complete(section, deepcopy(last), first=place == 0)
    if blocks[-1] in ends:
        _take_over(last, blocks[-1])


def _complete(section: etree._Element, whole: etree._Element, *, first: bool) -> None:
    size = section.find(f"{W}pgSz")
    lies = size is not None and size.get(f"{W}orient") == "landscape"
    section[:] = list(whole)
    title, size = section.find(f"{W}titlePg"), section.find(f"{W}pgSz")
    if title is not None and not first:  # what a first page alone has, such as no number, is the first section's
        remove(title)
    if lies and size is not None:
        width, height = size.get(f"{W}w", ""), size.get(f"{W}h", "")
        size.attrib.update({f"{W}w": height, f"{W}h": width, f"{W}orient": "landscape"})


def _take_over(last: etree._Element, end: etree._Element) -> None:
    """A file that ends with a section has no empty page after it."""
    last[:] = list(next(end.iter(f"{W}sectPr")))
    remove(end)


def packed(parts: dict[str, bytes]) -> bytes:
    """The parts as one file; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return buffer.getvalue()


if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import _Footer, _Header


def with_footer(template: bytes, words: str) -> bytes:
    """Returns a Word template whose every page carries the words at its foot; a footer it has stays, words below.

    Raises:
        PublishingError: The template is no Word document.
    """
    document = _opened(template)
    last = document.sections[-1]
    for footer in (last.first_page_footer, last.footer):
        if footer.is_linked_to_previous:  # there is none; the one that is made begins with an empty paragraph
            footer.is_linked_to_previous = False
            _clear(footer)
    for section in document.sections:
        for footer in (section.first_page_footer, section.footer, section.even_page_footer):
            if not footer.is_linked_to_previous:
                _add(footer, words, center=True)
    return _saved(document)


def mark_papers(sources: Path, mark: str, beside: str = "") -> None:
    """Writes a mark into the foot of every page of PDF and Word; a foot that says `beside` already says both then."""
    # A PDF has one footer, the last that is set; a Word template keeps the one it has.
    paper, word = sources / PAPER, sources / WORD
    words = f"{beside}. {mark}" if beside else mark
    foot = f"\n#set page(footer: align(center, text(size: 9pt)[{words}]))\n"
    paper.write_text(paper.read_text(encoding="utf-8") + foot, encoding="utf-8")
    word.write_bytes(with_footer(word.read_bytes(), mark))


def with_first_header(template: bytes, lines: Sequence[str]) -> bytes:
    """Returns a Word template whose first page carries the lines, and only them, at the right of its top margin.

    Raises:
        PublishingError: The template is no Word document, or its first page has no header of its own.
    """
    document = _opened(template)
    header = document.sections[-1].first_page_header
    if header.is_linked_to_previous:
        raise PublishingError("Шаблон Word (reference.docx): у первой страницы нет своего верхнего колонтитула.")
    _clear(header)
    for line in lines:
        _add(header, line, center=False)
    return _saved(document)


def with_annex_styles(template: bytes) -> bytes:
    """Returns a Word template with the styles of an annex's mark, of the list of annexes and of pages as pictures.

    Raises:
        PublishingError: The template is no Word document.
    """
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
    from docx.shared import Pt

    document = _opened(template)
    page = document.sections[-1]
    names = (ANNEX, ANNEXES, PAGE_PICTURE)
    mark, entry, picture = (document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in names)
    mark.font.size = Pt(11)
    mark.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    mark.paragraph_format.page_break_before = mark.paragraph_format.keep_with_next = True
    edge = (page.page_width or 0) - (page.left_margin or 0) - (page.right_margin or 0)
    entry.paragraph_format.tab_stops.add_tab_stop(edge, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    picture.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.paragraph_format.space_before = picture.paragraph_format.space_after = Pt(0)
    return _saved(document)


def _opened(template: bytes) -> "Document":
    import docx

    try:
        document = docx.Document(io.BytesIO(template))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise PublishingError(f"Шаблон Word (reference.docx) не открывается: {error}. Верните прежний файл.") from None
    document.element.body.get_or_add_sectPr()  # a document of one section need not say so
    return document


def _clear(margin: Union["_Header", "_Footer"]) -> None:
    for block in list(margin.iter_inner_content()):
        margin._element.remove(block._element)


def _add(margin: Union["_Header", "_Footer"], words: str, *, center: bool) -> None:
    """A line small in the middle of the foot, or as large as the text at the right of the head."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = margin.add_paragraph(words)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if center else WD_ALIGN_PARAGRAPH.RIGHT
    paragraph.paragraph_format.space_before = Pt(0)
    paragraph.paragraph_format.space_after = Pt(0 if center else 3)
    paragraph.runs[0].font.size = Pt(9 if center else 11)


def _saved(document: "Document") -> bytes:
    """The file without the time at which python-docx wrote it: the same template gives the same bytes."""
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        return packed({name: package.read(name) for name in package.namelist()})
