"""Shares of small groups, drawn towards the city as far as chance explains them: beta-binomial empirical Bayes.

The schools of one group (one indicator within one comparability key) have true shares with a common Beta
distribution; it is fitted to their counts by marginal likelihood, and each school's share is its posterior mean.
Where the regime does not carry that, nothing is stabilised and the reason is said.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.indicators.uncertainty import Numbers, at_least, beta_interval, beta_of_moments, distinct_rows

Codes = NDArray[np.intp]
STABLE, FEW_SCHOOLS, NO_SPREAD, ALL_ALIKE, NOT_ESTIMABLE = 0, 1, 2, 3, 4
REASONS = {
    FEW_SCHOOLS: "школ с результатом меньше {schools}",
    NO_SPREAD: "школы различаются не больше, чем по случаю",
    ALL_ALIKE: "у всех школ доля одна и та же",
    NOT_ESTIMABLE: "разброс между школами по этим данным не оценить",
}
ITERATIONS, CLOSE = 60, 1e-7
LARGEST_STEP = (1.0, 1.5)  # of logit of the mean, of the logarithm of the size
SIZES = (np.log(1e-3), np.log(1e6))


@dataclass(frozen=True)
class Regime:
    """When a group may be stabilised.

    Attributes:
        schools: The fewest schools with a result.
        spread_error: The greatest standard error of the logarithm of the prior's size α + β.
    """

    schools: int
    spread_error: float


@dataclass(frozen=True)
class Priors:
    """The fitted Beta distribution of each group.

    Attributes:
        alpha: First parameter; NaN where nothing was fitted.
        beta: Second parameter.
        verdicts: STABLE, or why the group is not stabilised.
        covariance: Of (logit of the mean, logarithm of the size): three columns, 11, 12 and 22.
    """

    alpha: Numbers
    beta: Numbers
    verdicts: NDArray[np.int8]
    covariance: Numbers


@dataclass(frozen=True)
class Stabilised:
    """What is said of each school, in the order of the rows; NaN where its group is not stabilised."""

    value: Numbers
    low: Numbers
    high: Numbers
    over_threshold: Numbers
    verdicts: NDArray[np.int8]
    alpha: Numbers
    beta: Numbers


def stabilised(
    count: Numbers, base: Numbers, groups: Codes, thresholds: Numbers, regime: Regime, number_of_groups: int
) -> Stabilised:
    """Stabilises the share of each school over its group.

    Args:
        count: Numerators, whole numbers.
        base: Denominators above 0.
        groups: The group of each row, from 0.
        thresholds: Of each group; NaN where it has none.
        regime: When a group may be stabilised.
        number_of_groups: How many groups there are.
    """
    codes, firsts = distinct_rows(groups, count, base)
    k, n, g = count[firsts], base[firsts], groups[firsts]
    times = np.bincount(codes, minlength=len(firsts)).astype(np.float64)
    priors = fitted(k, n, g, times, regime, number_of_groups)
    alpha, beta = posterior(k, n, g, priors)
    low, high = _interval(alpha, beta)
    threshold = thresholds[g]
    over = np.where(np.isnan(threshold), np.nan, at_least(alpha, beta, np.nan_to_num(threshold, nan=0.5)))
    value = alpha / (alpha + beta)
    return Stabilised(
        value=value[codes],
        low=low[codes],
        high=high[codes],
        over_threshold=over[codes],
        verdicts=priors.verdicts[groups],
        alpha=alpha[codes],
        beta=beta[codes],
    )


def _interval(alpha: Numbers, beta: Numbers) -> tuple[Numbers, Numbers]:
    """The central interval, up to the end of the scale where that is the likeliest share of all: cut off, a share of 0
    would never be covered. Brown, Cai, DasGupta (2001) do the same to the Jeffreys interval."""
    low, high = beta_interval(alpha, beta)
    return np.where(alpha <= 1, 0.0, low), np.where(beta <= 1, 1.0, high)


def posterior(count: Numbers, base: Numbers, groups: Codes, priors: Priors) -> tuple[Numbers, Numbers]:
    """The posterior of each row: mean (α + k)/(α + β + n), made wider by what is not known about α and β.

    The widening is the first-order correction of Kass and Steffey (1989): with few schools the plain posterior is too
    sure. The mean is not touched. NaN where the group is not stabilised.
    """
    stable = priors.verdicts == STABLE
    a, b = np.where(stable, priors.alpha, np.nan)[groups], np.where(stable, priors.beta, np.nan)[groups]
    size, total = a + b, a + b + base
    mean = (a + count) / total
    variance = mean * (1 - mean) / (total + 1)
    by_mean = a * b / size / total
    by_size = size / total * (a / size - mean)
    c11, c12, c22 = priors.covariance[groups].T
    wider = by_mean**2 * c11 + 2 * by_mean * by_size * c12 + by_size**2 * c22
    return beta_of_moments(mean, np.minimum(variance + wider, 0.95 * mean * (1 - mean)))


def fitted(
    count: Numbers, base: Numbers, groups: Codes, times: Numbers, regime: Regime, number_of_groups: int
) -> Priors:
    """Fits a Beta distribution to each group by marginal likelihood, all groups at once.

    Args:
        count: Numerators.
        base: Denominators above 0.
        groups: The group of each row.
        times: How many schools a row stands for.
        regime: When a group may be stabilised.
        number_of_groups: How many groups there are.
    """
    sums = _Sums(groups, times, number_of_groups)
    schools = sums(np.ones_like(count))
    share = np.divide(sums(count), sums(base), out=np.full(number_of_groups, 0.5), where=schools > 0)
    alike = _alike(count, base, groups, schools)
    excess = _excess(count, base, share[groups], sums)
    verdicts = np.select(
        [schools < regime.schools, alike, ~(excess > 0)], [FEW_SCHOOLS, ALL_ALIKE, NO_SPREAD], STABLE
    ).astype(np.int8)
    centre, size = special.logit(np.clip(share, 1e-6, 1 - 1e-6)), _starting_size(base, share, excess, sums)
    top = _ascended(_Counts(count, base, groups, times), centre, size, verdicts == STABLE)
    error = np.sqrt(top.covariance[:, 2])
    verdicts = np.where((verdicts == STABLE) & ~(top.met & (error <= regime.spread_error)), NOT_ESTIMABLE, verdicts)
    fits = verdicts == STABLE
    alpha = np.where(fits, np.exp(top.size) * special.expit(top.centre), np.nan)
    beta = np.where(fits, np.exp(top.size) * special.expit(-top.centre), np.nan)
    return Priors(alpha, beta, verdicts.astype(np.int8), np.where(fits[:, None], top.covariance, np.nan))


@dataclass(frozen=True)
class _Counts:
    """Rows of counts: numerator, denominator, group, and how many schools a row stands for."""

    count: Numbers
    base: Numbers
    groups: Codes
    times: Numbers

    def among(self, rows: NDArray[np.bool_], numbers: Codes) -> "_Counts":
        """The chosen rows, their groups numbered anew."""
        return _Counts(self.count[rows], self.base[rows], numbers[self.groups[rows]], self.times[rows])


class _Top(NamedTuple):
    """Logit of the mean and logarithm of the size of each group, their covariance, and whether it is the maximum."""

    centre: Numbers
    size: Numbers
    covariance: Numbers
    met: NDArray[np.bool_]


@dataclass(frozen=True)
class _Sums:
    """Sums of a column over the schools of each group."""

    groups: Codes
    times: Numbers
    number: int

    def __call__(self, column: Numbers) -> Numbers:
        return np.bincount(self.groups, weights=column * self.times, minlength=self.number).astype(np.float64)


def _alike(count: Numbers, base: Numbers, groups: Codes, schools: Numbers) -> NDArray[np.bool_]:
    least, greatest = np.full(len(schools), np.inf), np.full(len(schools), -np.inf)
    np.minimum.at(least, groups, count / base)
    np.maximum.at(greatest, groups, count / base)
    return np.asarray(greatest - least < 1e-12)


def _excess(count: Numbers, base: Numbers, share: Numbers, sums: _Sums) -> Numbers:
    """Tarone's score: above 0 where schools differ more than by chance, so that the likelihood has an inner maximum."""
    chance = share * (1 - share)
    return sums((count - base * share) ** 2 / np.where(chance > 0, chance, 1.0) - base)


