"""Regions for the tests: region.toml and tiny city projects, or cities that are copies of a built town."""

import os
import signal
from collections.abc import Mapping
from datetime import date
from itertools import count
from pathlib import Path

from analysis.region import city
from analysis.region.city import BUILD, Order, run_city
from analysis.region.comparison import CityState
from analysis.region.dataset import CITIES, Told, read_state
from analysis.region.settings import Region, load_region
from analysis.region.work import How
from roadmaps import document, project_with

DAY = date(2023, 5, 1)
ALONE = How(1, "", DAY)
HEAD = '[region]\nname = "Светлый край"\npublisher = "Министерство"\ninvented = true\n'


def region_of(root: Path, cities: Mapping[str, str], more: str = "") -> Region:
    """A region whose cities have these ids and folders."""
    entries = "".join(f'[[city]]\nid = "{name}"\nfolder = "{folder}"\n' for name, folder in cities.items())
    root.mkdir(parents=True, exist_ok=True)
    (root / "region.toml").write_text(HEAD + more + entries, encoding="utf-8")
    return load_region(root)


def tiny_region(root: Path, *names: str, more: str = "") -> Region:
    """A region of cities with a plan and nothing else."""
    for name in names:
        project_with(root / name, document())
        rename(root / name, f"город {name}")
    return region_of(root, {name: name for name in names}, more)


def rename(project: Path, name: str) -> None:
    """Gives a city another name; it is invented, as the region is."""
    lines = (project / "project.toml").read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.startswith("invented = ")]
    lines = [f'city = "{name}"\ninvented = true' if line.startswith("city = ") else line for line in lines]
    (project / "project.toml").write_text("\n".join(lines), encoding="utf-8")


def taken_in(region: Region, project: Path, name: str) -> Told:
    """Takes a built project in as a city, without a report."""
    return run_city(Order(BUILD, name, str(project), str(region.output / CITIES / name), DAY.isoformat()))


def state_with(region: Region, name: str, **changed: object) -> CityState:
    """The state of a city after a good run, with something else in its last good state."""
    entry = next(one for one in region.file.cities if one.id == name)
    good = read_state(region.output / CITIES / name) | changed
    return CityState(entry, {"id": name, "error": ""}, good)


def everything_in(folder: Path) -> dict[str, bytes]:
    """What a region has made, by name, without its locks."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".lock" not in path.name
    }


BEGIN, SWAP, END = MOMENTS = ("begin", "swap", "end")


def deaths(region: Region) -> Path:
    """The folder of marks, <city>.<moment>, each of which ends one process."""
    return region.root / "deaths"


def mortal(order: Order) -> Told:
    """The task of a city, in a process that is killed at a marked moment: once for each mark."""
    marks = sorted((Path(order.target).parents[3] / "deaths").glob(f"{order.id}.*"))
    if not marks:
        return run_city(order)
    marks[0].unlink()
    moment = marks[0].suffix.removeprefix(".")
    if moment == BEGIN:
        _die()
    if moment == SWAP:
        city.replace_folder = lambda *_: _die()  # of this process alone, which has seconds to live
    run_city(order)
    return _die()


def given_up(order: Order) -> Told:
    """A task that ends as one whose workers died: twice, or always, as its city is called."""
    before = len([*Path(order.target).parent.glob(f"{order.id}.*")])
    Path(f"{order.target}.{before}").touch()
    if order.id == "always" or before < 2:
        raise RuntimeError("no worker is left")
    return {"id": order.id, "error": ""}


def _die() -> Told:
    os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    raise AssertionError("a killed process goes on")


_COUNTED = count()


def never_the_same() -> str:
    """A version of the program that no other process has."""
    return str(next(_COUNTED))
