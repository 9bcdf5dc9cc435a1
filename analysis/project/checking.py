"""The check of a project, and what it leaves for people: the list of findings, the page to confirm, marked copies."""

import base64
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.contracts.findings import DOUBTFUL, Finding
from analysis.errors import AnalysisError
from analysis.files.memory import Progress
from analysis.files.storage import texts_as_objects
from analysis.rules.config import ANNOTATED, FINDINGS, READING_PAGE, Project, load_project, load_sources, quoted

if TYPE_CHECKING:
    import pandas as pd

    from analysis.forms.annotate import Annotated
    from analysis.pipeline.check import Checked


def check(project: Project, progress: Progress) -> "Checked":
    """Reads and checks everything; writes nothing, so that findings are known where nothing can be written."""
    from analysis.pipeline.check import check_project

    with texts_as_objects():
        return check_project(project, progress=progress)


def first_check(folder: Path, files: Mapping[str, bytes], progress: Progress) -> "Checked":
    """Writes the project and checks it; where that fails, the folder is as it was before."""
    from analysis.starter import removed, write_project

    existed = folder.is_dir()
    write_project(folder, files)
    try:
        project = load_project(folder.resolve())
        checked = check(project, progress)
        keep_findings(project, checked)
    except BaseException:
        removed(folder, existed)
        raise
    return checked


def keep_findings(project: Project, checked: "Checked") -> list[Path]:
    """Leaves the full list of findings in output/, as text and as a workbook, and what is to be confirmed."""
    from analysis.contracts.execution import Findings
    from analysis.contracts.findings import full_text
    from analysis.files.storage import write_file_whole
    from analysis.presentation.exports import Sheet, xlsx_bytes

    text, book = (project.root / name for name in FINDINGS)
    text.parent.mkdir(exist_ok=True)
    write_file_whole(text, full_text(checked.findings).encode("utf-8"))
    sheet = Sheet("Данные", "Замечания", checked.tables["findings"], Findings)
    about = [("Таблица", "Замечания к исходным файлам"), ("Издатель", project.publisher)]
    write_file_whole(book, xlsx_bytes([sheet], about, _latest_received(project)))
    return [text, book, *_keep_reading(project, checked)]


def _keep_reading(project: Project, checked: "Checked") -> list[Path]:
    """Leaves what was read beside pictures of the pages, where a person is asked to confirm it."""
    asked = [finding for finding in checked.findings if finding.rule == "reading"]
    if not asked:
        return []
    from analysis.files.storage import write_file_whole
    from analysis.intake.files import pages_of

    page = project.root / READING_PAGE
    contents = [(one, (project.root / one.file).read_bytes()) for one in asked]
    parts = [
        reading_of(one.file, pages_of(content, one.file), checked.tables["cells"], checked.findings, one)
        for one, content in contents
    ]
    write_file_whole(page, reading_page(parts).encode("utf-8"))
    return [page]


def annotate(project: Project, checked: "Checked") -> "Annotated":
    """Leaves a marked copy of each workbook with faults or returned evidence in output/annotated."""
    from analysis.forms.annotate import Annotated, sent_back
    from analysis.forms.annotate import annotate as leave_copies
    from analysis.rules.config import workbooks_in_force

    try:
        returned = [source.file for source in workbooks_in_force(load_sources(project.root))]
    except AnalysisError:  # a finding says what is wrong with the record
        return Annotated((), (), ())
    findings = [*checked.findings, *sent_back(checked.tables)]
    return leave_copies(project.root, findings, returned, project.root / ANNOTATED)


def _latest_received(project: Project) -> date:
    """The day of the data; where no source can be read the first day of the editions, so that a list has a date."""
    try:
        return max(source.received for source in load_sources(project.root))
    except (AnalysisError, ValueError):
        return date(project.editions[0], 1, 1)


# What was read of a document beside pictures of its pages, in one file, for the person who confirms it.

WIDEST, SHARPEST, QUALITY = 1200, 1.7, 70
PLACE = re.compile(r"(?:страница (\d+), )?(?:(таблица \d+), строка (\d+), (?:столбец|ячейка) (\d+)|(.+))")
# The page around the documents; they stand where its comment says.
PAGE, FILES = Path(__file__).with_name("plan_reading.html"), "<!-- files -->"


def reading_page(files: Iterable[str]) -> str:
    """The page, from the part of each document."""
    return PAGE.read_text(encoding="utf-8").replace(FILES, "\n".join(files))


