"""Word documents for the tests, put together from the XML that Word itself writes."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

import docx

from roadmaps import SIGNED_LINES

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def run(text: str, properties: str = "") -> str:
    """A run of text; `properties` such as <w:vanish/>."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(text: str = "", inner: str = "") -> str:
    """A paragraph; a word of it stands in a run of its own, as Word likes to split them."""
    first, space, rest = text.partition(" ")
    return f"<w:p>{run(first) if text else ''}{run(space + rest) if rest else ''}{inner}</w:p>"


def cell(text: str = "", span: int = 1, merge: str = "", inner: str = "") -> str:
    """A cell of a table; `merge` is restart or continue."""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    return f"<w:tc><w:tcPr>{wide}{merged}</w:tcPr>{inner or paragraph(text)}</w:tc>"


def row(*cells: str) -> str:
    """A row of ready cells."""
    return f"<w:tr>{''.join(cells)}</w:tr>"


def plain_row(texts: Iterable[str], span: int = 1) -> str:
    """A row of cells of one width."""
    return row(*(cell(text, span) for text in texts))


def table(*rows: str) -> str:
    """A table."""
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def controlled(inner: str) -> str:
    """A content control around cells, rows or runs."""
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{inner}</w:sdtContent></w:sdt>"


def text_box(*lines: str) -> str:
    """A text box, and its repetition for old programs."""
    content = f"<w:txbxContent>{''.join(map(paragraph, lines))}</w:txbxContent>"
    return (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{content}</mc:Choice>"
        f"<mc:Fallback>{content}</mc:Fallback></mc:AlternateContent></w:r>"
    )


def word_file(*elements: str, header_text: str = "") -> bytes:
    """The bytes of a .docx with this body; all its other parts are those of an empty document."""
    document = docx.Document()
    if header_text:
        document.sections[0].header.paragraphs[0].text = header_text
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    whole = parts["word/document.xml"].decode()
    start = whole.index("<w:sectPr")
    body = f"{whole[:start]}{''.join(elements)}{whole[start:]}"
    if "xmlns:mc=" not in whole:
        body = body.replace("<w:document ", f'<w:document xmlns:mc="{COMPATIBILITY}" ', 1)
    return zip_of(parts | {"word/document.xml": body.encode()})


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return content.getvalue()


# ── the signed roadmap as the office's own form ──

APPROVAL = tuple(line.strip() for line in SIGNED_LINES[2:8] if line.strip())
TITLE = tuple(line.strip().strip("*") for line in SIGNED_LINES[11:13])
HEADING = tuple(map(paragraph, (*APPROVAL, *TITLE)))
YEARS = ("2020 г.", "2021 г.", "2022 г.")


def office_header(years: Sequence[str] = YEARS, numbers: bool = True) -> tuple[str, ...]:
    """The header with merged cells: two rows of names, one of numbers."""
    upper = row(
        cell("№ п/п", merge="restart"),
        cell("Наименование задачи/мероприятия", merge="restart"),
        cell("Результат выполнения мероприятия", span=2),
        cell("Срок реализации, годы", span=len(years)),
        cell("Исполнитель и соисполнители мероприятия", merge="restart"),
    )
    lower = row(
        cell(merge="continue"),
        cell(merge="continue"),
        *(cell(text) for text in ("наименование", "плановое значение", *years)),
        cell(merge="continue"),
    )
    numbered = plain_row(str(number) for number in range(1, 6 + len(years)))
    return (upper, lower, numbered) if numbers else (upper, lower)


def signed_tasks() -> list[tuple[str, str]]:
    """Code and title of each task, from the signed text."""
    lines = [SIGNED_LINES[number - 1].replace("\t", " ").strip() for number in (18, 25, 31, 35)]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def signed_activities(task: int) -> list[list[str]]:
    """The activities of a task, eight texts each."""
    rows = [line.split("\t") for line in SIGNED_LINES[17:] if line.startswith(f"{task}.") and "\t" in line]
    return [[*texts[:7], [text for text in texts if text][-1]] for texts in rows if texts[2]]


def task_row(code: str, title: str, width: int = 8) -> str:
    """A task as a row: the code and a title merged over the rest."""
    return row(cell(code), cell(title, span=width - 1))


def office_rows(tasks: Iterable[int] = (1, 2, 3, 4)) -> list[str]:
    """Task rows and activity rows, one after the other."""
    return [
        line
        for number in tasks
        for line in (task_row(*signed_tasks()[number - 1]), *map(plain_row, signed_activities(number)))
    ]
