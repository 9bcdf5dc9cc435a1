"""An indicator through the model of `analysis.statistics`: shares pooled over all results of a year, and what earlier
years foresaw for it. What the model takes and gives are arrays; here stand the rows they are made of.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from analysis.contracts.columns import shaped, typed_table
from analysis.contracts.effectiveness import BREAK, FORESEEN, JUMPED, NOT_ESTIMATED, UNCOUNTABLE, SchoolEffects
from analysis.indicators.measurement import BROKEN, MERGED, Keyed, Measured, joined
from analysis.rules.methods import MORE_IS_BETTER, NOT_JUDGED, Indicator
from analysis.rules.written import JOURNAL
from analysis.statistics.context import like_context
from analysis.statistics.counts import Numbers
from analysis.statistics.foresight import Foreseen, smallest_change, year_to_come
from analysis.statistics.pooled import Effects, pooled_shares

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
LARGEST = 2000  # more in one procedure is a slip of the hand, and what is foreseen is added up count by count
NO_EARLIER_YEAR = "недостаточно данных: прежних результатов нет"
BROKEN_OFF = f"{BREAK}: с прежними годами не сравнить"
POOLED = ["pooled_value", "pooled_low", "pooled_high", "threshold_probability"]
LIKE_CONTEXT = ["like_context_value", "like_context_low", "like_context_high", "above_context_probability"]
OF_SCHOOL, COUNTED = ["town", "school"], ("numerator", "denominator", "school", "group")


class Asked(NamedTuple):
    """An indicator that is measured.

    Attributes:
        found: Its rows.
        keyed: The rows it was measured over.
        indicator: Its entry of the passport.
        earlier: Of each row the place of the row of the latest comparable year; −1 where there is none.
    """

    found: Measured
    keyed: Keyed
    indicator: Indicator
    earlier: Rows


class Pooled(NamedTuple):
    """What the model says of the rows of an indicator.

    Attributes:
        numbers: `POOLED` and `FORESEEN`, a row each; NaN where the model says nothing.
        said: What is to be flagged: a text, and the rows of which it is true.
    """

    numbers: pd.DataFrame
    said: Sequence[tuple[str, Flags]]


def pooled(asked: Sequence[Asked]) -> tuple[list[Pooled], pd.DataFrame]:
    """Fits each indicator for which the passport asks for it, each year alone.

    Returns:
        What the model says of each indicator, and the schools over all their results, after
        contracts.effectiveness.SchoolEffects.
    """
    some = [one for one in asked if one.indicator.pooled]
    if not some:
        return [_nothing(len(one.found.rows)) for one in asked], typed_table(SchoolEffects)
    cells = _cells(some)
    fits = cells[cells["fits"]]
    now = pooled_shares(*(fits[name] for name in COUNTED), threshold=fits["threshold"], town=fits["town"])
    shares = pd.DataFrame(dict(zip(POOLED, (now.mean, now.low, now.high, now.over_threshold), strict=True)))
    shares = shares.assign(failed=~now.converged).set_axis(fits.index).reindex(cells.index)
    rows, schools = _foreseen(cells)
    found = pd.concat([shares, rows], axis=1)
    found = found.assign(noticeable_change=_noticeable(cells, found), uncountable=cells["uncountable"])
    parts = iter([found[(cells["part"] == number).to_numpy()] for number in range(len(some))])
    told = [_told(next(parts)) if one.indicator.pooled else _nothing(len(one.found.rows)) for one in asked]
    return told, _effects(now.schools, fits, schools.join(_like_context(fits, _context(asked)), how="outer"), some)


def _context(asked: Sequence[Asked]) -> "pd.Series[float]":
    """The local index of context of each year and school: how the city's schools differ most in their social passports.

    It is the first principal component (Pearson 1901) of the shares that the passport makes of them, each in units of
    its spread over the city: its weights are the city's own, and mean nothing elsewhere. Blank where one is missing.
    """
    shares = [one for one in asked if one.indicator.table == "context"]
    if not shares:
        return pd.Series(dtype="float64")
    cells = _cells(shares)
    cells = cells[cells["is_school"]]
    cells = cells.assign(share=cells["numerator"] / cells["denominator"])
    wide = cells.pivot_table(index=["calendar_year", "school"], columns="part", values="share", observed=True).dropna()
    parts = [_first_component(of_year) for _, of_year in wide.groupby("calendar_year")] if wide.shape[1] > 1 else []
    return pd.concat(parts) if parts else pd.Series(dtype="float64")


def _first_component(shares: pd.DataFrame) -> "pd.Series[float]":
    spread = shares.std(ddof=0)
    scaled = ((shares - shares.mean()) / spread).loc[:, spread > 0]
    if scaled.empty:  # one school, or schools that do not differ
        return pd.Series(index=shares.index, dtype="float64")
    weights = np.linalg.svd(scaled.to_numpy(), full_matrices=False)[2][:1]
    # The sign of a component is arbitrary; nothing that is said depends on it.
    return pd.Series((scaled.to_numpy() * weights).sum(axis=1), index=shares.index)


def _like_context(cells: pd.DataFrame, index: "pd.Series[float]") -> pd.DataFrame:
    """What schools of like context reach, by `OF_SCHOOL`; of the shares that are judged by a threshold alone."""
    rows = cells[~cells["of_journal"] & cells["threshold"].notna()]
    known = index.reindex(pd.MultiIndex.from_frame(rows[["calendar_year", "school"]])).to_numpy("float64")
    if np.isnan(known).all():
        return pd.DataFrame(columns=LIKE_CONTEXT, index=pd.MultiIndex.from_tuples([], names=OF_SCHOOL), dtype="float64")
    count, base, school, procedure = (rows[name] for name in COUNTED)
    like = like_context(count, base, school, procedure, known, town=rows["town"])
    at = pd.MultiIndex.from_arrays([like.town, like.school], names=OF_SCHOOL)
    columns = (like.expected, like.low, like.high, like.above)
    return pd.DataFrame(dict(zip(LIKE_CONTEXT, columns, strict=True)), index=at)


def _told(found: pd.DataFrame) -> Pooled:
    true = {name: found[name].eq(True).to_numpy(bool) for name in ("failed", "uncountable", "jump")}
    said = [(NOT_ESTIMATED, true["failed"]), (UNCOUNTABLE, true["uncountable"]), (JUMPED, true["jump"])]
    return Pooled(_finite(found[POOLED + FORESEEN]), said)


def _nothing(size: int) -> Pooled:
    return Pooled(pd.DataFrame(np.nan, index=range(size), columns=POOLED + FORESEEN), [])


def _cells(asked: Sequence[Asked]) -> pd.DataFrame:
    """The rows of all indicators as the model needs them: an indicator in a year is a town of its own, and the marks of
    the journal, which teachers give to their own pupils, are another one."""
    parts, start, groups = [], 0, 0
    for number, (found, keyed, indicator, earlier) in enumerate(asked):
        keys = keyed.keys.iloc[found.rows]
        threshold = indicator.threshold if indicator.threshold and indicator.threshold < 1 else np.nan
        part = pd.DataFrame(
            {
                "part": number, "numerator": found.numerator, "denominator": found.denominator,
                "school": keys["school_login"].cat.codes.to_numpy("int64"), "group": groups + found.groups,
                "calendar_year": keys["calendar_year"].to_numpy("int64"), "threshold": threshold,
                "of_journal": (keys["procedure"] == JOURNAL).to_numpy(bool),
                "earlier": np.where(earlier >= 0, start + earlier, -1),
                "is_school": np.arange(len(keys)) < found.schools,
                "is_broken": np.isin(keyed.earlier[found.rows], (BROKEN, MERGED)),
                "mirrored": indicator.direction == MORE_IS_BETTER, "judged": indicator.direction != NOT_JUDGED,
            }
        )  # fmt: skip
        parts.append(part)
        start, groups = start + len(part), groups + keyed.group_count
    cells = pd.concat(parts, ignore_index=True)
    known = cells["is_school"] & (cells["denominator"] > 0) & cells["numerator"].notna()
    fits = known & (cells[["numerator", "denominator"]] % 1 == 0).all(axis=1) & (cells["denominator"] <= LARGEST)
    fits &= cells["numerator"].between(0, cells["denominator"])
    town = (2 * cells["part"] + cells["of_journal"]) * 10_000 + cells["calendar_year"]
    return cells.assign(town=town, fits=fits, uncountable=known & ~fits)


def _noticeable(cells: pd.DataFrame, found: pd.DataFrame) -> "pd.Series[float]":
    """The smallest change noticed; where no year before foresees anything, the one that next year would show."""
    share = found["pooled_value"].where(~cells["mirrored"], 1 - found["pooled_value"])
    alone = found["foreseen_value"].isna() & ~found["jump"].eq(True) & share.notna()
    some = smallest_change(share[alone], cells.loc[alone, "denominator"])
    return found["noticeable_change"].astype("float64").where(~alone, pd.Series(some, index=found.index[alone]))


def _foreseen(cells: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`FORESEEN` of each row, blank without an earlier year of its own; and of each school of a town, with what came in
    the procedures that are compared. `jump` says where the level of the town has jumped."""
    told = _with_earlier_years(cells)
    unwanted = told["numerator"].where(~told["mirrored"], told["denominator"] - told["numerator"])
    ahead = year_to_come(unwanted, told["denominator"], told["school"], told["group"], told["year"], town=told["town"])
    of_rows = told.iloc[ahead.rows.row]
    rows = _as_shares(ahead.rows, of_rows, of_rows["denominator"].to_numpy()).set_axis(of_rows["row"])
    earlier = told[told["is_earlier"]]
    rows = rows[rows.index.isin(earlier["row"])].reindex(cells.index)
    this_year = told[~told["is_earlier"]].groupby(OF_SCHOOL)
    came = this_year[["numerator", "denominator"]].sum().assign(comparable_count=this_year.size())
    first = told.iloc[ahead.schools.row]
    at = pd.MultiIndex.from_frame(first[OF_SCHOOL])
    came = came.loc[at]
    schools = (
        _as_shares(ahead.schools, first, came["denominator"].to_numpy())
        .set_axis(at)
        .assign(comparable_count=came["comparable_count"], comparable_value=came["numerator"] / came["denominator"])
    )
    return rows, schools[at.isin(pd.MultiIndex.from_frame(earlier[OF_SCHOOL]))]