def reading_of(file: str, document: bytes, cells: "pd.DataFrame", findings: Sequence[Finding], asked: Finding) -> str:
    """The part of one document.

    Args:
        file: Its path relative to the project.
        document: Its pages, as PDF.
        cells: What was read (contract CellsText).
        findings: All findings; those about doubtful cells are marked.
        asked: The finding that asks for confirmation.
    """
    doubts = {one.places[0]: one for one in findings if one.rule == DOUBTFUL and one.file == file}
    own = cells.loc[cells["source_file"] == file]
    texts = dict(zip(own["place"], own["text"], strict=True)) | {
        place: one.value for place, one in doubts.items() if not one.value
    }
    pictures = page_pictures(document)
    pages = sorted({_page_of(place) for place in texts})
    parts = [f"<h2>{escape(file)}</h2><p>{escape(asked.action)}</p><pre>{escape(asked.stanza)}</pre>"]
    for page in pages:
        shown = pictures[page - 1 : page] if page else pictures
        of_page = {place: text for place, text in texts.items() if _page_of(place) == page}
        title, about = (f"Страница {page}", "pair") if page else ("Все страницы", "pair long")
        parts.append(f'<section><h2>{title}</h2><div class="{about}"><div class="pictures">{"".join(shown)}</div><div>')
        parts += [*_read(of_page, doubts), *_samples(file, of_page, doubts), "</div></div></section>"]
    return "\n".join(parts)


def page_pictures(document: bytes) -> list[str]:
    """The pages of a PDF as pictures inside HTML; none where it cannot be drawn."""
    import pypdfium2

    found = []
    try:
        with pypdfium2.PdfDocument(document) as opened:
            for number, page in enumerate(opened, start=1):
                buffer = io.BytesIO()
                drawn = page.render(scale=min(SHARPEST, WIDEST / max(page.get_size())), grayscale=True)
                drawn.to_pil().save(buffer, "JPEG", quality=QUALITY)
                data = base64.b64encode(buffer.getvalue()).decode()
                found.append(f'<img alt="Страница {number} документа" src="data:image/jpeg;base64,{data}">')
    except pypdfium2.PdfiumError:
        return found
    return found


def _page_of(place: str) -> int:
    found = PLACE.fullmatch(place)
    return int(found[1]) if found and found[1] else 0


def _read(texts: dict[str, str], doubts: dict[str, Finding]) -> Iterator[str]:
    """Paragraphs and tables of a page, as they stand there."""
    places = sorted(((PLACE.fullmatch(place), place) for place in texts), key=lambda pair: _order(pair[0]))
    for table, group in groupby(places, key=lambda pair: pair[0][2] if pair[0] else None):
        cells = [(found, place) for found, place in group if found]
        if not table:
            yield from (f"<p{_mark(place, doubts)}>{escape(texts[place])}</p>" for _, place in cells)
            continue
        rows: dict[int, dict[int, str]] = {int(found[3]): {} for found, _ in cells}
        for found, place in cells:
            rows[int(found[3])][int(found[4])] = f"<td{_mark(place, doubts)}>{escape(texts[place])}</td>"
        width = max(max(row) for row in rows.values())
        head = "".join(f"<th>{number}</th>" for number in range(1, width + 1))
        yield f"<table><caption>{escape(table)}: строки и столбцы</caption><tr><th></th>{head}</tr>"
        for number, row in sorted(rows.items()):
            cells_of_row = "".join(row.get(column, "<td></td>") for column in range(1, width + 1))
            yield f"<tr><th>{number}</th>{cells_of_row}</tr>"
        yield "</table>"


def _order(found: re.Match[str] | None) -> tuple[str, int, int]:
    return (found[2], int(found[3]), int(found[4])) if found and found[2] else ("", 0, 0)


def _mark(place: str, doubts: dict[str, Finding]) -> str:
    return f' class="doubt" title="{escape(doubts[place].explanation)}"' if place in doubts else ""


def _samples(file: str, texts: dict[str, str], doubts: dict[str, Finding]) -> Iterator[str]:
    """What is doubtful, and an entry that would mend it."""
    found = [place for place in texts if place in doubts]
    if not found:
        return
    yield f"<details><summary>Сомнительных мест: {len(found)}. Что смущает и как исправить</summary><ul>"
    for place in found:
        entry = f"[[correction]]\nfile = {quoted(file)}\naddress = {quoted(place)}\nexpected = {quoted(texts[place])}\n"
        entry += 'new = ""\nreason = "прочитано неверно"\nwho = ""\ndate = ""   # день, без кавычек: 2021-01-31'
        yield f"<li>{escape(place)}. {escape(doubts[place].explanation)}<pre>{escape(entry)}</pre></li>"
    yield "</ul></details>"
