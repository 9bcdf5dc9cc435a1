"""The pictures of the indicators as exhibits: what each shows in words, and the rows behind it."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd

from analysis.contracts.effectiveness import BREAK, LIKE_CITY, PublicIndicators, SchoolEffects
from analysis.indicators.uncertainty import FUNNEL_LEVELS, funnel_limits
from analysis.presentation import effectiveness_figures as drawing
from analysis.presentation.catalogue import SLUGS
from analysis.presentation.conclusions.sentence import _plain, _ruled, effect_rows
from analysis.presentation.edition import GROUPS_LAST, Edition
from analysis.presentation.exhibits import Drawing, Exhibit, picture
from analysis.presentation.figures import in_lines
from analysis.presentation.shares import EXAMS, SURE, exported, interval_words, out_of, whole_percent
from analysis.presentation.words import Row, lowered, rows_of, subject_words
from analysis.rules.methods import Indicator

LINES_PER_PICTURE = 40
SCHOOLS_PER_PICTURE = 30  # with a heading above and a caption below they fill a page
PANELS_PER_PICTURE = 6
WITH_BREAKS = ("fig-slopes-", "tbl-changes")
SITTING = ["procedure", "subject", "programme_grade", "sitting_grade", "wave"]
ONE_SCHOOL, CITY = "Школа", GROUPS_LAST[1]


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
        drawn = partial(drawing.dots, [_dot(row) for row in rows_of(some)], wanted, indicator.threshold)
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
        drawn = partial(drawing.funnels, [_funnel(edition, panel) for panel in some], edition.supported)
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
            drawn = partial(drawing.slopes, [_slopes(panel, wanted) for panel in some], years, wanted)
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
    drawn = partial(
        drawing.heat_map, [in_lines(str(one)) for one in grid.index], [_short(one) for one in columns], shares
    )
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
    dots = [_effect_dot(edition, row) for row in rows_of(first)]
    city = float(rows["city_value"].iloc[0])
    surely = int((rows["above_city_probability"] >= SURE).sum())
    words = f"Школ {whole}, у города {whole_percent(city)}; почти наверняка больше, чем у города, — у {surely}."
    caption = (
        f"Школы по всем результатам {edition.calendar_year} года: {lowered(indicator.name)}{some}, пунктир — город"
    )
    drawn = Drawing(partial(drawing.dots, dots, [ONE_SCHOOL], city, "whole"), words)
    return picture(edition, f"effects-{indicator.id.replace('_', '-')}", caption, SchoolEffects, rows, drawn)


def _effect_dot(edition: Edition, row: Row) -> drawing.Dot:
    value, low, high = (float(row[f"pooled_{end}"]) for end in ("value", "low", "high"))
    return drawing.Dot(in_lines(edition.school_names[row["school_login"]]), ONE_SCHOOL, value, low, high, None)


def _picture(edition: Edition, name: str, caption: str, rows: pd.DataFrame, drawn: Drawing) -> Exhibit:
    return picture(edition, name, caption, PublicIndicators, exported(rows), drawn)


def break_notes(rows: pd.DataFrame) -> list[str]:
    """Why lines are broken, each reason once."""
    notes = rows["change_note"].dropna().astype("str")
    return list(dict.fromkeys(note for note in notes if note.startswith(BREAK)))


def _parts(panels: Sequence[pd.DataFrame]) -> list[Sequence[pd.DataFrame]]:
    return [panels[start : start + PANELS_PER_PICTURE] for start in range(0, len(panels), PANELS_PER_PICTURE)]


def _dot(row: Row) -> drawing.Dot:
    steady: float | None = None if pd.isna(row["pooled_value"]) else float(row["pooled_value"])
    low, high = float(row["interval_low"]), float(row["interval_high"])
    return drawing.Dot(_broken(subject_words(row)), row["group_name"], float(row["value"]), low, high, steady)


def _dots_in_words(rows: pd.DataFrame, indicator: Indicator) -> str:
    return "; ".join(
        f"{subject_words(row)}, {row['group_name']}: {out_of(row)}, {whole_percent(row['value'])}, "
        f"интервал {interval_words(row, indicator)}"
        for row in rows_of(rows)
    )


def _schools(panel: pd.DataFrame) -> pd.DataFrame:
    return panel[~panel["group_name"].isin(GROUPS_LAST)]


def _funnel(edition: Edition, panel: pd.DataFrame) -> drawing.Funnel:
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
    return drawing.Funnel(_panel_title(panel, wave=True), city, sizes.tolist(), limits, points, named)


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


def _slopes(panel: pd.DataFrame, groups: Sequence[str]) -> drawing.Slopes:
    places = _places(panel)
    breaks = _breaks(panel, places)
    lines = [_line(name, panel[panel["group_name"] == name], places, breaks) for name in groups]
    return drawing.Slopes(_panel_title(panel, wave=False), [one for one in lines if one.places], breaks)


def _places(panel: pd.DataFrame) -> Mapping[tuple[int, str], float]:
    """Where each sitting stands on the axis: its year, and a little to the right for each further one of a year."""
    places: dict[tuple[int, str], float] = {}
    for year in sorted({int(year) for year in panel["calendar_year"]}):
        rows = panel[panel["calendar_year"] == year]
        waves = sorted(set(rows["wave"]), key=lambda wave: ("осень" in wave, wave))
        places |= {(year, wave): year + 0.22 * number for number, wave in enumerate(waves)}
    return places


def _line(
    group: str, rows: pd.DataFrame, places: Mapping[tuple[int, str], float], breaks: Sequence[float]
) -> drawing.Line:
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
    return drawing.Line(group, where, [float(row["value"]) for row in points], joined)


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


def _broken(label: str) -> str:
    """A label in two lines before its bracket."""
    return label.replace(" (", "\n(")


def _short(name: str) -> str:
    return {"Другие школы города": "другие", "Город": "город"}.get(name, in_lines(name, 12))
