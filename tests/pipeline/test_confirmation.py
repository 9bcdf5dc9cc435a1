"""What was read of a PDF is confirmed by a person before anything is published."""

import hashlib

import pytest

from analysis.contracts.findings import DOUBTFUL, Severity
from analysis.errors import AnalysisError
from analysis.intake import files
from analysis.intake.files import needs_confirmation, read_blocks
from analysis.pipeline.check import check_project
from analysis.project.checking import keep_findings
from intake.test_pdf_file import HEADER, PLAN, TITLE, line, plan
from plan_documents import SIGNED, document, rows
from roadmaps import blocking_rules, check, of_rule, project_with
from word_documents import table

# A word that runs over the side of its cell: nobody but a person can say whose letters these are.
DOUBTED = plan(
    *line(HEADER), *line(PLAN[0]), *line("1.2 | Уроки | Видеоуроки | шт. | 2 | – | 3 | ИМЦ"),
    columns="(1fr, 5fr, 1.5cm, 3.4fr, 1.6fr, 1.6fr, 1.6fr, 3fr)", more="#set text(hyphenate: false)",
)  # fmt: skip
CONFIRMED = f"""
[[confirmed_reading]]
file = "data/raw/plan.pdf"
sha256 = "{hashlib.sha256(DOUBTED).hexdigest()}"
who = "Иванова"
date = 2024-03-01
"""


def test_until_then_it_blocks_and_the_entry_is_ready_to_paste(tmp_path):
    checked = check(tmp_path, DOUBTED, "plan.pdf", editions=(2024,))
    assert blocking_rules(checked) == ["reading"]
    (asked,) = of_rule(checked, "reading")
    assert 'file = "data/raw/plan.pdf"\nsha256 = "' + hashlib.sha256(DOUBTED).hexdigest() in asked.stanza
    assert asked.stanza.startswith("[[confirmed_reading]]")


def test_the_page_shows_what_was_read_and_what_is_doubtful(tmp_path):
    project = project_with(tmp_path, DOUBTED, "plan.pdf", editions=(2024,))
    checked = check_project(project)
    *_, page = keep_findings(project, checked)
    said = page.read_text(encoding="utf-8")
    assert page.name == "plan_reading.html"
    assert said.count("data:image/jpeg;base64,") == 1
    assert "http" not in said
    assert f"<p>{TITLE}</p>" in said
    assert "<td>1.2</td>" in said
    doubted = of_rule(checked, DOUBTFUL)
    assert len(doubted) >= 2
    assert said.count('<td class="doubt"') == len(doubted)


def test_once_confirmed_it_blocks_no_more_until_the_file_changes(tmp_path):
    checked = check(tmp_path, DOUBTED, "plan.pdf", editions=(2024,), collection=CONFIRMED)
    assert blocking_rules(checked) == []
    assert {one.severity for one in of_rule(checked, DOUBTFUL)} <= {Severity.NOTE}
    other = plan(*line(HEADER), *line(PLAN[0]))
    assert blocking_rules(check(tmp_path, other, "plan.pdf", editions=(2024,), collection=CONFIRMED)) == ["reading"]


def test_a_cell_is_mended_at_its_address(tmp_path):
    entry = (
        '[[correction]]\nfile = "data/raw/plan.pdf"\naddress = "страница 1, таблица 1, строка 2, столбец 5"\n'
        'expected = "25"\nnew = "26"\nreason = "прочитано неверно"\nwho = "Иванова"\ndate = 2024-03-01\n'
    )
    checked = check(tmp_path, DOUBTED, "plan.pdf", editions=(2024,), collection=CONFIRMED, corrections=entry)
    assert blocking_rules(checked) == []
    targets = checked.tables["targets"]
    assert targets.loc[targets["calendar_year"] == 2024, "target_low"].tolist()[0] == 26


def test_only_what_holds_no_cells_is_to_be_confirmed():
    assert [needs_confirmation(one) for one in (DOUBTED, office_ole2(), document(), b"text")] == [
        True,
        True,
        False,
        False,
    ]


def office_ole2() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


@pytest.mark.skipif(not files.program(), reason="LibreOffice is not present: .odt, .rtf and .doc are not read")
def test_other_word_processors_are_read_through_libreoffice():
    word = document(table(*rows(HEADER, *PLAN)))
    odt = files.converted(word, "docx", "plan.docx", "odt")
    blocks, findings = read_blocks(odt, "plan.odt")
    assert findings == []
    as_word = [[cell.text for cell in block.cells] for block in read_blocks(word, "plan.docx")[0]]
    assert [[cell.text for cell in block.cells] for block in blocks] == as_word
    assert len(as_word) == len(SIGNED) + 1 + 3
    with pytest.raises(AnalysisError, match=r"plan.doc: LibreOffice не прочла .*сохраните как \.docx"):
        read_blocks(office_ole2(), "plan.doc")
