"""The table of contents of a Word document, filled in: many readers do not renew fields and would show none."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from analysis.publishing.word_xml import W, remove, style, text

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
