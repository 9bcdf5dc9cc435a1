"""Typed tables of school facts as keyed rows of numbers, the same shape for each; and one indicator over such rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.contracts.facts import CITY, LINED, OTHERS, Lined
from analysis.indicators.school_facts import supported_schools
from analysis.rules.methods import GIVEN_MEAN, INPUTS, JEFFREYS, MEAN, NUMBER, Indicator
from analysis.rules.office_files import Sitting, began
from analysis.statistics.counts import Numbers, distinct_rows, jeffreys, mean_of_marks

# Typed tables of school facts → what each row is about and the numbers it holds, the same shape for every table.


def blank_where_unknown(column: Numbers) -> pd.arrays.FloatingArray:
    """Numbers with a blank where there is NaN."""
    return pd.arrays.FloatingArray(np.nan_to_num(column), np.isnan(column))


def worded(numbers: NDArray[np.intp], texts: Sequence[str]) -> "pd.Categorical[Any]":
    """The text of each number, as a column of repeated words; each text stands once."""
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    words = pd.CategoricalDtype(pd.Index(distinct, dtype="str"))
    return pd.Categorical.from_codes(codes[numbers], dtype=words)


def joined(said: Sequence[tuple[str, NDArray[np.bool_]]]) -> "pd.Categorical[Any]":
    """What must be said of each row, «; » between; each combination is put together once.

    Args:
        said: A text, and the rows of which it is true.
    """
    masks = np.zeros(len(said[0][1]), dtype=np.int64)
    for bit, (_, where) in enumerate(said):
        masks |= where.astype(np.int64) << bit
    numbers, distinct = pd.factorize(masks)
    texts = ["; ".join(text for bit, (text, _) in enumerate(said) if mask >> bit & 1) for mask in distinct.tolist()]
    return worded(numbers, texts)


KEYS = [
    "school_login",
    "aspect",
    "procedure",
    "subject",
    "programme_grade",
    "sitting_grade",
    "wave",
    "calendar_year",
    "school_year",
    "scale",
    "comparability",
]
GRADES_AND_YEARS = ["programme_grade", "sitting_grade", "calendar_year"]
# What the rows of one year are about; within it schools are compared with each other.
ALIKE = [key for key in KEYS if key != "school_login"]
# What stays the same over the years, whether or not the years can be compared.
LINE = ["school_login", "aspect", "procedure", "subject", "programme_grade", "scale"]
# What must stay the same for two years to be compared.
COMPARABLE = [*LINE, "wave", "sitting_grade", "comparability"]
EVERY_YEAR = "каждый год одинаково"
NO_EARLIER, BROKEN, MERGED = -1, -2, -3
# What several rows of a typed table have in common that make one row here; of the other tables a row is a row.
BY = {
    **dict.fromkeys(LINED, ["school_login", "calendar_year", "school_year"]),
    "contests": ["school_login", "calendar_year", "contestants"],
    "school_measures": ["school_login", "calendar_year"],
}


@dataclass(frozen=True)
class Keyed:
    """The rows of one table: first the schools, then the city (row S + group), then the other schools (S + G + group).

    Attributes:
        keys: KEYS of every row.
        inputs: The numbers of the school rows by name, NaN where nothing was said.
        groups: Of the school rows: which of them are about the same thing.
        group_count: G.
        partial: Of the school rows: whether a part of the numerator is not known, so that it is a lower bound.
        silent: Of the school rows: whether nothing of the numerator is known and a sum over schools counts the
            denominator all the same: the sum is then a lower bound.
        others: Of the school rows: whether the school is one of those that are not supported.
        earlier: Of every row: the row of the latest comparable year; NO_EARLIER, BROKEN, or MERGED where another
            school has become part of this one since.
        broken: Of every row whose line is broken or merged: the row at which it last stood; −1 for the others.
        school_rows: Of every row of the typed table the school row that it went into; −1 for a row that does not enter.
    """

    keys: pd.DataFrame
    inputs: Mapping[str, Numbers]
    groups: NDArray[np.intp]
    group_count: int
    partial: NDArray[np.bool_]
    silent: NDArray[np.bool_]
    others: NDArray[np.bool_]
    earlier: NDArray[np.intp]
    broken: NDArray[np.intp]
    school_rows: NDArray[np.intp]

    @property
    def schools(self) -> int:
        """How many of the rows are of schools."""
        return len(self.groups)


def keyed_tables(tables: Mapping[str, pd.DataFrame], calendar: Sequence[Sitting]) -> dict[str, Keyed]:
    """Returns each table of school facts that holds rows, by its name.

    Args:
        tables: The typed tables; those that are not there or empty are left out.
        calendar: Says which sittings may be compared.
    """
    makers: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
        "results": lambda frame: _results(frame, calendar),
        **{name: partial(_lines, lined) for name, lined in LINED.items()},
        "deficits": lambda frame: frame.rename(columns={"competence": "aspect"}),
        "self_assessment": lambda frame: frame.rename(columns={"criterion": "aspect"}),
        "contests": _contests,
        "school_measures": _own_measures,
    }
    status = tables.get("school_status")
    wide = {name: make(tables[name]) for name, make in makers.items() if name in tables and not tables[name].empty}
    dtypes = _categories([_with_keys(frame) for frame in wide.values()])
    made = {
        name: replace(
            _keyed(frame, INPUTS[name], dtypes, status), school_rows=_school_rows(tables[name], frame, BY.get(name))
        )
        for name, frame in wide.items()
    }
    mergers = tables.get("school_mergers")
    return made if mergers is None else {name: _parted_by(mergers, keyed) for name, keyed in made.items()}


def _results(results: pd.DataFrame, calendar: Sequence[Sitting]) -> pd.DataFrame:
    sittings = pd.DataFrame(
        [(one.procedure, one.calendar_year, one.wave, one.scale, one.comparability) for one in calendar],
        columns=["procedure", "calendar_year", "wave", "scale", "comparability"],
    ).astype({"calendar_year": "int64"})
    return results.merge(sittings.drop_duplicates(list(sittings)[:4]), on=list(sittings)[:4], how="left")


def _lines(lined: Lined, frame: pd.DataFrame) -> pd.DataFrame:
    amounts = frame.set_index([*BY["context"], lined.line])[lined.amount].astype("float64")
    return amounts.unstack(lined.line).reset_index()


def _contests(contests: pd.DataFrame) -> pd.DataFrame:
    sums = contests.assign(contest_count=1).groupby(BY["contests"], sort=False)
    counts = sums[["contest_count", "contestant_count", "winner_count"]].sum().reset_index()
    return counts.rename(columns={"contestants": "aspect"})


def _own_measures(measures: pd.DataFrame) -> pd.DataFrame:
    planned = _is_planned(measures)
    done = planned & (measures["done_count"] >= measures["planned_count"]).fillna(False)
    told = (planned & measures["done_count"].notna()).astype("int64")
    counted = measures.assign(planned_measure_count=planned.astype("int64"), done=done.astype("int64"), told=told)
    sums = (
        counted.groupby(BY["school_measures"], sort=False)[["planned_measure_count", "done", "told"]]
        .sum()
        .reset_index()
    )
    silent = (sums["told"] == 0) & (sums["planned_measure_count"] > 0)
    partial = sums["told"] < sums["planned_measure_count"]
    return sums.assign(done_measure_count=sums["done"].astype("float64").mask(silent), partial=partial, silent=silent)


def _is_planned(measures: pd.DataFrame) -> "pd.Series[bool]":
    return (measures["planned_count"] > 0).fillna(False)


def _school_rows(rows: pd.DataFrame, made: pd.DataFrame, by: Sequence[str] | None) -> NDArray[np.intp]:
    """Of each row of a typed table the row that it went into; −1 for a measure without a plan, which does not enter."""
    if by is None:
        return np.arange(len(rows))
    keys = made.rename(columns={"aspect": "contestants"})[list(by)]
    found = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(rows[list(by)]))
    return np.where(_is_planned(rows), found, -1) if "planned_count" in rows else found


def _with_keys(frame: pd.DataFrame) -> pd.DataFrame:
    known = frame if "procedure" in frame else frame.assign(comparability=EVERY_YEAR)
    return known.reindex(columns=KEYS)


def _categories(frames: Sequence[pd.DataFrame]) -> dict[str, pd.CategoricalDtype]:
    """One set of words for each text key, so that the rows of all tables can stand under each other."""
    words = {
        key: pd.concat([frame[key].drop_duplicates() for frame in frames]).dropna().unique() if frames else []
        for key in KEYS
        if key not in GRADES_AND_YEARS
    }
    words["school_login"] = [*words["school_login"], CITY, OTHERS]
    return {key: pd.CategoricalDtype(pd.Index(sorted(map(str, found)), dtype="str")) for key, found in words.items()}


def _keyed(
    frame: pd.DataFrame, names: Sequence[str], dtypes: Mapping[str, pd.CategoricalDtype], status: pd.DataFrame | None
) -> Keyed:
    numbers = dict.fromkeys(GRADES_AND_YEARS, "Int64")
    keys = _with_keys(frame).astype({**dtypes, **numbers})
    groups, firsts = distinct_rows(*_codes(keys, ALIKE))
    together = keys.iloc[firsts]
    whole = [together.assign(school_login=pd.Categorical([name] * len(firsts), dtype=dtypes["school_login"]))
             for name in (CITY, OTHERS)]  # fmt: skip
    keys = pd.concat([keys, *whole], ignore_index=True)
    inputs = {
        name: frame[name].to_numpy("float64", na_value=np.nan) if name in frame else np.full(len(frame), np.nan)
        for name in names
    }
    partial, silent = (
        frame[name].to_numpy(bool) if name in frame else np.zeros(len(frame), dtype=bool)
        for name in ("partial", "silent")
    )
    earlier, broken = _earlier_rows(keys)
    return Keyed(
        keys, inputs, groups, len(firsts), partial, silent, _not_supported(frame, status), earlier, broken, groups[:0]
    )


def _not_supported(frame: pd.DataFrame, status: pd.DataFrame | None) -> NDArray[np.bool_]:
    """The comparison group: none where no school is supported in that year."""
    others = np.zeros(len(frame), dtype=bool)
    if status is None:
        return others
    for year in frame["calendar_year"].unique():
        supported = supported_schools(status, int(year))
        if supported:
            others |= ((frame["calendar_year"] == year) & ~frame["school_login"].isin(supported)).to_numpy(bool)
    return others


def _parted_by(mergers: pd.DataFrame, keyed: Keyed) -> Keyed:
    """The same rows; a school that took another one in is compared with none of its years before that."""
    earlier, broken = keyed.earlier.copy(), keyed.broken.copy()
    days = (
        [
            began(int(year), "" if pd.isna(school_year) else str(school_year))
            for year, school_year in zip(keyed.keys["calendar_year"], keyed.keys["school_year"], strict=True)
        ]
        if len(mergers)
        else []
    )
    taken_in = mergers[mergers["into_login"].notna()]
    for into, merged in zip(taken_in["into_login"], taken_in["merged_date"], strict=True):
        mine = np.flatnonzero((keyed.keys["school_login"] == into).to_numpy(bool) & (keyed.earlier >= 0))
        for row in mine:
            if days[row] >= merged.date() > days[keyed.earlier[row]]:
                earlier[row], broken[row] = MERGED, keyed.earlier[row]
    return replace(keyed, earlier=earlier, broken=broken)


def _codes(keys: pd.DataFrame, names: Sequence[str]) -> list[NDArray[np.generic]]:
    return [
        keys[name].to_numpy("int64", na_value=-1) if name in GRADES_AND_YEARS else keys[name].cat.codes.to_numpy()
        for name in names
    ]


def _earlier_rows(keys: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Of each row the latest earlier row that may be compared with it, and where there is none though the line goes
    back, the row at which the line last stood."""
    years = keys["calendar_year"].to_numpy("int64")
    comparable, line = distinct_rows(*_codes(keys, COMPARABLE))[0], distinct_rows(*_codes(keys, LINE))[0]
    earlier, stood = _latest_before(comparable, years), _latest_before(line, years)
    unknown = keys["comparability"].isna().to_numpy()
    earlier = np.where(unknown, NO_EARLIER, earlier)
    broken = (earlier < 0) & (stood >= 0)
    return np.where(broken, BROKEN, earlier), np.where(broken, stood, -1)


