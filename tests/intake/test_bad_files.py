"""A file that cannot be read whole stops with a sentence that names it and says what to do."""

import io
import zipfile

import pytest

from analysis.errors import AnalysisError
from analysis.intake import word_file as package
from analysis.intake.files import read_blocks
from roadmaps import check, document
from word_documents import (
    HEADING,
    WORD,
    cell,
    office_header,
    office_rows,
    paragraph,
    row,
    run,
    table,
    word_file,
    zip_of,
)

ROWS = (*office_header(), *office_rows())


def with_document(content: bytes, xml: bytes) -> bytes:
    """The same package with another word/document.xml."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    return zip_of(parts | {"word/document.xml": xml})


def changed(mark: str, inner: str) -> str:
    return f'<w:{mark} w:id="1" w:author="а">{inner}</w:{mark}>'


OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100
GOOD = word_file(*HEADING, table(*ROWS))
BAD = {
    "empty": ("roadmap.txt", b"", "файл пуст"),
    "blank": ("roadmap.txt", b" \r\n \n", "файл пуст"),
    "utf-16": ("roadmap.txt", document().encode("utf-16"), "управляющие символы"),
    "binary": ("roadmap.txt", bytes(range(256)), "управляющие символы|не в UTF-8"),
    "neither utf-8 nor cp1251": ("roadmap.txt", "Дорога".encode() + b"\x98\xff", "строка 1: .*не в UTF-8"),
    "old Word": ("roadmap.doc", OLE2, r"\.doc\).*сохраните как \.docx"),
    "encrypted": ("roadmap.docx", OLE2 + "EncryptedPackage".encode("utf-16-le"), "защищён паролем"),
    "rtf": ("roadmap.rtf", b"{\\rtf1 \\ansi}", "это RTF"),
    "odt": ("roadmap.odt", zip_of({"mimetype": b"application/vnd.oasis.opendocument.text"}), "OpenDocument"),
    "not a zip": ("roadmap.docx", document().encode(), r"это не \.docx"),
    "cut short": ("roadmap.docx", GOOD[: len(GOOD) // 2], "повреждён"),
    "a workbook": ("roadmap.docx", zip_of({"xl/workbook.xml": b"<x/>"}), "архив, но не книга Excel"),
    "broken xml": ("roadmap.docx", with_document(GOOD, b"<w:document"), "повреждена"),
    "no table": ("roadmap.docx", word_file(*HEADING), "нет ни одной заполненной таблицы"),
    "blank table": ("roadmap.docx", word_file(*HEADING, table(row(cell()))), "нет ни одной заполненной таблицы"),
}


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch):
    monkeypatch.setattr("analysis.intake.files.program", lambda: None)


@pytest.mark.parametrize("kind", BAD)
def test_the_message_says_what_it_is(kind, tmp_path):
    name, content, message = BAD[kind]
    with pytest.raises(AnalysisError, match=rf"(?s)data/raw/{name}.*({message})"):
        check(tmp_path, content, name)


UNSETTLED = {
    "inserted": ("непринятые исправления.*девять", paragraph("Было ", changed("ins", run("девять")))),
    "deleted": ("непринятые исправления", paragraph("Было ", changed("del", "<w:r><w:delText>2</w:delText></w:r>"))),
    "moved": ("непринятые исправления", paragraph("Было ", changed("moveTo", run("2")))),
    "hidden": ("скрытый или зачёркнутый текст.*тайна", paragraph("Было ", run("тайна", "<w:vanish/>"))),
    "struck": ("скрытый или зачёркнутый текст.*два", paragraph("Было ", run("два", "<w:strike/>"))),
}


@pytest.mark.parametrize("kind", UNSETTLED)
@pytest.mark.parametrize("where", ["paragraph", "cell"])
def test_text_that_is_not_settled_is_refused(kind, where):
    message, inner = UNSETTLED[kind]
    parts = [inner, table(*ROWS)] if where == "paragraph" else [table(*ROWS, row(cell(inner=inner)))]
    with pytest.raises(AnalysisError, match=message):
        read_blocks(word_file(*parts), "roadmap.docx")


def test_an_inserted_row_is_a_tracked_change():
    inserted = ROWS[-1].replace("<w:tr>", f"<w:tr><w:trPr>{changed('ins', '')}</w:trPr>", 1)
    with pytest.raises(AnalysisError, match="непринятые исправления"):
        read_blocks(word_file(*HEADING, table(*ROWS[:-1], inserted)), "roadmap.docx")


def test_formatting_switched_off_hides_nothing():
    shown = run("видно", '<w:strike w:val="0"/><w:vanish w:val="false"/>')
    blocks, _ = read_blocks(word_file(paragraph("", shown), table(*ROWS)), "roadmap.docx")
    assert blocks[0].cells[0].text == "видно"


def test_declared_size_is_checked_before_reading(monkeypatch):
    monkeypatch.setattr(package, "LARGEST_XML_BYTES", 1_000_000)
    bomb = with_document(GOOD, b"<w:document>" + b" " * 2_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("the part was opened"))
    with pytest.raises(AnalysisError, match="после распаковки файл займёт 2 МБ"):
        read_blocks(bomb, "roadmap.docx")


def test_entities_are_not_expanded(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("пароль", encoding="utf-8")
    xml = (
        f'<!DOCTYPE w:document [<!ENTITY leak SYSTEM "{secret.as_uri()}">]><w:document xmlns:w="{WORD}"><w:body>'
        f"{paragraph('a')}<w:p><w:r><w:t>&leak;</w:t></w:r></w:p>{table(row(cell('a')))}</w:body></w:document>"
    )
    blocks, _ = read_blocks(with_document(GOOD, xml.encode()), "roadmap.docx")
    assert "пароль" not in str(blocks)


def test_controls_nested_deep_are_read():
    deep = "<w:sdt><w:sdtContent>" * 100 + cell("в глубине") + "</w:sdtContent></w:sdt>" * 100
    blocks, _ = read_blocks(word_file(table(row(deep))), "roadmap.docx")
    assert blocks[0].cells[0].text == "в глубине"


def test_a_number_is_never_half_read():
    """A raised digit is a footnote, a symbol of a special font has no letter, a list number is not in the file."""
    footnote = run("1", '<w:vertAlign w:val="superscript"/>')
    raised = cell(inner=f"<w:p>{run('10')}{footnote}</w:p>")
    symbol = cell(inner='<w:p><w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run("4") + "</w:p>")
    listed = cell(inner='<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:p>')
    nested = cell(inner=table(row(cell("1"), cell("4"))) + paragraph())
    blocks, _ = read_blocks(word_file(table(row(raised, symbol, listed, nested))), "roadmap.docx")
    assert [one.text for one in blocks[0].cells] == ["10¹", "\ufffd4", "‹автонумерация›", "1\n4"]
