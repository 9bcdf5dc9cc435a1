"""Full Bayesian sampling of the model of `analysis.statistics` for six small towns, run once; the tests hold its table.

`python -m benchmarks.pooled_reference tests/statistics/data/reference.csv` makes the table (six minutes). Hamiltonian
Monte Carlo (Neal 2011), 256 chains side by side, 600 steps to warm up, then 2,000, every second kept; the seed is the
place of a town; made with numpy 2.4.6 and scipy 1.17.1. Effects are sampled as standard normal numbers times their
spreads, spreads as logarithms. Nothing of the package takes part but the constants of the priors, two of which the
model takes from the counts.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.statistics import pooled
from analysis.statistics.counts import batches, coded

Numbers = NDArray[np.float64]
CHAINS, WARM, KEPT, LEAPS = 256, 600, 2000, 24
THRESHOLD = 0.3
COLUMNS = ["town", "school", "procedure", "successes", "totals", "mean", "low", "high", "over_threshold"]
# schools, procedures, fewest and most pupils, spread of schools, of cells, log odds of the town
TOWNS = {
    "usual": (10, 6, 8, 40, 0.35, 0.25, -1.4),
    "large": (18, 12, 8, 40, 0.5, 0.2, -1.4),
    "four schools": (4, 6, 8, 40, 0.6, 0.2, -1.0),
    "all zeros": (8, 4, 8, 30, 0.0, 0.0, -50.0),
    "one to eight pupils": (8, 4, 1, 8, 0.5, 0.3, -1.0),
    "one procedure": (12, 1, 8, 40, 0.5, 0.0, -1.0),
}


def main(path: Path) -> None:
    """Samples all towns and writes the table."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for seed, (name, town) in enumerate(TOWNS.items(), start=1):
            successes, totals = counts_of(town, seed)
            share = sampled(successes, totals, seed)
            low, high = np.quantile(share, (0.025, 0.975), axis=0)
            numbers = np.stack([share.mean(axis=0), low, high, (share >= THRESHOLD).mean(axis=0)])
            for school, procedure in np.ndindex(*totals.shape):
                row = [f"{number:.5f}" for number in numbers[:, school, procedure]]
                place = successes[school, procedure], totals[school, procedure]
                table.writerow([name, school, procedure, *place, *row])


def counts_of(town: tuple[int, int, int, int, float, float, float], seed: int) -> tuple[NDArray[np.int64], ...]:
    """Successes and totals of an invented town: (schools, procedures)."""
    schools, procedures, fewest, most, spread, cells, level = town
    rng = np.random.default_rng(seed)
    odds = level + rng.normal(0, 0.3, procedures) + rng.normal(0, spread, (schools, 1))
    odds = odds + rng.normal(0, cells, (schools, procedures))
    totals = rng.integers(fewest, most, (schools, procedures), endpoint=True)
    return rng.binomial(totals, special.expit(odds)), totals