def _starting_size(base: Numbers, share: Numbers, excess: Numbers, sums: _Sums) -> Numbers:
    """The logarithm of α + β by moments."""
    pairs = sums(base * (base - 1))
    correlation = np.divide(excess, pairs, out=np.full(len(share), 0.1), where=pairs > 0)
    correlation = np.clip(correlation, 1e-4, 0.5)
    return np.asarray(np.log(1 / correlation - 1))


def _ascended(counts: _Counts, centre: Numbers, size: Numbers, wanted: NDArray[np.bool_]) -> _Top:
    """Newton's ascent of the marginal likelihood over (logit of the mean, logarithm of the size), group by group."""
    centre, size = centre.copy(), size.copy()
    covariance, met = np.full((len(centre), 3), np.nan), np.zeros(len(centre), dtype=bool)
    active = wanted.copy()
    for _ in range(ITERATIONS):
        if not active.any():
            break
        numbers = np.cumsum(active) - 1
        part = counts.among(active[counts.groups], numbers)
        gradient, curvature = _slopes(part, centre[active], size[active])
        steps, inverse, concave = _newton(gradient, curvature)
        at = np.flatnonzero(active)
        centre[at] += steps[0]
        size[at] = np.clip(size[at] + steps[1], *SIZES)
        close = (np.abs(steps[0]) < CLOSE) & (np.abs(steps[1]) < CLOSE) & concave
        covariance[at[close]], met[at[close]] = inverse[close], True
        active[at[close | (size[at] >= SIZES[1]) | (size[at] <= SIZES[0])]] = False
    return _Top(centre, size, covariance, met)


