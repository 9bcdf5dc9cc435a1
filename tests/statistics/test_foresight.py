"""What earlier years foresee: exact in small, edges, nobody supported, support given, and the smallest change seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special, stats

from analysis.statistics.counts import Counts, tilted
from analysis.statistics.foresight import _against, _count_chances, _smallest_change, smallest_change, year_to_come
from analysis.statistics.pooled import Rule, pooled_shares

pytestmark = pytest.mark.filterwarnings("error")
COLUMNS = ("mean", "low_80", "high_80", "low_95", "high_95", "fewer", "more")


def years(schools, procedures, number=3, *, towns=1, seed=1, pupils=(8, 40), support=0.0):
    """Rows of invented towns; the two schools with most failures in the last year but one may get support."""
    rng = np.random.default_rng(seed)
    shape = (towns, schools, number, procedures)
    odds = -1.4 + rng.normal(0, 0.3, (towns, 1, 1, procedures)) + rng.normal(0, 0.35, (towns, schools, 1, 1))
    odds = odds + rng.normal(0, 0.15, shape[:3])[..., None] + rng.normal(0, 0.2, shape)
    totals = rng.integers(*pupils, shape, endpoint=True)
    k = rng.binomial(totals, special.expit(odds))
    chosen = np.zeros(shape[:2], bool)
    if number > 1:
        before = k[:, :, -2].sum(axis=2) / totals[:, :, -2].sum(axis=2)
        chosen = np.argsort(np.argsort(-before, axis=1), axis=1) < 2
    helped = rng.binomial(totals[:, :, -1], special.expit(odds[:, :, -1] - support))
    k[:, :, -1] = np.where(chosen[..., None], helped, k[:, :, -1])
    town, school, year, procedure = np.indices(shape).reshape(4, -1)
    return (k.ravel(), totals.ravel(), school, procedure, year), town, chosen.ravel()


def test_chances_of_counts_are_a_mixture_of_binomials():
    found = _count_chances(np.array([3.0, 5.0]), np.array([[0.2, 0.6], [0.5, 0.5]]), np.array([[0.25, 0.75], [1, 0]]))
    by_hand = 0.25 * stats.binom.pmf(range(6), 3, 0.2) + 0.75 * stats.binom.pmf(range(6), 3, 0.6)
    assert_allclose(found, [by_hand, stats.binom.pmf(range(6), 5, 0.5)], atol=1e-12)


def test_what_came_stands_between_fewer_and_more():
    chances = np.array([[0.1, 0.2, 0.4, 0.3]])
    found = _against(chances, Counts(np.array([1.0]), np.array([3.0]), np.zeros(1)))
    assert_allclose([found["fewer"], found["more"]], [[0.1], [0.7]])
    assert [found[name].tolist() for name in ("low_95", "low_80", "high_80", "high_95")] == [[0], [0], [3], [3]]


@pytest.mark.parametrize(
    ("share", "pupils", "points"), [(0.3, 10, 28), (0.3, 18, 22), (0.3, 30, 21), (0.15, 10, np.inf)]
)
def test_the_smallest_change_noticed(share, pupils, points):
    spread = special.expit(special.logit(share) + 0.35 * np.linspace(-3, 3, 41))
    weights = stats.norm.pdf(np.linspace(-3, 3, 41))
    chances = _count_chances(np.array([float(pupils)]), spread[None], (weights / weights.sum())[None])
    found = _smallest_change(chances, np.array([float(pupils)]), np.array([share]))
    assert_allclose(100 * found, points, atol=2)


@pytest.mark.parametrize(
    ("share", "pupils", "points"),
    [(0.3, 10, 28), (0.3, 18, 25), (0.3, 30, 20), (0.3, 60, 16), (0.3, 120, 14), (0.15, 10, np.inf), (0, 30, np.inf)],
)
def test_the_smallest_change_noticed_without_earlier_years(share, pupils, points):
    assert_allclose(100 * smallest_change([[share]], pupils), [[points]], atol=0.6)
    assert smallest_change(share, pupils, unsure=0.6) >= smallest_change(share, pupils)


def test_over_all_procedures_a_smaller_change_is_noticed():
    found = year_to_come(*years(10, 6, pupils=(25, 30))[0])
    assert np.isfinite(found.schools.smallest_change).all()
    assert found.schools.smallest_change.max() < np.median(found.rows.smallest_change)


def town_of_moving_levels(by, procedures, schools=12):
    """Shares of 20 % and 400 pupils in each cell; log odds of later years lie so far from the first."""
    shares = special.expit(special.logit(0.2) + np.r_[0, by])
    k = np.tile(np.round(400 * shares).astype(int)[:, None], (schools, 1, procedures))
    school, year, procedure = np.indices(k.shape).reshape(3, -1)
    return [k.ravel(), np.full(k.size, 400), school, procedure, year]


@pytest.mark.parametrize("procedures", [1, 3])
@pytest.mark.parametrize(
    ("by", "jump"),
    [([-0.81], True), ([0.7], True), ([-0.2], False), ([0.05, -0.76], True), ([0.8, -0.2], False), ([0.1, 0.2], False)],
)
def test_a_level_that_moves_more_than_earlier_years_show_has_jumped(by, procedures, jump):
    found = year_to_come(*town_of_moving_levels(by, procedures))
    assert (len(found.rows.row), len(found.schools.row)) == (12 * procedures, 12)
    for part in found:
        assert_allclose(part.moved, by[-1] - [0, *by][-2], atol=0.05)
        assert (part.jump == jump).all()


def test_what_one_school_achieves_is_no_jump_of_the_town():
    """Half of the failures of a small town are one school's, and they are gone: the others have not moved."""
    k, n, school, procedure, year = town_of_moving_levels([0], 2, schools=5)
    k = np.where(school == 0, np.where(year == 0, 320, 20), k)
    found = year_to_come(k, n, school, procedure, year)
    assert not found.schools.jump.any()
    assert found.schools.more[0] > 0.95
    assert_allclose(found.schools.moved[0], 0, atol=0.01)


