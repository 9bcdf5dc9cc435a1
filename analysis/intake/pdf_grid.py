"""Cells of ruled tables: which rows and columns each box covers."""

from bisect import bisect
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from analysis.intake.pdf_page import Ruling

# Lines that are no further apart are one: double borders, borders that two cells draw each for itself.
NEAR = 3.0
Square = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A cell: its sides, the rows it covers (from 0, one past the last), and whether it is no rectangle."""

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
    grids = [grid for group in _touching(lines) if (grid := _grid(group)) and len(grid.boxes) > 1]
    return sorted(grids, key=lambda grid: grid.rows[0])


def _joined(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Lines on one height, or drawn in pieces, become one."""
    ordered = sorted(rulings, key=lambda one: one.at)
    groups: list[list[Ruling]] = []
    for one in ordered:
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
    return (
        one.upright != other.upright
        and other.start - NEAR <= one.at <= other.end + NEAR
        and one.start - NEAR <= other.at <= one.end + NEAR
    )


def _grid(lines: Sequence[Ruling]) -> Grid | None:
    columns = sorted({one.at for one in lines if one.upright})
    rows = sorted({one.at for one in lines if not one.upright})
    if len(columns) < 2 or len(rows) < 2:
        return None
    walls = _Walls(lines, columns, rows)
    left = set(product(range(len(rows) - 1), range(len(columns) - 1)))
    of_square: dict[Square, Box] = {}
    while left:
        squares, is_open = walls.room(min(left))
        left -= squares
        if not is_open:
            of_square |= dict.fromkeys(squares, _box(squares, columns, rows))
    return Grid(tuple(dict.fromkeys(of_square.values())), tuple(columns), tuple(rows), of_square)


def _box(squares: set[Square], columns: Sequence[float], rows: Sequence[float]) -> Box:
    of_row, of_column = ({square[axis] for square in squares} for axis in (0, 1))
    top, bottom, x0, x1 = min(of_row), max(of_row) + 1, min(of_column), max(of_column) + 1
    ragged = (bottom - top) * (x1 - x0) != len(squares)
    return Box(columns[x0], rows[top], columns[x1], rows[bottom], top, bottom, ragged)


class _Walls:
    """Between which squares of a grid a line runs."""

    def __init__(self, lines: Sequence[Ruling], columns: Sequence[float], rows: Sequence[float]) -> None:
        self.last_row, self.last_column = len(rows) - 2, len(columns) - 2
        mid_rows, mid_columns = (
            [(a + b) / 2 for a, b in zip(ends, ends[1:], strict=False)] for ends in (rows, columns)
        )
        self.beside = {
            (row, columns.index(one.at))
            for one in lines
            if one.upright
            for row, middle in enumerate(mid_rows)
            if one.start <= middle <= one.end
        }
        self.above = {
            (rows.index(one.at), column)
            for one in lines
            if not one.upright
            for column, middle in enumerate(mid_columns)
            if one.start <= middle <= one.end
        }

    def room(self, start: Square) -> tuple[set[Square], bool]:
        """The squares that no line parts from this one, and whether they lie open to the outside."""
        found, waiting, is_open = {start}, deque([start]), False
        while waiting:
            for neighbour in self._next(waiting.popleft()):
                if neighbour is None:
                    is_open = True
                elif neighbour not in found:
                    found.add(neighbour)
                    waiting.append(neighbour)
        return found, is_open

    def _next(self, square: Square) -> Iterator[Square | None]:
        row, column = square
        sides = (
            ((row, column) in self.beside, (row, column - 1)),
            ((row, column + 1) in self.beside, (row, column + 1)),
            ((row, column) in self.above, (row - 1, column)),
            ((row + 1, column) in self.above, (row + 1, column)),
        )
        for wall, (there_row, there_column) in sides:
            inside = 0 <= there_row <= self.last_row and 0 <= there_column <= self.last_column
            if not wall:
                yield (there_row, there_column) if inside else None
