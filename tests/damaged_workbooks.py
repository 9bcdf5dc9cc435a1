"""Sound, strange and damaged workbooks, built in memory: what people and programs send instead of a filled form."""

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

SHEET, EVIDENCE, IDENTITY = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"
BOOK, BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TEXTS, STYLES, KINDS = "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
ROWS = (
    ("№", "Мероприятие", "Факт", "Дата"),
    ("1.1", "Семинар для завучей", 2, date(2021, 8, 25)),
    ("4.10", "Договоры о сети", 0, None),
    ("4.1/2", "Публикации", 10, date(2021, 12, 1)),
)
DAY_OF_EXCEL = date(1899, 12, 30)
ENTITY_BOMB = (
    "<!DOCTYPE x [<!ENTITY a 'ха'>"
    + "".join(f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@dataclass(frozen=True)
class Refused:
    """The file is not read; the message holds these words."""

    words: str


@dataclass(frozen=True)
class Found:
    """The file is read; these rules are found at these addresses of the first sheet, the rest reads as always."""

    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Read:
    """The file is read without a finding; the first sheet holds these values."""

    cells: Mapping[str, object]


# ── the sound workbook and how it is taken apart ──


def address(row: int, column: int) -> str:
    """As the spreadsheet shows it; rows and columns from 1."""
    return f"{'ABCDEFGH'[column - 1]}{row}"


SOUND_CELLS: Mapping[str, object] = {
    address(row, column): value
    for row, values in enumerate(ROWS, start=1)
    for column, value in enumerate(values, start=1)
    if value is not None
}


def sound(**options: object) -> bytes:
    """A filled form as XlsxWriter writes it: two sheets to see, one very hidden, one custom property."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as book:
        book.set_custom_property("form_kind", "form")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet, evidence, identity = map(book.add_worksheet, ("Исполнение", "Подтверждения", "_форма"))
        for row, values in enumerate(ROWS):
            for column, value in enumerate(values):
                if isinstance(value, date):
                    sheet.write_datetime(row, column, value, day)
                elif value is not None:
                    sheet.write(row, column, value)
        evidence.write_row(0, 0, ("Вид", "Номер", "Ссылка"))
        identity.write_row(0, 0, ("kind", "form"))
        identity.very_hidden()
    return content.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: Mapping[str, bytes | str]) -> bytes:
    """A package of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return content.getvalue()


def with_part(name: str, part: bytes | str) -> bytes:
    """The sound workbook with a part replaced or added."""
    return packed({**parts_of(sound()), name: part})


def without_part(name: str) -> bytes:
    """The sound workbook without a part."""
    return packed({other: part for other, part in parts_of(sound()).items() if other != name})


def with_change(old: str, new: str, name: str = SHEET) -> bytes:
    """The sound workbook with a piece of a part's text changed."""
    text = parts_of(sound())[name].decode()
    assert old in text, f"{old} is not in {name}"
    return with_part(name, text.replace(old, new))


def with_rows(rows: str, before: str = "", namespace: str = MAIN) -> bytes:
    """The sound workbook whose first sheet has these rows in XML."""
    return with_part(SHEET, f'<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData></worksheet>')


def with_cells(*cells: str) -> bytes:
    """The sound workbook with more cells in row 2 of its first sheet, right of the others."""
    return with_change('</c></row><row r="3"', f'</c>{"".join(cells)}</row><row r="3"')


def number(value: object) -> str:
    """A value as XML of a cell's inside."""
    return f"<v>{serial(value)}</v>"


def sound_rows(cell: Callable[[str, object], str], row: str = '<row r="{}">') -> str:
    """The rows of the sound sheet as XML, each cell drawn by `cell` from its address and value."""
    drawn = []
    for at, values in enumerate(ROWS, start=1):
        filled = [(address(at, column), value) for column, value in enumerate(values, start=1) if value is not None]
        drawn.append(f"{row.format(at)}{''.join(cell(*one) for one in filled)}</row>")
    return "".join(drawn)


def inline(at: str, value: object, text: str = "<t>{}</t>") -> str:
    """A cell that holds its text itself."""
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is>{text.format(value)}</is></c>'
    return f'<c r="{at}" s="{int(isinstance(value, date))}">{number(value)}</c>'


def rich(at: str, value: object) -> str:
    """A cell whose text is in two runs, with a hint how it is pronounced."""
    first, rest = (value[0], value[1:]) if isinstance(value, str) else ("", "")
    hint = '<rPh sb="0" eb="1"><t>подсказка</t></rPh>'
    return inline(at, value, f'<r><t>{first}</t></r><r><rPr><b/></rPr><t xml:space="preserve">{rest}</t></r>{hint}')


def without_address(at: str, value: object) -> str:
    """A cell that is where it is only by its order."""
    return inline(at, value).replace(f'r="{at}" ', "")


# ── what programs and people do ──


def saved_by_openpyxl() -> bytes:
    """Opened and saved by another program."""
    content = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(sound())).save(content)
    return content.getvalue()


def with_entry(change: Callable[[bytearray, int, int], None], name: str = SHEET) -> bytes:
    """The sound workbook with the zip headers of a part changed by hand: local header, entry of the directory."""
    content = bytearray(sound())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        local = package.getinfo(name).header_offset
        entry = bytes(content).rindex(name.encode(), package.start_dir) - 46
    change(content, local, entry)
    return bytes(content)


def declare_size(size: int) -> Callable[[bytearray, int, int], None]:
    """A lie about how large the part becomes."""

    def change(content: bytearray, local: int, entry: int) -> None:
        struct.pack_into("<I", content, local + 22, size)
        struct.pack_into("<I", content, entry + 24, size)

    return change


def spoil_checksum(content: bytearray, local: int, entry: int) -> None:
    """A checksum that does not fit."""
    content[local + 14] ^= 0xFF
    content[entry + 16] ^= 0xFF


def mark_encrypted(content: bytearray, local: int, entry: int) -> None:
    """The mark of an encrypted part."""
    content[local + 6] |= 1
    content[entry + 8] |= 1


def unknown_compression(content: bytearray, local: int, entry: int) -> None:
    """A way of packing that nobody knows."""
    content[local + 8] = content[entry + 10] = 77


def lying_bomb() -> bytes:
    """A part that declares a kilobyte and inflates to ten megabytes."""
    text = with_rows(" " * 10_000_000)
    content = bytearray(text)
    with zipfile.ZipFile(io.BytesIO(text)) as package:
        local, start = package.getinfo(SHEET).header_offset, package.start_dir
    declare_size(1000)(content, local, text.rindex(SHEET.encode(), start) - 46)
    return bytes(content)


def twice_the_same_part() -> bytes:
    """Two parts of one name: programs differ in which of them they read."""
    content = io.BytesIO(sound())
    with zipfile.ZipFile(content, "a") as package:
        package.filelist = list(package.filelist)
        entry = zipfile.ZipInfo(SHEET)
        package.NameToInfo.pop(SHEET)
        package.writestr(entry, parts_of(sound())[SHEET].replace(b"<v>10</v>", b"<v>99</v>"))
    return content.getvalue()


def many_sheets(count: int) -> bytes:
    """More sheets than anyone fills in."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        for _ in range(count):
            book.add_worksheet()
    return content.getvalue()


def many_cells(count: int) -> str:
    """Rows of XML with that many numbers."""
    row = "".join(f'<c r="{letter}{{0}}"><v>1</v></c>' for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return "".join(f'<row r="{at}">{row.format(at)}</row>' for at in range(1, count // 26 + 2))


def blank_rows(count: int, first: int) -> str:
    """Rows with a height and one cell, which has a format and nothing else."""
    return "".join(
        f'<row r="{at}" ht="30" customHeight="1"><c r="A{at}" s="1"/></row>' for at in range(first, first + count)
    )


@cache
def a_million_blank_rows() -> bytes:
    """What is left when someone gives a height and borders to the whole sheet."""
    return with_change("</sheetData>", f"{blank_rows(1_000_000, first=5)}</sheetData>")


def blank_columns(count: int, row: int) -> str:
    """A row of cells that have a format and nothing else."""
    cells = (f'<c r="{get_column_letter(column)}{row}" s="1"/>' for column in range(1, count + 1))
    return f'<row r="{row}">{"".join(cells)}</row>'


def column_widths(count: int) -> str:
    """The width of each column, one by one."""
    return "".join(f'<col min="{column}" max="{column}" width="9"/>' for column in range(1, count + 1))


def on_many_lines(rows: str) -> str:
    """XML as an editor lays it out."""
    return rows.replace("><", ">\n   <")


def with_prefix() -> bytes:
    """Every element of the first sheet with a prefix before its name."""
    sheet = f"<worksheet><sheetData>{sound_rows(inline)}</sheetData></worksheet>"
    named = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet)
    return with_part(SHEET, named.replace("<x:worksheet", f'<x:worksheet xmlns:x="{MAIN}"'))


def with_other_names() -> bytes:
    """Parts whose names are written with other letters and slashes than where they are referred to."""
    return packed(
        {name.replace("worksheets/sheet", "WorkSheets\\Sheet"): part for name, part in parts_of(sound()).items()}
    )


def serial(value: object) -> object:
    """A date as the number that a spreadsheet keeps."""
    return (value - DAY_OF_EXCEL).days if isinstance(value, date) else value


def ole2(*streams: str) -> bytes:
    """The beginning of an old Office file, with the names of its streams."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in streams)


def merged() -> bytes:
    """Cells of the heading merged, as people like to."""
    return with_change("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A6:D9"/></mergeCells>')


SOUND = Read(SOUND_CELLS)

NOT_READ: Mapping[str, tuple[Callable[[], bytes], Refused]] = {
    "empty": (lambda: b"", Refused("файл пуст")),
    "nothing but zeros": (lambda: bytes(4096), Refused("файл пуст")),
    "cut in the middle": (lambda: sound()[:3000], Refused("обрезан или повреждён")),
    "last bytes lost": (lambda: sound()[:-30], Refused("обрезан или повреждён")),
    "text with semicolons": (lambda: "№;Факт\n1.1;2\n".encode("utf-8-sig"), Refused("текст (.csv)")),
    "a web page named .xlsx": (lambda: b"<html><table></table></html>", Refused("веб-страница")),
    "with a password": (lambda: ole2("EncryptionInfo", "EncryptedPackage"), Refused("защищена паролем")),
    "part marked as encrypted": (lambda: with_entry(mark_encrypted), Refused("защищена паролем")),
    ".xls renamed": (lambda: ole2("Workbook"), Refused("старый формат Office (.xls)")),
    ".ods renamed": (
        lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
        Refused("OpenDocument (.ods)"),
    ),
    ".docx renamed": (
        lambda: packed({"_rels/.rels": "<x/>", "word/document.xml": "<x/>"}),
        Refused("документ Word (.docx)"),
    ),
    ".xlsb renamed": (lambda: packed({"_rels/.rels": "<x/>", "xl/workbook.bin": b"\0"}), Refused("(.xlsb)")),
    "an archive of something": (lambda: packed({"фото.jpg": b"\xff\xd8"}), Refused("архив, но не книга")),
    "macros": (lambda: with_part("xl/vbaProject.bin", b"\0"), Refused("макросы")),
    "macros of old": (lambda: with_part("xl/macrosheets/sheet1.xml", "<x/>"), Refused("макросы")),
    "inflates 700-fold": (lambda: with_rows(" " * 50_000_000), Refused("после распаковки")),
    "declares four gigabytes": (lambda: with_entry(declare_size(2**32 - 2)), Refused("после распаковки")),
    "declares less than it inflates to": (lying_bomb, Refused("повреждена")),
    "declares one byte too few": (
        lambda: with_entry(declare_size(len(parts_of(sound())[SHEET]) - 1)),
        Refused("повреждена"),
    ),
    "checksum does not fit": (lambda: with_entry(spoil_checksum), Refused("повреждена")),
    "packed in an unknown way": (lambda: with_entry(unknown_compression), Refused("повреждена")),
    "a part twice": (twice_the_same_part, Refused("стоит дважды")),
    "a part twice but for case": (lambda: with_part("XL/Worksheets/Sheet1.xml", "<x/>"), Refused("стоит дважды")),
    "three thousand parts": (
        lambda: packed(parts_of(sound()) | {f"xl/media/{number}.png": b"" for number in range(3000)}),
        Refused("слишком велик"),
    ),
    "entities that grow, in the sheet": (
        lambda: with_part(SHEET, f"{ENTITY_BOMB}<worksheet><sheetData>&i;</sheetData></worksheet>"),
        Refused("DOCTYPE"),
    ),
    "entities that grow, in the texts": (
        lambda: with_part(TEXTS, f"{ENTITY_BOMB}<sst><si><t>&i;</t></si></sst>"),
        Refused("DOCTYPE"),
    ),
    "an entity that names a file": (
        lambda: with_part(
            TEXTS, '<!DOCTYPE s [<!ENTITY f SYSTEM "file:///etc/hostname">]><sst><si><t>&f;</t></si></sst>'
        ),
        Refused("DOCTYPE"),
    ),
    "texts lost": (lambda: without_part(TEXTS), Refused("повреждена")),
    "fewer texts than cells": (lambda: with_part(TEXTS, f'<sst xmlns="{MAIN}"/>'), Refused("повреждена")),
    "a sheet lost": (lambda: without_part(SHEET), Refused("лист «Исполнение» ссылается на часть")),
    "list of sheets lost": (lambda: without_part(BOOK), Refused("нет части xl/workbook.xml")),
    "relations lost": (lambda: without_part(BOOK_RELATIONS), Refused("нет части")),
    "root relations say nothing": (lambda: with_part("_rels/.rels", "<Relationships/>"), Refused("список листов")),
    "a sheet empty": (lambda: with_part(SHEET, b""), Refused("повреждена")),
    "a sheet cut": (lambda: with_part(SHEET, parts_of(sound())[SHEET][:600]), Refused("повреждена")),
    "a sheet not in XML": (lambda: with_part(SHEET, b"\x89PNG\r\n" * 100), Refused("повреждена")),
    "two sheets in one part": (
        lambda: with_change("worksheets/sheet2.xml", "worksheets/sheet1.xml", BOOK_RELATIONS),
        Refused("или которая занята"),
    ),
    "relation leads out of the file": (
        lambda: with_change("worksheets/sheet1.xml", "../../../../etc/passwd", BOOK_RELATIONS),
        Refused("ссылается на часть, которой нет"),
    ),
    "an address that no cell has": (lambda: with_cells('<c r="A0"><v>1</v></c>'), Refused("повреждена")),
    "a cell twice": (lambda: with_cells('<c r="C2"><v>99</v></c>'), Refused("повреждена")),
    "150,000 filled cells": (lambda: with_rows(many_cells(150_000)), Refused("ячеек больше, чем 100000")),
    "two hundred sheets": (lambda: many_sheets(200), Refused("листов больше")),
    "thirty megabytes of text": (
        lambda: with_rows(inline("A1", random.Random(1).randbytes(16_000_000).hex())),
        Refused("слишком много данных"),
    ),
    "two million column widths": (
        lambda: with_rows("", '<col min="1" max="1" width="9"/>' * 2_000_000),
        Refused("после распаковки"),
    ),
}

FAULTY: Mapping[str, tuple[Callable[[], bytes], Found]] = {
    "data in a hidden row": (
        lambda: with_change('<row r="3"', '<row hidden="1" r="3"'),
        Found((("hidden_data", "A3 B3 C3"),)),
    ),
    "data in a row without height": (
        lambda: with_change('<row r="4"', '<row ht="0" customHeight="1" r="4"'),
        Found((("hidden_data", "A4 B4 C4 D4"),)),
    ),
    "data in hidden columns": (
        lambda: with_change("<sheetData>", '<cols><col min="3" max="16384" width="9" hidden="1"/></cols><sheetData>'),
        Found((("hidden_data", "C1 C2 C3 C4"), ("hidden_data", "D1 D2 D4"))),
    ),
    "data in a column without width": (
        lambda: with_change("<sheetData>", '<cols><col min="4" max="4" width="0"/></cols><sheetData>'),
        Found((("hidden_data", "D1 D2 D4"),)),
    ),
    "formula without a value": (lambda: with_cells('<c r="E2"><f>C2*2</f></c>'), Found((("formula", "E2"),))),
    "formula with a blank value": (
        lambda: with_cells('<c r="E2"><f>C2*2</f><v></v></c>'),
        Found((("formula", "E2"),)),
    ),
    "text formula without a value": (
        lambda: with_cells('<c r="E2" t="str"><f>B2</f></c>'),
        Found((("formula", "E2"),)),
    ),
    "errors of formulas": (
        lambda: with_cells('<c r="E2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="F2" t="e"><v>#N/A</v></c>'),
        Found((("error_cell", "E2"), ("error_cell", "F2"))),
    ),
    "an error that is newer than we are": (
        lambda: with_cells('<c r="E2" t="e"><v>#SPILL!</v></c>'),
        Found((("error_cell", "E2"),)),
    ),
    "numbers that are none": (
        lambda: with_cells(
            '<c r="E2"><v>два</v></c>',
            '<c r="F2"><v>NaN</v></c>',
            '<c r="G2"><v>1e999</v></c>',
            '<c r="H2"><v>1_0</v></c>',
        ),
        Found((("error_cell", "E2"), ("error_cell", "F2"), ("error_cell", "G2"), ("error_cell", "H2"))),
    ),
    "a kind of cell that nobody knows": (
        lambda: with_cells('<c r="E2" t="zz"><v>1</v></c>'),
        Found((("error_cell", "E2"),)),
    ),
    "the last cell of all": (
        lambda: with_change("</sheetData>", '<row r="1048576"><c r="GS1048576"><v>1</v></c></row></sheetData>'),
        Found((("workbook", "GS1048576"),)),
    ),
    "a cell far to the right": (lambda: with_cells('<c r="XFD2"><v>1</v></c>'), Found((("workbook", "XFD2"),))),
    "a column no sheet has": (lambda: with_cells('<c r="ZZZ2"><v>1</v></c>'), Found((("workbook", "ZZZ2"),))),
}

STRANGE: Mapping[str, tuple[Callable[[], bytes], Read]] = {
    "as sent out": (sound, SOUND),
    "saved by openpyxl": (saved_by_openpyxl, SOUND),
    "dates counted from 1904": (lambda: sound(date_1904=True), SOUND),
    "renamed sheet": (lambda: with_change("Исполнение", "Лист1 (2)", BOOK), SOUND),
    "two rows put in above": (
        lambda: with_rows(sound_rows(lambda at, value: inline(f"{at[0]}{int(at[1]) + 2}", value), "<row>")),
        Read({f"{at[0]}{int(at[1]) + 2}": value for at, value in SOUND_CELLS.items()}),
    ),
    "a row added below": (
        lambda: with_change("</sheetData>", '<row r="40"><c r="C40"><v>7</v></c></row></sheetData>'),
        Read({**SOUND_CELLS, "C40": 7}),
    ),
    "dimension too small": (lambda: with_change('<dimension ref="A1:D4"/>', '<dimension ref="A1:B2"/>'), SOUND),
    "dimension too large": (lambda: with_change('ref="A1:D4"', 'ref="A1:XFD1048576"'), SOUND),
    "dimension is no range": (lambda: with_change('ref="A1:D4"', 'ref="всё"'), SOUND),
    "merged cells": (merged, SOUND),
    "a million rows with a format": (a_million_blank_rows, SOUND),
    "ten thousand columns with a format": (
        lambda: with_change("</sheetData>", f"{blank_columns(10_000, row=9)}</sheetData>"),
        SOUND,
    ),
    "blank rows hidden": (
        lambda: with_change("</sheetData>", '<row r="9" hidden="1"><c r="A9" s="1"/></row></sheetData>'),
        SOUND,
    ),
    "texts inside the cells": (lambda: with_rows(sound_rows(inline)), SOUND),
    "rich texts with hints of pronunciation": (lambda: with_rows(sound_rows(rich)), SOUND),
    "numbers as texts": (
        lambda: with_rows(sound_rows(lambda at, value: inline(at, str(value) if isinstance(value, int) else value))),
        Read({at: str(value) if isinstance(value, int) else value for at, value in SOUND_CELLS.items()}),
    ),
    "XML on many lines": (lambda: with_rows(on_many_lines(sound_rows(inline))), SOUND),
    "elements with a prefix": (with_prefix, SOUND),
    "strict variety of the format": (lambda: with_rows(sound_rows(inline), namespace=STRICT), SOUND),
    "rows without numbers": (lambda: with_rows(sound_rows(inline, "<row>")), SOUND),
    "cells without addresses": (
        lambda: with_rows(sound_rows(without_address)),
        SOUND,
    ),
    "cells in no order": (
        lambda: with_rows("".join(f"<row>{inline(at, value)}</row>" for at, value in reversed(SOUND_CELLS.items()))),
        SOUND,
    ),
    "links to other books": (
        lambda: with_part("xl/externalLinks/externalLink1.xml", "<externalLink/>"),
        SOUND,
    ),
    "a formula that calls a program": (
        lambda: with_cells("<c r=\"E2\"><f>cmd|'/c calc'!A0</f><v>3</v></c>"),
        Read({**SOUND_CELLS, "E2": 3}),
    ),
    "formulas with values": (
        lambda: with_cells('<c r="E2"><f t="shared" si="0"/><v>4</v></c>', '<c r="F2" t="str"><f>B9</f><v></v></c>'),
        Read({**SOUND_CELLS, "E2": 4}),
    ),
    "names that lead out of the file": (lambda: with_part("../../../tmp/evil.xml", "<x/>"), SOUND),
    "names with other case and slashes": (with_other_names, SOUND),
    "sixteen thousand column widths": (
        lambda: with_change("<sheetData>", f"<cols>{column_widths(16_384)}</cols><sheetData>"),
        SOUND,
    ),
    "hidden columns that no sheet has": (
        lambda: with_change("<sheetData>", '<cols><col min="-2000000000" max="0" hidden="1"/></cols><sheetData>'),
        SOUND,
    ),
    "the same block twice": (
        lambda: with_change(
            "</sheetData>", '<row r="6"><c r="A6" t="s"><v>4</v></c><c r="C6"><v>2</v></c></row></sheetData>'
        ),
        Read({**SOUND_CELLS, "A6": "1.1", "C6": 2}),
    ),
    "no list of kinds": (lambda: without_part(KINDS), SOUND),
    "no styles: dates stay numbers": (
        lambda: without_part(STYLES),
        Read({at: serial(value) for at, value in SOUND_CELLS.items()}),
    ),
    "characters that XML does not know": (
        lambda: with_cells('<c r="E2" t="inlineStr"><is><t>да_x000D_нет_x0000_ _xD800_ _x005F_x000D_</t></is></c>'),
        Read({**SOUND_CELLS, "E2": "да нет    _x000D_"}),
    ),
    "words NA and None": (
        lambda: with_cells('<c r="E2" t="inlineStr"><is><t>NA</t></is></c><c r="F2" t="str"><v>None</v></c>'),
        Read({**SOUND_CELLS, "E2": "NA", "F2": "None"}),
    ),
    "spaces only": (
        lambda: with_cells('<c r="E2" t="inlineStr"><is><t xml:space="preserve"> \u00a0 </t></is></c>'),
        SOUND,
    ),
}