def _slopes(
    counts: _Counts, centre: Numbers, size: Numbers
) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers, Numbers]]:
    """First and second derivatives of the marginal log likelihood of each group."""
    count, base, groups, times = counts.count, counts.base, counts.groups, counts.times
    sums = _Sums(groups, times, len(centre))
    a, b = np.exp(size) * special.expit(centre), np.exp(size) * special.expit(-centre)
    failed, together = base - count, a + b
    schools = sums(np.ones_like(count))
    common = sums(special.psi(together[groups] + base)) - schools * special.psi(together)
    ga = sums(special.psi(a[groups] + count)) - schools * special.psi(a) - common
    gb = sums(special.psi(b[groups] + failed)) - schools * special.psi(b) - common
    ab = schools * _trigamma(together) - sums(_trigamma(together[groups] + base))
    aa = sums(_trigamma(a[groups] + count)) - schools * _trigamma(a) + ab
    bb = sums(_trigamma(b[groups] + failed)) - schools * _trigamma(b) + ab
    s = a * b / together
    skew = s * (b - a) / together
    h11 = s**2 * (aa - 2 * ab + bb) + skew * (ga - gb)
    h12 = s * (a * aa + (b - a) * ab - b * bb) + s * (ga - gb)
    h22 = a**2 * aa + 2 * a * b * ab + b**2 * bb + a * ga + b * gb
    return (s * (ga - gb), a * ga + b * gb), (h11, h12, h22)


def _newton(
    gradient: tuple[Numbers, Numbers], curvature: tuple[Numbers, Numbers, Numbers]
) -> tuple[tuple[Numbers, Numbers], Numbers, NDArray[np.bool_]]:
    """The steps uphill, the covariance, and where the likelihood is concave; elsewhere a step along the slope."""
    (g1, g2), (h11, h12, h22) = gradient, curvature
    determinant = h11 * h22 - h12**2
    concave = (h11 < 0) & (determinant > 0)
    safe = np.where(concave, determinant, 1.0)
    inverse = np.stack([-h22 / safe, h12 / safe, -h11 / safe], axis=1)
    along = np.abs(h11) + np.abs(h22) + np.abs(h12) + 1e-12
    step1 = np.where(concave, inverse[:, 0] * g1 + inverse[:, 1] * g2, g1 / along)
    step2 = np.where(concave, inverse[:, 1] * g1 + inverse[:, 2] * g2, np.sign(g2) * 0.5)
    limits = LARGEST_STEP
    return (np.clip(step1, -limits[0], limits[0]), np.clip(step2, -limits[1], limits[1])), inverse, concave


def _trigamma(values: Numbers) -> Numbers:
    return np.asarray(special.zeta(2.0, values))
