"""Draws the pictures of the report: of the plan, shares with their intervals, a bar in a cell of a table."""

import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import pandas as pd

from analysis.contracts.columns import CROSS_MARK, DASH_MARK
from analysis.presentation.markdown import Ready, escape_attribute
from analysis.presentation.words import DERIVED_WORD, rows_of, target_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Draws the pictures of the report. Each function takes a small table and returns a matplotlib figure.

P = ParamSpec("P")
T = TypeVar("T")
STYLE = Path(__file__).with_name("report.mplstyle")
WIDTH_INCHES = 6.7  # the text width of an A4 page with margins of 30 and 10 mm
DARK, MIDDLE, LIGHT, INK = "#1d4e89", "#7ba6d0", "#e5e7eb", "#1f2937"
BLANK_HATCH = "////"
# The look of a part of a bar: its colour, the ink of its number, its hatch.
Look = tuple[str, str, str]
BLANK_LOOK: Look = ("white", INK, BLANK_HATCH)
LOOKS: tuple[Look, ...] = ((DARK, "white", ""), (MIDDLE, INK, ""), BLANK_LOOK)
LABEL_LETTERS = 38  # of a line beside the plan
PARTS_IN_A_ROW = 3  # more names of parts do not fit above a bar
# A drawing of matplotlib says the same in half the bytes: comments and names go, hundredths of a point are enough
# (of an em, one thousandth), and a letter needs no transformation. It holds no text: letters are outlines.
LIGHTER = (
    (r"(?s)<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|(?<=<g) id=\"[^\"]*\"", ""),
    (r"\s+", " "),
    (r"(?<=>) | (?=<)", ""),
    (r'<use xlink:href="#DejaVuSans-(\w+)" transform="translate\((\d+)[\d.]* 0\)"/>', r'<use href="#g\1" x="\2"/>'),
    (r"(?<![\d.])([1-9]\d*\.\d\d)\d+", r"\1"),
    (r"DejaVuSans-", "g"),
    (r"xlink:href", "href"),
    (r" ?([MLQC]) (?=[-\d])", r"\1"),
    (r" z ?", "z"),
    (r"([:;]) ", r"\1"),
)


def styled(draw: Callable[P, T]) -> Callable[P, T]:
    """A drawing in the style of the report. Where nothing is drawn, nobody waits for matplotlib."""

    @wraps(draw)
    def drawn(*given: P.args, **named: P.kwargs) -> T:
        import matplotlib

        with matplotlib.rc_context(fname=STYLE):
            return draw(*given, **named)

    return drawn


