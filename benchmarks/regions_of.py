"""An invented region of so many cities: how long its report takes, and whether random kills change a byte of it.

`python -m benchmarks.regions_of report 30 20` measures; `kills 6 50` kills fifty processes while a region of cities
that have a plan alone is built again and again, and `dask 6 50` does so with the workers of a cluster. All on the cores
of this machine.
"""

import contextlib
import hashlib
import os
import random
import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import psutil

from analysis.files.memory import SILENT
from analysis.project.publication import AUDIENCES
from analysis.region.dataset import CITIES, read_state
from analysis.region.invented import Town, write_region
from analysis.region.settings import REGION_FILE, Region, load_region
from analysis.region.work import DIED, How, build, report

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from regions import tiny_region

YEARS, DAY = (2020, 2021, 2022), date(2026, 11, 30)
PAUSE = (0.5, 1.5)  # between two kills, in thirds of the last build: a city must sometimes come to its end
CORES = os.cpu_count() or 1
Victims = Callable[[], list[psutil.Process]]


def invented(folder: Path, cities: int, schools: int) -> Region:
    """Writes the region."""
    towns = [Town(f"town{number:02d}", f"город № {number}", number, schools) for number in range(1, cities + 1)]
    write_region(folder, towns, YEARS)
    return load_region(folder)


def measured(cities: int, schools: int) -> None:
    """Prints the seconds of a report from nothing, of those in which nothing or one form has changed, and the memory
    of all; both audiences after the first."""
    with tempfile.TemporaryDirectory() as scratch:
        region = invented(Path(scratch), cities, schools)
        _timed("from nothing", region)
        region = approved(region)
        for audience in AUDIENCES:
            _timed(f"{audience}, pages alone", region, audience)
            _timed(f"{audience}, nothing changed", region, audience)
            corrected(region.root / "town01")
            _timed(f"{audience}, one form corrected", region, audience)


def _timed(what: str, region: Region, audience: str = AUDIENCES[0]) -> None:
    peak, started, before = _Peak(), time.perf_counter(), _processor_seconds()
    assert report(region, How(CORES, "", DAY, audience=audience), SILENT).is_whole
    seconds, cpu = time.perf_counter() - started, _processor_seconds() - before
    print(f"{what}: {seconds:.1f} s, of processors {cpu:.1f} s, {peak.megabytes:.0f} MB in all", flush=True)


def _processor_seconds() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def approved(region: Region) -> Region:
    """The region after all cities have approved what they have built."""
    with (region.root / REGION_FILE).open("a", encoding="utf-8") as file:
        for one in region.file.cities:
            for year, digest in read_state(region.output / CITIES / one.id)["hashes"].items():
                entry = f'city = "{one.id}"\nedition = {year}\nhash = "{digest}"\nwho = "N"\ndate = 2026-11-30\n'
                file.write(f"\n[[approval]]\n{entry}")
    return load_region(region.root)


def corrected(project: Path) -> None:
    """One fact in a form of the last year is another one."""
    form, record = project / f"data/raw/{YEARS[-1]}/form_УО_v1.xlsx", project / "data/raw/SOURCES.toml"
    was, book = hashlib.sha256(form.read_bytes()).hexdigest(), openpyxl.load_workbook(form)
    cells = (cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row)
    (fact, *_) = (
        cell for cell in cells if isinstance(cell.value, int) and cell.value > 0 and not cell.protection.locked
    )
    fact.value -= 1
    book.save(form)
    text = record.read_text(encoding="utf-8")
    assert was in text
    record.write_text(text.replace(was, hashlib.sha256(form.read_bytes()).hexdigest()), encoding="utf-8")


class _Peak(threading.Thread):
    """The most memory that this process and its children had together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self.start()

    def run(self) -> None:
        while True:
            processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
            held = sum(one.memory_info().rss for one in processes if one.is_running())
            self.megabytes = max(self.megabytes, held / 2**20)
            time.sleep(0.2)


def killed(cities: int, kills: int, *, on_dask: bool = False) -> None:
    """Builds the region until so many of its processes were killed; every build must give the same bytes."""
    with tempfile.TemporaryDirectory() as scratch:
        region = tiny_region(Path(scratch), *(f"town{number}" for number in range(cities)))
        started = time.perf_counter()
        assert build(region, How(CORES, "", DAY), SILENT).is_whole
        expected, left, builds, pause = _bytes(region), [kills], 0, (time.perf_counter() - started) / 3
        with _Cluster() if on_dask else _Here() as place:
            while left[0]:
                _forget(region)
                stop, started = threading.Event(), time.perf_counter()
                killer = threading.Thread(target=_kill, args=(place.victims, left, stop, pause))
                killer.start()
                try:
                    ran = build(region, How(CORES, place.address, DAY), SILENT)
                finally:
                    stop.set()
                    killer.join()
                builds += 1
                pause = (time.perf_counter() - started) / 3  # a busy machine needs longer, for a city too
                if not ran.is_whole:  # a city that was killed every time is named, and the next run builds it
                    assert any(DIED in line for line in ran.said()), ran.said()
                    assert build(region, How(CORES, "", DAY), SILENT).is_whole
                assert _bytes(region) == expected, "other bytes"
                print(f"{kills - left[0]} kills in {builds} builds", flush=True)
        print(f"{kills} kills in {builds} builds of {cities} cities: the same {len(expected)} files")


def _kill(victims: Victims, left: list[int], stop: threading.Event, pause: float) -> None:
    while left[0] and not stop.wait(pause * random.uniform(*PAUSE)):
        with contextlib.suppress(psutil.Error):  # one that has just died by itself
            if found := victims():
                random.choice(found).kill()
                left[0] -= 1


def _bytes(region: Region) -> dict[str, bytes]:
    files = (path for path in region.output.rglob("*") if path.is_file() and ".lock" not in path.name)
    return {path.relative_to(region.output).as_posix(): path.read_bytes() for path in files}


def _forget(region: Region) -> None:
    for made in (region.output, *region.root.glob("*/data/processed")):
        shutil.rmtree(made)


class _Here:
    """Processes of this machine."""

    address = ""

    def __enter__(self) -> "_Here":
        return self

    def __exit__(self, *_: object) -> None: ...

    def victims(self) -> list[psutil.Process]:
        """The processes at work."""
        return [one for one in psutil.Process().children() if "spawn_main" in " ".join(one.cmdline())]


class _Cluster:
    """A Dask cluster of processes, each replaced by its nanny when it dies."""

    def __enter__(self) -> "_Cluster":
        import dask
        from distributed import LocalCluster

        # A cluster of this kind, unlike workers of a command line, drops one that is not back after 15 seconds.
        dask.config.set({"distributed.deploy.lost-worker-timeout": "10 minutes"})
        self._cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=CORES, threads_per_worker=1, dashboard_address=None
        )
        self.address = str(self._cluster.scheduler_address)
        return self

    def __exit__(self, *_: object) -> None:
        self._cluster.close()

    def victims(self) -> list[psutil.Process]:
        """The workers."""
        nannies = self._cluster.workers.values()
        return [psutil.Process(one.process.pid) for one in nannies if one.process and one.process.pid]


if __name__ == "__main__":
    command, *numbers = sys.argv[1:]
    counts = [int(one) for one in numbers]
    if command == "report":
        measured(*counts)
    else:
        killed(*counts, on_dask=command == "dask")
