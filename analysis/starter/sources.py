"""What a new project copies from this installation: the calendar, and report sources with the names of the new city."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import analysis
from analysis.errors import AnalysisError
from analysis.publishing.word_pages import with_footer
from analysis.rules.config import CALENDAR_FILE, INVENTED, quoted
from analysis.starter.new_project import NewProject

INSTALLATION = Path(analysis.__file__).parents[1]
ALIKE = (
    "data/indicators.toml", "data/selection.toml", "data/assumptions.toml", "data/disclosure.toml",
    "reports/_parts/*", "reports/_assets/*", "reports/styles.css", "notebooks/*.ipynb",
)  # fmt: skip
EDITIONS = "reports/20*/*-20*.qmd"
PAPER = "reports/_assets/paper.typ"
WORD = "reports/_assets/reference.docx"
INVENTED_FOOTER = f"\n#set page(footer: align(center, text(size: 9pt)[{INVENTED}]))\n"
EDITION_LINKS = r"(?:      - text: \"\d{4} год\"\n        href: .*\n)+"
A_SITTING = r"^\[\[sitting\]\]\nprocedure = .*\ncalendar_year = (\d{4}).*\n(?:(?!\[\[|# ──).*\n)*"


def report_sources(beginning: NewProject, installation: Path = INSTALLATION) -> dict[str, bytes]:
    """Returns the calendar and the files of reports/ and notebooks/ by path, for a project's city, publisher, years.

    Raises:
        AnalysisError: The installation has no report sources beside its package, or they are not what we know.
    """
    alike = {path.relative_to(installation).as_posix(): path.read_bytes() for path in _found(installation)}
    documents = _of_an_edition(installation)
    return {
        **alike,
        CALENDAR_FILE: _calendar(_text(installation / CALENDAR_FILE), beginning.years).encode(),
        **(_said_on_paper(alike) if beginning.invented else {}),
        "reports/_quarto.yml": _project(_text(installation / "reports/_quarto.yml"), beginning).encode(),
        "reports/index.qmd": _index(_text(installation / "reports/index.qmd"), beginning).encode(),
        **{
            f"reports/{year}/{name}-{year}.qmd": _edition(text, year, beginning).encode()
            for year in beginning.years
            for name, text in documents.items()
        },
    }


def _of_an_edition(installation: Path) -> dict[str, str]:
    """The documents of the first edition: the report and its annex, by their names without the year."""
    found = sorted(installation.glob(EDITIONS))
    first = [path for path in found if path.parent == found[0].parent]
    return {path.stem.rpartition("-")[0]: _text(path) for path in first or [installation / "reports"]}


def _found(installation: Path) -> Iterator[Path]:
    for pattern in ALIKE:
        found = sorted(path for path in installation.glob(pattern) if path.is_file())
        if not found:
            raise _not_there(installation / pattern)
        yield from found


def _said_on_paper(alike: dict[str, bytes]) -> dict[str, bytes]:
    """What puts the words that data are invented on every page of PDF and Word."""
    return {PAPER: alike[PAPER] + INVENTED_FOOTER.encode(), WORD: with_footer(alike[WORD], INVENTED)}


def _text(path: Path) -> str:
    if not path.is_file():
        raise _not_there(path)
    return path.read_text(encoding="utf-8")


def _not_there(path: Path) -> AnalysisError:
    return AnalysisError(
        f"{path}: нет исходных файлов отчёта. Новый проект берёт их из папки программы: "
        "установите её из полной копии (pip install --editable .), как сказано в README.md."
    )


def _calendar(text: str, years: Sequence[int]) -> str:
    """Returns the calendar with the sittings of these years and of the year before, for comparison."""
    needed = {years[0] - 1, *years}
    return re.sub(A_SITTING, lambda one: one[0] if int(one[1]) in needed else "", text, flags=re.MULTILINE)


def _project(text: str, beginning: NewProject) -> str:
    link = '      - text: "{0} год"\n        href: {0}/annual-report-{0}.qmd\n'
    said = {
        r"^author: .*$": f"author: {quoted(beginning.publisher)}",
        r"^  title: .*$": f"  title: {quoted(beginning.site_title)}",
        r"^  page-footer: .*$": f"  page-footer: {quoted(beginning.said(beginning.publisher))}",
    }
    return _with(text, said | {EDITION_LINKS: "".join(map(link.format, beginning.years))})


def _index(text: str, beginning: NewProject) -> str:
    subtitle = quoted(beginning.said(f"Годовые отчёты о реализации «дорожной карты» {beginning.period}"))
    title = f"title: {quoted(beginning.title)}"
    return _with(text, {r"^title: .*$": title, r"^subtitle: .*$": f"subtitle: {subtitle}"})


def _edition(text: str, year: int, beginning: NewProject) -> str:
    subtitle = f"subtitle: {quoted(beginning.said(beginning.roadmap))}"
    years = {r'(?<=за )\d{4}(?= год"$)': str(year), r"^year = \d{4}$": f"year = {year}"}
    return _with(text, years | {r"^subtitle: .*$": subtitle})


def _with(text: str, replacements: Mapping[str, str]) -> str:
    """Returns the text with the first match of each pattern replaced. A missing match is a fault of the sources."""
    for pattern, new in replacements.items():
        found = re.search(pattern, text, flags=re.MULTILINE)
        if found is None:
            raise AnalysisError(f"В исходных файлах отчёта не найдено место «{pattern}»: папка программы изменена.")
        text = text[: found.start()] + new + text[found.end() :]
    return text
