"""Which cells of published tables must be hidden so that no small count can be worked out from the rest.

An attacker is assumed who knows every published cell, every relation between cells, that no count is negative, and
which of the other numbers, hidden or printed nowhere, are small; hidden ones that are not are no smaller than the
policy's bound. Where all parts of a total are small, nothing could protect them from one who knew that of the total: it
passes for small. Of what several numbers are together only what they are is known.
A pattern is safe when for each small count and for each end of its range there is a whole table, with whole numbers,
that agrees with all of that. Small counts that are small together too must all be able to be 0 at once; that together
they may be as many as a small count can be follows from each of them alone. So it is with every sum of small counts
that the relations fix, found as a combination of relations: hiding goes on until no such sum is small.
Such a table is looked for as a flow of units round the relations; where none exists among the hidden cells, the
cheapest further cells are hidden that let one exist.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import scipy  # its parts are loaded where they are called: publishing goes without
from numpy.linalg import matrix_rank
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# Cells of published tables and the relations between them, as arrays that a search can work on.

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
# How much dearer the secret makes one cell than another like it, and how often it hides one that need not be hidden.
SPREAD = 1.0
NEEDLESS = 0.03


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
    """Numbers that add up to a number in print that is no cell: `terms` are (coefficient, cell_id)."""

    terms: tuple[tuple[int, str], ...]
    printed: int = 0


def total_of(total: str, parts: Sequence[str]) -> Relation:
    """The relation total = sum of parts."""
    return Relation(((1, total), *((-1, part) for part in parts)))


@dataclass(frozen=True)
class LinkedCells:
    """Cells and relations as arrays, in the order of the ids.

    Attributes:
        ids: Names of the cells, sorted.
        value: What stands in each.
        cost: What hiding it costs; like costs are told apart by the secret.
        sensitive: Small counts.
        bounded: Counts in print that are not small.
        whole: Counts; the others need not be whole numbers.
        hidden: Hidden from the start: small, asked for, printed nowhere, or chosen by the secret beside small ones.
        matrix: A row a relation, a column a cell.
        part: Which cells hang together, by number.
        relation_part: The same for relations.
        possible: Values that must stay possible while a cell is hidden.
        needed_by: For each cell those that are not printed without it.
        together: Small counts that are a small count together as well, each group of them once.
        passing: Counts in print that are not small though all their parts are.
        largest: The largest small count.
    """

    ids: list[str]
    value: NDArray[np.int64]
    cost: Numbers
    sensitive: Flags
    bounded: Flags
    whole: Flags
    hidden: Flags
    matrix: "csr_array"
    part: NDArray[np.int64]
    relation_part: NDArray[np.int64]
    possible: Mapping[int, tuple[int, ...]]
    needed_by: Mapping[int, tuple[int, ...]]
    together: tuple[tuple[int, ...], ...]
    passing: Flags
    largest: int

    @staticmethod
    def of(
        cells: Sequence[Cell],
        relations: Sequence[Relation],
        smallest_count: int,
        needs: Mapping[str, Sequence[str]],
        groups: Iterable[Sequence[str]] = (),
        secret: str = "",
    ) -> "LinkedCells":
        """Returns the arrays; raises ValueError for cells that stand twice, contradict a relation or are no group."""
        ordered = sorted(cells, key=lambda cell: cell.cell_id)
        place = _places(ordered)
        value = np.array([cell.value for cell in ordered], dtype=np.int64)
        matrix = _matrix(relations, place)
        _refuse_contradictions(matrix @ value, relations)
        counts = np.array([cell.is_count for cell in ordered])
        sensitive = counts & (value < smallest_count)
        shown = np.array([cell.is_shown for cell in ordered])
        forced = np.array([cell.is_hidden for cell in ordered])
        together = scipy.sparse.csgraph.connected_components
        part = together(matrix.T @ matrix, directed=False)[1] if matrix.shape[0] else np.arange(len(place))
        bounded = counts & ~sensitive & shown
        needless = bounded & np.isin(part, part[sensitive]) & _needless(ordered, secret)
        return LinkedCells(
            ids=list(place),
            value=value,
            cost=np.array([cell.cost * (1 + SPREAD * _drawn(secret, "cost", cell)) for cell in ordered]),
            sensitive=sensitive,
            bounded=bounded,
            whole=counts,
            hidden=sensitive | forced | ~shown | needless,
            matrix=matrix,
            part=part,
            relation_part=_relation_part(matrix, part),
            possible=_possible(ordered, sensitive, (0, smallest_count - 1)),
            needed_by=_needed_by(needs, place),
            together=_together(_grouped(groups, place, part), value, sensitive, smallest_count),
            passing=bounded & _alone_above(matrix, sensitive),
            largest=smallest_count - 1,
        )


def _refuse_contradictions(sums: NDArray[np.int64], relations: Sequence[Relation]) -> None:
    left = sums - np.array([relation.printed for relation in relations], dtype=np.int64)
    if left.any():
        raise ValueError(f"values contradict relation {np.flatnonzero(left)[0]}")


def _places(cells: Sequence[Cell]) -> dict[str, int]:
    place = {cell.cell_id: number for number, cell in enumerate(cells)}
    if len(place) < len(cells):
        raise ValueError("a cell stands twice")
    return place


def _needless(cells: Sequence[Cell], secret: str) -> Flags:
    """What the secret hides without need, rarely what readers miss most: no table that fits can be ruled out."""
    return np.array([bool(secret) and _drawn(secret, "hidden", cell) < NEEDLESS / cell.cost for cell in cells])


def _drawn(secret: str, what: str, cell: Cell) -> float:
    """A number from 0 to 1 that nobody knows without the secret."""
    said = hashlib.blake2b(f"{what}|{cell.cell_id}".encode(), key=secret.encode()[:64], digest_size=8)
    return int.from_bytes(said.digest()) / 2**64


def _matrix(relations: Sequence[Relation], place: Mapping[str, int]) -> "csr_array":
    entries = [
        (coefficient, row, place[name])
        for row, relation in enumerate(relations)
        for coefficient, name in sorted(relation.terms, key=lambda term: term[1])
    ]
    numbers, rows, columns = zip(*entries, strict=True) if entries else ((), (), ())
    return scipy.sparse.csr_array((numbers, (rows, columns)), shape=(len(relations), len(place)), dtype=np.int64)


def _relation_part(matrix: "csr_array", part: NDArray[np.int64]) -> NDArray[np.int64]:
    if not matrix.shape[0]:
        return np.array([], dtype=int)
    return np.array([part[row[0]] for row in np.split(matrix.indices, matrix.indptr[1:-1])], dtype=int)


def _possible(cells: Sequence[Cell], sensitive: Flags, ends: tuple[int, int]) -> dict[int, tuple[int, ...]]:
    return {
        number: ends if sensitive[number] else cell.possible
        for number, cell in enumerate(cells)
        if sensitive[number] or cell.possible
    }


def _grouped(groups: Iterable[Sequence[str]], place: Mapping[str, int], part: NDArray[np.int64]) -> list[list[int]]:
    grouped = [[place[name] for name in group] for group in groups]
    if any(len(set(part[group])) > 1 for group in grouped):
        raise ValueError("cells of a group are not related")
    return grouped


def _together(
    groups: Iterable[Sequence[int]], value: NDArray[np.int64], sensitive: Flags, smallest_count: int
) -> tuple[tuple[int, ...], ...]:
    """The small ones of each group, where they are small together and not known to be nobody by themselves."""
    small = {tuple(sorted(number for number in group if sensitive[number])) for group in groups}
    return tuple(sorted(group for group in small if len(group) > 1 and 0 < value[list(group)].sum() < smallest_count))


def _alone_above(matrix: "csr_array", sensitive: Flags) -> Flags:
    """The cells that are the only one not small in some relation: totals of small parts."""
    above = [[cell for cell in row if not sensitive[cell]] for row in np.split(matrix.indices, matrix.indptr[1:-1])]
    found = np.zeros(len(sensitive), dtype=bool)
    found[[cells[0] for cells in above if len(cells) == 1]] = True
    return found


def _needed_by(needs: Mapping[str, Sequence[str]], place: Mapping[str, int]) -> dict[int, tuple[int, ...]]:
    """For each cell those that are not printed without it."""
    found: dict[int, tuple[int, ...]] = {}
    for name, others in needs.items():
        for other in others:
            found[place[other]] = (*found.get(place[other], ()), place[name])
    return found


# A hidden cell may move freely, a published one at its cost; a total that passes for small costs more than hiding
# anything else would.
BELOW_BOUND_COST = 1e4
REWARD = 1e-3
FREE = 1e-6
TOLERANCE = 1e-6
# What a solver may leave over in a sum of scores; people are whole, so a relation of people that fails, fails by one.
LEFT_OVER = 0.01

# What a cell, or several at once, must be able to be: pairs of cell and value.
End = tuple[tuple[int, int], ...]


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
    groups: Iterable[Sequence[str]] = (),
    secret: str = "",
) -> Suppression:
    """Finds the cells to hide; the order of cells and relations does not matter.

    Args:
        cells: All numbers that are printed, and those that follow from printed ones.
        relations: Every relation between them that a reader may know; the values must satisfy them.
        smallest_count: Counts below this are sensitive, zero included.
        needs: Cells that are printed only while others are: a sum only beside the number it is over.
        groups: Counts that a reader may add up; where those of a group that are small are small together too, what
            they are together is sensitive like each of them.
        secret: Decides which of several further cells are hidden; without it nobody can choose again as this did.

    Returns:
        What to hide. Where no pattern is safe, all cells that hang together are hidden.

    Raises:
        ValueError: The values contradict a relation, a cell stands twice, or a group has cells of tables that are not
            related.
    """
    if not cells:
        return Suppression(frozenset(), frozenset())
    search = _Search(LinkedCells.of(cells, relations, smallest_count, needs, groups, secret))
    search.run()
    return search.result()


@dataclass
class _Search:
    """Grows the set of hidden cells until every end of every range has a witness: a table that agrees with all."""

    tables: LinkedCells
    hidden: Flags = field(init=False)
    unlabelled: Flags = field(init=False)
    wanted: set[End] = field(init=False, default_factory=set)
    witnessed: set[End] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.hidden = np.zeros(len(self.tables.ids), dtype=bool)
        self.unlabelled = np.zeros(len(self.tables.ids), dtype=bool)
        self._hide(np.flatnonzero(self.tables.hidden))
        self.wanted |= {tuple((cell, 0) for cell in group) for group in self.tables.together}

    def run(self) -> None:
        """Finds witnesses, then those for the sums that the relations still fix, until none is fixed."""
        self._settle()
        tried: set[End] = set()
        while fixed := self._fixed_sums() - tried:
            tried |= fixed
            self.wanted |= fixed
            self._settle()

    def _settle(self) -> None:
        """Finds witnesses, first among what is hidden, then by hiding more."""
        for upwards in (True, False):
            if self.wanted:
                self._witness(sorted({self._part(end) for end in self.wanted}), {}, upwards)
        while self.wanted:
            targets: dict[int, End] = {}
            for end in sorted(self.wanted):
                targets.setdefault(self._part(end), end)
            self._witness(sorted(targets), targets, upwards=None)

    def _fixed_sums(self) -> set[End]:
        """In each part the smallest sum of small counts that what is printed fixes, if that is a small count itself."""
        return {end for part in np.unique(self.tables.part) if (end := self._fixed_sum(int(part)))}

    def _fixed_sum(self, part: int) -> End:
        """A sum is fixed where its cells are a combination of relations in which no other hidden cell is left."""
        columns, rows = self._places([part])
        columns = columns[self.hidden[columns]]
        matrix = self.tables.matrix[rows][:, columns].toarray().astype(float)
        small = self.tables.sensitive[columns]
        others = matrix[:, ~small]
        if small.sum() < 2 or matrix_rank(matrix) == matrix_rank(others):
            return ()
        cells, size = columns[small], len(rows)
        chosen = np.repeat([1, 0], [len(cells), size])  # a cell of the sum or not; then how often each relation counts
        combined = np.block(
            [[np.eye(len(cells)), -matrix[:, small].T], [np.zeros((others.shape[1], len(cells))), others.T]]
        )
        found = scipy.optimize.milp(
            np.append(self.tables.value[cells], np.zeros(size)),
            integrality=chosen,
            bounds=scipy.optimize.Bounds(np.where(chosen, 0, -np.inf), np.where(chosen, 1, np.inf)),
            constraints=[scipy.optimize.LinearConstraint(combined, 0, 0), scipy.optimize.LinearConstraint(chosen, 1)],
        )
        if found.x is None or round(found.fun) > self.tables.largest:
            return ()
        return tuple((int(cell), 0) for cell in cells[found.x[: len(cells)] > 0.5])

    def result(self) -> Suppression:
        """The names of what was found."""
        return Suppression(*(self._names(flags) for flags in (self.hidden, self.tables.sensitive, self.unlabelled)))

    def _names(self, flags: Flags) -> frozenset[str]:
        return frozenset(self.tables.ids[number] for number in np.flatnonzero(flags))

    def _part(self, end: End) -> int:
        return int(self.tables.part[end[0][0]])

    def _hide(self, numbers: Sequence[int] | NDArray[np.int64]) -> None:
        waiting = [int(number) for number in numbers]
        while waiting:
            number = waiting.pop()
            if self.hidden[number]:
                continue
            self.hidden[number] = True
            ends = self.tables.possible.get(number, ())
            self.wanted |= {((number, value),) for value in ends} - self.witnessed
            waiting += self.tables.needed_by.get(number, ())
        self._seen(self.tables.value)

    def _seen(self, table: NDArray[np.int64]) -> None:
        """Notes the ends that a table shows: a value as far from the true one as was asked for, or farther."""
        true = self.tables.value
        found = {
            end
            for end in self.wanted
            if all(table[cell] >= value if value > true[cell] else table[cell] <= value for cell, value in end)
        }
        self.witnessed |= found
        self.wanted -= found

    def _witness(self, parts: Sequence[int], targets: Mapping[int, End], upwards: bool | None) -> None:
        """Solves for one target in each part at once; without targets for as many ends as what is hidden allows."""
        columns, rows = self._places(parts)
        steps = self._steps(columns, rows, targets, upwards)
        if steps is None and len(parts) > 1:
            for part in parts:
                self._witness([part], {part: targets[part]} if targets else {}, upwards)
            return
        broken = parts if steps is None else self._broken(columns, rows, steps)
        if steps is not None:
            agrees = ~np.isin(self.tables.part[columns], broken)
            self._take(columns[agrees], steps[:, agrees])
        for part in broken:
            self._witness_whole(part, targets, upwards)

    def _witness_whole(self, part: int, targets: Mapping[int, End], upwards: bool | None) -> None:
        """The same for one part in whole people; if need be more than totals of small parts pass for small."""
        columns, rows = self._places([part])
        target = {part: targets[part]} if targets else {}
        steps = self._steps(columns, rows, target, upwards, integral=True)
        if steps is None and target:
            steps = self._steps(columns, rows, target, upwards, integral=True, passing=self.tables.bounded)
        if steps is not None and self._broken(columns, rows, steps, LEFT_OVER):
            steps = None  # a table that does not agree is no witness, whatever the solver says of it
        if steps is not None:
            self._take(columns, steps)
        elif target:
            self._give_up(part)

    def _give_up(self, part: int) -> None:
        """Hides all of a part in which no pattern is safe; what it holds then says nothing of any number."""
        inside = np.flatnonzero(self.tables.part == part)
        self.unlabelled[inside[self.tables.bounded[inside]]] = True
        self._hide(inside)
        self.wanted = {end for end in self.wanted if self._part(end) != part}

    def _places(self, parts: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        tables = self.tables
        return np.flatnonzero(np.isin(tables.part, parts)), np.flatnonzero(np.isin(tables.relation_part, parts))

    def _take(self, columns: NDArray[np.int64], steps: Numbers) -> None:
        """Notes what a witness shows, and hides what it moves."""
        up, down, below = self._rounded(columns, steps)
        move = up - down - below
        self.unlabelled[columns[below > TOLERANCE]] = True
        table = self.tables.value.copy()
        table[columns] = np.rint(table[columns] + move).astype(np.int64)
        self._hide(columns[np.abs(move) > TOLERANCE])
        self._seen(table)

    def _broken(
        self, columns: NDArray[np.int64], rows: NDArray[np.int64], steps: Numbers, tolerance: float = TOLERANCE
    ) -> list[int]:
        """The parts in which some people are not whole or some relation does not hold."""
        up, down, below = rounded = self._rounded(columns, steps)
        torn = columns[np.abs(steps - rounded).max(axis=0, initial=0) > tolerance]
        left = np.abs(self.tables.matrix[rows][:, columns] @ (up - down - below))
        return sorted({*self.tables.part[torn].tolist(), *self.tables.relation_part[rows[left > tolerance]].tolist()})

    def _rounded(self, columns: NDArray[np.int64], steps: Numbers) -> Numbers:
        """Whole steps for people; a sum of scores may stand between two numbers."""
        return np.where(self.tables.whole[columns], np.rint(steps), steps)

    def _steps(
        self,
        columns: NDArray[np.int64],
        rows: NDArray[np.int64],
        targets: Mapping[int, End],
        upwards: bool | None,
        *,
        integral: bool = False,
        passing: Flags | None = None,
    ) -> Numbers | None:
        """How far each cell moves up, down, and below its bound; None where no table agrees."""
        lower, upper = self._limits(columns, targets, self.tables.passing if passing is None else passing)
        costs = self._costs(columns, targets, upwards)
        matrix = self.tables.matrix[rows][:, columns].astype(float)
        constraint = scipy.optimize.LinearConstraint(scipy.sparse.hstack([matrix, -matrix, -matrix]).tocsc(), 0, 0)
        found = scipy.optimize.milp(
            costs.ravel(),
            integrality=np.tile(self.tables.whole[columns] & integral, 3).astype(int),
            bounds=scipy.optimize.Bounds(lower.ravel(), upper.ravel()),
            constraints=[constraint] if len(rows) else [],
        )
        return None if found.x is None else found.x.reshape(3, len(columns))

    def _limits(
        self, columns: NDArray[np.int64], targets: Mapping[int, End], passing: Flags
    ) -> tuple[Numbers, Numbers]:
        tables, value = self.tables, self.tables.value[columns].astype(float)
        sensitive, bounded = tables.sensitive[columns], tables.bounded[columns]
        up = np.where(sensitive, tables.largest - value, np.inf)
        down = np.where(bounded, value - tables.largest - 1, value)
        below = np.where((passing | self.unlabelled)[columns], float(tables.largest + 1), 0.0)
        upper = np.vstack([up, down, below])
        if not targets:
            upper[:, ~self.hidden[columns]] = 0
            upper[2, ~self.unlabelled[columns]] = 0
            self._limit_sums(columns, upper)
        lower = np.zeros_like(upper)
        for cell, wanted in (pair for end in targets.values() for pair in end):
            number = int(np.searchsorted(columns, cell))
            move = wanted - value[number]
            fixed = np.array([max(move, 0), max(-move, 0), 0])
            lower[:, number] = upper[:, number] = fixed
        return lower, upper

    def _limit_sums(self, columns: NDArray[np.int64], upper: Numbers) -> None:
        """Numbers that are no counts move no farther than they must: they are rewarded for it."""
        for number, cell in enumerate(columns.tolist()):
            if not self.tables.whole[cell] and cell in self.tables.possible:
                ends, value = self.tables.possible[cell], self.tables.value[cell]
                upper[:2, number] = np.minimum(upper[:2, number], (max(ends) - value, value - min(ends)))

    def _costs(self, columns: NDArray[np.int64], targets: Mapping[int, End], upwards: bool | None) -> Numbers:
        """Published cells cost their worth to move; ends still without a witness are rewarded."""
        free = np.where(self.tables.whole[columns], FREE, 0.0)
        cost = np.where(self.hidden[columns], free, self.tables.cost[columns])
        costs = np.vstack([cost, cost, cost + np.where(self.unlabelled[columns], 0, BELOW_BOUND_COST)])
        directions = {part: any(value > 0 for _, value in end) for part, end in targets.items()}
        for cell, value in (pair for end in self.wanted for pair in end):
            number = int(np.searchsorted(columns, cell))
            if number == len(columns) or columns[number] != cell:
                continue
            rises = value > self.tables.value[cell]
            wished = directions.get(int(self.tables.part[cell]), upwards)
            if rises == wished and (self.tables.sensitive[cell] or not targets):
                costs[0 if rises else 1, number] = -REWARD if self.tables.whole[cell] else -REWARD / 10
        return costs
