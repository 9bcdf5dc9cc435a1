"""Reads a PDF with a text layer: paragraphs and rows of ruled tables, joined over its pages."""

import re
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from analysis.contracts.findings import DOUBTFUL, Finding, Severity
from analysis.errors import AnalysisError
from analysis.intake.cells import Block, Cell
from analysis.intake.columns import ACTIVITY_NUMBER, PAGE_HEADING
from analysis.intake.pdf_page import (
    GET_WORD,
    NEAR,
    SOFT_HYPHEN,
    UNREADABLE,
    Box,
    Grid,
    Letter,
    Sheet,
    find_grids,
    read_sheets,
)
from analysis.intake.pdf_text import Doubt, Line, habits_of, lines_of, text_of
from analysis.rules.config import CORRECTIONS_FILE, READING_PAGE

PAGE_NUMBER = re.compile(r"(?:стр(?:аница|\.)? ?)?[-–— ]*\d{1,3}[-–— ]*(?:(?:из|/) ?\d{1,3})?", re.IGNORECASE)
# Where numbers of pages and running titles stand: this part of the height at either end.
MARGIN = 0.12
# Lines further apart, in sizes of the font, are two paragraphs; the last line of a full cell stands so near its side.
LEADING, NEAR_SIDE = 1.75, 3.0
# A file with more signs than this that it does not name is no text.
MOST_UNREADABLE = 0.05
# So many rows tell how a table is written; its heading has no more than so many.
SEEN, MOST_HEADER_ROWS = 60, 4
LOOK = f"Сравните с изображением в {READING_PAGE}; неверное исправьте в {CORRECTIONS_FILE}."


@dataclass(eq=False)
class _Piece:
    """A cell, which may go on over pages: the rows that it covers share it."""

    box: Box
    lines: list[Line]
    doubts: set[Doubt] = field(default_factory=set)

    @property
    def letters(self) -> str:
        """What stands in it, without blanks."""
        return "".join("".join(line.text.split()) for line in self.lines)

    @property
    def is_full(self) -> bool:
        """Whether its text goes down to its lower side, as that of a cell does which goes on overleaf."""
        last = self.lines[-1]
        return self.box.bottom - last.base < NEAR_SIDE * last.size

    @property
    def runs_over(self) -> bool:
        """Whether its first line crosses its upper side: it came from the cell above, which had no room for it."""
        first = self.lines[0] if self.lines and not self.lines[0].turn else None
        return first is not None and first.base - 0.7 * first.size < self.box.top - 0.5

    @property
    def is_cut(self) -> bool:
        """Whether its last line does not end a text."""
        return self.lines[-1].text.endswith((" ", ",", "-", SOFT_HYPHEN))

    def breaks_off(self, below: "_Piece") -> bool:
        """Whether its text may go on in a cell overleaf: its last line has no room for the first word of that."""
        last, word = self.lines[-1], below.lines[0]
        width = len(word.words[0]) / len(word.text) * (word.x1 - word.x0)
        return self.is_cut or last.room < width + last.blank

    @property
    def is_merged(self) -> bool:
        """Whether it covers several rows of its page."""
        return self.box.last_row - self.box.first_row > 1

    @property
    def begins_anew(self) -> bool:
        """Whether it begins with no small letter."""
        return not self.lines[0].words[0][0].islower()

    def lies_under(self, other: "_Piece") -> bool:
        """Whether it covers the same columns."""
        return abs(self.box.x0 - other.box.x0) <= NEAR and abs(self.box.x1 - other.box.x1) <= NEAR

    def go_on(self, below: "_Piece") -> None:
        """Adds what stands overleaf."""
        self.lines += below.lines
        self.doubts |= below.doubts
        self.box = below.box


@dataclass(eq=False)
class _Row:
    """A row of a table, by its place on the page."""

    place: str
    pieces: list[_Piece]

    @property
    def letters(self) -> list[str]:
        """What stands in its cells."""
        return [piece.letters for piece in self.pieces]


@dataclass(eq=False)
class _Table:
    """The rows of a table, those of the following pages too."""

    page: int
    top: float
    rows: list[_Row]

    def column(self, piece: _Piece, skipped: int = 0) -> list[_Piece]:
        """The last cells of the column in which a cell stands, without the first rows of the table."""
        return [one for row in self.rows[skipped:][-SEEN:] for one in row.pieces if one.lies_under(piece)]


