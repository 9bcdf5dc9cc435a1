"""The demo, made and checked once; tests must not change it."""

import tomllib

import pytest

from analysis.cli import main
from analysis.demo.project import demo_files, write_demo
from analysis.pipeline.check import check_project
from analysis.rules.config import load_project


@pytest.fixture(scope="session")
def files():
    return demo_files()


@pytest.fixture(scope="session")
def demo(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("demo") / "demo"
    assert write_demo(folder, files)
    return folder


@pytest.fixture(scope="session")
def checked(demo):
    return check_project(load_project(demo))


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "demo"
    assert main(["demo", str(folder)]) == 0
    assert main(["--project", str(folder), "report", "2021", "--engine", "builtin", "--format", "html,pdf"]) == 0
    return folder


@pytest.fixture(scope="session")
def answers(files):
    return tomllib.loads(files["answer_key.toml"].decode())["answer"]
