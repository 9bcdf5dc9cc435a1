"""Places in a report what `analysis build` has written; computes and draws nothing."""

import json
import os
import re
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.presentation import catalogue
from analysis.publishing.state import RENDERING

CONTENT_FOLDER = "_content"
# Beside the pieces: which rows of which stored tables each table and picture shows.
EXHIBITS = "exhibits.json"
# What a build makes in the folder of an edition.
MADE_FOLDERS = (CONTENT_FOLDER, "figures", "data")
# The piece of the index under which the reports are listed that people have written.
EDITIONS = "editions"
BESIDE_THE_PIECE = re.compile(r"\]\((?=(?:figures|data)/|annual-report-|annex-)")
NAMED_OR_REFERRED = re.compile(r"((?:\{#|(?<!\\)@|\]\(#)(?:tbl|fig|sec)-[\w-]+)")


def place(name: str) -> None:
    """Prints a ready table, picture or chapter into the document whose cell calls it.

    «2021/fact-1» is a table or picture of the report for 2021, with caption, data and notices; «2021/summary» is a
    whole chapter. A document in the folder of an edition may leave out the year. Where a table and a picture share an
    id, «fact-1» is the table and «fig-fact-1» the picture. Where a chapter has the id of a table, «findings» is the
    chapter and «tbl-findings» the table. «editions» is a piece of the index. What comes from the folder of another
    year is referred to with that year: «@tbl-fact-1-2020».

    What a project has no data for, and what only the office may see, says so in one sentence.

    Args:
        name: The id; before it the year and a slash, where it is not the year of the folder of the document.

    Raises:
        AnalysisError: There is no such id or year, or nothing was built.
    """
    if not os.environ.get(RENDERING):  # `quarto render` alone: else publishing has drawn them
        from analysis.publishing.word_pages import draw_for_word

        draw_for_word(_reports(Path.cwd()))
    print(placed(name, Path.cwd()))  # noqa: T201 - printing is how a cell places text


def placed(name: str, folder: Path) -> str:
    """The Markdown that a name means in a document of some folder, as `place` prints it."""
    root = _reports(folder)
    named, _, asked = name.rpartition("/")
    year = named or _own_year(folder, root)
    of_index = root / CONTENT_FOLDER / f"{asked}.md"
    if not named and of_index.is_file() and not (year and (root / year / CONTENT_FOLDER / of_index.name).is_file()):
        return _of_index(root, of_index)
    if not year:
        raise AnalysisError(f'place("{name}"): назовите год, например place("2021/{name}").')
    return _of_edition(root / year, asked, folder)


def for_office(reports: Path) -> bool:
    """Whether the sources in a folder make reports for the office alone: these are made in output/."""
    from analysis.rules.config import find_project

    try:
        return reports.resolve().is_relative_to(find_project(reports) / "output")
    except AnalysisError:
        return False


def sources_above(start: Path) -> Path | None:
    """The folder of report sources in which a folder lies; None where it lies in none."""
    return next((folder for folder in (start, *start.parents) if (folder / "_quarto.yml").is_file()), None)


def _reports(start: Path) -> Path:
    found = sources_above(start)
    if found is None:
        raise AnalysisError(f"Файл _quarto.yml не найден ни в папке {start}, ни выше.")
    return found


def _own_year(folder: Path, root: Path) -> str:
    """The year in whose folder a document stands; empty at the top."""
    first = folder.relative_to(root).parts[:1]
    return first[0] if first and re.fullmatch(r"\d{4}", first[0]) else ""


def _of_index(root: Path, piece: Path) -> str:
    """A piece of the index; the list of editions is followed by the reports that people have written."""
    text = piece.read_text(encoding="utf-8")
    if piece.stem != EDITIONS:
        return text
    from analysis.presentation.own_reports import listed

    return f"{text}\n{listed(root)}"


def _of_edition(edition: Path, asked: str, folder: Path) -> str:
    """A chapter, table or picture of an edition; where there is none of it the sentence that says so."""
    content, year = edition / CONTENT_FOLDER, edition.name
    if not edition.is_dir():
        there = ", ".join(sorted(one.name for one in edition.parent.glob("20*") if one.is_dir()))
        raise AnalysisError(f"Отчёта за {year} год нет; есть за {there}.")
    if not (content / EXHIBITS).is_file():
        raise AnalysisError(f"Отчёт за {year} год ещё не собран: выполните analysis build.")
    labels = json.loads((content / EXHIBITS).read_bytes())
    chapters = {one.stem for one in content.glob("*.md")} - labels.keys()
    label = asked if asked in chapters else catalogue.resolve(asked, labels, chapters)
    if label not in labels and label not in chapters:
        return f"*{catalogue.absent(label, int(year), for_office(edition.parent))}*\n"
    text = (content / f"{label}.md").read_text(encoding="utf-8")
    return text if folder == edition else _from_elsewhere(text, Path(os.path.relpath(edition, folder)))


def _from_elsewhere(text: str, way: Path) -> str:
    """A piece as a document outside the folder of its edition shows it: links lead there, references name the year."""
    return NAMED_OR_REFERRED.sub(rf"\1-{way.name}", BESIDE_THE_PIECE.sub(f"]({way.as_posix()}/", text))
