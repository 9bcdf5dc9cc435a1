"""The edges of the stored tables: rows of the same key, as the joins, groupings and sums that made a table put them."""

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.contracts.execution import COUNTS, OFFICE
from analysis.contracts.facts import LINED, RESULT_KEY
from analysis.contracts.findings import RULE_TITLES, Severity, row_place
from analysis.indicators.execution import KEY
from analysis.indicators.links import (
    NONE,
    Edges,
    Links,
    Numbers,
    Rows,
    compact,
    grouped,
    joined,
    joined_pairs,
    matched,
    pointing,
    row_codes,
)
from analysis.indicators.measurement import Keyed, Measured
from analysis.indicators.plan import OF_ACTIVITY, in_force, planned
from analysis.indicators.quality import BY, SOURCE_TITLES, UNCLEAR, exports_given, fact_findings, files_of_kinds
from analysis.rules.config import Source
from analysis.rules.methods import Indicator, Passport
from analysis.rules.written import JOURNAL

Tables = Mapping[str, pd.DataFrame]
# The code of a piece of evidence begins with what it is about: «4.3@2021·УО·…».
LAPSED = r"^(?P<measure_label>[^@]+)@(?P<calendar_year>\d{4})·(?P<reporter>.+)·[^·]*$"
# Tables with addresses whose rows are no facts.
NOT_FACTS = ("findings", "cells", "received_cells")
ID = "measure_identity"
TASK, EXECUTOR = ["task_code", "calendar_year"], ["executor_name", "calendar_year"]


def plan_edges(tables: Tables) -> Edges:
    """Returns the edges of the tables about the plan and about what was reported of it."""
    every, executors = tables["plan"], tables["executors"]
    plan, of_version = in_force(every), ["source_file", *KEY]
    names = executors.reset_index(names="executor_row")
    names = names[["executor_row", *OF_ACTIVITY, "executor_number", "executor_name"]]
    named = planned(plan).reset_index(names="plan_row").merge(names)
    edges: Edges = {
        "plan": {
            "target": matched(every, "targets", [tables["targets"]], of_version),
            "measure": matched(every, "measures", [tables["measures"]], of_version[:3]),
            "activity": matched(every, "activities", [tables["activities"]], OF_ACTIVITY),
            "to_date": _to_date(every, "targets", tables["targets"].merge(tables["measures"][[*of_version[:3], ID]])),
        },
        "composition": {"measures": matched(tables["composition"], "plan", [plan], TASK)},
        "executor_load": {
            "measures": matched(tables["executor_load"], "plan", [named.set_index("plan_row")], EXECUTOR),
            "named": matched(tables["executor_load"], "executors", [named.set_index("executor_row")], EXECUTOR),
            **{
                edge: matched(tables["executor_load"], "plan", [named[some].set_index("plan_row")], EXECUTOR)
                for edge, some in (("first", named["executor_number"] == 1), ("other", named["executor_number"] > 1))
            },
        },
    }
    if "plan_changes" in tables:
        edges["plan_changes"] = {
            side: matched(tables["plan_changes"], "received_cells", [tables["received_cells"]],
                          {f"file_{side}": "source_file", f"place_{side}": "place"})
            for side in ("before", "after")
        }  # fmt: skip
    if "plan_fact" not in tables:
        return edges
    # Nothing is written into them.
    return edges | _fact_edges(ChainMap({"plan": plan}, tables), every)  # type: ignore[arg-type]


def _fact_edges(tables: Tables, every: pd.DataFrame) -> Edges:
    """Those of the tables about facts; what was reported of a measure that is dropped leads to the plan it stood in."""
    plan, duties, facts = (tables[name] for name in ("plan", "duties", "plan_fact"))
    keys = plan.set_index(KEY).index
    dropped = every[~every.set_index(KEY).index.isin(keys)]
    counted = duties[duties["standing"] == COUNTS]
    first = tables["executors"][tables["executors"]["executor_number"] == 1]
    asked = planned(facts)
    by_first = asked.reset_index(names="row").merge(first[[*OF_ACTIVITY, "executor_name"]]).set_index("row")
    reporter = [*KEY, "reporter"]
    return {
        "duties": {
            "report": matched(duties, "reports", [tables["reports"]], reporter),
            "evidence": matched(duties, "evidence", [tables["evidence"]], reporter),
            "forms": matched(duties, "received_forms", [tables["received_forms"]], reporter[2:]),
            "plan": matched(duties, "plan", [plan, dropped], KEY),
            "told": _told(tables),
        },
        "plan_fact": {
            "plan": matched(facts, "plan", [plan], KEY),
            "duty": matched(facts, "duties", [counted], KEY),
            "confirming": matched(facts, "duties", [duties.drop(counted.index)], KEY),
            "to_date": _to_date(facts, "plan_fact", facts),
        },
        "statuses": {"measures": matched(tables["statuses"], "plan_fact", [facts], ["status", "calendar_year"])},
        "task_results": {"measures": matched(tables["task_results"], "plan_fact", [asked], TASK)},
        "executor_results": {
            "measures": matched(tables["executor_results"], "plan_fact", [by_first], EXECUTOR),
            "named": matched(tables["executor_results"], "executors", [first], EXECUTOR[:1]),
        },
        **_reporter_edges(tables, counted),
    }


