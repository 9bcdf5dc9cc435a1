"""Whether a report places every piece that its other pieces refer to: sources copied by an older version may not."""

import re
from collections.abc import Sequence
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.presentation.place import CONTENT_FOLDER
from analysis.publishing.source import Cell, read_source

PLACED = re.compile(r"""place\(f?["'](?:\{year\}|\d{4})/([\w-]+)["']\)""")
REFERRED = re.compile(r"(?:@|\]\(#)((?:tbl|fig|sec|chain)-[\w-]+)")
NAMED = re.compile(r"\{#((?:tbl|fig|sec|chain)-[\w-]+)")


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
        placed = [name for name in dict.fromkeys(PLACED.findall(code)) if name in made]
        shown = "\n".join([text, *(made[name] for name in placed)])
        lost = set(REFERRED.findall(shown)) - set(NAMED.findall(shown))
        if missing := [name for name in made if name not in placed and lost & set(NAMED.findall(made[name]))]:
            raise AnalysisError(_message(f"{reports.name}/{document}", missing))


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
        "Исходники отчёта скопированы прежней версией. Начните новый проект (analysis new ПАПКА), возьмите из него "
        f"reports/_parts вместо своей папки reports/_parts или добавьте в неё ячейки: {cells}."
    )