def _with_earlier_years(cells: pd.DataFrame) -> pd.DataFrame:
    """Each row of a school with the rows of its comparable earlier years; only of groups where some school has one.

    `row`, `school`, `group` and `town` are those of the row that is foreseen, `year` and the counts each one's own.
    """
    at = np.flatnonzero(cells["fits"])
    parts, now, before = [(at, at)], at, cells["earlier"].to_numpy()
    while len(now):
        at, now = at[before[now] >= 0], before[now][before[now] >= 0]
        parts.append((at, now))
    row, own = (np.concatenate(one) for one in zip(*parts, strict=True))
    about = ["school", "group", "town", "mirrored", "judged"]
    told = cells[about].take(row).reset_index(drop=True)
    numbers = cells[["numerator", "denominator", "fits", "calendar_year"]].take(own).reset_index(drop=True)
    told = told.assign(**numbers, row=row, is_earlier=row != own).rename(columns={"calendar_year": "year"})
    told = told[told["fits"]]
    return told[told["group"].isin(told.loc[told["is_earlier"], "group"])].reset_index(drop=True)


def _as_shares(ahead: Foreseen, about: pd.DataFrame, base: Numbers) -> pd.DataFrame:
    """`FORESEEN`, of the indicator itself where what was foreseen is its complement; blank where the town's level has
    jumped (`jump`)."""
    mirrored, judged = (about[name].to_numpy(bool) for name in ("mirrored", "judged"))
    low, high = ahead.low_95 / base, ahead.high_95 / base
    columns = (
        np.where(mirrored, 1 - ahead.mean, ahead.mean), np.where(mirrored, 1 - high, low),
        np.where(mirrored, 1 - low, high), np.where(judged, ahead.more, np.nan), np.where(judged, ahead.fewer, np.nan),
        ahead.smallest_change,
    )  # fmt: skip
    said = {name: np.where(ahead.jump, np.nan, one) for name, one in zip(FORESEEN, columns, strict=True)}
    return pd.DataFrame({**said, "jump": ahead.jump})


