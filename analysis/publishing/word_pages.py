"""Where the pages of a Word document end: what pandoc leaves to chance."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from analysis.files.atomic import write_file_whole
from analysis.publishing.word_contents import fill_contents
from analysis.publishing.word_xml import W, keep_with_next, properties, remove, style, text

_DOCUMENT = "word/document.xml"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_SHOWN = {"TableCaption", "CaptionedFigure"}


def settle_pages(path: Path) -> None:
    """Rewrites a Word document so that no row is cut in two and nothing is parted from what explains it.

    A table's head stays with its first row, its last two rows with each other and with the note below, a picture's
    caption with its note, a sentence below a heading with the table or picture it leads to, and words that end in a
    colon with their list. The table of contents is filled in.
    """
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    write_file_whole(path, packed({**parts, _DOCUMENT: settled(parts[_DOCUMENT])}))


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
            if not len(paragraph):  # an empty cell would be as high as a line of the text
                etree.SubElement(properties(paragraph, "pPr"), f"{W}pStyle").set(f"{W}val", "TableText")
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
    )


def packed(parts: dict[str, bytes]) -> bytes:
    """The parts as one file; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return buffer.getvalue()
