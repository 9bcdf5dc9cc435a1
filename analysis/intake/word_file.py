"""Reads a .docx file: paragraphs and table rows in document order, content controls and merged cells included."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from analysis.errors import AnalysisError
from analysis.findings import Finding, Severity
from analysis.intake.blocks import Block, Cell, plain

# A signed roadmap is a few hundred kilobytes of XML; 20,000 rows are some 40 MB. More is no document.
LARGEST_XML_BYTES = 100_000_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TRACKED_CHANGES = ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge")
WRAPPERS = {WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag")}
TEXT_OF_MARK = {WORD + "tab": " ", WORD + "br": "\n", WORD + "cr": "\n", WORD + "noBreakHyphen": "-"}
# What zipfile, zlib and lxml raise over damaged or encrypted content.
DAMAGE = (
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    EOFError,
    NotImplementedError,
    ValueError,
)
SIDE_PARTS = ("word/header", "word/footer", "word/footnotes", "word/endnotes")


def read_word_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns paragraphs and rows of a Word document, with addresses such as «таблица 1, строка 4, столбец 2».

    Raises:
        AnalysisError: The file is damaged, is no Word document, inflates beyond reason, holds no table,
            or holds tracked changes that nobody accepted.
    """
    with _open_package(content, file) as package:
        root = _parse(package, "word/document.xml", file)
        findings = _side_texts(package, file)
    body = root.find(WORD + "body")
    if body is None or body.find(f".//{WORD}tbl") is None:
        raise AnalysisError(f"{file}: в документе нет ни одной таблицы. Проверьте, тот ли файл получен.")
    _refuse_tracked_changes(body, file)
    return _blocks(body), findings


def _open_package(content: bytes, file: str) -> zipfile.ZipFile:
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        raise AnalysisError(
            f"{file}: файл повреждён или это не .docx. Откройте его в Word и сохраните заново как .docx."
        ) from None
    declared = sum(part.file_size for part in package.infolist() if part.filename.endswith(".xml"))
    if declared > LARGEST_XML_BYTES:
        raise AnalysisError(
            f"{file}: после распаковки файл займёт {declared // 1_000_000} МБ; для документа это слишком много. "
            "Файл не читается: получите его заново."
        )
    return package


def _parse(package: zipfile.ZipFile, part: str, file: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        return etree.fromstring(package.read(part), parser)
    except KeyError:
        raise AnalysisError(
            f"{file}: внутри нет {part}, это не документ Word. Откройте файл в Word (или LibreOffice Writer) "
            "и сохраните как .docx."
        ) from None
    except DAMAGE:
        raise AnalysisError(
            f"{file}: часть {part} повреждена или зашифрована. Снимите пароль, откройте файл в Word "
            "и сохраните заново как .docx."
        ) from None


def _refuse_tracked_changes(body: etree._Element, file: str) -> None:
    changes = [mark for name in TRACKED_CHANGES for mark in body.iter(WORD + name)]
    if changes:
        nearby = next((text for mark in changes if (text := plain("".join(mark.itertext())))), "")
        raise AnalysisError(
            f"{file}: в документе есть непринятые исправления ({len(changes)}), например «{nearby[:80]}». "
            "В Word: Рецензирование → Принять все исправления; затем сохраните файл."
        )


def _side_texts(package: zipfile.ZipFile, file: str) -> list[Finding]:
    """Headers, footers and notes are not part of the roadmap; words in them are named, not lost."""
    findings = []
    for part in sorted(name for name in package.namelist() if name.startswith(SIDE_PARTS)):
        text = plain(" ".join(_text(mark) for mark in _parse(package, part, file).iter(WORD + "p")))
        if any(letter.isalpha() for letter in text):
            findings.append(
                Finding(
                    "unread_text",
                    Severity.ATTENTION,
                    file,
                    (f"колонтитул или сноска ({part})",),
                    text,
                    "Колонтитулы и сноски не входят в таблицы проекта.",
                    "Проверьте, нет ли там значений, которые нужны отчёту.",
                )
            )
    return findings


def _blocks(body: etree._Element) -> list[Block]:
    blocks: list[Block] = []
    paragraphs = tables = 0
    for element in _unwrapped(body):
        if element.tag == WORD + "p":
            paragraphs += 1
            place = f"абзац {paragraphs}"
            blocks.append(Block((Cell(_text(element), place),), place, table=0))
        elif element.tag == WORD + "tbl":
            tables += 1
            blocks.extend(_rows(element, tables))
    return [block for block in blocks if block.filled]


def _rows(table: etree._Element, number: int) -> Iterator[Block]:
    above: dict[int, Cell] = {}
    rows = (element for element in _unwrapped(table) if element.tag == WORD + "tr")
    for row_number, row in enumerate(rows, start=1):
        place = f"таблица {number}, строка {row_number}"
        cells = tuple(_cells(row, place, above))
        above = {cell.start: cell for cell in cells}
        yield Block(cells, place, table=number, exact_grid=True)


def _cells(row: etree._Element, place: str, above: dict[int, Cell]) -> Iterator[Cell]:
    start = _number(row, f"{WORD}trPr/{WORD}gridBefore", default=0)
    for element in _unwrapped(row):
        if element.tag != WORD + "tc":
            continue
        end = start + _number(element, f"{WORD}tcPr/{WORD}gridSpan", default=1)
        upper = above.get(start) if _continues_upward(element) else None
        if upper is not None:
            yield Cell(upper.text, upper.place, start, end, inherited=True)
        else:
            yield Cell(_cell_text(element), f"{place}, столбец {start + 1}", start, end)
        start = end


def _continues_upward(cell: etree._Element) -> bool:
    mark = cell.find(f"{WORD}tcPr/{WORD}vMerge")
    return mark is not None and mark.get(WORD + "val", "continue") == "continue"


def _number(element: etree._Element, path: str, default: int) -> int:
    mark = element.find(path)
    value = "" if mark is None else str(mark.get(WORD + "val", ""))
    return int(value) if value.isdigit() else default


def _unwrapped(element: etree._Element) -> Iterator[etree._Element]:
    """Children of an element; what stands inside content controls counts as a child."""
    for child in element:
        if child.tag in WRAPPERS:
            yield from _unwrapped(child)
        else:
            yield child


def _cell_text(cell: etree._Element) -> str:
    return "\n".join(text for paragraph in _paragraphs(cell) if (text := _text(paragraph)).strip())


def _paragraphs(cell: etree._Element) -> Iterator[etree._Element]:
    for child in _unwrapped(cell):
        if child.tag == WORD + "p":
            yield child
        elif child.tag == WORD + "tbl":
            yield from child.iter(WORD + "p")


def _text(paragraph: etree._Element) -> str:
    """Text of a paragraph; a text box is repeated in the file as a fallback for old programs and read once."""
    return "".join(_pieces(paragraph))


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == WORD + "t":
            yield child.text or ""
        elif child.tag in TEXT_OF_MARK and child.getparent().tag == WORD + "r":
            yield TEXT_OF_MARK[child.tag]
        elif child.tag not in (FALLBACK, WORD + "pPr"):
            yield from _pieces(child)
