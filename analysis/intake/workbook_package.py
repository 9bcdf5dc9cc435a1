"""The package of an .xlsx file, which is not trusted, and what its sheets share."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from posixpath import dirname, join, normpath
from typing import Protocol
from xml.parsers import expat

from analysis.errors import AnalysisError
from analysis.intake.workbook_sheet import STRIKE, YES, BookParts, readable, strikes

# Opens the package of an .xlsx file and streams its XML. It does not trust what the file says about itself.

# Enough for a form with scanned pages in it. E-mail allows no more either.
LARGEST_FILE_BYTES = 30_000_000
# A million rows with a format and nothing in them unpack to some 85 MB.
LARGEST_UNPACKED_BYTES = 120_000_000
# The size of a part after blank cells are removed.
LARGEST_XML_BYTES = 30_000_000
MOST_PARTS = 2_000
# Sheets are packed 5- to 20-fold. Small parts may have any ratio: they do no harm.
LARGEST_RATIO, RATIO_MATTERS_FROM_BYTES = 100, 5_000_000
CHUNK_BYTES = 1 << 18
DIRECTORY_ENTRY = b"PK\x01\x02"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
MACROS = re.compile(r"vbaproject\.bin$|/macrosheets/|/intlmacrosheets/")
CUT_FROM_BYTES = 1_000_000
# Blank cells and rows carry a format only. A million of them would take the parser seconds, the pattern tenths.
BLANK_CELLS = re.compile(rb'(?:<row r="[^<>/]*+(?:/>|>(?:<c r="[^<>/]*+/>)*+</row>)|<c r="[^<>/]*+/>)++')
# What zipfile, zlib and expat raise over damaged content.
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, LookupError, NotImplementedError, OSError,
    RuntimeError, ValueError,
)  # fmt: skip
OF_NUMBERS = ("index/document.iwa", "index.zip")
TABLES = (".xlsx", ".xls", ".csv")
SAVE_AS_XLSX = "Откройте файл в Excel (или LibreOffice Calc) и сохраните как «Книга Excel (.xlsx)»."


class PartReader(Protocol):
    """What is done with a part of the package while it streams by.

    Attributes:
        pieces: Where the text between the tags is put.
        done: The rest of the part is not needed.
    """

    pieces: list[str]
    done: bool

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; its name may have a prefix."""

    def end(self, tag: str) -> None:
        """An element ends."""


@dataclass(frozen=True)
class Package:
    """The parts of an .xlsx file.

    Attributes:
        file: Path of the file, for messages.
        archive: The open archive.
        parts: Its entries by name; case and the kind of slash do not matter in this format.
    """

    file: str
    archive: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]

    def read_with(self, reader: PartReader, part: str) -> None:
        """Streams a part through the reader.

        Raises:
            AnalysisError: The part is missing, damaged, encrypted or far too large.
        """
        for _ in self.stream_with(reader, part):
            pass

    def stream_with(self, reader: PartReader, part: str, most_bytes: int = LARGEST_XML_BYTES) -> Iterator[None]:
        """Streams a part through the reader and yields after each piece, so that the caller can take what was read.

        Raises:
            AnalysisError: The part is missing, damaged, encrypted or larger than `most_bytes`.
        """
        entry = self.parts.get(part.lower())
        if entry is None:
            raise self.damaged(f"внутри нет части {part}")
        try:
            with self.archive.open(entry) as stream:
                chunks = iter(lambda: stream.read(CHUNK_BYTES), b"")
                if entry.file_size > CUT_FROM_BYTES:
                    # A blank cell across the end of a chunk stays; the parser takes no notice of it either.
                    chunks = (BLANK_CELLS.sub(b"", chunk) for chunk in chunks)
                yield from _parse(chunks, reader, most_bytes)
        except _NotOfAWorkbookError as error:
            raise self.damaged(f"часть {part}: {error}") from None
        except DAMAGE:
            raise self.damaged(f"часть {part} повреждена") from None

    def damaged(self, what: str) -> AnalysisError:
        """The error that says what is wrong inside the file."""
        return AnalysisError(f"{self.file}: книга повреждена: {what}. {SAVE_AS_XLSX}")


def resolve(source: str, target: str) -> str:
    """The part that a relationship of the source part leads to; it cannot lead out of the package."""
    return normpath(join("/", dirname(source), target.replace("\\", "/"))).lstrip("/")


