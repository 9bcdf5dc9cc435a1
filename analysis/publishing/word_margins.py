"""Words at the head and foot of the pages of a Word document, put into the template that both engines take it from."""

import io
import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from analysis.publishing.project import PublishingError
from analysis.publishing.word_pages import packed

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
