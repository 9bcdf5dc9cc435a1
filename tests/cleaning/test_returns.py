"""Filled forms become facts; one mistake in a cell gives one finding, the one that says most."""

from datetime import date

import pytest

from analysis.cleaning.returns import asked_together, clean_acceptance, clean_form
from analysis.contracts.facts import ACCEPTANCE, EVIDENCE, EXECUTION, OWN_MEASURES
from analysis.contracts.findings import Severity, column_letters
from analysis.intake.workbook import Identity, Returned, ReturnedRow
from analysis.intake.workbook_sheet import SheetCell

FORM = "data/raw/2021/form_УО_v1.xlsx"
MEASURES = {"1.4": ("1.4", 1), "2.1": ("2.1", 1)}
RECEIVED = date(2022, 1, 20)
SOUND_FACT = ("1.4", 2, date(2021, 9, 15), None)
SOUND_EVIDENCE = ("1.4", "протокол", "1", date(2021, 9, 15), None, 2)
FACT_COLUMNS = ("measure_label", "fact_count", "fact_date", "note")
# A cell that shows an error or a formula without a value: the workbook's own finding names it already.
FAULTY = "faulty"


def _row(layout, names, values, number):
    position = {column.name: at for at, column in enumerate(layout.columns, start=1)}
    cells = {
        name: SheetCell(None if value == FAULTY else value, number, position[name])
        for name, value in zip(names, values, strict=True)
        if value is not None
    }
    letters = {name: column_letters(at) for name, at in position.items()}
    return ReturnedRow(cells, f"лист {layout.title}, строка {number}", letters)


def _rows(layout, names, lines):
    return tuple(_row(layout, names, line, number) for number, line in enumerate(lines, start=2))


def _form(facts=(SOUND_FACT,), evidence=(SOUND_EVIDENCE,), measures=MEASURES):
    rows = {
        EXECUTION.title: _rows(EXECUTION, FACT_COLUMNS, facts),
        EVIDENCE.title: _rows(EVIDENCE, [column.name for column in EVIDENCE.columns], evidence),
        OWN_MEASURES.title: (),
    }
    return clean_form(Returned(FORM, Identity("form", "город", 2021, "УО"), rows, ()), measures, (), RECEIVED)


def _found(cleaned):
    return [(one.rule, one.place) for one in cleaned.findings]


def _changed(line, position, value):
    return (*line[:position], value, *line[position + 1 :])


def test_a_sound_form_gives_no_finding():
    cleaned = _form()
    assert _found(cleaned) == []
    assert cleaned.rows["reports"][0][-3:] == (2, date(2021, 9, 15), None)
    assert cleaned.rows["evidence"][0][-1] == 2


@pytest.mark.parametrize(
    ("position", "value", "found"),
    [
        (0, "9.9", [("measure_label", "лист Исполнение, строка 2")]),
        (0, FAULTY, []),
        (1, "много", [("value", "лист Исполнение, ячейка E2")]),
        (1, FAULTY, []),
        (1, None, [("evidence", "лист Исполнение, ячейка E2")]),
        (1, 1, [("evidence", "лист Исполнение, ячейка E2")]),
        (2, "осенью", [("value", "лист Исполнение, ячейка F2")]),
        (2, date(2020, 9, 15), [("other_year", "лист Исполнение, ячейка F2")]),
    ],
)
def test_a_mistake_in_a_fact_is_said_once(position, value, found):
    assert _found(_form(facts=[_changed(SOUND_FACT, position, value)])) == found


@pytest.mark.parametrize(
    ("position", "value", "found"),
    [
        (1, "бумажка", [("evidence", "лист Подтверждения, ячейка B2")]),
        (1, FAULTY, []),
        (2, None, [("evidence", "лист Подтверждения, строка 2")]),
        (2, FAULTY, []),
        (3, "осенью", [("value", "лист Подтверждения, ячейка D2")]),
        (4, "../x.pdf", [("evidence", "лист Подтверждения, строка 2")]),
        (5, "все", [("value", "лист Подтверждения, ячейка F2")]),
        (5, FAULTY, []),
        (5, None, [("evidence", "лист Подтверждения, строка 2")]),
        (5, 3, [("evidence", "лист Исполнение, ячейка E2")]),
    ],
)
def test_a_mistake_in_evidence_is_said_once(position, value, found):
    assert _found(_form(evidence=[_changed(SOUND_EVIDENCE, position, value)])) == found


