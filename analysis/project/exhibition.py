"""The tables and pictures of a report, one by one or a family, as they show themselves in a notebook."""

from collections.abc import Iterable

import pandas as pd

from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.presentation import catalogue
from analysis.presentation.exhibits import Exhibit
from analysis.presentation.notebook_pictures import NOTEBOOK_PICTURES
from analysis.project.built import LastBuild
from analysis.project.shown import Gallery, Shown, shown


def exhibit(built: LastBuild, asked: str, year: int) -> Shown:
    """Returns an exhibit of the report of a year; one that says so where this project has no data for it.

    Raises:
        AnalysisError: There is no exhibit of that name; the message names the nearest.
    """
    known = built.exhibits(year)
    label = asked if asked in {*NOTEBOOK_PICTURES, *known} else catalogue.resolve(asked, known)
    if label in known:
        return shown(built.edition(year), known[label])
    said = catalogue.absent(label, year, built.internal)
    return Shown(label, said, pd.DataFrame(), said)


def family(built: LastBuild, asked: str, year: int) -> Gallery:
    """Returns all exhibits whose names begin so, «fig-fact»; none where this project has no data for them.

    Raises:
        AnalysisError: No exhibit has such a name; the message names the nearest.
    """
    stems = [f"{kind}-{one.stem}" for one in catalogue.FAMILIES for kind in one.kinds] + [*NOTEBOOK_PICTURES]
    if not any(f"{asked}-".startswith(f"{stem}-") for stem in stems):
        raise AnalysisError(f"«{asked}»: имён с таким началом нет.{probably_meant(nearest(asked, stems))}")
    known = built.exhibits(year)
    return gallery(built, (known[label] for label in known if _is_of(label, asked)), year)


def _is_of(label: str, asked: str) -> bool:
    """Whether a name begins so and is of that family: «tbl-fact-findings» is none of «tbl-fact»."""
    known = catalogue.family_of(label)
    stem = f"{label[:3]}-{known.stem}-" if known else ""
    return f"{label}-".startswith(f"{asked}-") and f"{asked}-".startswith(stem)


def listing(built: LastBuild, year: int) -> pd.DataFrame:
    """Returns the name and caption of each exhibit of a year."""
    told = [(one.label, one.caption) for one in built.exhibits(year).values()]
    return pd.DataFrame(told, columns=["Имя", "Подпись"])


def gallery(built: LastBuild, exhibits: Iterable[Exhibit], year: int) -> Gallery:
    """Returns exhibits that show themselves one below the other."""
    return Gallery(shown(built.edition(year), one) for one in exhibits)
