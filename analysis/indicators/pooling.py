"""An indicator through the model of `analysis.statistics`: shares pooled over all results of a year, and what earlier
years foresaw for it. What the model takes and gives are arrays; here stand the rows they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from analysis.contracts.columns import pandas_types
from analysis.contracts.effectiveness import SchoolEffects
from analysis.indicators.keyed import BROKEN, MERGED, Keyed, joined
from analysis.indicators.measurement import Measured
from analysis.indicators.uncertainty import Numbers
from analysis.rules.indicator_passport import MORE_IS_BETTER, NOT_JUDGED, Indicator
from analysis.statistics.foresight import Foreseen, smallest_change, year_to_come
from analysis.statistics.pooled import Effects, pooled_shares

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
NOT_ESTIMATED = "оценить не удалось: подгонка модели не сошлась"
UNCOUNTABLE = "не оценено: число людей не целое или больше 2000"
LARGEST = 2000  # more in one procedure is a slip of the hand, and what is foreseen is added up count by count
NEVER = "ни одна перемена не была бы заметна"
JUMPED = "скачок уровня всего города: с прежними годами не сравнить"
NO_EARLIER_YEAR = "недостаточно данных: прежних результатов нет"
BROKEN_OFF = "разрыв сопоставимости: с прежними годами не сравнить"
# Flags that only the office sees, as everything that is fitted to all schools.
OF_THE_MODEL = (NOT_ESTIMATED, UNCOUNTABLE, NEVER, JUMPED)
FORESEEN = [
    "foreseen_value", "foreseen_low", "foreseen_high", "better_probability", "worse_probability", "noticeable_change",
]  # fmt: skip


@dataclass(frozen=True)
class Pooled:
    """What the model says of the rows of a measured indicator; NaN where it says nothing.

    Attributes:
        value: The share.
        low: Where its 95 % interval begins.
        high: Where it ends.
        over_threshold: The probability that the share is at or above the threshold of the passport.
        foreseen: The columns `FORESEEN`: the share foreseen from the earlier comparable years and from this year's
            other schools, its 95 % interval, how sure the result is better and worse than that, and the smallest change
            that would be noticed.
        said: What is to be flagged: a text, and the rows of which it is true.
        effects: The schools over all their results, after contracts.effectiveness.SchoolEffects.
    """

    value: Numbers
    low: Numbers
    high: Numbers
    over_threshold: Numbers
    foreseen: pd.DataFrame
    said: Sequence[tuple[str, Flags]]
    effects: pd.DataFrame


def pooled(found: Measured, keyed: Keyed, indicator: Indicator, earlier: Rows) -> Pooled:
    """Fits an indicator, each year alone; where the passport does not ask for it, nothing.

    Args:
        found: The measured indicator.
        keyed: The rows it was measured over.
        indicator: Its entry of the passport.
        earlier: Of each row the place of the row of the latest comparable year; −1 where there is none.
    """
    cells = _cells(found, keyed)
    asked = (cells["denominator"] > 0) & cells["numerator"].notna() & indicator.pooled
    asked &= np.arange(len(cells)) < found.schools
    whole = asked & (cells[["numerator", "denominator"]] % 1 == 0).all(axis=1) & (cells["denominator"] <= LARGEST)
    cells = cells.assign(earlier=earlier, fits=whole)
    some = cells[whole]
    threshold = indicator.threshold if indicator.threshold and indicator.threshold < 1 else None
    now = pooled_shares(
        some["numerator"], some["denominator"], some["school"], some["group"], threshold=threshold,
        town=some["calendar_year"],
    )  # fmt: skip
    at = some.index.to_numpy()
    value, low, high, over = (
        _spread_out(one, at, len(cells)) for one in (now.mean, now.low, now.high, now.over_threshold)
    )
    failed = np.zeros(len(cells), dtype=bool)
    failed[at] = ~now.converged
    rows, schools = _foreseen(cells, indicator)
    share = 1 - value if indicator.direction == MORE_IS_BETTER else value
    unforeseen = np.flatnonzero(rows["foreseen_value"].isna() & ~rows["jump"] & ~np.isnan(value))
    rows.loc[unforeseen, "noticeable_change"] = smallest_change(share[unforeseen], found.denominator[unforeseen])
    never = np.isinf(rows["noticeable_change"]).to_numpy()
    said = (
        (NOT_ESTIMATED, failed), (UNCOUNTABLE, (asked & ~whole).to_numpy()), (NEVER, never),
        (JUMPED, rows["jump"].to_numpy(bool)),
    )  # fmt: skip
    effects = _effects(now.schools, some, schools, keyed, found).assign(indicator_id=indicator.id)
    return Pooled(value, low, high, over, _finite(rows), said, effects)


def _spread_out(some: Numbers, at: Rows, size: int) -> Numbers:
    """A column of all rows, NaN but where numbers are given."""
    column = np.full(size, np.nan)
    column[at] = some
    return column


def _cells(found: Measured, keyed: Keyed) -> pd.DataFrame:
    """The rows of the indicator as the model needs them: counts, and integers for school, group and year."""
    keys = keyed.keys.iloc[found.rows]
    return pd.DataFrame(
        {
            "numerator": found.numerator,
            "denominator": found.denominator,
            "school": keys["school_login"].cat.codes.to_numpy("int64"),
            "group": found.groups,
            "calendar_year": keys["calendar_year"].to_numpy("int64"),
        }
    )


def _foreseen(cells: pd.DataFrame, indicator: Indicator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`FORESEEN` of each row, blank without an earlier year of its own; and of each school, by `calendar_year` and
    `school`, with what came in the procedures that are compared."""
    told = _with_earlier_years(cells)
    wanted = told["denominator"] - told["numerator"] if indicator.direction == MORE_IS_BETTER else told["numerator"]
    ahead = year_to_come(
        wanted, told["denominator"], told["school"], told["group"], told["year"], town=told["calendar_year"]
    )
    own = told[told["is_earlier"]]
    rows = _as_shares(ahead.rows, told["denominator"].to_numpy()[ahead.rows.row], indicator)
    rows = rows.set_axis(told["row"].to_numpy()[ahead.rows.row])
    rows = rows[rows.index.isin(own["row"])].reindex(range(len(cells)))
    rows = rows.assign(jump=rows["jump"].eq(True))
    this_year = told[~told["is_earlier"]].groupby(["calendar_year", "school"])
    came = this_year[["numerator", "denominator"]].sum().assign(comparable_count=this_year.size())
    first = told.iloc[ahead.schools.row]
    at = pd.MultiIndex.from_frame(first[["calendar_year", "school"]])
    schools = _as_shares(ahead.schools, came.loc[at, "denominator"].to_numpy(), indicator).set_axis(at)
    schools = schools.assign(
        comparable_count=came["comparable_count"], comparable_value=came["numerator"] / came["denominator"]
    )
    return rows, schools[at.isin(pd.MultiIndex.from_frame(own[["calendar_year", "school"]]))]