def _reporter_edges(tables: Tables, counted: pd.DataFrame) -> Edges:
    """The edges of what each reporter and each school has done, and owes."""
    return {
        "reporter_results": {
            "duty": matched(tables["reporter_results"], "duties", [counted], ["calendar_year", "reporter"])
        },
        "school_results": {
            "plan": matched(tables["school_results"], "plan", [tables["plan"]], KEY),
            "duty": matched(tables["school_results"], "duties", [counted], {**_same(KEY), "school_login": "reporter"}),
            "school": matched(tables["school_results"], "schools", [tables["schools"]], ["school_login"]),
        },
        "owed": {
            "duty": matched(tables["owed"], "duties", [counted], {**_same(KEY), "debtor": "reporter"}),
            "plan": matched(tables["owed"], "plan", [tables["plan"]], KEY),
            "evidence": matched(
                tables["owed"], "evidence", _owed_evidence(tables, counted), {**_same(KEY), "debtor": "debtor"}
            ),
        },
    }


def _owed_evidence(tables: Tables, counted: pd.DataFrame) -> list[pd.DataFrame]:
    """Evidence under who owes something about it: its reporter, and the office while it waits for a verdict."""
    evidence, by = tables["evidence"], [*KEY, "reporter"]
    waiting = evidence[~evidence["evidence_id"].isin(tables["acceptance"]["evidence_id"])]
    waiting = waiting.reset_index(names="row").merge(counted[by], on=by).set_index("row")
    return [evidence.assign(debtor=evidence["reporter"]), waiting.assign(debtor=OFFICE)]


def _told(tables: Tables) -> Links:
    """Findings about rows of a reporter's forms that name a measure, and about its verdicts that have lapsed."""
    duties, forms, found = tables["duties"], tables["received_forms"], tables["findings"]
    labels = tables["plan"][[*KEY, "measure_label"]]
    asked = duties.merge(labels, on=KEY, how="left")
    cells = tables["received_cells"]
    named = cells.loc[cells["column_name"] == "measure_label", ["source_file", "row_place", "text"]]
    places = found.assign(row_place=found["place"].str.split("; ")).explode("row_place")
    places = places.assign(row_place=places["row_place"].map(row_place)).reset_index(names="row")
    of_rows = places.merge(named, on=["source_file", "row_place"]).merge(forms, on="source_file")
    of_rows = of_rows.rename(columns={"text": "measure_label"}).set_index("row")
    lapsed = found[found["rule"] == "acceptance"]
    lapsed = lapsed.join(lapsed["value"].str.extract(LAPSED))
    return matched(asked, "findings", [of_rows, lapsed], ["measure_label", "calendar_year", "reporter"])


def received_edges(tables: Tables) -> Edges:
    """Returns the edges of the typed tables: verdicts, forms, what was displaced, and the findings about each row."""
    edges = _addressed(
        tables,
        [
            name
            for name, table in tables.items()
            if {"source_file", "place"} <= set(table.columns) and name not in NOT_FACTS
        ],
    )
    if "reports" in tables:
        edges["evidence"]["verdict"] = matched(
            tables["evidence"], "acceptance", [tables["acceptance"]], ["evidence_id"]
        )
    if "displaced_results" in tables:
        edges["results"]["displaced"] = matched(
            tables["results"], "displaced_results", [tables["displaced_results"]], RESULT_KEY
        )
    return edges


def quality_edges(tables: Tables, sources: Sequence[Source]) -> Edges:
    """Returns the edges of the tables about completeness and quality."""
    years = sorted({int(year) for year in tables["plan"]["calendar_year"]})
    edges: Edges = {"data_log": _log_edges(tables, sources, years)}
    if "reporter_completeness" not in tables:
        return edges
    given, aside, asked = (tables[name] for name in ("given_lines", "aside_lines", "asked_lines"))
    by_reporter, whole = tables["reporter_completeness"], tables["completeness"]
    kind, forms = ["calendar_year", "fact_kind"], tables["received_forms"]
    found = fact_findings(tables, sources, years)
    found = found.assign(rule_title=found["rule"].map(RULE_TITLES))
    known = whole.assign(fact_kind=whole["fact_kind"].str.removesuffix(UNCLEAR))
    return edges | {
        "reporter_completeness": {
            "given": matched(by_reporter, "given_lines", [given], BY),
            "aside": matched(by_reporter, "aside_lines", [aside], BY),
            "asked": matched(by_reporter, "asked_lines", [asked], BY),
            "forms": matched(by_reporter, "received_forms", [forms], BY[:2]),
        },
        "asked_lines": {"filled": matched(asked, "given_lines", [given], [*BY, "line"])},
        "completeness": {
            "reporters": matched(whole, "reporter_completeness", [by_reporter], kind),
            "given": matched(whole, "given_lines", [given, exports_given(given, forms)], kind),
            "aside": matched(known, "aside_lines", [aside], kind),
        },
        "finding_counts": {
            "findings": matched(
                tables["finding_counts"], "findings", [found], ["calendar_year", "rule_title", "severity"]
            )
        },
        "set_aside_counts": {"aside": matched(tables["set_aside_counts"], "aside_lines", [aside], [*kind, "why"])},
    }


