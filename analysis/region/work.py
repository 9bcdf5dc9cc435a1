"""The work of a region, step by step, and the tasks of its cities side by side; nothing here prints."""

import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future, ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.files.memory import Progress, begin_worker
from analysis.files.storage import code_fingerprint, only_one_at_work, replace_folder
from analysis.presentation.words import ended, rows_of, short_date
from analysis.project.publication import AUDIENCES
from analysis.region.city import BUILD, CHECK, REPORT, Order, failed, run_city, unchanged
from analysis.region.comparison import CHANGED_SINCE, OTHER_RULES, CityState, region_tables, with_reasons
from analysis.region.dataset import (
    BUILD_AGAIN,
    CITIES,
    TABLES_FOLDER,
    Told,
    can_be_read,
    read_state,
    refuse_broken,
    write_package,
    write_table,
)
from analysis.region.settings import REGION_FILE, Approval, City, Region
from analysis.rules.config import INVENTED
from analysis.statistics.counts import processes

if TYPE_CHECKING:
    import pandas as pd

# Runs the tasks of cities: one after the other, in processes of this machine, or on the machines of a Dask cluster.
#
# Whatever dies, what is finished is kept and the rest is run again; only a city whose task ends its process every time
# is given up.

Task = Callable[[Order], Told]
RENEWED_AFTER = 6  # cities a process: it grows with each
TRIED, TRIED_ALONE = 3, 5  # how often a city may be at work when a process dies, among others and then alone
MOST_PROCESSES = 61  # Windows waits for no more
TALKATIVE = ("distributed", "distributed.client", "tornado.application")
SECONDS = 10  # in which a scheduler must answer
PATIENCE = 9  # times so long a scheduler may be without a worker: a nanny starts another in place of one that died
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
    pool = ProcessPoolExecutor(at_most, mp_context=get_context("spawn"), initializer=begin_worker)
    futures: list[Future[Told]] = []
    try:
        with suppress(BrokenExecutor):
            futures += [pool.submit(task, one) for one in orders]
        for future in as_completed(futures):
            with suppress(BrokenExecutor):
                yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _on_dask(address: str, orders: Sequence[Order], task: Task) -> Iterator[Told]:
    try:
        from distributed import Client
    except ImportError:
        raise AnalysisError(INSTALL) from None
    if not address.rpartition(":")[2].isdecimal():
        raise AnalysisError(f"В адресе планировщика «{address}» нет порта. Нужен такой: tcp://10.0.0.5:8786")
    for name in TALKATIVE:  # they tell of lost connections in tracebacks
        logging.getLogger(name).setLevel(logging.CRITICAL)
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
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=SECONDS)
    try:
        versions = client.run(code_fingerprint, on_error="return")
        versions = {worker: said for worker, said in versions.items() if not isinstance(said, OSError)}  # it has died
        for fault in (said for said in versions.values() if isinstance(said, Exception)):
            raise fault
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
    deaths = Counter[str]()
    waiting = {client.submit(task, one, pure=False): one for one in orders}
    for done in _ends(client, waiting):
        for future, status in done.items():
            order = waiting.pop(future)
            deaths[order.id] += status == "error"
            if status == "finished":
                yield future.result()
            elif status == "error" and deaths[order.id] < TRIED:  # Dask itself gives up after some dead workers
                waiting[client.submit(task, order, pure=False)] = order
            else:
                yield failed(order, DIED if status == "error" else GONE)
    yield from (failed(one, GONE) for one in waiting.values())


def _ends(client: Any, waiting: Mapping[Any, Order]) -> Iterator[dict[Any, str]]:
    """Those of the waiting tasks that have ended, and how; again and again, until none waits or no worker comes back.

    A scheduler without workers would keep them waiting for ever. One whose worker died with the result is «lost» until
    Dask has done it again, which may be between two looks at it.
    """
    from distributed import wait

    deserted = 0
    while waiting and deserted < PATIENCE:
        with client.as_current(), suppress(TimeoutError, CancelledError):
            wait(list(waiting), timeout=SECONDS, return_when="FIRST_COMPLETED")  # type: ignore[no-untyped-call]
        states = {one: str(one.status) for one in waiting}
        ended = {one: status for one, status in states.items() if status not in ("pending", "lost")}
        deserted = 0 if ended or client.scheduler_info()["workers"] else deserted + 1
        yield ended


# The work of a region, step by step; it prints nothing. A city's own work is that of its project.

OUT_OF_DATE = f"последнее состояние повреждено или от прежней версии программы. {BUILD_AGAIN}"
DOING = {CHECK: "Проверяю города", BUILD: "Собираю города", REPORT: "Собираю и публикую города"}


@dataclass(frozen=True)
class How:
    """How the work is shared out.

    Attributes:
        jobs: Processes on this machine; 1 means one city after the other.
        scheduler: Address of a Dask scheduler instead; empty for this machine.
        today: The day that new states bear.
        task: What is done for a city.
        audience: Whom the report of the region is for: public or internal.
    """

    jobs: int
    scheduler: str
    today: date
    task: Task = run_city
    audience: str = AUDIENCES[0]


