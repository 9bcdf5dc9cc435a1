"""Every page of docs/how-to followed word by word, each in an invented town of its own: what it says is seen."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import openpyxl
import pytest
from IPython.core.interactiveshell import InteractiveShell

from analysis.cli import main
from roadmaps import HOUSE

PAGES = sorted((HOUSE / "docs/how-to").glob("*.md"))
README = (HOUSE / "README.md").read_text(encoding="utf-8")
# A block of a page, or the mark of what a person does by hand before the next one.
STEP = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^ *(?P=fence)$"
    r"|<!-- by hand: (?P<by_hand>\w+) -->",
    re.MULTILINE | re.DOTALL,
)
WINDOWS = ".venv\\Scripts\\analysis "


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_is_seen(page: Path, own_town: Path, monkeypatch):
    monkeypatch.chdir(own_town)
    monkeypatch.delenv("ANALYSIS_PROJECT", raising=False)
    steps = list(STEP.finditer(page.read_text(encoding="utf-8")))
    assert len(steps) >= 2
    said, names = "", {}
    for step in steps:
        file, text = step["file"], re.sub(f"^{step['indent']}", "", step["text"] or "", flags=re.MULTILINE)
        if step["by_hand"]:
            BY_HAND[step["by_hand"]]()
        elif step["language"] == "text":
            assert [line for line in text.splitlines() if not re.search(_pattern(line), said)] == [], said[-4000:]
        elif file:
            before = Path(file).read_text(encoding="utf-8") + "\n" if Path(file).is_file() else ""
            Path(file).write_text(before + text, encoding="utf-8")
        else:
            said += RUN[step["language"]](text, names)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_fits_on_a_screen_and_is_listed_in_the_readme(page: Path):
    lines = page.read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 60
    assert f"docs/how-to/{page.name}" in README
    links = re.findall(r"\]\(([^)#]+)\)", "\n".join(lines))
    assert [one for one in links if not (page.parent / one).exists()] == []


def _pattern(line: str) -> str:
    """A line of what is seen; «…» stands for what is not told."""
    return ".*".join(map(re.escape, line.strip().split("…")))


def _typed(text: str, _names: dict[str, object]) -> str:
    """What the commands of a block print."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        for line in text.splitlines():
            name, *arguments = shlex.split(line)
            assert name == "analysis"
            assert main(arguments) == 0, line
    out.seek(0)
    return out.read()


def _on_windows(text: str, names: dict[str, object]) -> str:
    """The same on Windows; lines that set up are not run here."""
    commands = [line.removeprefix(WINDOWS) for line in text.splitlines() if line.startswith(WINDOWS)]
    return "".join(_typed(f"analysis {one}", names) for one in commands)


def _in_a_notebook(text: str, names: dict[str, object]) -> str:
    """What a cell shows: each line that is a value shows itself, as text and as HTML."""
    shell = InteractiveShell.instance()
    shell.user_ns.update(names)
    shown = []
    with contextlib.redirect_stdout(io.StringIO()) as out:
        for line in text.splitlines():
            result = shell.run_cell(line, store_history=False)
            result.raise_error()
            if result.result is not None:
                shown += [repr(result.result), getattr(result.result, "_repr_html_", str)() or ""]
    names.update(city=shell.user_ns.get("city"), found=shell.user_ns.get("found"))
    return "\n".join([out.getvalue(), *shown])


RUN = {"sh": _typed, "bat": _on_windows, "python": _in_a_notebook}


# ── what a person does by hand between the blocks ──


def _a_form_comes_back() -> None:
    book = openpyxl.load_workbook("data/raw/2022/form_edu990004_v1.xlsx")
    book.save("vernulos.xlsx")


def _a_form_with_a_fault_comes_back() -> None:
    book = openpyxl.load_workbook("data/raw/2022/form_edu990003_v1.xlsx")
    book["Результаты"]["F2"].value = 2  # fewer participants than marks
    book.save("shkola3.xlsx")


def _a_school_is_entered() -> None:
    book = openpyxl.load_workbook("data/raw/registry.xlsx")
    row = next(number for number in range(2, 60) if book["Школы"].cell(number, 1).value is None)
    book["Школы"].cell(row, 1).value, book["Школы"].cell(row, 4).value = "edu990019", "Школа № 19"
    book.save("registry.xlsx")


BY_HAND = {
    "a_form_comes_back": _a_form_comes_back,
    "a_form_with_a_fault_comes_back": _a_form_with_a_fault_comes_back,
    "a_school_is_entered": _a_school_is_entered,
}
