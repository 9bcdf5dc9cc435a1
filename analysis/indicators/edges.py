"""The edges of the stored tables: rows of the same key, as the joins and groupings that made a table have put them."""

from collections import ChainMap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.contracts.execution import COUNTS, OFFICE
from analysis.contracts.facts import RESULT_KEY
from analysis.contracts.findings import RULE_TITLES, Severity, row_place
from analysis.indicators.execution import KEY
from analysis.indicators.links import NONE, Edges, Links, Numbers, compact, grouped, matched
from analysis.indicators.plan import OF_ACTIVITY, in_force, planned
from analysis.indicators.quality import BY, SOURCE_TITLES, UNCLEAR, exports_given, fact_findings, files_of_kinds
from analysis.rules.config import Source

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


def _numbered(places: Mapping[str, pd.DataFrame]) -> dict[str, tuple[Numbers, Numbers]]:
    """Of each row with an address the numbers of its place and of the row that it stands in."""
    every = [frame["source_file"].astype("str") + "\n" + frame["place"] for frame in places.values()]
    codes, distinct = pd.factorize(pd.concat(every, ignore_index=True))
    split = distinct.to_series().str.split("\n", n=1)
    of_rows = [f"{file}\n{row_place(place)}" for file, place in split]
    whole = pd.factorize(pd.Index([*distinct, *of_rows]))[0][len(distinct) :]
    ends = np.cumsum([len(frame) for frame in places.values()])[:-1]
    parts = zip(places, np.split(codes, ends), np.split(whole[codes], ends), strict=True)
    return {name: (place, row) for name, place, row in parts}


def _both(numbers: tuple[Numbers, Numbers], rows: Numbers) -> tuple[Numbers, Numbers]:
    """Rows under the number of their place, and under that of the row they stand in where it is another."""
    place, row = numbers
    other = place != row
    return np.concatenate([place, row[other]]), np.concatenate([rows, rows[other]])


def _same(names: Sequence[str]) -> dict[str, str]:
    return {name: name for name in names}
