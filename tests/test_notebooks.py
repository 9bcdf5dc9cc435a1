"""Notebooks run from top to bottom on the processed tables and are kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.cli import main
from houses import copy_of_the_house
from roadmaps import HOUSE

NOTEBOOKS = sorted((HOUSE / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_outputs_in_git(path: Path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_runs_on_the_invented_project_and_shows_something(path: Path, built_demo, monkeypatch):
    kinds = {kind for output in _outputs(path, built_demo, monkeypatch) for kind in output.get("data", {})}
    assert "text/html" in kinds
    assert "image/png" in kinds


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_runs_on_the_real_project(path: Path, built_house, monkeypatch):
    outputs = _outputs(path, built_house, monkeypatch)
    said = "".join(output.get("text", "") for output in outputs)
    assert ("ещё нет" in said) == (path.name != "01_roadmap.ipynb")


def _outputs(path, project, monkeypatch):
    monkeypatch.setenv("ANALYSIS_PROJECT", str(project))
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": HOUSE}}).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


@pytest.fixture(scope="module")
def built_house(tmp_path_factory):
    folder = copy_of_the_house(tmp_path_factory.mktemp("notebooks"))
    assert main(["--project", str(folder), "build"]) == 0
    return folder


@pytest.fixture(scope="module")
def built_demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks") / "demo"
    assert main(["demo", str(folder)]) == 0
    assert main(["--project", str(folder), "build"]) == 0
    return folder
