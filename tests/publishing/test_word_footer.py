"""Words at the foot of every Word page: the first, whose header has no number, and the others."""

import io
import zipfile

import docx
import pytest

from analysis.publishing.source import PublishingError
from analysis.publishing.word_pages import with_footer

from .conftest import REPORTS

WORDS = "Для <служебного> пользования"
TEMPLATE = (REPORTS / "_assets/reference.docx").read_bytes()


def _feet(content: bytes) -> list[list[str]]:
    section = docx.Document(io.BytesIO(content)).sections[-1]
    assert section.different_first_page_header_footer
    return [[one.text for one in foot.paragraphs] for foot in (section.first_page_footer, section.footer)]


def test_every_page_carries_the_words():
    assert _feet(TEMPLATE) == [[""], [""]] or _feet(TEMPLATE) == [[], []]
    assert _feet(with_footer(TEMPLATE, WORDS)) == [[WORDS], [WORDS]]


def test_a_footer_that_is_there_stays():
    assert _feet(with_footer(with_footer(TEMPLATE, "Сведения вымышлены"), WORDS)) == [["Сведения вымышлены", WORDS]] * 2


def test_a_template_with_one_footer_gets_the_other():
    document = docx.Document(io.BytesIO(TEMPLATE))
    document.sections[-1].footer.paragraphs[0].text = "Город"
    saved = io.BytesIO()
    document.save(saved)
    assert _feet(with_footer(saved.getvalue(), WORDS)) == [[WORDS], ["Город", WORDS]]


def test_page_numbers_begin_on_the_second_page():
    section = docx.Document(io.BytesIO(with_footer(TEMPLATE, WORDS))).sections[-1]
    assert " PAGE " in section.header._element.xml
    assert " PAGE " not in section.first_page_header._element.xml


def test_the_same_template_gives_the_same_bytes():
    assert with_footer(TEMPLATE, WORDS) == with_footer(TEMPLATE, WORDS)


def _empty_package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "")
    return buffer.getvalue()


@pytest.mark.parametrize("template", [b"no package", _empty_package()])
def test_what_is_no_word_document_is_said_to_be_none(template):
    with pytest.raises(PublishingError, match=r"reference\.docx"):
        with_footer(template, WORDS)
