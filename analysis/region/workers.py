"""Runs the tasks of cities: one after the other, in processes of this machine, or on the machines of a Dask cluster.

Whatever dies, what is finished is kept and the rest is run again; only a city whose task ends its process every time is
given up.
"""

import gc
import logging
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, as_completed
from contextlib import suppress
from multiprocessing import get_context
from typing import Any

from analysis.errors import AnalysisError
from analysis.files.tables import code_fingerprint
from analysis.region.city import Order, Told, failed, run_city

Task = Callable[[Order], Told]
RENEWED_AFTER = 6  # cities a process: it grows with each
TRIED, TRIED_ALONE = 3, 5  # how often a city may be at work when a process dies, among others and then alone
MOST_PROCESSES = 61  # Windows waits for no more
SECONDS = 10  # in which a scheduler must answer
DIED = "процесс, который считал город, обрывался каждый раз: проверьте, хватает ли памяти, и запустите снова"
INSTALL = 'Для --scheduler нужен пакет distributed: pip install "school-roadmap-analysis[region]".'
GONE = "планировщик или последний рабочий процесс пропал, пока город считался; запустите снова"


def run(orders: Sequence[Order], jobs: int, scheduler: str = "", task: Task = run_city) -> Iterator[Told]:
    """Yields what came of each order, in the order in which they end.

    Args:
        orders: What is to be done, one a city.
        jobs: How many processes; 1 means this one.
        scheduler: The address of a Dask scheduler instead.
        task: Does an order; harmless when it is done twice.

    Raises:
        AnalysisError: The scheduler does not answer, or its workers have another version of the package.
    """
    if scheduler:
        return _on_dask(scheduler, orders, task)
    return map(task, orders) if jobs == 1 else _in_processes(orders, jobs, task)


def _in_processes(orders: Sequence[Order], jobs: int, task: Task) -> Iterator[Told]:
    waiting, deaths = list(orders), Counter[str]()
    while waiting:
        calm = [one for one in waiting if deaths[one.id] < TRIED]
        some = calm[: jobs * RENEWED_AFTER] or waiting[:1]
        done = set()
        for told in _round(some, jobs, task):
            done.add(told["id"])
            yield told
        deaths.update(one.id for one in some if one.id not in done)
        given_up = [one for one in some if deaths[one.id] >= TRIED + TRIED_ALONE]
        yield from (failed(one, DIED) for one in given_up)
        waiting = [one for one in waiting if one.id not in done and one not in given_up]


def _round(orders: Sequence[Order], jobs: int, task: Task) -> Iterator[Told]:
    """Some orders in processes of their own; those that were not finished when one died are left out."""
    at_most = min(jobs, len(orders), MOST_PROCESSES)
    pool = ProcessPoolExecutor(at_most, mp_context=get_context("spawn"), initializer=_begin)
    futures: list[Future[Told]] = []
    try:
        with suppress(BrokenExecutor):
            futures += [pool.submit(task, one) for one in orders]
        for future in as_completed(futures):
            with suppress(BrokenExecutor):
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """A worker lives for minutes; whoever interrupts the command is heard by the process that waits."""
    gc.set_threshold(100_000, 50, 50)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _on_dask(address: str, orders: Sequence[Order], task: Task) -> Iterator[Told]:
    try:
        from distributed import Client
    except ImportError:
        raise AnalysisError(INSTALL) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it tells of lost connections in tracebacks
    try:
        client = Client(  # type: ignore[no-untyped-call]
            address, timeout=SECONDS, set_as_default=False
        )
    except (OSError, ValueError, TypeError) as error:
        said = f"Планировщик {address} не отвечает ({type(error).__name__}). Проверьте адрес, сеть и запущен ли он."
        raise AnalysisError(said) from None
    with client:
        _refuse_other_versions(address, client)
        yield from _finished(client, orders, task)


def _refuse_other_versions(address: str, client: Any) -> None:
    try:
        versions = client.run(code_fingerprint)
    except Exception as error:  # noqa: BLE001 - whatever a foreign process says when it cannot import this package
        said = f"У рабочих процессов планировщика {address} нет этой программы ({type(error).__name__}: {error})."
        raise AnalysisError(f"{said} Установите её на каждой машине.") from None
    if not versions:
        raise AnalysisError(f"У планировщика {address} нет рабочих процессов. Запустите их: dask worker {address}")
    others = [worker for worker, version in versions.items() if version != code_fingerprint()]
    if others:
        raise AnalysisError(f"Другая версия программы у рабочих процессов: {', '.join(others)}. Обновите её там.")


def _finished(client: Any, orders: Sequence[Order], task: Task) -> Iterator[Told]:
    """An equal key would give back the old result, and the old error, without running: so every task is new."""
    from distributed import as_completed as finished

    deaths = Counter[str]()
    futures = {client.submit(task, one, pure=False): one for one in orders}
    ends = finished(futures, loop=client.loop)  # type: ignore[no-untyped-call]
    for future in ends:
        order = futures.pop(future)
        deaths[order.id] += future.status == "error"
        if future.status == "finished":
            yield future.result()
        elif future.status == "error" and deaths[order.id] < TRIED:  # Dask itself gives up after some dead workers
            again = client.submit(task, order, pure=False)
            futures[again] = order
            ends.add(again)  # type: ignore[no-untyped-call]
        else:
            yield failed(order, DIED if future.status == "error" else GONE)
    yield from (failed(one, GONE) for one in futures.values())
