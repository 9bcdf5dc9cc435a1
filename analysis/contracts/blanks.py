"""Why a number is not there, for programs: the column `…_status` of each number that an exported table may lack."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.columns import BLANK_MARK, CROSS_MARK, DASH_MARK, UNREAD_MARK, Contract, pandas_types
from analysis.contracts.execution import OWED_KINDS
from analysis.contracts.fields import STATUS_SUFFIX
from analysis.contracts.school_facts import JOURNAL_COLUMNS, POSTS, PUPIL_TOTAL, TEACHERS
from analysis.contracts.school_groups import JOURNAL_SHARES
from analysis.rules.exam_calendar import JOURNAL

HIDDEN, MISSING, NOT_APPLICABLE = WHY_EMPTY = ["hidden", "missing", "not_applicable"]
STATUS_WORDS = (
    "hidden — скрыто, чтобы нельзя было узнать человека; not_applicable — числа здесь не бывает; missing — сведений "
    "нет или неизвестно, почему числа нет; пусто — число стоит"
)
NUMBERS = {"Int64", "Float64", "int64", "float64"}
PLANNED = ("target_count", "target_low", "target_high", "cumulative_flow_count", "cumulative_annual_count")
COMPARED = ("compared_count", *JOURNAL_COLUMNS, *JOURNAL_SHARES.values())
CHANGES = ("earlier_year", "change", "change_low", "change_high")


class NoNumber(NamedTuple):
    """Where a number is empty because there is nothing to count.

    Attributes:
        columns: Of which this is true.
        beside: The column of the same row that shows it.
        shows: Told that column: in which rows it does.
        words: The reason in Russian, for the data dictionary.
    """

    columns: tuple[str, ...]
    beside: str
    shows: Callable[[Any], Any]
    words: str


# Only what the row itself shows. Where it shows nothing, the number is missing: nobody guesses.
NO_NUMBER = (
    NoNumber(PLANNED, "target_mark", lambda mark: mark.isin([DASH_MARK, CROSS_MARK]), "в документе «–» или «х»"),
    NoNumber(
        ("target_low", "target_high"),
        "target_mark",
        lambda mark: ~mark.isin([BLANK_MARK, UNREAD_MARK]),
        "у плана нет такой границы",
    ),
    NoNumber(
        ("cumulative_flow_count", "accepted_flow_count"),
        "reading",
        lambda reading: reading == "annual",
        "годы показателя не складываются",
    ),
    NoNumber(("reported_whole_count",), "measure_kind", lambda kind: kind != "share", "показатель — не доля"),
    NoNumber(
        ("piece_count",),
        "owed_kind",
        lambda kind: ~kind.isin(OWED_KINDS[3:5]),
        "должны не подтверждение и не решение о нём",
    ),
    NoNumber(
        ("not_attested_count", "not_attested_share"),
        "procedure",
        lambda name: name != JOURNAL,
        "н/а — только в журнале",
    ),
    NoNumber(COMPARED, "procedure", lambda name: name == JOURNAL, "журнал не сравнивают с журналом"),
    NoNumber(("group_share",), "pupil_group", lambda group: group == PUPIL_TOTAL, "строка — целое, а не часть"),
    NoNumber(
        ("staff_share",), "staff_group", lambda group: group.isin([POSTS, TEACHERS]), "строка — целое, а не часть"
    ),
    NoNumber(
        ("programme_grade", "sitting_grade"), "procedure", lambda name: name.isna(), "показатель не о результатах"
    ),
    NoNumber(
        ("numerator", "denominator"), "value", lambda value: value.notna(), "значение есть, и оно — не часть целого"
    ),
    NoNumber(
        ("interval_low", "interval_high"),
        "flags",
        lambda flags: flags.astype("str").str.contains("без интервала"),
        "пометка «без интервала»",
    ),
    NoNumber(
        CHANGES,
        "change_note",
        lambda note: note.astype("str").str.startswith("разрыв"),
        "разрыв сопоставимости: годы не сравнивают",
    ),
    NoNumber(
        ("still_low_probability",), "leaving", lambda word: word.isin(["", "остаётся"]), "школа из списка не выходит"
    ),
    NoNumber(("threshold",), "threshold", lambda value: value.isna(), "порога у показателя нет"),
)


@cache
def numbers_with_status(contract: Contract) -> frozenset[str]:
    """The columns of numbers that may be empty: those that have a column of their status beside them."""
    fields, kinds = contract.to_schema().columns, pandas_types(contract)
    return frozenset(name for name, field in fields.items() if field.nullable and kinds[name] in NUMBERS)


def statuses(
    rows: pd.DataFrame, contract: Contract, hidden: Mapping[str, NDArray[np.bool_]]
) -> dict[str, "pd.Series[str]"]:
    """Returns by name the columns that say why a number is not there; where it is, they are empty.

    Args:
        rows: What is exported.
        contract: What the rows are; a number that it never lets be empty has no status.
        hidden: By column the cells that the readers may not see.
    """
    found = {}
    for name in [one for one in rows.columns if one in numbers_with_status(contract)]:
        empty = rows[name].isna().to_numpy()
        why = np.where(empty, MISSING, "").astype(object)
        for one in NO_NUMBER:
            if name in one.columns and one.beside in rows:
                shows = one.shows(rows[one.beside]).fillna(False).to_numpy(bool)
                why[empty & shows] = NOT_APPLICABLE
        why[empty & hidden.get(name, False)] = HIDDEN
        found[f"{name}{STATUS_SUFFIX}"] = pd.Series(why, index=rows.index, dtype="str")
    return found
