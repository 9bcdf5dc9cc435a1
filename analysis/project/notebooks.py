"""What the notebooks of the office start from: the last build as one internal edition, and the pictures of it."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO

import matplotlib
from IPython.display import Image, Markdown, display
from matplotlib.figure import Figure

from analysis.files.tables import read_tables
from analysis.pipeline.build import editions_of
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness import notices
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.figures import STYLE
from analysis.presentation.markdown import escape
from analysis.rules.config import Project, load_sources

SCREEN_DOTS = 120
NOTHING_TO_DRAW = "Рисовать нечего: таких сведений за этот год нет."


def office_edition(project: Project, calendar_year: int) -> Edition:
    """Returns the tables of the last build, unmasked, as the internal edition of a year; no tables where none are."""
    tables = read_tables(project.root)
    editions = editions_of(project, tables, tuple(load_sources(project.root)), internal=True)
    return replace(editions[0], calendar_year=calendar_year)


def show(edition: Edition, exhibits: Iterable[Exhibit | None]) -> None:
    """Shows pictures of the report below a cell, each with caption and notices; says so where there are none."""
    shown = [(one, one.picture) for one in exhibits if one is not None and one.picture is not None]
    for one, picture in shown:
        _say(f"**{escape(one.caption)}**")
        display(_image(picture))
        for notice in notices(edition, one):
            _say(f"*{escape(notice)}*")
    if not shown:
        _say(NOTHING_TO_DRAW)


def _say(markdown: str) -> None:
    display(Markdown(markdown))


@matplotlib.rc_context(fname=STYLE)
def _image(figure: Figure) -> Image:
    """A figure as it looks in the report, for the style holds while it is drawn."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return Image(drawn.getvalue(), width=int(figure.get_figwidth() * SCREEN_DOTS))