@dataclass(eq=False)
class _Paragraph:
    """Lines that follow one another."""

    page: int
    lines: list[Line]


def read_pdf_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns paragraphs and rows, with addresses such as «страница 3, таблица 1, строка 4, столбец 2».

    Raises:
        AnalysisError: The file cannot be opened, is a scan, or holds no table with rulings.
    """
    sheets = read_sheets(content, file)
    _refuse_unreadable(sheets, file)
    pages = [_Reading(sheet) for sheet in sheets]
    running = _running_titles(pages)
    parts = _joined([part for page in pages for part in page.parts(running)])
    if not any(isinstance(part, _Table) for part in parts):
        raise AnalysisError(
            f"{file}: таблицы с линиями между ячейками нет ни на одной странице (всего {len(sheets)}), а без линий "
            f"столбцы не различить. {GET_WORD}"
        )
    blocks, doubts = _blocks(parts)
    return blocks, [*_doubt_findings(doubts, file), *_side_findings(running, sheets, file)]


def _refuse_unreadable(sheets: Sequence[Sheet], file: str) -> None:
    letters = [letter for sheet in sheets for letter in sheet.letters if letter.text.strip()]
    if not letters:
        raise AnalysisError(f"{file}: в PDF нет текста, только изображения страниц (скан). {GET_WORD}")
    unread = sum(letter.text == UNREADABLE for letter in letters)
    if unread > MOST_UNREADABLE * len(letters):
        raise AnalysisError(
            f"{file}: знаки не названы буквами ({unread} из {len(letters)}): текст виден, но не читается. {GET_WORD}"
        )


class _Reading:
    """One page: its tables, and the lines outside them."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        grids = find_grids(sheet.rulings)
        inside, crossed = _letters_by_box(sheet.letters, grids)
        self.lines = lines_of(inside.pop(None, []), apart=True)
        lines = {box: lines_of(letters) for box, letters in inside.items() if box}
        filled = [grid for grid in grids if any(box in lines for box in grid.boxes)]
        self.tables = [
            _table(grid, lines, crossed, f"страница {sheet.number}, таблица {number}", sheet.number)
            for number, grid in enumerate(filled, start=1)
        ]
        sides = [side for grid in grids for side in (grid.columns[0], grid.columns[-1])]
        ends = [end for line in self.lines for end in (line.x0, line.x1)]
        self.left = min([*sides, *ends], default=0.0)
        self.right = max([*sides, *ends, sheet.width - self.left])  # margins are alike, unless what stands there tells

    def in_margin(self, line: Line) -> bool:
        """Whether a line stands where running titles do, with no table beyond it."""
        height = self.sheet.height
        above = line.middle[1] < MARGIN * height and not any(table.top < line.middle[1] for table in self.tables)
        return above or line.middle[1] > (1 - MARGIN) * height

    def parts(self, running: set[str]) -> list["_Paragraph | _Table"]:
        """Its paragraphs and tables from top to bottom, without running titles."""
        lines = [one for one in self.lines if not (self.in_margin(one) and _of_any_page(one) in {"", *running})]
        paragraphs: list[_Paragraph] = []
        for line in _column_by_column(lines):
            above = next((one for one in paragraphs if self._goes_on(one.lines[-1], line)), None)
            if above is None:
                paragraphs.append(_Paragraph(self.sheet.number, [line]))
            else:
                above.lines[-1] = replace(above.lines[-1], room=self._room(above.lines[-1], line))
                above.lines.append(line)
        order = [0.0]  # side by side stands what is read one column after the other: what comes later is no higher
        for one in paragraphs:
            order.append(max(order[-1], one.lines[0].middle[1]))
        placed: list[tuple[float, _Paragraph | _Table]] = [*zip(order[1:], paragraphs, strict=True)]
        placed += [(table.top, table) for table in self.tables]
        return [part for _, part in sorted(placed, key=lambda pair: pair[0])]

    def _goes_on(self, above: Line, line: Line) -> bool:
        """Whether a line continues the paragraph above: near, of one size, and its first word had no room there."""
        near = 0 < line.base - above.base < LEADING * line.size and abs(line.size - above.size) < 0.6
        between = any(above.middle[1] < table.top < line.middle[1] for table in self.tables)
        beside = above.x0 < line.x1 and line.x0 < above.x1
        word = len(line.words[0]) * (line.x1 - line.x0) / len(line.text)
        return near and beside and not between and self._room(above, line) < word + above.blank

    def _room(self, above: Line, line: Line) -> float:
        """How much room a line leaves, by the way in which the two are set."""
        after, before = self.right - above.x1, above.x0 - self.left
        if abs(above.x0 - line.x0) < 1:
            return after
        if abs(above.x1 - line.x1) < 1:
            return before
        return after + before if abs(above.x0 + above.x1 - line.x0 - line.x1) < NEAR else after


