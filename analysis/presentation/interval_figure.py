"""Draws shares with their intervals, one a line with its own words beside it: no legend, no hue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from analysis.presentation.figures import DARK, INK, LIGHT, MIDDLE, WIDTH_INCHES, label_share, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINE_INCHES, AROUND_INCHES = 0.2, 0.52
TWO_LINES = 1.5  # of a label


class Share(NamedTuple):
    """A share with its interval.

    Attributes:
        label: Stands to the left.
        value: The share.
        low: Lower end of the interval.
        high: Upper end.
        made_of: Stands to the right: «7 из 16».
        city: The city's share of the same; None where there is none.
    """

    label: str
    value: float
    low: float
    high: float
    made_of: str
    city: float | None = None


@styled
def intervals(rows: Sequence[Share], axis_label: str) -> "Figure":
    """A dot and a line each; a short upright stroke is the city's share."""
    from matplotlib.ticker import PercentFormatter

    figure, height = _canvas(sum(TWO_LINES if "\n" in one.label else 1 for one in rows))
    left = min(0.46, label_share([one.label for one in rows]))
    right = 0.99 - min(0.3, label_share([one.made_of for one in rows]))
    axes = figure.add_axes((left, 0.4 / height, right - left, 1 - AROUND_INCHES / height))
    for place, one in enumerate(rows):
        axes.plot([one.low, one.high], [place, place], color=MIDDLE, linewidth=4, solid_capstyle="butt")
        axes.plot([one.value], [place], "o", color=DARK, markersize=5.5)
        if one.city is not None:
            axes.plot([one.city, one.city], [place - 0.36, place + 0.36], color=INK, linewidth=2)
        axes.annotate(
            one.made_of, (1.015, place), xycoords=("axes fraction", "data"), va="center", annotation_clip=False
        )
    with_city = [one.city for one in rows if one.city is not None]
    if with_city and rows[0].city is not None:
        axes.text(rows[0].city, -0.5, "город", ha="center", va="bottom", color=INK)
    axes.set_yticks(range(len(rows)), [one.label for one in rows])
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, min(1.0, max([one.high for one in rows] + with_city) + 0.03))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.grid(axis="x", color=LIGHT, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(axis_label)
    return figure


def _canvas(lines: float) -> "tuple[Figure, float]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    height = LINE_INCHES * lines + AROUND_INCHES + 0.1
    figure = Figure(figsize=(WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    return figure, height
