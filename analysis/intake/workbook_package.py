"""Opens the package of an .xlsx file and streams its XML. It does not trust what the file says about itself."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Protocol
from xml.parsers import expat

from analysis.errors import AnalysisError

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
