"""The tables of school facts by group of schools: whole, and masked for the public with the same columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from analysis.contracts.columns import columns_of, pandas_types, titles_of
from analysis.contracts.effectiveness import (
    GROUP_TABLES,
    ContestParts,
    DeficitParts,
)
from analysis.contracts.facts import (
    CITY,
    GROUP_NAMES,
    JOURNAL_COLUMNS,
    JOURNAL_SHARES,
    LINED,
    MARK_COLUMNS,
    MARK_SHARES,
    OTHERS,
    PERSON,
    SCHOOL,
    SCORE_COLUMNS,
    SCORE_SHARES,
    units,
)
from analysis.indicators import masking, school_facts
from analysis.indicators.school_facts import LISTED, SITTING, Supported, supported_by_year
from analysis.rules.office_files import OPEN_CHOICE, Choice, DisclosurePolicy, WentOut

SHARE_DIGITS = 1
MEAN_DIGITS = 1


class Parts(NamedTuple):
    """A table of parts: part, base and share as its contract calls them, and the key of a part."""

    part: str
    base: str
    share: str
    key: list[str]
    contract: type[pa.DataFrameModel]


PARTS = {
    **{
        name: Parts(one.amount, one.base, one.share, [one.line], GROUP_TABLES[one.by_group])
        for name, one in LINED.items()
    },
    "deficits": Parts(
        "deficit_teacher_count", "diagnosed_teacher_count", "deficit_share", ["competence"], DeficitParts
    ),
    "contests": Parts(
        "winner_count", "contestant_count", "winner_share", ["contestants", "contest_level"], ContestParts
    ),
}
MADE_BY: Mapping[str, Callable[[pd.DataFrame, Supported], pd.DataFrame]] = {
    **{name: partial(school_facts.line_rows, name) for name in LINED},
    "deficits": school_facts.deficit_rows,
    "contests": school_facts.contest_rows,
}
Hidden = Sequence[frozenset[str]]
KEYS = {one.by_group: [one.line] for one in LINED.values()}
UNITS = {one.unit: one.line for one in LINED.values() if one.unit}
LISTED_SOURCES = ("results", "deficits", "contests")
# The columns that say what a row is, and not how many.
KEYS_OF_ROWS = frozenset({
    "scope", "group_name", "school_count", "hidden_columns", *UNITS,
    *(column for about in (*(about for about, _ in LISTED.values()), *KEYS.values()) for column in about),
})  # fmt: skip


def row_keys(name: str, table: pd.DataFrame) -> list[str]:
    """What tells the rows of a table apart in the record of what went out, as readers see them."""
    about = LISTED[name][0] if name in LISTED else ["calendar_year", *KEYS[name]]
    columns = [table[column].astype("str") for column in [*about, "scope", "group_name"]]
    return ["|".join(values) for values in zip(*columns, strict=True)]


class Masker(NamedTuple):
    """The policy, how further cells are chosen, and the names of schools by login."""

    policy: DisclosurePolicy
    choice: Choice
    names: Mapping[str, str]

    def with_record(
        self, name: str, rows: pd.DataFrame, called: Mapping[str, str] = MappingProxyType({"mean_score": "score_sum"})
    ) -> pd.DataFrame:
        """The rows of a table with what went out of each; `called` are columns that masking calls otherwise."""
        known = self.choice.went_out.get(name, {})
        if not known:
            return rows
        keys = row_keys(name, rows.assign(group_name=_group_names(rows, self.names)))
        before = [known[key].named(called) if key in known else WentOut() for key in keys]
        return rows.assign(went_out=pd.Series(before, index=rows.index, dtype=object))


def school_tables(
    tables: Mapping[str, pd.DataFrame], policy: DisclosurePolicy, choice: Choice = OPEN_CHOICE
) -> dict[str, pd.DataFrame]:
    """Returns the tables of contracts.effectiveness, each whole and, under `public_…`, masked.

    The mask is made over all years at once, so that every edition and every form of print hides the same.

    Args:
        tables: Typed tables; those of school facts that are not there or empty give nothing.
        policy: The policy in force.
        choice: How further cells are chosen.
    """
    return {name: table for name, (table, _) in school_tables_and_keys(tables, policy, choice).items()}


def school_tables_and_keys(
    tables: Mapping[str, pd.DataFrame], policy: DisclosurePolicy, choice: Choice = OPEN_CHOICE
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Returns the same tables, each with the key that its rows were summed by.

    Returns:
        By name the table and, row by row, its key: what it is about, scope, who (a login; empty for groups) and for
        tables over a base the logins in it (members).
    """
    present = {name: tables[name] for name in (*PARTS, "results", "self_assessment") if len(tables.get(name, ()))}
    if not present:
        return {}
    supported = supported_in(tables, present)
    names = dict(zip(tables["schools"]["school_login"], tables["schools"]["school_name"], strict=True))
    made: dict[str, pd.DataFrame] = {}
    masker = Masker(policy, choice, names)
    for name in [one for one in PARTS if one in present]:
        made |= _parts(name, present[name], supported, masker)
    if "results" in present:
        made = _results(present["results"], supported, masker, _stages(made)) | made
    if "self_assessment" in present:
        rows = school_facts.self_assessment_rows(present["self_assessment"], supported)
        made |= {"self_assessment_parts": rows, "public_self_assessment_parts": rows}
    return {
        name: (_finished(name, rows, names), rows.reset_index(drop=True)) for name, rows in made.items() if len(rows)
    }


