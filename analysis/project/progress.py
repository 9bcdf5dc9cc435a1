"""Progress as people see it: on a terminal a line that comes and goes, in a notebook one output that is updated."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analysis.files.memory import Progress

LINE = "{desc}: {n_fmt} из {total_fmt}{postfix} {bar}"
UNCOUNTED = "{desc}…"


class Screen(Progress):
    """What a person sees of a work while it lasts, and may be asked meanwhile."""

    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return sys.stdin is not None and sys.stdin.isatty()

    def agreed(self, question: str) -> bool:
        """Asks whether values may be replaced; where nobody can answer, that is a no."""
        if not self.can_ask():
            return False
        self.say(f"{question[0].upper()}{question[1:]}")
        try:
            return input("Заменить сведения? (да/нет) ").strip().casefold() in ("да", "д", "yes", "y")
        except (EOFError, NotImplementedError):  # whoever closes the input has not agreed; a notebook run by a program
            return False

    def close(self) -> None:
        """Takes away what was shown of the last step."""


class Terminal(Screen):
    """Sentences go to the error stream, so that a pipe gets results only; steps are a line of a terminal."""

    def __init__(self) -> None:
        """Shows nothing yet."""
        super().__init__(say)
        self._bar: Any = None

    def say(self, text: str) -> None:
        """Writes a sentence where the line of the steps stood."""
        self.close()
        super().say(text)

    def step(self, text: str, done: int = 0, of: int = 0, at: str = "") -> None:
        """Shows a step in the place of the last one; nothing where the error stream is no terminal."""
        if not _is_terminal():
            return
        if self._bar is None or (self._bar.desc, self._bar.total) != (text, of):
            from tqdm import tqdm

            self.close()
            layout = LINE if of else UNCOUNTED
            shown = {"desc": text, "total": of, "initial": done, "postfix": at, "bar_format": layout}
            self._bar = tqdm(**shown, leave=False, disable=None)
            return
        self._bar.set_postfix_str(at, refresh=False)
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        """Takes the line away."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Notebook(Screen):
    """One output below the cell: the sentences so far, and the step at work while it lasts."""

    def __init__(self) -> None:
        """Shows nothing yet."""
        super().__init__()
        self._said: list[str] = []
        self._output: Any = None

    def can_ask(self) -> bool:
        """A notebook has a line to answer in."""
        return True

    def say(self, text: str) -> None:
        """Adds a sentence."""
        self._said.append(text)
        self._show()

    def step(self, text: str, done: int = 0, of: int = 0, at: str = "") -> None:
        """Shows a step below the sentences in the place of the last one."""
        self._show(f"{text}: {done} из {of}{at and f', {at}'}" if of else f"{text}…")

    def close(self) -> None:
        """Leaves the sentences alone."""
        if self._output is not None:
            self._show()

    def _show(self, *step: str) -> None:
        from IPython.display import Pretty, display

        text = Pretty("\n".join([*self._said, *step]))
        if self._output is None:
            self._output = display(text, display_id=True)
        else:
            self._output.update(text)


@contextmanager
def on_screen() -> Iterator[Screen]:
    """Shows the progress of a work inside the `with`, in a notebook or on a terminal; elsewhere its sentences alone."""
    screen: Screen = Notebook() if in_notebook() else Terminal()
    try:
        yield screen
    finally:
        screen.close()


def in_notebook() -> bool:
    """Whether this runs in a notebook, whose outputs can be updated."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def say(text: str) -> None:
    """Writes a sentence to the error stream."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()
