"""Intervals and probabilities against values published or counted by hand, and against scipy's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.indicators.uncertainty import (
    at_least,
    beta_interval,
    chance_of_count_or_more,
    difference_interval,
    fewest_reaching,
    foreseen_count_or_more,
    funnel_limits,
    jeffreys,
    mean_of_marks,
    number_of_hits,
    probability_of_growth,
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


def test_the_prior_of_the_check_values():
    alpha, beta = _(1.6 + 3, 1.6 + 15), _(6.4 + 7, 6.4 + 35)
    assert np.round(alpha / (alpha + beta), 4).tolist() == [0.2556, 0.2862]
    assert np.round(at_least(alpha, beta, 0.30), 3).tolist() == [0.308, 0.393]


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


def test_growth_against_an_independent_simulation():
    draws = np.random.default_rng(5)
    later, earlier = draws.beta(8.5, 12.5, 400_000), draws.beta(4.5, 20.5, 400_000)
    expected = (later > earlier).mean()
    assert probability_of_growth(_(8), _(20), _(4), _(24))[0] == pytest.approx(expected, abs=0.004)


@given(COUNTS, COUNTS)
@settings(max_examples=60, deadline=None)
def test_growth_and_decline_add_up_to_one(later, earlier):
    a, n, b, m = (_(one) for one in (*later, *earlier))
    assert probability_of_growth(a, n, b, m)[0] + probability_of_growth(b, m, a, n)[0] == pytest.approx(1, abs=1e-5)


def test_large_groups_take_another_way_to_the_same_number():
    near = probability_of_growth(_(120, 120.3), _(400, 401), _(100, 100), _(390, 390))
    assert near[0] == pytest.approx(near[1], abs=0.01)


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


def test_what_is_foreseen_of_very_many_is_found_at_once_and_joins_the_sum():
    """Against scipy on both sides of the bound; three million are a slip of the hand that must not stop the build."""
    count, base = np.array([1_900.0, 2_100.0, 900_000.0]), np.array([6_000.0, 6_500.0, 3_000_000.0])
    alpha, beta = np.array([30.0, 30.0, 300_000.0]), np.array([70.0, 70.0, 700_000.0])
    found = foreseen_count_or_more(count, base, alpha, beta)
    assert found[:2] == pytest.approx(stats.betabinom.sf(count[:2] - 1, base[:2], alpha[:2], beta[:2]), abs=0.003)
    assert found[2] == pytest.approx(0.5, abs=0.003)
