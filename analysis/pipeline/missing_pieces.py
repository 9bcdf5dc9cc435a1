"""Whether a report places what its pieces refer to (sources of an older version may not), and nothing twice."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.lineage.named import TABLE_PREFIXES
from analysis.presentation.place import CONTENT_FOLDER, placed
from analysis.publishing.source import Cell, Line, read_source

RENEW = (
    "Исходники отчёта скопированы прежней версией: теперь за год выходят доклад и приложение к нему. Начните новый "
    "проект на те же годы (analysis new ПАПКА) и возьмите из него reports/_parts и файлы reports/ГОД/*.qmd"
)
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
        meant = [
            one for _, name in PLACED.findall(code) for one in (name, *(f"{kind}{name}" for kind in TABLE_PREFIXES))
        ]
        placed = [name for name in dict.fromkeys(meant) if name in made]
        shown = "\n".join([text, *(made[name] for name in placed)])
        lost = set(REFERRED.findall(shown)) - set(NAMED.findall(shown))
        chapters = [name for name in made if not name.startswith(TABLE_PREFIXES)]
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
