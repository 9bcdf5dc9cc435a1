"""The value grammar of a roadmap: «2», «не менее 4», «1; 4», «1 (раз в год)», «1 (май)», blank."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from analysis.intake.blocks import plain
from analysis.intake.cell_values import MONTHS

PART = re.compile(r"^(не менее\s+)?([0-9]{1,9})(?:\s*\(\s*([^()]+?)\s*\))?$")
ONCE_A_YEAR = "раз в год"
# A comma inside brackets belongs to the note in the brackets.
BETWEEN_EXECUTORS = re.compile(r"[,;\n](?![^()]*\))")
EXECUTOR = re.compile(r"^(.*?)\s*\(\s*(\w+)\s*\)$")
GRAMMAR = "целое число, «не менее N», «1; 4», «1 (раз в год)», «1 (май)» или пустая ячейка"


class ValueNotReadError(Exception):
    """A value that the grammar does not know; the message says which part."""


@dataclass(frozen=True)
class Value:
    """One value of a cell.

    Attributes:
        count: The number.
        comparator: «=» exactly so many, «≥» at least so many.
        month: Month named in brackets, 1–12; None where none is.
        once_a_year: The brackets say «раз в год».
    """

    count: int
    comparator: str = "="
    month: int | None = None
    once_a_year: bool = False


@lru_cache(maxsize=4096)
def read_values(text: str, largest: int) -> tuple[Value, ...]:
    """Returns the values of a cell; none for a blank cell.

    Args:
        text: The cell as received.
        largest: A number above this is taken for a slip.

    Raises:
        ValueNotReadError: A part is outside the grammar or above `largest`.
    """
    cleaned = plain(text)
    return tuple(_read_part(plain(part), largest) for part in cleaned.split(";")) if cleaned else ()


@lru_cache(maxsize=4096)
def read_executors(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Returns the executors in the order named, and the months that brackets behind them name."""
    names, months = [], []
    for part in BETWEEN_EXECUTORS.split(text):
        match = EXECUTOR.match(plain(part))
        month = MONTHS.get(match.group(2).casefold()) if match else None
        names.append(match.group(1) if match and month else plain(part))
        months += [month] if month else []
    return tuple(name for name in names if name), tuple(months)


def derive_reading(total: Value, years: Sequence[int | None]) -> tuple[str, str]:
    """Returns how a total is to be read, and on what that rests; never from a list of codes.

    The rule: the sum of the filled years equals the total → flow; every filled year equals the total → annual
    (0 is a filled year, a blank is not); both → flow, but «раз в год» makes it annual; neither: «at least» with a
    sum above the total may be read both ways, anything else contradicts itself.

    Args:
        total: The planned total of the measure.
        years: Its targets by year; None where the document leaves the year blank.
    """
    filled = [count for count in years if count is not None]
    sums_up = bool(filled) and sum(filled) == total.count
    every_year = bool(filled) and all(count == total.count for count in filled)
    if every_year and total.once_a_year:
        return "annual", "yearly_words"
    if sums_up:
        return "flow", "sum"
    if every_year:
        return "annual", "annual"
    if total.comparator == "≥" and sum(filled) > total.count:
        return "both_possible", "unsettled"
    return "contradiction", "unsettled"


def _read_part(part: str, largest: int) -> Value:
    match = PART.match(part.casefold())
    if not match:
        raise ValueNotReadError(f"«{part}» не входит в допустимую запись: {GRAMMAR}")
    at_least, digits, note = match.groups()
    count = int(digits)
    if count > largest:
        raise ValueNotReadError(f"{count} больше наибольшего правдоподобного значения {largest} (project.toml)")
    if note and note != ONCE_A_YEAR and note not in MONTHS:
        raise ValueNotReadError(f"пометка в скобках «{note}» — не месяц и не «{ONCE_A_YEAR}»")
    return Value(count, "≥" if at_least else "=", MONTHS.get(note or ""), note == ONCE_A_YEAR)
