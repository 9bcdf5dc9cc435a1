"""Reads a .docx file as a stream: paragraphs and rows of tables in their order, with the numbers that Word draws."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError
from analysis.intake.cells import Block, Cell, plain

# The numbers that Word draws before paragraphs: they stand in numbering.xml and styles.xml, not in the text.

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

NUMBERING_PART, STYLES_PART = "word/numbering.xml", "word/styles.xml"
# «ё», «й» and the signs are no numbers of lists.
CYRILLIC = "абвгдежзиклмнопрстуфхцчшщэюя"
LATIN = "abcdefghijklmnopqrstuvwxyz"
ROMAN = (("m", 1000), ("cm", 900), ("d", 500), ("cd", 400), ("c", 100), ("xc", 90), ("l", 50), ("xl", 40),
         ("x", 10), ("ix", 9), ("v", 5), ("iv", 4), ("i", 1))  # fmt: skip
LEVEL = re.compile(r"%([1-9])")
# A style may rest on another; more steps than this are a circle.
MOST_STYLES = 20


@dataclass(frozen=True)
class Level:
    """One level of a list: the first number, how it is written, its text such as «%1.%2.», what restarts it."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


Levels = dict[int, Level]


@dataclass
class Numbering:
    """Draws the numbers of paragraphs in the order of the document, as Word does.

    Lists that rest on one definition go on counting together; one with a start of its own begins anew when it is
    first met.
    """

    levels: dict[str, Levels] = field(default_factory=dict)
    definition: dict[str, str] = field(default_factory=dict)
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    styles: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def number(self, paragraph: etree._Element) -> str:
        """The number drawn before a paragraph; empty where there is none or only a bullet."""
        number, depth = self._list_of(paragraph)
        levels = self.levels.get(number, {})
        if depth not in levels:
            return ""
        counts = self._counts.setdefault(self.definition[number], {})
        for own, start in () if number in self._met else self.starts.get(number, {}).items():
            counts[own] = start - 1
        self._met.add(number)
        counts[depth] = counts.get(depth, levels[depth].start - 1) + 1
        for lower in [one for one in counts if one > depth and _restarts(levels.get(one), depth)]:
            del counts[lower]
        return _drawn(levels, counts, depth)

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = paragraph.find(WORD + "pPr")
        number, depth, style = _numbering_of(properties)
        for _ in range(MOST_STYLES):
            if number or style not in self.styles:
                break
            number, own_depth, style = self.styles[style]
            depth = depth or own_depth
        return number, int(depth or 0) if (depth or "0").isdecimal() else 0


def read_numbering(package: zipfile.ZipFile) -> Numbering:
    """Returns the lists of a document; none where the file has no lists or they are damaged."""
    root, styles = (_parsed(package, part) for part in (NUMBERING_PART, STYLES_PART))
    if root is None:
        return Numbering()
    definitions = {one.get(WORD + "abstractNumId", ""): one for one in root.iter(WORD + "abstractNum")}
    links = {_value(one, "styleLink"): one for one in definitions.values() if _value(one, "styleLink")}
    found = Numbering(styles=dict(_styles(styles)) if styles is not None else {})
    for one in root.iter(WORD + "num"):
        number, definition = one.get(WORD + "numId", ""), _value(one, "abstractNumId")
        element = definitions.get(definition)
        if element is None:
            continue
        element = links.get(_value(element, "numStyleLink"), element)
        overrides = list(one.iter(WORD + "lvlOverride"))
        found.definition[number] = element.get(WORD + "abstractNumId", "")
        found.levels[number] = _levels(element)
        for override in overrides:
            found.levels[number] |= _levels(override)
        anew = [override for override in overrides if override.find(WORD + "startOverride") is not None]
        found.starts[number] = {int(one.get(WORD + "ilvl", "0")): _whole(one, "startOverride", 1) for one in anew}
    return found


