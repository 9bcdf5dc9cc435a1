"""Reads what the sheets of a workbook share: their list, the texts, the styles of dates, the custom properties."""

import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from analysis.intake.workbook_package import Package, resolve
from analysis.intake.workbook_sheet import STRIKE, YES, BookParts, readable, strikes

ROOT_RELATIONS = "_rels/.rels"
CUSTOM_PROPERTIES = "docprops/custom.xml"
EPOCH_1900, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
# Built-in formats: Excel does not write them into the file.
BUILT_IN_PERCENTAGES = frozenset(("9", "10"))
BUILT_IN_DATES = frozenset(map(str, (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))))
# The literal parts of a number format: quoted words, colours and languages, escaped characters.
PRINTED_AS_IT_STANDS = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')
DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)


@dataclass(frozen=True)
class SheetEntry:
    """A sheet in the list of the workbook.

    Attributes:
        name: As on its tab.
        hidden: Nobody sees the tab.
        part: Where its cells are.
    """

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class _Element:
    """An element of interest: its name, its attributes, all text inside it, whether something in it is struck out."""

    name: str
    attributes: dict[str, str]
    text: str
    struck: bool = False


def read_entries(package: Package, worded: bool = False) -> tuple[list[SheetEntry], BookParts]:
    """Returns the sheets in the order of their tabs, and what their cells refer to.

    Args:
        package: The workbook.
        worded: Whether formats that show words beside a number are noted.

    Raises:
        AnalysisError: A part that every workbook has is missing or damaged.
    """
    book = _first(_relations(package, ""), "/officeDocument")
    if not book:
        raise package.damaged("не указано, где список листов")
    relations = _relations(package, book)
    found = _elements(package, book, "workbook/workbookPr", "sheets/sheet")
    entries = list(_entries(package, [one for one in found if one.name == "sheet"], relations))
    counts_from_1904 = any(one.attributes.get("date1904") in YES for one in found)
    texts, styles = _texts(package, _first(relations, "/sharedStrings")), _first(relations, "/styles")
    return entries, BookParts(
        [readable(one.text) for one in texts],
        _styles(package, styles, BUILT_IN_DATES, _is_date_format),
        EPOCH_1904 if counts_from_1904 else EPOCH_1900,
        _styles(package, styles, BUILT_IN_PERCENTAGES, _is_percentage),
        _struck_styles(package, styles),
        frozenset(str(number) for number, one in enumerate(texts) if one.struck),
        _worded_formats(package, styles) if worded else {},
    )


def sheet_names(package: Package) -> list[str]:
    """Returns the names of the tabs without reading the sheets.

    Raises:
        AnalysisError: A part that every workbook has is missing or damaged.
    """
    book = _first(_relations(package, ""), "/officeDocument")
    if not book:
        raise package.damaged("не указано, где список листов")
    return [one.attributes.get("name", "") for one in _elements(package, book, "sheets/sheet")]


def read_properties(package: Package) -> dict[str, str]:
    """Returns the custom properties of the file. A form that was sent out brings them back."""
    if CUSTOM_PROPERTIES not in package.parts:
        return {}
    found = _elements(package, CUSTOM_PROPERTIES, "Properties/property")
    return {one.attributes.get("name", ""): one.text for one in found}


def _entries(package: Package, sheets: list[_Element], relations: dict[str, tuple[str, str]]) -> Iterator[SheetEntry]:
    parts = []
    for sheet in sheets:
        name = sheet.attributes.get("name", "")
        identifier = next((value for key, value in sheet.attributes.items() if key.endswith(":id")), "")
        kind, part = relations.get(identifier, ("", ""))
        if kind and not kind.endswith("/worksheet"):
            continue  # a sheet that is nothing but a chart
        if part.lower() not in package.parts or part in parts:
            raise package.damaged(f"лист «{name}» ссылается на часть, которой нет или которая занята")
        parts.append(part)
        yield SheetEntry(name, sheet.attributes.get("state", "visible") != "visible", part)


def _relations(package: Package, source: str) -> dict[str, tuple[str, str]]:
    """Kind and part of each relation of the source part, by its identifier."""
    folder, _, name = source.rpartition("/")
    part = f"{folder}/_rels/{name}.rels".lstrip("/") if source else ROOT_RELATIONS
    return {
        one.attributes.get("Id", ""): (one.attributes.get("Type", ""), resolve(source, one.attributes["Target"]))
        for one in _elements(package, part, "Relationships/Relationship")
        if one.attributes.get("TargetMode") != "External" and "Target" in one.attributes
    }


