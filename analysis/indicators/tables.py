"""All indicator tables of a project, from its typed tables, and the topics of training."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd
import scipy

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.effectiveness import TrainingNeeds
from analysis.indicators.duties import duties, executor_results, owed, school_results, statuses, task_results
from analysis.indicators.effectiveness import effectiveness, indicator_gaps
from analysis.indicators.execution import duty_rows, facts_by_reporter, plan_against_fact, reporter_results, with_status
from analysis.indicators.links import Edges
from analysis.indicators.measurement import blank_where_unknown
from analysis.indicators.plan import composition, executor_loads, in_force, plan_by_year, plan_changes
from analysis.indicators.selection import RuleAtWork, rule_hits, selection, selection_thresholds
from analysis.rules.config import Collection, Report
from analysis.rules.methods import INPUTS, Methods
from analysis.statistics.counts import PRIOR_COUNT, Numbers, jeffreys, number_of_hits

# From deficits to topics of training: how many teachers and schools each concerns and how sure its place is.

GRID_CELLS, TOP = 800, 3
NOBODY = "недостаточно данных: диагностику никто не прошёл"


def training_needs(deficits: pd.DataFrame, small_base: int) -> pd.DataFrame:
    """Returns the topics of each year, the most needed first, after contracts.effectiveness.TrainingNeeds.

    A topic's place is by its share among the teachers diagnosed, which has a Jeffreys posterior; the places of all
    topics of a year follow from these exactly, taking the topics as independent.

    Args:
        deficits: Typed deficits.
        small_base: Fewer teachers diagnosed are flagged.
    """
    years = sorted(deficits["calendar_year"].unique().tolist())
    parts = [_year(deficits[deficits["calendar_year"] == year], year, small_base) for year in years]
    return shaped(pd.concat(parts), TrainingNeeds) if parts else typed_table(TrainingNeeds)


def _year(rows: pd.DataFrame, year: int, small_base: int) -> pd.DataFrame:
    topics = _topics(rows)
    count, base = (topics[name].to_numpy("float64") for name in ("deficit_teacher_count", "diagnosed_teacher_count"))
    low, high = jeffreys(count, base)
    known = base > 0
    share = np.divide(count, base, out=np.full(len(base), np.nan), where=known)
    ranks = np.full((len(base), int(known.sum())), np.nan)
    ranks[known] = places(count[known], base[known])
    reached = np.cumsum(ranks, axis=1)
    few = [f"мало участников: меньше {small_base}" if 0 < one < small_base else "" for one in base]
    found = topics.assign(
        calendar_year=year,
        value=blank_where_unknown(share),
        interval_low=blank_where_unknown(low),
        interval_high=blank_where_unknown(high),
        expected_rank=blank_where_unknown(np.where(known, ranks @ np.arange(1, ranks.shape[1] + 1), np.nan)),
        rank_low=_place(reached > 0.025, known),
        rank_high=_place(reached >= 0.975 - 1e-12, known),
        top_probability=blank_where_unknown(np.where(known, np.clip(ranks[:, :TOP].sum(axis=1), 0, 1), np.nan)),
        flags=[said if some else NOBODY for said, some in zip(few, known, strict=True)],
    )
    return found.sort_values(["expected_rank", "competence"], na_position="last", ignore_index=True)


def _topics(rows: pd.DataFrame) -> pd.DataFrame:
    """Teachers and schools by competence."""
    with_deficit = rows["deficit_teacher_count"] > 0
    counted = rows.assign(
        diagnosed_school_count=(rows["diagnosed_teacher_count"] > 0).astype("int64"),
        deficit_school_count=with_deficit.astype("int64"),
    )
    sums = [name for name in counted.columns if name.endswith("_count")]
    found = counted.groupby("competence")[sums].sum()
    named = rows[with_deficit].groupby("competence")["school_login"].agg(lambda one: ", ".join(sorted(one)))
    return found.assign(deficit_schools=named.reindex(found.index).fillna("")).reset_index()


def places(count: Numbers, base: Numbers) -> Numbers:
    """The probability of each place of each topic: row i, column r is that topic i has exactly r greater ones.

    At every share that topic i may have, the others exceed it independently of each other.
    """
    topics = len(base)
    edges = np.sin(np.linspace(0, np.pi / 2, GRID_CELLS + 1)) ** 2
    reached = scipy.special.betainc((count + PRIOR_COUNT)[:, None], (base - count + PRIOR_COUNT)[:, None], edges)
    above = 1 - (reached[:, 1:] + reached[:, :-1]) / 2
    masses = np.diff(reached, axis=1)
    found = np.empty((topics, topics))
    for topic in range(topics):
        others = np.delete(above, topic, axis=0).T
        found[topic] = masses[topic] @ number_of_hits(others)
    return found


def _place(reached: np.ndarray, known: np.ndarray) -> pd.arrays.IntegerArray:
    first = reached.argmax(axis=1) + 1 if reached.size else np.ones(len(known))
    return pd.arrays.IntegerArray(first.astype(np.int64), ~known)


# All indicator tables of a project, from its typed tables.

# Tables under contracts.execution and contracts.effectiveness, and the edges of those about schools.
Made = tuple[dict[str, pd.DataFrame], Edges]
OfSchools = Callable[[Mapping[str, pd.DataFrame], Methods | None, Sequence[int]], Made]


def indicator_tables(
    tables: Mapping[str, pd.DataFrame],
    collection: Collection | None,
    reporting: Sequence[Report],
    looked_at: date,
    methods: Methods | None = None,
    of_schools: OfSchools | None = None,
) -> Made:
    """Returns the tables of the plan and, where facts were collected, all tables about them; and the edges of schools.

    Args:
        tables: The typed tables.
        collection: Who reports.
        reporting: Recorded shares.
        looked_at: The day at which the project looks: the latest day on which something was received.
        methods: How facts of schools become indicators; without them there are none.
        of_schools: Makes the tables of `effectiveness_tables`; a build passes a function that remembers.
    """
    planned = _planned(tables)
    plan = in_force(planned["plan"])
    if collection is None or "reports" not in tables:
        return planned, {}
    answering = duties(plan, tables["executors"], tables["school_status"], collection, reporting)
    facts = facts_by_reporter(tables["reports"], tables["evidence"], tables["acceptance"])
    cutoffs = {int(year): collection.cutoff(int(year)) for year in plan["calendar_year"].unique()}
    plan_fact = with_status(plan_against_fact(plan, answering, facts), cutoffs)
    years = [year for year in cutoffs if year <= looked_at.year]
    effective, edges = (of_schools or effectiveness_tables)(tables, methods, years)
    made = {
        "duties": duty_rows(answering, facts, reporting),
        "plan_fact": plan_fact,
        "statuses": statuses(plan_fact),
        "reporter_results": reporter_results(answering, facts),
        "task_results": task_results(plan_fact),
        "executor_results": executor_results(plan_fact, tables["executors"]),
        "school_results": school_results(answering, tables["schools"], plan, facts, cutoffs),
        "owed": owed(tables, plan, answering, facts, cutoffs, looked_at),
    }
    return {**planned, **made, **effective}, edges


def _planned(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables of the plan alone: of all its versions, of what is in force, and of what changed."""
    every_version = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    plan = in_force(every_version)
    loads = executor_loads(plan, tables["executors"])
    made = {"plan": every_version, "composition": composition(plan), "executor_load": loads}
    changed = tables["measures"]["source_file"].nunique() > 1
    return made | ({"plan_changes": plan_changes(tables, every_version)} if changed else {})


