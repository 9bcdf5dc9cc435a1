"""The text of the elements of a Word document, and the cells of its rows, merged ones included."""

from collections.abc import Iterator

from lxml import etree

from analysis.intake.blocks import Cell

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TABLE, ROW, CELL, PARAGRAPH, RUN = (WORD + name for name in ("tbl", "tr", "tc", "p", "r"))
TEXT, TEXT_BOX, NUMBERING = (WORD + name for name in ("t", "txbxContent", "numPr"))
CELL_PROPERTIES = WORD + "tcPr"
FORMULA_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
NOT_MEANT_TO_BE_READ = tuple(WORD + name for name in ("vanish", "strike", "dstrike"))
TEXT_OF_MARK = {WORD + "tab": " ", WORD + "br": "\n", WORD + "cr": "\n", WORD + "noBreakHyphen": "-"}
# A symbol of a special font has no letter of its own. If it vanished beside a number, the number would be wrong.
SYMBOL, UNKNOWN_SYMBOL = WORD + "sym", "\ufffd"
PIECES = (PARAGRAPH, TEXT, FORMULA_TEXT, SYMBOL, *TEXT_OF_MARK)
# 10 with a raised 1 is ten with a footnote, not one hundred and one.
RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# A number that Word draws itself stands nowhere in the file.
AUTOMATIC_NUMBER = "‹автонумерация›"


def hidden_texts(element: etree._Element) -> list[str]:
    """Returns the hidden or struck words inside an element."""
    return [text for mark in element.iter(*NOT_MEANT_TO_BE_READ) if _is_on(mark) and (text := _run_text(mark))]


def raise_digits(element: etree._Element) -> None:
    """Replaces raised and lowered digits in an element by raised characters: they are not part of the number."""
    for mark in element.iter(WORD + "vertAlign"):
        run = _run(mark) if mark.get(WORD + "val") != "baseline" else None
        for text in () if run is None else run.iter(TEXT):
            text.text = (text.text or "").translate(RAISED_DIGITS)


def _is_on(mark: etree._Element) -> bool:
    return mark.get(WORD + "val", "true") not in ("0", "false", "off")


def _run(mark: etree._Element) -> etree._Element | None:
    """The run that a mark of formatting applies to; none where it applies to the end of a paragraph only."""
    properties = mark.getparent()
    run = None if properties is None else properties.getparent()
    return run if run is not None and run.tag == RUN else None


def _run_text(mark: etree._Element) -> str:
    run = _run(mark)
    return "" if run is None else "".join(text.text or "" for text in run.iter(TEXT)).strip()


def row_cells(row: etree._Element, place: str, above: dict[int, Cell]) -> Iterator[Cell]:
    """Returns the cells of a row. A cell that continues the one above has its text and its address.

    Args:
        row: The row.
        place: Its address.
        above: The cells of the row above, by the column in which they start.
    """
    start = _number(row, f"{WORD}trPr/{WORD}gridBefore", default=0)
    for position, element in enumerate(_own_cells(row), start=1):
        properties = element.find(CELL_PROPERTIES)
        end = start + _number(properties, WORD + "gridSpan", default=1)
        upper = above.get(start) if _continues_upward(properties) else None
        if upper is not None:
            yield Cell(upper.text, upper.place, start, end, inherited=True)
        else:
            yield Cell(_cell_text(element), f"{place}, ячейка {position}", start, end)
        start = end


def _own_cells(row: etree._Element) -> list[etree._Element]:
    """The cells of a row, also those inside content controls, but not those of a table inside a cell."""
    cells = list(row.iter(CELL))
    nested = next(row.iterdescendants(ROW), None) is not None
    return [cell for cell in cells if next(cell.iterancestors(ROW)) is row] if nested else cells


def _continues_upward(properties: etree._Element | None) -> bool:
    mark = None if properties is None else properties.find(WORD + "vMerge")
    return mark is not None and mark.get(WORD + "val", "continue") == "continue"


def _number(element: etree._Element | None, path: str, default: int) -> int:
    mark = None if element is None else element.find(path)
    value = "" if mark is None else str(mark.get(WORD + "val", ""))
    return int(value) if value.isdecimal() and len(value) < 4 else default


def _cell_text(cell: etree._Element) -> str:
    text = element_text(cell)
    if not text and next(cell.iter(NUMBERING), None) is not None:
        return AUTOMATIC_NUMBER
    return text


def take_text_boxes(element: etree._Element) -> list[str]:
    """Removes the text boxes anchored here and returns their paragraphs, so that their words mix with no others."""
    texts = [element_text(paragraph) for box in element.iter(TEXT_BOX) for paragraph in box.iter(PARAGRAPH)]
    if texts:
        etree.strip_elements(element, TEXT_BOX, with_tail=False)
    return texts


def element_text(element: etree._Element) -> str:
    """Text of a paragraph or a cell, one line a paragraph; blank lines are left out."""
    lines = "".join([_piece(mark) for mark in element.iter(*PIECES)]).split("\n")
    return "\n".join([line for line in lines if line.strip()])


def _piece(mark: etree._Element) -> str:
    tag = mark.tag
    if tag == PARAGRAPH:
        return "\n"
    if tag in (TEXT, FORMULA_TEXT):
        return mark.text or ""
    if tag == SYMBOL:
        return UNKNOWN_SYMBOL
    parent = mark.getparent()
    return TEXT_OF_MARK[tag] if parent is not None and parent.tag == RUN else ""
