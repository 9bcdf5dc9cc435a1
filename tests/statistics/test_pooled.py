"""Shares pooled over a town: edge cases, what must not matter, and calibration in small."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import special

from analysis.files.memory import FORGETFUL
from analysis.statistics.counts import processes, remembering
from analysis.statistics.pooled import Rule, pooled_shares

NUMBERS = ("mean", "low", "high", "over_threshold")
pytestmark = pytest.mark.filterwarnings("error")


def town(schools, procedures, spread=0.4, cells=0.25, *, seed=1, pupils=(8, 40), level=-1.3):
    """Successes, totals, school and procedure of the rows of an invented town, and their true shares."""
    rng = np.random.default_rng(seed)
    odds = level + rng.normal(0, 0.3, procedures) + rng.normal(0, spread, (schools, 1))
    share = special.expit(odds + rng.normal(0, cells, (schools, procedures)))
    totals = rng.integers(*pupils, share.shape, endpoint=True)
    school, procedure = np.indices(share.shape).reshape(2, -1)
    return rng.binomial(totals, share).ravel(), totals.ravel(), school, procedure, share.ravel()


def honest(found):
    """Every row has a number in an interval, none of them missing."""
    numbers = np.stack([getattr(found, name) for name in NUMBERS[:3]])
    assert found.converged.all()
    assert found.schools.converged.all()
    assert np.isfinite(numbers).all()
    assert ((numbers >= 0) & (numbers <= 1)).all()
    assert ((found.low <= found.mean) & (found.mean <= found.high)).all()
    assert (found.schools.low < found.schools.high).all()
    return True


EDGES = {
    "no success": ([0] * 6, [20] * 6, [0, 0, 1, 1, 2, 2], [0, 1] * 3),
    "nothing but success": ([20] * 6, [20] * 6, [0, 0, 1, 1, 2, 2], [0, 1] * 3),
    "one pupil each": ([0, 1, 0, 0, 1, 0], [1] * 6, [0, 0, 1, 1, 2, 2], [0, 1] * 3),
    "one school": ([3, 5, 2], [20, 18, 30], [7, 7, 7], [1, 2, 3]),
    "one procedure": ([3, 5, 2], [20, 18, 30], [1, 2, 3], [7, 7, 7]),
    "one cell": ([3], [10], [1], [1]),
    "one cell of one pupil": ([0], [1], [1], [1]),
    "all equal": ([5] * 6, [20] * 6, [0, 0, 1, 1, 2, 2], [0, 1] * 3),
    "a procedure of one school": ([3, 5, 2, 6], [20, 18, 30, 15], [0, 1, 2, 2], [0, 0, 0, 1]),
    "no two schools share a procedure": ([3, 5, 2], [20, 18, 30], [0, 1, 2], [0, 1, 2]),
    "one and four hundred pupils": ([1, 90, 0, 70], [1, 400, 1, 400], [0, 0, 1, 1], [0, 1, 0, 1]),
    "nobody took part": ([3, 5, 0, 6], [20, 18, 0, 15], [0, 1, 2, 2], [0, 0, 0, 1]),
    "nobody anywhere": ([0, 0], [0, 0], [0, 1], [0, 0]),
    "worlds apart": ([0, 400, 0, 400], [400, 400, 400, 400], [0, 1, 0, 1], [0, 0, 1, 1]),
    "a million pupils": ([200_000, 300_000, 7, 1], [1_000_000, 1_000_000, 20, 3], [0, 1, 0, 1], [0, 0, 1, 1]),
}


@pytest.mark.parametrize("name", EDGES)
def test_every_edge_has_an_honest_number(name):
    assert honest(pooled_shares(*EDGES[name], threshold=Rule(0.3, (1,))))


def test_no_rows_are_no_shares():
    found = pooled_shares([], [], [], [])
    assert (len(found.mean), len(found.schools.mean)) == (0, 0)


def test_a_cell_alone_is_nearly_as_wide_as_its_own_counts_say():
    found = pooled_shares([3], [10], [1], [1], threshold=0.3)
    assert_allclose([found.low, found.high], [[0.0927], [0.6058]], atol=0.05)  # Jeffreys
    assert abs(found.mean[0] - 0.3) < 0.04


def test_large_counts_speak_for_themselves():
    found = pooled_shares([2000, 4500, 3100], [10_000] * 3, [1, 2, 3], [1, 1, 1], threshold=0.3)
    assert_allclose(found.mean, [0.2, 0.45, 0.31], atol=1e-3)
    assert_allclose(found.high - found.low, 2 * 1.96 * np.sqrt(found.mean * (1 - found.mean) / 10_000), rtol=0.03)
    assert_allclose(found.over_threshold, [0, 1, special.ndtr(0.01 / 0.004625)], atol=0.02)


def test_a_row_without_pupils_gets_what_the_others_foresee():
    k, n, school, procedure, _ = town(12, 4)
    n[0] = k[0] = 0
    found = pooled_shares(k, n, school, procedure)
    wide = found.high - found.low
    assert wide[0] > 1.1 * np.median(wide)
    assert abs(found.mean[0] - found.mean[procedure == 0].mean()) < 0.1


def test_small_classes_are_drawn_further_to_the_town():
    k, n = np.r_[[4] * 8, 4, 40], np.r_[[20] * 8, 8, 80]
    found = pooled_shares(k, n, np.arange(10), np.zeros(10, int))
    assert 0.2 < found.mean[8] < found.mean[9] - 0.1


def test_schools_are_told_apart_by_all_their_results():
    k = [9, 8, 10, 2, 3, 2, 5, 5, 6, 5, 5, 4]
    found = pooled_shares(k, [20] * 12, np.repeat([30, 10, 20, 40], 3), [1, 2, 3] * 4).schools
    assert found.school.tolist() == [10, 20, 30, 40]
    assert found.mean.argmax() == 2
    assert found.mean.argmin() == 0
    assert found.above[2] > 0.9 > 0.1 > found.above[0]


BAD = {
    "whole numbers": ([3.5], [10], [1], [1]),
    "from 0 to their totals": ([11], [10], [1], [1]),
    "two rows of one procedure": ([1, 2], [10, 10], [1, 1], [1, 1]),
    "of one length": ([1, 2], [10, 10], [1], [1, 2]),
}


@pytest.mark.parametrize("said", BAD)
def test_columns_that_are_no_counts_are_refused(said):
    with pytest.raises(ValueError, match=said):
        pooled_shares(*BAD[said])


@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 4))
@settings(max_examples=6, deadline=None)
def test_the_order_of_rows_does_not_matter(seed, schools, procedures):
    rows = np.stack(town(schools, procedures, seed=seed)[:4])
    order = np.random.default_rng(seed).permutation(rows.shape[1])
    straight, mixed = (pooled_shares(*part, threshold=0.3) for part in (rows, rows[:, order]))
    for name in NUMBERS:
        assert_array_equal(getattr(straight, name)[order], getattr(mixed, name))


@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(1, 4))
@settings(max_examples=6, deadline=None)
def test_what_schools_are_called_does_not_matter(seed, schools, procedures):
    k, n, school, procedure, _ = town(schools, procedures, seed=seed)
    names = np.random.default_rng(seed).permutation(schools) * 1000
    straight = pooled_shares(k, n, school, procedure, threshold=0.3)
    renamed = pooled_shares(k, n, names[school], 9 - procedure, threshold=0.3)
    for name in NUMBERS:
        assert_allclose(getattr(straight, name), getattr(renamed, name), atol=1e-7)
    assert_allclose(renamed.schools.mean[np.argsort(np.argsort(names))], straight.schools.mean, atol=1e-7)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 5)), min_size=4, max_size=6), st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_a_town_alone_has_the_same_bits_as_among_others(sizes, seed):
    towns = [np.stack(town(*size, seed=seed + place)[:4]) for place, size in enumerate(sizes)]
    number = np.repeat(np.arange(len(towns)), [part.shape[1] for part in towns])
    together = pooled_shares(*np.concatenate(towns, axis=1), town=number, threshold=Rule(0.3, (2, 3)))
    assert together.converged.all()
    for place, part in enumerate(towns):
        alone = pooled_shares(*part, threshold=Rule(0.3, (2, 3)))
        for name in NUMBERS:
            assert_array_equal(getattr(alone, name), getattr(together, name)[number == place])
        of_town = together.schools.town == place
        for name in ("mean", "low", "high", "above", "meets_rule"):
            assert_array_equal(getattr(alone.schools, name), getattr(together.schools, name)[..., of_town])


def test_a_town_that_cannot_be_fitted_says_so_and_spoils_no_other(monkeypatch):
    first, other = town(5, 3, seed=1)[:4], town(5, 3, seed=2)[:4]
    monkeypatch.setattr("analysis.statistics.pooled.STILL_MOVING", 1e-12)
    found = pooled_shares(*first, threshold=Rule(0.3, (2, 3)))
    assert not found.converged.any()
    assert not found.schools.converged.any()
    assert np.isnan([getattr(found, name) for name in NUMBERS]).all()
    monkeypatch.undo()
    assert honest(pooled_shares(*np.concatenate([first, other], axis=1), town=np.repeat([0, 1], 15), threshold=0.3))


def test_what_is_said_comes_true_in_invented_towns():
    sizes = [(4, 6), (10, 6), (18, 4), (10, 1), (30, 2)] * 6
    towns = [town(*size, spread=0.1 + 0.1 * (place % 7), cells=0.25 * (size[1] > 1), seed=place)
             for place, size in enumerate(sizes)]  # fmt: skip
    k, n, school, procedure, share = np.concatenate(towns, axis=1)
    number = np.repeat(np.arange(len(towns)), [len(one[0]) for one in towns])
    found = pooled_shares(k, n, school.astype(int), procedure.astype(int), threshold=0.3, town=number)
    own, chance, came = k / n, found.over_threshold, share >= 0.3
    assert honest(found)
    assert 0.93 < ((found.low <= share) & (share <= found.high)).mean() < 0.98
    assert np.sqrt(((found.mean - share) ** 2).mean()) < 0.7 * np.sqrt(((own - share) ** 2).mean())
    for low, high in ((0.1, 0.3), (0.3, 0.7), (0.7, 0.9)):
        within = (low <= chance) & (chance < high)
        assert within.sum() > 50
        assert abs(chance[within].mean() - came[within].mean()) < 0.03 + 2 * 0.5 / np.sqrt(within.sum())


@pytest.mark.parametrize(("procedures", "spread"), [(1, 0.0), (1, 0.6), (6, 0.0), (6, 0.4)])
def test_what_is_said_comes_true_in_four_schools_wherever_the_level_lies(procedures, spread):
    rng = np.random.default_rng(11)
    levels = rng.normal(-0.85, 1.0, 300 if procedures == 1 else 80)
    towns = [town(4, procedures, spread, 0.1 * (procedures > 1), seed=100 + place, level=level)
             for place, level in enumerate(levels)]  # fmt: skip
    k, n, school, procedure, share = np.concatenate(towns, axis=1)
    number = np.repeat(np.arange(len(levels)), 4 * procedures)
    found = pooled_shares(k, n, school.astype(int), procedure.astype(int), threshold=0.3, town=number)
    chance, came = found.over_threshold, share >= 0.3
    for low, high in ((0.1, 0.3), (0.3, 0.7), (0.7, 0.9)):
        within = (low <= chance) & (chance < high)
        assert within.sum() > 80
        assert abs(chance[within].mean() - came[within].mean()) < 0.03 + 2 * 0.5 / np.sqrt(within.sum() / procedures)
    assert 0.92 < ((found.low <= share) & (share <= found.high)).mean() < 0.995


@pytest.mark.parametrize("size", [(60, 14), (8, 4)])
@pytest.mark.parametrize("level", [-1.4, -9.0])
def test_more_passes_over_the_cells_say_the_same(monkeypatch, size, level):
    """Cells that all know the same little thing overshoot, or come near too slowly, where steps are badly chosen."""
    rows = town(*size, spread=0.0, cells=0.0, level=level)[:4]
    few = pooled_shares(*rows, threshold=0.3)
    for name in ("FIRST_PASSES", "CENTRE_PASSES", "PASSES"):
        monkeypatch.setattr(f"analysis.statistics.pooled.{name}", 12)
    many = pooled_shares(*rows, threshold=0.3)
    assert_allclose(few.mean, many.mean, atol=0.001)
    assert_allclose(few.high, many.high, atol=0.004)


@pytest.mark.parametrize("killed", [False, True])
def test_very_many_rows_are_worked_on_by_several_processes_to_the_same_bits(monkeypatch, killed):
    parts = [town(6, 3, seed=seed)[:4] for seed in range(3)]
    k, n, school, procedure = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    rows = (k, n, school.astype(int), procedure.astype(int))
    number, asked = np.repeat(range(3), 18), []

    class Pool(ThreadPoolExecutor):
        def __init__(self, *arguments):
            asked.append(arguments)
            if killed:
                raise BrokenProcessPool
            super().__init__()

    one = pooled_shares(*rows, threshold=0.3, town=number)
    monkeypatch.setattr("analysis.statistics.counts.MANY", 54)
    monkeypatch.setattr("analysis.statistics.counts.ProcessPoolExecutor", Pool)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with processes(1):
        pooled_shares(*rows, threshold=0.3, town=number)
    assert asked == []
    several = pooled_shares(*rows, threshold=0.3, town=number)
    assert len(asked) == 1
    for name in NUMBERS:
        assert_array_equal(getattr(one, name), getattr(several, name))
    assert_array_equal(one.schools.above, several.schools.above)


def test_towns_that_are_the_same_are_worked_out_once():
    """Towns of two sizes: one number of the smaller one is corrected, and that town alone is worked out again."""
    parts = [town(5, 3, seed=2)[:4], town(12, 6, seed=3)[:4]]
    k, n, school, procedure = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    of_town = np.repeat([0, 1], [len(part[0]) for part in parts])
    known, made = {}, []

    def remember(step, given, make):
        key = FORGETFUL.content([step, *given])
        if key not in known:
            made.append(step)
            known[key] = make()
        return known[key]

    corrected = np.where(np.arange(len(k)) == 0, np.maximum(n - k, 1), k)
    with remembering(remember):
        for counts, worked_out in ((k, 2), (k, 2), (corrected, 3)):
            found = pooled_shares(counts, n, school, procedure, town=of_town)
            assert len(made) == worked_out
    anew = pooled_shares(corrected, n, school, procedure, town=of_town)
    assert corrected[0] != k[0]
    for name in NUMBERS[:3]:
        assert_array_equal(getattr(found, name), getattr(anew, name))