def _latest_before(codes: NDArray[np.intp], years: NDArray[np.int64]) -> NDArray[np.intp]:
    """Of each row the last row of the same code in an earlier year; NO_EARLIER where there is none."""
    if not len(codes):
        return np.zeros(0, dtype=np.intp)
    moments = codes.astype(np.int64) * 10_000 + years
    order = np.argsort(moments, kind="stable")
    before = np.searchsorted(moments[order], moments, side="left") - 1
    found = order[np.maximum(before, 0)]
    return np.where((before >= 0) & (codes[found] == codes), found, NO_EARLIER).astype(np.intp)


Rows = NDArray[np.intp]
# Tables of judgements that are not added over schools.
WITHOUT_CITY = ("self_assessment",)


@dataclass(frozen=True)
class Measured:
    """What an indicator is in each row it applies to; NaN where it cannot be said.

    Attributes:
        rows: Rows of the keyed table, schools first.
        schools: How many of them are of schools.
        groups: Of each row.
        numerator: Blank for means that were given.
        denominator: Blank for numbers.
        value: Share, mean or number.
        low: Lower bound of the interval.
        high: Upper bound.
        variance: Of a mean over marks.
        city: The city's value for each row.
        known_schools: Of each row: how many schools of its group have a value.
        partial: Where the numerator is a lower bound.
        city_partial: Where that of the city's value is.
        members: Of a sum over schools a fingerprint of whose numbers it adds; 0 for a school.
        used: The school rows that a sum over schools adds.
        has_wholes: Whether there are rows of the city and of the other schools, in this order, after the schools.
    """

    rows: Rows
    schools: int
    groups: Rows
    numerator: Numbers
    denominator: Numbers
    value: Numbers
    low: Numbers
    high: Numbers
    variance: Numbers
    city: Numbers
    known_schools: Numbers
    partial: NDArray[np.bool_]
    city_partial: NDArray[np.bool_]
    members: NDArray[np.uint64]
    used: Rows
    has_wholes: bool