def _column_by_column(lines: Sequence[Line]) -> list[Line]:
    """Lines in the order of reading: «Согласовано» and «Утверждаю» stand side by side."""
    beside = [(a, b) for a, b in zip(lines, lines[1:], strict=False) if abs(a.base - b.base) < 1 and b.x0 > a.x1]
    if not beside:
        return list(lines)
    split = min(b.x0 for _, b in beside) - NEAR
    first, last = beside[0][0].base - 1, beside[-1][0].base + 1
    return sorted(lines, key=lambda one: (one.base > last, one.base >= first and one.base <= last and one.x0 >= split))


def _letters_by_box(
    letters: Iterable[Letter], grids: Sequence[Grid]
) -> tuple[dict[Box | None, list[Letter]], set[Box]]:
    """The letters of each box, those outside all of them, and the boxes whose words run over their sides."""
    found: dict[Box | None, list[Letter]] = {}
    crossed: set[Box] = set()
    before, last = None, None
    for one in letters:
        box = next((box for grid in grids if (box := grid.box_at(one.middle))), None)
        if last and before and box != before and one.text.strip() and one.follows(last):
            crossed |= {before, *([box] if box else [])}
            box = before
        found.setdefault(box, []).append(one)
        before, last = box, one
    return found, crossed


def _table(grid: Grid, lines: dict[Box, list[Line]], crossed: set[Box], place: str, page: int) -> _Table:
    """The rows of a table on one page; the rows that a cell covers share it."""
    upright = [(box, line) for box in grid.boxes for line in lines.get(box, ()) if not line.turn]
    padding = max(0.0, min((line.x0 - box.x0 for box, line in upright), default=0.0))
    pieces = {box: _piece(box, lines.get(box, []), padding, box in crossed) for box in grid.boxes}
    for piece in [one for one in pieces.values() if one.runs_over]:
        for one in pieces.values():
            if one is piece or (one.lies_under(piece) and abs(one.box.bottom - piece.box.top) <= NEAR):
                one.doubts.add(Doubt.letters)
    rows = []
    for number in range(len(grid.rows) - 1):
        boxes = sorted((box for box in pieces if box.first_row <= number < box.last_row), key=lambda box: box.x0)
        if any(pieces[box].lines for box in boxes if box.first_row == number):
            rows.append(_Row(f"{place}, строка {number + 1}", [pieces[box] for box in boxes]))
    return _Table(page, grid.rows[0], rows)


def _piece(box: Box, lines: Sequence[Line], padding: float, crossed: bool) -> _Piece:
    ends = {0: box.x1, 1: -box.top, -1: box.bottom}
    roomy = [replace(line, room=ends[line.turn] - padding - line.x1) for line in lines]
    return _Piece(box, roomy, {Doubt.letters} if crossed or box.ragged else set())


def _of_any_page(line: Line) -> str:
    """A line with its numbers made alike; empty where it is a page number."""
    text = line.text.strip()
    return "" if PAGE_NUMBER.fullmatch(text) else re.sub(r"\d+", "№", text)


def _running_titles(pages: Sequence[_Reading]) -> set[str]:
    """Lines that stand in the margins of most pages."""
    there = [{_of_any_page(line) for line in page.lines if page.in_margin(line)} for page in pages]
    seen = Counter(chain.from_iterable(there))
    return {text for text, times in seen.items() if times > 1 and times >= (len(pages) - 1) / 2}


def _joined(parts: Sequence[_Paragraph | _Table]) -> list[_Paragraph | _Table]:
    """Tables that go on overleaf become one."""
    joined: list[_Paragraph | _Table] = []
    for part in parts:
        before = next((one for one in reversed(joined) if not _is_page_heading(one)), None)
        if isinstance(part, _Table) and isinstance(before, _Table) and _goes_on(before, part):
            _append(before, part)
        else:
            joined.append(part)
    return joined


