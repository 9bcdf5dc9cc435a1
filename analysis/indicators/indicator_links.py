"""Which received rows each indicator rests on, from the groups in which they were summed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.contracts.facts import LINED
from analysis.indicators.keyed import Keyed
from analysis.indicators.links import NONE, Links, Numbers, Rows, grouped, joined, joined_pairs, pointing
from analysis.indicators.measurement import Measured
from analysis.rules.methods import Indicator, Passport
from analysis.rules.written import JOURNAL

TABLE = "school_indicators"


@dataclass(frozen=True)
class Part:
    """Where the rows of an indicator come from; in the table of indicators they stand below each other.

    Attributes:
        indicator: The indicator.
        keyed: The rows it was measured over.
        rows: Of each of its rows the row of `keyed`, schools first.
        groups: Of each of its rows what it is about.
        schools: How many of its rows are of schools.
        used: The school rows that a sum over schools adds; None where there are no such sums.
    """

    indicator: Indicator
    keyed: Keyed
    rows: Rows
    groups: Rows
    schools: int
    used: Rows | None


def part_of(indicator: Indicator, keyed: Keyed, found: Measured) -> Part:
    """What of a measured indicator its links need; the numbers themselves need not be kept for them."""
    used = found.used.astype(np.int32) if found.has_wholes else None
    return Part(indicator, keyed, found.rows.astype(np.int32), found.groups.astype(np.int32), found.schools, used)


def indicator_links(parts: Sequence[Part], tables: Mapping[str, pd.DataFrame], passport: Passport) -> dict[str, Links]:
    """Returns the edges of the table of indicators by name.

    Args:
        parts: The indicators, in the order of their rows.
        tables: The typed tables.
        passport: Its entries are rows of the table `passport`, in their order.
    """
    sizes = [len(part.rows) for part in parts]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    entries = {one.id: number for number, one in enumerate(passport.indicators)}
    written = np.repeat([entries[part.indicator.id] for part in parts], sizes)
    places = [_places(part, int(start)) for part, start in zip(parts, starts, strict=False)]
    city = joined([_city(part, place) for part, place in zip(parts, places, strict=True)])
    earlier = [_earlier(part, place) for part, place in zip(parts, places, strict=True)]
    return {
        **{name: _received(name, parts, tables[name]) for name in dict.fromkeys(p.indicator.table for p in parts)},
        "passport": pointing("passport", written),
        "own": pointing(TABLE, np.arange(starts[-1])),
        "earlier": pointing(TABLE, joined(earlier)),
        "city": pointing(TABLE, city),
        **_fitted_to(parts, starts, written),
    }


def _fitted_to(parts: Sequence[Part], starts: Numbers, entries: Rows) -> dict[str, Links]:
    """What a pooled number rests on: all schools in its year, and in that year and those before it."""
    nodes = {"population": _Nodes(), "history": _Nodes()}
    of_rows = np.full(len(entries), NONE, dtype=np.int32)
    for part, start in zip(parts, starts, strict=False):
        if not part.indicator.pooled:
            continue
        keys = part.keyed.keys.iloc[part.rows]
        years, journal = keys["calendar_year"].to_numpy("int64"), (keys["procedure"] == JOURNAL).to_numpy(bool)
        places = start + np.arange(part.schools)
        codes, each = np.unique(years + 10_000 * journal, return_inverse=True)
        first = nodes["population"].count
        of_rows[start : start + part.schools] = first + each[: part.schools]
        for number in range(len(codes)):
            of_year = np.flatnonzero(each[: part.schools] == number)
            alike = (codes[each] // 10_000 == codes[number] // 10_000)[: part.schools]
            before = np.flatnonzero(alike & (each[: part.schools] <= number))
            for name, members in (("population", of_year), ("history", before)):
                key = (part.indicator.id, number)
                nodes[name].first_of(key, 1, np.zeros(len(members), dtype=np.int32), places[members])
    return {name: grouped(TABLE, of_rows, joined_pairs(one.pairs)) for name, one in nodes.items()}


def _places(part: Part, start: int) -> Rows:
    """Of each keyed row its place in the table of indicators."""
    places = np.full(len(part.keyed.keys), NONE, dtype=np.int32)
    places[part.rows] = start + np.arange(len(part.rows))
    return places


def _earlier(part: Part, places: Rows) -> Rows:
    before = part.keyed.earlier[part.rows]
    return np.where(before >= 0, places[np.maximum(before, 0)], NONE).astype(np.int32)


def _city(part: Part, places: Rows) -> Rows:
    return places[part.keyed.schools + part.groups]


@dataclass
class _Nodes:
    """The nodes of a table's rows while they are collected: a set of schools that several indicators add up is one."""

    count: int = 0
    firsts: dict[tuple[object, ...], int] = field(default_factory=dict)
    pairs: list[tuple[Rows, Rows]] = field(default_factory=list)

    def first_of(self, name: tuple[object, ...], size: int, nodes: Numbers, rows: Numbers) -> int:
        """The first node of a set, which is entered the first time it is asked for."""
        if name not in self.firsts:
            self.firsts[name] = self.count
            self.pairs.append(((nodes + self.count).astype(np.int32), rows.astype(np.int32)))
            self.count += size
        return self.firsts[name]


def _received(name: str, parts: Sequence[Part], table: pd.DataFrame) -> Links:
    nodes, of_rows = _Nodes(), []
    for part in parts:
        size = len(part.rows)
        of_rows.append(
            _of_part(part, table, nodes) if part.indicator.table == name else np.full(size, NONE, dtype=np.int32)
        )
    return grouped(name, joined(of_rows), joined_pairs(nodes.pairs))


def _of_part(part: Part, table: pd.DataFrame, nodes: _Nodes) -> Rows:
    """Of each row of an indicator its node: a school's own rows, or those of the schools that its group adds up."""
    keyed = part.keyed
    lines, rows = _lines(part, table)
    school_rows = keyed.school_rows[rows]
    own = nodes.first_of(("own", lines), keyed.schools, school_rows, rows)
    firsts = [own]
    for name, members in _wholes(part):
        entered = np.zeros(keyed.schools, dtype=bool)
        entered[members] = True
        some = entered[school_rows]
        key = (name, lines, members.tobytes())
        firsts.append(nodes.first_of(key, keyed.group_count, keyed.groups[school_rows[some]], rows[some]))
    whole = np.maximum(part.rows - keyed.schools, 0) // max(keyed.group_count, 1)
    is_school = np.arange(len(part.rows)) < part.schools
    of_group = np.array([*firsts[1:], NONE])[np.minimum(whole, len(firsts) - 1)] + part.groups
    return np.where(is_school, own + part.rows, of_group).astype(np.int32)


def _wholes(part: Part) -> Iterator[tuple[str, Rows]]:
    if part.used is not None:
        yield "city", part.used
        yield "others", part.used[part.keyed.others[part.used]]


def _lines(part: Part, table: pd.DataFrame) -> tuple[tuple[str, ...], Numbers]:
    """The lines of the table that the indicator takes, and the rows of the table that enter."""
    enters = part.keyed.school_rows >= 0
    if part.indicator.table not in LINED:
        return (), np.flatnonzero(enters)
    lines = (*part.indicator.numerator, *part.indicator.denominator)
    return lines, np.flatnonzero(enters & table[LINED[part.indicator.table].line].isin(lines).to_numpy(bool))