def test_a_level_of_one_school_or_one_year_tells_no_jump():
    k, n, school, procedure, year = town_of_moving_levels([-0.81], 2)
    kept = (year == 1) | (procedure == 1) | (school == 0)  # one school has both years of procedure 0
    found = year_to_come(*(column[kept] for column in (k, n, school, procedure, year)))
    of_first = procedure[kept][found.rows.row] == 0
    assert np.isnan(found.rows.moved[of_first]).all()
    assert not found.rows.jump[of_first].any()
    assert found.rows.jump[~of_first].all()
    assert found.schools.jump.all()
    last = [column[year == 1] for column in (k, n, school, procedure, year)]
    assert np.isnan(year_to_come(*last).schools.moved).all()


EDGES = {
    "one procedure": years(6, 1),
    "a single earlier year": years(5, 3, 2),
    "no earlier year": years(5, 3, 1),
    "one school": years(1, 3),
    "one to three pupils": years(5, 3, pupils=(1, 3)),
}


@pytest.mark.parametrize("name", EDGES)
def test_every_edge_has_an_honest_number(name):
    rows, _, _ = EDGES[name]
    found = year_to_come(*rows)
    assert len(found.rows.row) == (rows[4] == rows[4].max()).sum()
    for part in found:
        numbers = np.stack([getattr(part, column) for column in COLUMNS])
        assert part.converged.all()
        assert np.isfinite(numbers).all()
        assert (part.fewer + part.more <= 1 + 1e-9).all()
        assert (numbers[[3, 1, 2, 4]] == np.sort(numbers[[3, 1, 2, 4]], axis=0)).all()
        assert not np.isnan(part.smallest_change).any()


def test_no_success_ever_and_a_school_that_is_new():
    k = np.zeros(27, int)
    school, year, procedure = np.indices((3, 3, 3)).reshape(3, -1)
    kept = (school > 0) | (year == 2)
    found = year_to_come(k[kept], np.full(kept.sum(), 20), school[kept], procedure[kept], year[kept])
    assert found.rows.converged.all()
    assert (found.rows.smallest_change == np.inf).all()
    assert found.schools.mean[0] > found.schools.mean[1:].max()


def test_own_results_of_the_year_do_not_change_what_is_foreseen():
    rows, _, _ = years(8, 4)
    k = rows[0].copy()
    k[(rows[2] == 0) & (rows[4] == 2)] = 0
    was, now = year_to_come(*rows).schools, year_to_come(k, *rows[1:]).schools
    assert abs(now.mean[0] - was.mean[0]) < 0.01
    assert now.more[0] > 0.99 > was.more[0]


