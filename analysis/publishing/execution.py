"""Runs the cells of a document once for all formats and replaces them by their output."""

import contextlib
import io
import re
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.publishing.project import PublishingError
from analysis.publishing.source import Cell, Line, Source

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_INLINE = re.compile(r"`\{python\}\s+([^`]+)`")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def execute(source: Source, folder: Path) -> tuple[Line, ...]:
    """Runs a document from its own folder, in a namespace of its own.

    Args:
        source: The document.
        folder: The folder it stands in.

    Returns:
        Markdown, each line with the place it came from.

    Raises:
        PublishingError: A cell or an inline expression fails, or shows what it should not.
    """
    if not any(isinstance(piece, Cell) or _INLINE.search(piece.text) for piece in source.pieces):
        return tuple(piece for piece in source.pieces if isinstance(piece, Line))  # nothing to run
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(folder), _shell(home) as shell:
        lines: list[Line] = []
        for piece in source.pieces:
            lines += _run_cell(shell, piece) if isinstance(piece, Cell) else [_run_inline(shell, piece)]
        return tuple(lines)


@contextlib.contextmanager
def _shell(home: str) -> Iterator["InteractiveShell"]:
    """Starts an interpreter that reads no settings of the user and leaves nothing behind."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = home
    shell: InteractiveShell = InteractiveShell(config=config)
    # An error in a cell becomes one sentence (_failure), never a traceback.
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # type: ignore[method-assign,assignment]
    try:
        yield shell
    finally:
        shell.restore_sys_module_state()


def _run_cell(shell: "InteractiveShell", cell: Cell) -> Sequence[Line]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = shell.run_cell(cell.code, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise PublishingError(_failure(cell, error)) from error
    if not cell.options.get("include", True):
        return []
    if result.result is not None:
        raise PublishingError(f"{cell.fence.place}: значение последней строки ячейки не показывается; напечатайте его.")
    text = printed.getvalue()
    if text and cell.options.get("output") != "asis":
        raise PublishingError(f"{cell.fence.place}: ячейка печатает, но в ней нет «#| output: asis».")
    return [cell.fence._replace(text=line) for line in ["", *text.splitlines(), ""]]


def _run_inline(shell: "InteractiveShell", line: Line) -> Line:
    def value(found: re.Match[str]) -> str:
        try:
            result = eval(found.group(1), shell.user_ns)  # the report's own code, as in its cells
        except Exception as error:
            raise PublishingError(f"{line.place}: {found.group()}: {_one_line(error)}") from error
        return _PUNCTUATION.sub(r"\\\1", str(result))

    return line._replace(text=_INLINE.sub(value, line.text))


def _failure(cell: Cell, error: BaseException) -> str:
    """Names the cell, the statement in it that failed, and the exception."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame.lineno for frame in frames if "ipython-input" in frame.filename]
    statement = error.lineno if isinstance(error, SyntaxError) else [None, *own][-1]
    where = f"{cell.fence.place}: ячейка не выполнилась"
    if statement:
        text = cell.code.splitlines()[statement - 1].strip()
        where = f"{where}, строка {cell.fence.number + statement} («{text}»)"
    return f"{where}: {_one_line(error)}"


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
