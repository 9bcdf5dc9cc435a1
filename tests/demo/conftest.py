"""The demo, made and checked once; tests must not change it."""

import shutil
import tomllib

import pytest

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
def published(tmp_path_factory, shared_town):
    folder = tmp_path_factory.mktemp("published") / "demo"
    shutil.copytree(shared_town, folder)
    return folder


@pytest.fixture(scope="session")
def answers(files):
    return tomllib.loads(files["answer_key.toml"].decode())["answer"]
