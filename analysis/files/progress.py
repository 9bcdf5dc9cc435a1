"""How far a work has come: the one protocol by which steps tell it to whoever waits."""

from collections.abc import Callable


def _nobody(_text: str) -> None:
    """Whoever does not listen."""


class Progress:
    """Is told how a work goes on; this one passes sentences on and shows no steps."""

    def __init__(self, listener: Callable[[str], None] = _nobody) -> None:
        """Takes who is to hear the sentences; nobody by default."""
        self._listener = listener

    def say(self, text: str) -> None:
        """A sentence that people may want to read later."""
        self._listener(text)

    def step(self, text: str, done: int = 0, of: int = 0, at: str = "") -> None:
        """What is being done right now; the next step takes its place.

        Args:
            text: The work: «Собираю отчёты».
            done: How many parts are done.
            of: How many parts there are; 0 where they cannot be counted.
            at: The part at work.
        """


SILENT = Progress()
