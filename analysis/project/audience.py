"""For whom numbers are shown: the office where it works, and inside a report whoever the report is for."""

import os
import sys
from functools import cache
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.presentation.place import for_office, sources_above
from analysis.publishing.state import RENDERING

INTERNAL, PUBLIC = "internal", "public"


def audience_of(asked: str | None) -> str:
    """Returns "internal" or "public": what is asked for, but never more than the readers of a report may see.

    Args:
        asked: "internal", "public" or None, which leaves the choice to the place.

    Raises:
        AnalysisError: Something else is asked for.
    """
    if asked not in (None, INTERNAL, PUBLIC):
        raise AnalysisError(f'audience="{asked}": бывает "{INTERNAL}" или "{PUBLIC}".')
    report = rendered_report()
    allowed = INTERNAL if report is None or for_office(report) else PUBLIC
    return PUBLIC if PUBLIC in (asked, allowed) else INTERNAL


def rendered_report() -> Path | None:
    """The folder of report sources in which this cell is executed; None in a notebook or a terminal."""
    named = os.environ.get(RENDERING)
    return sources_above(Path(named or Path.cwd()).resolve())


@cache
def say_once(text: str) -> None:
    """Says something below the cell that asked first, and never again in this session."""
    say(text)


def say(text: str) -> None:
    """Says something below the cell; inside a report, where every printed word would be published, nothing."""
    if rendered_report() is None:
        sys.stdout.write(f"{text}\n")
