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
from scipy.sparse import hstack

from analysis.indicators.linked_cells import Cell, Flags, LinkedCells, Numbers, Relation

# A hidden cell may move freely, a published one at its cost; going below the bound that an attacker may know of a
# hidden cell costs more than hiding anything else would.
BELOW_BOUND_COST = 1e4
REWARD = 1e-3
FREE = 1e-6
TOLERANCE = 1e-6


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
    search = _Search(LinkedCells.of(cells, relations, smallest_count, needs))
    search.run()
    return search.result()


@dataclass
class _Search:
    """Grows the set of hidden cells until every end of every range has a witness: a table that agrees with all."""

    tables: LinkedCells
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
        up, down, below = self._rounded(columns, steps)
        move = up - down - below
        self.unlabelled[columns[below > TOLERANCE]] = True
        reached = np.rint(self.tables.value[columns] + move).astype(np.int64)
        self._seen(self.wanted & set(zip(columns.tolist(), reached.tolist(), strict=True)))
        self._hide(columns[np.abs(move) > TOLERANCE])
        self._seen(self.wanted & set(zip(columns.tolist(), reached.tolist(), strict=True)))

    def _agrees(self, columns: NDArray[np.int64], rows: NDArray[np.int64], steps: Numbers) -> bool:
        rounded = self._rounded(columns, steps)
        if np.abs(steps - rounded).max(initial=0) > TOLERANCE:
            return False
        up, down, below = rounded
        return bool(np.abs(self.tables.matrix[rows][:, columns] @ (up - down - below)).max(initial=0) < TOLERANCE)

    def _rounded(self, columns: NDArray[np.int64], steps: Numbers) -> Numbers:
        """Whole steps for people; a sum of scores may stand between two numbers."""
        return np.where(self.tables.whole[columns], np.rint(steps), steps)

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
            integrality=np.tile(self.tables.whole[columns] & integral, 3).astype(int),
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
        cost = np.where(self.hidden[columns], FREE, self.tables.cost[columns])
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