@pytest.mark.parametrize(
    ("written", "kind"),
    [("Приказ", "приказ"), ("пpикaз", "приказ"), (" ПРОТОКОЛ. ", "протокол"), ("ДPУГОE", "другое")],
)
def test_a_kind_is_read_however_it_is_typed(written, kind):
    cleaned = _form(evidence=[_changed(SOUND_EVIDENCE, 1, written)])
    assert (_found(cleaned), [row[8] for row in cleaned.rows["evidence"]]) == ([], [kind])


@pytest.mark.parametrize(
    ("written", "meant"), [("распоряжение", ""), ("протоколл", " Вероятно, имелось в виду «протокол».")]
)
def test_a_kind_that_is_not_in_the_list_is_told_with_the_list(written, meant):
    (finding,) = _form(evidence=[_changed(SOUND_EVIDENCE, 1, written)]).findings
    assert (finding.value, finding.severity) == (written, Severity.ATTENTION)
    assert finding.explanation == (
        f"«{written}» в списке нет.{meant} Список: приказ, протокол, программа, справка, план, публикация, другое. "
        "Если другого подходящего нет, выберите «другое». Подтверждение не принято к учёту."
    )


@pytest.mark.parametrize("written", ["1,4", "1.4. Семинары", "№ 1.4", "п. 1.4", 1.4])
def test_a_fact_and_evidence_are_read_under_a_number_as_people_write_it(written):
    cleaned = _form([_changed(SOUND_FACT, 0, written)], [_changed(SOUND_EVIDENCE, 0, written)])
    assert _found(cleaned) == []
    assert [row[3:5] for row in cleaned.rows["reports"]] == [("1.4", 1)]
    assert [row[4:6] for row in cleaned.rows["evidence"]] == [("1.4", 1)]


def test_a_number_pasted_for_a_number_of_a_measure_is_credited_to_nobody():
    measures = {"4.1": ("4.1", 1), "4.10": ("4.10", 1)}
    facts = [("4.1", 2, None, None), ("4.10", 1, None, None)]
    cleaned = _form(facts, [_changed(SOUND_EVIDENCE, 0, 4.1)], measures)
    assert cleaned.rows["evidence"] == ()
    finding = cleaned.findings[0]
    assert (finding.rule, finding.severity, finding.place) == (
        "measure_label",
        Severity.BLOCKS,
        "лист Подтверждения, строка 2",
    )
    assert finding.explanation.startswith("Число не различает 4.1 и 4.10: впишите номер текстом")


def test_one_question_about_all_cells_where_a_text_of_one_sort_stands():
    facts = [("1.4", "нет", None, None), ("2.1", "—", None, None)]
    findings = asked_together(
        _form(facts, [_changed(SOUND_EVIDENCE, 5, "Нет"), ("2.1", "план", "1", None, None, "3-4")]).findings
    )
    assert [(one.rule, one.places, one.value, str(one.severity)) for one in findings] == [
        (
            "value",
            ("лист Исполнение, ячейка E2", "лист Исполнение, ячейка E3", "лист Подтверждения, ячейка F2"),
            "нет; —; Нет",
            "блокирует",
        ),
        ("value", ("лист Подтверждения, ячейка F3",), "3-4", "блокирует"),
    ]


def test_texts_of_no_known_sort_are_asked_about_together_where_they_are_the_same():
    facts = [("1.4", "много", None, None), ("2.1", "мало", None, None)]
    evidence = [_changed(SOUND_EVIDENCE, 5, "Много")]
    findings = asked_together(_form(facts, evidence).findings)
    assert [(one.places, one.value) for one in findings] == [
        (("лист Исполнение, ячейка E2", "лист Подтверждения, ячейка F2"), "много; Много"),
        (("лист Исполнение, ячейка E3",), "мало"),
    ]


def test_two_mistakes_in_a_line_are_two_findings():
    cleaned = _form(evidence=[("1.4", "бумажка", "1", None, None, "все")])
    assert sorted(_found(cleaned)) == [
        ("evidence", "лист Подтверждения, ячейка B2"),
        ("value", "лист Подтверждения, ячейка F2"),
    ]
    assert cleaned.rows["evidence"] == ()


