"""Notebooks run from top to bottom on the processed tables and are kept without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.cli import main
from roadmaps import HOUSE
from town_projects import copy_of_the_house

NOTEBOOKS = sorted((HOUSE / "notebooks").glob("*.ipynb"))
OF_THE_OFFICE = [path for path in NOTEBOOKS if "school_indicators" in path.read_text(encoding="utf-8")]

DRAWN = {
    "03_attainment.ipynb": ("с интервалами", "против города", "по годам", "против журнальных"),
    "04_context_and_selection.ipynb": ("против города", "Низкие процедуры 2022 года"),
    "05_training_needs.ipynb": ("Темы обучения в 2022 году", "Доля учителей с дефицитом в 2022 году"),
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_no_outputs_in_git(path: Path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []


def test_on_the_invented_project_each_shows_tables_and_pictures(built_demo, monkeypatch):
    captions = {}
    for name, outputs in _run(built_demo, monkeypatch).items():
        shown = [output.get("data", {}) for output in outputs]
        assert {"text/html", "image/png"} <= {kind for data in shown for kind in data}, name
        captions[name] = "\n".join(data.get("text/markdown", "") for data in shown)
        assert "Рисовать нечего" not in captions[name], name
    for name, drawn in DRAWN.items():
        assert [words for words in drawn if words not in captions[name]] == [], name


@pytest.mark.parametrize("path", OF_THE_OFFICE, ids=lambda path: path.name)
def test_pictures_are_those_of_the_report(path: Path):
    code = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    assert "show(edition" in code
    assert [word for word in ("matplotlib", "stacked_bars", ".plot") if word in code] == []


def test_on_a_project_without_facts_they_say_that_there_is_nothing_yet(built_house, monkeypatch):
    said = {
        name: "".join(output.get("text", "") for output in outputs)
        for name, outputs in _run(built_house, monkeypatch).items()
    }
    assert [name for name, text in said.items() if "ещё нет" not in text] == ["01_roadmap.ipynb"]


@pytest.mark.parametrize("path", OF_THE_OFFICE, ids=lambda path: path.name)
def test_one_with_numbers_of_schools_says_first_of_all_that_it_is_for_the_office(path: Path):
    first = nbformat.read(path, as_version=4).cells[0].source
    assert "**Для служебного пользования.**" in first.split("\n\n")[1]


def _run(project, monkeypatch):
    """The outputs of every notebook by name, run one after the other in one kernel that forgets each before the next:
    starting a kernel takes longer than running them."""
    monkeypatch.setenv("ANALYSIS_PROJECT", str(project))
    notebooks = {path.name: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
    cells = []
    for name, notebook in notebooks.items():
        cells.append(nbformat.v4.new_code_cell("%reset -f"))
        cells += [nbformat.NotebookNode(cell, id=f"{name[:2]}-{cell.id}") for cell in notebook.cells]
    together = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(together, timeout=120, kernel_name="python3", resources={"metadata": {"path": HOUSE}}).execute()
    return {
        name: [output for cell in cells if cell.id.startswith(f"{name[:2]}-") for output in cell.get("outputs", [])]
        for name in notebooks
    }


@pytest.fixture
def built_house(tmp_path):
    folder = copy_of_the_house(tmp_path)
    assert main(["--project", str(folder), "build"]) == 0
    return folder


@pytest.fixture
def built_demo(tmp_path):
    folder = tmp_path / "demo"
    assert main(["demo", str(folder)]) == 0
    assert main(["--project", str(folder), "build"]) == 0
    return folder