def _finite(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(noticeable_change=rows["noticeable_change"].replace(np.inf, np.nan))


def _effects(schools: Effects, cells: pd.DataFrame, foreseen: pd.DataFrame, asked: Sequence[Asked]) -> pd.DataFrame:
    """The schools over all their results of a year, without the journal.

    An effect is a difference of log odds; it is told as the share that the school would have where the city has its
    share over all these results.
    """
    if not len(cells):
        return typed_table(SchoolEffects)
    by_school, counts = cells.groupby(OF_SCHOOL), ["numerator", "denominator"]
    at = pd.MultiIndex.from_arrays([schools.town, schools.school], names=OF_SCHOOL)
    firsts = by_school[["part", "calendar_year", "of_journal"]].first()
    own = by_school[counts].sum().assign(procedure_count=by_school.size(), broken=by_school["is_broken"].any())
    city = cells.groupby("town")[counts].sum().loc[schools.town].to_numpy()
    level = scipy.special.logit((city[:, 0] + 0.5) / (city[:, 1] + 1))
    effects = dict(zip(POOLED, (schools.mean, schools.low, schools.high), strict=False))
    table = own.join(firsts).loc[at].assign(
        city_value=city[:, 0] / city[:, 1], **{name: scipy.special.expit(level + one) for name, one in effects.items()},
        above_city_probability=schools.above,
    ).join(foreseen).reset_index()  # fmt: skip
    alone, broken = table["comparable_count"].isna().to_numpy(), table["broken"].to_numpy(bool)
    jumped = table["jump"].eq(True).to_numpy()
    said = [
        (NOT_ESTIMATED, ~schools.converged | (table["foreseen_value"].isna().to_numpy() & ~alone & ~jumped)),
        (BROKEN_OFF, alone & broken),
        (NO_EARLIER_YEAR, alone & ~broken),
        (JUMPED, jumped),
    ]
    names, ids = asked[0].keyed.keys["school_login"].cat.categories, [one.indicator.id for one in asked]
    table = _finite(table).assign(
        school_login=names[table["school"]], indicator_id=np.array(ids)[table["part"]], flags=joined(said)
    )
    return shaped(table[~table["of_journal"]], SchoolEffects)
