"""The tables of school facts for the public: what is hidden, what is then printed, what can be proven of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import permutations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from analysis.contracts.facts import (
    CATEGORIES,
    CITY,
    GRADE_GROUPS,
    JOURNAL_COLUMNS,
    MARK_COLUMNS,
    SCHOOL,
    SCORE_COLUMNS,
)
from analysis.indicators.disclosure import Cell, LinkedCells, Relation, suppress, total_of
from analysis.rules.office_files import OPEN_CHOICE, Choice, DisclosurePolicy, WentOut
from analysis.rules.written import JOURNAL

if TYPE_CHECKING:
    from scipy.sparse import csr_array

# The tables of school facts for the public: cells and relations of each, what is hidden, and what is then printed.

COSTS = {SCHOOL: 1.0, CITY: 20.0}
OTHERS_COST = 3.0
TOTAL_COST = 10.0
SUM_COST = 0.05
PRINTED_COST = 2000.0  # of what has been printed already: dearer than any total, cheaper than to pass for small
HIGH_SCORE, FULL_SCORE = 80, 100
Row = Mapping[str, Any]


class Stage(NamedTuple):
    """Pupils of an autumn: whose number is printed beside the journals of their grades."""

    year: int
    name: str
    scope: str
    who: str


class Block(NamedTuple):
    """Cells that hang together, with all that is known of them, as `disclosure.suppress` takes it."""

    cells: list[Cell]
    relations: list[Relation]
    needs: dict[str, tuple[str, ...]]
    groups: list[tuple[str, ...]]


@dataclass
class Sheet:
    """Cells and relations of one table while they are put together.

    Attributes:
        rows: The rows of the table.
        columns: By column the name of its cell in each row.
        cells: The cells by name.
        relations: What a reader knows of them; the order is that in which they were added.
        needs: Cells that are printed only while others are.
        groups: Counts that a reader may add up.
    """

    rows: pd.DataFrame
    columns: Mapping[str, Sequence[str]]
    cells: dict[str, Cell] = field(default_factory=dict)
    relations: dict[Relation, None] = field(default_factory=dict)
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[tuple[str, ...], None] = field(default_factory=dict)

    def count(self, name: str, value: float, scope: str, *, is_total: bool = False) -> None:
        """Adds a count of people that is printed."""
        cost = COSTS.get(scope, OTHERS_COST) * (TOTAL_COST if is_total else 1)
        self.cells[name] = Cell(name, int(value), cost)

    def unprinted(self, name: str, value: int, *, is_count: bool = True) -> None:
        """Adds a number that is printed nowhere but follows from others."""
        self.cells[name] = Cell(name, value, is_count=is_count, is_shown=False)

    def total(self, total: str, parts: Sequence[str]) -> None:
        """Adds total = sum of parts: the total less the parts in print is the others together."""
        self.relations[total_of(total, sorted(parts))] = None
        self.together(parts)

    def together(self, names: Iterable[str]) -> None:
        """Adds counts that a reader may add up; a rest that is not there is none."""
        present = tuple(name for name in names if name in self.cells)
        if len(present) > 1:
            self.groups[present] = None

    def hidden(self, policy: DisclosurePolicy, choice: Choice = OPEN_CHOICE) -> list[frozenset[str]]:
        """Returns for each row the columns that the public may not see.

        What would be hidden if nothing had gone out is taken where it agrees with all that has.

        Args:
            policy: The policy in force.
            choice: How further cells are chosen. Column went_out of the rows, if it is there, says what public editions
                have printed and hidden of them.
        """
        printed, hidden = self._went_out()
        found: set[str] = set()
        for block in self._blocks():
            some = _chosen(block, policy, choice)
            if printed & some or hidden & {cell.cell_id for cell in block.cells} - some:
                as_before = [_as_before(cell, printed, hidden) for cell in block.cells]
                some = _chosen(block._replace(cells=as_before), policy, choice)
            found |= some
        return [
            frozenset(column for column, name in zip(self.columns, names, strict=True) if name in found)
            for names in zip(*self.columns.values(), strict=True)
        ]

    def _went_out(self) -> tuple[set[str], set[str]]:
        """The cells that public editions have printed, and those that they have hidden."""
        rows = self.rows.get("went_out", [WentOut()] * len(self.rows))
        of_cells = [
            (column, name, before)
            for column, names in self.columns.items()
            for name, before in zip(names, rows, strict=True)
        ]
        printed = {name for column, name, before in of_cells if column in before.printed}
        return printed, {name for column, name, before in of_cells if column in before.hidden}

    def _blocks(self) -> Iterator[Block]:
        """The cells of each year with all that hangs together with them; no block knows anything of another."""
        leader: dict[str, str] = {}

        def led(name: str) -> str:
            while (above := leader.setdefault(name, name)) != name:
                leader[name] = name = leader[above]
            return name

        years = {name: f"year {name.partition('|')[0]}" for name in self.cells}
        linked = [
            *years.items(), *self.groups, *([name, *some] for name, some in self.needs.items()),
            *([name for _, name in one.terms] for one in self.relations),
        ]  # fmt: skip
        for first, *others in linked:
            for other in others:
                leader[led(other)] = led(first)
        blocks: dict[str, Block] = {}
        for name, cell in self.cells.items():
            blocks.setdefault(led(name), Block([], [], {}, [])).cells.append(cell)
        for relation in self.relations:
            blocks[led(relation.terms[0][1])].relations.append(relation)
        for name, some in self.needs.items():
            blocks[led(name)].needs[name] = some
        for group in self.groups:
            blocks[led(group[0])].groups.append(group)
        yield from blocks.values()


def _as_before(cell: Cell, printed: Collection[str], hidden: Collection[str]) -> Cell:
    cost = max(cell.cost, PRINTED_COST) if cell.cell_id in printed else cell.cost
    return replace(cell, cost=cost, is_hidden=cell.is_hidden or cell.cell_id in hidden)


def _chosen(block: Block, policy: DisclosurePolicy, choice: Choice) -> frozenset[str]:
    given = [policy.smallest_count, *block, choice.secret]
    return choice.memory.remembered("mask", given, partial(_hidden, block, policy, choice.secret))


def _hidden(block: Block, policy: DisclosurePolicy, secret: str) -> frozenset[str]:
    return suppress(block.cells, block.relations, policy.smallest_count, block.needs, block.groups, secret).hidden


def mark_sheet(rows: pd.DataFrame, key: list[str], stages: Mapping[Stage, int] = MappingProxyType({})) -> Sheet:
    """Returns the cells and relations of `school_facts.mark_rows`.

    Args:
        rows: The rows.
        key: What tells sittings apart.
        stages: How many pupils are printed of a stage: autumn, stage, scope, who.
    """
    names = row_names(rows, key)
    columns = ["participant_count", *MARK_COLUMNS, "not_attested_count", "compared_count", *JOURNAL_COLUMNS]
    sheet = Sheet(rows, _cells(names, columns))
    for name, row in zip(names, _records(rows), strict=True):
        _mark_cells(sheet, name, row)
    _upwards(sheet, rows, key, columns)
    _same_children(sheet, rows.assign(name=names), stages)
    return sheet


def score_sheet(rows: pd.DataFrame, key: list[str], policy: DisclosurePolicy) -> Sheet:
    """Returns the cells and relations of `school_facts.score_rows`, score_sum among them."""
    names, columns = row_names(rows, key), ["participant_count", *SCORE_COLUMNS, "score_sum"]
    sheet = Sheet(rows, _cells(names, columns))
    for name, row in zip(names, _records(rows), strict=True):
        _score_cells(sheet, name, row, policy)
    _upwards(sheet, rows, key, columns)
    _few_together(sheet, rows, key, policy)
    return sheet


def part_sheet(rows: pd.DataFrame, key: list[str], policy: DisclosurePolicy) -> Sheet:
    """Returns the cells and relations of rows of part and base; one base may serve several rows.

    A number of contests is hidden with that of its contestants, and may then be none.

    Args:
        rows: Of `school_facts.line_rows` and the like; without `members` every row has a base of its own.
            Column is_whole says where the part is the base itself.
        key: What tells the rows of one group of schools apart; the last names the part.
        policy: The policy in force.
    """
    names, bases = row_names(rows, key), _base_names(rows, key)
    parts = [
        base if whole else f"{name}|part" for name, base, whole in zip(names, bases, rows["is_whole"], strict=True)
    ]
    columns = {"part": parts, "base": bases} | (_cells(names, ["contest_count"]) if "contest_count" in rows else {})
    sheet = Sheet(rows, columns)
    for cell, base, row in zip(columns.get("contest_count", ()), bases, _records(rows), strict=False):
        _contest_count(sheet, cell, base, row, policy)
    for part, base, row in zip(parts, bases, _records(rows), strict=True):
        sheet.count(base, row["base"], row["scope"], is_total=True)
        if part != base:
            sheet.count(part, row["part"], row["scope"])
            sheet.unprinted(f"{part}|rest", int(row["base"]) - int(row["part"]))
            sheet.total(base, [part, f"{part}|rest"])
    _partitions(sheet, rows, key, parts, bases)
    for total, schools, others in _families(rows, key):
        for cells in columns.values():
            _family(sheet, cells[total], [cells[place] for place in schools], [cells[place] for place in others])
        _rests(sheet, parts, schools, others)
    _nested(sheet, rows, bases)
    return sheet


def _contest_count(sheet: Sheet, cell: str, base: str, row: Row, policy: DisclosurePolicy) -> None:
    """The number of contests says whether anybody took part: hidden beside a few, it may be none, or not."""
    value, few = int(row["contest_count"]), int(row["base"]) < policy.smallest_count
    cost = COSTS.get(row["scope"], OTHERS_COST)
    sheet.cells[cell] = Cell(cell, value, cost, is_count=False, is_hidden=few, possible=(0, max(1, value)))
    sheet.needs[cell] = (base,)


def _same_children(sheet: Sheet, rows: pd.DataFrame, stages: Mapping[Stage, int]) -> None:
    """The journals of all grades of a stage add up to its pupils of the autumn, where the numbers in print say so."""
    journals = rows[rows["procedure"] == JOURNAL]
    for about, same in journals.groupby(["school_year", "scope", "who", "subject", "wave"], sort=False):
        school_year, scope, who, *_ = map(str, cast(tuple[Any, ...], about))
        for stage, grades in GRADE_GROUPS.items():
            of = same[same["sitting_grade"].isin(grades)]
            pupils = stages.get(Stage(int(school_year[:4]), stage, scope, who))
            if sorted(of["sitting_grade"]) == list(grades) and of["participant_count"].sum() == pupils:
                terms = ((1, f"{name}|participant_count") for name in of["name"])
                sheet.relations[Relation(tuple(terms), pupils)] = None


def row_names(rows: pd.DataFrame, key: list[str]) -> list[str]:
    """A name for each row from its key, scope and school."""
    columns = [rows[name].astype("str") for name in [*key, "scope", "who"]]
    return ["|".join(values) for values in zip(*columns, strict=True)]


def _mark_cells(sheet: Sheet, name: str, row: Row) -> None:
    marks = [column for column in [*MARK_COLUMNS, "not_attested_count"] if pd.notna(row[column])]
    for column in marks:
        sheet.count(f"{name}|{column}", row[column], row["scope"])
    total = f"{name}|participant_count"
    sheet.count(total, row["participant_count"], row["scope"], is_total=True)
    sheet.total(total, [f"{name}|{column}" for column in marks])
    if pd.isna(row["compared_count"]):
        return
    compared = f"{name}|compared_count"
    sheet.count(compared, row["compared_count"], row["scope"], is_total=True)
    for column in JOURNAL_COLUMNS:
        sheet.count(f"{name}|{column}", row[column], row["scope"])
    sheet.total(compared, [f"{name}|{column}" for column in JOURNAL_COLUMNS])
    _with_rest(sheet, total, [compared], f"{name}|rest", int(row["participant_count"]) - int(row["compared_count"]))


def _score_cells(sheet: Sheet, name: str, row: Row, policy: DisclosurePolicy) -> None:
    total, number = f"{name}|participant_count", int(row["participant_count"])
    sheet.count(total, number, row["scope"], is_total=True)
    parts = [column for column in SCORE_COLUMNS if pd.notna(row[column])]
    for column in parts:
        sheet.count(f"{name}|{column}", row[column], row["scope"])
    rest = number - sum(int(row[column]) for column in parts)
    sheet.unprinted(f"{name}|rest", rest)
    sheet.total(total, [*(f"{name}|{column}" for column in parts), f"{name}|rest"])
    if pd.notna(row["score_sum"]):
        _score_sum(sheet, name, row, number, policy)


def _score_sum(sheet: Sheet, name: str, row: Row, number: int, policy: DisclosurePolicy) -> None:
    """The sum behind a mean: hidden over a small base, and then not to be told within ten points a participant."""
    cell, value = f"{name}|score_sum", int(row["score_sum"])
    ends = _ends(value, number, policy)
    cost = SUM_COST * COSTS.get(row["scope"], OTHERS_COST)
    too_few = number < policy.smallest_base
    sheet.cells[cell] = Cell(cell, value, cost, is_count=False, is_hidden=too_few, possible=ends)
    sheet.needs[cell] = (f"{name}|participant_count",)
    sheet.unprinted(f"{cell}|rest", FULL_SCORE * number - value, is_count=False)
    terms = ((FULL_SCORE, f"{name}|participant_count"), (-1, cell), (-1, f"{cell}|rest"))
    sheet.relations[Relation(terms)] = None
    _high_scores(sheet, name, row, value)


def _ends(value: int, number: int, policy: DisclosurePolicy) -> tuple[int, int]:
    """Ten points a participant less and more, as far as there can be such sums."""
    reach = 10 * max(number, policy.smallest_count)
    return max(0, value - reach), min(value + reach, FULL_SCORE * max(number, policy.smallest_count - 1))


def _high_scores(sheet: Sheet, name: str, row: Row, value: int) -> None:
    """The sum is no less than what the high and the full scores bring, so that it limits how many of them there are."""
    points = {"high_score_count": HIGH_SCORE, "full_score_count": FULL_SCORE}
    least = {column: point for column, point in points.items() if pd.notna(row[column])}
    other = value - sum(point * int(row[column]) for column, point in least.items())
    if not least or other < 0:
        return
    sheet.unprinted(f"{name}|score_sum|other", other, is_count=False)
    terms = ((1, f"{name}|score_sum"), (-1, f"{name}|score_sum|other"))
    scored = ((-point, f"{name}|{column}") for column, point in least.items())
    sheet.relations[Relation((*terms, *scored))] = None


def _few_together(sheet: Sheet, rows: pd.DataFrame, key: list[str], policy: DisclosurePolicy) -> None:
    """The points of groups too small for a mean that are too small together as well: as private as those of each."""
    names, numbers, sums = row_names(rows, key), rows["participant_count"].tolist(), rows["score_sum"].tolist()
    few = (rows["participant_count"] < policy.smallest_base).tolist()
    for total, schools, others in _families(rows, key):
        for places in (schools, schools + others):
            small = [place for place in places if few[place]]
            number = sum(int(numbers[place]) for place in small)
            if pd.isna(sums[total]) or len(small) < 2 or number >= policy.smallest_base:
                continue
            cells = [f"{names[place]}|score_sum" for place in small]
            together, value = "+".join(cells), sum(int(sums[place]) for place in small)
            ends = _ends(value, number, policy)
            sheet.cells[together] = Cell(together, value, is_count=False, is_shown=False, possible=ends)
            sheet.total(together, cells)


def _with_rest(sheet: Sheet, total: str, parts: Sequence[str], name: str, rest: int) -> None:
    """Adds total = parts + rest; a rest of nothing is known to be none, because the parts are all there is."""
    if rest:
        sheet.unprinted(name, rest)
    sheet.total(total, [*parts, name] if rest else parts)


def _upwards(sheet: Sheet, rows: pd.DataFrame, key: list[str], columns: Sequence[str]) -> None:
    """Adds for each column: city = supported schools + others, where all of them are known."""
    names = row_names(rows, key)
    known = {column: rows[column].notna().tolist() for column in columns}
    for total, schools, others in _families(rows, key):
        for column in [one for one in columns if known[one][total]]:
            cells = [[f"{names[place]}|{column}" for place in places] for places in (schools, others)]
            _family(sheet, f"{names[total]}|{column}", *cells)
        _rests(sheet, names, schools, others)


def _family(sheet: Sheet, city: str, schools: list[str], others: list[str]) -> None:
    """Adds city = supported schools + others: the city less the others is the supported schools together."""
    sheet.total(city, [*schools, *others])
    sheet.together(schools)


def _rests(sheet: Sheet, names: Sequence[str], schools: list[int], others: list[int]) -> None:
    """What is printed of no group follows for several as it does for one."""
    for places in (schools, schools + others):
        sheet.together(f"{names[place]}|rest" for place in places)


def _families(rows: pd.DataFrame, key: list[str]) -> Iterator[tuple[int, list[int], list[int]]]:
    """The places of each city's row, of its supported schools and of the others."""
    scopes = rows["scope"].tolist()
    for group in rows.reset_index(drop=True).groupby(key, sort=False).indices.values():
        places = [int(place) for place in group]
        (city,) = (place for place in places if scopes[place] == CITY)
        schools = [place for place in places if scopes[place] == SCHOOL]
        yield city, schools, [place for place in places if place not in (city, *schools)]


