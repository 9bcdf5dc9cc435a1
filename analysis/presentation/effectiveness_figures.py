"""Draws the pictures of the indicators: dots with intervals, funnels, lines over years with their breaks, a heat map.

Schools are told apart by marker and shade, never by hue alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis.presentation.figures import BLANK_HATCH, DARK, INK, LIGHT, MIDDLE, STYLE, WIDTH_INCHES

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
SHADES = (DARK, "#b45309", "#4d7c0f", "#6b21a8")
GREY = "#6b7280"
PANELS_A_ROW = 2


@dataclass(frozen=True)
class Dot:
    """A share with its interval; `steady` is the stabilised share, None where there is none."""

    label: str
    group: str
    value: float
    low: float
    high: float
    steady: float | None


@dataclass(frozen=True)
class Funnel:
    """Shares against sizes around the city's share, with the limits by size for each level.

    Attributes:
        title: What the schools sat.
        city: The city's share.
        sizes: Of the limits.
        limits: Lower and upper line of each level.
        schools: Size and share of schools without a name.
        named: Name, size and share of those that are named.
    """

    title: str
    city: float
    sizes: Sequence[float]
    limits: Sequence[tuple[Sequence[float], Sequence[float]]]
    schools: Sequence[tuple[float, float]]
    named: Sequence[tuple[str, float, float]]


@dataclass(frozen=True)
class Line:
    """A school over the years: places and values of its points, and the pairs of points that may be compared."""

    group: str
    places: Sequence[float]
    values: Sequence[float]
    joined: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Slopes:
    """Lines of one subject; at each break a place and why the lines do not cross it."""

    title: str
    lines: Sequence[Line]
    breaks: Sequence[float]


@matplotlib.rc_context(fname=STYLE)
def dots(rows: Sequence[Dot], threshold: float | None) -> Figure:
    """One line a share, in groups by label; a cross is the stabilised share, a dashed line the threshold."""
    labels, groups = list(dict.fromkeys(one.label for one in rows)), list(dict.fromkeys(one.group for one in rows))
    step = 1 / (len(groups) + 0.6)
    height = 0.19 * len(labels) * (len(groups) + 0.6) + 0.85
    figure = _empty(height)
    axes = figure.add_axes((0.27, 0.45 / height, 0.7, 1 - 0.85 / height))
    for one in rows:
        place, looks = (
            labels.index(one.label) + (groups.index(one.group) - (len(groups) - 1) / 2) * step,
            groups.index(one.group),
        )
        colour = _shade(looks)
        axes.plot([one.low, one.high], [place, place], color=colour, linewidth=1.3)
        axes.plot([one.value], [place], marker=MARKERS[looks % len(MARKERS)], color=colour, markersize=5)
        if one.steady is not None:
            axes.plot([one.steady], [place], marker="x", color=INK, markersize=5)
    for number in range(1, len(labels)):
        axes.axhline(number - 0.5, color=LIGHT, linewidth=0.8)
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_xlim(-0.02, min(1.02, max(one.high for one in rows) + 0.05))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    if threshold is not None:
        axes.axvline(threshold, color=INK, linestyle="--", linewidth=0.8)
    _legend(figure, groups, steady=any(one.steady is not None for one in rows), threshold=threshold is not None)
    return figure


@matplotlib.rc_context(fname=STYLE)
def funnels(panels: Sequence[Funnel]) -> Figure:
    """Small pictures: size to the right, share upwards, limits of chance around the city's share."""
    figure, places = _grid(len(panels), 2.1)
    groups = list(dict.fromkeys(name for panel in panels for name, _, _ in panel.named))
    for axes, panel in zip(places, panels, strict=True):
        for (low, high), style in zip(panel.limits, ("-", ":"), strict=False):
            axes.plot(panel.sizes, low, color=MIDDLE, linestyle=style, linewidth=1)
            axes.plot(panel.sizes, high, color=MIDDLE, linestyle=style, linewidth=1)
        axes.axhline(panel.city, color=INK, linewidth=0.8)
        axes.plot(
            [size for size, _ in panel.schools],
            [share for _, share in panel.schools],
            "o",
            color="#9ca3af",
            markersize=4,
        )
        for name, size, share in panel.named:
            looks = groups.index(name)
            axes.plot([size], [share], marker=MARKERS[looks % len(MARKERS)], color=_shade(looks), markersize=6)
        axes.set_title(panel.title, fontsize=9, loc="left")
        axes.set_xlim(0, max(panel.sizes))
        axes.set_ylim(
            -0.03,
            min(
                1.03,
                max(
                    [0.5, *(share + 0.08 for _, _, share in panel.named), *(share + 0.08 for _, share in panel.schools)]
                ),
            ),
        )
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_xlabel("участников", labelpad=1)
    _legend(figure, groups, others=any(panel.schools for panel in panels))
    return figure


