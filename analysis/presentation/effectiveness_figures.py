"""Draws the pictures of the indicators: dots with intervals, funnels, lines over years with their breaks, a heat map.

Schools are told apart by marker and shade, never by hue alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.presentation.figures import BLANK_HATCH, DARK, INK, LIGHT, MIDDLE, empty, label_share, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKERS = ("o", "s", "^", "v", "P", "X", "p")
SHADES = (DARK, "#b45309", "#4d7c0f", "#6b21a8")
CITY = "Город"
Look = dict[str, Any]
GREY, PALE = "#6b7280", "#9ca3af"
PANELS_A_ROW = 2
LINE_INCHES = 0.19
# A longer name of a school takes two lines of the legend, or the last entries fall off the picture.
LONGEST_IN_LEGEND = 26


@dataclass(frozen=True)
class Dot:
    """A share with its interval; `steady` is the pooled share, None where there is none."""

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


@styled
def dots(rows: Sequence[Dot], groups: Sequence[str], line: float | None, line_name: str = "threshold") -> "Figure":
    """One line a share, in groups by label; a cross is the pooled share, a dashed line a threshold or the city."""
    from matplotlib.ticker import PercentFormatter

    labels = list(dict.fromkeys(one.label for one in rows))
    places, centres, edges = _lines(rows, labels, groups)
    height = LINE_INCHES * edges[-1] + 0.85
    figure = empty(height)
    left = max(0.27, label_share(labels))
    axes = figure.add_axes((left, 0.45 / height, 0.97 - left, 1 - 0.85 / height))
    for one in rows:
        _dot(axes, one, places[one.label, one.group], _look(one.group, groups))
    for edge in edges[:-1]:
        axes.axhline(edge, color=LIGHT, linewidth=0.8)
    axes.set_yticks(centres, labels)
    axes.set_ylim(edges[-1], 0)
    axes.set_xlim(-0.02, min(1.02, max(one.high for one in rows) + 0.05))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    if line is not None:
        axes.axvline(line, color=INK, linestyle="--", linewidth=0.8)
    here = [name for name in groups if any(one.group == name for one in rows)]
    steady = any(one.steady is not None for one in rows)
    _legend(figure, here, groups, steady=steady, **{line_name: line is not None})
    return figure


def _lines(
    rows: Sequence[Dot], labels: Sequence[str], groups: Sequence[str]
) -> tuple[dict[tuple[str, str], float], list[float], list[float]]:
    """Where each dot stands, counted in lines from above, the middle of each label and the edge below it.

    A label takes as many lines as it has dots or itself needs, so that one with a single dot leaves no gap.
    """
    places, centres, edges, above = {}, [], [], 0.0
    for label in labels:
        here = [name for name in groups if any((one.label, one.group) == (label, name) for one in rows)]
        size = max(len(here), label.count("\n") + 1) + (0.6 if len(here) > 1 else 0.15)
        centre = above + size / 2
        for number, name in enumerate(here):
            places[label, name] = centre + number - (len(here) - 1) / 2
        centres.append(centre)
        above += size
        edges.append(above)
    return places, centres, edges


@styled
def funnels(panels: Sequence[Funnel], groups: Sequence[str]) -> "Figure":
    """Small pictures: size to the right, share upwards, limits of chance around the city's share."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    figure, places = _grid(len(panels), 2.1)
    for axes, panel in zip(places, panels, strict=True):
        for (low, high), style in zip(panel.limits, ("-", ":"), strict=False):
            axes.plot(panel.sizes, low, color=MIDDLE, linestyle=style, linewidth=1)
            axes.plot(panel.sizes, high, color=MIDDLE, linestyle=style, linewidth=1)
        axes.axhline(panel.city, color=INK, linewidth=0.8)
        for size, share in panel.schools:
            axes.plot([size], [share], "o", color=PALE, markersize=4)
        for name, size, share in panel.named:
            axes.plot([size], [share], markersize=6, **_look(name, groups))
        shares = [*(share for _, share in panel.schools), *(share for _, _, share in panel.named)]
        axes.set_title(panel.title, fontsize=9, loc="left")
        axes.set_xlim(0, max(panel.sizes))
        axes.set_ylim(-0.03, min(1.03, max([0.5, *(share + 0.08 for share in shares)])))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
        axes.set_xlabel("участников", labelpad=1)
    here = [name for name in groups if any(name == one for panel in panels for one, _, _ in panel.named)]
    _legend(figure, here, groups, others=any(panel.schools for panel in panels), city=True, inner=True, outer=True)
    return figure


@styled
def slopes(panels: Sequence[Slopes], years: Sequence[int], groups: Sequence[str]) -> "Figure":
    """Small pictures over the years; points that may not be compared stay apart, a hatched strip between them."""
    from matplotlib.ticker import PercentFormatter

    figure, places = _grid(len(panels), 1.95)
    for axes, panel in zip(places, panels, strict=True):
        for place in panel.breaks:
            axes.axvspan(place - 0.06, place + 0.06, facecolor="white", edgecolor=GREY, hatch=BLANK_HATCH, linewidth=0)
        for line in panel.lines:
            _line(axes, line, _look(line.group, groups))
        top = max([0.3, *(value for line in panel.lines for value in line.values)])
        axes.set_ylim(-0.03, min(1.03, top + 0.1))
        axes.set_xlim(years[0] - 0.4, years[-1] + 0.5)
        axes.set_xticks(list(years), [str(year) for year in years])
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
        axes.set_title(panel.title, fontsize=9, loc="left")
    here = [name for name in groups if any(line.group == name for panel in panels for line in panel.lines)]
    _legend(figure, here, groups, broken=any(panel.breaks for panel in panels))
    return figure


