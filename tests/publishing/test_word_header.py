"""Words in the corner of the first Word page."""

import io

import docx
import pytest

from analysis.publishing.source import PublishingError
from analysis.publishing.word_pages import with_first_header

from .conftest import REPORTS

TEMPLATE = (REPORTS / "_assets/reference.docx").read_bytes()


def test_the_first_page_carries_the_lines_and_the_others_their_number():
    section = docx.Document(io.BytesIO(with_first_header(TEMPLATE, ["Приложение № 1", "к <протоколу>"]))).sections[-1]
    assert [one.text for one in section.first_page_header.paragraphs] == ["Приложение № 1", "к <протоколу>"]
    assert "PAGE" in section.header._element.xml


def test_a_template_without_a_header_of_the_first_page_is_refused():
    document = docx.Document()
    saved = io.BytesIO()
    document.save(saved)
    with pytest.raises(PublishingError, match=r"reference\.docx"):
        with_first_header(saved.getvalue(), ["Приложение"])
    with pytest.raises(PublishingError, match=r"reference\.docx"):
        with_first_header(b"no document", ["Приложение"])
