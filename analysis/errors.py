"""The one kind of error a command shows as a sentence instead of a traceback."""

from collections.abc import Iterable
from difflib import get_close_matches


class AnalysisError(Exception):
    """Something a person has to mend; the message (in Russian) says where, what stands there and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook in place of a traceback."""
        return [f"Ошибка: {self}"]


def nearest(asked: str, known: Iterable[str]) -> list[str]:
    """The known names that are written nearly so, the nearest first; letters' case says nothing."""
    folded = {name.casefold(): name for name in known}
    return [folded[one] for one in get_close_matches(asked.casefold(), list(folded), 3)]
