"""What is not there: indicators that nobody's facts feed, and how many schools said nothing."""

from collections.abc import Iterable, Sequence

import pandas as pd

from analysis.contracts.school_facts import are_asked
from analysis.indicators.keyed import CITY, OTHERS
from analysis.rules.exam_calendar import Sitting
from analysis.rules.indicator_passport import Indicator, Passport

NOT_HELD = "нет данных: таких процедур в этом году не было (календарь процедур)"
NOT_ASKED = "нет данных: процедур этого года в календаре нет, о результатах не спрашивали"
NOBODY = "нет данных: никто не вернул этих сведений"
SOME = "нет данных по части школ: они ничего не сообщили"


def indicator_gaps(
    found: pd.DataFrame, passport: Passport, logins: Iterable[str], years: Sequence[int], calendar: Sequence[Sitting]
) -> pd.DataFrame:
    """Returns for each indicator and year how many schools have it, and why the others do not.

    Args:
        found: `effectiveness.school_indicators`.
        passport: The indicators.
        logins: All schools of the registry.
        years: The years that must be accounted for.
        calendar: Which procedures were held.

    Returns:
        A table after contracts.effectiveness.IndicatorGaps; nothing of a year whose form did not ask for the lines that
        an indicator is made of.
    """
    schools = set(logins)
    known = found[found["value"].notna() & ~found["school_login"].isin([CITY, OTHERS])]
    pairs = known[["indicator_id", "calendar_year", "school_login"]].drop_duplicates().astype({"school_login": "str"})
    present = pairs.groupby(["indicator_id", "calendar_year"], observed=True)["school_login"].agg(set).to_dict()
    rows = []
    for indicator in passport.indicators:
        made_of = (*indicator.numerator, *indicator.denominator)
        for year in (one for one in years if are_asked(indicator.table, made_of, int(one))):
            having = present.get((indicator.id, year), set())
            missing = len(schools - having)
            rows.append(
                (indicator.id, int(year), len(having), missing, _reason(indicator, year, having, missing, calendar))
            )
    columns = ["indicator_id", "calendar_year", "school_count", "missing_school_count", "reason"]
    return pd.DataFrame(rows, columns=columns).astype(
        {"indicator_id": "str", "reason": "str"} | dict.fromkeys(columns[1:4], "int64")
    )


def _reason(indicator: Indicator, year: int, having: set[str], missing: int, calendar: Sequence[Sitting]) -> str:
    if having:
        return SOME if missing else ""
    of_year = [one for one in calendar if one.calendar_year == year]
    held = any(
        one.scale == indicator.scale and (not indicator.procedures or one.procedure in indicator.procedures)
        for one in of_year
    )
    if held or indicator.table != "results":
        return NOBODY
    return NOT_HELD if of_year else NOT_ASKED
