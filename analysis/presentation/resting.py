"""What a number of an edition rests on: an assumption about something that the report has nothing of is not printed."""

from collections.abc import Callable, Mapping

from analysis.contracts.school_groups import GROUP_TABLES
from analysis.presentation.edition import Edition
from analysis.presentation.selection_tables import selects
from analysis.rules.assumptions import Assumption
from analysis.rules.config import EXPORT_KINDS


def assumed(edition: Edition) -> list[Assumption]:
    """Returns the assumptions on which something in the edition rests."""
    return [one for one in edition.assumptions if not one.needs or HOLDS[one.needs](edition)]


def indicators_used(edition: Edition) -> set[str]:
    """Returns the indicators of which the edition has a value, of its year or of one before."""
    rows = edition.indicators
    return set(rows.loc[(rows["calendar_year"] <= edition.calendar_year) & rows["value"].notna(), "indicator_id"])


def _executed(edition: Edition) -> bool:
    return not edition.execution.empty


def _default_cutoff(edition: Edition) -> bool:
    collection = edition.project.collection
    return _executed(edition) and collection is not None and collection.cutoff_is_default(edition.calendar_year)


def _of_schools(edition: Edition) -> bool:
    return _any(edition, *GROUP_TABLES)


def _any(edition: Edition, *tables: str) -> bool:
    return any(not edition.school_facts(name).empty for name in tables)


def _stabilised(edition: Edition) -> bool:
    return edition.internal and bool(edition.shown_indicators["stabilised_value"].notna().any())


# By the words of assumptions.NEEDS.
HOLDS: Mapping[str, Callable[[Edition], bool]] = {
    "исполнение": _executed,
    "день приёма": _default_cutoff,
    "статус школ": lambda edition: _executed(edition) and not edition.tables["school_status"].empty,
    "сведения школ": _of_schools,
    "контингент и кадры": lambda edition: _any(edition, "pupil_groups", "staff_parts"),
    "скрытые числа": lambda edition: not edition.internal and _of_schools(edition),
    "результаты": lambda edition: _any(edition, "mark_results", "score_results"),
    "баллы ЕГЭ": lambda edition: _any(edition, "score_results"),
    "выгрузки": lambda edition: any(source.kind in EXPORT_KINDS for source in edition.sources),
    "СОУ": lambda edition: "learning_degree" in indicators_used(edition),
    "отбор": selects,
    "стабилизация": _stabilised,
}
