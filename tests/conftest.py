"""What several tests share: the signed roadmap, read once."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from analysis.cli import main
from analysis.demo.project import demo_files, write_demo
from analysis.pipeline.check import Checked, check_project
from analysis.rules.config import load_project
from roadmaps import HOUSE
from town_projects import of_one_year


@pytest.fixture(scope="session")
def signed() -> Checked:
    """The project's own roadmap, read, cleaned and validated."""
    return check_project(load_project(HOUSE))


@pytest.fixture(scope="session")
def built_town(tmp_path_factory, worker_id) -> Path:
    """The invented town with its last year alone, built once for all processes of a run; no test may change it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "built" / "town"
    folder.parent.mkdir(exist_ok=True)
    with FileLock(folder.parent / "lock"):
        if not (folder / "data/processed/manifest.json").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            assert write_demo(folder, of_one_year(demo_files(), 2022))
            assert main(["--project", str(folder), "build"]) == 0
    return folder


@pytest.fixture
def own_town(built_town, tmp_path) -> Path:
    """The same as a copy that a test may change."""
    shutil.copytree(built_town, tmp_path / "town")
    return tmp_path / "town"
