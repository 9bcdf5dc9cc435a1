"""How good the pooled shares are where the truth is known, and how fast: `python -m benchmarks.pooled`.

Invented towns with fixed seeds: what is said and came, coverage, errors and log loss beside the schools' own counts
(Jeffreys), the joint rule, support that was given, jumps of levels, schools of like context.
`python -m benchmarks.pooled rows` measures 1.5 million rows on all processors.
"""

import resource
import sys
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.context import like_context
from analysis.statistics.foresight import year_to_come
from analysis.statistics.pooled import Rule, poisson_binomial_at_least, pooled_shares

Numbers = NDArray[np.float64]
THRESHOLD, LEAST, LEVEL, LEVELS_APART = 0.3, 2, -1.4, 0.3
SIZES = [(schools, procedures) for schools in (4, 10, 18, 60) for procedures in (1, 6, 14)]
SPREADS = ((0.0, 0.0), (0.0, 0.3), (0.35, 0.25), (0.6, 0.2), (0.7, 0.5))
TOWNS = 40  # of each setting, of which it is asked what came
SOFT = 1e-6  # the least and greatest chance that log loss counts


class Towns:
    """Invented towns of one size: rows of cells, their true shares, and what each way of counting says of them."""

    def __init__(
        self, number: int, size: tuple[int, int], spreads: tuple[float, float], seed: int, far: float = 0.0
    ) -> None:
        rng, (schools, procedures), (spread, cells) = np.random.default_rng(seed), size, spreads
        odds = LEVEL + rng.normal(0, LEVELS_APART, (number, 1, procedures))
        odds = odds + rng.normal(0, spread, (number, schools, 1))
        self.shape = (number, schools, procedures)
        odds = odds + rng.normal(0, cells if procedures > 1 else 0, self.shape)
        self.totals = rng.integers(8, 40, self.shape, endpoint=True).ravel()
        self.share = special.expit(odds + (rng.normal(0, far, (number, 1, 1)) if far else 0.0)).ravel()
        self.successes = rng.binomial(self.totals, self.share)
        self.town, self.school, self.procedure = np.indices(self.shape).reshape(3, -1)
        rule = Rule(THRESHOLD, (LEAST,))
        pooled = pooled_shares(self.successes, self.totals, self.school, self.procedure, threshold=rule, town=self.town)
        self.covered = (pooled.low <= self.share) & (self.share <= pooled.high)
        self.rule, self.came = pooled.schools.meets_rule[0], self.share >= THRESHOLD
        over = special.betaincc(self.successes + 0.5, self.totals - self.successes + 0.5, THRESHOLD)
        self.said = {
            "own": (self.successes / self.totals, over),
            "model": (pooled.mean, pooled.over_threshold),
        }


def log_loss(said: Numbers, came: NDArray[np.bool_]) -> float:
    """The mean of minus the logarithm of what was said of what came."""
    said = np.clip(said, SOFT, 1 - SOFT)
    return float(-np.log(np.where(came, said, 1 - said)).mean())


