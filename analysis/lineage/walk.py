"""The chain of a cell: what it is read from, and one walk along the edges of the stored tables."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.contracts.findings import WHOLE_FILE
from analysis.errors import AnalysisError
from analysis.files.storage import PROCESSED, read_manifest

if TYPE_CHECKING:
    from analysis.indicators.links import Links

# What a chain is read from: stored tables, their edges, and what the contracts say of each column.

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

    def mask(self, table: str) -> "Bits | None":
        """Of a public table, row by row and column by column, what the public may not see; None where all may."""
        return self.array(f"{table}/{MASK}")

    def is_masked(self, table: str, number: int, name: str) -> bool:
        """Whether the public may not see a cell of a public table."""
        bits, names = self.mask(table), list(self.tables[table]["columns"])
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


# The chain of a cell: one walk along the edges of the stored tables, the same for every table.
#
# It ends in a cell of a received file, in an entry of a file of rules, in an absence, or in the population that a
# number was fitted to. A public walk shows addresses and rules, and no value.

POPULATION, COPY = "population", "copy"
EVERYTHING = "*"
NOT_STATED = "не указано"
SMALLEST = 0.00005  # less than this would be printed as 0
# Edges that say more of a received row than where its numbers stand.
ASIDE, CELL, FINDINGS = ("remark", "row_remark"), "cell", "findings"
INDENT = "  "
# Most numbers stand in the document; where one does not, its rule is said beside the words it follows from.
EXCEPTION = "derived_rule"


@dataclass
class Walk:
    """One walk: what it is read from, for whom it is, and what it has told already.

    Attributes:
        store: What is read.
        public: Whether no value may be shown.
        seen: Rows with columns, rules and entries that were told; a second time a row is only named.
        rules: The rules that were told.
        ends: How many ends were reached: cells, entries, absences, populations.
    """

    store: Store
    public: bool = False
    seen: set[object] = field(default_factory=set)
    rules: set[object] = field(default_factory=set)
    ends: int = 0

    def of_cell(self, table: str, row: int, columns: Sequence[str]) -> Iterator[str]:
        """What some columns of a row are made of, line by line, the row itself not told."""
        said = self.store.tables[table]
        here = self.store.row(table, row)
        if said["entry"]:
            yield from self._entry(said, here)
            return
        if said["received"]:
            yield from self._received(table, row, here)
            return
        yield from self._rules(said, columns)
        for edge, (wanted, how) in _wanted(said, columns).items():
            yield from self._edge(table, row, edge, wanted, how)

    def _edge(self, table: str, row: int, edge: str, columns: Sequence[str], how: str) -> Iterator[str]:
        said = self.store.tables[table]
        source = said["edges"][edge]
        behind = self.store.behind(table, edge, row)
        if not behind:
            absence = said["nothing"].get(edge, f"{self.store.tables[source]['title']}: строк нет")
            if absence:
                self.ends += 1
                yield absence
        elif how == POPULATION:
            yield from self._population(source, behind)
        elif how == COPY and len(behind) == 1 and not self.store.tables[source]["received"]:
            yield from self.of_cell(source, behind[0], columns)
        else:
            for one in behind:
                yield from self.of_row(source, one, columns)

    def of_row(self, table: str, row: int, columns: Sequence[str]) -> Iterator[str]:
        """A row behind a cell, told with what it holds, and below it what it is made of."""
        said, here = self.store.tables[table], self.store.row(table, row)
        columns = list(said["columns"]) if EVERYTHING in columns else columns
        order = list(said["columns"])
        columns = sorted(columns, key=lambda name: order.index(name) if name in order else -1)
        key = (table, row) if said["received"] else (table, row, tuple(columns))
        again = key in self.seen
        self.seen.add(key)
        if said["entry"] or said["received"]:
            yield from () if again else self.of_cell(table, row, columns)
            return
        if not self.public:
            yield f"{self.heading(table, here, columns)}{' (сказано выше)' if again else ''}"
        if not again:
            indent = "" if self.public else INDENT
            yield from (f"{indent}{line}" for line in self.of_cell(table, row, columns))

    def heading(self, table: str, here: Row, columns: Sequence[str]) -> str:
        """«План и факт: 4.3, 2021: Сообщено — 1, Принято — 1»."""
        said = self.store.tables[table]
        names = [name for name in columns if name in said["columns"] and name not in said["about"]]
        shown = self._values(said, here, names)
        return ": ".join(filter(None, [said["title"], self.about(said, here), shown]))

    def values(self, table: str, here: Row, columns: Sequence[str]) -> Iterator[str]:
        """«Сообщено: 1», a line a value; what is blank is left out."""
        columns = [name for name in columns if here.get(name) not in (None, "")]
        yield from (
            f"{self.store.tables[table]['columns'][name]['label']}: {self._said(name, here[name])}" for name in columns
        )

    def about(self, said: Mapping[str, Any], here: Row) -> str:
        """What a row is about, in words."""
        found = ((name, here.get(name)) for name in said["about"])
        return ", ".join(self._word(said, name, value) for name, value in found if value not in (None, ""))

    def _word(self, said: Mapping[str, Any], name: str, value: Any) -> str:
        text = str(self.store.words["names"].get(str(value), value_words(value)))
        unit = said["columns"].get(name, {}).get("unit")
        if name == "measure_number":
            return f"показатель {text}"
        return f"{text} {unit}" if unit in ("класс", "год") else text

    def _values(self, said: Mapping[str, Any], here: Row, names: Sequence[str]) -> str:
        """«Сообщено — 1, Принято — 1»; of received rows what is blank is left out."""
        names = [name for name in names if name in here and (name != EXCEPTION or here[name])]
        if len(names) == 1:
            return self._said(names[0], here[names[0]])
        filled = [name for name in names if here[name] not in (None, "")]
        return ", ".join(f"{said['columns'][name]['label']} — {self._said(name, here[name])}" for name in filled)

    def _said(self, name: str, value: Any) -> str:
        return str(self.store.words["words"].get(name, {}).get(value) or value_words(value))

    def _rules(self, said: Mapping[str, Any], columns: Sequence[str]) -> Iterator[str]:
        """The rules of the columns, each once; where several are asked for, with the columns it is the rule of."""
        rules: dict[str, list[str]] = {}
        for name in columns:
            column = said["columns"].get(name, {})
            if column.get("rule"):
                rules.setdefault(column["rule"], []).append(column["label"])
        for rule, labels in rules.items():
            if rule in self.seen:
                continue
            self.seen.add(rule)
            self.rules.add(rule)
            whose = f" ({', '.join(labels)})" if len(columns) > 1 else ""
            yield f"правило{whose}: {rule}"

    def _population(self, table: str, behind: Sequence[int]) -> Iterator[str]:
        """All rows that a number was fitted to, by key and number; none of them is told."""
        self.ends += 1
        said = self.store.tables[table]
        about = "" if self.public else f": {self.about(said, self.store.common(table, behind, said['about']))}"
        yield f"совокупность: {said['title']}{about}; строк {self._count(table, behind)}"

    def _count(self, table: str, behind: Sequence[int]) -> int:
        """How many received rows stand behind some rows of a table that rests on received ones."""
        edges = self.store.tables[table]["edges"]
        own = [name for name, source in edges.items() if self.store.tables[source]["received"]]
        return sum(len(self.store.behind(table, name, row)) for name in own for row in behind) or len(behind)

    def _entry(self, said: Mapping[str, Any], here: Row) -> Iterator[str]:
        """An entry of a file of rules; once."""
        self.ends += 1
        written = said["entry"].format(**here)
        words = "" if self.public else self._values(said, here, said["values"])
        if written not in self.seen:
            yield f"← {written}{': ' if words else ''}{words}"
        self.seen.add(written)

    def _received(self, table: str, row: int, here: Row) -> Iterator[str]:
        """A row of a received file: what it says, where it stands, and what was said of it."""
        self.ends += 1
        said = self.store.tables[table]
        where = self._address(table, row, here)
        if table == FINDINGS:
            yield f"← {where}" if self.public else f"{self._remark(here)} ← {where}"
            return
        if self.public:
            yield from () if where in self.seen else (f"← {where}",)
            self.seen.add(where)
            return
        words = ": ".join(filter(None, [self.about(said, here), self._values(said, here, said["values"])]))
        yield f"{said['title']}: {words} ← {where}"
        for edge in (name for name in said["edges"] if name != CELL):
            for one in self.store.behind(table, edge, row):
                yield from (f"{INDENT}{line}" for line in self._beside(table, edge, one))
        if table == "evidence" and not self.store.behind(table, "verdict", row):
            yield f"{INDENT}не рассмотрено: в принятое не вошло"

    def _beside(self, table: str, edge: str, row: int) -> Iterator[str]:
        source = self.store.tables[table]["edges"][edge]
        if edge in ASIDE:
            if (FINDINGS, row) not in self.seen:
                self.seen.add((FINDINGS, row))
                yield self._remark(self.store.row(source, row))
        else:
            yield from self.of_row(source, row, self.store.tables[source]["values"])

    def _remark(self, finding: Row) -> str:
        title = self.store.words["rules"][finding["rule"]]
        if finding["rule"] == "correction":
            return f"исправление: {finding['place']}: стояло «{finding['value']}». {finding['explanation']}"
        return f"замечание «{title}»: {finding['place']}: {finding['explanation']}"

    def _address(self, table: str, row: int, here: Row) -> str:
        """«file (sha256 …), sheet, cell», and what stood in the cell when it came."""
        file, place = here["source_file"], here.get("place") or WHOLE_FILE
        note = self.store.words["files"].get(file, {})  # what people write into rules is no received file
        address = f"{file} (sha256 {note['sha256'][:12]}…)" if note else file
        if note.get("derived_from") and self.public:
            # The list of rows is as long as the school has participants.
            return f"{address} ← файл с учениками (не хранится)"
        if note.get("derived_from"):
            lines = [self.store.row("received_cells", one)["line"] for one in self.store.behind(table, "cell", row)]
            line = f", строка {lines[0]}" if lines else ""
            return f"{address}{line} ← файл с учениками (sha256 {note['derived_from'][:12]}…, не хранится), {place}"
        cells = [self.store.row("received_cells", one) for one in self.store.behind(table, "cell", row)]
        texts = [one["text"] for one in cells if one["place"] == place and not self.public]
        return f"{address}, {place}{': «' + texts[0] + '»' if texts else ''}"


def _wanted(said: Mapping[str, Any], columns: Sequence[str]) -> dict[str, tuple[list[str], str]]:
    """By edge the columns of its source that are asked for, and how one column alone follows from them."""
    wanted: dict[str, tuple[list[str], str]] = {}
    for name in columns:
        column = said["columns"].get(name, {"of": [f"{edge}.{EVERYTHING}" for edge in said["edges"]], "how": ""})
        for one in column["of"]:
            edge, _, source = one.partition(".")
            names, how = wanted.get(edge, ([], column["how"]))
            wanted[edge] = ([*names, *([source] if source not in names else [])], how if names == [] else "")
    return wanted


def value_words(value: Any) -> str:
    """«12,5», «0,8781», «01.02.2021», «да», «не указано»; what is nearly nothing is not called nothing."""
    if value is None or value != value or value == "":
        return NOT_STATED
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if not isinstance(value, float):
        return str(value)
    if 0 < value < SMALLEST:
        return "меньше 0,0001"
    return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
