"""Which cells of published tables must be hidden so that no small count can be worked out from the rest.

An attacker is assumed who knows every published cell, every relation between cells, that no count is negative, and
which hidden cells were hidden for their own smallness (the others in print then are no smaller than the policy's
bound).
A pattern is safe when for each small count and for each end of its range there is a whole table, with whole numbers,
that agrees with all of that. Such a table is looked for as a flow of units round the relations; where none exists
among the hidden cells, the cheapest further cells are hidden that let one exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
# A hidden cell may move freely, a published one at its cost; going below the bound that an attacker may know of a
# hidden cell costs more than hiding anything else would.
BELOW_BOUND_COST = 1e4
REWARD = 1e-3
TIE_BREAK = 1e-3


@dataclass(frozen=True)
class Cell:
    """A number of the tables.

    Attributes:
        cell_id: Its name; ties are settled by it.
        value: What stands there.
        cost: What the reader loses when it is hidden, above 0; details are cheap, totals dear.
        is_count: A count of people: hidden when small. Other cells are hidden only when asked for or needed.
        is_shown: False for a number that is printed nowhere but follows from others.
        is_hidden: True where the policy hides it whatever its value, such as a sum over too small a base.
        possible: Values that must stay possible while it is hidden, for cells that are no counts.
    """

    cell_id: str
    value: int
    cost: float = 1.0
    is_count: bool = True
    is_shown: bool = True
    is_hidden: bool = False
    possible: tuple[int, ...] = ()


@dataclass(frozen=True)
class Relation:
    """Numbers that add up to nothing: `terms` are (coefficient, cell_id)."""

    terms: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Suppression:
    """What must be hidden.

    Attributes:
        hidden: Cells that are not printed.
        sensitive: The small counts among all cells, printed or not: what is protected.
        unlabelled: Hidden cells that are not small but must pass for small ones, or nothing could protect their parts;
            nothing published tells them from small ones.
    """

    hidden: frozenset[str]
    sensitive: frozenset[str]
    unlabelled: frozenset[str] = frozenset()


def total_of(total: str, parts: Sequence[str]) -> Relation:
    """The relation total = sum of parts."""
    return Relation(((1, total), *((-1, part) for part in parts)))


def suppress(
    cells: Sequence[Cell],
    relations: Sequence[Relation],
    smallest_count: int,
    needs: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Suppression:
    """Returns the cells to hide; the order of cells and relations does not matter.

    Args:
        cells: All numbers that are printed, and those that follow from printed ones.
        relations: Every relation between them that a reader may know; the values must satisfy them.
        smallest_count: Counts below this are sensitive, zero included.
        needs: Cells that are printed only while others are: a sum only beside the number it is over.

    Raises:
        ValueError: The values contradict a relation, a cell stands twice, or no pattern is safe.
    """
    if not cells:
        return Suppression(frozenset(), frozenset())
    search = _Search(_Tables.of(cells, relations, smallest_count, needs))
    search.run()
    return search.result()


@dataclass(frozen=True)
class _Tables:
    """Cells and relations as arrays, in the order of the ids."""

    ids: list[str]
    value: NDArray[np.int64]
    cost: Numbers
    sensitive: Flags
    bounded: Flags
    hidden: Flags
    matrix: csr_array
    part: NDArray[np.int64]
    relation_part: NDArray[np.int64]
    possible: Mapping[int, tuple[int, ...]]
    needed_by: Mapping[int, tuple[int, ...]]
    largest: int

    @staticmethod
    def of(
        cells: Sequence[Cell], relations: Sequence[Relation], smallest_count: int, needs: Mapping[str, Sequence[str]]
    ) -> "_Tables":
        ordered = sorted(cells, key=lambda cell: cell.cell_id)
        ids = [cell.cell_id for cell in ordered]
        if len(set(ids)) < len(ids):
            raise ValueError("a cell stands twice")
        place = {name: number for number, name in enumerate(ids)}
        value = np.array([cell.value for cell in ordered], dtype=np.int64)
        matrix = _matrix(relations, place)
        if (matrix @ value).any():
            raise ValueError(f"values contradict relation {np.flatnonzero(matrix @ value)[0]}")
        counts = np.array([cell.is_count for cell in ordered])
        sensitive = counts & (value < smallest_count)
        shown = np.array([cell.is_shown for cell in ordered])
        forced = np.array([cell.is_hidden for cell in ordered])
        part = connected_components(matrix.T @ matrix, directed=False)[1] if matrix.shape[0] else np.arange(len(ids))
        ends = (0, smallest_count - 1)
        return _Tables(
            ids=ids,
            value=value,
            cost=np.array([cell.cost for cell in ordered]) * (1 + TIE_BREAK * np.arange(len(ids)) / len(ids)),
            sensitive=sensitive,
            bounded=counts & ~sensitive & shown,
            hidden=sensitive | forced | ~shown,
            matrix=matrix,
            part=part,
            relation_part=np.array([part[row[0]] for row in np.split(matrix.indices, matrix.indptr[1:-1])], dtype=int)
            if matrix.shape[0]
            else np.array([], dtype=int),
            possible={
                number: ends if sensitive[number] else cell.possible
                for number, cell in enumerate(ordered)
                if sensitive[number] or cell.possible
            },
            needed_by=_needed_by(needs, place),
            largest=smallest_count - 1,
        )


def _matrix(relations: Sequence[Relation], place: Mapping[str, int]) -> csr_array:
    entries = [
        (coefficient, row, place[name])
        for row, relation in enumerate(relations)
        for coefficient, name in sorted(relation.terms, key=lambda term: term[1])
    ]
    numbers, rows, columns = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((numbers, (rows, columns)), shape=(len(relations), len(place)), dtype=np.int64)


def _needed_by(needs: Mapping[str, Sequence[str]], place: Mapping[str, int]) -> dict[int, tuple[int, ...]]:
    """For each cell those that are not printed without it."""
    found: dict[int, tuple[int, ...]] = {}
    for name, others in needs.items():
        for other in others:
            found[place[other]] = (*found.get(place[other], ()), place[name])
    return found


@dataclass
class _Search:
    """Grows the set of hidden cells until every end of every range has a witness: a table that agrees with all."""

    tables: _Tables
    hidden: Flags = field(init=False)
    unlabelled: Flags = field(init=False)
    wanted: set[tuple[int, int]] = field(init=False, default_factory=set)
    witnessed: set[tuple[int, int]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.hidden = np.zeros(len(self.tables.ids), dtype=bool)
        self.unlabelled = np.zeros(len(self.tables.ids), dtype=bool)
        self._hide(np.flatnonzero(self.tables.hidden))

    def run(self) -> None:
        """Finds witnesses, first among what is hidden, then by hiding more."""
        for upwards in (True, False):
            if self.wanted:
                self._witness({}, upwards)
        while self.wanted:
            targets: dict[int, tuple[int, int]] = {}
            for cell, value in sorted(self.wanted):
                targets.setdefault(int(self.tables.part[cell]), (cell, value))
            self._witness(targets, upwards=None)

    def result(self) -> Suppression:
        """The names of what was found."""
        return Suppression(*(self._names(flags) for flags in (self.hidden, self.tables.sensitive, self.unlabelled)))

    def _names(self, flags: Flags) -> frozenset[str]:
        return frozenset(self.tables.ids[number] for number in np.flatnonzero(flags))

    def _hide(self, numbers: Sequence[int] | NDArray[np.int64]) -> None:
        waiting = [int(number) for number in numbers]
        while waiting:
            number = waiting.pop()
            if self.hidden[number]:
                continue
            self.hidden[number] = True
            ends = self.tables.possible.get(number, ())
            self.wanted |= {(number, value) for value in ends} - self.witnessed
            waiting += self.tables.needed_by.get(number, ())
        truth = {(cell, value) for cell, value in self.wanted if self.tables.value[cell] == value}
        self._seen(truth)

    def _seen(self, found: set[tuple[int, int]]) -> None:
        self.witnessed |= found
        self.wanted -= found

    def _witness(self, targets: Mapping[int, tuple[int, int]], upwards: bool | None) -> None:
        """Solves for one target in each part at once; without targets for as many ends as what is hidden allows."""
        tables = self.tables
        parts = sorted(targets) if targets else sorted({int(tables.part[cell]) for cell, _ in self.wanted})
        columns = np.flatnonzero(np.isin(tables.part, parts))
        rows = np.flatnonzero(np.isin(tables.relation_part, parts))
        steps = self._steps(columns, rows, targets, upwards, integral=False)
        if steps is None or not self._agrees(columns, rows, steps):
            if len(parts) > 1:
                for part in parts:
                    self._witness_part(part, targets, upwards)
                return
            steps = self._steps(columns, rows, targets, upwards, integral=True)
        if steps is None:
            raise ValueError(f"no pattern is safe for {tables.ids[next(iter(targets.values()))[0]]}")
        self._take(columns, steps)

    def _witness_part(self, part: int, targets: Mapping[int, tuple[int, int]], upwards: bool | None) -> None:
        if targets:
            self._witness({part: targets[part]}, upwards)
            return
        columns = np.flatnonzero(self.tables.part == part)
        rows = np.flatnonzero(self.tables.relation_part == part)
        steps = self._steps(columns, rows, {}, upwards, integral=True)
        if steps is not None:
            self._take(columns, steps)

    def _take(self, columns: NDArray[np.int64], steps: Numbers) -> None:
        """Notes what a witness shows, and hides what it moves."""
        up, down, below = np.rint(steps).astype(np.int64)
        move = up - down - below
        self.unlabelled[columns[below > 0]] = True
        reached = self.tables.value[columns] + move
        self._seen(self.wanted & set(zip(columns.tolist(), reached.tolist(), strict=True)))
        self._hide(columns[move != 0])
        self._seen(self.wanted & set(zip(columns.tolist(), reached.tolist(), strict=True)))

    def _agrees(self, columns: NDArray[np.int64], rows: NDArray[np.int64], steps: Numbers) -> bool:
        if np.abs(steps - np.rint(steps)).max(initial=0) > 1e-6:
            return False
        up, down, below = np.rint(steps).astype(np.int64)
        return not (self.tables.matrix[rows][:, columns] @ (up - down - below)).any()

    def _steps(
        self,
        columns: NDArray[np.int64],
        rows: NDArray[np.int64],
        targets: Mapping[int, tuple[int, int]],
        upwards: bool | None,
        *,
        integral: bool,
    ) -> Numbers | None:
        """How far each cell moves up, down, and below its bound; None where no table agrees."""
        lower, upper = self._limits(columns, targets, free=not targets)
        costs = self._costs(columns, targets, upwards)
        matrix = self.tables.matrix[rows][:, columns].astype(float)
        constraint = LinearConstraint(hstack([matrix, -matrix, -matrix]).tocsc(), 0, 0)
        found = milp(
            costs.ravel(),
            integrality=np.full(3 * len(columns), int(integral)),
            bounds=Bounds(lower.ravel(), upper.ravel()),
            constraints=[constraint] if len(rows) else [],
        )
        return None if found.x is None else found.x.reshape(3, len(columns))

    def _limits(
        self, columns: NDArray[np.int64], targets: Mapping[int, tuple[int, int]], *, free: bool
    ) -> tuple[Numbers, Numbers]:
        tables, value = self.tables, self.tables.value[columns].astype(float)
        sensitive, bounded = tables.sensitive[columns], tables.bounded[columns]
        up = np.where(sensitive, tables.largest - value, np.inf)
        down = np.where(bounded, value - tables.largest - 1, value)
        below = np.where(bounded, float(tables.largest + 1), 0.0)
        upper = np.vstack([up, down, below])
        if free:
            upper[:, ~self.hidden[columns]] = 0
            upper[2, ~self.unlabelled[columns]] = 0
        lower = np.zeros_like(upper)
        for cell, wanted in targets.values():
            number = int(np.searchsorted(columns, cell))
            move = wanted - value[number]
            fixed = np.array([max(move, 0), max(-move, 0), 0])
            lower[:, number] = upper[:, number] = fixed
        return lower, upper

    def _costs(
        self, columns: NDArray[np.int64], targets: Mapping[int, tuple[int, int]], upwards: bool | None
    ) -> Numbers:
        """Published cells cost their worth to move; ends still without a witness are rewarded."""
        cost = np.where(self.hidden[columns], REWARD * TIE_BREAK, self.tables.cost[columns])
        costs = np.vstack([cost, cost, cost + np.where(self.unlabelled[columns], 0, BELOW_BOUND_COST)])
        directions = {int(self.tables.part[cell]): value > 0 for cell, value in targets.values()}
        for cell, value in self.wanted:
            number = int(np.searchsorted(columns, cell))
            if number == len(columns) or columns[number] != cell:
                continue
            rises = value > self.tables.value[cell]
            wished = directions.get(int(self.tables.part[cell]), upwards)
            if rises == wished and self.tables.sensitive[cell]:
                costs[0 if rises else 1, number] = -REWARD
        return costs
