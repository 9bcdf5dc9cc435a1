"""Places in a report what `analysis build` has written, finds what people wrote beside it, and what it leaves out."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from analysis.errors import AnalysisError
from analysis.presentation import catalogue
from analysis.presentation.catalogue import annual_reports
from analysis.presentation.markdown import escape
from analysis.publishing.source import Cell, Line, formats, front_matter, read_source
from analysis.publishing.state import RENDERING, output_name

# Reports that people have written themselves: documents beside the annual report in the folder of an edition.

OTHER_YEAR = re.compile(r"""place\(f?["'](\d{4})/""")


def own_reports(reports: Path, years: Sequence[int]) -> list[str]:
    """The documents that people have put into the folders of some editions, relative to the sources.

    Files whose names begin with «_» are parts of others.

    Raises:
        AnalysisError: One of them has no title.
    """
    found = [one for year in years for one in _documents(reports, str(year))]
    for document in found:
        if not front_matter(reports, document).get("title"):
            raise AnalysisError(
                f"{reports.name}/{document}: у отчёта нет названия. Файл начинается тремя строками: «---», "
                '«title: "Название отчёта"», «---». Если это часть другого отчёта, начните имя файла с «_».'
            )
    return found


def years_placed(reports: Path, documents: Sequence[str]) -> set[int]:
    """The years that documents name where they place something: these must be built as well."""
    cells = [one.code for name in documents for one in read_source(reports, name).pieces if isinstance(one, Cell)]
    return {int(year) for code in cells for year in OTHER_YEAR.findall(code)}


def listed(reports: Path) -> str:
    """The lines that lead from the index to these reports; nothing where there are none."""
    years = sorted(one.name for one in reports.glob("20*") if one.is_dir())
    lines = [f"- {_line(reports, document)}" for year in years for document in _documents(reports, year)]
    return "\n".join(["**Другие отчёты**", "", *lines, ""]) if lines else ""


def _documents(reports: Path, year: str) -> Iterator[str]:
    names = sorted(path.relative_to(reports).as_posix() for path in reports.glob(f"{year}/[!_.]*.qmd"))
    return (name for name in names if name not in annual_reports(year))


def _line(reports: Path, document: str) -> str:
    """«2021 год: Название (PDF, DOCX)», the title and each format a link."""
    front = front_matter(reports, document)
    title = escape(str(front.get("title") or Path(document).stem))
    links = {kind: f"({quote(output_name(document, kind))})" for kind in formats(front)}
    named = f"[{title}]{links.pop('html')}" if "html" in links else title
    papers = ", ".join(f"[{kind.upper()}]{link}" for kind, link in links.items())
    return f"{document.partition('/')[0]} год: {named}{f' ({papers})' if papers else ''}"


# Places in a report what `analysis build` has written; computes and draws nothing.

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
        from analysis.publishing.engines import draw_for_word

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
    pieces = (one.stem for one in content.glob("*.md"))
    label = asked if (content / f"{asked}.md").is_file() else catalogue.resolve(asked, labels, pieces)
    piece = content / f"{label}.md"
    if label not in labels and not piece.is_file():
        return f"*{catalogue.absent(label, int(year), for_office(edition.parent))}*\n"
    text = piece.read_text(encoding="utf-8")
    return text if folder == edition else _from_elsewhere(text, Path(os.path.relpath(edition, folder)))


def _from_elsewhere(text: str, way: Path) -> str:
    """A piece as a document outside the folder of its edition shows it: links lead there, references name the year."""
    return NAMED_OR_REFERRED.sub(rf"\1-{way.name}", BESIDE_THE_PIECE.sub(f"]({way.as_posix()}/", text))


# Whether a report places what its pieces refer to (sources of an older version may not), and nothing twice.

RENEW = (
    "Исходники отчёта скопированы прежней версией: теперь за год выходят доклад и приложение к нему. Начните новый "
    "проект на те же годы (analysis new ПАПКА) и возьмите из него reports/_parts и файлы reports/ГОД/*.qmd"
)
PREFIXES = tuple(f"{kind}-" for kind in catalogue.BOTH)
PLACED = re.compile(r"""place\(f?["']((?:\{year\}/|\d{4}/)?([\w-]+))["']\)""")
REFERRED = re.compile(r"(?:@|\]\(#)((?:tbl|fig|sec|chain)-[\w-]+)")
NAMED = re.compile(r"\{#((?:tbl|fig|sec|chain)-[\w-]+)")


def refuse_without_annex(reports: Path, documents: Sequence[str]) -> None:
    """Stops where an edition has a report and no annex: its sources are those of an older version.

    Args:
        reports: The folder of the report sources.
        documents: The reports and annexes, relative to it.

    Raises:
        AnalysisError: There is such an edition; the message says how to renew the sources.
    """
    missing = [one for one in documents if not (reports / one).is_file()]
    if missing and len(missing) < len(documents):
        raise AnalysisError(f"{reports.name}/{missing[0]}: такого документа нет. {RENEW}.")


def refuse_lost_references(reports: Path, documents: Sequence[str]) -> None:
    """Stops where a report refers to a table, picture or section of a piece that it does not place.

    Args:
        reports: The folder of the report sources, with what the build has made.
        documents: The annual reports, relative to it: «2021/annual-report-2021.qmd».

    Raises:
        AnalysisError: There is such a reference; the message says which cell is missing and how to renew the sources.
    """
    for document in documents:
        made = {path.stem: path.read_text(encoding="utf-8") for path in _pieces(reports / document)}
        code, text = _source(reports, document)
        meant = [one for _, name in PLACED.findall(code) for one in (name, *(f"{kind}{name}" for kind in PREFIXES))]
        placed = [name for name in dict.fromkeys(meant) if name in made]
        shown = "\n".join([text, *(made[name] for name in placed)])
        lost = set(REFERRED.findall(shown)) - set(NAMED.findall(shown))
        chapters = [name for name in made if not name.startswith(PREFIXES)]
        if missing := [name for name in chapters if name not in placed and lost & set(NAMED.findall(made[name]))]:
            raise AnalysisError(_message(f"{reports.name}/{document}", missing))


def refuse_repeated(reports: Path, documents: Sequence[str]) -> None:
    """Stops where a report places a table or picture twice, alone or within a chapter: references to it lead nowhere.

    Args:
        reports: As of `refuse_lost_references`.
        documents: As there, and reports that people have written.

    Raises:
        AnalysisError: Something is placed twice; the message names both lines.
    """
    for document in documents:
        seen: dict[str, Line] = {}
        for name, line in _calls(reports, document):
            for label in _labels(name, (reports / document).parent):
                if label in seen:
                    raise AnalysisError(
                        f'{line.file}, строка {line.number}: place("{name}") помещает «{label}» второй раз, первый — '
                        f"строка {seen[label].number}, файл {seen[label].file}. В отчёте таблица и рисунок стоят "
                        "один раз: уберите одну из ячеек."
                    )
                seen[label] = line


def _calls(reports: Path, document: str) -> Iterator[tuple[str, Line]]:
    """What a document places by a name that stands in its cells as it is, and where."""
    for cell in read_source(reports, document).pieces:
        if isinstance(cell, Cell):
            for number, text in enumerate(cell.code.splitlines(), cell.fence.number + 1):
                for name, _ in PLACED.findall(text):
                    yield name.removeprefix("{year}/"), cell.fence._replace(text=text, number=number)


def _labels(name: str, folder: Path) -> list[str]:
    """The tables and pictures that `place(name)` prints; none where it will say itself what is wrong."""
    try:
        return NAMED.findall(placed(name, folder))
    except AnalysisError:
        return []


def _pieces(document: Path) -> list[Path]:
    return sorted((document.parent / CONTENT_FOLDER).glob("*.md"))


def _source(reports: Path, document: str) -> tuple[str, str]:
    """The code of the cells of a document and of all it includes, and the text between them."""
    pieces = read_source(reports, document).pieces
    cells = [piece.code for piece in pieces if isinstance(piece, Cell)]
    return "\n".join(cells), "\n".join(piece.text for piece in pieces if not isinstance(piece, Cell))


def _message(document: str, missing: Sequence[str]) -> str:
    cells = ", ".join(f'place(f"{{year}}/{name}")' for name in missing)
    return (
        f"{document}: на таблицы или разделы этих частей отчёт ссылается, а сами части в нём не помещены: "
        f"{', '.join(missing)}. "
        f"{RENEW} или добавьте ячейки: {cells}."
    )