@styled
def stacked_bars(
    labels: Sequence[str],
    parts: Sequence[tuple[str, Sequence[int]]],
    axis_label: str,
) -> "Figure":
    """Horizontal bars of counts, one a label, the parts side by side: dark, middle and hatched white.

    Args:
        labels: One a bar, from top to bottom.
        parts: Name of each part and its counts.
        axis_label: What is counted.
    """
    from matplotlib.ticker import MaxNLocator

    shown = [(*part, look) for part, look in zip(parts, LOOKS, strict=False) if any(part[1])]
    wide = len(shown) > PARTS_IN_A_ROW
    above = 0.55 if wide else 0.35
    figure, axes = _figure(0.4 * len(labels) + (0.45 + above), left=label_share(labels), above=above)
    base = [0] * len(labels)
    for name, counts, (colour, ink, hatch) in shown:
        axes.barh(
            labels, counts, left=base, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.6, label=name, height=0.62
        )
        for row, count in enumerate(counts):
            if count:
                axes.text(
                    base[row] + count / 2, row, str(count), ha="center", va="center", color=ink,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5} if hatch else None,
                )  # fmt: skip
        base = [start + count for start, count in zip(base, counts, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel(axis_label)
    axes.set_xlim(0, max([*base, 1]) * 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2 if wide else max(len(shown), 1), borderaxespad=0.2)
    return figure


@styled
def plan_matrix(plan: pd.DataFrame, calendar_year: int, totals: Sequence[str]) -> "Figure":
    """One row a measure, one column a year: the planned number, dark where something is planned, hatched where blank.

    Args:
        plan: Rows of `indicators.plan.plan_by_year` for the measures to show.
        calendar_year: The year of the edition, framed.
        totals: What to write in the last column, one a measure.
    """
    grid = plan.pivot_table(
        index="measure_label", columns="calendar_year", values="target_count", sort=False, dropna=False, aggfunc="first"
    )
    said = plan.assign(said=[target_words(row) for row in rows_of(plan)]).pivot_table(
        index="measure_label", columns="calendar_year", values="said", sort=False, dropna=False, aggfunc="first"
    )
    names = plan.drop_duplicates("measure_label")["measure_name"]
    labels = [_wrapped(f"{label}  {name}") for label, name in zip(grid.index, names, strict=True)]
    figure, axes = _figure(0.44 * len(labels) + 0.35, left=0.46, below=0.05, above=0.32)
    for row, (_, counts) in enumerate(grid.iterrows()):
        for place, count in enumerate(counts):
            _cell(axes, place, row, count, str(said.iat[row, place]))
        axes.text(len(grid.columns) + 0.1, row, textwrap.fill(totals[row], 15), va="center", ha="left")
        figure.text(0.01, _share_of_height(axes, row, len(labels)), labels[row], va="center", ha="left")
    _frame_year(axes, [int(year) for year in grid.columns], calendar_year, len(labels))
    axes.set_yticks([])
    axes.set_xlim(-0.55, len(grid.columns) + 1.9)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.spines["bottom"].set_visible(False)
    return figure


def save(pictures: "Mapping[str, Figure | str]", folder: Path) -> None:
    """Writes figures, or SVG that is ready, as SVG, the same bytes always; for Word publishing makes PNG of it."""
    for name, figure in pictures.items():
        drawn = figure if isinstance(figure, str) else svg_of(figure)
        (folder / f"{name}.svg").write_text(drawn, encoding="utf-8", newline="\n")


@styled
def svg_of(figure: "Figure") -> str:
    """A figure as a light SVG."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    for heavy, light in LIGHTER:
        svg = re.sub(heavy, light, svg)
    return svg


def _figure(height: float, left: float, below: float = 0.45, above: float = 0.35) -> "tuple[Figure, Axes]":
    """A figure with one set of axes; the height and the margins are in inches, `left` is a share of the width."""
    figure = empty(height)
    return figure, figure.add_axes((left, below / height, 0.98 - left, 1 - (below + above) / height))


def empty(height: float) -> "Figure":
    """A figure as wide as the text, of a height in inches; it is drawn without a window."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH_INCHES, height))
    FigureCanvasAgg(figure)
    return figure


def label_share(labels: Sequence[str]) -> float:
    """The part of the width that labels of nine points need."""
    return min(0.45, 0.03 + 0.0115 * max((len(line) for label in labels for line in label.split("\n")), default=1))


def _wrapped(text: str) -> str:
    lines = textwrap.wrap(text, LABEL_LETTERS)
    return "\n".join(lines if len(lines) <= 2 else [lines[0], f"{lines[1][: LABEL_LETTERS - 1]}…"])


def _share_of_height(axes: "Axes", row: int, rows: int) -> float:
    """Where the middle of a row stands in the figure, from 0 at its foot to 1 at its head."""
    box = axes.get_position()
    return float(box.y1 - (row + 0.5) / rows * box.height)


def _cell(axes: "Axes", place: int, row: int, count: Any, said: str) -> None:
    from matplotlib.patches import Rectangle

    # A dash plans nothing, as a zero does; what is not stated is hatched.
    blank, count, said = (False, 0, "—") if said in (DASH_MARK, CROSS_MARK) else (pd.isna(count), count, said)
    planned = not blank and int(count) > 0
    axes.add_patch(
        Rectangle(
            (place - 0.46, row - 0.4), 0.92, 0.8, linewidth=0.6, edgecolor="#6b7280",
            facecolor=DARK if planned else "white" if blank else LIGHT, hatch=BLANK_HATCH if blank else "",
        )
    )  # fmt: skip
    if not blank:
        short = textwrap.fill(said.removesuffix(f", {DERIVED_WORD}"), 12)
        axes.text(place, row, short, ha="center", va="center", color="white" if planned else INK)


def _frame_year(axes: "Axes", years: Sequence[int], calendar_year: int, rows: int) -> None:
    from matplotlib.patches import Rectangle

    axes.set_xticks([*range(len(years)), len(years) + 0.4], [*(str(year) for year in years), "за срок"])
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    if calendar_year in years:
        place = years.index(calendar_year)
        axes.add_patch(Rectangle((place - 0.5, -0.5), 1, rows, fill=False, edgecolor=INK, linewidth=1.8, clip_on=False))
        axes.get_xticklabels()[place].set_fontweight("bold")


# A bar of plan and fact small enough for a cell of a table: drawn once, the same in every format.

WIDTH, HEIGHT = 80, 14
SHOWN_WIDTH = "1.8cm"
EDGE = 1


class Bar(NamedTuple):
    """A drawing by its name, and the words for those who do not see it."""

    name: str
    svg: str
    words: str

    @property
    def cell(self) -> Ready:
        """What stands in the cell."""
        return Ready(f'![](figures/{self.name}){{fig-alt="{escape_attribute(self.words)}" width={SHOWN_WIDTH}}}')


def plan_fact_bar(row: Mapping[str, Any]) -> Bar:
    """The plan as a frame, what is accepted dark, what was only reported striped; a dotted frame where nobody told.

    Each bar has its own scale, from nothing to the larger of plan and fact: every measure counts another thing.

    Args:
        row: A row of contracts.execution.PlanFact.
    """
    plan, reported, accepted = (_count(row[name]) for name in ("target_count", "reported_count", "accepted_count"))
    scale = max(plan or 0, reported or 0, accepted or 0, 1)
    parts = ((reported, "url(#s)"), (accepted, DARK))
    filled = "".join(_rectangle(count / scale, f'fill="{fill}"') for count, fill in parts if count)
    dots = ' stroke-dasharray="3 3"' if reported is None else ""
    frame = _rectangle(plan / scale, f'fill="none" stroke="{INK}" stroke-width="1.5"{dots}') if plan else ""
    name = "bar-" + "-".join("x" if count is None else str(count) for count in (accepted, reported, plan))
    return Bar(name, f"{HEAD}{filled}{frame}</svg>\n", _words(plan, reported, accepted))


HEAD = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
    f'<defs><pattern id="s" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="#ffffff"/><rect width="2.5" height="5" fill="{MIDDLE}"/></pattern></defs>'
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
)


def _rectangle(share: float, look: str) -> str:
    width = round((WIDTH - 2 * EDGE) * share, 1)
    return f'<rect x="{EDGE}" y="{EDGE}" width="{width}" height="{HEIGHT - 2 * EDGE}" {look}/>'


def _count(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _words(plan: int | None, reported: int | None, accepted: int | None) -> str:
    planned = "плана нет" if plan is None else f"план {plan}"
    if reported is None:
        return f"{planned}, сведений нет"
    return f"{planned}, сообщено {reported}, принято {accepted or 0}"


# Draws shares with their intervals, one a line with its own words beside it: no legend, no hue.

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

    lines = sum(TWO_LINES if "\n" in one.label else 1 for one in rows)
    height = LINE_INCHES * lines + AROUND_INCHES + 0.1
    figure = empty(height)
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


def in_lines(label: str, width: int = 32) -> str:
    """A label broken between words."""
    return fill(label, width + 1, break_long_words=False, break_on_hyphens=False)
