"""All indicator tables of a project, from its typed tables."""

from collections.abc import Mapping, Sequence
from datetime import date

import pandas as pd

from analysis.config import Collection, Report
from analysis.indicators.duties import duties
from analysis.indicators.execution import facts_by_reporter, plan_against_fact, reporter_results, with_status
from analysis.indicators.owed import owed
from analysis.indicators.plan import plan_by_year
from analysis.indicators.totals import executor_results, school_results, task_results


def indicator_tables(
    tables: Mapping[str, pd.DataFrame], collection: Collection | None, reporting: Sequence[Report], looked_at: date
) -> dict[str, pd.DataFrame]:
    """Returns `plan`, and where facts were collected all tables about them (see contracts.indicators).

    Args:
        tables: The typed tables.
        collection: Who reports.
        reporting: Recorded shares.
        looked_at: The day at which the project looks: the latest day on which something was received.
    """
    plan = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    if collection is None or "reports" not in tables:
        return {"plan": plan}
    answering = duties(plan, tables["executors"], tables["school_status"], collection, reporting)
    facts = facts_by_reporter(tables["reports"], tables["evidence"], tables["acceptance"])
    cutoffs = {int(year): collection.cutoff(int(year)) for year in plan["calendar_year"].unique()}
    plan_fact = with_status(plan_against_fact(plan, answering, facts), cutoffs)
    return {
        "plan": plan,
        "plan_fact": plan_fact,
        "reporter_results": reporter_results(answering, facts),
        "task_results": task_results(plan_fact),
        "executor_results": executor_results(plan_fact, tables["executors"]),
        "school_results": school_results(answering, tables["schools"], plan, facts, cutoffs),
        "owed": owed(tables, plan, answering, facts, cutoffs, looked_at),
    }
