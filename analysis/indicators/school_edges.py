"""The edges of the tables about schools: group sums, their public twins, selection and topics of training."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.effectiveness import column_title
from analysis.contracts.facts import CITY, COUNTED_AMONG, GRADE_GROUPS, GRADES, GROUP_NAMES, LINED, OTHERS, PUPIL_TOTAL
from analysis.contracts.tables import PUBLIC
from analysis.indicators.edges import Tables
from analysis.indicators.links import Edges, Links, Rows, firsts, grouped, matched, pointing
from analysis.indicators.public_effectiveness import ABOUT
from analysis.indicators.school_facts import SITTING, WHO, Supported, in_groups
from analysis.indicators.school_tables import school_tables_and_keys, supported_in
from analysis.indicators.selection import KEPT, ruled
from analysis.rules.methods import Methods
from analysis.rules.office_files import Choice, DisclosurePolicy
from analysis.rules.written import JOURNAL, MARK_SCALE, SCORE_SCALE

# By public table, row by row and column by column, what the public may not see.
Masks = Mapping[str, NDArray[np.bool_]]
# Blank in a public row because it is said to the office alone: which years can be compared hides nothing.
NOT_MASKED = ("change_note",)
# The table that each table of groups adds up, and what its rows are about; results are told apart by their scale.
ADDED = {
    "mark_results": ("results", SITTING),
    "score_results": ("results", SITTING),
    "deficit_parts": ("deficits", ["calendar_year", "competence"]),
    "contest_parts": ("contests", ["calendar_year", "contestants", "contest_level"]),
    "self_assessment_parts": ("self_assessment", ["calendar_year", "criterion"]),
}
SCALES = {"mark_results": MARK_SCALE, "score_results": SCORE_SCALE}
# Where part and base stand in rows of their own: the source, the column that names them, the parts of a stage.
OVER_A_BASE = {one.by_group: (name, one.line) for name, one in LINED.items()}


def group_tables(tables: Tables, policy: DisclosurePolicy, choice: Choice) -> tuple[dict[str, pd.DataFrame], Edges]:
    """Returns the tables by group of schools, whole and masked, and the edges of the whole ones."""
    made = school_tables_and_keys(tables, policy, choice)
    if not made:
        return {}, {}
    keys = {name: key for name, (_, key) in made.items() if not name.startswith(PUBLIC)}
    sources = [source for source, _ in (*ADDED.values(), *OVER_A_BASE.values())]
    years = supported_in(tables, {name: tables[name] for name in sources if name in tables})
    return {name: table for name, (table, _) in made.items()}, group_edges(keys, tables, years)


def group_edges(keys: Mapping[str, pd.DataFrame], tables: Tables, supported: Supported) -> Edges:
    """Returns the edges of the tables by group of schools.

    Args:
        keys: By table the key of each row (`school_tables.school_tables_and_keys`).
        tables: The typed tables.
        supported: The supported schools of each year.
    """
    edges: Edges = {}
    for name, (source, about) in ADDED.items():
        if name in keys:
            rows = tables[source]
            rows = rows[rows["scale"] == SCALES[name]] if name in SCALES else rows
            edge = "results" if name in SCALES else "part"
            edges[name] = {edge: matched(keys[name], source, in_groups(rows, supported), [*about, *WHO])}
    for name, (source, line) in OVER_A_BASE.items():
        if name in keys:
            edges[name] = _over_a_base(keys[name], source, line, tables[source])
    return edges


def _over_a_base(keys: pd.DataFrame, source: str, line: str, rows: pd.DataFrame) -> dict[str, Links]:
    """Part and base of the schools that gave both."""
    each = keys[["calendar_year", line, "members"]].reset_index(names="row").explode("members")
    each = each.rename(columns={"members": "school_login"})
    lines = rows.reset_index(names="of")[["of", "calendar_year", "school_login", line]]
    parts = {stage: [name for name, grade in GRADES.items() if grade in grades]
             for stage, grades in GRADE_GROUPS.items()}  # fmt: skip
    # A stage is counted among all pupils, and a whole is its own base.
    bases = {**dict.fromkeys(GRADE_GROUPS, PUPIL_TOTAL), **COUNTED_AMONG[source]}
    named = {
        "part": each.assign(line=each[line].map(lambda one: parts.get(one, [one]))).explode("line"),
        "base": each.assign(line=[bases.get(one, one) for one in each[line]]),
    }
    return {edge: _pairs(len(keys), source, frame.drop(columns=line), lines, line) for edge, frame in named.items()}


def _pairs(size: int, source: str, wanted: pd.DataFrame, lines: pd.DataFrame, line: str) -> Links:
    key = {"calendar_year": "int64", "school_login": "str", "line": "str"}
    found = wanted.astype(key).merge(lines.rename(columns={line: "line"}).astype(key), on=list(key))
    return grouped(source, np.arange(size), (found["row"].to_numpy(), found["of"].to_numpy()))


def effectiveness_edges(tables: Tables, methods: Methods) -> Edges:
    """Returns the edges of the tables that rest on the indicators of schools."""
    found, entries = tables["school_indicators"], [one.id for one in methods.passport.indicators]
    known = found[found["value"].notna() & ~found["school_login"].isin([CITY, OTHERS])]
    gaps = tables["indicator_gaps"]
    edges: Edges = {
        "indicator_gaps": {
            "passport": pointing("passport", [entries.index(one) for one in gaps["indicator_id"]]),
            "known": matched(gaps, "school_indicators", [known], ["indicator_id", "calendar_year"]),
        }
    }
    effects, pooled = tables["school_effects"], known[known["pooled_value"].notna() & (known["procedure"] != JOURNAL)]
    edges["school_effects"] = {
        "results": matched(effects, "school_indicators", [pooled], ["indicator_id", "calendar_year", "school_login"]),
        "population": matched(effects, "school_indicators", [pooled], ["indicator_id", "calendar_year"]),
        "history": matched(effects, "school_indicators", _up_to_each_year(pooled), ["indicator_id", "calendar_year"]),
    }
    context = [one.id for one in methods.passport.indicators if one.table == "context"]
    of_context = known[known["indicator_id"].isin(context)]
    edges["school_effects"]["context"] = matched(effects, "school_indicators", [of_context], ["calendar_year"])
    if "training_needs" in tables:
        topics = tables["training_needs"]
        by = ["calendar_year", "competence"]
        edges["training_needs"] = {"deficits": matched(topics, "deficits", [tables["deficits"]], by)}
    return edges | (_selection_edges(tables, methods) if "selection_hits" in tables else {})


def _up_to_each_year(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of each year and of those before it, as if all were of that year."""
    years = sorted(rows["calendar_year"].unique())
    return [rows[rows["calendar_year"] <= year].assign(calendar_year=year) for year in years]


