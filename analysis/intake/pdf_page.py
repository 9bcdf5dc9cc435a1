"""A page of a PDF within stated limits: its letters and rulings, and the cells of its ruled tables."""

import io
import logging
import re
import unicodedata
import zlib
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain, pairwise, product
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

# Opens a PDF within stated limits: letters and rulings of a page, whoever wrote the file and whatever stands in it.

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


# Cells of ruled tables: which rows and columns each box covers.

# Lines that are no further apart are one: double borders, borders that two cells draw each for itself.
NEAR = 3.0
Square = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: its sides, the rows it covers (from 0, one past the last), and whether a side of it is missing."""

    x0: float
    top: float
    x1: float
    bottom: float
    first_row: int
    last_row: int
    ragged: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a page: its cells from top to bottom and from left to right, and which squares each covers."""

    boxes: tuple[Box, ...]
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    of_square: Mapping[Square, Box]

    def box_at(self, point: tuple[float, float]) -> Box | None:
        """The cell in which a point lies."""
        return self.of_square.get((bisect(self.rows, point[1]) - 1, bisect(self.columns, point[0]) - 1))


def find_grids(rulings: Sequence[Ruling]) -> list[Grid]:
    """Returns the tables that rulings enclose, from top to bottom; a single frame is none."""
    lines = [*_joined(one for one in rulings if one.upright), *_joined(one for one in rulings if not one.upright)]
    grids = [grid for grid in map(_grid, _touching(lines)) if len(grid.boxes) > 1]
    return sorted(grids, key=lambda grid: grid.rows[0])


def _joined(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Lines on one height, or drawn in pieces, become one."""
    groups: list[list[Ruling]] = []
    for one in sorted(rulings, key=lambda one: one.at):
        if groups and one.at - groups[-1][-1].at <= NEAR:
            groups[-1].append(one)
        else:
            groups.append([one])
    return [line for group in groups for line in _run_together(group)]


def _run_together(group: list[Ruling]) -> list[Ruling]:
    at = sum(one.at for one in group) / len(group)
    found: list[Ruling] = []
    for one in sorted(group, key=lambda one: one.start):
        if found and one.start <= found[-1].end + NEAR:
            found[-1] = Ruling(one.upright, at, found[-1].start, max(found[-1].end, one.end))
        else:
            found.append(Ruling(one.upright, at, one.start, one.end))
    return found


def _touching(lines: Sequence[Ruling]) -> list[list[Ruling]]:
    """Groups of lines that cross or meet."""
    groups: list[list[Ruling]] = []
    for line in lines:
        met = [group for group in groups if any(_meet(line, other) for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append([line, *(one for group in met for one in group)])
    return groups


def _meet(one: Ruling, other: Ruling) -> bool:
    met = other.start - NEAR <= one.at <= other.end + NEAR and one.start - NEAR <= other.at <= one.end + NEAR
    return met and one.upright != other.upright


def _grid(lines: Sequence[Ruling]) -> Grid:
    columns = sorted({one.at for one in lines if one.upright})
    rows = sorted({one.at for one in lines if not one.upright})
    walls = _walls(lines, columns, rows)
    squares = set(product(range(len(rows) - 1), range(len(columns) - 1)))
    left, of_square = set(squares), dict[Square, Box]()
    while left:
        room = _room(min(left), walls, squares)
        inside = room & squares
        left -= inside
        box, is_open = _box(inside, columns, rows), inside != room
        if not (is_open and box.ragged):  # a border that is missing at the side of a table leaves a cell in doubt
            of_square |= dict.fromkeys(inside, replace(box, ragged=box.ragged or is_open))
    return Grid(tuple(dict.fromkeys(of_square.values())), tuple(columns), tuple(rows), of_square)


def _walls(lines: Sequence[Ruling], columns: Sequence[float], rows: Sequence[float]) -> set[tuple[bool, Square]]:
    """The sides of squares that a line runs along: the left ones (True) and the upper ones."""
    found = set()
    for line in lines:
        at, along = (columns, rows) if line.upright else (rows, columns)
        for number, (start, end) in enumerate(pairwise(along)):
            if line.start <= (start + end) / 2 <= line.end:
                place = at.index(line.at)
                found.add((line.upright, (number, place) if line.upright else (place, number)))
    return found


def _room(start: Square, walls: set[tuple[bool, Square]], squares: set[Square]) -> set[Square]:
    """The squares that no line parts from this one; some that lie outside where it is open."""
    found, waiting = {start}, [start]
    while waiting:
        row, column = waiting.pop()
        left, upper, right, lower = (row, column - 1), (row - 1, column), (row, column + 1), (row + 1, column)
        here = (row, column)
        sides = {left: (True, here), upper: (False, here), right: (True, right), lower: (False, lower)}
        new = {square for square, side in sides.items() if side not in walls} - found
        found |= new
        waiting += new & squares
    return found


def _box(squares: set[Square], columns: Sequence[float], rows: Sequence[float]) -> Box:
    of_row, of_column = ({square[axis] for square in squares} for axis in (0, 1))
    top, bottom, x0, x1 = min(of_row), max(of_row) + 1, min(of_column), max(of_column) + 1
    ragged = (bottom - top) * (x1 - x0) != len(squares)
    return Box(columns[x0], rows[top], columns[x1], rows[bottom], top, bottom, ragged)