def settings() -> None:
    """Coverage and errors by setting, then what was said and what came over all."""
    print("schools procedures spreads: cover; RMSE own, model; log loss own, model")
    every: dict[str, list[tuple[Numbers, NDArray[np.bool_]]]] = {"own": [], "model": []}
    covers = []
    for seed, (size, spreads) in enumerate((size, spreads) for size in SIZES for spreads in SPREADS):
        towns = Towns(max(4000 // (size[0] * size[1]), TOWNS), size, spreads, seed)
        covers.append(towns.covered.mean())
        errors = [np.sqrt(((value - towns.share) ** 2).mean()) for value, _ in towns.said.values()]
        losses = [log_loss(chance, towns.came) for _, chance in towns.said.values()]
        for name, (_, chance) in towns.said.items():
            every[name].append((chance[towns.town < TOWNS], towns.came[towns.town < TOWNS]))
        print(*size, spreads, f"{covers[-1]:.3f};", _line(errors), ";", _line(losses))
    inside = [cover for cover, place in zip(covers, range(len(covers)), strict=True) if place % len(SPREADS)]
    print(f"cover: mean {np.mean(covers):.3f}, least {min(covers):.3f}; where schools differ {np.mean(inside):.3f}")
    for name, parts in every.items():
        said, came = (np.concatenate(part) for part in zip(*parts, strict=True))
        print(name, said_and_came(said, came))


def small_towns() -> None:
    """What is said and comes in small towns of one kind: their levels lie near the threshold's side, or anywhere.

    The model knows nothing of other towns. Where all levels lie a little below the threshold, a town that seems to lie
    above it mostly does not, and no model of one town can know that: to know the spreads exactly changes little.
    """
    for far in (0.0, 1.0):
        for size, spreads in ((size, spreads) for size in SIZES[:2] for spreads in SPREADS):
            towns = Towns(16000 // (size[0] * size[1]), size, spreads, 7, far)
            said = towns.said["model"][1]
            print(*size, spreads, f"levels ± {far}:", f"{towns.covered.mean():.3f};", said_and_came(said, towns.came))


def said_and_came(said: Numbers, came: NDArray[np.bool_]) -> str:
    """Means in tenths, with the number of cases."""
    tenths = [(said >= low / 10) & ((said < low / 10 + 0.1) | (low == 9)) for low in range(10)]
    return " ".join(f"{said[part].mean():.3f}→{came[part].mean():.3f} ({part.sum()})" for part in tenths if part.any())


def _line(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:.3f}" for number in numbers)


def rules() -> None:
    """«At least 30 % in 2 of 12», ten schools: what each says of the schools, and of those the bare rule selects."""
    towns = Towns(200, (10, 12), (0.35, 0.25), 77)
    by_school = (towns.shape[0] * towns.shape[1], towns.shape[2])
    truly = (towns.came.reshape(by_school).sum(axis=1)) >= LEAST
    bare = ((towns.successes / towns.totals >= THRESHOLD).reshape(by_school).sum(axis=1)) >= LEAST
    print(
        f"joint rule: selected {bare.mean():.2f}, truly {truly.mean():.2f}, of those selected {truly[bare].mean():.2f}"
    )
    own = poisson_binomial_at_least(towns.said["own"][1].reshape(by_school), LEAST)
    for name, chance in (("own", own), ("model", towns.rule)):
        print(f"  {name}: of those selected {chance[bare].mean():.2f}, log loss {log_loss(chance, truly):.3f}")
    print("  model", said_and_came(towns.rule, truly))


def support() -> None:
    """18 schools, 12 procedures; the two lowest of the last year but one get support in the last."""
    for years, given, towns in (
        (3, 0.0, 600),
        (3, 0.25, 200),
        (3, 0.5, 200),
        (3, 0.8, 200),
        (2, 0.0, 400),
        (2, 0.5, 200),
    ):
        rng = np.random.default_rng(5)
        shape = (towns, 18, years, 12)
        odds = LEVEL + rng.normal(0, 0.3, (towns, 1, 1, 12)) + rng.normal(0, 0.1, (towns, 1, years, 12))
        odds = odds + rng.normal(0, 0.35, (towns, 18, 1, 1)) + rng.normal(0, 0.15, (towns, 18, years, 1))
        odds = odds + rng.normal(0, 0.25, shape)
        totals = rng.integers(8, 40, shape, endpoint=True)
        successes = rng.binomial(totals, special.expit(odds))
        before = successes[:, :, -2].sum(axis=2) / totals[:, :, -2].sum(axis=2)
        chosen = np.argsort(np.argsort(-before, axis=1), axis=1) < 2
        helped = rng.binomial(totals[:, :, -1], special.expit(odds[:, :, -1] - given))
        successes[:, :, -1] = np.where(chosen[..., None], helped, successes[:, :, -1])
        town, school, year, procedure = np.indices(shape).reshape(4, -1)
        found = year_to_come(successes.ravel(), totals.ravel(), school, procedure, year, town=town).schools
        said = found.more[chosen.ravel()]
        print(f"{years} years, support {given}: «better than foreseen» ≥ 0.8 of {(said >= 0.8).mean():.3f}, "
              f"≥ 0.95 of {(said >= 0.95).mean():.3f}; all schools {(found.more >= 0.8).mean():.3f}, "
              f"{(found.more >= 0.95).mean():.3f}; fall noticed {np.median(found.smallest_change):.3f}; "
              f"towns that jump {found.jump.mean():.3f}")  # fmt: skip


def jumps() -> None:
    """How often a jump of a town is said, where levels move as usual and where failures halve in the last year."""
    for size in ((18, 2, 6), (18, 3, 6), (18, 2, 1), (4, 3, 4)):
        for last in (1.0, 0.5):
            rng, shape = np.random.default_rng(1), (40, *size)
            odds = LEVEL + rng.normal(0, 0.3, (40, 1, 1, size[2])) + rng.normal(0, 0.1, (40, 1, size[1], 1))
            odds = odds + rng.normal(0, 0.35, (40, size[0], 1, 1)) + rng.normal(0, 0.2, shape)
            share = special.expit(odds)
            share[:, :, -1] *= last
            totals = rng.integers(8, 40, shape, endpoint=True)
            k, (town, school, year, procedure) = rng.binomial(totals, share), np.indices(shape).reshape(4, -1)
            found = year_to_come(k.ravel(), totals.ravel(), school, procedure, year, town=town)
            print(size, f"failures × {last}: moved {np.nanmean(found.schools.moved):.2f}, jump of towns "
                  f"{found.schools.jump.mean():.3f}, of procedures {found.rows.jump.mean():.3f}")  # fmt: skip


def context() -> None:
    """A slope of 0.3 and own effects of 0.25: how near what is expected comes, and whether intervals hold."""
    for size in ((18, 6), (10, 1), (60, 6)):
        rng = np.random.default_rng(1)
        covariate = rng.normal(size=(60, size[0]))
        covariate = (covariate - covariate.mean(axis=1, keepdims=True)) / covariate.std(axis=1, keepdims=True)
        own = rng.normal(0, 0.25, covariate.shape)
        level = LEVEL + rng.normal(0, 0.3, (60, 1, size[1])) + 0.3 * covariate[..., None]
        odds = level + own[..., None] + rng.normal(0, 0.2 if size[1] > 1 else 0.0, (60, *size))
        totals = rng.integers(8, 40, odds.shape, endpoint=True)
        k, (town, school, procedure) = rng.binomial(totals, special.expit(odds)), np.indices(odds.shape).reshape(3, -1)
        found = like_context(k.ravel(), totals.ravel(), school, procedure, covariate[town, school], town=town)
        like = ((totals * special.expit(level)).sum(axis=2) / totals.sum(axis=2)).ravel()
        error = np.sqrt(((found.expected - like) ** 2).mean())
        covered = (found.beyond_low <= own.ravel()) & (own.ravel() <= found.beyond_high)
        print(size, f"like context: error {error:.3f}, intervals of the own effect hold {covered.mean():.3f}")


def speed() -> None:
    """Seconds of a town of 18 schools, 14 procedures, three years; the least of seven."""
    rng = np.random.default_rng(1)
    school, year, procedure = np.indices((18, 3, 14)).reshape(3, -1)
    totals = rng.integers(8, 40, school.shape, endpoint=True)
    successes = rng.binomial(totals, 0.2)
    for name, run in (
        (
            "shares of three years",
            lambda: pooled_shares(successes, totals, school, procedure, threshold=0.3, town=year),
        ),
        ("the year to come", lambda: year_to_come(successes, totals, school, procedure, year)),
    ):
        taken = []
        for _ in range(7):
            started = time.perf_counter()
            run()
            taken.append(time.perf_counter() - started)
        print(f"18 × 14 × 3, {name}: {min(taken):.3f} s")


def rows() -> None:
    """1.5 million rows: 2,333 towns of 18 schools, 12 procedures, three years: shares, and the last year foreseen."""
    rng = np.random.default_rng(3500)
    town, school, year, procedure = np.indices((2333, 18, 3, 12)).reshape(4, -1)
    totals = rng.integers(8, 40, town.shape, endpoint=True)
    odds = LEVEL + 0.35 * rng.normal(size=(2333, 18))[town, school] + 0.25 * rng.normal(size=town.shape)
    counts = rng.binomial(totals, special.expit(odds)), totals, school, procedure
    for name, run in (
        ("shares of each year", lambda: pooled_shares(*counts, threshold=0.3, town=3 * town + year)),
        ("the last year foreseen", lambda: year_to_come(*counts, year, town=town)),
    ):
        started, before = time.perf_counter(), _of_processors()
        run()
        print(f"{len(town)} rows, {name}: {time.perf_counter() - started:.1f} s, seconds of processors: "
              f"{_of_processors() - before:.1f}, at most {_megabytes():.0f} MB a process")  # fmt: skip


def _of_processors() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _megabytes() -> float:
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


if __name__ == "__main__":
    if "rows" in sys.argv:
        rows()
    else:
        for part in (speed, rules, support, jumps, context, settings, small_towns):
            part()
