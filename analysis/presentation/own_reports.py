"""Reports that people have written themselves: documents beside the annual report in the folder of an edition."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from analysis.errors import AnalysisError
from analysis.presentation.catalogue import annual_reports
from analysis.presentation.markdown import escape
from analysis.publishing.source import Cell, formats, front_matter, read_source
from analysis.publishing.state import output_name

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
