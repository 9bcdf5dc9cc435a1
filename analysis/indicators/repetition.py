"""Which repetitions of a rule of selection lie over a break: the calendar says that the two years do not compare."""

from collections.abc import Sequence

import pandas as pd

from analysis.contracts.effectiveness import LOW_WORDS
from analysis.rules.exam_calendar import Sitting

PROCEDURE = ["school_login", "procedure", "subject", "programme_grade"]
LOW = LOW_WORDS[0]


def repeated_over_breaks(hits: pd.DataFrame, calendar: Sequence[Sitting], rule_id: str, year: int) -> pd.DataFrame:
    """Returns the procedures that were low in a year and the year before though the calendar forbids to compare them.

    Args:
        hits: After contracts.effectiveness.SelectionHits.
        calendar: Its word of comparability decides; of several waves it is enough that two low ones compare.
        rule_id: The rule.
        year: The later year.

    Returns:
        A row a school and procedure: `PROCEDURE` and the two words, comparability_before and comparability.
    """
    words = {(one.procedure, one.calendar_year, one.wave): one.comparability for one in calendar}
    low = hits[(hits["rule_id"] == rule_id) & (hits["is_low"] == LOW) & hits["calendar_year"].isin([year - 1, year])]
    sittings = zip(low["procedure"], low["calendar_year"], low["wave"], strict=True)
    found = low[PROCEDURE].assign(comparability=[words.get(one, "") for one in sittings])
    is_now = low["calendar_year"] == year
    pairs = found[is_now].merge(found[~is_now], on=PROCEDURE, suffixes=("", "_before"))
    pairs = pairs.assign(compares=pairs["comparability"] == pairs["comparability_before"])
    compares = pairs.groupby(PROCEDURE, sort=False)["compares"].transform("any").astype(bool)
    columns = [*PROCEDURE, "comparability_before", "comparability"]
    return pairs.loc[~compares, columns].drop_duplicates(PROCEDURE, ignore_index=True)