def open_package(content: bytes, file: str) -> Package:
    """Returns the package after checking that it is cheap and safe to read.

    Raises:
        AnalysisError: The bytes are no .xlsx file, or one that must not be read; the message says what to do.
    """
    if not content.strip(b"\0 \t\r\n"):
        raise AnalysisError(f"{file}: файл пуст. Получите его заново.")
    _refuse_other_formats(content, file)
    if len(content) > LARGEST_FILE_BYTES or content.count(DIRECTORY_ENTRY) > MOST_PARTS:
        raise AnalysisError(
            f"{file}: файл слишком велик для книги ({len(content) // 1_000_000} МБ). "
            "Удалите из него рисунки и лишние листы и сохраните заново."
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except DAMAGE:
        raise AnalysisError(
            f"{file}: файл обрезан или повреждён. Получите его заново; если он открывается в Excel, "
            "сохраните его там как «Книга Excel (.xlsx)»."
        ) from None
    package = Package(file, archive, {_folded(entry): entry for entry in archive.infolist()})
    _refuse_other_packages(package)
    _refuse_unsafe(package)
    return package


def _folded(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/").lstrip("/").lower()


def _refuse_other_formats(content: bytes, file: str) -> None:
    if content.startswith(OLE2):
        if ENCRYPTED_PACKAGE in content:
            raise AnalysisError(f"{file}: книга защищена паролем. Снимите пароль в Excel и сохраните как .xlsx.")
        raise AnalysisError(f"{file}: это старый формат Office (.xls), как бы файл ни назывался. {SAVE_AS_XLSX}")
    if not content.startswith(b"PK"):
        raise AnalysisError(
            f"{file}: это не книга .xlsx, а текст (.csv), веб-страница или файл другого вида. {SAVE_AS_XLSX}"
        )


def _refuse_other_packages(package: Package) -> None:
    names = package.parts.keys()
    for kind, told_by in (
        ("таблица OpenDocument (.ods)", "mimetype"),
        ("документ Word (.docx)", "word/document.xml"),
        ("презентация (.pptx)", "ppt/presentation.xml"),
        ("двоичная книга Excel (.xlsb)", "xl/workbook.bin"),
    ):
        if told_by in names:
            raise AnalysisError(f"{package.file}: это {kind}, а нужна книга .xlsx. {SAVE_AS_XLSX}")
    if not names.isdisjoint(OF_NUMBERS):
        raise AnalysisError(
            f"{package.file}: это таблица Apple Numbers, а нужна книга .xlsx: «Файл → Экспортировать → Excel»."
        )
    if "_rels/.rels" not in names:
        if any(name.endswith(TABLES) for name in names):
            raise AnalysisError(f"{package.file}: это архив с файлами. Распакуйте его и примите каждый файл отдельно.")
        raise AnalysisError(f"{package.file}: это архив, но не книга Excel. {SAVE_AS_XLSX}")
    if any(MACROS.search(f"/{name}") for name in names):
        raise AnalysisError(
            f"{package.file}: в книге есть макросы, такие файлы не принимаются. "
            "Сохраните её как «Книга Excel (.xlsx)»: макросы при этом удаляются."
        )


def _refuse_unsafe(package: Package) -> None:
    entries = package.archive.infolist()
    if len(package.parts) < len(entries):
        raise package.damaged("часть с одним и тем же именем стоит дважды")
    if any(entry.flag_bits & 1 for entry in entries):
        raise AnalysisError(f"{package.file}: книга защищена паролем. Снимите пароль и сохраните как .xlsx.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > LARGEST_UNPACKED_BYTES or any(map(_inflates, entries)):
        raise AnalysisError(
            f"{package.file}: после распаковки файл займёт {max(1, unpacked // 1_000_000)} МБ; для книги это слишком "
            "много. Файл не читается: получите его заново или перенесите данные в новую форму."
        )


def _inflates(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > RATIO_MATTERS_FROM_BYTES and entry.file_size > LARGEST_RATIO * max(1, entry.compress_size)


class _NotOfAWorkbookError(Exception):
    """The workbook holds something that no program writes; the message names it."""


def _parse(chunks: Iterator[bytes], reader: PartReader, most_bytes: int) -> Iterator[None]:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.pieces.append
    parser.StartDoctypeDeclHandler = _refuse_declarations
    read = 0
    for chunk in chunks:
        # The rest is read too, so that the checksum is verified.
        if reader.done:
            continue
        read += len(chunk)
        if read > most_bytes:
            raise _NotOfAWorkbookError("в ней слишком много данных")
        parser.Parse(chunk, False)
        yield
    if not reader.done:
        parser.Parse(b"", True)
        yield


def _refuse_declarations(*_: object) -> None:
    # Entities declared there can grow without end or name files of this computer.
    raise _NotOfAWorkbookError("в ней есть объявление DOCTYPE")


# Reads what the sheets of a workbook share: their list, the texts, the styles of dates, the custom properties.

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