@matplotlib.rc_context(fname=STYLE)
def slopes(panels: Sequence[Slopes], years: Sequence[int]) -> Figure:
    """Small pictures over the years; points that may not be compared stay apart, a hatched strip between them."""
    figure, places = _grid(len(panels), 1.95)
    groups = list(dict.fromkeys(line.group for panel in panels for line in panel.lines))
    for axes, panel in zip(places, panels, strict=True):
        for place in panel.breaks:
            axes.add_patch(
                Rectangle(
                    (place - 0.06, -1), 0.12, 3, facecolor="white", edgecolor=GREY, hatch=BLANK_HATCH, linewidth=0
                )
            )
        for line in panel.lines:
            looks = groups.index(line.group)
            for start, end in line.joined:
                axes.plot(
                    [line.places[start], line.places[end]], [line.values[start], line.values[end]], color=_shade(looks)
                )
            axes.plot(
                line.places,
                line.values,
                linestyle="",
                marker=MARKERS[looks % len(MARKERS)],
                color=_shade(looks),
                markersize=5,
            )
        top = max([0.3, *(value for line in panel.lines for value in line.values)])
        axes.set_ylim(-0.03, min(1.03, top + 0.1))
        axes.set_xlim(years[0] - 0.4, years[-1] + 0.5)
        axes.set_xticks(list(years), [str(year) for year in years])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_title(panel.title, fontsize=9, loc="left")
    _legend(figure, groups, broken=any(panel.breaks for panel in panels))
    return figure


@matplotlib.rc_context(fname=STYLE)
def heat_map(rows: Sequence[str], columns: Sequence[str], shares: Sequence[Sequence[float | None]]) -> Figure:
    """A grid of shares, each written in its cell; darker is more, hatched is not known or not shown."""
    height = 0.5 * len(rows) + 0.7
    figure = _empty(height)
    axes = figure.add_axes((0.42, 0.05 / height, 0.56, 1 - 0.75 / height))
    top = max([value for row in shares for value in row if value is not None], default=1) or 1
    for place, row in enumerate(shares):
        for number, share in enumerate(row):
            blank = share is None
            depth = 0.0 if share is None else share / top
            axes.add_patch(
                Rectangle(
                    (number - 0.48, place - 0.46), 0.96, 0.92, facecolor="white" if blank else _depth(depth),
                    edgecolor=GREY, linewidth=0.5, hatch=BLANK_HATCH if blank else "",
                )
            )  # fmt: skip
            if share is not None:
                axes.text(
                    number,
                    place,
                    f"{share * 100:.0f} %",
                    ha="center",
                    va="center",
                    color="white" if depth > 0.55 else INK,
                )
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_yticks(range(len(rows)), rows)
    axes.spines["bottom"].set_visible(False)
    return figure


def _depth(share: float) -> tuple[float, float, float]:
    """From light to dark in one hue, so that grey keeps the order."""
    light, dark = np.array(matplotlib.colors.to_rgb(LIGHT)), np.array(matplotlib.colors.to_rgb(DARK))
    red, green, blue = light + (dark - light) * share
    return float(red), float(green), float(blue)


def _shade(number: int) -> str:
    return SHADES[number % len(SHADES)]


def _empty(height: float) -> Figure:
    figure = Figure(figsize=(WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    return figure


def _grid(panels: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with axes for each panel, two a row, a strip above for the legend."""
    rows = -(-panels // PANELS_A_ROW)
    whole = rows * height + 0.35
    figure = _empty(whole)
    places = []
    for number in range(panels):
        row, column = divmod(number, PANELS_A_ROW)
        bottom = whole - 0.35 - (row + 1) * height + 0.42
        places.append(figure.add_axes((0.08 + 0.49 * column, bottom / whole, 0.42, (height - 0.72) / whole)))
    return figure, places


def _legend(figure: Figure, groups: Sequence[str], **shown: bool) -> None:
    """Groups by marker, then what else the picture has."""
    more = {
        "steady": ("x", "", INK, "стабилизированная"),
        "threshold": ("", "--", INK, "порог"),
        "others": ("o", "", "#9ca3af", "другие школы"),
        "broken": ("s", "", "#d1d5db", "разрыв"),
    }
    looks = [(MARKERS[number % len(MARKERS)], "", _shade(number), name) for number, name in enumerate(groups)]
    looks += [more[name] for name, is_shown in shown.items() if is_shown]
    lines = [
        matplotlib.lines.Line2D(
            [], [], marker=marker, linestyle=style or "none", color=colour, label=label, markersize=5
        )
        for marker, style, colour, label in looks
    ]
    figure.legend(handles=lines, loc="upper left", ncols=5, borderaxespad=0.2, columnspacing=1.2, handletextpad=0.4)
