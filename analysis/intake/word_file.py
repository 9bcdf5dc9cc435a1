"""Reads a .docx file: paragraphs and table rows in document order, content controls and merged cells included."""

import zipfile
from dataclasses import dataclass, field

from lxml import etree

from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError
from analysis.intake.blocks import Block, Cell, plain
from analysis.intake.word_package import DOCUMENT, SIDE_PARTS, events, open_package
from analysis.intake.word_text import (
    PARAGRAPH,
    ROW,
    TABLE,
    TEXT_BOX,
    WORD,
    element_text,
    hidden_texts,
    raise_digits,
    row_cells,
    take_text_boxes,
)

# Word writes each text box twice, the second time for old programs; only the first is read.
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TRACKED_CHANGES = tuple(WORD + name for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"))


def read_word_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns paragraphs and rows of a Word document, with addresses such as «таблица 1, строка 4, ячейка 2».

    Raises:
        AnalysisError: The file is damaged, is no Word document, inflates beyond reason, holds no table,
            or holds text that is not settled: tracked changes that nobody accepted, hidden or struck words.
    """
    with open_package(content, file) as package:
        blocks = _document_blocks(package, file)
        findings = _side_texts(package, file)
    if not any(block.table for block in blocks):
        raise AnalysisError(f"{file}: в документе нет ни одной заполненной таблицы. Проверьте, тот ли файл получен.")
    return blocks, findings


def _document_blocks(package: zipfile.ZipFile, file: str) -> list[Block]:
    reader = _DocumentReader()
    for event, element in events(package, DOCUMENT, (TABLE, ROW, PARAGRAPH, *TRACKED_CHANGES), file):
        if event == "start":
            reader.enter(element)
        else:
            reader.leave(element)
    _refuse(reader.changes, "непринятые исправления", "Рецензирование → Принять все исправления", file)
    _refuse(reader.hidden, "скрытый или зачёркнутый текст", "удалите его или снимите это оформление", file)
    return [block for block in reader.blocks if block.filled]


def _refuse(texts: list[str], what: str, action: str, file: str) -> None:
    if texts:
        sample = next((text for text in map(plain, texts) if text), "")
        raise AnalysisError(
            f"{file}: в документе есть {what} (мест: {len(texts)}), например «{sample[:80]}». "
            f"В Word: {action}; затем сохраните файл."
        )


@dataclass
class _DocumentReader:
    """Gathers the blocks while the document streams by, and lets go of what has been read."""

    blocks: list[Block] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _paragraphs: int = 0
    _tables: int = 0
    _rows: int = 0
    _above: dict[int, Cell] = field(default_factory=dict)

    def enter(self, element: etree._Element) -> None:
        if element.tag in TRACKED_CHANGES:
            return
        if element.tag == TABLE and not self._open:
            self._tables += 1
            self._rows, self._above = 0, {}
        self._open.append(element.tag)

    def leave(self, element: etree._Element) -> None:
        if element.tag in TRACKED_CHANGES:
            self.changes.append("".join(map(str, element.itertext())))
            return
        self._open.pop()
        if element.tag == PARAGRAPH and not self._open:
            self._read_paragraph(element)
        elif element.tag == ROW and self._open == [TABLE]:
            self._read_row(element)
        elif self._open:
            return
        _let_go(element)

    def _read_paragraph(self, paragraph: etree._Element) -> None:
        self._paragraphs += 1
        self._prepare(paragraph)
        place = f"абзац {self._paragraphs}"
        for number, text in enumerate(take_text_boxes(paragraph), start=1):
            self._add_paragraph(text, f"{place}, надпись, абзац {number}")
        self._add_paragraph(element_text(paragraph), place)

    def _add_paragraph(self, text: str, place: str) -> None:
        self.blocks.append(Block((Cell(text, place),), place, table=0))

    def _read_row(self, row: etree._Element) -> None:
        self._rows += 1
        self._prepare(row)
        place = f"таблица {self._tables}, строка {self._rows}"
        cells = tuple(row_cells(row, place, self._above))
        self._above = {cell.start: cell for cell in cells}
        self.blocks.append(Block(cells, place, table=self._tables, exact_grid=True))

    def _prepare(self, element: etree._Element) -> None:
        etree.strip_elements(element, FALLBACK, with_tail=False)
        for box in list(element.iter(TEXT_BOX)):
            etree.SubElement(box, PARAGRAPH)  # ends its last line, so that its words do not run into those behind it
        raise_digits(element)
        self.hidden += hidden_texts(element)


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _side_texts(package: zipfile.ZipFile, file: str) -> list[Finding]:
    """Returns findings for words in headers, footers, notes and comments, which are not part of the roadmap."""
    parts = sorted(name for name in package.namelist() if name.startswith(SIDE_PARTS))
    texts = {part: _side_text(package, part, file) for part in parts}
    return [_side_finding(part, text, file) for part, text in texts.items() if any(map(str.isalpha, text))]


def _side_text(package: zipfile.ZipFile, part: str, file: str) -> str:
    texts = []
    for event, paragraph in events(package, part, (PARAGRAPH,), file):
        if event == "end":
            texts.append(element_text(paragraph))
            paragraph.clear()
    return plain(" ".join(texts))


def _side_finding(part: str, text: str, file: str) -> Finding:
    return Finding(
        "unread_text",
        Severity.ATTENTION,
        file,
        (f"колонтитул, сноска или примечание ({part})",),
        text,
        "Колонтитулы, сноски и примечания не входят в таблицы проекта.",
        "Проверьте, нет ли там значений, которые нужны отчёту.",
    )
