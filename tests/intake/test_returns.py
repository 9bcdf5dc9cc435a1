"""A returned sheet is known by the headings that it needs; columns that only help whoever fills it in may be absent."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.contracts.forms import ACCEPTANCE, FormColumn, FormSheet, form_identity
from analysis.forms.workbook import form_bytes
from analysis.intake.returns import read_returned
from analysis.intake.workbook import read_workbook

DAY = date(2022, 1, 25)
# As the sheet was before it showed the measure, the fact and the document.
EARLIER = FormSheet(
    "Рассмотрение",
    (
        FormColumn("evidence_id", "Код подтверждения", "fixed", 34),
        FormColumn("reporter", "Кто отчитался", "fixed", 20),
        FormColumn("described", "Подтверждение", "fixed", 60),
        *ACCEPTANCE.columns[-4:],
    ),
)


def _returned(layout, rows):
    identity = form_identity("acceptance", "город", 2021, "acceptance")
    content = form_bytes(["Рассмотрение"], [(layout, rows, {})], identity, DAY)
    return read_returned(read_workbook(content, "acceptance.xlsx"), "acceptance.xlsx")


def test_an_acceptance_workbook_of_the_earlier_layout_is_read():
    returned = _returned(EARLIER, [("код", "УО", "1.4 протокол 1", "принято", "Начальник", DAY, "")])
    (row,) = returned.rows["Рассмотрение"]
    assert returned.findings == ()
    assert {name: cell.value for name, cell in row.cells.items()} == {
        "evidence_id": "код",
        "reporter": "УО",
        "verdict": "принято",
        "verdict_by": "Начальник",
        "verdict_date": DAY,
    }


@pytest.mark.parametrize("lost", ["evidence_id", "verdict", "reason"])
def test_without_a_heading_that_it_needs_it_is_another_sheet(lost):
    columns = tuple(column for column in ACCEPTANCE.columns if column.name != lost)
    (finding,) = _returned(FormSheet("Рассмотрение", columns), []).findings
    assert (finding.rule, finding.place) == ("workbook", "лист Рассмотрение")
    assert "Код подтверждения" in finding.explanation


@pytest.mark.parametrize(("verdict", "rules"), [("принято", []), ("возвращено", ["pasted_twice"])])
def test_a_copy_of_a_sheet_with_other_values_stops(verdict, rules):
    identity = form_identity("acceptance", "город", 2021, "acceptance")
    copy = replace(EARLIER, title="Рассмотрение (2)")
    sheets = [
        (EARLIER, [("код", "УО", "1.4 протокол 1", "принято", "Начальник", DAY, "")], {}),
        (copy, [("код", "УО", "1.4 протокол 1", verdict, "Начальник", DAY, "")], {}),
    ]
    content = form_bytes(["Рассмотрение"], sheets, identity, DAY)
    found = read_returned(read_workbook(content, "acceptance.xlsx"), "acceptance.xlsx").findings
    assert [(one.rule, one.place) for one in found] == [(rule, "лист Рассмотрение (2)") for rule in rules]
