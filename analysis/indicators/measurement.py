"""One indicator over one keyed table: numerator, denominator, value and interval of every school and of the city."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.indicators.keyed import Keyed
from analysis.indicators.uncertainty import Numbers, jeffreys, mean_of_marks
from analysis.rules.methods import GIVEN_MEAN, JEFFREYS, MEAN, NUMBER, Indicator

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
