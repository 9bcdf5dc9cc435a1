"""The tables and pictures of a report, one by one, as they show themselves in a notebook."""

from collections.abc import Iterable

import pandas as pd

from analysis.presentation.catalogue import absent, resolve, shows
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.markdown import table_note
from analysis.project.built import LastBuild
from analysis.project.shown import Gallery, Shown, shown


def exhibit(built: LastBuild, asked: str, year: int) -> Shown:
    """Returns an exhibit of the report of a year; one that says so where this project has no data for it.

    Raises:
        AnalysisError: There is no exhibit of that name; the message names the nearest.
    """
    known = built.exhibits(year)
    label = resolve(asked, known)
    return shown(built.edition(year), known[label]) if label in known else _absent(built, label, year)


def _absent(built: LastBuild, label: str, year: int) -> Shown:
    said = absent(label, year, built.internal)
    return Shown(label, shows(label), pd.DataFrame(), table_note(said), notes=(said,))


def listing(built: LastBuild, year: int) -> pd.DataFrame:
    """Returns the name and caption of each exhibit of a year."""
    told = [(one.label, one.caption) for one in built.exhibits(year).values()]
    return pd.DataFrame(told, columns=["Имя", "Подпись"])


def gallery(built: LastBuild, exhibits: Iterable[Exhibit], year: int) -> Gallery:
    """Returns exhibits that show themselves one below the other."""
    return Gallery(shown(built.edition(year), one) for one in exhibits)
