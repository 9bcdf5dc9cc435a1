"""All indicator tables of a project, from its typed tables."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.config import Collection, Report
from analysis.indicators.duties import duties
from analysis.indicators.execution import facts_by_reporter, plan_against_fact, reporter_results, with_status
from analysis.indicators.plan import plan_by_year


def indicator_tables(
    tables: Mapping[str, pd.DataFrame], collection: Collection | None, reporting: Sequence[Report]
) -> dict[str, pd.DataFrame]:
    """Returns `plan`, and where facts were collected `plan_fact` and `reporter_results` (see contracts.indicators)."""
    plan = plan_by_year(tables["activities"], tables["measures"], tables["targets"])
    if collection is None or "reports" not in tables:
        return {"plan": plan}
    owed = duties(plan, tables["executors"], tables["school_status"], collection, reporting)
    facts = facts_by_reporter(tables["reports"], tables["evidence"], tables["acceptance"])
    cutoffs = {int(year): collection.cutoff(int(year)) for year in plan["calendar_year"].unique()}
    return {
        "plan": plan,
        "plan_fact": with_status(plan_against_fact(plan, owed, facts), cutoffs),
        "reporter_results": reporter_results(owed, facts),
    }
