"""What a chain is read from: stored tables, their edges, and what the contracts say of each column."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.errors import AnalysisError
from analysis.files.tables import PROCESSED, read_manifest

if TYPE_CHECKING:
    from analysis.indicators.links import Links

EDGES, WORDS = "edges.npz", "chains.json"
PARTS, MASK = ("nodes", "starts", "members"), "mask"
Bits = np.ndarray[Any, Any]
# A printed column that shows a name, and the columns whose logins it may stand for.
LOGINS = {"school_name": ("school_login", "reporter"), "group_name": ("school_login",)}
Row = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """The stored tables as a chain walks over them.

    Attributes:
        words: By table what is said of it (`chain_words`); and names, files, policy.
        table: Reads a table; None where there is none.
        array: Reads a part of an edge: «table/edge/nodes»; None where there is none.
        read: Rows that were read; a chain comes back to many of them.
    """

    words: Mapping[str, Any]
    table: Callable[[str], pa.Table | None] = field(repr=False)
    array: Callable[[str], "Bits | None"] = field(repr=False)
    read: dict[tuple[str, int], Row] = field(default_factory=dict, repr=False)

    @property
    def tables(self) -> Mapping[str, Any]:
        """What is said of each table."""
        return self.words["tables"]  # type: ignore[no-any-return]

    def row(self, table: str, number: int) -> Row:
        """A row by its number, from 0."""
        if (table, number) not in self.read:
            found = self.table(table)
            self.read[table, number] = {} if found is None else found.slice(number, 1).to_pylist()[0]
        return self.read[table, number]

    def common(self, table: str, numbers: Sequence[int], names: Sequence[str]) -> Row:
        """What is the same in several rows, of the columns named."""
        found = self.table(table)
        if found is None:
            return {}
        values = {name: found[name].take(pa.array(numbers)).unique().to_pylist() for name in names}
        return {name: some[0] for name, some in values.items() if len(some) == 1}

    def rows(self, table: str, **key: Any) -> list[int]:
        """The numbers of the rows with such values."""
        found = self.table(table)
        if found is None:
            return []
        fits = np.ones(found.num_rows, dtype=bool)
        for name, value in key.items():
            column = found[name]
            text = column.cast(pa.string()) if isinstance(value, str) else column
            fits &= np.asarray(pc.fill_null(pc.equal(text, value), False))
        return np.flatnonzero(fits).tolist()

    def column(self, table: str, name: str) -> str:
        """The column of a stored table that a printed one shows; a name stands for a login."""
        columns = self.tables[table]["columns"]
        if name in columns:
            return name
        return next((one for one in LOGINS.get(name, ()) if one in columns), name)

    def is_masked(self, table: str, number: int, name: str) -> bool:
        """Whether the public may not see a cell of a public table."""
        bits, names = self.array(f"{table}/{MASK}"), list(self.tables[table]["columns"])
        return bits is not None and name in names and bool(bits[number, names.index(name)])

    def behind(self, table: str, edge: str, number: int) -> list[int]:
        """The rows of the source behind a row."""
        nodes, starts, members = (self.array(f"{table}/{edge}/{part}") for part in PARTS)
        if nodes is None or starts is None or members is None or nodes[number] < 0:
            return []
        node = int(nodes[number])
        return [node] if not len(starts) else members[starts[node] : starts[node + 1]].tolist()


def stored(root: Path) -> Store:
    """Returns what the last build has stored.

    Raises:
        AnalysisError: Nothing has been built.
    """
    folder = root / PROCESSED
    names = read_manifest(root).get("tables", {})
    if not names:
        raise AnalysisError(f"{PROCESSED}: таблиц нет. Сначала выполните: analysis build")
    try:
        arrays = np.load(folder / EDGES)
        words = json.loads((folder / WORDS).read_text(encoding="utf-8"))
    except (OSError, ValueError, EOFError, BadZipFile):
        said = "собрано прежней версией программы или повреждено. Выполните: analysis build"
        raise AnalysisError(f"{PROCESSED}: {said}") from None

    @cache
    def table(name: str) -> pa.Table | None:
        return pq.read_table(folder / f"{name}.parquet") if name in names else None

    return Store(words, table, cache(arrays.get))


def stored_files(
    words: Mapping[str, Any], edges: Mapping[str, Mapping[str, "Links"]], masks: "Mapping[str, Bits]"
) -> dict[str, bytes]:
    """Returns the files that lie beside the tables, by name.

    Args:
        words: `pipeline.chains.chain_words`.
        edges: By table and name.
        masks: Of public tables, row by row and column by column, what is hidden.
    """
    arrays = {f"{table}/{MASK}": bits for table, bits in masks.items()}
    for table, some in edges.items():
        arrays |= {f"{table}/{name}/{part}": getattr(links, part) for name, links in some.items() for part in PARTS}
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return {EDGES: buffer.getvalue(), WORDS: json.dumps(words, ensure_ascii=False, indent=1).encode()}
