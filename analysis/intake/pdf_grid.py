"""Cells of ruled tables: which rows and columns each box covers."""

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

from analysis.intake.pdf_page import Ruling

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
