"""Progress is seen on a terminal and in a notebook, and nowhere else."""

import io
import subprocess
import sys
from contextlib import suppress

import nbformat
import pytest
from nbclient import NotebookClient

from analysis.project.progress import Notebook, Terminal, on_screen


class Console(io.TextIOWrapper):
    """A terminal of some encoding that keeps all that is written to it."""

    def isatty(self):
        return True

    def seen(self):
        self.flush()
        return self.buffer.getvalue().decode(self.encoding)


def _console(monkeypatch, encoding):
    stream = Console(io.BytesIO(), encoding=encoding, errors="replace")  # as every command opens it
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "cp866"])
def test_a_terminal_shows_the_step_and_takes_it_away(monkeypatch, encoding):
    console = _console(monkeypatch, encoding)
    with on_screen() as progress:
        assert type(progress) is Terminal
        progress.step("Собираю отчёты", 3, 9, "annual-report-2021.pdf")
        assert "Собираю отчёты: 3 из 9, annual-report-2021.pdf" in console.seen()
        progress.step("Собираю отчёты", 4, 9, "index.html")
        progress.say("Собрано.")
        progress.step("Сверяю прочитанное")
    text = console.seen()
    assert "Собираю отчёты: 4 из 9, index.html" in text
    assert "Сверяю прочитанное" in text
    assert "0 из 9" not in text
    assert ("█" in text) == (encoding == "utf-8")
    assert "Собрано.\n" in text
    assert text.endswith("\r")
    assert text.rsplit("\r", 2)[1].strip() == ""


def test_a_failure_takes_the_line_away_too(monkeypatch):
    console = _console(monkeypatch, "utf-8")
    with suppress(ValueError), on_screen() as progress:
        progress.step("Читаю книги", 1, 2, "a.xlsx")
        raise ValueError
    assert "Читаю книги: 1 из 2" in console.seen()
    assert console.seen().endswith("\r")


def test_elsewhere_sentences_alone_are_written_and_nothing_is_loaded():
    code = (
        "import sys\nfrom analysis.project.progress import on_screen\nwith on_screen() as progress:\n"
        "    progress.step('Читаю книги', 1, 2, 'a')\n    progress.say('Готово.')\n"
        "    assert not progress.agreed('заменить?')\nassert 'tqdm' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "Готово.\n")


def test_a_notebook_keeps_one_output_with_the_last_text():
    cell = nbformat.v4.new_code_cell(
        "from analysis.project.progress import on_screen\nwith on_screen() as progress:\n"
        "    for done in range(5):\n        progress.step('Читаю книги', done, 5, 'a.xlsx')\n"
        "    progress.say('Собрано.')\n    progress.step('Пишу', 1, 2)\n    assert not progress.agreed('заменить?')"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output["data"]["text/plain"] == "Собрано.\nЗаменить?"


def test_a_step_of_a_notebook_says_how_far_it_is(monkeypatch):
    shown = []
    monkeypatch.setattr(Notebook, "_show", lambda self, *step: shown.extend(step))
    notebook = Notebook()
    notebook.step("Собираю отчёты", 3, 9, "annual-report-2021.pdf")
    notebook.step("Читаю книги", 1, 2)
    notebook.step("Сверяю прочитанное")
    assert shown == ["Собираю отчёты: 3 из 9, annual-report-2021.pdf", "Читаю книги: 1 из 2", "Сверяю прочитанное…"]
