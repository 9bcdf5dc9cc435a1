"""Writes a roadmap as a Word document in the office's form, with the same bytes every time."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from analysis.demo.town import HERE

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT = "word/document.xml"
# The others are the same whatever the document says: they lie in word_parts.
PARTS = ("[Content_Types].xml", "_rels/.rels", DOCUMENT, "word/_rels/document.xml.rels", "word/styles.xml")
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The earliest moment that a zip archive can hold.
NO_TIME = (1980, 1, 1, 0, 0, 0)
# In twentieths of a point; together the width of a landscape A4 page between its margins.
WIDTHS = (800, 4000, 2700, 1500, 1250, 1250, 1250, 1950)
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
PAGE = (
    '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
    '<w:pgMar w:top="1134" w:right="1000" w:bottom="1134" w:left="1134" w:header="600" w:footer="600" w:gutter="0"/>'
    "</w:sectPr>"
)
Activities = Sequence[Sequence[str]]


def roadmap_document(
    heading: Sequence[str], years: Sequence[int], tasks: Iterable[tuple[str, str, Activities]]
) -> bytes:
    """Returns a .docx: the heading, then one table with merged header cells, task rows and activity rows.

    Args:
        heading: Its lines; the last is the title.
        years: The years of the table.
        tasks: Code, title and activities of each task; eight texts an activity.
    """
    rows = [*_header(years), *(row for task in tasks for row in _task_rows(*task))]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in WIDTHS)
    table = f"<w:tbl><w:tblPr><w:tblBorders>{BORDERS}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    approval = "".join(_paragraph(line, "right") for line in heading[:-1])
    body = f"{approval}{_paragraph()}{_paragraph(heading[-1], 'center')}{table}{''.join(rows)}</w:tbl>{PAGE}"
    return _package(f'{DECLARATION}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')


def _header(years: Sequence[int]) -> list[str]:
    upper = [
        _cell("№ п/п", 0, merge="restart"),
        _cell("Наименование задачи/мероприятия", 1, merge="restart"),
        _cell("Результат выполнения мероприятия", 2, span=2),
        _cell("Срок реализации, годы", 4, span=len(years)),
        _cell("Исполнитель и соисполнители мероприятия", 7, merge="restart"),
    ]
    names = ("наименование", "плановое значение", *(f"{year} г." for year in years))
    first, second, last = (_cell("", position, merge="continue") for position in (0, 1, 7))
    lower = [first, second, *(_cell(name, position) for position, name in enumerate(names, start=2)), last]
    numbers = [_cell(str(position + 1), position) for position in range(len(WIDTHS))]
    return [_row(cells, repeated=True) for cells in (upper, lower, numbers)]


def _task_rows(code: str, title: str, activities: Activities) -> list[str]:
    heading = _row([_cell(code, 0), _cell(title, 1, span=len(WIDTHS) - 1)])
    return [heading, *(_row([_cell(text, place) for place, text in enumerate(texts)]) for texts in activities)]


def _row(cells: Sequence[str], repeated: bool = False) -> str:
    again = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(text: str, position: int, span: int = 1, merge: str = "") -> str:
    width = sum(WIDTHS[position : position + span])
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merged = f'<w:vMerge w:val="{merge}"/>' if merge else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{merged}</w:tcPr>{_paragraph(text)}</w:tc>'


def _paragraph(text: str = "", side: str = "left") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:jc w:val="{side}"/></w:pPr>{run}</w:p>'


def _package(document: str) -> bytes:
    """A zip without times and without compression, whose bytes depend on nothing but the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in PARTS:
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.create_system = 3
            text = document if name == DOCUMENT else (HERE / "word_parts" / name).read_text(encoding="utf-8")
            package.writestr(entry, text.encode())
    return buffer.getvalue()
