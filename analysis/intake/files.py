"""Opens a received document by what its bytes are: lines of .txt, sheets of a plan, other word processors."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, compress
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis.contracts.findings import Finding, Severity, column_letters
from analysis.errors import AnalysisError
from analysis.intake.cells import OTHER_SHEET, Block, Cell, read_text
from analysis.intake.columns import looks_like_header
from analysis.intake.word_file import DOCUMENT, read_word_blocks
from analysis.intake.workbook import Sheet, SheetRow, read_workbook
from analysis.intake.workbook_package import ENCRYPTED_PACKAGE, OLE2
from analysis.intake.workbook_sheet import CellValue, position

# Documents of other word processors: LibreOffice makes Word documents of them, where the program is present.

MOST_SECONDS = 120
PROGRAMS = (
    "soffice",
    "libreoffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
NAMES = {"odt": "документ OpenDocument (.odt)", "rtf": "RTF", "doc": "старый формат Word (.doc)"}
SAVE_AS_DOCX = "Откройте файл в Word и сохраните как .docx."


def program() -> str | None:
    """Where LibreOffice is; None where it is not present."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def converted(content: bytes, kind: str, file: str, to: str = "docx") -> bytes:
    """Returns a document in another format.

    Args:
        content: The bytes of the document.
        kind: Its format, a key of NAMES.
        file: Its path relative to the project, for messages.
        to: The format wanted.

    Raises:
        AnalysisError: LibreOffice is not present, or makes nothing of the document.
    """
    office = program()
    if office is None:
        raise AnalysisError(f"{file}: это {NAMES[kind]}, а LibreOffice, чтобы прочитать его, здесь нет. {SAVE_AS_DOCX}")
    with TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        source = Path(scratch) / f"document.{kind}"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--norestore", "--convert-to", to, "--outdir", scratch, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=True)
            return source.with_suffix(f".{to}").read_bytes()
        except (OSError, subprocess.SubprocessError):
            raise AnalysisError(f"{file}: LibreOffice не прочла этот файл ({NAMES[kind]}). {SAVE_AS_DOCX}") from None


# Reads a plan kept in Excel: rows of its sheets as blocks, merged cells filled, numbers as a person sees them.

# A row with so many filled cells belongs to a table; what stands above the first one is its heading.
TABLE_ROW = 3
# First row and column, last row and column of merged cells.
Range = tuple[tuple[int, int], tuple[int, int]]


def read_sheet_blocks(content: bytes, file: str) -> tuple[list[Block], list[Finding]]:
    """Returns the rows of a workbook's sheets, with addresses such as «лист План, ячейка B7».

    Sheets without a heading of a plan come last and are not read: their cells are kept.

    Raises:
        AnalysisError: The file is no workbook that can be read whole, or no sheet of it holds anything.
    """
    workbook = read_workbook(content, file, worded=True)
    seen = [sheet for sheet in workbook.sheets if sheet.rows and not sheet.hidden]
    if not seen:
        raise AnalysisError(f"{file}: в книге нет ни одного листа с текстом. Проверьте, тот ли файл получен.")
    sheets = [list(_blocks(sheet, number)) for number, sheet in enumerate(seen, start=1)]
    plans = [any(looks_like_header(block, {}) for block in blocks) for blocks in sheets]
    plans = plans if any(plans) else [True] * len(sheets)
    read = chain.from_iterable(compress(sheets, plans))
    others = [not is_plan for is_plan in plans]
    aside = [replace(block, table=OTHER_SHEET) for blocks in compress(sheets, others) for block in blocks]
    left_out = [*compress(seen, others), *(sheet for sheet in workbook.sheets if sheet.hidden and sheet.rows)]
    findings = [*map(_softened, workbook.findings), *(_left_out(sheet.name, file) for sheet in left_out)]
    return [*read, *aside], findings


def _softened(finding: Finding) -> Finding:
    """What is hidden in a plan is read like the rest and named: nobody here can say whether it counts."""
    if finding.rule != "hidden_data":
        return finding
    action = "Проверьте, входит ли скрытое в план; если нет, получите файл без него."
    explanation = finding.explanation.partition(":")[0] + ": они прочитаны как остальные."
    return replace(finding, severity=Severity.ATTENTION, explanation=explanation, action=action)


def _left_out(sheet: str, file: str) -> Finding:
    said = "На этом листе плана нет (нет шапки с названиями столбцов) или лист скрыт: он не читается."
    action = "Ничего; если план стоит здесь, покажите лист и назовите его столбцы."
    return Finding("foreign_sheet", Severity.ATTENTION, file, (f"лист {sheet}",), "", said, action)


def _blocks(sheet: Sheet, number: int) -> Iterator[Block]:
    """The rows of a sheet. A row of one cell above the table is a paragraph of its heading."""
    merged = [_range(one) for one in sheet.merged]
    of_table = [row for row in sheet.rows if len(row.cells) >= TABLE_ROW] or list(sheet.rows)
    columns = sorted({cell.column for row in of_table for cell in row.cells})
    texts = {(cell.row, cell.column): _shown(cell.value) for row in sheet.rows for cell in row.cells}
    for row in sheet.rows:
        if row.number < of_table[0].number and len(row.cells) == 1:
            (cell,) = row.cells
            place = sheet.place(cell.address)
            yield Block((Cell(texts[cell.row, cell.column], place),), place, table=0)
        else:
            own = sorted({*columns, *(cell.column for cell in row.cells)})
            cells = tuple(_cells(sheet, row, own, merged, texts))
            yield Block(cells, f"лист {sheet.name}, строка {row.number}", number, exact_grid=True)


def _cells(
    sheet: Sheet, row: SheetRow, columns: Sequence[int], merged: Sequence[Range], texts: dict[tuple[int, int], str]
) -> Iterator[Cell]:
    """A cell for each column of the table; of merged cells one, with the text of the first."""
    grid = {column: place for place, column in enumerate(columns)}
    for column in columns:
        found = next((one for one in merged if _inside(row.number, column, one)), None)
        top, left, right = (found[0][0], found[0][1], found[1][1]) if found else (row.number, column, column)
        covered = [grid[one] for one in columns if left <= one <= right]
        if grid[column] != covered[0]:
            continue
        place = sheet.place(_address(top, left))
        yield Cell(texts.get((top, left), ""), place, covered[0], covered[-1] + 1, inherited=top < row.number)


def _inside(row: int, column: int, one: Range) -> bool:
    (top, left), (bottom, right) = one
    return top <= row <= bottom and left <= column <= right


def _range(text: str) -> Range:
    first, _, last = text.partition(":")
    return position(first), position(last)


def _address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row}"


def _shown(value: CellValue) -> str:
    """A value as a person reads it: numbers with a decimal comma, dates day first."""
    if isinstance(value, float):
        return read_text(value).replace(".", ",")
    return value if isinstance(value, str) else read_text(value)


# Opens a received file by what its bytes are, not by what its name says; reads the lines of a .txt file.

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
