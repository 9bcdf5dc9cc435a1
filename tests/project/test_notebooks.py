"""Notebooks run from top to bottom on any project, say what it has no data for, and are kept without outputs."""

import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.project.frames import NOTHING
from roadmaps import HOUSE

NOTEBOOKS = {path.name[:2]: nbformat.read(path, as_version=4) for path in sorted((HOUSE / "notebooks").glob("*.ipynb"))}
NUMBERS = ["00", "01", "02", "03", "04", "05", "06"]
WITHOUT_NUMBERS_OF_SCHOOLS, WITH_A_PICTURE_OF_ITS_OWN, AT_WORK = "01", "06", "00"
SHOWN = {
    "00": ("2021_edu990005.xlsx", "annual-report-2021.html", "Полнота сведений за 2021 год", "План и факт: 1.1"),
    "01": ("Показатели «дорожной карты» в 2022 году по задачам", "Задача 4: план на весь срок", "1.1, 2022 год"),
    "02": ("Исполнение 2022 года по задачам", "Задача 1. Организация", "Школа № 12: план и факт"),
    "03": ("с интервалами", "против города", "по годам", "против журнальных", "Отметок «2»"),
    "04": ("против города", "Низкие процедуры 2022 года", "Что изменил бы другой порог", "Контекст школ"),
    "05": ("Темы обучения: доля учителей", "Доля учителей с дефицитом в 2022 году", "<td>Школа № 14</td>"),
    "06": ("Отметок «2»", "Доля «2»", "против города", "лист Лист1, строка"),
}


def test_all_notebooks_are_there():
    assert list(NOTEBOOKS) == NUMBERS


@pytest.mark.parametrize("number", NUMBERS)
def test_no_outputs_in_git(number):
    cells = _code(number)
    assert cells
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_two_imports_are_enough_and_nothing_is_guarded(number):
    lines = [line.strip() for cell in _code(number) for line in cell.source.splitlines()]
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    own = ["import matplotlib.pyplot as plt"] if number == WITH_A_PICTURE_OF_ITS_OWN else []
    assert imports == [*own, "import analysis"]
    assert [line for line in lines if line.startswith(("if ", "try", "print("))] == []
    assert [word for word in ("savefig", ".to_csv", ".to_excel", "open(") if any(word in line for line in lines)] == []


@pytest.mark.parametrize("number", NUMBERS)
def test_each_ends_with_something_to_try(number):
    last = NOTEBOOKS[number].cells[-1].source
    tasks = last.partition("## Попробуйте сами")[2]
    assert [task for task in ("1. **", "2. **", "3. **") if task not in tasks] == []


@pytest.mark.parametrize("number", [number for number in NUMBERS if number != WITHOUT_NUMBERS_OF_SCHOOLS])
def test_one_with_numbers_of_schools_says_first_of_all_that_it_is_for_the_office(number):
    first = NOTEBOOKS[number].cells[0].source
    assert "**Для служебного пользования.**" in first.split("\n\n")[1]


def test_on_the_invented_project_each_shows_tables_and_pictures(built_demo, monkeypatch):
    outputs = _run(built_demo, monkeypatch)
    assert list(outputs) == NUMBERS
    for number, shown in outputs.items():
        page = _page(shown)
        assert "<table" in page, number
        assert number == AT_WORK or "<img" in page, number
        assert [words for words in SHOWN[number] if words not in page.replace(' style="text-align:left"', "")] == []
        assert NOTHING not in page, number
        assert "сведений за 2022 год нет" not in page, number
    assert any("image/png" in one.get("data", {}) for one in outputs[WITH_A_PICTURE_OF_ITS_OWN])
    assert _errors(outputs) == [(AT_WORK, "Назовите файлы или папку для них: project.toml, [collection], inbox")]


def test_on_a_project_without_facts_they_say_that_there_is_nothing_yet(built_house, monkeypatch):
    outputs = _run(built_house, monkeypatch)
    said = {number: _page(shown) for number, shown in outputs.items()}
    silent = [number for number, page in said.items() if NOTHING not in page and "сведений за 20" not in page]
    assert silent == ["01"]
    assert {number for number, _ in _errors(outputs)} <= {AT_WORK}


def _code(number):
    return [cell for cell in NOTEBOOKS[number].cells if cell.cell_type == "code"]


def _page(outputs):
    """Everything that stands below the cells of a notebook."""
    shown = [one.get("data", {}) for one in outputs]
    return "\n".join(str(data.get("text/html", data.get("text/plain", ""))) for data in shown)


def _errors(outputs):
    """What went wrong: whatever it is, it is one sentence of ours."""
    found = [(number, one) for number, shown in outputs.items() for one in shown if one.output_type == "error"]
    assert {one.ename for _, one in found} <= {"AnalysisError"}
    assert [one.traceback for _, one in found] == [[f"Ошибка: {one.evalue}"] for _, one in found]
    return [(number, one.evalue.partition(" = ")[0]) for number, one in found]


def _run(project, monkeypatch):
    """The outputs of every notebook by number, run one after the other in one kernel that forgets each before the next:
    starting a kernel takes longer than running them."""
    monkeypatch.setenv("ANALYSIS_PROJECT", str(project))
    cells = []
    for number, notebook in NOTEBOOKS.items():
        cells.append(nbformat.v4.new_code_cell("%reset -f"))
        cells += [nbformat.from_dict({**cell, "id": f"{number}-{cell.id}"}) for cell in notebook.cells]
    together = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(together, timeout=300, kernel_name="python3", resources={"metadata": {"path": HOUSE}}).execute()
    return {
        number: [one for cell in cells if cell.id.startswith(f"{number}-") for one in cell.get("outputs", [])]
        for number in NOTEBOOKS
    }


@pytest.fixture
def built_house(shared_house, tmp_path):
    shutil.copytree(shared_house, tmp_path / "house")
    return tmp_path / "house"


@pytest.fixture
def built_demo(shared_town, tmp_path):
    shutil.copytree(shared_town, tmp_path / "demo")
    return tmp_path / "demo"