@dataclass(frozen=True)
class Ran:
    """What came of a step.

    Attributes:
        states: The cities in the order of region.toml.
        tables: The region's own; none after a check.
        in_vain: Entries of region.toml that nothing answers to, a line each.
        files: What was published.
    """

    states: tuple[CityState, ...]
    tables: "dict[str, pd.DataFrame]"
    in_vain: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing of any city is to be mended."""
        return not any(one.told["error"] or one.left_out for one in self.states)

    def said(self) -> list[str]:
        """A line a city that is not in order, or has other rules than most, what is in vain, how many are in order."""
        lines = [_said(one, shown=bool(self.tables)) for one in self.states if one.told["error"] or one.left_out]
        whole = len(self.states) - len(lines)
        return [*lines, *self._other_rules(), *self.in_vain, f"Города в порядке: {whole} из {len(self.states)}."]

    def _other_rules(self) -> Iterator[str]:
        for row in rows_of(self.tables["region_cities"]) if self.tables else ():
            _, differs, others = row["rules_note"].partition(OTHER_RULES)
            if differs:
                yield f"{row['city_name']}: правила не такие, как у большинства городов: {others}."


def _said(state: CityState, *, shown: bool) -> str:
    """What is wrong with a city, and of which day the state is that the tables show in place of today's."""
    left_out = state.left_out and f"в таблицы не вошёл: {state.left_out}"
    reasons = "; ".join(filter(None, [str(state.told["error"]), left_out]))
    is_older = shown and state.enters and not state.told.get("is_built")
    older = f" Показано состояние на {short_date(date.fromisoformat(state.good['made']))}." if is_older else ""
    return f"{state.name} ({state.city.id}): {ended(reasons)}{older}"


def entries_in_vain(region: Region, states: Sequence[CityState], today: date) -> Iterator[str]:
    """The approvals and terms of region.toml that nothing answers to, a line each: a year that is not there, a day to
    come, a code of other numbers."""
    good = {one.city.id: one.good for one in states if one.good}
    for one in region.file.approvals:
        hashes = good[one.city]["hashes"] if one.city in good else None
        code = (hashes or {}).get(str(one.edition))
        other = f"{CHANGED_SINCE} (сейчас {code or 'утверждать нечего'}): он переписан неверно, или числа уже другие"
        reasons = {
            f"день утверждения {short_date(one.date)} ещё не наступил": one.date > today,
            f"отчёта за {one.edition} год у города нет": hashes is not None and code is None,
            other: hashes is not None and one.hash != code and not _is_repeated(region, one, code),
        }
        if reason := next((reason for reason, holds in reasons.items() if holds), ""):
            yield f"{REGION_FILE}, [[approval]] {one.city}, {one.edition} год: {reason}. Числа не утверждены."
    years = {year for one in good.values() for year in one["editions"]}
    for term in region.file.terms if good else ():
        if term.edition not in years:
            yield f"{REGION_FILE}, [[term]] {term.edition}: отчёта за этот год нет ни у одного города."


def _is_repeated(region: Region, entry: Approval, code: str | None) -> bool:
    """Whether a later entry has approved the numbers of today: then this one is of earlier numbers."""
    return (entry.city, entry.edition, code) in [(one.city, one.edition, one.hash) for one in region.file.approvals]


def check(region: Region, how: How, progress: Progress) -> Ran:
    """Reads and checks every city; writes nothing."""
    states = _worked(region, CHECK, how, progress)
    return Ran(tuple(states), {}, tuple(entries_in_vain(region, states, how.today)))


def build(region: Region, how: How, progress: Progress) -> Ran:
    """Builds every city and the tables of the region."""
    return _built(region, BUILD, how, progress)


def report(region: Region, how: How, progress: Progress) -> Ran:
    """Builds, publishes the pages of every city, and then the report of the region for one audience."""
    from analysis.region.site import publish_region

    ran = _built(region, REPORT, how, progress)
    progress.step("Публикую отчёт региона")
    pages = publish_region(region, ran.states, ran.tables, progress, internal=how.audience == AUDIENCES[1])
    return replace(ran, files=tuple(pages))


def _built(region: Region, step: str, how: How, progress: Progress) -> Ran:
    region.output.mkdir(parents=True, exist_ok=True)
    with only_one_at_work(region.output / ".region.lock"):
        states = _worked(region, step, how, progress)
        progress.step("Свожу таблицы региона")
        with processes(how.jobs):
            tables = region_tables(region, states, how.today)
        refuse_broken(tables)
        write_region_tables(region, tables, [one.city.id for one in states if one.good])
    return Ran(tuple(states), tables, tuple(entries_in_vain(region, states, how.today)))


def _worked(region: Region, step: str, how: How, progress: Progress) -> list[CityState]:
    targets = {one.id: region.output / CITIES / one.id for one in region.file.cities}
    orders = [
        Order(step, one.id, str(region.folder(one)), str(targets[one.id]), how.today.isoformat())
        for one in region.file.cities
    ]
    told = {order.id: one for order in orders if (one := unchanged(order))}
    waiting = [one for one in orders if one.id not in told]
    progress.step(DOING[step], len(told), len(orders))
    for one in run(waiting, how.jobs, how.scheduler, how.task):
        told[one["id"]] = one
        city = str(one.get("city") or one["id"])
        progress.step(DOING[step], len(told), len(orders), city)
    states = [_state(one, told[one.id], targets[one.id]) for one in region.file.cities]
    return with_reasons(states, region.file.head.invented)


def _state(city: City, told: Told, target: Path) -> CityState:
    readable = can_be_read(target)
    return CityState(city, told, read_state(target) if readable else {}, "" if readable else OUT_OF_DATE)


def write_region_tables(region: Region, tables: "dict[str, pd.DataFrame]", cities: Sequence[str]) -> None:
    """Replaces the tables of the region whole; the package names them and those of the cities that have any."""
    with tempfile.TemporaryDirectory(prefix=".tables+", dir=region.output) as draft:
        new = Path(draft) / TABLES_FOLDER
        new.mkdir()
        for name, table in tables.items():
            write_table(new, name, table)
        replace_folder(new, region.output / TABLES_FOLDER)
    head = region.file.head
    write_package(region.output, f"{head.name}. {INVENTED}" if head.invented else head.name, cities)