def measured(keyed: Keyed, indicator: Indicator) -> Measured:
    """Measures an indicator; rows of a group in which no school said anything are left out (see indicator_gaps)."""
    sums = _sums(keyed, indicator)
    known = ~np.isnan(sums.sum(axis=0))
    answered = np.bincount(keyed.groups[known], minlength=keyed.group_count)
    own = np.flatnonzero((answered > 0)[keyed.groups] & _meant(keyed, indicator))
    used = own[(known | keyed.silent)[own]]
    wholes = [] if indicator.table in WITHOUT_CITY else [used, used[keyed.others[used]]]
    added = [_added(keyed, sums, members, known) for members in wholes]
    rows = [own, *(keyed.schools + place * keyed.group_count + one.groups for place, one in enumerate(added))]
    groups = np.concatenate([keyed.groups[own], *(one.groups for one in added)])
    total, squares, base = np.concatenate([sums[:, own], *(one.sums for one in added)], axis=1)
    value = _value(indicator, total, base)
    if indicator.kind == GIVEN_MEAN:
        value[: len(own)] = np.where(np.isnan(value[: len(own)]), np.nan, _part(keyed, indicator.numerator[0])[own])
    low, high, variance = _interval(indicator, total, squares, base)
    nothing = np.full(len(groups), np.nan)
    return Measured(
        rows=np.concatenate(rows),
        schools=len(own),
        groups=groups,
        numerator=nothing if indicator.kind == GIVEN_MEAN else total,
        denominator=nothing if indicator.kind == NUMBER else base,
        value=value,
        low=low,
        high=high,
        variance=variance,
        city=_city(keyed.group_count, added, value[len(own) :])[groups],
        known_schools=answered[groups].astype(np.float64),
        partial=np.concatenate([keyed.partial[own], *(one.partial for one in added)]),
        city_partial=_city(keyed.group_count, added, added[0].partial if added else ())[groups] > 0,
        members=np.concatenate([np.zeros(len(own), dtype=np.uint64), *(one.members for one in added)]),
        used=used,
        has_wholes=bool(wholes),
    )


