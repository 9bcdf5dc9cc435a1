"""All indicator tables of a project, from its typed tables."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pandas as pd

from analysis.indicators.duties import duties, owed
from analysis.indicators.effectiveness import effectiveness, indicator_gaps
from analysis.indicators.execution import (
    duty_rows,
    facts_by_reporter,
    plan_against_fact,
    reporter_results,
    with_status,
)
from analysis.indicators.links import Edges
from analysis.indicators.plan import composition, executor_loads, in_force, plan_by_year
from analysis.indicators.plan_changes import plan_changes
from analysis.indicators.selection import RuleAtWork, selection, selection_thresholds
from analysis.indicators.selection_hits import rule_hits
from analysis.indicators.totals import executor_results, school_results, statuses, task_results
from analysis.indicators.training import training_needs
from analysis.rules.config import Collection, Report
from analysis.rules.indicator_passport import INPUTS
from analysis.rules.methods import Methods

# Tables under contracts.indicators and contracts.effectiveness, and the edges of those about schools.
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