def test_all_mistakes_of_a_line_are_told_at_once():
    fact = ("9.9", "много", date(2031, 1, 1), None)
    evidence = ("9.9", "бумажка", "1", date(2031, 1, 1), "javascript:alert(1)", "две")
    cleaned = _form([SOUND_FACT, fact], [SOUND_EVIDENCE, evidence])
    assert sorted(_found(cleaned)) == [
        ("evidence", "лист Подтверждения, строка 3"),
        ("evidence", "лист Подтверждения, ячейка B3"),
        ("measure_label", "лист Исполнение, строка 3"),
        ("measure_label", "лист Подтверждения, строка 3"),
        ("other_year", "лист Исполнение, ячейка F3"),
        ("other_year", "лист Подтверждения, ячейка D3"),
        ("value", "лист Исполнение, ячейка E3"),
        ("value", "лист Подтверждения, ячейка F3"),
    ]
    assert [len(cleaned.rows[name]) for name in ("reports", "evidence")] == [1, 1]


def test_a_rejected_line_says_nothing_about_another_measure():
    facts = [SOUND_FACT, ("2.1", 1, None, None)]
    cleaned = _form(facts, evidence=[_changed(SOUND_EVIDENCE, 5, "все")])
    assert _found(cleaned) == [
        ("value", "лист Подтверждения, ячейка F2"),
        ("evidence", "лист Исполнение, ячейка E3"),
    ]


@pytest.mark.parametrize(
    ("day", "note", "stands"),
    [
        (date(2021, 9, 15), None, "15.09.2021"),
        (None, "Не проводились", "Не проводились"),
        (date(2021, 9, 15), "Перенесено", "15.09.2021; Перенесено"),
    ],
)
def test_a_day_or_a_note_without_a_fact_is_said_once_at_the_cell_of_the_fact(day, note, stands):
    (finding,) = _form(facts=[("1.4", None, day, note)], evidence=[]).findings
    assert (finding.rule, finding.place, finding.value) == ("blank_fact", "лист Исполнение, ячейка E2", stands)
    assert finding.severity is Severity.ATTENTION


@pytest.mark.parametrize(("fact", "note"), [(0, "Не проводились"), (None, None), (FAULTY, "Не проводились")])
def test_a_zero_a_blank_row_and_a_fact_that_cannot_be_read_are_not_asked_about(fact, note):
    assert _found(_form(facts=[("1.4", fact, None, note)], evidence=[])) == []


@pytest.mark.parametrize(
    ("second", "place"),
    [
        (("1.4", 3, date(2021, 9, 15), None), "ячейка E3"),
        (("1.4", None, date(2021, 9, 15), None), "ячейка E3"),
        (("1.4", 3, date(2021, 9, 16), None), "строка 3"),
        (SOUND_FACT, "строка 3"),
    ],
)
def test_a_second_report_names_the_one_cell_that_differs(second, place):
    assert _found(_form(facts=[SOUND_FACT, second])) == [("pasted_twice", f"лист Исполнение, {place}")]


VERDICT_COLUMNS = ("evidence_id", "verdict", "verdict_by", "verdict_date", "reason")
SOUND_VERDICT = ("код", "принято", "УО", date(2022, 1, 25), None)


@pytest.mark.parametrize(
    ("position", "value", "found"),
    [
        (0, None, ["acceptance"]),
        (0, FAULTY, []),
        (0, "другой", ["acceptance"]),
        (1, "ок", ["acceptance"]),
        (1, FAULTY, []),
        (2, None, ["acceptance"]),
        (2, FAULTY, []),
        (3, "вчера", ["value"]),
        (3, FAULTY, []),
    ],
)
def test_a_mistake_in_a_verdict_is_said_once_and_decides_nothing(position, value, found):
    rows = {ACCEPTANCE.title: _rows(ACCEPTANCE, VERDICT_COLUMNS, [_changed(SOUND_VERDICT, position, value)])}
    identity = Identity("acceptance", "город", 2021, "acceptance")
    cleaned = clean_acceptance(Returned("acceptance.xlsx", identity, rows, ()), ["код"])
    assert [one.rule for one in cleaned.findings] == found
    assert cleaned.rows["acceptance"] == ()