def masked(name: str, whole: pd.DataFrame, hidden: NDArray[np.bool_]) -> pd.DataFrame:
    """Returns the public table: the whole one with what is hidden blank, and the labels of that in `hidden_columns`.

    Args:
        name: Of the whole table, a key of contracts.effectiveness.GROUP_TABLES.
        whole: The table.
        hidden: Row by row and column by column what the public may not see.
    """
    shown = {
        column: whole[column].mask(bits) if bits.any() else whole[column]
        for column, bits in zip(whole.columns, hidden.T, strict=True)
    }
    if "hidden_columns" in shown:
        titles = np.array([*titles_of(GROUP_TABLES[name]).values()])
        shown["hidden_columns"] = pd.Series(["; ".join(titles[bits]) for bits in hidden], dtype="str")
    return _counted(name, pd.DataFrame(shown))


def _counted(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A masked table with how many schools stand behind each row: a listed school is one, whether anybody came or not.

    The other schools are as many as have a row; where how many came is hidden, as many as had one in the year at most.
    """
    if name not in LISTED or table.empty:
        return table
    about, base = LISTED[name]
    is_others, is_city, counts = table["scope"] == OTHERS, table["scope"] == CITY, table["school_count"]
    most = counts.where(is_others, 0).groupby(table["calendar_year"]).transform("max")
    counts = counts.mask(is_others & table[base].isna(), most).mask(table["scope"] == SCHOOL, 1)
    together = counts.mask(is_city, 0).groupby([table[column] for column in about]).transform("sum")
    return table.assign(school_count=counts.mask(is_city, together))


def with_public(
    tables: Mapping[str, pd.DataFrame], masks: Callable[[str], NDArray[np.bool_] | None]
) -> dict[str, pd.DataFrame]:
    """Returns the stored tables and, under `public_…`, the masked ones that are kept as bits.

    Args:
        tables: The stored tables.
        masks: Gives the bits of a public table by its name.
    """
    bits = {name: masks(f"public_{name}") for name in GROUP_TABLES if name in tables}
    return {
        **tables,
        **{f"public_{name}": masked(name, tables[name], some) for name, some in bits.items() if some is not None},
    }


def supported_in(tables: Mapping[str, pd.DataFrame], present: Mapping[str, pd.DataFrame]) -> Supported:
    """Returns the supported schools of every year that some table of school facts has."""
    years = sorted({int(year) for table in present.values() for year in table["calendar_year"]})
    return supported_by_year(tables["school_status"], years)


def _stages(made: Mapping[str, pd.DataFrame]) -> dict[masking.Stage, int]:
    """How many pupils are printed of each stage."""
    if "public_pupil_groups" not in made:
        return {}
    rows = made["public_pupil_groups"].dropna(subset="group_pupil_count")
    keys = zip(*(rows[name] for name in ("calendar_year", "pupil_group", "scope", "who")), strict=True)
    return dict(zip(map(masking.Stage._make, keys), map(int, rows["group_pupil_count"]), strict=True))


def _results(
    results: pd.DataFrame, supported: Supported, masker: Masker, stages: Mapping[masking.Stage, int]
) -> dict[str, pd.DataFrame]:
    marks, scores = school_facts.mark_rows(results, supported), school_facts.score_rows(results, supported)
    by_marks = {
        **{share: (count, "participant_count") for count, share in MARK_SHARES.items()},
        **{share: (count, "compared_count") for count, share in JOURNAL_SHARES.items()},
    }
    by_scores = {share: (count, "participant_count") for count, share in SCORE_SHARES.items()}
    mark_counts = ["participant_count", *MARK_COLUMNS, "not_attested_count", "compared_count", *JOURNAL_COLUMNS]
    score_counts = ["participant_count", *SCORE_COLUMNS, "score_sum"]
    policy, choice = masker.policy, masker.choice
    hidden_marks = masking.mark_sheet(masker.with_record("mark_results", marks), SITTING, stages).hidden(policy, choice)
    known = masker.with_record("score_results", scores)
    hidden_scores = masking.score_sheet(known, SITTING, policy).hidden(policy, choice)
    return {
        "mark_results": _shown(marks, mark_counts, by_marks, _nothing(marks), 1),
        "public_mark_results": _shown(marks, mark_counts, by_marks, hidden_marks, policy.smallest_base),
        "score_results": _with_mean(_shown(scores, score_counts, by_scores, _nothing(scores), 1)),
        "public_score_results": _with_mean(
            _shown(scores, score_counts, by_scores, hidden_scores, policy.smallest_base)
        ),
    }


def _parts(name: str, table: pd.DataFrame, supported: Supported, masker: Masker) -> dict[str, pd.DataFrame]:
    part, base, share, key, contract = PARTS[name]
    rows = MADE_BY[name](table, supported)
    people = _of_people(name, rows)
    hidden = pd.Series([frozenset[str]()] * len(rows), index=rows.index, dtype=object)
    table_name = next(known for known, one in GROUP_TABLES.items() if one is contract)
    known = masker.with_record(table_name, rows[people].reset_index(drop=True), {part: "part", base: "base"})
    sheet = masking.part_sheet(known, ["calendar_year", *key], masker.policy)
    hidden[people] = sheet.hidden(masker.policy, masker.choice)
    counted = [part, base, *(["contest_count"] if "contest_count" in rows else [])]
    smallest = people.map({True: masker.policy.smallest_base, False: 0})
    names = {"part": part, "base": base}
    shares = {share: (part, base)}
    renamed = rows.rename(columns=names)
    masked = [frozenset(names.get(what, what) for what in one) for one in hidden]
    return {
        table_name: _shown(renamed, counted, shares, _nothing(rows), 0),
        f"public_{table_name}": _shown(renamed, counted, shares, masked, smallest),
    }


def _of_people(name: str, rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows count people; posts are no people."""
    if name in LINED and LINED[name].unit:
        return rows[LINED[name].line].map(units(name)).eq(PERSON)
    return pd.Series(True, index=rows.index)


def sheets(
    tables: Mapping[str, pd.DataFrame], policy: DisclosurePolicy, stages: Mapping[masking.Stage, int]
) -> Iterator[tuple[str, masking.Sheet, Mapping[str, str]]]:
    """Returns by table the cells and relations that its mask rests on, and what it calls their columns.

    Args:
        tables: The typed tables.
        policy: The policy in force.
        stages: How many pupils are printed of a stage, by names of schools and groups.
    """
    present = {name: tables[name] for name in (*PARTS, "results") if len(tables.get(name, ()))}
    if not present:
        return
    supported = supported_in(tables, present)
    names = dict(zip(tables["schools"]["school_login"], tables["schools"]["school_name"], strict=True))
    for name in [one for one in PARTS if one in present]:
        part, base, _, key, contract = PARTS[name]
        rows = MADE_BY[name](present[name], supported)
        rows = _named(rows[_of_people(name, rows)].reset_index(drop=True), names)
        table = next(known for known, one in GROUP_TABLES.items() if one is contract)
        yield table, masking.part_sheet(rows, ["calendar_year", *key], policy), {"part": part, "base": base}
    if "results" in present:
        rows = _named(school_facts.mark_rows(present["results"], supported), names)
        logins = {name: login for login, name in names.items()} | dict.fromkeys(GROUP_NAMES.values(), "")
        by_login = {one._replace(who=logins[one.who]): size for one, size in stages.items()}
        yield "mark_results", masking.mark_sheet(rows, SITTING, by_login), {}
        rows = _named(school_facts.score_rows(present["results"], supported), names)
        yield "score_results", masking.score_sheet(rows, SITTING, policy), {"score_sum": "mean_score"}


def _named(rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    return rows.assign(group_name=_group_names(rows, names))


def _nothing(rows: pd.DataFrame) -> Hidden:
    return [frozenset()] * len(rows)


def _shown(
    rows: pd.DataFrame,
    counts: Sequence[str],
    shares: Mapping[str, tuple[str, str]],
    hidden: Hidden,
    smallest_base: "int | pd.Series[int]",
) -> pd.DataFrame:
    """The rows with hidden counts blank, shares where both numbers are shown over a base large enough, and hidden."""
    shown = rows.assign(
        **{name: rows[name].mask(np.array([name in one for one in hidden], dtype=bool)) for name in counts},
        hidden=_listed([sorted({*counts} & one) for one in hidden], rows),
    )
    is_part = ~rows["is_whole"] if "is_whole" in rows else pd.Series(True, index=rows.index)
    for share, (part, base) in shares.items():
        enough = (shown[base] > 0) & (shown[base] >= smallest_base) & is_part
        value = (shown[part] / shown[base].where(enough.fillna(False)) * 100).astype("Float64").round(SHARE_DIGITS)
        # A hidden base says nothing more: that it is zero, and so has no share, may not be seen either.
        exists = rows[part].notna() & rows[base].notna() & (shown[base].isna() | (shown[base] > 0).fillna(False))
        withheld = is_part & exists & value.isna()
        shown = shown.assign(**{share: value}, hidden=_more(shown["hidden"], withheld, share))
    return shown


def _more(hidden: "pd.Series[Any]", where: "pd.Series[bool]", column: str) -> "pd.Series[Any]":
    return _listed([[*one, column] if more else one for one, more in zip(hidden, where, strict=True)], hidden)


def _listed(lists: list[list[str]], beside: "pd.DataFrame | pd.Series[Any]") -> "pd.Series[Any]":
    return pd.Series(lists, index=beside.index, dtype=object)


def _with_mean(rows: pd.DataFrame) -> pd.DataFrame:
    """The mean beside the sum that carries it."""
    mean = (rows["score_sum"] / rows["participant_count"].where(rows["participant_count"] > 0)).astype("Float64")
    hidden = [["mean_score" if name == "score_sum" else name for name in one] for one in rows["hidden"]]
    return rows.assign(mean_score=mean.round(MEAN_DIGITS), hidden=_listed(hidden, rows))


def _group_names(rows: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    pairs = zip(rows["scope"], rows["who"], strict=True)
    return [GROUP_NAMES.get(scope) or names.get(who, who) for scope, who in pairs]


def _finished(name: str, rows: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """The table as its contract wants it: names instead of logins, labels of what is hidden."""
    whole = name.removeprefix("public_")
    contract = GROUP_TABLES[whole]
    fields = columns_of(contract)
    extra: dict[str, Any] = {"group_name": _group_names(rows, names)}
    if "hidden_columns" in fields:
        order = list(fields)
        extra["hidden_columns"] = [
            "; ".join(str(fields[column].title) for column in sorted(one, key=order.index)) for one in rows["hidden"]
        ]
    extra |= {one.unit: rows[one.line].map(units(lined)) for lined, one in LINED.items() if one.unit in fields}
    made = rows.assign(**extra)[list(fields)].astype(pandas_types(contract)).reset_index(drop=True)
    return made if whole == name else _counted(whole, made)
