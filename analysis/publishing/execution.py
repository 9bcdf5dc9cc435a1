"""Runs the cells of a document once, for all formats, and puts what they print in their place."""

import contextlib
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from analysis.publishing.errors import PublishingError
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
    with tempfile.TemporaryDirectory() as home, contextlib.chdir(folder):
        shell = _shell(home)
        lines: list[Line] = []
        for piece in source.pieces:
            lines += _run_cell(shell, piece) if isinstance(piece, Cell) else [_run_inline(shell, piece)]
        return tuple(lines)


def _shell(home: str) -> "InteractiveShell":
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    # Nothing of the person at the machine comes in, nothing is left behind: no profile, no history.
    config.HistoryManager.enabled = False
    config.InteractiveShell.ipython_dir = home
    config.InteractiveShell.ast_node_interactivity = "none"
    shell: InteractiveShell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None  # type: ignore[method-assign,assignment]
    return shell


def _run_cell(shell: "InteractiveShell", cell: Cell) -> Sequence[Line]:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = shell.run_cell(cell.code, store_history=False)  # type: ignore[no-untyped-call]
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        raise PublishingError(_failure(cell, error)) from error
    text = printed.getvalue()
    if text and not cell.shown and "include: false" not in cell.code:
        raise PublishingError(f"{cell.fence.place}: ячейка печатает, но в ней нет «#| output: asis».")
    return [cell.fence._replace(text=line) for line in ["", *text.splitlines(), ""]] if cell.shown else []


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
    statement = error.lineno if isinstance(error, SyntaxError) else _deepest_line(error.__traceback__)
    where = f"{cell.fence.place}: ячейка не выполнилась"
    if statement is None:
        return f"{where}: {_one_line(error)}"
    text = cell.code.splitlines()[statement - 1].strip()
    return f"{where}, строка {cell.fence.number + statement} («{text}»): {_one_line(error)}"


def _deepest_line(traceback: TracebackType | None) -> int | None:
    def frames(link: TracebackType | None) -> Iterator[Any]:
        while link:
            yield link
            link = link.tb_next

    own = [link.tb_lineno for link in frames(traceback) if "ipython-input" in link.tb_frame.f_code.co_filename]
    return own[-1] if own else None


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
