"""Opens a received file by what its bytes are, not by what its name says; reads the lines of a .txt file."""

import re
from pathlib import Path

from analysis.contracts.findings import Finding, Severity
from analysis.errors import AnalysisError
from analysis.intake.blocks import Block, Cell
from analysis.intake.office_file import SAVE_AS_DOCX, converted
from analysis.intake.sheet_plan import read_sheet_blocks
from analysis.intake.word_file import DOCUMENT, read_word_blocks
from analysis.intake.workbook_package import ENCRYPTED_PACKAGE, OLE2

# A text file of an office holds no control characters but tab and line ends; others mean another format.
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read_text_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns the lines of a text file as blocks.

    Raises:
        AnalysisError: The bytes are text neither in UTF-8 nor in cp1251.
    """
    text, findings = _decode(content, file)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [_block(line, number) for number, line in enumerate(lines, start=1) if line.strip()], findings


def _block(line: str, number: int) -> Block:
    place = f"строка {number}"
    if "\t" not in line:
        return Block((Cell(line, place),), place, table=0)
    texts = enumerate(line.split("\t"), start=1)
    return Block(tuple(Cell(text, f"{place}, ячейка {end}", end - 1, end) for end, text in texts), place, table=1)


def _decode(content: bytes, file: str) -> tuple[str, list[Finding]]:
    try:
        return _without_control_characters(content.decode("utf-8-sig"), file), []
    except UnicodeDecodeError as error:
        first_bad_line = content[: error.start].count(b"\n") + 1
    try:
        text = _without_control_characters(content.decode("cp1251"), file)
    except UnicodeDecodeError:
        raise AnalysisError(
            f"{file}: строка {first_bad_line}: это текст не в UTF-8 и не в Windows-1251. "
            "Откройте документ и сохраните как «Обычный текст» в кодировке UTF-8."
        ) from None
    said = "Файл не в кодировке UTF-8; он прочитан как Windows-1251."
    action = "Проверьте, что буквы в отчёте верны; лучше получить файл в UTF-8."
    return text, [Finding("encoding", Severity.ATTENTION, file, (f"строка {first_bad_line}",), "", said, action)]


def _without_control_characters(text: str, file: str) -> str:
    found = CONTROL_CHARACTER.search(text)
    if found:
        raise AnalysisError(
            f"{file}: строка {text.count(chr(10), 0, found.start()) + 1}: управляющие символы — это не обычный текст "
            "(возможно, UTF-16 или документ другого вида). Сохраните как .docx или как «Обычный текст» в UTF-8."
        )
    return text


PDF = b"%PDF-"
ZIP, RTF = b"PK", b"{\\rtf"


def read_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns the paragraphs and rows of a document, and what was noticed while reading.

    Args:
        content: The bytes of the file.
        file: Its path relative to the project, for messages.

    Raises:
        AnalysisError: The bytes are not a document that can be read whole; the message says what to do.
    """
    if not content.strip():
        raise AnalysisError(f"{file}: файл пуст. Получите его заново.")
    if content.lstrip()[:5] == PDF:
        from analysis.intake.pdf_file import read_pdf_blocks  # the libraries of PDF take a second to import

        return read_pdf_blocks(content, file)
    if kind := _other_word(content, file):
        try:
            return read_word_blocks(converted(content, kind, file), file)
        except AnalysisError as error:
            raise AnalysisError(f"{str(error).removesuffix(SAVE_AS_DOCX).strip()} {SAVE_AS_DOCX}") from None
    if content.startswith(ZIP):
        if b"application/vnd.oasis.opendocument.spreadsheet" in content[:200]:
            raise AnalysisError(f"{file}: это таблица OpenDocument (.ods). Сохраните её как .xlsx.")
        if _is_workbook(content):
            return read_sheet_blocks(content, file)
        return read_word_blocks(content, file)
    if Path(file).suffix.lower() == ".docx":
        raise AnalysisError(
            f"{file}: это не .docx: внутри нет пакета документа. Откройте файл в Word и сохраните как .docx."
        )
    return read_text_blocks(content, file)


def _is_workbook(content: bytes) -> bool:
    """Whether a package holds an Excel workbook: the names of its parts are not compressed."""
    return b"xl/workbook" in content and DOCUMENT.encode() not in content


def _other_word(content: bytes, file: str) -> str:
    """The format of a document that another program turns into one of Word; empty where it is none.

    Raises:
        AnalysisError: It is closed with a password, or an old workbook.
    """
    if content.startswith(RTF):
        return "rtf"
    if content.startswith(ZIP):
        return "odt" if b"application/vnd.oasis.opendocument.text" in content[:200] else ""
    if not content.startswith(OLE2):
        return ""
    if ENCRYPTED_PACKAGE in content:
        raise AnalysisError(f"{file}: документ защищён паролем. Снимите пароль в Word и сохраните как .docx.")
    if "Workbook".encode("utf-16-le") in content:
        raise AnalysisError(f"{file}: это старый формат Excel (.xls). Откройте файл в Excel и сохраните как .xlsx.")
    return "doc"


def needs_confirmation(content: bytes) -> bool:
    """Whether a person has to confirm what was read: PDF holds lines and letters, an old Word file may lose tables."""
    return content.lstrip()[:5] == PDF or content.startswith(OLE2)


def pages_of(content: bytes, file: str) -> bytes:
    """The document as PDF, for pictures of its pages."""
    return content if content.lstrip()[:5] == PDF else converted(content, "doc", file, "pdf")
