"""The tables and pictures of a report, and how they and chains show themselves in a notebook."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO

import matplotlib
import pandas as pd
import pypandoc
from matplotlib.figure import Figure

from analysis.errors import AnalysisError, nearest, probably_meant
from analysis.presentation import place
from analysis.presentation.edition import Edition
from analysis.presentation.effectiveness import NOTEBOOK_PICTURES, notices
from analysis.presentation.exhibits import Exhibit, data_note
from analysis.presentation.figures import STYLE
from analysis.presentation.markdown import table_note
from analysis.project.built import LastBuild
from analysis.project.frames import NOTHING, escaped

# Answers that show themselves in a notebook: an exhibit, several of them, a chain.

SCREEN_DOTS = 120


@dataclass(frozen=True)
class Shown:
    """Таблица или рисунок отчёта; в блокноте показывает себя сам.

    Attributes:
        id: Имя, под которым он стоит в отчёте и в place(…).
        caption: Подпись.
        data: Строки, по которым он сделан; столбцы — по словарю данных.
        markdown: Что печатает отчёт: годится для ячейки .qmd.
        draw: Рисует рисунок; у таблицы — None.
        notes: Что должно стоять рядом с ним.
        drawn: Маленькие рисунки в ячейках таблицы, SVG по имени.
    """

    id: str
    caption: str
    data: pd.DataFrame
    markdown: str
    draw: Callable[[], Figure] | None = None
    notes: Sequence[str] = ()
    drawn: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def figure(self) -> Figure | None:
        """Рисунок matplotlib; у таблицы — None."""
        return None if self.draw is None else self.draw()

    def __repr__(self) -> str:
        rows = f"строк: {len(self.data)}" if len(self.data) else NOTHING
        return f"{self.id}: {self.caption} ({rows})"

    def _repr_html_(self) -> str:
        if self.figure is None:
            return re.sub(r'src="figures/([\w-]+)"', self._inside, _from_markdown(self.markdown))
        words = re.search(r'fig-alt="([^"]*)"', self.markdown)
        notes = "".join(f"<p><small>{escaped(note)}</small></p>" for note in self.notes)
        width = int(self.figure.get_figwidth() * SCREEN_DOTS)
        image = (
            f'<img width="{width}" alt="{words[1] if words else ""}" src="data:image/png;base64,{_png(self.figure)}">'
        )
        return f"<p><b>{escaped(self.caption)}</b></p>{image}{notes}"

    def _inside(self, found: re.Match[str]) -> str:
        """A drawing of a cell as a part of the page: a notebook has no folder of figures."""
        return f'src="data:image/svg+xml;base64,{base64.b64encode(self.drawn[found[1]].encode()).decode()}"'


class Gallery(tuple[Shown, ...]):
    """Несколько рисунков или таблиц; в блокноте показывает все, по одному доступны как элементы: answer[0]."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or NOTHING

    def _repr_html_(self) -> str:
        return "".join(one._repr_html_() for one in self) or f"<p>{NOTHING}</p>"


class Lines(tuple[str, ...]):
    """Строки ответа; отступ показывает, что на чём стоит."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "\n".join(self) or NOTHING

    def _repr_html_(self) -> str:
        return f'<pre style="white-space:pre-wrap;word-break:normal">{escaped(repr(self))}</pre>'


def shown(edition: Edition, exhibit: Exhibit) -> Shown:
    """An exhibit of a report, with what must stand beside it, without the links that lead nowhere in a notebook."""
    notes = notices(edition, exhibit)
    text = exhibit.markdown.replace(data_note(edition, exhibit.label), "").strip()
    markdown = "\n\n".join([text, *(note for note in map(table_note, notes) if note not in text)])
    data = exhibit.data.reset_index(drop=True)
    return Shown(exhibit.label, exhibit.caption, data, markdown, exhibit.draw, notes, exhibit.drawn)


@matplotlib.rc_context(fname=STYLE)
def _png(figure: Figure) -> str:
    """A figure as it looks in the report, for the style holds while it is drawn."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=SCREEN_DOTS, metadata={"Software": None})
    return base64.b64encode(drawn.getvalue()).decode()


def _from_markdown(text: str) -> str:
    """A piece of a report as a notebook shows it."""
    reader = "markdown-yaml_metadata_block-raw_html"
    page = str(pypandoc.convert_text(text, "html", format=reader, extra_args=["--wrap=none"]))
    return re.sub(r'<a href="#[^"]*">(.*?)</a>', r"\1", page)  # a link into the chains that only the report has


# The tables and pictures of a report, one by one or a family, as they show themselves in a notebook.


def exhibit(built: LastBuild, asked: str, year: int) -> Shown:
    """Returns an exhibit of the report of a year; one that says so where this project has no data for it.

    Raises:
        AnalysisError: There is no exhibit of that name; the message names the nearest.
    """
    known = built.exhibits(year)
    label = asked if asked in {*NOTEBOOK_PICTURES, *known} else place.resolve(asked, known)
    if label in known:
        return shown(built.edition(year), known[label])
    said = place.absent(label, year, built.internal)
    return Shown(label, said, pd.DataFrame(), said)


def family(built: LastBuild, asked: str, year: int) -> Gallery:
    """Returns all exhibits whose names begin so, «fig-fact»; none where this project has no data for them.

    Raises:
        AnalysisError: No exhibit has such a name; the message names the nearest.
    """
    stems = [f"{kind}-{one.stem}" for one in place.FAMILIES for kind in one.kinds] + [*NOTEBOOK_PICTURES]
    if not any(f"{asked}-".startswith(f"{stem}-") for stem in stems):
        raise AnalysisError(f"«{asked}»: имён с таким началом нет.{probably_meant(nearest(asked, stems))}")
    known = built.exhibits(year)
    return gallery(built, (known[label] for label in known if _is_of(label, asked)), year)


def _is_of(label: str, asked: str) -> bool:
    """Whether a name begins so and is of that family: «tbl-fact-findings» is none of «tbl-fact»."""
    known = place.family_of(label)
    stem = f"{label[:3]}-{known.stem}-" if known else ""
    return f"{label}-".startswith(f"{asked}-") and f"{asked}-".startswith(stem)


def listing(built: LastBuild, year: int) -> pd.DataFrame:
    """Returns the name and caption of each exhibit of a year."""
    told = [(one.label, one.caption) for one in built.exhibits(year).values()]
    return pd.DataFrame(told, columns=["Имя", "Подпись"])


def gallery(built: LastBuild, exhibits: Iterable[Exhibit], year: int) -> Gallery:
    """Returns exhibits that show themselves one below the other."""
    return Gallery(shown(built.edition(year), one) for one in exhibits)