def _base_names(rows: pd.DataFrame, key: list[str]) -> list[str]:
    """A base is known by its year and schools; without members each row has its own."""
    if "members" not in rows:
        return [f"{name}|base" for name in row_names(rows, key)]
    pairs = zip(rows["calendar_year"], rows["members"], strict=True)
    return [f"{year}|base|{'+'.join(members)}" for year, members in pairs]


def _partitions(sheet: Sheet, rows: pd.DataFrame, key: list[str], parts: list[str], bases: list[str]) -> None:
    """Adds base = sum of parts for parts that make up the whole: stages, categories."""
    listed = rows.assign(part_name=parts, base_name=bases)
    for whole in (list(GRADE_GROUPS), CATEGORIES):
        # A city may be one school, or have no supported one: then two rows of one part have the same base.
        some = listed[listed[key[-1]].isin(whole)].groupby(["base_name", "scope", "who"], sort=False)
        for (base, _, _), group in some:
            if len(group) > 1:
                rest, names = int(group["base"].iloc[0]) - int(group["part"].sum()), sorted(group["part_name"])
                _with_rest(sheet, str(base), names, f"{base}|rest of {'+'.join(names)}", rest)


def _nested(sheet: Sheet, rows: pd.DataFrame, bases: list[str]) -> None:
    """Adds larger base = smaller base + the schools between, where a school gave one number and not another."""
    if "members" not in rows:
        return
    sets = {
        base: (int(year), frozenset(members), int(value))
        for base, year, members, value in zip(bases, rows["calendar_year"], rows["members"], rows["base"], strict=True)
    }
    for (one, (year, schools, value)), (other, (same, more, larger)) in permutations(sets.items(), 2):
        if year == same and schools < more:
            between = f"{year}|base|{'+'.join(sorted(more - schools))}"
            if between not in sheet.cells:
                sheet.unprinted(between, larger - value)
            sheet.total(other, [one, between])


