"""What must be said of «два года подряд» where the calendar forbids to compare the two years."""

import pandas as pd

from analysis.indicators.repetition import PROCEDURE, repeated_over_breaks
from analysis.presentation.edition import Edition

NOTHING = pd.DataFrame(columns=[*PROCEDURE, "comparability_before", "comparability"])


def over_breaks(edition: Edition, rule_id: str) -> pd.DataFrame:
    """The repetitions of a rule over a break in the year of the edition (`repeated_over_breaks`)."""
    hits = edition.tables.get("selection_hits")
    if hits is None or edition.methods is None:
        return NOTHING
    return repeated_over_breaks(hits, edition.methods.calendar, rule_id, edition.calendar_year)


def breaks_words(edition: Edition, broken: pd.DataFrame) -> str:
    """«ВПР: 2020 год — осень; 2021 год — весна»; each break once."""
    year = edition.calendar_year
    each = broken[["procedure", "comparability_before", "comparability"]].drop_duplicates()
    said = [
        f"{procedure}: {year - 1} год — {before or 'без календаря'}; {year} год — {now or 'без календаря'}"
        for procedure, before, now in each.itertuples(index=False)
    ]
    return "; ".join(said)


def repetition_note(edition: Edition, *rule_ids: str) -> str:
    """The remark under a table of schools by these rules; empty where no repetition lies over a break."""
    broken = pd.concat([over_breaks(edition, one) for one in rule_ids]) if rule_ids else NOTHING
    if broken.empty:
        return ""
    return (
        "Два года подряд посчитаны, как велит правило, и там, где эти годы нельзя сравнивать (разрыв сопоставимости): "
        f"{breaks_words(edition, broken)}."
    )