@given(st.integers(0, 1000))
@settings(max_examples=2, deadline=None)
def test_order_and_neighbours_do_not_matter(seed):
    rows, town, _ = years(5, 3, towns=3, seed=seed)
    rows[1][town == 2] += 400  # of other lengths, which must not change how sums are computed
    order = np.random.default_rng(seed).permutation(len(town))
    together = year_to_come(*(column[order] for column in rows), town=town[order])
    alone = year_to_come(*(column[town == 1] for column in rows))
    place = np.flatnonzero(town == 1)[alone.rows.row]
    of = {row: number for number, row in enumerate(order[together.rows.row])}
    assert len(place) == 15
    for name in (*COLUMNS, "smallest_change", "moved", "jump"):
        assert_array_equal(getattr(alone.rows, name), getattr(together.rows, name)[[of[row] for row in place]])
        schools, all_schools = getattr(alone.schools, name), getattr(together.schools, name)
        of_town = town[order[together.schools.row]] == 1
        assert_array_equal(np.sort(schools), np.sort(all_schools[of_town]))


def test_nobody_supported_is_seldom_said_to_be_better_and_support_often():
    (rows, town, chosen), (helped, _, _) = years(18, 6, towns=16, seed=4), years(18, 6, towns=16, seed=4, support=0.8)
    some = town < 10
    nothing = year_to_come(*rows, town=town).schools
    given_support = year_to_come(*(column[some] for column in helped), town=town[some]).schools
    assert (chosen.sum(), chosen[: 18 * 10].sum()) == (32, 20)
    assert (nothing.more >= 0.8).mean() < 0.22
    assert (nothing.more[chosen] >= 0.95).mean() < 0.1
    assert (given_support.more[chosen[: 18 * 10]] >= 0.8).mean() > 0.7
    inside = 1 - (nothing.more > 0.9).mean() - (nothing.fewer > 0.9).mean()
    assert 0.74 < inside < 0.9


def test_chances_of_counts_are_those_of_scipy_near_none_and_near_all():
    totals, shares = np.array([3.0, 40, 400, 12, 0]), np.array([[0.2], [0.97], [0.999], [1.0], [0.4]])
    found = _count_chances(totals, shares, np.ones((5, 1)))
    assert found.shape == (5, 401)
    for row, n in enumerate(totals.astype(int)):
        assert_allclose(found[row, : n + 1], stats.binom.pmf(np.arange(n + 1), n, shares[row]), atol=1e-12)
        assert not found[row, n + 1 :].any()


def test_what_is_foreseen_hangs_on_no_grid_of_spreads(monkeypatch):
    rows, town, _ = years(18, 6, 2, towns=8, seed=2)
    few = year_to_come(*rows, town=town).schools
    monkeypatch.setattr("analysis.statistics.gaussian.KNOTS", {3: (12, 12, 12)})
    many = year_to_come(*rows, town=town).schools
    assert len(few.more) == 8 * 18
    assert_allclose(few.more, many.more, atol=0.02)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_fit_that_fails_is_left_out_without_a_warning_and_spoils_no_other(monkeypatch, wrong):
    rows, town, _ = years(5, 3, towns=2)
    rows[1][town == 1] = 41
    exact = year_to_come(*(column[town == 0] for column in rows))

    def failing(counts, prior, about):
        found = tilted(counts, prior, about)
        mean = np.where((counts.totals == 41).any(axis=(1, 2, 3), keepdims=True), wrong, found.moments.mean)
        return found._replace(moments=found.moments._replace(mean=mean))

    monkeypatch.setattr("analysis.statistics.pooled.tilted", failing)
    for part, other in zip(year_to_come(*rows, town=town), exact, strict=True):
        assert (part.converged == (town[part.row] == 0)).all()
        assert_array_equal(part.more[part.converged], other.more)
        assert np.isnan(part.more[~part.converged]).all()
    k, n, school, procedure, year = rows
    shares = pooled_shares(k, n, school, 3 * year + procedure, threshold=Rule(0.3, (1,)), town=town)
    assert (shares.converged == (town == 0)).all()
    assert (np.isfinite(shares.schools.meets_rule[0]) == (shares.schools.town == 0)).all()
