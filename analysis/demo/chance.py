"""Reproducible chance: each draw has its own seed and compares whole numbers, so it is the same on every machine."""

import random

from analysis.demo.town import parameters

WHOLE = 1000


class Chance:
    """Draws for one thing. Draws for other things do not change it."""

    def __init__(self, *about: str | int) -> None:
        """Seeds the draws with what they are about."""
        # Only random() gives the same numbers for a seed in every version of Python (docs/observed.md).
        self._draw = random.Random("/".join(map(str, (parameters()["seed"], *about)))).random

    def below(self, limit: int) -> int:
        """A whole number from 0 up to below the limit."""
        return int(self._draw() * limit)

    def about(self, spread: int) -> int:
        """A whole number from -spread to spread."""
        return self.below(2 * spread + 1) - spread

    def happens(self, thousandths: int) -> bool:
        """Whether something of that probability happens."""
        return self.below(WHOLE) < thousandths

    def binomial(self, trials: int, thousandths: int) -> int:
        """How many of so many trials succeed."""
        return sum(self.below(WHOLE) < thousandths for _ in range(trials))


def part(whole: int, thousandths: int) -> int:
    """So many thousandths of a whole, rounded half up."""
    return (whole * thousandths * 2 + WHOLE) // (2 * WHOLE)