def _is_page_heading(part: _Paragraph | _Table) -> bool:
    text = " ".join(line.text.strip() for line in part.lines) if isinstance(part, _Paragraph) else ""
    return PAGE_HEADING.fullmatch(text) is not None


def _goes_on(above: _Table, below: _Table) -> bool:
    (a, b), (c, d) = (_sides(table) for table in (above, below))
    return below.page == above.page + 1 and abs(a - c) <= NEAR and abs(b - d) <= NEAR


def _sides(table: _Table) -> tuple[float, float]:
    boxes = [piece.box for row in table.rows for piece in row.pieces]
    return min(box.x0 for box in boxes), max(box.x1 for box in boxes)


def _append(above: _Table, below: _Table) -> None:
    """Adds the rows of the next page: without a heading that is repeated, a torn row to its beginning."""
    rows = list(below.rows)
    for known in above.rows[:MOST_HEADER_ROWS]:
        if not rows or rows[0].letters != known.letters:
            break
        rows.pop(0)
    above.page = below.page
    if not rows:
        return
    last, first = above.rows[-1], rows[0]
    same = len(last.pieces) == len(first.pieces) and all(
        one.lies_under(other) for one, other in zip(first.pieces, last.pieces, strict=True)
    )
    torn, doubt = _is_torn(above, last, first) if same else (False, False)
    for one, other in zip(last.pieces, first.pieces, strict=True) if torn or doubt else ():
        if torn and one.lines and (one.is_merged or other.is_merged):
            _doubt([one, *_next_in_column(rows[1:], other)])
        if torn and other.lines:
            one.go_on(other)
        if other.lines and doubt:
            one.doubts.add(Doubt.page)
            other.doubts.add(Doubt.page)
        if torn:
            _replace(rows, other, one)
    if torn:
        rows.pop(0)
    elif same or len(above.rows) < MOST_HEADER_ROWS:
        _inherit(above, last, rows)
    above.rows += rows


def _next_in_column(rows: Sequence[_Row], piece: _Piece) -> list[_Piece]:
    """The next cell with text: what has no room in a cell that goes on overleaf may have slipped into it."""
    column = (one for row in rows for one in row.pieces if one is not piece and one.lines and one.lies_under(piece))
    return [one for _, one in zip(range(1), column, strict=False)]


def _doubt(pieces: Iterable[_Piece]) -> None:
    for one in pieces:
        one.doubts.add(Doubt.page)


def _replace(rows: Sequence[_Row], piece: _Piece, above: _Piece) -> None:
    """Rows that a cell covers get that of the page before, which it continues."""
    for row in rows:
        row.pieces = [above if one is piece else one for one in row.pieces]


def _is_torn(table: _Table, last: _Row, first: _Row) -> tuple[bool, bool]:
    """Whether the first row of a page continues the last one of the page before, and whether that is in doubt."""
    both = list(zip(last.pieces, first.pieces, strict=True))
    pairs = [(above, below) for above, below in both if below.lines]
    if any(not above.lines or (above.letters.isdecimal() and below.letters.isdecimal()) for above, below in pairs):
        return False, False
    open_ends = all(above.breaks_off(below) for above, below in pairs)
    code = _code_column(table)
    if code is not None and code < len(both) and last.pieces[code].lines:
        torn = not first.pieces[code].lines
        return torn, torn and not open_ends
    if not open_ends:
        return False, False
    blank = [above for above, below in both if above.lines and not below.lines]
    if blank and not any(_blanks(table, above) for above in blank):
        return True, False
    torn = any(not below.begins_anew and _begin_anew(table, below) for _, below in pairs)
    return torn, torn or all(above.is_full for above, _ in pairs)


def _begin_anew(table: _Table, piece: _Piece) -> bool:
    """Whether the cells of a column begin with a capital letter."""
    column = {one for one in table.column(piece) if one.lines}
    return sum(one.begins_anew for one in column) > 0.9 * len(column)


def _blanks(table: _Table, piece: _Piece) -> int:
    """How many cells of a column are blank."""
    return sum(not one.lines for one in table.column(piece))


def _code_column(table: _Table) -> int | None:
    """The column in which most cells are numbers of activities."""
    seen = table.rows[-SEEN:]
    codes = Counter(place for row in seen for place, text in enumerate(row.letters) if ACTIVITY_NUMBER.match(text))
    place, times = min(codes.items(), default=(None, 0))
    return place if times * 2 >= len(seen) - MOST_HEADER_ROWS else None


