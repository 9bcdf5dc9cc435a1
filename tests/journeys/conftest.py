"""Whole projects to run commands in: copies of the real one."""

import shutil

import pytest

from analysis.cli import main
from town_projects import copy_of_the_house


@pytest.fixture
def house(tmp_path):
    return copy_of_the_house(tmp_path)


@pytest.fixture
def run(capsys):
    """Runs a command in a project and returns exit code, results and messages."""

    def _run(folder, *arguments):
        code = main(["--project", str(folder), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return _run


@pytest.fixture(scope="session")
def published(shared_house):
    return shared_house


@pytest.fixture
def own_published(published, tmp_path):
    """The real project, built and published whole, as a copy that a test may change."""
    return shutil.copytree(published, tmp_path / "house")
