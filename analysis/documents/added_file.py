"""A PDF that the office adds to a pack: its pages as pictures, because no file of another hand may be joined to ours.

Joined files lose bookmarks and mix up what a screen reader is told; so the pages are drawn anew at the resolution of a
usual print, each with its first words as description, and the file itself is attached."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analysis.errors import AnalysisError, reason

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

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