@styled
def heat_map(rows: Sequence[str], columns: Sequence[str], shares: Sequence[Sequence[float | None]]) -> "Figure":
    """A grid of shares, each written in its cell; darker is more, hatched is not known or not shown."""
    height = 0.5 * len(rows) + 0.5
    figure = empty(height)
    axes = figure.add_axes((0.42, 0.05 / height, 0.56, 1 - 0.5 / height))
    top = max([value for row in shares for value in row if value is not None], default=1) or 1
    for place, row in enumerate(shares):
        for number, share in enumerate(row):
            _heat_cell(axes, number, place, share, top)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), columns)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.set_yticks(range(len(rows)), rows)
    axes.spines["bottom"].set_visible(False)
    return figure


def _dot(axes: "Axes", one: Dot, place: float, look: Look) -> None:
    axes.plot([one.low, one.high], [place, place], color=look["color"], linewidth=1.3)
    axes.plot([one.value], [place], markersize=5, **look)
    if one.steady is not None:
        axes.plot([one.steady], [place], marker="x", color=INK, markersize=5)


def _line(axes: "Axes", line: Line, look: Look) -> None:
    for start, end in line.joined:
        places, values = (line.places[start], line.places[end]), (line.values[start], line.values[end])
        axes.plot(places, values, color=look["color"])
    axes.plot(line.places, line.values, linestyle="", markersize=5, **look)


def _heat_cell(axes: "Axes", column: int, row: int, share: float | None, top: float) -> None:
    from matplotlib.patches import Rectangle

    depth = 0.0 if share is None else share / top
    colour, hatch = ("white", BLANK_HATCH) if share is None else (_depth(depth), "")
    axes.add_patch(
        Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, facecolor=colour, edgecolor=GREY, linewidth=0.5, hatch=hatch)
    )
    if share is not None:
        ink = "white" if depth > 0.55 else INK
        axes.text(column, row, f"{share * 100:.0f} %", ha="center", va="center", color=ink)


def _depth(share: float) -> tuple[float, float, float]:
    """From light to dark in one hue, so that grey keeps the order."""
    import matplotlib.colors

    light, dark = np.array(matplotlib.colors.to_rgb(LIGHT)), np.array(matplotlib.colors.to_rgb(DARK))
    red, green, blue = light + (dark - light) * share
    return float(red), float(green), float(blue)


def _look(group: str, groups: Sequence[str]) -> Look:
    """Marker and shade of a group, the same in all pictures of an edition; the city has its own."""
    if group == CITY:
        return {"marker": "D", "color": INK}
    number = [one for one in groups if one != CITY].index(group)
    return {"marker": MARKERS[number % len(MARKERS)], "color": SHADES[number % len(SHADES)]}


def _grid(panels: int, height: float) -> "tuple[Figure, list[Axes]]":
    """A figure with axes for each panel, two a row, a strip above for the legend."""
    rows = -(-panels // PANELS_A_ROW)
    whole = rows * height + 0.35
    figure = empty(whole)
    places = []
    for number in range(panels):
        row, column = divmod(number, PANELS_A_ROW)
        bottom = whole - 0.35 - (row + 1) * height + 0.42
        places.append(figure.add_axes((0.08 + 0.49 * column, bottom / whole, 0.42, (height - 0.72) / whole)))
    return figure, places


def _legend(figure: "Figure", here: Sequence[str], groups: Sequence[str], **shown: bool) -> None:
    """Groups by marker, then what else the picture has."""
    from matplotlib.lines import Line2D

    more: dict[str, dict[str, Any]] = {
        "steady": {"marker": "x", "color": INK, "label": "с учётом всех результатов"},
        "threshold": {"linestyle": "--", "color": INK, "label": "порог"},
        "whole": {"linestyle": "--", "color": INK, "label": "город"},
        "others": {"marker": "o", "color": PALE, "label": "другие школы"},
        "city": {"linestyle": "-", "color": INK, "label": "город"},
        "inner": {"linestyle": "-", "color": MIDDLE, "label": "95 %"},
        "outer": {"linestyle": ":", "color": MIDDLE, "label": "99,8 %"},
        "broken": {"marker": "s", "color": PALE, "label": "разрыв"},
    }
    looks = [{**_look(name, groups), "label": fill(name, LONGEST_IN_LEGEND)} for name in here]
    looks += [more[name] for name, is_shown in shown.items() if is_shown]
    lines = [Line2D([], [], markersize=5, **{"linestyle": "none", **look}) for look in looks]
    figure.legend(handles=lines, loc="upper left", ncols=6, borderaxespad=0.2, columnspacing=1.2, handletextpad=0.4)