def _cells(names: Sequence[str], columns: Sequence[str]) -> dict[str, list[str]]:
    """By column the cells of the rows, «row|column»."""
    return {column: [f"{name}|{column}" for name in names] for column in columns}


def _records(rows: pd.DataFrame) -> list[Row]:
    return cast(list[Row], rows.to_dict("records"))


# What a reader can prove of hidden counts from what is printed, by integer programming, cell by cell.
#
# The reader knows every relation of the sheet, that people are whole and no number is below none; not which hidden
# numbers are small. Nothing here is shared with the search for a mask.

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

    matrix: "csr_array"
    value: NDArray[np.int64]
    known: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def end(self, place: int, sign: int) -> int:
        """The least (1) or the most (-1) that a cell can be."""
        goal = np.zeros(len(self.value))
        goal[place] = sign
        sums = self.matrix @ self.value
        found = scipy.optimize.milp(
            goal,
            integrality=self.whole,
            bounds=scipy.optimize.Bounds(np.where(self.known, self.value, 0), np.where(self.known, self.value, NO_END)),
            constraints=[scipy.optimize.LinearConstraint(self.matrix, sums, sums)] if len(sums) else [],
        )
        if found.x is None:
            raise ValueError(f"no table agrees with what is printed: {found.message}")
        return int(round(sign * found.fun))
