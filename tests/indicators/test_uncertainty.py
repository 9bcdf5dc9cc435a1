"""Intervals and probabilities against values published or counted by hand, and against scipy's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.counts import (
    beta_interval,
    chance_of_count_or_more,
    difference_interval,
    fewest_reaching,
    funnel_limits,
    jeffreys,
    mean_of_marks,
    number_of_hits,
)

COUNTS = st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def _(*values):
    return np.array(values, dtype=float)


@pytest.mark.parametrize(("count", "base", "low", "high"), [(3, 10, 0.0927, 0.6058), (15, 50, 0.1869, 0.4355)])
def test_jeffreys_against_the_check_values(count, base, low, high):
    found = jeffreys(_(count), _(base))
    assert [round(float(one[0]), 4) for one in found] == [low, high]


@pytest.mark.parametrize(
    ("count", "base", "low", "high"),
    [(0, 10, 0, 0.2775), (3, 10, 0.1078, 0.6032), (8, 25, 0.1721, 0.5159), (15, 50, 0.1910, 0.4375),
     (30, 100, 0.2189, 0.3958)],
)  # fmt: skip
def test_wilson_of_scipy_gives_the_check_values_and_ours_is_close(count, base, low, high):
    wilson = stats.binomtest(count, base).proportion_ci(method="wilson")
    assert (round(wilson.low, 4), round(wilson.high, 4)) == (low, high)
    ours = jeffreys(_(count), _(base))
    assert ours[0][0] == pytest.approx(low, abs=0.02)
    assert ours[1][0] == pytest.approx(high, abs=0.07)


def test_nobody_and_everybody_reach_the_ends_and_no_base_says_nothing():
    low, high = jeffreys(_(0, 10, 0), _(10, 10, 0))
    assert (low[0], high[1]) == (0.0, 1.0)
    assert np.isnan(low[2])
    assert np.isnan(high[2])


@pytest.mark.parametrize(("base", "chance"), [(10, 0.32), (20, 0.20), (30, 0.13), (50, 0.06), (100, 0.01)])
def test_how_often_thirty_percent_comes_by_chance_at_a_true_fifth(base, chance):
    reached = fewest_reaching(0.30, _(base))
    assert round(float(chance_of_count_or_more(reached, _(base), _(0.2))[0]), 2) == chance


def test_a_share_equal_to_the_threshold_reaches_it():
    assert fewest_reaching(0.30, _(10, 11, 30)).tolist() == [3, 4, 9]
    assert fewest_reaching(0.07, _(100)).tolist() == [7]  # 0.07 × 100 is a little over 7 in floating point


def test_two_categories_give_the_jeffreys_interval():
    low, high, _variance = mean_of_marks(_(3), _(3), _(10), (0.0, 1.0))
    assert (low[0], high[0]) == pytest.approx((0.0926946, 0.6058183), abs=1e-6)


def test_one_pupil_leaves_almost_everything_open():
    low, high, _variance = mean_of_marks(_(5), _(25), _(1), (2.0, 3.0, 4.0, 5.0))
    assert high[0] == 5
    assert low[0] < 3


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_funnel_limits_are_those_of_scipy(level):
    base, share = _(1, 5, 30, 200, 1000), _(0.2, 0.5, 0.01, 0.3, 0.9)
    low, high = funnel_limits(base, share, level)
    tail = (1 - level) / 2
    assert low.tolist() == stats.binom.ppf(tail, base, share).tolist()
    assert high.tolist() == stats.binom.ppf(1 - tail, base, share).tolist()


def test_a_city_without_or_with_only_failures_has_limits_without_width():
    low, high = funnel_limits(_(10, 10), _(0, 1), 0.95)
    assert (low.tolist(), high.tolist()) == ([0, 10], [0, 10])


def test_the_interval_of_a_difference_by_hand():
    low, high = difference_interval(_(0.5), _(0.3), _(0.7), _(0.4), _(0.25), _(0.55))
    assert low[0] == pytest.approx(0.1 - 0.25)
    assert high[0] == pytest.approx(0.1 + 0.25)


def test_number_of_hits_by_hand():
    found = number_of_hits(np.array([[0.5, 0.2, np.nan], [0.0, 1.0, 1.0]]))
    assert found[0].tolist() == pytest.approx([0.4, 0.5, 0.1, 0.0])
    assert found[1].tolist() == pytest.approx([0.0, 0.0, 1.0, 0.0])


@given(COUNTS)
@settings(max_examples=80, deadline=None)
def test_an_interval_holds_its_share_and_stays_in_bounds(counts):
    low, high = jeffreys(_(counts[0]), _(counts[1]))
    assert 0 <= low[0] <= counts[0] / counts[1] <= high[0] <= 1


@given(st.lists(st.integers(0, 40), min_size=4, max_size=4).filter(any))
@settings(max_examples=80, deadline=None)
def test_an_interval_of_a_mean_holds_it_and_stays_between_the_marks(counts):
    weights = np.arange(2, 6)
    total, squares = _(weights @ counts), _(weights**2 @ counts)
    low, high, variance = mean_of_marks(total, squares, _(sum(counts)), (2.0, 3.0, 4.0, 5.0))
    assert 2 <= low[0] <= total[0] / sum(counts) <= high[0] <= 5
    assert variance[0] > 0


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    draws = np.random.default_rng(11)
    base = draws.integers(10, 60, 6000).astype(float)
    share = draws.uniform(0.05, 0.6, 6000)
    low, high = jeffreys(draws.binomial(base.astype(int), share).astype(float), base)
    assert ((low <= share) & (share <= high)).mean() == pytest.approx(0.95, abs=0.012)


def test_intervals_of_means_cover_the_truth_about_as_often_as_they_say():
    draws = np.random.default_rng(12)
    shares = draws.dirichlet([1.5, 4, 4, 2], 4000)
    marks = np.stack([draws.multinomial(25, one) for one in shares])
    weights = np.arange(2, 6)
    low, high, _variance = mean_of_marks(
        marks @ weights * 1.0, marks @ weights**2 * 1.0, np.full(4000, 25.0), (2, 3, 4, 5)
    )
    truth = shares @ weights
    assert ((low <= truth) & (truth <= high)).mean() == pytest.approx(0.95, abs=0.015)


def test_a_beta_interval_is_that_of_scipy():
    low, high = beta_interval(_(4.6), _(13.4))
    assert (low[0], high[0]) == pytest.approx(stats.beta(4.6, 13.4).interval(0.95))