def _with_earlier_years(cells: pd.DataFrame) -> pd.DataFrame:
    """Each row of a school with the rows of its comparable earlier years; only of groups where some school has one.

    `row`, `school`, `group` and `calendar_year` are those of the row that is foreseen, `year` and the counts each one's
    own.
    """
    at = cells.index[cells["fits"]].to_numpy()
    parts, now = [(at, at)], at
    while len(now):
        before = cells["earlier"].to_numpy()[now]
        at, now = at[before >= 0], before[before >= 0]
        parts.append((at, now))
    row, own = (np.concatenate(one) for one in zip(*parts, strict=True))
    told = cells.loc[row, ["school", "group", "calendar_year"]].reset_index(names="row")
    numbers = cells.loc[own, ["numerator", "denominator", "fits"]].reset_index(drop=True)
    told = told.assign(**numbers, year=cells["calendar_year"].to_numpy()[own], is_earlier=row != own)
    told = told[told["fits"]]
    return told[told["group"].isin(told.loc[told["is_earlier"], "group"])].reset_index(drop=True)


def _as_shares(ahead: Foreseen, base: Numbers, indicator: Indicator) -> pd.DataFrame:
    """`FORESEEN`, of the indicator itself where what was foreseen is its complement; blank where the town's level has
    jumped (`jump`)."""
    low, high = ahead.low_95 / base, ahead.high_95 / base
    mirrored = indicator.direction == MORE_IS_BETTER
    judged = indicator.direction != NOT_JUDGED
    columns = (
        1 - ahead.mean if mirrored else ahead.mean, 1 - high if mirrored else low, 1 - low if mirrored else high,
        np.where(judged, ahead.more, np.nan), np.where(judged, ahead.fewer, np.nan), ahead.smallest_change,
    )  # fmt: skip
    said = {name: np.where(ahead.jump, np.nan, one) for name, one in zip(FORESEEN, columns, strict=True)}
    return pd.DataFrame({**said, "jump": ahead.jump})


def _finite(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(noticeable_change=rows["noticeable_change"].replace(np.inf, np.nan))


def _effects(
    schools: Effects, cells: pd.DataFrame, foreseen: pd.DataFrame, keyed: Keyed, found: Measured
) -> pd.DataFrame:
    """The schools over all their results of a year.

    An effect is a difference of log odds; it is told as the share that the school would have where the city has its
    share over all these results.
    """
    by_school, by_year = cells.groupby(["calendar_year", "school"]), cells.groupby("calendar_year")
    at = pd.MultiIndex.from_arrays([schools.town, schools.school], names=["calendar_year", "school"])
    counts = by_school[["numerator", "denominator"]].sum().assign(procedure_count=by_school.size()).loc[at]
    city = by_year[["numerator", "denominator"]].sum().loc[schools.town]
    level = special.logit((city["numerator"].to_numpy() + 0.5) / (city["denominator"].to_numpy() + 1))
    effects = {"pooled_value": schools.mean, "pooled_low": schools.low, "pooled_high": schools.high}
    table = counts.assign(
        city_value=(city["numerator"] / city["denominator"]).to_numpy(),
        **{name: special.expit(level + effect) for name, effect in effects.items()},
        above_city_probability=schools.above,
    ).join(foreseen)
    links = pd.Series(keyed.earlier[found.rows[cells.index]], index=cells.index)
    is_broken = links.isin([BROKEN, MERGED]).groupby([cells["calendar_year"], cells["school"]]).any().loc[at].to_numpy()
    alone = table["comparable_count"].isna().to_numpy()
    said = [
        (NOT_ESTIMATED, ~schools.converged),
        (BROKEN_OFF, alone & is_broken),
        (NO_EARLIER_YEAR, alone & ~is_broken),
        (JUMPED, table["jump"].eq(True).to_numpy()),
        (NEVER, np.isinf(table["noticeable_change"]).to_numpy()),
    ]
    names = keyed.keys["school_login"].cat.categories
    return _finite(table.reset_index()).assign(
        school_login=lambda one: names[one["school"]], flags=joined(said) if len(table) else []
    )


def effects_table(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The effects of all indicators, after contracts.effectiveness.SchoolEffects."""
    columns = pandas_types(SchoolEffects)
    some = [part.reindex(columns=list(columns)) for part in parts if len(part)]
    whole = pd.concat(some, ignore_index=True) if some else pd.DataFrame({name: [] for name in columns})
    return whole.astype(columns)
