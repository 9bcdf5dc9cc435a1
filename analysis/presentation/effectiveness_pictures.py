"""The pictures of the indicators, drawn and as exhibits: dots with intervals, funnels, lines over years, a heat map."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.contracts.effectiveness import BREAK, LIKE_CITY, PublicIndicators, SchoolEffects, SelectionHits
from analysis.presentation.conclusions.sentence import _plain, _ruled, effect_rows
from analysis.presentation.edition import GROUPS_LAST, Edition
from analysis.presentation.effectiveness_tables import looked_at
from analysis.presentation.exhibits import Drawing, Exhibit, Part, picture
from analysis.presentation.figures import (
    BLANK_HATCH,
    DARK,
    INK,
    LIGHT,
    MIDDLE,
    empty,
    in_lines,
    label_share,
    stacked_bars,
    styled,
)
from analysis.presentation.markdown import joined, whole
from analysis.presentation.place import SLUGS
from analysis.presentation.shares import EXAMS, SURE, exported, interval_words, out_of, whole_percent
from analysis.presentation.words import NO_BREAK_SPACE, Row, lowered, rows_of, subject_words
from analysis.rules.methods import Indicator, RuleSet
from analysis.statistics.counts import FUNNEL_LEVELS, funnel_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Schools are told apart by marker and shade, never by hue alone.
ONE_SCHOOL, CITY = "Школа", GROUPS_LAST[1]
MARKERS = ("o", "s", "^", "v", "P", "X", "p")
SHADES = (DARK, "#b45309", "#4d7c0f", "#6b21a8")
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
        _draw_dot(axes, one, places[one.label, one.group], _look(one.group, groups))
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
            _draw_line(axes, line, _look(line.group, groups))
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


def _draw_dot(axes: "Axes", one: Dot, place: float, look: Look) -> None:
    axes.plot([one.low, one.high], [place, place], color=look["color"], linewidth=1.3)
    axes.plot([one.value], [place], markersize=5, **look)
    if one.steady is not None:
        axes.plot([one.steady], [place], marker="x", color=INK, markersize=5)


def _draw_line(axes: "Axes", line: Line, look: Look) -> None:
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


# What each picture shows in words, and the rows behind it.

LINES_PER_PICTURE = 40
SCHOOLS_PER_PICTURE = 30  # with a heading above and a caption below they fill a page
PANELS_PER_PICTURE = 6
WITH_BREAKS = ("fig-slopes-", "tbl-changes")
SITTING = ["procedure", "subject", "programme_grade", "sitting_grade", "wave"]


def dot_pictures(
    edition: Edition, slug: str, title: str, rows: pd.DataFrame, indicator: Indicator
) -> Iterator[Exhibit]:
    """Shares of the supported schools and of the city with their intervals; long ones in several pictures."""
    wanted = [*edition.supported, CITY]
    rows = rows[(rows["indicator_id"] == indicator.id) & rows["group_name"].isin(wanted)]
    rows = rows[rows["interval_low"].notna()]
    if not rows["group_name"].isin(edition.supported).any():
        return
    labels = [subject_words(row) for row in rows_of(rows)]
    kinds = list(dict.fromkeys(labels))
    size = max(1, LINES_PER_PICTURE // max(1, rows["group_name"].nunique()))
    parts = [kinds[start : start + size] for start in range(0, len(kinds), size)]
    for number, part in enumerate(parts, start=1):
        some = rows[[label in part for label in labels]]
        suffix, said = (f"-{number}", f" (часть {number} из {len(parts)})") if len(parts) > 1 else ("", "")
        drawn = partial(dots, [_dot(row) for row in rows_of(some)], wanted, indicator.threshold)
        words = f"Точки с интервалами 95 %. {_dots_in_words(some, indicator)}."
        caption = f"{title}: {lowered(indicator.name)} с интервалами{said}"
        yield _picture(edition, f"dots-{slug}{suffix}", caption, some, Drawing(drawn, words))


def funnel_pictures(edition: Edition) -> Iterator[Exhibit]:
    """Every school against the city, for the procedures of the rules; others than the supported ones have no name."""
    for indicator, procedure, rows in _ruled(edition, edition.indicators, this_year=True):
        yield from _funnels(edition, indicator, procedure, rows)


def funnels_of(edition: Edition, indicator: Indicator, procedure: str | None = None) -> Iterator[Exhibit]:
    """The same of any share of results, for one procedure or for each that the year had."""
    rows = _plain(edition.indicators, edition.calendar_year)
    rows = rows[(rows["indicator_id"] == indicator.id) & rows["denominator"].notna() & rows["procedure"].notna()]
    for held, some in rows.groupby("procedure", sort=True):
        if procedure in (None, held):
            yield from _funnels(edition, indicator, str(held), some)


def _funnels(edition: Edition, indicator: Indicator, procedure: str, rows: pd.DataFrame) -> Iterator[Exhibit]:
    panels = [group for _, group in rows.groupby(SITTING, sort=True)]
    usable = [panel for panel in panels if panel["city_value"].notna().any() and _schools(panel).size]
    for number, some in enumerate(_parts(usable), start=1):
        said = " ".join(_funnel_in_words(edition, panel) for panel in some)
        words = (
            "Воронки: вправо — участников, вверх — доля; черта — город, сплошные линии — предел 95 %, точечные — "
            f"99,8 %. {said}"
        )
        drawn = partial(funnels, [_funnel(edition, panel) for panel in some], edition.supported)
        name = f"funnel-{SLUGS.get(procedure, 'other')}-{number}"
        part = f" (часть {number})" if len(usable) > PANELS_PER_PICTURE else ""
        caption = f"{procedure}, {edition.calendar_year} год: {lowered(indicator.name)} против города{part}"
        yield _picture(edition, name, caption, pd.concat(some), Drawing(drawn, words))


def slope_pictures(edition: Edition) -> Iterator[Exhibit]:
    """The supported schools and the city over the years; no line crosses a break, and the words say why."""
    wanted = [*edition.supported, CITY]
    for indicator, procedure, rows in _ruled(edition, edition.indicators, this_year=False):
        rows = rows[rows["group_name"].isin(wanted) & (rows["calendar_year"] <= edition.calendar_year)]
        panels = [group for _, group in rows.groupby(SITTING[:3], sort=True)]
        panels = [panel for panel in panels if panel["calendar_year"].nunique() > 1]
        if not any(panel["group_name"].isin(edition.supported).any() for panel in panels):
            continue
        for number, some in enumerate(_parts(panels), start=1):
            years = sorted({int(year) for panel in some for year in panel["calendar_year"]})
            words = f"Линии по годам; где годы нельзя сравнить, линии нет. {' '.join(map(_slopes_in_words, some))}"
            drawn = partial(slopes, [_slopes(panel, wanted) for panel in some], years, wanted)
            name = f"slopes-{SLUGS.get(procedure, 'other')}-{number}"
            caption = f"{procedure}: {lowered(indicator.name)} по годам" + (f" (часть {number})" if number > 1 else "")
            yield _picture(edition, name, caption, pd.concat(some), Drawing(drawn, words))


def heat_picture(edition: Edition) -> Exhibit | None:
    """Deficits by competence and school; the public sees supported schools, others together and the city."""
    rows = edition.indicators
    rows = rows[(rows["indicator_id"] == "deficit_share") & (rows["calendar_year"] == edition.calendar_year)]
    rows = edition.in_order(rows[rows["group_name"].isin([*edition.supported, *GROUPS_LAST])])
    if rows["value"].notna().sum() == 0:
        return None
    grid = rows.pivot_table(
        index="aspect", columns="group_name", values="value", dropna=False, sort=False, observed=True
    )
    columns = [name for name in [*edition.supported, *GROUPS_LAST] if name in grid]
    shares = [[None if pd.isna(value) else float(value) for value in row] for row in grid[columns].values.tolist()]
    said = "; ".join(
        f"{competence}: " + ", ".join(f"{name} — {_or_none(share)}" for name, share in zip(columns, row, strict=True))
        for competence, row in zip(grid.index, shares, strict=True)
    )
    drawn = partial(heat_map, [in_lines(str(one)) for one in grid.index], [_short(one) for one in columns], shares)
    caption = f"Доля учителей с дефицитом в {edition.calendar_year} году"
    return _picture(edition, "deficits", caption, rows, Drawing(drawn, f"Клетки: компетенция и школа. {said}."))


def effects_picture(edition: Edition, indicator: Indicator) -> Exhibit | None:
    """All schools over all their results, each with its interval, beside the city; None where there are none.

    Of more than a page holds those are drawn that are supported or have the largest shares; the caption says so.
    """
    rows = effect_rows(edition, indicator)
    rows = rows[rows["pooled_value"].notna()] if len(rows) else rows
    if rows.empty:
        return None
    rows = rows.sort_values("pooled_value", ascending=False, kind="stable")
    whole = len(rows)
    supported = rows["school_login"].map(edition.school_names).isin(edition.supported)
    first = rows[supported | (~supported).cumsum().le(SCHOOLS_PER_PICTURE - supported.sum())]
    some = f" (школы с наибольшей долей и поддерживаемые, {len(first)} из {whole})" if len(first) < whole else ""
    placed = [_effect_dot(edition, row) for row in rows_of(first)]
    city = float(rows["city_value"].iloc[0])
    surely = int((rows["above_city_probability"] >= SURE).sum())
    words = f"Школ {whole}, у города {whole_percent(city)}; почти наверняка больше, чем у города, — у {surely}."
    caption = (
        f"Школы по всем результатам {edition.calendar_year} года: {lowered(indicator.name)}{some}, пунктир — город"
    )
    drawn = Drawing(partial(dots, placed, [ONE_SCHOOL], city, "whole"), words)
    return picture(edition, f"effects-{indicator.id.replace('_', '-')}", caption, SchoolEffects, rows, drawn)


def _effect_dot(edition: Edition, row: Row) -> Dot:
    value, low, high = (float(row[f"pooled_{end}"]) for end in ("value", "low", "high"))
    return Dot(in_lines(edition.school_names[row["school_login"]]), ONE_SCHOOL, value, low, high, None)


def _picture(edition: Edition, name: str, caption: str, rows: pd.DataFrame, drawn: Drawing) -> Exhibit:
    return picture(edition, name, caption, PublicIndicators, exported(rows), drawn)


def break_notes(rows: pd.DataFrame) -> list[str]:
    """Why lines are broken, each reason once."""
    notes = rows["change_note"].dropna().astype("str")
    return list(dict.fromkeys(note for note in notes if note.startswith(BREAK)))


def _parts(panels: Sequence[pd.DataFrame]) -> list[Sequence[pd.DataFrame]]:
    return [panels[start : start + PANELS_PER_PICTURE] for start in range(0, len(panels), PANELS_PER_PICTURE)]


def _dot(row: Row) -> Dot:
    steady: float | None = None if pd.isna(row["pooled_value"]) else float(row["pooled_value"])
    low, high = float(row["interval_low"]), float(row["interval_high"])
    return Dot(subject_words(row).replace(" (", "\n("), row["group_name"], float(row["value"]), low, high, steady)


def _dots_in_words(rows: pd.DataFrame, indicator: Indicator) -> str:
    return "; ".join(
        f"{subject_words(row)}, {row['group_name']}: {out_of(row)}, {whole_percent(row['value'])}, "
        f"интервал {interval_words(row, indicator)}"
        for row in rows_of(rows)
    )


def _schools(panel: pd.DataFrame) -> pd.DataFrame:
    return panel[~panel["group_name"].isin(GROUPS_LAST)]


def _funnel(edition: Edition, panel: pd.DataFrame) -> Funnel:
    schools, city = _schools(panel), float(panel["city_value"].dropna().iloc[0])
    names = edition.supported
    sizes = np.arange(1.0, max(20.0, float(schools["denominator"].max()) * 1.1) + 1)
    limits = []
    for level in FUNNEL_LEVELS:
        low, high = funnel_limits(sizes, np.full(len(sizes), city), level)
        limits.append(((low / sizes).tolist(), (high / sizes).tolist()))
    is_named = schools["group_name"].isin(names)
    points = [(float(row["denominator"]), float(row["value"])) for row in rows_of(schools[~is_named])]
    named = [(row["group_name"], float(row["denominator"]), float(row["value"])) for row in rows_of(schools[is_named])]
    return Funnel(_panel_title(panel, wave=True), city, sizes.tolist(), limits, points, named)


def _funnel_in_words(edition: Edition, panel: pd.DataFrame) -> str:
    schools = _schools(panel)
    named = schools[schools["group_name"].isin(edition.supported)]
    rest = schools[~schools["group_name"].isin(edition.supported)]
    said = [f"{row['group_name']}: {out_of(row)}, {row['against_city']}" for row in rows_of(named)]
    outside = int((rest["against_city"] != LIKE_CITY).sum())
    others = [f"других школ {len(rest)}, за пределами {outside}"] if len(rest) else []
    city = whole_percent(panel["city_value"].dropna().iloc[0])
    return f"{_panel_title(panel, wave=True)}: город {city}; {'; '.join([*said, *others])}."


def _panel_title(panel: pd.DataFrame, *, wave: bool) -> str:
    first = rows_of(panel)[0]
    if first["procedure"] in EXAMS:
        return str(first["subject"])
    title = f"{first['subject']}, программа {first['programme_grade']} класса"
    return f"{title}, {first['wave']}" if wave and first["procedure"] == "ВПР" else title


def _slopes(panel: pd.DataFrame, groups: Sequence[str]) -> Slopes:
    places = _places(panel)
    breaks = _breaks(panel, places)
    lines = [_line(name, panel[panel["group_name"] == name], places, breaks) for name in groups]
    return Slopes(_panel_title(panel, wave=False), [one for one in lines if one.places], breaks)


def _places(panel: pd.DataFrame) -> Mapping[tuple[int, str], float]:
    """Where each sitting stands on the axis: its year, and a little to the right for each further one of a year."""
    places: dict[tuple[int, str], float] = {}
    for year in sorted({int(year) for year in panel["calendar_year"]}):
        rows = panel[panel["calendar_year"] == year]
        waves = sorted(set(rows["wave"]), key=lambda wave: ("осень" in wave, wave))
        places |= {(year, wave): year + 0.22 * number for number, wave in enumerate(waves)}
    return places


def _line(group: str, rows: pd.DataFrame, places: Mapping[tuple[int, str], float], breaks: Sequence[float]) -> Line:
    """Points of one school; joined are those that may be compared, unless a break lies between them."""
    points = sorted(rows_of(rows), key=lambda row: places[int(row["calendar_year"]), row["wave"]])
    at = {(int(row["calendar_year"]), row["wave"]): number for number, row in enumerate(points)}
    joined = [
        (at[int(row["earlier_year"]), row["wave"]], number)
        for number, row in enumerate(points)
        if pd.notna(row["earlier_year"]) and (int(row["earlier_year"]), row["wave"]) in at
    ]
    where = [places[int(row["calendar_year"]), row["wave"]] for row in points]
    joined = [(one, two) for one, two in joined if not any(where[one] < at_break < where[two] for at_break in breaks)]
    return Line(group, where, [float(row["value"]) for row in points], joined)


def _breaks(panel: pd.DataFrame, places: Mapping[tuple[int, str], float]) -> list[float]:
    """Half-way before each sitting that may not be compared with what was before it."""
    ends = sorted(set(places.values()))
    broken = panel["change_note"].astype("str").str.startswith(BREAK)
    at = {places[int(row["calendar_year"]), row["wave"]] for row in rows_of(panel[broken])}
    return [(before + after) / 2 for before, after in zip(ends, ends[1:], strict=False) if after in at]


def _slopes_in_words(panel: pd.DataFrame) -> str:
    said = [
        f"{name}: "
        + ", ".join(f"{row['calendar_year']} {row['wave']} — {whole_percent(row['value'])}" for row in rows_of(rows))
        for name, rows in panel.groupby("group_name", sort=False)
    ]
    why = break_notes(panel)
    return f"{_panel_title(panel, wave=False)}: {'; '.join([*said, *why])}."


def _or_none(share: float | None) -> str:
    return "нет данных или скрыто" if share is None else whole_percent(share)


def _short(name: str) -> str:
    return {"Другие школы города": "другие", "Город": "город"}.get(name, in_lines(name, 12))


def city_schools(edition: Edition, annex: Mapping[str, str]) -> Part:
    """All schools of the city in one picture, and the lists by rule with their probabilities in one table."""
    made = (effects_picture(edition, one) for one in looked_at(edition))
    schools = [one for one in made if one is not None][:1]
    lists = annex.get("tbl-selection", "")
    if not schools and not lists:
        return "", []
    said = ["Перечень по правилу — не решение об отборе: его принимает управление."] if lists else []
    parts = ["# Результаты города и отбор {#sec-city}", *(one.markdown for one in schools), whole(*said, lists)]
    return joined(parts), schools


# Pictures of what reports say in tables, for the office alone: low procedures with their intervals, marks and journal.

LINES = 40
JOURNAL = {
    "journal_lower_share": "понизили",
    "journal_same_share": "подтвердили",
    "journal_higher_share": "повысили",
}


def low_picture(edition: Edition, rule: RuleSet) -> Exhibit | None:
    """The low procedures of a year with their intervals beside the city's share; None where there are none.

    More than 40 are too many for a picture: those that are surest to be low are drawn, and the caption says so.
    """
    rows = edition.effectiveness("selection_hits")
    rows = rows[(rows["rule_id"] == rule.id) & (rows["is_low"] == "да")] if len(rows) else rows
    if rows.empty:
        return None
    all_of_them = len(rows)
    rows = rows.sort_values("low_probability", ascending=False, kind="stable").head(LINES)
    rows = rows.sort_values(["school_login", "procedure", "subject"], kind="stable")
    labels = [_low_words(edition, row) for row in rows_of(rows)]
    schools = [_low_dot(label, ONE_SCHOOL, row) for label, row in zip(labels, rows_of(rows), strict=True)]
    cities = [
        _city_dot(label, row) for label, row in zip(labels, rows_of(rows), strict=True) if pd.notna(row["city_value"])
    ]
    some = f" ({LINES} из {all_of_them}, самые вероятные)" if all_of_them > LINES else ""
    caption = f"Низкие процедуры {edition.calendar_year} года и город{some}: {rule.name}"
    words = "; ".join(f"{_spoken(one.label)}: {whole_percent(one.value)}" for one in schools)
    drawn = partial(dots, [*schools, *cities], [ONE_SCHOOL, CITY], rule.threshold)
    return picture(edition, f"low-{rule.id.replace('_', '-')}", caption, SelectionHits, rows, Drawing(drawn, words))


def journal_picture(edition: Edition) -> Exhibit | None:
    """How marks of the ВПР stand to those of the journal, in whole percent; None where nobody compared them."""
    rows = edition.shown_indicators
    rows = rows[rows["indicator_id"].isin(list(JOURNAL))]
    if rows.empty:
        return None
    found = rows.assign(line=[f"{row['group_name']}\n{subject_words(row)}, {row['wave']}" for row in rows_of(rows)])
    shares = found.pivot(index="line", columns="indicator_id", values="value").reindex(found["line"].drop_duplicates())
    percents = {word: (100 * shares[name]).round().astype("int64").tolist() for name, word in JOURNAL.items()}
    words = "; ".join(
        f"{_spoken(line)}: " + ", ".join(f"{word} {percents[word][place]}{NO_BREAK_SPACE}%" for word in percents)
        for place, line in enumerate(shares.index)
    )
    bars = partial(stacked_bars, list(shares.index), list(percents.items()), "% участников (округлено)")
    caption = f"Отметки ВПР {edition.calendar_year} года против журнальных"
    return picture(edition, "journal", caption, PublicIndicators, exported(rows), Drawing(bars, words))


def _low_dot(label: str, group: str, row: Row) -> Dot:
    return Dot(label, group, float(row["value"]), float(row["interval_low"]), float(row["interval_high"]), None)


def _city_dot(label: str, row: Row) -> Dot:
    share = float(row["city_value"])
    return Dot(label, CITY, share, share, share, None)


def _low_words(edition: Edition, row: Row) -> str:
    """«Школа № 5 / ВПР, осень: математика, 6 кл.»; of an exam neither wave nor grade, for they say nothing new."""
    name = edition.name_of(row["school_login"])
    subject = f"{row['subject'][:1].lower()}{row['subject'][1:]}"
    if row["procedure"] in EXAMS:
        return f"{name}\n{row['procedure']}: {subject}"
    return f"{name}\n{row['procedure']}, {row['wave']}: {subject}, {row['programme_grade']} кл."


def _spoken(label: str) -> str:
    return label.replace("\n", ", ")
