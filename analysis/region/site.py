"""The site of a region for one audience: its sources, written where something has changed, and published."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.contracts.columns import hidden_from
from analysis.contracts.region import REGION_TABLES
from analysis.files.memory import Progress
from analysis.files.storage import write_file_whole
from analysis.pipeline.written import marked
from analysis.presentation.exports import csv_bytes
from analysis.publishing import Request, publish
from analysis.region.comparison import CityState, public_tables
from analysis.region.pages import SOURCES, Made, texts
from analysis.region.settings import Region
from analysis.rules.config import quoted
from analysis.starter import NewProject, report_sources

STYLE = re.compile(r"reports/(_assets/.*|styles\.css|_quarto\.yml)")
SITE_TITLE = re.compile(r"^(  title: ).*$", re.M)
YEAR_PAGE = re.compile(r"href: (\d{4})/annual-report-\d{4}\.qmd")


def publish_region(
    region: Region,
    states: Sequence[CityState],
    tables: Mapping[str, pd.DataFrame],
    progress: Progress,
    *,
    internal: bool = True,
) -> list[Path]:
    """Writes the sources of the report for one audience and publishes them; returns its pages."""
    made = Made(region, states, tables if internal else public_tables(region, states, tables), internal)
    sources = region.root / SOURCES[internal]
    sources.mkdir(parents=True, exist_ok=True)
    files = _style(made) | _pages(made) | _data(made)
    for old in (*sources.glob("*.qmd"), *sources.glob("data/*.csv")):
        if old.relative_to(sources).as_posix() not in files:
            old.unlink()
    for name, content in files.items():
        (sources / name).parent.mkdir(exist_ok=True)
        write_file_whole(sources / name, content)
    documents = [name for name in files if name.endswith(".qmd")]
    day = max((date.fromisoformat(one.good["made"]) for one in states if one.good), default=date(2000, 1, 1))
    return publish(sources, Request(documents, ("html",), "builtin", day), progress=progress)


def _data(made: Made) -> dict[str, bytes]:
    shown = {name: hidden_from(REGION_TABLES[name], made.internal) for name in made.frames}
    return {f"data/{name}.csv": csv_bytes(made.frames[name].drop(columns=[*some])) for name, some in shown.items()}


def _style(made: Made) -> dict[str, bytes]:
    """The look of a city's report, and its menu with the region's pages of years."""
    beginning = _beginning(made)
    given = {found[1]: content for name, content in report_sources(beginning).items() if (found := STYLE.match(name))}
    menu = YEAR_PAGE.sub(r"href: indicators-\1.qmd", given["_quarto.yml"].decode())
    menu = SITE_TITLE.sub(lambda found: found[1] + quoted(_about(made)), menu, count=1)
    return {**given, "_quarto.yml": _said(made, menu)}


def _said(made: Made, text: str) -> bytes:
    return (marked(text) if made.internal else text).encode()


def _pages(made: Made) -> dict[str, bytes]:
    return {
        name: _said(
            made, f"---\ntitle: {quoted(title)}\nsubtitle: {quoted(_about(made))}\nformat: html\n---\n\n{text}\n"
        )
        for name, (title, text) in texts(made).items()
    }


def _beginning(made: Made) -> NewProject:
    """The region as a project that begins, for whatever is made in the same way."""
    head = made.region.file.head
    return NewProject(head.name, head.publisher, made.years or [date.today().year], head.invented)


def _about(made: Made) -> str:
    return _beginning(made).said(f"Сводный отчёт региона: {made.region.file.head.name}")