def _log_edges(tables: Tables, sources: Sequence[Source], years: Sequence[int]) -> dict[str, Links]:
    groups = files_of_kinds(tables, sources, years)
    files = pd.DataFrame(
        [(year, SOURCE_TITLES[kind], one.file) for (year, kind), some in groups.items() for one in some],
        columns=["calendar_year", "source_title", "file_name"],
    )
    rows, findings, log = tables["sources"], tables["findings"], tables["data_log"]
    attention = findings[findings["severity"] == str(Severity.ATTENTION)]
    kind = ["calendar_year", "source_title"]
    of_files = files.merge(rows.reset_index(names="row")[["row", "file_name"]]).set_index("row")
    of_findings = files.merge(
        attention.reset_index(names="row")[["row", "source_file"]], left_on="file_name", right_on="source_file"
    ).set_index("row")
    return {
        "files": matched(log, "sources", [of_files], kind),
        "remarks": matched(log, "findings", [of_findings], kind),
    }


def _to_date(rows: pd.DataFrame, source: str, years: pd.DataFrame) -> Links:
    """The years of the same measure up to that of each row: as they were in force, of another version as it says."""
    then = years.reset_index(names="of")[["of", ID, "source_file", "in_force", KEY[2]]]
    then = then.rename(columns={KEY[2]: "then"})
    mine = rows[[ID, "source_file", "in_force", KEY[2]]].reset_index(names="row")
    pairs = pd.concat([
        mine[mine["in_force"]].merge(then[then["in_force"]], on=ID),
        mine[~mine["in_force"]].merge(then, on=[ID, "source_file"]),
    ])  # fmt: skip
    pairs = pairs[pairs["then"] <= pairs[KEY[2]]]
    return grouped(source, np.arange(len(rows)), (pairs["row"].to_numpy(), pairs["of"].to_numpy()))


def _addressed(tables: Tables, names: Sequence[str]) -> Edges:
    """The cells of each row, and the findings about its place, a cell in it, or the whole row that its cell is in.

    All addresses are numbered at once: there are tens of thousands of cells, and they are asked for by every table.
    """
    found = tables["findings"].assign(place=tables["findings"]["place"].str.split("; ")).explode("place")
    places = {"cells": tables["received_cells"], "findings": found, **{name: tables[name] for name in names}}
    numbers, rows = _numbered(places), {name: frame.index.to_numpy() for name, frame in places.items()}
    cells, findings = _both(numbers["cells"], rows["cells"]), _both(numbers["findings"], rows["findings"])
    exact = (numbers["findings"][0], rows["findings"])
    return {
        name: {
            "cell": compact("received_cells", place, cells),
            "remark": compact("findings", place, findings),
            "row_remark": compact("findings", np.where(row == place, NONE, row), exact),
        }
        for name, (place, row) in ((name, numbers[name]) for name in names)
    }


def _numbered(places: Mapping[str, pd.DataFrame]) -> dict[str, Sequence[Numbers]]:
    """Of each row with an address the numbers of its place and of the row that it stands in."""
    files, cells = (pd.concat([frame[name].astype("str") for frame in places.values()], ignore_index=True)
                    for name in ("source_file", "place"))  # fmt: skip
    rows = cells.map({cell: row_place(cell) for cell in cells.unique()})
    place, row = np.split(row_codes([[files, files], [cells, rows]]), 2)
    ends = np.cumsum([len(frame) for frame in places.values()])[:-1]
    return {name: one for name, *one in zip(places, np.split(place, ends), np.split(row, ends), strict=True)}


def _both(numbers: Sequence[Numbers], rows: Numbers) -> tuple[Numbers, Numbers]:
    """Rows under the number of their place, and under that of the row they stand in where it is another."""
    place, row = numbers
    other = place != row
    return np.concatenate([place, row[other]]), np.concatenate([rows, rows[other]])


def _same(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in names}


# Which received rows each indicator rests on, from the groups in which they were summed.

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
