"""Rows of counts laid out as towns of equal size, so that many are fitted at once and each to the same bits as alone.

A town is padded to one of few sizes that depend on nothing but itself; towns of one size make a batch. Every operation
on a batch works town by town, so a town's numbers do not depend on its neighbours.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import current_process, get_context
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from analysis.statistics.binomial import Counts, Numbers

Codes = NDArray[np.intp]

BATCH = 16384  # cells of a batch, padding counted
MANY = 250_000  # rows that are worth the start of other processes; a city has a hundredth of them
Answer = TypeVar("Answer")


class Rows(NamedTuple):
    """Rows as codes from 0, each code within its town.

    Attributes:
        successes: Whole numbers, at most the totals.
        totals: Whole numbers.
        town: Of each row.
        school: Of each row, within its town.
        year: Of each row, within its town.
        procedure: Of each row, within its town.
        pair: Of each row, its school among all schools of all towns.
    """

    successes: Numbers
    totals: Numbers
    town: Codes
    school: Codes
    year: Codes
    procedure: Codes
    pair: Codes


class Batch(NamedTuple):
    """Towns of one size.

    Attributes:
        counts: (towns, schools, years, procedures); the level has one number a town.
        rows: Which rows stand here.
        place: Where each stands: four codes.
    """

    counts: Counts
    rows: Codes
    place: tuple[Codes, Codes, Codes, Codes]


def coded(
    successes: ArrayLike, totals: ArrayLike, school: ArrayLike, procedure: ArrayLike, year: Any, town: Any
) -> Rows:
    """Codes the columns.

    Args:
        successes: Whole numbers.
        totals: Whole numbers.
        school: Integers.
        procedure: Integers.
        year: Integers, or None for a single year.
        town: Integers, or None for a single town.

    Raises:
        ValueError: The columns differ in length, counts are no counts, or a cell stands twice.
    """
    k, n = np.asarray(successes, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    keys = [np.zeros(len(k), np.intp) if one is None else np.asarray(one) for one in (town, school, year, procedure)]
    if any(one.shape != k.shape for one in (n, *keys)) or k.ndim != 1:
        raise ValueError("all columns must be one-dimensional and of one length")
    if not ((k >= 0) & (k <= n) & (k == np.floor(k)) & (n == np.floor(n)) & np.isfinite(n)).all():
        raise ValueError("counts must be whole numbers from 0 to their totals")
    towns = np.unique(keys[0], return_inverse=True)[1].astype(np.intp)
    within = [_within(towns, np.unique(key, return_inverse=True)[1]) for key in keys[1:]]
    (school_code, pair), (year_code, _), (procedure_code, _) = within
    rows = Rows(k, n, towns, school_code, year_code, procedure_code, pair)
    if _stands_twice(rows):
        raise ValueError("a school has two rows of one procedure and year")
    return rows


def _within(towns: Codes, key: Codes) -> tuple[Codes, Codes]:
    """The code of each key among those of its town, and among those of all towns."""
    both, pair = np.unique(towns * (key.max(initial=0) + 1) + key, return_inverse=True)
    of_town = both // (key.max(initial=0) + 1)
    return pair - np.searchsorted(of_town, towns), pair


def _stands_twice(rows: Rows) -> bool:
    years, procedures = rows.year.max(initial=0) + 1, rows.procedure.max(initial=0) + 1
    cells = (rows.pair * years + rows.year) * procedures + rows.procedure
    return len(np.unique(cells)) < len(cells)


def batches(rows: Rows) -> Iterator[Batch]:
    """The towns, some at a time."""
    if not len(rows.town):
        return
    sizes = np.stack([_padded(_greatest(key, rows.town)) for key in (rows.school, rows.procedure)])
    sizes = np.stack([sizes[0], _greatest(rows.year, rows.town), sizes[1]])
    shapes, shape_of = np.unique(sizes, axis=1, return_inverse=True)
    order = np.argsort(rows.town, kind="stable")
    begins = np.searchsorted(rows.town[order], np.arange(sizes.shape[1] + 1))
    for number, shape in enumerate(shapes.T):
        members = np.flatnonzero(shape_of == number)
        many = max(BATCH // int(shape.prod()), 1)
        for first in range(0, len(members), many):
            towns = members[first : first + many]
            found = np.concatenate([order[begins[town] : begins[town + 1]] for town in towns])
            yield _batch(rows, found, towns, tuple(int(size) for size in shape))


def of_batches(work: Callable[..., Answer], rows: Rows, *columns: NDArray[Any]) -> Iterator[tuple[Batch, Answer]]:
    """What some work says of each batch and the columns of its rows, in their order.

    Very many rows are worked on by all processors; the bits are the same.
    """
    waiting = list(batches(rows))
    about = [[column[batch.rows] for batch in waiting] for column in columns]
    if len(rows.town) >= MANY and not current_process().daemon:
        try:
            with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
                return zip(waiting, list(pool.map(work, waiting, *about)), strict=True)
        except BrokenProcessPool:  # a process was killed, or none could be started from here
            pass
    return zip(waiting, map(work, waiting, *about), strict=True)


def _greatest(key: Codes, towns: Codes) -> Codes:
    found = np.zeros(towns.max() + 1, dtype=np.intp)
    np.maximum.at(found, towns, key + 1)
    return found


def _padded(number: Codes) -> Codes:
    """The next larger of the sizes 1…8, 10, 12, 14, 16, 20, 24, 28, 32, 40 …"""
    step = 2 ** np.maximum(np.ceil(np.log2(np.maximum(number, 1))).astype(np.intp) - 3, 0)
    return np.asarray(-(-number // step) * step)


def _batch(rows: Rows, found: Codes, towns: Codes, shape: tuple[int, ...]) -> Batch:
    place = (np.searchsorted(towns, rows.town[found]), rows.school[found], rows.year[found], rows.procedure[found])
    successes, totals = np.zeros((len(towns), *shape)), np.zeros((len(towns), *shape))
    successes[place], totals[place] = rows.successes[found], rows.totals[found]
    level = special.logit((_sum(successes) + 0.5) / (_sum(totals) + 1))
    return Batch(Counts(successes, totals, level[:, None, None, None]), found, place)


def _sum(counts: Numbers) -> Numbers:
    return np.asarray(counts.reshape(len(counts), -1).sum(axis=1))