def _parsed(package: zipfile.ZipFile, part: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(package.read(part), parser)
    except (KeyError, etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, ValueError, RuntimeError, EOFError):
        return None  # the document itself is read all the same; a number that is not known is asked for


def _styles(root: etree._Element) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for style in root.iter(WORD + "style"):
        number, depth, _ = _numbering_of(style.find(WORD + "pPr"))
        yield style.get(WORD + "styleId", ""), (number, depth, _value(style, "basedOn"))


def _numbering_of(properties: etree._Element | None) -> tuple[str, str, str]:
    """List, level and style that these properties name."""
    if properties is None:
        return "", "", ""
    numbered = properties.find(WORD + "numPr")
    number, depth = (_value(numbered, name) for name in ("numId", "ilvl")) if numbered is not None else ("", "")
    return number, depth, _value(properties, "pStyle")


def _levels(element: etree._Element) -> Levels:
    return {
        int(one.get(WORD + "ilvl", "0")): Level(
            _whole(one, "start", 1),
            _value(one, "numFmt") or "decimal",
            _value(one, "lvlText"),
            _whole(one, "lvlRestart", -1) if one.find(WORD + "lvlRestart") is not None else None,
            one.find(WORD + "isLgl") is not None,
        )
        for one in element.iter(WORD + "lvl")
        if one.get(WORD + "ilvl", "0").isdecimal()
    }


def _value(element: etree._Element | None, name: str) -> str:
    found = None if element is None else element.find(WORD + name)
    return "" if found is None else str(found.get(WORD + "val", ""))


def _whole(element: etree._Element, name: str, otherwise: int) -> int:
    value = _value(element, name)
    return int(value) if value.isdecimal() and len(value) < 6 else otherwise


def _restarts(level: Level | None, depth: int) -> bool:
    """Whether a level begins anew after a paragraph of a higher one; 0 says that it never does."""
    if level is None or level.restart is None:
        return True
    return depth < level.restart


def _drawn(levels: Levels, counts: dict[int, int], depth: int) -> str:
    legal = levels[depth].legal
    if levels[depth].form in ("bullet", "none"):
        return ""

    def _one(found: re.Match[str]) -> str:
        own = int(found[1]) - 1
        level = levels.get(own, Level())
        return written(counts.get(own, level.start), "decimal" if legal else level.form)

    return LEVEL.sub(_one, levels[depth].text).strip()


def written(count: int, form: str) -> str:
    """A number as Word writes it in a form of its own: «iv», «Б», «04»."""
    lower = form.lower()
    if "roman" in lower:
        text = _roman(count)
    elif lower.startswith("russian"):
        text = CYRILLIC[(count - 1) % len(CYRILLIC)] * ((count - 1) // len(CYRILLIC) + 1)
    elif lower.endswith("letter"):
        text = LATIN[(count - 1) % 26] * ((count - 1) // 26 + 1)
    else:
        return f"{count:02}" if lower == "decimalzero" else str(count)
    return text.upper() if "upper" in lower else text


def _roman(count: int) -> str:
    text = ""
    for letters, worth in ROMAN:
        times, count = divmod(count, worth)
        text += letters * times
    return text


# A signed roadmap is a few hundred kilobytes of XML; 20,000 rows are some 50 MB. More is no document.
LARGEST_XML_BYTES = 100_000_000
DOCUMENT = "word/document.xml"
SIDE_PARTS = ("word/header", "word/footer", "word/footnotes", "word/endnotes", "word/comments")
# What zipfile, zlib and lxml raise over damaged or encrypted content.
DAMAGE = (
    etree.XMLSyntaxError, zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError, ValueError,
)  # fmt: skip


def open_package(content: bytes, file: str) -> zipfile.ZipFile:
    """Opens a Word document.

    Raises:
        AnalysisError: It is damaged, or inflates beyond reason.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        raise AnalysisError(
            f"{file}: файл повреждён или это не .docx. Откройте его в Word и сохраните заново как .docx."
        ) from None
    declared = sum(part.file_size for part in package.infolist() if part.filename.startswith((DOCUMENT, *SIDE_PARTS)))
    if declared > LARGEST_XML_BYTES:
        raise AnalysisError(
            f"{file}: после распаковки файл займёт {declared // 1_000_000} МБ; для документа это слишком много. "
            "Файл не читается: получите его заново."
        )
    return package


def events(
    package: zipfile.ZipFile, part: str, tags: tuple[str, ...], file: str
) -> Iterator[tuple[str, etree._Element]]:
    """Start and end of the elements with these tags, while the part is read: the whole is never in memory."""
    try:
        with package.open(part) as stream:
            safe = {"resolve_entities": False, "no_network": True, "load_dtd": False}
            yield from etree.iterparse(stream, events=("start", "end"), tag=tags, huge_tree=True, **safe)
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


def row_cells(row: etree._Element, place: str, above: dict[int, Cell], numbering: Numbering) -> Iterator[Cell]:
    """Returns the cells of a row. A cell that continues the one above has its text and its address.

    Args:
        row: The row.
        place: Its address.
        above: The cells of the row above, by the column in which they start.
        numbering: Draws the numbers of its paragraphs.
    """
    start = _number(row, f"{WORD}trPr/{WORD}gridBefore", default=0)
    for position, element in enumerate(_own_cells(row), start=1):
        properties = element.find(CELL_PROPERTIES)
        end = start + _number(properties, WORD + "gridSpan", default=1)
        upper = above.get(start) if _continues_upward(properties) else None
        number = drawn_number(element, numbering)
        if upper is not None:
            yield Cell(upper.text, upper.place, start, end, inherited=True, number=upper.number)
        else:
            yield Cell(_cell_text(element, number), f"{place}, ячейка {position}", start, end, number=number)
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


def drawn_number(element: etree._Element, numbering: Numbering) -> str:
    """The first number that Word draws in a paragraph or cell; all its paragraphs are counted."""
    return next(filter(None, [numbering.number(one) for one in element.iter(PARAGRAPH)]), "")


def _cell_text(cell: etree._Element, number: str) -> str:
    text = element_text(cell)
    return AUTOMATIC_NUMBER if not text and (number or next(cell.iter(NUMBERING), None) is not None) else text


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
    reader = _DocumentReader(read_numbering(package))
    for event, element in events(package, DOCUMENT, (TABLE, ROW, PARAGRAPH, *TRACKED_CHANGES), file):
        if event == "start":
            reader.enter(element)
        else:
            reader.leave(element)
    _refuse(reader.changes, "непринятые исправления", file)
    _refuse(reader.hidden, "скрытый или зачёркнутый текст", file)
    return [block for block in reader.blocks if block.filled]


def _refuse(texts: list[str], what: str, file: str) -> None:
    if texts:
        sample = next((text for text in map(plain, texts) if text), "")
        raise AnalysisError(
            f"{file}: в документе есть {what} (мест: {len(texts)}), например «{sample[:80]}». "
            "Что из этого подписано, по файлу не узнать: получите окончательный документ, где этого нет."
        )


@dataclass
class _DocumentReader:
    """Gathers the blocks while the document streams by, and lets go of what has been read."""

    numbering: Numbering
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
        self._add_paragraph(element_text(paragraph), place, drawn_number(paragraph, self.numbering))

    def _add_paragraph(self, text: str, place: str, number: str = "") -> None:
        self.blocks.append(Block((Cell(text, place, number=number),), place, table=0))

    def _read_row(self, row: etree._Element) -> None:
        self._rows += 1
        self._prepare(row)
        place = f"таблица {self._tables}, строка {self._rows}"
        cells = tuple(row_cells(row, place, self._above, self.numbering))
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
    places = (f"колонтитул, сноска или примечание ({part})",)
    said = "Колонтитулы, сноски и примечания не входят в таблицы проекта."
    action = "Проверьте, нет ли там значений, которые нужны отчёту."
    return Finding("unread_text", Severity.ATTENTION, file, places, text, said, action)
