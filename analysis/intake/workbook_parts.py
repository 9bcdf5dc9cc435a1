"""Reads what the sheets of a workbook share: their list, the texts, the styles of dates, the custom properties."""

import re
from collections.abc import Container, Iterator
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
DATE_LETTER, PERCENT = re.compile(r"[dmyhs]", re.IGNORECASE), re.compile("%")


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
    book = _book(package)
    relations = _relations(package, book)
    found = _elements(package, book, "workbook/workbookPr", "sheets/sheet")
    entries = list(_entries(package, [one for one in found if one.name == "sheet"], relations))
    counts_from_1904 = any(one.attributes.get("date1904") in YES for one in found)
    texts = _of_part(package, _first(relations, "/sharedStrings"), "sst/si")
    styles = _styles(package, _first(relations, "/styles"))
    return entries, BookParts(
        [readable(one.text) for one in texts],
        frozenset(style for style, look in styles.items() if look.shows_a_date),
        EPOCH_1904 if counts_from_1904 else EPOCH_1900,
        frozenset(style for style, look in styles.items() if look.shows_percent),
        frozenset(style for style, look in styles.items() if look.struck),
        frozenset(str(number) for number, one in enumerate(texts) if one.struck),
        {style: words for style, look in styles.items() if (words := look.words)} if worded else {},
    )


def sheet_names(package: Package) -> list[str]:
    """Returns the names of the tabs without reading the sheets.

    Raises:
        AnalysisError: A part that every workbook has is missing or damaged.
    """
    return [one.attributes.get("name", "") for one in _elements(package, _book(package), "sheets/sheet")]


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


def _book(package: Package) -> str:
    """The part with the list of sheets."""
    book = _first(_relations(package, ""), "/officeDocument")
    if not book:
        raise package.damaged("не указано, где список листов")
    return book


def _first(relations: dict[str, tuple[str, str]], kind: str) -> str:
    return next((part for found, part in relations.values() if found.endswith(kind)), "")


def _of_part(package: Package, part: str, *wanted: str) -> list[_Element]:
    """The wanted elements of a part that a workbook may do without."""
    return _elements(package, part, *wanted) if part.lower() in package.parts else []


@dataclass(frozen=True)
class _Look:
    """What a style makes of a cell: the number of a built-in format or its own format, and whether it strikes out."""

    number: str
    code: str | None
    struck: bool

    @property
    def shows_a_date(self) -> bool:
        return self._is(BUILT_IN_DATES, DATE_LETTER)

    @property
    def shows_percent(self) -> bool:
        return self._is(BUILT_IN_PERCENTAGES, PERCENT)

    def _is(self, built_in: Container[str], sign: re.Pattern[str]) -> bool:
        if self.code is None:
            return self.number in built_in
        return sign.search(PRINTED_AS_IT_STANDS.sub("", self.code)) is not None

    @property
    def words(self) -> tuple[str, str] | None:
        """The words before and behind a number, where the format shows any."""
        words = _words_around(self.code or "")
        return words if any(map(str.isalpha, "".join(words))) or "+" in words[1] else None


def _styles(package: Package, part: str) -> dict[str, _Look]:
    """The looks of the styles by their numbers."""
    found = _of_part(package, part, "numFmts/numFmt", "fonts/font", "cellXfs/xf")
    own = {
        one.attributes.get("numFmtId"): one.attributes.get("formatCode", "") for one in found if one.name == "numFmt"
    }
    struck = {str(number) for number, one in enumerate(one for one in found if one.name == "font") if one.struck}
    styles = (one.attributes for one in found if one.name == "xf")
    return {
        str(number): _Look(code := style.get("numFmtId", "0"), own.get(code), style.get("fontId", "0") in struck)
        for number, style in enumerate(styles)
    }


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
