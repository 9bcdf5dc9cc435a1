"""Cells of published tables and the relations between them, as arrays that a search can work on."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

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
        from scipy.sparse.csgraph import connected_components

        ordered = sorted(cells, key=lambda cell: cell.cell_id)
        place = _places(ordered)
        value = np.array([cell.value for cell in ordered], dtype=np.int64)
        matrix = _matrix(relations, place)
        _refuse_contradictions(matrix @ value, relations)
        counts = np.array([cell.is_count for cell in ordered])
        sensitive = counts & (value < smallest_count)
        shown = np.array([cell.is_shown for cell in ordered])
        forced = np.array([cell.is_hidden for cell in ordered])
        part = connected_components(matrix.T @ matrix, directed=False)[1] if matrix.shape[0] else np.arange(len(place))
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
    from scipy.sparse import csr_array  # publishing goes without

    entries = [
        (coefficient, row, place[name])
        for row, relation in enumerate(relations)
        for coefficient, name in sorted(relation.terms, key=lambda term: term[1])
    ]
    numbers, rows, columns = zip(*entries, strict=True) if entries else ((), (), ())
    return csr_array((numbers, (rows, columns)), shape=(len(relations), len(place)), dtype=np.int64)


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
