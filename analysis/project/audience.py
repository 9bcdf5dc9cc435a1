"""For whom numbers are shown: the office where it works, and inside a report whoever the report is for."""

import os
import sys
from functools import cache
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.publishing.state import RENDERING
from analysis.rules.config import find_project

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
    allowed = INTERNAL if report is None or _is_for_office(report) else PUBLIC
    return PUBLIC if PUBLIC in (asked, allowed) else INTERNAL


def rendered_report() -> Path | None:
    """The folder of report sources in which this cell is executed; None in a notebook or a terminal."""
    named = os.environ.get(RENDERING)
    here = Path(named or Path.cwd()).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / "_quarto.yml").is_file()), None)


def _is_for_office(report: Path) -> bool:
    """Reports and documents for the office alone are made in output/, all others are public."""
    try:
        return report.is_relative_to(find_project(report) / "output")
    except AnalysisError:
        return False


@cache
def say_once(text: str) -> None:
    """Says something below the cell that asked first, and never again in this session."""
    say(text)


def say(text: str) -> None:
    """Says something below the cell; inside a report, where every printed word would be published, nothing."""
    if rendered_report() is None:
        sys.stdout.write(f"{text}\n")