def _inherit(table: _Table, last: _Row, rows: Sequence[_Row]) -> None:
    """A cell that is merged over pages has its text, or the beginning of it, on the first of them."""
    for piece in rows[0].pieces:
        above = next((one for one in last.pieces if piece.lies_under(one)), None)
        if above is None or not (above.lines or piece.lines):
            continue
        merged = any(one.is_merged for one in table.column(piece, MOST_HEADER_ROWS))
        sure = above.is_merged or piece.is_merged
        doubtful = [above, piece]
        if not piece.lines:
            goes_on = merged or sure or len(table.rows) < MOST_HEADER_ROWS
            if above.is_cut or (sure and above.is_full):
                doubtful += _next_in_column(rows, piece)
            elif sure or (not goes_on and _blanks(table, piece)):
                doubtful = []
        elif not above.lines:
            goes_on, doubtful = sure, doubtful if sure or merged else []
        else:
            may = (merged or sure) and (above.is_cut or above.breaks_off(piece))
            goes_on = may and (above.is_cut or (sure and not piece.begins_anew))
            doubtful = doubtful if may else []
        _doubt(doubtful)
        if goes_on:
            above.go_on(piece)
            _replace(rows, piece, above)


def _blocks(parts: Sequence[_Paragraph | _Table]) -> tuple[list[Block], dict[tuple[str, str], set[Doubt]]]:
    """The blocks, and the doubts of each cell by its address and text."""
    tables = [part for part in parts if isinstance(part, _Table)]
    pieces = {piece: None for table in tables for row in table.rows for piece in row.pieces}
    paragraphs = [part for part in parts if isinstance(part, _Paragraph)]
    habits = habits_of([*(piece.lines for piece in pieces), *(part.lines for part in paragraphs)])
    blocks: list[Block] = []
    doubts: dict[tuple[str, str], set[Doubt]] = {}
    numbers: Counter[int] = Counter()
    read = {}
    for part in parts:
        if isinstance(part, _Paragraph):
            numbers[part.page] += 1
            place = f"страница {part.page}, абзац {numbers[part.page]}"
            text, found = text_of(part.lines, habits)
            doubts[place, text] = found
            blocks.append(Block((Cell(text, place),), place, table=0))
            continue
        columns = _columns(part)
        for row in part.rows:
            cells = []
            for piece in row.pieces:
                start, end = (bisect(columns, side + NEAR) - 1 for side in (piece.box.x0, piece.box.x1))
                own = piece not in read
                if own:
                    text, found = text_of(piece.lines, habits)
                    read[piece] = Cell(text, f"{row.place}, столбец {start + 1}", start, end)
                    doubts[read[piece].place, text] = found | piece.doubts
                cells.append(replace(read[piece], start=start, end=end, inherited=not own))
            blocks.append(Block(tuple(cells), row.place, tables.index(part) + 1, exact_grid=True))
    return blocks, doubts


def _columns(table: _Table) -> list[float]:
    """The left sides of all columns of a table, and its right side."""
    columns: list[float] = []
    for side in sorted(side for row in table.rows for piece in row.pieces for side in (piece.box.x0, piece.box.x1)):
        if not columns or side - columns[-1] > NEAR:
            columns.append(side)
    return columns


def _doubt_findings(doubts: dict[tuple[str, str], set[Doubt]], file: str) -> Iterator[Finding]:
    for (place, text), found in doubts.items():
        for doubt in sorted(found):
            yield Finding(DOUBTFUL, Severity.ATTENTION, file, (place,), text, f"Прочитано с сомнением: {doubt}.", LOOK)


def _side_findings(running: set[str], sheets: Sequence[Sheet], file: str) -> Iterator[Finding]:
    look = "Проверьте, нет ли там значений, которые нужны отчёту."
    for text in sorted(filter(None, running)):
        explanation = "Строка повторяется на полях страниц: это колонтитул, в таблицы проекта он не входит."
        yield Finding("unread_text", Severity.ATTENTION, file, ("поля страниц",), text, explanation, look)
    for sheet in sheets:
        if sheet.pictures and not any(letter.text.strip() for letter in sheet.letters):
            explanation = "На странице только изображение, текста нет: она не прочитана."
            place = (f"страница {sheet.number}",)
            yield Finding("unread_text", Severity.ATTENTION, file, place, "", explanation, look)
