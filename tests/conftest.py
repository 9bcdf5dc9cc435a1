"""What several tests share: the signed roadmap, read once."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from analysis.cli import main
from analysis.demo.project import demo_files, write_demo
from analysis.pipeline.check import Checked, check_project
from analysis.rules.config import load_project
from roadmaps import HOUSE
from town_projects import copy_of_the_house, of_one_year

PROGRAMS = {"quarto": "quarto", "browser": "chromium"}  # what the tests with a mark need


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves out what needs a program that is not here."""
    absent = {mark: program for mark, program in PROGRAMS.items() if not shutil.which(program)}
    for item in items:
        for mark in absent.keys() & {one.name for one in item.iter_markers()}:
            item.add_marker(pytest.mark.skip(reason=f"no {absent[mark]} on PATH"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Says last what could not be run here."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    for reason, tests in Counter(report.longrepr[2].removeprefix("Skipped: ") for report in skipped).items():
        terminalreporter.write_line(f"NOT RUN HERE: {tests} tests: {reason}", yellow=True)


@pytest.fixture(scope="session")
def signed() -> Checked:
    """The project's own roadmap, read, cleaned and validated."""
    return check_project(load_project(HOUSE))


def _made_once(tmp_path_factory, worker_id: str, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that one process of a run makes and all others take as it is."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").is_file():
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def shared_town(tmp_path_factory, worker_id) -> Path:
    """The invented town, built, with the report of 2021 for all and for the office; no test may change it."""

    def make(folder: Path) -> None:
        at = ["--project", str(folder / "demo")]
        assert main(["demo", at[1]]) == 0
        assert main([*at, "build"]) == 0
        assert main([*at, "report", "2021", "--engine", "builtin", "--format", "html,pdf"]) == 0
        assert main([*at, "report", "2021", "--engine", "builtin", "--format", "html", "--audience", "internal"]) == 0

    return _made_once(tmp_path_factory, worker_id, "shared", make) / "demo"


@pytest.fixture(scope="session")
def shared_house(tmp_path_factory, worker_id) -> Path:
    """The real project, published whole; no test may change it."""

    def make(folder: Path) -> None:
        (folder / "house").mkdir(parents=True)
        copy_of_the_house(folder / "house")
        assert main(["--project", str(folder / "house"), "report", "--engine", "builtin"]) == 0

    return _made_once(tmp_path_factory, worker_id, "published_house", make) / "house"


@pytest.fixture(scope="session")
def built_town(tmp_path_factory, worker_id) -> Path:
    """The invented town with its last year alone, built; no test may change it."""

    def make(folder: Path) -> None:
        assert write_demo(folder / "town", of_one_year(demo_files(), 2022))
        assert main(["--project", str(folder / "town"), "build"]) == 0

    return _made_once(tmp_path_factory, worker_id, "one_year", make) / "town"


@pytest.fixture
def own_town(built_town, tmp_path) -> Path:
    """The same as a copy that a test may change."""
    shutil.copytree(built_town, tmp_path / "town")
    return tmp_path / "town"
