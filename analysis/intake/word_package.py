"""A .docx as a package: opened with a limit, its parts streamed, damage told in a sentence."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from analysis.errors import AnalysisError

# A signed roadmap is a few hundred kilobytes of XML; 20,000 rows are some 50 MB. More is no document.
LARGEST_XML_BYTES = 100_000_000
DOCUMENT = "word/document.xml"
SIDE_PARTS = ("word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments")
# What zipfile, zlib and lxml raise over damaged or encrypted content.
DAMAGE = (
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    EOFError,
    NotImplementedError,
    ValueError,
)


def open_package(content: bytes, file: str) -> zipfile.ZipFile:
    """Opens a Word document.

    Raises:
        AnalysisError: It is damaged, or inflates beyond reason.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        raise AnalysisError(
            f"{file}: файл повреждён или это не .docx. Откройте его в Word и сохраните заново как .docx."
        ) from None
    declared = sum(part.file_size for part in package.infolist() if part.filename.startswith((DOCUMENT, *SIDE_PARTS)))
    if declared > LARGEST_XML_BYTES:
        raise AnalysisError(
            f"{file}: после распаковки файл займёт {declared // 1_000_000} МБ; для документа это слишком много. "
            "Файл не читается: получите его заново."
        )
    return package


def events(
    package: zipfile.ZipFile, part: str, tags: tuple[str, ...], file: str
) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of the elements with these tags, while the part is read: the whole is never in memory."""
    try:
        with package.open(part) as stream:
            yield from etree.iterparse(
                stream,
                events=("start", "end"),
                tag=tags,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=True,
            )
    except KeyError:
        raise AnalysisError(
            f"{file}: внутри нет {part}, это не документ Word. Откройте файл в Word (или LibreOffice Writer) "
            "и сохраните как .docx."
        ) from None
    except DAMAGE:
        raise AnalysisError(
            f"{file}: часть {part} повреждена или зашифрована. Снимите пароль, откройте файл в Word "
            "и сохраните заново как .docx."
        ) from None
