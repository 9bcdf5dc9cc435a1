"""Opens a PDF within stated limits: letters and rulings of a page, whoever wrote the file and whatever stands in it."""

import io
import logging
import re
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from pdfminer.layout import LTChar
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.pdfpage import PDFPage
from pdfminer.utils import decode_text
from pdfplumber.page import Page, PDFPageAggregatorWithMarkedContent
from pdfplumber.pdf import PDF
from pdfplumber.utils.exceptions import PdfminerException

from analysis.errors import AnalysisError

# The longest plan seen has 31 pages and 4,000 letters on one; a page of the size limit takes some 100 MB of memory.
MOST_PAGES, MOST_OBJECTS, LARGEST_STREAM = 200, 40_000, 100_000_000
STREAM = re.compile(rb"stream\r?\n")
# A ruling may be drawn as a rectangle; a thicker one is a box.
THICKEST_RULING = 3.0
UNREADABLE, SOFT_HYPHEN = "\ufffd", "\u00ad"
GET_WORD = "Надёжнее всего документ .docx или .xlsx."


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its box, its size and the line it stands on; all lengths in points from the upper left corner.

    Attributes:
        text: What it is, UNREADABLE where the file does not say, SOFT_HYPHEN where it says that a word was divided.
        x0: Where it begins, in the direction in which it is read.
        x1: Where it ends.
        base: The line it stands on; the next line of the text has a greater one.
        size: Of the font.
        turn: 0, or 1 where it is turned to the left, -1 to the right.
        middle: Its middle on the page.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    turn: int
    middle: tuple[float, float]

    def follows(self, other: "Letter") -> bool:
        """Whether the other is the letter before it in one word."""
        beside = abs(self.x0 - other.x1) < 0.05 * self.size and abs(self.base - other.base) < 0.1
        return beside and self.turn == other.turn and bool(self.text.strip() and other.text.strip())


@dataclass(frozen=True, slots=True)
class Ruling:
    """A line: where it runs (`at`), and from where to where."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its number from 1, its size, what stands on it."""

    number: int
    width: float
    height: float
    letters: tuple[Letter, ...]
    rulings: tuple[Ruling, ...]
    pictures: int


class _TooMuchError(Exception):
    """A page holds more objects than any page of a document."""


class _Counting(PDFPageAggregatorWithMarkedContent):
    """Counts what is drawn, and hears what the file says of single letters.

    Soft and real hyphens have one glyph and by it one letter, whichever came first; which it is, only the file can say.
    """

    drawn, said = 0, ""

    def begin_tag(self, tag: Any, props: Any = None) -> None:
        super().begin_tag(tag, props)
        actual = props.get("ActualText") if isinstance(props, dict) else None
        self.said = decode_text(actual) if isinstance(actual, bytes) else ""

    def end_tag(self) -> None:
        super().end_tag()
        self.said = ""

    def _count(self) -> None:
        self.drawn += 1
        if self.drawn > MOST_OBJECTS:
            raise _TooMuchError

    def render_char(self, *args: Any, **kwargs: Any) -> float:
        self._count()
        advance = super().render_char(*args, **kwargs)
        if len(self.said) == 1:
            vars(self.cur_item._objs[-1])["_text"] = self.said
        return float(advance)

    def paint_path(self, *args: Any, **kwargs: Any) -> None:
        self._count()
        super().paint_path(*args, **kwargs)

    def begin_figure(self, *args: Any, **kwargs: Any) -> None:
        self._count()
        super().begin_figure(*args, **kwargs)


class _Page(Page):
    """A page of pdfplumber that stops at too many objects, and keeps of a letter only what is needed."""

    @property
    def layout(self) -> Any:
        device = _Counting(self.pdf.rsrcmgr, pageno=self.page_number)
        PDFPageInterpreter(self.pdf.rsrcmgr, device).process_page(self.page_obj)
        return device.get_result()

    def process_object(self, obj: Any) -> dict[str, Any]:
        return {"object_type": "char", "letter": obj} if isinstance(obj, LTChar) else super().process_object(obj)


class _Complaints(logging.Handler):
    """What pdfminer would print and pass over; where text was lost, the page is damaged."""

    lost = False

    def emit(self, record: logging.LogRecord) -> None:
        self.lost = self.lost or record.getMessage().startswith(("Data-loss", "Cannot render"))