class _Model:
    """The logarithm of the posterior and its slope, of many chains at once."""

    def __init__(self, successes: NDArray[np.int64], totals: NDArray[np.int64]) -> None:
        self.successes, self.totals = successes, totals
        schools, self.procedures = totals.shape
        codes = np.indices(totals.shape).reshape(2, -1)
        batch = next(batches(coded(successes.ravel(), totals.ravel(), codes[0], codes[1], None, None)))
        self.level = float(batch.counts.level.ravel()[0])
        self.apart = float(pooled.levels_apart(batch.counts)[0])
        self.one = self.procedures == 1
        sizes = [1, self.procedures, schools, 0 if self.one else totals.size, 1, 0 if self.one else 1]
        self.ends = np.cumsum(sizes)

    def parts(self, chains: Numbers) -> list[Numbers]:
        """Common level, levels, schools, cells (standard normal numbers), logarithms of the two spreads."""
        return np.split(chains, self.ends[:-1], axis=1)

    def odds(self, chains: Numbers) -> Numbers:
        """Log odds of all cells: (chains, schools, procedures)."""
        common, apart, schools, cells, school, cell = self.parts(chains)
        odds = self.level + pooled.COMMON_LEVEL * common[:, :, None] + self.apart * apart[:, None]
        odds = odds + (np.exp(school) * schools)[:, :, None]
        return odds if self.one else odds + (np.exp(cell) * cells).reshape(odds.shape)

    def slope(self, chains: Numbers) -> tuple[Numbers, Numbers]:
        """Logarithm of the posterior and its derivatives."""
        common, apart, schools, cells, school, cell = self.parts(chains)
        odds = self.odds(chains)
        share = special.expit(odds)
        value = (self.successes * odds - self.totals * np.logaddexp(0, odds)).sum(axis=(1, 2))
        value = value - 0.5 * sum((part**2).sum(axis=1) for part in (common, apart, schools, cells))
        by_odds = self.successes - self.totals * share
        by_school = by_odds.sum(axis=2)
        spread = np.exp(school)
        value += (school - spread**2 / 2 / pooled.SCHOOL.scale**2)[:, 0]
        slopes = [
            pooled.COMMON_LEVEL * by_odds.sum(axis=(1, 2))[:, None] - common,
            self.apart * by_odds.sum(axis=1) - apart,
            spread * by_school - schools,
            cells,
            (spread * by_school * schools).sum(axis=1, keepdims=True) + 1 - spread**2 / pooled.SCHOOL.scale**2,
            cell,
        ]
        if not self.one:
            spread, flat = np.exp(cell), by_odds.reshape(len(chains), -1)
            value += (cell - spread**2 / 2 / pooled.CELL.scale**2)[:, 0]
            slopes[3] = spread * flat - cells
            slopes[5] = (spread * flat * cells).sum(axis=1, keepdims=True) + 1 - spread**2 / pooled.CELL.scale**2
        return value, np.concatenate(slopes, axis=1)


def sampled(successes: NDArray[np.int64], totals: NDArray[np.int64], seed: int) -> Numbers:
    """Draws of the shares of all cells: (draws, schools, procedures); prints how exact they are."""
    model, rng = _Model(successes, totals), np.random.default_rng(seed + 1000)
    chains = rng.normal(0, 0.3, (CHAINS, model.ends[-1]))
    chains[:, model.ends[3] :] -= 1.5
    step, scale, draws = 0.05, np.ones(model.ends[-1]), []
    value, slope = model.slope(chains)
    for turn in range(WARM + KEPT):
        chains, value, slope, accepted = _leap(model, rng, (chains, value, slope), step * scale)
        if turn < WARM:
            step *= np.exp(0.1 * (accepted - 0.8))
            if turn in (WARM // 3, 2 * WARM // 3):
                scale = chains.std(axis=0)
        elif turn % 2:
            draws.append(special.expit(model.odds(chains)))
    chances = np.stack(draws)
    error = chances.mean(axis=0).std(axis=0).max() / CHAINS**0.5
    halves = [np.quantile(half, 0.975, axis=(0, 1)) for half in np.split(chances, 2)]
    print(f"greatest error of a mean {error:.5f}, of an end between halves {np.abs(halves[0] - halves[1]).max():.5f}")
    return chances.reshape(-1, *totals.shape)


def _leap(
    model: _Model, rng: np.random.Generator, start: tuple[Numbers, Numbers, Numbers], steps: Numbers
) -> tuple[Numbers, Numbers, Numbers, float]:
    """One proposal of Hamiltonian Monte Carlo for each chain, its length drawn anew."""
    chains, value, slope = start
    speed = rng.normal(size=chains.shape)
    energy = value - (speed**2).sum(axis=1) / 2
    place, here, grade = chains, value, slope
    steps = steps * rng.uniform(0.6, 1.2)
    for _ in range(LEAPS):
        speed = speed + steps / 2 * grade
        place = place + steps * speed
        here, grade = model.slope(place)
        speed = speed + steps / 2 * grade
    gain = here - (speed**2).sum(axis=1) / 2 - energy
    taken = np.log(rng.uniform(size=len(gain))) < gain
    return (
        np.where(taken[:, None], place, chains),
        np.where(taken, here, value),
        np.where(taken[:, None], grade, slope),
        float(np.minimum(1, np.exp(np.minimum(gain, 0))).mean()),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