def _selection_edges(tables: Tables, methods: Methods) -> Edges:
    found, hits = tables["school_indicators"], tables["selection_hits"]
    listed, moved = tables["selection"], tables["selection_thresholds"]
    rules = [one.id for one in methods.rules]
    ruled_rows = [found[ruled(found, one)].assign(rule_id=one.id) for one in methods.rules]
    about = ["rule_id", "school_login", "calendar_year"]
    return {
        "selection_hits": {
            "rule": _of_rule(hits, rules),
            "share": matched(hits, "school_indicators", ruled_rows, ["rule_id", "school_login", *KEPT]),
            "population": matched(hits, "school_indicators", ruled_rows, ["rule_id", "calendar_year"]),
        },
        "selection": {
            "rule": _of_rule(listed, rules),
            "hits": matched(listed, "selection_hits", [hits], about),
            "population": matched(listed, "school_indicators", ruled_rows, ["rule_id", "calendar_year"]),
            "before": matched(
                listed.assign(calendar_year=listed["calendar_year"] - 1), "selection_hits", [hits], about
            ),
        },
        "selection_thresholds": {
            "rule": _of_rule(moved, rules),
            "hits": matched(moved, "selection_hits", [hits], ["rule_id", "calendar_year"]),
        },
    }


def _of_rule(rows: pd.DataFrame, rules: list[str]) -> Links:
    return pointing("selection_rules", [rules.index(one) for one in rows["rule_id"]])


def masks(tables: Tables, edges: Edges) -> Masks:
    """Returns for each public table, row by row and column by column, what the public may not see.

    Args:
        tables: All tables.
        edges: The edges of the public tables: each row's whole one.
    """
    return {
        name: np.column_stack([_hidden(tables, name, str(column), firsts(some["whole"])) for column in tables[name]])
        for name, some in edges.items()
        if name.startswith(PUBLIC)
    }


def _hidden(tables: Tables, name: str, column: str, rows: Rows) -> NDArray[np.bool_]:
    """Where a column of a public table is hidden: named so, or blank though the whole table has a number."""
    public, whole = tables[name], tables[name.removeprefix(PUBLIC)]
    if column not in whole or column in NOT_MASKED or not len(public):
        return np.zeros(len(public), dtype=bool)
    blank = (public[column].isna() & whole[column].iloc[rows].notna().to_numpy()).to_numpy(bool)
    if "hidden_columns" not in public:
        return blank
    named = public["hidden_columns"].str.split("; ").map(lambda labels: column_title(column) in labels)
    return np.asarray(blank | named.to_numpy(bool), dtype=bool)


def public_edges(tables: Tables) -> Edges:
    """Returns the one edge of each public table: to the same row of the whole one."""
    edges: Edges = {
        name: {"whole": pointing(name.removeprefix(PUBLIC), np.arange(len(tables[name])))}
        for name in tables
        if name.startswith(PUBLIC) and "scope" in tables[name]
    }
    names = dict(zip(tables["schools"]["school_login"], tables["schools"]["school_name"], strict=True))
    for name, key in (("school_indicators", ABOUT), ("selection_hits", ["rule_id", *KEPT])):
        if PUBLIC + name in tables:
            logins = tables[name]["school_login"].astype("str")
            rows = tables[name].assign(group_name=logins.map({**names, **GROUP_NAMES}))
            rows = rows[rows["group_name"].notna()]
            edges[PUBLIC + name] = {"whole": matched(tables[PUBLIC + name], name, [rows], [*key, "group_name"])}
    return edges