def read_sheets(content: bytes, file: str) -> list[Sheet]:
    """Returns the pages of a PDF.

    Raises:
        AnalysisError: It is damaged, closed with a password, or larger than a plan can be.
    """
    _refuse_inflated(content, file)
    with _heard() as complaints:
        try:
            document = PDF(io.BytesIO(content), stream_is_external=True)
            pages = [page for page, _ in zip(PDFPage.create_pages(document.doc), range(MOST_PAGES + 1), strict=False)]
        except Exception as error:  # noqa: BLE001 - pdfminer raises whatever it stumbles over in a damaged file
            raise AnalysisError(f"{file}: {_closed(error)}") from None
        if len(pages) > MOST_PAGES:
            raise AnalysisError(
                f"{file}: в файле больше {MOST_PAGES} страниц; план столько не занимает. "
                "Сохраните отдельным PDF те страницы, на которых стоит план."
            )
        return [_read(_Page(document, page, number), file, complaints) for number, page in enumerate(pages, start=1)]


@contextmanager
def _heard() -> Iterator[_Complaints]:
    """Listens to pdfminer, which else speaks English to people."""
    log, complaints = logging.getLogger("pdfminer"), _Complaints()
    log.addHandler(complaints)
    log.propagate = False
    try:
        yield complaints
    finally:
        log.removeHandler(complaints)
        log.propagate = True


def _read(page: _Page, file: str, complaints: _Complaints) -> Sheet:
    try:
        sheet = _sheet(page)
        if complaints.lost:
            raise ValueError
        return sheet
    except _TooMuchError:
        why = f"на ней больше {MOST_OBJECTS} знаков и линий; это не страница документа"
    except Exception:  # noqa: BLE001
        why = "она повреждена, часть текста потеряна"
    raise AnalysisError(f"{file}: страница {page.page_number}: {why}. Файл не читается. {GET_WORD}")


def _closed(error: Exception) -> str:
    asked = isinstance(error, PdfminerException) and any(isinstance(one, PDFPasswordIncorrect) for one in error.args)
    if asked:
        return f"PDF закрыт паролем: текст не прочитать. Получите файл без пароля. {GET_WORD}"
    return f"PDF повреждён и не открывается. Получите его заново. {GET_WORD}"


def _refuse_inflated(content: bytes, file: str) -> None:
    """Stops at a part that would fill the memory when it is unpacked."""
    for found in STREAM.finditer(content):
        packed = content[found.end() : content.find(b"endstream", found.end())]
        try:
            size = len(zlib.decompressobj().decompress(packed, LARGEST_STREAM))
        except zlib.error:
            continue
        if size >= LARGEST_STREAM:
            said = f"часть файла после распаковки больше {size // 1_000_000} МБ; для документа это слишком много"
            raise AnalysisError(f"{file}: {said}. Файл не читается. {GET_WORD}")


def _sheet(page: _Page) -> Sheet:
    letters = tuple(_letter(one["letter"], page) for one in page.objects.get("char", ()))
    drawn = [one for kind in ("line", "rect", "curve") for one in page.objects.get(kind, ())]
    rulings = tuple(chain.from_iterable(map(_lines, drawn)))
    pictures = len(page.objects.get("image", ()))
    return Sheet(page.page_number, float(page.width), float(page.height), letters, rulings, pictures)


def _letter(char: LTChar, page: _Page) -> Letter:
    text = UNREADABLE if char.get_text().startswith("(cid:") else unicodedata.normalize("NFC", char.get_text())
    left, above = page.mediabox[0], page.mediabox[1] + page.height
    x0, x1, top, bottom = char.x0 + left, char.x1 + left, above - char.y1, above - char.y0
    a, b, _, _, along, up = char.matrix
    middle = ((x0 + x1) / 2, (top + bottom) / 2)
    if abs(b) <= abs(a):
        return Letter(text, x0, x1, above - up, char.size, 0, middle)
    if b > 0:  # is read upwards, its lines follow one another to the right
        return Letter(text, -bottom, -top, along, char.size, 1, middle)
    return Letter(text, top, bottom, -along, char.size, -1, middle)


def _lines(drawn: dict[str, Any]) -> Iterator[Ruling]:
    """The rulings in one drawn object: a thin one is a ruling itself, of a stroked box its sides are."""
    x0, x1, top, bottom = drawn["x0"], drawn["x1"], drawn["top"], drawn["bottom"]
    if x1 - x0 <= THICKEST_RULING and bottom - top > THICKEST_RULING:
        yield Ruling(True, (x0 + x1) / 2, top, bottom)
    elif bottom - top <= THICKEST_RULING:
        yield Ruling(False, (top + bottom) / 2, x0, x1)
    elif drawn["stroke"]:
        for (ax, ay), (bx, by) in zip(drawn["pts"], [*drawn["pts"][1:], drawn["pts"][0]], strict=True):
            if abs(ax - bx) < 1 <= abs(ay - by):
                yield Ruling(True, (ax + bx) / 2, min(ay, by), max(ay, by))
            elif abs(ay - by) < 1 <= abs(ax - bx):
                yield Ruling(False, (ay + by) / 2, min(ax, bx), max(ax, bx))
