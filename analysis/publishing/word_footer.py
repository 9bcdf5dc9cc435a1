"""Words at the foot of every page of a Word document, put into the template that both engines take it from."""

import io
import re
import zipfile
from html import escape

from analysis.publishing.errors import PublishingError

_PART = "word/footer_marked.xml"
_RELATION = "rIdFooterMarked"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def with_footer(template: bytes, words: str) -> bytes:
    """Returns a Word template whose every page carries the words at its foot; a footer it has stays, words below.

    Raises:
        PublishingError: The template is no Word document.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        document = parts["word/document.xml"].decode("utf-8")
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise PublishingError(f"Шаблон Word (reference.docx) не открывается: {error}. Верните прежний файл.") from None
    run = f'<w:r><w:rPr><w:sz w:val="18"/></w:rPr><w:t>{escape(words)}</w:t></w:r>'
    paragraph = f'<w:p><w:pPr><w:spacing w:before="0" w:after="0"/><w:jc w:val="center"/></w:pPr>{run}</w:p>'
    marked = {
        name: _before_the_end(text, "w:ftr", paragraph)
        for name, text in parts.items()
        if name.startswith("word/footer")
    }
    missing = [kind for kind in ("default", "first") if not _has_footer(document, kind)]
    if missing:
        marked |= _new_part(parts, document, missing, paragraph)
    return packed(parts | marked)


def _has_footer(document: str, kind: str) -> bool:
    return any(f'w:type="{kind}"' in one for one in re.findall(r"<w:footerReference[^>]*>", document))


def _new_part(parts: dict[str, bytes], document: str, kinds: list[str], paragraph: str) -> dict[str, bytes]:
    """The footer as a part of its own, with all that has to name it."""
    types, relations = "[Content_Types].xml", "word/_rels/document.xml.rels"
    override = f'<Override PartName="/{_PART}" ContentType="{_TYPE}"/>'
    relation = f'<Relationship Id="{_RELATION}" Type="{_OFFICE}/footer" Target="{_PART.removeprefix("word/")}"/>'
    references = "".join(f'<w:footerReference w:type="{kind}" r:id="{_RELATION}"/>' for kind in kinds)
    return {
        _PART: f'<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{_MAIN}">{paragraph}</w:ftr>'.encode(),
        types: _before_the_end(parts[types], "Types", override),
        relations: _before_the_end(parts[relations], "Relationships", relation),
        "word/document.xml": _in_the_section(document, references).encode(),
    }


def _in_the_section(document: str, references: str) -> str:
    """The references stand in the last section, whose settings the whole document gets."""
    head, mark, tail = document.rpartition("<w:sectPr")
    if not mark:
        return document.replace("</w:body>", f"<w:sectPr>{references}</w:sectPr></w:body>")
    attributes, _, rest = tail.partition(">")
    if attributes.endswith("/"):
        return f"{head}{mark}{attributes[:-1]}>{references}</w:sectPr>{rest}"
    return f"{head}{mark}{attributes}>{references}{rest}"


def _before_the_end(part: bytes, element: str, new: str) -> bytes:
    head, mark, tail = part.decode("utf-8").rpartition(f"</{element}>")
    if not mark:
        raise PublishingError(f"Шаблон Word (reference.docx): в нём нет места для слов на полях ({element}).")
    return f"{head}{new}{mark}{tail}".encode()


def packed(parts: dict[str, bytes]) -> bytes:
    """The parts as one file; the same parts give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return buffer.getvalue()
