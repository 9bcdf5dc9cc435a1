"""Regression to the mean in real schools that nobody supported: `python -m benchmarks.public_schools FILE`.

FILE is «Indicateurs de valeur ajoutée des collèges» (ministère de l'Éducation nationale, Licence Ouverte 2.0), which is
no part of this project. Invented towns of 18 are drawn from its schools and their classes thinned to 8–40 pupils.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics.foresight import year_to_come
from analysis.statistics.pooled import pooled_shares

TOWN, LOWEST, SEED = 18, 2, 1
YEARS = ("2022", "2023", "2024")
Counts = NDArray[np.int64]


def main(path: Path) -> None:
    """Prints the figures."""
    failed, pupils = thinned(*read(path))
    towns = len(failed) // TOWN
    print(f"{len(failed)} schools, {towns} invented towns of {TOWN}")
    for years in ([0, 1], [1, 2], [0, 1, 2]):
        one_pair(failed[:, years], pupils[:, years], " ".join(YEARS[year] for year in years))


def read(path: Path) -> tuple[Counts, Counts]:
    """Failed and all candidates of schools that have all years: (schools, years)."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["Nb candidats G"] and row["Taux de réussite G"]:
                number = int(row["Nb candidats G"])
                passed = round(number * float(row["Taux de réussite G"]) / 100)
                found.setdefault(row["UAI"], {})[row["Session"]] = number - passed, number
    whole = [[of[year] for year in YEARS] for _, of in sorted(found.items()) if set(YEARS) <= of.keys()]
    failed, pupils = np.moveaxis(np.array(whole), 2, 0)
    return failed, pupils


def thinned(failed: Counts, pupils: Counts) -> tuple[Counts, Counts]:
    """Classes of 8–40 pupils out of these, in whole towns, in random order."""
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(failed))[: len(failed) // TOWN * TOWN]
    failed, pupils = failed[order], pupils[order]
    classes = np.minimum(rng.integers(8, 40, pupils.shape, endpoint=True), pupils)
    return rng.hypergeometric(failed, pupils - failed, classes), classes


def one_pair(failed: Counts, pupils: Counts, name: str) -> None:
    """What is said of the last of some years."""
    school, year = np.indices(failed.shape)
    found = year_to_come(
        failed.ravel(), pupils.ravel(), (school % TOWN).ravel(), np.zeros(failed.size, int), year.ravel(),
        town=(school // TOWN).ravel(),
    ).rows  # fmt: skip
    now, last = failed[:, -1], failed[:, -2]
    share, before = failed / pupils, (failed / pupils)[:, -2].reshape(-1, TOWN)
    lowest = np.zeros(before.shape, bool)
    np.put_along_axis(lowest, np.argsort(-before, axis=1, kind="stable")[:, :LOWEST], True, axis=1)
    chosen = lowest.ravel()
    distance = [(part.reshape(-1, TOWN) - part.reshape(-1, TOWN).mean(axis=1, keepdims=True)).ravel()[chosen].mean()
                for part in (share[:, -2], share[:, -1])]  # fmt: skip
    grown = _grown(last, pupils[:, -2], now, pupils[:, -1])
    print(f"\n{name}: foreseen for the last year; fits converged: {found.converged.mean():.4f}")
    print(f"  the lowest {LOWEST} of {TOWN}: {1 - distance[1] / distance[0]:.0%} of their distance vanished by itself; "
          f"better in {(share[:, -1] < share[:, -2])[chosen].mean():.0%}")  # fmt: skip
    _say("two years' own counts say «better» ", grown[chosen])
    _say("the model says «better than foreseen»", found.more[chosen])
    _say("the model, of all schools", found.more)
    for part, low, high in ((80, found.low_80, found.high_80), (95, found.low_95, found.high_95)):
        within = _within(found.fewer, 1 - found.more, (100 - part) / 200)
        print(f"  {part} % intervals hold {within:.1%}; in whole counts {((low <= now) & (now <= high)).mean():.1%}")
    _next_year(failed, pupils)


def _grown(last: Counts, of_last: Counts, now: Counts, of_now: Counts) -> NDArray[np.float64]:
    """The probability that the share fell, from two years' own counts (Jeffreys), by sums over a fine grid."""
    grid = (np.arange(400) + 0.5) / 400
    below = special.betainc(now[:, None] + 0.5, (of_now - now)[:, None] + 0.5, grid)
    reached = special.betainc(last[:, None] + 0.5, (of_last - last)[:, None] + 0.5, np.linspace(0, 1, 401))
    return np.asarray((below * np.diff(reached, axis=1)).sum(axis=1))


def _say(name: str, said: NDArray[np.float64]) -> None:
    print(f"  {name}: ≥ 0.8 of {(said >= 0.8).mean():.1%}, ≥ 0.95 of {(said >= 0.95).mean():.1%}")


def _within(fewer: NDArray[np.float64], up_to: NDArray[np.float64], tail: float) -> float:
    """How often what came lies between the tails; of a count that stands in both, the part that lies between."""
    part = np.minimum(up_to, 1 - tail) - np.maximum(fewer, tail)
    return float((np.maximum(part, 0) / np.maximum(up_to - fewer, 1e-12)).mean())


def _next_year(failed: Counts, pupils: Counts) -> None:
    """How near the pooled share of the year before comes to this year's share."""
    school = np.arange(len(failed))
    pooled = pooled_shares(failed[:, -2], pupils[:, -2], school % TOWN, 0 * school, town=school // TOWN).mean
    now = failed[:, -1] / pupils[:, -1]
    errors = _root_mean_square([pooled, failed[:, -2] / pupils[:, -2]], now)
    print("  next year's share from this year's: {:.4f} pooled, {:.4f} own".format(*errors))


def _root_mean_square(guesses: Iterable[NDArray[np.float64]], truth: NDArray[np.float64]) -> list[float]:
    return [float(np.sqrt(((guess - truth) ** 2).mean())) for guess in guesses]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