def _first(relations: dict[str, tuple[str, str]], kind: str) -> str:
    return next((part for found, part in relations.values() if found.endswith(kind)), "")


def _texts(package: Package, part: str) -> list[_Element]:
    return _elements(package, part, "sst/si") if part.lower() in package.parts else []


def _styles(
    package: Package, part: str, built_in: Container[str | None], is_so: Callable[[str], bool]
) -> frozenset[str]:
    """Numbers of the styles whose number format is of a kind."""
    if part.lower() not in package.parts:
        return frozenset()
    found = _elements(package, part, "numFmts/numFmt", "cellXfs/xf")
    formats = [one.attributes for one in found if one.name == "numFmt"]
    own = {one.get("numFmtId"): is_so(one.get("formatCode", "")) for one in formats}
    styles = [one.attributes.get("numFmtId", "0") for one in found if one.name == "xf"]
    return frozenset(str(number) for number, code in enumerate(styles) if own.get(code, code in built_in))


def _struck_styles(package: Package, part: str) -> frozenset[str]:
    """Numbers of the styles whose font is struck out."""
    if part.lower() not in package.parts:
        return frozenset()
    found = _elements(package, part, "fonts/font", "cellXfs/xf")
    fonts = {str(number) for number, one in enumerate(one for one in found if one.name == "font") if one.struck}
    styles = (one.attributes.get("fontId", "0") for one in found if one.name == "xf")
    return frozenset(str(number) for number, font in enumerate(styles) if font in fonts)


def _worded_formats(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """The words before and behind a number by the number of the style, where the format shows any."""
    if part.lower() not in package.parts:
        return {}
    found = _elements(package, part, "numFmts/numFmt", "cellXfs/xf")
    formats = {one.attributes.get("numFmtId"): one.attributes.get("formatCode", "") for one in found
               if one.name == "numFmt"}  # fmt: skip
    styles = [one.attributes.get("numFmtId", "0") for one in found if one.name == "xf"]
    worded = {str(number): _words_around(formats.get(code, "")) for number, code in enumerate(styles)}
    return {style: words for style, words in worded.items() if any(map(str.isalpha, "".join(words))) or "+" in words[1]}


def _words_around(code: str) -> tuple[str, str]:
    """The words before and behind the digits of a number format; of its parts only that for numbers above zero."""
    first = code.split(";")[0]
    digits = re.search(r"[0#?][0#?., ]*", re.sub(r'"[^"]*"|\\.', lambda quoted: "\0" * len(quoted[0]), first))
    if digits is None:
        return "", ""
    before, behind = first[: digits.start()], first[digits.end() :]
    return _literal(before), _literal(behind)


def _literal(part: str) -> str:
    """What a part of a number format shows as it stands."""
    shown = re.sub(r"\[[^\]]*\]|[_*].", "", part)
    return re.sub(r'"([^"]*)"|\\(.)|.', lambda one: one[1] or one[2] or (" " if one[0] == " " else ""), shown)


def _is_date_format(code: str) -> bool:
    return DATE_LETTER.search(PRINTED_AS_IT_STANDS.sub("", code)) is not None


def _is_percentage(code: str) -> bool:
    return "%" in PRINTED_AS_IT_STANDS.sub("", code)


def _elements(package: Package, part: str, *wanted: str) -> list[_Element]:
    """The elements whose parent and name are wanted («sheets/sheet»), in the order of the part."""
    reader = _ElementReader(frozenset(wanted))
    package.read_with(reader, part)
    return reader.found


@dataclass
class _ElementReader:
    """Notes the wanted elements while a part streams by."""

    wanted: frozenset[str]
    pieces: list[str] = field(default_factory=list)
    done: bool = False
    found: list[_Element] = field(default_factory=list)
    _open: list[str] = field(default_factory=lambda: [""])
    _attributes: dict[str, str] = field(default_factory=dict)
    _texts: list[str] = field(default_factory=list)
    _struck: bool = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if f"{self._open[-1]}/{name}" in self.wanted:
            self._attributes, self._texts, self._struck = attributes, [], False
        elif name == STRIKE:
            self._struck |= strikes(attributes)
        self._open.append(name)
        self.pieces.clear()

    def end(self, tag: str) -> None:
        name = self._open.pop()
        if f"{self._open[-1]}/{name}" in self.wanted:
            self.found.append(_Element(name, self._attributes, "".join(self._texts), self._struck))
        # Neither white space between elements nor a hint for pronunciation is text.
        elif "rPh" not in self._open:
            self._texts.append("".join(self.pieces))
        self.pieces.clear()
