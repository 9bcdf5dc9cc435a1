"""The work of a region, step by step; it prints nothing. A city's own work is that of its project."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.files.atomic import only_one_at_work, replace_folder
from analysis.files.progress import Progress
from analysis.presentation.russian import short_date
from analysis.region.city import BUILD, CHECK, REPORT, Order, Told, run_city
from analysis.region.comparison import CityState, region_tables, with_doubles
from analysis.region.dataset import CITIES, TABLES_FOLDER, can_be_read, read_state, write_package, write_table
from analysis.region.settings import City, Region
from analysis.region.workers import Task, run
from analysis.rules.config import INVENTED

if TYPE_CHECKING:
    import pandas as pd

OUT_OF_DATE = "последнее состояние собрано прежней версией программы и не читается; соберите город"
DOING = {CHECK: "Проверяю города", BUILD: "Собираю города", REPORT: "Собираю и публикую города"}


@dataclass(frozen=True)
class How:
    """How the work is shared out.

    Attributes:
        jobs: Processes on this machine; 1 means one city after the other.
        scheduler: Address of a Dask scheduler instead; empty for this machine.
        today: The day that new states bear.
        task: What is done for a city.
    """

    jobs: int
    scheduler: str
    today: date
    task: Task = run_city


@dataclass(frozen=True)
class Ran:
    """What came of a step.

    Attributes:
        states: The cities in the order of region.toml.
        tables: The region's own; none after a check.
        files: What was published.
    """

    states: tuple[CityState, ...]
    tables: "dict[str, pd.DataFrame]"
    files: tuple[Path, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing of any city is to be mended."""
        return not any(one.told["error"] or one.left_out for one in self.states)

    def said(self) -> list[str]:
        """A line a city that is not in order, and how many are."""
        lines = [_said(one) for one in self.states if one.told["error"] or one.left_out]
        whole = len(self.states) - len(lines)
        return [*lines, f"Города в порядке: {whole} из {len(self.states)}."]


def _said(state: CityState) -> str:
    shown = f" Показано состояние на {short_date(date.fromisoformat(state.good['made']))}." if state.good else ""
    reasons = "; ".join(
        filter(None, [str(state.told["error"]), state.left_out and f"в таблицы не вошёл: {state.left_out}"])
    )
    return f"{state.name}: {reasons.rstrip('.')}.{shown}"


def check(region: Region, how: How, progress: Progress) -> Ran:
    """Reads and checks every city; writes nothing."""
    return Ran(tuple(_worked(region, CHECK, how, progress)), {})


def build(region: Region, how: How, progress: Progress) -> Ran:
    """Builds every city and the tables of the region."""
    return _built(region, BUILD, how, progress)


def report(region: Region, how: How, progress: Progress) -> Ran:
    """Builds, publishes the pages of every city, and then the report of the region, for the office alone."""
    from analysis.region.pages import publish_region

    ran = _built(region, REPORT, how, progress)
    progress.step("Публикую отчёт региона")
    return Ran(ran.states, ran.tables, tuple(publish_region(region, ran.states, ran.tables, progress)))


def _built(region: Region, step: str, how: How, progress: Progress) -> Ran:
    region.output.mkdir(parents=True, exist_ok=True)
    with only_one_at_work(region.output / ".region.lock"):
        states = _worked(region, step, how, progress)
        progress.step("Свожу таблицы региона")
        tables = region_tables(region, states)
        _refuse_broken(tables)
        write_region_tables(region, tables, [one.city.id for one in states if one.good])
    return Ran(tuple(states), tables)


def _worked(region: Region, step: str, how: How, progress: Progress) -> list[CityState]:
    targets = {one.id: region.output / CITIES / one.id for one in region.file.cities}
    orders = [
        Order(step, one.id, str(region.folder(one)), str(targets[one.id]), how.today.isoformat())
        for one in region.file.cities
    ]
    told: dict[str, Told] = {}
    progress.step(DOING[step], 0, len(orders))
    for one in run(orders, how.jobs, how.scheduler, how.task):
        told[one["id"]] = one
        city = str(one.get("city") or one["id"])
        progress.step(DOING[step], len(told), len(orders), city)
    return with_doubles([_state(one, told[one.id], targets[one.id]) for one in region.file.cities])


def _state(city: City, told: Told, target: Path) -> CityState:
    readable = can_be_read(target)
    return CityState(city, told, read_state(target) if readable else {}, "" if readable else OUT_OF_DATE)


def _refuse_broken(tables: "dict[str, pd.DataFrame]") -> None:
    """A table that does not meet its contract is a fault of the program, never of the data."""
    from analysis.contracts.findings import screen_lines
    from analysis.contracts.region import REGION_TABLES
    from analysis.contracts.validation import violations

    if broken := violations(tables, REGION_TABLES):
        raise AnalysisError("\n".join(screen_lines(broken)))


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
