"""Words in the corner of the first page of a Word document, put into the template that both engines take it from."""

import io
import re
import zipfile
from collections.abc import Sequence
from html import escape

from analysis.publishing.errors import PublishingError
from analysis.publishing.word_footer import packed

_PARAGRAPHS = re.compile(r"<w:p[ >].*</w:p>|<w:p/>", re.DOTALL)


def with_first_header(template: bytes, lines: Sequence[str]) -> bytes:
    """Returns a Word template whose first page carries the lines, and only them, at the right of its top margin.

    Raises:
        PublishingError: The template is no Word document, or its first page has no header of its own.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        name = _first_header(parts["word/document.xml"].decode(), parts["word/_rels/document.xml.rels"].decode())
        header = parts[name].decode()
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise PublishingError(
            f"Шаблон Word (reference.docx): на первой странице нет места для слов: {error}."
        ) from None
    changed, count = _PARAGRAPHS.subn(lambda _: "".join(_paragraph(line) for line in lines), header, count=1)
    if not count:
        raise PublishingError(f"Шаблон Word (reference.docx): колонтитул первой страницы ({name}) пуст.")
    return packed({**parts, name: changed.encode()})


def _first_header(document: str, relations: str) -> str:
    reference = next(
        (one for one in re.findall(r"<w:headerReference[^>]*>", document) if 'w:type="first"' in one), "r:id=''"
    )
    identifier = re.search(r'r:id="([^"]+)"', reference)
    found = next(
        (
            one
            for one in re.findall(r"<Relationship [^>]*>", relations)
            if identifier and f'Id="{identifier[1]}"' in one
        ),
        "",
    )
    target = re.search(r'Target="([^"]+)"', found)
    return f"word/{target[1]}" if target else ""


def _paragraph(line: str) -> str:
    look = '<w:pPr><w:spacing w:before="0" w:after="60"/><w:jc w:val="right"/></w:pPr>'
    return (
        f'<w:p>{look}<w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
    )
