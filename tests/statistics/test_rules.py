"""The joint rule: what follows from independent chances by hand, and what must not matter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

from analysis.statistics.pooled import Rule, poisson_binomial_at_least, pooled_shares


@pytest.mark.parametrize(("least", "by_hand"), [(0, 1.0), (1, 1 - 0.8 * 0.5), (2, 0.2 * 0.5), (3, 0.0)])
def test_at_least_so_many_of_independent_events(least, by_hand):
    assert_allclose(poisson_binomial_at_least(np.array([0.2, 0.5]), least), by_hand, atol=1e-12)


def test_equal_chances_are_binomial():
    chances = np.full((3, 12), [[0.1], [0.3], [0.9]])
    assert_allclose(poisson_binomial_at_least(chances, 4), stats.binom.sf(3, 12, [0.1, 0.3, 0.9]), atol=1e-12)


def rule(successes, least, pupils=25, **more):
    k = np.array(successes)
    school, procedure = np.indices(k.shape)
    asked = Rule(0.3, least, **more)
    return pooled_shares(k.ravel(), np.full(k.size, pupils), school.ravel(), procedure.ravel(), threshold=asked)


def test_with_one_procedure_the_rule_is_the_probability_of_its_threshold():
    found = rule([[3], [8], [12], [5], [6]], (1,))
    assert_allclose(found.schools.meets_rule[0], found.over_threshold, atol=2e-3)


def test_what_is_certain_has_a_probability_of_one_and_no_more():
    found = rule([[900, 800, 950], [100, 150, 120], [900, 100, 90]], (1, 2), pupils=2000).schools.meets_rule
    assert ((found >= 0) & (found <= 1)).all()
    assert_allclose(found, [[1, 0, 1], [1, 0, 0]], atol=1e-3)


def test_all_procedures_jointly_are_likelier_than_if_they_knew_nothing_of_each_other():
    found = rule([[9, 8, 7, 8], [3, 2, 4, 3], [6, 5, 6, 7], [5, 5, 4, 6], [7, 6, 8, 7]], (4,))
    chances = found.over_threshold.reshape(5, 4)
    assert (found.schools.meets_rule[0, [0, 2, 4]] > 1.1 * chances.prod(axis=1)[[0, 2, 4]]).all()
    assert (found.schools.meets_rule[0] < chances.min(axis=1) + 1e-3).all()


def test_a_procedure_that_is_not_counted_has_its_probability_and_no_part_in_the_rule():
    k = [[9, 8, 7], [3, 2, 4], [6, 5, 6]]
    few, all_three = rule(k, (2, 3), counted=np.tile([True, True, False], 3)), rule(k, (3, 2))
    assert_allclose(few.schools.meets_rule[1], 0, atol=1e-9)
    assert_array_equal(few.over_threshold, all_three.over_threshold)
    assert (few.schools.meets_rule[0] > 0.001).any()
    assert (all_three.schools.meets_rule[0] < all_three.schools.meets_rule[1]).all()
    assert (few.schools.meets_rule[0] < all_three.schools.meets_rule[1]).all()
    assert rule(k, ()).schools.meets_rule.shape == (0, 3)


def test_a_row_without_a_threshold_has_no_probability():
    found = pooled_shares([3, 4, 5, 2], [20] * 4, [0, 0, 1, 1], [0, 1, 0, 1], threshold=[0.3, np.nan, 0.3, np.nan])
    assert np.isnan(found.over_threshold).tolist() == [False, True, False, True]


def test_selected_schools_meet_the_rule_as_often_as_is_said():
    rng = np.random.default_rng(3)
    shape = (40, 10, 12)
    odds = -1.4 + rng.normal(0, 0.3, (40, 1, 12)) + rng.normal(0, 0.35, (40, 10, 1)) + rng.normal(0, 0.25, shape)
    totals = rng.integers(8, 40, shape, endpoint=True)
    k = rng.binomial(totals, special.expit(odds))
    town, school, procedure = np.indices(shape).reshape(3, -1)
    said = pooled_shares(k.ravel(), totals.ravel(), school, procedure, threshold=Rule(0.3, (2,)), town=town)
    truly = ((special.expit(odds) >= 0.3).sum(axis=2) >= 2).ravel()
    bare = ((k / totals >= 0.3).sum(axis=2) >= 2).ravel()
    assert abs(said.schools.meets_rule[0, bare].mean() - truly[bare].mean()) < 0.05
    assert -np.log(np.where(truly, said.schools.meets_rule[0], 1 - said.schools.meets_rule[0])).mean() < 0.45
