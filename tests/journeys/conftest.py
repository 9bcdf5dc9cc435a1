"""Whole projects to run commands in: copies of the real one, with only what git keeps."""

import shutil

import pytest

from analysis.cli import main
from roadmaps import HOUSE

SOURCES = ("project.toml", "requirements.lock", "data", "reports")
MADE = ("processed", "_site*", "_content", "figures", ".*")


def copy_of_the_house(folder):
    """A copy of the project's inputs and report sources, nothing of what it makes."""
    for name in SOURCES:
        source = HOUSE / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(*MADE))
        else:
            shutil.copyfile(source, folder / name)
    for made in folder.glob("reports/20*/data"):
        shutil.rmtree(made)
    return folder


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
def published(tmp_path_factory):
    """The real project, published whole, once; tests must not change it."""
    folder = copy_of_the_house(tmp_path_factory.mktemp("published"))
    assert main(["--project", str(folder), "report", "--engine", "builtin"]) == 0
    return folder