def effectiveness_tables(tables: Mapping[str, pd.DataFrame], methods: Methods | None, years: Sequence[int]) -> Made:
    """Returns the tables of contracts.effectiveness, unmasked and internal, none where no school facts came; and the
    edges of the indicators.

    Args:
        tables: The typed tables.
        methods: How facts of schools become indicators.
        years: The years that gaps are listed for.
    """
    if methods is None or all(tables[name].empty for name in INPUTS if name in tables):
        return {}, {}
    found, links, effects = effectiveness(tables, methods.passport, methods.calendar)
    gaps = indicator_gaps(found, methods.passport, tables["schools"]["school_login"], years, methods.calendar)
    made = {"school_indicators": found, "school_effects": effects, "indicator_gaps": gaps}
    if not tables["results"].empty and methods.rules:
        made |= selection_tables(found, methods, sorted(tables["schools"]["school_login"]))
    if not tables["deficits"].empty:
        made["training_needs"] = training_needs(tables["deficits"], methods.passport.method.small_base)
    return made, {"school_indicators": links}


def selection_tables(found: pd.DataFrame, methods: Methods, logins: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Returns selection_hits, selection and selection_thresholds over all rules.

    Args:
        found: `effectiveness.school_indicators`.
        methods: The rules and what they rest on.
        logins: All schools of the registry.
    """
    grades = found.loc[found["programme_grade"].notna(), ["school_login", "programme_grade"]].drop_duplicates()
    grades = grades.astype({"school_login": "str"})
    by_rule = [(rule, rule_hits(found, rule, methods.passport.method.small_base)) for rule in methods.rules]
    known = [RuleAtWork(rule, hits, methods.calendar, grades, logins) for rule, hits in by_rule]
    return {
        "selection_hits": pd.concat([hits.table for _, hits in by_rule], ignore_index=True),
        "selection": pd.concat([selection(one) for one in known], ignore_index=True),
        "selection_thresholds": pd.concat([selection_thresholds(one) for one in known], ignore_index=True),
    }
