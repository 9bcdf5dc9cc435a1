"""How surely a school has grown: against numerical integration, and on simulated towns whose truth is known."""

import numpy as np
import pytest
from scipy import integrate, stats

from analysis.indicators.change import ARCSINE_SPAN, arcsine, likely_growth
from analysis.indicators.uncertainty import probability_of_growth

CHANGES = np.array([0.21, -0.05, 0.02, 0.11, -0.13, 0.04, 0.3, -0.02, 0.08, 0.0])
VARIANCES = np.array([0.02, 0.01, 0.03, 0.02, 0.01, 0.005, 0.04, 0.02, 0.01, 0.02])
ONE_TOWN = np.zeros(10, dtype=np.intp)


def test_the_spread_is_averaged_over_as_numerical_integration_does():
    def seen(spread):
        return np.prod(stats.norm.pdf(CHANGES, scale=np.sqrt(VARIANCES + spread**2)))

    def grown_and_seen(spread, school):
        kept = spread**2 / (spread**2 + VARIANCES[school])
        return seen(spread) * stats.norm.cdf(CHANGES[school] * np.sqrt(kept / VARIANCES[school]))

    whole = integrate.quad(seen, 0, 0.32 * ARCSINE_SPAN)[0]
    found = likely_growth(CHANGES, VARIANCES, ONE_TOWN, fewest=10)
    for school in (0, 4, 6):
        expected = integrate.quad(grown_and_seen, 0, 0.32 * ARCSINE_SPAN, args=(school,))[0] / whole
        assert found[school] == pytest.approx(expected, abs=0.003)


def test_no_change_is_one_half_and_a_change_keeps_its_direction():
    found = likely_growth(CHANGES, VARIANCES, ONE_TOWN, fewest=10)
    assert found[9] == pytest.approx(0.5)
    assert ((found > 0.5) == (CHANGES > 0))[:9].all()
    assert likely_growth(-CHANGES, VARIANCES, ONE_TOWN, fewest=10) == pytest.approx(1 - found)


def test_too_few_schools_teach_nothing_and_groups_do_not_disturb_each_other():
    groups = np.array([0] * 10 + [1] * 4)
    change, variance = np.concatenate([CHANGES, CHANGES[:4]]), np.concatenate([VARIANCES, VARIANCES[:4]])
    found = likely_growth(change, variance, groups, fewest=10)
    assert np.isnan(found[10:]).all()
    assert found[:10] == pytest.approx(likely_growth(CHANGES, VARIANCES, ONE_TOWN, fewest=10))
    assert np.isnan(likely_growth(CHANGES, VARIANCES, ONE_TOWN, fewest=11)).all()
    assert len(likely_growth(np.array([]), np.array([]), np.array([], dtype=np.intp), fewest=10)) == 0


def test_a_wider_scale_is_only_another_unit():
    wide = likely_growth(100 * CHANGES, 1e4 * VARIANCES, ONE_TOWN, fewest=10, span=100 * ARCSINE_SPAN)
    assert wide == pytest.approx(likely_growth(CHANGES, VARIANCES, ONE_TOWN, fewest=10))


@pytest.fixture(scope="module")
def many_changes():
    """Said and true for 300 towns of 20 schools that differ much and change little, as schools do."""
    rng = np.random.default_rng(8)
    towns = np.repeat(np.arange(300), 20)
    level = rng.beta(1.6, 4.0, len(towns))
    later = np.sin(np.clip(np.arcsin(np.sqrt(level)) + rng.normal(0, 0.06, len(towns)), 0, np.pi / 2)) ** 2
    base = rng.integers(8, 50, len(towns)).astype(float)
    before, now = rng.binomial(base.astype(int), level), rng.binomial(base.astype(int), later)
    (y1, v1), (y0, v0) = arcsine(now.astype(float), base), arcsine(before.astype(float), base)
    likely = likely_growth(y1 - y0, v1 + v0, towns, fewest=10)
    return likely, probability_of_growth(now.astype(float), base, before.astype(float), base), later > level


@pytest.mark.parametrize(("least", "most"), [(0.05, 0.25), (0.25, 0.4), (0.6, 0.75), (0.75, 0.95)])
def test_the_probability_of_growth_comes_true_as_often_as_it_says(many_changes, least, most):
    likely, _, grown = many_changes
    said = (likely >= least) & (likely < most)
    assert said.sum() > 100
    assert grown[said].mean() == pytest.approx(likely[said].mean(), abs=0.08)


def test_by_its_own_numbers_alone_a_school_is_too_sure(many_changes):
    likely, own, grown = many_changes
    sure = own >= 0.975
    assert grown[sure].mean() < 0.93
    assert ((likely - grown) ** 2).mean() < ((own - grown) ** 2).mean() - 0.01
