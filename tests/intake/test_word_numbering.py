"""Numbers that Word draws: levels, restarts, styles, forms; none of them stands in the text."""

import io
import zipfile

import pytest
from lxml import etree

from analysis.intake.word_file import read_numbering, written
from plan_documents import read
from word_documents import WORD, cell, paragraph, row, table, word_file, zip_of

NUMBERING = f"""<w:numbering xmlns:w="{WORD}">
<w:abstractNum w:abstractNumId="5">
 <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>
 <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="6">
 <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="russianLower"/><w:lvlText w:val="%1)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="7">
 <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="5"/>
 <w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="6"/></w:num>
<w:num w:numId="9"><w:abstractNumId w:val="7"/></w:num>
</w:numbering>"""
STYLES = f"""<w:styles xmlns:w="{WORD}">
<w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="4"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Own"><w:basedOn w:val="Base"/></w:style></w:styles>"""


def numbered(number: int, depth: int = 0, text: str = "") -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
    )


def drawn(*paragraphs: str) -> list[str]:
    content = zip_of({"word/numbering.xml": NUMBERING.encode(), "word/styles.xml": STYLES.encode()})
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        numbering = read_numbering(package)
    body = etree.fromstring(f'<w:body xmlns:w="{WORD}">{"".join(paragraphs)}</w:body>')
    return [numbering.number(one) for one in body]


def test_levels_count_below_each_other_and_begin_anew():
    said = drawn(numbered(1), numbered(1, 1), numbered(1, 1), numbered(1), numbered(1, 1))
    assert said == ["I.", "1.1", "1.2", "II.", "2.1"]


def test_lists_of_one_definition_go_on_and_a_start_of_its_own_begins_anew():
    assert drawn(numbered(1), numbered(2), numbered(3), numbered(3)) == ["I.", "II.", "I.", "II."]


def test_a_style_numbers_its_paragraphs_and_those_of_styles_that_rest_on_it():
    styled = '<w:p><w:pPr><w:pStyle w:val="Own"/></w:pPr></w:p>'
    assert drawn(styled, styled, numbered(9), "<w:p/>") == ["в)", "г)", "", ""]


@pytest.mark.parametrize(
    ("count", "form", "said"),
    [(4, "lowerRoman", "iv"), (29, "upperLetter", "CC"), (2, "russianUpper", "Б"), (7, "decimalZero", "07")],
)
def test_forms_of_numbers(count, form, said):
    assert written(count, form) == said


def test_a_plan_numbered_by_word_has_the_numbers_that_a_person_sees():
    lines = [row(cell(inner=numbered(1, 1)), *map(cell, (f"Встреча {number}", "1", "1", "1"))) for number in (1, 2)]
    header = row(*map(cell, ("№", "Мероприятие", "2024", "2025", "2026")))
    task = row(cell(inner=numbered(1, 0, "Кадры"), span=5))
    made = word_file(*map(paragraph, ("УТВЕРЖДАЮ", "Глава", "01.02.2024", "План на 2024-2026 годы")),
                     table(header, task, *lines))  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    tables, findings = read(zip_of(parts | {"word/numbering.xml": NUMBERING.encode()}))
    frame = tables["activities"]
    assert list(frame["activity_code"]) == ["1.1", "1.2"]
    assert list(frame["task_code"]) == ["I", "I"]
    assert set(frame["code_origin"]) == {"drawn"}
    assert {"1.1", "1.2"} <= set(tables["cells"]["text"])
    (said,) = (one for one in findings if one.rule == "activity_code")
    assert "нумерацией Word" in said.explanation
