"""What a reader can prove of hidden counts from what is printed, by integer programming, cell by cell.

The reader knows every relation of the sheet, that people are whole and no number is below none; not which hidden
numbers are small. Nothing here is shared with the search for a mask.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis.indicators.cell_relations import LinkedCells
from analysis.indicators.masking import Sheet

NO_END = 10**6  # a count that may be as large as this has no upper end


@dataclass(frozen=True)
class Proven:
    """A hidden count, and between which numbers it can be proven to lie; no `most` where there is no upper end."""

    name: str
    value: int
    least: int
    most: int | None

    def is_narrow(self, smallest_count: int) -> bool:
        """Whether it is a small count that cannot be anything that a small count can be."""
        return self.value < smallest_count and (
            self.least > 0 or self.most is not None and self.most < smallest_count - 1
        )


def proven(sheet: Sheet, printed: Collection[str]) -> Iterator[Proven]:
    """Returns every hidden count of a table with its ends.

    Args:
        sheet: The cells and relations.
        printed: The names of the cells that some edition prints.
    """
    linked = LinkedCells.of(list(sheet.cells.values()), list(sheet.relations), 1, {})
    known = np.isin(linked.ids, list(printed))
    wanted = linked.whole & ~known & np.array([sheet.cells[name].is_shown for name in linked.ids])
    for part in np.unique(linked.part[wanted]):
        inside, rows = np.flatnonzero(linked.part == part), np.flatnonzero(linked.relation_part == part)
        reader = _Reader(linked.matrix[rows][:, inside], linked.value[inside], known[inside], linked.whole[inside])
        for place in np.flatnonzero(wanted[inside]).tolist():
            most = reader.end(place, -1)
            name, value = linked.ids[inside[place]], int(linked.value[inside[place]])
            yield Proven(name, value, reader.end(place, 1), None if 2 * most >= NO_END else most)


@dataclass(frozen=True)
class _Reader:
    """Cells that hang together, as a reader sees them: the values of what is printed, and all relations."""

    matrix: csr_array
    value: NDArray[np.int64]
    known: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def end(self, place: int, sign: int) -> int:
        """The least (1) or the most (-1) that a cell can be."""
        goal = np.zeros(len(self.value))
        goal[place] = sign
        sums = self.matrix @ self.value
        found = milp(
            goal,
            integrality=self.whole,
            bounds=Bounds(np.where(self.known, self.value, 0), np.where(self.known, self.value, NO_END)),
            constraints=[LinearConstraint(self.matrix, sums, sums)] if len(sums) else [],
        )
        if found.x is None:
            raise ValueError(f"no table agrees with what is printed: {found.message}")
        return int(round(sign * found.fun))