@dataclass(frozen=True)
class _Added:
    """The sums over some schools of each group in which one of them has an answer."""

    groups: Rows
    sums: Numbers
    partial: NDArray[np.bool_]
    members: NDArray[np.uint64]


def _added(keyed: Keyed, sums: Numbers, members: Rows, known: NDArray[np.bool_]) -> _Added:
    groups, number = keyed.groups[members], keyed.group_count
    present = np.flatnonzero(np.bincount(keyed.groups[members[known[members]]], minlength=number))
    # What a silent school has done is not nothing: the sum is marked as a lower bound.
    parts = np.nan_to_num(sums[:, members])
    totals = np.stack([np.bincount(groups, weights=one, minlength=number)[present] for one in parts], dtype="float64")
    partial = np.bincount(groups, weights=keyed.partial[members], minlength=number)[present] > 0
    return _Added(present, totals, partial, _fingerprints(keyed, members, number)[present])


def _fingerprints(keyed: Keyed, members: Rows, number: int) -> NDArray[np.uint64]:
    """Of each group a number that differs, chance aside, where the schools in it differ."""
    logins = keyed.keys["school_login"].cat.codes.to_numpy()[members].astype(np.uint64)
    mixed = (logins + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    found = np.zeros(number, dtype=np.uint64)
    np.add.at(found, keyed.groups[members], mixed)
    return found


def _value(indicator: Indicator, total: Numbers, base: Numbers) -> Numbers:
    if indicator.kind == NUMBER:
        return total
    return np.asarray(np.divide(total, base, out=np.full(len(base), np.nan), where=base > 0))


def _city(groups: int, added: Sequence[_Added], values: Sequence[float] | NDArray[Any]) -> Numbers:
    """What is said of the city, the first of the wholes, for each group."""
    city = np.full(groups, np.nan)
    if added:
        city[added[0].groups] = values[: len(added[0].groups)]
    return city


def _meant(keyed: Keyed, indicator: Indicator) -> NDArray[np.bool_]:
    """The rows an indicator is made for: of results those of its scale and procedures."""
    keys = keyed.keys.iloc[: keyed.schools]
    meant = np.ones(keyed.schools, dtype=bool)
    if indicator.scale:
        meant &= (keys["scale"] == indicator.scale).to_numpy(bool)
    if indicator.procedures:
        meant &= keys["procedure"].isin(indicator.procedures).to_numpy(bool)
    return meant


def _sums(keyed: Keyed, indicator: Indicator) -> Numbers:
    """Three rows: Σ weight·part, Σ weight²·part and the denominator of each school; NaN where a part is not known."""
    total, squares, base = (np.zeros(keyed.schools) for _ in range(3))
    for name, weight in zip(indicator.numerator, indicator.weights, strict=True):
        part = _part(keyed, name)
        total, squares = total + weight * part, squares + weight**2 * part
    for name in indicator.denominator:
        base = base + _part(keyed, name)
    if indicator.kind == GIVEN_MEAN:
        # Scores are whole, so that their sum is: added as printed, means of a few pupils would bend the city's.
        total = np.rint(total * base)
    return np.where(_meant(keyed, indicator), np.stack([total, squares, base]), np.nan)


def _part(keyed: Keyed, name: str) -> Numbers:
    """A column; «н/а» that nobody wrote is no one: the contract makes the marks add up without it."""
    part = keyed.inputs[name]
    return np.nan_to_num(part) if name == "not_attested_count" else part


def _interval(
    indicator: Indicator, total: Numbers, squares: Numbers, base: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    nothing = np.full(len(base), np.nan)
    if indicator.interval != JEFFREYS:
        return nothing, nothing, nothing
    if indicator.kind == MEAN:
        return mean_of_marks(total, squares, base, indicator.weights)
    low, high = jeffreys(total, base)
    return low, high, nothing
