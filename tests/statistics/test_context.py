"""Schools against what schools of like context reach: a slope found again, edges, and what must not matter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from analysis.statistics.context import like_context
from analysis.statistics.pooled import pooled_shares

pytestmark = pytest.mark.filterwarnings("error")
NUMBERS = ("expected", "low", "high", "beyond", "beyond_low", "beyond_high", "above")


def rows(schools=12, procedures=3, slope=0.5, own=None, pupils=200):
    """Successes without chance, totals, school, procedure, and a covariate that falls from school to school."""
    covariate = np.linspace(6, 1, schools)
    standard = (covariate - covariate.mean()) / covariate.std()
    odds = -1.0 + slope * standard + (np.zeros(schools) if own is None else np.asarray(own))
    k = np.tile(np.round(pupils * special.expit(odds)).astype(int)[:, None], (1, procedures))
    school, procedure = np.indices(k.shape).reshape(2, -1)
    return k.ravel(), np.full(k.size, pupils), school, procedure, covariate[school]


def test_a_slope_is_found_again_and_a_school_that_lies_beyond_it():
    own = np.zeros(12)
    own[4] = 0.6
    k, n, school, procedure, covariate = rows(own=own)
    found, alone = like_context(k, n, school, procedure, covariate), pooled_shares(k, n, school, procedure).schools
    others = np.arange(12) != 4
    assert_allclose(found.expected[others], (k / n)[procedure == 0][others], atol=0.03)
    assert found.beyond.argmax() == 4
    assert found.beyond_low[4] > 0.2
    assert found.above[4] > 0.99
    assert np.abs(found.beyond[others]).max() < 0.2
    assert (found.low < found.expected).all() & (found.expected < found.high).all()
    assert alone.mean[0] - alone.mean[11] > 1.2  # without the covariate the ends lie far from the town
    assert abs(found.beyond[0] - found.beyond[11]) < 0.3


def test_own_results_hardly_move_what_is_expected():
    k, *others = rows()
    lower = k.copy()
    lower[others[1] == 0] //= 2
    was, now = like_context(k, *others), like_context(lower, *others)
    assert abs(now.expected[0] - was.expected[0]) < 0.02
    assert now.above[0] < 0.05 < was.above[0]


def test_equal_covariates_are_the_other_schools_alone():
    k, n, school, procedure, _ = rows(slope=0.2)
    found = like_context(k, n, school, procedure, np.full(len(k), 3.0))
    assert_allclose(found.expected, (k / n).mean(), atol=0.02)


def test_a_school_without_a_covariate_gets_none_and_the_others_theirs():
    *counts, covariate = rows()
    covariate[counts[2] == 3] = np.nan
    found = like_context(*counts, covariate)
    missing = np.stack([np.isnan(getattr(found, name)) for name in NUMBERS])
    assert (missing == (np.arange(12) == 3)).all()
    assert found.converged.all()


@pytest.mark.parametrize(("schools", "enough"), [(4, False), (5, True)])
def test_four_others_are_needed(schools, enough):
    assert (np.isfinite(like_context(*rows(schools)).expected) == enough).all()


def test_edges_have_numbers():
    for k, n in (
        ([0] * 6, [20] * 6),
        ([20] * 6, [20] * 6),
        ([1, 0, 0, 0, 1, 0], [1] * 6),
        ([0, 3, 5, 2, 4, 6], [0] + [20] * 5),
    ):
        found = like_context(k, n, range(6), [0] * 6, range(6))
        missing = np.stack([np.isnan(getattr(found, name)) for name in NUMBERS])
        assert (missing == (np.array(n) == 0)).all()


def test_a_town_alone_has_the_same_bits_as_among_others():
    parts = [np.stack(rows(schools, procedures)) for schools, procedures in ((6, 2), (9, 4), (6, 2))]
    town = np.repeat(range(3), [part.shape[1] for part in parts])
    k, n, school, procedure, covariate = np.concatenate(parts, axis=1)
    together = like_context(k, n, school.astype(int), procedure.astype(int), covariate, town=town)
    assert len(together.expected) == 6 + 9 + 6
    for number, part in enumerate(parts):
        alone = like_context(*part[:2], *part[2:4].astype(int), part[4])
        for name in NUMBERS:
            assert_array_equal(getattr(alone, name), getattr(together, name)[together.town == number])


def test_two_covariates_of_a_school_are_refused():
    *counts, covariate = rows()
    covariate[0] += 1
    with pytest.raises(ValueError, match="one covariate"):
        like_context(*counts, covariate)
